/* accounts_lists.c -- what a user has any number of, besides roles: further departments, apps he
 * administers. A list that is given is the whole of it. The main department is not kept among the
 * further ones. */
#include "runtime/base/clock.h"
#include "runtime/store/accounts_internal.h"

struct list {
	const char *count, *has, *clear, *add;
};

static const struct list dept_list = { sql_user_dept_count, sql_user_dept_has, sql_user_dept_clear,
				       sql_user_dept_add };
static const struct list app_list = { sql_user_app_count, sql_user_app_has, sql_user_app_clear,
				      sql_user_app_add };

struct wanted {
	struct value *items;
	size_t n;
};

static void want(struct wanted *w, struct value v) {
	for (size_t i = 0; i < w->n; i++)
		if (value_same(&w->items[i], &v)) return;
	w->items[w->n++] = v;
}

static struct problem *as_stored(struct tx *tx, const struct list *l, int64_t user,
				 const struct wanted *w, bool *same) {
	int64_t n, has;
	TRY(tx_int(tx, l->count, PARAMS(value_int(user)), &n, NULL));
	*same = (size_t)n == w->n;
	for (size_t i = 0; i < w->n && *same; i++) {
		TRY(tx_int(tx, l->has, PARAMS(value_int(user), w->items[i]), &has, NULL));
		*same = has > 0;
	}
	return NULL;
}

static struct problem *store(struct tx *tx, const struct people_edit *e, const struct list *l,
			     int64_t user, const struct wanted *w, bool *changed) {
	const struct user *actor = e->change->rq->actor;
	bool same;
	TRY(as_stored(tx, l, user, w, &same));
	if (same) return NULL;
	*changed = true;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, l->clear, PARAMS(value_int(user)), NULL));
	for (size_t i = 0; i < w->n; i++)
		TRY(tx_exec(tx, l->add,
			    PARAMS(value_int(user), w->items[i],
				   actor ? value_int(actor->id) : VALUE_NONE,
				   value_int(clock_real())),
			    NULL));
	return NULL;
}

static struct problem *want_depts(struct tx *tx, struct people_edit *e, const struct user_edit *u,
				  int64_t main, struct wanted *w) {
	const char *at = pointer_join(e->arena, u->pointer, STR("depts"));
	for (uint32_t i = 0; i < u->depts->n; i++) {
		int64_t id = 0;
		TRY(dept_id(tx, u->depts->items[i].text, &id));
		if (!id)
			FAULT(&e->faults, pointer_index(e->arena, at, i), "unknown_dept", "name",
			      str_dup(e->arena, u->depts->items[i].text));
		else if (id != main)
			want(w, value_int(id));
	}
	return NULL;
}

static void want_apps(struct people_edit *e, const struct user_edit *u, struct wanted *w) {
	const char *at = pointer_join(e->arena, u->pointer, STR("administers"));
	for (uint32_t i = 0; i < u->administers->n; i++) {
		struct str name = u->administers->items[i].text;
		struct app *known = apps_take(e->store, name);
		if (!known)
			FAULT(&e->change->warnings, pointer_index(e->arena, at, i), "unknown_app",
			      "app", str_dup(e->arena, name));
		app_release(known);
		want(w, value_text(name));
	}
}

struct problem *lists_fill(struct tx *tx, struct people_edit *e, struct user_edit *u, int64_t main,
			   bool *changed) {
	struct arena *a = tx_arena(tx);
	if (u->given & USER_DEPTS) {
		struct wanted w = { arena_array(a, u->depts->n + 1, sizeof *w.items), 0 };
		TRY(want_depts(tx, e, u, main, &w));
		TRY(store(tx, e, &dept_list, u->id, &w, changed));
	}
	if (u->given & USER_ADMINISTERS) {
		struct wanted w = { arena_array(a, u->administers->n + 1, sizeof *w.items), 0 };
		want_apps(e, u, &w);
		TRY(store(tx, e, &app_list, u->id, &w, changed));
	}
	return NULL;
}
