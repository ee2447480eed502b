/* jobs_run.c -- one function a kind of job, on the thread of jobs.c. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "engines/form/hand_over.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/jobs_internal.h"
#include "runtime/store/backup.h"

static void release_people(void *d) { directory_release(d); }

struct problem *job_open_app(struct job *job, struct request *rq, struct store *s) {
	struct app *app = apps_take(s, str_of(job->what.app));
	if (!app) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	app_keep(rq->arena, app);
	rq->app = app;
	return NULL;
}

struct problem *job_open_request(struct jobs *j, struct job *job, struct request *rq) {
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
	return nobody ? PROBLEM(rq->arena, INVALID, "import_as", "login",
				str_dup(rq->arena, job->what.as))
		      : NULL;
}

bool job_report(void *arg, int64_t done, int64_t total, const struct import_result *so_far) {
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

enum { REFUSED_TOLD = 50, REFUSED_BYTES = 1 << 20 };

/* The first rows an import refused, as JSON. */
struct refused {
	struct sb text;
	struct jw w;
	int told;
};

/* The file of them has all; these are at hand without opening it. */
static void note_refused(void *arg, unsigned line, const char *why) {
	struct refused *w = arg;
	if (w->told == REFUSED_TOLD) return;
	w->told++;
	jw_object(&w->w);
	jw_set_int(&w->w, "row", line);
	jw_set_text(&w->w, "reason", why);
	jw_end(&w->w);
}

static void tell_refused(struct jobs *j, struct job *job, struct refused *refused) {
	jw_end(&refused->w);
	if (!refused->told || refused->text.overflow) return; /* too long: the file has them */
	const char *rows = arena_strdup(job->arena, sb_cstr(&refused->text));
	pthread_mutex_lock(&j->lock);
	job->view.refused = rows;
	pthread_mutex_unlock(&j->lock);
}

static struct problem *open_files(struct job *job, struct request *rq, struct import_options *o) {
	o->fd = open(job->what.path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0) return PROBLEM(rq->arena, NOT_FOUND, "file_read", "reason", strerror(errno));
	int64_t errors = o->from ? o->from->errors : 0;
	o->errors_fd = open(job->what.errors_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool failed = o->errors_fd < 0 || ftruncate(o->errors_fd, errors) != 0 ||
		      lseek(o->errors_fd, 0, SEEK_END) != errors;
	return failed ? PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno))
		      : NULL;
}

/* What a former process did. */
struct problem *job_progress(struct jobs *j, const struct job *job, struct arena *a,
			     struct import_progress *out, struct import_result *result) {
	struct tx *tx;
	TRY(tx_read(j->store, a, &tx));
	TRY(tx_end(tx, import_progress_read(tx, job->view.id, out)));
	*result = import_progress_counts(out, 0);
	return NULL;
}

static struct problem *run_import(struct jobs *j, struct job *job, struct request *rq,
				  const struct import_progress *from,
				  struct import_result *result) {
	struct watch watch = { j, job };
	struct refused refused = { .text = sb_on(rq->arena, REFUSED_BYTES) };
	struct import_options o = { .mode = job->what.mode,
				    .key = job->what.key,
				    .sheet = job->what.sheet,
				    .dry_run = job->what.dry_run,
				    .all_or_nothing = job->what.all_or_nothing,
				    .fd = -1,
				    .errors_fd = -1,
				    .progress = job_report,
				    .progress_arg = &watch,
				    .refused = note_refused,
				    .refused_arg = &refused,
				    .job = job->view.id };
	if (job->again) o.from = from;
	TRY(job_open_app(job, rq, j->store));
	TRY(job_open_request(j, job, rq));
	o.form = app_form(rq->app, str_of(job->what.form));
	if (!o.form) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	if (job->what.map.n)
		TRY(json_parse(rq->arena, job->what.map, &json_limits_definition, &o.map));
	refused.w = jw_on(&refused.text);
	jw_array(&refused.w);
	struct problem *p = open_files(job, rq, &o);
	if (!p) p = import_run(rq, j->store, &o, result);
	tell_refused(j, job, &refused);
	if (o.fd >= 0) close(o.fd);
	if (o.errors_fd >= 0) close(o.errors_fd);
	return p;
}

/* What is left of it, whoever began: records that have gone over already are his no more. */
static struct problem *run_hand_over(struct jobs *j, struct job *job, struct request *rq,
				     const struct import_progress *from,
				     struct import_result *result) {
	(void)from;
	struct watch watch = { j, job };
	struct hand_over_run run = { .progress = job_report, .progress_arg = &watch };
	const struct json *plan;
	TRY(job_open_request(j, job, rq));
	TRY(json_parse(rq->arena, job->plan, &json_limits_request, &plan));
	const struct user *leaver = directory_user(rq->directory, str_of(job->from));
	if (!leaver) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	TRY(hand_over_read(rq, j->store, leaver, plan, &run.what));
	run.errors_fd = open(job->what.errors_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (run.errors_fd < 0)
		return PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
	struct problem *p = hand_over_records(rq, j->store, &run, result);
	close(run.errors_fd);
	return p;
}

/* ---- backups ---- */

static bool report_backup(void *context, int64_t done, int64_t total) {
	return job_report(context, done, total, &(struct import_result){ 0 });
}

static void set_phase(struct jobs *j, struct job *job, const char *phase) {
	pthread_mutex_lock(&j->lock);
	job->view.phase = phase;
	pthread_mutex_unlock(&j->lock);
}

static const char *backup_figures_json(struct job *job, const struct backup_report *r) {
	struct sb text = sb_on(job->arena, 4096);
	struct jw w = jw_on(&text);
	const struct {
		const char *name;
		int64_t n;
	} figures[] = { { "bytes", r->database_bytes + r->file_bytes },
			{ "files", r->files },
			{ "tables", r->tables },
			{ "rows", r->rows },
			{ "ms", r->took_ms },
			{ "audit_seq", r->audit.head_seq } };
	jw_object(&w);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		jw_set_int(&w, figures[i].name, figures[i].n);
	}
	jw_set_text(&w, "audit_head", r->audit.head_hash);
	jw_end(&w);
	return sb_cstr(&text);
}

static void mark_verified(struct arena *a, const char *folder) {
	int fd = open(arena_printf(a, "%s.verified", folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else
		LOG(WARN, "backup_mark", "folder", folder, "reason", strerror(errno));
}

static struct problem *run_backup(struct jobs *j, struct job *job, struct request *rq,
				  const struct import_progress *from,
				  struct import_result *result) {
	struct watch watch = { j, job };
	struct backup_watch look = { report_backup, &watch };
	struct backup_report made, proved;
	(void)from, (void)result;
	set_phase(j, job, "copy");
	TRY(store_backup(j->store, rq->arena, job->what.path, &look, &made));
	if (job->verify) {
		set_phase(j, job, "verify");
		TRY(store_restore_verify(rq->arena, job->what.path, &proved));
		mark_verified(rq->arena, job->what.path);
	}
	const char *own = backup_figures_json(job, &made);
	pthread_mutex_lock(&j->lock);
	job->view.own = own;
	job->view.phase = NULL;
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

// clang-format off
const struct job_kind job_of_import = { "import", DOOR_IMPORT, true, "job_lost", false, false, run_import };
const struct job_kind job_of_undo = { "undo", DOOR_IMPORT, false, "undo_lost", false, true, job_run_undo };
const struct job_kind job_of_hand_over = { "hand_over", DOOR_HAND_OVER, false, "job_lost", false, false, run_hand_over };
const struct job_kind job_of_backup = { "backup", DOOR_API, false, "backup_interrupted", true, true, run_backup };
// clang-format on

const struct job_kind *job_kind_of(struct str name) {
	static const struct job_kind *const kinds[] = { &job_of_import, &job_of_undo,
							&job_of_hand_over, &job_of_backup };
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(kinds) && !str_is(name, kinds[i]->name)) i++;
	return kinds[i];
}
