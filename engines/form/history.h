/* history.h -- one line of history and one event a write (shape at the head of history.c). On the writer. */
#ifndef TENON_FORM_HISTORY_H
#define TENON_FORM_HISTORY_H

#include "engines/form/write.h"

/* A write's cause (write.cause): "rev/3" when it leads back to that revision, "import/12" of that job, "undo/12" when it
 * takes back what that job did. */
/* op: "create" "update" "delete" "restore". `now` has the new revision; old may be NULL (create). */
struct problem *history_write(struct prepared *p, const char *op, const struct record *old, const struct record *now) MUST_CHECK;
/* The line and the event of a revision whose changes are told already (JSON). */
struct problem *history_add(struct request *rq, struct tx *tx, const struct record *now, const char *op, struct str changes) MUST_CHECK;
/* The event alone: the revision is another one, and nothing a person would look for in the history has changed. */
struct problem *history_event(struct request *rq, struct tx *tx, const struct record *now, const char *op) MUST_CHECK;

#endif
