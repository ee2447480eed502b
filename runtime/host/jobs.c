/* jobs.c -- the queue of jobs and the thread that runs them. What a job needs is in its row, so that the next process goes on
 * with what this one leaves unfinished: killed, or stopped in order.
 * Invariants: 1 an entry lives from jobs_import until the process ends (a few hundred bytes each; finished ones are dropped
 * when there are more than KEPT); 2 its live figures are written by the job thread and read by anyone under the lock;
 * 3 the row's end state is written once, after the last write of the job. */
#include <assert.h>
#include <dirent.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/jobs_internal.h"
#include "runtime/store/backup.h"
#include "runtime/store/queries.h"

enum { USER_JOBS = 10, ALL_JOBS = 100, USER_GIB = 2, ALL_GIB = 8 };
enum { KEPT = 200, ERRORS_DAYS = 7 };

/* ---- running ---- */

/* Stopped with the process: the row stays as it is, and the next process goes on. */
static bool is_left(struct jobs *j, struct job *job, const struct problem *p)
{
	pthread_mutex_lock(&j->lock);
	bool left = p && j->stopping && !job->cancelled;
	if (left) job->ended = true;
	pthread_mutex_unlock(&j->lock);
	struct arena *a = arena_new(0);
	struct problem *q = left ? store_write(j->store, LANE_INTERACTIVE, a, job_row_leave, job) : NULL;
	if (q) LOG(ERROR, "job_row", "code", q->code);
	arena_free(a);
	return left;
}

static void finish(struct jobs *j, struct job *job, const struct problem *p, const struct import_result *result)
{
	if (is_left(j, job, p)) return;
	pthread_mutex_lock(&j->lock);
	job->view.result = *result;
	job->view.problem = p ? problem_copy(job->arena, p) : NULL;
	if (!p) job->view.done = job->view.total;
	if (result->failed) job->view.errors_file = job->what.errors_path;
	const char *state = !p ? "done" : job->lost ? "interrupted" : job->cancelled ? "cancelled" : "failed";
	pthread_mutex_unlock(&j->lock);
	if (!result->failed) unlink(job->what.errors_path);
	if (job->what.remove_file) unlink(job->what.path);
	struct arena *a = arena_new(0);
	struct job_end row = { job, state };
	struct problem *q = store_write(j->store, LANE_INTERACTIVE, a, job_row_end, &row);
	if (q) LOG(ERROR, "job_row", "code", q->code);
	arena_free(a);
	pthread_mutex_lock(&j->lock);
	job->view.state = state;
	job->ended = true;
	pthread_mutex_unlock(&j->lock);
}

static bool is_cancelled(struct jobs *j, const struct job *job)
{
	pthread_mutex_lock(&j->lock);
	bool cancelled = job->cancelled;
	pthread_mutex_unlock(&j->lock);
	return cancelled;
}

static void run(struct jobs *j, struct job *job)
{
	struct arena *a = arena_new(0);
	struct request rq = { .arena = a };
	struct import_result result = { 0 };
	struct import_progress from = { 0 };
	struct problem *p = store_write(j->store, LANE_INTERACTIVE, a, job_row_start, job);
	if (!p && job->again && job->kind->of_file) p = job_progress(j, job, a, &from, &result);
	if (!p && job->lost) p = PROBLEM(a, CONFLICT, job->kind->lost);
	if (job->lost && job->kind->backup) backup_discard(a, job->what.path);
	if (!p && is_cancelled(j, job)) p = PROBLEM(a, CONFLICT, "job_cancelled");
	if (!p) p = job->kind->run(j, job, &rq, &from, &result);
	finish(j, job, p, &result);
	arena_free(a);
	malloc_trim(0); /* an import held some 30 MiB; the allocator would keep them */
}

static struct job *oldest_waiting(struct jobs *j, bool backups)
{
	struct job *found = NULL;
	for (struct job *job = j->first; job; job = job->next)
		if (!job->started_us && !job->ended && job->kind->backup == backups) found = job;
	return found;
}

static void *serve(void *arg)
{
	const struct job_lane *lane = arg;
	struct jobs *j = lane->jobs;
	pthread_mutex_lock(&j->lock);
	while (!j->stopping) {
		struct job *job = oldest_waiting(j, lane->backups);
		if (!job) {
			pthread_cond_wait(&j->work, &j->lock);
			continue;
		}
		job->started_us = clock_mono(); /* under the lock: the other lane looks for work, too */
		job->view.state = "running";
		pthread_mutex_unlock(&j->lock);
		run(j, job);
		pthread_mutex_lock(&j->lock);
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* ---- what a former process left ---- */

static bool is_wanted(const struct jobs *j, const char *path)
{
	const struct job *job = j->first;
	while (job && strcmp(job->what.path, path) != 0) job = job->next;
	return job != NULL;
}

/* Uploads that no job is left for, and error files nobody fetched in ERRORS_DAYS. */
static void sweep(const struct jobs *j, struct arena *a, const char *folder)
{
	DIR *d = opendir(folder);
	for (const struct dirent *e; d && (e = readdir(d));) {
		const char *path = arena_printf(a, "%s/%s", folder, e->d_name);
		struct stat st;
		bool upload = strncmp(e->d_name, "upload-", 7) == 0 && !is_wanted(j, path), errors = strncmp(e->d_name, "job-", 4) == 0;
		bool old = errors && stat(path, &st) == 0 && time(NULL) - st.st_mtime > ERRORS_DAYS * 86400;
		if (upload || old) unlink(path);
	}
	if (d) closedir(d);
}

struct problem *jobs_new(struct arena *a, struct store *s, struct jobs **out)
{
	const char *folder = arena_printf(a, "%s/tmp", store_folder(s));
	mkdir(folder, 0700); /* there already: fine */
	struct jobs *j = calloc(1, sizeof *j);
	assert(j);
	j->store = s;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->work, NULL);
	struct problem *p = job_rows_take(j, a);
	if (!p) sweep(j, a, folder);
	j->stopping = p != NULL;
	for (size_t i = 0; i < ARRAY_LEN(j->lanes); i++) {
		j->lanes[i].jobs = j;
		j->lanes[i].backups = i == 1;
		int failed = pthread_create(&j->lanes[i].thread, NULL, serve, &j->lanes[i]);
		assert(!failed);
	}
	if (p) jobs_free(j);
	else *out = j;
	return p;
}

void jobs_free(struct jobs *j)
{
	if (!j) return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_broadcast(&j->work);
	pthread_mutex_unlock(&j->lock);
	for (size_t i = 0; i < ARRAY_LEN(j->lanes); i++) pthread_join(j->lanes[i].thread, NULL);
	for (struct job *job = j->first, *next; job; job = next) {
		next = job->next;
		arena_free(job->arena);
	}
	pthread_cond_destroy(&j->work);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* ---- callers ---- */

/* Drops the oldest entry that has ended; its row stays. The lock is held. */
static void forget_one(struct jobs *j)
{
	struct job **last = NULL;
	for (struct job **at = &j->first; *at; at = &(*at)->next)
		if ((*at)->ended) last = at;
	if (!last) return;
	struct job *gone = *last;
	*last = gone->next;
	j->count--;
	arena_free(gone->arena);
}

static const char *errors_path(const struct jobs *j, struct arena *a, int64_t id)
{
	return arena_printf(a, "%s/tmp/job-%lld-errors.csv", store_folder(j->store), (long long)id);
}

static struct str copy(struct arena *a, struct str s) { return (struct str){ str_dup(a, s), s.n }; }

/* ---- how much may wait ---- */

struct load { int64_t jobs, bytes; };

static void load_add(struct load *l, const struct job *job)
{
	l->jobs++;
	if (job->what.remove_file) l->bytes += job->size;
}

static struct problem *too_many(struct arena *a, const char *code, int64_t have, int64_t max)
{
	if (have < max) return NULL;
	struct problem *p = problem_new(a, PROBLEM_TOO_MANY, __FILE__, __LINE__, code, "max", arena_printf(a, "%lld", (long long)max), (const char *)NULL);
	p->retry_after_s = 30;
	return p;
}

static struct problem *too_large(struct arena *a, const char *code, int64_t bytes, int64_t gib)
{
	if (bytes <= gib << 30) return NULL;
	return problem_new(a, PROBLEM_TOO_LARGE, __FILE__, __LINE__, code, "max", arena_printf(a, "%lld GiB", (long long)gib), (const char *)NULL);
}

struct problem *jobs_room(struct jobs *j, const struct request *rq, int64_t bytes)
{
	int32_t user = rq->actor ? rq->actor->id : 0;
	struct load own = { 0 }, all = { 0 };
	pthread_mutex_lock(&j->lock);
	for (const struct job *job = j->first; job; job = job->next) {
		if (job->ended) continue;
		load_add(&all, job);
		if (job->actor == user) load_add(&own, job);
	}
	pthread_mutex_unlock(&j->lock);
	TRY(too_many(rq->arena, "jobs_waiting", own.jobs, USER_JOBS));
	TRY(too_many(rq->arena, "jobs_waiting_all", all.jobs, ALL_JOBS));
	TRY(too_large(rq->arena, "jobs_bytes", own.bytes + bytes, USER_GIB));
	return too_large(rq->arena, "jobs_bytes_all", all.bytes + bytes, ALL_GIB);
}

static void enter(struct jobs *j, struct job *job)
{
	pthread_mutex_lock(&j->lock);
	if (j->count >= KEPT) forget_one(j);
	job->next = j->first;
	j->first = job;
	j->count++;
	pthread_cond_broadcast(&j->work);
	pthread_mutex_unlock(&j->lock);
}

static struct job *job_new(struct jobs *j, const struct request *rq, const struct job_kind *kind)
{
	struct arena *a = arena_new(0);
	struct job *job = arena_alloc(a, sizeof *job);
	*job = (struct job){ .arena = a, .store = j->store, .kind = kind, .actor = rq->actor ? rq->actor->id : 0,
		.login = arena_strdup(a, rq->actor ? rq->actor->login : "system"), .language = rq->language };
	job->view = (struct job_view){ .id = store_new_id(j->store), .user = job->actor, .kind = kind->name, .state = "waiting", .left_s = -1 };
	return job;
}

/* Stores its row and lets it wait; refused, it is gone. */
static struct problem *take_on(struct jobs *j, const struct request *rq, struct job *job, int64_t *id)
{
	struct problem *p = jobs_room(j, rq, job->what.remove_file ? job->size : 0);
	if (!p) p = store_write(j->store, LANE_INTERACTIVE, rq->arena, job_row_add, job);
	if (p) {
		arena_free(job->arena);
		return p;
	}
	*id = job->view.id;
	enter(j, job);
	return NULL;
}

struct problem *jobs_hand_over(struct jobs *j, const struct request *rq, const char *from, struct str plan, int64_t *id)
{
	struct job *job = job_new(j, rq, &job_of_hand_over);
	job->what.app = job->view.app = job->what.form = job->view.form = "";
	job->what.errors_path = errors_path(j, job->arena, job->view.id);
	job->from = arena_strdup(job->arena, from);
	job->plan = copy(job->arena, plan);
	return take_on(j, rq, job, id);
}

struct problem *jobs_backup(struct jobs *j, const struct request *rq, const char *folder, bool verify, int64_t *id)
{
	struct job *job = job_new(j, rq, &job_of_backup);
	job->what.app = job->view.app = job->what.form = job->view.form = "";
	job->what.path = arena_strdup(job->arena, folder);
	job->what.errors_path = errors_path(j, job->arena, job->view.id);
	job->verify = verify;
	return take_on(j, rq, job, id);
}

struct problem *jobs_import(struct jobs *j, const struct request *rq, const struct job_import *what, int64_t *id)
{
	struct job *job = job_new(j, rq, &job_of_import);
	struct arena *a = job->arena;
	job->what = *what;
	job->what.app = arena_strdup(a, what->app);
	job->what.form = arena_strdup(a, what->form);
	job->what.path = arena_strdup(a, what->path);
	job->what.map = copy(a, what->map);
	job->what.key = copy(a, what->key);
	job->what.sheet = copy(a, what->sheet);
	job->what.as = copy(a, what->as);
	job->view.app = job->what.app;
	job->view.form = job->what.form;
	/* The file is there: its true size decides (the head of an upload may say less, or nothing). */
	job_file_facts(job->what.path, &job->size, &job->mtime_us); /* one that is not there is told when it is opened */
	job->what.errors_path = what->errors_path ? arena_strdup(a, what->errors_path) : errors_path(j, a, job->view.id);
	return take_on(j, rq, job, id);
}

/* A token for one app has no business with another app's jobs, even of its own user. */
static bool may_see(const struct request *rq, const struct job_view *v)
{
	if (rq->scope.app && strcmp(rq->scope.app, v->app) != 0) return false;
	return request_is_admin(rq) || (rq->actor && rq->actor->id == v->user);
}

static struct job *find(struct jobs *j, int64_t id)
{
	struct job *job = j->first;
	while (job && job->view.id != id) job = job->next;
	return job;
}

static struct problem *view_live(struct jobs *j, struct request *rq, int64_t id, struct job_view *out, bool *found)
{
	pthread_mutex_lock(&j->lock);
	const struct job *job = find(j, id);
	*found = job != NULL;
	if (job) {
		*out = job->view;
		out->app = arena_strdup(rq->arena, job->view.app);
		out->form = arena_strdup(rq->arena, job->view.form);
		out->errors_file = arena_strdup(rq->arena, job->view.errors_file);
		if (job->view.refused) out->refused = arena_strdup(rq->arena, job->view.refused);
		if (job->view.own) out->own = arena_strdup(rq->arena, job->view.own);
		if (job->view.problem) out->problem = problem_copy(rq->arena, job->view.problem);
	}
	pthread_mutex_unlock(&j->lock);
	return job && !may_see(rq, out) ? PROBLEM(rq->arena, NOT_FOUND, "not_found") : NULL;
}

static struct problem *read_row(struct request *rq, struct tx *tx, int64_t id, struct job_view *out)
{
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, sql_job_get, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	*out = (struct job_view){ .id = id, .kind = str_dup(rq->arena, rows_text(rows, 0)), .app = str_dup(rq->arena, rows_text(rows, 1)),
		.user = rows_int(rows, 2), .state = str_dup(rq->arena, rows_text(rows, 3)), .done = rows_int(rows, 4), .total = rows_int(rows, 5), .left_s = -1 };
	const struct json *result = NULL, *detail = NULL;
	struct str text = { str_dup(rq->arena, rows_text(rows, 7)), rows_text(rows, 7).n };
	struct str about = { str_dup(rq->arena, rows_text(rows, 6)), rows_text(rows, 6).n };
	rows_close(rows);
	if (text.n) TRY(json_parse(rq->arena, text, &json_limits_request, &result));
	TRY(json_parse(rq->arena, about, &json_limits_request, &detail));
	out->form = str_dup(rq->arena, json_str(json_get(detail, "form")));
	import_result_read(result, &out->result);
	if (job_kind_of(str_of(out->kind))->tells && text.n) out->own = text.p;
	return may_see(rq, out) ? NULL : PROBLEM(rq->arena, NOT_FOUND, "not_found");
}

struct problem *jobs_view(struct jobs *j, struct request *rq, int64_t id, struct job_view *out)
{
	bool found;
	TRY(view_live(j, rq, id, out, &found));
	if (found) return NULL;
	struct tx *tx;
	TRY(tx_read(j->store, rq->arena, &tx));
	TRY(tx_end(tx, read_row(rq, tx, id, out)));
	const char *errors = errors_path(j, rq->arena, id);
	if (access(errors, R_OK) == 0) out->errors_file = errors; /* of a job of a former process */
	return NULL;
}

struct problem *jobs_undo(struct jobs *j, struct request *rq, int64_t import, bool dry_run, int64_t *id)
{
	struct job_view v;
	TRY(jobs_view(j, rq, import, &v));
	TRY(job_undoable(j->store, rq, &v));
	struct job *job = job_new(j, rq, &job_of_undo);
	struct arena *a = job->arena;
	job->what = (struct job_import){ .app = arena_strdup(a, v.app), .form = arena_strdup(a, v.form), .dry_run = dry_run };
	job->view.app = job->what.app;
	job->view.form = job->what.form;
	job->what.errors_path = errors_path(j, a, job->view.id);
	job->import = import;
	return take_on(j, rq, job, id);
}

bool jobs_find(struct jobs *j, const char *kind, int64_t *id)
{
	bool found = false;
	pthread_mutex_lock(&j->lock);
	for (const struct job *job = j->first; job; job = job->next) {
		if (job->ended || strcmp(job->kind->name, kind) != 0) continue;
		*id = job->view.id; /* the list has the newest first */
		found = true;
	}
	pthread_mutex_unlock(&j->lock);
	return found;
}

struct problem *jobs_cancel(struct jobs *j, struct request *rq, int64_t id)
{
	struct job_view v;
	TRY(jobs_view(j, rq, id, &v));
	pthread_mutex_lock(&j->lock);
	struct job *job = find(j, id);
	bool over = !job || job->ended;
	if (job) job->cancelled = true;
	pthread_mutex_unlock(&j->lock);
	return over ? PROBLEM(rq->arena, CONFLICT, "job_over") : NULL;
}
