/* job_view.c -- a job as JSON, and as the answer of a call. */
#include "runtime/host/job_view.h"

void job_json(struct jw *w, const struct request *rq, const struct job_view *v)
{
	struct arena *a = w->out->arena;
	const struct { const char *name; int64_t n; } counts[] = { { "done", v->done }, { "total", v->total }, { "read", v->result.read },
		{ "created", v->result.created }, { "updated", v->result.updated }, { "skipped", v->result.skipped }, { "failed", v->result.failed },
		{ "rows_per_s", (int64_t)v->rate } };
	jw_object(w);
	jw_set_text(w, "id", arena_printf(a, "%lld", (long long)v->id));
	const struct { const char *name, *text; } texts[] = { { "kind", v->kind }, { "state", v->state }, { "app", v->app }, { "form", v->form } };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		jw_set_text(w, texts[i].name, texts[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		jw_set_int(w, counts[i].name, counts[i].n);
	}
	jw_key(w, "seconds_left");
	if (v->left_s < 0) jw_null(w);
	else jw_int(w, v->left_s);
	jw_set_text(w, "errors_file", v->errors_file ? arena_printf(a, "/api/jobs/%lld/errors.csv", (long long)v->id) : NULL);
	if (v->phase) {
		jw_set_text(w, "phase", v->phase);
	}
	if (v->own) {
		jw_key(w, "result");
		jw_raw(w, str_of(v->own));
	}
	if (v->refused) {
		jw_key(w, "refused");
		jw_raw(w, str_of(v->refused));
	}
	if (v->problem) {
		jw_key(w, "problem");
		problem_json(w, rq->language, NULL, v->problem, NULL);
	}
	jw_end(w);
}

struct problem *job_answer(struct call *c, int64_t id, int status)
{
	struct job_view v;
	TRY(jobs_view(c->server->jobs, &c->rq, id, &v));
	struct jw w = call_answer(c);
	job_json(&w, &c->rq, &v);
	return call_ok(c, status);
}
