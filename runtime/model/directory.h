/* directory.h -- people: an immutable, reference-counted snapshot of users, departments, roles, taken at one epoch.
 * The store loads a new one when the epoch it reads with the data differs; a request keeps the one it began with.
 * Source: architecture.md section 5 (rights epoch). */
#ifndef TENON_MODEL_DIRECTORY_H
#define TENON_MODEL_DIRECTORY_H

#include <stdatomic.h>
#include "runtime/base/catalogue.h"
#include "runtime/expr/expr.h"

struct user_role { const char *app, *role; };
/* A form of which any record has a collaborator: form is its id. */
struct shared_form { const char *app, *form; };
struct user {
	int32_t id;                          /* code in columns */
	const char *login, *label, *email;
	struct label name;
	bool active, admin;                  /* admin: the system role, everything in every app */
	const struct dept *dept;             /* the main one: superiors follow from it, records get it */
	const struct dept **also; size_t also_count;             /* the others, sorted by id */
	const char **administers; size_t administers_count;      /* apps (decision 0016) */
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
	struct shared_form *shared; size_t shared_count;
};
struct directory *directory_retain(struct directory *d);
void directory_release(struct directory *d);
const struct user *directory_user(const struct directory *d, struct str login);
const struct user *directory_user_id(const struct directory *d, int32_t id);
const struct dept *directory_dept(const struct directory *d, struct str name);
const struct dept *directory_dept_id(const struct directory *d, int32_t id);
/* All departments of a user, the main one first: for i = 0, 1, ... until NULL. */
const struct dept *directory_dept_of(const struct user *u, size_t i);
bool directory_in_dept(const struct user *u, const struct dept *d);    /* one of his is d */
bool directory_below(const struct user *u, const struct dept *top);    /* one of his is top or below it */
bool directory_above(const struct user *u, const struct dept *d);      /* d is one of his or below one */
/* May any record of this form (its id) have collaborators? False saves asking the store. */
bool directory_shared(const struct directory *d, const char *app, const char *form);
bool directory_administers(const struct user *u, const char *app);     /* as an administrator of this app, or of everything */
const struct user *directory_superior(const struct user *u);        /* named superior, else head of the department (of the parent when he is it) */
bool directory_within(const struct dept *d, const struct dept *top); /* d is top or below it */
bool directory_subordinate(const struct user *u, const struct user *of); /* directly or through others; loops end */
bool directory_has_role(const struct user *u, const char *app, struct str role);
const char *directory_label(const struct user *u);                /* label, else login */
/* People as expressions ask for them; has_role(u, 'sales') means that role of `app`. d NULL: nobody is known. */
const struct expr_directory *directory_for_expr(struct arena *a, const struct directory *d, const char *app);

#endif
