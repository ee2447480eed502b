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

struct scope_place {
	const struct form *form;
	const char *alias;
	enum action action;
};

static const char *qualified(struct select_builder *b, const char *alias, const char *column) {
	return arena_printf(b->arena, "%s.\"%s\"", alias, column);
}

/* ... or I collaborate on it, with enough for the action, until today at least. */
void select_shared(struct select_builder *b, const struct form *form, const char *alias,
		   enum collaboration least, struct sb *out) {
	size_t n;
	const struct str *me = request_principals(b->rq, &n);
	if (!n) { /* the system is nobody */
		sb_cat(out, "1 = 0");
		return;
	}
	sb_printf(out,
		  "%s.\"id\" IN (SELECT s.record FROM sys_collaborator s WHERE s.app = ", alias);
	select_bind_text(b, str_of(form->app->name), out);
	sb_cat(out, " AND s.form = ");
	select_bind_text(b, str_of(form->id), out);
	sb_cat(out, " AND s.who IN (");
	for (size_t i = 0; i < n; i++) {
		if (i) sb_cat(out, ", ");
		select_bind_text(b, me[i], out);
	}
	sb_printf(out, ")%s AND (s.until IS NULL OR s.until >= ",
		  least == COLLABORATION_EDIT ? " AND s.may_edit = 1" : "");
	select_bind_int(b, zone_day(form->app->zone, b->rq->now_us), out);
	sb_cat(out, "))");
}

static void is_mine(struct select_builder *b, const struct scope_place *at, struct sb *out) {
	const struct form *form = at->form;
	enum collaboration least = access_collaboration(at->action);
	sb_printf(out, "%s.\"owner\" = ", at->alias);
	select_bind_int(b, b->rq->actor->id, out);
	if (!least || !directory_shared(b->rq->directory, form->app->name, form->id)) return;
	sb_cat(out, " OR ");
	select_shared(b, form, at->alias, least, out);
}

static void owner_below_me(struct select_builder *b, const struct scope_place *at, struct sb *out) {
	const struct directory *d = b->rq->directory;
	int64_t *ids = arena_array(b->arena, d->user_count + 1, sizeof *ids);
	size_t n = 0;
	is_mine(b, at, out);
	for (size_t i = 0; i < d->user_count; i++)
		if (directory_subordinate(&d->users[i], b->rq->actor)) ids[n++] = d->users[i].id;
	if (!n) return;
	sb_cat(out, " OR ");
	select_in(b, qualified(b, at->alias, "owner"), ids, n, out);
}

static void in_depts(struct select_builder *b, const struct scope_place *at, const int64_t *ids,
		     size_t n, struct sb *out) {
	is_mine(b, at, out);
	if (!n) return;
	sb_cat(out, " OR ");
	select_in(b, qualified(b, at->alias, "dept"), ids, n, out);
}

static void in_my_dept(struct select_builder *b, const struct scope_place *at, struct sb *out) {
	const struct user *me = b->rq->actor;
	int64_t *ids = arena_array(b->arena, me->also_count + 2, sizeof *ids);
	const struct dept *d;
	size_t n = 0;
	for (; (d = directory_dept_of(me, n)); n++) ids[n] = d->id;
	in_depts(b, at, ids, n, out);
}

static void in_my_tree(struct select_builder *b, const struct scope_place *at, struct sb *out) {
	const struct directory *d = b->rq->directory;
	int64_t *ids = arena_array(b->arena, d->dept_count + 1, sizeof *ids);
	size_t n = 0;
	for (size_t i = 0; i < d->dept_count; i++)
		if (directory_above(b->rq->actor, &d->depts[i])) ids[n++] = d->depts[i].id;
	in_depts(b, at, ids, n, out);
}

static void (*const scopes[])(struct select_builder *b, const struct scope_place *at,
			      struct sb *out) = {
	[SCOPE_OWN] = is_mine,
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
		scopes[scope](b, &(struct scope_place){ form, alias, action }, out);
		sb_cat(out, g->where ? ") AND " : ")");
	}
	if (!g->where) return NULL;
	const struct select_place place = { b, form, alias, SELECT_SYSTEM, NULL };
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
