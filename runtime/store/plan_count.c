/* The figures of a plan: rows touched, values lost, samples. They read the base through m->tx,
 * whose snapshot may live long (tx_patient); nothing here writes. */
#include "runtime/store/convert.h"
#include "runtime/store/conversion.h"
#include "runtime/store/migration.h"

static struct problem *number(struct migration *m, const char *sql, int64_t *out) {
	bool have;
	*out = 0;
	if (!m->count) return NULL;
	return tx_int(m->tx, sql, NO_PARAMS, out, &have);
}

struct problem *count_rows(struct migration *m, const char *table, int64_t *out) {
	return number(m, arena_printf(m->arena, "SELECT count(*) FROM \"%s\"", table), out);
}

struct problem *count_values(struct migration *m, const struct field *f, int64_t *out) {
	if (f->type->storage == STORE_ROWS) return count_rows(m, f->column, out);
	if (f->type->storage == STORE_VALUES)
		return number(m,
			      arena_printf(m->arena,
					   "SELECT count(DISTINCT \"record\") FROM \"%s\"",
					   f->column),
			      out);
	return number(m,
		      arena_printf(m->arena, "SELECT count(\"%s\") FROM \"%s\"", f->column,
				   f->form->table),
		      out);
}

struct problem *count_missing(struct migration *m, const struct field *f, int64_t *out) {
	const char *live = f->form->parent ? "" : " AND \"deleted_at\" IS NULL";
	return number(m,
		      arena_printf(m->arena, "SELECT count(*) FROM \"%s\" WHERE \"%s\" IS NULL%s",
				   f->form->table, f->column, live),
		      out);
}

/* ---- conversions ---- */

struct loss_tally {
	struct migration *m;
	struct plan_step *step;
};

static void tally_row(void *arg, const struct converted_row *row) {
	struct loss_tally *t = arg;
	t->step->rows++;
	if (!row->lost) return;
	t->step->losses++;
	if (t->step->sample_count < PLAN_SAMPLES)
		step_sample(t->m, t->step,
			    arena_printf(t->m->arena, "%lld: %s", (long long)row->id, row->was));
}

struct problem *count_conversion(struct migration *m, const struct conversion_job *job,
				 struct plan_step *step) {
	struct loss_tally tally = { m, step };
	struct conversion *c;
	int64_t after = 0;
	if (!m->count) return NULL;
	TRY(conversion_new(m->tx, m->arena, job, m->directory, true, &c));
	do {
		TRY(conversion_slice(m->tx, c, &after, tally_row, &tally));
	} while (after);
	if (step->rows) step->risk = STEP_SLOW;
	if (step->losses) step->risk = STEP_LOSSY;
	return NULL;
}

/* ---- unique keys over what is there already ---- */

static const char *column_list(struct arena *a, const struct schema_index *index, const char *joint,
			       const char *tail) {
	struct sb b = sb_on(a, 8192);
	for (size_t i = 0; i < index->n; i++)
		sb_printf(&b, "%s\"%s\"%s", i ? joint : "", index->columns[i], tail);
	return arena_strdup(a, sb_cstr(&b));
}

static const char *sample_of(struct arena *a, const struct rows *r, size_t columns) {
	struct sb b = sb_on(a, 4096);
	for (size_t i = 0; i < columns; i++) {
		struct value v = rows_cell(r, (int)i + 1);
		if (i) sb_cat(&b, ", ");
		if (v.kind == VALUE_TEXT)
			sb_add(&b, (struct str){ v.as.s.p, utf8_prefix(v.as.s, 60) });
		else
			sb_int(&b, v.as.i);
	}
	return arena_strdup(a, sb_cstr(&b));
}

struct problem *count_duplicates(struct migration *m, const struct schema_index *index,
				 struct plan_step *step) {
	struct arena *a = m->arena;
	struct rows *rows;
	bool have;
	if (!m->count) return NULL;
	const char *columns = column_list(a, index, ", ", "");
	const char *given = column_list(a, index, " AND ", " IS NOT NULL");
	TRY(tx_query(m->tx,
		     arena_printf(a,
				  "SELECT count(*), %s FROM \"%s\" WHERE \"deleted_at\" IS NULL "
				  "AND %s GROUP BY %s"
				  " HAVING count(*) > 1 ORDER BY 1 DESC, %s",
				  columns, index->table, given, columns, columns),
		     NO_PARAMS, &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		step->rows += rows_int(rows, 0);
		if (step->sample_count < PLAN_SAMPLES)
			step_sample(m, step, sample_of(a, rows, index->n));
		step->risk = STEP_BLOCKED;
	}
}

/* ---- enumeration values in use ---- */

static struct problem *uses_in(struct migration *m, const struct form *form,
			       const struct known_value *v, int64_t *total) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		int64_t n = 0;
		if (f->rows) TRY(uses_in(m, f->rows, v, total));
		if (!f->enumeration || field_is_alias(f)) continue;
		if (strcmp(f->enumeration->id, v->enumeration) != 0) continue;
		bool child = f->type->storage == STORE_VALUES;
		TRY(number(m,
			   arena_printf(m->arena, "SELECT count(*) FROM \"%s\" WHERE \"%s\" = %d",
					child ? f->column : form->table,
					child ? "value" : f->column, v->code),
			   &n));
		*total += n;
	}
	return NULL;
}

struct problem *count_enum_uses(struct migration *m, const struct known_value *v, int64_t *out) {
	*out = 0;
	for (size_t i = 0; m->old && i < m->old->form_count; i++)
		TRY(uses_in(m, m->old->forms[i], v, out));
	return NULL;
}
