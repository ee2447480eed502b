/* saved_view.h -- a view that a person keeps: the keys of a form's own views (shape "view"), judged by his rights.
 * Shape:    {"view", "label", "kind", "columns", "filter", "sort", "group", "sum", "date", "start", "end", "color", "parent",
 *           "title"}; fields and expressions as in a list (query.h), so that a hidden field and an unknown one answer alike.
 * Problems: store none; what is wrong goes to the faults, at its pointer. */
#ifndef TENON_MODEL_SAVED_VIEW_H
#define TENON_MODEL_SAVED_VIEW_H

#include "runtime/model/query.h"

enum { SAVED_VIEW_NAME_MAX = 60, SAVED_VIEW_LIST_MAX = 100 };
/* MALFORMED for keys that no view has; body may also hold the blank-separated keys of `also`. */
struct problem *saved_view_check(struct request *rq, const struct form *form, const struct json *body, const char *also,
	struct faults *f) MUST_CHECK;
/* The members of a stored view into an open object; keys and list entries that hold no more are left out, "lost" names the keys. */
void saved_view_json(struct jw *w, struct request *rq, const struct form *form, const struct json *stored);

#endif
