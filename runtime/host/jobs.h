/* jobs.h -- long work that people watch and may cancel: imports and taking them back, hand-overs, backups. Each job is a row of the table job (kind, app, user, state,
 * progress, result) and, while it runs, an entry here with its live figures. One thread runs them, first come first served; backups
 * have one of their own, so that a long import keeps none waiting. Writes go to the bulk lane, so nobody's own work waits for them.
 * A job that a process leaves unfinished, killed or stopped, goes on in the next one where it was (import_progress.h); a backup does
 * not: what there is of it is thrown away (and a restored copy does not begin to back itself up).
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
	int64_t done, total;             /* bytes of the file, or copied; records of a hand-over */
	const char *phase;               /* of a backup: "copy", "verify"; else NULL */
	const char *own;                 /* what its kind tells beside the counts, JSON, once it is done; or NULL */
	const char *refused;             /* of an import: the first rows it refused, [{"row","reason"}] as JSON; or NULL: none, or it was another process's */
	double rate; int64_t left_s;     /* rows a second, seconds left; -1 unknown */
	struct import_result result;
	const char *errors_file;         /* path in the data folder, or NULL: no failed rows */
	const struct problem *problem;   /* why it failed, or NULL */
};
struct job_import {                      /* what an import needs; texts are copied */
	const char *app, *form, *path, *errors_path; /* errors_path NULL: data/tmp/job-<id>-errors.csv */
	bool remove_file;                /* an upload: the file goes when the job ends */
	struct str map;                  /* JSON text, or empty */
	struct str sheet;                /* of a workbook, or empty */
	struct str key, as;              /* as: a login whose rights count, or empty: the caller's */
	enum import_mode mode;
	bool dry_run, all_or_nothing;
};
struct problem *jobs_new(struct arena *a, struct store *s, struct jobs **out) MUST_CHECK; /* takes over what a former process left */
void jobs_free(struct jobs *j);          /* stops what runs and waits for it */
struct problem *jobs_import(struct jobs *j, const struct request *rq, const struct job_import *what, int64_t *id) MUST_CHECK;
/* A whole import taken back (import_undo.h), by who asks. NOT_FOUND for others' jobs, CONFLICT undo_* for what cannot be. */
struct problem *jobs_undo(struct jobs *j, struct request *rq, int64_t import, bool dry_run, int64_t *id) MUST_CHECK;
/* The records of a hand-over (hand_over.h); plan: its body. */
struct problem *jobs_hand_over(struct jobs *j, const struct request *rq, const char *from, struct str plan, int64_t *id) MUST_CHECK;
/* A backup into a folder of the machine; verify: proved good afterwards, which <folder>.verified beside it says. */
struct problem *jobs_backup(struct jobs *j, const struct request *rq, const char *folder, bool verify, int64_t *id) MUST_CHECK;
/* The one of its kind that is being done, or waits longest; false: none. Who may see it is jobs_view's to say. */
bool jobs_find(struct jobs *j, const char *kind, int64_t *id);
/* May the caller have one more job, with an upload of so many bytes? TOO_MANY, TOO_LARGE: jobs_*. jobs_import asks, too. */
struct problem *jobs_room(struct jobs *j, const struct request *rq, int64_t bytes) MUST_CHECK;
/* NOT_FOUND for others' jobs, too. The view's texts live in the request's arena. */
struct problem *jobs_view(struct jobs *j, struct request *rq, int64_t id, struct job_view *out) MUST_CHECK;
struct problem *jobs_cancel(struct jobs *j, struct request *rq, int64_t id) MUST_CHECK;

#endif
