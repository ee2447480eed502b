/* due.h -- work that is stored with a moment and done when that comes, without anybody asking: timers of flows, notices that begin
 * on a day. Who stores a piece of such work says so in the same transaction (tx_due); what kinds there are is a table of sources
 * (host/server.c), run by one thread (host/timekeeper.c).
 * Invariants:
 *  1. Moments are clock_now's: the test clock moves them, a clock set back only delays.
 *  2. A piece is done by a writer command that sees in the rows whether it still is to be done, and takes it out of them in the
 *     same transaction: a scan that comes late, early or twice does nothing twice.
 *  3. What is lost with the process is only the waiting: after a start, and every half minute, the sources are asked anew.
 *  4. A source puts off or takes out what cannot be done; while it does neither, the others go on and it is tried again later. */
#ifndef TENON_STORE_DUE_H
#define TENON_STORE_DUE_H

#include "runtime/store/store.h"

struct due_source {
	const char *name;
	struct problem *(*next)(struct tx *tx, int64_t *at_us);  /* moment of the earliest piece; INT64_MAX: there is none */
	/* Does pieces that are due at now_us, the earliest first, `limit` at most; done: how many, also beside a problem. May block. */
	struct problem *(*run)(struct store *s, struct arena *a, int64_t now_us, size_t limit, size_t *done);
};
/* In a write: a piece that is due at at_us is stored. Told after its COMMIT. */
void tx_due(struct tx *tx, int64_t at_us);
/* Who is told; on the writer thread, quick; one for the store, NULL takes it away (it is not running then any more). */
void store_on_due(struct store *s, void (*told)(void *arg, int64_t at_us), void *arg);

#endif
