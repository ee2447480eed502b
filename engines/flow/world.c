#include "engines/flow/world.h"

#include "engines/action/run.h"
#include "engines/flow/engine.h"
#include "engines/flow/taken.h"
#include "runtime/expr/worktime.h"
#include "runtime/store/read.h"

static const struct flow *flow_of(const struct flow_world *fw) { return fw->run->flow; }

/* ---- the record ---- */

struct problem *flow_subject(struct flow_world *fw, struct subject **out) {
	if (!fw->subject)
		TRY(subject_open(fw->tx, fw->rq, fw->store, flow_of(fw)->form, fw->run->record, -1,
				 &fw->subject));
	*out = fw->subject;
	return NULL;
}

void flow_record_changed(struct flow_world *fw) { fw->subject = NULL; }

struct problem *flow_eval(struct flow_world *fw, const struct expr_paths *paths,
			  const struct expr *e, struct value *out) {
	struct subject *s;
	TRY(flow_subject(fw, &s));
	return subject_eval(s, paths, NULL, e, "", out);
}

static struct problem *world_test(void *context, const struct expr *condition, bool *out) {
	struct flow_world *fw = context;
	struct value v = VALUE_NONE;
	TRY(flow_eval(fw, &flow_of(fw)->paths, condition, &v));
	*out = v.kind == VALUE_BOOL && v.as.i;
	return NULL;
}

static struct problem *write_state(struct flow_world *fw, const struct enum_value *state) {
	const struct field *f = flow_of(fw)->state;
	struct input_field given = { .field = f,
				     .value = value_text(str_of(state->value)),
				     .pointer = pointer_join(fw->rq->arena, "", str_of(f->name)) };
	struct input input = { &given, 1 };
	struct write w = { .op = WRITE_UPDATE,
			   .form = flow_of(fw)->form,
			   .id = fw->run->record,
			   .if_match = -1,
			   .input = &input };
	flow_record_changed(fw);
	struct problem *p = record_write_inside(fw->tx, fw->rq, fw->store, &w);
	/* Deleted along with another record: the run can still be ended. */
	bool over = fw->run->state != RUN_RUNNING;
	return over && p && p->kind == PROBLEM_NOT_FOUND ? NULL : p;
}

struct problem *flow_tell_state(struct flow_world *fw) {
	const struct enum_value *state = fw->run->tell ? flow_of(fw)->states[fw->run->told] : NULL;
	fw->run->tell = false;
	if (!state || fw->trial) return NULL;
	return write_state(fw, state);
}

/* ---- actions ---- */

/* What an act writes must build on the state the run has come to. */
static struct problem *world_act(void *context, struct run *run, const struct step *step) {
	struct flow_world *fw = context;
	struct action_run act = { .tx = fw->tx,
				  .rq = fw->rq,
				  .store = fw->store,
				  .form = run->flow->form,
				  .id = run->record,
				  .pointer = "" };
	const struct record *after;
	if (fw->trial) return NULL;
	TRY(flow_tell_state(fw));
	if (!step->program)
		return PROBLEM(fw->rq->arena, CONFLICT, "flow_outdated", "step", step->id);
	flow_record_changed(fw);
	TRY(flow_subject(fw, &act.subject));
	act.changed = arena_alloc(fw->rq->arena, act.form->field_count + 1);
	TRY(action_run_program(&act, step->program));
	TRY(action_run_finish(&act, &after));
	flow_record_changed(fw);
	return NULL;
}

static struct problem *sub_record(struct flow_world *fw, const struct step *step, int64_t *out) {
	struct value v = VALUE_NONE;
	*out = fw->run->record;
	if (!step->record) return NULL;
	TRY(flow_eval(fw, &flow_of(fw)->paths, step->record, &v));
	if (v.kind != VALUE_REF)
		return PROBLEM(fw->rq->arena, CONFLICT, "flow_sub_no_record", "step",
			       label_text(&step->label, fw->rq->language));
	*out = v.as.i;
	return NULL;
}

static struct problem *world_sub(void *context, struct run *run, const struct step *step,
				 struct task *task, enum run_state *state) {
	struct flow_world *fw = context;
	struct flow_start start = { .starter = directory_user_id(fw->rq->directory, run->starter),
				    .parent = run->id,
				    .parent_task = task->n };
	struct run *child;
	if (fw->trial) {
		*state = RUN_APPROVED;
		return NULL;
	}
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

/* ---- time ---- */

static struct problem *after_span(struct flow_world *fw, int64_t from_us, const char *text,
				  int64_t *out) {
	const struct expr_frame frame = request_frame(fw->rq, NULL);
	struct time_span span;
	if (!time_span_parse(str_of(text), &span))
		return PROBLEM(fw->rq->arena, INTERNAL, "internal");
	const char *fault = worktime_add(frame.calendar, frame.zone, from_us, &span, out);
	return fault ? PROBLEM(fw->rq->arena, CONFLICT, fault, "column", "1", "text", text) : NULL;
}

/* The earliest rule after the one that has just acted (t->next_us 0: none yet); of several at one
 * moment in the order they are written. */
static struct problem *next_rule(struct flow_world *fw, const struct step *step, struct task *t) {
	int64_t acted_us = t->next_us;
	size_t acted = t->next;
	t->next_us = 0;
	t->next = step->on_due_count; /* none: all have acted */
	for (size_t i = 0; i < step->on_due_count; i++) {
		int64_t at = t->due_us;
		if (*step->on_due[i].offset)
			TRY(after_span(fw, t->due_us, step->on_due[i].offset, &at));
		if (acted_us && (at < acted_us || (at == acted_us && i <= acted))) continue;
		if (t->next_us && at >= t->next_us) continue;
		t->next_us = at;
		t->next = i;
	}
	return NULL;
}

/* Of a task that was held, or closed and taken back: the rule whose turn it was acts at its moment;
 * at once, when that has passed meanwhile. */
static struct problem *resume_rules(struct flow_world *fw, const struct step *step,
				    struct task *t) {
	if (t->next >= step->on_due_count) return NULL;
	t->next_us = t->due_us;
	if (!*step->on_due[t->next].offset) return NULL;
	return after_span(fw, t->due_us, step->on_due[t->next].offset, &t->next_us);
}

/* A wait for a record is woken by it (due.c); now and then it is looked at all the same: the flow
 * may be one of an earlier version, or time alone may have made the condition true. */
static const int64_t WAIT_RECHECK_US = 3600 * 1000000LL;

static struct problem *world_due(void *context, const struct step *step, struct task *t) {
	struct flow_world *fw = context;
	t->changed = true;
	if (step->kind == STEP_WAIT) {
		if (step->until) t->next_us = fw->run->now_us + WAIT_RECHECK_US;
		if (step->span) TRY(after_span(fw, fw->run->now_us, step->span, &t->next_us));
		t->due_us = step->span ? t->next_us : 0;
		return NULL;
	}
	if (!step->due) return NULL;
	if (t->due_us && !t->next_us) return resume_rules(fw, step, t);
	if (!t->due_us) TRY(after_span(fw, t->opened_us, step->due, &t->due_us));
	return next_rule(fw, step, t);
}

/* ---- waits ---- */

static struct problem *world_awaited(void *context, const struct run *run, const struct step *step,
				     bool *out) {
	struct flow_world *fw = context;
	struct value v = VALUE_NONE;
	if (step->until_form != run->flow->form)
		return flow_any_record(fw, step->until_form, fw->woken, &step->until_paths,
				       step->until, out);
	TRY(flow_eval(fw, &step->until_paths, step->until, &v));
	*out = v.kind == VALUE_BOOL && v.as.i;
	return NULL;
}

void flow_world_init(struct flow_world *fw, struct tx *tx, struct request *rq, struct store *s,
		     struct run *run) {
	*fw = (struct flow_world){ .tx = tx, .rq = rq, .store = s, .run = run };
	fw->world = (struct world){ fw,        world_test, flow_people, world_act,
				    world_sub, world_due,  flow_deputy, world_awaited,
				    flow_taken };
}
