/* verify_test.c -- VR01 for tests/NAME.json: forms, fields, roles, people and kept records that a
 * test names exist; each step does one thing. What a test sends on purpose wrongly (status 400
 * expected) is its own affair. */
#include "runtime/model/flow.h"
#include "runtime/model/form.h"
#include "runtime/model/names.h"
#include "runtime/model/verify.h"

enum { KEPT_MAX = 200 };

struct looking {
	struct verifying *v;
	const struct definition *d;
	struct str kept[KEPT_MAX];
	size_t kept_count;
};

static const char *const verbs[] = { "create",  "update",   "delete", "restore", "get",
				     "history", "validate", "list",   "export",  "import",
				     "button",  "start",    "act",    "request", "clock" };

static struct spot place(const struct looking *k, const struct json *at) {
	return (struct spot){ .definition = k->d, .at = at };
}

static void unknown(struct looking *k, struct spot at, const char *text, struct str name,
		    const struct similar *near) {
	struct arena *a = k->v->f->arena;
	if (near && near->best.n)
		FIND(k->v->f, at, ERROR, "VR01", text, "fix_near", "name", str_dup(a, name), "near",
		     str_dup(a, near->best));
	else
		FIND(k->v->f, at, ERROR, "VR01", text, "fix_create_or_correct", "name",
		     str_dup(a, name));
}

static const struct json *item(const struct json *list, size_t i) {
	return list && list->kind == JSON_ARRAY && i < list->n ? &list->items[i] : NULL;
}

/* ---- people ---- */

static bool has_user(const struct json *users, struct str login, struct similar *near) {
	const struct json *user;
	if (str_is(login, "admin")) return true;
	for (size_t i = 0; (user = item(users, i)) != NULL; i++) {
		struct str name = json_str(json_get(user, "user"));
		if (str_eq(name, login)) return true;
		similar_offer(near, name);
	}
	return false;
}

static void look_user(struct looking *k, const struct json *at) {
	struct str login = json_str(at);
	struct similar near = similar_to(login);
	if (login.n && !has_user(json_get(k->d->json, "users"), login, &near))
		unknown(k, place(k, at), "vr01_test_user", login, &near);
}

static void look_role(struct looking *k, const struct json *at) {
	struct str name = json_str(at);
	struct similar near = similar_to(name);
	if (!name.n || str_is(name, "admin") || app_role(k->v->app, name)) return;
	for (size_t i = 0; i < k->v->app->role_count; i++)
		similar_offer(&near, str_of(k->v->app->roles[i]->name));
	unknown(k, place(k, at), "vr01_role", name, &near);
}

static void look_people(struct looking *k) {
	const struct json *users = json_get(k->d->json, "users"),
			  *depts = json_get(k->d->json, "departments"), *one, *role;
	for (size_t i = 0; (one = item(users, i)) != NULL; i++) {
		look_user(k, json_get(one, "superior"));
		for (size_t r = 0; (role = item(json_get(one, "roles"), r)) != NULL; r++)
			look_role(k, role);
	}
	for (size_t i = 0; (one = item(depts, i)) != NULL; i++) look_user(k, json_get(one, "head"));
}

/* ---- records and forms ---- */

/* "$l1" or "$l1/lines/0/id" */
static void look_kept(struct looking *k, const struct json *at) {
	struct str text = json_str(at);
	if (!text.n || text.p[0] != '$') return;
	const char *slash = memchr(text.p, '/', text.n);
	struct str name = { text.p + 1, (slash ? (size_t)(slash - text.p) : text.n) - 1 };
	struct similar near = similar_to(name);
	for (size_t i = 0; i < k->kept_count; i++) {
		if (str_eq(k->kept[i], name)) return;
		similar_offer(&near, k->kept[i]);
	}
	unknown(k, place(k, at), "vr01_kept", name, &near);
}

static void look_values(struct looking *k, const struct json *value) {
	look_kept(k, value);
	for (uint32_t i = 0; i < value->n; i++) look_values(k, &value->items[i]);
}

static const struct form *look_form(struct looking *k, const struct json *at) {
	struct str name = json_str(at);
	if (!name.n || name.p[0] == '$') return NULL;
	const struct form *form = app_form(k->v->app, name);
	struct similar near = similar_to(name);
	for (size_t i = 0; i < k->v->app->form_count; i++)
		similar_offer(&near, str_of(k->v->app->forms[i]->name));
	if (!form) unknown(k, place(k, at), "vr01_form", name, &near);
	return form;
}

static void look_fields(struct looking *k, const struct form *form, const struct json *values) {
	for (uint32_t i = 0; form && values && values->kind == JSON_OBJECT && i < values->n; i++) {
		struct str name = values->keys[i].name;
		const struct field *near = form_similar(form, name);
		struct spot at = place(k, &values->items[i]);
		at.on_key = true;
		if (form_field(form, name) || (name.n && name.p[0] == '/')) continue;
		if (near)
			FIND(k->v->f, at, ERROR, "VR01", "vr01_field", "fix_near", "name",
			     str_dup(k->v->f->arena, name), "form", form->name, "near", near->name);
		else
			FIND(k->v->f, at, ERROR, "VR01", "vr01_field", "fix_create_or_correct",
			     "name", str_dup(k->v->f->arena, name), "form", form->name);
	}
}

static void look_flow(struct looking *k, const struct json *at) {
	struct str name = json_str(at);
	struct similar near = similar_to(name);
	if (!name.n || app_flow(k->v->app, name)) return;
	for (size_t i = 0; i < k->v->app->flow_count; i++)
		similar_offer(&near, str_of(k->v->app->flows[i]->name));
	unknown(k, place(k, at), "vr01_flow", name, &near);
}

/* ---- steps ---- */

static const struct json *verb_of(struct looking *k, const struct json *step) {
	const struct json *found = NULL;
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		const struct json *verb = json_get(step, verbs[i]);
		if (!verb) continue;
		found = verb;
		n++;
	}
	if (n == 1) return found;
	FIND(k->v->f, place(k, step), ERROR, "DEF12", n ? "def_test_two_verbs" : "def_test_no_verb",
	     "fix_test_verb", "known",
	     "create update delete restore get history validate list export import button start "
	     "act request clock");
	return NULL;
}

static void keep(struct looking *k, struct str name) {
	if (name.n && k->kept_count < KEPT_MAX) k->kept[k->kept_count++] = name;
}

static void look_step(struct looking *k, const struct json *step) {
	const struct json *verb = verb_of(k, step), *values = json_get(step, "values"),
			  *expect = json_get(step, "expect"), *record = json_get(step, "record");
	int64_t status = 0;
	bool raw = json_get(step, "request") || json_get(step, "clock") ||
		   json_get(step, "button") || json_get(step, "start") || json_get(step, "act");
	bool wrong = json_int(json_get(expect, "status"), &status) && status == 400;
	look_user(k, json_get(step, "as"));
	if (!verb) return;
	look_kept(k, verb);
	if (record) look_kept(k, record);
	look_kept(k, json_get(step, "run"));
	look_flow(k, json_get(step, "start"));
	if (values) look_values(k, values);
	const struct form *form = raw ? NULL : look_form(k, verb);
	if (!wrong) look_fields(k, form, values);
	if (!wrong && form && json_get(step, "create"))
		look_fields(k, form, json_get(expect, "values"));
	keep(k, json_str(json_get(step, "save")));
}

void verify_tests(struct verifying *v) {
	for (size_t i = 0; i < v->app->definition_count; i++) {
		struct looking k = { .v = v, .d = v->app->definitions[i] };
		const struct json *step;
		if (strcmp(k.d->kind, "test") != 0) continue;
		look_people(&k);
		for (size_t s = 0; (step = item(json_get(k.d->json, "steps"), s)) != NULL; s++)
			look_step(&k, step);
	}
}
