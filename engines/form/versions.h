/* versions.h -- a record as it was at a revision, and the way back to it.
 * What it was is worked out from the record as stored and the lines of its history after that revision, taken back one
 * by one. Rollups and what is computed from them leave no lines: they are no part of it.
 * The way back is an update like any other (record_write), by the person who asks:
 *  1. What he may not read is neither told nor touched. What he sees masked, may not change, or what no longer fits the
 *     form of today stays as it is and is named with the reason.
 *  2. Computed fields follow; serials stay. Rows that were deleted come back as new rows, last in their table.
 *  3. The history says of the write that it led back there (history.h).
 * Threads: record_version any; record_revert blocks (the pool). */
#ifndef TENON_FORM_VERSIONS_H
#define TENON_FORM_VERSIONS_H

#include "engines/form/record_write.h"

/* {"rev","record","changes" (from now to then, as lines of the history),"unreadable"}; NOT_FOUND version_unknown. */
struct problem *record_version(struct request *rq, struct tx *tx, const struct form *form, int64_t id, int64_t rev, struct jw *out) MUST_CHECK;

struct revert {
	const struct form *form;
	int64_t id, rev, if_match;           /* NEED_MATCH without if_match, but for a dry run */
	bool dry_run;                        /* what would change and what would stay; nothing is stored */
	struct str of;                       /* instead of rev: only what lines of this cause did, and nobody has changed since */
	const char *cause;                   /* of the write then (history.h) */
	int64_t now;                         /* out: the record's revision */
};
/* What stays as it is, and why; a value, or a whole row. */
struct revert_kept { const char *field, *column; int64_t row; const char *code, *detail; struct revert_kept *next; };
/* {"rev","to","changes","kept":[{"field","row","code","detail"}]}, "record" too when it was done. Problems: those of the write. */
struct problem *record_revert(struct request *rq, struct store *s, struct revert *r, struct jw *out) MUST_CHECK;

/* Worked out for a write together with others; changes false: there is nothing to write. In the request's arena. */
struct revert_plan { struct write write; bool changes; const struct revert_kept *kept; };
struct problem *record_revert_plan(struct request *rq, struct store *s, struct revert *r, struct revert_plan *out) MUST_CHECK;

#endif
