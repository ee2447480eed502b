/* encoding.h -- bytes of a text file in, UTF-8 out, in pieces of any size. Without a named encoding the bytes are taken
 * for UTF-8 until one is not; then everything from the start is read again as GB18030 (the superset of GBK and GB2312), which is
 * why the reader must be able to start over: encoding_detect looks at a file before it is read.
 * Errors: MALFORMED encoding_unknown, encoding_bytes (parameter offset). */
#ifndef TENON_FORM_ENCODING_H
#define TENON_FORM_ENCODING_H

#include "runtime/base/problem.h"

/* "utf-8" or "gb18030", from the whole file's bytes (a descriptor at any place; left at the start). */
struct problem *encoding_detect(struct arena *a, int fd, const char **name) MUST_CHECK;

struct decoder;
struct problem *decoder_new(struct arena *a, const char *name, struct decoder **out) MUST_CHECK; /* names as iconv knows them */
/* Calls take with valid UTF-8. last: the end of the input, a cut character is an error then. */
struct problem *decoder_push(struct decoder *d, const char *bytes, size_t n, bool last,
	struct problem *(*take)(void *arg, const char *text, size_t n), void *arg) MUST_CHECK;

#endif
