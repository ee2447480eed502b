#include "runtime/store/outbox.h"

#include "runtime/store/queries.h"

struct problem *outbox_append(struct tx *tx, const char *kind, struct str key,
			      struct str payload_json, int64_t now_us, int64_t due_us,
			      bool *added) {
	int64_t changes = 0;
	TRY(tx_exec(tx, sql_outbox_append,
		    PARAMS(value_int(now_us), value_int(due_us), value_text(str_of(kind)),
			   value_text(key), value_text(payload_json)),
		    &changes));
	if (added) *added = changes > 0;
	return NULL;
}
