/* outbox.h -- effects that leave the process (mail, webhooks) are rows first: written in the transaction that causes them,
 * delivered afterwards, at least once. The key travels with the effect, so that a receiver can tell a repetition.
 * Problems: store problems. Threads: the writer. Units: microseconds UTC. */
#ifndef TENON_STORE_OUTBOX_H
#define TENON_STORE_OUTBOX_H

#include "runtime/store/store.h"

/* *added false: an effect with this key is there already and nothing was written. added may be NULL. */
struct problem *outbox_append(struct tx *tx, const char *kind, struct str key, struct str payload_json, int64_t now_us,
	int64_t due_us, bool *added) MUST_CHECK;

#endif
