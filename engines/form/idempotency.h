/* idempotency.h -- the same changing call sent twice is done once (header Idempotency-Key; per user, 24 h).
 * The host calls find before it works and again, with store, in the write's own transaction (struct write, `also`): of two
 * twins in flight the second finds the first's answer there. The hash is of method, path and body.
 * Problems: INVALID idempotency_mismatch when the key came with another call; store problems. */
#ifndef TENON_FORM_IDEMPOTENCY_H
#define TENON_FORM_IDEMPOTENCY_H

#include "runtime/model/request.h"
#include "runtime/store/store.h"

struct idempotency { const char *key, *hash; };                 /* key: 1..200 visible ASCII characters, checked by the host */
struct idempotency_answer { bool found; int status; struct str body; };

struct problem *idempotency_find(struct request *rq, struct tx *tx, const struct idempotency *call,
	struct idempotency_answer *out) MUST_CHECK;
struct problem *idempotency_store(struct request *rq, struct tx *tx, const struct idempotency *call,
	const struct idempotency_answer *answer) MUST_CHECK;
struct problem *idempotency_purge(struct tx *tx) MUST_CHECK;    /* what is older than 24 h */

#endif
