/* people.c -- the directory (users, departments, roles) as of a snapshot, cached by its epoch.
 * Whoever changes people, departments or roles raises meta.epoch in the same transaction
 * (people_changed); a reader takes the epoch with its data, so a right taken away ends with the
 * next request. The cache keeps the newest directory only. */
#include <stdlib.h>
#include "runtime/store/backend.h"
#include "runtime/store/people.h"
#include "runtime/store/queries.h"

static int by_user_id(const void *a, const void *b) {
	int32_t x = (*(const struct user *const *)a)->id, y = (*(const struct user *const *)b)->id;
	return (x > y) - (x < y);
}

static int by_dept_id(const void *a, const void *b) {
	int32_t x = (*(const struct dept *const *)a)->id, y = (*(const struct dept *const *)b)->id;
	return (x > y) - (x < y);
}

/* The rows before they point at each other: the ids of what they name. */
struct links {
	int64_t *dept, *superior, *parent, *head;
};
struct load {
	struct tx *tx;
	struct directory *d;
	struct links links;
};

static char *text(struct load *l, const struct rows *r, int column) {
	return str_dup(l->d->arena, rows_text(r, column));
}

static struct problem *count(struct tx *tx, const char *sql, size_t *out) {
	int64_t n = 0;
	TRY(tx_int(tx, sql, NO_PARAMS, &n, NULL));
	*out = (size_t)n;
	return NULL;
}

static void user_read(struct load *l, const struct rows *r, size_t i) {
	struct user *u = &l->d->users[i];
	u->id = (int32_t)rows_int(r, 0);
	u->login = text(l, r, 1);
	u->label = text(l, r, 2);
	u->name = (struct label){ .zh = u->label, .en = u->label };
	u->email = rows_text(r, 3).n ? text(l, r, 3) : NULL;
	u->active = rows_int(r, 4);
	u->admin = rows_int(r, 5);
	u->language = str_is(rows_text(r, 6), "en") ? LANGUAGE_EN : LANGUAGE_ZH;
	l->links.dept[i] = rows_int(r, 7);
	l->links.superior[i] = rows_int(r, 8);
	l->d->users_by_id[i] = u;
}

static void dept_read(struct load *l, const struct rows *r, size_t i) {
	struct dept *d = &l->d->depts[i];
	d->id = (int32_t)rows_int(r, 0);
	d->name = text(l, r, 1);
	struct label_text {
		const char *zh, *en;
	} label = { rows_text(r, 2).n ? text(l, r, 2) : NULL,
		    rows_text(r, 3).n ? text(l, r, 3) : NULL };
	d->label = (struct label){ .zh = label.zh, .en = label.en };
	d->active = rows_int(r, 4);
	d->position = rows_int(r, 7);
	l->links.parent[i] = rows_int(r, 5);
	l->links.head[i] = rows_int(r, 6);
	l->d->depts_by_id[i] = d;
}

static struct problem *each(struct load *l, const char *sql, size_t n,
			    void (*read)(struct load *, const struct rows *, size_t)) {
	struct rows *r;
	TRY(tx_query(l->tx, sql, NO_PARAMS, &r));
	for (size_t i = 0; i < n; i++) {
		bool have;
		TRY(rows_next(r, &have));
		if (!have) break; /* cannot be: one snapshot */
		read(l, r, i);
	}
	rows_close(r);
	return NULL;
}

/* Rows come sorted by user id, as users_by_id is. */
static struct problem *roles_read(struct load *l) {
	size_t n, at = 0;
	TRY(count(l->tx, sql_role_count, &n));
	struct user_role *all = arena_array(l->d->arena, n, sizeof *all);
	struct rows *r;
	TRY(tx_query(l->tx, sql_role_list, NO_PARAMS, &r));
	for (bool have; at < n; at++) {
		TRY(rows_next(r, &have));
		if (!have) break;
		all[at] = (struct user_role){ .app = text(l, r, 1), .role = text(l, r, 2) };
		const struct user *found = directory_user_id(l->d, (int32_t)rows_int(r, 0));
		if (!found) continue;
		struct user *u = &l->d->users[found - l->d->users];
		if (!u->role_count++) u->roles = &all[at];
	}
	rows_close(r);
	return NULL;
}

/* What lists of people hold besides: rows of (user id, one thing), sorted by user id. */
struct belonging {
	struct load *l;
	size_t n;
	const struct dept **depts;
	const char **apps;
};

static void take_dept(struct belonging *b, struct user *u, const struct rows *r) {
	const struct dept *d = directory_dept_id(b->l->d, (int32_t)rows_int(r, 1));
	if (!d || d == u->dept) return;
	if (!u->also_count++) u->also = b->depts + b->n;
	b->depts[b->n++] = d;
}

static void take_app(struct belonging *b, struct user *u, const struct rows *r) {
	if (!u->administers_count++) u->administers = b->apps + b->n;
	b->apps[b->n++] = text(b->l, r, 1);
}

static struct problem *belongings(struct belonging *b, const char *sql,
				  void (*take)(struct belonging *, struct user *,
					       const struct rows *)) {
	struct rows *r;
	TRY(tx_query(b->l->tx, sql, NO_PARAMS, &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		const struct user *u = directory_user_id(b->l->d, (int32_t)rows_int(r, 0));
		if (u) take(b, &b->l->d->users[u - b->l->d->users], r);
	}
}

static struct problem *lists_read(struct load *l) {
	struct belonging depts = { .l = l }, apps = { .l = l };
	size_t n;
	TRY(count(l->tx, sql_dept_of_users_count, &n));
	depts.depts = arena_array(l->d->arena, n + 1, sizeof *depts.depts);
	TRY(count(l->tx, sql_app_admin_count, &n));
	apps.apps = arena_array(l->d->arena, n + 1, sizeof *apps.apps);
	TRY(belongings(&depts, sql_dept_of_users, take_dept));
	return belongings(&apps, sql_app_admin_list, take_app);
}

static struct problem *shared_read(struct load *l) {
	struct directory *d = l->d;
	struct rows *r;
	size_t n;
	TRY(count(l->tx, sql_shared_form_count, &n));
	d->shared = arena_array(d->arena, n + 1, sizeof *d->shared);
	TRY(tx_query(l->tx, sql_shared_forms, NO_PARAMS, &r));
	for (bool have; d->shared_count < n;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		d->shared[d->shared_count++] =
			(struct shared_form){ .app = text(l, r, 0), .form = text(l, r, 1) };
	}
	rows_close(r);
	return NULL;
}

static void link_up(struct load *l) {
	struct directory *d = l->d;
	for (size_t i = 0; i < d->user_count; i++) {
		d->users[i].dept = directory_dept_id(d, (int32_t)l->links.dept[i]);
		d->users[i].superior = directory_user_id(d, (int32_t)l->links.superior[i]);
	}
	for (size_t i = 0; i < d->dept_count; i++) {
		d->depts[i].parent = directory_dept_id(d, (int32_t)l->links.parent[i]);
		d->depts[i].head = directory_user_id(d, (int32_t)l->links.head[i]);
	}
}

static struct problem *load(struct tx *tx, struct directory *d) {
	struct load l = { .tx = tx, .d = d };
	struct arena *a = tx_arena(tx);
	TRY(count(tx, sql_user_count, &d->user_count));
	TRY(count(tx, sql_dept_count, &d->dept_count));
	d->users = arena_array(d->arena, d->user_count, sizeof *d->users);
	d->depts = arena_array(d->arena, d->dept_count, sizeof *d->depts);
	d->users_by_id = arena_array(d->arena, d->user_count, sizeof *d->users_by_id);
	d->depts_by_id = arena_array(d->arena, d->dept_count, sizeof *d->depts_by_id);
	l.links.dept = arena_array(a, d->user_count, sizeof(int64_t));
	l.links.superior = arena_array(a, d->user_count, sizeof(int64_t));
	l.links.parent = arena_array(a, d->dept_count, sizeof(int64_t));
	l.links.head = arena_array(a, d->dept_count, sizeof(int64_t));
	TRY(each(&l, sql_user_list, d->user_count, user_read));
	TRY(each(&l, sql_dept_list, d->dept_count, dept_read));
	qsort(d->users_by_id, d->user_count, sizeof *d->users_by_id, by_user_id);
	qsort(d->depts_by_id, d->dept_count, sizeof *d->depts_by_id, by_dept_id);
	link_up(&l);
	TRY(lists_read(&l));
	TRY(shared_read(&l));
	return roles_read(&l);
}

static struct directory *cached(struct store *s, int64_t epoch) {
	pthread_mutex_lock(&s->people_mutex);
	struct directory *d =
		s->people && s->people->epoch == epoch ? directory_retain(s->people) : NULL;
	pthread_mutex_unlock(&s->people_mutex);
	return d;
}

static void keep(struct store *s, struct directory *d) {
	struct directory *former = NULL;
	pthread_mutex_lock(&s->people_mutex);
	if (!s->people || s->people->epoch < d->epoch) {
		former = s->people;
		s->people = directory_retain(d);
	}
	pthread_mutex_unlock(&s->people_mutex);
	directory_release(former);
}

struct directory *people_take(struct store *s, struct tx *tx, struct problem **p) {
	*p = NULL;
	int64_t epoch = tx_epoch(tx);
	struct directory *d = cached(s, epoch);
	if (d) return d;
	struct arena *arena = arena_new(0);
	d = arena_alloc(arena, sizeof *d);
	d->arena = arena;
	d->epoch = epoch;
	atomic_init(&d->references, 1);
	*p = epoch < 0 ? &store_io : load(tx, d);
	if (*p) {
		directory_release(d);
		return NULL;
	}
	/* A writer's own view may yet be rolled back: only what a reader saw is shared. */
	if (!tx->write) keep(s, d);
	return d;
}

struct problem *people_changed(struct tx *tx) {
	tx->epoch_known = false;
	return tx_exec(tx, sql_epoch_raise, NO_PARAMS, NULL);
}
