/* sight.h -- what a person sees of a record through a task.
 *  1. The rights of a step are lent to whom it asks or tells, and to whom he stands in for, those of the start to the starter. For
 *     everybody else who looks at the task they only take away.
 *  2. What no step names is seen by one's own roles, to read. Who has none that knows the form sees it because he is asked, unless
 *     each step that asks him hides it; who takes no part (an administrator of the app) sees none of it.
 *  3. Nothing is lent to who administers the app without being a system administrator: he writes the flows, so that being asked by
 *     one would be a right he gives himself (decision 0016). He sees what his roles show of records they reach.
 * Threads: one. */
#ifndef TENON_FLOW_SIGHT_H
#define TENON_FLOW_SIGHT_H

#include "engines/flow/run.h"
#include "runtime/store/read.h"

struct sight {
	struct request *rq;
	const struct form *form;
	const struct run *run;
	const uint8_t *named;                /* by the step; NULL: nothing */
	struct access access;
	bool granted, mine;                  /* a role of his knows the form; the task asks him */
	bool unlent;                         /* invariant 3 */
};
/* Whether the roles of who asks reach the record of the run (run->reached): asked once, before sight_of. */
struct problem *sight_reach(struct tx *tx, struct request *rq, struct run *run) MUST_CHECK;
struct sight sight_of(struct request *rq, const struct run *run, const struct task *t); /* t NULL: without a step */
/* open: the task waits for him, so that what the step opens may be edited. */
enum field_right sight_right(const struct sight *s, const struct field *f, bool open);
/* Of the trail of a run: what he may read himself, less what the steps that ask him hide. */
struct sight_trail { struct sight own; const struct run *run; };
enum field_right sight_trail_right(const void *trail, const struct field *f);
void sight_apply(const struct sight *s, struct record *r, bool open);
/* Titles of records of one form that he is asked about, as he may read them: by his roles; when they hide nothing of the form, all of
 * the record's own (and see sight_titled), never more of what it points at. NULL: hidden from him. Two reads at the most, however many they are. rq->app: the form's. */
struct problem *sight_titles(struct tx *tx, struct request *rq, const struct form *form, const int64_t *ids, size_t n, const char **titles) MUST_CHECK;

/* May that title be told him, by a run of this flow? Who is asked and has no role is not told what any of its steps hides. */
bool sight_titled(struct request *rq, const struct flow *flow);

#endif
