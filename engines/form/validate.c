/* validate.c -- is the record, as it will be, allowed to be?
 *  1. A value is judged by its field's rules only when this write changes it: a rule made stricter
 * later, or an enum value retired since, does not lock old records.
 *  2. Required fields and checks are judged always; a hidden field is never required.
 *  3. All faults are reported at once; a field gets one fault. */
#include "engines/form/write.h"

/* Sub-rows of an emptied table are not part of the record any more. */
static bool gone(const struct unit *u) {
	if (!u->parent) return false;
	const struct field *table = u->form->parent_field;
	return u->parent->now->rows[table->index].n == 0;
}

void value_check(struct unit *u, const struct field *f) {
	struct parse p = { u->p->rq->arena, &u->p->codec, &u->p->w->faults, NULL, false, NULL };
	const struct value *v = unit_value(u, f);
	struct value cell;
	if (unit_has(u, f, UNIT_FAULT) || f->rows || value_is_null(v) || !unit_changed(u, f))
		return;
	p.pointer = unit_pointer(u, f);
	if (f->type->validate && !f->type->validate(&p, f, v)) {
		unit_mark(u, f, UNIT_FAULT);
		unit_say(u, f);
	} else if (f->type->storage != STORE_VALUES && !f->type->to_cell(f, &u->p->codec, v, &cell))
		UNIT_FAULT_AT(u, f, "not_storable", "field", f->name);
}

void value_required(struct unit *u, const struct field *f) {
	bool required = f->required || unit_has(u, f, UNIT_REQUIRED);
	if (!required || f->serial || !field_has_value(f)) return;
	if (unit_has(u, f, UNIT_HIDDEN) || unit_has(u, f, UNIT_FAULT)) return;
	if (!unit_filled(u, f)) UNIT_FAULT_AT(u, f, "required");
}

static struct problem *check_read_only(struct unit *u, const struct field *f) {
	bool respected;
	if (unit_has(u, f, UNIT_FAULT)) return NULL;
	TRY(linkage_respected(u, f, &respected));
	if (!respected) UNIT_FAULT_AT(u, f, "read_only", "field", f->name);
	return NULL;
}

static struct problem *check_fields(struct unit *u) {
	for (size_t i = 0; i < u->form->declared_count; i++) {
		const struct field *f = u->form->fields[i];
		TRY(check_read_only(u, f));
		value_check(u, f);
		value_required(u, f);
	}
	return NULL;
}

/* ---- checks of the definition ---- */

struct problem *check_failed(struct unit *u, const struct check *c) {
	const char *pointer = c->at ? unit_pointer(u, c->at) : u->pointer, *text;
	if (c->at && unit_has(u, c->at, UNIT_FAULT)) return NULL;
	TRY(unit_words(u, &c->message, &text));
	if (c->at) unit_mark(u, c->at, UNIT_FAULT);
	FAULT(&u->p->w->faults, pointer, *text ? "check" : "check_unnamed", "message", text,
	      "check", c->id ? c->id : "");
	return NULL;
}

struct problem *check_holds(struct unit *u, const struct check *c, bool *out) {
	struct value v = VALUE_NONE;
	bool applies = true, ok = true;
	*out = true;
	if (c->when) TRY(unit_test(u, c->at, c->when, &applies));
	if (!applies) return NULL;
	TRY(unit_eval(u, c->at, c->require, &v, &ok));
	*out = !ok || v.kind != VALUE_BOOL || v.as.i;
	return NULL;
}

static struct problem *run_check(struct unit *u, const struct check *c) {
	bool holds;
	TRY(check_holds(u, c, &holds));
	return holds ? NULL : check_failed(u, c);
}

static struct problem *validate_unit(struct unit *u) {
	if (gone(u)) return NULL;
	TRY(check_fields(u));
	TRY(links_validate(u));
	for (size_t i = 0; i < u->form->check_count; i++) TRY(run_check(u, &u->form->checks[i]));
	return NULL;
}

static void check_owner(struct prepared *p) {
	const struct field *owner = form_system(p->root.form, SYSTEM_OWNER);
	if (unit_has(&p->root, owner, UNIT_GIVEN)) value_check(&p->root, owner);
}

struct problem *validate_apply(struct prepared *p) {
	check_owner(p);
	for (size_t i = 0; i < prepared_units(p); i++) TRY(validate_unit(prepared_unit(p, i)));
	rows_validate(p);
	return echoes_check(p);
}
