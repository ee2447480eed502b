/* zone_tzif.h -- the inside of a zone and the reader of its file; only zone.c, zone_tzif.c and
 * their tests include this. Shape: TZif version 2 or later (RFC 8536), of which the 64-bit block
 * and the POSIX TZ footer are used. All times are seconds: instants UTC since 1970, offsets east of
 * UTC. The bytes may be hostile. */
#ifndef TENON_BASE_ZONE_TZIF_H
#define TENON_BASE_ZONE_TZIF_H

#include "runtime/base/str.h"

enum zone_date_kind { ZONE_DATE_MONTH, ZONE_DATE_JULIAN, ZONE_DATE_COUNT };
/* When a rule switches: Mm.w.d (week 5 = the last, day 0 = Sunday), Jn (1..365, never 29 February),
 * n (0..365). */
struct zone_date {
	enum zone_date_kind kind;
	int month, week, day;
	int32_t time_s;
};
struct zone_rule {
	int32_t standard_s, daylight_s;
	bool has_daylight;
	struct zone_date starts, ends;
};

struct zone {
	const char *name;
	size_t count; /* of transitions; at[] rises strictly */
	const int64_t *at;
	const int32_t *offset; /* from at[i] on */
	int32_t first_offset;  /* before at[0] */
	bool has_rule;         /* after the last transition */
	struct zone_rule rule;
};

bool zone_tzif_read(struct arena *a, struct str file,
		    struct zone *out);                         /* false: not a file we can trust */
bool zone_rule_read(struct str footer, struct zone_rule *out); /* "CET-1CEST,M3.5.0,M10.5.0/3" */

#endif
