#include "runtime/store/followers.h"

#include "runtime/model/app.h"
#include "runtime/store/queries.h"

#define OF_RECORD(form, record)                                                                    \
	value_text(str_of((form)->app->name)), value_text(str_of((form)->id)), value_int(record)

struct problem *follower_list(struct tx *tx, const struct form *form, int64_t record,
			      int32_t out[FOLLOWERS_MAX], size_t *n) {
	struct rows *rows;
	*n = 0;
	TRY(tx_query(tx, sql_follower_list,
		     PARAMS(OF_RECORD(form, record), value_int(FOLLOWERS_MAX)), &rows));
	for (bool have; *n < FOLLOWERS_MAX;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		out[(*n)++] = (int32_t)rows_int(rows, 0);
	}
	rows_close(rows);
	return NULL;
}

struct problem *follower_set(struct tx *tx, const struct form *form, int64_t record, int32_t user,
			     bool follows, int64_t at_us) {
	return tx_exec(tx, sql_follower_set,
		       PARAMS(OF_RECORD(form, record), value_int(user), value_int(follows),
			      value_int(at_us)),
		       NULL);
}

struct problem *follower_join(struct tx *tx, const struct form *form, int64_t record, int32_t user,
			      int64_t at_us, bool *joined) {
	int64_t n;
	TRY(tx_exec(tx, sql_follower_join,
		    PARAMS(OF_RECORD(form, record), value_int(user), value_int(at_us)), &n));
	if (joined) *joined = n > 0;
	return NULL;
}

struct problem *follower_drop(struct tx *tx, const struct form *form, int64_t record,
			      int32_t user) {
	return tx_exec(tx, sql_follower_drop, PARAMS(OF_RECORD(form, record), value_int(user)),
		       NULL);
}
