/* read_linked.c -- what hangs on a page of records: multi-values, sub-rows, titles of what they
 * point at. However many records the page has, each linked table is asked once. */
#include "runtime/store/read_internal.h"
#include "runtime/store/record_sql.h"

/* ---- children: rows that name their owner in their first column ---- */

static void in_ids(struct arena *a, struct record *const *records, size_t n, struct value *out) {
	struct sb list = sb_on(a, SELECT_TEXT_MAX);
	sb_char(&list, '[');
	for (size_t i = 0; i < n; i++)
		sb_printf(&list, "%s%lld", i ? "," : "", (long long)records[i]->id);
	sb_char(&list, ']');
	*out = (struct value){ .kind = VALUE_TEXT, .as.s = sb_str(&list) };
}

static struct value kept_cell(struct arena *a, const struct rows *rows, int column) {
	struct value cell = rows_cell(rows, column);
	if (cell.kind == VALUE_TEXT) cell.as.s.p = arena_copy(a, cell.as.s.p, cell.as.s.n);
	return cell;
}

static struct record *record_by_id(struct record **records, size_t n, int64_t id) {
	for (size_t i = 0; i < n; i++)
		if (records[i]->id == id) return records[i];
	return NULL;
}

/* The list of one owner while its cells arrive. */
struct gathered {
	struct value *cells;
	size_t n, room;
	int64_t owner;
};

static void gather(struct arena *a, struct gathered *g, struct value cell) {
	if (g->n == g->room) {
		size_t room = g->room ? g->room * 2 : 8;
		g->cells = arena_grow(a, g->cells, g->n * sizeof cell, room * sizeof cell);
		g->room = room;
	}
	g->cells[g->n++] = cell;
}

static void finish_list(struct request *rq, const struct field *f, struct record **records,
			size_t n, struct gathered *g) {
	const struct codec codec = request_codec(rq);
	struct record *r = g->n ? record_by_id(records, n, g->owner) : NULL;
	struct value list = { .kind = VALUE_LIST, .as.list = { g->cells, g->n } };
	if (r) r->values[f->index] = f->type->from_cell(rq->arena, f, &codec, &list);
	*g = (struct gathered){ .n = 0 };
}

struct problem *read_values_of(struct request *rq, struct tx *tx, const struct field *f,
			       struct record **records, size_t n) {
	struct value ids;
	struct rows *rows;
	struct gathered g = { .n = 0 };
	if (!n) return NULL;
	in_ids(rq->arena, records, n, &ids);
	const char *sql =
		arena_printf(rq->arena,
			     "SELECT \"record\", \"value\" FROM \"%s\" WHERE \"record\" IN "
			     "(SELECT value FROM json_each(?1)) ORDER BY \"record\", \"pos\"",
			     f->column);
	TRY(tx_query(tx, sql, &ids, 1, &rows));
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have || rows_int(rows, 0) != g.owner) finish_list(rq, f, records, n, &g);
		if (!have) return NULL;
		g.owner = rows_int(rows, 0);
		gather(rq->arena, &g, kept_cell(rq->arena, rows, 1));
	}
}

/* ---- sub-tables ---- */

static const char *rows_statement(struct arena *a, const struct form *form) {
	struct sb sql = sb_on(a, SELECT_TEXT_MAX);
	sb_cat(&sql, "SELECT \"parent\", \"id\"");
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->type->storage == STORE_INTEGER ||
		    form->fields[i]->type->storage == STORE_TEXT)
			sb_printf(&sql, ", \"%s\"", form->fields[i]->column);
	sb_printf(&sql,
		  " FROM \"%s\" WHERE \"parent\" IN (SELECT value FROM json_each(?1)) ORDER BY "
		  "\"parent\", \"pos\"",
		  form->table);
	return sb_cstr(&sql);
}

static struct record *read_row(struct request *rq, const struct form *form,
			       const struct rows *rows) {
	const struct codec codec = request_codec(rq);
	struct record *r = record_new(rq->arena, form);
	int column = 2;
	r->id = rows_int(rows, 1);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->type->storage != STORE_INTEGER && f->type->storage != STORE_TEXT) continue;
		struct value cell = kept_cell(rq->arena, rows, column++);
		if (cell.kind != VALUE_NULL)
			r->values[i] = f->type->from_cell(rq->arena, f, &codec, &cell);
	}
	return r;
}

static void append_row(struct arena *a, struct record_rows *list, struct record *row) {
	size_t size = sizeof *list->items;
	if ((list->n & (list->n - 1)) == 0) /* room doubles at powers of two */
		list->items = arena_grow(a, list->items, list->n * size,
					 (list->n ? list->n * 2 : 1) * size);
	list->items[list->n++] = row;
}

struct record_rows read_all_rows(struct arena *a, const struct field *table,
				 struct record *const *records, size_t n) {
	struct record_rows all = { NULL, 0 };
	size_t count = 0;
	for (size_t i = 0; i < n; i++) count += records[i]->rows[table->index].n;
	all.items = arena_array(a, count + 1, sizeof *all.items);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < records[i]->rows[table->index].n; k++)
			all.items[all.n++] = records[i]->rows[table->index].items[k];
	return all;
}

struct problem *read_rows_of(struct request *rq, struct tx *tx, const struct field *table,
			     struct record **records, size_t n) {
	struct value ids;
	struct rows *rows;
	struct record_rows all = { NULL, 0 };
	bool have;
	if (!n) return NULL;
	in_ids(rq->arena, records, n, &ids);
	TRY(tx_query(tx, rows_statement(rq->arena, table->rows), &ids, 1, &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		struct record *owner = record_by_id(records, n, rows_int(rows, 0));
		struct record *row = read_row(rq, table->rows, rows);
		append_row(rq->arena, &owner->rows[table->index], row);
		append_row(rq->arena, &all, row);
	}
	for (size_t i = 0; i < table->rows->declared_count; i++)
		if (table->rows->fields[i]->type->storage == STORE_VALUES)
			TRY(read_values_of(rq, tx, table->rows->fields[i], all.items, all.n));
	return read_refs_of(rq, tx, table->rows, all.items, all.n);
}
