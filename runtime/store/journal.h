/* journal.h -- what an interrupted apply owes. Each change of an apply writes its own undoing in the same transaction; the
 * swap exchanges these for what is left to clear away. So a store is at every moment either before the apply (with a list
 * of statements that lead back) or after it (with a list that is still to be done); a start runs whichever it finds. */
#ifndef TENON_STORE_JOURNAL_H
#define TENON_STORE_JOURNAL_H

#include "runtime/store/schema.h"
#include "runtime/store/writer.h"

/* undo, contract: statements. formula, search, sort, serial: ids of forms to compute, to index, to give sort keys, to
 * number. freeze: names of frozen lookups (recompute_name). */
enum journal_step { JOURNAL_UNDO, JOURNAL_CONTRACT, JOURNAL_FORMULA, JOURNAL_SEARCH, JOURNAL_SORT, JOURNAL_SERIAL, JOURNAL_FREEZE };
struct journal { const char *app; int64_t version; };
struct problem *journal_add(struct tx *tx, const struct journal *j, enum journal_step step, const char *sql) MUST_CHECK;
/* Runs a CREATE or an ADD COLUMN and notes its undoing. */
struct problem *journal_run(struct tx *tx, const struct journal *j, const char *create) MUST_CHECK;
struct problem *journal_clear(struct tx *tx, const struct journal *j, enum journal_step step) MUST_CHECK;
struct problem *journal_list(struct tx *tx, struct arena *a, const char *app, enum journal_step step, struct statements *out) MUST_CHECK; /* newest first */
struct problem *journal_undo(struct store *s, struct arena *a, const char *app) MUST_CHECK;      /* all of it, as one member */
struct problem *journal_contract(struct store *s, struct arena *a, const char *app) MUST_CHECK;  /* one member each */
/* One writer member in its own arena; its problem is copied into a. */
struct problem *journal_member(struct store *s, struct arena *a, enum lane lane, struct problem *(*commit)(struct tx *tx, void *arg), void *arg) MUST_CHECK;

#endif
