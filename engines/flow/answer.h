/* answer.h -- runs and tasks as JSON (definitions.md "Flow answers"), as far as who asks may see.
 * What a person sees of a record through a task: what the step names, as it names it; of the rest what his roles give him of
 * that form, to read; all of it to read when no role of his knows the form at all. */
#ifndef TENON_FLOW_ANSWER_H
#define TENON_FLOW_ANSWER_H

#include "engines/flow/engine.h"

struct problem *flow_run_json(struct tx *tx, struct request *rq, const struct run *run, struct jw *w) MUST_CHECK;
/* For reading only: with "path", what follows while it is under way. The run is of no use afterwards. */
struct problem *flow_run_whole(struct tx *tx, struct request *rq, struct store *s, struct run *run, struct jw *w) MUST_CHECK;
/* One task with its record, the rights on it, and its run. NOT_FOUND for who has nothing to do with it. */
struct problem *flow_task_json(struct tx *tx, struct request *rq, struct store *s, int64_t run, int64_t n, struct jw *w) MUST_CHECK;

enum flow_box { BOX_TODO, BOX_DONE, BOX_STARTED, BOX_CC, BOXES };
extern const char *const flow_box_names[BOXES];
/* q: words, each to be found in the title, the flow's label or the starter's name (finder.h); with it a page may be short while
 * "next" says there is more to look through. */
struct box_query { enum flow_box box; struct str flow, q, cursor; int64_t limit; };
/* {"tasks":[…],"next","counts":{…}} of rq->actor (inbox.c). MALFORMED bad_cursor. */
struct problem *flow_box_json(struct tx *tx, struct request *rq, struct store *s, const struct box_query *q, struct jw *w) MUST_CHECK;
struct problem *flow_counts_json(struct tx *tx, struct request *rq, struct jw *w) MUST_CHECK;
/* {"runs":[…],"may_start":[{"flow","label"}]} of one record. */
struct problem *flow_of_record_json(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t id, struct jw *w) MUST_CHECK;

const char *flow_task_id(struct arena *a, int64_t run, int64_t n);
bool flow_task_parse(struct str id, int64_t *run, int64_t *n);

#endif
