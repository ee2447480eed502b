/* jobs_rows.c -- the rows of jobs: what the next process needs to go on is in them. */
#include <sys/stat.h>
#include "runtime/base/clock.h"
#include "runtime/host/jobs_internal.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"

enum { STARTS_MAX = 3 }; /* a job that was running at three ends may be what ended them */

/* A path in the data folder is kept from there, "@/tmp/..": the folder may be called otherwise next
 * time. */
static const char *path_kept(struct arena *a, const struct store *s, const char *path) {
	size_t n = strlen(store_folder(s));
	bool inside = !strncmp(path, store_folder(s), n) && path[n] == '/';
	return inside ? arena_printf(a, "@%s", path + n) : path;
}

static const char *path_again(struct arena *a, const struct store *s, const char *kept) {
	return kept[0] == '@' ? arena_printf(a, "%s%s", store_folder(s), kept + 1)
			      : arena_strdup(a, kept);
}

static void detail_json(struct jw *w, struct arena *a, const struct job *job) {
	const struct job_import *i = &job->what;
	const struct {
		const char *name;
		struct str text;
	} texts[] = { { "form", str_of(i->form) },
		      { "path", str_of(i->path ? path_kept(a, job->store, i->path) : "") },
		      { "errors", str_of(path_kept(a, job->store, i->errors_path)) },
		      { "map", i->map },
		      { "sheet", i->sheet },
		      { "key", i->key },
		      { "as", i->as },
		      { "login", str_of(job->login) },
		      { "from", str_of(job->from) },
		      { "plan", job->plan } };
	const struct {
		const char *name;
		int64_t n;
	} numbers[] = { { "mode", i->mode },
			{ "language", job->language },
			{ "size", job->size },
			{ "mtime", job->mtime_us },
			{ "import", job->import } };
	const struct {
		const char *name;
		bool b;
	} flags[] = { { "remove_file", i->remove_file },
		      { "dry_run", i->dry_run },
		      { "traced", job->kind == &job_of_import }, /* its writes have a cause */
		      { "all_or_nothing", i->all_or_nothing } };
	jw_object(w);
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		jw_set_str(w, texts[k].name, texts[k].text);
	}
	for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
		jw_set_int(w, numbers[k].name, numbers[k].n);
	}
	for (size_t k = 0; k < ARRAY_LEN(flags); k++) {
		jw_set_bool(w, flags[k].name, flags[k].b);
	}
	jw_end(w);
}

struct problem *job_row_add(struct tx *tx, void *arg) {
	const struct job *job = arg;
	struct sb detail = sb_on(tx_arena(tx), json_limits_definition.bytes);
	struct jw w = jw_on(&detail);
	detail_json(&w, tx_arena(tx), job);
	int64_t now = clock_real();
	return tx_exec(tx, sql_job_add,
		       PARAMS(value_int(job->view.id), value_text(str_of(job->kind->name)),
			      value_text(str_of(job->what.app)),
			      job->actor ? value_int(job->actor) : VALUE_NONE, value_int(now),
			      value_text(sb_str(&detail))),
		       NULL);
}

struct problem *job_row_start(struct tx *tx, void *arg) {
	const struct job *job = arg;
	return tx_exec(tx, sql_job_start, PARAMS(value_int(job->view.id), value_int(clock_real())),
		       NULL);
}

/* An orderly stop is nobody's fault: it does not count as a start. */
struct problem *job_row_leave(struct tx *tx, void *arg) {
	const struct job *job = arg;
	return tx_exec(tx, sql_job_leave, PARAMS(value_int(job->view.id)), NULL);
}

struct problem *job_row_end(struct tx *tx, void *arg) {
	const struct job_end *row = arg;
	const struct job *job = row->job;
	struct sb figures = sb_on(tx_arena(tx), 1 << 16);
	struct jw w = jw_on(&figures);
	import_result_json(&w, &job->view.result);
	const char *counts = sb_cstr(&figures), *result = job->view.own ? job->view.own : counts;
	TRY(tx_exec(tx, sql_job_part_drop, PARAMS(value_int(job->view.id), value_int(INT64_MAX)),
		    NULL));
	TRY(tx_exec(tx, sql_job_end,
		    PARAMS(value_int(job->view.id), value_text(str_of(row->state)),
			   value_int(clock_real()), value_int(job->view.done),
			   value_int(job->view.total), value_text(str_of(result))),
		    NULL));
	if (job->kind->backup && !job->view.own) return NULL; /* there is none to tell of */
	if (job->kind == &job_of_undo && job->what.dry_run) return NULL;
	struct audit_entry entry = { .actor = job->login,
				     .act = job->kind->name,
				     .door = door_name(job->kind->door),
				     .app = job->what.app[0] ? job->what.app : NULL,
				     .form = job->what.form[0] ? job->what.form : NULL,
				     .detail_json = job->kind->backup ? result : counts };
	return audit_append(tx, &entry);
}

/* ---- what a former process left ---- */

bool job_file_facts(const char *path, int64_t *size, int64_t *mtime_us) {
	struct stat st;
	if (stat(path, &st) != 0) return false;
	*size = st.st_size;
	*mtime_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	return true;
}

static struct str text_in(struct arena *a, const struct json *detail, const char *name) {
	struct str s = json_str(json_get(detail, name));
	return (struct str){ str_dup(a, s), s.n };
}

static int64_t number_in(const struct json *detail, const char *name) {
	const struct json *v = json_get(detail, name);
	int64_t n = 0;
	return v && json_int(v, &n) ? n : 0;
}

static struct job *job_of_row(struct store *s, const struct rows *rows, const struct json *detail) {
	struct arena *a = arena_new(0);
	struct job *job = arena_alloc(a, sizeof *job);
	*job = (struct job){ .kind = job_kind_of(rows_text(rows, 5)),
			     .from = text_in(a, detail, "from").p,
			     .plan = text_in(a, detail, "plan"),
			     .import = number_in(detail, "import"),
			     .store = s,
			     .arena = a,
			     .actor = (int32_t)rows_int(rows, 2),
			     .login = text_in(a, detail, "login").p,
			     .language = (enum language)number_in(detail, "language"),
			     .size = number_in(detail, "size"),
			     .mtime_us = number_in(detail, "mtime"),
			     .again = true };
	job->what = (struct job_import){ .app = str_dup(a, rows_text(rows, 1)),
					 .form = text_in(a, detail, "form").p,
					 .path = path_again(a, s, text_in(a, detail, "path").p),
					 .errors_path =
						 path_again(a, s, text_in(a, detail, "errors").p),
					 .map = text_in(a, detail, "map"),
					 .sheet = text_in(a, detail, "sheet"),
					 .key = text_in(a, detail, "key"),
					 .as = text_in(a, detail, "as"),
					 .mode = (enum import_mode)number_in(detail, "mode"),
					 .remove_file = json_bool(json_get(detail, "remove_file")),
					 .dry_run = json_bool(json_get(detail, "dry_run")),
					 .all_or_nothing =
						 json_bool(json_get(detail, "all_or_nothing")) };
	job->view = (struct job_view){ .id = rows_int(rows, 0),
				       .user = job->actor,
				       .kind = job->kind->name,
				       .state = "waiting",
				       .app = job->what.app,
				       .form = job->what.form,
				       .left_s = -1 };
	int64_t size, mtime_us;
	bool same = !job->kind->of_file || (job_file_facts(job->what.path, &size, &mtime_us) &&
					    size == job->size && mtime_us == job->mtime_us);
	job->lost = !same || job->kind->backup || rows_int(rows, 4) >= STARTS_MAX;
	return job;
}

static struct problem *take_rows(struct jobs *j, struct tx *tx) {
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, sql_jobs_open, NO_PARAMS, &rows));
	for (;;) {
		const struct json *detail;
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct str text = { str_dup(tx_arena(tx), rows_text(rows, 3)),
				    rows_text(rows, 3).n };
		TRY(json_parse(tx_arena(tx), text, &json_limits_definition, &detail));
		struct job *job = job_of_row(j->store, rows, detail);
		job->next = j->first;
		j->first = job;
		j->count++;
	}
}

struct problem *job_rows_take(struct jobs *j, struct arena *a) {
	struct tx *tx;
	TRY(tx_read(j->store, a, &tx));
	return tx_end(tx, take_rows(j, tx));
}
