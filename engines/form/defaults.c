/* defaults.c -- what a record holds beyond what the caller gave: stamps, owner and department,
 * fills, defaults.
 *  1. A field the caller gave, even as null, is neither filled nor defaulted.
 *  2. A fill wins over a default; a fill that gives null does nothing. Fills chain (A fills B, B
 * fills C).
 *  3. In a stored record or row only a changed reference fills, and only fields that are empty. */
#include "engines/form/write.h"

/* ---- stamps ---- */

static void stamp(struct prepared *p, enum system_field which, struct value v) {
	const struct field *f = form_system(p->root.form, which);
	if (f) *unit_value(&p->root, f) = v;
}

static struct value actor_value(const struct request *rq) {
	return rq->actor ? value_text(str_of(rq->actor->login)) : VALUE_NONE;
}

void owner_followed(struct prepared *p) {
	const struct field *owner = form_system(p->root.form, SYSTEM_OWNER);
	const struct value *v = unit_value(&p->root, owner);
	const struct user *u = NULL;
	if (p->root.old && !unit_changed(&p->root, owner)) return;
	if (v->kind == VALUE_TEXT) u = directory_user(p->rq->directory, v->as.s);
	stamp(p, SYSTEM_DEPT, u && u->dept ? value_text(str_of(u->dept->name)) : VALUE_NONE);
}

static void stamp_owner(struct prepared *p) {
	const struct field *owner = form_system(p->root.form, SYSTEM_OWNER);
	if (!p->root.old && !unit_has(&p->root, owner, UNIT_GIVEN))
		*unit_value(&p->root, owner) = actor_value(p->rq);
	owner_followed(p);
}

static void stamp_all(struct prepared *p) {
	const struct request *rq = p->rq;
	if (!p->root.old) {
		stamp(p, SYSTEM_ID, value_int(p->root.now->id));
		stamp(p, SYSTEM_CREATED_AT, value_datetime(rq->now_us));
		stamp(p, SYSTEM_CREATED_BY, actor_value(rq));
	}
	stamp(p, SYSTEM_REV, value_int(p->root.now->rev));
	stamp(p, SYSTEM_UPDATED_AT, value_datetime(rq->now_us));
	stamp(p, SYSTEM_UPDATED_BY, actor_value(rq));
	stamp_owner(p);
}

/* ---- fills ---- */

static bool may_fill(const struct unit *u, const struct field *target) {
	if (unit_has(u, target, UNIT_GIVEN)) return false;
	return !u->old || unit_has(u, target, UNIT_DERIVED) || value_is_null(unit_value(u, target));
}

static struct problem *fill_one(struct unit *u, const struct fill *fill, bool *changed) {
	struct value v = VALUE_NONE;
	bool ok = true;
	if (!may_fill(u, fill->target)) return NULL;
	TRY(unit_eval(u, fill->target, fill->value, &v, &ok));
	if (!ok || value_is_null(&v) || value_same(&v, unit_value(u, fill->target))) return NULL;
	unit_set(u, fill->target, v);
	unit_mark(u, fill->target, UNIT_DERIVED);
	*changed = true;
	return NULL;
}

static struct problem *fill_once(struct unit *u, const struct write_plan *plan, bool *changed) {
	for (size_t i = 0; i < plan->filling_count; i++) {
		const struct field *f = plan->filling[i];
		if (value_is_null(unit_value(u, f)) || (u->old && !unit_changed(u, f))) continue;
		for (size_t k = 0; k < f->fill_count; k++) TRY(fill_one(u, &f->fills[k], changed));
	}
	return NULL;
}

/* A chain is at most as long as there are references that fill. */
static struct problem *fill_all(struct unit *u) {
	const struct write_plan *plan = write_plan(u->form);
	bool changed = plan->filling_count > 0;
	for (size_t pass = 0; changed && pass <= plan->filling_count; pass++) {
		changed = false;
		TRY(fill_once(u, plan, &changed));
	}
	return NULL;
}

/* ---- defaults ---- */

static struct problem *default_one(struct unit *u, const struct field *f) {
	struct value v = VALUE_NONE;
	bool ok = true;
	if (unit_has(u, f, UNIT_GIVEN) || unit_has(u, f, UNIT_DERIVED)) return NULL;
	TRY(unit_eval(u, f, f->default_value, &v, &ok));
	if (!ok || value_is_null(&v)) return NULL;
	unit_set(u, f, v);
	unit_mark(u, f, UNIT_DERIVED);
	return NULL;
}

static struct problem *unit_defaults(struct unit *u) {
	TRY(fill_all(u));
	if (u->old) return NULL;
	for (size_t i = 0; i < u->form->defaulted_count; i++)
		TRY(default_one(u, u->form->defaulted[i]));
	return fill_all(u);
}

struct problem *defaults_apply(struct prepared *p) {
	stamp_all(p);
	for (size_t i = 0; i < prepared_units(p); i++) TRY(unit_defaults(prepared_unit(p, i)));
	return NULL;
}
