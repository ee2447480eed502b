/* load_field.c -- one field from its JSON: its type and the keys that type takes. Expressions come
 * later, when every form has its fields. */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"
#include "runtime/model/region.h"

enum {
	TEXT_DEFAULT = 500,
	LONGTEXT_DEFAULT = 100000,
	LENGTH_LARGEST = 1000000,
	MONEY_SCALE = 2,
	PERCENT_SCALE = 4,
	RATING_DEFAULT = 5,
	RATING_LARGEST = 10
};

/* Types of the format that this version does not run yet; refused whole rather than half working.
 */
static const char *const later_types[] = { "file", "image", "signature" };

static void unknown_type(struct loading *l, const struct definition *d, const struct json *at) {
	if (!FINDS) return;
	struct similar near = similar_to(at->text);
	const char *name = str_dup(l->arena, at->text);
	size_t n;
	const struct field_type *const *types = field_types(&n);
	for (size_t i = 0; i < ARRAY_LEN(later_types); i++) {
		if (str_is(at->text, later_types[i])) {
			FIND(l->findings, spot_at(d, at), ERROR, "DEF09", "def_later_type",
			     "fix_later_type", "type", name);
			return;
		}
	}
	for (size_t i = 0; i < n; i++) similar_offer(&near, str_of(types[i]->name));
	load_unknown(l, spot_at(d, at), "type", at->text, near.best);
}

/* VR01 about what the field names: "enum" or "form". */
static void unknown_of(struct loading *l, const struct definition *d, const struct field *f,
		       const struct json *at, const char *text, struct str near) {
	if (!FINDS) return;
	const char *name = str_dup(l->arena, at->text);
	FIND(l->findings, spot_at(d, at), ERROR, "VR01", text,
	     near.n ? "fix_near" : "fix_create_or_correct", "field", f->name, "name", name, "near",
	     str_dup(l->arena, near));
}

static const struct field_type *type_of(struct loading *l, const struct form *form,
					const struct field *f) {
	const struct json *at = json_get(f->json, "type");
	const struct field_type *type = field_type_find(json_str(at));
	bool nested = form->parent && (type == &field_type_table || type == &field_type_button);
	if (nested) {
		bool table = type == &field_type_table;
		FIND(l->findings, spot_at(form->definition, at), ERROR, "DEF12",
		     table ? "def_nested_table" : "def_nested_button",
		     table ? "fix_nested_table" : "fix_nested_button", "name", f->name);
		type = NULL;
	} else if (FINDS && !type && at && at->kind == JSON_STRING) {
		unknown_type(l, form->definition, at);
	}
	if (type) return type;
	l->broken = true;
	return &field_type_text;
}

static bool takes(const struct field_type *t, struct str key) {
	for (size_t i = 0; t->keys && t->keys[i]; i++)
		if (str_is(key, t->keys[i])) return true;
	return false;
}

/* Is it a key of some type, though not of this one? */
static bool foreign_key(const struct field_type *own, struct str key) {
	size_t n;
	const struct field_type *const *types = field_types(&n);
	if (takes(own, key)) return false;
	for (size_t i = 0; i < n; i++)
		if (takes(types[i], key)) return true;
	return false;
}

/* What says something about a value says nothing where there is none. */
static bool about_values(struct str key) {
	static const char *const keys[] = { "required", "index", "read_only", "hidden_value" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i])) return true;
	return false;
}

static void check_keys(struct loading *l, const struct definition *d, const struct field *f) {
	if (!FINDS) return;
	static const struct {
		const char *key;
		unsigned flag;
	} needs[] = { { "formula", FT_COMPUTE },
		      { "default", FT_DEFAULT },
		      { "unique", FT_UNIQUE },
		      { "search", FT_SEARCH },
		      { "required", FT_SET } };
	for (uint32_t i = 0; i < f->json->n; i++) {
		struct str key = f->json->keys[i].name;
		bool wrong = foreign_key(f->type, key) ||
			     (!field_has_value(f) && about_values(key));
		for (size_t k = 0; k < ARRAY_LEN(needs); k++)
			if (str_is(key, needs[k].key) && !(f->type->flags & needs[k].flag))
				wrong = true;
		if (str_is(key, "unique") && f->type == &field_type_table) wrong = false;
		/* Said of a number that comes by itself it asks for nothing, and is often said. */
		if (str_is(key, "required") && f->type == &field_type_serial) wrong = false;
		if (!wrong) continue;
		struct spot at = spot_at(d, &f->json->items[i]);
		at.on_key = true;
		FIND(l->findings, at, ERROR, "DEF12", "def_key_of_type", "fix_key_of_type", "key",
		     str_dup(l->arena, key), "name", f->name, "type", f->type->name);
	}
}

static int64_t bounded(struct loading *l, const struct definition *d, const struct json *at,
		       int64_t least, int64_t most, int64_t otherwise) {
	int64_t n;
	if (!at || !json_int(at, &n)) return otherwise;
	if ((n >= least && n <= most) || !FINDS) return n;
	FIND(l->findings, spot_at(d, at), ERROR, "DEF11", "def_out_of_range", "fix_range", "min",
	     arena_printf(l->arena, "%lld", (long long)least), "max",
	     arena_printf(l->arena, "%lld", (long long)most));
	return otherwise;
}

static void load_lengths(struct loading *l, const struct definition *d, struct field *f) {
	if (!(f->type->flags & FT_LENGTH)) return;
	bool several = f->type == &field_type_longtext || f->type == &field_type_richtext;
	int64_t usual = several ? LONGTEXT_DEFAULT : TEXT_DEFAULT;
	const struct json *least = json_get(f->json, "min_length");
	f->max_length = bounded(l, d, json_get(f->json, "max_length"), 1, LENGTH_LARGEST, usual);
	f->min_length = bounded(l, d, least, 0, LENGTH_LARGEST, -1);
	if (f->min_length > f->max_length)
		FIND(l->findings, spot_at(d, least), ERROR, "DEF12", "def_min_above_max",
		     "fix_min_above_max", "name", f->name);
}

static void load_pattern(struct loading *l, const struct definition *d, struct field *f) {
	const struct json *at = json_get(f->json, "pattern");
	if (!(f->type->flags & FT_LENGTH) || !at || at->kind != JSON_STRING) return;
	f->pattern_text = str_dup(l->arena, at->text);
	struct problem *p = regex_compile(l->arena, at->text, &f->pattern);
	if (!p) return;
	f->pattern = NULL;
	finding_params(l->findings, spot_at(d, at), SEVERITY_ERROR, "VR02",
		       arena_strdup(l->arena, p->code), "fix_pattern", p->params, p->param_count);
}

/* min and max are values of the field itself, written as on the wire. */
static bool load_bound(struct loading *l, const struct definition *d, const struct field *f,
		       const char *key, struct value *out) {
	const struct json *at = json_get(f->json, key);
	if (!(f->type->flags & FT_RANGE) || !at) return false;
	struct codec codec = { .app = l->app, .zone = l->app->zone };
	struct faults faults = { .arena = l->arena };
	struct parse p = { .arena = l->arena, .codec = &codec, .faults = &faults, .pointer = "" };
	if (f->type->read_json(&p, f, at, out)) return !value_is_null(out);
	const struct fault *fault = faults.first;
	finding_params(l->findings, spot_at(d, at), SEVERITY_ERROR, "VR02", fault->code,
		       "fix_bound", fault->params, fault->param_count);
	return false;
}

static int compare_bounds(const struct value *a, const struct value *b) {
	if (a->kind == VALUE_DECIMAL) return decimal_cmp(a->as.d, b->as.d);
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

static void load_range(struct loading *l, const struct definition *d, struct field *f) {
	f->has_min = load_bound(l, d, f, "min", &f->min);
	f->has_max = load_bound(l, d, f, "max", &f->max);
	if (f->has_min && f->has_max && compare_bounds(&f->min, &f->max) > 0)
		FIND(l->findings, spot_at(d, json_get(f->json, "min")), ERROR, "DEF12",
		     "def_min_above_max", "fix_min_above_max", "name", f->name);
}

/* 1 to max; labels, where there are any, name each of them. */
static void load_rating(struct loading *l, const struct definition *d, struct field *f) {
	const struct json *labels = json_get(f->json, "labels");
	if (f->type != &field_type_rating) return;
	int64_t max = bounded(l, d, json_get(f->json, "max"), 2, RATING_LARGEST, RATING_DEFAULT);
	f->has_min = f->has_max = true;
	f->min = value_int(1);
	f->max = value_int(max);
	if (labels && labels->kind == JSON_ARRAY && labels->n != (uint64_t)max)
		FIND(l->findings, spot_at(d, labels), ERROR, "DEF12", "def_rating_labels",
		     "fix_rating_labels", "name", f->name, "max",
		     arena_printf(l->arena, "%lld", (long long)max));
}

static void load_scale(struct loading *l, const struct definition *d, struct field *f) {
	int usual = f->type == &field_type_percent ? PERCENT_SCALE : MONEY_SCALE;
	bool decimal = f->type == &field_type_decimal || f->type == &field_type_money ||
		       f->type == &field_type_percent;
	if (decimal) f->scale = (int)bounded(l, d, json_get(f->json, "scale"), 0, 12, usual);
	if (f->type == &field_type_money) {
		struct str currency = json_str(json_get(f->json, "currency"));
		f->currency = currency.n ? str_dup(l->arena, currency) : l->app->currency;
	}
}

/* The built-in table; the browser has it when the definition it was given has. */
static void load_region(struct loading *l, struct field *f) {
	if (f->type != &field_type_region && f->type != &field_type_address) return;
	f->enumeration = app_enumeration(l->app, STR(REGION_ENUM));
	if (!f->enumeration) f->type = &field_type_text;
}

static void load_enum_of(struct loading *l, const struct definition *d, struct field *f) {
	const struct json *at = json_get(f->json, "enum");
	load_region(l, f);
	bool choice = f->type == &field_type_enum || f->type == &field_type_cascade ||
		      f->type == &field_type_tags;
	if (!choice) return;
	f->enumeration = app_enumeration(l->app, json_str(at));
	if (f->enumeration) {
		if (f->enumeration->cascade && f->type != &field_type_cascade)
			FIND(l->findings, spot_at(d, at), ERROR, "DEF12", "def_enum_is_tree",
			     "fix_enum_is_tree", "name", f->name, "enum", f->enumeration->name);
		return;
	}
	if (!at && f->type == &field_type_tags) return;
	if (!at)
		FIND(l->findings, spot_at(d, f->json), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "enum");
	else if (FINDS && at->kind == JSON_STRING)
		unknown_of(l, d, f, at, "vr01_enum", load_near_enumeration(l, at->text));
	l->broken = true;
	f->type = &field_type_text;
}

static enum on_delete load_on_delete(const struct field *f) {
	struct str word = json_str(json_get(f->json, "on_delete"));
	if (str_is(word, "cascade")) return ON_DELETE_CASCADE;
	return str_is(word, "set_null") ? ON_DELETE_CLEAR : ON_DELETE_RESTRICT;
}

static void load_target(struct loading *l, const struct definition *d, struct field *f) {
	const struct json *at = json_get(f->json, "form");
	if (f->type != &field_type_ref && f->type != &field_type_refs) return;
	f->target = app_form(l->app, json_str(at));
	f->on_delete = load_on_delete(f);
	if (f->target) return;
	if (!at)
		FIND(l->findings, spot_at(d, f->json), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "form");
	else if (FINDS && at->kind == JSON_STRING)
		unknown_of(l, d, f, at, "vr01_ref", load_near_form(l, at->text));
	l->broken = true;
	f->type = &field_type_text;
}

/* How many records a refs may name; what is deleted cannot take the whole record along. */
static void load_counts(struct loading *l, const struct definition *d, struct field *f) {
	const struct json *least = json_get(f->json, "min"), *at = json_get(f->json, "on_delete");
	if (f->type != &field_type_refs) return;
	f->min_rows = bounded(l, d, least, 0, FIELD_REFS_MAX, -1);
	f->max_rows = bounded(l, d, json_get(f->json, "max"), 1, FIELD_REFS_MAX, -1);
	if (f->max_rows >= 0 && f->min_rows > f->max_rows)
		FIND(l->findings, spot_at(d, least), ERROR, "DEF12", "def_min_above_max",
		     "fix_min_above_max", "name", f->name);
	if (f->on_delete == ON_DELETE_CASCADE)
		FIND(l->findings, spot_at(d, at), ERROR, "DEF12", "def_refs_cascade",
		     "fix_refs_cascade", "name", f->name);
}

static enum hidden_value load_hidden(const struct field *f) {
	struct str word = json_str(json_get(f->json, "hidden_value"));
	if (str_is(word, "empty")) return HIDDEN_EMPTY;
	return str_is(word, "recalculate") ? HIDDEN_RECALCULATE : HIDDEN_KEEP;
}

void load_field_body(struct loading *l, struct form *form, struct field *f) {
	const struct definition *d = form->definition;
	f->type = type_of(l, form, f);
	if (FINDS && (!l->broken || field_type_find(json_str(json_get(f->json, "type")))))
		check_keys(l, d, f);
	f->required = json_bool(json_get(f->json, "required"));
	f->indexed = json_bool(json_get(f->json, "index"));
	f->pinyin = f->type == &field_type_text && !form->parent &&
		    str_is(json_str(json_get(f->json, "collate")), "pinyin");
	f->read_only = json_bool(json_get(f->json, "read_only"));
	f->hidden_value = load_hidden(f);
	f->unique =
		(f->type->flags & FT_UNIQUE) && (json_bool(json_get(f->json, "unique")) ||
						 (f->type == &field_type_serial && !form->parent));
	load_enum_of(l, d, f);
	load_target(l, d, f);
	load_counts(l, d, f);
	load_scale(l, d, f);
	load_lengths(l, d, f);
	load_pattern(l, d, f);
	load_range(l, d, f);
	load_rating(l, d, f);
}
