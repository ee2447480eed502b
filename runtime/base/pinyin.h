/* pinyin.h -- how Chinese characters are read, for finding by letters and for sorting as dictionaries do.
 * Readings come from a generated table (tools/pinyin.mjs): the 20,992 characters of the main block and the few others that
 * have one. A syllable is lower-case letters without tone, u-umlaut written v. Pure functions, any thread. */
#ifndef TENON_BASE_PINYIN_H
#define TENON_BASE_PINYIN_H

#include "runtime/base/str.h"

enum { PINYIN_READINGS_MAX = 16, PINYIN_SYLLABLE_MAX = 6, PINYIN_TERM_MAX = 32 };

/* The different syllables of a character, the most common first; 0: it has none. */
size_t pinyin_readings(uint32_t cp, const char *out[PINYIN_READINGS_MAX]);
bool pinyin_is_syllable(struct str s);
bool pinyin_is_prefix(struct str s);          /* of some syllable; s.n > 0 */
static inline bool pinyin_is_initial(char c)  /* no syllable begins with the others */
{
	return c >= 'a' && c <= 'z' && c != 'i' && c != 'u' && c != 'v';
}

/* Letters somebody may have typed for characters: 1 to PINYIN_TERM_MAX of a-z. */
bool pinyin_is_term(struct str s);
/* Are the letters a way of typing characters that stand side by side in the text, blanks left out? Characters are typed by whole syllables,
 * then by initials, and the last one by any beginning of a syllable: zhangsan, zhangs, zs, liudh. Each reading of a character
 * counts. */
bool pinyin_found(struct str text, struct str term);

/* Appends the key by which texts sort: by code point of the folded text, but Chinese characters come last, by syllable, tone and
 * code point. Of long texts the first 64 characters count. */
void pinyin_sort_key(struct sb *out, struct str s);

#endif
