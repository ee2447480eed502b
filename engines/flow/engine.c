#include "engines/flow/engine.h"

#include "engines/flow/asked.h"
#include "engines/flow/bare.h"
#include "engines/flow/given.h"
#include "engines/flow/notices.h"
#include "engines/flow/run_store.h"
#include "engines/flow/sight.h"
#include "runtime/store/flow_versions.h"
#include "runtime/model/sha256.h"
#include "runtime/store/apps.h"
#include "runtime/store/due.h"
#include "runtime/store/proxies.h"
#include "runtime/store/queries.h"
#include "runtime/store/read.h"

enum { CONTENT_MAX = 8 * 1024 * 1024 };

/* ---- taking a run ---- */

static struct problem *unknown(struct request *rq) {
	return PROBLEM(rq->arena, NOT_FOUND, "not_found");
}

static struct problem *take_app(struct request *rq, struct store *s, const char *name) {
	if (rq->app && strcmp(rq->app->name, name) == 0) return NULL;
	struct app *app = apps_take(s, str_of(name));
	if (!app) return unknown(rq);
	app_keep(rq->arena, app);
	rq->app = app;
	return NULL;
}

struct problem *flow_of_head(struct tx *tx, struct request *rq, struct store *s,
			     const struct run_head *head, const struct flow **out) {
	const struct flow_version_key key = { head->flow, head->version, str_of(head->hash) };
	if (rq->scope.app && strcmp(rq->scope.app, head->app) != 0) return unknown(rq);
	TRY(take_app(rq, s, head->app));
	return flow_version(tx, rq, &key, out);
}

struct problem *flow_take_head(struct tx *tx, const struct request *rq, const struct flow *flow,
			       const struct run_head *head, struct run **out) {
	TRY(run_load(tx, rq->arena, flow, head, out));
	(*out)->people = rq->directory;
	(*out)->now_us = rq->now_us;
	(*out)->language = rq->language;
	return NULL;
}

struct problem *flow_take(struct tx *tx, struct request *rq, struct store *s, int64_t id,
			  struct run **out) {
	struct run_head head;
	const struct flow *flow;
	bool have;
	TRY(run_head(tx, id, &head, &have));
	if (!have) return unknown(rq);
	struct problem *p = flow_of_head(tx, rq, s, &head, &flow);
	bool bare = p && p->kind == PROBLEM_CONFLICT;
	if (p && !bare) return p;
	if (bare) TRY(bare_flow(tx, rq, &head, &flow));
	TRY(flow_take_head(tx, rq, flow, &head, out));
	(*out)->bare = bare;
	return NULL;
}

struct problem *flow_usable(const struct request *rq, const struct run *run) {
	return run->bare ? PROBLEM(rq->arena, CONFLICT, "flow_outdated", "step",
				   label_text(&run->flow->label, rq->language))
			 : NULL;
}

static bool takes_part(const struct run *run, int32_t user) {
	if (run->starter == user) return true;
	for (size_t i = 0; i < run->task_count; i++)
		if (run->tasks[i].actor == user || run->tasks[i].for_whom == user) return true;
	return false;
}

struct problem *flow_sees(struct tx *tx, struct request *rq, struct run *run, bool *out) {
	const struct user *me = rq->actor;
	bool writes = me && directory_administers(me, run->flow->app->name);
	bool part = !me || writes || takes_part(run, me->id);
	if (writes || !part) TRY(sight_reach(tx, rq, run));
	*out = part || run->reached;
	return NULL;
}

/* ---- the record as decided upon ---- */

static struct problem *seal_of(struct flow_world *fw, struct run_seal *out) {
	struct arena *a = fw->rq->arena;
	struct record *r = NULL;
	struct sb text = sb_on(a, CONTENT_MAX);
	struct jw w = jw_on(&text);
	struct codec codec = request_codec(fw->rq);
	char hash[SHA256_SHORT + 1];
	TRY(read_whole(fw->rq, fw->tx, fw->run->flow->form, fw->run->record, &r));
	if (!r) return NULL;
	record_json(&w, &codec, r, NULL, 0);
	sha256_short(sb_str(&text), hash);
	out->rev = r->rev;
	out->content = arena_strdup(a, hash);
	return NULL;
}

static struct problem *check_rev(struct flow_world *fw, const struct json *body) {
	struct record *r = NULL;
	int64_t shown;
	const struct json *rev = json_get(body, "rev");
	if (!rev || rev->kind == JSON_NULL) return NULL;
	if (!json_int(rev, &shown))
		return PROBLEM(fw->rq->arena, MALFORMED, "bad_id", "key", "rev");
	TRY(read_whole(fw->rq, fw->tx, fw->run->flow->form, fw->run->record, &r));
	if (r && r->rev == shown) return NULL;
	return PROBLEM(fw->rq->arena, CONFLICT, "flow_record_changed");
}

/* ---- fields of the step ---- */

static const uint8_t *step_fields(const struct run *run, const struct task *t) {
	return t->step ? t->step->fields : run->flow->start.fields;
}

static struct problem *check_editable(struct flow_world *fw, const struct task *t,
				      const struct json *fields) {
	const struct form *form = fw->run->flow->form;
	const uint8_t *rights = step_fields(fw->run, t);
	for (uint32_t i = 0; i < fields->n; i++) {
		const struct field *f = form_field(form, fields->keys[i].name);
		if (!f || !rights || rights[f->index] != RIGHT_EDIT)
			return PROBLEM(fw->rq->arena, FORBIDDEN, "flow_field_closed", "field",
				       str_dup(fw->rq->arena, fields->keys[i].name));
	}
	return NULL;
}

/* The starter who corrects has the rights he had when he wrote it, if the start does not name
 * fields. */
static bool corrects_freely(const struct run *run, const struct task *t) {
	return !t->step && !run->flow->start.fields;
}

static struct problem *write_fields(struct flow_world *fw, const struct task *t,
				    const struct json *fields) {
	struct request own = *fw->rq;
	struct write w = { .op = WRITE_UPDATE,
			   .form = fw->run->flow->form,
			   .id = fw->run->record,
			   .if_match = -1,
			   .body = fields,
			   .pointer = "/fields" };
	if (!fields || !fields->n) return NULL;
	if (fields->kind != JSON_OBJECT) return PROBLEM(fw->rq->arena, MALFORMED, "body_object");
	flow_record_changed(fw);
	if (!corrects_freely(fw->run, t)) TRY(check_editable(fw, t, fields));
	if (!t->step && asked_amends(fw->run)) return asked_amend(fw, fields);
	if (!corrects_freely(fw->run, t)) return record_write_inside(fw->tx, fw->rq, fw->store, &w);
	own.door = DOOR_API;
	w.correction = true;
	return record_write_inside(fw->tx, &own, fw->store, &w);
}

static struct problem *check_filled(struct flow_world *fw, const struct requirement *need) {
	struct faults faults = { .arena = fw->rq->arena };
	struct record *r = NULL;
	if (!need->n) return NULL;
	TRY(read_whole(fw->rq, fw->tx, fw->run->flow->form, fw->run->record, &r));
	for (size_t i = 0; r && i < need->n; i++) {
		const struct field *f = need->fields[i];
		bool filled =
			f->rows ? r->rows[f->index].n > 0 : !value_is_null(&r->values[f->index]);
		if (!filled)
			FAULT(&faults, pointer_join(fw->rq->arena, "/fields", str_of(f->name)),
			      "required");
	}
	return faults_problem(&faults);
}

/* ---- flows inside ---- */

static struct problem *sub_record(struct flow_world *fw, const struct step *step, int64_t *out) {
	struct value v = VALUE_NONE;
	*out = fw->run->record;
	if (!step->record) return NULL;
	TRY(flow_eval(fw, &fw->run->flow->paths, step->record, &v));
	if (v.kind != VALUE_REF)
		return PROBLEM(fw->rq->arena, CONFLICT, "flow_sub_no_record", "step",
			       label_text(&step->label, fw->rq->language));
	*out = v.as.i;
	return NULL;
}

static struct problem *start_sub(void *context, struct run *run, const struct step *step,
				 struct task *task, enum run_state *state) {
	struct flow_world *fw = context;
	struct flow_start start = { .starter = directory_user_id(fw->rq->directory, run->starter),
				    .parent = run->id,
				    .parent_task = task->n };
	struct run *child;
	start.flow = app_flow(run->flow->app, str_of(step->flow));
	if (!start.flow) return PROBLEM(fw->rq->arena, CONFLICT, "flow_outdated", "step", step->id);
	TRY(flow_tell_state(fw));
	TRY(sub_record(fw, step, &start.record));
	TRY(flow_start_inside(fw->tx, fw->rq, fw->store, &start, &child));
	flow_record_changed(fw);
	task->child = child->id;
	*state = child->state;
	return NULL;
}

static void in_earnest(struct flow_world *fw, struct tx *tx, struct request *rq, struct store *s,
		       struct run *run) {
	flow_world_init(fw, tx, rq, s, run);
	fw->world.sub = start_sub;
}

/* ---- after a command ---- */

static struct problem *finish(struct flow_world *fw, struct run_seal *seal);

/* A run inside another has come to its end: so has its task there. */
static struct problem *tell_parent(struct flow_world *fw) {
	struct run *child = fw->run, *parent;
	struct flow_world above;
	struct run_seal none = { 0 };
	if (!child->parent || child->state == RUN_RUNNING) return NULL;
	TRY(flow_take(fw->tx, fw->rq, fw->store, child->parent, &parent));
	TRY(flow_usable(fw->rq, parent));
	struct task *t = run_task(parent, child->parent_task);
	if (!t || !task_live(t)) return NULL;
	in_earnest(&above, fw->tx, fw->rq, fw->store, parent);
	run_close(parent, t, TASK_DONE, NO_VERDICT);
	run_log(parent, "sub", t->step, 0)->reason = run_state_names[child->state];
	if (child->state == RUN_APPROVED)
		TRY(run_pass(parent, &above.world, t->step));
	else
		run_end(parent, RUN_REJECTED);
	return finish(&above, &none);
}

static struct problem *end_children(struct flow_world *fw) {
	for (size_t i = 0; i < fw->run->task_count; i++) {
		const struct task *t = &fw->run->tasks[i];
		struct flow_world below;
		struct run_seal none = { 0 };
		struct run *child;
		if (!t->child || t->state != TASK_VOID || !t->changed) continue;
		TRY(flow_take(fw->tx, fw->rq, fw->store, t->child, &child));
		if (child->state != RUN_RUNNING) continue;
		in_earnest(&below, fw->tx, fw->rq, fw->store, child);
		run_log(child, "terminate", NULL, 0)->reason = "parent";
		run_end(child, RUN_TERMINATED);
		child->parent = 0;
		TRY(finish(&below, &none));
	}
	return NULL;
}

static struct problem *finish(struct flow_world *fw, struct run_seal *seal) {
	TRY(flow_tell_state(fw));
	if (seal->rev) TRY(seal_of(fw, seal));
	TRY(end_children(fw));
	TRY(flow_notices(fw));
	TRY(run_save(fw->tx, fw->run, seal));
	TRY(asked_do(fw)); /* the run is over by now: what is written is nobody's to hold */
	return tell_parent(fw);
}

/* ---- starting ---- */

static struct problem *check_free(struct flow_world *fw, const struct flow_start *start) {
	const struct flow *flow = start->flow;
	int64_t other;
	bool have;
	TRY(tx_int(fw->tx, sql_flow_open_of,
		   PARAMS(value_text(str_of(flow->app->name)), value_text(str_of(flow->form->id)),
			  value_int(start->record)),
		   &other, &have));
	if (!have || start->parent) return NULL;
	return PROBLEM(fw->rq->arena, CONFLICT, "flow_running");
}

struct run flow_trial(const struct request *rq, const struct flow *flow, int64_t record,
		      const struct user *starter) {
	return (struct run){ .arena = rq->arena,
			     .flow = flow,
			     .people = rq->directory,
			     .language = rq->language,
			     .record = record,
			     .starter = starter->id,
			     .now_us = rq->now_us };
}

static struct problem *start_run(struct flow_world *fw, const struct flow_start *start) {
	struct run_seal seal = { .rev = 1 };
	struct run *run = fw->run;
	TRY(check_free(fw, start));
	TRY(flow_version_current(fw->tx, fw->rq, start->flow, &run->version));
	run_log(run, "start", NULL, start->starter->id)->note = start->comment;
	TRY(run_begin(run, &fw->world));
	return finish(fw, &seal);
}

/* Whatever comes of it, the request is afterwards the one it was: rights of the flow outlive
 * nothing. */
struct problem *flow_start_inside(struct tx *tx, struct request *rq, struct store *s,
				  const struct flow_start *start, struct run **out) {
	struct flow_world fw;
	struct run *run = arena_alloc(rq->arena, sizeof *run);
	enum door door = rq->door;
	*run = flow_trial(rq, start->flow, start->record, start->starter);
	run->id = store_new_id(s);
	run->started_us = rq->now_us;
	run->parent = start->parent;
	run->parent_task = start->parent_task;
	run->changes = start->changes;
	TRY(given_start_picks(run, start->picks));
	in_earnest(&fw, tx, rq, s, run);
	TRY(request_within(rq));
	rq->door = DOOR_FLOW;
	struct problem *p = start_run(&fw, start);
	rq->door = door;
	--rq->within;
	*out = run;
	return p;
}

struct problem *flow_judge_start(struct tx *tx, struct request *rq, struct store *s,
				 const struct flow *flow, int64_t record,
				 const struct user *starter) {
	struct run trial = flow_trial(rq, flow, record, starter);
	struct flow_world fw;
	enum door door = rq->door;
	flow_world_init(&fw, tx, rq, s, &trial);
	fw.trial = true;
	rq->door = DOOR_FLOW;
	struct problem *p = flow_may_start(&fw, starter);
	rq->door = door;
	return p;
}

/* A token that may only read decides nothing. */
static struct problem *may_write(const struct request *rq) {
	return rq->scope.read_only ? PROBLEM(rq->arena, FORBIDDEN, "forbidden") : NULL;
}

struct problem *flow_start(struct tx *tx, struct request *rq, struct store *s,
			   const struct flow_start *start, struct run **out) {
	const char *title = NULL;
	TRY(may_write(rq));
	TRY(request_people(rq, tx, s));
	TRY(read_titles(rq, tx, start->flow->form, &start->record, 1, &title));
	if (!title) return unknown(rq);
	TRY(flow_judge_start(tx, rq, s, start->flow, start->record, start->starter));
	struct run trial = flow_trial(rq, start->flow, start->record, start->starter);
	trial.changes = start->changes;
	TRY(asked_try(rq, s, &trial));
	return flow_start_inside(tx, rq, s, start, out);
}

/* ---- a record that was written ---- */

/* Of several flows that a new record would start, the first that may begins. */
static struct problem *start_by_itself(struct tx *tx, struct request *rq, struct store *s,
				       const struct form *form, int64_t id) {
	for (size_t i = 0; rq->actor && i < form->flow_count; i++) {
		const struct flow *flow = form->flows[i];
		struct flow_start start = { .flow = flow, .record = id, .starter = rq->actor };
		struct run *run;
		if (flow->start.on != START_CREATED) continue;
		struct problem *no = flow_judge_start(tx, rq, s, flow, id, rq->actor);
		if (!no) return flow_start_inside(tx, rq, s, &start, &run);
		if (no->kind != PROBLEM_FORBIDDEN && no->kind != PROBLEM_CONFLICT) return no;
	}
	return NULL;
}

bool flow_waits_for(const struct flow *flow, const struct form *form) {
	for (size_t i = 0; i < flow->step_count; i++)
		if (flow->steps[i]->until && flow->steps[i]->until_form == form) return true;
	return false;
}

/* A record that is deleted takes its approval with it. */
static struct problem *deleted(struct tx *tx, struct request *rq, struct store *s,
			       const struct form *form, int64_t id) {
	struct run_seal none = { 0 };
	struct flow_world fw;
	struct run *run;
	int64_t open;
	bool have;
	TRY(tx_int(tx, sql_flow_open_of,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			  value_int(id)),
		   &open, &have));
	if (!have || rq->door == DOOR_FLOW) return NULL;
	TRY(flow_take(tx, rq, s, open, &run));
	in_earnest(&fw, tx, rq, s, run);
	run_log(run, "terminate", NULL, rq->actor ? rq->actor->id : 0)->reason = "deleted";
	run_end(run, RUN_TERMINATED);
	run->tell = false;
	return finish(&fw, &none);
}

static struct problem *written(struct tx *tx, struct request *rq, struct store *s,
			       const struct form *form, int64_t id, enum write_op op) {
	if (op == WRITE_DELETE) return form->flow_count ? deleted(tx, rq, s, form, id) : NULL;
	const struct app *app = form->app;
	bool awaited = false;
	for (size_t i = 0; i < app->flow_count && !awaited; i++)
		awaited = flow_waits_for(app->flows[i], form);
	if (awaited) {
		TRY(tx_exec(tx, sql_flow_wake_add,
			    PARAMS(value_text(str_of(app->name)), value_text(str_of(form->id)),
				   value_int(id), value_int(rq->now_us)),
			    NULL));
		tx_due(tx, rq->now_us);
	}
	return op == WRITE_CREATE ? start_by_itself(tx, rq, s, form, id) : NULL;
}

const struct record_listener flow_listener = { written };

/* ---- commands ---- */

static struct problem *verdict_fields(struct flow_world *fw, const struct command *c,
				      const struct json *body) {
	const struct task *t = run_task(fw->run, c->task);
	bool verdict = c->act <= ACT_RESUBMIT;
	if (!t || !verdict) return NULL;
	unsigned may = run_actions(fw->run, t, c->actor);
	if (!(may >> c->act & 1)) return NULL; /* run_command says why */
	TRY(check_rev(fw, body));
	TRY(write_fields(fw, t, json_get(body, "fields")));
	bool bound = t->step && t->origin != ORIGIN_DELEGATE;
	return bound ? check_filled(fw, &t->step->require[c->act]) : NULL;
}

static struct problem *carry_out(struct flow_world *fw, const struct command *c,
				 const struct json *body) {
	bool verdict = c->act <= ACT_RESUBMIT;
	struct run_seal seal = { .rev = verdict, .signature = verdict ? c->signature : STR("") };
	TRY(verdict_fields(fw, c, body));
	TRY(given_picks(fw->run, c, json_get(body, "picks")));
	if (c->act == ACT_REMIND) TRY(flow_remind_limit(fw));
	if (c->act == ACT_COMMENT) TRY(flow_comment_limit(fw));
	TRY(run_command(fw->run, &fw->world, c));
	return finish(fw, &seal);
}

struct problem *flow_call(struct tx *tx, struct request *rq, struct store *s,
			  const struct flow_call *call, struct run **out) {
	struct command c = { .act = call->act, .task = call->task };
	struct flow_world fw;
	bool sees;
	enum door door = rq->door;
	TRY(may_write(rq));
	TRY(request_people(rq, tx, s));
	TRY(flow_take(tx, rq, s, call->run, out));
	TRY(flow_sees(tx, rq, *out, &sees));
	if (!sees) return unknown(rq);
	c.actor = rq->actor;
	TRY(given_command(rq, *out, call->body, &c));
	in_earnest(&fw, tx, rq, s, *out);
	rq->door = DOOR_FLOW;
	struct problem *p = carry_out(&fw, &c, call->body);
	rq->door = door;
	return p;
}

struct problem *flow_fire(struct tx *tx, struct request *rq, struct store *s,
			  const struct flow_firing *f, bool *fired) {
	struct command c = { .act = ACT_DUE, .task = f->task };
	struct run_seal none = { 0 };
	struct flow_world fw;
	struct run *run;
	*fired = false;
	rq->door = DOOR_FLOW;
	TRY(request_people(rq, tx, s));
	TRY(flow_take(tx, rq, s, f->run, &run));
	const struct task *t = run_task(run, f->task);
	if (!t || t->state != TASK_OPEN || run->state != RUN_RUNNING) return NULL;
	if (f->due_us && t->next_us != f->due_us) return NULL;
	in_earnest(&fw, tx, rq, s, run);
	fw.woken = f->woken;
	TRY(run_command(run, &fw.world, &c));
	*fired = !task_live(run_task(run, f->task)) || t->kind != TASK_WAIT;
	return finish(&fw, &none);
}

/* Who is asked there still says one verdict for both; not where votes are counted: one would be
 * lost. */
static bool says_for_both(const struct run *run, const struct task *t, int32_t user) {
	bool says = false;
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *o = &run->tasks[i];
		says |= o->actor == user && task_live(o) && o->origin != ORIGIN_DELEGATE &&
			task_of(o, t->step, t->round);
	}
	return says && !(t->step && mode_counts(&t->step->mode));
}

/* `to` may be 0: nobody is named. Who has a part there comes last: then one task is not needed. */
static struct problem *successor(struct flow_world *fw, const struct task *t, int32_t to,
				 int32_t *out) {
	const struct due_rule upwards = { .act = DUE_ESCALATE };
	const struct run *run = fw->run;
	if (to == run->starter && step_bars_starter(t->step)) to = 0;
	*out = to;
	if (to && (says_for_both(run, t, to) || !run_part(run, t->step, t->round, to))) return NULL;
	TRY(flow_deputy(fw, run, t, &upwards, out));
	if (!*out) *out = to ? to : flow_first_admin(fw);
	return NULL;
}

static void give_back(struct run *run, struct task *t, int32_t to) {
	int32_t owner = t->for_whom;
	run_hand(run, t, to, owner == to ? 0 : owner);
	struct log_line *line = run_log(run, "asked", t->step, to);
	line->for_whom = t->for_whom;
	line->round = t->round;
	line->task = t->n;
	line->reason = "proxy_ended";
}

struct problem *flow_take_over(struct tx *tx, struct request *rq, struct store *s, int64_t id,
			       int64_t n, int32_t to) {
	struct command c = { .act = ACT_TRANSFER, .task = n };
	struct run_seal none = { 0 };
	struct flow_world fw;
	struct run *run;
	int32_t owner = 0;
	rq->door = DOOR_FLOW;
	TRY(request_people(rq, tx, s));
	TRY(flow_take(tx, rq, s, id, &run));
	struct task *t = run_task(run, n);
	if (!t || t->state != TASK_OPEN || run->state != RUN_RUNNING) return NULL;
	in_earnest(&fw, tx, rq, s, run);
	if (t->for_whom) TRY(flow_stand_in(&fw, t, &owner));
	if (owner) { /* he only stood in: it is for who stands in now, or his whose it is */
		give_back(run, t, owner);
		return finish(&fw, &none);
	}
	TRY(successor(&fw, t, to, &to));
	const struct user *who = to ? directory_user_id(rq->directory, to) : NULL;
	if (!who || !who->active || who->id == t->actor)
		return PROBLEM(rq->arena, CONFLICT, "flow_nobody", "step",
			       t->step ? t->step->id : "start");
	c.who = &who;
	c.who_count = 1;
	TRY(run_command(run, &fw.world, &c));
	return finish(&fw, &none);
}

struct problem *flow_give_back(struct tx *tx, struct request *rq, struct store *s, int64_t id,
			       int64_t n, const struct proxy *ended) {
	struct run_seal none = { 0 };
	struct flow_world fw;
	struct run *run;
	int32_t to;
	rq->door = DOOR_FLOW;
	TRY(request_people(rq, tx, s));
	TRY(flow_take(tx, rq, s, id, &run));
	struct task *t = run_task(run, n);
	if (!t || !task_live(t) || !t->for_whom || run->state != RUN_RUNNING) return NULL;
	in_earnest(&fw, tx, rq, s, run);
	TRY(flow_stand_in(&fw, t, &to));
	if (!to) return NULL;
	TRY(flow_notice_ended(&fw, t, ended));
	give_back(run, t, to);
	return finish(&fw, &none);
}
