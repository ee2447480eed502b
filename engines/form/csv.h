/* csv.h -- RFC 4180 text, pushed in pieces of any size, rows out: a state machine that keeps only the row in work.
 * Takes CRLF, LF or CR as line ends, quotes doubled inside quotes, a byte order mark, blank lines (skipped).
 * Bytes are not decoded here: UTF-8 and GB18030 both keep '"', ',' and line ends out of multi-byte characters' first bytes, but
 * GB18030's second byte may be ',' ... 0x30-0x7E: so decode first (encoding.h), then parse.
 * Limits: csv_limits. Errors: MALFORMED csv_* with line and column (of the field's start; 1-based).
 * Ownership: fields are borrowed until the row callback returns. */
#ifndef TENON_FORM_CSV_H
#define TENON_FORM_CSV_H

#include "runtime/base/problem.h"

struct csv_limits { size_t field_bytes, columns, row_bytes; };
extern const struct csv_limits csv_limits_default;      /* 1 MiB, 2,000 columns, 16 MiB */

struct csv;
/* row: fields of one line; line: number of the line it began on. A problem stops the parse and is returned. */
struct csv *csv_new(struct arena *a, const struct csv_limits *limits, char separator,
	struct problem *(*row)(void *arg, const struct str *fields, size_t n, unsigned line), void *arg);
struct problem *csv_push(struct csv *c, const char *bytes, size_t n) MUST_CHECK;
struct problem *csv_end(struct csv *c) MUST_CHECK;       /* the last row need not end its line; an open quote is an error */

/* Writing: a field is quoted when it must be. guard: text that a spreadsheet would take for a formula (= + - @ TAB CR NUL and
 * their full-width twins in front) gets a leading apostrophe; csv_unguard takes it off again. */
void csv_field(struct sb *out, struct str field, bool first, bool guard);
struct str csv_unguard(struct str field);

#endif
