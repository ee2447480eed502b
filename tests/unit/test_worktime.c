/* worktime.h as flows and timers call it: spans as text, adding them by a calendar in a zone. (What
 * expressions get out of it stands in tests/vectors/worktime.json.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "runtime/base/day.h"
#include "runtime/expr/worktime.h"

static void spans_are_read(void **state) {
	static const struct {
		const char *text;
		bool ok;
		struct time_span want;
	} rows[] = {
		{ "30m", true, { 1800, 0, 0 } },
		{ "-1d", true, { -86400, 0, 0 } },
		{ "+2wd", true, { 0, 0, 2 } },
		{ "1h30m", true, { 5400, 0, 0 } },
		{ "-1wd2wh", true, { 0, -7200, -1 } },
		{ "45wm", true, { 0, 2700, 0 } },
		{ "", false, { 0, 0, 0 } },
		{ "2", false, { 0, 0, 0 } },
		{ "wd", false, { 0, 0, 0 } },
		{ "1d ", false, { 0, 0, 0 } },
		{ "1000001d", false, { 0, 0, 0 } },
		{ "1m1m1m1m1m1m1m1m1m", false, { 0, 0, 0 } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct time_span got = { 7, 7, 7 };
		assert_int_equal(time_span_parse(str_of(rows[i].text), &got), rows[i].ok);
		if (!rows[i].ok) continue;
		assert_int_equal(got.seconds, rows[i].want.seconds);
		assert_int_equal(got.work_seconds, rows[i].want.work_seconds);
		assert_int_equal(got.work_days, rows[i].want.work_days);
	}
}

static int64_t at(const char *text) {
	int64_t us;
	bool offset;
	assert_true(datetime_parse(str_of(text), &us, &offset) && offset);
	return us;
}

static const char *add(const struct work_calendar *c, const struct zone *zone, const char *from,
		       const char *span, int64_t *out) {
	struct time_span s;
	assert_true(time_span_parse(str_of(span), &s));
	return worktime_add(c, zone, at(from), &s, out);
}

/* Golden week: a due of two working days lies beyond it. */
static void spans_are_added_by_the_calendar(void **state) {
	static const struct work_interval day[] = { { 9 * 3600, 18 * 3600 } };
	struct arena *a = arena_new(0);
	int64_t holidays[5], workdays[1], got;
	const struct zone *zone;
	struct work_calendar c = {
		.holidays = holidays, .holiday_count = 5, .workdays = workdays, .workday_count = 1
	};
	(void)state;
	assert_null(zone_load(a, "Asia/Shanghai", &zone));
	for (size_t i = 0; i < 5; i++) {
		c.week[i].spans = day;
		c.week[i].n = 1;
		assert_true(day_parse(
			str_of(arena_printf(a, "2026-10-%02d", (int)(i < 2 ? i + 1 : i + 3))),
			&holidays[i]));
	}
	assert_true(day_parse(STR("2026-10-10"), &workdays[0]));
	assert_null(add(&c, zone, "2026-09-30T08:00:00Z", "2wd", &got));
	assert_int_equal(got, at("2026-10-09T08:00:00Z"));
	assert_null(add(&c, zone, "2026-09-30T08:00:00Z", "3wd", &got));
	assert_int_equal(got, at("2026-10-10T08:00:00Z"));
	assert_null(add(&c, zone, "2026-10-09T08:00:00Z", "-2wd", &got));
	assert_int_equal(got, at("2026-09-30T08:00:00Z"));
	assert_null(add(&c, zone, "2026-09-30T08:00:00Z", "3wh", &got));
	assert_int_equal(got, at("2026-10-08T02:00:00Z"));
	assert_null(add(&c, zone, "2026-09-30T08:00:00Z", "1d", &got));
	assert_int_equal(got, at("2026-10-01T08:00:00Z"));
	assert_null(add(NULL, zone, "2026-09-30T08:00:00Z", "2wd", &got));
	assert_int_equal(got, at("2026-10-02T08:00:00Z"));
	arena_free(a);
}

static void what_stands_in_the_way_is_told(void **state) {
	struct work_calendar never = { .holiday_count = 0 };
	int64_t got = 5;
	(void)state;
	assert_string_equal(add(&never, NULL, "2026-09-30T08:00:00Z", "1wd", &got),
			    "expr_no_worktime");
	assert_string_equal(add(&never, NULL, "2026-09-30T08:00:00Z", "1wh", &got),
			    "expr_no_worktime");
	assert_string_equal(add(NULL, NULL, "9999-12-30T08:00:00Z", "3wd", &got), "expr_overflow");
	assert_string_equal(add(NULL, NULL, "9999-12-31T08:00:00Z", "3d", &got), "expr_overflow");
	assert_string_equal(add(NULL, NULL, "2026-09-30T08:00:00Z", "50000wd", &got),
			    "expr_argument");
	assert_int_equal(got, 5);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(spans_are_read),
					    cmocka_unit_test(spans_are_added_by_the_calendar),
					    cmocka_unit_test(what_stands_in_the_way_is_told) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
