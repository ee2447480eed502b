/* seen_as.h -- an administrator reads as somebody else would: ?as=user:zhang, or ?as=role:crm.sales for a person of that
 * role alone, in the administrator's own department. GET only, on routes that read (READ, and the POOL
 * routes marked SEEN_AS); the audit trail gets one row a session
 * and person. Answers are exactly that person's: his rights decide, from the snapshot on.
 * Problems: FORBIDDEN for others and for calls that change something, INVALID as_unknown. */
#ifndef TENON_HOST_SEEN_AS_H
#define TENON_HOST_SEEN_AS_H

#include "runtime/host/router.h"

bool seen_as_asked(const struct call *c);                    /* the call may carry ?as= and does */
struct problem *seen_as_open(struct call *c) MUST_CHECK;     /* after session_open: changes rq.actor */

#endif
