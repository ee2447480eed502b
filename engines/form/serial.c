/* serial.c -- numbers in a row: a counter for each field and reset period, in table counter.
 *  1. A number is taken in the transaction of the record it belongs to: no two records get the same
 * one, and one whose write fails is given to the next. (A counter that may leave gaps is kept the
 * same way: nothing is faster here, where one thread writes.)
 *  2. The period is that of the write's day in the app's zone.
 *  3. More numbers than the digits hold make the text longer, never wrap. */
#include "engines/form/write.h"

#include "runtime/base/day.h"
#include "runtime/store/queries.h"

enum { SERIAL_TEXT_MAX = 2000 };

static const char *const reset_patterns[] = {
	[RESET_NEVER] = "",        [RESET_DAY] = "YYYY-MM-DD", [RESET_WEEK] = NULL,
	[RESET_MONTH] = "YYYY-MM", [RESET_YEAR] = "YYYY",
};

static int64_t local_now(const struct prepared *p) {
	const struct zone *zone = p->rq->app->zone;
	return zone ? zone_to_local(zone, p->rq->now_us) : p->rq->now_us;
}

static void add_week(struct sb *key, int64_t local_us) {
	int year, week;
	int64_t day = local_us / DAY_US - (local_us % DAY_US < 0);
	day_iso_week(day, &year, &week);
	sb_printf(key, "%04d-W%02d", year, week);
}

static const char *counter_key(const struct prepared *p, const struct field *f) {
	struct sb key = sb_on(p->rq->arena, SERIAL_TEXT_MAX);
	const char *pattern = reset_patterns[f->serial->reset];
	sb_printf(&key, "%s/%s/", f->form->table, f->id); /* neither changes with a rename */
	if (pattern)
		datetime_write(&key, local_now(p), str_of(pattern));
	else
		add_week(&key, local_now(p));
	return sb_cstr(&key);
}

/* Two plain statements cost a third of one INSERT ... ON CONFLICT ... RETURNING, which builds a
 * table for its answer. */
static struct problem *next_number(struct prepared *p, const struct field *f, int64_t *out) {
	struct value key = value_text(str_of(counter_key(p, f)));
	int64_t raised;
	bool have;
	TRY(tx_exec(p->tx, sql_counter_raise, &key, 1, &raised));
	if (raised) return tx_int(p->tx, sql_counter_get, &key, 1, out, &have);
	*out = f->serial->start;
	return tx_exec(p->tx, sql_counter_begin, PARAMS(key, value_int(*out)), NULL);
}

static void add_part(struct sb *text, struct unit *u, const struct serial_part *part,
		     int64_t number) {
	struct prepared *p = u->p;
	switch (part->kind) {
	case SERIAL_TEXT: sb_cat(text, part->text); break;
	case SERIAL_DATE: datetime_write(text, local_now(p), str_of(part->text)); break;
	case SERIAL_FIELD:
		field_write_text(text, part->field, &p->codec, unit_value(u, part->field), false);
		break;
	case SERIAL_COUNTER: sb_printf(text, "%0*lld", part->digits, (long long)number); break;
	}
}

static bool counts(const struct serial *s) {
	for (size_t i = 0; i < s->n; i++)
		if (s->parts[i].kind == SERIAL_COUNTER) return true;
	return false;
}

static struct problem *assign(struct unit *u, const struct field *f) {
	struct sb text = sb_on(u->p->rq->arena, SERIAL_TEXT_MAX);
	int64_t number = 0;
	if (counts(f->serial)) TRY(next_number(u->p, f, &number));
	for (size_t i = 0; i < f->serial->n; i++) add_part(&text, u, &f->serial->parts[i], number);
	unit_set(u, f, value_text(sb_str(&text)));
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
		for (size_t k = 0; !u->old && k < plan->serial_count; k++)
			TRY(assign(u, plan->serials[k]));
	}
	return compute_again(p);
}
