/* bare.h -- what there is of a flow when the version a run is on cannot be used any more (it names what the app has no more): enough
 * to read the run, to end it, to hand its tasks on, and to move it to another version. Nothing else is done to such a run (run.h:
 * bare). Ownership: the request's arena. Threads: any. */
#ifndef TENON_FLOW_BARE_H
#define TENON_FLOW_BARE_H

#include "engines/flow/run_store.h"

enum { BARE_STEPS_MAX = 1000 };
/* In rq->app. CONFLICT flow_outdated: its form is gone, too. */
struct problem *bare_flow(struct tx *tx, const struct request *rq, const struct run_head *head, const struct flow **out) MUST_CHECK;

#endif
