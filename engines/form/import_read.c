/* import_read.c -- the file of an import, row by row, whatever kind it is. What it is is told by
 * its first bytes, not by its name. A CSV file is read as it comes: what is found wrong further
 * down leaves the rows before it imported. A workbook is read twice, the first time only to be
 * judged: nothing of one that is damaged, hostile or too large is imported. */
#include <errno.h>
#include <unistd.h>
#include "engines/form/csv.h"
#include "engines/form/encoding.h"
#include "engines/form/import_slice.h"
#include "runtime/xlsx/xlsx.h"

enum { READ_BYTES = 1 << 16 };

typedef struct problem *row_taker(void *im, const struct str *cells, size_t n, unsigned line);

/* ---- CSV ---- */

struct csv_reading {
	struct import *im;
	row_taker *row;
	struct csv *csv;
	struct str *cells;
	size_t room;
};

/* The apostrophes that keep a spreadsheet from taking text for formulas are no part of the cells.
 */
static struct problem *take_line(void *arg, const struct str *fields, size_t n, unsigned line) {
	struct csv_reading *r = arg;
	if (n > r->room) {
		r->cells = arena_array(r->im->rq->arena, 2 * n, sizeof *r->cells);
		r->room = 2 * n;
	}
	for (size_t i = 0; i < n; i++) r->cells[i] = csv_unguard(fields[i]);
	return r->row(r->im, r->cells, n, line);
}

static struct problem *take_text(void *arg, const char *text, size_t n) {
	struct csv_reading *r = arg;
	return csv_push(r->csv, text, n);
}

/* A byte order mark outweighs what the map says: our error files have one, whatever the first file
 * was written in. */
static bool is_marked(int fd) {
	char mark[3];
	return pread(fd, mark, sizeof mark, 0) == (ssize_t)sizeof mark &&
	       memcmp(mark, "\xEF\xBB\xBF", sizeof mark) == 0;
}

static struct problem *read_csv(struct import *im, row_taker *row) {
	struct decoder *decoder;
	struct arena *a = im->rq->arena;
	const char *encoding = is_marked(im->o->fd) ? "utf-8" : im->map->encoding;
	if (!encoding) TRY(encoding_detect(a, im->o->fd, &encoding));
	TRY(decoder_new(a, encoding, &decoder));
	im->encoding = encoding;
	im->total = lseek(im->o->fd, 0, SEEK_END);
	lseek(im->o->fd, 0, SEEK_SET);
	struct csv_reading r = { .im = im, .row = row };
	r.csv = csv_new(a, &csv_limits_default, ',', take_line, &r);
	char *buffer = arena_alloc(a, READ_BYTES);
	for (;;) {
		ssize_t got = read(im->o->fd, buffer, READ_BYTES);
		if (got < 0) return PROBLEM(a, UNAVAILABLE, "file_read", "reason", strerror(errno));
		im->bytes += got;
		TRY(decoder_push(decoder, buffer, (size_t)got, got == 0, take_text, &r));
		if (got == 0) break;
	}
	return csv_end(r.csv);
}

/* ---- workbooks ---- */

struct book_reading {
	struct xlsx_rows rows;
	struct import *im;
	row_taker *row;
};

static struct problem *take_sheet_row(void *arg, const struct str *cells, size_t n, unsigned line) {
	struct book_reading *r = arg;
	r->im->bytes = r->rows.done;
	r->im->total = r->rows.total;
	return r->row(r->im, cells, n, line);
}

static struct problem *read_workbook(struct import *im, row_taker *row) {
	struct xlsx *x;
	struct xlsx_rows judged = { 0 };
	struct book_reading r = { .rows = { .row = take_sheet_row, .arg = &r },
				  .im = im,
				  .row = row };
	TRY(xlsx_open(im->rq->arena, im->o->fd, &x));
	TRY(xlsx_choose(x, im->o->sheet));
	im->book = x;
	if (!im->glance) TRY(xlsx_read(x, &judged));
	im->map->workbook = true;
	TRY(xlsx_read(x, &r.rows));
	im->bytes = im->total;
	return NULL;
}

struct problem *import_read_file(struct import *im, row_taker *row) {
	if (xlsx_kind_of(im->o->fd) != XLSX_NONE) return read_workbook(im, row);
	if (im->o->sheet.n)
		return PROBLEM(im->rq->arena, MALFORMED, "import_sheet", "sheet",
			       str_dup(im->rq->arena, im->o->sheet));
	return read_csv(im, row);
}
