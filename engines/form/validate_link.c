/* validate_link.c -- references: the target is there, the actor may see it, and it passes the
 * `options` filters of the field and of the linkage rules that hold. People: the field's `among`.
 *  1. A target he may not see answers exactly as one that is not there.
 *  2. That is known before anything is read through a reference he gave: fills, formulas,
 * conditions and checks find nothing at its end, so neither their values nor their faults tell
 * what it holds. */
#include "engines/form/write.h"

#include "runtime/model/among.h"

/* What a reference names: one record, or each of its list. */
static struct value_list items_of(const struct value *v) {
	static const struct value_list none;
	if (v->kind == VALUE_LIST) return v->as.list;
	return v->kind == VALUE_REF ? (struct value_list){ (struct value *)(uintptr_t)v, 1 } : none;
}

static bool had(const struct unit *u, const struct field *f, const struct value *item) {
	struct value_list old = items_of(unit_old(u, f));
	for (size_t i = 0; i < old.n; i++)
		if (old.items[i].as.i == item->as.i) return true;
	return false;
}

static struct problem *passes(struct unit *u, const struct field *f, const struct value *item,
			      const struct expr *e, bool *ok) {
	struct prepared *p = u->p;
	p->option = item;
	p->option_field = f;
	struct problem *problem = unit_test(u, f, e, ok);
	p->option = NULL;
	return problem;
}

/* An item that was there stays while nothing the condition reads has changed. */
static struct problem *check_option(struct unit *u, const struct field *f, const struct expr *e) {
	struct value_list items = items_of(unit_value(u, f));
	bool ok = true, all = unit_reads_change(u, e);
	if (unit_has(u, f, UNIT_FAULT)) return NULL;
	for (size_t i = 0; ok && i < items.n; i++)
		if (all || !had(u, f, &items.items[i])) TRY(passes(u, f, &items.items[i], e, &ok));
	if (!ok && !unit_has(u, f, UNIT_FAULT))
		UNIT_FAULT_AT(u, f, "not_an_option", "field", f->name);
	return NULL;
}

static struct problem *check_options(struct unit *u) {
	const struct form *form = u->form;
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->options)
			TRY(check_option(u, form->fields[i], form->fields[i]->options));
	for (size_t i = 0; i < form->linkage_count; i++) {
		const struct linkage *l = &form->linkages[i];
		bool on = l->option_count > 0;
		if (on && l->when) TRY(unit_test(u, NULL, l->when, &on));
		for (size_t k = 0; on && k < l->option_count; k++)
			TRY(check_option(u, l->options[k].field, l->options[k].value));
	}
	return NULL;
}

/* Who was there stays. */
static void check_people(struct unit *u) {
	for (size_t i = 0; i < u->form->declared_count; i++) {
		const struct field *f = u->form->fields[i];
		const struct value *v = unit_value(u, f);
		if (!f->among_count || value_is_null(v) || unit_has(u, f, UNIT_FAULT)) continue;
		if (unit_changed(u, f) && !among_admits(u->p->rq, f, v->as.s))
			UNIT_FAULT_AT(u, f, "not_an_option", "field", f->name);
	}
}

static struct problem *sees_target(struct unit *u, const struct field *f, int64_t id, bool *sees) {
	struct record *target;
	*sees = false;
	TRY(fetch(u->p, f->target, id, RECORD_PLAIN, &target));
	return target ? rights_sees(u->p, f->target, target, sees) : NULL;
}

static void absent(struct unit *u, const struct field *f, size_t at) {
	struct prepared *p = u->p;
	const char *pointer = unit_pointer(u, f);
	if (f->type->storage == STORE_VALUES) pointer = pointer_index(p->rq->arena, pointer, at);
	unit_mark(u, f, UNIT_FAULT);
	FAULT(&p->w->faults, pointer, "reference_absent");
}

/* `every`: the caller named them; else those that were there already are not judged again. */
static struct problem *check_targets(struct unit *u, const struct field *f, bool every) {
	struct value_list items = items_of(unit_value(u, f));
	bool sees = true;
	if ((!every && !unit_changed(u, f)) || unit_has(u, f, UNIT_FAULT)) return NULL;
	for (size_t i = 0; sees && i < items.n; i++) {
		if (!every && had(u, f, &items.items[i])) continue;
		TRY(sees_target(u, f, items.items[i].as.i, &sees));
		if (!sees) absent(u, f, i);
	}
	return NULL;
}

/* What he does not see in a list he was not shown, so that he cannot take it out: it stays, behind
 * what he gave, unless what he gave is what he was shown. */
static struct problem *keep_unseen(struct unit *u, const struct field *f) {
	struct value_list old = items_of(unit_old(u, f)), now = items_of(unit_value(u, f));
	struct value *items = arena_array(u->p->rq->arena, old.n + now.n + 1, sizeof *items);
	size_t n = now.n, shown = 0;
	bool as_shown = true;
	if (now.n) memcpy(items, now.items, now.n * sizeof *items);
	for (size_t i = 0; i < old.n; i++) {
		bool sees;
		TRY(sees_target(u, f, old.items[i].as.i, &sees));
		if (!sees)
			items[n++] = old.items[i];
		else if (shown >= now.n || now.items[shown++].as.i != old.items[i].as.i)
			as_shown = false;
	}
	if (n == now.n) return NULL;
	struct value merged = { .kind = VALUE_LIST, .as.list = { items, n } };
	unit_set(u, f, as_shown && shown == now.n ? *unit_old(u, f) : merged);
	return NULL;
}

/* Nothing is followed from a reference that is refused. */
static struct problem *cut_given(struct unit *u, const struct field *f) {
	bool refused = unit_has(u, f, UNIT_FAULT);
	if (!unit_has(u, f, UNIT_GIVEN)) return NULL;
	TRY(check_targets(u, f, f->type->storage == STORE_VALUES));
	if (!unit_has(u, f, UNIT_FAULT) && f->type->storage == STORE_VALUES) TRY(keep_unseen(u, f));
	if (!refused && unit_has(u, f, UNIT_FAULT)) unit_set(u, f, VALUE_NONE);
	return NULL;
}

struct problem *links_admit(struct prepared *p) {
	for (size_t i = 0; i < prepared_units(p); i++) {
		struct unit *u = prepared_unit(p, i);
		const struct write_plan *plan = write_plan(u->form);
		for (size_t k = 0; k < plan->ref_count; k++) TRY(cut_given(u, plan->refs[k]));
	}
	return NULL;
}

struct problem *links_validate(struct unit *u) {
	const struct write_plan *plan = write_plan(u->form);
	for (size_t i = 0; i < plan->ref_count; i++) TRY(check_targets(u, plan->refs[i], false));
	check_people(u);
	return check_options(u);
}
