/* conversion.h -- all values of one column through a converter, in slices by id; shared by the dry run of a plan and apply.
 * What a conversion made stands twice, in the new column and in one beside it ("<old column>__to_v<version>"). When the type
 * goes back (A -> B -> A), a value that is still what was made of the former one is given back exactly as it was; only values
 * written since are converted. Both columns lie in the trash until plan_purge. */
#ifndef TENON_STORE_CONVERSION_H
#define TENON_STORE_CONVERSION_H

#include "runtime/store/migration.h"

struct conversion;
struct converted_row { int64_t id; struct value now; bool lost; const char *was; /* text of the old value when lost */ };
struct problem *conversion_new(struct tx *tx, struct arena *a, const struct conversion_job *job, const struct directory *people,
	bool dry, struct conversion **out) MUST_CHECK;
/* The next rows with a value after *after; *after becomes the last id looked at, 0 at the end. */
struct problem *conversion_slice(struct tx *tx, const struct conversion *c, int64_t *after,
	void (*visit)(void *arg, const struct converted_row *row), void *arg) MUST_CHECK;
/* Writes the new values of such a slice (writer only). */
struct problem *conversion_write(struct tx *tx, const struct conversion *c, int64_t *after, int64_t *rows, int64_t *losses) MUST_CHECK;
struct problem *conversion_write_one(struct tx *tx, const struct conversion *c, int64_t id, int64_t *losses) MUST_CHECK;

#endif
