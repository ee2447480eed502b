/* field_place.c -- address and geo: texts with parts, objects on the wire.
 * 1. An address is kept as one line, "广东省深圳市南山区 科技园 1 号": names of its region, a
 * blank, the rest. The region is read off its head again, so a search, a filter and a file see what
 * people read; without a region at its head a text is no address.
 * 2. A place is kept as "lng,lat" in WGS 84 with at most 6 digits after the point (0.1 m); more are
 * rounded away, because devices give more than they know.
 * 3. A masked value is a text that has no such parts and travels as it is. */
#include "runtime/base/fold.h"
#include "runtime/model/field_kit.h"
#include "runtime/model/region.h"

enum { GEO_SCALE = 6, GEO_TEXT_MAX = 64, REGION_BYTES = 400 };

/* ---- address ---- */

/* A stored line's region ends at its first blank. */
static const struct enum_value *stored_region(const struct field *f, struct str line,
					      struct str *detail) {
	const char *blank = memchr(line.p, ' ', line.n);
	size_t head = blank ? (size_t)(blank - line.p) : line.n, used = 0;
	const struct enum_value *v =
		region_at_head(f->enumeration, (struct str){ line.p, head }, &used);
	*detail = str_trim((struct str){ line.p + used, line.n - used });
	return v;
}

static bool keep_address(struct parse *p, const struct enum_value *region, struct str detail,
			 struct value *out) {
	struct sb line = sb_on(p->arena, detail.n + REGION_BYTES);
	if (!field_clean_text(p, detail, false, &detail)) return false;
	region_write(&line, region);
	if (detail.n) sb_char(&line, ' ');
	sb_add(&line, detail);
	*out = value_text(sb_str(&line));
	return true;
}

static bool read_address(struct parse *p, const struct field *f, struct str in, struct value *out) {
	size_t used;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	const struct enum_value *region = region_at_head(f->enumeration, in, &used);
	if (!region) return REFUSE(p, "address_region");
	return keep_address(p, region, (struct str){ in.p + used, in.n - used }, out);
}

static bool read_region(struct parse *p, const struct field *f, const struct json *list,
			const struct enum_value **out) {
	*out = NULL;
	if (!list || list->kind != JSON_ARRAY || !list->n) return REFUSE(p, "address_region");
	for (uint32_t i = 0; i < list->n; i++) {
		const struct enum_value *v =
			enumeration_child(f->enumeration, *out, json_str(&list->items[i]));
		if (!v)
			return REFUSE(p, "address_no_region", "value",
				      str_dup(p->arena, json_str(&list->items[i])));
		*out = v;
	}
	return true;
}

static bool json_address(struct parse *p, const struct field *f, const struct json *in,
			 struct value *out) {
	const struct enum_value *region;
	const struct json *list = json_get(in, "region"), *detail = json_get(in, "detail");
	if (in->kind == JSON_STRING) return read_address(p, f, in->text, out);
	bool known = in->kind == JSON_OBJECT && in->n == (list ? 1u : 0u) + (detail ? 1u : 0u);
	if (detail && detail->kind != JSON_STRING && detail->kind != JSON_NULL) known = false;
	if (!known) return REFUSE(p, "expect_address");
	return read_region(p, f, list, &region) && keep_address(p, region, json_str(detail), out);
}

static void write_path(struct jw *w, const struct enum_value *v) {
	if (v->parent) write_path(w, v->parent);
	jw_text(w, v->value);
}

static void write_address_json(struct jw *w, const struct field *f, const struct codec *c,
			       const struct value *v) {
	struct str detail;
	const struct enum_value *region = stored_region(f, v->as.s, &detail);
	(void)c;
	if (!region) {
		jw_str(w, v->as.s);
		return;
	}
	jw_object(w);
	jw_key(w, "region");
	jw_array(w);
	write_path(w, region);
	jw_end(w);
	jw_key(w, "detail");
	if (detail.n)
		jw_str(w, detail);
	else
		jw_null(w);
	jw_end(w);
}

struct value field_address_mask(struct arena *a, const struct field *f, struct str line) {
	struct str detail;
	struct sb out = sb_on(a, line.n + 16);
	const struct enum_value *region = stored_region(f, line, &detail);
	if (region) region_write(&out, region);
	sb_cat(&out, region ? " ***" : "***");
	return value_text(sb_str(&out));
}

/* ---- geo ---- */

static bool read_degrees(struct parse *p, struct str in, int most, struct decimal *out) {
	struct decimal d;
	if (decimal_parse(str_trim(in), &d) != DECIMAL_OK ||
	    decimal_rescale(d, GEO_SCALE, out) != DECIMAL_OK)
		return REFUSE(p, "bad_geo");
	if (decimal_cmp(*out, decimal_of(most)) > 0 || decimal_cmp(*out, decimal_of(-most)) < 0)
		return REFUSE(p, most == 180 ? "geo_lng" : "geo_lat");
	*out = decimal_reduce(*out);
	return true;
}

static bool keep_geo(struct parse *p, struct str lng, struct str lat, struct value *out) {
	struct decimal x, y;
	char text[2][DECIMAL_TEXT_MAX];
	if (!read_degrees(p, lng, 180, &x) || !read_degrees(p, lat, 90, &y)) return false;
	decimal_text(x, text[0]);
	decimal_text(y, text[1]);
	*out = value_text(str_of(arena_printf(p->arena, "%s,%s", text[0], text[1])));
	return true;
}

static bool read_geo(struct parse *p, const struct field *f, struct str in, struct value *out) {
	struct sb text = sb_on(p->arena, GEO_TEXT_MAX);
	struct str plain;
	(void)f;
	*out = VALUE_NONE;
	fold_add(&text, str_trim(in));
	plain = sb_str(&text);
	if (!plain.n) return true;
	const char *comma = text.overflow ? NULL : memchr(plain.p, ',', plain.n);
	if (!comma) return REFUSE(p, "bad_geo");
	size_t n = (size_t)(comma - plain.p);
	return keep_geo(p, (struct str){ plain.p, n }, (struct str){ comma + 1, plain.n - n - 1 },
			out);
}

static struct str degrees_of(const struct json *in) {
	if (in && in->kind == JSON_NUMBER) return in->text;
	return json_str(in);
}

static bool json_geo(struct parse *p, const struct field *f, const struct json *in,
		     struct value *out) {
	if (in->kind == JSON_STRING) return read_geo(p, f, in->text, out);
	if (in->kind != JSON_OBJECT || in->n != 2) return REFUSE(p, "bad_geo");
	return keep_geo(p, degrees_of(json_get(in, "lng")), degrees_of(json_get(in, "lat")), out);
}

static void write_geo_json(struct jw *w, const struct field *f, const struct codec *c,
			   const struct value *v) {
	struct str s = v->as.s;
	const char *comma = memchr(s.p, ',', s.n);
	(void)f, (void)c;
	if (!comma) {
		jw_str(w, s);
		return;
	}
	jw_object(w);
	jw_key(w, "lng");
	jw_str(w, (struct str){ s.p, (size_t)(comma - s.p) });
	jw_key(w, "lat");
	jw_str(w, (struct str){ comma + 1, (size_t)(s.p + s.n - comma - 1) });
	jw_end(w);
}

static bool validate_address(struct parse *p, const struct field *f, const struct value *v) {
	return field_settled(p, f, v) && field_text_validate(p, f, v);
}

static const char *const address_keys[] = { "min_length", "max_length", NULL };
static const char *const geo_keys[] = { NULL };

const struct field_type field_type_address = {
	.name = "address",
	.label = SERVER_WORDS("地址", "Address"),
	.help = SERVER_WORDS(
		"省市区加详细地址：{\"region\": [\"44\", \"4403\", \"440305\"], \"detail\": "
		"\"科技园 1 "
		"号\"}；表达式、搜索和文件中是一行文字，如“广东省深圳市南山区 科技园 1 号”。",
		"A region and the rest: {\"region\": [\"44\", \"4403\", \"440305\"], \"detail\": "
		"\"…\"}; one line of text in expressions, search and files, with the region's "
		"names at its head."),
	.storage = STORE_TEXT,
	.flags = FT_SORT | FT_SEARCH | FT_DEFAULT | FT_LENGTH | FT_TEXT_LIKE | FT_SET | FT_SETTLE,
	.keys = SERVER_ONLY(address_keys),
	.value_type = field_text_value_type,
	.read_json = json_address,
	.read_text = read_address,
	.validate = validate_address,
	.write_json = write_address_json,
	.write_text = field_text_write_text,
	.to_cell = SERVER_ONLY(field_text_to_cell),
	.from_cell = SERVER_ONLY(field_text_from_cell),
};

const struct field_type field_type_geo = {
	.name = "geo",
	.label = SERVER_WORDS("地理位置", "Position"),
	.help = SERVER_WORDS("经纬度（WGS84）：{\"lng\": \"114.057868\", \"lat\": "
			     "\"22.543099\"}，小数点后最多 6 位，"
			     "更多的四舍五入；文件中写作 114.057868,22.543099。",
			     "Longitude and latitude in WGS 84: {\"lng\": \"114.057868\", \"lat\": "
			     "\"22.543099\"}, rounded to 6 digits; lng,lat in files."),
	.storage = STORE_TEXT,
	.flags = FT_UNIQUE | FT_DEFAULT | FT_SET | FT_SETTLE,
	.keys = SERVER_ONLY(geo_keys),
	.value_type = field_text_value_type,
	.read_json = json_geo,
	.read_text = read_geo,
	.validate = field_settled,
	.write_json = write_geo_json,
	.write_text = field_text_write_text,
	.to_cell = SERVER_ONLY(field_text_to_cell),
	.from_cell = SERVER_ONLY(field_text_from_cell),
};
