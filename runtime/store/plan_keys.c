/* plan_keys.c -- the columns of sort keys, and those beside the means of rollups, which are null
 * until the mean is first asked for. They hold nothing that could not be made anew, but are
 * not dropped when nobody wants them (SQLite would write the whole table): their row lies in the
 * trash like a field's, and a column that is wanted again is filled again, because nobody kept it
 * up meanwhile. */
#include "runtime/store/migration.h"

void plan_fill_keys(struct migration *m, const struct form *form) {
	note_form(m, &m->keyed, &m->keyed_count, form);
}

static struct problem *add_keys(struct migration *m, const char *owner, bool fresh,
				const struct field *f) {
	const char *beside = schema_beside(f), *kind = f->sort_column ? "sort" : "mean";
	const struct known *former = registry_trash(m->base, owner, beside, kind);
	if (former)
		known_keep(m, former, beside, kind);
	else
		known_add(m, owner, beside, beside, kind, beside);
	if (fresh) return NULL;
	if (!former) schema_add_keys(&m->expand, f, DIALECT_SQLITE);
	bool new_field = !registry_live(m->base, owner, f->id) &&
			 !registry_trash(m->base, owner, f->id, NULL);
	if (new_field || !f->sort_column) return NULL;
	struct plan_step *step = step_add(m, "add_sort_keys", STEP_SAFE, f->form->name, f->name);
	plan_fill_keys(m, f->form);
	return count_rows(m, f->form->table, &step->rows);
}

struct problem *plan_diff_keys(struct migration *m, const char *owner, bool fresh,
			       const struct field *f) {
	const struct known *k = registry_live(m->base, owner, schema_beside(f));
	if (!k || fresh) return add_keys(m, owner, fresh, f);
	known_keep(m, k, k->name, k->type);
	return NULL;
}
