/* unique.c -- what the unique index refused, told at the fields of its key. The other record is
 * never named: the caller may not be allowed to see it. */
#include "engines/form/write.h"

static const struct unique_key *key_of(const struct form *form, const char *index) {
	for (size_t i = 0; i < form->unique_count; i++) {
		const char *name = form->uniques[i].index;
		if (name && strcmp(name, index) == 0) return &form->uniques[i];
	}
	return NULL;
}

/* A key the definitions do not know (the index of an older version, still there) is told of the
 * whole record. */
struct problem *unique_problem(struct prepared *p) {
	const struct unique_key *key = key_of(p->root.form, tx_violation(p->tx));
	struct faults *f = &p->w->faults;
	if (!key) FAULT(f, p->root.pointer, "unique_record");
	for (size_t i = 0; key && i < key->n; i++)
		FAULT(f, unit_pointer(&p->root, key->fields[i]),
		      key->n > 1 ? "unique_together" : "unique", "field", key->fields[i]->name);
	return faults_problem(f);
}
