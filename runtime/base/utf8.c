/* utf8.c -- strict UTF-8 (RFC 3629, Unicode table 3-7): no surrogates, no overlong forms, nothing
 * past U+10FFFF. */
#include "runtime/base/str.h"

#include <assert.h>

static inline bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

/* The second byte carries the limits of its sequence: overlong forms, surrogates, U+10FFFF. */
static inline bool second_fits(unsigned char lead, unsigned char second) {
	switch (lead) {
	case 0xE0: return second >= 0xA0;
	case 0xED: return second < 0xA0;
	case 0xF0: return second >= 0x90;
	case 0xF4: return second < 0x90;
	default: return true;
	}
}

size_t utf8_sequence(const char *p, size_t n) {
	const unsigned char *s = (const unsigned char *)p;
	size_t length = s[0] < 0x80   ? 1
			: s[0] < 0xC2 ? 0
			: s[0] < 0xE0 ? 2
			: s[0] < 0xF0 ? 3
			: s[0] < 0xF5 ? 4
				      : 0;
	if (length == 1) return 1;
	if (length == 0 || n < length || !continues(s[1]) || !second_fits(s[0], s[1])) return 0;
	for (size_t i = 2; i < length; i++)
		if (!continues(s[i])) return 0;
	return length;
}

size_t utf8_wide_run(const char *p, size_t n) {
	size_t i = 0;
	for (size_t length; i < n && (unsigned char)p[i] >= 0x80; i += length) {
		length = utf8_sequence(p + i, n - i);
		if (!length) break;
	}
	return i;
}

static size_t ascii_run(const char *p, size_t n) {
	size_t i = 0;
	for (uint64_t word; i + 8 <= n; i += 8) {
		memcpy(&word, p + i, 8);
		if (word & UINT64_C(0x8080808080808080)) break;
	}
	while (i < n && (unsigned char)p[i] < 0x80) i++;
	return i;
}

bool utf8_valid(struct str s) {
	for (size_t i = 0, run; i < s.n; i += run) {
		run = ascii_run(s.p + i, s.n - i);
		if (!run) run = utf8_wide_run(s.p + i, s.n - i);
		if (!run) return false;
	}
	return true;
}

size_t utf8_length(struct str s) {
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++) count += !continues((unsigned char)s.p[i]);
	return count;
}

uint32_t utf8_next(struct str *s) {
	assert(s->n > 0);
	const unsigned char *p = (const unsigned char *)s->p;
	size_t length = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	static const unsigned char payload[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t cp = p[0] & payload[length];
	assert(length <= s->n);
	for (size_t i = 1; i < length; i++) cp = cp << 6 | (p[i] & 0x3F);
	*s = (struct str){ s->p + length, s->n - length };
	return cp;
}

size_t utf8_prefix(struct str s, size_t code_points) {
	size_t i = 0;
	for (; i < s.n; i++) {
		if (continues((unsigned char)s.p[i])) continue;
		if (code_points-- == 0) break;
	}
	return i;
}

size_t utf8_encode(uint32_t cp, char out[4]) {
	assert(cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF));
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t length = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	for (size_t i = length - 1; i > 0; i--, cp >>= 6) out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)(lead[length] | cp);
	return length;
}

bool utf8_blank(uint32_t cp) {
	return cp <= 0x20 || cp == 0x7f || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
	       cp == 0x205f || cp == 0x3000 || cp == 0xfeff;
}
