/* rollup.h -- what a stored write means for the rollups that gather from it (shape at the head of rollup.c). On the writer. */
#ifndef TENON_FORM_ROLLUP_H
#define TENON_FORM_ROLLUP_H

#include "engines/form/write.h"

/* A record was stored: before NULL when it is new; both with the rows they had. */
struct problem *rollups_note(struct prepared *p, const struct record *before, const struct record *after) MUST_CHECK;
/* All that was noted, brought to the records that gather it. INVALID: a check of one of them fails; nothing may be kept then. */
struct problem *rollups_settle(struct prepared *p) MUST_CHECK;
/* A new record's rollups: nothing is gathered yet. */
void rollups_begin(struct unit *u);

#endif
