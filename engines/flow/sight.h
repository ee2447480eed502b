/* sight.h -- what a person sees of a record through a task: what the step names, as it names it; of the rest what his roles give
 * him of that form, to read; all of it to read when no role of his knows the form at all. Threads: one. */
#ifndef TENON_FLOW_SIGHT_H
#define TENON_FLOW_SIGHT_H

#include "engines/flow/run.h"
#include "runtime/store/read.h"

struct sight {
	struct request *rq;
	const struct form *form;
	const uint8_t *named;                /* by the step; NULL: nothing */
	struct access access;
	bool granted;                        /* a role of his knows the form */
};
struct sight sight_of(struct request *rq, const struct run *run, const struct task *t); /* t NULL: without a step */
/* open: the task waits for him, so that what the step opens may be edited. */
enum field_right sight_right(const struct sight *s, const struct field *f, bool open);
/* Of the trail of a run: what he may read himself, less what the steps that ask him hide. */
struct sight_trail { struct sight own; const struct run *run; };
enum field_right sight_trail_right(const void *trail, const struct field *f);
void sight_apply(const struct sight *s, struct record *r, bool open);
/* Titles of records of one form that he is asked about, as he may read them: by his roles; in full when they hide nothing of the
 * form. NULL: hidden from him. Two reads at the most, however many they are. rq->app: the form's. */
struct problem *sight_titles(struct tx *tx, struct request *rq, const struct form *form, const int64_t *ids, size_t n, const char **titles) MUST_CHECK;

#endif
