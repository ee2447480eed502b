/* Instants to wall time and back. Invariants:
 *  1. Time is cut into spans of one offset: [from, until). Table and rule give the same kind of
 * span, and everything else is said in spans.
 *  2. A wall time is searched from 26 h before it on, as no offset is larger (zone_tzif.c,
 * invariant 2). */
#include "runtime/base/day.h"
#include "runtime/base/zone.h"
#include "runtime/base/zone_tzif.h"

enum { DAY_S = 86400, SEARCH_BACK_S = 26 * 3600 };

struct span {
	int64_t from, until;
	int32_t offset;
}; /* seconds UTC; INT64_MIN and INT64_MAX: without end */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* The day of year `year` a rule switches on. */
static int64_t switch_day(const struct zone_date *d, int year) {
	int64_t first = day_of(year, 1, 1);
	if (d->kind == ZONE_DATE_COUNT) return first + d->day;
	if (d->kind == ZONE_DATE_JULIAN)
		return first + d->day - 1 + (d->day > 59 && day_month_length(year, 2) == 29);
	first = day_of(year, d->month, 1);
	int to_weekday = (d->day + 7 - day_weekday(first) % 7) % 7; /* both count Sunday as 0 */
	int64_t day = first + to_weekday + (d->week - 1) * 7;
	return day < first + day_month_length(year, d->month) ? day : day - 7;
}

/* One switch of the rule, taken into the span around t. */
static void narrow(struct span *s, int64_t t, int64_t at, int32_t offset) {
	if (at <= t && at >= s->from) {
		s->from = at;
		s->offset = offset;
	}
	if (at > t && at < s->until) s->until = at;
}

/* The switches of last year, this and the next are enough: there is one of each kind in every year.
 */
static struct span rule_span(const struct zone_rule *r, int64_t from, int64_t t) {
	struct span s = { INT64_MIN, INT64_MAX, r->standard_s };
	if (r->has_daylight) {
		int year = day_civil(floor_div(t, DAY_S)).year;
		for (int y = year - 1; y <= year + 1; y++) {
			narrow(&s, t,
			       switch_day(&r->starts, y) * DAY_S + r->starts.time_s - r->standard_s,
			       r->daylight_s);
			narrow(&s, t,
			       switch_day(&r->ends, y) * DAY_S + r->ends.time_s - r->daylight_s,
			       r->standard_s);
		}
	}
	if (s.from < from) s.from = from;
	return s;
}

static struct span span_at(const struct zone *z, int64_t t) {
	size_t low = 0, high = z->count; /* the first transition after t */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (z->at[middle] <= t)
			low = middle + 1;
		else
			high = middle;
	}
	struct span s = { INT64_MIN, INT64_MAX, z->first_offset };
	if (low > 0) s = (struct span){ z->at[low - 1], INT64_MAX, z->offset[low - 1] };
	if (low < z->count)
		s.until = z->at[low];
	else if (z->has_rule)
		s = rule_span(&z->rule, s.from, t);
	return s;
}

/* What the wall clock's `local` second is in UTC. In a gap *gap_end is the instant the clock jumped
 * at, else INT64_MIN. */
static int64_t find_utc(const struct zone *z, int64_t local, int64_t *gap_end) {
	*gap_end = INT64_MIN;
	struct span s = span_at(z, local - SEARCH_BACK_S);
	while (local - s.offset >= s.until) {
		struct span next = span_at(z, s.until);
		if (local - next.offset < next.from) {
			*gap_end = next.from;
			break;
		}
		s = next;
	}
	return local - s.offset;
}

/* Times outside the years 0001..9999 are held there, so that no sum below overflows. */
static int64_t held(int64_t us) {
	int64_t low = (DAY_FIRST - 1) * DAY_US, high = (DAY_LAST + 2) * DAY_US;
	return us < low ? low : us > high ? high : us;
}

static int64_t seconds_of(int64_t us) { return floor_div(held(us), DAY_US_PER_S); }

const char *zone_name(const struct zone *z) { return z->name; }

int64_t zone_offset_s(const struct zone *z, int64_t utc_us) {
	return span_at(z, seconds_of(utc_us)).offset;
}

int64_t zone_to_local(const struct zone *z, int64_t utc_us) {
	return held(utc_us) + zone_offset_s(z, utc_us) * DAY_US_PER_S;
}

int64_t zone_to_utc(const struct zone *z, int64_t local_us) {
	int64_t gap_end, local = seconds_of(local_us);
	return held(local_us) + (find_utc(z, local, &gap_end) - local) * DAY_US_PER_S;
}

int64_t zone_day(const struct zone *z, int64_t utc_us) {
	return floor_div(zone_to_local(z, utc_us), DAY_US);
}

int64_t zone_day_start(const struct zone *z, int64_t day) {
	int64_t bounded = day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST + 1 ? DAY_LAST + 1 : day;
	int64_t gap_end, utc = find_utc(z, bounded * DAY_S, &gap_end);
	return (gap_end != INT64_MIN ? gap_end : utc) * DAY_US_PER_S;
}
