/* counter.h -- counters of serial numbers, one a key.
 * A number is taken in the caller's transaction: no two transactions get the same one, and one whose transaction is taken
 * back is given to the next, so that no number is skipped. Threads: only on the writer, inside a member. */
#ifndef TENON_STORE_COUNTER_H
#define TENON_STORE_COUNTER_H

#include "runtime/store/store.h"

struct problem *counter_next(struct tx *tx, const char *key, int64_t start, int64_t *out) MUST_CHECK;

#endif
