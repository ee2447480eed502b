/* read_page.c -- a page of a list: the statement's rows to records, and all that hangs on them. */
#include "runtime/store/read_internal.h"

struct page {
	struct request *rq;
	struct tx *tx;
	struct query *q;
	struct codec codec;
	struct select_builder *b;
	struct select_cells select;
	struct read_page *out;
	struct value *last; /* sort cells of the last row that fits the page */
	bool more;
};

static struct value kept_cell(struct arena *a, const struct rows *rows, int column) {
	struct value cell = rows_cell(rows, column);
	if (cell.kind == VALUE_TEXT) cell.as.s.p = arena_copy(a, cell.as.s.p, cell.as.s.n);
	return cell;
}

/* ---- rights of a row ---- */

/* Of a linked record that is not there, or not for this reader, every field is null; that is no
 * secret of the field. */
static enum field_right right_in(const struct page *p, const struct rows *rows, int join,
				 const struct field *f) {
	const struct select_join *j = &p->b->joins[join];
	enum field_right best = RIGHT_HIDDEN;
	bool there = j->flags.first < 0;
	if (j->access->everything) return RIGHT_EDIT;
	for (size_t i = 0; i < j->flags.n; i++) {
		enum field_right right = grant_right(j->flags.grants[i], f);
		bool covers = j->flags.first < 0 || rows_int(rows, j->flags.first + (int)i);
		there |= covers;
		best = covers && right > best ? right : best;
	}
	return there ? best : RIGHT_READ;
}

/* A path is worth its last field's right, and nothing when a reference on the way is hidden or
 * masked. */
static enum field_right right_of_path(const struct page *p, const struct rows *rows,
				      size_t column) {
	const struct expr_path *path = &p->q->paths.items[p->q->columns[column].path];
	int join = p->select.column_joins[column];
	enum field_right right = right_in(p, rows, join, path->fields[path->length - 1]);
	for (; p->b->joins[join].parent >= 0; join = p->b->joins[join].parent)
		if (right_in(p, rows, p->b->joins[join].parent, p->b->joins[join].field) <
		    RIGHT_READ)
			return RIGHT_HIDDEN;
	return right;
}

/* ---- rows to records ---- */

static void take_column(struct page *p, const struct rows *rows, size_t i, struct record *r,
			size_t row) {
	const struct expr_path *path = &p->q->paths.items[p->q->columns[i].path];
	const struct field *f = path->fields[path->length - 1];
	const struct field *lookup = p->q->columns[i].lookup;
	bool later = path->length > 1 && f->type->storage == STORE_VALUES;
	enum field_right right = later ? RIGHT_EDIT : right_of_path(p, rows, i);
	if (lookup && right_in(p, rows, 0, lookup) < right) right = right_in(p, rows, 0, lookup);
	struct value v = VALUE_NONE;
	p->out->column_rights[row][i] = (uint8_t)right;
	if (p->select.columns[i] >= 0 && right != RIGHT_HIDDEN) {
		struct value cell = kept_cell(p->rq->arena, rows, p->select.columns[i]);
		if (cell.kind != VALUE_NULL)
			v = rights_value(p->rq->arena, f, &p->codec, right,
					 f->type->from_cell(p->rq->arena, f, &p->codec, &cell));
	}
	p->out->columns[row][i] = v;
	if (path->length > 1 && !lookup) return;
	if (lookup) f = lookup;
	r->values[f->index] = v;
	if (r->rights) r->rights[f->index] = (uint8_t)right;
}

static void take_table_rights(struct page *p, const struct rows *rows, struct record *r) {
	for (size_t i = 0; r->rights && i < p->q->table_count; i++)
		r->rights[p->q->tables[i]->index] = (uint8_t)right_in(p, rows, 0, p->q->tables[i]);
}

static void take_row(struct page *p, const struct rows *rows) {
	struct arena *a = p->rq->arena;
	size_t row = p->out->n++;
	struct record *r = record_new(a, p->q->form);
	r->id = rows_int(rows, 0);
	r->rev = rows_int(rows, 1);
	if (!p->q->access->everything) r->rights = arena_array(a, p->q->form->field_count + 1, 1);
	p->out->records[row] = r;
	p->out->columns[row] = arena_array(a, p->q->column_count + 1, sizeof **p->out->columns);
	p->out->column_rights[row] = arena_array(a, p->q->column_count + 1, 1);
	for (size_t i = 0; i < p->q->column_count; i++) take_column(p, rows, i, r, row);
	take_table_rights(p, rows, r);
	for (size_t i = 0; i < p->q->sort_count; i++)
		p->last[i] = kept_cell(a, rows, p->select.sort[i]);
}

/* ---- sub-rows under the rights of their record's row ---- */

static bool *covered_by(struct page *p, const struct rows *rows) {
	const struct select_flags *flags = &p->b->joins[0].flags;
	bool *covered = arena_array(p->rq->arena, flags->n + 1, sizeof *covered);
	for (size_t i = 0; i < flags->n; i++)
		covered[i] = flags->first < 0 || rows_int(rows, flags->first + (int)i);
	return covered;
}

static struct problem *read_tables(struct page *p, bool **covered) {
	const struct select_flags *flags = &p->b->joins[0].flags;
	for (size_t t = 0; t < p->q->table_count; t++) {
		const struct field *f = p->q->tables[t];
		TRY(read_rows_of(p->rq, p->tx, f, p->out->records, p->out->n));
		for (size_t i = 0; !p->q->access->everything && i < p->out->n; i++) {
			struct record_rows *rows = &p->out->records[i]->rows[f->index];
			if (p->out->records[i]->rights[f->index] < RIGHT_READ)
				*rows = (struct record_rows){ NULL, 0 };
			for (size_t k = 0; k < rows->n; k++)
				rights_apply(p->rq, rows->items[k], flags->grants, covered[i],
					     flags->n);
		}
		struct record_rows all = read_all_rows(p->rq->arena, f, p->out->records, p->out->n);
		TRY(read_lookups(p->rq, p->tx, f->rows, all.items, all.n));
	}
	return NULL;
}

/* ---- statements ---- */

static struct problem *run_phase(struct page *p, enum select_phase phase, bool **covered) {
	struct sb sql = sb_on(p->rq->arena, SELECT_TEXT_MAX);
	struct rows *rows;
	bool have;
	size_t limit = (size_t)p->q->limit;
	select_begin(p->b, p->rq, p->tx, p->q, DIALECT_SQLITE);
	TRY(select_compile(p->b, phase, &p->select, &sql));
	TRY(tx_query(p->tx, sb_cstr(&sql), p->b->params, p->b->param_count, &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		p->more = have && p->out->n == limit;
		if (!have || p->more) break;
		covered[p->out->n] = covered_by(p, rows);
		take_row(p, rows);
	}
	rows_close(rows);
	if (phase == SELECT_FIRST && !p->q->ids)
		TRY(index_advice(p->tx, p->q, sb_cstr(&sql), p->b->params, p->b->param_count,
				 &p->out->advice));
	return NULL;
}

static struct problem *run(struct page *p, bool **covered) {
	if (!p->q->after) return run_phase(p, SELECT_FIRST, covered);
	if (p->q->after[0].kind == VALUE_NULL) return run_phase(p, SELECT_NULLS_AFTER, covered);
	TRY(run_phase(p, SELECT_AFTER, covered));
	if (p->more || !select_key_nullable(p->q, 0)) return NULL;
	return run_phase(p, SELECT_NULLS, covered);
}

static struct problem *count(struct page *p) {
	struct select_builder b;
	struct sb sql = sb_on(p->rq->arena, SELECT_TEXT_MAX);
	if (p->q->count == COUNT_NONE) return NULL;
	select_begin(&b, p->rq, p->tx, p->q, DIALECT_SQLITE);
	TRY(select_count(&b, &sql));
	bool have;
	TRY(tx_int(p->tx, sb_cstr(&sql), b.params, b.param_count, &p->out->count, &have));
	p->out->counted = true;
	p->out->count_capped = p->q->count == COUNT_CAPPED && p->out->count > QUERY_COUNT_CAP;
	if (p->out->count_capped) p->out->count = QUERY_COUNT_CAP;
	return NULL;
}

/* ---- what hangs on the page ---- */

static struct problem *read_looked_up(struct page *p, size_t column) {
	const struct field *f = p->q->columns[column].lookup;
	TRY(read_lookup_list(p->rq, p->tx, f, p->out->records, p->out->n));
	for (size_t row = 0; row < p->out->n; row++) {
		const struct record *r = p->out->records[row];
		p->out->columns[row][column] = r->values[f->index];
		if (r->rights) p->out->column_rights[row][column] = r->rights[f->index];
	}
	return NULL;
}

static struct problem *read_lists(struct page *p) {
	for (size_t i = 0; i < p->q->column_count; i++) {
		if (p->select.columns[i] >= 0) continue;
		if (p->q->columns[i].lookup) {
			TRY(read_looked_up(p, i));
			continue;
		}
		const struct field *f = p->q->paths.items[p->q->columns[i].path].fields[0];
		TRY(read_values_of(p->rq, p->tx, f, p->out->records, p->out->n));
		if (f->target) TRY(read_refs_in(p->rq, p->tx, f, p->out->records, p->out->n));
		for (size_t row = 0; row < p->out->n; row++) {
			struct value *v = &p->out->records[row]->values[f->index];
			*v = rights_value(p->rq->arena, f, &p->codec,
					  (enum field_right)p->out->column_rights[row][i], *v);
			p->out->columns[row][i] = *v;
		}
	}
	return NULL;
}

static struct problem *titles(struct page *p) {
	const struct field **fields =
		arena_array(p->rq->arena, p->q->column_count + 1, sizeof *fields);
	size_t n = 0;
	for (size_t i = 0; i < p->q->column_count; i++) {
		const struct expr_path *path = &p->q->paths.items[p->q->columns[i].path];
		if (path->length == 1) fields[n++] = path->fields[0];
		if (p->q->columns[i].lookup) fields[n++] = p->q->columns[i].lookup;
	}
	if (!p->q->titles) return NULL;
	TRY(read_page_titles(p->rq, p->tx, fields, n, p->out->records, p->out->n));
	return read_tables_titles(p->rq, p->tx, p->q->tables, p->q->table_count, p->out->records,
				  p->out->n);
}

struct problem *read_page(struct request *rq, struct tx *tx, struct query *q,
			  struct read_page *out) {
	struct arena *a = rq->arena;
	size_t room = (size_t)q->limit + 1;
	struct select_builder *b = arena_alloc(a, sizeof *b);
	struct page p = {
		.rq = rq, .tx = tx, .q = q, .codec = request_codec(rq), .b = b, .out = out
	};
	bool **covered = arena_array(a, room, sizeof *covered);
	*out = (struct read_page){ .records = arena_array(a, room, sizeof *out->records),
				   .columns = arena_array(a, room, sizeof *out->columns),
				   .column_rights =
					   arena_array(a, room, sizeof *out->column_rights) };
	p.last = arena_array(a, q->sort_count + 1, sizeof *p.last);
	TRY(run(&p, covered));
	if (p.more) out->next = query_cursor(a, q, p.last);
	TRY(read_lists(&p));
	TRY(read_tables(&p, covered));
	TRY(titles(&p));
	TRY(count(&p));
	return read_sums(rq, tx, q, out);
}
