/* Decimals as text. Reading takes exactly the number grammar of RFC 8259 section 6 and keeps the
 * digits as written: "12.10" has scale 2. Invariants:
 *  1. The value read is exactly the text's; nothing is rounded. DECIMAL_DIGITS means a digit other
 * than 0 stands further than 18 places behind the point, DECIMAL_OVERFLOW that more than 38 digits
 * would be needed.
 *  2. Time is linear in the text, whatever the exponent. */
#include <assert.h>
#include "runtime/base/decimal.h"
#include "runtime/base/decimal_wide.h"

enum { MAX_DIGITS = 38 };
#define EXPONENT_CEILING                                                                           \
	INT64_C(1000000000000) /* far past any text's length; larger ones mean the same */

/* The text taken apart: its value is digits (whole then fraction) * 10^exponent. */
struct spelled {
	bool negative;
	struct str whole, fraction;
	int64_t exponent;
};

static struct str take_digits(struct str *s) {
	struct str digits = { s->p, 0 };
	while (digits.n < s->n && s->p[digits.n] >= '0' && s->p[digits.n] <= '9') digits.n++;
	if (digits.n == 0) return digits;
	s->p += digits.n;
	s->n -= digits.n;
	return digits;
}

static bool take(struct str *s, const char *any_of) {
	if (s->n == 0 || !strchr(any_of, *s->p) || *s->p == '\0') return false;
	s->p++;
	s->n--;
	return true;
}

static bool take_exponent(struct str *s, int64_t *exponent) {
	*exponent = 0;
	if (!take(s, "eE")) return true;
	bool negative = s->n && *s->p == '-';
	take(s, "+-");
	struct str digits = take_digits(s);
	for (size_t i = 0; i < digits.n; i++)
		if (*exponent < EXPONENT_CEILING) *exponent = *exponent * 10 + (digits.p[i] - '0');
	if (negative) *exponent = -*exponent;
	return digits.n > 0;
}

static bool take_apart(struct str s, struct spelled *out) {
	out->negative = take(&s, "-");
	out->whole = take_digits(&s);
	if (out->whole.n == 0 || (out->whole.n > 1 && *out->whole.p == '0')) return false;
	bool point = take(&s, ".");
	out->fraction = point ? take_digits(&s) : (struct str){ NULL, 0 };
	if (point && out->fraction.n == 0) return false;
	return take_exponent(&s, &out->exponent) && s.n == 0;
}

static int digit_at(const struct spelled *t, size_t i) {
	return (i < t->whole.n ? t->whole.p[i] : t->fraction.p[i - t->whole.n]) - '0';
}

enum decimal_status decimal_parse(struct str text, struct decimal *out) {
	struct spelled t;
	if (!take_apart(text, &t)) return DECIMAL_SYNTAX;
	size_t first = 0, end = t.whole.n + t.fraction.n;
	int64_t exponent = t.exponent - (int64_t)t.fraction.n; /* of the last digit kept */
	for (; end > 0 && exponent < -DECIMAL_MAX_SCALE && digit_at(&t, end - 1) == 0; end--)
		exponent++;
	while (first < end && digit_at(&t, first) == 0) first++;
	int scale = exponent >= 0                   ? 0
		    : exponent < -DECIMAL_MAX_SCALE ? DECIMAL_MAX_SCALE
						    : (int)-exponent;
	if (first == end) {
		*out = (struct decimal){ 0, scale };
		return DECIMAL_OK;
	}
	if (exponent < -DECIMAL_MAX_SCALE) return DECIMAL_DIGITS;
	if (end - first > MAX_DIGITS || exponent > (int64_t)(MAX_DIGITS - (end - first)))
		return DECIMAL_OVERFLOW;
	int128 n = 0;
	for (size_t i = first; i < end; i++) n = n * 10 + digit_at(&t, i);
	for (; exponent > 0; exponent--) n *= 10;
	*out = (struct decimal){ t.negative ? -n : n, scale };
	return DECIMAL_OK;
}

size_t decimal_text(struct decimal d, char out[DECIMAL_TEXT_MAX]) {
	char reversed[DECIMAL_TEXT_MAX];
	size_t n = 0, length = 0;
	uint128 left = d.coefficient < 0 ? -(uint128)d.coefficient : (uint128)d.coefficient;
	assert(d.scale >= 0 && d.scale <= DECIMAL_MAX_SCALE);
	for (int place = 0; left > 0 || place <= d.scale; place++) {
		if (place == d.scale && place > 0) reversed[n++] = '.';
		reversed[n++] = (char)('0' + (int)(left % 10));
		left /= 10;
	}
	if (d.coefficient < 0) out[length++] = '-';
	while (n > 0) out[length++] = reversed[--n];
	out[length] = '\0';
	return length;
}
