/* plan_keys.c -- the columns of keys, and those beside the means of rollups, which are null
 * until the mean is first asked for. They hold nothing that could not be made anew, but are
 * not dropped when nobody wants them (SQLite would write the whole table): their row lies in the
 * trash like a field's, and a column that is wanted again is filled again, because nobody kept it
 * up meanwhile. */
#include "runtime/store/migration.h"

void plan_fill_keys(struct migration *m, const struct form *form) {
	note_form(m, &m->keyed, &m->keyed_count, form);
}

static const char *step_of(const struct field *f, const struct beside *beside) {
	return beside->column == f->match_column ? "add_match_keys" : "add_sort_keys";
}

static struct problem *fill_later(struct migration *m, const struct field *f,
				  const struct beside *beside) {
	struct plan_step *step = step_add(m, step_of(f, beside), STEP_SAFE, f->form->name, f->name);
	plan_fill_keys(m, f->form);
	return count_rows(m, f->form->table, &step->rows);
}

static struct problem *add_keys(struct migration *m, const char *owner, bool fresh,
				const struct field *f, const struct beside *beside) {
	const struct known *former = registry_trash(m->base, owner, beside->column, NULL);
	if (former)
		known_keep(m, former, beside->column, beside->kind);
	else
		known_add(m, owner, beside->column, beside->column, beside->kind, beside->column);
	if (fresh) return NULL;
	if (!former) schema_add_beside(&m->expand, f, beside->column, DIALECT_SQLITE);
	bool new_field = !registry_live(m->base, owner, f->id) &&
			 !registry_trash(m->base, owner, f->id, NULL);
	return new_field || !beside->filled ? NULL : fill_later(m, f, beside);
}

static struct problem *diff_keys(struct migration *m, const char *owner, bool fresh,
				 const struct field *f, const struct beside *beside) {
	const struct known *k = registry_live(m->base, owner, beside->column);
	if (!k || fresh) return add_keys(m, owner, fresh, f, beside);
	bool same = strcmp(k->type, beside->kind) == 0;
	known_keep(m, k, k->name, beside->kind);
	return same ? NULL : fill_later(m, f, beside);
}

struct problem *plan_diff_keys(struct migration *m, const char *owner, bool fresh,
			       const struct field *f) {
	struct beside beside[BESIDE_MAX];
	size_t n = schema_beside(f, beside);
	for (size_t i = 0; i < n; i++) TRY(diff_keys(m, owner, fresh, f, &beside[i]));
	return NULL;
}
