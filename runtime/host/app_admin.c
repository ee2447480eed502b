/* app_admin.c -- what administrators of one app may do, and what they may not publish
 * (app_admin.h). */
#include "runtime/host/app_admin.h"

#include "runtime/host/publish.h"
#include "runtime/model/permission.h"
#include "runtime/model/role_copies.h"
#include "runtime/store/audit.h"

/* ---- the audit trail ---- */

struct refusal {
	struct member member;
	const char *actor, *door, *app, *detail;
};

static struct problem *refusal_commit(struct tx *tx, void *arg) {
	const struct refusal *r = arg;
	return audit_append(tx, &(struct audit_entry){ .actor = r->actor,
						       .door = r->door,
						       .act = "refused",
						       .app = r->app,
						       .detail_json = r->detail });
}

static void refusal_done(void *arg, struct problem *p) {
	struct refusal *r = arg;
	(void)p; /* the store has said in the log what it could not write */
	arena_free(r->member.arena);
}

static const char *detail_of(struct arena *a, const struct call *c, const struct problem *p) {
	struct sb text = sb_on(a, 16 * 1024);
	struct jw w = jw_on(&text);
	jw_object(&w);
	jw_set_text(&w, "method", c->x->method_name);
	jw_set_text(&w, "path", c->route->pattern);
	jw_set_text(&w, "code", p->code);
	jw_end(&w);
	return sb_cstr(&text);
}

static bool names_app(const struct call *c) { return strstr(c->route->pattern, "{app}") != NULL; }

static struct problem *refuse(struct call *c, struct problem *p) {
	if (!c->rq.actor || !c->rq.actor->administers_count) return p;
	struct arena *a = arena_new(0);
	struct refusal *r = arena_alloc(a, sizeof *r);
	*r = (struct refusal){ .actor = arena_strdup(a, c->rq.actor->login),
			       .door = door_name(c->rq.door),
			       .app = names_app(c) ? str_dup(a, c->args[0]) : NULL,
			       .detail = detail_of(a, c, p) };
	r->member = (struct member){
		.commit = refusal_commit, .done = refusal_done, .arg = r, .arena = a
	};
	store_submit(c->server->store, LANE_INTERACTIVE, &r->member);
	return p;
}

/* ---- routes ---- */

static bool may(const struct call *c) {
	const struct request *rq = &c->rq;
	if (rq->scope.app) return false;
	if (request_is_admin(rq)) return true;
	if (!(c->route->flags & ROUTE_APP_ADMIN) || !rq->actor->active) return false;
	if (!names_app(c)) return rq->actor->administers_count > 0;
	return directory_administers(rq->actor, str_dup(c->x->arena, c->args[0]));
}

struct problem *app_admin_check(struct call *c) {
	if (!(c->route->flags & (ROUTE_ADMIN | ROUTE_APP_ADMIN)) || may(c)) return NULL;
	return refuse(c, PROBLEM(c->x->arena, FORBIDDEN, "forbidden"));
}

/* ---- is a grant within another? ---- */

/* May a give what b gives? Subordinates and departments are beside each other. */
static bool scope_within(enum scope a, enum scope b) {
	if (a == b || a == SCOPE_NONE || b == SCOPE_ALL) return true;
	if (a == SCOPE_OWN) return b != SCOPE_NONE;
	return a == SCOPE_DEPT && b == SCOPE_DEPT_TREE;
}

/* A field that is new holds nothing yet. */
static bool fields_within(const struct role_grant *g, const struct form *now,
			  const struct role_grant *w, const struct form *was) {
	for (size_t i = 0; i < now->field_count; i++) {
		const struct field *f = now->fields[i], *old = form_field_by_id(was, str_of(f->id));
		if (!old) continue;
		if (grant_right(g, f) > grant_right(w, old)) return false;
		/* Each type masks in its own way: two of them show together what one hides. */
		if (grant_right(g, f) == RIGHT_MASK && f->type != old->type) return false;
		if (f->rows && old->rows && !fields_within(g, f->rows, w, old->rows)) return false;
	}
	return true;
}

/* What a value is made of, down to what people write: another formula under the same name would
 * make the condition another one. */
static void tell_field(struct sb *out, const struct field *f) {
	sb_printf(out, "%s.%s:%s/", f->form->id, f->id, f->type->name);
	if (f->enumeration) sb_printf(out, "%s/", f->enumeration->id);
	if (!field_is_made(f)) return;
	struct jw w = jw_on(out);
	jw_json(&w, f->json);
	for (size_t i = 0; i < f->lookup_length; i++) tell_field(out, f->lookup[i]);
	const struct expr *e = f->rollup ? f->rollup->filter : f->formula;
	const struct expr_paths *paths = f->rollup ? &f->rollup->of->paths : &f->form->paths;
	if (f->rollup && f->rollup->field) tell_field(out, f->rollup->field);
	for (size_t i = 0; e && i < paths->count && !out->overflow; i++) {
		const struct expr_path *p = &paths->items[i];
		for (size_t k = 0; p->fields && expr_uses(e, i) && k < p->length; k++)
			tell_field(out, p->fields[k]);
	}
}

/* The fields a condition reads, in order, as ids: the same words about other fields are another
 * condition. */
static const char *reads_of(struct arena *a, const struct role_grant *g) {
	struct sb out = sb_on(a, 64 * 1024);
	const struct expr_paths *paths = &g->form->paths;
	for (size_t i = 0; i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (!expr_uses(g->where, i)) continue;
		sb_printf(&out, "%s:", p->text);
		for (size_t k = 0; p->fields && k < p->length; k++) tell_field(&out, p->fields[k]);
		sb_char(&out, '\n');
	}
	return out.overflow ? NULL : sb_cstr(&out);
}

static const struct json *source_of(const struct role *role, const struct role_grant *g) {
	const struct json *forms = json_get(role->definition->json, "forms");
	const struct json *list = forms ? json_get(forms, g->form->name) : NULL;
	size_t index = 0;
	for (const struct role_grant *at = role->grants; at < g; at++) index += at->form == g->form;
	return !list || list->kind != JSON_ARRAY ? list
	       : index < list->n                 ? &list->items[index]
						 : NULL;
}

static bool where_within(struct arena *a, const struct role *now, const struct role_grant *g,
			 const struct role *was, const struct role_grant *w) {
	if (!w->where) return true;
	if (!g->where) return false;
	const struct json *x = source_of(now, g), *y = source_of(was, w);
	const char *reads = reads_of(a, g), *read = reads_of(a, w);
	return x && y && reads && read && strcmp(reads, read) == 0 &&
	       str_eq(json_str(json_get(x, "where")), json_str(json_get(y, "where")));
}

static bool grant_within(struct arena *a, const struct role *now, const struct role_grant *g,
			 const struct role *was, const struct role_grant *w) {
	return strcmp(g->form->id, w->form->id) == 0 && scope_within(g->read, w->read) &&
	       scope_within(g->update, w->update) && scope_within(g->delete_, w->delete_) &&
	       g->create <= w->create && g->import <= w->import && g->export <= w->export &&
	       g->print <= w->print && where_within(a, now, g, was, w) &&
	       fields_within(g, g->form, w, w->form);
}

static bool gives(const struct role_grant *g) {
	return g->create || g->import || g->read != SCOPE_NONE || g->update != SCOPE_NONE ||
	       g->delete_ != SCOPE_NONE;
}

/* Does one of the grants `was` of the same form (by id) cover all that g gives? was NULL: nothing.
 */
static bool within_former(struct arena *a, const struct role *was, const struct role *now,
			  const struct role_grant *g) {
	bool within = !gives(g);
	for (size_t i = 0; was && i < was->grant_count && !within; i++)
		within = grant_within(a, now, g, was, &was->grants[i]);
	return within;
}

/* ---- publishing ---- */

static struct problem *check_grants(struct call *c, const struct role *was,
				    const struct role *now) {
	struct arena *a = c->x->arena;
	for (size_t i = 0; i < now->grant_count; i++)
		if (!within_former(a, was, now, &now->grants[i]))
			return PROBLEM(a, FORBIDDEN, "app_admin_wider", "role", now->name, "form",
				       now->grants[i].form->name);
	return NULL;
}

static struct problem *check_copies(struct call *c, const struct app *was, const struct app *now,
				    const struct role *before, const struct role *role) {
	struct role_copies old = { .arena = c->x->arena }, new = { .arena = c->x->arena };
	if (before) role_copies_of(was, before, &old);
	role_copies_of(now, role, &new);
	for (size_t i = 0; i < new.n; i++) {
		const struct role_copy *copy = &new.items[i];
		const struct form *form = copy->to->form;
		if (!role_copies_have(&old, copy))
			return PROBLEM(c->x->arena, FORBIDDEN, "app_admin_exposes", "role",
				       role->name, "form",
				       (form->parent ? form->parent : form)->name, "field",
				       copy->to->name);
	}
	return NULL;
}

static struct problem *check_trash(struct call *c, const struct plan *plan) {
	for (size_t i = 0; i < plan->n; i++)
		if (strncmp(plan->steps[i].code, "undelete", 8) == 0)
			return PROBLEM(c->x->arena, FORBIDDEN, "app_admin_undelete");
	return NULL;
}

static struct problem *check_role(struct call *c, const struct app *was, const struct app *now,
				  const char *name) {
	const struct role *before = app_role(was, str_of(name)),
			  *role = app_role(now, str_of(name));
	if (!role) return NULL;
	TRY(check_grants(c, before, role));
	return check_copies(c, was, now, before, role);
}

static struct problem *check_all(struct call *c, const struct app *was,
				 const struct publication *p) {
	const struct user *me = c->rq.actor;
	TRY(check_trash(c, p->plan));
	for (size_t i = 0; i < me->role_count; i++)
		if (strcmp(me->roles[i].app, was->name) == 0)
			TRY(check_role(c, was, p->app, me->roles[i].role));
	return NULL;
}

struct problem *app_admin_guard(struct call *c, struct bundle *b, bool past,
				struct apply_options *o) {
	struct publication p = { .past = past };
	struct arena *a = c->x->arena;
	if (request_is_admin(&c->rq)) return NULL;
	struct app *was = apps_take(c->server->store, c->args[0]);
	if (!was) return refuse(c, PROBLEM(a, FORBIDDEN, "forbidden"));
	app_keep(a, was);
	TRY(publish_look(c->server->store, a, b, true, &p));
	if (!p.app || !p.plan) return NULL; /* its findings refuse it */
	struct problem *refused = check_all(c, was, &p);
	if (refused) return refuse(c, refused);
	/* What was judged is what is published: another version in between changes the plan. */
	if (!o->expect_hash) o->expect_hash = p.plan->hash;
	return was->version == p.plan->base_version ? NULL : PROBLEM(a, CONFLICT, "plan_moved");
}
