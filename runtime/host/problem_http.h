/* problem_http.h -- the one writer of application/problem+json (RFC 9457) and of an exchange's answer head. */
#ifndef TENON_HOST_PROBLEM_HTTP_H
#define TENON_HOST_PROBLEM_HTTP_H

#include "runtime/base/catalogue.h"
#include "runtime/host/http.h"
#include "runtime/model/field_type.h"

/* Fills status, content type and body; what the answer held before is dropped. codec may be NULL (no STALE extra then). */
void answer_problem(struct exchange *x, enum language language, const struct codec *codec, const struct problem *p);
void problem_json(struct jw *w, enum language language, const struct codec *codec, const struct problem *p, const char *instance);
/* The same without the braces, for answers that say more. */
void problem_members(struct jw *w, enum language language, const struct codec *codec, const struct problem *p, const char *instance);
/* The member `key`: pointer, code, words and parameters of each, for "errors" and "warnings". */
void faults_json(struct jw *w, struct arena *a, enum language language, const char *key, const struct fault *first);
void answer_json(struct exchange *x, int status);    /* the body is in x->answer */
void answer_headers(struct exchange *x);             /* security headers of every answer */

#endif
