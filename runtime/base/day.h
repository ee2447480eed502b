/* day.h -- calendar days and times of day, without zones. A day is an int64 count since 1970-01-01
 * (proleptic Gregorian, years 0001..9999). Source: RFC 3339; H. Hinnant's civil-from-days algorithm. */
#ifndef TENON_BASE_DAY_H
#define TENON_BASE_DAY_H

#include "runtime/base/str.h"

enum { DAY_US_PER_S = 1000000 };
#define DAY_US INT64_C(86400000000)
#define DAY_FIRST INT64_C(-719162) /* 0001-01-01 */
#define DAY_LAST INT64_C(2932896)  /* 9999-12-31 */
struct civil { int year, month, day; };

bool day_valid(int64_t day);                                     /* DAY_FIRST..DAY_LAST */
bool datetime_valid(int64_t us);                                 /* on such a day */
/* Arithmetic never overflows: a day outside the years 0001..9999 is held at the nearer end, so a caller that must
 * refuse one asks day_valid before (day + n) or sees DAY_FIRST - 1 / DAY_LAST + 1 come out of day_of, day_add_months. */
struct civil day_civil(int64_t day);
int64_t day_of(int year, int month, int day);                    /* month may be any integer; day is clamped to the month's length */
bool day_parse(struct str text, int64_t *day);                   /* "2026-11-22", whole text, real day */
size_t day_text(int64_t day, char out[16]);
int day_weekday(int64_t day);                                    /* 1 = Monday .. 7 */
void day_iso_week(int64_t day, int *year, int *week);
int64_t day_add_months(int64_t day, int64_t months);             /* 31 January + 1 month = 28 or 29 February */
int day_month_length(int year, int month);
bool time_parse(struct str text, int64_t *seconds);              /* "09:30", "09:30:15" */
size_t time_text(int64_t seconds, char out[16]);                 /* "09:30", with seconds only when not 0 */
/* RFC 3339; without offset *has_offset is false and *us is the local wall time counted as if UTC. */
bool datetime_parse(struct str text, int64_t *us, bool *has_offset);
size_t datetime_text(int64_t us, char out[40]);                  /* UTC, "2026-11-22T08:00:00Z", fraction only when not 0 */
/* Text by a pattern (import maps, format()): YYYY YY MM M DD D HH H mm ss and literal characters. M, D and H are
 * without leading zero (read: one or two digits). YY 69..99 is 19YY, 00..68 is 20YY (POSIX). What a pattern
 * leaves out is that of 1970-01-01 00:00:00. Reading takes the whole text and only real days and times. */
bool datetime_read(struct str text, struct str pattern, int64_t *local_us);
void datetime_write(struct sb *out, int64_t local_us, struct str pattern);

#endif
