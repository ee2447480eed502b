/* catalogue.h -- every text people read, in zh-CN and en, by code; server and browser share it.
 * The rows live in catalogue.tbl, sorted by room: TEXT("too_long", "最多 {max} 个字", "At most {max} characters").
 * {name} is replaced by the parameter of that name; an unknown one is left out. */
#ifndef TENON_BASE_CATALOGUE_H
#define TENON_BASE_CATALOGUE_H

#include "runtime/base/problem.h"

enum language { LANGUAGE_ZH, LANGUAGE_EN };
enum { LANGUAGES = LANGUAGE_EN + 1 };
enum language language_of(struct str accept_language); /* RFC 9110 Accept-Language; default zh */

struct text_row { const char *code, *zh, *en; };
const struct text_row *catalogue_find(const char *code);   /* NULL: unknown code (a test forbids it) */
const struct text_row *catalogue_rows(size_t *count);
const char *catalogue_text(struct arena *a, enum language language, const char *code, const struct param *params, size_t count);
const char *problem_text(struct arena *a, enum language language, const struct problem *p);
const char *fault_text(struct arena *a, enum language language, const struct fault *f);

struct label { const char *zh, *en; };                     /* either may be NULL: the other serves */
const char *label_text(const struct label *l, enum language language); /* never NULL: "" when both are */

#endif
