#include "engines/action/run.h"

#include <assert.h>

const char *action_pointer(struct action_run *run, const struct act *a) {
	return arena_printf(run->rq->arena, "%s%s", run->pointer, a->pointer);
}

struct problem *action_eval(struct action_run *run, const struct act *a, const struct expr *e,
			    struct value *out) {
	const struct program *p = run->program;
	struct named_records named = { p->names, run->named, p->name_count };
	return subject_eval(run->subject, &p->paths, &named, e, action_pointer(run, a), out);
}

/* ---- what is not writing ---- */

static struct problem *run_list(struct action_run *run, const struct actions *list);

static struct problem *run_if(struct action_run *run, const struct act *a) {
	struct value v = VALUE_NONE;
	TRY(action_eval(run, a, a->expr, &v));
	bool holds = v.kind == VALUE_BOOL && v.as.i;
	return run_list(run, holds ? &a->then : &a->otherwise);
}

/* The actions of another button of the same record; its condition and confirmation are for hands.
 * Definitions in which this does not end are refused (VR03). */
static struct problem *run_call(struct action_run *run, const struct act *a) {
	const struct program *caller = run->program;
	int64_t *named = run->named;
	const char *pointer = run->pointer;
	run->pointer = action_pointer(run, a);
	TRY(action_run_program(run, a->button->button->program));
	run->program = caller;
	run->named = named;
	run->pointer = pointer;
	return NULL;
}

/* The words of a flow are made with its rights, which are not lent to who may have written them. */
static bool may_hear(const struct action_run *run, const struct expr *text) {
	const struct expr_paths *paths = &run->program->paths;
	bool may = run->rq->door != DOOR_FLOW || !request_designs(run->rq, run->rq->app);
	for (size_t i = 0; !may && i < paths->count; i++)
		if (expr_uses(text, i) && paths->items[i].length) return false;
	return true;
}

static struct problem *run_fail(struct action_run *run, const struct act *a) {
	struct faults faults = { .arena = run->rq->arena };
	const struct expr *text = a->message[run->rq->language];
	struct value v = VALUE_NONE;
	if (!text)
		text = a->message[LANGUAGE_ZH] ? a->message[LANGUAGE_ZH] : a->message[LANGUAGE_EN];
	if (text && !may_hear(run, text))
		v = value_text(STR("…"));
	else if (text)
		TRY(action_eval(run, a, text, &v));
	const char *said = v.kind == VALUE_TEXT ? str_dup(run->rq->arena, v.as.s) : "";
	const char *at = a->at ? pointer_join(run->rq->arena, "", str_of(a->at->name)) : "";
	FAULT(&faults, at, "action_fail", "message", said);
	return faults_problem(&faults);
}

/* ---- the table ---- */

static action_kind_run *const runs[] = {
	[DO_SET] = action_set,
	[DO_CREATE] = action_create,
	[DO_UPDATE] = action_update,
	[DO_CONVERT] = action_convert,
	[DO_IF] = run_if,
	[DO_CALL] = run_call,
	[DO_FAIL] = run_fail,
};
_Static_assert(ARRAY_LEN(runs) == DO_KINDS, "a row for every kind");

static struct problem *run_list(struct action_run *run, const struct actions *list) {
	for (size_t i = 0; i < list->n; i++) TRY(runs[list->items[i].kind](run, &list->items[i]));
	return NULL;
}

struct problem *action_run_program(struct action_run *run, const struct program *program) {
	run->program = program;
	run->named = arena_array(run->rq->arena, program->name_count + 1, sizeof *run->named);
	return run_list(run, &program->actions);
}
