/* load_known.c -- forms and enumerations out of an effective definition (GET
 * /api/{app}/definition), for the browser.
 *  1. The server has verified it and cut it down to what one person may know: nothing is found
 * here, and keys that only the view has ("right", "rights") are passed over.
 *  2. There is no storage, so no ids or names of columns; and no rules: who evaluates expressions
 * compiles them.
 *  3. A lookup comes as the field it shows (web/src/api/lookups.ts), its value as any other.
 *  4. A reference whose form the person may not know of keeps its values and leads nowhere. */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

static void known_fields(struct loading *l, struct form *form, const struct json *list);

static void known_rows(struct loading *l, struct form *form, struct field *table) {
	struct form *rows = arena_alloc(l->arena, sizeof *rows);
	*rows = (struct form){ .app = form->app,
			       .name = table->name,
			       .parent = form,
			       .parent_field = table,
			       .json = table->json,
			       .definition = form->definition };
	table->rows = rows;
	known_fields(l, rows, json_get(table->json, "fields"));
}

static void known_field(struct loading *l, struct form *form, const struct json *j) {
	struct field *f = arena_alloc(l->arena, sizeof *f);
	struct str name = json_str(json_get(j, "name"));
	*f = (struct field){ .form = form,
			     .json = j,
			     .index = form->field_count,
			     .min_length = -1,
			     .max_length = -1 };
	if (!name.n || !names_add(&form->names, name, f)) return;
	f->name = f->id = str_dup(l->arena, name);
	load_field_body(l, form, f);
	if (json_is_string(json_get(j, "type"), "ref")) f->type = &field_type_ref;
	form->fields[form->field_count++] = f;
	if (f->type->storage == STORE_ROWS) known_rows(l, form, f);
	f->value_type = f->type->value_type(f);
}

static void known_fields(struct loading *l, struct form *form, const struct json *list) {
	uint32_t n = load_count(list, JSON_ARRAY);
	form->fields = arena_array(l->arena, n + SYSTEM_FIELDS_MAX, sizeof(struct field *));
	names_init(&form->names, l->arena, n + SYSTEM_FIELDS_MAX);
	for (uint32_t i = 0; i < n; i++) known_field(l, form, &list->items[i]);
	form->declared_count = form->field_count;
	load_system_fields(l, form);
}

/* Shells first, so that references may point forward. */
static void known_forms(struct loading *l, const struct json *list) {
	struct app *app = l->app;
	uint32_t n = load_count(list, JSON_ARRAY);
	names_init(&app->form_names, l->arena, n);
	app->forms = arena_array(l->arena, n, sizeof(struct form *));
	for (uint32_t i = 0; i < n; i++) {
		struct form *form = arena_alloc(l->arena, sizeof *form);
		struct str name = json_str(json_get(&list->items[i], "form"));
		*form = (struct form){ .app = app,
				       .name = str_dup(l->arena, name),
				       .json = &list->items[i],
				       .definition = app->definition };
		if (names_add(&app->form_names, name, form)) app->forms[app->form_count++] = form;
	}
	for (size_t i = 0; i < app->form_count; i++)
		known_fields(l, app->forms[i], json_get(app->forms[i]->json, "fields"));
}

static void known_enumerations(struct loading *l, const struct json *list) {
	struct app *app = l->app;
	uint32_t n = load_count(list, JSON_ARRAY);
	app->definitions = arena_array(l->arena, n, sizeof(struct definition *));
	for (uint32_t i = 0; i < n; i++) {
		struct definition *d = arena_alloc(l->arena, sizeof *d);
		const char *name = str_dup(l->arena, json_str(json_get(&list->items[i], "enum")));
		*d = (struct definition){
			.kind = "enum", .name = name, .id = name, .json = &list->items[i]
		};
		app->definitions[app->definition_count++] = d;
	}
	load_enumerations(l);
}

struct app *app_known(struct arena *a, const struct json *view, const struct zone *zone) {
	static const struct id_memory nothing = { .context = NULL };
	struct findings ignored = { .arena = a };
	struct app *app = arena_alloc(a, sizeof *app);
	struct loading l = { .app = app, .arena = a, .findings = &ignored, .memory = &nothing };
	const struct json *settings = json_get(view, "app");
	struct str currency = json_str(json_get(settings, "currency"));
	app->arena = a;
	app->name = str_dup(a, json_str(json_get(settings, "app")));
	app->currency = currency.n ? str_dup(a, currency) : "CNY";
	app->zone = zone;
	app->definition = arena_alloc(a, sizeof *app->definition);
	known_enumerations(&l, json_get(view, "enums"));
	known_forms(&l, json_get(view, "forms"));
	return app;
}
