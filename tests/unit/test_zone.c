/* concurrent: zone.h against the C library, the awkward days, and files that lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "runtime/base/day.h"
#include "runtime/base/zone.h"
#include "runtime/base/zone_tzif.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define HOUR_US (INT64_C(3600) * DAY_US_PER_S)

static struct arena *arena;

static int set_up(void **state) {
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	arena_free(arena);
	return 0;
}

static void need_tzdata(void) {
	if (access(ZONE_FOLDER "/Asia/Shanghai", R_OK) == 0) return;
	print_message("skipped: tzdata is not installed in " ZONE_FOLDER "\n");
	skip();
}

static const struct zone *load(const char *name) {
	const struct zone *z = NULL;
	struct problem *p = zone_load(arena, name, &z);
	if (p) fail_msg("%s: %s", name, p->log ? p->log : p->code);
	return z;
}

static int64_t instant(const char *text) {
	int64_t us = 0;
	bool has_offset;
	if (!datetime_parse(str_of(text), &us, &has_offset)) fail_msg("%s", text);
	return us;
}

static void assert_instant(int64_t us, const char *expected) {
	char text[40];
	datetime_text(us, text);
	assert_string_equal(text, expected);
}

static void use_c_library_zone(const char *name) {
	setenv("TZ", name, 1);
	tzset();
}

static int64_t c_library_offset(int64_t s) {
	time_t t = (time_t)s;
	struct tm tm;
	localtime_r(&t, &tm);
	return tm.tm_gmtoff;
}

/* The least u with u + offset(u) = local, by the C library's offsets alone: every offset it uses in
 * the 26 h around. false: the wall time does not occur. */
static bool c_library_utc(int64_t local, int64_t *utc) {
	bool found = false;
	for (int64_t probe = local - 26 * 3600; probe <= local + 26 * 3600; probe += 4 * 3600) {
		int64_t u = local - c_library_offset(probe);
		if (u + c_library_offset(u) != local || (found && u >= *utc)) continue;
		*utc = u;
		found = true;
	}
	return found;
}

static const char *const names[] = { "Asia/Shanghai",
				     "Europe/Berlin",
				     "America/New_York",
				     "America/Sao_Paulo",
				     "Australia/Lord_Howe",
				     "Pacific/Apia",
				     "UTC",
				     "Europe/Dublin",
				     "Africa/Casablanca",
				     "Asia/Kathmandu",
				     "America/Nuuk",
				     "Pacific/Kiritimati",
				     "Asia/Gaza",
				     "Antarctica/Troll",
				     "Etc/GMT+8" };

static uint64_t random_state = 20261122;

static int64_t random_below(int64_t n) {
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((random_state >> 20) % (uint64_t)n);
}

static void check_instant(const struct zone *z, int64_t s) {
	int64_t expected = c_library_offset(s), us = s * DAY_US_PER_S;
	if (zone_offset_s(z, us) != expected)
		fail_msg("%s at %lld: %lld, not %lld", zone_name(z), (long long)s,
			 (long long)zone_offset_s(z, us), (long long)expected);
	assert_int_equal(zone_to_local(z, us + 250000), us + 250000 + expected * DAY_US_PER_S);
	int64_t day = zone_day(z, us);
	assert_true(day * 86400 <= s + expected && s + expected < (day + 1) * 86400);
}

static void check_wall_time(const struct zone *z, int64_t local) {
	int64_t expected, found = zone_to_utc(z, local * DAY_US_PER_S) / DAY_US_PER_S;
	if (c_library_utc(local, &expected)) {
		if (found != expected)
			fail_msg("%s wall %lld: %lld, not %lld", zone_name(z), (long long)local,
				 (long long)found, (long long)expected);
		return;
	}
	/* in a gap: read with the offset before it, so it lands behind the gap by as much as it was
	 * inside */
	assert_int_equal(found + c_library_offset(found - 26 * 3600), local);
}

static void instants_agree_with_the_c_library_from_1900_to_2100(void **state) {
	(void)state;
	need_tzdata();
	int64_t first = day_of(1900, 1, 1) * 86400, span = day_of(2101, 1, 1) * 86400 - first;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct zone *z = load(names[i]);
		use_c_library_zone(names[i]);
		for (int n = 0; n < 5000; n++) check_instant(z, first + random_below(span));
	}
}

/* Every switch from 1900 to 2100, found by bisection in the C library, one second around it. */
static void switches_agree_with_the_c_library_to_the_second(void **state) {
	(void)state;
	need_tzdata();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct zone *z = load(names[i]);
		use_c_library_zone(names[i]);
		int64_t step = 5 * 86400, end = day_of(2101, 1, 1) * 86400;
		for (int64_t t = day_of(1900, 1, 1) * 86400; t < end; t += step) {
			int64_t low = t, high = t + step;
			if (c_library_offset(low) == c_library_offset(high)) continue;
			while (high - low > 1) {
				int64_t middle = (low + high) / 2;
				if (c_library_offset(middle) == c_library_offset(low))
					low = middle;
				else
					high = middle;
			}
			for (int64_t s = high - 2; s <= high + 2; s++) check_instant(z, s);
			for (int64_t wall = -7200; wall <= 7200; wall += 450)
				check_wall_time(z, high + c_library_offset(low) + wall);
		}
	}
}

static void wall_times_agree_with_the_c_library(void **state) {
	(void)state;
	need_tzdata();
	int64_t first = day_of(1900, 1, 1) * 86400, span = day_of(2101, 1, 1) * 86400 - first;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct zone *z = load(names[i]);
		use_c_library_zone(names[i]);
		for (int n = 0; n < 500; n++) check_wall_time(z, first + random_below(span));
	}
}

static void shanghai_had_summer_time(void **state) {
	(void)state;
	need_tzdata();
	const struct zone *z = load("Asia/Shanghai");
	static const struct {
		const char *at;
		int hours;
	} rows[] = {
		{ "1940-01-15T00:00:00Z", 8 }, { "1940-07-15T00:00:00Z", 9 },
		{ "1941-07-15T00:00:00Z", 9 }, { "1949-05-15T00:00:00Z", 9 },
		{ "1950-07-15T00:00:00Z", 8 }, { "1985-07-15T00:00:00Z", 8 },
		{ "1986-07-15T00:00:00Z", 9 }, { "1987-07-15T00:00:00Z", 9 },
		{ "1988-07-15T00:00:00Z", 9 }, { "1989-07-15T00:00:00Z", 9 },
		{ "1990-07-15T00:00:00Z", 9 }, { "1991-07-15T00:00:00Z", 9 },
		{ "1991-12-15T00:00:00Z", 8 }, { "1992-07-15T00:00:00Z", 8 },
		{ "2026-07-15T00:00:00Z", 8 }, { "2099-07-15T00:00:00Z", 8 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(zone_offset_s(z, instant(rows[i].at)), rows[i].hours * 3600);
	assert_int_equal(zone_day(z, instant("2026-11-22T16:00:00Z")), day_of(2026, 11, 23));
	assert_int_equal(zone_day(z, instant("2026-11-22T15:59:59.999999Z")), day_of(2026, 11, 22));
	assert_instant(zone_day_start(z, day_of(2026, 11, 22)), "2026-11-21T16:00:00Z");
}

static void the_spring_gap_moves_forward_and_the_autumn_hour_is_its_first(void **state) {
	(void)state;
	need_tzdata();
	static const struct {
		const char *zone, *wall, *utc, *shown;
	} rows[] = {
		{ "Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z",
		  "2026-03-29T03:30:00Z" },
		{ "Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z",
		  "2026-10-25T02:30:00Z" },
		{ "Europe/Berlin", "2099-03-29T02:30:00", "2099-03-29T01:30:00Z",
		  "2099-03-29T03:30:00Z" },
		{ "America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z",
		  "2026-03-08T03:00:00Z" },
		{ "America/New_York", "2026-11-01T01:59:59", "2026-11-01T05:59:59Z",
		  "2026-11-01T01:59:59Z" },
		{ "America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00Z",
		  "2026-11-01T02:00:00Z" },
		{ "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z",
		  "2026-10-04T02:45:00Z" },
		{ "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z",
		  "2026-04-05T01:45:00Z" },
		{ "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z",
		  "2011-12-31T12:00:00Z" },
		{ "UTC", "2026-03-29T02:30:00.123456", "2026-03-29T02:30:00.123456Z",
		  "2026-03-29T02:30:00.123456Z" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct zone *z = load(rows[i].zone);
		int64_t utc = zone_to_utc(z, instant(rows[i].wall));
		assert_instant(utc, rows[i].utc);
		assert_instant(zone_to_local(z, utc), rows[i].shown);
	}
}

static void a_day_starts_at_its_first_instant(void **state) {
	(void)state;
	need_tzdata();
	const struct zone *paulo = load("America/Sao_Paulo"), *apia = load("Pacific/Apia"),
			  *toronto = load("America/Toronto");
	assert_instant(zone_day_start(paulo, day_of(2018, 11, 4)),
		       "2018-11-04T03:00:00Z"); /* 00:00 -> 01:00 */
	assert_instant(zone_day_start(paulo, day_of(2018, 2, 18)),
		       "2018-02-18T03:00:00Z"); /* 24:00 -> 23:00 the day before */
	assert_instant(zone_day_start(apia, day_of(2011, 12, 29)), "2011-12-29T10:00:00Z");
	assert_instant(zone_day_start(apia, day_of(2011, 12, 30)),
		       "2011-12-30T10:00:00Z"); /* never was: empty */
	assert_instant(zone_day_start(apia, day_of(2011, 12, 31)), "2011-12-30T10:00:00Z");
	/* 1919-03-30 23:30 -> 00:30: midnight never was, the day began at half past */
	assert_instant(zone_day_start(toronto, day_of(1919, 3, 31)), "1919-03-31T04:30:00Z");
	assert_int_equal(zone_day(toronto, zone_day_start(toronto, day_of(1919, 3, 31))),
			 day_of(1919, 3, 31));
	assert_int_equal(zone_day(toronto, zone_day_start(toronto, day_of(1919, 3, 31)) - 1),
			 day_of(1919, 3, 30));
}

static void days_follow_each_other_without_hole(void **state) {
	(void)state;
	need_tzdata();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct zone *z = load(names[i]);
		for (int64_t day = day_of(1900, 1, 1); day < day_of(2100, 1, 1); day++) {
			int64_t start = zone_day_start(z, day), next = zone_day_start(z, day + 1);
			if (next == start) continue; /* a day that was left out */
			if (zone_day(z, start) != day || zone_day(z, start - 1) == day ||
			    next - start > 50 * HOUR_US)
				fail_msg("%s: day %lld", names[i], (long long)day);
		}
	}
}

static void times_outside_the_calendar_do_not_overflow(void **state) {
	(void)state;
	static const int64_t far[] = { INT64_MIN, INT64_MAX, (DAY_FIRST - 1) * DAY_US,
				       (DAY_LAST + 1) * DAY_US };
	const struct zone *z =
		load(access(ZONE_FOLDER "/Europe/Berlin", R_OK) ? "UTC" : "Europe/Berlin");
	for (size_t i = 0; i < ARRAY_LEN(far); i++) {
		assert_in_range(zone_offset_s(z, far[i]) + 100000, 0, 200000);
		assert_true(zone_to_local(z, far[i]) < 0 ? far[i] < 0 : far[i] > 0);
		assert_true(zone_to_utc(z, far[i]) < 0 ? far[i] < 0 : far[i] > 0);
		assert_true(zone_day_start(z, far[i]) < 0 ? far[i] < 0 : far[i] > 0);
	}
}

static void names_that_are_no_zone_are_refused(void **state) {
	(void)state;
	static const char *const bad[] = {
		"",
		"Asia/Nowhere",
		"../../etc/passwd",
		"/etc/localtime",
		"Asia/../UTC",
		"Asia",
		"Asia/",
		"zone.tab",
		"Asia//Shanghai",
		"tzdata.zi",
		"UTC ",
		"Asia\\Shanghai",
		"leapseconds",
		".",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct zone *z = NULL;
		struct problem *p = zone_load(arena, bad[i], &z);
		if (!p) fail_msg("\"%s\" was taken", bad[i]);
		assert_string_equal(p->code, "zone_unknown");
		assert_int_equal(p->kind, PROBLEM_INVALID);
		assert_string_equal(p->params[0].value, bad[i]);
		assert_null(z);
	}
}

static void a_zone_is_loaded_once_and_utc_needs_no_file(void **state) {
	(void)state;
	struct arena *other = arena_new(0);
	const struct zone *first, *second;
	assert_null(zone_load(other, "UTC", &first));
	arena_free(other);
	assert_null(zone_load(arena, "UTC", &second));
	assert_ptr_equal(first, second);
	assert_string_equal(zone_name(second), "UTC");
	struct zone_rule rule;
	assert_true(zone_rule_read(STR("UTC0"), &rule));
}

static void *load_all(void *out) {
	const struct zone **found = out;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (zone_load(a, names[i], &found[i])) found[i] = NULL;
	arena_free(a);
	return NULL;
}

static void threads_share_the_zones(void **state) {
	(void)state;
	need_tzdata();
	const struct zone *found[4][ARRAY_LEN(names)];
	pthread_t threads[4];
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, load_all, found[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) pthread_join(threads[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			assert_non_null(found[i][n]);
			assert_ptr_equal(found[i][n], found[0][n]);
		}
}

static void rules_read(void **state) {
	(void)state;
	static const char *const good[] = { "UTC0",
					    "CST-8",
					    "<+0330>-3:30",
					    "CET-1CEST,M3.5.0,M10.5.0/3",
					    "IST-1GMT0,M10.5.0,M3.5.0/1",
					    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
					    "EST5EDT,0/0,J365/25",
					    "EET-2EEST,M3.4.4/50,M10.4.4/50",
					    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
					    "AAA24",
					    "AAA-24:59:59" };
	static const char *const bad[] = { "",
					   "UT0",
					   "UTC",
					   "UTC0 ",
					   "<>0",
					   "<+03",
					   "CET-1CEST",
					   "CET-1CEST,M3.5.0",
					   "CET-1CEST,M13.5.0,M10.5.0",
					   "CET-1CEST,M3.6.0,M10.5.0",
					   "CET-1CEST,M3.5.7,M10.5.0",
					   "CET-1CEST,J0,J365",
					   "CET-1CEST,J1,J366",
					   "CET-1CEST,366,1",
					   "CET-1CEST,M3.5.0/168,M10.5.0",
					   "CET-25",
					   "CET-1:60",
					   "CET-1CEST,M3.5.0,M10.5.0/3x",
					   "CET--1",
					   "CET-1CEST,M3.5,M10.5.0",
					   "AAA99999999999" };
	struct zone_rule rule;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!zone_rule_read(str_of(good[i]), &rule)) fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (zone_rule_read(str_of(bad[i]), &rule)) fail_msg("\"%s\" was taken", bad[i]);
	assert_true(zone_rule_read(STR("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0/3:30"), &rule));
	assert_int_equal(rule.standard_s, 37800);
	assert_int_equal(rule.daylight_s, 39600);
	assert_int_equal(rule.starts.time_s, 7200);
	assert_int_equal(rule.ends.time_s, 12600);
}

/* A version-2 file with one type of 8 h and n transitions, built by hand. */
static struct str built_file(const int64_t *at, size_t n, const char *footer) {
	struct sb b = sb_on(arena, 100000);
	char header[44] = "TZif2", type[] = { 0, 0, 0x70, (char)0x80, 0, 0, 'A', 0 };
	header[39] = 1; /* types */
	header[43] = 2; /* characters */
	sb_bytes(&b, header, sizeof(header));
	sb_bytes(&b, type, sizeof(type));
	header[34] = (char)(n >> 8);
	header[35] = (char)n;
	sb_bytes(&b, header, sizeof(header));
	for (size_t i = 0; i < n; i++)
		for (int shift = 56; shift >= 0; shift -= 8)
			sb_char(&b, (char)((uint64_t)at[i] >> shift));
	for (size_t i = 0; i < n; i++) sb_char(&b, 0);
	sb_bytes(&b, type, sizeof(type));
	sb_cat(&b, footer);
	return sb_str(&b);
}

static void a_file_that_lies_is_refused(void **state) {
	(void)state;
	static const int64_t rising[] = { -100, 0, 100 }, falling[] = { 0, -100 },
			     twice[] = { 5, 5 }, far[] = { INT64_MAX }, marker[] = { INT64_MIN, 7 };
	struct zone z;
	assert_true(zone_tzif_read(arena, built_file(rising, 3, "\nCST-8\n"), &z) && z.count == 3);
	assert_true(zone_tzif_read(arena, built_file(rising, 3, "\n\n"), &z) && !z.has_rule);
	assert_true(zone_tzif_read(arena, built_file(marker, 2, "\nCST-8\n"), &z) && z.count == 1 &&
		    z.first_offset == 28800);
	assert_false(zone_tzif_read(arena, built_file(falling, 2, "\nCST-8\n"), &z));
	assert_false(zone_tzif_read(arena, built_file(twice, 2, "\nCST-8\n"), &z));
	assert_false(zone_tzif_read(arena, built_file(far, 1, "\nCST-8\n"), &z));
	assert_false(zone_tzif_read(arena, built_file(rising, 3, "\nCST-8"), &z));
	assert_false(zone_tzif_read(arena, built_file(rising, 3, ""), &z));
	assert_false(zone_tzif_read(arena, built_file(rising, 3, "\nnonsense\n"), &z));
	struct str good = built_file(rising, 3, "\nCST-8\n");
	for (size_t n = 0; n < good.n; n++)
		assert_false(zone_tzif_read(arena, (struct str){ good.p, n }, &z));
	static const struct {
		size_t at;
		char byte;
	} damage[] = { { 0, 'X' },
		       { 4, '1' },
		       { 4, 0 },
		       { 52, 'X' },
		       { 52 + 39, 0 },
		       { 52 + 31, 1 },
		       { 52 + 32, (char)0xFF },
		       { 52 + 36, (char)0xFF },
		       { 32, (char)0xFF },
		       { 52 + 44 + 24, 1 },
		       { 52 + 44 + 27, 0x7F } };
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		char *bytes = arena_copy(arena, good.p, good.n);
		bytes[damage[i].at] = damage[i].byte;
		if (zone_tzif_read(arena, (struct str){ bytes, good.n }, &z))
			fail_msg("damage %zu was not seen", i);
	}
}

static void tzdir_is_honoured(void **state) {
	(void)state;
	char folder[] = "/tmp/tenon-zones-XXXXXX";
	assert_non_null(mkdtemp(folder));
	const char *path = arena_printf(arena, "%s/Made_Up", folder);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	struct str bytes = built_file(NULL, 0, "\nAAA-7BBB,M3.5.0,M10.5.0/3\n");
	fwrite(bytes.p, 1, bytes.n, f);
	fclose(f);
	setenv("TZDIR", folder, 1);
	const struct zone *z = load("Made_Up"), *missing = NULL;
	struct problem *p = zone_load(arena, "Asia/Tokyo", &missing);
	unsetenv("TZDIR");
	unlink(path);
	rmdir(folder);
	assert_non_null(p);
	assert_int_equal(zone_offset_s(z, instant("2026-01-01T00:00:00Z")), 7 * 3600);
	assert_int_equal(zone_offset_s(z, instant("2026-07-01T00:00:00Z")), 8 * 3600);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instants_agree_with_the_c_library_from_1900_to_2100),
		cmocka_unit_test(switches_agree_with_the_c_library_to_the_second),
		cmocka_unit_test(wall_times_agree_with_the_c_library),
		cmocka_unit_test(shanghai_had_summer_time),
		cmocka_unit_test(the_spring_gap_moves_forward_and_the_autumn_hour_is_its_first),
		cmocka_unit_test(a_day_starts_at_its_first_instant),
		cmocka_unit_test(days_follow_each_other_without_hole),
		cmocka_unit_test(times_outside_the_calendar_do_not_overflow),
		cmocka_unit_test(names_that_are_no_zone_are_refused),
		cmocka_unit_test(a_zone_is_loaded_once_and_utc_needs_no_file),
		cmocka_unit_test(threads_share_the_zones),
		cmocka_unit_test(rules_read),
		cmocka_unit_test(a_file_that_lies_is_refused),
		cmocka_unit_test(tzdir_is_honoured),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
