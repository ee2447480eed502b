/* data.c -- set, create, update: actions that write records. */
#include "engines/action/run.h"

/* ---- values ---- */

/* What an expression gives takes the form its field keeps: an identity number its capital X, rich
 * text its cleaned tags. */
static struct problem *settle(struct action_run *run, const struct act *a,
			      struct input_field *given) {
	struct codec codec = request_codec(run->rq);
	struct faults faults = { .arena = run->rq->arena };
	struct parse p = { .arena = run->rq->arena, .codec = &codec, .faults = &faults };
	const char *at = "";
	if (a->form) at = arena_printf(p.arena, "%s/%s", action_pointer(run, a), a->form->name);
	p.pointer = pointer_join(p.arena, at, str_of(given->field->name));
	return field_settle(&p, given->field, &given->value) ? NULL : faults_problem(&faults);
}

struct problem *action_values(struct action_run *run, const struct act *a, struct input *out) {
	struct arena *arena = run->rq->arena;
	*out = (struct input){
		arena_array(arena, a->value_count + a->copy_count + 1, sizeof *out->fields), 0
	};
	for (size_t i = 0; i < a->value_count; i++) {
		const struct field *f = a->values[i].field;
		struct input_field *given = &out->fields[out->n++];
		*given = (struct input_field){ .field = f };
		TRY(action_eval(run, a, a->values[i].value, &given->value));
		TRY(settle(run, a, given));
	}
	return NULL;
}

static void place_faults(struct action_run *run, const char *pointer, const struct input *values) {
	for (size_t i = 0; i < values->n; i++)
		values->fields[i].pointer = pointer_join(run->rq->arena, pointer,
							 str_of(values->fields[i].field->name));
}

/* Somebody who may not write there is told that he may not press, not what is there. */
static struct problem *refused(struct action_run *run, const struct act *a, struct problem *p) {
	if (!p || (p->kind != PROBLEM_NOT_FOUND && p->kind != PROBLEM_FORBIDDEN)) return p;
	struct problem *told = PROBLEM(run->rq->arena, FORBIDDEN, "action_forbidden");
	told->pointer = action_pointer(run, a);
	return told;
}

static struct problem *write_other(struct action_run *run, const struct act *a, struct write *w,
				   const struct input *values) {
	struct arena *arena = run->rq->arena;
	w->pointer = arena_printf(arena, "%s/%s", action_pointer(run, a), w->form->name);
	w->if_match = -1;
	w->input = values;
	place_faults(run, w->pointer, values);
	struct problem *p = record_write_inside(run->tx, run->rq, run->store, w);
	subject_refresh(run->subject);
	return refused(run, a, p);
}

/* ---- results ---- */

void action_result(struct action_run *run, const struct act *a, int64_t id, bool taken) {
	if (a->result != NO_RESULT) run->named[a->result] = id;
	if (run->made_count == run->made_room) {
		size_t room = run->made_room ? run->made_room * 2 : 8;
		run->made =
			arena_grow(run->rq->arena, run->made, run->made_count * sizeof *run->made,
				   room * sizeof *run->made);
		run->made_room = room;
	}
	run->made[run->made_count++] = (struct action_made){ a->form, id, taken };
}

void action_put(struct action_run *run, const struct field *f, struct value v) {
	subject_put(run->subject, f, v);
	run->changed[f->index] = 1;
}

/* ---- set ---- */

/* All values are found before the first is put: the order of keys means nothing. */
struct problem *action_set(struct action_run *run, const struct act *a) {
	struct input values;
	TRY(action_values(run, a, &values));
	for (size_t i = 0; i < values.n; i++)
		action_put(run, values.fields[i].field, values.fields[i].value);
	return NULL;
}

static struct input gathered(struct action_run *run) {
	struct input in = {
		arena_array(run->rq->arena, run->form->field_count + 1, sizeof *in.fields), 0
	};
	for (size_t i = 0; i < run->form->field_count; i++)
		if (run->changed[i])
			in.fields[in.n++] = (struct input_field){
				.field = run->form->fields[i],
				.value = *subject_value(run->subject, run->form->fields[i])
			};
	return in;
}

struct problem *action_run_finish(struct action_run *run, const struct record **after) {
	struct input values = gathered(run);
	struct write w = { .op = WRITE_UPDATE,
			   .form = run->form,
			   .id = run->id,
			   .if_match = -1,
			   .input = &values };
	*after = NULL;
	if (!values.n) return NULL;
	place_faults(run, "", &values);
	TRY(record_write_inside(run->tx, run->rq, run->store, &w));
	*after = w.after;
	return NULL;
}

/* ---- create, update ---- */

struct problem *action_create_record(struct action_run *run, const struct act *a,
				     const struct input *values, int64_t *id) {
	struct write w = { .op = WRITE_CREATE, .form = a->form };
	TRY(write_other(run, a, &w, values));
	*id = w.id;
	return NULL;
}

struct problem *action_create(struct action_run *run, const struct act *a) {
	struct input values;
	int64_t id;
	TRY(action_values(run, a, &values));
	TRY(action_create_record(run, a, &values, &id));
	action_result(run, a, id, false);
	return NULL;
}

static struct problem *no_record(struct action_run *run, const struct act *a) {
	struct faults faults = { .arena = run->rq->arena };
	FAULT(&faults, action_pointer(run, a), "action_no_record", "form",
	      label_text(&a->form->label, run->rq->language));
	return faults_problem(&faults);
}

/* The record itself is set, like by "set"; another one is written here. */
struct problem *action_update(struct action_run *run, const struct act *a) {
	struct value at = VALUE_NONE;
	struct input values;
	TRY(action_eval(run, a, a->expr, &at));
	if (at.kind != VALUE_REF) return no_record(run, a);
	if (a->form == run->form && at.as.i == run->id) return action_set(run, a);
	TRY(action_values(run, a, &values));
	struct write w = { .op = WRITE_UPDATE, .form = a->form, .id = at.as.i };
	TRY(write_other(run, a, &w, &values));
	if (a->result != NO_RESULT) run->named[a->result] = at.as.i;
	return NULL;
}
