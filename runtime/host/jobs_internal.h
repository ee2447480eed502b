/* jobs_internal.h -- shared by the files jobs*.c only: what a job is, its row, how each kind runs. */
#ifndef TENON_HOST_JOBS_INTERNAL_H
#define TENON_HOST_JOBS_INTERNAL_H

#include <pthread.h>
#include "engines/form/import_progress.h"
#include "runtime/host/jobs.h"

struct job {
	struct store *store;
	struct arena *arena;             /* of the entry: parameters, problem */
	struct job *next;
	const struct job_kind *kind;
	struct job_import what;          /* of an import */
	int64_t import;                  /* of an undo: the job it takes back */
	const char *from;                /* of a hand-over: whose */
	struct str plan;                 /* its body */
	struct job_view view;
	enum language language;
	int32_t actor;                   /* 0: the operator */
	const char *login;
	int64_t started_us;
	int64_t size, mtime_us;          /* of the file, when the job was made: only the same file is gone on with */
	bool verify;                     /* a backup: prove it good */
	bool cancelled, ended, again;    /* again: a former process had it */
	bool lost;                       /* and this one cannot go on with it */
};
struct jobs {
	struct store *store;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job_lane { struct jobs *jobs; pthread_t thread; bool backups; } lanes[2];
	struct job *first;               /* newest first */
	size_t count;
	bool stopping;
};
struct job_kind {
	const char *name;
	enum door door;
	bool of_file;                    /* a file it cannot go on without */
	const char *lost;                /* code: why it does not go on in another process */
	bool backup;                     /* it has a lane of its own, and never goes on */
	bool tells;                      /* beside the counts: view.own, which is kept as its result */
	struct problem *(*run)(struct jobs *j, struct job *job, struct request *rq, const struct import_progress *from, struct import_result *result);
};
extern const struct job_kind job_of_import, job_of_undo, job_of_hand_over, job_of_backup; /* jobs_run.c */
/* jobs_undo.c: the import's app, form and whether it left marks; CONFLICT undo_*. */
struct problem *job_undoable(struct store *s, struct request *rq, const struct job_view *import) MUST_CHECK;
struct problem *job_run_undo(struct jobs *j, struct job *job, struct request *rq, const struct import_progress *from, struct import_result *result) MUST_CHECK;
/* jobs_run.c: how every kind begins. */
struct problem *job_open_app(struct job *job, struct request *rq, struct store *s) MUST_CHECK;
struct problem *job_open_request(struct jobs *j, struct job *job, struct request *rq) MUST_CHECK;
struct watch { struct jobs *jobs; struct job *job; };
bool job_report(void *watch, int64_t done, int64_t total, const struct import_result *so_far); /* false: stop */
const struct job_kind *job_kind_of(struct str name);
/* What a former process did. */
struct problem *job_progress(struct jobs *j, const struct job *job, struct arena *a, struct import_progress *out, struct import_result *result) MUST_CHECK;

/* ---- jobs_rows.c: commits for the writer; the argument is the job, of the last one a job_end ---- */
struct job_end { const struct job *job; const char *state; };
struct problem *job_row_add(struct tx *tx, void *job) MUST_CHECK;
struct problem *job_row_start(struct tx *tx, void *job) MUST_CHECK;
struct problem *job_row_leave(struct tx *tx, void *job) MUST_CHECK;
struct problem *job_row_end(struct tx *tx, void *end) MUST_CHECK;
struct problem *job_rows_take(struct jobs *j, struct arena *a) MUST_CHECK; /* what a former process left, into the list */
bool job_file_facts(const char *path, int64_t *size, int64_t *mtime_us);   /* false: there is no such file */

#endif
