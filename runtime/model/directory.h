/* directory.h -- people: an immutable, reference-counted snapshot of users, departments, roles, taken at one epoch.
 * The store loads a new one when the epoch it reads with the data differs; a request keeps the one it began with.
 * Source: architecture.md section 5 (rights epoch). */
#ifndef TENON_MODEL_DIRECTORY_H
#define TENON_MODEL_DIRECTORY_H

#include <stdatomic.h>
#include "runtime/base/catalogue.h"
#include "runtime/expr/expr.h"

struct user_role { const char *app, *role; };
struct user {
	int32_t id;                          /* code in columns */
	const char *login, *label, *email;
	struct label name;
	bool active, admin;                  /* admin: the system role, everything in every app */
	const struct dept *dept;
	const struct user *superior;
	const struct user_role *roles; size_t role_count;
	enum language language;
};
struct dept { int32_t id; const char *name; struct label label; const struct dept *parent; const struct user *head; bool active; int64_t position; /* among its siblings */ };
struct directory {
	struct arena *arena;
	atomic_int references;
	int64_t epoch;
	struct user *users; size_t user_count;     /* sorted by login */
	struct dept *depts; size_t dept_count;     /* sorted by name */
	const struct user **users_by_id; const struct dept **depts_by_id; /* sorted by id */
};
struct directory *directory_retain(struct directory *d);
void directory_release(struct directory *d);
const struct user *directory_user(const struct directory *d, struct str login);
const struct user *directory_user_id(const struct directory *d, int32_t id);
const struct dept *directory_dept(const struct directory *d, struct str name);
const struct dept *directory_dept_id(const struct directory *d, int32_t id);
const struct user *directory_superior(const struct user *u);        /* named superior, else head of the department (of the parent when he is it) */
bool directory_within(const struct dept *d, const struct dept *top); /* d is top or below it */
bool directory_subordinate(const struct user *u, const struct user *of); /* directly or through others; loops end */
bool directory_has_role(const struct user *u, const char *app, struct str role);
const char *directory_label(const struct user *u);                /* label, else login */
/* People as expressions ask for them; has_role(u, 'sales') means that role of `app`. d NULL: nobody is known. */
const struct expr_directory *directory_for_expr(struct arena *a, const struct directory *d, const char *app);

#endif
