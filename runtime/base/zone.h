/* zone.h -- time zones from tzdata (TZif files, RFC 8536, with the POSIX footer for later years).
 * A zone is immutable and shared by threads; zone_load caches by name for the life of the process. */
#ifndef TENON_BASE_ZONE_H
#define TENON_BASE_ZONE_H

#include "runtime/base/problem.h"

struct zone;
struct problem *zone_load(struct arena *a, const char *name, const struct zone **out) MUST_CHECK; /* code zone_unknown */
const char *zone_name(const struct zone *z);
int64_t zone_offset_s(const struct zone *z, int64_t utc_us);               /* seconds east of UTC */
int64_t zone_to_local(const struct zone *z, int64_t utc_us);               /* wall time counted as if UTC */
/* A wall time that occurs twice means its first occurrence; one that never occurs (the spring gap) is read with the
 * offset before the gap, so 02:30 becomes 03:30. */
int64_t zone_to_utc(const struct zone *z, int64_t local_us);
int64_t zone_day(const struct zone *z, int64_t utc_us);                    /* local day */
int64_t zone_day_start(const struct zone *z, int64_t day);                 /* UTC us of the day's first instant */

#endif
