#include "engines/form/csv.h"
#include "engines/form/export.h"

enum { PAGE_ROWS = 500, PAGE_BYTES = 64 << 20 };

struct export {
	struct request *rq;
	struct store *store;
	const struct form *form;
	struct query_text text;
	char *cursor; size_t cursor_room;
	bool headed;
};

struct problem *export_new(struct request *rq, struct store *s, const struct form *form, const struct query_text *text, struct export **out)
{
	struct export *e = arena_alloc(rq->arena, sizeof *e);
	*e = (struct export){ .rq = rq, .store = s, .form = form, .text = *text };
	e->text.action = ACTION_EXPORT;
	e->text.limit = PAGE_ROWS;
	e->text.count = (struct str){ "", 0 };
	*out = e;
	return NULL;
}

struct problem *export_check(struct export *e)
{
	struct query *q;
	return query_parse(e->rq, e->form, &e->text, &q);
}


static const struct field *column_field(const struct query *q, size_t column)
{
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	return path->length ? path->fields[path->length - 1] : NULL;
}

/* Numbers stay numbers; only what may hold a person's text is guarded. */
static bool needs_guard(const struct field *f)
{
	enum type_kind kind = f->value_type.kind;
	return kind == TYPE_TEXT || kind == TYPE_ENUM || kind == TYPE_CASCADE || kind == TYPE_USER || kind == TYPE_DEPT;
}

static void write_header(struct sb *out, const struct query *q)
{
	sb_cat(out, "\xEF\xBB\xBF");
	for (size_t c = 0; c < q->column_count; c++) csv_field(out, str_of(q->columns[c].key), c == 0, true);
	sb_cat(out, "\r\n");
}

static void write_row(struct sb *out, struct arena *scratch, const struct query *q, const struct codec *codec, const struct read_page *page, size_t row)
{
	for (size_t c = 0; c < q->column_count; c++) {
		const struct field *f = column_field(q, c);
		bool hidden = page->column_rights && page->column_rights[row] && page->column_rights[row][c] == RIGHT_HIDDEN;
		struct sb text = sb_on(scratch, PAGE_BYTES);
		if (!hidden) field_write_text(&text, f, codec, &page->columns[row][c], false);
		csv_field(out, sb_str(&text), c == 0, needs_guard(f));
	}
	sb_cat(out, "\r\n");
}

static struct problem *write_page(struct export *e, struct request *rq, struct tx *tx, struct sb *out, bool *more)
{
	struct query *q;
	struct read_page page;
	TRY(query_parse(rq, e->form, &e->text, &q));
	TRY(read_page(rq, tx, q, &page));
	if (!e->headed) write_header(out, q);
	e->headed = true;
	struct codec codec = request_codec(rq);
	for (size_t i = 0; i < page.n; i++) write_row(out, rq->arena, q, &codec, &page, i);
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
