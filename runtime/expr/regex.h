/* regex.h -- POSIX extended regular expressions without back-references, matched in linear time
 * against the whole text. Shape:    . [] [^] [[:alpha:]] () | * + ? {m} {m,} {m,n} ^ $ and \ before
 * a special character; also \d \w \s (ASCII) and their capitals. A character is a code point. The
 * empty pattern matches the empty text. Limits:   1,000 bytes of pattern, 2,000 states, 32 levels
 * of brackets; time is text length x states at worst. Ownership: lives in the arena it was compiled
 * in, immutable, shared by threads. Errors:   MALFORMED, code expr_pattern, parameters offset
 * (bytes), column, reason (a word of the pattern language). */
#ifndef TENON_EXPR_REGEX_H
#define TENON_EXPR_REGEX_H

#include "runtime/base/problem.h"

struct regex;
struct problem *regex_compile(struct arena *a, struct str pattern,
			      const struct regex **out) MUST_CHECK;
bool regex_match(const struct regex *r, struct str text);
/* The same expression in the plainest POSIX spelling, anchored, for an SQL server's own ERE
 * matcher. */
struct str regex_portable(const struct regex *r);

#endif
