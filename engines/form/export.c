#include "engines/form/export_csv.h"
#include "engines/form/export.h"
#include "engines/form/export_keys.h"

enum { PAGE_RECORDS = 500, PAGE_RECORDS_WITH_ROWS = 50, PAGE_BYTES = 64 << 20 };

struct export {
	struct request *rq;
	struct store *store;
	const struct form *form;
	struct query_text text;
	char *cursor; size_t cursor_room;
	bool headed, by_key;
};

struct problem *export_new(struct request *rq, struct store *s, const struct form *form, const struct query_text *text, struct export **out)
{
	struct export *e = arena_alloc(rq->arena, sizeof *e);
	*e = (struct export){ .rq = rq, .store = s, .form = form, .text = *text };
	e->text.action = ACTION_EXPORT;
	e->text.limit = text->rows.n ? PAGE_RECORDS_WITH_ROWS : PAGE_RECORDS;
	e->text.count = (struct str){ "", 0 };
	*out = e;
	return NULL;
}

struct problem *export_refs(struct export *e, struct str refs)
{
	e->by_key = str_is(refs, "key");
	if (!refs.n || e->by_key || str_is(refs, "id")) return NULL;
	return PROBLEM(e->rq->arena, MALFORMED, "export_refs", "given", str_dup(e->rq->arena, refs));
}

struct problem *export_check(struct export *e)
{
	struct query *q;
	TRY(query_parse(e->rq, e->form, &e->text, &q));
	if (!e->by_key) return NULL;
	e->text.fields = export_key_fields(e->rq, q);
	return query_parse(e->rq, e->form, &e->text, &q);
}

static const struct field *column_field(const struct query *q, size_t column)
{
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	return path->length ? path->fields[path->length - 1] : NULL;
}

/* What a row's cell holds: of a lookup, what it looks up. */
static const struct field *cell_field(const struct field *f) { return field_is_alias(f) ? f->lookup[f->lookup_length - 1] : f; }

/* The columns of a row; none without a table. */
static size_t row_columns(const struct query *q, struct arena *a, const struct field ***out)
{
	const struct form *form = q->table_rows ? q->table_rows->rows : NULL;
	size_t n = 0;
	*out = arena_array(a, form ? form->declared_count + 1 : 1, sizeof **out);
	for (size_t i = 0; form && i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (field_has_value(f) && access_right_for(q->access, f, q->action) >= RIGHT_MASK) (*out)[n++] = f;
	}
	return n;
}

/* What is being written: the query's columns, then those of the rows of one of its tables. */
struct sheet {
	struct export_sink *to;
	struct arena *scratch;
	const struct query *q;
	struct codec codec;
	const struct field **columns; size_t n;
	struct export_keys *keys;       /* of the row columns: key NULL where the id is written */
};

static void write_cell(const struct sheet *s, int64_t record, const struct field *f, const struct value *v)
{
	s->to->cell(s->to, &(struct export_cell){ s->scratch, &s->codec, f, v, record });
}

static const char *row_header(const struct sheet *s, size_t c)
{
	const char *table = s->q->table_rows->name, *name = s->columns[c]->name;
	const struct field *key = s->keys[c].key;
	return key ? arena_printf(s->scratch, "%s.%s.%s", table, name, key->name) : arena_printf(s->scratch, "%s.%s", table, name);
}

static struct export_head *row_heads(const struct sheet *s, struct export_head *to)
{
	for (size_t c = 0; c < s->n; c++) {
		const struct field *key = s->keys[c].key;
		*to++ = (struct export_head){ row_header(s, c), key ? key : cell_field(s->columns[c]) };
	}
	return to;
}

static void write_header(const struct sheet *s)
{
	const struct query *q = s->q;
	struct export_head *heads = arena_array(s->scratch, q->column_count + s->n + 1, sizeof *heads);
	for (size_t c = 0; c < q->column_count; c++) heads[c] = (struct export_head){ q->columns[c].key, column_field(q, c) };
	row_heads(s, heads + q->column_count);
	s->to->head(s->to, s->scratch, heads, q->column_count + s->n);
}

/* One line: the record's columns, then its row's; row NULL: it has none. */
static void write_line(const struct sheet *s, const struct read_page *page, size_t record, const struct record *row)
{
	const struct query *q = s->q;
	int64_t id = page->records[record]->id;
	for (size_t c = 0; c < q->column_count; c++) {
		bool hidden = page->column_rights && page->column_rights[record] && page->column_rights[record][c] == RIGHT_HIDDEN;
		write_cell(s, id, column_field(q, c), hidden ? NULL : &page->columns[record][c]);
	}
	for (size_t c = 0; c < s->n; c++) {
		const struct field *f = s->columns[c];
		bool hidden = !row || (row->rights && row->rights[f->index] == RIGHT_HIDDEN);
		const struct value *v = hidden ? NULL : &row->values[f->index];
		const struct field *key = s->keys[c].key;
		if (key) v = v && v->kind == VALUE_REF ? export_keys_find(&s->keys[c], v->as.i) : NULL;
		write_cell(s, id, key ? key : cell_field(f), v);
	}
	s->to->end_line(s->to);
}

static void write_record(const struct sheet *s, const struct read_page *page, size_t record)
{
	static const struct record_rows none;
	const struct field *table = s->q->table_rows;
	const struct record_rows *rows = table ? &page->records[record]->rows[table->index] : &none;
	if (!rows->n) write_line(s, page, record, NULL);
	for (size_t i = 0; i < rows->n; i++) write_line(s, page, record, rows->items[i]);
}

static struct problem *read_row_keys(struct request *rq, struct tx *tx, const struct read_page *page, const struct field *table, const struct field *f,
	struct export_keys *out)
{
	size_t n = 0, room = 0;
	for (size_t i = 0; i < page->n; i++) room += page->records[i]->rows[table->index].n;
	int64_t *ids = arena_array(rq->arena, room + 1, sizeof *ids);
	for (size_t i = 0; i < page->n; i++) {
		const struct record_rows *rows = &page->records[i]->rows[table->index];
		for (size_t k = 0; k < rows->n; k++)
			if (rows->items[k]->values[f->index].kind == VALUE_REF) ids[n++] = rows->items[k]->values[f->index].as.i;
	}
	return export_keys_read(rq, tx, f, out->key, ids, n, out);
}

static struct problem *read_keys(const struct export *e, struct request *rq, struct tx *tx, const struct read_page *page, struct sheet *s)
{
	s->keys = arena_array(rq->arena, s->n + 1, sizeof *s->keys);
	for (size_t c = 0; c < s->n; c++) {
		s->keys[c] = (struct export_keys){ .key = e->by_key ? export_key_of(rq, s->columns[c]) : NULL };
		if (s->keys[c].key) TRY(read_row_keys(rq, tx, page, s->q->table_rows, s->columns[c], &s->keys[c]));
	}
	return NULL;
}

static struct problem *write_page(struct export *e, struct request *rq, struct tx *tx, struct export_sink *to, bool *more)
{
	struct query *q;
	struct read_page page;
	TRY(query_parse(rq, e->form, &e->text, &q));
	TRY(read_page(rq, tx, q, &page));
	struct sheet sheet = { .to = to, .scratch = rq->arena, .q = q, .codec = request_codec(rq) };
	sheet.n = row_columns(q, rq->arena, &sheet.columns);
	TRY(read_keys(e, rq, tx, &page, &sheet));
	if (!e->headed) write_header(&sheet);
	e->headed = true;
	for (size_t i = 0; i < page.n; i++) write_record(&sheet, &page, i);
	TRY(to->problem);
	*more = page.next.n != 0;
	if (page.next.n + 1 > e->cursor_room) {
		e->cursor_room = page.next.n * 2 + 1;
		e->cursor = arena_alloc(e->rq->arena, e->cursor_room);
	}
	if (page.next.n) memcpy(e->cursor, page.next.p, page.next.n);
	e->text.cursor = (struct str){ e->cursor, page.next.n };
	return NULL;
}

struct problem *export_page(struct export *e, struct export_sink *to, bool *more)
{
	struct request rq = *e->rq;
	rq.arena = arena_new(0);
	struct tx *tx;
	struct problem *p = tx_read(e->store, rq.arena, &tx);
	if (!p) p = tx_end(tx, write_page(e, &rq, tx, to, more));
	if (p) p = problem_copy(e->rq->arena, p);
	arena_free(rq.arena);
	return p;
}

struct problem *export_next(struct export *e, struct sb *out, bool *more)
{
	struct export_csv csv = export_csv_to(out);
	return export_page(e, &csv.sink, more);
}
