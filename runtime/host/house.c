/* house.c -- the sweep of what is kept for a time only. */
#include "runtime/host/house.h"

#include "engines/form/idempotency.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/store/notifications.h"
#include "runtime/store/plan.h"
#include "runtime/store/setting.h"
#include "runtime/store/writer.h"

static struct problem *purge(struct tx *tx, void *arg) {
	(void)arg;
	TRY(idempotency_purge(tx));
	return notification_purge(tx, clock_real());
}

static struct problem *empty_trash(struct store *s, struct arena *a) {
	struct tx *tx;
	int64_t days, dropped;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, setting_integer(tx, "trash.days", &days)));
	TRY(plan_purge(s, a, (int)days, &dropped));
	if (dropped) LOG(INFO, "trash_emptied", "n", arena_printf(a, "%lld", (long long)dropped));
	return NULL;
}

static void tell(const char *what, const struct problem *p) {
	if (p) LOG(WARN, "purge_failed", "what", what, "code", p->code);
}

void house_keep(struct store *s) {
	struct arena *a = arena_new(0);
	tell("answers", store_write(s, LANE_BULK, a, purge, NULL));
	tell("trash", empty_trash(s, a));
	arena_free(a);
}
