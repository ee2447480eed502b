/* shape.c -- checking a tree against the tables of the format, and bringing it into canonical
 * order. Findings: DEF02 unknown key, DEF03 missing key, DEF04 wrong kind of value, DEF05 not a
 * name. */
#include "runtime/model/shape.h"

#include "runtime/model/loading.h"

static const struct {
	const char *kind;
	const struct shape *shape;
} roots[] = {
	{ "app", &shape_app },
	{ "calendar", &shape_calendar },
	{ "dashboard", &shape_dashboard },
	{ "enum", &shape_enum },
	{ "flow", &shape_flow },
	{ "form", &shape_form },
	{ "print", &shape_print },
	{ "report", &shape_report },
	{ "role", &shape_role },
	{ "rule", &shape_rule },
	{ "test", &shape_test },
};

const struct shape *shape_of(const char *kind) {
	for (size_t i = 0; kind && i < ARRAY_LEN(roots); i++)
		if (!strcmp(roots[i].kind, kind)) return roots[i].shape;
	return NULL;
}

const char *const *schema_kinds(size_t *count) {
	static const char *const kinds[] = { "app",  "calendar", "dashboard", "enum", "flow",
					     "form", "print",    "report",    "role", "rule",
					     "test" };
	*count = ARRAY_LEN(kinds);
	return kinds;
}

const struct shape_key *shape_key(const struct shape *s, struct str key) {
	for (size_t i = 0; i < s->n; i++)
		if (str_is(key, s->keys[i].key)) return &s->keys[i];
	return NULL;
}

struct checking {
	struct findings *f;
	const struct definition *d;
};

static const char *known_keys(struct arena *a, const struct shape *s) {
	struct sb text = sb_on(a, 8192);
	for (size_t i = 0; i < s->n; i++) sb_printf(&text, "%s%s", i ? " " : "", s->keys[i].key);
	return sb_cstr(&text);
}

static void unknown_key(struct checking *c, const struct shape *s, const struct json *object,
			uint32_t i) {
	struct similar near = similar_to(object->keys[i].name);
	struct spot at = { .definition = c->d, .at = &object->items[i], .on_key = true };
	const char *key = str_dup(c->f->arena, object->keys[i].name);
	for (size_t k = 0; k < s->n; k++) similar_offer(&near, str_of(s->keys[k].key));
	if (near.best.n)
		FIND(c->f, at, ERROR, "DEF02", "def_unknown_key", "fix_near", "key", key, "where",
		     s->name, "near", str_dup(c->f->arena, near.best));
	else
		FIND(c->f, at, ERROR, "DEF02", "def_unknown_key", "fix_known_keys", "key", key,
		     "where", s->name, "known", known_keys(c->f->arena, s));
}

static void check_object(struct checking *c, const struct shape *s, const struct json *node);

static bool label_ok(struct checking *c, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) {
		bool language =
			str_is(node->keys[i].name, "zh-CN") || str_is(node->keys[i].name, "en");
		struct spot at = { .definition = c->d, .at = &node->items[i], .on_key = true };
		if (!language)
			FIND(c->f, at, ERROR, "DEF02", "def_language", "fix_language", "key",
			     str_dup(c->f->arena, node->keys[i].name));
		else if (node->items[i].kind != JSON_STRING)
			return false;
	}
	return true;
}

static void expected(struct checking *c, const struct shape_key *k, const struct json *node) {
	struct sb words = sb_on(c->f->arena, 4096);
	struct spot at = spot_at(c->d, node);
	if (!k->choices) {
		FIND(c->f, at, ERROR, "DEF04", "def_wrong_kind", "fix_see_help", "key", k->key);
		return;
	}
	for (size_t i = 0; k->choices[i]; i++)
		sb_printf(&words, "%s%s", i ? " " : "", k->choices[i]);
	FIND(c->f, at, ERROR, "DEF04", "def_choice", "fix_choice", "key", k->key, "value",
	     str_dup(c->f->arena, json_str(node)), "known", sb_cstr(&words));
}

static bool choice_ok(const struct shape_key *k, struct str value) {
	for (size_t i = 0; k->choices && k->choices[i]; i++)
		if (str_is(value, k->choices[i])) return true;
	return false;
}

static bool string_ok(struct checking *c, const struct shape_key *k, const struct json *node) {
	if (k->accepts & (A_TEXT | A_LABEL | A_EXPR | A_TEMPLATE | A_PATH | A_ANY | A_WHO))
		return true;
	if (k->accepts & A_CHOICE && choice_ok(k, node->text)) return true;
	if (!(k->accepts & A_NAME)) return false;
	if (!load_name_ok(node->text))
		FIND(c->f, spot_at(c->d, node), ERROR, "DEF05", "def_name", "fix_name", "name",
		     str_dup(c->f->arena, node->text));
	return true;
}

static bool one_ok(struct checking *c, const struct shape_key *k, const struct json *node) {
	int64_t n;
	if (k->accepts & A_ANY) return true;
	if (node->kind == JSON_STRING) return string_ok(c, k, node);
	if (node->kind == JSON_TRUE || node->kind == JSON_FALSE)
		return k->accepts & (A_BOOL | A_EXPR);
	if (node->kind == JSON_NUMBER)
		return k->accepts & (A_NUMBER | A_EXPR) ||
		       (k->accepts & A_INT && json_int(node, &n));
	if (node->kind == JSON_NULL) return k->accepts & A_EXPR;
	if (node->kind != JSON_OBJECT) return false;
	if (k->accepts & (A_OBJECT | A_WHO)) {
		check_object(c, k->shape, node);
		return true;
	}
	return k->accepts & (A_LABEL | A_TEMPLATE) && label_ok(c, node);
}

static void check_one(struct checking *c, const struct shape_key *k, const struct json *node) {
	if (!one_ok(c, k, node)) expected(c, k, node);
}

static void check_list(struct checking *c, const struct shape_key *k, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) check_one(c, k, &node->items[i]);
}

static bool is_label(const struct shape_key *k, const struct json *node) {
	return k->accepts & (A_LABEL | A_TEMPLATE | A_OBJECT | A_WHO) && node->kind == JSON_OBJECT;
}

static void check_value(struct checking *c, const struct shape_key *k, const struct json *node) {
	unsigned forms = k->forms ? k->forms : F_ONE;
	if (node->kind == JSON_ARRAY && forms & F_LISTS) {
		for (uint32_t i = 0; i < node->n; i++) {
			if (node->items[i].kind == JSON_ARRAY)
				check_list(c, k, &node->items[i]);
			else
				expected(c, k, &node->items[i]);
		}
	} else if (node->kind == JSON_ARRAY && forms & F_LIST) {
		check_list(c, k, node);
	} else if (node->kind == JSON_OBJECT && forms & F_MAP &&
		   !(forms & F_ONE && is_label(k, node))) {
		check_list(c, k, node);
	} else if (node->kind == JSON_OBJECT && forms & F_MAP_LIST) {
		for (uint32_t i = 0; i < node->n; i++) {
			if (node->items[i].kind == JSON_ARRAY)
				check_list(c, k, &node->items[i]);
			else
				check_one(c, k, &node->items[i]);
		}
	} else if (forms & F_ONE) {
		check_one(c, k, node);
	} else {
		expected(c, k, node);
	}
}

static void check_object(struct checking *c, const struct shape *s, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) {
		const struct shape_key *k = shape_key(s, node->keys[i].name);
		if (k)
			check_value(c, k, &node->items[i]);
		else if (!s->open)
			unknown_key(c, s, node, i);
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->keys[i].required && !json_get(node, s->keys[i].key))
			FIND(c->f, spot_at(c->d, node), ERROR, "DEF03", "def_missing_key",
			     "fix_missing_key", "key", s->keys[i].key, "where", s->name);
}

void shape_check(struct findings *f, const struct definition *d, const struct shape *s,
		 const struct json *node) {
	struct checking c = { f, d };
	if (node->kind == JSON_OBJECT)
		check_object(&c, s, node);
	else
		FIND(f, spot_at(d, node), ERROR, "DEF04", "def_not_object", "fix_see_help", "key",
		     s->name);
}

/* ---- canonical order ---- */

static bool is_usual(const struct shape_key *k, const struct json *v) {
	if (!k->usual) return false;
	if (v->kind == JSON_TRUE) return !strcmp(k->usual, "true");
	if (v->kind == JSON_FALSE) return !strcmp(k->usual, "false");
	return (v->kind == JSON_NUMBER || v->kind == JSON_STRING) && str_is(v->text, k->usual);
}

static void add_member(struct json *to, struct json_key key, const struct json *value) {
	to->keys[to->n] = key;
	to->items[to->n++] = *value;
}

static const struct json *canonical_items(struct arena *a, const struct shape *s,
					  const struct json *node) {
	struct json *copy = arena_alloc(a, sizeof *copy);
	*copy = *node;
	copy->items = arena_array(a, node->n, sizeof *copy->items);
	for (uint32_t i = 0; i < node->n; i++)
		copy->items[i] = *shape_canonical(a, s, &node->items[i]);
	return copy;
}

static const struct json *canonical_value(struct arena *a, const struct shape_key *k,
					  const struct json *v) {
	bool map = k->forms & (F_MAP | F_MAP_LIST) && v->kind == JSON_OBJECT && !(k->forms & F_ONE);
	return map && k->shape ? canonical_items(a, k->shape, v) : shape_canonical(a, k->shape, v);
}

const struct json *shape_canonical(struct arena *a, const struct shape *s,
				   const struct json *node) {
	if (!s || !node->n) return node;
	if (node->kind == JSON_ARRAY) return canonical_items(a, s, node);
	if (node->kind != JSON_OBJECT) return node;
	struct json *copy = arena_alloc(a, sizeof *copy);
	*copy = *node;
	copy->n = 0;
	copy->items = arena_array(a, node->n, sizeof *copy->items);
	copy->keys = arena_array(a, node->n, sizeof *copy->keys);
	for (size_t k = 0; k < s->n; k++)
		for (uint32_t i = 0; i < node->n; i++)
			if (str_is(node->keys[i].name, s->keys[k].key) &&
			    !is_usual(&s->keys[k], &node->items[i]))
				add_member(copy, node->keys[i],
					   canonical_value(a, &s->keys[k], &node->items[i]));
	for (uint32_t i = 0; i < node->n; i++)
		if (!shape_key(s, node->keys[i].name))
			add_member(copy, node->keys[i], &node->items[i]);
	return copy;
}
