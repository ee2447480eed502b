/* notify.h -- a record that somebody else hands to you is told to you, in the write's own transaction. */
#ifndef TENON_FORM_NOTIFY_H
#define TENON_FORM_NOTIFY_H

#include "engines/form/write.h"

/* old NULL: created. On the writer. */
struct problem *notify_owner(struct prepared *p, const struct record *old, const struct record *now) MUST_CHECK;

#endif
