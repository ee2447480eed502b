/* Slices of a column conversion. A row is read, converted and written by its id; nulls need
 * nothing, because the new column begins null, but a row written meanwhile is set again, also to
 * null. */
#include "runtime/store/conversion.h"
#include "runtime/store/convert.h"

enum { CONVERSION_SLICE = 500 };

struct conversion {
	const struct converter *forth;
	const char *select, *select_one, *update;
	bool restores;
};

struct problem *conversion_new(struct tx *tx, struct arena *a, const struct conversion_job *job,
			       const struct directory *people, bool dry, struct conversion **out) {
	struct conversion *c = arena_alloc(a, sizeof *c);
	struct converter *forth;
	const char *table = job->from->form->table, *was = job->from->column;
	const char *former =
		job->restore ? arena_printf(a, "\"%s\", \"%s\"", job->restore, job->restore_made)
			     : "NULL, NULL";
	const char *given = job->restore ? arena_printf(a, "coalesce(\"%s\", \"%s\") IS NOT NULL",
							was, job->restore)
					 : arena_printf(a, "\"%s\" IS NOT NULL", was);
	TRY(converter_new(tx, a, job->from, job->to, people, dry, &forth));
	*c = (struct conversion){ .forth = forth, .restores = job->restore != NULL };
	c->select = arena_printf(a,
				 "SELECT \"id\", \"%s\", %s FROM \"%s\" WHERE \"id\" > ?1 AND %s "
				 "ORDER BY \"id\" LIMIT %d",
				 was, former, table, given, CONVERSION_SLICE);
	c->select_one = arena_printf(a, "SELECT \"id\", \"%s\", %s FROM \"%s\" WHERE \"id\" = ?1",
				     was, former, table);
	c->update = arena_printf(a, "UPDATE \"%s\" SET \"%s\" = ?1, \"%s\" = ?1 WHERE \"id\" = ?2",
				 table, job->to->column, job->made);
	*out = c;
	return NULL;
}

static void convert_row(const struct conversion *c, struct arena *a, const struct rows *rows,
			struct converted_row *out) {
	struct value was = rows_cell(rows, 1), former = rows_cell(rows, 2),
		     made = rows_cell(rows, 3);
	*out = (struct converted_row){ .id = rows_int(rows, 0), .now = VALUE_NONE };
	bool given_back = c->restores && value_same(&made, &was);
	if (given_back) out->now = former;
	if (value_is_null(&was)) return;
	out->lost =
		given_back ? value_is_null(&former) : !convert_cell(c->forth, a, &was, &out->now);
	if (out->lost) out->was = convert_text(c->forth, a, &was);
}

static struct problem *slice_rows(struct tx *tx, const struct conversion *c, struct arena *scratch,
				  int64_t *after, size_t *n,
				  void (*visit)(void *arg, const struct converted_row *row),
				  void *arg) {
	struct rows *rows;
	TRY(tx_query(tx, c->select, PARAMS(value_int(*after)), &rows));
	for (bool have;; ++*n) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct converted_row row;
		convert_row(c, scratch, rows, &row);
		*after = row.id;
		visit(arg, &row);
	}
}

struct problem *conversion_slice(struct tx *tx, const struct conversion *c, int64_t *after,
				 void (*visit)(void *arg, const struct converted_row *row),
				 void *arg) {
	struct arena *scratch = arena_new(0);
	size_t n = 0;
	struct problem *p = slice_rows(tx, c, scratch, after, &n, visit, arg);
	if (n < CONVERSION_SLICE) *after = 0;
	arena_free(scratch);
	return p;
}

struct slice {
	struct arena *arena;
	struct converted_row *rows;
	size_t n;
	int64_t losses;
};

static void collect(void *arg, const struct converted_row *row) {
	struct slice *s = arg;
	s->rows[s->n] = *row;
	s->rows[s->n++].now = value_copy(s->arena, &row->now);
	s->losses += row->lost;
}

struct problem *conversion_write(struct tx *tx, const struct conversion *c, int64_t *after,
				 int64_t *rows, int64_t *losses) {
	struct arena *scratch = arena_new(0);
	struct slice s = { .arena = scratch,
			   .rows = arena_array(scratch, CONVERSION_SLICE, sizeof *s.rows) };
	struct problem *p = conversion_slice(tx, c, after, collect, &s);
	for (size_t i = 0; !p && i < s.n; i++)
		p = tx_exec(tx, c->update, PARAMS(s.rows[i].now, value_int(s.rows[i].id)), NULL);
	*rows += (int64_t)s.n;
	*losses += s.losses;
	arena_free(scratch);
	return p;
}

struct problem *conversion_write_one(struct tx *tx, const struct conversion *c, int64_t id,
				     int64_t *losses) {
	struct converted_row row;
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, c->select_one, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return NULL;
	convert_row(c, tx_arena(tx), rows, &row);
	row.now = value_copy(tx_arena(tx), &row.now);
	rows_close(rows);
	*losses += row.lost;
	return tx_exec(tx, c->update, PARAMS(row.now, value_int(id)), NULL);
}
