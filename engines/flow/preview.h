/* preview.h -- the way a run would go if everybody agreed: the same walk, on a trial run that nothing is kept of.
 * Shape:    {"path": [{"step", "label", "kind", "beside", "branch", "who": [{"user", "label"}], "why", "skipped", "picks"}], "state",
 *           "refused"}; beside, branch: the parallel block it stands in; who, why, picks: of steps that ask or tell somebody; refused: words of what would refuse the start (rules of the state it writes).
 * Threads:  any transaction. Problems: those of a start (engine.h). Acts are not done: what they would change, later conditions do not see. */
#ifndef TENON_FLOW_PREVIEW_H
#define TENON_FLOW_PREVIEW_H

#include "engines/flow/engine.h"

/* Does the flow look only at what this person may see? An administrator of the app tries what he designs with his own eyes: or he would
 * learn from the way it goes what is kept from him. */
bool flow_preview_seen(const struct request *rq, const struct flow *flow);
/* start->record 0: a record of these values, as the starter would create it (subject_try). */
struct problem *flow_preview(struct tx *tx, struct request *rq, struct store *s, const struct flow_start *start, const struct json *values, struct jw *w) MUST_CHECK;

/* The same list for a run that is under way: what follows if everybody agrees. The run was walked on and is of no use afterwards. */
struct problem *flow_ahead(struct tx *tx, struct request *rq, struct store *s, struct run *run, struct jw *w) MUST_CHECK;

#endif
