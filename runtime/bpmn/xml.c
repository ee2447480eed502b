#include "runtime/bpmn/xml.h"

#include <expat.h>
#include <stdlib.h>

const struct xml_limits xml_limits = {
	.bytes = 8 << 20, .depth = 100, .elements = 200000, .attributes = 200
};

/* Expat joins namespace and local name with this; no URI and no name can hold it. */
enum { SEPARATOR = '\n', TEXT_MAX = 1 << 20 };

struct building {
	struct arena *a;
	XML_Parser parser;
	struct open {
		struct xml *element, *last;
		struct sb text;
	} open[101];
	size_t depth, elements;
	struct xml *root;
	struct problem *problem;
};

static void stop(struct building *b, struct problem *p) {
	if (!b->problem) b->problem = p;
	XML_StopParser(b->parser, XML_FALSE);
}

static const char *line_text(struct building *b) {
	return arena_printf(b->a, "%lu", (unsigned long)XML_GetCurrentLineNumber(b->parser));
}

static void too_large(struct building *b, const char *what, size_t max) {
	stop(b, PROBLEM(b->a, TOO_LARGE, "bpmn_too_large", "what", what, "max",
			arena_printf(b->a, "%zu", max), "line", line_text(b)));
}

static void split(struct arena *a, const char *full, const char **space, const char **name) {
	const char *at = strrchr(full, SEPARATOR);
	*space = at ? arena_copy(a, full, (size_t)(at - full)) : "";
	*name = arena_strdup(a, at ? at + 1 : full);
}

static void attributes(struct building *b, struct xml *e, const char **given) {
	while (given[2 * e->n]) e->n++;
	if (e->n > xml_limits.attributes) {
		too_large(b, "attributes", xml_limits.attributes);
		e->n = 0;
	}
	struct xml_attribute *all = arena_array(b->a, e->n, sizeof *all);
	for (size_t i = 0; i < e->n; i++) {
		split(b->a, given[2 * i], &all[i].space, &all[i].name);
		all[i].value = arena_strdup(b->a, given[2 * i + 1]);
	}
	e->attributes = all;
}

static void hang(struct building *b, struct xml *e) {
	struct open *parent = b->depth ? &b->open[b->depth - 1] : NULL;
	if (!parent) {
		b->root = e;
		return;
	}
	e->parent = parent->element;
	if (parent->last)
		parent->last->next = e;
	else
		parent->element->first = e;
	parent->last = e;
}

static void XMLCALL on_start(void *user, const char *name, const char **given) {
	struct building *b = user;
	if (b->problem) return;
	if (b->depth == xml_limits.depth) {
		too_large(b, "levels", xml_limits.depth);
		return;
	}
	if (b->elements++ == xml_limits.elements) {
		too_large(b, "elements", xml_limits.elements);
		return;
	}
	struct xml *e = arena_alloc(b->a, sizeof *e);
	split(b->a, name, &e->space, &e->name);
	e->line = (unsigned)XML_GetCurrentLineNumber(b->parser);
	attributes(b, e, given);
	hang(b, e);
	b->open[b->depth++] = (struct open){ .element = e, .text = sb_on(b->a, TEXT_MAX) };
}

static void XMLCALL on_end(void *user, const char *name) {
	struct building *b = user;
	(void)name;
	if (b->problem || !b->depth) return;
	struct open *o = &b->open[--b->depth];
	if (o->text.overflow) too_large(b, "bytes of text", TEXT_MAX);
	o->element->text = arena_strdup(b->a, sb_cstr(&o->text));
}

static void XMLCALL on_text(void *user, const char *text, int n) {
	struct building *b = user;
	if (!b->problem && b->depth) sb_bytes(&b->open[b->depth - 1].text, text, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
			       int internal) {
	struct building *b = user;
	(void)name, (void)system, (void)public, (void)internal;
	stop(b, PROBLEM(b->a, MALFORMED, "bpmn_doctype", "line", line_text(b)));
}

static struct problem *not_well_formed(struct building *b) {
	enum XML_Error code = XML_GetErrorCode(b->parser);
	return PROBLEM(
		b->a, MALFORMED, "bpmn_xml", "line", line_text(b), "column",
		arena_printf(b->a, "%lu", (unsigned long)XML_GetCurrentColumnNumber(b->parser) + 1),
		"reason", XML_ErrorString(code));
}

struct problem *xml_parse(struct arena *a, struct str text, const struct xml **root) {
	struct building *b = arena_alloc(a, sizeof *b);
	*root = NULL;
	if (text.n > xml_limits.bytes)
		return PROBLEM(a, TOO_LARGE, "bpmn_too_large", "what", "bytes", "max",
			       arena_printf(a, "%zu", xml_limits.bytes), "line", "1");
	b->a = a;
	b->parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (!b->parser) abort();
	XML_SetUserData(b->parser, b);
	XML_SetElementHandler(b->parser, on_start, on_end);
	XML_SetCharacterDataHandler(b->parser, on_text);
	XML_SetStartDoctypeDeclHandler(b->parser, on_doctype);
	enum XML_Status status = XML_Parse(b->parser, text.n ? text.p : "", (int)text.n, XML_TRUE);
	if (status != XML_STATUS_OK && !b->problem) b->problem = not_well_formed(b);
	XML_ParserFree(b->parser);
	if (!b->problem) *root = b->root;
	return b->problem;
}

const char *xml_get(const struct xml *e, const char *name) {
	for (size_t i = 0; i < e->n; i++)
		if (!*e->attributes[i].space && !strcmp(e->attributes[i].name, name))
			return e->attributes[i].value;
	return NULL;
}

bool xml_is(const struct xml *e, const char *space, const char *name) {
	return !strcmp(e->space, space) && !strcmp(e->name, name);
}

const struct xml *xml_child(const struct xml *e, const char *space, const char *name) {
	for (const struct xml *c = e->first; c; c = c->next)
		if (xml_is(c, space, name)) return c;
	return NULL;
}

static void escape_one(struct sb *out, uint32_t cp) {
	static const char *const named[] = {
		['<'] = "&lt;",   ['>'] = "&gt;",  ['&'] = "&amp;", ['"'] = "&quot;",
		['\n'] = "&#10;", ['\t'] = "&#9;", ['\r'] = "&#13;"
	};
	if (cp < ARRAY_LEN(named) && named[cp])
		sb_cat(out, named[cp]);
	else
		sb_code_point(out, cp < 32 || cp == 0xfffe || cp == 0xffff ? 0xfffd : cp);
}

void xml_escape(struct sb *out, const char *text) {
	struct str rest = str_of(text);
	while (rest.n) {
		size_t n = utf8_sequence(rest.p, rest.n);
		if (n) {
			escape_one(out, utf8_next(&rest));
		} else {
			sb_code_point(out, 0xfffd);
			rest = (struct str){ rest.p + 1, rest.n - 1 };
		}
	}
}
