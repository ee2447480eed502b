/* rollup_judge.c -- the rules of a record whose rollups have changed.
 *  1. Only rules that read something that has changed are asked: an older fault of the record, or
 * one that time has brought, is none of its children's.
 *  2. A rule that was broken before does not refuse what only takes away: who sold too much may
 * cancel.
 *  3. The writer of the child is told what the rule says, and of a field only what he may read. */
#include "engines/form/rollup_judge.h"

static struct problem *broken_before(struct unit *u, const struct check *c, bool *out) {
	bool quiet = u->p->quiet, holds = true;
	*out = false;
	if (!u->old) return NULL;
	u->p->quiet = true;
	struct problem *p = check_holds(unit_before(u), c, &holds);
	u->p->quiet = quiet;
	*out = !holds;
	return p;
}

static struct problem *judge_check(struct unit *u, const struct check *c, bool adds) {
	bool holds, broken = false;
	if (!unit_reads_change(u, c->when) && !unit_reads_change(u, c->require)) return NULL;
	TRY(check_holds(u, c, &holds));
	if (holds) return NULL;
	if (!adds) TRY(broken_before(u, c, &broken));
	return broken ? NULL : check_failed(u, c);
}

static void judge_required(struct unit *u, const struct linkage *l) {
	if (!l->require_count || !unit_reads_change(u, l->when)) return;
	for (size_t i = 0; i < l->require_count; i++) value_required(u, l->require[i]);
}

static struct problem *judge_unit(struct unit *u, bool adds) {
	const struct form *form = u->form;
	for (size_t i = 0; i < form->declared_count; i++) value_check(u, form->fields[i]);
	for (size_t i = 0; adds && i < form->linkage_count; i++)
		judge_required(u, &form->linkages[i]);
	for (size_t i = 0; i < form->check_count; i++) TRY(judge_check(u, &form->checks[i], adds));
	return NULL;
}

struct problem *rollup_judge(struct prepared *q, bool adds) {
	for (size_t i = 0; i < prepared_units(q); i++) TRY(judge_unit(prepared_unit(q, i), adds));
	return NULL;
}

/* ---- what is told ---- */

/* The field of the record a fault's pointer names, when the actor may read it. */
static const struct field *readable(struct prepared *p, const struct form *form,
				    const char *pointer) {
	struct access ac;
	size_t n = *pointer == '/' ? strcspn(pointer + 1, "/") : 0;
	const struct field *f = form_field(form, (struct str){ pointer + 1, n });
	if (!f || access_of(p->rq, form, &ac)) return NULL;
	return ac.everything || access_right(&ac, f) >= RIGHT_READ ? f : NULL;
}

static bool is_check(const struct fault *f) {
	return !strcmp(f->code, "check") || !strcmp(f->code, "check_unnamed");
}

static const char *param_of(const struct fault *f, const char *name) {
	for (size_t i = 0; i < f->param_count; i++)
		if (!strcmp(f->params[i].name, name)) return f->params[i].value;
	return "";
}

static void tell(struct prepared *p, const struct form *form, const struct fault *fault,
		 const char *pointer) {
	enum language language = p->rq->language;
	const char *label = label_text(&form->label, language);
	const struct field *f = readable(p, form, fault->pointer);
	if (is_check(fault))
		FAULT(&p->w->faults, pointer, fault->code, "message", param_of(fault, "message"),
		      "check", param_of(fault, "check"));
	else if (f)
		FAULT(&p->w->faults, pointer, "rollup_refused", "form", label, "field",
		      label_text(&f->label, language), "detail",
		      fault_text(p->rq->arena, language, fault));
	else
		FAULT(&p->w->faults, pointer, "rollup_refused_hidden", "form", label);
}

struct problem *rollup_refuse(struct prepared *p, struct prepared *q, const char *pointer) {
	if (!q->w->faults.count) return NULL;
	p->w->faults = (struct faults){ .arena = p->rq->arena };
	for (const struct fault *f = q->w->faults.first; f; f = f->next)
		tell(p, q->root.form, f, pointer);
	return faults_problem(&p->w->faults);
}
