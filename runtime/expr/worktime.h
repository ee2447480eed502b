/* worktime.h -- spans of time as people write them, and adding them to an instant by a working calendar.
 * Rules: 1. a holiday never works; 2. a make-up workday works as the first weekday with hours does; 3. otherwise the weekday
 *        decides; 4. without a calendar Monday to Friday work 09:00-18:00; 5. walking stops where more than ten years hold no
 *        working time (expr_no_worktime).
 * Order: working days first (the time of day stays), then working time, then the clock's time: 1d is 24 hours.
 * Errors: what stands in the way as a code (expr_overflow, expr_argument, expr_no_worktime); NULL is success.
 * Pure; threads: any. */
#ifndef TENON_EXPR_WORKTIME_H
#define TENON_EXPR_WORKTIME_H

#include "runtime/expr/expr.h"

/* "30m" "-2h" "1d" by the clock, "2wh" "30wm" "2wd" working time, also joined: "1h30m". */
struct time_span { int64_t seconds, work_seconds, work_days; };
bool time_span_parse(struct str text, struct time_span *out);

bool worktime_works(const struct work_calendar *c, int64_t day);
const char *worktime_add_days(const struct work_calendar *c, int64_t day, int64_t count, int64_t *out);
/* zone NULL: UTC. */
const char *worktime_add(const struct work_calendar *c, const struct zone *zone, int64_t utc_us, const struct time_span *span, int64_t *out);

#endif
