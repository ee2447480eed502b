/* run_store.h -- runs in the store: one row a run with its marking, its tasks and its log beside it (flow.md 5.3).
 *  1. What a command changed is written in the command's transaction; the run's row only if its revision is still the one
 *     that was loaded (on one writer it always is; a second process would be told so).
 *  2. The log is appended to, each line carrying the hash of the one before.
 *  3. Steps are named by their ids, forms and fields by theirs: names may change under a running case.
 * Threads: loading on any transaction, saving on the writer. */
#ifndef TENON_FLOW_RUN_STORE_H
#define TENON_FLOW_RUN_STORE_H

#include "engines/flow/run.h"
#include "runtime/store/store.h"

/* Its row, before its flow is known. hash: of its version's text. */
struct run_head {
	int64_t id, version, record, rev, started_us, ended_us, parent, parent_task, log_seq;
	const char *app, *flow, *form, *hash, *marking, *log_hash;
	int32_t starter;
	enum run_state state;
};
struct problem *run_head(struct tx *tx, int64_t id, struct run_head *out, bool *have) MUST_CHECK;
struct run_head run_head_of(struct arena *a, const struct rows *r, int column, bool whole); /* columns: FLOW_RUN_COLUMNS from this one on; not whole: without its marking */
struct problem *run_load(struct tx *tx, struct arena *a, const struct flow *flow, const struct run_head *head, struct run **out) MUST_CHECK;
/* content: what the decision was about, as hash; empty for none. signature: NULL or a picture as text. */
struct run_seal { int64_t rev; const char *content; struct str signature; };
struct problem *run_save(struct tx *tx, struct run *run, const struct run_seal *seal) MUST_CHECK;
struct problem *run_log_verify(struct tx *tx, int64_t *runs, int64_t *bad_run, int64_t *bad_seq) MUST_CHECK; /* bad_run 0: all hold */

#endif
