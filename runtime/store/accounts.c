/* accounts.c -- a change of people from body to commit: read, hash the passwords, then one
 * transaction that makes every row, fills it, and looks at the whole (loops, the last admin) before
 * it lets go. A fault anywhere undoes all of it. */
#include "runtime/base/clock.h"
#include "runtime/store/accounts_internal.h"

static struct problem *check_admin_left(struct tx *tx, struct people_edit *e) {
	int64_t admins;
	if (!e->rights_lowered) return NULL;
	TRY(tx_int(tx, sql_admin_count, NO_PARAMS, &admins, NULL));
	return admins ? NULL : PROBLEM(tx_arena(tx), CONFLICT, "last_admin");
}

static struct problem *note_import(struct tx *tx, const struct people_change *c) {
	const char *detail =
		arena_printf(tx_arena(tx), "{\"created\":%lld,\"updated\":%lld,\"unchanged\":%lld}",
			     (long long)c->created, (long long)c->updated, (long long)c->unchanged);
	return audit_note(tx, c->rq, "people_import", detail);
}

/* Ends a dry run: what it did is undone. */
static struct problem only_looked = { .kind = PROBLEM_CONFLICT, .code = "conflict" };

static struct problem *commit(struct tx *tx, void *arg) {
	struct people_edit *e = arg;
	struct people_change *c = e->change;
	c->warnings = (struct faults){ .arena = e->arena };
	c->created = c->updated = c->unchanged = 0;
	e->faults = (struct faults){ .arena = e->arena };
	e->rights_lowered = false;
	TRY(depts_make(tx, e));
	TRY(users_make(tx, e));
	TRY(people_faults(e));
	TRY(depts_fill(tx, e));
	TRY(users_fill(tx, e));
	TRY(depts_left(tx, e));
	TRY(people_faults(e));
	TRY(check_admin_left(tx, e));
	if (c->dry_run) return &only_looked;
	if (!c->created && !c->updated) return NULL;
	if (c->what == PEOPLE_IMPORT) TRY(note_import(tx, c));
	return people_changed(tx);
}

static struct problem *read_policy(struct people_edit *e) {
	struct tx *tx;
	TRY(tx_read(e->store, e->arena, &tx));
	return tx_end(tx, setting_integer(tx, "password.min_length", &e->password_min));
}

static struct problem *present_hash(struct people_edit *e, struct str login, char **out) {
	struct tx *tx;
	TRY(tx_read(e->store, e->arena, &tx));
	return tx_end(tx, tx_text(tx, sql_user_hash, PARAMS(value_text(login)), out));
}

/* The password somebody has already is no change: a file imported again ends no sessions. */
static struct problem *hash_one(struct people_edit *e, struct user_edit *u) {
	char *present = NULL;
	bool same = false;
	if (e->change->what == PEOPLE_IMPORT) TRY(present_hash(e, u->login, &present));
	if (present) TRY(password_verify(e->arena, present, u->password, &same));
	if (same) u->given &= ~(unsigned)USER_PASSWORD;
	return same ? NULL : password_hash(e->arena, u->password, u->hash);
}

static struct problem *hash_all(struct people_edit *e) {
	for (size_t i = 0; i < e->user_count; i++)
		if (e->users[i].password.p) TRY(hash_one(e, &e->users[i]));
	return NULL;
}

static void faults_join(struct faults *to, const struct faults *more) {
	if (!more->first) return;
	if (to->last)
		to->last->next = more->first;
	else
		to->first = more->first;
	to->last = more->last;
	to->count += more->count;
}

static void list_rows(struct people_edit *e) {
	struct people_change *c = e->change;
	c->rows = arena_array(e->arena, e->dept_count + e->user_count + 1, sizeof *c->rows);
	for (size_t i = 0; i < e->dept_count; i++)
		c->rows[c->row_count++] =
			(struct people_row){ "dept", str_dup(e->arena, e->depts[i].name),
					     e->depts[i].result };
	for (size_t i = 0; i < e->user_count; i++)
		c->rows[c->row_count++] =
			(struct people_row){ "user", str_dup(e->arena, e->users[i].login),
					     e->users[i].result };
}

struct problem *people_change(struct store *s, struct people_change *c) {
	struct people_edit e = {
		.change = c, .store = s, .arena = c->rq->arena, .faults = { .arena = c->rq->arena }
	};
	e.weak.arena = e.arena;
	TRY(read_policy(&e));
	people_read(&e);
	TRY(people_faults(&e));
	TRY(hash_all(&e));
	struct problem *p = store_write(s, LANE_INTERACTIVE, e.arena, commit, &e);
	if (p && p != &only_looked) return p;
	if (c->what == PEOPLE_IMPORT) list_rows(&e);
	faults_join(&c->warnings, &e.weak);
	c->changed_name = e.user_count   ? e.users[0].login
			  : e.dept_count ? e.depts[0].name
					 : STR("");
	return NULL;
}

/* ---- the first admin ---- */

struct first {
	const struct request *rq;
	const char *hash;
	bool made;
};

static struct problem *first_commit(struct tx *tx, void *arg) {
	struct first *f = arg;
	int64_t users, id;
	f->made = false;
	TRY(tx_int(tx, sql_user_count, NO_PARAMS, &users, NULL));
	if (users) return NULL;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_int(tx, sql_user_add_admin,
		   PARAMS(value_text(STR("admin")), value_text(STR("管理员")),
			  value_text(str_of(f->hash)), value_int(clock_real())),
		   &id, NULL));
	f->made = true;
	TRY(audit_note(tx, f->rq, "user_add", "{\"user\":\"admin\",\"admin\":true}"));
	return people_changed(tx);
}

static struct problem *any_user(struct store *s, struct arena *a, bool *out) {
	struct tx *tx;
	int64_t n = 0;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, tx_int(tx, sql_user_count, NO_PARAMS, &n, NULL)));
	*out = n > 0;
	return NULL;
}

struct problem *first_admin(struct store *s, struct arena *a, const char *password,
			    struct first_admin *out) {
	struct request rq = { .arena = a, .door = DOOR_SYSTEM };
	struct first f = { .rq = &rq };
	char hash[PASSWORD_HASH];
	bool have;
	*out = (struct first_admin){ .login = "admin", .given = password && *password };
	TRY(any_user(s, a, &have));
	if (have) return NULL;
	out->password = out->given ? password : password_random(a);
	TRY(password_hash(a, str_of(out->password), hash));
	f.hash = hash;
	TRY(store_write(s, LANE_INTERACTIVE, a, first_commit, &f));
	out->made = f.made;
	return NULL;
}
