/* merge_internal.h -- between merge.c and unmerge.c. */
#ifndef TENON_FORM_MERGE_INTERNAL_H
#define TENON_FORM_MERGE_INTERNAL_H

#include "engines/form/merge.h"
#include "engines/form/write.h"

/* A transaction's own prepared, for what is written beside the two records. */
struct prepared *merge_prepared(struct tx *tx, struct request *rq, struct store *s, struct write *w);
/* A new revision of a record with nothing changed, and its line. op: of the line; the event says "update" or "delete". */
struct problem *merge_line(struct prepared *p, const struct form *form, int64_t id, const char *op, struct str detail, const char *cause) MUST_CHECK;
struct problem *merge_not_held(struct tx *tx, struct request *rq, const struct form *form, int64_t id) MUST_CHECK;
/* A record that points at one of the two is in approval: it changes through that alone (held.c), save by an administrator. */
struct problem *merge_keeps_off(struct tx *tx, struct request *rq, const struct field *f, int64_t id, bool *out) MUST_CHECK;

#endif
