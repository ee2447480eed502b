/* import_undo.h -- a whole import taken back, of a job whose writes are known by their cause (history.h).
 * Invariants:
 *  1. Records it created go to the trash when their history has no other line; records it changed go back field by field, and row
 *     by row, where nobody has changed them since (versions.h). Whatever stays is told with its reason; a record that the actor does
 *     not see is passed over, like one that is gone.
 *  2. Every write is one of record_write, on the bulk lane, by the request's actor with the rights he has now.
 *  3. Running it again does only what is left: a record with a line of an undo of the same import is passed over, whoever has
 *     restored it. Later records go first: they may refer to earlier ones.
 *  4. Some records at a time, each lot with an arena of its own: how large the import was does not matter.
 * Threads: one that may block. */
#ifndef TENON_FORM_IMPORT_UNDO_H
#define TENON_FORM_IMPORT_UNDO_H

#include "engines/form/import.h"

enum { UNDO_REASONS = 100 };             /* told with the figures; all of them in the file */
struct undo_reason { int64_t id, row; const char *field, *column, *code, *detail; }; /* field NULL: the whole record */
struct import_undo {
	const struct form *form;
	int64_t job;                     /* the import */
	bool dry_run;                    /* figures and reasons; nothing is stored */
	int errors_fd;                   /* CSV: record, field, row, column, reason */
	bool (*progress)(void *arg, int64_t done, int64_t total, const struct import_result *so_far); /* false: stop */
	void *progress_arg;
	/* out */
	int64_t deleted, reverted, partly, left, skipped; /* partly: of those reverted, some of it stays */
	struct undo_reason reasons[UNDO_REASONS]; size_t n;
};
/* Counts: read, updated (deleted, reverted), skipped, failed (left, partly). */
struct problem *import_undo(struct request *rq, struct store *s, struct import_undo *undo, struct import_result *out) MUST_CHECK;
void import_undo_json(struct jw *w, const struct import_undo *undo);

#endif
