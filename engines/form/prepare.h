/* prepare.h -- the first stage on a transaction that is open already: a snapshot, or the writer's own when a write must
 * build on what the same group has just written (batch.c). Nobody outside engines/form includes it. */
#ifndef TENON_FORM_PREPARE_H
#define TENON_FORM_PREPARE_H

#include "engines/form/write.h"

struct problem *prepare_on(struct tx *tx, struct request *rq, struct store *s, struct write *w) MUST_CHECK;

#endif
