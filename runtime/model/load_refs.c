/* load_refs.c -- names that one file uses of others, and the expressions of kinds whose engines are
 * not part of the core: menus, roles in who-rules, rules, reports, prints. Names and types
 * are checked now (VR01, VR02). */
#include "runtime/model/loading.h"
#include "runtime/model/principal.h"

void load_need_object(struct loading *l, const struct definition *d, const struct json *at,
		      const char *kind) {
	if (!at || at->kind != JSON_STRING || app_definition(l->app, kind, at->text)) return;
	struct similar near = similar_to(at->text);
	for (size_t i = 0; i < l->app->definition_count; i++)
		if (!strcmp(l->app->definitions[i]->kind, kind))
			similar_offer(&near, str_of(l->app->definitions[i]->name));
	load_unknown(l, spot_at(d, at), kind, at->text, near.best);
}

static struct form *form_at(struct loading *l, const struct definition *d, const struct json *at) {
	load_need_object(l, d, at, "form");
	return at && at->kind == JSON_STRING ? names_find(&l->app->form_names, at->text) : NULL;
}

bool load_need_role(struct loading *l, const struct definition *d, const struct json *at,
		    struct str role) {
	if (str_is(role, "admin") || app_definition(l->app, "role", role)) return true;
	struct similar near = similar_to(role);
	for (size_t i = 0; i < l->app->role_count; i++)
		similar_offer(&near, str_of(l->app->roles[i]->name));
	load_unknown(l, spot_at(d, at), "role", role, near.best);
	return false;
}

/* "role:x" must be a role; users and departments are people, checked with a directory only. */
static void check_who(struct loading *l, const struct definition *d, const struct json *node) {
	for (uint32_t i = 0; i < load_count(node, JSON_ARRAY); i++)
		check_who(l, d, &node->items[i]);
	if (node && node->kind == JSON_OBJECT) check_who(l, d, json_get(node, "who"));
	struct principal p = principal_of(json_str(node));
	if (p.kind == PRINCIPAL_ROLE) load_need_role(l, d, node, p.name);
}

/* ---- menus ---- */

static void check_view(struct loading *l, const struct definition *d, const struct form *form,
		       const struct json *at) {
	if (!form || !at || at->kind != JSON_STRING) return;
	struct similar near = similar_to(at->text);
	for (size_t i = 0; i < form->view_count; i++) {
		if (str_is(at->text, form->views[i].name)) return;
		similar_offer(&near, str_of(form->views[i].name));
	}
	load_unknown(l, spot_at(d, at), "view", at->text, near.best);
}

static void check_role(struct loading *l, const struct definition *d) {
	static const struct {
		const char *key, *kind;
	} lists[] = { { "reports", "report" }, { "flows", "flow" } };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *list = json_get(d->json, lists[i].key);
		for (uint32_t k = 0; k < load_count(list, JSON_ARRAY); k++)
			load_need_object(l, d, &list->items[k], lists[i].kind);
	}
}

static void check_form(struct loading *l, const struct definition *d) {
	const struct json *list = json_get(d->json, "transitions");
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		check_who(l, d, json_get(&list->items[i], "who"));
	list = json_get(d->json, "views");
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		check_who(l, d, json_get(&list->items[i], "who"));
}

/* ---- rules, reports, prints ---- */

static void check_condition(struct loading *l, const struct definition *d, const struct form *form,
			    const struct json *at, const struct expr_param *params,
			    size_t param_count) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_paths paths = { .arena = l->arena };
	struct expr_scope scope = load_scope(form, NULL);
	scope.params = params;
	scope.param_count = param_count;
	load_expr(l, d, at, &scope, &condition, &paths);
}

static void check_field_list(struct loading *l, const struct definition *d, const struct form *form,
			     const struct json *list) {
	size_t n;
	if (form) load_field_list(l, d, form, list, &n);
}

/* "set" of an action on this form, "create" and its kin on another. */
static void check_values(struct loading *l, const struct definition *d, const struct form *target,
			 const struct form *form, const struct json *values) {
	struct expr_paths paths = { .arena = l->arena };
	struct expr_scope scope = load_scope(form, NULL);
	for (uint32_t i = 0; i < load_count(values, JSON_OBJECT); i++) {
		const struct field *f = form_field(target, values->keys[i].name),
				   *near = form_similar(target, values->keys[i].name);
		struct spot at = spot_at(d, &values->items[i]);
		at.on_key = true;
		if (!f)
			load_unknown(l, at, "set", values->keys[i].name,
				     str_of(near ? near->name : NULL));
		else if (form)
			load_expr(l, d, &values->items[i], &scope, &f->value_type, &paths);
	}
}

/* ---- home ---- */

static const struct type moment = { .kind = TYPE_DATETIME }, number = { .kind = TYPE_DECIMAL };

/* A field or path of the form whose values are of the kind asked for. */
static void check_typed_path(struct loading *l, const struct definition *d, const struct form *form,
			     const struct json *at, const struct type *want) {
	struct expr_paths paths = { .arena = l->arena };
	struct expr_scope scope = load_scope(form, NULL);
	if (!at || at->kind != JSON_STRING || !load_path_ok(l, d, form, at, at->text)) return;
	load_expr(l, d, at, &scope, want, &paths);
}

static void check_verb(struct loading *l, const struct definition *d, const struct form *form,
		       const struct json *verb) {
	const struct json *create = json_get(verb, "create");
	struct form *target = form_at(l, d, json_get(create, "form"));
	check_values(l, d, form, form, json_get(verb, "set"));
	if (target) check_values(l, d, target, form, json_get(create, "values"));
}

/* A sum says of what. */
static void check_figure(struct loading *l, const struct definition *d, const struct form *form,
			 const struct json *figure) {
	const struct json *field = json_get(figure, "field");
	check_typed_path(l, d, form, field, &number);
	if (!field && str_is(json_str(json_get(figure, "agg")), "sum"))
		FIND(l->findings, spot_at(d, figure), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "field");
}

static void check_home(struct loading *l, const struct definition *d, const struct json *home) {
	static const char *const lists[] = { "todo", "figures" };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct json *list = json_get(home, lists[i]);
		for (uint32_t k = 0; k < load_count(list, JSON_ARRAY); k++) {
			const struct json *entry = &list->items[k];
			struct form *form = form_at(l, d, json_get(entry, "form"));
			check_who(l, d, json_get(entry, "who"));
			if (!form) continue;
			check_view(l, d, form, json_get(entry, "view"));
			check_condition(l, d, form, json_get(entry, "filter"), NULL, 0);
			check_typed_path(l, d, form, json_get(entry, "due"), &moment);
			check_verb(l, d, form, json_get(entry, "verb"));
			check_figure(l, d, form, entry);
		}
	}
}

static void check_board(struct loading *l, const struct definition *d, const struct json *board) {
	struct form *form = form_at(l, d, json_get(board, "form"));
	check_who(l, d, json_get(board, "who"));
	if (form) check_view(l, d, form, json_get(board, "view"));
}

static void check_app(struct loading *l, const struct definition *d) {
	const struct json *menu = json_get(d->json, "menu");
	check_who(l, d, json_get(d->json, "who"));
	check_home(l, d, json_get(d->json, "home"));
	check_board(l, d, json_get(json_get(d->json, "home"), "board"));
	for (uint32_t i = 0; i < load_count(menu, JSON_ARRAY); i++) {
		const struct json *items = json_get(&menu->items[i], "items");
		check_who(l, d, json_get(&menu->items[i], "who"));
		for (uint32_t k = 0; k < load_count(items, JSON_ARRAY); k++) {
			const struct json *item = &items->items[k];
			struct form *form = form_at(l, d, json_get(item, "form"));
			check_view(l, d, form, json_get(item, "view"));
			load_need_object(l, d, json_get(item, "report"), "report");
			load_need_object(l, d, json_get(item, "dashboard"), "dashboard");
			check_who(l, d, json_get(item, "who"));
		}
	}
}

/* Actions of rules: targets and what is written. After an action has named its
 * record ("as"), later expressions may use that name, so they are left to the engine that knows it.
 */
static void check_actions(struct loading *l, const struct definition *d, const struct form *form,
			  const struct json *list) {
	static const char *const writes[] = { "create", "update", "upsert", "delete" },
				 *const inner[] = { "then", "else" };
	bool named = false;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *action = &list->items[i], *assign = json_get(action, "assign");
		if (form) check_values(l, d, form, named ? NULL : form, json_get(action, "set"));
		for (size_t k = 0; k < ARRAY_LEN(writes); k++) {
			const struct json *write = json_get(action, writes[k]);
			struct form *target = form_at(l, d, json_get(write, "form"));
			if (target)
				check_values(l, d, target, named ? NULL : form,
					     json_get(write, "values"));
			named = named || json_get(write, "as");
		}
		named = named || json_get(action, "query");
		form_at(l, d, json_get(json_get(action, "query"), "form"));
		form_at(l, d, json_get(assign, "from"));
		if (form && assign) load_field_ref(l, d, form, json_get(assign, "field"));
		load_need_object(l, d, json_get(action, "print"), "print");
		for (size_t k = 0; k < ARRAY_LEN(inner); k++)
			check_actions(l, d, named ? NULL : form, json_get(action, inner[k]));
	}
}

static void check_rule(struct loading *l, const struct definition *d) {
	const struct json *on = json_get(d->json, "on");
	struct form *form = form_at(l, d, json_get(on, "form"));
	load_need_object(l, d, json_get(on, "flow"), "flow");
	check_field_list(l, d, form, json_get(on, "fields"));
	if (form) check_condition(l, d, form, json_get(d->json, "when"), NULL, 0);
	if (form) check_condition(l, d, form, json_get(on, "until"), NULL, 0);
	check_actions(l, d, form, json_get(d->json, "do"));
}

static void check_print(struct loading *l, const struct definition *d) {
	struct form *form = form_at(l, d, json_get(d->json, "form"));
	if (form) check_condition(l, d, form, json_get(d->json, "when"), NULL, 0);
}

static struct type type_of_param(const struct loading *l, const struct json *j) {
	const struct field_type *t = field_type_find(json_str(json_get(j, "type")));
	struct field f = { .type = t,
			   .scale = 2,
			   .enumeration = app_enumeration(l->app, json_str(json_get(j, "enum"))) };
	return t && t->storage != STORE_ROWS && t->value_type ? t->value_type(&f)
							      : (struct type){ .kind = TYPE_TEXT };
}

static size_t load_params(struct loading *l, const struct definition *d, struct expr_param **out) {
	const struct json *list = json_get(d->json, "params");
	uint32_t n = load_count(list, JSON_ARRAY);
	*out = arena_array(l->arena, n, sizeof **out);
	for (uint32_t i = 0; i < n; i++) {
		(*out)[i].name = str_dup(l->arena, json_str(json_get(&list->items[i], "name")));
		(*out)[i].type = type_of_param(l, &list->items[i]);
	}
	return n;
}

/* Dimensions and measured fields are paths of the form; stage_log is its log of moves. */
static void check_report_paths(struct loading *l, const struct definition *d,
			       const struct form *form, const struct json *list) {
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *at = list->items[i].kind == JSON_STRING
						? &list->items[i]
						: json_get(&list->items[i], "field");
		if (at && at->kind == JSON_STRING && !str_starts(at->text, STR("stage_log")))
			load_path_ok(l, d, form, at, at->text);
	}
}

static void check_report(struct loading *l, const struct definition *d) {
	struct form *form = form_at(l, d, json_get(d->json, "form"));
	const struct json *measures = json_get(d->json, "measures");
	struct expr_param *params;
	size_t count = load_params(l, d, &params);
	if (!form) return;
	check_condition(l, d, form, json_get(d->json, "filter"), params, count);
	check_report_paths(l, d, form, json_get(d->json, "rows"));
	check_report_paths(l, d, form, json_get(d->json, "columns"));
	check_report_paths(l, d, form, measures);
	for (uint32_t i = 0; i < load_count(measures, JSON_ARRAY); i++)
		check_condition(l, d, form, json_get(&measures->items[i], "filter"), params, count);
}

static void check_dashboard(struct loading *l, const struct definition *d) {
	const struct json *cards = json_get(d->json, "cards");
	check_who(l, d, json_get(d->json, "who"));
	for (uint32_t i = 0; i < load_count(cards, JSON_ARRAY); i++)
		load_need_object(l, d, json_get(&cards->items[i], "report"), "report");
}

void load_references(struct loading *l) {
	static const struct {
		const char *kind;
		void (*check)(struct loading *, const struct definition *);
	} checks[] = {
		{ "app", check_app },       { "role", check_role },
		{ "form", check_form },     { "rule", check_rule },
		{ "print", check_print },   { "report", check_report },
		{ "dashboard", check_dashboard },
	};
	for (size_t i = 0; i < l->app->definition_count; i++)
		for (size_t k = 0; k < ARRAY_LEN(checks); k++)
			if (!strcmp(l->app->definitions[i]->kind, checks[k].kind))
				checks[k].check(l, l->app->definitions[i]);
}
