/* F23: codes as bars. Known symbols, and what the standard says of every pattern. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/host/code_svg.h"

static struct arena *a;

static int modules(const char *widths) {
	int sum = 0;
	for (; *widths; widths++) sum += *widths - '0';
	return sum;
}

/* Every one of the 95 characters of set B gives a symbol of 11 modules whose bars are even in sum
 * and which no other character has: 11 modules start, it, check, 13 stop. */
static void characters_of_code_128(void **state) {
	char seen[95][8];
	(void)state;
	for (int ch = ' '; ch <= '~'; ch++) {
		char text[1] = { (char)ch };
		const char *widths = code_128_widths(a, (struct str){ text, 1 });
		assert_int_equal(modules(widths), 11 * 3 + 13);
		snprintf(seen[ch - ' '], 8, "%.6s", widths + 6);
		const char *w = seen[ch - ' '];
		assert_int_equal((w[0] + w[2] + w[4] - 3 * '0') % 2, 0);
		assert_int_equal(modules(w), 11);
		for (int other = 0; other < ch - ' '; other++)
			assert_string_not_equal(seen[other], w);
	}
	assert_null(code_128_widths(a, STR("件")));
}

/* "PJJ123C": check character 54 (V), worked out by hand. Pairs of digits take half the room. */
static void known_symbols(void **state) {
	(void)state;
	const char *widths = code_128_widths(a, STR("PJJ123C"));
	assert_memory_equal(widths, "211214", 6);
	int codes[] = { 48, 42, 42, 17, 18, 19, 35 }, sum = 104;
	for (int i = 0; i < 7; i++) sum += codes[i] * (i + 1);
	const char check[2] = { (char)(sum % 103 + ' '), 0 };
	assert_memory_equal(widths + 8 * 6, code_128_widths(a, (struct str){ check, 1 }) + 6, 6);
	assert_string_equal(widths + 9 * 6, "2331112");
	assert_int_equal(modules(code_128_widths(a, STR("123456"))), 11 * 5 + 13);
	assert_memory_equal(code_128_widths(a, STR("123456")), "211232", 6);
	/* ISO/IEC 15420: 5901234123457, LGGLLG for the 5. */
	assert_string_equal(code_ean_widths(a, STR("5901234123457")), "111"
								      "3112"
								      "1123"
								      "1222"
								      "2122"
								      "1411"
								      "2311"
								      "11111"
								      "2221"
								      "2122"
								      "1411"
								      "1132"
								      "1231"
								      "1312"
								      "111");
	assert_int_equal(modules(code_ean_widths(a, STR("5901234123457"))), 95);
	assert_null(code_ean_widths(a, STR("590123412345")));
}

static void drawings(void **state) {
	(void)state;
	static const struct {
		enum barcode_format format;
		const char *value, *box;
	} rows[] = {
		{ BARCODE_QR, "https://example.com/你好", "viewBox=\"0 0 33 33\"" },
		{ BARCODE_128, "SN-0042", "viewBox=\"0 0 132 42\"" },
		{ BARCODE_EAN13, "6901234567892", "viewBox=\"0 0 115 42\"" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sb out = sb_on(a, 1 << 18);
		assert_true(code_svg(&out, rows[i].format, str_of(rows[i].value)));
		if (!strstr(sb_cstr(&out), rows[i].box)) fail_msg("%.200s", sb_cstr(&out));
		assert_non_null(strstr(sb_cstr(&out), "z\"/></svg>"));
	}
	struct sb out = sb_on(a, 1 << 18), text = sb_on(a, 8000);
	for (int i = 0; i < 3000; i++) sb_char(&text, 'x');
	assert_false(code_svg(&out, BARCODE_QR, sb_str(&text)));
}

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

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_code_128),
		cmocka_unit_test(known_symbols),
		cmocka_unit_test(drawings),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
