/* jobs.c -- the queue of jobs and the thread that runs them. What a job needs is in its row, so that the next process goes on
 * with what this one leaves unfinished: killed, or stopped in order.
 * Invariants: 1 an entry lives from jobs_import until the process ends (a few hundred bytes each; finished ones are dropped
 * when there are more than KEPT); 2 its live figures are written by the job thread and read by anyone under the lock;
 * 3 the row's end state is written once, after the last write of the job. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "engines/form/hand_over.h"
#include "engines/form/import_progress.h"
#include "runtime/host/jobs.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"

enum { USER_JOBS = 10, ALL_JOBS = 100, USER_GIB = 2, ALL_GIB = 8 };
enum { KEPT = 200, ERRORS_DAYS = 7, STARTS_MAX = 3 /* a job that was running at three ends may be what ended them */ };

struct job {
	struct store *store;
	struct arena *arena;             /* of the entry: parameters, problem */
	struct job *next;
	const struct job_kind *kind;
	struct job_import what;          /* of an import */
	const char *from;                /* of a hand-over: whose */
	struct str plan;                 /* its body */
	struct job_view view;
	enum language language;
	int32_t actor;                   /* 0: the operator */
	const char *login;
	int64_t started_us;
	int64_t size, mtime_us;          /* of the file, when the job was made: only the same file is gone on with */
	bool cancelled, ended, again;    /* again: a former process had it */
	bool lost;                       /* and this one cannot go on with it */
};
struct jobs {
	struct store *store;
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t thread;
	struct job *first;               /* newest first */
	size_t count;
	bool stopping;
};

/* ---- rows ---- */

struct job_kind {
	const char *name;
	enum door door;
	bool of_file;                    /* a file it cannot go on without */
	struct problem *(*run)(struct jobs *j, struct job *job, struct request *rq, const struct import_progress *from, struct import_result *result);
};
static const struct job_kind import_kind, hand_over_kind;

struct row { const struct job *job; const char *state; };

/* A path in the data folder is kept from there, "@/tmp/..": the folder may be called otherwise next time. */
static const char *path_kept(struct arena *a, const struct store *s, const char *path)
{
	size_t n = strlen(store_folder(s));
	bool inside = !strncmp(path, store_folder(s), n) && path[n] == '/';
	return inside ? arena_printf(a, "@%s", path + n) : path;
}

static const char *path_again(struct arena *a, const struct store *s, const char *kept)
{
	return kept[0] == '@' ? arena_printf(a, "%s%s", store_folder(s), kept + 1) : arena_strdup(a, kept);
}

static void detail_json(struct jw *w, struct arena *a, const struct job *job)
{
	const struct job_import *i = &job->what;
	const struct { const char *name; struct str text; } texts[] = { { "form", str_of(i->form) }, { "path", str_of(i->path ? path_kept(a, job->store, i->path) : "") },
		{ "errors", str_of(path_kept(a, job->store, i->errors_path)) }, { "map", i->map }, { "key", i->key }, { "as", i->as }, { "login", str_of(job->login) }, { "from", str_of(job->from) }, { "plan", job->plan } };
	const struct { const char *name; int64_t n; } numbers[] = { { "mode", i->mode }, { "language", job->language },
		{ "size", job->size }, { "mtime", job->mtime_us } };
	const struct { const char *name; bool b; } flags[] = { { "remove_file", i->remove_file }, { "dry_run", i->dry_run },
		{ "all_or_nothing", i->all_or_nothing } };
	jw_object(w);
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		jw_key(w, texts[k].name);
		jw_str(w, texts[k].text);
	}
	for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
		jw_key(w, numbers[k].name);
		jw_int(w, numbers[k].n);
	}
	for (size_t k = 0; k < ARRAY_LEN(flags); k++) {
		jw_key(w, flags[k].name);
		jw_bool(w, flags[k].b);
	}
	jw_end(w);
}

static struct problem *add_row(struct tx *tx, void *arg)
{
	const struct job *job = arg;
	struct sb detail = sb_on(tx_arena(tx), json_limits_definition.bytes);
	struct jw w = jw_on(&detail);
	detail_json(&w, tx_arena(tx), job);
	int64_t now = clock_real();
	return tx_exec(tx, sql_job_add, PARAMS(value_int(job->view.id), value_text(str_of(job->kind->name)), value_text(str_of(job->what.app)),
		job->actor ? value_int(job->actor) : VALUE_NONE, value_int(now), value_text(sb_str(&detail))), NULL);
}

static struct problem *start_row(struct tx *tx, void *arg)
{
	const struct job *job = arg;
	return tx_exec(tx, sql_job_start, PARAMS(value_int(job->view.id), value_int(clock_real())), NULL);
}

/* An orderly stop is nobody's fault: it does not count as a start. */
static struct problem *leave_row(struct tx *tx, void *arg)
{
	const struct job *job = arg;
	return tx_exec(tx, sql_job_leave, PARAMS(value_int(job->view.id)), NULL);
}

static struct problem *end_row(struct tx *tx, void *arg)
{
	const struct row *row = arg;
	const struct job *job = row->job;
	struct sb result = sb_on(tx_arena(tx), 1 << 16);
	struct jw w = jw_on(&result);
	import_result_json(&w, &job->view.result);
	TRY(tx_exec(tx, sql_job_part_drop, PARAMS(value_int(job->view.id), value_int(INT64_MAX)), NULL));
	TRY(tx_exec(tx, sql_job_end, PARAMS(value_int(job->view.id), value_text(str_of(row->state)), value_int(clock_real()), value_int(job->view.done),
		value_int(job->view.total), value_text(sb_str(&result))), NULL));
	struct audit_entry entry = { .actor = job->login, .act = job->kind->name, .door = door_name(job->kind->door), .app = job->what.app, .form = job->what.form, .detail_json = sb_cstr(&result) };
	return audit_append(tx, &entry);
}

/* ---- running ---- */

static void release_app(void *app) { app_release(app); }
static void release_people(void *d) { directory_release(d); }

static struct problem *open_app(struct job *job, struct request *rq, struct store *s)
{
	struct app *app = apps_take(s, str_of(job->what.app));
	if (!app) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	arena_defer(rq->arena, release_app, app);
	rq->app = app;
	return NULL;
}

static struct problem *open_request(struct jobs *j, struct job *job, struct request *rq)
{
	struct tx *tx;
	struct problem *p = NULL;
	TRY(tx_read(j->store, rq->arena, &tx));
	struct directory *people = people_take(j->store, tx, &p);
	TRY(tx_end(tx, p));
	arena_defer(rq->arena, release_people, people);
	rq->directory = people;
	rq->language = job->language;
	rq->now_us = clock_now();
	rq->door = job->kind->door;
	rq->id = arena_printf(rq->arena, "%lld", (long long)job->view.id);
	rq->actor = job->actor ? directory_user_id(people, job->actor) : NULL;
	if (job->what.as.n) rq->actor = directory_user(people, job->what.as);
	bool nobody = (job->actor || job->what.as.n) && (!rq->actor || !rq->actor->active);
	return nobody ? PROBLEM(rq->arena, INVALID, "import_as", "login", str_dup(rq->arena, job->what.as)) : NULL;
}

struct watch { struct jobs *jobs; struct job *job; };

static bool report(void *arg, int64_t done, int64_t total, const struct import_result *so_far)
{
	struct watch *w = arg;
	struct job_view *v = &w->job->view;
	double seconds = (double)(clock_mono() - w->job->started_us) / 1e6;
	pthread_mutex_lock(&w->jobs->lock);
	v->done = done;
	v->total = total;
	v->result = *so_far;
	v->rate = seconds > 0 ? (double)so_far->read / seconds : 0;
	v->left_s = done > 0 ? (int64_t)(seconds * (double)(total - done) / (double)done) : -1;
	bool go_on = !w->job->cancelled && !w->jobs->stopping;
	pthread_mutex_unlock(&w->jobs->lock);
	return go_on;
}

static struct problem *open_files(struct job *job, struct request *rq, struct import_options *o)
{
	o->fd = open(job->what.path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0) return PROBLEM(rq->arena, NOT_FOUND, "file_read", "reason", strerror(errno));
	int64_t errors = o->from ? o->from->errors : 0;
	o->errors_fd = open(job->what.errors_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool failed = o->errors_fd < 0 || ftruncate(o->errors_fd, errors) != 0 || lseek(o->errors_fd, 0, SEEK_END) != errors;
	return failed ? PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno)) : NULL;
}

/* What a former process did. */
static struct problem *read_progress(struct jobs *j, const struct job *job, struct arena *a, struct import_progress *out, struct import_result *result)
{
	struct tx *tx;
	TRY(tx_read(j->store, a, &tx));
	TRY(tx_end(tx, import_progress_read(tx, job->view.id, out)));
	*result = import_progress_counts(out, 0);
	return NULL;
}

static struct problem *run_import(struct jobs *j, struct job *job, struct request *rq, const struct import_progress *from, struct import_result *result)
{
	struct watch watch = { j, job };
	struct import_options o = { .mode = job->what.mode, .key = job->what.key, .dry_run = job->what.dry_run,
		.all_or_nothing = job->what.all_or_nothing, .fd = -1, .errors_fd = -1, .progress = report, .progress_arg = &watch,
		.job = job->view.id };
	if (job->again) o.from = from;
	TRY(open_app(job, rq, j->store));
	TRY(open_request(j, job, rq));
	o.form = app_form(rq->app, str_of(job->what.form));
	if (!o.form) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	if (job->what.map.n) TRY(json_parse(rq->arena, job->what.map, &json_limits_definition, &o.map));
	struct problem *p = open_files(job, rq, &o);
	if (!p) p = import_run(rq, j->store, &o, result);
	if (o.fd >= 0) close(o.fd);
	if (o.errors_fd >= 0) close(o.errors_fd);
	return p;
}

/* What is left of it, whoever began: records that have gone over already are his no more. */
static struct problem *run_hand_over(struct jobs *j, struct job *job, struct request *rq, const struct import_progress *from, struct import_result *result)
{
	(void)from;
	struct watch watch = { j, job };
	struct hand_over_run run = { .progress = report, .progress_arg = &watch };
	const struct json *plan;
	TRY(open_request(j, job, rq));
	TRY(json_parse(rq->arena, job->plan, &json_limits_request, &plan));
	const struct user *leaver = directory_user(rq->directory, str_of(job->from));
	if (!leaver) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	TRY(hand_over_read(rq, j->store, leaver, plan, &run.what));
	run.errors_fd = open(job->what.errors_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (run.errors_fd < 0) return PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
	struct problem *p = hand_over_records(rq, j->store, &run, result);
	close(run.errors_fd);
	return p;
}

static const struct job_kind import_kind = { "import", DOOR_IMPORT, true, run_import }, hand_over_kind = { "hand_over", DOOR_HAND_OVER, false, run_hand_over };

/* Stopped with the process: the row stays as it is, and the next process goes on. */
static bool is_left(struct jobs *j, struct job *job, const struct problem *p)
{
	pthread_mutex_lock(&j->lock);
	bool left = p && j->stopping && !job->cancelled;
	if (left) job->ended = true;
	pthread_mutex_unlock(&j->lock);
	struct arena *a = arena_new(0);
	struct problem *q = left ? store_write(j->store, LANE_INTERACTIVE, a, leave_row, job) : NULL;
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
	struct row row = { job, state };
	struct problem *q = store_write(j->store, LANE_INTERACTIVE, a, end_row, &row);
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
	job->started_us = clock_mono();
	struct problem *p = store_write(j->store, LANE_INTERACTIVE, a, start_row, job);
	if (!p && job->again && job->kind->of_file) p = read_progress(j, job, a, &from, &result);
	if (!p && job->lost) p = PROBLEM(a, CONFLICT, "job_lost");
	if (!p && is_cancelled(j, job)) p = PROBLEM(a, CONFLICT, "job_cancelled");
	if (!p) p = job->kind->run(j, job, &rq, &from, &result);
	finish(j, job, p, &result);
	arena_free(a);
	malloc_trim(0); /* an import held some 30 MiB; the allocator would keep them */
}

static struct job *oldest_waiting(struct jobs *j)
{
	struct job *found = NULL;
	for (struct job *job = j->first; job; job = job->next)
		if (!job->started_us && !job->ended) found = job;
	return found;
}

static void *serve(void *arg)
{
	struct jobs *j = arg;
	pthread_mutex_lock(&j->lock);
	while (!j->stopping) {
		struct job *job = oldest_waiting(j);
		if (!job) {
			pthread_cond_wait(&j->work, &j->lock);
			continue;
		}
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

static bool file_facts(const char *path, int64_t *size, int64_t *mtime_us)
{
	struct stat st;
	if (stat(path, &st) != 0) return false;
	*size = st.st_size;
	*mtime_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	return true;
}

static struct str text_in(struct arena *a, const struct json *detail, const char *name)
{
	struct str s = json_str(json_get(detail, name));
	return (struct str){ str_dup(a, s), s.n };
}

static int64_t number_in(const struct json *detail, const char *name)
{
	const struct json *v = json_get(detail, name);
	int64_t n = 0;
	return v && json_int(v, &n) ? n : 0;
}

static struct job *job_of_row(struct store *s, const struct rows *rows, const struct json *detail)
{
	struct arena *a = arena_new(0);
	struct job *job = arena_alloc(a, sizeof *job);
	*job = (struct job){ .kind = str_is(rows_text(rows, 5), hand_over_kind.name) ? &hand_over_kind : &import_kind, .from = text_in(a, detail, "from").p,
		.plan = text_in(a, detail, "plan"), .store = s, .arena = a, .actor = (int32_t)rows_int(rows, 2), .login = text_in(a, detail, "login").p,
		.language = (enum language)number_in(detail, "language"), .size = number_in(detail, "size"), .mtime_us = number_in(detail, "mtime"), .again = true };
	job->what = (struct job_import){ .app = str_dup(a, rows_text(rows, 1)), .form = text_in(a, detail, "form").p, .path = path_again(a, s, text_in(a, detail, "path").p),
		.errors_path = path_again(a, s, text_in(a, detail, "errors").p), .map = text_in(a, detail, "map"), .key = text_in(a, detail, "key"), .as = text_in(a, detail, "as"),
		.mode = (enum import_mode)number_in(detail, "mode"), .remove_file = json_bool(json_get(detail, "remove_file")),
		.dry_run = json_bool(json_get(detail, "dry_run")), .all_or_nothing = json_bool(json_get(detail, "all_or_nothing")) };
	job->view = (struct job_view){ .id = rows_int(rows, 0), .user = job->actor, .kind = job->kind->name, .state = "waiting", .app = job->what.app,
		.form = job->what.form, .left_s = -1 };
	int64_t size, mtime_us;
	bool same = !job->kind->of_file || (file_facts(job->what.path, &size, &mtime_us) && size == job->size && mtime_us == job->mtime_us);
	job->lost = !same || rows_int(rows, 4) >= STARTS_MAX;
	return job;
}

static struct problem *take_rows(struct jobs *j, struct tx *tx)
{
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, sql_jobs_open, NO_PARAMS, &rows));
	for (;;) {
		const struct json *detail;
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct str text = { str_dup(tx_arena(tx), rows_text(rows, 3)), rows_text(rows, 3).n };
		TRY(json_parse(tx_arena(tx), text, &json_limits_definition, &detail));
		struct job *job = job_of_row(j->store, rows, detail);
		job->next = j->first;
		j->first = job;
		j->count++;
	}
}

static struct problem *take_former(struct jobs *j, struct arena *a)
{
	struct tx *tx;
	TRY(tx_read(j->store, a, &tx));
	return tx_end(tx, take_rows(j, tx));
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
	struct problem *p = take_former(j, a);
	if (!p) sweep(j, a, folder);
	j->stopping = p != NULL;
	int failed = pthread_create(&j->thread, NULL, serve, j);
	assert(!failed);
	if (p) jobs_free(j);
	else *out = j;
	return p;
}

void jobs_free(struct jobs *j)
{
	if (!j) return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_signal(&j->work);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
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
	pthread_cond_signal(&j->work);
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
	if (!p) p = store_write(j->store, LANE_INTERACTIVE, rq->arena, add_row, job);
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
	struct job *job = job_new(j, rq, &hand_over_kind);
	job->what.app = job->view.app = job->what.form = job->view.form = "";
	job->what.errors_path = errors_path(j, job->arena, job->view.id);
	job->from = arena_strdup(job->arena, from);
	job->plan = copy(job->arena, plan);
	return take_on(j, rq, job, id);
}

struct problem *jobs_import(struct jobs *j, const struct request *rq, const struct job_import *what, int64_t *id)
{
	struct job *job = job_new(j, rq, &import_kind);
	struct arena *a = job->arena;
	job->what = *what;
	job->what.app = arena_strdup(a, what->app);
	job->what.form = arena_strdup(a, what->form);
	job->what.path = arena_strdup(a, what->path);
	job->what.map = copy(a, what->map);
	job->what.key = copy(a, what->key);
	job->what.as = copy(a, what->as);
	job->view.app = job->what.app;
	job->view.form = job->what.form;
	/* The file is there: its true size decides (the head of an upload may say less, or nothing). */
	file_facts(job->what.path, &job->size, &job->mtime_us); /* one that is not there is told when it is opened */
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
