/* json_lex.c -- strict scanning.
 * 1. Every byte is looked at a bounded number of times: a hostile text costs time linear in its
 * length.
 * 2. A string without escapes is borrowed from the text; one with escapes is decoded into a block
 * no longer than its source.
 * 3. What leaves here is valid UTF-8 without U+0000 (databases and C strings cannot hold one). */
#include "runtime/base/json_lex.h"

static struct problem *fail_kind(const struct json_lexer *l, enum problem_kind kind, const char *at,
				 const char *code, const char *name, const char *value) {
	struct json_place place = json_place((struct str){ l->begin, (size_t)(l->end - l->begin) },
					     (uint32_t)(at - l->begin));
	const char *line = arena_printf(l->arena, "%u", place.line),
		   *column = arena_printf(l->arena, "%u", place.column);
	return problem_new(l->arena, kind, __FILE__, __LINE__, code, "line", line, "column", column,
			   name, value, (const char *)NULL);
}

struct problem *json_fail(const struct json_lexer *l, const char *at, const char *code,
			  const char *name, const char *value) {
	return fail_kind(l, PROBLEM_MALFORMED, at, code, name, value);
}

struct problem *json_over(const struct json_lexer *l, const char *code, size_t max) {
	return fail_kind(l, PROBLEM_TOO_LARGE, l->at, code, "max",
			 arena_printf(l->arena, "%zu", max));
}

static struct problem *bad_string_byte(const struct json_lexer *l, const char *p,
				       const char *open) {
	if (p == l->end) return json_fail(l, open, "json_open_string", NULL, NULL);
	if (*p == '\n' || *p == '\r') return json_fail(l, p, "json_line_break", NULL, NULL);
	if ((unsigned char)*p < 0x20)
		return json_fail(l, p, "json_control", "name",
				 arena_printf(l->arena, "U+%04X", (unsigned)*p));
	return json_fail(l, p, "json_utf8", NULL, NULL);
}

/* Bytes to step over at a backslash; the escape itself is read by decode. 0 at the end of the text.
 */
static size_t escape_step(const struct json_lexer *l, const char *at) {
	if (l->end - at < 2) return 0;
	return (unsigned char)at[1] >= 0x20 && (unsigned char)at[1] < 0x80 ? 2 : 1;
}

/* Moves *p to the closing quote; *escapes tells whether a backslash was met. */
static struct problem *find_quote(const struct json_lexer *l, const char **p, bool *escapes) {
	const char *at = *p, *open = *p - 1;
	for (size_t step;; at += step) {
		at += json_plain_run(at, (size_t)(l->end - at), true);
		if (at == l->end) return bad_string_byte(l, at, open);
		if (*at == '"') break;
		step = *at == '\\' ? escape_step(l, at) : utf8_wide_run(at, (size_t)(l->end - at));
		*escapes |= *at == '\\';
		if (!step) return bad_string_byte(l, *at == '\\' ? l->end : at, open);
	}
	*p = at;
	return NULL;
}

/* Four hex digits; -1 when they are not. */
static int32_t hex4(const char *p, const char *end) {
	int32_t value = 0;
	if (end - p < 4) return -1;
	for (int i = 0; i < 4; i++) {
		int digit = p[i] >= '0' && p[i] <= '9'                 ? p[i] - '0'
			    : (p[i] | 32) >= 'a' && (p[i] | 32) <= 'f' ? (p[i] | 32) - 'a' + 10
								       : -1;
		if (digit < 0) return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* \uXXXX or a pair of them; at points to the backslash, close to the string's end. */
static struct problem *unicode_escape(const struct json_lexer *l, const char **at,
				      const char *close, char **out) {
	const char *p = *at;
	int32_t cp = hex4(p + 2, close);
	if (cp < 0) return json_fail(l, p, "json_hex", NULL, NULL);
	if (cp == 0) return json_fail(l, p, "json_nul", NULL, NULL);
	*at += 6;
	if (cp >= 0xD800 && cp < 0xE000) {
		int32_t low = cp < 0xDC00 && close - p >= 12 && p[6] == '\\' && p[7] == 'u'
				      ? hex4(p + 8, close)
				      : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return json_fail(l, p, "json_surrogate", NULL, NULL);
		cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
		*at += 6;
	}
	*out += utf8_encode((uint32_t)cp, *out);
	return NULL;
}

static const char unescaped[256] = {
	['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
	['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

static struct problem *decode(const struct json_lexer *l, const char *p, const char *close,
			      char **out) {
	while (p < close) {
		const char *slash = memchr(p, '\\', (size_t)(close - p));
		size_t run = (size_t)((slash ? slash : close) - p);
		memcpy(*out, p, run);
		*out += run;
		p += run;
		if (!slash) break;
		char c = p + 1 < close ? unescaped[(unsigned char)p[1]] : '\0';
		if (c) {
			*(*out)++ = c;
			p += 2;
		} else if (p + 1 < close && p[1] == 'u') {
			TRY(unicode_escape(l, &p, close, out));
		} else {
			return json_fail(l, p, "json_escape", NULL, NULL);
		}
	}
	return NULL;
}

struct problem *json_lex_string(struct json_lexer *l, struct str *out) {
	const char *p = l->at + 1, *close = p;
	bool escapes = false;
	TRY(find_quote(l, &close, &escapes));
	size_t n = (size_t)(close - p);
	if (n > l->limits->string_bytes)
		return json_over(l, "json_long_string", l->limits->string_bytes);
	*out = (struct str){ p, n };
	if (escapes) {
		if (!arena_charge(l->arena, n + 1))
			return json_over(l, "json_memory", (size_t)(l->end - l->begin));
		char *text = arena_alloc(l->arena, n + 1), *end = text;
		TRY(decode(l, p, close, &end));
		*out = (struct str){ text, (size_t)(end - text) };
	}
	l->at = close + 1;
	return NULL;
}

static bool is_digit(const char *p, const char *end) { return p < end && *p >= '0' && *p <= '9'; }

static const char *digits(const char *p, const char *end) {
	while (is_digit(p, end)) p++;
	return p;
}

static struct problem *lex_number(struct json_lexer *l, struct str *out) {
	const char *p = l->at + (*l->at == '-');
	if (!is_digit(p, l->end)) return json_fail(l, p, "json_number", NULL, NULL);
	if (*p == '0' && is_digit(p + 1, l->end))
		return json_fail(l, p, "json_leading_zero", NULL, NULL);
	p = digits(p, l->end);
	if (p < l->end && *p == '.') {
		if (!is_digit(++p, l->end)) return json_fail(l, p, "json_number", NULL, NULL);
		p = digits(p, l->end);
	}
	if (p < l->end && (*p | 32) == 'e') {
		p++;
		if (p < l->end && (*p == '+' || *p == '-')) p++;
		if (!is_digit(p, l->end)) return json_fail(l, p, "json_number", NULL, NULL);
		p = digits(p, l->end);
	}
	*out = (struct str){ l->at, (size_t)(p - l->at) };
	l->at = p;
	return NULL;
}

static bool take_word(struct json_lexer *l, const char *word, size_t n) {
	if ((size_t)(l->end - l->at) < n || memcmp(l->at, word, n) != 0) return false;
	l->at += n;
	return true;
}

/* What stands here is no value: name the usual mistakes by name. */
static struct problem *no_value(struct json_lexer *l) {
	static const struct {
		const char *start, *code;
	} mistakes[] = {
		{ "'", "json_single_quote" }, { "“", "json_curly_quote" },
		{ "”", "json_curly_quote" },  { "//", "json_comment" },
		{ "/*", "json_comment" },     { "#", "json_comment" },
		{ "+", "json_number" },       { ".", "json_number" },
		{ "NaN", "json_number" },     { "Infinity", "json_number" },
	};
	struct str rest = { l->at, (size_t)(l->end - l->at) };
	if (!rest.n) return json_fail(l, l->at, "json_ends_early", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++)
		if (str_starts(rest, str_of(mistakes[i].start)))
			return json_fail(l, l->at, mistakes[i].code, NULL, NULL);
	if (!utf8_sequence(rest.p, rest.n)) return json_fail(l, l->at, "json_utf8", NULL, NULL);
	return json_fail(l, l->at, "json_value", NULL, NULL);
}

struct problem *json_lex_scalar(struct json_lexer *l, struct json *node) {
	char c = json_peek(l);
	if (c == '"') {
		node->kind = JSON_STRING;
		return json_lex_string(l, &node->text);
	}
	if (c == '-' || (c >= '0' && c <= '9')) {
		node->kind = JSON_NUMBER;
		return lex_number(l, &node->text);
	}
	if (take_word(l, "true", 4))
		node->kind = JSON_TRUE;
	else if (take_word(l, "false", 5))
		node->kind = JSON_FALSE;
	else if (take_word(l, "null", 4))
		node->kind = JSON_NULL;
	else
		return no_value(l);
	return NULL;
}
