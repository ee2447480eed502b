/* xml.h -- XML into a small tree, for documents nobody vouches for.
 *  1. A document type (DOCTYPE) is refused at its first byte, and with it every entity but the five of XML itself: nothing
 *     is ever expanded, fetched or read from outside.
 *  2. Size, depth, elements and attributes have hard limits (xml_limits): the time and memory of a document are bounded.
 *  3. Namespaces are resolved; a prefix never matters.
 * Ownership: the tree lives in the arena. Errors: bpmn_xml (not well formed), bpmn_doctype, bpmn_too_large. */
#ifndef TENON_BPMN_XML_H
#define TENON_BPMN_XML_H

#include "runtime/base/problem.h"

struct xml_attribute { const char *space, *name, *value; };   /* space "" when it has none */
struct xml {
	const char *space, *name;                            /* namespace URI ("" when none), local name */
	const struct xml_attribute *attributes; size_t n;
	const struct xml *parent, *first, *next;
	const char *text;                                    /* of its own, between and around the children */
	unsigned line;
};
struct xml_limits { size_t bytes, depth, elements, attributes; };
extern const struct xml_limits xml_limits;

struct problem *xml_parse(struct arena *a, struct str text, const struct xml **root) MUST_CHECK;
const char *xml_get(const struct xml *e, const char *name);                       /* an attribute without namespace; NULL: none */
bool xml_is(const struct xml *e, const char *space, const char *name);
const struct xml *xml_child(const struct xml *e, const char *space, const char *name);   /* the first; NULL: none */

void xml_escape(struct sb *out, const char *text);           /* for text and attributes; what XML forbids becomes U+FFFD */

#endif
