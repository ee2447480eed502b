/* house.c -- the sweep of what is kept for a time only. */
#include "runtime/host/house.h"

#include "engines/form/idempotency.h"
#include "engines/form/purge.h"
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/base/log.h"
#include "runtime/store/apps.h"
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

/* The server is called meanwhile: in small parts. */
enum { BIN_AT_ONCE = 2000 };

static struct problem *empty_bin(struct store *s, struct arena *a, bool *more) {
	struct tx *tx;
	int64_t days, gone, left = BIN_AT_ONCE;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, setting_integer(tx, "trash.record_days", &days)));
	struct app_list apps = apps_list(s, a);
	for (size_t i = 0; days && left && i < apps.n; i++) {
		tell("bin", records_purge(s, a, apps.items[i], clock_now() - days * DAY_US, left, &gone));
		if (gone) LOG(INFO, "bin_emptied", "app", apps.items[i]->name, "n", arena_printf(a, "%lld", (long long)gone));
		left -= gone;
	}
	*more = !left;
	return NULL;
}

bool house_keep(struct store *s) {
	struct arena *a = arena_new(0);
	bool more = false;
	tell("answers", store_write(s, LANE_BULK, a, purge, NULL));
	tell("trash", empty_trash(s, a));
	tell("bin", empty_bin(s, a, &more));
	arena_free(a);
	return more;
}
