/* routes_publish.c -- definitions: check, plan and publish them, whether they come as one bundle,
 * as the draft, or as a version published before; the bundle itself; the versions and what differs
 * between them. */
#include "runtime/base/day.h"
#include "runtime/host/app_admin.h"
#include "runtime/host/bundle_diff.h"
#include "runtime/host/draft.h"
#include "runtime/host/publish.h"
#include "runtime/host/router.h"
#include "runtime/host/seeding.h"

enum {
	BUNDLE_BODY = 16 << 20,
	BUNDLE_ANSWER = 64 << 20,
	PLAN_ANSWER = 16 << 20,
	ALLOW_MAX = 100,
	VERSIONS_USUAL = 20,
	VERSIONS_MAX = 100
};

/* ---- what is to be checked, planned or published ----
 * Body: {"files": {path: object or text}}, {"draft": true, "changes": {path: text or null}} or
 * {"version": N}; for apply also "allow", "expect_hash", "note". */

struct source {
	const char *app;
	struct bundle *bundle;
	bool drafted;
	struct draft draft;
	struct findings *findings; /* of files that cannot be parsed */
};

static struct problem *check_name(struct call *c, const struct bundle *b, const char *app) {
	const struct bundle_file *f = bundle_find(b, "app.json");
	if (f && str_is(json_str(json_get(f->json, "app")), app)) return NULL;
	return PROBLEM(c->x->arena, INVALID, "bundle_app", "app", app);
}

static struct problem *read_draft(struct call *c, struct tx *tx, struct source *s) {
	s->drafted = true;
	TRY(draft_open(c->server->store, tx, s->app, false, &s->draft));
	return draft_bundle(c->x->arena, &s->draft, json_get(c->body, "changes"), s->findings,
			    &s->bundle);
}

static struct problem *read_source_in(struct call *c, struct tx *tx, struct source *s) {
	int64_t version;
	if (json_bool(json_get(c->body, "draft"))) return read_draft(c, tx, s);
	if (json_int(json_get(c->body, "version"), &version))
		return app_bundle(tx, c->x->arena, s->app, version, &s->bundle);
	return bundle_read_json(c->x->arena, c->x->body, &s->bundle);
}

static struct problem *read_source(struct call *c, struct findings *findings, struct source *s) {
	struct tx *tx;
	*s = (struct source){ .app = str_dup(c->x->arena, c->args[0]), .findings = findings };
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, read_source_in(c, tx, s)));
	return findings->errors ? NULL : check_name(c, s->bundle, s->app);
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
	jw_set_int(w, "errors", (int64_t)f->errors);
	jw_set_int(w, "warnings", (int64_t)f->warnings);
}

/* The plan's object, and beside its steps the same as text in the caller's language. */
static void plan_key(struct jw *w, const struct call *c, const struct plan *p) {
	struct sb text = sb_on(w->out->arena, 4 << 20), json = sb_on(w->out->arena, PLAN_ANSWER);
	struct jw inner = jw_on(&json);
	jw_key(w, "plan");
	if (!p) {
		jw_null(w);
		return;
	}
	plan_json(&inner, p);
	plan_text(&text, p, c->rq.language);
	jw_raw(w, sb_str(&json));
	jw_set_str(w, "text", sb_str(&text));
}

static struct problem *look(struct call *c, bool plan) {
	struct publication p = { .findings = { .arena = c->x->arena } };
	struct source s;
	TRY(read_source(c, &p.findings, &s));
	p.past = json_get(c->body, "version") != NULL;
	if (!plan && s.bundle) s.bundle = bundle_interpreted(c->x->arena, s.bundle);
	if (!p.findings.errors)
		TRY(publish_look(c->server->store, c->x->arena, s.bundle, plan, &p));
	c->x->answer.ceiling = PLAN_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	findings_key(&w, &p.findings);
	if (plan) plan_key(&w, c, p.plan);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *check(struct call *c) { return look(c, false); }
static struct problem *plan(struct call *c) { return look(c, true); }

/* ---- publishing ---- */

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

static struct problem *write_back(struct call *c, const char *app) {
	struct tx *tx;
	struct bundle *bundle;
	if (!c->server->options.dev) return NULL;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, app_bundle(tx, c->x->arena, app, 0, &bundle)));
	folder_write_back(c->server, app, bundle);
	return NULL;
}

static struct problem *refuse_stale(struct call *c, const struct draft *d) {
	struct arena *a = c->x->arena;
	struct sb names = sb_on(a, 4096);
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (!draft_stale(a, d, &d->files[i])) continue;
		sb_printf(&names, "%s%s", n++ ? ", " : "", d->files[i].path);
	}
	if (!n) return NULL;
	return PROBLEM(a, CONFLICT, "draft_stale", "files", sb_cstr(&names));
}

/* What was published is no draft any more; what was saved meanwhile stays one. */
static struct problem *forget_commit(struct tx *tx, void *arg) {
	const struct draft *d = arg;
	for (size_t i = 0; i < d->n; i++)
		TRY(draft_drop(tx, d->app, d->files[i].path, d->files[i].sha, NULL));
	return NULL;
}

/* The plan binds the draft to the version it was laid over: a publish in between changes its hash.
 */
static struct problem *apply_draft(struct call *c, struct source *s, struct apply_options *o,
				   struct findings *findings, struct plan **done) {
	struct publication p = { .bundle = NULL };
	struct arena *a = c->x->arena;
	TRY(refuse_stale(c, &s->draft));
	TRY(publish_look(c->server->store, a, s->bundle, true, &p));
	if (p.plan && p.plan->base_version != s->draft.version)
		return PROBLEM(a, CONFLICT, "plan_moved");
	if (p.plan && !o->expect_hash) o->expect_hash = p.plan->hash;
	TRY(plan_apply(c->server->store, a, s->bundle, o, findings, done));
	return store_write(c->server->store, LANE_INTERACTIVE, a, forget_commit, &s->draft);
}

static struct problem *apply_source(struct call *c, struct source *s, struct apply_options *o,
				    struct findings *findings, struct plan **done) {
	struct store *store = c->server->store;
	int64_t version;
	if (findings->errors)
		return PROBLEM(c->x->arena, INVALID, "app_findings", "n",
			       arena_printf(c->x->arena, "%zu", findings->errors), "code",
			       findings->items[0].code, "file", findings->items[0].file);
	if (s->drafted) return apply_draft(c, s, o, findings, done);
	if (json_int(json_get(c->body, "version"), &version))
		return plan_rollback(store, c->x->arena, s->app, version, o, findings, done);
	return plan_apply(store, c->x->arena, s->bundle, o, findings, done);
}

static struct problem *apply(struct call *c) {
	struct apply_options options;
	struct findings findings = { .arena = c->x->arena };
	struct plan *done = NULL;
	struct source s;
	TRY(read_options(c, &options));
	TRY(read_source(c, &findings, &s));
	if (!findings.errors)
		TRY(app_admin_guard(c, s.bundle, json_get(c->body, "version") != NULL, &options));
	struct problem *p = apply_source(c, &s, &options, &findings, &done);
	if (p && !findings.errors) return p;
	if (!p) TRY(seeding_seed(c->server, s.app));
	if (!p) TRY(write_back(c, s.app));
	c->x->answer.ceiling = PLAN_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_bool(&w, "applied", p == NULL);
	if (p) problem_members(&w, c->rq.language, NULL, p, c->x->id);
	findings_key(&w, &findings);
	plan_key(&w, c, done);
	jw_end(&w);
	TRY(call_ok(c, p ? problem_kinds[p->kind].status : 200));
	if (p) c->x->content_type = "application/problem+json";
	return NULL;
}

/* ---- what was published ---- */

static struct problem *read_version(struct call *c, const char *name, int64_t *out) {
	struct str text = exchange_query(c->x, name);
	*out = 0;
	if (!text.n || (str_to_int(text, out) && *out >= 1)) return NULL;
	return PROBLEM(c->x->arena, MALFORMED, "bad_id", "key", name);
}

static struct problem *bundle(struct call *c) {
	struct bundle *b;
	int64_t version;
	TRY(read_version(c, "version", &version));
	TRY(app_bundle(c->tx, c->x->arena, c->rq.app->name, version, &b));
	c->x->answer = sb_on(c->x->arena, BUNDLE_ANSWER);
	bundle_write_json(&c->x->answer, b);
	return call_ok(c, 200);
}

static struct problem *bundle_before(struct call *c, const struct app_version *list, size_t n,
				     size_t i, struct bundle **out) {
	static struct bundle none; /* of no version: no files */
	*out = &none;
	return i + 1 < n ? app_bundle(c->tx, c->x->arena, c->rq.app->name, list[i + 1].version, out)
			 : NULL;
}

/* One shown version; its figures are taken before the answer is begun. */
struct shown_version {
	const struct app_version *of;
	struct bundle_counts counts;
	int64_t files;
};

static struct problem *count_version(struct call *c, const struct app_version *list, size_t n,
				     size_t i, struct shown_version *out) {
	struct arena *a = c->x->arena;
	struct bundle *was, *now;
	struct arena_mark mark = arena_mark(a);
	TRY(app_bundle(c->tx, a, c->rq.app->name, list[i].version, &now));
	TRY(bundle_before(c, list, n, i, &was));
	*out = (struct shown_version){ &list[i], bundle_count_changes(a, was, now),
				       (int64_t)now->n };
	arena_reset(a, mark);
	return NULL;
}

static void version_json(struct jw *w, const struct shown_version *v, bool current) {
	char at[40];
	datetime_text(v->of->at_us, at);
	jw_object(w);
	jw_set_int(w, "version", v->of->version);
	jw_set_text(w, "hash", v->of->hash);
	jw_set_text(w, "by", v->of->by);
	jw_set_text(w, "note", v->of->note);
	jw_set_text(w, "at", at);
	jw_set_bool(w, "current", current);
	jw_set_int(w, "files", v->files);
	jw_set_int(w, "added", v->counts.added);
	jw_set_int(w, "changed", v->counts.changed);
	jw_set_int(w, "removed", v->counts.removed);
	jw_end(w);
}

static struct problem *versions(struct call *c) {
	struct shown_version shown[VERSIONS_MAX];
	struct app_version *list;
	size_t n, first = 0, count = 0;
	int64_t limit, cursor;
	TRY(read_version(c, "limit", &limit));
	TRY(read_version(c, "cursor", &cursor));
	limit = !limit ? VERSIONS_USUAL : limit > VERSIONS_MAX ? VERSIONS_MAX : limit;
	TRY(app_versions(c->tx, c->rq.app->name, &list, &n));
	while (cursor && first < n && list[first].version >= cursor) first++;
	for (; first + count < n && (int64_t)count < limit; count++)
		TRY(count_version(c, list, n, first + count, &shown[count]));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "versions");
	jw_array(&w);
	for (size_t i = 0; i < count; i++) version_json(&w, &shown[i], first + i == 0);
	jw_end(&w);
	jw_key(&w, "next");
	if (first + count < n)
		jw_int(&w, list[first + count - 1].version);
	else
		jw_null(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* against: another version, or "draft"; without it the one before. */
static struct problem *other_bundle(struct call *c, int64_t version, struct bundle **out) {
	static struct bundle none;
	struct arena *a = c->x->arena;
	int64_t against;
	struct draft d;
	if (str_is(exchange_query(c->x, "against"), "draft")) {
		TRY(draft_open(c->server->store, c->tx, c->rq.app->name, false, &d));
		*out = draft_shown(a, &d);
		return NULL;
	}
	TRY(read_version(c, "against", &against));
	*out = &none;
	if (!against) against = version - 1;
	return against ? app_bundle(c->tx, a, c->rq.app->name, against, out) : NULL;
}

static struct problem *version_diff(struct call *c) {
	struct bundle *from, *to;
	TRY(app_bundle(c->tx, c->x->arena, c->rq.app->name, c->id, &to));
	TRY(other_bundle(c, c->id, &from));
	c->x->answer.ceiling = PLAN_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "version", c->id);
	jw_key(&w, "files");
	bundle_diff_json(&w, from, to);
	jw_end(&w);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_publish[] = {
	{ HTTP_POST, "/api/apps/{app}/check", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, check, "Findings about a bundle, the draft or a version", NULL, BUNDLE_BODY, NULL },
	{ HTTP_POST, "/api/apps/{app}/plan", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, plan, "What publishing a bundle, the draft or a version would do, with counts", NULL, BUNDLE_BODY, NULL },
	{ HTTP_POST, "/api/apps/{app}/apply", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, apply, "Publish a bundle, the draft, or a version published before", NULL, BUNDLE_BODY, NULL },
	{ HTTP_GET, "/api/apps/{app}/bundle", ROUTE_READ | ROUTE_APP_ADMIN | ROUTE_APP, bundle, "The published definitions as one bundle", NULL, 0, "version" },
	{ HTTP_GET, "/api/apps/{app}/versions", ROUTE_READ | ROUTE_APP_ADMIN | ROUTE_APP, versions, "Versions published so far, newest first, with how many files changed", NULL, 0, "limit cursor" },
	{ HTTP_GET, "/api/apps/{app}/versions/{id}/diff", ROUTE_READ | ROUTE_APP_ADMIN | ROUTE_APP, version_diff, "What a version changed, line by line", NULL, 0, "against" },
	{ .pattern = NULL },
};
// clang-format on
