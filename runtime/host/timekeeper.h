/* timekeeper.h -- does what is due (store/due.h): one thread that sleeps until the next moment, or until something nearer is stored.
 * Order: the piece with the earliest moment first, whatever its source; at most TIMEKEEPER_BATCH of one source at a turn.
 * Threads: any, except timekeeper_new and _free. */
#ifndef TENON_HOST_TIMEKEEPER_H
#define TENON_HOST_TIMEKEEPER_H

#include "runtime/store/due.h"

enum { TIMEKEEPER_BATCH = 64 };
struct timekeeper;
/* sources: NULL-terminated, constant. What is overdue since the last process is begun at once, beside the start. */
struct problem *timekeeper_new(struct arena *a, struct store *s, const struct due_source *const *sources, struct timekeeper **out) MUST_CHECK;
void timekeeper_stop(struct timekeeper *k);   /* what it is at is the last; whoever set the clock gets his answer (due_left). Any thread */
void timekeeper_free(struct timekeeper *k);   /* ends after the piece it is at */
/* The test clock stands at now_us from here on; everything due then is done when this returns. fired: pieces done. */
struct problem *timekeeper_set_clock(struct timekeeper *k, struct arena *a, int64_t now_us, int64_t *fired) MUST_CHECK;

#endif
