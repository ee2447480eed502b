/* held.c -- approvals and the writes of hands.
 *  1. While an approval runs, its record changes only through it: through the fields of its steps,
 * its actions, rules, and administrators. Asked when a write is prepared, for a clear answer in
 * time, and when it is stored: starting a run need not change the record's revision.
 *  2. Where a flow is for changing, deleting or moving records (flow.start.on) and its condition
 * holds for the record as it is stored, nobody but an administrator does that by hand: it is asked
 * for by starting the flow, which does it when it ends.
 *  3. An approval covers what its own flow is for: a change its change, a move that one field. What
 * another flow guards is not done along with it, nor by whoever corrects a record in approval. */
#include "engines/form/write.h"

#include "runtime/model/flow.h"
#include "runtime/store/queries.h"

static bool by_engine(const struct prepared *p) {
	enum door door = p->rq->door;
	return door == DOOR_FLOW || door == DOOR_RULE || door == DOOR_SYSTEM ||
	       request_is_admin(p->rq);
}

static bool passes(const struct prepared *p) {
	const struct write *w = p->w;
	bool asks = w->op == WRITE_CREATE || w->look || w->dry_run;
	return asks || !w->form->flow_count || by_engine(p);
}

struct problem *held_check(struct prepared *p) {
	const struct form *form = p->w->form;
	int64_t run;
	bool held;
	if (passes(p) || p->w->correction) return NULL;
	TRY(tx_int(p->tx, sql_flow_open_of,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			  value_int(p->w->id)),
		   &run, &held));
	return held ? PROBLEM(p->rq->arena, CONFLICT, "record_held") : NULL;
}

/* Does this write do what the flow is for? */
static bool guards(const struct prepared *p, const struct flow *flow) {
	const struct value *to;
	switch (flow->start.on) {
	case START_BY_HAND:
	case START_CREATED: return false;
	case START_CHANGE: return p->w->op == WRITE_UPDATE;
	case START_DELETE: return p->w->op == WRITE_DELETE;
	case START_MOVE: break;
	}
	if (p->w->op != WRITE_UPDATE || !unit_changed(&p->root, flow->start.field)) return false;
	to = unit_value(&p->root, flow->start.field);
	return !flow->start.to ||
	       (to->kind == VALUE_TEXT && str_is(to->as.s, flow->start.to->value));
}

static bool writes_only(const struct write *w, const struct field *f) {
	return w->body && w->body->n == 1 && str_is(w->body->keys[0].name, f->name);
}

/* Is it done by an approval that was asked for it? Of flows for the same thing one will do; a move
 * is a change of its field that has been approved. */
static bool covered(const struct prepared *p, const struct flow *flow) {
	const struct flow *by = p->w->approved;
	if (!by || !guards(p, by)) return false;
	if (by->start.on == flow->start.on) return by->start.field == flow->start.field;
	return by->start.on == START_MOVE && flow->start.on == START_CHANGE &&
	       writes_only(p->w, by->start.field);
}

/* Its condition is about the record as it was. */
static struct problem *applies(struct prepared *p, const struct flow *flow, bool *out) {
	struct value v = VALUE_NONE;
	*out = true;
	if (!flow->start.when) return NULL;
	TRY(unit_eval_over(unit_before(&p->root), &flow->paths, NULL, flow->start.when, "", &v));
	*out = v.kind == VALUE_BOOL && v.as.i;
	return NULL;
}

struct problem *guard_check(struct prepared *p) {
	const struct form *form = p->w->form;
	if (passes(p)) return NULL;
	for (size_t i = 0; i < form->flow_count; i++) {
		const struct flow *flow = form->flows[i];
		bool first = guards(p, flow) && !covered(p, flow);
		if (first) TRY(applies(p, flow, &first));
		if (first)
			return PROBLEM(p->rq->arena, CONFLICT, "flow_needed", "flow", flow->name,
				       "label", label_text(&flow->label, p->rq->language));
	}
	return NULL;
}
