/* import_progress.h -- how far the import of a job has come, so that another process can go on where a killed one stopped.
 * The writes of a slice note the lines they settle in their own transactions (table job_part); once a slice is settled, the
 * job's row says so with the counts and the length of the error file, and the notes up to there are dropped. So a line is
 * either settled, or noted, or has left nothing behind: none is imported twice, none is left out.
 * Lines are counted by the number of the file line they begin on. */
#ifndef TENON_FORM_IMPORT_PROGRESS_H
#define TENON_FORM_IMPORT_PROGRESS_H

#include "engines/form/import.h"

struct import_landed { int64_t line; bool updated; };
struct import_progress {
	int64_t line;                    /* this one and all before it are settled; 0: none */
	int64_t errors;                  /* bytes of the error file by then */
	int64_t done, total;             /* bytes of the file */
	struct import_result result;     /* counts by then */
	struct import_landed *landed; size_t n; /* lines behind it that are stored, in order */
};
/* In the transaction of the writes themselves; lines ascend. */
struct problem *import_progress_land(struct tx *tx, int64_t job, const struct import_landed *lines, size_t n) MUST_CHECK;
struct problem *import_progress_settle(struct tx *tx, int64_t job, const struct import_progress *p) MUST_CHECK;
/* Zeros when the job has not settled anything. */
struct problem *import_progress_read(struct tx *tx, int64_t job, struct import_progress *out) MUST_CHECK;
/* The counts with what has landed, but for the first `skip` of it. */
struct import_result import_progress_counts(const struct import_progress *p, size_t skip);
/* The counts of a job's row, as result_json keeps them. */
void import_result_json(struct jw *w, const struct import_result *r);
void import_result_read(const struct json *j, struct import_result *out); /* NULL: zeros */

#endif
