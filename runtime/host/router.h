/* router.h -- from an exchange to a handler: one table of routes, sessions, bodies, answers.
 * A handler gets a call: who asks, for what, in which app. It returns NULL after filling x->answer and x->status (call_ok),
 * or after suspending; or a problem, which the router writes.
 *   READ    runs on the loop inside one read transaction (call->tx) with a step budget of about 2 ms; when that is used up
 *           it is run again, from the start, on the pool without budget: it must not have effects.
 *   WRITE   runs on the loop with call->tx open for prepare; ends in call_commit, which suspends until the writer is done.
 *   POOL    runs on the pool and may block (store_write, password hashing, checks of definitions).
 * Memory: the call lives in the exchange's arena. */
#ifndef TENON_HOST_ROUTER_H
#define TENON_HOST_ROUTER_H

#include "runtime/host/problem_http.h"
#include "runtime/host/server.h"
#include "runtime/store/apps.h"

enum route_flag {
	ROUTE_READ = 1, ROUTE_WRITE = 2, ROUTE_POOL = 4,
	ROUTE_PUBLIC = 8,          /* no session needed */
	ROUTE_ADMIN = 16,          /* system admin only: 403 for others */
	ROUTE_APP = 32,            /* {app} in the pattern: call->rq.app is taken; 404 when unknown */
	ROUTE_FORM = 64,           /* {form} too: call->form */
	ROUTE_BODY = 128,          /* a JSON body is required: call->body */
	ROUTE_UPLOAD = 256         /* the handler's `begin` sets a sink */
};
struct call;
struct route {
	enum http_method method;
	const char *pattern;       /* "/api/{app}/{form}/{id}"; {id} is a record id */
	unsigned flags;
	struct problem *(*run)(struct call *c);
	const char *summary;       /* English, for OpenAPI */
	struct problem *(*begin)(struct call *c); /* after the headers; NULL: nothing to do */
	size_t body_limit;         /* 0: 1 MiB */
};
enum { CALL_ARGS = 4 };
struct call {
	struct exchange *x;
	struct server *server;
	const struct route *route;
	struct str args[CALL_ARGS]; size_t arg_count;   /* in the order of the pattern's braces */
	struct request rq;
	struct tx *tx;             /* READ and WRITE while running */
	const struct form *form;
	int64_t id;                /* {id}; -1 when the pattern has none */
	const struct json *body;
	bool on_pool;
	bool fresh_session;        /* session.c: refresh the cookie's last use */
	void *session;             /* session.c */
	void *state;               /* the handler's, between call_commit and its finish */
	struct member member;
	struct problem *committed; /* what the commit gave */
	struct problem *(*commit)(struct tx *tx, struct call *c);
	struct problem *(*finish)(struct call *c);
};

/* Gives commit to the writer as one member; finish runs on the loop after COMMIT (call->committed holds a problem when it failed)
 * and fills the answer; when it returns &write_again the whole handler runs again (3 times at most). */
struct problem *call_commit(struct call *c, enum lane lane, struct problem *(*commit)(struct tx *tx, struct call *c),
	struct problem *(*finish)(struct call *c)) MUST_CHECK;
struct jw call_answer(struct call *c);                      /* a fresh writer on x->answer */
struct problem *call_ok(struct call *c, int status) MUST_CHECK; /* sets the head; TOO_LARGE when the answer overflowed */
struct problem *call_if_match(struct call *c, int64_t *rev) MUST_CHECK; /* -1: none; MALFORMED */

extern const struct route *const route_tables[];            /* every routes_*.c table, NULL-terminated; each ends with pattern NULL */
const struct route *route_find(enum http_method method, struct str path, struct str args[CALL_ARGS], size_t *n, const char **allow, struct arena *a);

/* http_options' callbacks. */
void router_headers(struct exchange *x);
void router_request(struct exchange *x);
void router_done(struct exchange *x);

#endif
