/* decimal_wide.h: the 256-bit identities, on numbers full of limbs that are all zeros or all ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "runtime/base/compiler.h"
#include "runtime/base/decimal_wide.h"

static uint64_t random_state = 20261122;

static uint64_t random_bits(void) {
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state ^ random_state >> 29;
}

static uint64_t random_limb(void) {
	static const uint64_t edges[] = { 0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63 };
	uint64_t r = random_bits() >> 20;
	return r % 2 ? random_bits() : edges[r / 2 % ARRAY_LEN(edges)];
}

/* below 2^bits, bits a multiple of 64 */
static struct wide random_wide(int bits) {
	struct wide w = { { 0 } };
	for (int i = 0; i < bits / 64; i++) w.limb[i] = random_limb();
	return w;
}

static uint128 random_half(void) { return (uint128)random_limb() << 64 | random_limb(); }

static void assert_same(struct wide a, struct wide b) {
	for (int i = 0; i < 4; i++) assert_int_equal(a.limb[i], b.limb[i]);
}

static void carries_and_borrows_run_through_all_limbs(void **state) {
	(void)state;
	struct wide ones = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, 0 } }, next = { { 0, 0, 0, 1 } };
	assert_same(wide_add(ones, wide_of(1)), next);
	assert_same(wide_sub(next, wide_of(1)), ones);
	struct wide gap = { { 0, UINT64_MAX, 0, 0 } }, low = { { 1, UINT64_MAX, 0, 0 } };
	struct wide a = { { 0, 0, 2, 0 } }, expected = { { UINT64_MAX, 0, 1, 0 } };
	assert_same(wide_sub(a, low), expected);
	assert_same(wide_add(wide_sub(a, gap), gap), a);
	assert_same(wide_times(ones, 1), ones);
	struct wide doubled = { { UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, 1 } };
	assert_same(wide_times(ones, 2), doubled);
}

static void the_largest_product_is_exact(void **state) {
	(void)state;
	uint128 most = ~(uint128)0; /* (2^128 - 1)^2 = 2^256 - 2^129 + 1 */
	struct wide expected = { { 1, 0, UINT64_MAX - 1, UINT64_MAX } };
	assert_same(wide_mul(most, most), expected);
	assert_same(wide_mul(most, 0), wide_of(0));
	assert_same(wide_mul(1, most), wide_of(most));
}

static void a_number_fits_up_to_its_limit(void **state) {
	(void)state;
	uint128 out = 7;
	struct wide high = { { 0, 0, 1, 0 } }, top = { { 0, 0, 0, 1 } };
	assert_true(wide_fits(wide_of(100), 100, &out) && out == 100);
	assert_false(wide_fits(wide_of(101), 100, &out) || wide_fits(high, 100, &out));
	assert_false(wide_fits(top, ~(uint128)0, &out));
	assert_true(out == 100);
}

static void sums_differences_and_order_agree(void **state) {
	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct wide a = random_wide(192), b = random_wide(192), sum = wide_add(a, b);
		assert_same(wide_sub(sum, b), a);
		assert_same(wide_sub(sum, a), b);
		assert_same(wide_add(b, a), sum);
		assert_int_equal(wide_cmp(a, b), -wide_cmp(b, a));
		assert_true(wide_cmp(sum, a) >= 0 && wide_cmp(a, a) == 0);
	}
}

static void products_distribute_over_sums(void **state) {
	(void)state;
	for (int i = 0; i < 50000; i++) {
		uint128 a = random_half() >> 1, b = random_half() >> 1, c = random_half() >> 1;
		assert_same(wide_mul(a, b), wide_mul(b, a));
		assert_same(wide_mul(a + b, c), wide_add(wide_mul(a, c), wide_mul(b, c)));
		assert_same(wide_times(wide_of(a), (uint64_t)b), wide_mul(a, (uint64_t)b));
	}
}

/* quotient * divisor + rest, for products that stay below 2^256 */
static struct wide back(struct wide quotient, struct wide divisor, struct wide rest) {
	struct wide out = rest;
	for (int i = 0; i < 4; i++) {
		struct wide part = { { 0 } };
		for (int j = 0; i + j < 4; j++) part.limb[i + j] = divisor.limb[j];
		out = wide_add(out, wide_times(part, quotient.limb[i]));
	}
	return out;
}

static void a_quotient_times_its_divisor_and_the_rest_is_the_dividend(void **state) {
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct wide a = random_wide(256), b = random_wide(64 * (1 + i % 3)), rest;
		if (wide_cmp(b, wide_of(0)) == 0) continue;
		struct wide quotient = wide_divide(a, b, &rest);
		assert_true(wide_cmp(rest, b) < 0);
		assert_same(back(quotient, b, rest), a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_and_borrows_run_through_all_limbs),
		cmocka_unit_test(the_largest_product_is_exact),
		cmocka_unit_test(a_number_fits_up_to_its_limit),
		cmocka_unit_test(sums_differences_and_order_agree),
		cmocka_unit_test(products_distribute_over_sums),
		cmocka_unit_test(a_quotient_times_its_divisor_and_the_rest_is_the_dividend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
