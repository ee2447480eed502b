/* load_form.c -- forms and their fields: shells first, so that references may point forward, then
 * fields, rows and system fields. A sub-table becomes a form of its own whose only system field is
 * id. */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

enum { FIELDS_MAX = 500 };

struct system_row {
	const char *name;
	enum system_field which;
	const struct field_type *type;
	struct label label;
};
static const struct system_row system_rows[] = {
	{ "id", SYSTEM_ID, &field_type_integer, { "编号", "ID" } },
	{ "rev", SYSTEM_REV, &field_type_integer, { "版本号", "Revision" } },
	{ "created_at", SYSTEM_CREATED_AT, &field_type_datetime, { "创建时间", "Created at" } },
	{ "created_by", SYSTEM_CREATED_BY, &field_type_user, { "创建人", "Created by" } },
	{ "updated_at", SYSTEM_UPDATED_AT, &field_type_datetime, { "修改时间", "Updated at" } },
	{ "updated_by", SYSTEM_UPDATED_BY, &field_type_user, { "修改人", "Updated by" } },
	{ "owner", SYSTEM_OWNER, &field_type_user, { "负责人", "Owner" } },
	{ "dept", SYSTEM_DEPT, &field_type_dept, { "所属部门", "Department" } },
	{ "deleted_at", SYSTEM_DELETED_AT, &field_type_datetime, { "删除时间", "Deleted at" } },
};
enum { SYSTEM_ROWS = ARRAY_LEN(system_rows) };
_Static_assert(ARRAY_LEN(system_rows) <= SYSTEM_FIELDS_MAX, "room for every system field");

static bool reserved_field(struct str name) {
	static const char *const words[] = { "titles", "rights", "and",   "or",  "not",
					     "in",     "true",   "false", "null" };
	for (size_t i = 0; i < SYSTEM_ROWS; i++)
		if (str_is(name, system_rows[i].name)) return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(name, words[i])) return true;
	return false;
}

static void add_system(struct loading *l, struct form *form, const struct system_row *row) {
	struct field *f = arena_alloc(l->arena, sizeof *f);
	*f = (struct field){
		.name = row->name,
		.id = row->name,
		.column = row->name,
		.label = row->label,
		.type = row->type,
		.form = form,
		.index = form->field_count,
		.system = row->which,
		.min_length = -1,
		.max_length = -1,
		.min_rows = -1,
		.max_rows = -1,
	};
	f->value_type = f->type->value_type(f);
	form->fields[form->field_count++] = f;
	names_add(&form->names, str_of(f->name), f);
}

void load_system_fields(struct loading *l, struct form *form) {
	size_t count = form->parent ? 1 : SYSTEM_ROWS;
	for (size_t i = 0; i < count; i++) add_system(l, form, &system_rows[i]);
}

static const char *owner_of(struct loading *l, const struct form *form) {
	if (!form->parent) return arena_printf(l->arena, "form/%s", form->id);
	return arena_printf(l->arena, "form/%s/%s", form->parent->id, form->parent_field->id);
}

/* Names a field; false: it cannot be kept (a finding says why). */
static bool name_field(struct loading *l, struct form *form, struct names *ids, struct field *f) {
	const struct definition *d = form->definition;
	const struct json *name = json_get(f->json, "name");
	if (!name || name->kind != JSON_STRING) return false;
	f->name = str_dup(l->arena, name->text);
	if (!load_name_ok(name->text)) {
		FIND(l->findings, spot_at(d, name), ERROR, "DEF05", "def_name", "fix_name", "name",
		     f->name);
		return false;
	}
	if (reserved_field(name->text) || (form->parent && str_is(name->text, "state"))) {
		FIND(l->findings, spot_at(d, name), ERROR, "DEF08", "def_reserved_field",
		     "fix_other_name", "name", f->name);
		return false;
	}
	if (!names_add(&form->names, name->text, f)) {
		FIND(l->findings, spot_at(d, name), ERROR, "DEF06", "def_field_twice",
		     "fix_other_name", "name", f->name, "form", form->name);
		return false;
	}
	f->id = load_id(l, d, f->json, owner_of(l, form), name->text);
	if (reserved_field(str_of(f->id)))
		FIND(l->findings, spot_at(d, f->json), ERROR, "DEF08", "def_reserved_field",
		     "fix_other_name", "name", f->id);
	if (!names_add(ids, str_of(f->id), f))
		FIND(l->findings, spot_at(d, f->json), ERROR, "VR04", "vr04_twice", "fix_id_other",
		     "id", f->id, "form", form->name);
	return true;
}

static void load_rows(struct loading *l, struct form *parent, struct field *table);

static void name_storage(struct loading *l, struct form *form, struct field *f) {
	const struct form *top = form->parent ? form->parent : form;
	bool own_table = f->type->storage == STORE_VALUES || f->type->storage == STORE_ROWS;
	if (!own_table)
		field_place(l->arena, f, physical_column(l->arena, f->id));
	else if (form->parent)
		f->column = physical_table(l, form->definition, f->json, top->id,
					   form->parent_field->id, f->id);
	else
		f->column = physical_table(l, form->definition, f->json, top->id, f->id, NULL);
}

/* The type a published field of this id had: VR04 when the field was given another name and another
 * type at once. */
static void check_kept_type(struct loading *l, struct form *form, const struct field *f) {
	const struct id_memory *m = l->memory;
	const char *owner = owner_of(l, form);
	const char *before = m->type_of ? m->type_of(m->context, owner, str_of(f->id)) : NULL;
	const char *same = m->id_of ? m->id_of(m->context, owner, str_of(f->name)) : NULL;
	if (!before || !strcmp(before, f->type->name) || (same && !strcmp(same, f->id))) return;
	FIND(l->findings, spot_at(form->definition, f->json), ERROR, "VR04", "vr04_type",
	     "fix_vr04_type", "id", f->id, "name", f->name, "old", before, "new", f->type->name);
}

static void load_field(struct loading *l, struct form *form, struct names *ids,
		       const struct json *j) {
	struct field *f = arena_alloc(l->arena, sizeof *f);
	*f = (struct field){ .form = form,
			     .json = j,
			     .index = form->field_count,
			     .min_length = -1,
			     .max_length = -1,
			     .min_rows = -1,
			     .max_rows = -1 };
	if (j->kind != JSON_OBJECT || !name_field(l, form, ids, f)) return;
	f->label = load_label(l, json_get(j, "label"), f->name);
	f->help = load_label(l, json_get(j, "help"), "");
	load_field_body(l, form, f);
	if (!strcmp(f->name, "state") && !form->parent) {
		f->system = SYSTEM_STATE;
		form->state = f;
	}
	name_storage(l, form, f);
	if (f->type != &field_type_rollup) check_kept_type(l, form, f);
	form->fields[form->field_count++] = f;
	if (f->type->storage == STORE_ROWS) load_rows(l, form, f);
	f->value_type = f->type->value_type(f);
}

static void load_fields(struct loading *l, struct form *form, const struct json *list) {
	uint32_t n = load_count(list, JSON_ARRAY);
	struct names ids;
	if (n > FIELDS_MAX) {
		FIND(l->findings, spot_at(form->definition, list), ERROR, "DEF11",
		     "def_too_many_fields", "fix_limit", "max", "500");
		n = 0;
	}
	form->paths.arena = l->arena;
	form->fields = arena_array(l->arena, n + SYSTEM_ROWS, sizeof(struct field *));
	names_init(&form->names, l->arena, n + SYSTEM_ROWS);
	names_init(&ids, l->arena, n);
	for (uint32_t i = 0; i < n; i++) load_field(l, form, &ids, &list->items[i]);
	form->declared_count = form->field_count;
	for (size_t i = 0; i < form->declared_count; i++)
		load_check_id(l, form->definition, form->fields[i]->json, owner_of(l, form),
			      str_of(form->fields[i]->name), &ids);
	load_system_fields(l, form);
}

static void load_rows(struct loading *l, struct form *parent, struct field *table) {
	struct form *rows = arena_alloc(l->arena, sizeof *rows);
	*rows = (struct form){ .app = parent->app,
			       .name = table->name,
			       .id = table->id,
			       .label = table->label,
			       .table = table->column,
			       .parent = parent,
			       .parent_field = table,
			       .json = table->json,
			       .definition = parent->definition };
	table->rows = rows;
	int64_t n;
	if (json_int(json_get(table->json, "min_rows"), &n)) table->min_rows = n;
	if (json_int(json_get(table->json, "max_rows"), &n)) table->max_rows = n;
	load_fields(l, rows, json_get(table->json, "fields"));
}

static bool reserved_form(struct str name) {
	static const char *const words[] = { "flows", "reports", "prints", "dashboards",
					     "definition" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(name, words[i])) return true;
	return false;
}

void load_form_shells(struct loading *l) {
	struct app *app = l->app;
	struct names ids;
	names_init(&app->form_names, l->arena, app->definition_count);
	names_init(&ids, l->arena, app->definition_count);
	app->forms = arena_array(l->arena, app->definition_count, sizeof(struct form *));
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct definition *d = app->definitions[i];
		if (strcmp(d->kind, "form") != 0) continue;
		struct form *form = arena_alloc(l->arena, sizeof *form);
		*form = (struct form){ .app = app,
				       .name = d->name,
				       .id = d->id,
				       .label = d->label,
				       .json = d->json,
				       .definition = d };
		if (reserved_form(str_of(d->name)))
			FIND(l->findings, spot_at(d, d->json), ERROR, "DEF08", "def_reserved_form",
			     "fix_other_name", "name", d->name);
		if (!names_add(&ids, str_of(form->id), form))
			FIND(l->findings, spot_at(d, d->json), ERROR, "VR04", "vr04_form_twice",
			     "fix_id_other", "id", form->id);
		form->table = physical_table(l, d, d->json, form->id, NULL, NULL);
		if (names_add(&app->form_names, str_of(form->name), form))
			app->forms[app->form_count++] = form;
	}
	for (size_t i = 0; i < app->form_count; i++)
		load_check_id(l, app->forms[i]->definition, app->forms[i]->json, "form",
			      str_of(app->forms[i]->name), &ids);
}

void load_form_fields(struct loading *l) {
	for (size_t i = 0; i < l->app->form_count; i++) {
		struct form *form = l->app->forms[i];
		load_fields(l, form, json_get(form->json, "fields"));
	}
}
