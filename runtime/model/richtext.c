/* richtext.c -- HTML from outside, written anew.
 *  1. Only the elements of the table are written, without attributes; a link keeps an address of
 * http, https or mailto and gets rel="noopener". Other tags go, their text stays; of elements whose
 * content is no text (script, style, svg …) everything goes.
 *  2. All text is decoded and escaped again, control characters are dropped.
 *  3. What is open is a stack: containers (lists, tables, quotes), on them at most one block (p,
 * h1, pre …), on that only inline elements. Opening something closes what may not hold it; what it
 * needs around it (li, tr, td, p) is opened for it.
 *  4. The result has one form: cleaning it again changes nothing (fuzz_richtext). */
#include "runtime/model/richtext.h"
#include "runtime/model/html_token.h"
#include <assert.h>

enum { NESTING_MAX = 10, DEPTH_MAX = 48, HREF_MAX = 2000 };
enum kind { INLINE, BLOCK, QUOTE, LIST, ITEM, TABLE, SECTION, ROW, CELL, VOID };

struct element {
	const char *name, *written;
	enum kind kind;
};
static const struct element elements[] = {
	{ "strong", "strong", INLINE },
	{ "b", "strong", INLINE },
	{ "em", "em", INLINE },
	{ "i", "em", INLINE },
	{ "u", "u", INLINE },
	{ "ins", "u", INLINE },
	{ "s", "s", INLINE },
	{ "del", "s", INLINE },
	{ "strike", "s", INLINE },
	{ "code", "code", INLINE },
	{ "a", "a", INLINE },
	{ "p", "p", BLOCK },
	{ "div", "p", BLOCK },
	{ "h1", "h1", BLOCK },
	{ "h2", "h2", BLOCK },
	{ "h3", "h3", BLOCK },
	{ "h4", "h3", BLOCK },
	{ "h5", "h3", BLOCK },
	{ "h6", "h3", BLOCK },
	{ "pre", "pre", BLOCK },
	{ "blockquote", "blockquote", QUOTE },
	{ "ul", "ul", LIST },
	{ "ol", "ol", LIST },
	{ "li", "li", ITEM },
	{ "table", "table", TABLE },
	{ "thead", "thead", SECTION },
	{ "tbody", "tbody", SECTION },
	{ "tr", "tr", ROW },
	{ "th", "th", CELL },
	{ "td", "td", CELL },
	{ "br", "br", VOID },
	{ "hr", "hr", VOID },
};

struct cleaner {
	struct arena *arena;
	struct sb *out;
	const struct element *open[DEPTH_MAX];
	size_t depth;
	bool content; /* something a reader sees */
};

static const struct element *element_of(const char *name) {
	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		if (strcmp(name, elements[i].name) == 0) return &elements[i];
	return NULL;
}

static bool top_is(const struct cleaner *c, enum kind kind) {
	return c->depth && c->open[c->depth - 1]->kind == kind;
}

static void write_close(struct cleaner *c) {
	sb_printf(c->out, "</%s>", c->open[--c->depth]->written);
}

static void close_kind(struct cleaner *c, enum kind kind) {
	while (top_is(c, kind)) write_close(c);
}

static void close_to(struct cleaner *c, size_t depth) {
	while (c->depth > depth) write_close(c);
}

static void write_open(struct cleaner *c, const struct element *e) {
	assert(c->depth < DEPTH_MAX);
	sb_printf(c->out, "<%s>", e->written);
	c->open[c->depth++] = e;
}

static bool nests(enum kind kind) { return kind == QUOTE || kind == LIST || kind == TABLE; }

/* Tables, lists and quotes within one another: what goes deeper is flattened. Each adds a li or a
 * section, a row and a cell at most; on the last stand one block and each of six inline elements
 * once. What is opened for something else does not count, or cleaning again would count otherwise.
 */
static bool too_deep(const struct cleaner *c, const struct element *e) {
	size_t nesting = 0;
	for (size_t i = 0; i < c->depth; i++) nesting += nests(c->open[i]->kind);
	return nesting >= NESTING_MAX && nests(e->kind);
}

/* ---- what must stand around what ---- */

static void leave_block(struct cleaner *c) {
	close_kind(c, INLINE);
	close_kind(c, BLOCK);
}

/* From directly inside a list or table to where text may stand. */
static void enter_place(struct cleaner *c) {
	static const struct {
		enum kind in;
		const char *opens;
	} steps[] = { { LIST, "li" }, { TABLE, "tr" }, { SECTION, "tr" }, { ROW, "td" } };
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (top_is(c, steps[i].in)) write_open(c, element_of(steps[i].opens));
}

static void enter_text(struct cleaner *c) {
	enter_place(c);
	if (!c->depth || top_is(c, QUOTE)) write_open(c, element_of("p"));
}

/* Closes cells, rows … of the innermost table or list that would hold e as their child. */
static bool make_place(struct cleaner *c, const struct element *e) {
	leave_block(c);
	switch (e->kind) {
	case ITEM: close_kind(c, ITEM); return top_is(c, LIST);
	case CELL:
		close_kind(c, CELL);
		if (top_is(c, TABLE) || top_is(c, SECTION)) write_open(c, element_of("tr"));
		return top_is(c, ROW);
	case ROW:
		close_kind(c, CELL);
		close_kind(c, ROW);
		return top_is(c, TABLE) || top_is(c, SECTION);
	case SECTION:
		close_kind(c, CELL);
		close_kind(c, ROW);
		close_kind(c, SECTION);
		return top_is(c, TABLE);
	case BLOCK:
	case QUOTE:
	case LIST:
	case TABLE: enter_place(c); break;
	case INLINE:
	case VOID: break;
	}
	return true;
}

/* ---- text ---- */

static void write_escaped(struct sb *out, uint32_t cp) {
	if (cp == '&')
		sb_cat(out, "&amp;");
	else if (cp == '<')
		sb_cat(out, "&lt;");
	else if (cp == '>')
		sb_cat(out, "&gt;");
	else if (cp == '"')
		sb_cat(out, "&quot;");
	else
		sb_code_point(out, cp);
}

static bool control(uint32_t cp) {
	return (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0);
}

static bool only_blanks(struct str text) {
	while (text.n) {
		uint32_t cp = html_character(&text);
		if (cp != ' ' && cp != '\t' && cp != '\n' && !control(cp)) return false;
	}
	return true;
}

static bool in_text(const struct cleaner *c) {
	return top_is(c, INLINE) || top_is(c, BLOCK) || top_is(c, CELL) || top_is(c, ITEM);
}

static void add_text(struct cleaner *c, struct str text) {
	bool blank = only_blanks(text);
	if (blank && !top_is(c, INLINE) && !top_is(c, BLOCK)) return;
	if (!in_text(c)) enter_text(c);
	c->content |= !blank;
	while (text.n) {
		uint32_t cp = html_character(&text);
		if (!control(cp)) write_escaped(c->out, cp);
	}
}

/* ---- links ---- */

/* The address as a link may have it, decoded; empty: none. */
static struct str safe_href(struct arena *a, struct str written) {
	static const char *const schemes[] = { "http://", "https://", "mailto:" };
	struct sb out = sb_on(a, HREF_MAX);
	written = str_trim(written);
	while (written.n) {
		uint32_t cp = html_character(&written);
		if (cp <= ' ' || control(cp) || cp == '\\') return (struct str){ 0 };
		sb_code_point(&out, cp);
	}
	struct str href = sb_str(&out);
	for (size_t i = 0; !out.overflow && i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);
		if (href.n > n && strncasecmp(href.p, schemes[i], n) == 0) return href;
	}
	return (struct str){ 0 };
}

static bool is_open(const struct cleaner *c, const struct element *e) {
	for (size_t i = c->depth; i > 0 && c->open[i - 1]->kind == INLINE; i--)
		if (strcmp(c->open[i - 1]->written, e->written) == 0) return true;
	return false;
}

/* An inline element within its like says nothing. */
static void open_inline(struct cleaner *c, const struct element *e, struct str attributes) {
	struct str href = { 0 };
	bool link = strcmp(e->written, "a") == 0;
	if (is_open(c, e)) return;
	if (link && html_attribute(attributes, "href", &href)) href = safe_href(c->arena, href);
	if (link && !href.n) return;
	if (!in_text(c)) enter_text(c);
	if (link) {
		sb_cat(c->out, "<a href=\"");
		while (href.n) write_escaped(c->out, utf8_next(&href));
		sb_cat(c->out, "\" rel=\"noopener\">");
		c->open[c->depth++] = e;
	} else {
		write_open(c, e);
	}
}

/* ---- tags ---- */

static void add_void(struct cleaner *c, const struct element *e) {
	bool rule = strcmp(e->name, "hr") == 0;
	if (rule)
		leave_block(c);
	else if (!in_text(c))
		enter_text(c);
	if (rule) enter_place(c);
	c->content |= rule;
	sb_printf(c->out, "<%s>", e->written);
}

static void open_tag(struct cleaner *c, const struct html_token *t) {
	const struct element *e = element_of(t->name);
	if (!e || too_deep(c, e)) return;
	if (e->kind == INLINE)
		open_inline(c, e, t->text);
	else if (e->kind == VOID)
		add_void(c, e);
	else if (make_place(c, e))
		write_open(c, e);
}

/* How far a close tag reaches: an inline one not out of its block, a block or an item not out of
 * its list or cell. */
static bool stops(enum kind closing, enum kind at) {
	if (closing == INLINE) return at != INLINE;
	if (closing == BLOCK) return at != INLINE && at != BLOCK;
	if (closing == ITEM) return at == LIST || at == CELL;
	return (closing == CELL || closing == ROW || closing == SECTION) && at == TABLE;
}

static void close_tag(struct cleaner *c, const struct html_token *t) {
	const struct element *e = element_of(t->name);
	for (size_t i = c->depth; e && i > 0; i--) {
		if (strcmp(c->open[i - 1]->written, e->written) == 0) {
			close_to(c, i - 1);
			return;
		}
		if (stops(e->kind, c->open[i - 1]->kind)) return;
	}
}

static bool no_text_within(const char *name) {
	static const char *const names[] = { "script",   "style",    "svg",      "math",
					     "iframe",   "object",   "template", "title",
					     "textarea", "noscript", "select",   "noembed",
					     "noframes", "xmp",      "audio",    "video",
					     "canvas",   "applet",   "plaintext" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0) return true;
	return false;
}

/* Text without any tag: its lines are paragraphs. */
static void add_lines(struct cleaner *c, struct str text) {
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		add_text(c, (struct str){ text.p, n });
		close_to(c, 0);
		text = (struct str){ text.p + n + (end != NULL), text.n - n - (end != NULL) };
	}
}

void richtext_clean(struct arena *a, struct str html, struct sb *out) {
	struct cleaner c = { .arena = a, .out = out };
	struct html_token t;
	size_t start = out->n;
	if (!html_has_tag(html)) add_lines(&c, html), html.n = 0;
	while (html_next(&html, &t)) {
		if (t.kind == HTML_TEXT)
			add_text(&c, t.text);
		else if (t.kind == HTML_CLOSE)
			close_tag(&c, &t);
		else if (no_text_within(t.name))
			html_skip_element(&html, t.name);
		else
			open_tag(&c, &t);
	}
	close_to(&c, 0);
	if (!c.content && !out->overflow) out->n = start;
}

void richtext_plain(struct str clean, struct sb *out) {
	struct html_token t;
	bool gap = false;
	while (html_next(&clean, &t)) {
		const struct element *e = t.kind == HTML_TEXT ? NULL : element_of(t.name);
		if (e && e->kind != INLINE) gap = true;
		if (t.kind != HTML_TEXT) continue;
		if (gap && out->n) sb_char(out, '\n');
		gap = false;
		while (t.text.n) sb_code_point(out, html_character(&t.text));
	}
}
