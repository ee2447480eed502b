/* load_app.c -- from a bundle to an app: the files become definitions of the app's own memory, then
 * each part of the loader adds its share. Nothing stops at the first mistake; an app comes out only
 * without errors. */
#include "runtime/model/bundle.h"
#include "runtime/model/loading.h"
#include "runtime/model/sha256.h"
#include "runtime/model/shape.h"

enum { BUNDLE_TEXT_MAX = 128 * 1024 * 1024 };

static void free_arena(void *arena) { arena_free(arena); }

static struct app *app_new(void) {
	static atomic_uint_fast64_t serials;
	struct arena *arena = arena_new(0);
	struct app *app = arena_alloc(arena, sizeof *app);
	app->arena = arena;
	atomic_init(&app->references, 1);
	app->serial = (uint64_t)atomic_fetch_add(&serials, 1) + 1;
	return app;
}

/* ---- definitions ---- */

static struct definition *copy_file(struct loading *l, const struct bundle_file *file,
				    const char *kind) {
	struct definition *d = arena_alloc(l->arena, sizeof *d);
	d->kind = kind ? kind : "";
	d->file = arena_strdup(l->arena, file->path);
	d->source = (struct str){ arena_copy(l->arena, file->text.p, file->text.n), file->text.n };
	d->json = file->json ? json_copy(l->arena, file->json) : NULL;
	d->name = str_dup(l->arena, bundle_base_name(str_of(d->file)));
	d->id = d->name;
	return d;
}

/* The object's name is under the key of its kind and equals the file's base name. */
static void name_definition(struct loading *l, struct definition *d) {
	const struct json *name = json_get(d->json, d->kind);
	struct str base = bundle_base_name(str_of(d->file));
	if (!name || name->kind != JSON_STRING || !load_name_ok(name->text)) return;
	d->name = str_dup(l->arena, name->text);
	if (strcmp(d->kind, "app") != 0 && !str_eq(base, name->text))
		FIND(l->findings, spot_at(d, name), ERROR, "DEF07", "def_file_name",
		     "fix_file_name", "name", d->name, "file", d->file);
}

static void load_definition(struct loading *l, const struct bundle_file *file) {
	const char *kind = bundle_kind(str_of(file->path));
	struct definition *d = copy_file(l, file, kind);
	l->app->definitions[l->app->definition_count++] = d;
	if (!kind) return;
	if (!d->json) {
		finding_file(l->findings, d->file, SEVERITY_ERROR, "DEF01", "def_no_json",
			     "fix_json", (const char *)NULL);
		d->kind = "";
		return;
	}
	shape_check(l->findings, d, shape_of(kind), d->json);
	name_definition(l, d);
	d->id = load_id(l, d, d->json, kind, str_of(d->name));
	d->label = load_label(l, json_get(d->json, "label"), d->name);
	names_add(&l->app->definition_names, str_of(arena_printf(l->arena, "%s/%s", kind, d->name)),
		  d);
}

static void load_definitions(struct loading *l, const struct bundle *b) {
	names_init(&l->app->definition_names, l->arena, b->n);
	l->app->definitions = arena_array(l->arena, b->n, sizeof(struct definition *));
	for (size_t i = 0; i < b->n; i++) load_definition(l, &b->files[i]);
}

/* ---- app.json ---- */

static bool reserved_app(const char *name) {
	/* paths of the API, and prefixes of tables and views that are the store's own */
	static const char *const words[] = {
		"session", "me",       "apps",   "tasks",   "runs",          "jobs",      "files",
		"search",  "events",   "p",      "proxies", "users",         "depts",     "tokens",
		"audit",   "settings", "hooks",  "signals", "notifications", "rule_runs", "test",
		"v",       "sys",      "sqlite", "pg",      "tenon"
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], name)) return true;
	return false;
}

static const char *text_or(struct loading *l, const struct json *object, const char *key,
			   const char *usual) {
	struct str text = json_str(json_get(object, key));
	return text.n ? str_dup(l->arena, text) : usual;
}

static void load_zone(struct loading *l, const struct definition *d) {
	const char *name = text_or(l, d->json, "timezone", "Asia/Shanghai");
	struct problem *p = zone_load(l->arena, name, &l->app->zone);
	if (p)
		finding_params(l->findings,
			       spot_at(d, json_get(d->json, "timezone")
						  ? json_get(d->json, "timezone")
						  : d->json),
			       SEVERITY_ERROR, "DEF12", arena_strdup(l->arena, p->code), "fix_zone",
			       p->params, p->param_count);
}

static bool told_about(const struct findings *f, const char *file) {
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->items[i].file, file)) return true;
	return false;
}

/* false: without a named app.json nothing else makes sense */
static bool load_settings(struct loading *l) {
	struct app *app = l->app;
	for (size_t i = 0; i < app->definition_count; i++)
		if (!strcmp(app->definitions[i]->kind, "app"))
			app->definition = app->definitions[i];
	if (!app->definition) {
		if (told_about(l->findings, "app.json")) return false;
		finding_file(l->findings, "app.json", SEVERITY_ERROR, "DEF10", "def_no_app",
			     "fix_no_app", (const char *)NULL);
		return false;
	}
	const struct definition *d = app->definition;
	app->name = str_dup(l->arena, json_str(json_get(d->json, "app")));
	app->label = load_label(l, json_get(d->json, "label"), app->name);
	app->version_text = text_or(l, d->json, "version", "");
	app->currency = text_or(l, d->json, "currency", "CNY");
	load_zone(l, d);
	if (reserved_app(app->name))
		FIND(l->findings, spot_at(d, json_get(d->json, "app")), ERROR, "DEF08",
		     "def_reserved_app", "fix_other_name", "name", app->name);
	return load_name_ok(str_of(app->name));
}

static struct problem *keep_bundle(struct loading *l, const struct bundle *b) {
	struct sb text = sb_on(l->arena, BUNDLE_TEXT_MAX);
	bundle_write_json(&text, b);
	if (text.overflow)
		return PROBLEM(l->findings->arena, TOO_LARGE, "too_large", "max", "128 MiB");
	l->app->bundle = str_of(sb_cstr(&text));
	l->app->bundle.n = text.n;
	sha256_hex(l->app->bundle, l->app->hash);
	return NULL;
}

static struct problem *load_parts(struct loading *l, const struct bundle *b) {
	load_definitions(l, b);
	if (!load_settings(l)) return NULL;
	names_init(&l->tables, l->arena, 64);
	load_enumerations(l);
	load_regions(l);
	load_calendars(l);
	load_form_shells(l);
	load_form_fields(l);
	load_rollup_types(l);
	load_lookups(l);
	load_form_rules(l);
	if (!l->broken) load_form_order(l);
	load_rollups(l);
	load_roles(l);
	load_flows(l);
	load_references(l);
	return l->findings->errors ? NULL : keep_bundle(l, b);
}

struct problem *app_load(const struct bundle *b, const struct id_memory *memory, struct findings *f,
			 struct app **out) {
	static const struct id_memory nothing = { .context = NULL };
	struct app *app = app_new();
	struct loading l = {
		.app = app, .arena = app->arena, .findings = f, .memory = memory ? memory : &nothing
	};
	*out = NULL;
	struct problem *p = load_parts(&l, b);
	if (!p && !f->errors) {
		*out = app;
		return NULL;
	}
	/* Findings point into the definitions of this app: it goes with the findings. */
	arena_defer(f->arena, free_arena, app->arena);
	return p;
}
