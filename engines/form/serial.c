/* serial.c -- numbers in a row: a counter for each field and reset period, in table counter.
 *  1. A number is taken in the transaction of the record it belongs to: no two records get the same
 * one, and one whose write fails is given to the next. (A counter that may leave gaps is kept the
 * same way: nothing is faster here, where one thread writes.)
 *  2. The period is that of the write's day in the app's zone.
 *  3. More numbers than the digits hold make the text longer, unless its overflow says else.
 *  4. A number is given once, when the record is created or first stands at the value `at` names,
 * and never changes. */
#include "engines/form/write.h"

#include "runtime/model/serial.h"
#include "runtime/store/counter.h"

static int64_t local_now(const struct prepared *p) {
	const struct zone *zone = p->rq->app->zone;
	return zone ? zone_to_local(zone, p->rq->now_us) : p->rq->now_us;
}

static struct problem *assign(struct unit *u, const struct field *f) {
	struct prepared *p = u->p;
	struct arena *a = p->rq->arena;
	int64_t day = local_now(p), counted = 0, shown = 0;
	if (serial_counts(f->serial))
		TRY(counter_next(p->tx, serial_counter_key(a, f, day), f->serial->start, &counted));
	if (!serial_number(f->serial, counted, &shown)) {
		UNIT_FAULT_AT(u, f, "serial_full", "field", label_text(&f->label, p->rq->language));
		return faults_problem(&p->w->faults);
	}
	unit_set(u, f,
		 value_text(serial_text(a, f->serial, &p->codec, u->now->values, day, shown)));
	return NULL;
}

/* A formula may read the number, which is known only now; what it reads besides was read in prepare
 * and is fresh. */
static struct problem *compute_again(struct prepared *p) {
	if (!write_plan(p->root.form)->serial_read) return NULL;
	TRY(computed_apply(p));
	return faults_problem(&p->w->faults);
}

struct problem *serials_assign(struct prepared *p) {
	for (size_t i = 0; i < prepared_units(p); i++) {
		struct unit *u = prepared_unit(p, i);
		const struct write_plan *plan = write_plan(u->form);
		const struct value *old = u->old ? u->old->values : NULL;
		for (size_t k = 0; k < plan->serial_count; k++)
			if (serial_due(plan->serials[k], old, u->now->values))
				TRY(assign(u, plan->serials[k]));
	}
	return compute_again(p);
}
