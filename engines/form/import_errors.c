/* import_errors.c -- writes the rows an import refused. */
#include "engines/form/import_errors.h"

#include <errno.h>
#include <unistd.h>
#include "engines/form/csv.h"

struct problem *import_errors_flush(struct import_errors *e, struct arena *a) {
	size_t at = 0;
	if (!e->text.n) return NULL;
	while (at < e->text.n) {
		ssize_t put = write(e->fd, e->text.p + at, e->text.n - at);
		if (put <= 0)
			return PROBLEM(a, UNAVAILABLE, "file_write", "reason", strerror(errno));
		at += (size_t)put;
	}
	e->bytes += (int64_t)e->text.n;
	e->text.n = 0;
	fdatasync(e->fd); /* a pipe has no disk; a full disk shows at the next write */
	return NULL;
}

/* A signed number stays one in a spreadsheet; nothing else that begins so may become a formula
 * there. */
static bool is_number(struct str cell) {
	size_t i = cell.n && strchr("+-", cell.p[0]) ? 1 : 0;
	while (i < cell.n && cell.p[i] && strchr("0123456789.,%", cell.p[i])) i++;
	return i == cell.n;
}

/* Guarded, also where the file it came from had no need of it. */
static void cell(struct import_errors *e, struct str given, bool first) {
	csv_field(&e->text, given, first, !is_number(given));
}

void import_errors_line(struct import_errors *e, const struct str *cells, size_t n,
			const char *last) {
	if (e->fd < 0) return;
	size_t width = n > e->columns ? n : e->shown;
	for (size_t i = 0; i < width; i++)
		cell(e, i < n ? cells[i] : (struct str){ "", 0 }, i == 0);
	csv_field(&e->text, str_of(last), width == 0, true);
	sb_cat(&e->text, "\r\n");
}
