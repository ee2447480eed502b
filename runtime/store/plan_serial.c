/* plan_serial.c -- a new serial field on a form that has records already: they get their numbers
 * after the swap, in the order they were created. A field that becomes a serial keeps the numbers
 * people gave by hand, and gaps stay: a number made here would come back as a value of the former
 * type when the change is rolled back. */
#include "runtime/store/migration.h"

struct problem *plan_diff_serials(struct migration *m, const struct form *next,
				  const struct form *old) {
	size_t fields = 0;
	for (size_t i = 0; old && i < next->declared_count; i++) {
		const struct field *f = next->fields[i];
		if (!f->serial || field_by_id(old, f->id)) continue;
		TRY(count_rows(
			m, next->table,
			&step_add(m, "number_records", STEP_SAFE, next->name, f->name)->rows));
		fields++;
	}
	if (!fields) return NULL;
	note_form(m, &m->numbered, &m->numbered_count, next);
	return NULL;
}
