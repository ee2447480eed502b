/* load_role.c -- roles/NAME.json: grants by form, their scopes, rows (where) and field rights.
 * Unlisted = nothing; unlisted fields of a granted form = edit, system fields = read. */
#include "runtime/model/field_type.h"
#include "runtime/model/loading.h"

static enum scope scope_of(const struct json *at) {
	static const struct {
		const char *word;
		enum scope scope;
	} words[] = { { "own", SCOPE_OWN },
		      { "subordinates", SCOPE_SUBORDINATES },
		      { "dept", SCOPE_DEPT },
		      { "dept_tree", SCOPE_DEPT_TREE },
		      { "all", SCOPE_ALL } };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (json_is_string(at, words[i].word)) return words[i].scope;
	return SCOPE_NONE;
}

enum field_right load_field_right(const struct json *at) {
	static const struct {
		const char *word;
		enum field_right right;
	} words[] = { { "hidden", RIGHT_HIDDEN },
		      { "mask", RIGHT_MASK },
		      { "read", RIGHT_READ },
		      { "edit", RIGHT_EDIT } };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (json_is_string(at, words[i].word)) return words[i].right;
	return RIGHT_HIDDEN; /* anything else was refused by the shape; nobody gets more by a slip
			      */
}

static uint8_t *usual_rights(struct loading *l, const struct form *form) {
	uint8_t *rights = arena_array(l->arena, form->field_count, 1);
	for (size_t i = 0; i < form->field_count; i++)
		rights[i] = form->fields[i]->system ? RIGHT_READ : RIGHT_EDIT;
	return rights;
}

static uint8_t **row_rights(struct loading *l, const struct form *form, const struct field *table,
			    struct role_grant *g) {
	if (!g->row_fields)
		g->row_fields = arena_array(l->arena, form->field_count, sizeof *g->row_fields);
	uint8_t **all = (uint8_t **)(void *)g->row_fields;
	if (!all[table->index]) all[table->index] = usual_rights(l, table->rows);
	return &all[table->index];
}

/* "price", or "lines.price" for a field of the rows. */
static void load_right(struct loading *l, const struct definition *d, struct role_grant *g,
		       struct str name, const struct json *at) {
	const struct form *form = g->form;
	struct str first, rest;
	bool dotted = str_cut(name, '.', &first, &rest);
	const struct field *f = form_field(form, first);
	struct spot spot = spot_at(d, at);
	spot.on_key = true;
	if (f && dotted && f->rows) {
		const struct field *row = form_field(f->rows, rest);
		if (row) (*row_rights(l, form, f, g))[row->index] = (uint8_t)load_field_right(at);
		f = row;
	} else if (f && !dotted) {
		g->fields[f->index] = (uint8_t)load_field_right(at);
	} else {
		f = NULL;
	}
	if (f || l->broken) return;
	const struct field *near = form_similar(form, first);
	load_unknown(l, spot, "right", name, str_of(near ? near->name : NULL));
}

static void load_grant(struct loading *l, const struct definition *d, struct role *role,
		       struct form *form, const struct json *j) {
	struct role_grant *g = &role->grants[role->grant_count++];
	const struct json *fields = json_get(j, "fields");
	*g = (struct role_grant){
		.form = form,
		.create = json_bool(json_get(j, "create")),
		.import = json_bool(json_get(j, "import")),
		.export = json_bool(json_get(j, "export")),
		.print = json_bool(json_get(j, "print")),
		.read = scope_of(json_get(j, "read")),
		.update = scope_of(json_get(j, "update")),
		.delete_ = scope_of(json_get(j, "delete")),
		.where = load_condition(l, d, json_get(j, "where"), form),
		.fields = usual_rights(l, form),
	};
	for (uint32_t i = 0; i < load_count(fields, JSON_OBJECT); i++)
		load_right(l, d, g, fields->keys[i].name, &fields->items[i]);
}

static size_t count_grants(const struct json *forms) {
	size_t n = 0;
	for (uint32_t i = 0; i < load_count(forms, JSON_OBJECT); i++)
		n += forms->items[i].kind == JSON_ARRAY ? forms->items[i].n : 1;
	return n;
}

static void load_role(struct loading *l, const struct definition *d) {
	const struct json *forms = json_get(d->json, "forms");
	struct role *role = arena_alloc(l->arena, sizeof *role);
	*role = (struct role){ .name = d->name, .id = d->id, .label = d->label, .definition = d };
	role->grants = arena_array(l->arena, count_grants(forms), sizeof *role->grants);
	for (uint32_t i = 0; i < load_count(forms, JSON_OBJECT); i++) {
		struct form *form = names_find(&l->app->form_names, forms->keys[i].name);
		const struct json *grant = &forms->items[i];
		struct spot at = spot_at(d, grant);
		at.on_key = true;
		if (!form)
			load_unknown(l, at, "form", forms->keys[i].name,
				     load_near_form(l, forms->keys[i].name));
		else if (grant->kind == JSON_OBJECT)
			load_grant(l, d, role, form, grant);
		for (uint32_t k = 0; form && k < load_count(grant, JSON_ARRAY); k++)
			load_grant(l, d, role, form, &grant->items[k]);
	}
	if (names_add(&l->app->role_names, str_of(role->name), role))
		l->app->roles[l->app->role_count++] = role;
}

void load_roles(struct loading *l) {
	struct app *app = l->app;
	names_init(&app->role_names, l->arena, app->definition_count);
	app->roles = arena_array(l->arena, app->definition_count, sizeof(struct role *));
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct definition *d = app->definitions[i];
		if (strcmp(d->kind, "role") != 0) continue;
		if (!strcmp(d->name, "admin"))
			FIND(l->findings, spot_at(d, d->json), ERROR, "DEF08", "def_reserved_role",
			     "fix_other_name", "name", d->name);
		load_role(l, d);
	}
}
