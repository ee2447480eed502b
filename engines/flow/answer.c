#include "engines/flow/answer_internal.h"

#include "engines/flow/changed.h"
#include "engines/flow/preview.h"
#include "engines/flow/sight.h"
#include "engines/flow/taken.h"
#include "runtime/base/day.h"
#include "runtime/store/queries.h"
#include "runtime/store/read.h"

const char *flow_task_id(struct arena *a, int64_t run, int64_t n) {
	return arena_printf(a, "%lld-%lld", (long long)run, (long long)n);
}

bool flow_task_parse(struct str id, int64_t *run, int64_t *n) {
	const char *dash = id.n ? memchr(id.p, '-', id.n) : NULL;
	if (!dash) return false;
	size_t at = (size_t)(dash - id.p);
	return str_to_int((struct str){ id.p, at }, run) &&
	       str_to_int((struct str){ dash + 1, id.n - at - 1 }, n) && *run > 0 && *n >= 0;
}

/* ---- pieces ---- */

void flow_set_time(struct jw *w, const char *key, int64_t us) {
	char at[40];
	jw_key(w, key);
	if (us)
		jw_str(w, (struct str){ at, datetime_text(us, at) });
	else
		jw_null(w);
}

const char *flow_login(const struct request *rq, int64_t id) {
	const struct user *u = id ? directory_user_id(rq->directory, (int32_t)id) : NULL;
	return u ? u->login : NULL;
}

void flow_set_person(struct jw *w, const struct request *rq, const char *key, int64_t id) {
	const struct user *u = id ? directory_user_id(rq->directory, (int32_t)id) : NULL;
	jw_key(w, key);
	if (!u) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_set_text(w, "user", u->login);
	jw_set_text(w, "label", directory_label(u));
	jw_end(w);
}

static const char *step_id(const struct step *s) { return s ? s->id : "start"; }

/* The start has no label of its own: the pages have their word for it. */
static const char *step_label(const struct request *rq, const struct step *s) {
	return s ? label_text(&s->label, rq->language) : "";
}

/* ---- a run ---- */

void flow_open_keys(struct request *rq, const struct run *run, struct jw *w) {
	jw_key(w, "open");
	jw_array(w);
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		if (t->state != TASK_OPEN || t->kind == TASK_CC || run->state != RUN_RUNNING)
			continue;
		jw_object(w);
		jw_set_text(w, "task", flow_task_id(rq->arena, run->id, t->n));
		jw_set_text(w, "step", step_id(t->step));
		jw_set_text(w, "label", step_label(rq, t->step));
		jw_set_text(w, "who", flow_login(rq, t->actor));
		flow_set_person(w, rq, "person", t->actor);
		jw_set_text(w, "for", flow_login(rq, t->for_whom));
		flow_set_time(w, "since", t->opened_us);
		flow_set_time(w, "due", t->due_us);
		jw_end(w);
	}
	jw_end(w);
}

static void write_taken(struct request *rq, const struct run *run, struct str reason,
			struct jw *w) {
	struct sight_trail trail = { sight_of(rq, run, NULL), run };
	flow_taken_json(rq, run, reason, sight_trail_right, &trail, w);
}

static void write_line(struct request *rq, const struct run *run, const struct rows *r,
		       bool picture, struct jw *w) {
	struct str step = rows_text(r, 4);
	const struct step *s = str_is(step, "start") ? NULL : flow_step(run->flow, step);
	jw_object(w);
	jw_set_int(w, "seq", rows_int(r, 0));
	flow_set_time(w, "at", rows_int(r, 1));
	jw_set_text(w, "who", flow_login(rq, rows_int(r, 2)));
	flow_set_person(w, rq, "person", rows_int(r, 2));
	jw_set_text(w, "for", flow_login(rq, rows_int(r, 3)));
	flow_set_person(w, rq, "for_person", rows_int(r, 3));
	jw_key(w, "step");
	jw_str(w, step);
	jw_set_text(w, "label", step_label(rq, s));
	jw_set_int(w, "round", rows_int(r, 5));
	jw_key(w, "act");
	jw_str(w, rows_text(r, 6));
	jw_key(w, "note");
	rows_cell(r, 7).kind == VALUE_NULL ? jw_null(w) : jw_str(w, rows_text(r, 7));
	bool taken = str_is(rows_text(r, 6), "branch");
	if (taken && !run->bare) write_taken(rq, run, rows_text(r, 8), w);
	jw_key(w, "reason");
	taken || rows_cell(r, 8).kind == VALUE_NULL ? jw_null(w) : jw_str(w, rows_text(r, 8));
	if (rows_int(r, 9))
		jw_set_text(w, "task", flow_task_id(rq->arena, run->id, rows_int(r, 9)));
	if (rows_int(r, 10)) jw_set_int(w, "rev", rows_int(r, 10));
	if (picture && rows_cell(r, 11).kind != VALUE_NULL)
		jw_key(w, "signature"), jw_str(w, rows_text(r, 11));
	jw_end(w);
}

/* What is told of a line: all of it, all but the picture, nothing. */
struct told {
	size_t size, signature;
	bool comment, line, picture;
};
struct trail {
	struct told *lines;
	size_t n, left_out;
};

/* As JSON, about: quotes and line ends take two. */
static size_t size_of(struct str s) {
	size_t n = s.n;
	for (size_t i = 0; i < s.n; i++)
		n += (unsigned char)s.p[i] < 0x20 ? 5 : s.p[i] == '"' || s.p[i] == '\\';
	return n;
}

static struct problem *measure(struct tx *tx, struct arena *a, const struct run *run,
			       struct trail *out) {
	enum { LINE_SIZE = 700, TAKEN_TIMES = 3 };
	struct rows *r;
	TRY(tx_query(tx, sql_flow_log_of_run, PARAMS(value_int(run->id)), &r));
	out->lines = arena_array(a, (size_t)(run->log_seq + 1), sizeof *out->lines);
	for (bool have; out->n < (size_t)run->log_seq;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		out->lines[out->n++] = (struct told){
			.size = LINE_SIZE + size_of(rows_text(r, 7)) +
				TAKEN_TIMES * size_of(rows_text(r, 8)),
			.signature = rows_text(r, 11).n,
			.comment = str_is(rows_text(r, 6), "comment"),
		};
	}
	rows_close(r);
	return NULL;
}

static bool takes(size_t *left, size_t size) {
	if (*left < size) return false;
	*left -= size;
	return true;
}

/* What was done comes first, then the pictures, then what was only said; of each the newest: nobody
 * closes an approval, or hides what was decided, by talking. */
static void allot(struct trail *trail, size_t *left) {
	for (size_t i = trail->n; i--;) {
		struct told *t = &trail->lines[i];
		if (!t->comment) t->line = takes(left, t->size);
	}
	for (size_t i = trail->n; i--;) {
		struct told *t = &trail->lines[i];
		if (t->line) t->picture = takes(left, t->signature);
	}
	for (size_t i = trail->n; i--;) {
		struct told *t = &trail->lines[i];
		if (t->comment) t->line = takes(left, t->size);
		trail->left_out += !t->line;
	}
}

/* *left: room for stories in this answer, which has its bound (host/call.c). */
static struct problem *write_log(struct tx *tx, struct request *rq, const struct run *run,
				 size_t *left, struct jw *w) {
	struct trail trail = { 0 };
	struct rows *r;
	TRY(measure(tx, rq->arena, run, &trail));
	allot(&trail, left);
	jw_key(w, "log");
	jw_array(w);
	TRY(tx_query(tx, sql_flow_log_of_run, PARAMS(value_int(run->id)), &r));
	for (size_t i = 0; i < trail.n; i++) {
		bool have;
		TRY(rows_next(r, &have));
		if (!have) break;
		if (trail.lines[i].line) write_line(rq, run, r, trail.lines[i].picture, w);
	}
	rows_close(r);
	jw_end(w);
	if (trail.left_out) jw_set_int(w, "log_left_out", (int64_t)trail.left_out);
	return NULL;
}

static void write_actions(const struct run *run, const struct task *t, const struct user *actor,
			  struct jw *w) {
	unsigned bits = actor ? run_actions(run, t, actor) : 0;
	jw_key(w, "actions");
	jw_array(w);
	for (int i = 0; i < ACT_DUE; i++)
		if (bits >> i & 1) jw_text(w, act_names[i]);
	jw_end(w);
}

/* Where who may jump it can be sent: the steps of people of the version it runs on. */
static void write_jumps(const struct request *rq, const struct run *run, struct jw *w) {
	bool may = rq->actor && (run_actions(run, NULL, rq->actor) >> ACT_JUMP & 1);
	jw_key(w, "jump_to");
	jw_array(w);
	for (size_t i = 0; may && i < run->flow->step_count; i++) {
		const struct step *s = run->flow->steps[i];
		if (s->kind != STEP_APPROVE && s->kind != STEP_HANDLE) continue;
		jw_object(w);
		jw_set_text(w, "step", s->id);
		jw_set_text(w, "label", step_label(rq, s));
		jw_end(w);
	}
	jw_end(w);
}

enum { TRAIL_MAX = 320 * 1024 };

static struct problem *run_keys(struct tx *tx, struct request *rq, const struct run *run,
				size_t *left, struct jw *w) {
	const struct flow *flow = run->flow;
	jw_set_int(w, "id", run->id);
	jw_set_text(w, "app", flow->app->name);
	jw_set_text(w, "flow", flow->name);
	jw_set_text(w, "label", label_text(&flow->label, rq->language));
	jw_set_int(w, "version", run->version);
	jw_set_text(w, "form", flow->form->name);
	jw_set_int(w, "record", run->record);
	jw_set_text(w, "starter", flow_login(rq, run->starter));
	flow_set_person(w, rq, "starter_person", run->starter);
	jw_set_text(w, "state", run_state_names[run->state]);
	flow_set_time(w, "started", run->started_us);
	flow_set_time(w, "ended", run->ended_us);
	flow_open_keys(rq, run, w);
	struct problem *unusable = flow_usable(rq, run);
	if (unusable && run->state == RUN_RUNNING) /* it says what to do about it */
		jw_set_text(w, "unusable", problem_text(rq->arena, rq->language, unusable));
	write_actions(run, NULL, rq->actor, w);
	write_jumps(rq, run, w);
	return write_log(tx, rq, run, left, w);
}

struct problem *flow_run_json(struct tx *tx, struct request *rq, const struct run *run,
			      struct jw *w) {
	size_t left = TRAIL_MAX;
	jw_object(w);
	TRY(run_keys(tx, rq, run, &left, w));
	jw_end(w);
	return NULL;
}

static struct problem *run_whole(struct tx *tx, struct request *rq, struct store *s,
				 struct run *run, size_t *left, struct jw *w) {
	jw_object(w);
	TRY(run_keys(tx, rq, run, left, w));
	if (run->state == RUN_RUNNING && !run->bare) {
		jw_key(w, "path");
		TRY(flow_ahead(tx, rq, s, run, w));
	}
	jw_end(w);
	return NULL;
}

struct problem *flow_run_whole(struct tx *tx, struct request *rq, struct store *s, struct run *run,
			       struct jw *w) {
	size_t left = TRAIL_MAX;
	return run_whole(tx, rq, s, run, &left, w);
}

/* ---- tasks ---- */

static void write_fields(const struct sight *s, struct jw *w) {
	jw_object(w);
	for (size_t i = 0; s->named && i < s->form->field_count; i++)
		if (s->named[i] != STEP_FIELD_UNNAMED && s->named[i] != RIGHT_HIDDEN)
			jw_set_text(w, s->form->fields[i]->name, field_right_names[s->named[i]]);
	jw_end(w);
}

static void write_require(const struct task *t, struct jw *w) {
	jw_object(w);
	for (int i = 0; t->step && i < VERDICTS; i++) {
		const struct requirement *r = &t->step->require[i];
		if (!r->comment && !r->signature && !r->n) continue;
		jw_key(w, verdict_names[i]);
		jw_array(w);
		if (r->comment) jw_text(w, "comment");
		if (r->signature) jw_text(w, "signature");
		for (size_t k = 0; k < r->n; k++) jw_text(w, r->fields[k]->name);
		jw_end(w);
	}
	jw_end(w);
}

static void write_where(const struct task *t, struct jw *w) {
	static const unsigned allows[] = { ALLOW_ADD_BEFORE, ALLOW_ADD_AFTER, ALLOW_ADD_PARALLEL };
	jw_key(w, "add_where");
	jw_array(w);
	for (size_t i = 0; t->step && i < ARRAY_LEN(allows); i++)
		if (t->step->allow & allows[i]) jw_text(w, task_origin_names[ORIGIN_BEFORE + i]);
	jw_end(w);
}

/* Steps still to come whose people this one names. */
static void write_picks(const struct run *run, struct jw *w) {
	jw_key(w, "picks");
	jw_array(w);
	for (size_t i = 0; i < run->flow->step_count; i++) {
		const struct step *s = run->flow->steps[i];
		for (size_t k = 0; k < s->who.n; k++)
			if (s->who.items[k].kind == WHO_PREVIOUS_PICKS) {
				jw_text(w, s->id);
				break;
			}
	}
	jw_end(w);
}

void flow_task_keys(struct request *rq, const struct run *run, const struct task *t,
		    const char *title, struct jw *w) {
	const char *places[64];
	struct sight s = sight_of(rq, run, t);
	size_t n = t->state == TASK_OPEN ? run_return_places(run, t, places, ARRAY_LEN(places)) : 0;
	jw_set_text(w, "id", flow_task_id(rq->arena, run->id, t->n));
	jw_set_int(w, "run", run->id);
	jw_set_text(w, "app", run->flow->app->name);
	jw_set_text(w, "flow", run->flow->name);
	jw_set_text(w, "flow_label", label_text(&run->flow->label, rq->language));
	jw_set_text(w, "step", step_id(t->step));
	jw_set_text(w, "label", step_label(rq, t->step));
	jw_set_text(w, "step_label", step_label(rq, t->step));
	jw_set_text(w, "form", run->flow->form->name);
	jw_set_int(w, "record", run->record);
	jw_set_text(w, "title", title);
	jw_set_text(w, "starter", flow_login(rq, run->starter));
	flow_set_person(w, rq, "starter_person", run->starter);
	jw_set_text(w, "who", flow_login(rq, t->actor));
	flow_set_person(w, rq, "person", t->actor);
	jw_set_text(w, "for", flow_login(rq, t->for_whom));
	jw_set_text(w, "kind", task_kind_names[t->kind]);
	jw_set_text(w, "state", task_state_names[t->state]);
	jw_set_text(w, "verdict", t->verdict == NO_VERDICT ? NULL : verdict_names[t->verdict]);
	jw_set_text(w, "run_state", run_state_names[run->state]);
	jw_set_int(w, "round", t->round);
	flow_set_time(w, "since", t->opened_us);
	flow_set_time(w, "closed", t->closed_us);
	flow_set_time(w, "due", t->due_us);
	jw_key(w, "overdue");
	jw_bool(w, t->state == TASK_OPEN && t->due_us && t->due_us < rq->now_us);
	jw_key(w, "fields");
	write_fields(&s, w);
	jw_key(w, "require");
	write_require(t, w);
	jw_key(w, "return_to");
	jw_array(w);
	for (size_t i = 0; i < n; i++) jw_text(w, places[i]);
	jw_end(w);
	write_actions(run, t, rq->actor, w);
	write_where(t, w);
	write_picks(run, w);
}

static struct problem *write_record(struct tx *tx, struct request *rq, const struct run *run,
				    const struct task *t, struct jw *w) {
	struct sight s = sight_of(rq, run, t);
	struct codec codec = request_codec(rq);
	bool open = t->state == TASK_OPEN && rq->actor && t->actor == rq->actor->id;
	bool own = open && !t->step && !run->flow->start.fields;
	struct record *r = NULL;
	TRY(read_whole(rq, tx, s.form, run->record, &r));
	jw_key(w, "content");
	if (!r) {
		jw_null(w);
		return NULL;
	}
	r = record_copy(rq->arena, r);
	sight_apply(&s, r, open);
	TRY(read_lookups(rq, tx, s.form, &r, 1));
	TRY(read_record_titles(rq, tx, r));
	record_json(w, &codec, r, NULL, 0);
	jw_key(w, "rights");
	jw_object(w);
	for (size_t i = 0; i < s.form->field_count; i++) {
		const struct field *f = s.form->fields[i];
		enum field_right right = own && s.granted && !f->system
						 ? access_right(&s.access, f)
						 : (enum field_right)r->rights[i];
		jw_set_text(w, f->name, field_right_names[right]);
	}
	jw_end(w);
	return NULL;
}

static enum field_right shown(const void *context, const struct field *f) {
	return sight_right(context, f, false);
}

static struct problem *write_changed(struct tx *tx, struct request *rq, const struct run *run,
				     const struct task *t, struct jw *w) {
	struct sight s = sight_of(rq, run, t);
	jw_key(w, "changed");
	return flow_changed_json(tx, rq, run, shown, &s, w);
}

/* ---- what is asked for: the flow stands in front of a change, a move or a deletion ---- */

/* Rows are told as they were asked for: to who sees all their columns. */
static bool sees_wish(const struct sight *s, const struct field *f) {
	for (size_t i = 0; f->rows && i < f->rows->declared_count; i++)
		if (sight_right(s, f->rows->fields[i], false) < RIGHT_READ) return false;
	return sight_right(s, f, false) >= RIGHT_READ;
}

static void write_wish(const struct sight *s, const struct codec *codec, const struct record *now,
		       const struct json *changes, uint32_t i, struct jw *w) {
	const struct field *f = form_field(s->form, changes->keys[i].name);
	enum field_right right = f ? sight_right(s, f, false) : RIGHT_HIDDEN;
	if (right == RIGHT_HIDDEN) return;
	jw_object(w);
	jw_set_text(w, "field", f->name);
	if (sees_wish(s, f) && !f->rows) {
		jw_key(w, "old");
		field_write_json(w, f, codec, &now->values[f->index]);
	}
	if (sees_wish(s, f)) {
		jw_key(w, "new");
		jw_json(w, &changes->items[i]);
	}
	jw_end(w);
}

static struct problem *write_asked(struct tx *tx, struct request *rq, const struct run *run,
				   const struct task *t, struct jw *w) {
	struct sight s = sight_of(rq, run, t);
	struct codec codec = request_codec(rq);
	const struct json *changes = run->changes;
	struct record *now = NULL;
	jw_key(w, "asked");
	if (run->flow->start.on < START_CHANGE) {
		jw_null(w);
		return NULL;
	}
	TRY(read_whole(rq, tx, s.form, run->record, &now));
	jw_object(w);
	jw_set_text(w, "op", run->flow->start.on == START_DELETE ? "delete" : "change");
	jw_key(w, "changes");
	jw_array(w);
	for (uint32_t i = 0; now && changes && i < changes->n; i++)
		write_wish(&s, &codec, now, changes, i, w);
	jw_end(w);
	jw_end(w);
	return NULL;
}

struct task flow_whole(const struct run *run) {
	return (struct task){ .state = TASK_DONE,
			      .kind = TASK_RESUBMIT,
			      .verdict = NO_VERDICT,
			      .opened_us = run->started_us,
			      .closed_us = run->ended_us,
			      .actor = run->starter };
}

/* An administrator of the app who takes no part is not told what it is about. */
static struct problem *task_title(struct tx *tx, struct request *rq, const struct run *run,
				  const struct task *t, const char **out) {
	const struct form *form = run->flow->form;
	struct sight s = sight_of(rq, run, t);
	*out = NULL;
	if (!sight_titled(rq, run->flow) ||
	    sight_right(&s, form_system(form, SYSTEM_ID), false) < RIGHT_READ)
		return NULL;
	return sight_titles(tx, rq, form, &run->record, 1, out);
}

struct problem *flow_task_json(struct tx *tx, struct request *rq, struct store *s, int64_t id,
			       int64_t n, struct jw *w) {
	const char *title;
	struct run *run;
	bool sees;
	TRY(flow_take(tx, rq, s, id, &run));
	TRY(flow_sees(tx, rq, run, &sees));
	const struct task *t = n ? run_task(run, n) : NULL;
	struct task whole = flow_whole(run);
	if (!sees || (n && !t)) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	if (run->bare && run->state != RUN_RUNNING)
		return PROBLEM(rq->arena, CONFLICT, "flow_past");
	TRY(flow_usable(rq, run));
	if (!n) t = &whole;
	TRY(task_title(tx, rq, run, t, &title));
	jw_object(w);
	flow_task_keys(rq, run, t, title, w);
	TRY(write_record(tx, rq, run, t, w));
	TRY(write_changed(tx, rq, run, t, w));
	TRY(write_asked(tx, rq, run, t, w));
	jw_key(w, "run_detail");
	TRY(flow_run_whole(tx, rq, s, run, w));
	jw_end(w);
	return NULL;
}

/* ---- of one record ---- */

static struct problem *write_runs(struct tx *tx, struct request *rq, struct store *s,
				  const struct form *form, int64_t id, bool *running,
				  struct jw *w) {
	int64_t ids[64];
	size_t n = 0, left = TRAIL_MAX;
	struct rows *r;
	*running = false;
	TRY(tx_query(tx, sql_flow_runs_of,
		     PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			    value_int(id)),
		     &r));
	for (bool have; n < ARRAY_LEN(ids);) {
		TRY(rows_next(r, &have));
		if (!have) break;
		ids[n++] = rows_int(r, 0);
	}
	rows_close(r);
	jw_key(w, "runs");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		struct run *run;
		TRY(flow_take(tx, rq, s, ids[i], &run));
		run->reached = true; /* he asked by the record */
		*running = *running || run->state == RUN_RUNNING;
		TRY(run_whole(tx, rq, s, run, &left, w));
	}
	jw_end(w);
	return NULL;
}

/* Why not is no news here: what may not be started is not offered. */
static struct problem *may_start(struct tx *tx, struct request *rq, struct store *s,
				 const struct flow *flow, int64_t id, bool *out) {
	struct problem *p = flow_judge_start(tx, rq, s, flow, id, rq->actor);
	bool refused = p && (p->kind == PROBLEM_FORBIDDEN || p->kind == PROBLEM_CONFLICT ||
			     p->kind == PROBLEM_INVALID);
	*out = p == NULL;
	return refused ? NULL : p;
}

struct problem *flow_of_record_json(struct tx *tx, struct request *rq, struct store *s,
				    const struct form *form, int64_t id, struct jw *w) {
	const char *title = NULL;
	bool running;
	TRY(read_titles(rq, tx, form, &id, 1, &title));
	if (!title) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	jw_object(w);
	TRY(write_runs(tx, rq, s, form, id, &running, w));
	jw_key(w, "may_start");
	jw_array(w);
	for (size_t i = 0; rq->actor && !running && i < form->flow_count; i++) {
		bool may;
		/* Those stand in front of a change, a move or a deletion: it is that which starts
		 * them. */
		if (form->flows[i]->start.on >= START_CHANGE) continue;
		TRY(may_start(tx, rq, s, form->flows[i], id, &may));
		if (!may) continue;
		jw_object(w);
		jw_set_text(w, "flow", form->flows[i]->name);
		jw_set_text(w, "label", label_text(&form->flows[i]->label, rq->language));
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	return NULL;
}
