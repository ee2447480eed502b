/* region.c -- the table of regions as the definition of an enumeration. */
#include "runtime/model/region.h"
#include "runtime/model/region_table.inc"

enum { DEFINITION_BYTES = 512 * 1024 };

static void write_label(struct jw *w, const char *name) {
	const char *english = strchr(name, '|');
	jw_key(w, "label");
	if (!english) {
		jw_text(w, name);
		return;
	}
	jw_object(w);
	jw_set_str(w, "zh-CN", (struct str){ name, (size_t)(english - name) });
	jw_set_text(w, "en", english + 1);
	jw_end(w);
}

/* Rows from `at` on whose code has `digits` digits, and what lies in each; answers where it ended.
 */
static size_t write_level(struct jw *w, size_t at, size_t digits) {
	jw_array(w);
	while (at < ARRAY_LEN(region_rows) && strspn(region_rows[at], "0123456789") == digits) {
		const char *row = region_rows[at++];
		jw_object(w);
		jw_set_str(w, "value", (struct str){ row, digits });
		write_label(w, row + digits);
		if (at < ARRAY_LEN(region_rows) && strspn(region_rows[at], "0123456789") > digits) {
			jw_key(w, "children");
			at = write_level(w, at, digits + 2);
		}
		jw_end(w);
	}
	jw_end(w);
	return at;
}

const struct json *region_definition(struct arena *a) {
	static const struct json_limits limits = { DEFINITION_BYTES, 16, 1000, 100000, 1000 };
	struct sb text = sb_on(a, DEFINITION_BYTES);
	struct jw w = jw_on(&text);
	const struct json *out;
	jw_object(&w);
	jw_set_text(&w, "enum", REGION_ENUM);
	jw_key(&w, "label");
	jw_raw(&w, STR("{\"zh-CN\": \"省市区\", \"en\": \"Province, city, district\"}"));
	jw_key(&w, "values");
	write_level(&w, 0, 2);
	jw_end(&w);
	struct problem *p = json_parse(a, sb_str(&text), &limits, &out);
	return p ? NULL : out;
}
