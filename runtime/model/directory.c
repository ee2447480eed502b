/* directory.c -- look-ups in a snapshot of people. Chains of superiors and of departments come from
 * data people type, so every walk is bounded by DIRECTORY_DEPTH: a loop ends there instead of
 * hanging a request. */
#include "runtime/model/directory.h"

#include <stdlib.h>

enum { DIRECTORY_DEPTH = 64 };

struct directory *directory_retain(struct directory *d) {
	atomic_fetch_add_explicit(&d->references, 1, memory_order_relaxed);
	return d;
}

void directory_release(struct directory *d) {
	if (d && atomic_fetch_sub_explicit(&d->references, 1, memory_order_acq_rel) == 1)
		arena_free(d->arena);
}

static int compare_login(const void *key, const void *item) {
	return str_cmp(*(const struct str *)key, str_of(((const struct user *)item)->login));
}

static int compare_dept(const void *key, const void *item) {
	return str_cmp(*(const struct str *)key, str_of(((const struct dept *)item)->name));
}

static int compare_user_id(const void *key, const void *item) {
	int32_t a = *(const int32_t *)key, b = (*(const struct user *const *)item)->id;
	return (a > b) - (a < b);
}

static int compare_dept_id(const void *key, const void *item) {
	int32_t a = *(const int32_t *)key, b = (*(const struct dept *const *)item)->id;
	return (a > b) - (a < b);
}

const struct user *directory_user(const struct directory *d, struct str login) {
	if (!d || !d->user_count) return NULL;
	return bsearch(&login, d->users, d->user_count, sizeof *d->users, compare_login);
}

const struct dept *directory_dept(const struct directory *d, struct str name) {
	if (!d || !d->dept_count) return NULL;
	return bsearch(&name, d->depts, d->dept_count, sizeof *d->depts, compare_dept);
}

const struct user *directory_user_id(const struct directory *d, int32_t id) {
	if (!d || !d->user_count) return NULL;
	const struct user *const *at = bsearch(&id, d->users_by_id, d->user_count,
					       sizeof *d->users_by_id, compare_user_id);
	return at ? *at : NULL;
}

const struct dept *directory_dept_id(const struct directory *d, int32_t id) {
	if (!d || !d->dept_count) return NULL;
	const struct dept *const *at = bsearch(&id, d->depts_by_id, d->dept_count,
					       sizeof *d->depts_by_id, compare_dept_id);
	return at ? *at : NULL;
}

const struct dept *directory_dept_of(const struct user *u, size_t i) {
	if (!u) return NULL;
	if (u->dept && i == 0) return u->dept;
	size_t at = u->dept ? i - 1 : i;
	return at < u->also_count ? u->also[at] : NULL;
}

bool directory_in_dept(const struct user *u, const struct dept *d) {
	const struct dept *mine;
	for (size_t i = 0; d && (mine = directory_dept_of(u, i)); i++)
		if (mine == d) return true;
	return false;
}

bool directory_below(const struct user *u, const struct dept *top) {
	const struct dept *mine;
	for (size_t i = 0; (mine = directory_dept_of(u, i)); i++)
		if (directory_within(mine, top)) return true;
	return false;
}

bool directory_above(const struct user *u, const struct dept *d) {
	const struct dept *mine;
	for (size_t i = 0; (mine = directory_dept_of(u, i)); i++)
		if (directory_within(d, mine)) return true;
	return false;
}

bool directory_shared(const struct directory *d, const char *app, const char *form) {
	for (size_t i = 0; d && i < d->shared_count; i++)
		if (strcmp(d->shared[i].form, form) == 0 && strcmp(d->shared[i].app, app) == 0)
			return true;
	return false;
}

bool directory_administers(const struct user *u, const char *app) {
	if (!u || !u->active) return false;
	if (u->admin) return true;
	for (size_t i = 0; i < u->administers_count; i++)
		if (strcmp(u->administers[i], app) == 0) return true;
	return false;
}

const struct user *directory_superior(const struct user *u) {
	if (!u) return NULL;
	if (u->superior) return u->superior;
	const struct dept *d = u->dept;
	for (int depth = 0; d && depth < DIRECTORY_DEPTH; d = d->parent, depth++)
		if (d->head && d->head != u) return d->head;
	return NULL;
}

bool directory_within(const struct dept *d, const struct dept *top) {
	for (int depth = 0; d && top && depth < DIRECTORY_DEPTH; d = d->parent, depth++)
		if (d == top) return true;
	return false;
}

bool directory_subordinate(const struct user *u, const struct user *of) {
	if (!u || !of || u == of) return false;
	const struct user *at = directory_superior(u);
	for (int depth = 0; at && depth < DIRECTORY_DEPTH; at = directory_superior(at), depth++)
		if (at == of) return true;
	return false;
}

bool directory_has_role(const struct user *u, const char *app, struct str role) {
	if (!u) return false;
	if (u->admin && str_is(role, "admin")) return true;
	for (size_t i = 0; i < u->role_count; i++)
		if (strcmp(u->roles[i].app, app) == 0 && str_is(role, u->roles[i].role))
			return true;
	return false;
}

/* ---- the same answers for expressions ---- */

struct people {
	const struct directory *directory;
	const char *app;
};

static const struct user *snapshot_user(const void *snapshot, struct str login) {
	return directory_user(((const struct people *)snapshot)->directory, login);
}

static struct str expr_superior(const void *snapshot, struct str login) {
	const struct user *superior = directory_superior(snapshot_user(snapshot, login));
	return superior ? str_of(superior->login) : STR("");
}

static struct str expr_dept_of(const void *snapshot, struct str login) {
	const struct user *u = snapshot_user(snapshot, login);
	return u && u->dept ? str_of(u->dept->name) : STR("");
}

static struct str expr_dept_head(const void *snapshot, struct str name) {
	const struct dept *d = directory_dept(((const struct people *)snapshot)->directory, name);
	return d && d->head ? str_of(d->head->login) : STR("");
}

static bool expr_has_role(const void *snapshot, struct str login, struct str role) {
	const struct people *people = snapshot;
	return directory_has_role(directory_user(people->directory, login), people->app, role);
}

static struct str expr_user_label(const void *snapshot, struct str login) {
	const struct user *u = snapshot_user(snapshot, login);
	return u ? str_of(directory_label(u)) : login;
}

const char *directory_label(const struct user *u) { return u->label && *u->label ? u->label : u->login; }

const struct expr_directory *directory_for_expr(struct arena *a, const struct directory *d,
						const char *app) {
	struct people *people = arena_alloc(a, sizeof *people);
	*people = (struct people){ d, app };
	struct expr_directory *out = arena_alloc(a, sizeof *out);
	*out = (struct expr_directory){ people,         expr_superior, expr_dept_of,
					expr_dept_head, expr_has_role, expr_user_label };
	return out;
}
