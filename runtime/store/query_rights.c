/* query_rights.c -- grants as SQL conditions: scope and where of each, the union of all. The same
 * rules in C stand in permission.c (grant_covers); a property test holds both equal. */
#include "runtime/store/query_sql.h"

size_t select_grants(struct arena *a, const struct access *ac, enum action action,
		     const struct role_grant ***out) {
	const struct role_grant **grants = arena_array(a, ac->grant_count + 1, sizeof *grants);
	size_t n = 0;
	for (size_t i = 0; i < ac->grant_count; i++)
		if (grant_scope(ac->grants[i], action) != SCOPE_NONE) grants[n++] = ac->grants[i];
	*out = grants;
	return n;
}

/* ---- scopes ---- */

static const char *qualified(struct select_builder *b, const char *alias, const char *column) {
	return arena_printf(b->arena, "%s.\"%s\"", alias, column);
}

static void owner_is_me(struct select_builder *b, const char *alias, struct sb *out) {
	sb_printf(out, "%s.\"owner\" = ", alias);
	select_bind_int(b, b->rq->actor->id, out);
}

static void owner_below_me(struct select_builder *b, const char *alias, struct sb *out) {
	const struct directory *d = b->rq->directory;
	int64_t *ids = arena_array(b->arena, d->user_count + 1, sizeof *ids);
	size_t n = 0;
	ids[n++] = b->rq->actor->id;
	for (size_t i = 0; i < d->user_count; i++)
		if (directory_subordinate(&d->users[i], b->rq->actor)) ids[n++] = d->users[i].id;
	select_in(b, qualified(b, alias, "owner"), ids, n, out);
}

static void in_my_dept(struct select_builder *b, const char *alias, struct sb *out) {
	owner_is_me(b, alias, out);
	if (!b->rq->actor->dept) return;
	sb_printf(out, " OR %s.\"dept\" = ", alias);
	select_bind_int(b, b->rq->actor->dept->id, out);
}

static void in_my_tree(struct select_builder *b, const char *alias, struct sb *out) {
	const struct directory *d = b->rq->directory;
	int64_t *ids = arena_array(b->arena, d->dept_count + 1, sizeof *ids);
	size_t n = 0;
	for (size_t i = 0; b->rq->actor->dept && i < d->dept_count; i++)
		if (directory_within(&d->depts[i], b->rq->actor->dept)) ids[n++] = d->depts[i].id;
	owner_is_me(b, alias, out);
	if (!n) return;
	sb_cat(out, " OR ");
	select_in(b, qualified(b, alias, "dept"), ids, n, out);
}

static void (*const scopes[])(struct select_builder *b, const char *alias, struct sb *out) = {
	[SCOPE_OWN] = owner_is_me,
	[SCOPE_SUBORDINATES] = owner_below_me,
	[SCOPE_DEPT] = in_my_dept,
	[SCOPE_DEPT_TREE] = in_my_tree,
};

struct problem *select_grant(struct select_builder *b, const struct role_grant *g,
			     enum action action, const struct form *form, const char *alias,
			     struct sb *out) {
	enum scope scope = grant_scope(g, action);
	if (scope == SCOPE_ALL && !g->where) sb_cat(out, "1 = 1");
	if (scope != SCOPE_ALL) {
		sb_char(out, '(');
		scopes[scope](b, alias, out);
		sb_cat(out, g->where ? ") AND " : ")");
	}
	if (!g->where) return NULL;
	const struct select_place place = { b, form, alias, SELECT_SYSTEM };
	sb_char(out, '(');
	TRY(select_expr(&place, g->where, &form->paths, out));
	sb_char(out, ')');
	return NULL;
}

struct problem *select_access(struct select_builder *b, const struct access *ac, enum action action,
			      const char *alias, struct sb *out) {
	const struct role_grant **grants;
	size_t n = select_grants(b->arena, ac, action, &grants);
	if (ac->everything) return NULL;
	for (size_t i = 0; i < n; i++)
		if (grant_scope(grants[i], action) == SCOPE_ALL && !grants[i]->where) return NULL;
	if (!n) sb_cat(out, "1 = 0");
	for (size_t i = 0; i < n; i++) {
		sb_cat(out, i ? " OR (" : n > 1 ? "(" : "");
		TRY(select_grant(b, grants[i], action, ac->form, alias, out));
		sb_cat(out, n > 1 ? ")" : "");
	}
	return NULL;
}
