/* str.h -- borrowed text slices and the capped text builder.
 * str is a borrowed view: pointer and length, not NUL-terminated; p may be NULL when n is 0.
 * sb grows inside an arena up to a ceiling; past it (or the arena's budget) `overflow` sticks, further
 * appends do nothing, and the owner checks once (-> problem too_large). sb_cstr is always NUL-terminated. */
#ifndef TENON_BASE_STR_H
#define TENON_BASE_STR_H

#include <stdint.h>
#include <string.h>
#include "runtime/base/arena.h"

struct str { const char *p; size_t n; };

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
static inline struct str str_of(const char *s) { return (struct str){ s, s ? strlen(s) : 0 }; }
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *s);                  /* equal to the C string */
int str_cmp(struct str a, struct str b);                   /* bytes; for UTF-8 = code point order */
bool str_starts(struct str a, struct str prefix);
bool str_after(struct str a, struct str prefix, struct str *rest); /* what follows the prefix; false: *rest stays as it was */
/* "order.lines" at the first '.': "order" and "lines". False, with all of it and nothing, where there is none. */
bool str_cut(struct str a, char at, struct str *first, struct str *rest);
struct str str_trim(struct str a);                         /* ASCII blanks and U+3000 off both ends */
char *str_dup(struct arena *a, struct str s);              /* NUL-terminated copy */
bool str_to_int(struct str s, int64_t *out);               /* whole text, sign allowed, no blanks, no overflow */
uint64_t str_hash(struct str s);                           /* SipHash-1-3, seeded per process */
size_t str_distance(struct str a, struct str b, size_t cap); /* edits (insert, delete, replace,
	swap neighbours) by code point; cap + 1 when over, or when a text is longer than 128 code points */

struct sb { struct arena *arena; char *p; size_t n, room, ceiling; bool overflow; };

struct sb sb_on(struct arena *a, size_t ceiling);
bool sb_grow(struct sb *b, size_t n);
static inline bool sb_room(struct sb *b, size_t n)         /* n more bytes and a NUL fit, or overflow is set */
{
	return (n < b->room - b->n && !b->overflow) || sb_grow(b, n);
}
void sb_add(struct sb *b, struct str s);
void sb_bytes(struct sb *b, const void *p, size_t n);
void sb_cat(struct sb *b, const char *s);
void sb_char(struct sb *b, char c);
void sb_int(struct sb *b, int64_t n);
void sb_printf(struct sb *b, const char *format, ...) PRINTF_LIKE(2, 3);
void sb_code_point(struct sb *b, uint32_t cp);             /* as UTF-8 */
void sb_visible(struct sb *b, struct str s);               /* for a terminal: control characters but \n and \t become U+FFFD */
const char *sb_cstr(struct sb *b);                         /* "" when empty; valid until the next append */
struct str sb_str(struct sb *b);

/* UTF-8 (RFC 3629): strict; no surrogates, no overlong forms. */
bool utf8_valid(struct str s);
size_t utf8_length(struct str s);                          /* code points */
uint32_t utf8_next(struct str *s);                         /* takes one code point off the front; s->n > 0, valid text */
size_t utf8_sequence(const char *p, size_t n);             /* length of the valid sequence at p, n > 0; 0: invalid */
size_t utf8_wide_run(const char *p, size_t n);             /* bytes of valid sequences beyond ASCII at the front */
size_t utf8_encode(uint32_t cp, char out[4]);              /* a Unicode scalar value; bytes written */
size_t utf8_prefix(struct str s, size_t code_points);      /* bytes of the first n code points */
bool utf8_blank(uint32_t cp);                              /* blanks of any width, control characters of ASCII */

#endif
