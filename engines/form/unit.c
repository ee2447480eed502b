/* unit.c -- a record or sub-row being written: its values, and what its expressions see of them.
 * Invariant: slots[i] is right whenever fresh[i]. Every change of a value goes through unit_set
 * (or, for whole sub-tables, happens before the first expression is evaluated). */
#include "engines/form/write.h"

#include "runtime/model/message.h"

void unit_init(struct unit *u, struct prepared *p, const struct form *form, struct record *now,
	       const struct record *old) {
	struct arena *a = p->rq->arena;
	*u = (struct unit){ .p = p, .form = form, .now = now, .old = old };
	u->pointer = p->w->pointer ? p->w->pointer : "";
	u->slots = arena_array(a, form->paths.count + 1, sizeof *u->slots);
	u->fresh = arena_alloc(a, form->paths.count + 1);
	u->flags = arena_alloc(a, form->field_count + 1);
}

struct value *unit_value(const struct unit *u, const struct field *f) {
	return &u->now->values[f->index];
}

const struct value *unit_old(const struct unit *u, const struct field *f) {
	static const struct value none = { .kind = VALUE_NULL };
	return u->old ? &u->old->values[f->index] : &none;
}

bool unit_changed(const struct unit *u, const struct field *f) {
	return !value_same(unit_old(u, f), unit_value(u, f));
}

bool unit_has(const struct unit *u, const struct field *f, enum unit_flag flag) {
	return u->flags[f->index] & flag;
}

void unit_mark(struct unit *u, const struct field *f, enum unit_flag flag) {
	u->flags[f->index] |= (uint8_t)flag;
}

const char *unit_pointer(const struct unit *u, const struct field *f) {
	if (!*u->pointer) return write_plan(u->form)->pointers[f->index];
	return pointer_join(u->p->rq->arena, u->pointer, str_of(f->name));
}

struct unit *prepared_unit(struct prepared *p, size_t i) {
	return i ? &p->units[i - 1] : &p->root;
}

size_t prepared_units(const struct prepared *p) { return p->unit_count + 1; }

struct record *record_shallow(struct arena *a, const struct record *r) {
	struct record *copy = record_new(a, r->form);
	copy->id = r->id;
	copy->rev = r->rev;
	memcpy(copy->values, r->values, r->form->field_count * sizeof *r->values);
	memcpy(copy->rows, r->rows, r->form->field_count * sizeof *r->rows);
	return copy;
}

void unit_say(struct unit *u, const struct field *f) {
	field_say(&u->p->w->faults, f, u->p->rq->language);
}

/* Conditions are compared with what they were then. */
struct unit *unit_before(struct unit *u) {
	if (u->before || !u->old) return u->before;
	struct record *stored = (struct record *)(uintptr_t)u->old;
	u->before = arena_alloc(u->p->rq->arena, sizeof *u->before);
	unit_init(u->before, u->p, u->form, stored, u->old);
	if (u->parent) u->before->parent = unit_before(u->parent);
	return u->before;
}

/* ---- does this write change it? ---- */

bool unit_differs(const struct unit *u) {
	for (size_t i = 0; i < u->form->field_count; i++) {
		const struct field *f = u->form->fields[i];
		bool counts = !f->system || f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE;
		if (counts && !f->rows && unit_changed(u, f)) return true;
	}
	return false;
}

bool table_differs(const struct prepared *p, const struct field *f) {
	static const struct record_rows none;
	const struct record_rows *was = p->root.old ? &p->root.old->rows[f->index] : &none;
	const struct record_rows *now = &p->root.now->rows[f->index];
	if (was->n != now->n) return true;
	for (size_t i = 0; i < was->n; i++)
		if (was->items[i]->id != now->items[i]->id) return true;
	for (size_t i = 0; i < p->unit_count; i++)
		if (p->units[i].form == f->rows && unit_differs(&p->units[i])) return true;
	return false;
}

static bool field_changed(const struct unit *u, const struct field *f) {
	return f->rows ? table_differs(u->p, f) : unit_changed(u, f);
}

bool unit_reads_change(const struct unit *u, const struct expr *e) {
	for (size_t i = 0; e && i < u->form->paths.count; i++) {
		const struct expr_path *path = &u->form->paths.items[i];
		if (!path->length || !expr_uses(e, i)) continue;
		if (path->root == ROOT_RECORD && field_changed(u, path->fields[0])) return true;
		if (path->root == ROOT_PARENT && field_changed(u->parent, path->fields[0]))
			return true;
	}
	return false;
}

bool unit_filled(const struct unit *u, const struct field *f) {
	return f->rows ? u->now->rows[f->index].n > 0 : !value_is_null(unit_value(u, f));
}

/* ---- forgetting ---- */

static void forget(struct unit *u, enum path_root root, const struct field *first) {
	for (size_t i = 0; i < u->form->paths.count; i++) {
		const struct expr_path *path = &u->form->paths.items[i];
		if (path->root == root && path->length && path->fields[0] == first)
			u->fresh[i] = false;
	}
}

static void forget_everywhere(struct unit *u, const struct field *f) {
	forget(u, ROOT_RECORD, f);
	if (u->parent) {
		forget(u->parent, ROOT_RECORD, u->form->parent_field);
		return;
	}
	for (size_t i = 0; i < u->p->unit_count; i++) forget(&u->p->units[i], ROOT_PARENT, f);
}

void unit_set(struct unit *u, const struct field *f, struct value v) {
	u->now->values[f->index] = v;
	forget_everywhere(u, f);
}

/* ---- evaluating ---- */

struct problem *unit_ready(struct unit *u, const struct expr *e) {
	for (size_t i = 0; i < u->form->paths.count; i++) {
		const struct expr_path *path = &u->form->paths.items[i];
		if ((u->fresh[i] && path->root != ROOT_OPTION) || !expr_uses(e, i)) continue;
		TRY(slot_read(u, path, &u->slots[i]));
		u->fresh[i] = true;
	}
	return NULL;
}

static bool eval_fault(struct unit *u, const struct field *at, const struct problem *p) {
	const char *column = "";
	if (u->p->quiet) return false;
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, "column") == 0) column = p->params[i].value;
	if (!at)
		FAULT(&u->p->w->faults, u->pointer, p->code, "column", column);
	else if (!unit_has(u, at, UNIT_FAULT))
		UNIT_FAULT_AT(u, at, p->code, "column", column);
	return false;
}

/* What an expression gives takes the form its field keeps (FT_SETTLE); what has no such form stays
 * as it is and is refused with all other values (validate.c). */
static void settle(struct unit *u, const struct field *at, struct value *v) {
	struct faults untold = { .arena = u->p->rq->arena };
	struct parse p = { u->p->rq->arena, &u->p->codec, &untold, "", false, NULL };
	struct value kept = *v;
	if (field_settle(&p, at, &kept)) *v = kept;
}

struct problem *unit_eval(struct unit *u, const struct field *at, const struct expr *e,
			  struct value *out, bool *ok) {
	struct expr_frame frame = u->p->frame;
	TRY(unit_ready(u, e));
	frame.slots = u->slots;
	struct problem *p = expr_eval(u->p->rq->arena, e, &frame, out);
	if (p && p->kind != PROBLEM_INVALID) return p;
	*ok = !p || eval_fault(u, at, p);
	if (*ok && at) settle(u, at, out);
	return NULL;
}

struct problem *unit_test(struct unit *u, const struct field *at, const struct expr *e, bool *out) {
	struct value v = VALUE_NONE;
	bool ok = true;
	TRY(unit_eval(u, at, e, &v, &ok));
	*out = ok && v.kind == VALUE_BOOL && v.as.i;
	return NULL;
}
