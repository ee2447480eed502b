/* stage_log.c -- the log of moves: from, to, who, when, and how long the record stood in the former
 * stage. The first value is logged too (from nothing), so that the time in it can be told later. */
#include "engines/form/write.h"

#include "runtime/base/day.h"
#include "runtime/store/queries.h"

/* The code of an enum value as columns hold it; reports join it with the values' names. */
static struct value code_of(const struct unit *u, const struct field *f, const struct value *v) {
	struct value cell = VALUE_NONE;
	if (value_is_null(v) || !f->type->to_cell(f, &u->p->codec, v, &cell)) return VALUE_NONE;
	return cell;
}

static struct value actor_code(const struct request *rq) {
	return rq->actor ? value_int(rq->actor->id) : VALUE_NONE;
}

/* When the record came into the stage it leaves: the last move, else its creation. */
static struct problem *entered_at(struct prepared *p, const struct unit *u, const struct field *f,
				  int64_t *at) {
	bool have;
	const struct field *created = form_system(p->root.form, SYSTEM_CREATED_AT);
	TRY(tx_int(p->tx, sql_stage_last,
		   PARAMS(value_text(str_of(p->rq->app->name)), value_text(str_of(u->form->id)),
			  value_int(u->now->id), value_text(str_of(f->id))),
		   at, &have));
	if (!have) *at = unit_value(&p->root, created)->as.i;
	return NULL;
}

static struct problem *log_move(struct prepared *p, const struct move *m) {
	struct unit *u = m->unit;
	struct value seconds = VALUE_NONE;
	int64_t at;
	if (!value_is_null(unit_old(u, m->field))) {
		TRY(entered_at(p, u, m->field, &at));
		seconds = value_int((p->rq->now_us - at) / DAY_US_PER_S);
	}
	return tx_exec(p->tx, sql_stage_add,
		       PARAMS(value_text(str_of(p->rq->app->name)), value_text(str_of(u->form->id)),
			      value_int(u->now->id), value_text(str_of(m->field->id)),
			      code_of(u, m->field, unit_old(u, m->field)),
			      code_of(u, m->field, unit_value(u, m->field)), actor_code(p->rq),
			      value_int(p->rq->now_us), seconds),
		       NULL);
}

struct problem *stage_log_add(struct prepared *p) {
	for (size_t i = 0; i < p->move_count; i++) TRY(log_move(p, &p->moves[i]));
	return NULL;
}
