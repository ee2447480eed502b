/* call.c -- runs a call: session, app, form and body in one snapshot, then the handler; on the
 * loop, on the pool, or through the writer. Invariants:
 *  1. An attempt opens and ends its own read transaction; nothing is suspended or queued while one
 * is open on the loop.
 *  2. A call is either running on exactly one thread, or parked behind its twin, or with the
 * writer. Handing it over (store_submit, key_park, exchange_resume) is the last thing a thread does
 * with it.
 *  3. The app is taken before the snapshot: what an app reads stays in the database until its last
 * user is done with it, while a snapshot from before a publish lacks what the next app reads.
 *  4. An attempt may be repeated from the start: after the step budget, after write_again, after a
 * twin has finished. */
#include <assert.h>
#include <strings.h>
#include "runtime/base/clock.h"
#include "runtime/host/app_admin.h"
#include "runtime/host/call.h"
#include "runtime/host/seen_as.h"
#include "runtime/model/permission.h"
#include "engines/form/record_write.h"

/* About 2 ms of SQLite's virtual machine. A large body is read and prepared on the pool from the
 * start. */
enum { LOOP_STEPS = 40000, LOOP_BODY = 32 * 1024, TRIES = 3 };

bool call_changes(const struct call *c) {
	return c->x->method != HTTP_GET && c->x->method != HTTP_HEAD;
}

/* ---- opening: who, where, what ---- */

static struct problem *open_people(struct call *c, struct tx *tx) {
	struct exchange *x = c->x;
	c->rq = (struct request){ .arena = x->arena,
				  .language = language_of(exchange_header(x, "Accept-Language")),
				  .now_us = clock_now(),
				  .door = DOOR_API,
				  .id = x->id };
	if (c->route->flags & ROUTE_PUBLIC) return session_people(x, tx, &c->rq);
	TRY(session_open(x, tx, &c->rq));
	return seen_as_open(c);
}

static struct problem *check_scope(struct call *c) {
	const struct token_scope *scope = &c->rq.scope;
	TRY(app_admin_check(c));
	if (scope->read_only && call_changes(c))
		return PROBLEM(c->x->arena, FORBIDDEN, "token_read_only");
	if (scope->app && c->route->flags & ROUTE_APP && !str_is(c->args[0], scope->app))
		return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	return NULL;
}

static struct problem *check_params(struct call *c) {
	const struct exchange *x = c->x;
	for (size_t i = 0; i < x->query_count; i++) {
		struct str name = x->query[i].name;
		bool as = str_is(name, "as") && seen_as_asked(c);
		if (!as && !names_hold(c->route->params, name))
			return PROBLEM(x->arena, MALFORMED, "unknown_parameter", "name",
				       str_dup(x->arena, name), "known",
				       names_shown(x->arena, c->route->params));
		for (size_t k = 0; k < i; k++)
			if (str_eq(x->query[k].name, name))
				return PROBLEM(x->arena, MALFORMED, "parameter_twice", "name",
					       str_dup(x->arena, name));
	}
	return NULL;
}

static struct problem *open_place(struct call *c) {
	unsigned flags = c->route->flags;
	struct arena *a = c->x->arena;
	c->rq.app = c->app;
	if (flags & ROUTE_APP && !c->app) return PROBLEM(a, NOT_FOUND, "not_found");
	if (flags & ROUTE_FORM) {
		c->form = app_form(c->rq.app, c->args[1]);
		if (!c->form) return PROBLEM(a, NOT_FOUND, "not_found");
		struct access access;
		TRY(access_of(&c->rq, c->form, &access));
	}
	const char *id = strstr(c->route->pattern, "{id}");
	if (!id) return NULL;
	size_t place = 0;
	for (const char *at = c->route->pattern; at < id; at++) place += *at == '{';
	return str_to_int(c->args[place], &c->id) ? NULL : PROBLEM(a, NOT_FOUND, "not_found");
}

static bool is_json(struct str type) {
	struct str semicolon = { type.p, type.n };
	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] == ';') semicolon.n = i < semicolon.n ? i : semicolon.n;
	struct str name = str_trim(semicolon);
	return !type.n || (name.n == 16 && !strncasecmp(name.p, "application/json", 16));
}

static struct problem *open_body(struct call *c) {
	struct exchange *x = c->x;
	bool may = (c->route->flags & ROUTE_MAY_BODY) && x->body.n;
	if ((!(c->route->flags & ROUTE_BODY) && !may) || c->body) return NULL;
	struct str type = exchange_header(x, "Content-Type");
	if (!is_json(type))
		return PROBLEM(x->arena, MEDIA_TYPE, "media_type", "type",
			       utf8_valid(type) ? str_dup(x->arena, type) : "?", "expected",
			       "application/json");
	const struct json_limits *limits = c->route->body_limit > json_limits_request.bytes
						   ? &json_limits_definition
						   : &json_limits_request;
	TRY(json_parse(x->arena, x->body, limits, &c->body));
	return c->body->kind == JSON_OBJECT ? NULL : PROBLEM(x->arena, MALFORMED, "body_object");
}

static struct problem *open_all(struct call *c, struct tx *tx, bool *done) {
	TRY(open_people(c, tx));
	TRY(check_scope(c));
	TRY(check_params(c));
	TRY(open_place(c));
	if (c->route->flags & ROUTE_UPLOAD && !c->complete) return NULL;
	TRY(open_body(c));
	return key_open(c, tx, done);
}

/* ---- one attempt ---- */

static void take_app(struct call *c) {
	struct app *app = NULL;
	if (c->route->flags & ROUTE_APP) app = apps_take(c->server->store, c->args[0]);
	if (app) app_keep(c->x->arena, app);
	c->app = app;
}

static struct problem *open_apart(struct call *c, bool *done) {
	struct tx *tx;
	take_app(c);
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	return tx_end(tx, open_all(c, tx, done));
}

static struct problem *read_inside(struct call *c, struct tx *tx) {
	bool done = false;
	TRY(open_all(c, tx, &done));
	if (done) return NULL;
	c->tx = tx;
	struct problem *p = c->route->run(c);
	c->tx = NULL;
	return p;
}

static struct problem *attempt_read(struct call *c) {
	struct tx *tx;
	take_app(c);
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	if (!c->on_pool) tx_budget(tx, LOOP_STEPS);
	return tx_end(tx, read_inside(c, tx));
}

static struct problem *attempt(struct call *c) {
	bool done = false;
	c->commit = NULL;
	if (c->route->flags & ROUTE_PLAIN) return c->route->run(c);
	if (c->route->flags & ROUTE_READ) return attempt_read(c);
	TRY(open_apart(c, &done));
	if (done) return NULL;
	TRY(c->route->run(c));
	return c->route->flags & ROUTE_POOL ? key_store_after(c) : NULL;
}

/* ---- handing over ---- */

static void answer_with(struct call *c, const struct problem *p) {
	struct codec codec = { .app = NULL };
	if (c->rq.app) codec = request_codec(&c->rq);
	answer_problem(c->x,
		       c->rq.arena ? c->rq.language
				   : language_of(exchange_header(c->x, "Accept-Language")),
		       c->rq.app ? &codec : NULL, p);
}

static struct problem *member_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	return c->commit(tx, c);
}

static void member_done(void *arg, struct problem *p) {
	struct call *c = arg;
	c->committed = p;
	exchange_resume(c->x);
}

static void give_to_writer(struct call *c) {
	c->member = (struct member){
		.commit = member_commit, .done = member_done, .arg = c, .arena = c->x->arena
	};
	if (!c->on_pool) exchange_suspend(c->x);
	store_submit(c->server->store, c->lane, &c->member);
}

/* Who asks, before the pool has opened the call: the user, or where nobody is known the address.
 * What is wrong with the session is told when the call runs. */
static void name_owner(struct call *c) {
	struct exchange *x = c->x;
	struct tx *tx;
	if (!c->rq.actor && !(c->route->flags & (ROUTE_PLAIN | ROUTE_PUBLIC)) &&
	    !tx_read(c->server->store, x->arena, &tx)) {
		struct problem *p = tx_end(tx, open_people(c, tx));
		(void)p;
	}
	const struct user *actor = c->rq.actor;
	x->owner = actor ? (uint64_t)actor->id : str_hash(str_of(x->address)) | UINT64_C(1) << 63;
}

static void run_on_pool(void *exchange);

/* After an attempt: what happens with the call next. */
static void settle(struct call *c, struct problem *p) {
	if (p == &store_budget && !c->on_pool) {
		name_owner(c);
		exchange_run_on_pool(c->x, run_on_pool);
		return;
	}
	if (p == &call_parked) {
		while (p == &call_parked && !key_park(c, !c->on_pool)) p = attempt(c);
		if (p == &call_parked) return;
		settle(c, p);
		return;
	}
	if (!p && c->commit) {
		give_to_writer(c);
		return;
	}
	if (!p && c->again) {
		exchange_again_on_pool(c->x, run_on_pool);
		return;
	}
	if (p) answer_with(c, p);
	assert(c->x->status);
	key_release(c);
	if (c->on_pool) exchange_resume(c->x);
}

static void run_on_pool(void *exchange) {
	struct call *c = ((struct exchange *)exchange)->context;
	struct problem *(*again)(struct call *c) = c->again;
	c->on_pool = true;
	c->again = NULL;
	settle(c, again ? again(c) : attempt(c));
}

static void run(struct call *c) {
	c->on_pool = false;
	bool heavy = c->route->flags & ROUTE_WRITE && c->x->body.n > LOOP_BODY;
	bool pooled = heavy || c->route->flags & ROUTE_POOL;
	if (pooled) name_owner(c);
	if (pooled)
		exchange_run_on_pool(c->x, run_on_pool);
	else
		settle(c, attempt(c));
}

void call_start(struct call *c) {
	c->complete = true;
	run(c);
}

bool call_last_try(const struct call *c) { return c->tries + 1 >= TRIES; }

static void committed(struct call *c) {
	struct problem *p = c->committed;
	c->commit = NULL;
	if (p == &write_again && ++c->tries < TRIES) {
		run(c);
		return;
	}
	if (p == &write_again) p = PROBLEM(c->x->arena, CONFLICT, "write_conflict");
	if (!p) p = c->finish(c);
	c->on_pool = false;
	settle(c, p);
}

void call_resumed(struct exchange *x) {
	struct call *c = x->context;
	if (c->commit)
		committed(c);
	else
		run(c);
}

void call_ended(struct call *c) { key_release(c); }

/* ---- uploads: the session is opened before the body comes ---- */

static struct problem *begin(struct call *c) {
	bool done = false;
	TRY(open_apart(c, &done));
	return c->route->begin ? c->route->begin(c) : NULL;
}

void call_begin(struct call *c) {
	struct problem *p = begin(c);
	if (p) answer_with(c, p);
}

/* ---- what handlers use ---- */

struct problem *call_commit(struct call *c, enum lane lane,
			    struct problem *(*commit)(struct tx *tx, struct call *c),
			    struct problem *(*finish)(struct call *c)) {
	assert(c->route->flags & ROUTE_WRITE);
	c->lane = lane;
	c->commit = commit;
	c->finish = finish;
	return NULL;
}

struct jw call_answer(struct call *c) {
	size_t ceiling = c->x->answer.ceiling;
	c->x->answer = sb_on(c->x->arena, ceiling);
	return jw_on(&c->x->answer);
}

struct problem *call_ok(struct call *c, int status) {
	if (c->x->answer.overflow)
		return PROBLEM(c->x->arena, TOO_LARGE, "answer_too_large", "max", "1 MiB");
	answer_json(c->x, status);
	return NULL;
}

struct problem *call_empty(struct call *c) {
	c->x->answer.n = 0;
	c->x->status = 204;
	answer_headers(c->x);
	return NULL;
}

/* RFC 9110 section 13.1.1: an entity tag in quotes; "*" means any revision. */
struct problem *call_if_match(struct call *c, int64_t *rev) {
	struct str tag = str_trim(exchange_header(c->x, "If-Match"));
	*rev = -1;
	if (!tag.n || str_is(tag, "*")) return NULL;
	if (tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"')
		tag = (struct str){ tag.p + 1, tag.n - 2 };
	return str_to_int(tag, rev) && *rev >= 0 ? NULL
						 : PROBLEM(c->x->arena, MALFORMED, "if_match");
}

void call_etag(struct call *c, int64_t rev) {
	exchange_set_header(c->x, "ETag", arena_printf(c->x->arena, "\"%lld\"", (long long)rev));
}

struct problem *call_limit(struct call *c, int64_t usual, int64_t most, int64_t *out) {
	struct arena *a = c->x->arena;
	*out = usual;
	if (!exchange_has_query(c->x, "limit")) return NULL;
	if (str_to_int(exchange_query(c->x, "limit"), out) && *out >= 1 && *out <= most)
		return NULL;
	return PROBLEM(a, MALFORMED, "bad_limit", "max", arena_printf(a, "%lld", (long long)most));
}

struct problem *call_flag(struct call *c, const char *name, bool *out) {
	struct str text = exchange_query(c->x, name);
	*out = str_is(text, "1");
	if (*out || !text.n || str_is(text, "0")) return NULL;
	return PROBLEM(c->x->arena, MALFORMED, "bad_flag", "name", name);
}
