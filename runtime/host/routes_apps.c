/* routes_apps.c -- who am I, which apps are there, what may I see of them; definitions as one
 * bundle: check, plan, apply. */
#include "runtime/host/definition_view.h"
#include "runtime/host/people_view.h"
#include "runtime/host/publish.h"
#include "runtime/host/router.h"
#include "runtime/host/seeding.h"
#include "runtime/host/seeding.h"
#include "runtime/host/session.h"

enum { APPS_MAX = 64, BUNDLE_BODY = 16 << 20, BUNDLE_ANSWER = 64 << 20, ALLOW_MAX = 100 };

static void release_app(void *app) { app_release(app); }

static void pair(struct jw *w, const char *key, const char *value) {
	jw_key(w, key);
	jw_text(w, value);
}

/* ---- me ---- */

static struct problem *me(struct call *c) {
	static const struct user operator= { .login = "system", .label = "system", .admin = true };
	const struct user *u = c->rq.actor ? c->rq.actor : &operator;
	struct jw w = call_answer(c);
	jw_object(&w);
	pair(&w, "user", u->login);
	pair(&w, "label", directory_label(u));
	pair(&w, "dept", u->dept ? u->dept->name : NULL);
	jw_key(&w, "roles");
	user_roles_json(&w, u);
	jw_key(&w, "admin");
	jw_bool(&w, request_is_admin(&c->rq));
	pair(&w, "language", c->rq.language == LANGUAGE_ZH ? "zh-CN" : "en");
	const struct session *session = c->session;
	pair(&w, "csrf", session ? session->csrf : NULL);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- apps ---- */

static void label_json(struct jw *w, const struct label *label, const char *name) {
	jw_key(w, "label");
	if (!label->zh && !label->en) {
		jw_text(w, name);
		return;
	}
	jw_object(w);
	pair(w, "zh-CN", label_text(label, LANGUAGE_ZH));
	pair(w, "en", label_text(label, LANGUAGE_EN));
	jw_end(w);
}

/* An app is there for whoever may know of one of its forms. */
static bool visible(struct call *c, const struct app *app) {
	struct access ac;
	if (c->rq.scope.app && strcmp(c->rq.scope.app, app->name) != 0) return false;
	if (request_is_admin(&c->rq)) return true;
	struct request rq = c->rq;
	rq.app = app;
	bool any = false;
	for (size_t i = 0; i < app->form_count && !any; i++)
		any = !access_of(&rq, app->forms[i], &ac);
	return any;
}

static struct problem *apps(struct call *c) {
	struct app *list[APPS_MAX];
	size_t n = apps_list(c->server->store, list, APPS_MAX);
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "apps");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		arena_defer(c->x->arena, release_app, list[i]);
		if (!visible(c, list[i])) continue;
		jw_object(&w);
		pair(&w, "app", list[i]->name);
		label_json(&w, &list[i]->label, list[i]->name);
		pair(&w, "version", list[i]->version_text);
		jw_key(&w, "published");
		jw_int(&w, list[i]->version);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *definition(struct call *c) {
	if (!visible(c, c->rq.app)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	c->x->answer.ceiling = BUNDLE_ANSWER;
	struct jw w = call_answer(c);
	definition_view(&w, &c->rq);
	call_etag(c, c->rq.app->version);
	return call_ok(c, 200);
}

/* ---- definitions as a bundle ----
 * Body of check, plan, apply: {"files": {path: object or text}} and, for apply, "allow",
 * "expect_hash", "note", or
 * {"version": N} for a version published before. */

static struct problem *read_bundle(struct call *c, struct bundle **out) {
	TRY(bundle_read_json(c->x->arena, c->x->body, out));
	for (size_t i = 0; i < (*out)->n; i++) {
		const struct bundle_file *f = &(*out)->files[i];
		if (strcmp(f->path, "app.json") != 0) continue;
		if (str_eq(json_str(json_get(f->json, "app")), c->args[0])) return NULL;
	}
	return PROBLEM(c->x->arena, INVALID, "bundle_app", "app", str_dup(c->x->arena, c->args[0]));
}

static void findings_key(struct jw *w, const struct findings *f) {
	struct sb text = sb_on(w->out->arena, 4 << 20);
	struct jw inner = jw_on(&text);
	findings_json(&inner, f);
	const struct json *tree;
	if (!json_parse(w->out->arena, sb_str(&text), &json_limits_definition, &tree)) {
		jw_key(w, "findings");
		jw_json(w, json_get(tree, "findings"));
	}
	jw_key(w, "errors");
	jw_int(w, (int64_t)f->errors);
	jw_key(w, "warnings");
	jw_int(w, (int64_t)f->warnings);
}

/* The plan's object, and beside its steps the same as text in the caller's language. */
static void plan_key(struct jw *w, const struct call *c, const struct plan *p) {
	struct sb text = sb_on(w->out->arena, 4 << 20), json = sb_on(w->out->arena, 16 << 20);
	struct jw inner = jw_on(&json);
	jw_key(w, "plan");
	if (!p) {
		jw_null(w);
		return;
	}
	plan_json(&inner, p);
	plan_text(&text, p, c->rq.language);
	jw_raw(w, sb_str(&json));
	jw_key(w, "text");
	jw_str(w, sb_str(&text));
}

static struct problem *look(struct call *c, bool plan) {
	struct publication p = { .findings = { .arena = c->x->arena } };
	struct bundle *bundle;
	TRY(read_bundle(c, &bundle));
	TRY(publish_look(c->server->store, c->x->arena, bundle, plan, &p));
	c->x->answer.ceiling = 16 << 20;
	struct jw w = call_answer(c);
	jw_object(&w);
	findings_key(&w, &p.findings);
	if (plan) plan_key(&w, c, p.plan);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *check(struct call *c) { return look(c, false); }
static struct problem *plan(struct call *c) { return look(c, true); }

static struct problem *read_options(struct call *c, struct apply_options *o) {
	struct arena *a = c->x->arena;
	const struct json *allow = json_get(c->body, "allow"),
			  *hash = json_get(c->body, "expect_hash"),
			  *note = json_get(c->body, "note");
	const char **codes = arena_array(a, ALLOW_MAX, sizeof *codes);
	if (allow && (allow->kind != JSON_ARRAY || allow->n > ALLOW_MAX))
		return PROBLEM(a, MALFORMED, "bad_allow", "key", "allow");
	for (uint32_t i = 0; allow && i < allow->n; i++)
		codes[i] = str_dup(a, json_str(&allow->items[i]));
	*o = (struct apply_options){ .allow = codes,
				     .allow_count = allow ? allow->n : 0,
				     .by = c->rq.actor ? c->rq.actor->login : "system",
				     .expect_hash = hash ? str_dup(a, json_str(hash)) : NULL,
				     .note = note ? str_dup(a, json_str(note)) : "api" };
	return NULL;
}

static struct problem *write_back(struct call *c) {
	struct tx *tx;
	struct bundle *bundle;
	const char *app = str_dup(c->x->arena, c->args[0]);
	if (!c->server->options.dev) return NULL;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, app_bundle(tx, c->x->arena, app, 0, &bundle)));
	folder_write_back(c->server, app, bundle);
	return NULL;
}

static struct problem *apply(struct call *c) {
	struct apply_options options;
	struct findings findings = { .arena = c->x->arena };
	struct plan *done = NULL;
	struct problem *p;
	int64_t version;
	TRY(read_options(c, &options));
	if (json_int(json_get(c->body, "version"), &version)) {
		p = plan_rollback(c->server->store, c->x->arena, str_dup(c->x->arena, c->args[0]),
				  version, &options, &findings, &done);
	} else {
		struct bundle *bundle;
		TRY(read_bundle(c, &bundle));
		p = plan_apply(c->server->store, c->x->arena, bundle, &options, &findings, &done);
	}
	if (p && !findings.errors) return p;
	if (!p) TRY(seeding_seed(c->server, str_dup(c->x->arena, c->args[0])));
	if (!p) TRY(seeding_seed(c->server, str_dup(c->x->arena, c->args[0])));
	if (!p) TRY(write_back(c));
	c->x->answer.ceiling = 16 << 20;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "applied");
	jw_bool(&w, p == NULL);
	if (p) problem_members(&w, c->rq.language, NULL, p, c->x->id);
	findings_key(&w, &findings);
	plan_key(&w, c, done);
	jw_end(&w);
	TRY(call_ok(c, p ? problem_kinds[p->kind].status : 200));
	if (p) c->x->content_type = "application/problem+json";
	return NULL;
}

static struct problem *bundle(struct call *c) {
	struct bundle *b;
	int64_t version = 0;
	struct str text = exchange_query(c->x, "version");
	if (text.n && (!str_to_int(text, &version) || version < 1))
		return PROBLEM(c->x->arena, MALFORMED, "bad_id", "key", "version");
	TRY(app_bundle(c->tx, c->x->arena, c->rq.app->name, version, &b));
	c->x->answer = sb_on(c->x->arena, BUNDLE_ANSWER);
	bundle_write_json(&c->x->answer, b);
	return call_ok(c, 200);
}

static struct problem *versions(struct call *c) {
	struct app_version *list;
	size_t n;
	TRY(app_versions(c->tx, c->rq.app->name, &list, &n));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "versions");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		jw_object(&w);
		jw_key(&w, "version");
		jw_int(&w, list[i].version);
		pair(&w, "hash", list[i].hash);
		pair(&w, "by", list[i].by);
		pair(&w, "note", list[i].note);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_apps[] = {
	{ HTTP_GET, "/api/me", ROUTE_READ, me, "Who I am", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps", ROUTE_READ, apps, "Apps I may see", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/definition", ROUTE_READ | ROUTE_APP, definition, "The app's definition as far as my rights go", NULL, 0, NULL },
	{ HTTP_POST, "/api/apps/{app}/check", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, check, "Findings about a bundle of definitions", NULL, BUNDLE_BODY, NULL },
	{ HTTP_POST, "/api/apps/{app}/plan", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, plan, "What publishing a bundle would do, with counts", NULL, BUNDLE_BODY, NULL },
	{ HTTP_POST, "/api/apps/{app}/apply", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, apply, "Publish a bundle, or a version published before", NULL, BUNDLE_BODY, NULL },
	{ HTTP_GET, "/api/apps/{app}/bundle", ROUTE_READ | ROUTE_ADMIN | ROUTE_APP, bundle, "The published definitions as one bundle", NULL, 0, "version" },
	{ HTTP_GET, "/api/apps/{app}/versions", ROUTE_READ | ROUTE_ADMIN | ROUTE_APP, versions, "Versions published so far, newest first", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
