/* changed.h -- what has changed in a record since it was last looked at in an approval: since it was submitted the time before in
 * this run, else since its last approval. One line a field, the first old beside the last new value; what came to the same is left out.
 * Shape: {"since": "resubmit" | "approved", "at", "changes": [as in a line of history]}, or null where there is nothing to compare with.
 * Threads: any transaction. */
#ifndef TENON_FLOW_CHANGED_H
#define TENON_FLOW_CHANGED_H

#include "engines/flow/run.h"
#include "runtime/base/json.h"
#include "runtime/store/store.h"

typedef enum field_right field_sight(const void *context, const struct field *f);
/* Fields that are hidden from the reader are left out; masked ones are told without their values. */
struct problem *flow_changed_json(struct tx *tx, struct request *rq, const struct run *run, field_sight *sight, const void *context, struct jw *w) MUST_CHECK;

#endif
