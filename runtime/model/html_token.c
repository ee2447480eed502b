/* html_token.c -- cuts HTML into tags and text.
 *  1. "<" begins a tag only before a letter or "/" and a letter; "<!" and "<?" begin what is passed
 * over; any other "<" is text.
 *  2. A tag ends at the first ">" outside of quotes that belong to an attribute's value; one that
 * never ends takes the rest with it. */
#include "runtime/model/html_token.h"

static bool is_letter(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z'); }
static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }
static bool is_blank(char ch) { return ch == ' ' || (ch >= '\t' && ch <= '\r'); }

static struct str after(struct str s, size_t n) {
	return n < s.n ? (struct str){ s.p + n, s.n - n } : (struct str){ s.p + s.n, 0 };
}

static char lower(char ch) { return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch; }

static bool begins_tag(struct str s) {
	if (s.n < 2 || s.p[0] != '<') return false;
	return is_letter(s.p[1]) || s.p[1] == '!' || s.p[1] == '?' || s.p[1] == '/';
}

/* Bytes up to and with what ends the comment, declaration or bogus close tag at s. */
static size_t passed_over(struct str s) {
	if (s.n >= 4 && memcmp(s.p, "<!--", 4) == 0) {
		const char *end = memmem(s.p + 4, s.n - 4, "-->", 3);
		return end ? (size_t)(end - s.p) + 3 : s.n;
	}
	const char *end = memchr(s.p, '>', s.n);
	return end ? (size_t)(end - s.p) + 1 : s.n;
}

/* One attribute off the front of s: name and value; false at the end of the tag. */
static bool next_attribute(struct str *s, struct str *name, struct str *value) {
	size_t i = 0, start;
	while (i < s->n && (is_blank(s->p[i]) || s->p[i] == '/')) i++;
	if (i == s->n || s->p[i] == '>') return *s = after(*s, i), false;
	start = i++;
	while (i < s->n && !is_blank(s->p[i]) && !strchr("=>/", s->p[i])) i++;
	*name = (struct str){ s->p + start, i - start };
	*value = (struct str){ s->p + i, 0 };
	while (i < s->n && is_blank(s->p[i])) i++;
	if (i < s->n && s->p[i] == '=') {
		for (i++; i < s->n && is_blank(s->p[i]);) i++;
		char quote = i < s->n && (s->p[i] == '"' || s->p[i] == '\'') ? s->p[i++] : 0;
		start = i;
		while (i < s->n &&
		       (quote ? s->p[i] != quote : !is_blank(s->p[i]) && s->p[i] != '>'))
			i++;
		*value = (struct str){ s->p + start, i - start };
		if (quote && i < s->n) i++;
	}
	*s = after(*s, i);
	return true;
}

static void take_tag(struct str *rest, struct html_token *out) {
	struct str name, value, s;
	size_t n = 0;
	out->kind = rest->p[1] == '/' ? HTML_CLOSE : HTML_OPEN;
	s = after(*rest, out->kind == HTML_CLOSE ? 2 : 1);
	while (n < s.n && (is_letter(s.p[n]) || is_digit(s.p[n]) || s.p[n] == '-' || s.p[n] == ':'))
		n++;
	for (size_t i = 0; n < HTML_NAME_MAX && i < n; i++) out->name[i] = lower(s.p[i]);
	out->name[n < HTML_NAME_MAX ? n : 0] = '\0';
	s = after(s, n);
	out->text = s;
	while (next_attribute(&s, &name, &value)) {
	}
	out->text.n -= s.n;
	*rest = after(s, 1);
}

bool html_has_tag(struct str text) {
	for (; text.n; text = after(text, 1))
		if (begins_tag(text)) return true;
	return false;
}

bool html_next(struct str *rest, struct html_token *out) {
	while (begins_tag(*rest)) {
		bool close = rest->p[1] == '/';
		if (is_letter(rest->p[1]) || (close && rest->n > 2 && is_letter(rest->p[2])))
			return take_tag(rest, out), true;
		*rest = after(*rest, passed_over(*rest));
	}
	if (!rest->n) return false;
	size_t n = 1;
	while (n < rest->n && !begins_tag(after(*rest, n))) n++;
	*out = (struct html_token){ .kind = HTML_TEXT, .text = { rest->p, n } };
	*rest = after(*rest, n);
	return true;
}

/* Content that is no markup (script, style …) ends only at its own close tag. */
void html_skip_element(struct str *rest, const char *name) {
	size_t n = strlen(name);
	for (size_t i = 0; i + 2 + n <= rest->n; i++) {
		if (rest->p[i] != '<' || rest->p[i + 1] != '/') continue;
		if (strncasecmp(rest->p + i + 2, name, n) != 0) continue;
		*rest = after(*rest, i);
		*rest = after(*rest, passed_over(*rest));
		return;
	}
	*rest = after(*rest, rest->n);
}

bool html_attribute(struct str attributes, const char *name, struct str *out) {
	struct str found, value;
	while (next_attribute(&attributes, &found, &value)) {
		if (found.n != strlen(name) || strncasecmp(found.p, name, found.n) != 0) continue;
		*out = value;
		return true;
	}
	return false;
}

/* ---- character references ---- */

static uint32_t numeric(struct str *s) {
	struct str t = after(*s, 2);
	bool hex = t.n && (t.p[0] == 'x' || t.p[0] == 'X');
	uint32_t cp = 0;
	size_t digits = 0;
	if (hex) t = after(t, 1);
	for (; t.n; t = after(t, 1), digits++) {
		char ch = lower(t.p[0]);
		bool letter = hex && ch >= 'a' && ch <= 'f';
		if (!is_digit(ch) && !letter) break;
		uint32_t digit = (uint32_t)(letter ? ch - 'a' + 10 : ch - '0');
		if (cp <= 0x10ffff) cp = cp * (hex ? 16 : 10) + digit;
	}
	if (!digits) return 0;
	if (t.n && t.p[0] == ';') t = after(t, 1);
	*s = t;
	return cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) || !cp ? 0xfffd : cp;
}

static uint32_t named(struct str *s) {
	static const struct {
		const char *name;
		uint32_t cp;
	} names[] = { { "&amp;", '&' },       { "&lt;", '<' },       { "&gt;", '>' },
		      { "&quot;", '"' },      { "&apos;", '\'' },    { "&nbsp;", 0xa0 },
		      { "&copy;", 0xa9 },     { "&reg;", 0xae },     { "&middot;", 0xb7 },
		      { "&times;", 0xd7 },    { "&yen;", 0xa5 },     { "&euro;", 0x20ac },
		      { "&ndash;", 0x2013 },  { "&mdash;", 0x2014 }, { "&lsquo;", 0x2018 },
		      { "&rsquo;", 0x2019 },  { "&ldquo;", 0x201c }, { "&rdquo;", 0x201d },
		      { "&hellip;", 0x2026 }, { "&colon;", ':' },    { "&tab;", '\t' },
		      { "&newline;", '\n' },  { "&zwnj;", 0x200c },  { "&ensp;", 0x2002 },
		      { "&emsp;", 0x2003 } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i].name);
		if (s->n < n || strncasecmp(s->p, names[i].name, n) != 0) continue;
		*s = after(*s, n);
		return names[i].cp;
	}
	return 0;
}

uint32_t html_character(struct str *text) {
	uint32_t cp = 0;
	if (text->n > 2 && text->p[0] == '&') cp = text->p[1] == '#' ? numeric(text) : named(text);
	return cp ? cp : utf8_next(text);
}
