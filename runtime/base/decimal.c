/* Exact decimals. Every operation is computed exactly on 256-bit magnitudes (decimal_wide.h) and
 * then brought back to 38 digits in one place, finish(). Invariants:
 *  1. A valid decimal has |coefficient| < 10^38 and 0 <= scale <= 18.
 *  2. Nothing is rounded before the exact result is known; so nothing is rounded twice.
 *  3. *out is written only when the status is DECIMAL_OK.
 *  4. Coefficients of 64 bits, which is nearly all, are worked on as they are: raised by at most 18
 *     digits they stay below 10^37, and the product of two below 2^126 < 10^38. Same answers. */
#include <assert.h>
#include "runtime/base/decimal.h"
#include "runtime/base/decimal_wide.h"

enum rounding { ROUND_HALF_AWAY, ROUND_FLOOR, ROUND_CEILING, ROUND_NEVER };

/* What an operation found before it is brought to its final scale: the value is
 * (negative ? -1 : 1) * (quotient + rest / divisor) at `scale`. */
struct exact {
	bool negative;
	struct wide quotient, rest, divisor;
	int scale;
};

// clang-format off
static const uint64_t powers[] = { /* of ten */
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
	100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000,
};
// clang-format on

/* 10^38 - 1 */
static uint128 largest(void) { return (uint128)powers[18] * powers[18] * 100 - 1; }

static uint128 magnitude(struct decimal d) {
	uint128 m = d.coefficient < 0 ? -(uint128)d.coefficient : (uint128)d.coefficient;
	assert(m <= largest() && d.scale >= 0 && d.scale <= DECIMAL_MAX_SCALE);
	return m;
}

/* times 10^n, n = 0..36 */
static struct wide raised(struct wide w, int n) {
	assert(n >= 0 && n <= 36);
	if (n > 18) w = wide_times(w, powers[n - 18]);
	return n == 0 ? w : wide_times(w, powers[n > 18 ? 18 : n]);
}

static bool is_zero(struct wide w) { return (w.limb[0] | w.limb[1] | w.limb[2] | w.limb[3]) == 0; }

static bool rounds_up(const struct exact *e, enum rounding how) {
	if (is_zero(e->rest)) return false;
	if (how == ROUND_HALF_AWAY) return wide_cmp(wide_add(e->rest, e->rest), e->divisor) >= 0;
	return how == (e->negative ? ROUND_FLOOR : ROUND_CEILING);
}

static enum decimal_status finish(struct exact e, enum rounding how, struct decimal *out) {
	if (how == ROUND_NEVER && !is_zero(e.rest)) return DECIMAL_DIGITS;
	if (rounds_up(&e, how)) e.quotient = wide_add(e.quotient, wide_of(1));
	if (e.scale < 0) {
		e.quotient = raised(e.quotient, -e.scale);
		e.scale = 0;
	}
	uint128 m;
	if (!wide_fits(e.quotient, largest(), &m)) return DECIMAL_OVERFLOW;
	*out = (struct decimal){ e.negative ? -(int128)m : (int128)m, e.scale };
	return DECIMAL_OK;
}

/* the whole number w at scale `from`, brought to scale `to` */
static enum decimal_status settle(bool negative, struct wide w, int from, int to, enum rounding how,
				  struct decimal *out) {
	struct exact e = { .negative = negative, .divisor = wide_of(1), .scale = to };
	if (to >= from) {
		e.quotient = raised(w, to - from);
	} else {
		e.divisor = raised(wide_of(1), from - to);
		e.quotient = wide_divide(w, e.divisor, &e.rest);
	}
	return finish(e, how, out);
}

static int larger(int a, int b) { return a > b ? a : b; }

/* the magnitude of a as a whole number of 10^-scale, scale >= a.scale */
static struct wide aligned(struct decimal a, int scale) {
	return raised(wide_of(magnitude(a)), scale - a.scale);
}

static bool is_short(struct decimal d) {
	return d.coefficient >= INT64_MIN && d.coefficient <= INT64_MAX;
}

/* the coefficient of a short one at `scale` >= its own */
static int128 raised_short(struct decimal d, int scale) {
	assert(d.scale >= 0 && scale >= d.scale && scale <= DECIMAL_MAX_SCALE);
	return d.coefficient * (int128)powers[scale - d.scale];
}

enum decimal_status decimal_add(struct decimal a, struct decimal b, struct decimal *out) {
	int scale = larger(a.scale, b.scale);
	if (is_short(a) && is_short(b)) {
		*out = (struct decimal){ raised_short(a, scale) + raised_short(b, scale), scale };
		return DECIMAL_OK;
	}
	struct wide x = aligned(a, scale), y = aligned(b, scale);
	bool negative = a.coefficient < 0;
	if (negative == (b.coefficient < 0))
		return settle(negative, wide_add(x, y), scale, scale, ROUND_NEVER, out);
	if (wide_cmp(x, y) >= 0)
		return settle(negative, wide_sub(x, y), scale, scale, ROUND_NEVER, out);
	return settle(!negative, wide_sub(y, x), scale, scale, ROUND_NEVER, out);
}

enum decimal_status decimal_sub(struct decimal a, struct decimal b, struct decimal *out) {
	b.coefficient = -b.coefficient;
	return decimal_add(a, b, out);
}

enum decimal_status decimal_mul(struct decimal a, struct decimal b, struct decimal *out) {
	int scale = a.scale + b.scale, kept = scale > DECIMAL_MAX_SCALE ? DECIMAL_MAX_SCALE : scale;
	if (scale == kept && is_short(a) && is_short(b)) {
		*out = (struct decimal){ a.coefficient * b.coefficient, scale };
		return DECIMAL_OK;
	}
	struct wide product = wide_mul(magnitude(a), magnitude(b));
	return settle((a.coefficient < 0) != (b.coefficient < 0), product, scale, kept,
		      ROUND_HALF_AWAY, out);
}

enum decimal_status decimal_div(struct decimal a, struct decimal b, struct decimal *out) {
	if (b.coefficient == 0) return DECIMAL_BY_ZERO;
	/* a / b * 10^12 = (|a| / |b|) * 10^(12 + b.scale - a.scale); a negative power goes to the
	 * divisor */
	int power = DECIMAL_DIVISION_SCALE + b.scale - a.scale;
	struct wide above = raised(wide_of(magnitude(a)), larger(power, 0));
	struct exact e = { .negative = (a.coefficient < 0) != (b.coefficient < 0),
			   .scale = DECIMAL_DIVISION_SCALE,
			   .divisor = raised(wide_of(magnitude(b)), larger(-power, 0)) };
	e.quotient = wide_divide(above, e.divisor, &e.rest);
	return finish(e, ROUND_HALF_AWAY, out);
}

enum decimal_status decimal_mod(struct decimal a, struct decimal b, struct decimal *out) {
	if (b.coefficient == 0) return DECIMAL_BY_ZERO;
	int scale = larger(a.scale, b.scale);
	struct wide rest;
	wide_divide(aligned(a, scale), aligned(b, scale), &rest);
	/* the rest is no larger than either side, and one of them was not raised: it always fits */
	return settle(a.coefficient < 0, rest, scale, scale, ROUND_NEVER, out);
}

/* `scale` is not above a.scale; a short one */
static enum decimal_status rescale_short(struct decimal a, int scale, enum rounding how,
					 struct decimal *out) {
	int64_t n = (int64_t)a.coefficient, power = (int64_t)powers[a.scale - scale];
	int64_t rest = n % power, up = rest > 0, down = rest < 0, whole = n / power;
	if (how == ROUND_NEVER && rest != 0) return DECIMAL_DIGITS;
	if (how == ROUND_HALF_AWAY) {
		up = rest >= power - rest;
		down = -rest >= power + rest;
	}
	if (how != ROUND_FLOOR) whole += up;
	if (how != ROUND_CEILING) whole -= down;
	*out = (struct decimal){ whole, scale };
	return DECIMAL_OK;
}

static enum decimal_status rescale(struct decimal a, int scale, enum rounding how,
				   struct decimal *out) {
	if (scale > DECIMAL_MAX_SCALE || scale < -DECIMAL_MAX_SCALE) return DECIMAL_DIGITS;
	if (!is_short(a) || scale < 0)
		return settle(a.coefficient < 0, wide_of(magnitude(a)), a.scale, scale, how, out);
	if (scale < a.scale) return rescale_short(a, scale, how, out);
	*out = (struct decimal){ raised_short(a, scale), scale };
	return DECIMAL_OK;
}

enum decimal_status decimal_rescale(struct decimal a, int scale, struct decimal *out) {
	return rescale(a, scale, ROUND_HALF_AWAY, out);
}

enum decimal_status decimal_exact(struct decimal a, int scale, struct decimal *out) {
	return rescale(a, scale, ROUND_NEVER, out);
}

enum decimal_status decimal_floor(struct decimal a, int scale, struct decimal *out) {
	return rescale(a, scale, ROUND_FLOOR, out);
}

enum decimal_status decimal_ceil(struct decimal a, int scale, struct decimal *out) {
	return rescale(a, scale, ROUND_CEILING, out);
}

int decimal_cmp(struct decimal a, struct decimal b) {
	int sign_a = (a.coefficient > 0) - (a.coefficient < 0);
	int sign_b = (b.coefficient > 0) - (b.coefficient < 0);
	if (sign_a != sign_b) return sign_a < sign_b ? -1 : 1;
	int scale = larger(a.scale, b.scale);
	if (is_short(a) && is_short(b)) {
		int128 x = raised_short(a, scale), y = raised_short(b, scale);
		return (x > y) - (x < y);
	}
	return sign_a * wide_cmp(aligned(a, scale), aligned(b, scale));
}

bool decimal_to_int64(struct decimal a, int64_t *out) {
	if (a.coefficient > INT64_MAX || a.coefficient < INT64_MIN) return false;
	*out = (int64_t)a.coefficient;
	return true;
}

struct decimal decimal_reduce(struct decimal a) {
	while (a.scale > 0 && a.coefficient % 10 == 0) {
		a.coefficient /= 10;
		a.scale--;
	}
	return a;
}
