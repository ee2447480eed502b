/* rollup.h -- rollups counted from what is stored: by one query over the index of the reference they gather by.
 * Shape:    the value of a rollup is always what rollup_select says; what a commit adds up (engines/form/rollup.c) must agree.
 * Rights:   none: a rollup gathers everything, whoever asks.
 * Threads:  any; on the writer the transaction's own writes are counted. */
#ifndef TENON_STORE_ROLLUP_H
#define TENON_STORE_ROLLUP_H

#include "runtime/model/request.h"
#include "runtime/store/store.h"

struct select_builder;

/* A scalar subselect: the cell of the rollup for the record whose id the SQL `id` names. */
struct problem *rollup_select(struct select_builder *b, const struct field *f, const char *id, struct sb *out) MUST_CHECK;
/* Its value for one record, counted now. */
struct problem *rollup_read(struct request *rq, struct tx *tx, const struct field *f, int64_t id, struct value *out) MUST_CHECK;
/* A mean cannot be told from the mean before: beside it stand how many values there are and their sum. Not known (null)
 * after it was counted anew for a publish; then they are counted. */
struct rollup_mean { bool known; int64_t n; struct decimal sum; };
struct problem *rollup_mean_read(struct tx *tx, const struct field *f, int64_t id, struct rollup_mean *out) MUST_CHECK;
struct problem *rollup_mean_count(struct request *rq, struct tx *tx, const struct field *f, int64_t id, struct rollup_mean *out) MUST_CHECK;
struct problem *rollup_mean_write(struct tx *tx, const struct field *f, int64_t id, const struct rollup_mean *m) MUST_CHECK;
bool rollup_mean_value(const struct field *f, const struct rollup_mean *m, struct value *out); /* false: too large */
struct problem *rollup_mean_forget(struct tx *tx, const struct field *f) MUST_CHECK; /* of every record */
/* How many of what it gathers for a record have this value; counts no further than `most`. */
struct problem *rollup_same(struct request *rq, struct tx *tx, const struct field *f, int64_t id, const struct value *v, int64_t most,
	int64_t *out) MUST_CHECK;
/* Every rollup of an app compared with a count of what is stored: values looked at, values that differ. */
struct rollup_audit { int64_t checked, wrong; const struct field *first; int64_t first_id; };
struct problem *rollup_verify(struct request *rq, struct tx *tx, struct rollup_audit *out) MUST_CHECK;

#endif
