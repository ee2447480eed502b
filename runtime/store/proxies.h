/* proxies.h -- standing proxies: who is asked in whose place, from day to day, by all flows or some.
 * Shape:    table sys_flow_proxy; days since 1970, both inclusive, counted in the zone of the flow's app; flows: " crm/approval crm/seal " by
 *           ids, or empty: all.
 * Invariants:
 *  1. Of those that hold on a day, one that names the flow goes before one for all flows; two of a kind never overlap (proxy_add).
 *  2. The last of a chain is asked; a chain that comes back to somebody is a loop, which the system's administrators answer for.
 *  3. Somebody who has been disabled is not asked: the one before in the chain who is there is.
 *  4. Who stands in is told on the first day, once (proxy_due).
 *  5. One that has ended, by hand or after its last day, stays until what it brought has gone back (proxy_returns, proxy_returned):
 *     after its midnight, and once more when its last day is over in every zone, for flows of apps in others.
 * Threads:  proxy_add, _end, _returned on the writer. Writing needs TX_ALLOW_PEOPLE. */
#ifndef TENON_STORE_PROXIES_H
#define TENON_STORE_PROXIES_H

#include "runtime/model/directory.h"
#include "runtime/store/due.h"

enum { PROXIES_MAX = 100, PROXY_CHAIN_MAX = 32 }; /* of one person */
#define PROXY_OPEN INT64_MAX
struct proxy {
	int64_t id;
	int32_t from, to, by;            /* by 0: the system */
	int64_t since, until;            /* until PROXY_OPEN: it does not end */
	int64_t begins_us, at_us;        /* the first moment of since; when it was made */
	int64_t ends_us;                 /* the first moment after until; 0: none. Not read */
	const char *flows;
};
enum proxy_refusal { PROXY_FINE, PROXY_OVERLAPS, PROXY_MANY };
struct problem *proxy_add(struct tx *tx, const struct proxy *p, enum proxy_refusal *out) MUST_CHECK;
struct problem *proxy_get(struct tx *tx, int64_t id, struct proxy *out, bool *found) MUST_CHECK;
struct problem *proxy_end(struct tx *tx, int64_t id, int64_t now_us) MUST_CHECK; /* from now on it is not found */
/* The first that has ended and whose tasks have not gone back yet: id, from, to alone; and that they have. */
struct problem *proxy_returns_next(struct tx *tx, int64_t *at_us) MUST_CHECK; /* INT64_MAX: none */
struct problem *proxy_returns(struct tx *tx, int64_t now_us, struct proxy *out, bool *found) MUST_CHECK;
struct problem *proxy_returned(struct tx *tx, int64_t id) MUST_CHECK;
/* The latest first; from, to 0: anybody. */
struct problem *proxy_list(struct tx *tx, int32_t from, int32_t to, struct proxy **out, size_t *n) MUST_CHECK;

/* Who is asked for `user` by a flow ("crm/approval", by ids) on a day of its app's zone. */
struct proxy_answer {
	const struct user *asked;        /* NULL: a loop, or nobody of the chain is there any more */
	bool loop;
	const struct user **chain; size_t n; /* from `user` on, each standing in for the one before; asked is one of them */
};
struct problem *proxy_resolve(struct tx *tx, const struct directory *people, const struct user *user, const char *flow, int64_t day,
	struct proxy_answer *out) MUST_CHECK;

extern const struct due_source proxy_due;

#endif
