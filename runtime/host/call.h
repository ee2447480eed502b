/* call.h -- the life of a call between router.c (which route), call.c (who, where, what; running it) and
 * call_idempotency.c (a changing call sent twice is done once). */
#ifndef TENON_HOST_CALL_H
#define TENON_HOST_CALL_H

#include "runtime/host/metrics.h"
#include "runtime/host/router.h"
#include "runtime/host/session.h"

void call_begin(struct call *c);           /* UPLOAD: after the headers */
void call_start(struct call *c);           /* the request is complete */
void call_resumed(struct exchange *x);     /* back on the loop: committed, or a twin has finished */
void call_ended(struct call *c);           /* answer sent or peer gone */

/* call_idempotency.c. In an attempt, once the actor is known: reads the header; *done when the answer of an earlier call has
 * been put into the exchange; &call_parked: end the snapshot, then call key_park. */
extern struct problem call_parked;
struct problem *key_open(struct call *c, struct tx *tx, bool *done) MUST_CHECK;
bool key_park(struct call *c, bool on_loop); /* false: it is our turn, try again */
void key_release(struct call *c);           /* the answer is there (or never will be): wakes the twins */
struct problem *key_store_after(struct call *c) MUST_CHECK; /* POOL calls: the answer just made, in a transaction of its own */

#endif
