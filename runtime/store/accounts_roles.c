/* accounts_roles.c -- which roles a user has in which apps. "roles" of a single change is the whole
 * of it; in an import each app that is named is replaced, so that the files of several apps can be
 * imported one after the other. The role admin, in whichever app it is written, is the system's
 * own: everything in every app. A role or app that does not exist (yet) is kept and warned about.
 */
#include "runtime/store/accounts_internal.h"

struct roles {
	struct arena *arena;
	struct user_role *items;
	size_t n, room;
};

static bool has(const struct roles *r, struct str app, struct str role) {
	for (size_t i = 0; i < r->n; i++)
		if (str_is(app, r->items[i].app) && str_is(role, r->items[i].role)) return true;
	return false;
}

static void add(struct roles *r, struct str app, struct str role) {
	if (has(r, app, role)) return;
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 8;
		r->items = arena_grow(r->arena, r->items, r->room * sizeof *r->items,
				      room * sizeof *r->items);
		r->room = room;
	}
	r->items[r->n++] = (struct user_role){ str_dup(r->arena, app), str_dup(r->arena, role) };
}

static struct problem *load(struct tx *tx, int64_t user, struct roles *out) {
	struct rows *r;
	TRY(tx_query(tx, sql_role_of_user, PARAMS(value_int(user)), &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		add(out, rows_text(r, 0), rows_text(r, 1));
	}
}

static void warn(struct people_edit *e, const char *at, struct str app, struct str role) {
	struct app *known = apps_take(e->store, app);
	struct faults *f = &e->change->warnings;
	if (!known)
		FAULT(f, at, "unknown_app", "app", str_dup(e->arena, app));
	else if (!app_role(known, role))
		FAULT(f, at, "unknown_role", "app", str_dup(e->arena, app), "role",
		      str_dup(e->arena, role));
	app_release(known);
}

static void wish(struct people_edit *e, const struct user_edit *u, struct roles *wanted,
		 bool *admin) {
	const char *parent = pointer_join(e->arena, u->pointer, STR("roles"));
	for (uint32_t i = 0; i < u->roles->n; i++) {
		struct str app = u->roles->keys[i].name;
		const struct json *list = &u->roles->items[i];
		const char *at = pointer_join(e->arena, parent, app);
		for (uint32_t k = 0; k < list->n; k++) {
			struct str role = list->items[k].text;
			if (str_is(role, "admin")) {
				*admin = true;
				continue;
			}
			warn(e, pointer_index(e->arena, at, k), app, role);
			add(wanted, app, role);
		}
	}
}

/* What an import does not name stays. */
static void keep_rest(const struct people_edit *e, const struct user_edit *u,
		      const struct roles *had, struct roles *wanted) {
	for (size_t i = 0; i < had->n && e->change->what == PEOPLE_IMPORT; i++)
		if (!json_get(u->roles, had->items[i].app))
			add(wanted, str_of(had->items[i].app), str_of(had->items[i].role));
}

static struct problem *move(struct tx *tx, const char *sql, int64_t user, const struct roles *from,
			    const struct roles *not_in, bool *changed) {
	for (size_t i = 0; i < from->n; i++) {
		struct str app = str_of(from->items[i].app), role = str_of(from->items[i].role);
		if (has(not_in, app, role)) continue;
		*changed = true;
		TRY(tx_exec(tx, sql, PARAMS(value_int(user), value_text(app), value_text(role)),
			    NULL));
	}
	return NULL;
}

struct problem *roles_fill(struct tx *tx, struct people_edit *e, struct user_edit *u, bool *changed,
			   bool *admin) {
	struct roles had = { .arena = tx_arena(tx) }, wanted = { .arena = tx_arena(tx) };
	if (!(u->given & USER_ROLES)) return NULL;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(load(tx, u->id, &had));
	wish(e, u, &wanted, admin);
	keep_rest(e, u, &had, &wanted);
	TRY(move(tx, sql_role_delete, u->id, &had, &wanted, changed));
	return move(tx, sql_role_add, u->id, &wanted, &had, changed);
}

struct problem *roles_json(struct tx *tx, int64_t user, struct jw *w) {
	struct roles all = { .arena = tx_arena(tx) };
	const char *app = NULL;
	TRY(load(tx, user, &all));
	jw_object(w);
	for (size_t i = 0; i < all.n; i++) {
		if (!app || strcmp(app, all.items[i].app) != 0) {
			if (app) jw_end(w);
			app = all.items[i].app;
			jw_key(w, app);
			jw_array(w);
		}
		jw_text(w, all.items[i].role);
	}
	if (app) jw_end(w);
	jw_end(w);
	return NULL;
}
