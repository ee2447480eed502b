/* decimal.h, rules 1-7. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include "runtime/base/decimal.h"

static struct decimal read(const char *text) {
	struct decimal d = { 0, 0 };
	if (decimal_parse(str_of(text), &d) != DECIMAL_OK) fail_msg("\"%s\" does not read", text);
	return d;
}

static void assert_shows(struct decimal d, const char *expected) {
	char text[DECIMAL_TEXT_MAX];
	assert_int_equal(decimal_text(d, text), strlen(expected));
	assert_string_equal(text, expected);
}

#define NINES38 "99999999999999999999999999999999999999"

static void reads_json_numbers_and_keeps_their_digits(void **state) {
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "-0.00", "0.00" },
		{ "12", "12" },
		{ "-12", "-12" },
		{ "0.50", "0.50" },
		{ "12.10", "12.10" },
		{ "-0.05", "-0.05" },
		{ "1e3", "1000" },
		{ "1E+3", "1000" },
		{ "1.5e-3", "0.0015" },
		{ "12.10e1", "121.0" },
		{ "12.10e2", "1210" },
		{ "12.10e3", "12100" },
		{ "0e999999999999999999999", "0" },
		{ "0e-99999999999999999999", "0.000000000000000000" },
		{ "0.000000000000000001", "0.000000000000000001" },
		{ "1e-18", "0.000000000000000001" },
		{ "1.00000000000000000000000", "1.000000000000000000" },
		{ "10e-19", "0.000000000000000001" },
		{ NINES38, NINES38 },
		{ "-" NINES38, "-" NINES38 },
		{ NINES38 "e-18", "99999999999999999999.999999999999999999" },
		{ "1e37", "10000000000000000000000000000000000000" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) assert_shows(read(rows[i].in), rows[i].out);
}

static void refuses_other_texts_with_the_right_status(void **state) {
	(void)state;
	static const struct {
		const char *in;
		enum decimal_status status;
	} rows[] = {
		{ "", DECIMAL_SYNTAX },
		{ "-", DECIMAL_SYNTAX },
		{ "+1", DECIMAL_SYNTAX },
		{ ".5", DECIMAL_SYNTAX },
		{ "5.", DECIMAL_SYNTAX },
		{ "007", DECIMAL_SYNTAX },
		{ "-01", DECIMAL_SYNTAX },
		{ "1 ", DECIMAL_SYNTAX },
		{ " 1", DECIMAL_SYNTAX },
		{ "1,000", DECIMAL_SYNTAX },
		{ "1e", DECIMAL_SYNTAX },
		{ "1e+", DECIMAL_SYNTAX },
		{ "0x10", DECIMAL_SYNTAX },
		{ "1.2.3", DECIMAL_SYNTAX },
		{ "NaN", DECIMAL_SYNTAX },
		{ "--1", DECIMAL_SYNTAX },
		{ "1e2.5", DECIMAL_SYNTAX },
		{ "１２", DECIMAL_SYNTAX },
		{ "0.0000000000000000001", DECIMAL_DIGITS },
		{ "1e-19", DECIMAL_DIGITS },
		{ "1.2345678901234567891", DECIMAL_DIGITS },
		{ "1e-999999999999999999999", DECIMAL_DIGITS },
		{ "1e38", DECIMAL_OVERFLOW },
		{ NINES38 "0", DECIMAL_OVERFLOW },
		{ "10e37", DECIMAL_OVERFLOW },
		{ "1e999999999999999999999", DECIMAL_OVERFLOW },
		{ NINES38 ".0", DECIMAL_OVERFLOW },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct decimal d = { 77, 7 };
		if (decimal_parse(str_of(rows[i].in), &d) != rows[i].status)
			fail_msg("\"%s\"", rows[i].in);
		assert_true(d.coefficient == 77 && d.scale == 7); /* rule 7 */
	}
	struct decimal d;
	assert_int_equal(decimal_parse((struct str){ "1\0002", 3 }, &d), DECIMAL_SYNTAX);
	assert_int_equal(decimal_parse((struct str){ NULL, 0 }, &d), DECIMAL_SYNTAX);
}

typedef enum decimal_status operation(struct decimal, struct decimal, struct decimal *);
struct sum {
	operation *op;
	const char *a, *b;
	enum decimal_status status;
	const char *result;
};

static void check_sums(const struct sum *rows, size_t count) {
	for (size_t i = 0; i < count; i++) {
		struct decimal out = { 77, 7 };
		enum decimal_status status = rows[i].op(read(rows[i].a), read(rows[i].b), &out);
		if (status != rows[i].status)
			fail_msg("row %zu: %s, %s: status %d", i, rows[i].a, rows[i].b,
				 (int)status);
		if (status == DECIMAL_OK)
			assert_shows(out, rows[i].result);
		else
			assert_true(out.coefficient == 77 && out.scale == 7);
	}
}

static void adds_and_subtracts_at_the_larger_scale(void **state) {
	(void)state;
	static const struct sum rows[] = {
		{ decimal_add, "1.5", "2.25", DECIMAL_OK, "3.75" },
		{ decimal_add, "0.1", "0.2", DECIMAL_OK, "0.3" },
		{ decimal_add, "-1.50", "1.5", DECIMAL_OK, "0.00" },
		{ decimal_add, "1.5", "-3", DECIMAL_OK, "-1.5" },
		{ decimal_sub, "1", "0.99", DECIMAL_OK, "0.01" },
		{ decimal_sub, "1", "3.5", DECIMAL_OK, "-2.5" },
		{ decimal_sub, "-1", "-3.5", DECIMAL_OK, "2.5" },
		{ decimal_add, NINES38, "1", DECIMAL_OVERFLOW, NULL },
		{ decimal_sub, "-" NINES38, "1", DECIMAL_OVERFLOW, NULL },
		{ decimal_add, NINES38, "0.0", DECIMAL_OVERFLOW,
		  NULL }, /* the larger scale asks for 39 digits */
		{ decimal_add, NINES38, "-1", DECIMAL_OK,
		  "99999999999999999999999999999999999998" },
		/* both sides pass 38 digits when aligned, the difference does not */
		{ decimal_sub, "99999999999999999999999999",
		  "99999999999999999998.000000000000000001", DECIMAL_OVERFLOW, NULL },
		{ decimal_sub, "90000000000000000000", "89999999999999999999.999999999999999999",
		  DECIMAL_OK, "0.000000000000000001" },
	};
	check_sums(rows, ARRAY_LEN(rows));
}

static void multiplies_at_the_sum_of_the_scales(void **state) {
	(void)state;
	static const struct sum rows[] = {
		{ decimal_mul, "1.5", "1.5", DECIMAL_OK, "2.25" },
		{ decimal_mul, "-2", "0.50", DECIMAL_OK, "-1.00" },
		{ decimal_mul, "-2", "-3", DECIMAL_OK, "6" },
		{ decimal_mul, "0", "-3.0", DECIMAL_OK, "0.0" },
		/* 36 digits behind the point become 18, half away from zero */
		{ decimal_mul, "0.000000001", "0.0000000005", DECIMAL_OK, "0.000000000000000001" },
		{ decimal_mul, "-0.000000001", "0.0000000005", DECIMAL_OK,
		  "-0.000000000000000001" },
		{ decimal_mul, "0.000000001", "0.0000000004", DECIMAL_OK, "0.000000000000000000" },
		{ decimal_mul, "9999999999999999999", "9999999999999999999", DECIMAL_OK,
		  "99999999999999999980000000000000000001" },
		{ decimal_mul, "10000000000000000000", "10000000000000000000", DECIMAL_OVERFLOW,
		  NULL },
		{ decimal_mul, NINES38, NINES38, DECIMAL_OVERFLOW, NULL },
		{ decimal_mul, NINES38, "1", DECIMAL_OK, NINES38 },
		{ decimal_mul, "99999999999999999999.999999999999999999", "0.000000000000000001",
		  DECIMAL_OK, "100.000000000000000000" },
	};
	check_sums(rows, ARRAY_LEN(rows));
}

static void divides_to_twelve_digits_half_away_from_zero(void **state) {
	(void)state;
	static const struct sum rows[] = {
		{ decimal_div, "1", "3", DECIMAL_OK, "0.333333333333" },
		{ decimal_div, "2", "3", DECIMAL_OK, "0.666666666667" },
		{ decimal_div, "-2", "3", DECIMAL_OK, "-0.666666666667" },
		{ decimal_div, "0", "-3", DECIMAL_OK, "0.000000000000" },
		{ decimal_div, "1", "8000000000000", DECIMAL_OK, "0.000000000000" },
		{ decimal_div, "1", "2000000000000", DECIMAL_OK, "0.000000000001" },
		{ decimal_div, "-1", "2000000000000", DECIMAL_OK, "-0.000000000001" },
		{ decimal_div, "0.000000000000000001", "0.000000000000000001", DECIMAL_OK,
		  "1.000000000000" },
		{ decimal_div, "0.000000000000500000", "1", DECIMAL_OK, "0.000000000001" },
		{ decimal_div, "0.000000000000499999", "1", DECIMAL_OK, "0.000000000000" },
		{ decimal_div, NINES38, NINES38, DECIMAL_OK, "1.000000000000" },
		{ decimal_div, "1", NINES38, DECIMAL_OK, "0.000000000000" },
		{ decimal_div, "10000000000000000000000000", "1", DECIMAL_OK,
		  "10000000000000000000000000.000000000000" },
		{ decimal_div, "100000000000000000000000000", "1", DECIMAL_OVERFLOW, NULL },
		{ decimal_div, NINES38, "0.000000000000000001", DECIMAL_OVERFLOW, NULL },
		{ decimal_div, "1", "0", DECIMAL_BY_ZERO, NULL },
		{ decimal_div, "0", "0.00", DECIMAL_BY_ZERO, NULL },
	};
	check_sums(rows, ARRAY_LEN(rows));
}

static void takes_the_rest_with_the_sign_of_the_first(void **state) {
	(void)state;
	static const struct sum rows[] = {
		{ decimal_mod, "7", "3", DECIMAL_OK, "1" },
		{ decimal_mod, "-7", "3", DECIMAL_OK, "-1" },
		{ decimal_mod, "7", "-3", DECIMAL_OK, "1" },
		{ decimal_mod, "7.5", "2", DECIMAL_OK, "1.5" },
		{ decimal_mod, "7", "0.25", DECIMAL_OK, "0.00" },
		{ decimal_mod, "-6", "3", DECIMAL_OK, "0" },
		{ decimal_mod, NINES38, "0.000000000000000007", DECIMAL_OK,
		  "0.000000000000000001" }, /* 10^6 = 1 mod 7 */
		{ decimal_mod, "1", "0.0", DECIMAL_BY_ZERO, NULL },
	};
	check_sums(rows, ARRAY_LEN(rows));
}

typedef enum decimal_status rounder(struct decimal, int, struct decimal *);

static void rounds_by_each_rule(void **state) {
	(void)state;
	static const struct {
		rounder *op;
		const char *in;
		int scale;
		enum decimal_status status;
		const char *out;
	} rows[] = {
		{ decimal_rescale, "2.345", 2, DECIMAL_OK, "2.35" },
		{ decimal_rescale, "-2.345", 2, DECIMAL_OK, "-2.35" },
		{ decimal_rescale, "2.344", 2, DECIMAL_OK, "2.34" },
		{ decimal_rescale, "0.5", 0, DECIMAL_OK, "1" },
		{ decimal_rescale, "-0.5", 0, DECIMAL_OK, "-1" },
		{ decimal_rescale, "-0.4", 0, DECIMAL_OK, "0" },
		{ decimal_rescale, "1", 4, DECIMAL_OK, "1.0000" },
		{ decimal_rescale, "1250", -2, DECIMAL_OK, "1300" },
		{ decimal_rescale, "-1249.9", -2, DECIMAL_OK, "-1200" },
		{ decimal_rescale, "5", -18, DECIMAL_OK, "0" },
		{ decimal_rescale, NINES38, -1, DECIMAL_OVERFLOW, NULL },
		{ decimal_rescale, NINES38, 1, DECIMAL_OVERFLOW, NULL },
		{ decimal_rescale, "9.99", 1, DECIMAL_OK, "10.0" },
		{ decimal_rescale, "1", 19, DECIMAL_DIGITS, NULL },
		{ decimal_rescale, "1", -19, DECIMAL_DIGITS, NULL },
		{ decimal_exact, "2.340", 2, DECIMAL_OK, "2.34" },
		{ decimal_exact, "2.345", 2, DECIMAL_DIGITS, NULL },
		{ decimal_exact, "2", 2, DECIMAL_OK, "2.00" },
		{ decimal_exact, NINES38, 2, DECIMAL_OVERFLOW, NULL },
		{ decimal_exact, "1200", -2, DECIMAL_OK, "1200" },
		{ decimal_exact, "1250", -2, DECIMAL_DIGITS, NULL },
		{ decimal_floor, "2.39", 1, DECIMAL_OK, "2.3" },
		{ decimal_floor, "-2.31", 1, DECIMAL_OK, "-2.4" },
		{ decimal_floor, "-2.30", 1, DECIMAL_OK, "-2.3" },
		{ decimal_floor, "-1", -2, DECIMAL_OK, "-100" },
		{ decimal_ceil, "2.31", 1, DECIMAL_OK, "2.4" },
		{ decimal_ceil, "-2.39", 1, DECIMAL_OK, "-2.3" },
		{ decimal_ceil, "2.30", 1, DECIMAL_OK, "2.3" },
		{ decimal_ceil, "-0.5", 0, DECIMAL_OK, "0" },
		{ decimal_ceil, "1", -2, DECIMAL_OK, "100" },
		{ decimal_ceil, NINES38, -1, DECIMAL_OVERFLOW, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct decimal out = { 77, 7 };
		enum decimal_status status = rows[i].op(read(rows[i].in), rows[i].scale, &out);
		if (status != rows[i].status)
			fail_msg("row %zu: %s at %d: status %d", i, rows[i].in, rows[i].scale,
				 (int)status);
		if (status == DECIMAL_OK)
			assert_shows(out, rows[i].out);
		else
			assert_true(out.coefficient == 77);
	}
}

static void orders_by_value_not_scale(void **state) {
	(void)state;
	static const char *const rising[] = { ("-" NINES38),
					      "-1.1",
					      "-1",
					      "-0.000000000000000001",
					      "0",
					      "0.000000000000000001",
					      "0.999999999999999999",
					      "1",
					      "99999999999999999999.999999999999999999",
					      NINES38 };
	for (size_t i = 0; i < ARRAY_LEN(rising); i++)
		for (size_t j = 0; j < ARRAY_LEN(rising); j++)
			assert_int_equal(decimal_cmp(read(rising[i]), read(rising[j])),
					 (i > j) - (i < j));
	assert_int_equal(decimal_cmp(read("1.0"), read("1.000")), 0);
	assert_int_equal(decimal_cmp(read("0.00"), read("-0")), 0);
}

static void reduces_and_converts(void **state) {
	(void)state;
	assert_shows(decimal_reduce(read("12.1000")), "12.1");
	assert_shows(decimal_reduce(read("1200.000")), "1200");
	assert_shows(decimal_reduce(read("0.000")), "0");
	assert_shows(decimal_reduce(read("-0.5")), "-0.5");
	assert_shows(decimal_of(INT64_MIN), "-9223372036854775808");
	assert_shows(decimal_scaled(-1210, 2), "-12.10");
	int64_t n = 0;
	assert_true(decimal_to_int64(read("-9223372036854775808"), &n) && n == INT64_MIN);
	assert_true(decimal_to_int64(read("92233720368547758.07"), &n) && n == INT64_MAX);
	assert_false(decimal_to_int64(read("9223372036854775808"), &n));
	assert_false(decimal_to_int64(read("-9223372036854775809"), &n));
}

/* Where 64 bits end, the short way and the long way meet. */
static void both_ways_agree_at_the_end_of_64_bits(void **state) {
	(void)state;
	struct decimal least = decimal_of(INT64_MIN), most = decimal_of(INT64_MAX), out;
	assert_int_equal(decimal_mul(least, least, &out), DECIMAL_OK);
	assert_shows(out, "85070591730234615865843651857942052864");
	assert_int_equal(decimal_sub(least, decimal_of(1), &out), DECIMAL_OK);
	assert_shows(out, "-9223372036854775809");
	assert_int_equal(decimal_mul(out, least, &out), DECIMAL_OK);
	assert_shows(out, "85070591730234615875067023894796828672");
	assert_int_equal(decimal_add(most, decimal_scaled(INT64_MAX, 18), &out), DECIMAL_OK);
	assert_shows(out, "9223372036854775816.223372036854775807");
	assert_int_equal(decimal_rescale(decimal_scaled(INT64_MIN, 18), 0, &out), DECIMAL_OK);
	assert_shows(out, "-9");
	assert_int_equal(decimal_rescale(decimal_scaled(INT64_MIN, 1), 0, &out), DECIMAL_OK);
	assert_shows(out, "-922337203685477581");
	assert_int_equal(decimal_rescale(least, 18, &out), DECIMAL_OK);
	assert_shows(out, "-9223372036854775808.000000000000000000");
	assert_int_equal(decimal_cmp(least, read("-9223372036854775809")), 1);
	assert_int_equal(decimal_cmp(most, decimal_scaled(INT64_MAX, 18)), 1);
}

/* The rule the Northwind total depends on: each line is rounded, then added. */
static void money_rounds_per_line(void **state) {
	(void)state;
	struct decimal total = decimal_scaled(0, 2), line, kept;
	static const char *const rows[][3] = { { "0.35", "3", "0.9" },
					       { "18.45", "7", "0.95" },
					       { "2.50", "1", "0.85" } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(decimal_mul(read(rows[i][0]), read(rows[i][1]), &line),
				 DECIMAL_OK);
		assert_int_equal(decimal_mul(line, read(rows[i][2]), &line), DECIMAL_OK);
		assert_int_equal(decimal_rescale(line, 2, &kept), DECIMAL_OK);
		assert_int_equal(decimal_add(total, kept, &total), DECIMAL_OK);
	}
	assert_shows(total, "125.77"); /* 0.945 -> 0.95, 122.6925 -> 122.69, 2.125 -> 2.13 */
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_json_numbers_and_keeps_their_digits),
		cmocka_unit_test(refuses_other_texts_with_the_right_status),
		cmocka_unit_test(adds_and_subtracts_at_the_larger_scale),
		cmocka_unit_test(multiplies_at_the_sum_of_the_scales),
		cmocka_unit_test(divides_to_twelve_digits_half_away_from_zero),
		cmocka_unit_test(takes_the_rest_with_the_sign_of_the_first),
		cmocka_unit_test(rounds_by_each_rule),
		cmocka_unit_test(orders_by_value_not_scale),
		cmocka_unit_test(reduces_and_converts),
		cmocka_unit_test(both_ways_agree_at_the_end_of_64_bits),
		cmocka_unit_test(money_rounds_per_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
