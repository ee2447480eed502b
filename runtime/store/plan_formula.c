/* Formulas and rollups that are new or other than before: the values they give to the records there
 * are must follow. When one formula of a form changes, all of its formulas are computed again,
 * because they may read each other; when what a rollup gathers changes, so does the rollup. */
#include "runtime/store/migration.h"
#include "runtime/store/recompute.h"

bool plan_computes(const struct migration *m, const struct form *form) {
	for (size_t i = 0; i < m->formula_count; i++)
		if (m->formulas[i] == form) return true;
	return false;
}

static const struct field *old_field(const struct form *old, const struct field *f) {
	if (!old || !f->form->parent) return field_by_id(old, f->id);
	const struct field *table = field_by_id(old, f->form->parent_field->id);
	return table ? field_by_id(table->rows, f->id) : NULL;
}

static bool same_key(const struct field *a, const struct field *b, const char *key) {
	const struct json *x = json_get(a->json, key), *y = json_get(b->json, key);
	return x && y ? json_equal(x, y) : x == y;
}

static bool same_formula(const struct field *f, const struct field *old) {
	return old && old->formula && !strcmp(f->type->name, old->type->name) &&
	       f->value_type.kind == old->value_type.kind &&
	       f->value_type.scale == old->value_type.scale && same_key(f, old, "from") &&
	       same_key(f, old, "formula");
}

/* Values that people entered and a formula will now overwrite. */
static struct problem *overwritten(struct migration *m, const struct field *f,
				   const struct field *old) {
	int64_t entered = 0;
	if (!old || field_is_made(old) || !schema_is_column(old)) return NULL;
	TRY(count_values(m, old, &entered));
	if (!entered) return NULL;
	struct plan_step *step = step_add(m, "overwrite_field", STEP_LOSSY, f->form->name, f->name);
	step->rows = step->losses = entered;
	return NULL;
}

static void compute_later(struct migration *m, const struct field *f) {
	step_add(m, "compute_later", STEP_SAFE, f->form->name, f->name);
}

static struct problem *compute_anew(struct migration *m, const struct form *next) {
	note_form(m, &m->formulas, &m->formula_count, next);
	for (size_t i = 0; i < next->computed_count; i++)
		if (next->computed[i]->sort_column || next->computed[i]->match_column)
			plan_fill_keys(m, next);
	struct plan_step *step = step_add(m, "compute_formulas", STEP_SAFE, next->name, NULL);
	TRY(count_rows(m, next->table, &step->rows));
	if (step->rows) step->risk = STEP_SLOW;
	return NULL;
}

/* Records that are there take their copy once, now. */
static void freeze_later(struct migration *m, const struct field *f) {
	m->freezes = arena_grow(m->arena, m->freezes, m->freeze_count * sizeof *m->freezes,
				(m->freeze_count + 1) * sizeof *m->freezes);
	m->freezes[m->freeze_count++] = f;
}

struct problem *plan_diff_formulas(struct migration *m, const struct form *next,
				   const struct form *old) {
	bool changed = false;
	for (size_t i = 0; i < next->computed_count; i++) {
		const struct field *f = next->computed[i], *was = old_field(old, f);
		if (same_formula(f, was)) continue;
		TRY(overwritten(m, f, was));
		if (f->frozen) freeze_later(m, f);
		if (recompute_can(f))
			changed = true;
		else
			compute_later(m, f);
	}
	return changed ? compute_anew(m, next) : NULL;
}

/* ---- rollups ---- */

static bool same_rollup(const struct field *f, const struct field *old) {
	static const char *const keys[] = { "of", "by", "agg", "field", "filter", "scale" };
	if (!old || !old->rollup || f->type != old->type) return false;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (!same_key(f, old, keys[i])) return false;
	return true;
}

static const struct form *record_form(const struct form *form) {
	return form->parent ? form->parent : form;
}

/* Do the values it gathers from change with this very migration? */
static bool feed_changes(const struct migration *m, const struct rollup *r) {
	const struct form *of = record_form(r->of);
	for (size_t i = 0; i < m->job_count; i++)
		if (record_form(m->jobs[i].to->form) == of) return true;
	return plan_computes(m, of);
}

static struct problem *diff_rollups(struct migration *m, const struct form *form, bool *added) {
	const struct form *old = app_form_by_id(m->old, str_of(form->id));
	bool changed = false;
	for (size_t i = 0; i < form->rollup_count; i++) {
		const struct field *f = form->rollups[i],
				   *was = old ? field_by_id(old, f->id) : NULL;
		if (same_rollup(f, was) && !feed_changes(m, f->rollup)) continue;
		TRY(overwritten(m, f, was));
		changed = true;
	}
	*added = changed && !table_is_fresh(m, form->table) && !plan_computes(m, form);
	return *added ? compute_anew(m, form) : NULL;
}

/* A form whose rollups are counted anew may feed others: until no more come. */
struct problem *plan_diff_rollups(struct migration *m) {
	bool more = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < m->next->form_count; i++) {
			bool added = false;
			if (plan_computes(m, m->next->forms[i])) continue;
			TRY(diff_rollups(m, m->next->forms[i], &added));
			more = more || added;
		}
	}
	return NULL;
}
