/* import_preview.c -- the head of a file and its first rows, with the fields its headers say: what one sees before
 * saying which column goes where. The guess is the one an import without a map goes by. */
#include "engines/form/import_slice.h"
#include "engines/form/input.h"
#include "runtime/xlsx/xlsx.h"

enum { SAMPLE_CHARS = 60 };

struct glance {
	struct import im;
	struct access access;
	struct import_preview *out;
	size_t rows; /* seen below the header */
};

/* Enough has been read. */
static struct problem enough;

static struct problem *guess(struct glance *g, const struct str *header, size_t n) {
	struct request *rq = g->im.rq;
	g->out->columns = arena_array(rq->arena, n ? n : 1, sizeof *g->out->columns);
	for (g->out->n = 0; g->out->n < n; g->out->n++) {
		struct import_preview_column *to = &g->out->columns[g->out->n];
		struct import_column c;
		const struct field *table;
		struct str name = str_trim(header[g->out->n]);
		*to = (struct import_preview_column){ .header = str_dup(rq->arena, name) };
		if (!import_map_guess(rq, &g->access, g->im.o->form, name, &c, &table) ||
		    c.field->rows)
			continue;
		to->field = table ? arena_printf(rq->arena, "%s.%s", table->name, c.field->name)
				  : c.field->name;
		to->by = c.by ? c.by->name : NULL;
		to->only_key = !input_may_set(c.field);
	}
	return NULL;
}

static struct problem *take(void *im, const struct str *cells, size_t n, unsigned line) {
	struct glance *g = im; /* its first member */
	(void)line;
	if (!g->out->columns) return guess(g, cells, n);
	for (size_t i = 0; i < g->out->n; i++) {
		struct str cell = i < n ? cells[i] : (struct str){ "", 0 };
		cell.n = utf8_prefix(cell, SAMPLE_CHARS);
		g->out->columns[i].samples[g->rows] = str_dup(g->im.rq->arena, cell);
	}
	return ++g->rows == IMPORT_SAMPLES ? &enough : NULL;
}

static void list_sheets(struct arena *a, const struct xlsx *book, struct import_preview *out) {
	bool hidden;
	out->sheet = xlsx_chosen(book);
	while (xlsx_sheet(book, out->sheet_count, &hidden)) out->sheet_count++;
	out->sheets = arena_array(a, out->sheet_count, sizeof *out->sheets);
	for (size_t i = 0; i < out->sheet_count; i++) {
		const char *name = xlsx_sheet(book, i, &hidden);
		out->sheets[i] = (struct import_preview_sheet){ name, hidden };
	}
}

struct problem *import_preview(struct request *rq, const struct import_options *o,
			       struct import_preview *out) {
	struct import_map map = { .form = o->form };
	struct glance g = { .im = { .rq = rq, .o = o, .map = &map, .glance = true }, .out = out };
	const struct json *encoding = o->map ? json_get(o->map, "encoding") : NULL;
	*out = (struct import_preview){ 0 };
	TRY(access_of(rq, o->form, &g.access));
	if (!access_may(&g.access, ACTION_IMPORT))
		return PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	if (json_str(encoding).n) map.encoding = str_dup(rq->arena, json_str(encoding));
	struct problem *p = import_read_file(&g.im, take);
	if (p && p != &enough) return p;
	out->encoding = g.im.encoding;
	if (g.im.book) list_sheets(rq->arena, g.im.book, out);
	return out->columns || g.im.book ? NULL
					 : PROBLEM(rq->arena, MALFORMED, "import_empty_file");
}
