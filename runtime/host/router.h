/* router.h -- from an exchange to a handler: one table of routes, sessions, bodies, answers.
 * A handler gets a call: who asks, for what, in which app. It returns NULL after filling x->answer (call_answer, call_ok) or
 * after call_commit; or a problem, which call.c writes in the caller's language.
 *   READ    runs on the loop inside one read transaction (call->tx) with a step budget of about 2 ms; when that is used up
 *           it is run again, from the start, on the pool without budget: it must not have effects.
 *   WRITE   runs on the loop for its prepare stage (call->tx NULL: write_prepare takes its own snapshot); ends in
 *           call_commit, which hands the exchange to the writer; the answer is made when the writer is done.
 *   POOL    runs on the pool and may block (store_write, password hashing, checks of definitions); call->tx NULL.
 * Every call that changes something and carries Idempotency-Key is done once (call_idempotency.c): WRITE handlers store the
 * answer in their own transaction (call_once), for POOL handlers call.c stores it after them.
 * Memory: the call and its request live in the exchange's arena. */
#ifndef TENON_HOST_ROUTER_H
#define TENON_HOST_ROUTER_H

#include "engines/form/idempotency.h"
#include "runtime/host/problem_http.h"
#include "runtime/host/server.h"
#include "runtime/store/apps.h"

enum route_flag {
	ROUTE_READ = 1, ROUTE_WRITE = 2, ROUTE_POOL = 4,
	ROUTE_PUBLIC = 8,          /* no session needed */
	ROUTE_ADMIN = 16,          /* system admin only: 403 for others */
	ROUTE_APP_ADMIN = 1024,    /* system admin, or who administers {app}; without {app} in the pattern: any app, the handler narrows (app_admin.h) */
	ROUTE_APP = 32,            /* {app} in the pattern: call->rq.app is taken; 404 when unknown */
	ROUTE_FORM = 64,           /* {form} too: call->form */
	ROUTE_BODY = 128,          /* a JSON body is required: call->body */
	ROUTE_PLAIN = 512,         /* answers without the store: no session, no snapshot */
	ROUTE_UPLOAD = 256,        /* begin sets a sink; it runs with the session open and the form found */
	ROUTE_OPEN_WHEN_DOWN = 512, /* answers without the store: health */
	ROUTE_MAY_BODY = 4096,     /* a JSON body is taken when there is one */
	ROUTE_SEEN_AS = 2048       /* a POOL route that only reads and takes ?as= (seen_as.h), as every READ route does */
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
	const char *params;        /* query parameters it takes, blank-separated; NULL: none. "p.*": any that begins so */
};
enum { CALL_ARGS = 4 };
struct call {
	struct exchange *x;
	struct server *server;
	const struct route *route;
	struct str args[CALL_ARGS]; size_t arg_count;   /* in the order of the pattern's braces */
	struct request rq;
	const struct user *seeing;                      /* who asks while rq.actor is somebody he sees as (seen_as.h); else NULL */
	const struct app *app;     /* taken before the snapshot; rq.app once it is known who asks */
	struct tx *tx;             /* READ and WRITE while running */
	const struct form *form;
	int64_t id;                /* {id}; -1 when the pattern has none */
	const struct json *body;
	bool on_pool;              /* the pool runs it: it may block */
	void *session;             /* session.c */
	void *state;               /* the handler's, between call_commit and its finish */
	/* ROUTE_POOL: there is more to do. Called on the pool when others had their turn; sets it again, or answers. */
	struct problem *(*again)(struct call *c);
	struct member member;
	struct problem *committed; /* what the commit gave */
	struct problem *(*commit)(struct tx *tx, struct call *c);
	struct problem *(*finish)(struct call *c);
	enum lane lane;
	int tries;
	struct idempotency *once;  /* Idempotency-Key with its hash, or NULL */
	struct call *next_holder, *twins, *next_twin; /* call_idempotency.c */
	int64_t key_user;          /* whose key; set once, others read it while an attempt makes rq anew */
	bool holds_key, stored, complete;
	bool rate_asked;           /* its token's rate has counted it (token_rate.h) */
	long rate_wait_s;          /* and refused it for so long; else 0 */
};

/* Gives commit to the writer as one member; finish runs on the loop after COMMIT (call->committed holds a problem when it failed)
 * and fills the answer; when the commit gave &write_again the whole handler runs again (3 times at most, then 409). */
struct problem *call_commit(struct call *c, enum lane lane, struct problem *(*commit)(struct tx *tx, struct call *c),
	struct problem *(*finish)(struct call *c)) MUST_CHECK;
bool call_last_try(const struct call *c);                   /* of those 3 */
struct jw call_answer(struct call *c);                      /* a fresh writer on x->answer */
struct problem *call_ok(struct call *c, int status) MUST_CHECK; /* sets the head; TOO_LARGE when the answer overflowed */
struct problem *call_empty(struct call *c) MUST_CHECK;      /* 204 */
struct problem *call_if_match(struct call *c, int64_t *rev) MUST_CHECK; /* -1: none; MALFORMED */
bool call_changes(const struct call *c);                    /* not GET or HEAD */
void call_etag(struct call *c, int64_t rev);
/* In a write's own transaction: stores this answer under the call's Idempotency-Key, when it has one. */
struct problem *call_once(struct tx *tx, struct call *c, int status, struct str body) MUST_CHECK;

extern const struct route *const route_tables[];            /* every routes_*.c table, NULL-terminated; each ends with pattern NULL */
extern const struct route routes_records[], routes_record_parts[], routes_apps[], routes_publish[], routes_draft[], routes_rights[], routes_org[], routes_pictures[], routes_regions[], routes_ops[], routes_store[], routes_search[], routes_people[], routes_totp[], routes_audit[], routes_io[], routes_notifications[], routes_events[], routes_views[], routes_sharing[], routes_merge[], routes_hand_over[], routes_buttons[], routes_flows[], routes_flow_check[], routes_proxies[];
struct route_tree;
struct route_tree *route_tree_new(struct arena *a);         /* of route_tables; constant after that */
/* NULL: no such path, or (*allow not NULL) not with this method. */
const struct route *route_find(const struct route_tree *tree, enum http_method method, struct str path, struct str args[CALL_ARGS],
	size_t *n, const char **allow);

/* http_options' callbacks. */
void router_headers(struct exchange *x);
void router_request(struct exchange *x);
void router_done(struct exchange *x);

/* Blank-separated lists of names, in tables: is it there (a word ending in * stands for all that begin so); for people. */
bool names_hold(const char *list, struct str name);
const char *names_shown(struct arena *a, const char *list);

/* A flag of the query: 1 is on, 0 or absent off. MALFORMED bad_flag. */
struct problem *call_flag(struct call *c, const char *name, bool *out) MUST_CHECK;
/* "limit" of a list, 1 to most; usual when it is not given. MALFORMED bad_limit. */
struct problem *call_limit(struct call *c, int64_t usual, int64_t most, int64_t *out) MUST_CHECK;

#endif
