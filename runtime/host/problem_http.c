#include "runtime/base/log.h"
#include "runtime/host/problem_http.h"
#include "engines/form/record_write.h"

static void params_json(struct jw *w, const struct param *params, size_t n) {
	jw_key(w, "params");
	jw_object(w);
	for (size_t i = 0; i < n; i++) {
		jw_set_text(w, params[i].name, params[i].value);
	}
	jw_end(w);
}

void faults_json(struct jw *w, struct arena *a, enum language language, const char *key,
		 const struct fault *first) {
	jw_key(w, key);
	jw_array(w);
	for (const struct fault *f = first; f; f = f->next) {
		jw_object(w);
		jw_set_text(w, "pointer", f->pointer);
		jw_set_text(w, "code", f->code);
		jw_set_text(w, "detail", fault_text(a, language, f));
		params_json(w, f->params, f->param_count);
		jw_end(w);
	}
	jw_end(w);
}

/* 412: the fields that differ and their current values, so that a client can merge field by field.
 */
static void stale_json(struct jw *w, const struct codec *codec, const struct stale *stale) {
	jw_key(w, "fields");
	jw_array(w);
	for (size_t i = 0; i < stale->n; i++) jw_text(w, stale->fields[i]->name);
	jw_end(w);
	jw_key(w, "current");
	record_json(w, codec, stale->current, stale->fields, stale->n);
}

void problem_members(struct jw *w, enum language language, const struct codec *codec,
		     const struct problem *p, const char *instance) {
	const struct problem_kind_info *kind = &problem_kinds[p->kind];
	struct arena *a = w->out->arena;
	jw_set_text(w, "type", arena_printf(a, "/problems/%s", kind->uri));
	jw_set_text(w, "title", language == LANGUAGE_ZH ? kind->zh : kind->en);
	jw_set_int(w, "status", kind->status);
	jw_set_text(w, "detail", problem_text(a, language, p));
	jw_set_text(w, "code", p->code);
	if (p->param_count) params_json(w, p->params, p->param_count);
	if (p->pointer && *p->pointer) {
		jw_set_text(w, "pointer", p->pointer);
	}
	if (p->faults) faults_json(w, a, language, "errors", p->faults);
	if (p->kind == PROBLEM_STALE && p->extra && codec) stale_json(w, codec, p->extra);
	if (instance) {
		jw_set_text(w, "instance", instance);
	}
}

void problem_json(struct jw *w, enum language language, const struct codec *codec,
		  const struct problem *p, const char *instance) {
	jw_object(w);
	problem_members(w, language, codec, p, instance);
	jw_end(w);
}

void answer_headers(struct exchange *x) {
	exchange_set_header(x, "X-Content-Type-Options", "nosniff");
	exchange_set_header(x, "Cache-Control", "no-store");
	exchange_set_header(x, "Content-Security-Policy",
			    "default-src 'none'; frame-ancestors 'none'");
	exchange_set_header(x, "Referrer-Policy", "no-referrer");
}

void answer_json(struct exchange *x, int status) {
	x->status = status;
	x->content_type = "application/json";
	answer_headers(x);
}

static void log_problem(const struct exchange *x, const struct problem *p) {
	/* Being asked to wait (503) is told to who asked; the log has the request line. */
	if (p->kind != PROBLEM_INTERNAL && !p->log) return;
	LOG(ERROR, "problem", "request", x->id, "code", p->code, "log", p->log ? p->log : "",
	    "file", p->file ? p->file : "", "line", arena_printf(x->arena, "%d", p->line));
}

void answer_problem(struct exchange *x, enum language language, const struct codec *codec,
		    const struct problem *p) {
	log_problem(x, p);
	x->answer = sb_on(x->arena, 1 << 20);
	x->produce = NULL;
	x->idle = NULL;
	struct jw w = jw_on(&x->answer);
	problem_json(&w, language, codec, p, x->id);
	x->status = problem_kinds[p->kind].status;
	x->content_type = "application/problem+json";
	answer_headers(x);
	if (p->retry_after_s)
		exchange_set_header(x, "Retry-After",
				    arena_printf(x->arena, "%ld", p->retry_after_s));
	if (p->kind == PROBLEM_UNAUTHENTICATED)
		exchange_set_header(x, "WWW-Authenticate", "Bearer");
}
