/* accounts_depts.c -- departments as rows: a tree, each with a head. As with users, every row is
 * made before any is filled. */
#include "runtime/store/accounts_internal.h"

enum { TREE_DEPTH = 64 }; /* as deep as the directory walks */

struct problem *dept_id(struct tx *tx, struct str name, int64_t *out) {
	bool have;
	TRY(tx_int(tx, sql_dept_id, PARAMS(value_text(name)), out, &have));
	if (!have) *out = 0;
	return NULL;
}

static const char *place(const struct people_edit *e, const struct dept_edit *d, const char *key) {
	return pointer_join(e->arena, d->pointer, str_of(key));
}

static struct problem *make_one(struct tx *tx, struct people_edit *e, struct dept_edit *d) {
	d->fresh = false;
	TRY(dept_id(tx, d->name, &d->id));
	if (d->id && e->change->mode == PEOPLE_CREATE)
		FAULT(&e->faults, place(e, d, "dept"), "dept_taken");
	if (d->id) return NULL;
	if (e->change->mode == PEOPLE_UPDATE) return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
	d->fresh = true;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return tx_int(tx, sql_dept_add, PARAMS(value_text(d->name)), &d->id, NULL);
}

struct problem *depts_make(struct tx *tx, struct people_edit *e) {
	for (size_t i = 0; i < e->dept_count; i++) TRY(make_one(tx, e, &e->depts[i]));
	return NULL;
}

/* ---- what is said of one ---- */

struct dept_row {
	struct str label_zh, label_en;
	int64_t parent, head, position;
	bool active;
};

static struct problem *row_read(struct tx *tx, int64_t id, struct dept_row *out) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_dept_row, PARAMS(value_int(id)), &r));
	TRY(rows_next(r, &have));
	*out = (struct dept_row){
		.label_zh = str_of(str_dup(a, rows_text(r, 0))),
		.label_en = str_of(str_dup(a, rows_text(r, 1))),
		.parent = rows_int(r, 2),
		.head = rows_int(r, 3),
		.active = rows_int(r, 4),
		.position = rows_int(r, 5),
	};
	rows_close(r);
	return NULL;
}

static struct problem *row_write(struct tx *tx, int64_t id, const struct dept_row *row) {
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return tx_exec(tx, sql_dept_set,
		       PARAMS(value_int(id), value_text(row->label_zh), value_text(row->label_en),
			      row->parent ? value_int(row->parent) : VALUE_NONE,
			      row->head ? value_int(row->head) : VALUE_NONE,
			      value_bool(row->active), value_int(row->position)),
		       NULL);
}

static struct problem *resolve(struct tx *tx, struct people_edit *e, const struct dept_edit *d,
			       struct dept_row *row) {
	if (d->given & DEPT_PARENT) {
		row->parent = 0;
		if (d->parent.n) TRY(dept_id(tx, d->parent, &row->parent));
		if (d->parent.n && !row->parent)
			FAULT(&e->faults, place(e, d, "parent"), "unknown_dept", "name",
			      str_dup(e->arena, d->parent));
	}
	if (d->given & DEPT_HEAD) {
		row->head = 0;
		if (d->head.n) TRY(user_id(tx, d->head, &row->head));
		if (d->head.n && !row->head)
			FAULT(&e->faults, place(e, d, "head"), "unknown_user", "name",
			      str_dup(e->arena, d->head));
	}
	return NULL;
}

static bool same_row(const struct dept_row *a, const struct dept_row *b) {
	return str_eq(a->label_zh, b->label_zh) && str_eq(a->label_en, b->label_en) &&
	       a->parent == b->parent && a->head == b->head && a->active == b->active &&
	       a->position == b->position;
}

static struct problem *note(struct tx *tx, const struct people_edit *e, const struct dept_edit *d) {
	struct sb detail = sb_on(tx_arena(tx), 4096);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_str(&w, "dept", d->name);
	if (d->given & DEPT_PARENT) {
		jw_set_str(&w, "parent", d->parent);
	}
	if (d->given & DEPT_HEAD) {
		jw_set_str(&w, "head", d->head);
	}
	jw_end(&w);
	return audit_note(tx, e->change->rq, d->fresh ? "dept_add" : "dept_change",
			  sb_cstr(&detail));
}

static struct problem *fill(struct tx *tx, struct people_edit *e, struct dept_edit *d) {
	struct dept_row was, now;
	TRY(row_read(tx, d->id, &was));
	now = was;
	TRY(resolve(tx, e, d, &now));
	if (d->given & DEPT_LABEL) {
		now.label_zh = d->label_zh;
		now.label_en = d->label_en;
	}
	if (d->given & DEPT_ACTIVE) now.active = d->active;
	if (d->given & DEPT_POSITION) now.position = d->position;
	bool changed = !same_row(&was, &now);
	if (changed) TRY(row_write(tx, d->id, &now));
	d->result = d->fresh ? "created" : changed ? "updated" : "unchanged";
	*(d->fresh  ? &e->change->created
	  : changed ? &e->change->updated
		    : &e->change->unchanged) += 1;
	return d->fresh || changed ? note(tx, e, d) : NULL;
}

/* ---- a tree ---- */

static struct problem *check_tree(struct tx *tx, struct people_edit *e, const struct dept_edit *d) {
	int64_t at = d->id;
	for (int depth = 0; depth < TREE_DEPTH; depth++) {
		bool have;
		TRY(tx_int(tx, sql_dept_parent, PARAMS(value_int(at)), &at, &have));
		if (!have || !at) return NULL;
		if (at == d->id) break;
	}
	FAULT(&e->faults, place(e, d, "parent"), "dept_loop", "dept", str_dup(e->arena, d->name));
	return NULL;
}

struct problem *depts_fill(struct tx *tx, struct people_edit *e) {
	for (size_t i = 0; i < e->dept_count; i++) TRY(fill(tx, e, &e->depts[i]));
	for (size_t i = 0; i < e->dept_count; i++)
		if (e->depts[i].given & DEPT_PARENT) TRY(check_tree(tx, e, &e->depts[i]));
	return NULL;
}

/* ---- closing one ---- */

static struct problem *check_left(struct tx *tx, struct people_edit *e, const struct dept_edit *d) {
	int64_t people, below;
	TRY(tx_int(tx, sql_dept_people, PARAMS(value_int(d->id)), &people, NULL));
	TRY(tx_int(tx, sql_dept_below, PARAMS(value_int(d->id)), &below, NULL));
	if (people)
		FAULT(&e->faults, place(e, d, "active"), "dept_has_people", "n",
		      arena_printf(e->arena, "%lld", (long long)people));
	else if (below)
		FAULT(&e->faults, place(e, d, "active"), "dept_has_depts", "n",
		      arena_printf(e->arena, "%lld", (long long)below));
	return NULL;
}

struct problem *depts_left(struct tx *tx, struct people_edit *e) {
	for (size_t i = 0; i < e->dept_count; i++)
		if (e->depts[i].given & DEPT_ACTIVE && !e->depts[i].active)
			TRY(check_left(tx, e, &e->depts[i]));
	return NULL;
}
