/* flow_versions.h -- the versions of a flow: the text of its definition as it was published, numbered when it differs from the one
 * before and kept for ever. A run keeps its version; an earlier one is compiled against the app of
 * today, once (flow_kept). Threads: reading anywhere; flow_version_current may write: the writer. */
#ifndef TENON_STORE_FLOW_VERSIONS_H
#define TENON_STORE_FLOW_VERSIONS_H

#include "runtime/model/flow.h"
#include "runtime/store/store.h"

/* The number of this definition; a new one when it differs from the last. */
struct problem *flow_version_current(struct tx *tx, const struct request *rq, const struct flow *flow, int64_t *version) MUST_CHECK;
struct problem *flow_versions_note(struct tx *tx, const struct request *rq, const struct app *app) MUST_CHECK; /* all of an app, at a publish */
struct findings;
struct flow_version_row { int64_t version, at_us, running; };
struct problem *flow_version_list(struct tx *tx, const struct flow *flow, struct flow_version_row **out, size_t *n) MUST_CHECK; /* the newest first */
/* Before a publish: runs still open on a text that names what the next app lacks (F701, warnings). */
struct problem *flow_versions_verify(struct tx *tx, const struct app *next, struct findings *f) MUST_CHECK;
/* The text of one; NULL: there is none. */
struct problem *flow_version_body(struct tx *tx, const struct flow *flow, int64_t version, char **out) MUST_CHECK;
/* flow: its id; hash: of the version's text, as the table of versions has it (empty: it is not there). The text is read once in the
 * life of an app and not at all when it is today's. CONFLICT flow_outdated when that version cannot be used any more. */
struct flow_version_key { const char *flow; int64_t version; struct str hash; };
struct problem *flow_version(struct tx *tx, const struct request *rq, const struct flow_version_key *key, const struct flow **out) MUST_CHECK;

#endif
