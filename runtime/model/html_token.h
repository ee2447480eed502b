/* html_token.h -- HTML as a row of tokens: tags, text, nothing else. Every input has a reading. */
#ifndef TENON_MODEL_HTML_TOKEN_H
#define TENON_MODEL_HTML_TOKEN_H

#include "runtime/base/str.h"

enum { HTML_NAME_MAX = 16 };
struct html_token {
	enum { HTML_TEXT, HTML_OPEN, HTML_CLOSE } kind;
	char name[HTML_NAME_MAX]; /* lower case; "" when longer than any name of ours */
	struct str text;          /* text as written, or the tag's attributes as written */
};

bool html_has_tag(struct str text);
bool html_next(struct str *rest, struct html_token *out);             /* false: the end */
void html_skip_element(struct str *rest, const char *name);           /* up to and over </name> */
bool html_attribute(struct str attributes, const char *name, struct str *out); /* as written */
uint32_t html_character(struct str *text);                            /* the next one; references decoded */

#endif
