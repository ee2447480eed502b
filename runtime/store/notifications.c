#include "runtime/store/notifications.h"

#include "runtime/base/day.h"
#include "runtime/store/queries.h"

enum { KEPT_DAYS = 183 };

struct problem *notification_add(struct tx *tx, const struct notification *n, struct str cause) {
	return tx_exec(tx, sql_notification_add,
		       PARAMS(value_int(n->user), value_text(cause), value_text(str_of(n->kind)),
			      value_text(str_of(n->app)), value_text(str_of(n->form)),
			      value_int(n->record), n->actor ? value_int(n->actor) : VALUE_NONE,
			      value_int(n->at_us), value_text(n->text)),
		       NULL);
}

struct problem *notification_renew(struct tx *tx, const struct notification *n, struct str cause) {
	int64_t many = 0;
	bool have;
	TRY(tx_int(tx, sql_notification_again, PARAMS(value_int(n->user), value_text(cause)), &many,
		   &have));
	TRY(tx_exec(tx, sql_notification_forget, PARAMS(value_int(n->user), value_text(cause)),
		    NULL));
	return tx_exec(tx, sql_notification_renew,
		       PARAMS(value_int(n->user), value_text(cause), value_text(str_of(n->kind)),
			      value_text(str_of(n->app)), value_text(str_of(n->form)),
			      value_int(n->record), n->actor ? value_int(n->actor) : VALUE_NONE,
			      value_int(n->at_us), value_text(n->text),
			      value_int((have ? many : 0) + 1)),
		       NULL);
}

static struct notification read_row(struct arena *a, const struct rows *r) {
	return (struct notification){ .id = rows_int(r, 0),
				      .kind = str_dup(a, rows_text(r, 1)),
				      .app = str_dup(a, rows_text(r, 2)),
				      .form = str_dup(a, rows_text(r, 3)),
				      .record = rows_int(r, 4),
				      .many = rows_int(r, 5),
				      .user = (int32_t)rows_int(r, 6),
				      .actor = (int32_t)rows_int(r, 7),
				      .at_us = rows_int(r, 8),
				      .text = str_of(str_dup(a, rows_text(r, 9))),
				      .read = rows_int(r, 10) != 0 };
}

static struct problem *read_rows(struct tx *tx, struct rows *rows, int64_t limit,
				 struct notification **out, size_t *n) {
	*out = arena_array(tx_arena(tx), (size_t)limit, sizeof **out);
	*n = 0;
	for (bool have; *n < (size_t)limit;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		(*out)[(*n)++] = read_row(tx_arena(tx), rows);
	}
	rows_close(rows);
	return NULL;
}

struct problem *notification_list(struct tx *tx, const struct notification_query *q,
				  struct notification **out, size_t *n) {
	struct rows *rows;
	TRY(tx_query(tx, sql_notification_list,
		     PARAMS(value_int(q->user), q->before ? value_int(q->before) : VALUE_NONE,
			    value_int(q->unread), value_int(q->limit)),
		     &rows));
	return read_rows(tx, rows, q->limit, out, n);
}

struct problem *notification_after(struct tx *tx, int64_t id, int64_t limit,
				   struct notification **out, size_t *n) {
	struct rows *rows;
	TRY(tx_query(tx, sql_notification_after, PARAMS(value_int(id), value_int(limit)), &rows));
	return read_rows(tx, rows, limit, out, n);
}

struct problem *notification_unread(struct tx *tx, int32_t user, int64_t *out) {
	bool have;
	return tx_int(tx, sql_notification_unread, PARAMS(value_int(user)), out, &have);
}

struct problem *notification_last(struct tx *tx, int64_t *out) {
	bool have;
	return tx_int(tx, sql_notification_last, NO_PARAMS, out, &have);
}

struct problem *notification_read_one(struct tx *tx, int32_t user, int64_t id, int64_t at_us) {
	return tx_exec(tx, sql_notification_read,
		       PARAMS(value_int(user), value_int(at_us), value_int(id)), NULL);
}

struct problem *notification_read_all(struct tx *tx, int32_t user, int64_t at_us) {
	return tx_exec(tx, sql_notification_read,
		       PARAMS(value_int(user), value_int(at_us), VALUE_NONE), NULL);
}

struct problem *notification_purge(struct tx *tx, int64_t now_us) {
	return tx_exec(tx, sql_notification_purge, PARAMS(value_int(now_us - KEPT_DAYS * DAY_US)),
		       NULL);
}
