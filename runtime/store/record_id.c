/* record_id.c -- record ids: 53 bits, time-ordered, unique for the life of a store.
 * id = max(last + 1, milliseconds since 2025 << 12); only the real clock feeds it.
 * meta.last_id holds a ceiling ten seconds ahead. It is raised in the same transaction that first
 * uses an id above it, so after a crash, and with a clock set back, ids go on above every id a
 * committed row can hold. */
#include "runtime/base/clock.h"
#include "runtime/store/backend.h"

static const int64_t epoch_2025_ms = INT64_C(1735689600000);
enum { ID_SHIFT = 12, AHEAD_MS = 10000 };

int64_t store_new_id(struct store *s) {
	int64_t now = (clock_real() / 1000 - epoch_2025_ms) * (1 << ID_SHIFT);
	long long last = atomic_load_explicit(&s->last_id, memory_order_relaxed), next;
	do {
		next = last + 1 > now ? last + 1 : now;
	} while (!atomic_compare_exchange_weak(&s->last_id, &last, next));
	return next;
}

void record_id_boot(struct store *s, int64_t ceiling) { atomic_store(&s->last_id, ceiling); }

int64_t record_id_ceiling(const struct store *s, int64_t durable) {
	int64_t last = atomic_load(&s->last_id);
	return last > durable ? last + ((int64_t)AHEAD_MS << ID_SHIFT) : 0;
}
