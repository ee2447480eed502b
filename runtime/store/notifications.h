/* notifications.h -- what people are told by the bell: one row a person and cause, written in the transaction of the cause.
 * A cause that happens again under the same key (a batch, an import) is counted in its row: nobody gets thousands.
 * Shape:    table notification; kinds: assigned, mentioned, followed, shared, proxy. form is the form's id, actor and user are sys_user.id.
 * Problems: store problems. Threads: notification_add and _read_* on the writer, the rest anywhere. */
#ifndef TENON_STORE_NOTIFICATIONS_H
#define TENON_STORE_NOTIFICATIONS_H

#include "runtime/store/store.h"

#define NOTIFICATION_NO_APP "sys"  /* app and form of what belongs to no app; no app is called so */
struct notification {
	int64_t id;
	const char *kind, *app, *form;
	int64_t record, many;          /* record 0: several */
	int32_t user, actor;           /* actor 0: the system */
	int64_t at_us;
	struct str text;               /* what was said, or empty */
	bool read;
};
struct problem *notification_add(struct tx *tx, const struct notification *n, struct str cause) MUST_CHECK;
/* Of one record, time and again: one that is still unread gives way to this one and is counted in it. */
struct problem *notification_renew(struct tx *tx, const struct notification *n, struct str cause) MUST_CHECK;

struct notification_query { int32_t user; int64_t before; bool unread; int64_t limit; }; /* before 0: the newest */
struct problem *notification_list(struct tx *tx, const struct notification_query *q, struct notification **out, size_t *n) MUST_CHECK;
struct problem *notification_unread(struct tx *tx, int32_t user, int64_t *out) MUST_CHECK;
/* Of everybody, in the order they were made: what the event streams follow. */
struct problem *notification_after(struct tx *tx, int64_t id, int64_t limit, struct notification **out, size_t *n) MUST_CHECK;
struct problem *notification_last(struct tx *tx, int64_t *out) MUST_CHECK;

/* Others' are left alone. */
struct problem *notification_read_one(struct tx *tx, int32_t user, int64_t id, int64_t at_us) MUST_CHECK;
struct problem *notification_read_all(struct tx *tx, int32_t user, int64_t at_us) MUST_CHECK;
struct problem *notification_purge(struct tx *tx, int64_t now_us) MUST_CHECK; /* those older than half a year */

#endif
