/* rebind.h -- a write that was meant for an app version which has been replaced meanwhile is carried over to the new one:
 * its form and fields by their ids. Problems: NOT_FOUND when the form is gone, CONFLICT app_changed when a given field is. */
#ifndef TENON_FORM_REBIND_H
#define TENON_FORM_REBIND_H

#include "engines/form/record_write.h"

/* rq->app becomes the current one. Does nothing while the app is the same. */
struct problem *write_rebind(struct request *rq, struct store *s, struct write *w, size_t n) MUST_CHECK;

#endif
