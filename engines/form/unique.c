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

static void tell(struct prepared *p, const struct unique_key *key) {
	const char *code = key->n > 1 ? "unique_together" : "unique";
	for (size_t i = 0; i < key->n; i++)
		UNIT_FAULT_AT(&p->root, key->fields[i], code, "field", key->fields[i]->name);
}

/* A key the definitions do not know (the index of an older version, still there) is told of the
 * whole record. */
struct problem *unique_problem(struct prepared *p) {
	const struct unique_key *key = key_of(p->root.form, tx_violation(p->tx));
	if (key)
		tell(p, key);
	else
		FAULT(&p->w->faults, p->root.pointer, "unique_record");
	return faults_problem(&p->w->faults);
}

struct problem *unique_ask(struct prepared *p) {
	for (size_t i = 0; i < p->root.form->unique_count; i++) {
		const struct unique_key *key = &p->root.form->uniques[i];
		int64_t holder;
		TRY(record_key_holder(p->tx, &p->codec, key, p->root.now, &holder));
		if (holder) tell(p, key);
	}
	return NULL;
}
