/* app.c -- life and look-ups of a loaded app. */
#include "runtime/model/app.h"

struct app *app_retain(struct app *app) {
	atomic_fetch_add_explicit(&app->references, 1, memory_order_relaxed);
	return app;
}

void app_release(struct app *app) {
	if (app && atomic_fetch_sub_explicit(&app->references, 1, memory_order_acq_rel) == 1)
		arena_free(app->arena);
}

static void give_back(void *app) { app_release(app); }

void app_keep(struct arena *a, struct app *app) { arena_defer(a, give_back, app); }

const struct form *app_form(const struct app *app, struct str name) {
	return names_find(&app->form_names, name);
}

const struct form *app_form_by_id(const struct app *app, struct str id) {
	for (size_t i = 0; app && i < app->form_count; i++)
		if (str_is(id, app->forms[i]->id)) return app->forms[i];
	return NULL;
}

const struct enumeration *app_enumeration(const struct app *app, struct str name) {
	return names_find(&app->enumeration_names, name);
}

const struct role *app_role(const struct app *app, struct str name) {
	return names_find(&app->role_names, name);
}

const struct calendar *app_calendar(const struct app *app, struct str name) {
	return names_find(&app->calendar_names, name);
}

const struct work_calendar *app_working_time(const struct app *app) {
	return app->calendar ? &app->calendar->work : NULL;
}

const struct definition *app_definition(const struct app *app, const char *kind, struct str name) {
	char key[128];
	size_t n = strlen(kind);
	if (n + 1 + name.n > sizeof key) return NULL;
	memcpy(key, kind, n);
	key[n] = '/';
	if (name.n) memcpy(key + n + 1, name.p, name.n);
	return names_find(&app->definition_names, (struct str){ key, n + 1 + name.n });
}
