/* history.h -- one line of history and one event a write (shape at the head of history.c). On the writer. */
#ifndef TENON_FORM_HISTORY_H
#define TENON_FORM_HISTORY_H

#include "engines/form/write.h"

/* op: "create" "update" "delete" "restore". `now` has the new revision; old may be NULL (create). */
struct problem *history_write(struct prepared *p, const char *op, const struct record *old, const struct record *now) MUST_CHECK;

#endif
