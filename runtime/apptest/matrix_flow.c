/* matrix_flow.c -- a record brought through an approval, by the commands people use: somebody who
 * may starts it, whoever is asked answers, until the record stands where it is wanted. */
#include "runtime/apptest/matrix.h"
#include "runtime/model/flow.h"

enum { ANSWERS_MAX = 60, MENDS = 4 };
static const char signature[] = "\"data:image/png;base64,iVBORw0KGgo=\"";

struct walking {
	struct matrix *m;
	struct arena *a;
	const struct stand *at;
	const struct flow *flow;
	int64_t run;
};

static bool by_flow_alone(const struct transition *t) {
	return t->who_count == 1 && !strcmp(t->who[0], "flow");
}

bool matrix_by_flow(const struct field *state, const char *value) {
	const struct form *form = state->form;
	bool any = false;
	for (size_t i = 0; i < form->transition_count; i++) {
		const struct transition *t = &form->transitions[i];
		if (t->field != state || strcmp(t->to->value, value) != 0) continue;
		if (!by_flow_alone(t)) return false;
		any = true;
	}
	return any;
}

static bool leads_there(const struct flow *flow, const struct stand *at) {
	bool acts = false;
	if (flow->start.on != START_BY_HAND || flow->state != at->state) return false;
	for (size_t i = 0; i < FLOW_STATES; i++)
		if (flow->states[i] && !strcmp(flow->states[i]->value, at->value)) return true;
	for (size_t i = 0; i < flow->step_count; i++) acts |= flow->steps[i]->kind == STEP_ACT;
	return acts;
}

static const char *record_path(struct matrix *m, struct arena *a, const struct stand *at) {
	return arena_printf(a, "/api/%s/%s/%lld", m->app->name, at->form->name, (long long)at->id);
}

static struct problem *read_record(struct matrix *m, struct arena *a, const struct stand *at,
				   const struct json **out) {
	struct answer r;
	struct ask ask = { .token = m->admin, .method = "GET", .path = record_path(m, a, at) };
	TRY(door_do(m->doors[0], a, &ask, &r));
	*out = r.json;
	return NULL;
}

static struct problem *stands(struct walking *w, bool *out) {
	const struct json *record;
	TRY(read_record(w->m, w->a, w->at, &record));
	*out = json_is_string(json_get(record, w->at->state->name), w->at->value);
	return NULL;
}

/* ---- what the start and its moves ask of the record ---- */

struct problem *matrix_fulfil(struct matrix *m, struct arena *a, const struct stand *at,
			      const struct expr *when, const struct expr_paths *paths) {
	struct given given[GIVEN_MAX];
	size_t n = 0;
	struct settle ask = {
		.when = when, .paths = paths, .k = at->k, .keep = at->state, .out = given, .n = &n
	};
	struct answer r;
	TRY(read_record(m, a, at, &ask.record));
	(void)matrix_settle(m, a, &ask);
	if (!n) return NULL;
	struct ask patch = { .token = m->admin,
			     .method = "PATCH",
			     .path = record_path(m, a, at),
			     .body = matrix_given(a, given, n) };
	if (!json_int(json_get(ask.record, "rev"), &patch.rev)) patch.rev = 0;
	return door_ask(m->doors[0], a, &patch, &r);
}

/* The conditions of the start, and of the moves that the flow makes. */
static struct problem *prepare(struct walking *w) {
	const struct form *form = w->at->form;
	TRY(matrix_fulfil(w->m, w->a, w->at, w->flow->start.when, &w->flow->paths));
	for (size_t i = 0; i < form->transition_count; i++) {
		const struct transition *t = &form->transitions[i];
		if (t->field != w->at->state) continue;
		for (size_t s = 0; s < FLOW_STATES; s++)
			if (w->flow->states[s] == t->to)
				TRY(matrix_fulfil(w->m, w->a, w->at, t->when, &form->paths));
	}
	return NULL;
}

/* ---- starting ---- */

static struct problem *start_as(struct walking *w, const char *token, bool *done) {
	struct answer r;
	struct ask ask = { .token = token,
			   .method = "POST",
			   .path = arena_printf(w->a, "/api/%s/flows/%s/start", w->m->app->name,
						w->flow->name),
			   .body = str_of(
				   arena_printf(w->a, "{\"record\":%lld}", (long long)w->at->id)) };
	TRY(door_ask(w->m->doors[0], w->a, &ask, &r));
	*done = r.status == 201 && json_int(json_get(r.json, "id"), &w->run);
	return NULL;
}

/* By the first of the people who may; the administrator may always. */
static struct problem *start(struct walking *w, bool *done) {
	*done = false;
	for (size_t i = 0; i < w->m->people_count && !*done; i++)
		if (w->m->people[i].role) TRY(start_as(w, w->m->people[i].token, done));
	return *done ? NULL : start_as(w, w->m->admin, done);
}

/* ---- answering ---- */

static struct problem *token_of(struct walking *w, struct str login, const char **out) {
	*out = w->m->admin;
	for (size_t i = 0; i < w->m->people_count; i++) {
		struct person *p = &w->m->people[i];
		if (!str_is(login, p->login)) continue;
		if (!p->token) TRY(door_token(w->m->doors[0], w->m->arena, p->login, &p->token));
		*out = p->token;
	}
	return NULL;
}

static enum verdict verdict_of(const struct walking *w, const struct step *step) {
	const struct enum_value *refused = w->flow->states[FLOW_REJECTED];
	if (step->kind == STEP_HANDLE) return VERDICT_COMPLETE;
	return refused && !strcmp(refused->value, w->at->value) ? VERDICT_REJECT : VERDICT_APPROVE;
}

static struct str answer_body(struct walking *w, const struct requirement *require,
			      const struct field *const *more, size_t n) {
	struct given fields[GIVEN_MAX];
	size_t count = 0;
	for (size_t i = 0; i < require->n + n && count < GIVEN_MAX; i++) {
		const struct field *f = i < require->n ? require->fields[i] : more[i - require->n];
		const char *json = matrix_small(w->m, w->a, f, w->at->k, (unsigned)f->index);
		if (json) fields[count++] = (struct given){ .field = f, .json = json };
	}
	struct sb out = sb_on(w->a, MATRIX_TEXT);
	sb_cat(&out, "{\"comment\":\"ok\"");
	if (require->signature) sb_printf(&out, ",\"signature\":%s", signature);
	if (count) sb_printf(&out, ",\"fields\":%s", matrix_given(w->a, fields, count).p);
	sb_char(&out, '}');
	sb_cstr(&out);
	return sb_str(&out);
}

/* The fields a step requires are given with it; so is what the record itself turns out to want. */
static struct problem *answer(struct walking *w, const struct json *task, bool *done) {
	const struct step *step = flow_step(w->flow, json_str(json_get(task, "step")));
	const struct field *more[MENDS];
	struct ask ask = { .method = "POST" };
	struct answer r;
	*done = false;
	if (!step) return NULL; /* sent back to who started it */
	enum verdict v = verdict_of(w, step);
	TRY(token_of(w, json_str(json_get(task, "who")), &ask.token));
	ask.path = arena_printf(w->a, "/api/tasks/%s/%s",
				str_dup(w->a, json_str(json_get(task, "task"))), verdict_names[v]);
	for (size_t n = 0; n <= MENDS && !*done; n++) {
		ask.body = answer_body(w, &step->require[v], more, n);
		TRY(door_ask(w->m->doors[0], w->a, &ask, &r));
		*done = r.status == 200;
		struct str at = json_str(json_at(r.json, "/errors/0/pointer"));
		if (*done || r.status != 422 || n == MENDS || at.n < 2) return NULL;
		const char *slash = memrchr(at.p, '/', at.n);
		more[n] = form_field(w->at->form,
				     (struct str){ slash + 1, at.n - (size_t)(slash + 1 - at.p) });
		if (!more[n]) return NULL;
	}
	return NULL;
}

static struct problem *go_on(struct walking *w, bool *done) {
	bool answered = true;
	TRY(stands(w, done));
	for (int i = 0; i < ANSWERS_MAX && answered && !*done; i++) {
		struct answer r;
		struct ask look = { .method = "GET",
				    .path = arena_printf(w->a, "/api/runs/%lld",
							 (long long)w->run) };
		TRY(door_do(w->m->doors[0], w->a, &look, &r));
		const struct json *task = json_at(r.json, "/open/0");
		if (!task) return NULL;
		TRY(answer(w, task, &answered));
		TRY(stands(w, done));
	}
	return NULL;
}

struct problem *matrix_approve(struct matrix *m, struct arena *a, const struct stand *at,
			       bool *done) {
	*done = false;
	for (size_t i = 0; i < at->form->flow_count && !*done; i++) {
		struct walking w = { .m = m, .a = a, .at = at, .flow = at->form->flows[i] };
		bool started;
		if (!leads_there(w.flow, at)) continue;
		TRY(prepare(&w));
		TRY(start(&w, &started));
		if (started) TRY(go_on(&w, done));
	}
	return NULL;
}
