/* validate_link.c -- references: the target is there, the actor may see it, and it passes the
 * `options` filters of the field and of the linkage rules that hold.
 *  1. A target he may not see answers exactly as one that is not there.
 *  2. That is known before anything is read through a reference he gave: fills, formulas,
 * conditions and checks find nothing at its end, so neither their values nor their faults tell
 * what it holds. */
#include "engines/form/write.h"

/* Does the condition read a field this write changes? */
static bool reads_change(const struct unit *u, const struct expr *e) {
	for (size_t i = 0; i < u->form->paths.count; i++) {
		const struct expr_path *path = &u->form->paths.items[i];
		if (path->root != ROOT_RECORD || !path->length || !expr_uses(e, i)) continue;
		if (unit_changed(u, path->fields[0])) return true;
	}
	return false;
}

static struct problem *passes(struct unit *u, const struct field *f, const struct expr *e,
			      bool *ok) {
	struct prepared *p = u->p;
	p->option = unit_value(u, f);
	p->option_field = f;
	struct problem *problem = unit_test(u, f, e, ok);
	p->option = NULL;
	return problem;
}

static struct problem *check_option(struct unit *u, const struct field *f, const struct expr *e) {
	bool ok = true;
	if (value_is_null(unit_value(u, f)) || unit_has(u, f, UNIT_FAULT)) return NULL;
	if (!unit_changed(u, f) && !reads_change(u, e)) return NULL;
	TRY(passes(u, f, e, &ok));
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

static struct problem *check_target(struct unit *u, const struct field *f) {
	const struct value *v = unit_value(u, f);
	struct record *target;
	bool sees = false;
	if (v->kind != VALUE_REF || !unit_changed(u, f) || unit_has(u, f, UNIT_FAULT)) return NULL;
	TRY(fetch(u->p, f->target, v->as.i, RECORD_PLAIN, &target));
	if (target) TRY(rights_sees(u->p, f->target, target, &sees));
	if (!sees) UNIT_FAULT_AT(u, f, "reference_absent");
	return NULL;
}

/* Nothing is followed from a reference that is refused. */
static struct problem *cut_given(struct unit *u, const struct field *f) {
	bool refused = unit_has(u, f, UNIT_FAULT);
	if (!unit_has(u, f, UNIT_GIVEN)) return NULL;
	TRY(check_target(u, f));
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
	for (size_t i = 0; i < plan->ref_count; i++) TRY(check_target(u, plan->refs[i]));
	return check_options(u);
}
