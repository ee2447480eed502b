/* linkage.c -- show, hide, require, read_only, set: in records and sub-rows alike, and as the
 * browser does it.
 *  1. Conditions see the values as they will be. Conditions, sets and formulas are run again until
 * nothing changes; the order of the rules makes no difference, and rules that chase each other are
 * a fault.
 *  2. A field that some rule shows is hidden while none of its rules holds; hide wins over show.
 *  3. `set` acts when its condition becomes true by this write, and not on a field the caller gave
 * a value.
 *  4. A hidden field keeps its value, is emptied, or gets its default again, as its hidden_value
 * says. This waits until the conditions stand still, so that a field hidden only on the way loses
 * nothing.
 *  5. A field made read-only keeps its stored value, a new record's what a set or its default
 * gives; where neither gives one, the first value is the caller's.
 *  6. A condition that cannot be computed is false. */
#include "engines/form/write.h"

enum { PASSES_MAX = 8 };

static struct problem *holds(struct unit *u, const struct linkage *l, bool *out) {
	*out = true;
	return l->when ? unit_test(u, NULL, l->when, out) : NULL;
}

static struct problem *became_true(struct unit *u, const struct linkage *l, bool *out) {
	bool was = false;
	*out = true;
	if (u->old) TRY(holds(unit_before(u), l, &was));
	*out = !was;
	return NULL;
}

/* ---- one rule ---- */

static struct problem *apply_set(struct unit *u, const struct linkage_set *set, bool *changed) {
	struct value v = VALUE_NONE;
	bool ok = true;
	if (unit_has(u, set->field, UNIT_GIVEN)) return NULL;
	TRY(unit_eval(u, set->field, set->value, &v, &ok));
	if (!ok || value_same(&v, unit_value(u, set->field))) return NULL;
	unit_set(u, set->field, v);
	unit_mark(u, set->field, UNIT_DERIVED);
	*changed = true;
	return NULL;
}

static void mark_all(struct unit *u, const struct field **fields, size_t n, enum unit_flag flag) {
	for (size_t i = 0; i < n; i++) unit_mark(u, fields[i], flag);
}

static struct problem *apply_rule(struct unit *u, const struct linkage *l, bool *shown,
				  bool *changed) {
	bool on, now;
	TRY(holds(u, l, &on));
	if (!on) return NULL;
	for (size_t i = 0; i < l->show_count; i++) shown[l->show[i]->index] = true;
	mark_all(u, l->hide, l->hide_count, UNIT_HIDDEN);
	mark_all(u, l->require, l->require_count, UNIT_REQUIRED);
	mark_all(u, l->read_only, l->read_only_count, UNIT_READ_ONLY);
	if (!l->set_count) return NULL;
	TRY(became_true(u, l, &now));
	for (size_t i = 0; now && i < l->set_count; i++) TRY(apply_set(u, &l->sets[i], changed));
	return NULL;
}

static struct problem *apply_rules(struct unit *u, bool *changed) {
	const struct form *form = u->form;
	const struct write_plan *plan = write_plan(form);
	const uint8_t linked = UNIT_HIDDEN | UNIT_REQUIRED | UNIT_READ_ONLY;
	if (!form->linkage_count) return NULL;
	bool *shown = arena_alloc(u->p->rq->arena, form->field_count);
	for (size_t i = 0; i < form->field_count; i++) u->flags[i] &= (uint8_t)~linked;
	for (size_t i = 0; i < form->linkage_count; i++)
		TRY(apply_rule(u, &form->linkages[i], shown, changed));
	for (size_t i = 0; i < form->field_count; i++)
		if (plan->shown[i] && !shown[i]) unit_mark(u, form->fields[i], UNIT_HIDDEN);
	return NULL;
}

/* ---- hidden fields ---- */

static size_t rows_of(const struct prepared *p, const struct field *f) {
	size_t n = 0;
	for (size_t i = 0; i < p->unit_count; i++) n += p->units[i].form == f->rows;
	return n;
}

static void hide_table(struct unit *u, const struct field *f, bool *changed) {
	struct record_rows *rows = &u->now->rows[f->index];
	bool empty = unit_has(u, f, UNIT_HIDDEN) && f->hidden_value == HIDDEN_EMPTY;
	size_t n = empty ? 0 : rows_of(u->p, f);
	if (rows->n == n) return;
	rows->n = n;
	unit_set(u, f, VALUE_NONE);
	*changed = true;
}

static struct problem *hide_value(struct unit *u, const struct field *f, bool *changed) {
	struct value v = VALUE_NONE;
	bool ok = true;
	if (f->hidden_value == HIDDEN_KEEP || field_is_made(f) || f->serial) return NULL;
	if (f->hidden_value == HIDDEN_RECALCULATE && f->default_value)
		TRY(unit_eval(u, f, f->default_value, &v, &ok));
	if (!ok || value_same(&v, unit_value(u, f))) return NULL;
	unit_set(u, f, v);
	*changed = true;
	return NULL;
}

static struct problem *hide_fields(struct unit *u, bool *changed) {
	for (size_t i = 0; i < u->form->declared_count; i++) {
		const struct field *f = u->form->fields[i];
		if (f->rows)
			hide_table(u, f, changed);
		else if (unit_has(u, f, UNIT_HIDDEN))
			TRY(hide_value(u, f, changed));
	}
	return NULL;
}

/* ---- read-only fields ---- */

static struct problem *set_value(struct unit *u, const struct field *f, struct value *v,
				 bool *derived) {
	for (size_t i = 0; i < u->form->linkage_count; i++) {
		const struct linkage *l = &u->form->linkages[i];
		bool on, ok;
		for (size_t k = 0; k < l->set_count; k++) {
			if (l->sets[k].field != f) continue;
			TRY(holds(u, l, &on));
			if (on) TRY(unit_eval(u, f, l->sets[k].value, v, &ok));
			*derived = *derived || on;
		}
	}
	return NULL;
}

struct problem *linkage_respected(struct unit *u, const struct field *f, bool *respected) {
	struct value v = VALUE_NONE;
	bool derived = false, ok = true;
	*respected = true;
	if (!unit_has(u, f, UNIT_READ_ONLY) || !unit_has(u, f, UNIT_GIVEN) || f->rows) return NULL;
	*respected = !unit_changed(u, f);
	if (u->old || *respected) return NULL;
	TRY(set_value(u, f, &v, &derived));
	if (!derived && f->default_value) {
		derived = true;
		TRY(unit_eval(u, f, f->default_value, &v, &ok));
	}
	*respected = !derived || value_same(&v, unit_value(u, f));
	return NULL;
}

/* ---- until nothing changes ---- */

static struct problem *pass(struct prepared *p, bool *changed) {
	*changed = false;
	owner_followed(p);
	TRY(computed_apply(p));
	for (size_t i = 0; i < prepared_units(p); i++)
		TRY(apply_rules(prepared_unit(p, i), changed));
	for (size_t i = 0; !*changed && i < prepared_units(p); i++)
		TRY(hide_fields(prepared_unit(p, i), changed));
	return NULL;
}

struct problem *derive(struct prepared *p) {
	bool changed = write_plan(p->root.form)->linked;
	p->quiet = true; /* a formula may fail on the way; the last run below counts */
	for (int i = 0; changed && i < PASSES_MAX; i++) TRY(pass(p, &changed));
	p->quiet = false;
	if (changed) FAULT(&p->w->faults, p->root.pointer, "linkage_endless");
	return computed_apply(p);
}
