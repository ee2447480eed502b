/* docs.h -- the reference for app authors, written from the tables the program itself runs on:
 * docs/definitions/TOPIC.md and `tenon help TOPIC`. A test keeps the files equal to what this
 * writes. Markdown, both languages side by side. */
#ifndef TENON_MODEL_DOCS_H
#define TENON_MODEL_DOCS_H

#include "runtime/base/str.h"

bool docs_write(struct sb *out, struct str topic); /* false: no such topic */
const char *docs_topic(size_t index);                /* NULL: past the end */
struct str docs_similar(struct str topic); /* "did you mean"; empty: nothing near */

#endif
