/* jobs.h -- long work that people watch and may cancel: imports, hand-overs. Each job is a row of the table job (kind, app, user, state,
 * progress, result) and, while it runs, an entry here with its live figures. One thread runs jobs, first come first served:
 * their writes go to the bulk lane, so nobody's own work waits for them.
 * A job that a process leaves unfinished, killed or stopped, goes on in the next one where it was (import_progress.h).
 * States: waiting, running, done, failed, cancelled, interrupted (the next process could not go on: the file is gone or changed, or
 * the job was running at three ends; what it had written stays).
 * Threads: any, except jobs_new and jobs_free. */
#ifndef TENON_HOST_JOBS_H
#define TENON_HOST_JOBS_H

#include "engines/form/import.h"

struct jobs;
struct job_view {                        /* what a caller may see of a job */
	int64_t id, user;                /* user 0: the operator */
	const char *kind, *state, *app, *form;
	int64_t done, total;             /* bytes of the file; records of a hand-over */
	double rate; int64_t left_s;     /* rows a second, seconds left; -1 unknown */
	struct import_result result;
	const char *errors_file;         /* path in the data folder, or NULL: no failed rows */
	const struct problem *problem;   /* why it failed, or NULL */
};
struct job_import {                      /* what an import needs; texts are copied */
	const char *app, *form, *path, *errors_path; /* errors_path NULL: data/tmp/job-<id>-errors.csv */
	bool remove_file;                /* an upload: the file goes when the job ends */
	struct str map;                  /* JSON text, or empty */
	struct str key, as;              /* as: a login whose rights count, or empty: the caller's */
	enum import_mode mode;
	bool dry_run, all_or_nothing;
};
struct problem *jobs_new(struct arena *a, struct store *s, struct jobs **out) MUST_CHECK; /* takes over what a former process left */
void jobs_free(struct jobs *j);          /* stops what runs and waits for it */
struct problem *jobs_import(struct jobs *j, const struct request *rq, const struct job_import *what, int64_t *id) MUST_CHECK;
/* The records of a hand-over (hand_over.h); plan: its body. */
struct problem *jobs_hand_over(struct jobs *j, const struct request *rq, const char *from, struct str plan, int64_t *id) MUST_CHECK;
/* May the caller have one more job, with an upload of so many bytes? TOO_MANY, TOO_LARGE: jobs_*. jobs_import asks, too. */
struct problem *jobs_room(struct jobs *j, const struct request *rq, int64_t bytes) MUST_CHECK;
/* NOT_FOUND for others' jobs, too. The view's texts live in the request's arena. */
struct problem *jobs_view(struct jobs *j, struct request *rq, int64_t id, struct job_view *out) MUST_CHECK;
struct problem *jobs_cancel(struct jobs *j, struct request *rq, int64_t id) MUST_CHECK;

#endif
