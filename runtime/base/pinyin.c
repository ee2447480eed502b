/* pinyin.c -- see the header. */
#include <assert.h>
#include "runtime/base/pinyin.h"
#include "runtime/base/fold.h"
#include "runtime/base/pinyin_table.inc"

enum { TONE_BITS = 3, SORT_CHARACTERS = 64, SORT_FIRST = 0xe000 /* a private use area */ };

static_assert((int)PINYIN_LONGEST <= (int)PINYIN_READINGS_MAX,
	      "a character has more readings than fit");

static size_t place_elsewhere(uint32_t cp) {
	size_t low = 0, high = ARRAY_LEN(others);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (others[middle].code_point < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ARRAY_LEN(others) && others[low].code_point == cp ? others[low].place : 0;
}

static size_t place(uint32_t cp) {
	if (cp >= PINYIN_FIRST && cp <= PINYIN_LAST) return place_of[cp - PINYIN_FIRST];
	return cp < others[0].code_point ? 0 : place_elsewhere(cp);
}

static bool holds(const char *const *list, size_t n, const char *syllable) {
	for (size_t i = 0; i < n; i++)
		if (list[i] == syllable) return true;
	return false;
}

/* Readings that differ in tone alone are one syllable. */
size_t pinyin_readings(uint32_t cp, const char *out[PINYIN_READINGS_MAX]) {
	size_t n = 0, at = place(cp);
	for (bool more = at != 0; more; at++) {
		const char *syllable = syllables[(pool[at] & ~PINYIN_NOT_LAST) >> TONE_BITS];
		more = pool[at] & PINYIN_NOT_LAST;
		if (!holds(out, n, syllable)) out[n++] = syllable;
	}
	return n;
}

/* ---- syllables ---- */

static size_t first_not_before(struct str s) {
	size_t low = 0, high = ARRAY_LEN(syllables);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (str_cmp(str_of(syllables[middle]), s) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool pinyin_is_syllable(struct str s) {
	size_t at = first_not_before(s);
	return at < ARRAY_LEN(syllables) && str_is(s, syllables[at]);
}

bool pinyin_is_prefix(struct str s) {
	size_t at = first_not_before(s);
	return at < ARRAY_LEN(syllables) && str_starts(str_of(syllables[at]), s);
}

/* ---- finding ---- */

bool pinyin_is_term(struct str s) {
	if (!s.n || s.n > PINYIN_TERM_MAX) return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z') return false;
	return true;
}

static struct str after(struct str s, size_t n) { return (struct str){ s.p + n, s.n - n }; }

/* Do the letters lead on from here? initials: one was typed, so no whole syllable may follow but
 * the last. */
static bool leads(struct str text, struct str term, bool initials) {
	const char *readings[PINYIN_READINGS_MAX];
	uint32_t cp = ' ';
	while (text.n && utf8_blank(cp)) cp = utf8_next(&text);
	size_t n = pinyin_readings(cp, readings);
	for (size_t i = 0; i < n; i++) {
		struct str syllable = str_of(readings[i]);
		if (str_starts(syllable, term)) return true;
		if (!initials && str_starts(term, syllable) &&
		    leads(text, after(term, syllable.n), false))
			return true;
		if (syllable.p[0] == term.p[0] && leads(text, after(term, 1), true)) return true;
	}
	return false;
}

bool pinyin_found(struct str text, struct str term) {
	for (; text.n; utf8_next(&text))
		if (leads(text, term, false)) return true;
	return false;
}

/* ---- sorting ---- */

void pinyin_sort_key(struct sb *out, struct str s) {
	for (int i = 0; s.n && i < SORT_CHARACTERS; i++) {
		uint32_t cp = fold_code_point(utf8_next(&s));
		size_t at = place(cp);
		if (at) sb_code_point(out, SORT_FIRST + (pool[at] & ~(unsigned)PINYIN_NOT_LAST));
		sb_code_point(out, cp);
	}
}
