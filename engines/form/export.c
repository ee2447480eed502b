#include "engines/form/csv.h"
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

/* Numbers stay numbers; only what may hold a person's text is guarded. */
static bool needs_guard(const struct field *f)
{
	enum type_kind kind = f->value_type.kind;
	return kind == TYPE_TEXT || kind == TYPE_ENUM || kind == TYPE_CASCADE || kind == TYPE_USER || kind == TYPE_DEPT;
}

/* What is being written: the query's columns, then those of the rows of one of its tables. */
struct sheet {
	struct sb *out;
	struct arena *scratch;
	const struct query *q;
	struct codec codec;
	const struct field **columns; size_t n;
	struct export_keys *keys;       /* of the row columns: key NULL where the id is written */
};

static void write_cell(const struct sheet *s, const struct field *f, const struct value *v, bool first)
{
	struct sb text = sb_on(s->scratch, PAGE_BYTES);
	if (v) field_write_text(&text, f, &s->codec, v, false);
	csv_field(s->out, sb_str(&text), first, needs_guard(f));
}

static const char *row_header(const struct sheet *s, size_t c)
{
	const char *table = s->q->table_rows->name, *name = s->columns[c]->name;
	const struct field *key = s->keys[c].key;
	return key ? arena_printf(s->scratch, "%s.%s.%s", table, name, key->name) : arena_printf(s->scratch, "%s.%s", table, name);
}

static void write_header(const struct sheet *s)
{
	const struct query *q = s->q;
	sb_cat(s->out, "\xEF\xBB\xBF");
	for (size_t c = 0; c < q->column_count; c++) csv_field(s->out, str_of(q->columns[c].key), c == 0, true);
	for (size_t c = 0; c < s->n; c++)
		csv_field(s->out, str_of(row_header(s, c)), !q->column_count && c == 0, true);
	sb_cat(s->out, "\r\n");
}

/* One line: the record's columns, then its row's; row NULL: it has none. */
static void write_line(const struct sheet *s, const struct read_page *page, size_t record, const struct record *row)
{
	const struct query *q = s->q;
	for (size_t c = 0; c < q->column_count; c++) {
		bool hidden = page->column_rights && page->column_rights[record] && page->column_rights[record][c] == RIGHT_HIDDEN;
		write_cell(s, column_field(q, c), hidden ? NULL : &page->columns[record][c], c == 0);
	}
	for (size_t c = 0; c < s->n; c++) {
		const struct field *f = s->columns[c];
		bool hidden = !row || (row->rights && row->rights[f->index] == RIGHT_HIDDEN);
		const struct value *v = hidden ? NULL : &row->values[f->index];
		const struct field *key = s->keys[c].key;
		if (key) v = v && v->kind == VALUE_REF ? export_keys_find(&s->keys[c], v->as.i) : NULL;
		write_cell(s, key ? key : cell_field(f), v, !q->column_count && c == 0);
	}
	sb_cat(s->out, "\r\n");
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

static struct problem *write_page(struct export *e, struct request *rq, struct tx *tx, struct sb *out, bool *more)
{
	struct query *q;
	struct read_page page;
	TRY(query_parse(rq, e->form, &e->text, &q));
	TRY(read_page(rq, tx, q, &page));
	struct sheet sheet = { .out = out, .scratch = rq->arena, .q = q, .codec = request_codec(rq) };
	sheet.n = row_columns(q, rq->arena, &sheet.columns);
	TRY(read_keys(e, rq, tx, &page, &sheet));
	if (!e->headed) write_header(&sheet);
	e->headed = true;
	for (size_t i = 0; i < page.n; i++) write_record(&sheet, &page, i);
	*more = page.next.n != 0;
	if (page.next.n + 1 > e->cursor_room) {
		e->cursor_room = page.next.n * 2 + 1;
		e->cursor = arena_alloc(e->rq->arena, e->cursor_room);
	}
	if (page.next.n) memcpy(e->cursor, page.next.p, page.next.n);
	e->text.cursor = (struct str){ e->cursor, page.next.n };
	return NULL;
}

struct problem *export_next(struct export *e, struct sb *out, bool *more)
{
	struct request rq = *e->rq;
	rq.arena = arena_new(0);
	struct tx *tx;
	struct problem *p = tx_read(e->store, rq.arena, &tx);
	if (!p) p = tx_end(tx, write_page(e, &rq, tx, out, more));
	if (p) p = problem_copy(e->rq->arena, p);
	arena_free(rq.arena);
	return p;
}
