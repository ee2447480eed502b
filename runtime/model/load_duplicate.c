/* load_duplicate.c -- the duplicate rules of a form: what is compared, and how.
 * 1. Equal is what one index finds: a field's own column (exact), or the column of its keys beside
 * it (store/match_key.h). A field has one column of keys, so one way of making them.
 * 2. A phone field stores one normal form already: its own column serves. */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

static const struct {
	const char *name;
	enum match_as as;
} ways[] = {
	{ "exact", MATCH_EXACT },
	{ "phone", MATCH_PHONE },
	{ "email", MATCH_EMAIL },
	{ "company_name", MATCH_COMPANY_NAME },
};

static enum match_as way_of(const struct field *f, const struct json *as) {
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (as && json_is_string(as, ways[i].name))
			return f->type == &field_type_phone && ways[i].as == MATCH_PHONE
				       ? MATCH_EXACT
				       : ways[i].as;
	return MATCH_EXACT;
}

/* Of the record itself, in a column, and written by a write of the record alone. */
static bool can_be_compared(const struct field *f, enum match_as as) {
	if (f->system || f->serial || f->type == &field_type_rollup || field_is_alias(f))
		return false;
	if (f->type->storage == STORE_TEXT) return !(f->type->flags & FT_HTML);
	return f->type->storage == STORE_INTEGER && as == MATCH_EXACT;
}

static bool load_match(struct loading *l, struct form *form, const struct json *match,
		       struct match *out) {
	const struct definition *d = form->definition;
	const struct json *at = json_get(match, "field"), *as = json_get(match, "as");
	const struct field *named = load_field_ref(l, d, form, at);
	if (!named) return false;
	enum match_as way = way_of(named, as);
	*out = (struct match){ named, way };
	if (!can_be_compared(named, way)) {
		FIND(l->findings, spot_at(d, at), ERROR, "DEF12", "def_duplicate_type",
		     "fix_duplicate_type", "name", named->name, "type", named->type->name);
		return false;
	}
	if (!way) return true;
	struct field *f = form->fields[named->index];
	if (f->match_as && f->match_as != way) {
		FIND(l->findings, spot_at(d, as), ERROR, "DEF12", "def_duplicate_as",
		     "fix_duplicate_as", "name", f->name);
		return false;
	}
	f->match_as = way;
	field_place(l->arena, f, f->column);
	return true;
}

static enum duplicate_outside outside_of(const struct json *at) {
	if (at && json_is_string(at, "owner")) return OUTSIDE_OWNER;
	return at && json_is_string(at, "exists") ? OUTSIDE_EXISTS : OUTSIDE_NONE;
}

static void load_rule(struct loading *l, struct form *form, const struct json *j) {
	const struct json *match = json_get(j, "match"), *level = json_get(j, "level");
	uint32_t n = load_count(match, JSON_ARRAY);
	struct duplicate_rule rule = {
		.matches = arena_array(l->arena, n, sizeof *rule.matches),
		.block = !level || !json_is_string(level, "warn"),
		.when = load_condition(l, form->definition, json_get(j, "when"), form),
		.outside = outside_of(json_get(j, "outside")),
	};
	for (uint32_t i = 0; i < n; i++)
		if (load_match(l, form, &match->items[i], &rule.matches[rule.n])) rule.n++;
	if (n && rule.n == n) form->duplicates[form->duplicate_count++] = rule;
}

void load_duplicates(struct loading *l, struct form *form) {
	const struct json *list = json_get(form->json, "duplicates");
	uint32_t n = load_count(list, JSON_ARRAY);
	form->duplicates = arena_array(l->arena, n, sizeof *form->duplicates);
	for (uint32_t i = 0; i < n; i++) load_rule(l, form, &list->items[i]);
}
