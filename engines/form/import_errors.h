/* import_errors.h -- the file of the rows an import refused: the row as it was, the reason in a last column. Nobody outside
 * engines/form includes it.
 * A process that goes on with another's import cuts the file to what `bytes` was when its lines were settled. */
#ifndef TENON_FORM_IMPORT_ERRORS_H
#define TENON_FORM_IMPORT_ERRORS_H

#include "runtime/base/problem.h"
#include "runtime/base/str.h"

struct import_errors {
	int fd;                          /* -1: nobody wants it */
	size_t columns;                  /* of the file, by its header; a longer row keeps its cells: it is wrong because of them */
	size_t shown;                    /* of these, the ones written: not a reason of an earlier time */
	struct sb text;                  /* not yet written */
	int64_t bytes;                   /* written */
};
void import_errors_line(struct import_errors *e, const struct str *cells, size_t n, const char *last);
struct problem *import_errors_flush(struct import_errors *e, struct arena *a) MUST_CHECK; /* on the disk when it returns */

#endif
