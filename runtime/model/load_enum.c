/* load_enum.c -- enums/NAME.json into enumerations: values in preorder, codes from the store's
 * memory. Values of earlier versions that the file no longer lists are kept at the end as retired,
 * because records may hold them; what becomes of them is the plan's business (VR23). */
#include "runtime/model/loading.h"
#include "runtime/model/region.h"

enum { VALUES_MAX = 50000, LEVELS_MAX = 16, VALUE_MAX = 100 };

struct enum_load {
	struct loading *l;
	const struct definition *d;
	struct enumeration *e;
	struct names paths; /* value paths given, to find doubles and what is gone */
};

static struct enum_value *add_value(struct enum_load *x) {
	struct enumeration *e = x->e;
	struct enum_value *v = &e->values[e->n];
	v->index = (uint32_t)e->n++;
	return v;
}

static bool value_ok(struct str s) {
	if (!s.n || utf8_length(s) > VALUE_MAX || str_trim(s).n != s.n) return false;
	while (s.n) {
		uint32_t cp = utf8_next(&s);
		if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f)) return false;
	}
	return true;
}

static int32_t code_of(struct enum_load *x, const struct enum_value *v, struct str path) {
	const struct id_memory *m = x->l->memory;
	if (!m->enum_code) return (int32_t)v->index + 1;
	return m->enum_code(m->context, x->e->id, path);
}

static struct str join_path(struct arena *a, struct str parent, struct str value) {
	if (!parent.n) return value;
	const char *text =
		arena_printf(a, "%.*s\x1f%.*s", (int)parent.n, parent.p, (int)value.n, value.p);
	return (struct str){ text, parent.n + 1 + value.n };
}

static void load_values(struct enum_load *x, const struct json *list,
			const struct enum_value *parent, struct str parent_path, bool retired);

static void load_value(struct enum_load *x, const struct json *j, const struct enum_value *parent,
		       struct str parent_path, bool retired) {
	struct loading *l = x->l;
	const struct json *text = j->kind == JSON_OBJECT ? json_get(j, "value") : j;
	if (!text || text->kind != JSON_STRING) return;
	struct str path = join_path(l->arena, parent_path, text->text);
	if (!value_ok(text->text)) {
		FIND(l->findings, spot_at(x->d, text), ERROR, "DEF05", "def_enum_value",
		     "fix_enum_value", "name", str_dup(l->arena, text->text));
		return;
	}
	struct enum_value *v = add_value(x);
	if (!names_add(&x->paths, path, v)) {
		FIND(l->findings, spot_at(x->d, text), ERROR, "DEF06", "def_enum_twice",
		     "fix_twice", "name", str_dup(l->arena, text->text));
		x->e->n--;
		return;
	}
	v->value = str_dup(l->arena, text->text);
	v->label = load_label(l, json_get(j, "label"), v->value);
	v->color = str_dup(l->arena, json_str(json_get(j, "color")));
	v->retired = retired || json_bool(json_get(j, "retired"));
	v->parent = parent;
	v->depth = parent ? parent->depth + 1 : 0;
	v->code = code_of(x, v, path);
	const struct json *children = json_get(j, "children");
	if (load_count(children, JSON_ARRAY)) x->e->cascade = true;
	if (v->depth + 1 < LEVELS_MAX)
		load_values(x, children, v, path, v->retired);
	else if (load_count(children, JSON_ARRAY))
		FIND(l->findings, spot_at(x->d, children), ERROR, "DEF11", "def_enum_levels",
		     "fix_limit", "max", "16");
}

static void load_values(struct enum_load *x, const struct json *list,
			const struct enum_value *parent, struct str parent_path, bool retired) {
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		load_value(x, &list->items[i], parent, parent_path, retired);
}

static size_t count_values(const struct json *list) {
	size_t n = load_count(list, JSON_ARRAY);
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		n += count_values(json_get(&list->items[i], "children"));
	return n;
}

/* "a\x1fb\x1fc": the way to the parent, "a\x1fb". */
static const struct enum_value *parent_on(const struct enum_load *x, struct str path,
					  struct str *last) {
	const char *cut = memrchr(path.p, 0x1f, path.n);
	*last = path;
	if (!cut) return NULL;
	*last = (struct str){ cut + 1, path.n - (size_t)(cut + 1 - path.p) };
	return names_find(&x->paths, (struct str){ path.p, (size_t)(cut - path.p) });
}

static void keep_removed(struct enum_load *x, const struct remembered_value *gone, size_t count) {
	for (size_t i = 0; i < count; i++) {
		struct str last;
		if (names_find(&x->paths, gone[i].path)) continue;
		struct enum_value *v = add_value(x);
		v->parent = parent_on(x, gone[i].path, &last);
		v->depth = v->parent ? v->parent->depth + 1 : 0;
		v->value = str_dup(x->l->arena, last);
		v->label = (struct label){ arena_strdup(x->l->arena, gone[i].label.zh),
					   arena_strdup(x->l->arena, gone[i].label.en) };
		v->retired = v->removed = true;
		v->code = gone[i].code;
		if (v->depth) x->e->cascade = true;
		names_add(&x->paths,
			  (struct str){ arena_copy(x->l->arena, gone[i].path.p, gone[i].path.n),
					gone[i].path.n },
			  v);
	}
}

static struct enumeration *load_enumeration(struct loading *l, const struct definition *d) {
	const struct id_memory *m = l->memory;
	const struct json *values = json_get(d->json, "values");
	struct enum_load x = { .l = l, .d = d, .e = arena_alloc(l->arena, sizeof *x.e) };
	size_t gone_count = 0, count = count_values(values);
	x.e->name = d->name;
	x.e->id = d->id;
	x.e->label = d->label;
	x.e->json = d->json;
	const struct remembered_value *gone =
		m->enum_values ? m->enum_values(m->context, d->id, &gone_count) : NULL;
	if (count > VALUES_MAX) {
		FIND(l->findings, spot_at(d, values), ERROR, "DEF11", "def_enum_values",
		     "fix_limit", "max", "50000");
		values = NULL;
		count = 0;
	}
	x.e->values = arena_array(l->arena, count + gone_count, sizeof *x.e->values);
	names_init(&x.paths, l->arena, count + gone_count);
	load_values(&x, values, NULL, (struct str){ 0 }, false);
	keep_removed(&x, gone, gone_count);
	enumeration_index(l->arena, x.e);
	return x.e;
}

static bool uses_regions(const struct json *fields) {
	for (uint32_t i = 0; i < load_count(fields, JSON_ARRAY); i++) {
		const struct json *type = json_get(&fields->items[i], "type");
		if (json_is_string(type, "region") || json_is_string(type, "address") ||
		    uses_regions(json_get(&fields->items[i], "fields")))
			return true;
	}
	return false;
}

/* The built-in table comes in with the first field that needs it. It is no file of the app. */
void load_regions(struct loading *l) {
	struct app *app = l->app;
	bool used = false;
	for (size_t i = 0; i < app->definition_count && !used; i++)
		used = strcmp(app->definitions[i]->kind, "form") == 0 &&
		       uses_regions(json_get(app->definitions[i]->json, "fields"));
	if (!used) return;
	struct definition *d = arena_alloc(l->arena, sizeof *d);
	*d = (struct definition){ .kind = "enum", .name = REGION_ENUM, .id = REGION_ENUM };
	d->json = region_definition(l->arena);
	d->label = load_label(l, json_get(d->json, "label"), d->name);
	struct enumeration *e = load_enumeration(l, d);
	if (names_add(&app->enumeration_names, str_of(e->name), e))
		app->enumerations[app->enumeration_count++] = e;
}

void load_enumerations(struct loading *l) {
	struct app *app = l->app;
	names_init(&app->enumeration_names, l->arena, app->definition_count);
	app->enumerations =
		arena_array(l->arena, app->definition_count + 1, sizeof(struct enumeration *));
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct definition *d = app->definitions[i];
		if (strcmp(d->kind, "enum") != 0) continue;
		struct enumeration *e = load_enumeration(l, d);
		if (names_add(&app->enumeration_names, str_of(e->name), e))
			app->enumerations[app->enumeration_count++] = e;
	}
}
