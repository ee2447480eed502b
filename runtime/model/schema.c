/* schema.c -- JSON Schema (2020-12) of each kind, written from the tables of shape.h: what an
 * editor completes and underlines is what the loader accepts. */
#include "runtime/model/field_type.h"
#include "runtime/model/shape.h"

enum { SHAPES_MAX = 64 };

struct shapes {
	const struct shape *items[SHAPES_MAX];
	size_t n;
};

static bool has_shape(const struct shapes *found, const struct shape *s) {
	for (size_t i = 0; i < found->n; i++)
		if (found->items[i] == s) return true;
	return false;
}

/* Every shape reachable from s, s first. */
static void gather(struct shapes *found, const struct shape *s) {
	if (!s || found->n == SHAPES_MAX || has_shape(found, s)) return;
	found->items[found->n++] = s;
	for (size_t i = 0; i < s->n; i++) gather(found, s->keys[i].shape);
}

/* "menu item" -> "menu_item" */
static void write_ref(struct jw *w, struct arena *a, const char *name) {
	char *id = arena_printf(a, "#/$defs/%s", name);
	for (char *p = id; *p; p++)
		if (*p == ' ') *p = '_';
	jw_object(w);
	jw_set_text(w, "$ref", id);
	jw_end(w);
}

static void write_type(struct jw *w, const char *type) {
	jw_object(w);
	jw_set_text(w, "type", type);
	jw_end(w);
}

static void write_name(struct jw *w) {
	jw_object(w);
	jw_set_text(w, "type", "string");
	jw_set_text(w, "pattern", "^[a-z][a-z0-9_]{0,47}$");
	jw_end(w);
}

static void write_words(struct jw *w, const char *const *words) {
	jw_object(w);
	jw_key(w, "enum");
	jw_array(w);
	for (size_t i = 0; words[i]; i++) jw_text(w, words[i]);
	jw_end(w);
	jw_end(w);
}

static void write_field_types(struct jw *w) {
	size_t n;
	const struct field_type *const *types = field_types(&n);
	jw_object(w);
	jw_key(w, "enum");
	jw_array(w);
	for (size_t i = 0; i < n; i++) jw_text(w, types[i]->name);
	jw_end(w);
	jw_end(w);
}

/* What one value may be, as alternatives. */
static void write_one(struct jw *w, struct arena *a, const struct shape *owner,
		      const struct shape_key *k) {
	unsigned x = k->accepts;
	if (x & A_ANY) {
		jw_bool(w, true);
		return;
	}
	if (owner == &shape_field && !strcmp(k->key, "type")) {
		write_field_types(w);
		return;
	}
	jw_object(w);
	jw_key(w, "anyOf");
	jw_array(w);
	if (x & (A_LABEL | A_TEMPLATE)) write_ref(w, a, "label");
	if (x & (A_TEXT | A_EXPR | A_PATH | A_WHO) && !(x & (A_LABEL | A_TEMPLATE)))
		write_type(w, "string");
	if (x & A_NAME) write_name(w);
	if (x & A_CHOICE) write_words(w, k->choices);
	if (x & (A_BOOL | A_EXPR)) write_type(w, "boolean");
	if (x & (A_NUMBER | A_EXPR)) write_type(w, "number");
	if (x & A_EXPR) write_type(w, "null");
	if (x & A_INT) write_type(w, "integer");
	if (x & (A_OBJECT | A_WHO)) write_ref(w, a, k->shape->name);
	jw_end(w);
	jw_end(w);
}

static void write_list(struct jw *w, struct arena *a, const struct shape *owner,
		       const struct shape_key *k, int levels) {
	for (int i = 0; i < levels; i++) {
		jw_object(w);
		jw_set_text(w, "type", "array");
		jw_key(w, "items");
	}
	write_one(w, a, owner, k);
	for (int i = 0; i < levels; i++) jw_end(w);
}

static void write_map(struct jw *w, struct arena *a, const struct shape *owner,
		      const struct shape_key *k, bool lists) {
	jw_object(w);
	jw_set_text(w, "type", "object");
	jw_key(w, "additionalProperties");
	if (lists) {
		jw_object(w);
		jw_key(w, "anyOf");
		jw_array(w);
	}
	write_one(w, a, owner, k);
	if (lists) {
		write_list(w, a, owner, k, 1);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

static void write_key(struct jw *w, struct arena *a, const struct shape *owner,
		      const struct shape_key *k) {
	unsigned forms = k->forms ? k->forms : F_ONE;
	jw_key(w, k->key);
	jw_object(w);
	jw_set_text(w, "description", arena_printf(a, "%s %s", k->help.zh, k->help.en));
	jw_key(w, "anyOf");
	jw_array(w);
	if (forms & F_ONE) write_one(w, a, owner, k);
	if (forms & F_LIST) write_list(w, a, owner, k, 1);
	if (forms & F_LISTS) write_list(w, a, owner, k, 2);
	if (forms & F_MAP) write_map(w, a, owner, k, false);
	if (forms & F_MAP_LIST) write_map(w, a, owner, k, true);
	jw_end(w);
	jw_end(w);
}

static void write_shape(struct jw *w, struct arena *a, const struct shape *s) {
	char *name = arena_strdup(a, s->name);
	for (char *p = name; *p; p++)
		if (*p == ' ') *p = '_';
	jw_key(w, name);
	jw_object(w);
	jw_set_text(w, "description", arena_printf(a, "%s %s", s->help.zh, s->help.en));
	jw_set_text(w, "type", "object");
	jw_key(w, "properties");
	jw_object(w);
	for (size_t i = 0; i < s->n; i++) write_key(w, a, s, &s->keys[i]);
	jw_end(w);
	jw_key(w, "required");
	jw_array(w);
	for (size_t i = 0; i < s->n; i++)
		if (s->keys[i].required) jw_text(w, s->keys[i].key);
	jw_end(w);
	jw_set_bool(w, "additionalProperties", s->open);
	jw_end(w);
}

static void write_label(struct jw *w) {
	jw_key(w, "label");
	jw_raw(w, STR("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"properties\":{\"zh-"
		      "CN\":{\"type\":\"string\"},"
		      "\"en\":{\"type\":\"string\"}},\"additionalProperties\":false}]}"));
}

void schema_write(struct sb *out, const char *kind) {
	const struct shape *root = shape_of(kind);
	struct shapes found = { .n = 0 };
	struct jw w = jw_on(out);
	if (!root) return;
	gather(&found, root);
	jw_object(&w);
	jw_set_text(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	jw_set_text(&w, "$id", arena_printf(out->arena, "tenon:%s", kind));
	jw_set_text(&w, "title", arena_printf(out->arena, "Tenon %s", kind));
	jw_set_text(&w, "$ref", arena_printf(out->arena, "#/$defs/%s", kind));
	jw_key(&w, "$defs");
	jw_object(&w);
	write_label(&w);
	for (size_t i = 0; i < found.n; i++) write_shape(&w, out->arena, found.items[i]);
	jw_end(&w);
	jw_end(&w);
}
