/* usages.c -- a walk over every definition by the tables of its shape (shape.h): which key holds an
 * expression, a path, a name or a template is told there. Names are resolved from the form a place
 * speaks about, hop by hop as the compiler does, so that `account.region` is a usage of both. */
#include "runtime/model/usages.h"

#include "runtime/model/field_type.h"
#include "runtime/model/shape.h"

/* What names mean at a place. */
struct meaning {
	const struct form *form;   /* bare names, $record, $old */
	const struct form *parent; /* $parent */
	const struct form *option; /* $option */
	const struct form *other;  /* values are written into this one */
};
struct walk {
	struct arena *arena;
	const struct app *app;
	const struct form *form;
	const struct field *field;
	const char *enumeration; /* then form and field are NULL */
	const struct definition *definition;
	struct findings places; /* only its cache of texts is used */
	struct usages *out;
	size_t room;
};

static void add(struct walk *u, const struct shape_key *k, const struct json *at, bool on_key) {
	struct finding place = { .pointer = "" };
	if (u->out->n == u->room) {
		size_t room = u->room ? 2 * u->room : 32;
		u->out->items = arena_grow(u->arena, u->out->items, u->room * sizeof *u->out->items,
					   room * sizeof *u->out->items);
		u->room = room;
	}
	finding_locate(&u->places, (struct spot){ u->definition, at, on_key, 0 }, &place);
	u->out->items[u->out->n++] = (struct usage){ .file = u->definition->file,
						     .kind = u->definition->kind,
						     .name = u->definition->name,
						     .key = k->key,
						     .pointer = place.pointer,
						     .line = place.line,
						     .column = place.column,
						     .text = json_str(at) };
}

/* ---- names in a text ---- */

static bool is_word(char ch) {
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.';
}

static bool chain_names(const struct walk *u, const struct form *form, struct str chain) {
	while (form && chain.n) {
		struct str name;
		bool more = str_cut(chain, '.', &name, &chain);
		const struct field *f = form_field(form, name);
		if (f == u->field && f) return true;
		if (!f || !more) return false;
		form = f->rows ? f->rows : f->target;
	}
	return false;
}

static bool word_names(const struct walk *u, const struct meaning *m, struct str word,
		       bool special) {
	static const struct {
		const char *root;
		size_t place;
	} roots[] = { { "record", offsetof(struct meaning, form) },
		      { "old", offsetof(struct meaning, form) },
		      { "parent", offsetof(struct meaning, parent) },
		      { "option", offsetof(struct meaning, option) } };
	if (!special) return chain_names(u, m->form, word) || chain_names(u, m->other, word);
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		size_t n = strlen(roots[i].root);
		if (word.n <= n + 1 || memcmp(word.p, roots[i].root, n) || word.p[n] != '.')
			continue;
		const struct form *const *form = (const void *)((const char *)m + roots[i].place);
		return chain_names(u, *form, (struct str){ word.p + n + 1, word.n - n - 1 });
	}
	return false;
}

/* Texts in quotes are values, no names. */
static size_t quoted(struct str text, size_t at) {
	size_t i = at + 1;
	while (i < text.n && text.p[i] != text.p[at]) i += text.p[i] == '\\' ? 2 : 1;
	return i + 1;
}

static bool expression_names(const struct walk *u, const struct meaning *m, struct str text) {
	for (size_t i = 0; i < text.n;) {
		size_t n = 0;
		if (text.p[i] == '\'' || text.p[i] == '"') {
			i = quoted(text, i);
			continue;
		}
		while (i + n < text.n && is_word(text.p[i + n])) n++;
		if (n && word_names(u, m, (struct str){ text.p + i, n }, i && text.p[i - 1] == '$'))
			return true;
		i += n ? n : 1;
	}
	return false;
}

static bool template_names(const struct walk *u, const struct meaning *m, struct str text) {
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '{') continue;
		const char *end = memchr(text.p + i, '}', text.n - i);
		size_t n = end ? (size_t)(end - (text.p + i)) - 1 : 0;
		if (expression_names(u, m, (struct str){ text.p + i + 1, n })) return true;
	}
	return false;
}

/* ---- places ---- */

static bool among(const char *key, const char *const *list, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(key, list[i])) return true;
	return false;
}

static bool names_form(const char *key) {
	static const char *const keys[] = { "form", "of" };
	return among(key, keys, ARRAY_LEN(keys));
}

/* Names of other things than fields. */
static bool names_else(const char *key) {
	static const char *const keys[] = { "name", "form",  "of",   "id",    "view",
					    "enum", "entry", "app",  "rule",  "flow",
					    "role", "print", "step", "report" };
	return among(key, keys, ARRAY_LEN(keys));
}

/* "order", or the rows of its sub-table: "order.lines". rows NULL: the form itself, or no such
 * field. */
static const struct form *form_said(const struct walk *u, struct str text,
				    const struct field **rows) {
	struct str name, table;
	bool dotted = str_cut(text, '.', &name, &table);
	const struct form *form = app_form(u->app, name);
	*rows = form && dotted ? form_field(form, table) : NULL;
	return form;
}

/* What a rollup gathers from. */
static bool names_table(const struct walk *u, struct str text) {
	const struct field *rows;
	form_said(u, text, &rows);
	return rows && rows == u->field;
}

static void leaf(struct walk *u, const struct meaning *m, const struct shape_key *k,
		 const struct json *at, bool whole_template) {
	struct str text = json_str(at);
	bool root =
		!strcmp(u->definition->kind, "form") && at == json_get(u->definition->json, "form");
	if (!text.n) return;
	if (u->enumeration) {
		if (!strcmp(k->key, "enum") && str_is(text, u->enumeration) &&
		    at != json_get(u->definition->json, "enum"))
			add(u, k, at, false);
		return;
	}
	if (!u->field) {
		const struct field *rows;
		if (names_form(k->key) && !root && form_said(u, text, &rows) == u->form)
			add(u, k, at, false);
		return;
	}
	bool hit = !strcmp(k->key, "of") && names_table(u, text);
	if (k->accepts & (A_EXPR | A_PATH) || (k->accepts & A_NAME && !names_else(k->key)))
		hit = hit || (!whole_template && expression_names(u, m, text));
	if (!hit && k->accepts & A_TEMPLATE) hit = template_names(u, m, text);
	if (hit) add(u, k, at, false);
}

static void visit(struct walk *u, const struct meaning *m, const struct shape_key *k,
		  const struct json *at);
static void walk(struct walk *u, const struct meaning *m, const struct shape *s,
		 const struct json *node);

/* {name: value}: the names are fields, but in a role's "forms". */
static void map(struct walk *u, const struct meaning *m, const struct shape_key *k,
		const struct json *at) {
	bool forms = k->shape && !strcmp(k->key, "forms");
	for (uint32_t i = 0; i < at->n; i++) {
		struct str name = at->keys[i].name;
		struct meaning inner = *m;
		if (forms) inner.form = app_form(u->app, name);
		bool hit = forms ? u->form && !u->field && inner.form == u->form
				 : u->field && word_names(u, m, name, false);
		if (hit) add(u, k, &at->items[i], true);
		visit(u, &inner, k, &at->items[i]);
	}
}

static void visit(struct walk *u, const struct meaning *m, const struct shape_key *k,
		  const struct json *at) {
	bool is_map = k->forms & (F_MAP | F_MAP_LIST);
	if (at->kind == JSON_STRING) leaf(u, m, k, at, false);
	for (uint32_t i = 0; at->kind == JSON_ARRAY && i < at->n; i++)
		visit(u, m, k, &at->items[i]);
	if (at->kind != JSON_OBJECT) return;
	bool inside_map = is_map && k->shape && json_get(at, k->shape->keys[0].key);
	if (is_map && !inside_map &&
	    !(k->shape && m->form && !strcmp(k->key, "forms") && at->n &&
	      shape_key(k->shape, at->keys[0].name)))
		map(u, m, k, at);
	else if (k->shape)
		walk(u, m, k->shape, at);
	else
		for (uint32_t i = 0; i < at->n; i++) leaf(u, m, k, &at->items[i], true);
}

static void speak_of(const struct walk *u, struct str of, struct meaning *out) {
	const struct field *rows;
	out->form = form_said(u, of, &rows);
	if (!out->form || !memchr(of.p, '.', of.n)) return;
	out->parent = out->form;
	out->form = rows ? rows->rows : NULL;
}

/* What the keys of one object speak about. */
static struct meaning meaning_of(const struct walk *u, const struct meaning *m,
				 const struct shape *s, const struct json *node, const char *key) {
	static const char *const of_keys[] = { "by", "field", "filter" };
	struct meaning out = *m;
	const struct json *form = json_get(node, "form"), *of = json_get(node, "of");
	const struct field *f = s == &shape_field && m->form
					? form_field(m->form, json_str(json_get(node, "name")))
					: NULL;
	if (f && f->target) out.option = f->target;
	if (f && f->rows && strcmp(key, "name") != 0) {
		out.form = f->rows;
		out.parent = m->form;
	}
	if (of && among(key, of_keys, ARRAY_LEN(of_keys))) speak_of(u, json_str(of), &out);
	if (s == &shape_who_query || s == &shape_until) {
		const struct form *asked = app_form(u->app, json_str(form));
		if (asked) out = (struct meaning){ .form = asked, .parent = m->form };
	} else if (!f && form && form->kind == JSON_STRING) {
		out.other = app_form(u->app, form->text);
		if (!out.form) out.form = out.other;
	}
	return out;
}

static void walk(struct walk *u, const struct meaning *m, const struct shape *s,
		 const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) {
		const struct shape_key *k = shape_key(s, node->keys[i].name);
		if (!k) continue;
		struct meaning here = meaning_of(u, m, s, node, k->key);
		visit(u, &here, k, &node->items[i]);
	}
}

static void walk_app(struct walk *u) {
	struct arena *a = u->arena;
	const struct app *app = u->app;
	*u->out = (struct usages){ .n = 0 };
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct shape *s = shape_of(app->definitions[i]->kind);
		struct meaning m = { .form = NULL };
		struct definition shown = *app->definitions[i];
		if (!s || shown.json->kind != JSON_OBJECT) continue;
		/* Places are those of the canonical text, whatever its author's looked like. */
		shown.source = STR("");
		shown.json = shape_canonical(a, s, shown.json);
		u->definition = &shown;
		u->places = (struct findings){ .arena = a };
		m.form = app_form(app, json_str(json_get(shown.json, "form")));
		walk(u, &m, s, shown.json);
	}
}

void usages_find(struct arena *a, const struct app *app, const struct form *form,
		 const struct field *field, struct usages *out) {
	struct walk u = { .arena = a, .app = app, .form = form, .field = field, .out = out };
	walk_app(&u);
}

void usages_of_enum(struct arena *a, const struct app *app, const char *name, struct usages *out) {
	struct walk u = { .arena = a, .app = app, .enumeration = name, .out = out };
	walk_app(&u);
}
