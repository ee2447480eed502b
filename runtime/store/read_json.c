/* read_json.c -- a page as the list call answers it. */
#include "runtime/store/read_internal.h"

static void write_titles(struct jw *w, const struct query *q, const struct record *r) {
	jw_key(w, "titles");
	jw_object(w);
	for (size_t i = 0; i < q->form->field_count; i++)
		if (r->titles[i]) record_title_json(w, r, q->form->fields[i]);
	jw_end(w);
}

static void write_table(struct jw *w, const struct codec *c, const struct record *r,
			const struct field *f) {
	if (r->rights && r->rights[f->index] < RIGHT_READ) return;
	jw_key(w, f->name);
	jw_array(w);
	for (size_t i = 0; i < r->rows[f->index].n; i++)
		record_json(w, c, r->rows[f->index].items[i], NULL, 0);
	jw_end(w);
}

static void write_record(struct jw *w, const struct codec *c, const struct query *q,
			 const struct read_page *page, size_t row) {
	const struct record *r = page->records[row];
	jw_object(w);
	jw_set_int(w, "id", r->id);
	jw_set_int(w, "rev", r->rev);
	for (size_t i = 0; i < q->column_count; i++) {
		const struct expr_path *path = &q->paths.items[q->columns[i].path];
		if (page->column_rights[row][i] == RIGHT_HIDDEN) continue;
		jw_key(w, q->columns[i].key);
		field_write_json(w, path->fields[path->length - 1], c, &page->columns[row][i]);
	}
	for (size_t i = 0; i < q->table_count; i++) write_table(w, c, r, q->tables[i]);
	if (r->titles) write_titles(w, q, r);
	jw_end(w);
}

void read_page_json(struct jw *w, const struct request *rq, const struct query *q,
		    const struct read_page *page) {
	const struct codec codec = request_codec(rq);
	jw_object(w);
	jw_key(w, "records");
	jw_array(w);
	for (size_t i = 0; i < page->n; i++) write_record(w, &codec, q, page, i);
	jw_end(w);
	jw_key(w, "next");
	if (page->next.n)
		jw_str(w, page->next);
	else
		jw_null(w);
	if (page->counted) {
		jw_set_int(w, "count", page->count);
	}
	if (page->count_capped) {
		jw_set_bool(w, "count_capped", true);
	}
	read_sums_json(w, &codec, q, page);
	if (page->advice) {
		jw_set_text(w, "advice", page->advice);
	}
	jw_end(w);
}
