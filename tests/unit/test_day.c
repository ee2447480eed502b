/* day.h: the calendar against the C library, and the texts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>
#include "runtime/base/day.h"

static void every_day_of_the_calendar_agrees_with_the_c_library(void **state) {
	(void)state;
	for (int64_t day = DAY_FIRST; day <= DAY_LAST; day++) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		gmtime_r(&t, &tm);
		struct civil c = day_civil(day);
		bool same = c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 &&
			    c.day == tm.tm_mday && day_of(c.year, c.month, c.day) == day &&
			    day_weekday(day) == (tm.tm_wday + 6) % 7 + 1;
		if (!same) fail_msg("day %lld", (long long)day);
	}
}

static void iso_weeks_agree_with_the_c_library(void **state) {
	(void)state;
	for (int64_t day = day_of(1890, 1, 1); day < day_of(2110, 1, 1); day++) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		gmtime_r(&t, &tm);
		char expected[16];
		strftime(expected, sizeof(expected), "%G%V", &tm);
		int year, week;
		day_iso_week(day, &year, &week);
		if (year * 100 + week != atoi(expected))
			fail_msg("day %lld: %d-W%d", (long long)day, year, week);
	}
	int year, week;
	day_iso_week(day_of(2027, 1, 3), &year, &week);
	assert_int_equal(year, 2026);
	assert_int_equal(week, 53);
}

static void months_are_added_to_the_last_day_at_most(void **state) {
	(void)state;
	assert_int_equal(day_add_months(day_of(2026, 1, 31), 1), day_of(2026, 2, 28));
	assert_int_equal(day_add_months(day_of(2028, 1, 31), 1), day_of(2028, 2, 29));
	assert_int_equal(day_add_months(day_of(2026, 3, 31), -1), day_of(2026, 2, 28));
	assert_int_equal(day_add_months(day_of(2024, 2, 29), 12), day_of(2025, 2, 28));
	assert_int_equal(day_add_months(day_of(2026, 1, 15), -1), day_of(2025, 12, 15));
	assert_int_equal(day_of(2026, 13, 1), day_of(2027, 1, 1));
	assert_int_equal(day_of(2026, 0, 1), day_of(2025, 12, 1));
	assert_int_equal(day_of(2026, -11, 40), day_of(2025, 1, 31));
	assert_int_equal(day_month_length(1900, 2), 28);
	assert_int_equal(day_month_length(2000, 2), 29);
	assert_int_equal(day_month_length(2000, 13), 0);
}

static void nothing_overflows_outside_the_calendar(void **state) {
	(void)state;
	static const int64_t far[] = { INT64_MIN,     INT64_MIN + 1, INT64_MAX,
				       INT64_MAX - 1, DAY_FIRST - 1, DAY_LAST + 1 };
	for (size_t i = 0; i < ARRAY_LEN(far); i++) {
		int year, week;
		struct civil c = day_civil(far[i]);
		assert_int_equal(c.year, far[i] < 0 ? 1 : 9999);
		assert_false(day_valid(far[i]));
		assert_false(day_valid(day_add_months(0, far[i] / 2)) && far[i] != DAY_FIRST - 1 &&
			     far[i] != DAY_LAST + 1);
		assert_in_range(day_weekday(far[i]), 1, 7);
		day_iso_week(far[i], &year, &week);
		assert_in_range(week, 1, 53);
		char text[40];
		assert_int_equal(day_text(far[i], text), 10);
		assert_true(datetime_text(far[i], text) >= 20);
	}
	assert_false(day_valid(day_of(10000, 1, 1)) || day_valid(day_of(0, 12, 31)) ||
		     day_valid(day_of(INT32_MAX, INT32_MAX, 1)));
	assert_true(day_valid(day_of(9999, 12, 31)) && day_valid(day_of(1, 1, 1)));
	assert_false(datetime_valid(INT64_MAX) || datetime_valid(INT64_MIN) ||
		     datetime_valid((DAY_LAST + 1) * DAY_US));
	assert_true(datetime_valid((DAY_LAST + 1) * DAY_US - 1) &&
		    datetime_valid(DAY_FIRST * DAY_US));
}

static void days_and_times_read_and_write(void **state) {
	(void)state;
	int64_t n = 0;
	char text[16];
	assert_true(day_parse(STR("2026-11-22"), &n) && n == 20779);
	assert_int_equal(day_text(n, text), 10);
	assert_string_equal(text, "2026-11-22");
	assert_true(day_parse(STR("0001-01-01"), &n) && n == DAY_FIRST);
	assert_true(day_parse(STR("9999-12-31"), &n) && n == DAY_LAST);
	static const char *const bad_days[] = { "",           "2026-11-2",  "2026-11-222",
						"2026/11/22", "2026-02-29", "1900-02-29",
						"2026-00-10", "2026-13-10", "2026-11-00",
						"2026-11-31", "0000-01-01", " 2026-11-22",
						"-026-11-22", "20261122" };
	for (size_t i = 0; i < ARRAY_LEN(bad_days); i++)
		assert_false(day_parse(str_of(bad_days[i]), &n));
	assert_int_equal(n, DAY_LAST);

	assert_true(time_parse(STR("09:30"), &n) && n == 34200);
	assert_int_equal(time_text(n, text), 5);
	assert_string_equal(text, "09:30");
	assert_true(time_parse(STR("23:59:59"), &n) && n == 86399);
	assert_int_equal(time_text(n, text), 8);
	assert_string_equal(text, "23:59:59");
	static const char *const bad_times[] = {
		"", "9:30", "24:00", "12:60", "12:30:60", "12:30:", "12:30:5", "12-30", "12:30:000"
	};
	for (size_t i = 0; i < ARRAY_LEN(bad_times); i++)
		assert_false(time_parse(str_of(bad_times[i]), &n));
}

static void instants_read_and_write_as_rfc_3339(void **state) {
	(void)state;
	static const struct {
		const char *in, *out;
		bool offset;
	} rows[] = {
		{ "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", true },
		{ "2026-11-22t08:00:00z", "2026-11-22T08:00:00Z", true },
		{ "2026-11-22 08:00:00", "2026-11-22T08:00:00Z", false },
		{ "2026-11-22T08:00", "2026-11-22T08:00:00Z", false },
		{ "2026-11-22T08:00+08:00", "2026-11-22T00:00:00Z", true },
		{ "2026-11-22T01:00:00+08:00", "2026-11-21T17:00:00Z", true },
		{ "2026-11-22T08:00:00-03:30", "2026-11-22T11:30:00Z", true },
		{ "2026-11-22T08:00:00.5Z", "2026-11-22T08:00:00.500Z", true },
		{ "2026-11-22T08:00:00.000001Z", "2026-11-22T08:00:00.000001Z", true },
		{ "2026-11-22T08:00:00.1234567899", "2026-11-22T08:00:00.123456Z", false },
		{ "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", true },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", true },
		{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t us = 0;
		bool has_offset = !rows[i].offset;
		char text[40];
		if (!datetime_parse(str_of(rows[i].in), &us, &has_offset))
			fail_msg("%s", rows[i].in);
		assert_int_equal(has_offset, rows[i].offset);
		assert_int_equal(datetime_text(us, text), strlen(rows[i].out));
		assert_string_equal(text, rows[i].out);
	}
	static const char *const bad[] = { "",
					   "2026-11-22",
					   "2026-11-22T",
					   "2026-11-22T8:00:00Z",
					   "2026-11-22T24:00:00Z",
					   "2026-11-22T23:59:60Z",
					   "2026-11-22T08:00:00.Z",
					   "2026-11-22T08:00:00+8:00",
					   "2026-11-22T08:00:00+0800",
					   "2026-11-22T08:00:00+08:00x",
					   "2026-11-22T08:00:00ZZ",
					   "2026-11-22T08:00.5",
					   "2026-11-22_08:00:00Z",
					   "2026-02-30T08:00:00Z",
					   "0001-01-01T00:00:00+00:01",
					   "9999-12-31T23:59:59-00:01",
					   "2026-11-22T08:00:00+25:00" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t us;
		bool has_offset;
		if (datetime_parse(str_of(bad[i]), &us, &has_offset))
			fail_msg("\"%s\" was taken", bad[i]);
	}
}

static void patterns_read(void **state) {
	(void)state;
	static const struct {
		const char *text, *pattern, *out;
	} rows[] = {
		{ "2010/12/1 8:26", "YYYY/M/D H:mm", "2010-12-01T08:26:00Z" },
		{ "2010/1/12 18:26", "YYYY/M/D H:mm", "2010-01-12T18:26:00Z" },
		{ "1996-07-04", "YYYY-MM-DD", "1996-07-04T00:00:00Z" },
		{ "04.07.96", "DD.MM.YY", "1996-07-04T00:00:00Z" },
		{ "04.07.26", "DD.MM.YY", "2026-07-04T00:00:00Z" },
		{ "20261122083015", "YYYYMMDDHHmmss", "2026-11-22T08:30:15Z" },
		{ "2026年11月2日", "YYYY年M月D日", "2026-11-02T00:00:00Z" },
		{ "1996-07-04 00:00:00.000", "YYYY-MM-DD HH:mm:ss.000", "1996-07-04T00:00:00Z" },
		{ "08:26", "HH:mm", "1970-01-01T08:26:00Z" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t us = 0;
		char text[40];
		if (!datetime_read(str_of(rows[i].text), str_of(rows[i].pattern), &us))
			fail_msg("%s", rows[i].text);
		datetime_text(us, text);
		assert_string_equal(text, rows[i].out);
	}
	static const char *const bad[][2] = { { "2010/12/1", "YYYY/MM/DD" },
					      { "2010/12/01 ", "YYYY/MM/DD" },
					      { "2010/12/0", "YYYY/M/D" },
					      { "2010/13/1", "YYYY/M/D" },
					      { "2011/2/29", "YYYY/M/D" },
					      { "2010-12-01", "YYYY/MM/DD" },
					      { "", "YYYY" },
					      { "0000", "YYYY" },
					      { "24:00", "HH:mm" },
					      { "12:60", "HH:mm" },
					      { "12:00:60", "HH:mm:ss" },
					      { "2010/123/1", "YYYY/M/D" },
					      { "2010", "YYYYMM" } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t us;
		if (datetime_read(str_of(bad[i][0]), str_of(bad[i][1]), &us))
			fail_msg("\"%s\" was taken", bad[i][0]);
	}
}

static void patterns_write(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	static const struct {
		const char *at, *pattern, *out;
	} rows[] = {
		{ "2010-12-01T08:06:05Z", "YYYY/M/D H:mm", "2010/12/1 8:06" },
		{ "2010-02-11T18:06:05Z", "YYYY年M月D日 HH时mm分ss秒",
		  "2010年2月11日 18时06分05秒" },
		{ "2026-11-22T00:00:00Z", "YYYYMM", "202611" },
		{ "2026-11-02T00:00:00Z", "YY-MM-DD", "26-11-02" },
		{ "1969-12-31T23:59:59Z", "YYYY-MM-DDTHH:mm:ss", "1969-12-31T23:59:59" },
		{ "2026-11-22T00:00:00Z", "", "" },
		{ "0987-01-02T03:04:05Z", "YYYY H", "0987 3" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sb out = sb_on(a, 1000);
		int64_t us = 0, again = 0;
		bool has_offset;
		assert_true(datetime_parse(str_of(rows[i].at), &us, &has_offset));
		datetime_write(&out, us, str_of(rows[i].pattern));
		assert_string_equal(sb_cstr(&out), rows[i].out);
		assert_true(datetime_read(sb_str(&out), str_of(rows[i].pattern), &again));
	}
	struct sb small = sb_on(a, 4);
	datetime_write(&small, 0, STR("YYYY-MM-DD"));
	assert_true(small.overflow);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_the_calendar_agrees_with_the_c_library),
		cmocka_unit_test(iso_weeks_agree_with_the_c_library),
		cmocka_unit_test(months_are_added_to_the_last_day_at_most),
		cmocka_unit_test(nothing_overflows_outside_the_calendar),
		cmocka_unit_test(days_and_times_read_and_write),
		cmocka_unit_test(instants_read_and_write_as_rfc_3339),
		cmocka_unit_test(patterns_read),
		cmocka_unit_test(patterns_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
