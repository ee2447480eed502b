/* load_view.c -- views, layout and entries of a form: their names must exist and their filters must
 * type-check; what they look like is the front end's business. */
#include "runtime/model/loading.h"

static void check_paths(struct loading *l, const struct form *form, const struct json *list) {
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *at = &list->items[i];
		struct str path =
			at->kind == JSON_OBJECT ? json_str(json_get(at, "field")) : json_str(at);
		if (path.n && path.p[0] == '-') path.p++, path.n--;
		if (path.n) load_path_ok(l, form->definition, form, at, path);
	}
}

static void check_path(struct loading *l, const struct form *form, const struct json *at) {
	if (at && at->kind == JSON_STRING) load_path_ok(l, form->definition, form, at, at->text);
}

static void load_view(struct loading *l, struct form *form, const struct json *j,
		      struct names *names) {
	static const char *const one[] = { "group", "sum",   "date",   "start",
					   "end",   "color", "parent", "title" };
	const struct json *name = json_get(j, "view");
	struct view *v = &form->views[form->view_count];
	if (!name || name->kind != JSON_STRING) return;
	*v = (struct view){ .name = str_dup(l->arena, name->text), .json = j };
	v->filter = load_condition(l, form->definition, json_get(j, "filter"), form);
	check_paths(l, form, json_get(j, "columns"));
	check_paths(l, form, json_get(j, "sort"));
	for (size_t i = 0; i < ARRAY_LEN(one); i++) check_path(l, form, json_get(j, one[i]));
	if (names_add(names, name->text, v))
		form->view_count++;
	else
		FIND(l->findings, spot_at(form->definition, name), ERROR, "DEF06", "def_view_twice",
		     "fix_other_name", "name", v->name);
}

/* One text, or one a language. */
static void check_template(struct loading *l, struct form *form, const struct json *text) {
	struct expr_scope scope = load_scope(form, NULL);
	if (!text) return;
	if (text->kind == JSON_STRING)
		load_template(l, form->definition, text, &scope, &form->paths);
	for (uint32_t i = 0; i < load_count(text, JSON_OBJECT); i++)
		load_template(l, form->definition, &text->items[i], &scope, &form->paths);
}

static void check_layout(struct loading *l, struct form *form) {
	static const char *const texts[] = { "heading", "text", "notice" };
	const struct json *list = json_get(form->json, "layout");
	size_t n;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *block = &list->items[i];
		load_field_list(l, form->definition, form, json_get(block, "fields"), &n);
		load_condition(l, form->definition, json_get(block, "when"), form);
		for (size_t k = 0; k < ARRAY_LEN(texts); k++)
			check_template(l, form, json_get(block, texts[k]));
	}
}

static void check_set(struct loading *l, const struct form *form, const struct json *set) {
	struct expr_paths paths = { .arena = l->arena };
	struct expr_scope scope = load_scope(form, NULL);
	for (uint32_t i = 0; i < load_count(set, JSON_OBJECT); i++) {
		const struct field *f = form_field(form, set->keys[i].name),
				   *near = form_similar(form, set->keys[i].name);
		struct spot at = spot_at(form->definition, &set->items[i]);
		at.on_key = true;
		if (f)
			load_expr(l, form->definition, &set->items[i], &scope, &f->value_type,
				  &paths);
		else
			load_unknown(l, at, "set", set->keys[i].name,
				     str_of(near ? near->name : NULL));
	}
}

static void check_entries(struct loading *l, const struct form *form) {
	const struct json *list = json_get(form->json, "entries");
	size_t n;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		load_field_list(l, form->definition, form, json_get(&list->items[i], "fields"), &n);
		load_field_list(l, form->definition, form, json_get(&list->items[i], "required"),
				&n);
		check_set(l, form, json_get(&list->items[i], "set"));
	}
}

void load_form_views(struct loading *l, struct form *form) {
	const struct json *list = json_get(form->json, "views");
	struct names names;
	names_init(&names, l->arena, load_count(list, JSON_ARRAY));
	form->views = arena_array(l->arena, load_count(list, JSON_ARRAY), sizeof *form->views);
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		load_view(l, form, &list->items[i], &names);
	check_layout(l, form);
	check_entries(l, form);
	load_duplicates(l, form);
}
