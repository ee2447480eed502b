/* job_view.h -- a job as its watchers get it: {"id", "kind", "state", "done", "total", ..., "phase" (backups: copy, verify), "result"
 * (what its kind tells when it is done), "problem"}. */
#ifndef TENON_HOST_JOB_VIEW_H
#define TENON_HOST_JOB_VIEW_H

#include "runtime/host/jobs.h"
#include "runtime/host/router.h"

void job_json(struct jw *w, const struct request *rq, const struct job_view *v);
struct problem *job_answer(struct call *c, int64_t id, int status) MUST_CHECK; /* NOT_FOUND as jobs_view */

#endif
