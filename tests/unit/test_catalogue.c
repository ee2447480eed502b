/* The catalogue: every row complete in both languages, texts filled in, languages negotiated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/base/catalogue.h"

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

static bool well_named(const char *code) {
	return *code && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(code);
}

static bool has_chinese(struct str s) {
	while (s.n) {
		uint32_t cp = utf8_next(&s);
		if (cp >= 0x4E00 && cp <= 0x9FFF) return true;
	}
	return false;
}

/* Every {name} of one text stands in the other. */
static bool same_parameters(const char *text, const char *other) {
	for (const char *open = text, *close;
	     (open = strchr(open, '{')) && (close = strchr(open, '}')); open = close) {
		if (!well_named(str_dup(a, (struct str){ open + 1, (size_t)(close - open) - 1 }))) {
			close = open + 1; /* a brace of JSON, not a parameter */
			continue;
		}
		const char *placeholder =
			str_dup(a, (struct str){ open, (size_t)(close + 1 - open) });
		if (!strstr(other, placeholder)) return false;
	}
	return true;
}

/* "{message}": the words come whole from the app's own definition, in its languages. */
static bool only_a_parameter(const struct text_row *r) {
	size_t n = strlen(r->zh);
	return !strcmp(r->zh, r->en) && n > 2 && r->zh[0] == '{' && strchr(r->zh, '}') == r->zh + n - 1;
}

static void rows_are_complete(void **state) {
	(void)state;
	size_t count;
	const struct text_row *rows = catalogue_rows(&count);
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++) {
		const struct text_row *r = &rows[i];
		if (only_a_parameter(r) && well_named(r->code) && catalogue_find(r->code) == r) continue;
		if (!well_named(r->code) || !utf8_valid(str_of(r->zh)) ||
		    !utf8_valid(str_of(r->en)) || !has_chinese(str_of(r->zh)) ||
		    has_chinese(str_of(r->en)) || !*r->en)
			fail_msg("catalogue row %s lacks a good text", r->code);
		if (!same_parameters(r->zh, r->en) || !same_parameters(r->en, r->zh))
			fail_msg("catalogue row %s: zh and en name different parameters", r->code);
		if (catalogue_find(r->code) != r)
			fail_msg("catalogue code %s stands twice", r->code);
	}
}

static void an_unknown_code_is_not_found(void **state) {
	(void)state;
	assert_null(catalogue_find("no_such_code"));
	assert_null(catalogue_find(""));
	assert_string_equal(catalogue_text(a, LANGUAGE_ZH, "no_such_code", NULL, 0),
			    "no_such_code");
}

static void texts_are_filled_in(void **state) {
	(void)state;
	struct problem *p = PROBLEM(a, MALFORMED, "json_duplicate_key", "line", "3", "column", "9",
				    "name", "客户");
	assert_string_equal(problem_text(a, LANGUAGE_ZH, p),
			    "第 3 行第 9 列：键“客户”在同一对象中出现了两次，请删去一个");
	assert_string_equal(problem_text(a, LANGUAGE_EN, p),
			    "Line 3, column 9: the key “客户” stands twice in the same object; "
			    "delete one of them");
	struct fault f = { .code = "required" };
	assert_string_equal(fault_text(a, LANGUAGE_ZH, &f), "此项必填");
	assert_string_equal(fault_text(a, LANGUAGE_EN, &f), "This is required");
}

static void an_unknown_parameter_is_left_out(void **state) {
	(void)state;
	struct problem *p = PROBLEM(a, TOO_LARGE, "too_large", "other", "x");
	assert_string_equal(problem_text(a, LANGUAGE_EN, p),
			    "This is too large; at most  is allowed");
}

/* A brace that no parameter owns ("or a closing brace }") is text, and values are never expanded
 * themselves. */
static void values_are_not_templates(void **state) {
	(void)state;
	struct problem *p = PROBLEM(a, MALFORMED, "json_duplicate_key", "line", "1", "column", "2",
				    "name", "{line}");
	assert_non_null(strstr(problem_text(a, LANGUAGE_EN, p), "“{line}”"));
	p = PROBLEM(a, MALFORMED, "json_comma_object", "line", "1", "column", "2");
	assert_non_null(strstr(problem_text(a, LANGUAGE_EN, p), "a closing brace } is expected"));
}

static void a_very_long_value_is_cut(void **state) {
	(void)state;
	struct sb name = sb_on(a, 100000);
	for (int i = 0; i < 5000; i++) sb_cat(&name, "客");
	struct problem *p = PROBLEM(a, MALFORMED, "json_duplicate_key", "line", "1", "column", "2",
				    "name", sb_cstr(&name));
	const char *text = problem_text(a, LANGUAGE_ZH, p);
	assert_true(strlen(text) < 800);
	assert_true(utf8_valid(str_of(text)));
	assert_non_null(strstr(text, "客…”"));
}

static void words_fit_when_the_budget_is_spent(void **state) {
	(void)state;
	struct arena *spent = arena_new(1);
	assert_true(arena_charge(spent, 1));
	struct problem *p = PROBLEM(spent, TOO_LARGE, "too_large", "max", "1 MiB");
	assert_string_equal(problem_text(spent, LANGUAGE_EN, p),
			    "This is too large; at most 1 MiB is allowed");
	arena_free(spent);
}

static void languages_are_negotiated(void **state) {
	(void)state;
	static const struct {
		const char *header;
		enum language expected;
	} cases[] = {
		{ "", LANGUAGE_ZH },
		{ "zh-CN,zh;q=0.9,en;q=0.8", LANGUAGE_ZH },
		{ "en-US,en;q=0.9", LANGUAGE_EN },
		{ "en", LANGUAGE_EN },
		{ "EN-gb", LANGUAGE_EN },
		{ "en;q=0.5, zh;q=0.9", LANGUAGE_ZH },
		{ "zh;q=0.5 , en ; q=0.9", LANGUAGE_EN },
		{ "zh;q=0.123,en;q=0.124", LANGUAGE_EN },
		{ "zh;q=0,en;q=0.1", LANGUAGE_EN },
		{ "fr,de;q=0.9", LANGUAGE_ZH },
		{ "fr,en;q=0.3", LANGUAGE_EN },
		{ "*", LANGUAGE_ZH },
		{ "en;q=0.4,*;q=0.5", LANGUAGE_ZH },
		{ "en,*;q=0.5", LANGUAGE_EN },
		{ "english", LANGUAGE_ZH },
		{ "en;q=", LANGUAGE_EN },
		{ ",,;;q=", LANGUAGE_ZH },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (language_of(str_of(cases[i].header)) != cases[i].expected)
			fail_msg("Accept-Language: %s", cases[i].header);
}

static void labels_serve_for_each_other(void **state) {
	(void)state;
	struct label both = { "客户", "Customer" }, zh = { "客户", NULL },
		     en = { NULL, "Customer" }, none = { 0 };
	assert_string_equal(label_text(&both, LANGUAGE_ZH), "客户");
	assert_string_equal(label_text(&both, LANGUAGE_EN), "Customer");
	assert_string_equal(label_text(&zh, LANGUAGE_EN), "客户");
	assert_string_equal(label_text(&en, LANGUAGE_ZH), "Customer");
	assert_string_equal(label_text(&none, LANGUAGE_ZH), "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(an_unknown_code_is_not_found),
		cmocka_unit_test(texts_are_filled_in),
		cmocka_unit_test(an_unknown_parameter_is_left_out),
		cmocka_unit_test(values_are_not_templates),
		cmocka_unit_test(a_very_long_value_is_cut),
		cmocka_unit_test(words_fit_when_the_budget_is_spent),
		cmocka_unit_test(languages_are_negotiated),
		cmocka_unit_test(labels_serve_for_each_other),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
