#include "engines/form/idempotency.h"

#include "runtime/base/clock.h"
#include "runtime/store/queries.h"

static const int64_t kept_us = INT64_C(24) * 3600 * 1000000;

static struct value user_of(const struct request *rq) {
	return value_int(rq->actor ? rq->actor->id : 0);
}

/* Real time: a test clock set back must not bring old answers to life. */
static struct value oldest(void) { return value_int(clock_real() - kept_us); }

static struct problem *take(struct request *rq, const struct rows *rows,
			    const struct idempotency *call, struct idempotency_answer *out) {
	if (!str_is(rows_text(rows, 0), call->hash))
		return PROBLEM(rq->arena, INVALID, "idempotency_mismatch", "key", call->key);
	struct str body = rows_text(rows, 2);
	out->found = true;
	out->status = (int)rows_int(rows, 1);
	out->body = (struct str){ arena_copy(rq->arena, body.p, body.n), body.n };
	return NULL;
}

struct problem *idempotency_find(struct request *rq, struct tx *tx, const struct idempotency *call,
				 struct idempotency_answer *out) {
	struct rows *rows;
	bool have;
	*out = (struct idempotency_answer){ .found = false };
	TRY(tx_query(tx, sql_idempotency_find,
		     PARAMS(user_of(rq), value_text(str_of(call->key)), oldest()), &rows));
	TRY(rows_next(rows, &have));
	struct problem *p = have ? take(rq, rows, call, out) : NULL;
	rows_close(rows);
	return p;
}

struct problem *idempotency_store(struct request *rq, struct tx *tx, const struct idempotency *call,
				  const struct idempotency_answer *answer) {
	struct value body = { .kind = VALUE_TEXT, .as.s = answer->body };
	return tx_exec(tx, sql_idempotency_store,
		       PARAMS(user_of(rq), value_text(str_of(call->key)),
			      value_text(str_of(call->hash)), value_int(answer->status), body,
			      value_int(clock_real())),
		       NULL);
}

struct problem *idempotency_purge(struct tx *tx) {
	return tx_exec(tx, sql_idempotency_purge, PARAMS(oldest()), NULL);
}
