/* who.c -- one function a kind of rule. */
#include "runtime/model/who.h"

struct visiting {
	const struct who_scope *scope;
	const struct who *who;
	void (*visit)(void *context, const struct user *u);
	void *context;
};

static void give(const struct visiting *v, const struct user *u) {
	if (u) v->visit(v->context, u);
}

static void named_user(const struct visiting *v) {
	give(v, directory_user(v->scope->people, str_of(v->who->name)));
}

static void of_role(const struct visiting *v) {
	const struct directory *d = v->scope->people;
	bool admin = strcmp(v->who->name, "admin") == 0;
	for (size_t i = 0; i < d->user_count; i++)
		if ((admin && d->users[i].admin) ||
		    directory_has_role(&d->users[i], v->scope->app, str_of(v->who->name)))
			give(v, &d->users[i]);
}

static void of_dept(const struct visiting *v) {
	const struct directory *d = v->scope->people;
	const struct dept *dept = directory_dept(d, str_of(v->who->name));
	for (size_t i = 0; dept && i < d->user_count; i++)
		if (directory_below(&d->users[i], dept)) give(v, &d->users[i]);
}

static void starter(const struct visiting *v) { give(v, v->scope->starter); }

static void superior(const struct visiting *v) {
	const struct user *u = v->scope->starter;
	for (int i = 0; u && i < v->who->level; i++) u = directory_superior(u);
	give(v, u);
}

/* Upwards up to a level, or to the first with a role, he included; a circle of superiors ends. */
static void superiors_to(const struct visiting *v) {
	const struct user *u = v->scope->starter;
	for (size_t i = 0; u && i < v->scope->people->user_count; i++) {
		if (!v->who->name && i >= (size_t)v->who->level) break;
		u = directory_superior(u);
		give(v, u);
		if (u && v->who->name && directory_has_role(u, v->scope->app, str_of(v->who->name)))
			break;
	}
}

bool who_from_directory(const struct who_scope *scope, const struct who *who,
			void (*visit)(void *context, const struct user *u), void *context) {
	static void (*const kinds[WHO_KINDS])(const struct visiting *) = {
		[WHO_USER] = named_user,   [WHO_ROLE] = of_role,
		[WHO_DEPT] = of_dept,      [WHO_STARTER] = starter,
		[WHO_SUPERIOR] = superior, [WHO_SUPERIORS_TO] = superiors_to,
	};
	const struct visiting v = { scope, who, visit, context };
	if (kinds[who->kind]) kinds[who->kind](&v);
	return kinds[who->kind] != NULL;
}
