/* fold.h: what is equal when case and width do not count, and what stays apart. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "runtime/base/fold.h"

static void texts_fold(void **state) {
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "ABC xyz 123", "abc xyz 123" },
		{ "ＡＢＣ１２３", "abc123" },
		{ "（深圳）ＣＲＭ系统", "(深圳)crm系统" },
		{ "深圳市科技有限公司", "深圳市科技有限公司" },
		{ "a　b", "a b" },
		{ "￥１，０００．５０％", "¥1,000.50%" },
		{ "Straße", "straße" },
		{ "STRASSE", "strasse" },
		{ "ẞ", "ß" },
		{ "ΑΣ ας", "ασ ασ" },
		{ "МОСКВА Ё", "москва ё" },
		{ "ÀÉÎÕÜ", "àéîõü" },
		{ "Ⅷ", "ⅷ" },
		{ "Ⓐ", "ⓐ" },
		{ "ｱｲｳ", "アイウ" },
		{ "ｶﾞ", "カ\u3099" },
		{ "ſ K Å µ", "s k å μ" },
		{ "𐐀", "𐐨" },
		{ "Ꭰ ꭰ", "Ꭰ Ꭰ" },
		{ "😀", "😀" },
		{ "、。", "、。" },
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sb out = sb_on(a, 1000);
		fold_add(&out, str_of(rows[i].in));
		assert_string_equal(sb_cstr(&out), rows[i].out);
	}
	arena_free(a);
}

/* Turkish: I is i's capital here, as everywhere outside Turkish; the letters ı and İ keep to
 * themselves. */
static void turkish_letters_stay_apart(void **state) {
	(void)state;
	assert_int_equal(fold_code_point('I'), 'i');
	assert_int_equal(fold_code_point(0x131), 0x131);
	assert_int_equal(fold_code_point(0x130), 0x130);
	assert_int_equal(fold_upper(0x131), 'I');
	assert_int_equal(fold_lower(0x130), 'i');
}

static void upper_and_lower_leave_the_width(void **state) {
	(void)state;
	static const struct {
		uint32_t cp, upper, lower;
	} rows[] = {
		{ 'a', 'A', 'a' },
		{ 'Z', 'Z', 'z' },
		{ '5', '5', '5' },
		{ 0xFF21, 0xFF21, 0xFF41 },
		{ 0xFF41, 0xFF21, 0xFF41 },
		{ 0xFF08, 0xFF08, 0xFF08 },
		{ 0x3000, 0x3000, 0x3000 },
		{ 0xDF, 0xDF, 0xDF },
		{ 0x1E9E, 0x1E9E, 0xDF },
		{ 0x1F80, 0x1F88, 0x1F80 },
		{ 0x149, 0x149, 0x149 },
		{ 0x3C2, 0x3A3, 0x3C2 },
		{ 0xFF, 0x178, 0xFF },
		{ 0x6DF1, 0x6DF1, 0x6DF1 },
		{ 0x10428, 0x10400, 0x10428 },
		{ 0x1C5, 0x1C4, 0x1C6 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(fold_upper(rows[i].cp), rows[i].upper);
		assert_int_equal(fold_lower(rows[i].cp), rows[i].lower);
	}
}

static bool is_code_point(uint32_t cp) { return cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF); }

static void folding_again_changes_nothing_and_chinese_is_untouched(void **state) {
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		uint32_t f = fold_code_point(cp), u = fold_upper(cp), l = fold_lower(cp);
		if (!is_code_point(cp)) continue;
		if (!is_code_point(f) || !is_code_point(u) || !is_code_point(l))
			fail_msg("U+%04X leaves Unicode", cp);
		if (fold_code_point(f) != f) fail_msg("U+%04X folds twice", cp);
		if (((cp >= 0x2E80 && cp <= 0xA4CF) && cp != 0x3000) || cp >= 0x20000)
			if (f != cp || u != cp || l != cp) fail_msg("U+%04X is touched", cp);
	}
	assert_int_equal(fold_code_point(0xFFFFFFFF), 0xFFFFFFFF);
}

static void overflow_sticks(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 5);
	fold_add(&out, STR("ABCDEFGH"));
	assert_true(out.overflow);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_fold),
		cmocka_unit_test(turkish_letters_stay_apart),
		cmocka_unit_test(upper_and_lower_leave_the_width),
		cmocka_unit_test(folding_again_changes_nothing_and_chinese_is_untouched),
		cmocka_unit_test(overflow_sticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
