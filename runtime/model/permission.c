/* permission.c -- the union of an actor's grants on a form, and what it gives. The rewriting of
 * queries is in query.c, the SQL of row conditions in store/query_where.c; both ask here. */
#include "runtime/model/permission.h"

/* ---- one grant ---- */

const char *const field_right_names[] = { [RIGHT_HIDDEN] = "hidden",
					  [RIGHT_MASK] = "mask",
					  [RIGHT_READ] = "read",
					  [RIGHT_EDIT] = "edit" };

enum scope grant_scope(const struct role_grant *g, enum action action) {
	switch (action) {
	case ACTION_READ: return g->read;
	case ACTION_UPDATE: return g->update;
	case ACTION_DELETE: return g->delete_;
	case ACTION_CREATE: return g->create ? SCOPE_ALL : SCOPE_NONE;
	case ACTION_IMPORT: return g->import ? SCOPE_ALL : SCOPE_NONE;
	case ACTION_EXPORT: return g->export ? g->read : SCOPE_NONE;
	case ACTION_PRINT: return g->print ? g->read : SCOPE_NONE;
	}
	return SCOPE_NONE;
}

enum field_right grant_right(const struct role_grant *g, const struct field *f) {
	if (!f->form->parent) return (enum field_right)g->fields[f->index];
	const struct field *table = f->form->parent_field;
	uint8_t whole = g->fields[table->index];
	const uint8_t *rows = g->row_fields ? g->row_fields[table->index] : NULL;
	if (whole == RIGHT_HIDDEN || whole == RIGHT_MASK) return RIGHT_HIDDEN;
	return (enum field_right)(rows && rows[f->index] < whole ? rows[f->index] : whole);
}

static bool any_action(const struct role_grant *g) {
	return g->create || g->import || g->read || g->update || g->delete_;
}

enum collaboration access_collaboration(enum action action) {
	static const enum collaboration least[] = {
		[ACTION_READ] = COLLABORATION_READ,   [ACTION_CREATE] = COLLABORATION_NONE,
		[ACTION_UPDATE] = COLLABORATION_EDIT, [ACTION_DELETE] = COLLABORATION_NONE,
		[ACTION_IMPORT] = COLLABORATION_NONE, [ACTION_EXPORT] = COLLABORATION_READ,
		[ACTION_PRINT] = COLLABORATION_READ,
	};
	return least[action];
}

static bool is_mine(const struct request *rq, enum action action, const struct standing *r) {
	enum collaboration least = access_collaboration(action);
	return str_is(r->owner, rq->actor->login) || (least && r->shared >= least);
}

static bool scope_covers(const struct request *rq, const struct role_grant *g, enum action action,
			 const struct standing *r) {
	enum scope scope = grant_scope(g, action);
	if (scope == SCOPE_ALL) return true;
	if (scope == SCOPE_NONE) return false;
	if (is_mine(rq, action, r)) return true;
	if (scope == SCOPE_SUBORDINATES)
		return directory_subordinate(directory_user(rq->directory, r->owner), rq->actor);
	const struct dept *d = r->dept.n ? directory_dept(rq->directory, r->dept) : NULL;
	if (scope == SCOPE_DEPT) return directory_in_dept(rq->actor, d);
	return scope == SCOPE_DEPT_TREE && directory_above(rq->actor, d);
}

bool grant_covers(const struct request *rq, const struct role_grant *g, enum action action,
		  const struct standing *r) {
	if (!scope_covers(rq, g, action, r)) return false;
	if (!g->where) return true;
	struct expr_frame frame = request_frame(rq, r->slots);
	bool holds = false;
	/* A condition that cannot be computed gives nothing. */
	return !expr_test(rq->arena, g->where, &frame, &holds) && holds;
}

/* ---- the union ---- */

static const struct role *role_named(const struct app *app, const char *name) {
	return app_role(app, str_of(name));
}

static size_t add_role(const struct role *role, const struct form *form,
		       const struct role_grant **out) {
	size_t n = 0;
	for (size_t i = 0; role && i < role->grant_count; i++)
		if (role->grants[i].form == form && any_action(&role->grants[i]))
			out[n++] = &role->grants[i];
	return n;
}

static size_t grants_room(const struct request *rq) {
	size_t room = 0;
	for (size_t i = 0; i < rq->app->role_count; i++) room += rq->app->roles[i]->grant_count;
	return room;
}

static void collect(const struct request *rq, const struct form *form, struct access *out) {
	const struct user *me = rq->actor;
	const struct role_grant **grants =
		arena_array(rq->arena, grants_room(rq) + 1, sizeof *grants);
	for (size_t i = 0; me->active && i < me->role_count; i++)
		if (strcmp(me->roles[i].app, rq->app->name) == 0)
			out->grant_count += add_role(role_named(rq->app, me->roles[i].role), form,
						     grants + out->grant_count);
	out->grants = grants;
}

struct problem *access_of(const struct request *rq, const struct form *form, struct access *out) {
	const struct form *top = form->parent ? form->parent : form;
	*out = (struct access){ .request = rq, .form = form, .read_only = rq->scope.read_only };
	if (rq->scope.app && strcmp(rq->scope.app, rq->app->name) != 0)
		return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	if (request_is_admin(rq) || rq->lent == top)
		out->everything = true;
	else
		collect(rq, top, out);
	if (!out->everything && !out->grant_count)
		return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	return NULL;
}

static bool writes(enum action action) {
	return action == ACTION_CREATE || action == ACTION_UPDATE || action == ACTION_DELETE ||
	       action == ACTION_IMPORT;
}

bool access_app(const struct request *rq, const struct app *app) {
	struct request other = *rq;
	struct access ac;
	bool any = false;
	if (rq->scope.app && strcmp(rq->scope.app, app->name) != 0) return false;
	if (directory_administers(rq->actor, app->name) || request_is_admin(rq)) return true;
	other.app = app;
	for (size_t i = 0; i < app->form_count && !any; i++)
		any = !access_of(&other, app->forms[i], &ac);
	return any;
}

bool access_may(const struct access *ac, enum action action) {
	if (ac->read_only && writes(action)) return false;
	if (ac->everything) return true;
	for (size_t i = 0; i < ac->grant_count; i++)
		if (grant_scope(ac->grants[i], action) != SCOPE_NONE) return true;
	return false;
}

/* A live lookup is worth no more than each step of its path; one on the way must be read plainly.
 */
static enum field_right along_way(const struct access *ac, const struct field *f,
				  enum field_right right) {
	for (size_t i = 0; field_is_alias(f) && i < f->lookup_length && right; i++) {
		const struct field *step = f->lookup[i];
		struct access there;
		enum field_right here = access_of(ac->request, step->form, &there)
						? RIGHT_HIDDEN
						: access_right_for(&there, step, ACTION_READ);
		if (i + 1 < f->lookup_length && here < RIGHT_READ) here = RIGHT_HIDDEN;
		if (here < right) right = here;
	}
	return right;
}

enum field_right access_right_for(const struct access *ac, const struct field *f,
				  enum action action) {
	enum field_right best = RIGHT_HIDDEN;
	if (ac->everything) return RIGHT_EDIT;
	for (size_t i = 0; i < ac->grant_count; i++) {
		enum field_right right = grant_right(ac->grants[i], f);
		if (grant_scope(ac->grants[i], action) != SCOPE_NONE && right > best) best = right;
	}
	return along_way(ac, f, best);
}

enum field_right access_right(const struct access *ac, const struct field *f) {
	enum field_right best = ac->everything ? RIGHT_EDIT : RIGHT_HIDDEN;
	for (size_t i = 0; i < ac->grant_count; i++)
		if (grant_right(ac->grants[i], f) > best) best = grant_right(ac->grants[i], f);
	return ac->everything ? best : along_way(ac, f, best);
}

bool access_reads(const struct access *ac, const struct field *f) {
	return access_right_for(ac, f, ACTION_READ) >= RIGHT_MASK;
}

bool access_filters_for(const struct access *ac, const struct field *f, enum action action) {
	bool any = ac->everything;
	for (size_t i = 0; i < ac->grant_count; i++) {
		if (grant_scope(ac->grants[i], action) == SCOPE_NONE) continue;
		if (grant_right(ac->grants[i], f) < RIGHT_READ) return false;
		any = true;
	}
	return any;
}

bool access_filters(const struct access *ac, const struct field *f) {
	return access_filters_for(ac, f, ACTION_READ);
}
