/* export_book.h -- an export as a workbook (.xlsx), written by libxlsxwriter row by row into
 * nameless files of a folder: memory does not grow with the records.
 * Numbers, money and percent are numbers with a format, days and times are Excel's in the app's
 * zone; ids, serials, phones and all text are text cells, never formulas. What Excel could not keep
 * exactly is text: numbers of more than 15 digits, days before March 1900, durations below zero.
 * When a sheet is full (1,048,576 rows) a further one goes on, with the same header.
 * Problems: INVALID export_cell_long (Excel takes 32,767 characters a cell), UNAVAILABLE
 * file_write. */
#ifndef TENON_FORM_EXPORT_BOOK_H
#define TENON_FORM_EXPORT_BOOK_H

#include "engines/form/export_sink.h"
#include "runtime/model/request.h"

enum { EXPORT_BOOK_ROWS = 1048576 };

struct export_book;
/* It lives in the request's arena. rows: of one sheet, its header among them. */
struct problem *export_book_new(struct request *rq, const struct form *form, const char *folder,
				uint32_t rows, struct export_book **out) MUST_CHECK;
struct export_sink *export_book_sink(struct export_book *b);
/* The file, whole, at its start; the descriptor stays the book's and closes with the request. */
struct problem *export_book_end(struct export_book *b, int *fd) MUST_CHECK;

#endif
