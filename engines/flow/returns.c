/* returns.c -- a standing proxy that has ended, by hand or after its last day: what it brought and
 * is still open goes to who stands for its owner now (due.h). One that cannot be given back (its
 * form is gone) stays where it is; the others go on. */
#include "engines/flow/due.h"
#include "engines/flow/engine.h"
#include "runtime/base/log.h"
#include "runtime/store/proxies.h"
#include "runtime/store/queries.h"

enum { PAGE = 200 };

struct returning {
	struct store *store;
	struct request rq;
	struct proxy ended;
	int64_t run[PAGE], task[PAGE];
	size_t n, at;
};

static struct problem *next(struct tx *tx, int64_t *at_us) { return proxy_returns_next(tx, at_us); }

static struct problem *page_of(struct tx *tx, struct returning *r) {
	int64_t run = r->n ? r->run[r->n - 1] : 0, task = r->n ? r->task[r->n - 1] : 0;
	struct rows *rows;
	TRY(tx_query(tx, sql_flow_for,
		     PARAMS(value_int(r->ended.from), value_int(run), value_int(task)), &rows));
	for (r->n = 0; r->n < PAGE; r->n++) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		r->run[r->n] = rows_int(rows, 0);
		r->task[r->n] = rows_int(rows, 1);
	}
	rows_close(rows);
	return NULL;
}

static struct problem *give_back(struct tx *tx, void *arg) {
	struct returning *r = arg;
	r->rq = (struct request){ .arena = tx_arena(tx),
				  .language = LANGUAGE_ZH,
				  .now_us = r->rq.now_us,
				  .door = DOOR_FLOW };
	return flow_give_back(tx, &r->rq, r->store, r->run[r->at], r->task[r->at], &r->ended);
}

static struct problem *give_back_page(struct returning *r) {
	for (r->at = 0; r->at < r->n; r->at++) {
		struct arena *a = arena_new(0);
		struct problem *p = store_write(r->store, LANE_BULK, a, give_back, r);
		bool later = p && (p->kind == PROBLEM_UNAVAILABLE || p == &write_again);
		if (p)
			LOG(WARN, "flow_return_failed", "code", p->code, "log",
			    p->log ? p->log : "");
		arena_free(a);
		if (later) return &store_busy;
	}
	return NULL;
}

static struct problem *settled(struct tx *tx, void *arg) {
	const struct returning *r = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return proxy_returned(tx, r->ended.id);
}

static struct problem *one_proxy(struct store *s, struct arena *a, int64_t now_us, bool *found) {
	struct returning *r = arena_alloc(a, sizeof *r);
	struct tx *tx;
	*r = (struct returning){ .store = s, .rq = { .now_us = now_us } };
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, proxy_returns(tx, now_us, &r->ended, found)));
	if (!*found) return NULL;
	do {
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx, page_of(tx, r)));
		TRY(give_back_page(r));
	} while (r->n == PAGE);
	return store_write(s, LANE_BULK, a, settled, r);
}

static struct problem *run(struct store *s, struct arena *a, int64_t now_us, size_t limit,
			   size_t *done) {
	for (*done = 0; *done < limit; ++*done) {
		bool found;
		TRY(one_proxy(s, a, now_us, &found));
		if (!found) return NULL;
	}
	return NULL;
}

const struct due_source flow_returns = { "flow_returns", next, run };
