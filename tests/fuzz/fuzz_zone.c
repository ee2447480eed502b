/* Hostile TZif files: whatever is accepted must answer every question without fault. */
#include <assert.h>
#include <stdlib.h>
#include "runtime/base/day.h"
#include "runtime/base/zone.h"
#include "runtime/base/zone_tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct zone *z, int64_t us) {
	int64_t offset = zone_offset_s(z, us);
	assert(offset > -26 * 3600 && offset < 26 * 3600);
	(void)zone_to_local(z, us);
	(void)zone_to_utc(z, us);
	(void)zone_day_start(z, zone_day(z, us));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const int64_t always[] = { INT64_MIN,      -DAY_US,        0,
					  DAY_US * 20000, DAY_US * 47000, INT64_MAX };
	struct arena *a = arena_new(0);
	struct zone z;
	if (zone_tzif_read(a, (struct str){ (const char *)data, size }, &z)) {
		for (size_t i = 0; i < ARRAY_LEN(always); i++) ask(&z, always[i]);
		for (size_t i = 0; i < z.count && i < 100; i++)
			if (llabs(z.at[i]) < DAY_LAST * 86400) ask(&z, z.at[i] * DAY_US_PER_S);
	}
	struct zone_rule rule;
	if (zone_rule_read((struct str){ (const char *)data, size }, &rule)) {
		z = (struct zone){ .has_rule = true, .rule = rule };
		for (size_t i = 0; i < ARRAY_LEN(always); i++) ask(&z, always[i]);
	}
	arena_free(a);
	return 0;
}
