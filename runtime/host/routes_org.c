/* routes_org.c -- the organisation for administrators: sessions, closing a department, importing
 * people, backups; and one's own sessions. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/host/job_view.h"
#include "runtime/host/people_csv.h"
#include "runtime/host/people_view.h"
#include "runtime/host/session.h"
#include "runtime/store/backup.h"

enum { IMPORT_BODY = 4 << 20, BACKUPS_MAX = 200 };

static const struct session *session_of(const struct call *c) { return c->session; }

/* ---- sessions ---- */

static const char *own_hash(const struct call *c) {
	return session_of(c) ? session_of(c)->hash : "";
}

/* The person of /api/users/{user}/..., or oneself. */
static struct problem *person(struct call *c, const struct user **out) {
	bool me = !strstr(c->route->pattern, "{user}");
	*out = me ? c->rq.actor : directory_user(c->rq.directory, c->args[0]);
	return *out ? NULL : PROBLEM(c->x->arena, NOT_FOUND, "not_found");
}

static struct problem *list_sessions(struct call *c) {
	const struct user *u;
	TRY(person(c, &u));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "sessions");
	TRY(session_list(c->tx, u->id, own_hash(c), &w));
	jw_end(&w);
	return call_ok(c, 200);
}

struct revoking {
	struct call *call;
	const struct user *user;
	const char *id;
};

static struct problem *revoke_commit(struct tx *tx, void *arg) {
	struct revoking *r = arg;
	return session_revoke(tx, &r->call->rq, r->user, r->id, own_hash(r->call));
}

/* All at once never ends the session that asks; one by its id may. */
static struct problem *end_sessions(struct call *c) {
	bool one = strstr(c->route->pattern, "{session}") != NULL;
	struct revoking r = { .call = c };
	TRY(person(c, &r.user));
	if (one) r.id = str_dup(c->x->arena, c->args[c->arg_count - 1]);
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, revoke_commit, &r));
	return call_empty(c);
}

/* ---- departments ---- */

/* Records go on naming it, so a department is closed, not erased. */
static struct problem *close_dept(struct call *c) {
	struct json_key key = { .name = STR("active") };
	struct json no = { .kind = JSON_FALSE };
	struct json body = { .kind = JSON_OBJECT, .n = 1, .keys = &key, .items = &no };
	struct people_change change = { .rq = &c->rq,
					.what = PEOPLE_DEPT,
					.mode = PEOPLE_UPDATE,
					.name = c->args[0],
					.body = &body };
	TRY(people_change(c->server->store, &change));
	return call_empty(c);
}

/* ---- importing people ---- */

/* {"csv": text} or {"departments", "users"}, each with "dry_run". */
static struct problem *import_body(struct call *c, const struct json **out, bool *dry_run) {
	const struct json *csv = json_get(c->body, "csv"), *dry = json_get(c->body, "dry_run");
	struct arena *a = c->x->arena;
	*dry_run = json_bool(dry);
	if (csv && (csv->kind != JSON_STRING || c->body->n > 1 + (dry != NULL)))
		return PROBLEM(a, MALFORMED, "body_keys", "keys", "csv, dry_run");
	if (csv) return people_csv(a, csv->text, out);
	struct json *body = arena_alloc(a, sizeof *body);
	*body = (struct json){ .kind = JSON_OBJECT,
			       .items = arena_array(a, c->body->n + 1, sizeof *body->items),
			       .keys = arena_array(a, c->body->n + 1, sizeof *body->keys) };
	for (uint32_t i = 0; i < c->body->n; i++) {
		if (&c->body->items[i] == dry) continue;
		body->keys[body->n] = c->body->keys[i];
		body->items[body->n++] = c->body->items[i];
	}
	*out = body;
	return NULL;
}

static void rows_json(struct jw *w, const struct people_change *change) {
	jw_key(w, "rows");
	jw_array(w);
	for (size_t i = 0; i < change->row_count; i++) {
		jw_object(w);
		jw_set_text(w, change->rows[i].kind, change->rows[i].name);
		jw_set_text(w, "result", change->rows[i].result);
		jw_end(w);
	}
	jw_end(w);
}

static struct problem *import_people(struct call *c) {
	struct people_change change = { .rq = &c->rq,
					.what = PEOPLE_IMPORT,
					.mode = PEOPLE_UPSERT,
					.keep_session = own_hash(c) };
	TRY(import_body(c, &change.body, &change.dry_run));
	TRY(people_change(c->server->store, &change));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_bool(&w, "dry_run", change.dry_run);
	jw_set_int(&w, "created", change.created);
	jw_set_int(&w, "updated", change.updated);
	jw_set_int(&w, "unchanged", change.unchanged);
	rows_json(&w, &change);
	faults_json(&w, c->x->arena, c->rq.language, "warnings", change.warnings.first);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- backups: folders under backups/ of the data folder, each with a file beside it that says
 * when it was proved good ---- */

static const char *backups_folder(struct call *c) {
	return arena_printf(c->x->arena, "%s/backups", c->server->options.data);
}

static int64_t size_of_folder(struct arena *a, const char *folder, int64_t *made_us) {
	struct backup_figures f;
	if (backup_figures(a, folder, &f)) return -1;
	*made_us = f.at_us;
	return f.bytes;
}

struct backup_entry {
	const char *name;
	int64_t bytes, made_us;
	bool verified;
};

static int newest_first(const void *x, const void *y) {
	return strcmp(((const struct backup_entry *)y)->name,
		      ((const struct backup_entry *)x)->name);
}

static size_t read_backups(struct call *c, struct backup_entry *out) {
	struct arena *a = c->x->arena;
	const char *folder = backups_folder(c);
	DIR *dir = opendir(folder);
	size_t n = 0;
	for (struct dirent *e; dir && n < BACKUPS_MAX && (e = readdir(dir)) != NULL;) {
		struct backup_entry b = { .name = arena_strdup(a, e->d_name) };
		if (strchr(b.name, '.')) continue; /* .part, .verified, dot folders */
		b.bytes = size_of_folder(a, arena_printf(a, "%s/%s", folder, b.name), &b.made_us);
		b.verified = !access(arena_printf(a, "%s/%s.verified", folder, b.name), F_OK);
		if (b.bytes >= 0) out[n++] = b;
	}
	if (dir) closedir(dir);
	qsort(out, n, sizeof *out, newest_first);
	return n;
}

static void backup_json(struct jw *w, const struct backup_entry *b) {
	char at[40];
	datetime_text(b->made_us, at);
	jw_object(w);
	jw_set_text(w, "name", b->name);
	jw_set_text(w, "at", at);
	jw_set_int(w, "bytes", b->bytes);
	jw_set_bool(w, "verified", b->verified);
	jw_end(w);
}

static struct problem *running_json(struct call *c, struct jw *w) {
	struct job_view v;
	int64_t job;
	bool running = jobs_find(c->server->jobs, "backup", &job);
	if (running) TRY(jobs_view(c->server->jobs, &c->rq, job, &v));
	jw_set_bool(w, "running", running);
	jw_key(w, "job");
	if (running)
		job_json(w, &c->rq, &v);
	else
		jw_null(w);
	return NULL;
}

static struct problem *list_backups(struct call *c) {
	struct backup_entry *list = arena_array(c->x->arena, BACKUPS_MAX, sizeof *list);
	size_t n = read_backups(c, list);
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "folder", backups_folder(c));
	TRY(running_json(c, &w));
	jw_key(&w, "backups");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) backup_json(&w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* A job: copied, then proved good; the answer comes at once. */
static struct problem *make_backup(struct call *c) {
	struct arena *a = c->x->arena;
	struct sb name = sb_on(a, 64);
	int64_t job;
	datetime_write(&name, clock_real(), STR("YYYYMMDD-HHmmss"));
	const char *folder = arena_printf(a, "%s/%s", backups_folder(c), sb_cstr(&name));
	mkdir(backups_folder(c), 0700);
	TRY(jobs_backup(c->server->jobs, &c->rq, folder, true, &job));
	exchange_set_header(c->x, "Location", arena_printf(a, "/api/jobs/%lld", (long long)job));
	return job_answer(c, job, 202);
}

// clang-format off
const struct route routes_org[] = {
	{ HTTP_GET, "/api/me/sessions", ROUTE_READ, list_sessions, "Where I am logged in", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/me/sessions", ROUTE_POOL, end_sessions, "End my other sessions", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/me/sessions/{session}", ROUTE_POOL, end_sessions, "End one of my sessions", NULL, 0, NULL },
	{ HTTP_GET, "/api/users/{user}/sessions", ROUTE_READ | ROUTE_ADMIN, list_sessions, "Where somebody is logged in", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/users/{user}/sessions", ROUTE_POOL | ROUTE_ADMIN, end_sessions, "End all sessions of somebody", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/users/{user}/sessions/{session}", ROUTE_POOL | ROUTE_ADMIN, end_sessions, "End a session of somebody", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/depts/{dept}", ROUTE_POOL | ROUTE_ADMIN, close_dept, "Close a department nobody is in", NULL, 0, NULL },
	{ HTTP_POST, "/api/users/import", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, import_people, "Add and change departments and users, all or nothing; dry_run only looks", NULL, IMPORT_BODY, NULL },
	{ HTTP_GET, "/api/backups", ROUTE_POOL | ROUTE_ADMIN, list_backups, "Backups there are, newest first", NULL, 0, NULL },
	{ HTTP_POST, "/api/backups", ROUTE_POOL | ROUTE_ADMIN, make_backup, "Make a backup and prove it good: a job", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
