/* jobs_undo.c -- a whole import taken back, as a job: which may be, and how it runs. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "engines/form/import_undo.h"
#include "runtime/host/jobs_internal.h"
#include "runtime/store/queries.h"

enum { OWN_MAX = 1 << 20 };

static struct problem *read_detail(struct request *rq, struct tx *tx, int64_t id,
				   const struct json **out) {
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, sql_job_get, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	struct str text = { str_dup(rq->arena, rows_text(rows, 6)), rows_text(rows, 6).n };
	rows_close(rows);
	return json_parse(rq->arena, text, &json_limits_definition, out);
}

struct problem *job_undoable(struct store *s, struct request *rq, const struct job_view *import) {
	const struct json *detail;
	struct tx *tx;
	bool open = !strcmp(import->state, "waiting") || !strcmp(import->state, "running");
	if (strcmp(import->kind, job_of_import.name) != 0)
		return PROBLEM(rq->arena, CONFLICT, "undo_kind");
	if (open) return PROBLEM(rq->arena, CONFLICT, "undo_running");
	TRY(tx_read(s, rq->arena, &tx));
	TRY(tx_end(tx, read_detail(rq, tx, import->id, &detail)));
	if (json_bool(json_get(detail, "dry_run")))
		return PROBLEM(rq->arena, CONFLICT, "undo_dry_run");
	if (!json_bool(json_get(detail, "traced")))
		return PROBLEM(rq->arena, CONFLICT, "undo_early");
	return NULL;
}

static void tell(struct jobs *j, struct job *job, const struct import_undo *undo) {
	struct sb text = sb_on(job->arena, OWN_MAX);
	struct jw w = jw_on(&text);
	import_undo_json(&w, undo);
	pthread_mutex_lock(&j->lock);
	job->view.own = sb_cstr(&text);
	pthread_mutex_unlock(&j->lock);
}

/* What is left of it, whoever began: what has gone back already is passed over. */
struct problem *job_run_undo(struct jobs *j, struct job *job, struct request *rq,
			     const struct import_progress *from, struct import_result *result) {
	(void)from;
	struct watch watch = { j, job };
	struct import_undo undo = { .job = job->import,
				    .dry_run = job->what.dry_run,
				    .progress = job_report,
				    .progress_arg = &watch };
	TRY(job_open_app(job, rq, j->store));
	TRY(job_open_request(j, job, rq));
	undo.form = app_form(rq->app, str_of(job->what.form));
	if (!undo.form) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	undo.errors_fd =
		open(job->what.errors_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (undo.errors_fd < 0)
		return PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
	struct problem *p = import_undo(rq, j->store, &undo, result);
	close(undo.errors_fd);
	tell(j, job, &undo);
	return p;
}
