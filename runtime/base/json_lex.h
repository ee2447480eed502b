/* json_lex.h -- the tokens of RFC 8259 for json_read.c: strings, numbers, words, blanks, and where
 * an error stands. Private to runtime/base. A scan starts at lexer->at, leaves it behind the token,
 * and reports the first bad byte. */
#ifndef TENON_BASE_JSON_LEX_H
#define TENON_BASE_JSON_LEX_H

#include "runtime/base/json.h"

struct json_lexer {
	struct arena *arena;
	const char *begin, *at, *end;
	const struct json_limits *limits;
};

static inline void json_skip_blanks(struct json_lexer *l) {
	while (l->at < l->end &&
	       (*l->at == ' ' || *l->at == '\n' || *l->at == '\r' || *l->at == '\t'))
		l->at++;
}

static inline uint32_t json_offset(const struct json_lexer *l) {
	return (uint32_t)(l->at - l->begin);
}

/* A bit is set for each of eight bytes that may not stand in a JSON string as it is: quote,
 * backslash, control, and with ascii_only any byte beyond ASCII. Only whether any bit is set is
 * exact. */
static inline uint64_t json_special_bytes(const char *p, bool ascii_only) {
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
	uint64_t word;
	memcpy(&word, p, 8);
	uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
	uint64_t found = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
			 ((slash - ones) & ~slash);
	return (found | (ascii_only ? word : 0)) & high;
}

/* How many bytes at the front may stand as they are. */
static inline size_t json_plain_run(const char *p, size_t n, bool ascii_only) {
	size_t i = 0;
	while (i + 8 <= n && !json_special_bytes(p + i, ascii_only)) i += 8;
	if (n >= 8 && i + 8 > n && !json_special_bytes(p + n - 8, ascii_only)) return n;
	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c < 0x20 || c == '"' || c == '\\' || (ascii_only && c >= 0x80)) break;
	}
	return i;
}

/* The byte at hand; '\0' at the end (a NUL byte in the text fits no token either). */
static inline char json_peek(const struct json_lexer *l) { return l->at < l->end ? *l->at : '\0'; }

struct problem *json_lex_string(struct json_lexer *l,
				struct str *out) MUST_CHECK; /* at the opening quote */
struct problem *json_lex_scalar(struct json_lexer *l,
				struct json *node) MUST_CHECK; /* string, number or word */
/* A problem at `at`; name and value are one more parameter, or NULL. */
struct problem *json_fail(const struct json_lexer *l, const char *at, const char *code,
			  const char *name, const char *value);
struct problem *json_over(const struct json_lexer *l, const char *code,
			  size_t max); /* TOO_LARGE at l->at */

#endif
