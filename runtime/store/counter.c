/* counter.c -- see the header. */
#include "runtime/store/counter.h"

#include "runtime/store/queries.h"

/* Two plain statements cost a third of one INSERT ... ON CONFLICT ... RETURNING, which builds a
 * table for its answer. */
struct problem *counter_next(struct tx *tx, const char *key, int64_t start, int64_t *out) {
	struct value name = value_text(str_of(key));
	int64_t raised;
	bool have;
	TRY(tx_exec(tx, sql_counter_raise, &name, 1, &raised));
	if (raised) return tx_int(tx, sql_counter_get, &name, 1, out, &have);
	*out = start;
	return tx_exec(tx, sql_counter_begin, PARAMS(name, value_int(start)), NULL);
}
