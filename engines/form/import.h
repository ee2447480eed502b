/* import.h -- a CSV file or a sheet of a workbook (.xlsx) through the write path, in bulk slices (tenon help import has the map's keys).
 * Each file row is one write (rows of a sub-table: each run of rows of one parent is one write), prepared here while the
 * writer commits the slice before it. A faulty row goes to the error file with the reason in a last column and does not stop the
 * rest (it is CSV, of a workbook too: the header and the rows as they were read); all_or_nothing commits everything in one transaction (at most IMPORT_ATOMIC_ROWS rows) or nothing.
 * Rights: the request's actor, ACTION_IMPORT. Threads: runs on the calling thread, blocking.
 * Problems: what is wrong with the map or the file as a whole (MALFORMED import_*, csv_*, encoding_*, xlsx_*), store problems. */
#ifndef TENON_FORM_IMPORT_H
#define TENON_FORM_IMPORT_H

#include "engines/form/record_write.h"

enum import_mode { IMPORT_CREATE, IMPORT_UPDATE, IMPORT_UPSERT };
enum { IMPORT_ATOMIC_ROWS = 20000 };
struct import_result { int64_t read, created, updated, skipped, failed; };
struct import_progress;
struct import_options {
	const struct form *form;
	const struct json *map;          /* or NULL: headers are names or labels */
	struct str key;                  /* --key: one field, or empty */
	struct str sheet;                /* of a workbook; empty: the first that is not hidden */
	enum import_mode mode;
	bool dry_run, all_or_nothing;
	int fd;                          /* the file, seekable */
	int errors_fd;                   /* error rows, or -1 */
	/* After every slice; bytes of the file; false: cancel (what is committed stays). */
	bool (*progress)(void *arg, int64_t done, int64_t total, const struct import_result *so_far);
	void *progress_arg;
	/* Each row refused, in file order: the line it begins on, and why; or NULL. */
	void (*refused)(void *arg, unsigned line, const char *why);
	void *refused_arg;
	int64_t job;                     /* whose row keeps the progress (import_progress.h), or 0 */
	const struct import_progress *from; /* how far a former process came, or NULL; its errors_fd stands at the end */
};
struct problem *import_run(struct request *rq, struct store *s, const struct import_options *o, struct import_result *out) MUST_CHECK;
const char *import_cause(struct arena *a, int64_t job);        /* of its writes (history.h) */

/* The first rows of a file, for whoever says which column goes where (import_preview.c). */
enum { IMPORT_SAMPLES = 5 };
struct import_preview_column {
	const char *header;
	const char *field;               /* guessed, as a map names it ("lines.qty"); or NULL */
	const char *by;                  /* of a reference, when the header says it; or NULL */
	bool only_key;                   /* the field cannot be written, but finds records */
	const char *samples[IMPORT_SAMPLES]; /* NULL past the end of the file */
};
struct import_preview_sheet { const char *name; bool hidden; };
struct import_preview {
	const char *encoding;            /* of a CSV file */
	const char *sheet;               /* of a workbook */
	struct import_preview_sheet *sheets; size_t sheet_count;
	struct import_preview_column *columns; size_t n; /* none: the sheet is empty */
};
/* o: form, fd and sheet; of a map its encoding. Problems as of import_run. */
struct problem *import_preview(struct request *rq, const struct import_options *o, struct import_preview *out) MUST_CHECK;
bool import_mode_of(struct str name, enum import_mode *out);   /* "create" "update" "upsert" */

#endif
