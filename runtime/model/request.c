/* request.c -- what every entry of the engines derives from its request. */
#include "runtime/model/request.h"

#include <assert.h>

enum { DEPT_DEPTH = 64 };

static const char *const door_names[] = { "api",  "form", "batch", "import", "cli",
					  "rule", "flow", "hook",  "public", "system",
					  "hand_over", "button" };

const char *door_name(enum door d) {
	assert((size_t)d < ARRAY_LEN(door_names));
	return door_names[d];
}

struct codec request_codec(const struct request *rq) {
	return (struct codec){ rq->app, rq->directory, rq->app ? rq->app->zone : NULL,
			       rq->language };
}

struct expr_frame request_frame(const struct request *rq, const struct value *slots) {
	const char *app = rq->app ? rq->app->name : "";
	return (struct expr_frame){
		.slots = slots,
		.now_us = rq->now_us,
		.zone = rq->app ? rq->app->zone : NULL,
		.directory =
			rq->directory ? directory_for_expr(rq->arena, rq->directory, app) : NULL,
		.calendar = rq->app ? app_working_time(rq->app) : NULL,
		.app = str_of(app),
	};
}

bool request_is_admin(const struct request *rq) { return !rq->actor || rq->actor->admin; }

bool request_designs(const struct request *rq, const struct app *app) {
	return rq->actor && !request_is_admin(rq) && directory_administers(rq->actor, app->name);
}

/* ---- $user ---- */

static struct value actor_login(const struct request *rq) {
	return rq->actor ? value_text(str_of(rq->actor->login)) : VALUE_NONE;
}

static struct value actor_dept(const struct request *rq) {
	return rq->actor && rq->actor->dept ? value_text(str_of(rq->actor->dept->name))
					    : VALUE_NONE;
}

static struct value actor_depts(const struct request *rq) {
	size_t count = rq->actor ? rq->actor->also_count + 1 : 0, n = 0;
	struct value *items = arena_array(rq->arena, count + 1, sizeof *items);
	const struct dept *d;
	for (; (d = directory_dept_of(rq->actor, n)); n++) items[n] = value_text(str_of(d->name));
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, n } };
}

static struct value actor_superior(const struct request *rq) {
	const struct user *superior = directory_superior(rq->actor);
	return superior ? value_text(str_of(superior->login)) : VALUE_NONE;
}

static struct value actor_label(const struct request *rq) {
	return rq->actor ? value_text(str_of(directory_label(rq->actor))) : VALUE_NONE;
}

static struct value actor_roles(const struct request *rq) {
	size_t count = rq->actor ? rq->actor->role_count : 0, n = 0;
	struct value *items = arena_array(rq->arena, count + 1, sizeof *items);
	for (size_t i = 0; rq->app && i < count; i++)
		if (strcmp(rq->actor->roles[i].app, rq->app->name) == 0)
			items[n++] = value_text(str_of(rq->actor->roles[i].role));
	if (rq->actor && rq->actor->admin) items[n++] = value_text(STR("admin"));
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, n } };
}

static const struct {
	const char *name;
	struct value (*value)(const struct request *rq);
} user_members[] = {
	{ "dept", actor_dept },   { "superior", actor_superior }, { "label", actor_label },
	{ "roles", actor_roles }, { "login", actor_login },       { "depts", actor_depts },
};

static struct value user_member(const struct request *rq, const char *name) {
	if (!name) return actor_login(rq);
	for (size_t i = 0; i < ARRAY_LEN(user_members); i++)
		if (strcmp(user_members[i].name, name) == 0) return user_members[i].value(rq);
	return VALUE_NONE;
}

struct value *request_slots(const struct request *rq, const struct expr_paths *paths) {
	struct value *slots = arena_array(rq->arena, paths->count + 1, sizeof *slots);
	request_fill_user(rq, paths, slots);
	return slots;
}

void request_fill_user(const struct request *rq, const struct expr_paths *paths,
		       struct value *slots) {
	for (size_t i = 0; i < paths->count; i++)
		if (paths->items[i].root == ROOT_USER)
			slots[i] = user_member(rq, paths->items[i].name);
}

/* ---- who ---- */

static bool is_user(const struct request *rq, struct str name) {
	return str_is(name, rq->actor->login);
}

static bool is_in_dept(const struct request *rq, struct str name) {
	const struct dept *d = directory_dept(rq->directory, name);
	return d && directory_below(rq->actor, d);
}

static bool has_role(const struct request *rq, struct str name) {
	return directory_has_role(rq->actor, rq->app->name, name);
}

struct str *request_principals(const struct request *rq, size_t *n) {
	const struct user *me = rq->actor;
	const struct dept *mine;
	size_t room = me ? 1 + me->role_count + (me->also_count + 1) * DEPT_DEPTH : 0;
	struct str *out = arena_array(rq->arena, room + 1, sizeof *out);
	*n = 0;
	if (!me) return out;
	out[(*n)++] = str_of(arena_printf(rq->arena, "user:%d", me->id));
	for (size_t i = 0; rq->app && i < me->role_count; i++)
		if (strcmp(me->roles[i].app, rq->app->name) == 0)
			out[(*n)++] = str_of(arena_printf(rq->arena, "role:%s", me->roles[i].role));
	for (size_t i = 0; (mine = directory_dept_of(me, i)); i++)
		for (int depth = 0; mine && depth < DEPT_DEPTH; mine = mine->parent, depth++)
			out[(*n)++] = str_of(arena_printf(rq->arena, "dept:%d", mine->id));
	return out;
}

bool request_actor_is(const struct request *rq, struct str who) {
	static bool (*const is[PRINCIPAL_KINDS])(const struct request *, struct str) = {
		[PRINCIPAL_USER] = is_user,
		[PRINCIPAL_DEPT] = is_in_dept,
		[PRINCIPAL_ROLE] = has_role,
	};
	struct principal p = principal_of(who);
	return is[p.kind] && is[p.kind](rq, p.name);
}
