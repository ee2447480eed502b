/* fn_worktime.c -- working days and working hours by the app's calendar, in the app's zone.
 * Rules: 1. a holiday never works; 2. a make-up workday works as the first weekday with hours
 * does; 3. otherwise the weekday decides; 4. without a calendar Monday to Friday work
 * 09:00-18:00; 5. walking stops after SEARCH_DAYS days without an answer (a calendar without
 * working time) with expr_no_worktime. */
#include "runtime/expr/functions.h"

enum { SEARCH_DAYS = 4000, WORKDAYS_MAX = 40000 };

static const struct work_interval office_hours[] = { { 9 * 3600, 18 * 3600 } };

struct spans {
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

static struct spans spans_of(const struct work_calendar *c, int64_t day) {
	size_t weekday = (size_t)day_weekday(day) - 1;
	if (!c) return (struct spans){ office_hours, weekday < 5 };
	if (among(c->holidays, c->holiday_count, day)) return (struct spans){ NULL, 0 };
	if (among(c->workdays, c->workday_count, day))
		for (weekday = 0; weekday < 6 && c->week[weekday].n == 0;) weekday++;
	return (struct spans){ c->week[weekday].spans, c->week[weekday].n };
}

static bool works(const struct work_calendar *c, int64_t day) { return spans_of(c, day).n > 0; }

struct problem *fn_workdays_between(struct eval *e, const struct node *n, const struct value *args,
				    struct value *out) {
	int64_t from = args[0].as.i, to = args[1].as.i, count = 0;
	int64_t first = from < to ? from : to, last = from < to ? to : from;
	if (last - first > 3 * WORKDAYS_MAX) return eval_fault(e, n, "expr_argument");
	for (int64_t day = first + 1; day <= last; day++) count += works(e->frame->calendar, day);
	*out = value_int(from < to ? count : -count);
	return NULL;
}

/* The day `count` working days later (earlier when negative). */
static struct problem *step_days(struct eval *e, const struct node *n, int64_t day, int64_t count,
				 int64_t *out) {
	int64_t step = count < 0 ? -1 : 1, idle = 0;
	if (count > WORKDAYS_MAX || count < -WORKDAYS_MAX) return eval_fault(e, n, "expr_argument");
	while (count != 0) {
		day += step;
		if (!day_valid(day)) return eval_fault(e, n, "expr_overflow");
		idle = works(e->frame->calendar, day) ? 0 : idle + 1;
		if (idle == 0) count -= step;
		if (idle > SEARCH_DAYS) return eval_fault(e, n, "expr_no_worktime");
	}
	*out = day;
	return NULL;
}

struct problem *fn_add_workdays(struct eval *e, const struct node *n, const struct value *args,
				struct value *out) {
	int64_t day;
	TRY(step_days(e, n, args[0].as.i, args[1].as.i, &day));
	*out = value_date(day);
	return NULL;
}

/* Instants, not wall seconds, are counted inside a span, so a night with a clock change has the
 * length it has. */
static int64_t wall_to_utc(struct eval *e, int64_t day, int32_t second) {
	return frame_utc(e->frame, day * DAY_US + (int64_t)second * DAY_US_PER_S);
}

/* Takes the spans of one day in walking order, as much of `left` (us) as they hold after (before)
 * `at`. True: done. */
static bool walk_day(struct eval *e, int64_t day, bool back, int64_t *at, int64_t *left) {
	struct spans spans = spans_of(e->frame->calendar, day);
	for (size_t i = 0; i < spans.n; i++) {
		const struct work_interval *span = &spans.items[back ? spans.n - 1 - i : i];
		int64_t from = wall_to_utc(e, day, span->from_s),
			to = wall_to_utc(e, day, span->to_s);
		if (!back && from < *at) from = *at;
		if (back && to > *at) to = *at;
		if (to <= from) continue;
		if (to - from >= *left) {
			*at = back ? to - *left : from + *left;
			return true;
		}
		*left -= to - from;
		*at = back ? from : to;
	}
	return false;
}

static struct problem *step_time(struct eval *e, const struct node *n, int64_t seconds,
				 int64_t *at) {
	bool back = seconds < 0;
	int64_t left = (back ? -seconds : seconds) * DAY_US_PER_S, idle = 0, before = left;
	if (left == 0) return NULL;
	for (int64_t day = frame_day(e->frame, *at);; day += back ? -1 : 1) {
		if (!day_valid(day)) return eval_fault(e, n, "expr_overflow");
		if (walk_day(e, day, back, at, &left)) return NULL;
		idle = left == before ? idle + 1 : 0;
		before = left;
		if (idle > SEARCH_DAYS) return eval_fault(e, n, "expr_no_worktime");
	}
}

struct problem *check_worktime(struct check *c, struct node *n) {
	struct duration d;
	const struct value *v = &n->args[1]->value;
	if (v->kind == VALUE_TEXT && duration_parse(v->as.s, &d)) return NULL;
	return check_fault(c, n->args[1], "expr_bad_literal", "type", "duration", "example",
			   "'2wh', '1wd', '30m'");
}

/* Working days first (the time of day stays), then working time, then the clock's time. */
struct problem *fn_add_worktime(struct eval *e, const struct node *n, const struct value *args,
				struct value *out) {
	struct duration d;
	int64_t at = args[0].as.i;
	if (!duration_parse(args[1].as.s, &d)) return eval_fault(e, n, "expr_argument");
	if (d.work_days) {
		int64_t day = frame_day(e->frame, at),
			rest = frame_local(e->frame, at) - day * DAY_US;
		TRY(step_days(e, n, day, d.work_days, &day));
		at = frame_utc(e->frame, day * DAY_US + rest);
	}
	TRY(step_time(e, n, d.work_seconds, &at));
	if (__builtin_add_overflow(at, d.seconds * DAY_US_PER_S, &at) || !datetime_valid(at))
		return eval_fault(e, n, "expr_overflow");
	*out = value_datetime(at);
	return NULL;
}
