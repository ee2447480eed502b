/* record_load.c -- whole records as stored, without rights: what the write path starts from. */
#include "runtime/store/record_sql.h"

struct loading {
	struct tx *tx;
	const struct codec *codec;
	struct arena *arena;
	unsigned parts;
};

/* Text cells live until the next row; the record outlives them. */
static struct value cell_of(struct loading *l, const struct rows *rows, size_t column) {
	struct value cell = rows_cell(rows, (int)column);
	if (cell.kind == VALUE_TEXT) cell.as.s.p = arena_copy(l->arena, cell.as.s.p, cell.as.s.n);
	return cell;
}

static struct value decoded(struct loading *l, const struct field *f, const struct value *cell) {
	if (cell->kind == VALUE_NULL) return VALUE_NONE;
	return f->type->from_cell(l->arena, f, l->codec, cell);
}

static struct record *read_columns(struct loading *l, const struct form *form,
				   const struct rows *rows) {
	const struct record_sql *sql = record_sql(form);
	struct record *r = record_new(l->arena, form);
	r->id = rows_int(rows, 0);
	r->values[sql->columns[0].field->index] = value_int(r->id);
	for (size_t i = 1; i < sql->column_count; i++) {
		const struct field *f = sql->columns[i].field;
		struct value cell = cell_of(l, rows, i);
		r->values[f->index] = decoded(l, f, &cell);
		if (f->system == SYSTEM_REV) r->rev = cell.as.i;
	}
	return r;
}

static struct problem *read_values(struct loading *l, struct record *r, size_t which) {
	const struct record_sql *sql = record_sql(r->form);
	const struct field *f = sql->values[which];
	struct value *cells = NULL;
	size_t n = 0, room = 0;
	struct rows *rows;
	TRY(tx_query(l->tx, sql->select_values[which], PARAMS(value_int(r->id)), &rows));
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have) break;
		if (n == room) {
			size_t next = room ? room * 2 : 8;
			cells = arena_grow(l->arena, cells, n * sizeof *cells,
					   next * sizeof *cells);
			room = next;
		}
		cells[n++] = cell_of(l, rows, 0);
	}
	struct value list = { .kind = VALUE_LIST, .as.list = { cells, n } };
	r->values[f->index] = n ? f->type->from_cell(l->arena, f, l->codec, &list) : VALUE_NONE;
	return NULL;
}

static struct problem *read_parts(struct loading *l, struct record *r);

static struct problem *read_rows(struct loading *l, struct record *parent, const struct field *f) {
	struct record_rows *out = &parent->rows[f->index];
	size_t room = 0;
	struct rows *rows;
	TRY(tx_query(l->tx, record_sql(f->rows)->select, PARAMS(value_int(parent->id)), &rows));
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have) break;
		if (out->n == room) {
			size_t next = room ? room * 2 : 8;
			out->items = arena_grow(l->arena, out->items, out->n * sizeof *out->items,
						next * sizeof *out->items);
			room = next;
		}
		out->items[out->n++] = read_columns(l, f->rows, rows);
	}
	for (size_t i = 0; i < out->n; i++) TRY(read_parts(l, out->items[i]));
	return NULL;
}

static struct problem *read_parts(struct loading *l, struct record *r) {
	const struct record_sql *sql = record_sql(r->form);
	for (size_t i = 0; l->parts & RECORD_VALUES && i < sql->value_count; i++)
		TRY(read_values(l, r, i));
	for (size_t i = 0; l->parts & RECORD_ROWS && i < sql->table_count; i++)
		TRY(read_rows(l, r, sql->tables[i]));
	return NULL;
}

struct problem *record_load(struct tx *tx, const struct codec *c, const struct form *form,
			    int64_t id, unsigned parts, struct record **out) {
	struct loading l = { tx, c, tx_arena(tx), parts };
	struct rows *rows;
	bool have;
	*out = NULL;
	TRY(tx_query(tx, record_sql(form)->select, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return NULL;
	struct record *r = read_columns(&l, form, rows);
	rows_close(rows);
	TRY(read_parts(&l, r));
	*out = r;
	return NULL;
}

struct problem *record_revision(struct tx *tx, const struct form *form, int64_t id, int64_t *rev,
				bool *live) {
	struct rows *rows;
	bool have;
	*rev = 0;
	*live = false;
	TRY(tx_query(tx, record_sql(form)->revision, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return NULL;
	*rev = rows_int(rows, 0);
	*live = rows_cell(rows, 1).kind == VALUE_NULL;
	rows_close(rows);
	return NULL;
}
