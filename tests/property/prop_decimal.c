/* Every decimal operation on random numbers equals a reference that knows only schoolbook
 * arithmetic on single decimal digits: no 128-bit numbers, no carries wider than a digit.
 * TENON_PROPERTY_ROUNDS sets the number of pairs (default 10,000), TENON_SEED the seed.
 * Ledger: F02. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/base/decimal.h"

enum { PLACES = 160, MOST_DIGITS = 38 };

/* digit[0] is the ones; the value is +-digits * 10^-scale */
struct number {
	bool negative;
	int scale;
	unsigned char digit[PLACES];
};

static int highest(const struct number *n) {
	int i = PLACES;
	while (i > 0 && n->digit[i - 1] == 0) i--;
	return i;
}

static int compare(const struct number *a, const struct number *b) {
	for (int i = PLACES - 1; i >= 0; i--)
		if (a->digit[i] != b->digit[i]) return a->digit[i] < b->digit[i] ? -1 : 1;
	return 0;
}

static struct number shifted(struct number n, int places) {
	struct number out = { .negative = n.negative, .scale = n.scale + places };
	memcpy(out.digit + places, n.digit, (size_t)(PLACES - places));
	return out;
}

static struct number plus(struct number a, const struct number *b) {
	int carry = 0;
	for (int i = 0; i < PLACES; i++) {
		int sum = a.digit[i] + b->digit[i] + carry;
		a.digit[i] = (unsigned char)(sum % 10);
		carry = sum / 10;
	}
	return a;
}

static struct number minus(struct number a, const struct number *b) {
	int borrow = 0;
	for (int i = 0; i < PLACES; i++) {
		int left = a.digit[i] - b->digit[i] - borrow;
		borrow = left < 0;
		a.digit[i] = (unsigned char)(left + (borrow ? 10 : 0));
	}
	return a;
}

static struct number times(const struct number *a, const struct number *b) {
	struct number out = { .negative = a->negative != b->negative,
			      .scale = a->scale + b->scale };
	int sums[PLACES] = { 0 }, carry = 0;
	for (int i = 0; i < highest(a); i++)
		for (int j = 0; j < highest(b); j++) sums[i + j] += a->digit[i] * b->digit[j];
	for (int i = 0; i < PLACES; i++) {
		carry += sums[i];
		out.digit[i] = (unsigned char)(carry % 10);
		carry /= 10;
	}
	return out;
}

/* digits of a over digits of b: the quotient, and what is left */
static struct number over(const struct number *a, const struct number *b, struct number *left) {
	struct number out = { 0 };
	*left = (struct number){ 0 };
	for (int i = highest(a) - 1; i >= 0; i--) {
		*left = shifted(*left, 1);
		left->digit[0] = a->digit[i];
		for (; compare(left, b) >= 0; out.digit[i]++) *left = minus(*left, b);
	}
	return out;
}

static const struct number one = { .digit = { 1 } };

/* digits gone: looks at them one by one, as one would on paper */
static struct number dropped(const struct number *n, int places, char how) {
	struct number out = { .negative = n->negative, .scale = n->scale - places };
	memcpy(out.digit, n->digit + places, (size_t)(PLACES - places));
	bool any = false;
	for (int i = 0; i < places; i++) any = any || n->digit[i] != 0;
	bool up = how == 'h' ? places > 0 && n->digit[places - 1] >= 5
			     : any && (how == 'c') == !n->negative;
	return up ? plus(out, &one) : out;
}

static struct number at_scale(struct number n, int scale, char how) {
	struct number out =
		scale >= n.scale ? shifted(n, scale - n.scale) : dropped(&n, n.scale - scale, how);
	if (out.scale < 0) out = shifted(out, -out.scale);
	return out;
}

static struct number number_of(struct decimal d) {
	struct number n = { .negative = d.coefficient < 0, .scale = d.scale };
	char text[DECIMAL_TEXT_MAX];
	int place = 0;
	for (size_t i = decimal_text(d, text); i > 0; i--)
		if (text[i - 1] >= '0' && text[i - 1] <= '9')
			n.digit[place++] = (unsigned char)(text[i - 1] - '0');
	return n;
}

static const char *shown(struct decimal d) {
	static char texts[4][DECIMAL_TEXT_MAX];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	decimal_text(d, text);
	return text;
}

static void check(const char *what, struct decimal a, struct decimal b, enum decimal_status status,
		  struct decimal got, const struct number *expected) {
	struct number n = number_of(got);
	bool fits = highest(expected) <= MOST_DIGITS;
	bool right = status == (fits ? DECIMAL_OK : DECIMAL_OVERFLOW);
	if (right && fits)
		right = got.scale == expected->scale && compare(&n, expected) == 0 &&
			(highest(expected) == 0 ? got.coefficient == 0
						: n.negative == expected->negative);
	if (!right)
		fail_msg("%s of %s and %s gave %s (status %d)", what, shown(a), shown(b),
			 shown(got), (int)status);
}

static struct number sum_of(struct decimal a, struct decimal b) {
	int scale = a.scale > b.scale ? a.scale : b.scale;
	struct number x = at_scale(number_of(a), scale, 'h'),
		      y = at_scale(number_of(b), scale, 'h');
	if (x.negative == y.negative) return plus(x, &y);
	return compare(&x, &y) >= 0 ? minus(x, &y) : minus(y, &x);
}

static struct number product_of(struct decimal a, struct decimal b) {
	struct number x = number_of(a), y = number_of(b), out = times(&x, &y);
	return out.scale > DECIMAL_MAX_SCALE ? at_scale(out, DECIMAL_MAX_SCALE, 'h') : out;
}

/* 13 digits behind the point decide the twelfth: half away from zero needs no more than the next
 * digit */
static struct number quotient_of(struct decimal a, struct decimal b) {
	struct number x = number_of(a), y = number_of(b), left;
	struct number above = shifted(x, 13 + y.scale), below = shifted(y, x.scale);
	struct number out = over(&above, &below, &left);
	out.negative = x.negative != y.negative;
	out.scale = 13;
	return dropped(&out, 1, 'h');
}

static struct number rest_of(struct decimal a, struct decimal b) {
	int scale = a.scale > b.scale ? a.scale : b.scale;
	struct number x = at_scale(number_of(a), scale, 'h'),
		      y = at_scale(number_of(b), scale, 'h'), left;
	over(&x, &y, &left);
	left.negative = x.negative;
	left.scale = scale;
	return left;
}

static uint64_t random_state;

static int random_below(int n) {
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (int)((random_state >> 33) % (uint64_t)n);
}

/* 0 to 38 digits, with runs of 0, 9 and 5 far more often than chance gives */
static struct decimal random_decimal(void) {
	struct decimal d = { 0, random_below(DECIMAL_MAX_SCALE + 1) };
	int digits = random_below(MOST_DIGITS + 1), flavour = random_below(6);
	static const char special[] = { 0, 9, 5 };
	for (int i = 0; i < digits; i++) {
		int digit = flavour < 3 && random_below(8) ? special[flavour] : random_below(10);
		d.coefficient = d.coefficient * 10 + (i == 0 && digit == 0 ? 1 : digit);
	}
	if (random_below(2)) d.coefficient = -d.coefficient;
	return d;
}

static void check_two(struct decimal a, struct decimal b) {
	struct decimal got = { 0, 0 }, opposite = { -b.coefficient, b.scale };
	struct number expected = sum_of(a, b);
	enum decimal_status status = decimal_add(a, b, &got);
	check("sum", a, b, status, got, &expected);
	expected = sum_of(a, opposite);
	status = decimal_sub(a, b, &got);
	check("difference", a, b, status, got, &expected);
	int order = highest(&expected) == 0 ? 0 : expected.negative ? -1 : 1;
	if (decimal_cmp(a, b) != order) fail_msg("order of %s and %s", shown(a), shown(b));
	expected = product_of(a, b);
	status = decimal_mul(a, b, &got);
	check("product", a, b, status, got, &expected);
	if (b.coefficient == 0) {
		assert_int_equal(decimal_div(a, b, &got), DECIMAL_BY_ZERO);
		assert_int_equal(decimal_mod(a, b, &got), DECIMAL_BY_ZERO);
		return;
	}
	expected = quotient_of(a, b);
	status = decimal_div(a, b, &got);
	check("quotient", a, b, status, got, &expected);
	expected = rest_of(a, b);
	status = decimal_mod(a, b, &got);
	check("rest", a, b, status, got, &expected);
}

static void check_one(struct decimal a, int scale) {
	struct decimal got = { 0, 0 }, places = decimal_of(scale);
	struct number expected = at_scale(number_of(a), scale, 'h');
	enum decimal_status status = decimal_rescale(a, scale, &got);
	check("rounding", a, places, status, got, &expected);
	expected = at_scale(number_of(a), scale, 'f');
	status = decimal_floor(a, scale, &got);
	check("floor", a, places, status, got, &expected);
	struct number up = at_scale(number_of(a), scale, 'c');
	status = decimal_ceil(a, scale, &got);
	check("ceiling", a, places, status, got, &up);
	status = decimal_exact(a, scale, &got);
	if (compare(&expected, &up) == 0)
		check("exact", a, places, status, got, &up);
	else
		assert_int_equal(status, DECIMAL_DIGITS);
	struct decimal again = { 77, 7 };
	assert_int_equal(decimal_parse(str_of(shown(a)), &again), DECIMAL_OK);
	assert_true(again.coefficient == a.coefficient && again.scale == a.scale);
	again = decimal_reduce(a);
	assert_int_equal(decimal_cmp(again, a), 0);
	assert_true(again.scale == 0 || again.coefficient % 10 != 0);
}

static long setting(const char *name, long otherwise) {
	const char *text = getenv(name);
	return text ? strtol(text, NULL, 10) : otherwise;
}

static void decimals_agree_with_digit_arithmetic(void **state) {
	(void)state;
	long seed = setting("TENON_SEED", 20261122),
	     rounds = setting("TENON_PROPERTY_ROUNDS", 10000);
	print_message("seed %ld, %ld pairs\n", seed, rounds);
	random_state = (uint64_t)seed;
	for (long i = 0; i < rounds; i++) {
		struct decimal a = random_decimal(), b = random_decimal();
		check_two(a, b);
		check_one(a, random_below(2 * DECIMAL_MAX_SCALE + 1) - DECIMAL_MAX_SCALE);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		decimals_agree_with_digit_arithmetic) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
