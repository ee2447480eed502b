/* worktime.c -- invariants 1 to 5 stand in the header. */
#include "runtime/expr/worktime.h"

#include "runtime/base/day.h"

enum { SEARCH_DAYS = 4000, WORKDAYS_MAX = 40000 };

/* ---- spans ---- */

static const struct {
	const char *unit;
	int64_t seconds, work_seconds, work_days;
} units[] = {
	{ "wh", 0, 3600, 0 }, { "wd", 0, 0, 1 },   { "wm", 0, 60, 0 },   { "s", 1, 0, 0 },
	{ "m", 60, 0, 0 },    { "h", 3600, 0, 0 }, { "d", 86400, 0, 0 },
};
enum { COUNT_MAX = 1000000 }; /* of one unit: far beyond use, far below overflow */

/* "30m" off the front of s; false: no such thing there. */
static bool span_part(struct str *s, int sign, struct time_span *out) {
	int64_t count = 0;
	size_t at = 0;
	for (; at < s->n && s->p[at] >= '0' && s->p[at] <= '9'; at++) {
		count = count * 10 + (s->p[at] - '0');
		if (count > COUNT_MAX) return false;
	}
	if (at == 0) return false;
	*s = (struct str){ s->p + at, s->n - at };
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		struct str unit = str_of(units[i].unit);
		if (!str_starts(*s, unit)) continue;
		*s = (struct str){ s->p + unit.n, s->n - unit.n };
		out->seconds += sign * count * units[i].seconds;
		out->work_seconds += sign * count * units[i].work_seconds;
		out->work_days += sign * count * units[i].work_days;
		return true;
	}
	return false;
}

bool time_span_parse(struct str text, struct time_span *out) {
	int sign = text.n && text.p[0] == '-' ? -1 : 1;
	struct time_span d = { 0 };
	int parts = 0;
	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = (struct str){ text.p + 1, text.n - 1 };
	do {
		if (++parts > 8 || !span_part(&text, sign, &d)) return false;
	} while (text.n);
	*out = d;
	return true;
}

/* ---- days ---- */

static const struct work_interval office_hours[] = { { 9 * 3600, 18 * 3600 } };

struct hours {
	const struct work_interval *items;
	size_t n;
};

static bool among(const int64_t *days, size_t n, int64_t day) {
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && days[low] == day;
}

static struct hours hours_of(const struct work_calendar *c, int64_t day) {
	size_t weekday = (size_t)day_weekday(day) - 1;
	if (!c) return (struct hours){ office_hours, weekday < 5 };
	if (among(c->holidays, c->holiday_count, day)) return (struct hours){ NULL, 0 };
	if (among(c->workdays, c->workday_count, day))
		for (weekday = 0; weekday < 6 && c->week[weekday].n == 0;) weekday++;
	return (struct hours){ c->week[weekday].spans, c->week[weekday].n };
}

bool worktime_works(const struct work_calendar *c, int64_t day) { return hours_of(c, day).n > 0; }

const char *worktime_add_days(const struct work_calendar *c, int64_t day, int64_t count,
			      int64_t *out) {
	int64_t step = count < 0 ? -1 : 1, idle = 0;
	if (count > WORKDAYS_MAX || count < -WORKDAYS_MAX) return "expr_argument";
	while (count != 0) {
		day += step;
		if (!day_valid(day)) return "expr_overflow";
		idle = worktime_works(c, day) ? 0 : idle + 1;
		if (idle == 0) count -= step;
		if (idle > SEARCH_DAYS) return "expr_no_worktime";
	}
	*out = day;
	return NULL;
}

/* ---- time ---- */

struct walk {
	const struct work_calendar *calendar;
	const struct zone *zone;
	bool back;
	int64_t at, left; /* us */
};

static int64_t to_utc(const struct zone *zone, int64_t local_us) {
	return zone ? zone_to_utc(zone, local_us) : local_us;
}

/* The local day of an instant and the time since it began. */
static int64_t split(const struct zone *zone, int64_t utc_us, int64_t *rest) {
	int64_t local = zone ? zone_to_local(zone, utc_us) : utc_us;
	int64_t day = local / DAY_US - (local % DAY_US < 0);
	*rest = local - day * DAY_US;
	return day;
}

/* Instants, not wall seconds, are counted inside a span, so a night with a clock change has the
 * length it has. */
static int64_t wall(const struct walk *w, int64_t day, int32_t second) {
	return to_utc(w->zone, day * DAY_US + (int64_t)second * DAY_US_PER_S);
}

/* Takes the hours of one day in walking order, as much of what is left as they hold after (before)
 * where the walk is. True: done. */
static bool walk_day(struct walk *w, int64_t day) {
	struct hours hours = hours_of(w->calendar, day);
	for (size_t i = 0; i < hours.n; i++) {
		const struct work_interval *span = &hours.items[w->back ? hours.n - 1 - i : i];
		int64_t from = wall(w, day, span->from_s), to = wall(w, day, span->to_s);
		if (!w->back && from < w->at) from = w->at;
		if (w->back && to > w->at) to = w->at;
		if (to <= from) continue;
		if (to - from >= w->left) {
			w->at = w->back ? to - w->left : from + w->left;
			return true;
		}
		w->left -= to - from;
		w->at = w->back ? from : to;
	}
	return false;
}

static const char *add_work_seconds(struct walk *w, int64_t seconds) {
	int64_t rest, idle = 0, before;
	w->back = seconds < 0;
	w->left = before = (w->back ? -seconds : seconds) * DAY_US_PER_S;
	if (w->left == 0) return NULL;
	for (int64_t day = split(w->zone, w->at, &rest);; day += w->back ? -1 : 1) {
		if (!day_valid(day)) return "expr_overflow";
		if (walk_day(w, day)) return NULL;
		idle = w->left == before ? idle + 1 : 0;
		before = w->left;
		if (idle > SEARCH_DAYS) return "expr_no_worktime";
	}
}

const char *worktime_add(const struct work_calendar *c, const struct zone *zone, int64_t utc_us,
			 const struct time_span *span, int64_t *out) {
	struct walk w = { .calendar = c, .zone = zone, .at = utc_us };
	const char *code = NULL;
	if (span->work_days) {
		int64_t rest, day = split(zone, utc_us, &rest);
		code = worktime_add_days(c, day, span->work_days, &day);
		if (code) return code;
		w.at = to_utc(zone, day * DAY_US + rest);
	}
	code = add_work_seconds(&w, span->work_seconds);
	if (code) return code;
	if (__builtin_add_overflow(w.at, span->seconds * DAY_US_PER_S, &w.at) ||
	    !datetime_valid(w.at))
		return "expr_overflow";
	*out = w.at;
	return NULL;
}
