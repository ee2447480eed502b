/* bare.c -- a run whose version cannot be used any more, taken all the same: its steps are nothing
 * but the ids its tasks and its marking name (which ways were taken is known again when the version
 * can be used again), with the labels of today where there is one of that id. */
#include "engines/flow/bare.h"

#include "runtime/store/queries.h"

static enum step_kind kind_of(struct str task_kind) {
	static const struct {
		const char *task;
		enum step_kind step;
	} kinds[] = { { "approve", STEP_APPROVE },
		      { "handle", STEP_HANDLE },
		      { "wait", STEP_WAIT },
		      { "sub", STEP_SUB } };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(task_kind, kinds[i].task)) return kinds[i].step;
	return STEP_CC;
}

static void add_step(struct arena *a, struct flow *flow, const struct flow *today, struct str name,
		     enum step_kind kind) {
	if (flow->step_count >= BARE_STEPS_MAX || flow_step(flow, name)) return;
	struct step *step = arena_alloc(a, sizeof *step);
	const char *id = str_dup(a, name);
	const struct step *now = today ? flow_step(today, str_of(id)) : NULL;
	*step = (struct step){ .id = id,
			       .kind = kind,
			       .label = now ? now->label : (struct label){ id, id },
			       .index = flow->step_count,
			       .place = flow->step_count,
			       .in = &flow->root };
	flow->steps = arena_grow(a, (void *)(uintptr_t)flow->steps,
				 flow->step_count * sizeof *flow->steps,
				 (flow->step_count + 1) * sizeof *flow->steps);
	((const struct step **)(uintptr_t)flow->steps)[flow->step_count++] = step;
	names_add(&flow->ids, str_of(id), step);
}

/* Branches have no tasks. */
static struct problem *read_branches(struct arena *a, const struct run_head *head,
				     const struct flow *today, struct flow *flow) {
	const struct json *marking;
	TRY(json_parse(a, str_of(head->marking), &json_limits_definition, &marking));
	const struct json *cases = json_get(marking, "cases");
	for (uint32_t i = 0; cases && i < cases->n; i++)
		add_step(a, flow, today, cases->keys[i].name, STEP_BRANCH);
	return NULL;
}

/* Done for ever at once, were the walk to come to them: no step stands in the list. */
static struct problem *read_steps(struct tx *tx, struct arena *a, const struct run_head *head,
				  const struct flow *today, struct flow *flow) {
	struct rows *r;
	TRY(tx_query(tx, sql_flow_steps_of_run, PARAMS(value_int(head->id)), &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		add_step(a, flow, today, rows_text(r, 0), kind_of(rows_text(r, 1)));
	}
}

struct problem *bare_flow(struct tx *tx, const struct request *rq, const struct run_head *head,
			  const struct flow **out) {
	struct arena *a = rq->arena;
	const struct flow *today = app_flow_by_id(rq->app, str_of(head->flow));
	struct flow *flow = arena_alloc(a, sizeof *flow);
	const char *id = arena_strdup(a, head->flow);
	*flow = (struct flow){ .arena = a,
			       .app = rq->app,
			       .name = today ? today->name : id,
			       .id = id,
			       .label = today ? today->label : (struct label){ id, id },
			       .form = app_form_by_id(rq->app, str_of(head->form)),
			       .withdraw = WITHDRAW_NEVER };
	if (!flow->form) return PROBLEM(a, CONFLICT, "flow_outdated", "step", id);
	if (today && today->form == flow->form) {
		flow->state = today->state;
		memcpy(flow->states, today->states, sizeof flow->states);
	}
	names_init(&flow->ids, a, BARE_STEPS_MAX);
	TRY(read_steps(tx, a, head, today, flow));
	TRY(read_branches(a, head, today, flow));
	*out = flow;
	return NULL;
}
