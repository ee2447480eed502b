/* test_regex.c -- the matcher against the C library's (an independent POSIX ERE), its limits and
 * its time. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "runtime/expr/regex.h"
#include "tests/support/expr_world.h"

static bool ours(struct arena *a, const char *pattern, const char *text) {
	const struct regex *r;
	struct problem *p = regex_compile(a, str_of(pattern), &r);
	if (p) fail_msg("%s refused at %s", pattern, p->params[2].value);
	return regex_match(r, str_of(text));
}

static bool refused(struct arena *a, const char *pattern) {
	const struct regex *r;
	return regex_compile(a, str_of(pattern), &r) != NULL;
}

/* Random patterns over a small alphabet: the C library answers the same for whole texts. */
static void random_pattern(struct random *r, int depth, struct sb *out) {
	static const char *const atoms[] = { "a",    "b",    "c",     ".",
					     "[ab]", "[^a]", "[a-c]", "[[:alpha:]]" };
	static const char *const repeats[] = { "",    "",      "*",     "+",   "?",
					       "{2}", "{1,3}", "{0,2}", "{2,}" };
	for (uint64_t n = random_next(r, 3) + 1; n > 0; n--) {
		if (depth > 0 && random_next(r, 3) == 0) {
			sb_char(out, '(');
			random_pattern(r, depth - 1, out);
			if (random_next(r, 2)) {
				sb_char(out, '|');
				random_pattern(r, depth - 1, out);
			}
			sb_char(out, ')');
		} else {
			sb_cat(out, atoms[random_next(r, ARRAY_LEN(atoms))]);
		}
		sb_cat(out, repeats[random_next(r, ARRAY_LEN(repeats))]);
	}
}

static void agrees_with_the_c_library(void **state) {
	(void)state;
	struct random random = { 7 };
	for (int i = 0; i < 3000; i++) {
		struct arena *a = arena_new(0);
		struct sb pattern = sb_on(a, 4096);
		regex_t theirs;
		random_pattern(&random, 2, &pattern);
		const char *anchored = arena_printf(a, "^(%s)$", sb_cstr(&pattern));
		assert_int_equal(regcomp(&theirs, anchored, REG_EXTENDED | REG_NOSUB), 0);
		for (int k = 0; k < 6; k++) {
			char text[10];
			size_t n = (size_t)random_next(&random, 8);
			for (size_t j = 0; j < n; j++)
				text[j] = (char)('a' + random_next(&random, 4));
			text[n] = '\0';
			bool expected = regexec(&theirs, text, 0, NULL, 0) == 0;
			if (ours(a, sb_cstr(&pattern), text) != expected)
				fail_msg("%s on %s", sb_cstr(&pattern), text);
		}
		regfree(&theirs);
		arena_free(a);
	}
}

static void code_points_and_classes(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	assert_true(ours(a, "[一-龥]{2}", "深圳"));
	assert_false(ours(a, "[一-龥]{2}", "深圳市"));
	assert_true(ours(a, ".", "😀"));
	assert_true(ours(a, "[^a]", "中"));
	assert_true(ours(a, "[a\\-z]+", "a-z"));
	assert_true(ours(a, "[\\d.]+", "1.5"));
	assert_true(ours(a, "\\D+", "中a"));
	assert_true(ours(a, "[[.-.]a]+", "-a"));
	assert_true(ours(a, "", ""));
	assert_false(ours(a, "", "a"));
	assert_true(ours(a, "a|", ""));
	assert_true(ours(a, "^^a$$", "a"));
	assert_false(ours(a, "a^b", "ab"));
	arena_free(a);
}

static void refusals(void **state) {
	(void)state;
	static const char *const bad[] = { "(",      ")",
					   "a)",     "[",
					   "[a",     "[]",
					   "a{",     "a{1",
					   "a{2,1}", "a{256}",
					   "*a",     "+",
					   "a**{",   "(?:a)",
					   "\\",     "\\1",
					   "\\b",    "[[:x:]]",
					   "[b-a]",  "[a-\\d]",
					   "a|*b",   "(((a{99}){99}){99})" };
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!refused(a, bad[i])) fail_msg("%s was taken", bad[i]);
	assert_true(refused(a, arena_printf(a, "%01001d", 0)));
	const struct regex *r;
	struct problem *p = regex_compile(a, (struct str){ "[\\\0a]", 5 }, &r);
	assert_non_null(p);
	assert_string_equal(p->code, "expr_pattern");
	arena_free(a);
}

static double seconds_for(const struct regex *r, struct str text) {
	struct timespec from, to;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	regex_match(r, text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* The patterns that take backtracking matchers years. */
static void hostile_patterns_stay_linear(void **state) {
	(void)state;
	static const char *const hostile[] = { "(a*)*b", "(a|aa)+c", "((a?){30}){2}a{60}",
					       "(.*)*(.*)*x" };
	struct arena *a = arena_new(0);
	struct sb text = sb_on(a, 1 << 20);
	for (int i = 0; i < 20000; i++) sb_char(&text, 'a');
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		const struct regex *r;
		assert_null(regex_compile(a, str_of(hostile[i]), &r));
		double time = seconds_for(r, sb_str(&text));
		if (time > 1.0) fail_msg("%s took %f s", hostile[i], time);
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(agrees_with_the_c_library),
					    cmocka_unit_test(code_points_and_classes),
					    cmocka_unit_test(refusals),
					    cmocka_unit_test(hostile_patterns_stay_linear) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
