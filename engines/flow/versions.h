/* versions.h -- the versions of a flow: the text of its definition as it was when somebody first needed it (a publish, or the
 * first start after one), kept for ever by its hash. A run keeps its version; an earlier one is compiled against the app of
 * today for the command that needs it. Threads: reading anywhere; flow_version_current may write: the writer. */
#ifndef TENON_FLOW_VERSIONS_H
#define TENON_FLOW_VERSIONS_H

#include "runtime/model/flow.h"
#include "runtime/store/store.h"

/* The number of this definition; a new one when it differs from the last. */
struct problem *flow_version_current(struct tx *tx, const struct request *rq, const struct flow *flow, int64_t *version) MUST_CHECK;
/* flow: its id. CONFLICT flow_outdated when that version cannot be used any more. */
struct problem *flow_version(struct tx *tx, const struct request *rq, const char *flow, int64_t version, const struct flow **out) MUST_CHECK;

#endif
