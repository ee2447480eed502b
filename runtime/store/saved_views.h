/* saved_views.h -- views that people keep: one's own (user > 0), or shared with everybody who may read the form (user 0).
 * Shape: table sys_view; form is the form's id. Threads: view_save and view_delete on the writer. Problems: store problems. */
#ifndef TENON_STORE_SAVED_VIEWS_H
#define TENON_STORE_SAVED_VIEWS_H

#include "runtime/store/store.h"

enum { SAVED_VIEWS_MAX = 200 };
struct saved_view { const char *app, *form; int32_t user; struct str name, body; };
/* *fresh: there was none of that name; *full: the person has SAVED_VIEWS_MAX of this form, nothing was written. */
struct problem *view_save(struct tx *tx, const struct saved_view *v, int64_t at_us, bool *fresh, bool *full) MUST_CHECK;
struct problem *view_delete(struct tx *tx, const struct saved_view *v, bool *found) MUST_CHECK;
/* His own and the shared ones, by name. */
struct problem *view_list(struct tx *tx, const char *app, const char *form, int32_t user, struct saved_view **out, size_t *n) MUST_CHECK;

#endif
