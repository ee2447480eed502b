/* region_names.c -- names of regions in one text.
 * 1. At every level the longest name wins; a name without its 省, 市 or 自治区 counts only above
 * the lowest level, where it cannot be the beginning of a street.
 * 2. Levels that only fill a gap of the table (市辖区, 县, 直辖县级行政区划) are neither written
 * nor needed when reading. */
#include "runtime/model/region.h"

static bool fills_gap(const struct enum_value *v) {
	static const char *const names[] = { "市辖区", "县", "省直辖县级行政区划",
					     "自治区直辖县级行政区划" };
	for (size_t i = 0; v->depth == 1 && i < ARRAY_LEN(names); i++)
		if (strcmp(v->label.zh, names[i]) == 0) return true;
	return false;
}

static bool ends(struct str text, struct str tail) {
	return text.n >= tail.n && memcmp(text.p + text.n - tail.n, tail.p, tail.n) == 0;
}

/* How much of the name the text begins with: all of it, or all but what kind of region it is. */
static size_t matched(const struct enum_value *v, struct str text) {
	static const char *const kinds[] = { "壮族自治区", "回族自治区", "维吾尔自治区",
					     "自治区",     "省",         "市" };
	struct str name = str_of(v->label.zh);
	if (str_starts(text, name)) return name.n;
	for (size_t i = 0; v->depth + 1 < REGION_LEVELS && i < ARRAY_LEN(kinds); i++) {
		struct str kind = str_of(kinds[i]);
		if (name.n < kind.n + 6 || !ends(name, kind)) continue;
		name.n -= kind.n;
		return str_starts(text, name) ? name.n : 0;
	}
	return 0;
}

/* Values stand in preorder: what lies in a region follows it. */
static const struct enum_value *below(const struct enumeration *e, const struct enum_value *parent,
				      struct str text, size_t *used) {
	const struct enum_value *best = NULL;
	size_t at = parent ? parent->index + 1 : 0, depth = parent ? parent->depth + 1 : 0;
	*used = 0;
	for (; at < e->n && e->values[at].depth >= depth; at++) {
		const struct enum_value *v = &e->values[at];
		bool near = v->depth == depth || (v->depth == depth + 1 && fills_gap(v->parent));
		if (!near || v->removed || fills_gap(v)) continue;
		size_t n = matched(v, text);
		if (n > *used) *used = n, best = v;
	}
	return best;
}

const struct enum_value *region_at_head(const struct enumeration *e, struct str text,
					size_t *used) {
	const struct enum_value *found = NULL, *next;
	size_t start = 0, n;
	for (*used = 0;; found = next, *used = start + n) {
		start = *used;
		while (start < text.n && (text.p[start] == ' ' || text.p[start] == '/')) start++;
		next = below(e, found, (struct str){ text.p + start, text.n - start }, &n);
		if (!next) return found;
	}
}

void region_write(struct sb *out, const struct enum_value *v) {
	if (v->parent) region_write(out, v->parent);
	if (!fills_gap(v)) sb_cat(out, v->label.zh);
}
