/* Slices, the capped builder, UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/base/str.h"

static struct arena *a;

static int open_arena(void **state) {
	(void)state;
	a = arena_new(0);
	return 0;
}

static int close_arena(void **state) {
	(void)state;
	arena_free(a);
	return 0;
}

static void comparison(void **state) {
	(void)state;
	struct str none = { NULL, 0 };
	assert_true(str_eq(none, STR("")));
	assert_true(str_is(none, ""));
	assert_false(str_is(STR("ab"), "a"));
	assert_int_equal(str_cmp(none, none), 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("中"), STR("a")) > 0); /* unsigned bytes: code point order */
	assert_true(str_starts(STR("金额"), STR("金")));
	assert_false(str_starts(STR("金"), STR("金额")));
	assert_true(str_starts(none, none));
}

static void trimming(void **state) {
	(void)state;
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ " \t\r\n", "" },
		{ "a", "a" },
		{ " a b ", "a b" },
		{ "　深圳　", "深圳" },
		{ " 　 x　\n ", "x" },
		{ "　", "" },
		{ "\xE3\x80\x81x", "\xE3\x80\x81x" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_true(str_is(str_trim(str_of(cases[i].in)), cases[i].out));
	assert_int_equal(str_trim((struct str){ NULL, 0 }).n, 0);
}

static void integers(void **state) {
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "+7", true, 7 },
		{ "0012", true, 12 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "+-1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1.0", false, 0 },
		{ "１", false, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 42;
		assert_int_equal(str_to_int(str_of(cases[i].text), &value), cases[i].ok);
		assert_true(value == (cases[i].ok ? cases[i].value : 42));
	}
}

static void hashing_spreads_and_repeats(void **state) {
	(void)state;
	enum { KEYS = 20000, BUCKETS = 1024 };
	unsigned buckets[BUCKETS] = { 0 };
	for (unsigned i = 0; i < KEYS; i++) {
		struct str key = str_of(arena_printf(a, "field_%u", i));
		uint64_t hash = str_hash(key);
		assert_true(hash == str_hash((struct str){ str_dup(a, key), key.n }));
		buckets[hash % BUCKETS]++;
	}
	for (unsigned i = 0; i < BUCKETS; i++) assert_true(buckets[i] < 3 * KEYS / BUCKETS + 20);
	assert_true(str_hash(STR("a")) != str_hash(STR("a\0"))); /* the length counts */
}

static void distances(void **state) {
	(void)state;
	static const struct {
		const char *x, *y;
		size_t cap, expected;
	} cases[] = {
		{ "", "", 3, 0 },
		{ "a", "", 3, 1 },
		{ "amount", "amount", 3, 0 },
		{ "stage", "satge", 3, 1 }, /* neighbours swapped */
		{ "kitten", "sitting", 5, 3 },
		{ "客户名称", "客户称", 3, 1 },
		{ "金额", "余额", 3, 1 },
		{ "abcdef", "ghijkl", 2, 3 },
		{ "abc", "abcdefgh", 3, 4 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(str_distance(str_of(cases[i].x), str_of(cases[i].y), cases[i].cap),
				 cases[i].expected);
		assert_int_equal(str_distance(str_of(cases[i].y), str_of(cases[i].x), cases[i].cap),
				 cases[i].expected);
	}
	char *longest = arena_alloc(a, 500);
	memset(longest, 'x', 400);
	assert_int_equal(str_distance(str_of(longest), str_of(longest), 2), 3);
}

static void the_builder_builds(void **state) {
	(void)state;
	struct sb b = sb_on(a, 10000);
	assert_string_equal(sb_cstr(&b), "");
	sb_cat(&b, "数");
	sb_char(&b, '=');
	sb_int(&b, INT64_MIN);
	sb_char(&b, ' ');
	sb_int(&b, 0);
	sb_printf(&b, " %05d|", 42);
	sb_code_point(&b, 0x20BB7);
	sb_add(&b, STR("!"));
	sb_add(&b, (struct str){ NULL, 0 });
	assert_string_equal(sb_cstr(&b), "数=-9223372036854775808 0 00042|𠮷!");
	assert_false(b.overflow);
	assert_int_equal(sb_str(&b).n, strlen(sb_cstr(&b)));
}

static void nothing_speaks_to_the_terminal(void **state) {
	(void)state;
	struct sb b = sb_on(a, 1024);
	sb_visible(&b, STR("\x1b[2J名\x7f\t\n\xc2\x9b"
			   "1m\xc2\xa0 é\r"));
	assert_string_equal(sb_cstr(&b), "\uFFFD[2J名\uFFFD\t\n\uFFFD1m\xc2\xa0 é\uFFFD");
	sb_visible(&b, STR(""));
}

static void long_printf_is_whole(void **state) {
	(void)state;
	struct sb b = sb_on(a, 5000);
	for (int n = 250; n < 262; n++) {
		size_t before = b.n;
		sb_printf(&b, "%*d", n, 9);
		assert_int_equal(b.n - before, n);
	}
	assert_false(b.overflow);
	assert_int_equal(strlen(sb_cstr(&b)), b.n);
}

static void the_ceiling_holds_and_sticks(void **state) {
	(void)state;
	for (size_t ceiling = 0; ceiling < 300; ceiling += 7) {
		struct sb b = sb_on(a, ceiling);
		for (size_t i = 0; i < ceiling; i++) sb_char(&b, 'x');
		assert_false(b.overflow);
		assert_int_equal(b.n, ceiling);
		sb_char(&b, 'y');
		assert_true(b.overflow);
		sb_cat(&b, "");
		sb_printf(&b, "%d", 1);
		assert_int_equal(b.n, ceiling);
		assert_int_equal(strlen(sb_cstr(&b)), ceiling);
	}
	struct sb b = sb_on(a, 10);
	sb_cat(&b, "12345678901");
	assert_true(b.overflow);
	sb_char(&b, 'x'); /* would fit; the answer is spoilt all the same */
	assert_int_equal(b.n, 0);
}

static void the_budget_stops_the_builder(void **state) {
	(void)state;
	struct arena *small = arena_new(1000);
	struct sb b = sb_on(small, 1 << 20);
	for (int i = 0; i < 2000; i++) sb_char(&b, 'x');
	assert_true(b.overflow);
	assert_true(b.n >= 500 && b.n < 1000);
	assert_int_equal(strlen(sb_cstr(&b)), b.n);
	arena_free(small);
}

static void a_big_builder_holds_little_more_than_its_text(void **state) {
	(void)state;
	struct arena *own = arena_new(0);
	struct sb b = sb_on(own, 64 << 20);
	for (int i = 0; i < 200000; i++) sb_cat(&b, "0123456789abcdef");
	assert_int_equal(b.n, 3200000);
	assert_true(arena_used(own) < 2 * b.room);
	arena_free(own);
}

static void utf8_tables(void **state) {
	(void)state;
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{ "", true },
		{ "plain ascii, longer than eight", true },
		{ "中文、한글、𠮷", true },
		{ "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
		  true },
		{ "\xEE\x80\x80", true },
		{ "\x80", false },
		{ "abcdefgh\xBF", false },
		{ "\xC0\x80", false }, /* overlong NUL */
		{ "\xC1\xBF", false },
		{ "\xE0\x9F\xBF", false }, /* overlong */
		{ "\xED\xA0\x80", false }, /* surrogate */
		{ "\xED\xBF\xBF", false },
		{ "\xF0\x8F\xBF\xBF", false }, /* overlong */
		{ "\xF4\x90\x80\x80", false }, /* past U+10FFFF */
		{ "\xF5\x80\x80\x80", false },
		{ "\xFF", false },
		{ "\xE4\xB8", false }, /* cut short */
		{ "\xF0\xA0\xAE", false },
		{ "\xE4\xB8x", false },
		{ "\xD6\xD0\xCE\xC4", false }, /* 中文 in GBK */
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(utf8_valid(str_of(cases[i].text)), cases[i].valid);
}

static void every_code_point_round_trips(void **state) {
	(void)state;
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		if (cp == 0xD800) cp = 0xE000;
		char bytes[4];
		struct str s = { bytes, utf8_encode(cp, bytes) };
		assert_int_equal(utf8_sequence(s.p, s.n), s.n);
		assert_true(utf8_valid(s));
		assert_int_equal(utf8_next(&s), cp);
		assert_int_equal(s.n, 0);
	}
}

static void lengths_and_prefixes(void **state) {
	(void)state;
	struct str s = STR("a中𠮷b");
	assert_int_equal(utf8_length(s), 4);
	assert_int_equal(utf8_prefix(s, 0), 0);
	assert_int_equal(utf8_prefix(s, 1), 1);
	assert_int_equal(utf8_prefix(s, 2), 4);
	assert_int_equal(utf8_prefix(s, 3), 8);
	assert_int_equal(utf8_prefix(s, 4), 9);
	assert_int_equal(utf8_prefix(s, 99), 9);
	assert_int_equal(utf8_length((struct str){ NULL, 0 }), 0);
}

static void cuts(void **state) {
	(void)state;
	struct str first, rest = STR("kept");
	assert_false(str_after(STR("us:li"), STR("user:"), &rest));
	assert_true(str_is(rest, "kept"));
	assert_true(str_after(STR("user:li"), STR("user:"), &rest) && str_is(rest, "li"));
	assert_true(str_cut(STR("order.lines.qty"), '.', &first, &rest));
	assert_true(str_is(first, "order") && str_is(rest, "lines.qty"));
	assert_true(str_cut(STR("order."), '.', &first, &rest) && rest.p && !rest.n);
	assert_false(str_cut(STR("order"), '.', &first, &rest));
	assert_true(str_is(first, "order") && !rest.p);
	assert_false(str_cut((struct str){ NULL, 0 }, '.', &first, &rest));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparison),
		cmocka_unit_test(trimming),
		cmocka_unit_test(integers),
		cmocka_unit_test(hashing_spreads_and_repeats),
		cmocka_unit_test(distances),
		cmocka_unit_test(the_builder_builds),
		cmocka_unit_test(long_printf_is_whole),
		cmocka_unit_test(the_ceiling_holds_and_sticks),
		cmocka_unit_test(the_budget_stops_the_builder),
		cmocka_unit_test(a_big_builder_holds_little_more_than_its_text),
		cmocka_unit_test(utf8_tables),
		cmocka_unit_test(every_code_point_round_trips),
		cmocka_unit_test(lengths_and_prefixes),
		cmocka_unit_test(nothing_speaks_to_the_terminal),
		cmocka_unit_test(cuts),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
