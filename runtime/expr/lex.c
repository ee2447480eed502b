/* lex.c -- text to tokens. Names are ASCII [a-z_][a-z0-9_]*, or after $; everything else in the
 * text is a symbol, a number or stands in quotes. The text is valid UTF-8 (parse.c has checked it).
 */
#include "runtime/expr/internal.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char look(const struct lexer *l, uint32_t ahead) {
	return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : '\0';
}

static struct problem *lex_fault(struct lexer *l, uint32_t offset, uint32_t length,
				 const char *code) {
	struct where at = { l->text, offset, length };
	return expr_fault(l->arena, at, code, NULL, NULL, NULL, NULL);
}

static void skip_blanks(struct lexer *l) {
	while (l->at < l->text.n && strchr(" \t\r\n", l->text.p[l->at]) && l->text.p[l->at])
		l->at++;
}

static const struct {
	const char *word;
	enum token_kind kind;
} words[] = {
	{ "and", TOKEN_AND },   { "or", TOKEN_OR },     { "not", TOKEN_NOT },
	{ "in", TOKEN_IN },     { "true", TOKEN_TRUE }, { "false", TOKEN_FALSE },
	{ "null", TOKEN_NULL },
};

/* Longer symbols first. */
static const struct {
	const char *text;
	enum token_kind kind;
} symbols[] = {
	{ "==", TOKEN_EQ },   { "!=", TOKEN_NE },   { "<=", TOKEN_LE },   { ">=", TOKEN_GE },
	{ "<", TOKEN_LT },    { ">", TOKEN_GT },    { "(", TOKEN_LEFT },  { ")", TOKEN_RIGHT },
	{ "[", TOKEN_OPEN },  { "]", TOKEN_CLOSE }, { ",", TOKEN_COMMA }, { ".", TOKEN_DOT },
	{ "+", TOKEN_PLUS },  { "-", TOKEN_MINUS }, { "*", TOKEN_STAR },  { "/", TOKEN_SLASH },
	{ "}", TOKEN_BRACE },
};

/* What people bring from other languages, and what to write here. */
static const struct {
	const char *text, *instead;
} foreign[] = {
	{ "=", "==" },        { "<>", "!=" }, { "&&", "and" }, { "||", "or" }, { "!", "not" },
	{ "%", "mod(a, b)" }, { "（", "(" },  { "）", ")" },   { "，", "," },  { "“", "\"" },
	{ "”", "\"" },        { "‘", "'" },   { "’", "'" },    { "。", "." },  { "＝", "==" },
	{ "＞", ">" },        { "＜", "<" },  { "≥", ">=" },   { "≤", "<=" },  { "≠", "!=" },
	{ "×", "*" },         { "÷", "/" },
};

static bool stands_here(const struct lexer *l, const char *text) {
	struct str rest = { l->text.p + l->at, l->text.n - l->at };
	return str_starts(rest, str_of(text));
}

static void lex_word(struct lexer *l, struct token *t) {
	while (is_letter(look(l, 0)) || is_digit(look(l, 0))) l->at++;
	t->text = (struct str){ l->text.p + t->offset, l->at - t->offset };
	t->kind = t->text.p[0] == '$' ? TOKEN_DOLLAR : TOKEN_NAME;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(t->text, words[i].word)) t->kind = words[i].kind;
}

static void take_digits(struct lexer *l) {
	while (is_digit(look(l, 0))) l->at++;
}

/* 12, 0.50, 20%. An integer that fits is an integer, everything else an exact decimal. */
static struct problem *lex_number(struct lexer *l, struct token *t) {
	t->kind = TOKEN_NUMBER;
	take_digits(l);
	if (look(l, 0) == '.' && is_digit(look(l, 1))) {
		l->at++;
		take_digits(l);
	}
	uint32_t length = l->at - t->offset;
	if (is_letter(look(l, 0))) return lex_fault(l, t->offset, length + 1, "expr_bad_number");
	struct str digits = { l->text.p + t->offset, length };
	struct decimal d;
	if (decimal_parse(digits, &d) != DECIMAL_OK)
		return lex_fault(l, t->offset, length, "expr_bad_number");
	t->percent = look(l, 0) == '%';
	if (t->percent) {
		l->at++;
		if (d.scale > DECIMAL_MAX_SCALE - 2)
			return lex_fault(l, t->offset, length + 1, "expr_bad_number");
		d.scale += 2;
	}
	int64_t whole;
	t->value = value_decimal(d);
	if (d.scale == 0 && decimal_to_int64(d, &whole)) t->value = value_int(whole);
	return NULL;
}

static int hex_digit(char c) {
	if (is_digit(c)) return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

/* The four digits after \u; -1 when they are none. */
static int32_t lex_unit(struct lexer *l) {
	int32_t unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(look(l, 0));
		if (digit < 0) return -1;
		unit = unit * 16 + digit;
		l->at++;
	}
	return unit;
}

/* \uXXXX, also a surrogate pair of two of them; false: no character. */
static bool lex_unicode(struct lexer *l, struct sb *out) {
	int32_t high = lex_unit(l);
	if (high <= 0) return false;
	if (high < 0xD800 || high > 0xDFFF) {
		sb_code_point(out, (uint32_t)high);
		return true;
	}
	if (high > 0xDBFF || look(l, 0) != '\\' || look(l, 1) != 'u') return false;
	l->at += 2;
	int32_t low = lex_unit(l);
	if (low < 0xDC00 || low > 0xDFFF) return false;
	sb_code_point(out, (uint32_t)(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
	return true;
}

static bool lex_escape(struct lexer *l, struct sb *out) {
	static const char from[] = "\\'\"nt", to[] = "\\'\"\n\t";
	char c = look(l, 0);
	if (c == 'u') {
		l->at++;
		return lex_unicode(l, out);
	}
	const char *found = c ? strchr(from, c) : NULL;
	if (!found) return false;
	sb_char(out, to[found - from]);
	l->at++;
	return true;
}

static struct problem *lex_text(struct lexer *l, struct token *t) {
	char quote = look(l, 0);
	struct sb out = sb_on(l->arena, EXPR_TEXT_MAX);
	t->kind = TOKEN_TEXT;
	l->at++;
	while (l->at < l->text.n && look(l, 0) != quote) {
		uint32_t start = l->at;
		if (look(l, 0) != '\\') {
			sb_char(&out, l->text.p[l->at++]);
			continue;
		}
		l->at++;
		if (!lex_escape(l, &out))
			return lex_fault(l, start, l->at - start, "expr_bad_escape");
	}
	if (l->at >= l->text.n)
		return lex_fault(l, t->offset, (uint32_t)l->text.n - t->offset, "expr_open_text");
	l->at++;
	t->text = sb_str(&out);
	t->value = value_text(t->text);
	return NULL;
}

static struct problem *lex_unknown(struct lexer *l) {
	struct str rest = { l->text.p + l->at, l->text.n - l->at };
	struct where at = { l->text, l->at, (uint32_t)utf8_prefix(rest, 1) };
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (!stands_here(l, foreign[i].text)) continue;
		at.length = (uint32_t)strlen(foreign[i].text);
		return expr_fault(l->arena, at, "expr_foreign_symbol", "suggestion",
				  foreign[i].instead, NULL, NULL);
	}
	return expr_fault(l->arena, at, "expr_bad_character", NULL, NULL, NULL, NULL);
}

static struct problem *lex_symbol(struct lexer *l, struct token *t) {
	if (stands_here(l, "<>")) return lex_unknown(l);
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		if (!stands_here(l, symbols[i].text)) continue;
		t->kind = symbols[i].kind;
		l->at += (uint32_t)strlen(symbols[i].text);
		return NULL;
	}
	return lex_unknown(l);
}

struct problem *lex_next(struct lexer *l, struct token *out) {
	skip_blanks(l);
	struct problem *problem = NULL;
	*out = (struct token){ .kind = TOKEN_END, .offset = l->at };
	char c = look(l, 0);
	if (l->at >= l->text.n) return NULL;
	if (is_digit(c)) {
		problem = lex_number(l, out);
	} else if (c == '\'' || c == '"') {
		problem = lex_text(l, out);
	} else if (is_letter(c) || (c == '$' && is_letter(look(l, 1)))) {
		l->at++;
		lex_word(l, out);
	} else {
		problem = lex_symbol(l, out);
	}
	out->length = l->at - out->offset;
	if (!out->text.p) out->text = (struct str){ l->text.p + out->offset, out->length };
	return problem;
}
