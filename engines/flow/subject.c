/* subject.c -- the record of a run: as conditions see it, and the state the run tells it to have.
 * 1. Where the run stands in front of a change or a move its steps see the record as it would be: who asks for more than
 *    50,000 needs who approves more than 50,000. Whether the flow is needed at all (start.when) is about the record as it was.
 * 2. A change that could not be done any more (the record has moved on) is refused when it is approved; until then the steps
 *    see the record as it is, so that the run can still be decided, returned or withdrawn. */
#include "engines/flow/world.h"

static const struct flow *flow_of(const struct flow_world *fw) { return fw->run->flow; }

struct problem *flow_stored(struct flow_world *fw, struct subject **out) {
	return subject_open(fw->tx, fw->rq, fw->store, flow_of(fw)->form, fw->run->record, -1, out);
}

bool flow_asks_write(const struct run *run) {
	return run->flow->start.on >= START_CHANGE && !run->parent;
}

struct write flow_asked_write(const struct run *run) {
	bool removes = run->flow->start.on == START_DELETE;
	return (struct write){ .op = removes ? WRITE_DELETE : WRITE_UPDATE,
			       .form = run->flow->form,
			       .id = run->record,
			       .if_match = -1,
			       .body = run->changes,
			       .pointer = "/changes",
			       .correction = true,
			       .approved = run->flow };
}

static struct problem *wished(struct flow_world *fw, struct subject **out) {
	const struct write w = flow_asked_write(fw->run);
	*out = NULL;
	if (!flow_asks_write(fw->run) || w.op != WRITE_UPDATE || !w.body) return NULL;
	if (fw->run->state != RUN_RUNNING) return NULL;
	struct problem *p = subject_after(fw->tx, fw->rq, fw->store, &w, out);
	return p && (p->kind == PROBLEM_INVALID || p->kind == PROBLEM_CONFLICT) ? NULL : p;
}

struct problem *flow_subject(struct flow_world *fw, struct subject **out) {
	if (!fw->subject) TRY(wished(fw, &fw->subject));
	if (!fw->subject) TRY(flow_stored(fw, &fw->subject));
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

static struct write state_write(const struct flow_world *fw, const struct enum_value *state) {
	struct arena *a = fw->rq->arena;
	const struct field *f = flow_of(fw)->state;
	struct input_field *given = arena_alloc(a, sizeof *given);
	struct input *input = arena_alloc(a, sizeof *input);
	*given = (struct input_field){ .field = f,
				       .value = value_text(str_of(state->value)),
				       .pointer = pointer_join(a, "", str_of(f->name)) };
	*input = (struct input){ given, 1 };
	return (struct write){ .op = WRITE_UPDATE,
			       .form = flow_of(fw)->form,
			       .id = fw->run->record,
			       .if_match = -1,
			       .input = input };
}

struct problem *flow_try_state(struct flow_world *fw) {
	const struct enum_value *state = flow_of(fw)->states[FLOW_STARTED];
	if (!state) return NULL;
	struct write w = state_write(fw, state);
	w.dry_run = true;
	return record_try_inside(fw->tx, fw->rq, fw->store, &w);
}

static struct problem *write_state(struct flow_world *fw, const struct enum_value *state) {
	struct write w = state_write(fw, state);
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
