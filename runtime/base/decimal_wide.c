/* Schoolbook arithmetic on four 64-bit limbs. Invariants:
 *  1. A carry out of the top limb is a programmer mistake (the bounds are in the header), so it is
 * asserted.
 *  2. wide_divide returns q, r with a = q * b + r and r < b. */
#include <assert.h>
#include "runtime/base/decimal_wide.h"

enum { LIMBS = 4 };

struct wide wide_of(uint128 n) {
	return (struct wide){ { (uint64_t)n, (uint64_t)(n >> 64), 0, 0 } };
}

static uint128 low_half(struct wide a) { return (uint128)a.limb[1] << 64 | a.limb[0]; }

bool wide_fits(struct wide a, uint128 limit, uint128 *out) {
	if (a.limb[2] || a.limb[3] || low_half(a) > limit) return false;
	*out = low_half(a);
	return true;
}

int wide_cmp(struct wide a, struct wide b) {
	for (int i = LIMBS - 1; i >= 0; i--)
		if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i] ? -1 : 1;
	return 0;
}

struct wide wide_add(struct wide a, struct wide b) {
	uint128 carry = 0;
	for (int i = 0; i < LIMBS; i++) {
		carry += (uint128)a.limb[i] + b.limb[i];
		a.limb[i] = (uint64_t)carry;
		carry >>= 64;
	}
	assert(carry == 0);
	return a;
}

struct wide wide_sub(struct wide a, struct wide b) {
	uint64_t borrow = 0;
	for (int i = 0; i < LIMBS; i++) {
		uint128 take = (uint128)b.limb[i] + borrow;
		borrow = a.limb[i] < take;
		a.limb[i] -= (uint64_t)take;
	}
	assert(borrow == 0);
	return a;
}

struct wide wide_times(struct wide a, uint64_t n) {
	uint128 carry = 0;
	for (int i = 0; i < LIMBS; i++) {
		carry += (uint128)a.limb[i] * n;
		a.limb[i] = (uint64_t)carry;
		carry >>= 64;
	}
	assert(carry == 0);
	return a;
}

struct wide wide_mul(uint128 a, uint128 b) {
	struct wide low = wide_times(wide_of(a), (uint64_t)b);
	struct wide high = wide_times(wide_of(a), (uint64_t)(b >> 64));
	struct wide shifted = { { 0, high.limb[0], high.limb[1], high.limb[2] } };
	return wide_add(low, shifted);
}

/* limbs in use: the ones above are 0 and need no division */
static int limbs_of(struct wide a) {
	int n = LIMBS;
	while (n > 0 && a.limb[n - 1] == 0) n--;
	return n;
}

/* One limb at a time: each partial dividend is below n * 2^64, so each partial quotient fits a
 * limb. The first partial dividend is a single limb, so short numbers cost one machine division. */
static struct wide divide_by_limb(struct wide a, uint64_t n, struct wide *rest) {
	uint64_t left = 0;
	for (int i = limbs_of(a) - 1; i >= 0; i--) {
		uint64_t limb = a.limb[i];
		if (left == 0) {
			a.limb[i] = limb / n;
			left = limb % n;
			continue;
		}
		uint128 partial = (uint128)left << 64 | limb;
		a.limb[i] = (uint64_t)(partial / n);
		left = (uint64_t)(partial % n);
	}
	*rest = wide_of(left);
	return a;
}

static struct wide double_plus(struct wide a, uint64_t bit) {
	for (int i = LIMBS - 1; i > 0; i--) a.limb[i] = a.limb[i] << 1 | a.limb[i - 1] >> 63;
	a.limb[0] = a.limb[0] << 1 | bit;
	return a;
}

/* Long division in base 2. The rest is below b < 2^226 before each doubling, so it never loses a
 * bit. */
static struct wide divide_by_bits(struct wide a, struct wide b, struct wide *rest) {
	struct wide quotient = { { 0 } }, left = { { 0 } };
	assert(b.limb[3] >> 63 == 0);
	for (int i = limbs_of(a) * 64 - 1; i >= 0; i--) {
		left = double_plus(left, a.limb[i / 64] >> (i % 64) & 1);
		bool goes = wide_cmp(left, b) >= 0;
		if (goes) left = wide_sub(left, b);
		quotient = double_plus(quotient, goes);
	}
	*rest = left;
	return quotient;
}

struct wide wide_divide(struct wide a, struct wide b, struct wide *rest) {
	uint128 small;
	if (wide_fits(b, UINT64_MAX, &small)) {
		assert(small != 0);
		return divide_by_limb(a, (uint64_t)small, rest);
	}
	return divide_by_bits(a, b, rest);
}
