/* held.c -- while an approval runs, its record changes only through it: through the fields of its
 * steps, its actions, rules, and administrators. Asked when a write is prepared, for a clear answer
 * in time, and when it is stored: starting a run need not change the record's revision. */
#include "engines/form/write.h"

#include "runtime/model/flow.h"
#include "runtime/store/queries.h"

static bool passes(const struct prepared *p) {
	const struct write *w = p->w;
	enum door door = p->rq->door;
	if (!w->form->flow_count || w->op == WRITE_CREATE || w->look || w->dry_run || w->correction)
		return true;
	return door == DOOR_FLOW || door == DOOR_RULE || door == DOOR_SYSTEM ||
	       request_is_admin(p->rq);
}

struct problem *held_check(struct prepared *p) {
	const struct form *form = p->w->form;
	int64_t run;
	bool held;
	if (passes(p)) return NULL;
	TRY(tx_int(p->tx, sql_flow_open_of,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			  value_int(p->w->id)),
		   &run, &held));
	return held ? PROBLEM(p->rq->arena, CONFLICT, "record_held") : NULL;
}
