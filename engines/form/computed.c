/* computed.c -- formulas, in the order the loader found: a row's before the record's that read
 * them. Their results are stored like any value. A formula that fails leaves null and a fault at
 * its field. */
#include "engines/form/write.h"

static struct problem *compute(struct unit *u, const struct field *f) {
	struct value v = VALUE_NONE;
	bool ok = true;
	/* A frozen lookup keeps what it took until its reference is another one. */
	if (f->frozen && u->old && !unit_changed(u, f->lookup[0])) return NULL;
	bool empty = unit_has(u, f, UNIT_HIDDEN) && f->hidden_value == HIDDEN_EMPTY;
	if (!empty) TRY(unit_eval(u, f, f->formula, &v, &ok));
	if (!ok) v = VALUE_NONE;
	if (!value_same(&v, unit_value(u, f))) unit_set(u, f, v);
	return NULL;
}

struct problem *computed_apply(struct prepared *p) {
	const struct form *form = p->root.form;
	for (size_t i = 0; i < form->computed_count; i++) {
		const struct field *f = form->computed[i];
		if (f->form == form) TRY(compute(&p->root, f));
		for (size_t k = 0; f->form != form && k < p->unit_count; k++)
			if (p->units[k].form == f->form) TRY(compute(&p->units[k], f));
	}
	return NULL;
}
