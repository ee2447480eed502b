/* export.h -- records as CSV or as a workbook, page by page: any filter, fields and sort of the lists, rights applied (ACTION_EXPORT).
 * With the rows of one sub-table (text->rows) there is a line a row: the record's columns repeated, then "lines.product" ...; a
 * record without rows has one line whose row cells are empty. Import reads such a file back (import_map.c).
 * With references by key a reference whose form has a unique field is written as that field, under a header that says so
 * ("customer.code", "lines.product.number"): such a file can be read into another store (export_keys.h).
 * What kind of file it becomes is the sink's: export_csv.c, export_book.c. Names, rights, order and values come from here alone.
 * Constant memory: each page has its own snapshot and goes on where the last one ended (keyset). Text that a spreadsheet would take
 * for a formula is guarded (csv.h), our import takes the guard off again. Starts with a byte order mark so that Excel reads UTF-8. */
#ifndef TENON_FORM_EXPORT_H
#define TENON_FORM_EXPORT_H

#include "engines/form/export_sink.h"
#include "runtime/store/read.h"

struct export;
/* text: filter, sort, fields, q, rows as a list takes them. The request lives as long as the export. */
struct problem *export_new(struct request *rq, struct store *s, const struct form *form, const struct query_text *text, struct export **out) MUST_CHECK;
struct problem *export_refs(struct export *e, struct str refs) MUST_CHECK; /* "key": references by key; "id" or nothing: by id */
struct problem *export_check(struct export *e) MUST_CHECK;  /* rights, filter, fields and sort are fine */
/* The next page, into what writes one kind of file (export_sink.h); *more false after the last. */
struct problem *export_page(struct export *e, struct export_sink *to, bool *more) MUST_CHECK;
struct problem *export_next(struct export *e, struct sb *out, bool *more) MUST_CHECK; /* as CSV, appended */

#endif
