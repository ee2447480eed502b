/* xlsx.h -- a workbook (.xlsx, ECMA-376) as rows of text.
 * What a cell becomes (cell.h): text as it stands; a number as its digits are in the file,
 * but no more than the 15 that Excel shows; a date, by its number format, "2026-11-22", with a time
 * "2026-11-22 08:30:00", a time alone "08:30:00"; a truth "true" or "false"; a formula the value
 * the file keeps of it; an error its name, "#N/A", which is also what a formula without a value
 * gives
 * ("#CALC!", see xlsx_is_error). Merged cells have their text in the first of them. Hidden rows and
 * columns are read like others. Rows that say nothing are left out; `line` is the row's own number.
 *
 * The file is hostile until proved otherwise. Nothing in it names a file of this machine: parts are
 * found by name inside the zip. Refused: more parts, bytes, or bytes from so little packed than any
 * real workbook has (xlsx_limits), document types and with them all entities, encryption, cut and
 * damaged files. Memory: the texts the cells share (within the limit), and the row in work.
 * Errors: MALFORMED and TOO_LARGE xlsx_*. Threads: belongs to one at a time. */
#ifndef TENON_XLSX_XLSX_H
#define TENON_XLSX_XLSX_H

#include "runtime/base/problem.h"

struct xlsx_limits {
	uint64_t entries, bytes, ratio; /* of the zip: parts; all unpacked; unpacked by packed */
	size_t shared_bytes;            /* of the texts the cells share */
	size_t cell_bytes, columns;
};
extern const struct xlsx_limits xlsx_limits; /* 10,000, 2 GiB, 200; 128 MiB; 1 MiB, 2,000 */

enum xlsx_kind { XLSX_NONE, XLSX_WORKBOOK, XLSX_OLD }; /* OLD: .xls, or locked by a password */
enum xlsx_kind xlsx_kind_of(int fd);                   /* by its first bytes */

struct xlsx;
/* fd: any place, stays the caller's and open as long as the workbook is used. */
struct problem *xlsx_open(struct arena *a, int fd, struct xlsx **out) MUST_CHECK;
/* By name, hidden ones too; empty: the first that is not hidden. */
struct problem *xlsx_choose(struct xlsx *x, struct str name) MUST_CHECK;

const char *xlsx_chosen(const struct xlsx *x);
/* Its sheets in their order, hidden ones too; past the last: NULL. */
const char *xlsx_sheet(const struct xlsx *x, size_t i, bool *hidden);

struct xlsx_rows {
	/* cells: borrowed until it returns. NULL: the sheet is only judged. A problem ends the
	 * reading. */
	struct problem *(*row)(void *arg, const struct str *cells, size_t n, unsigned line);
	void *arg;
	int64_t done, total; /* bytes of the sheet, unpacked */
};
struct problem *xlsx_read(struct xlsx *x, struct xlsx_rows *rows)
	MUST_CHECK; /* the chosen sheet, as often as one likes */
bool xlsx_is_error(struct str cell);

#endif
