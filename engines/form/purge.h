/* purge.h -- deleted records whose time in the recycle bin is over go for good, with their rows, comments and history. What an
 * approval has written about them stays, and so does the audit trail, and so do uploaded files (they are kept by their content; another
 * record may name the same). */
#ifndef TENON_FORM_PURGE_H
#define TENON_FORM_PURGE_H

#include "runtime/model/app.h"
#include "runtime/store/writer.h"

/* Of those deleted before that moment at most so many; *gone counts them. What is gone stays gone, and goes from other forms, when one fails. */
struct problem *records_purge(struct store *s, struct arena *a, const struct app *app, int64_t before_us, int64_t limit,
	int64_t *gone) MUST_CHECK;

#endif
