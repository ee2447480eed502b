/* naive_rights.h -- who reads what, the simplest way: grants only as definitions.md words them, records walked in memory,
 * expressions evaluated in C. Written without a look at permission_query; prop_permission.c compares the two. */
#ifndef TENON_TESTS_NAIVE_RIGHTS_H
#define TENON_TESTS_NAIVE_RIGHTS_H

#include "runtime/model/permission.h"
#include "tests/property/rights_world.h"

struct viewer {
	struct world *w;
	struct request *rq;
};
struct expected {
	const struct record *rows[DEALS];
	size_t n;
};

enum need { NEED_ALWAYS, NEED_SEEN, NEED_FOLLOWED };

/* Place of the first field on the path that may not be named, or its length. */
size_t naive_refused(const struct viewer *v, const struct expr_path *path, bool filters);
bool naive_allowed(const struct viewer *v, const struct field *f, enum need need);
size_t naive_grants(const struct viewer *v, const struct form *form, const struct role_grant **out); /* those that read anything of it */
bool naive_sees(struct viewer *v, const struct record *r);
/* v NULL: with the system's eyes. */
struct value naive_value(struct world *w, struct viewer *v, struct arena *a, const struct record *r, const struct expr_path *path);
/* What the reader gets at the end of a path, and what it is worth. */
struct value naive_shown(struct viewer *v, const struct record *r, const struct field *const *fields, size_t length, unsigned *right);
struct expected naive_list(struct viewer *v, const struct query *q, const struct expr *filter, const struct expr_paths *paths);

#endif
