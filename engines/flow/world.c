#include "engines/flow/world.h"

#include "engines/action/run.h"
#include "engines/flow/taken.h"
#include "runtime/expr/worktime.h"
#include "runtime/store/read.h"

static const struct flow *flow_of(const struct flow_world *fw) { return fw->run->flow; }

static struct problem *world_test(void *context, const struct expr *condition, bool *out) {
	struct flow_world *fw = context;
	struct value v = VALUE_NONE;
	TRY(flow_eval(fw, &flow_of(fw)->paths, condition, &v));
	*out = v.kind == VALUE_BOOL && v.as.i;
	return NULL;
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
	TRY(flow_stored(fw, &act.subject));
	act.changed = arena_alloc(fw->rq->arena, act.form->field_count + 1);
	TRY(action_run_program(&act, step->program));
	TRY(action_run_finish(&act, &after));
	flow_record_changed(fw);
	return NULL;
}

/* On trial a flow inside passes; who starts it in earnest is the engine (engine.c). */
static struct problem *trial_sub(void *context, struct run *run, const struct step *step,
				 struct task *task, enum run_state *state) {
	(void)context, (void)run, (void)step, (void)task;
	*state = RUN_APPROVED;
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
				    trial_sub, world_due,  flow_deputy, world_awaited,
				    flow_taken };
}
