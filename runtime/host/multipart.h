/* multipart.h -- multipart/form-data (RFC 7578, RFC 2046 5.1), pushed in pieces of any size; parts are handed on as they
 * come, nothing is kept but a possible beginning of a boundary. Our own: the library's helper had two CVEs.
 * Limits: 64 parts, 8 KiB of headers a part, names of 200 bytes, boundary 1..70 bytes of bchars.
 * Errors: MALFORMED multipart_* . Ownership: name and filename live in the arena. */
#ifndef TENON_HOST_MULTIPART_H
#define TENON_HOST_MULTIPART_H

#include "runtime/base/problem.h"

struct part { struct str name, filename, type; };  /* filename empty: an ordinary field; path parts are cut off it */
struct multipart_sink {
	struct problem *(*begin)(void *arg, const struct part *part);
	struct problem *(*data)(void *arg, const char *bytes, size_t n);
	struct problem *(*end)(void *arg);
	void *arg;
};
struct multipart;
struct problem *multipart_new(struct arena *a, struct str content_type, const struct multipart_sink *sink, struct multipart **out) MUST_CHECK;
struct problem *multipart_push(struct multipart *m, const char *bytes, size_t n) MUST_CHECK;
struct problem *multipart_end(struct multipart *m) MUST_CHECK;   /* MALFORMED when the closing boundary has not come */

#endif
