/* str.c -- slices: comparison, trimming, hashing, edit distance. The builder is in sb.c. */
#include "runtime/base/str.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

bool str_eq(struct str a, struct str b) {
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *s) { return str_eq(a, str_of(s)); }

int str_cmp(struct str a, struct str b) {
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str a, struct str prefix) {
	return a.n >= prefix.n && str_eq((struct str){ a.p, prefix.n }, prefix);
}

bool str_after(struct str a, struct str prefix, struct str *rest) {
	if (!str_starts(a, prefix)) return false;
	*rest = (struct str){ a.p + prefix.n, a.n - prefix.n };
	return true;
}

bool str_cut(struct str a, char at, struct str *first, struct str *rest) {
	const char *p = a.n ? memchr(a.p, at, a.n) : NULL;
	size_t n = p ? (size_t)(p - a.p) : a.n;
	*first = (struct str){ a.p, n };
	*rest = p ? (struct str){ p + 1, a.n - n - 1 } : (struct str){ NULL, 0 };
	return p != NULL;
}

static const char ideographic_space[] = "\xE3\x80\x80"; /* U+3000 */

static size_t blank_at_front(struct str s) {
	if (s.n && (*s.p == ' ' || (*s.p >= '\t' && *s.p <= '\r'))) return 1;
	return s.n >= 3 && memcmp(s.p, ideographic_space, 3) == 0 ? 3 : 0;
}

static size_t blank_at_end(struct str s) {
	if (s.n && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r')))
		return 1;
	return s.n >= 3 && memcmp(s.p + s.n - 3, ideographic_space, 3) == 0 ? 3 : 0;
}

struct str str_trim(struct str a) {
	for (size_t n; (n = blank_at_front(a)) > 0;) a = (struct str){ a.p + n, a.n - n };
	for (size_t n; (n = blank_at_end(a)) > 0;) a.n -= n;
	return a;
}

char *str_dup(struct arena *a, struct str s) { return arena_copy(a, s.p, s.n); }

bool str_to_int(struct str s, int64_t *out) {
	bool negative = s.n && *s.p == '-';
	if (s.n && (*s.p == '-' || *s.p == '+')) s = (struct str){ s.p + 1, s.n - 1 };
	if (!s.n) return false;
	int64_t value = 0; /* kept negative: its range is the larger one */
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';
		if (digit < 0 || digit > 9) return false;
		if (__builtin_mul_overflow(value, 10, &value)) return false;
		if (__builtin_sub_overflow(value, digit, &value)) return false;
	}
	if (!negative && value == INT64_MIN) return false;
	*out = negative ? value : -value;
	return true;
}

/* SipHash-1-3 (J.-P. Aumasson, D. J. Bernstein): keyed, so that nobody outside can aim at one
 * bucket. */
static uint64_t hash_key[2];

static void hash_seed(void) {
	if (getentropy(hash_key, sizeof hash_key) != 0) abort();
}

static inline uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

struct sip {
	uint64_t a, b, c, d;
};

static inline void sip_round(struct sip *v) {
	v->a += v->b, v->b = rotate(v->b, 13) ^ v->a, v->a = rotate(v->a, 32);
	v->c += v->d, v->d = rotate(v->d, 16) ^ v->c;
	v->a += v->d, v->d = rotate(v->d, 21) ^ v->a;
	v->c += v->b, v->b = rotate(v->b, 17) ^ v->c, v->c = rotate(v->c, 32);
}

static inline void sip_word(struct sip *v, uint64_t word) {
	v->d ^= word;
	sip_round(v);
	v->a ^= word;
}

uint64_t str_hash(struct str s) {
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, hash_seed);
	struct sip v = { hash_key[0] ^ UINT64_C(0x736f6d6570736575),
			 hash_key[1] ^ UINT64_C(0x646f72616e646f6d),
			 hash_key[0] ^ UINT64_C(0x6c7967656e657261),
			 hash_key[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t word, last = (uint64_t)s.n << 56;
	size_t i = 0;
	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		sip_word(&v, word);
	}
	for (int shift = 0; i < s.n; i++, shift += 8)
		last |= (uint64_t)(unsigned char)s.p[i] << shift;
	sip_word(&v, last);
	v.c ^= 0xff;
	sip_round(&v), sip_round(&v), sip_round(&v);
	return v.a ^ v.b ^ v.c ^ v.d;
}

enum { DISTANCE_LONGEST = 128 };

static size_t code_points(struct str s, uint32_t out[DISTANCE_LONGEST]) {
	size_t n = 0;
	while (s.n) out[n++] = utf8_next(&s);
	return n;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* One row of the optimal string alignment table: insert, delete, replace, swap of neighbours each
 * count 1. */
static size_t distance_row(const uint32_t *a, size_t i, const uint32_t *b, size_t m,
			   const size_t *before, const size_t *above, size_t *row) {
	size_t best = row[0] = i;
	for (size_t j = 1; j <= m; j++) {
		row[j] = least(least(above[j], row[j - 1]) + 1,
			       above[j - 1] + (a[i - 1] != b[j - 1]));
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			row[j] = least(row[j], before[j - 2] + 1);
		best = least(best, row[j]);
	}
	return best;
}

size_t str_distance(struct str x, struct str y, size_t cap) {
	uint32_t a[DISTANCE_LONGEST], b[DISTANCE_LONGEST];
	size_t rows[3][DISTANCE_LONGEST + 1];
	size_t n = utf8_length(x), m = utf8_length(y);
	if (n > DISTANCE_LONGEST || m > DISTANCE_LONGEST) return cap + 1;
	if ((n > m ? n - m : m - n) > cap) return cap + 1;
	code_points(x, a), code_points(y, b);
	for (size_t j = 0; j <= m; j++) rows[0][j] = j;
	size_t previous_best = 0;
	for (size_t i = 1; i <= n; i++) {
		size_t best =
			distance_row(a, i, b, m, rows[(i + 1) % 3], rows[(i - 1) % 3], rows[i % 3]);
		if (best > cap && previous_best > cap)
			return cap + 1; /* a swap may reach back one row */
		previous_best = best;
	}
	return least(rows[n % 3][m], cap + 1);
}
