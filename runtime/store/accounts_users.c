/* accounts_users.c -- users as rows. Two passes over an edit: users_make gives every login an id,
 * users_fill writes what is said of it, so that a file may name people in any order. Both start
 * afresh when the writer runs them again. */
#include "runtime/base/clock.h"
#include "runtime/store/accounts_internal.h"
#include "runtime/store/due.h"

enum { CHAIN_MAX = 64 };

struct problem *user_id(struct tx *tx, struct str login, int64_t *out) {
	bool have;
	TRY(tx_int(tx, sql_user_id, PARAMS(value_text(login)), out, &have));
	if (!have) *out = 0;
	return NULL;
}

static const char *place(const struct people_edit *e, const struct user_edit *u, const char *key) {
	return pointer_join(e->arena, u->pointer, str_of(key));
}

/* ---- who there is ---- */

/* A login that differs from another in case only would be confused with it, by people and at the
 * login. */
static struct problem *make(struct tx *tx, struct people_edit *e, struct user_edit *u) {
	struct value login = value_text(u->login),
		     label = value_text(u->label.n ? u->label : u->login);
	int64_t twin;
	bool taken;
	TRY(tx_int(tx, sql_user_twin, PARAMS(login), &twin, &taken));
	if (taken) {
		FAULT(&e->faults, place(e, u, "user"), "login_taken");
		return NULL;
	}
	u->fresh = true;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return tx_int(tx, sql_user_add, PARAMS(login, label, value_int(clock_real())), &u->id,
		      NULL);
}

static struct problem *make_one(struct tx *tx, struct people_edit *e, struct user_edit *u) {
	u->fresh = false;
	TRY(user_id(tx, u->login, &u->id));
	if (u->id && e->change->mode == PEOPLE_CREATE)
		FAULT(&e->faults, place(e, u, "user"), "login_taken");
	if (u->id) return NULL;
	if (e->change->mode == PEOPLE_UPDATE) return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
	return make(tx, e, u);
}

struct problem *users_make(struct tx *tx, struct people_edit *e) {
	for (size_t i = 0; i < e->user_count; i++) TRY(make_one(tx, e, &e->users[i]));
	return NULL;
}

/* ---- what is said of one ---- */

struct user_row {
	struct str label, email, password, language;
	int64_t dept, superior, password_at;
	bool active, admin;
};

static struct problem *row_read(struct tx *tx, int64_t id, struct user_row *out) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_user_row, PARAMS(value_int(id)), &r));
	TRY(rows_next(r, &have));
	*out = (struct user_row){
		.label = str_of(str_dup(a, rows_text(r, 0))),
		.email = str_of(str_dup(a, rows_text(r, 1))),
		.password = str_of(str_dup(a, rows_text(r, 2))),
		.dept = rows_int(r, 3),
		.superior = rows_int(r, 4),
		.active = rows_int(r, 5),
		.admin = rows_int(r, 6),
		.language = str_of(str_dup(a, rows_text(r, 7))),
		.password_at = rows_int(r, 8),
	};
	rows_close(r);
	return NULL;
}

static struct value id_or_null(int64_t id) { return id ? value_int(id) : VALUE_NONE; }

static struct problem *row_write(struct tx *tx, int64_t id, const struct user_row *row) {
	tx_allow(tx, TX_ALLOW_PEOPLE);
	if (!row->active) tx_due(tx, clock_now()); /* his tasks go to others */
	return tx_exec(tx, sql_user_set,
		       PARAMS(value_int(id), value_text(row->label), value_text(row->email),
			      value_text(row->password), id_or_null(row->dept),
			      id_or_null(row->superior), value_bool(row->active),
			      value_bool(row->admin), value_text(row->language),
			      id_or_null(row->password_at)),
		       NULL);
}

static struct problem *resolve(struct tx *tx, struct people_edit *e, struct user_edit *u,
			       struct user_row *row) {
	if (u->given & USER_DEPT) {
		row->dept = 0;
		if (u->dept.n) TRY(dept_id(tx, u->dept, &row->dept));
		if (u->dept.n && !row->dept)
			FAULT(&e->faults, place(e, u, "dept"), "unknown_dept", "name",
			      str_dup(e->arena, u->dept));
	}
	if (u->given & USER_SUPERIOR) {
		row->superior = 0;
		if (u->superior.n) TRY(user_id(tx, u->superior, &row->superior));
		if (u->superior.n && !row->superior)
			FAULT(&e->faults, place(e, u, "superior"), "unknown_user", "name",
			      str_dup(e->arena, u->superior));
	}
	return NULL;
}

static void overlay(const struct user_edit *u, struct user_row *row) {
	if (u->given & USER_LABEL) row->label = u->label.n ? u->label : u->login;
	if (u->given & USER_EMAIL) row->email = u->email;
	if (u->given & USER_ADMIN) row->admin = u->admin;
	if (u->given & USER_ACTIVE) row->active = u->active;
	if (u->given & USER_LANGUAGE) row->language = u->language;
	if (!(u->given & USER_PASSWORD)) return;
	row->password = str_of(u->hash);
	row->password_at = clock_real();
}

static bool same_row(const struct user_row *a, const struct user_row *b) {
	return str_eq(a->label, b->label) && str_eq(a->email, b->email) &&
	       str_eq(a->password, b->password) && str_eq(a->language, b->language) &&
	       a->dept == b->dept && a->superior == b->superior && a->active == b->active &&
	       a->admin == b->admin;
}

/* Whoever gets a new password from somebody else, or is closed out, may have lost the old one to a
 * stranger: nothing the stranger could hold stays (decision 0012). */
static struct problem *end_access(struct tx *tx, const struct people_edit *e, int64_t id) {
	const struct user *actor = e->change->rq->actor;
	struct value keep = { .kind = VALUE_TEXT, .as.s = str_of(e->change->keep_session) };
	TRY(tx_exec(tx, sql_session_delete_user, PARAMS(value_int(id), keep), NULL));
	return actor && actor->id == id
		       ? NULL
		       : tx_exec(tx, sql_token_delete_user, PARAMS(value_int(id)), NULL);
}

/* ---- the trail: which parts changed, and rights as they are now; never a password ---- */

static void parts_json(struct jw *w, const struct user_edit *u) {
	static const char *const names[] = { "label", "email", "password", "dept",    "superior",
					     "roles", "admin", "active",   "language", "depts",
					     "administers" };
	jw_key(w, "given");
	jw_array(w);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (u->given & (1U << i)) jw_text(w, names[i]);
	jw_end(w);
}

static struct problem *note(struct tx *tx, const struct people_edit *e, const struct user_edit *u,
			    const struct user_row *now) {
	struct sb detail = sb_on(tx_arena(tx), 64 * 1024);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_str(&w, "user", u->login);
	parts_json(&w, u);
	jw_set_bool(&w, "admin", now->admin);
	jw_set_bool(&w, "active", now->active);
	jw_key(&w, "roles");
	TRY(roles_json(tx, u->id, &w));
	jw_end(&w);
	return audit_note(tx, e->change->rq, u->fresh ? "user_add" : "user_change",
			  sb_cstr(&detail));
}

static struct problem *fill(struct tx *tx, struct people_edit *e, struct user_edit *u) {
	struct user_row was, now;
	bool roles_changed = false, admin = false;
	TRY(row_read(tx, u->id, &was));
	now = was;
	TRY(resolve(tx, e, u, &now));
	overlay(u, &now);
	TRY(roles_fill(tx, e, u, &roles_changed, &admin));
	TRY(lists_fill(tx, e, u, now.dept, &roles_changed));
	now.admin |= admin;
	if ((was.admin && !now.admin) || (was.active && !now.active)) e->rights_lowered = true;
	bool changed = !same_row(&was, &now);
	if (changed) TRY(row_write(tx, u->id, &now));
	if (!str_eq(was.password, now.password) || !now.active) TRY(end_access(tx, e, u->id));
	u->result = u->fresh ? "created" : changed || roles_changed ? "updated" : "unchanged";
	*(u->fresh                   ? &e->change->created
	  : changed || roles_changed ? &e->change->updated
				     : &e->change->unchanged) += 1;
	return u->fresh || changed || roles_changed ? note(tx, e, u, &now) : NULL;
}

/* ---- who reports to whom ---- */

/* The edges as they stand after the whole edit; a loop is reported at each of its members that the
 * edit names. */
static struct problem *check_chain(struct tx *tx, struct people_edit *e,
				   const struct user_edit *u) {
	int64_t at = u->id;
	for (int depth = 0; depth < CHAIN_MAX; depth++) {
		bool have;
		TRY(tx_int(tx, sql_user_superior, PARAMS(value_int(at)), &at, &have));
		if (!have || !at) return NULL;
		if (at == u->id) break;
		if (depth + 1 == CHAIN_MAX) return NULL; /* a loop of others, reported at them */
	}
	FAULT(&e->faults, place(e, u, "superior"), "superior_loop", "user",
	      str_dup(e->arena, u->login));
	return NULL;
}

struct problem *users_fill(struct tx *tx, struct people_edit *e) {
	for (size_t i = 0; i < e->user_count; i++) TRY(fill(tx, e, &e->users[i]));
	for (size_t i = 0; i < e->user_count; i++)
		if (e->users[i].given & USER_SUPERIOR) TRY(check_chain(tx, e, &e->users[i]));
	return NULL;
}
