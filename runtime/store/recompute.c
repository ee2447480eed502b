/* A slice asks the database for the stored and the computed value of some rows and writes those
 * that differ. When a row's formula fails, the whole SELECT does; then the slice is done again row
 * by row. Rollups come first, because formulas read them; how long one takes nobody knows before,
 * so that slices grow and shrink with the time they took. */
#include "runtime/store/recompute.h"
#include "runtime/base/clock.h"
#include "runtime/store/apps.h"
#include "runtime/store/journal.h"
#include "runtime/store/query_sql.h"
#include "runtime/store/rollup.h"
#include "runtime/store/registry.h"

enum { RECOMPUTE_SLICE = 200, ROLLUP_SLICE = 8, SLICE_MAX = 4096, SLICE_US = 3000 };

bool recompute_can(const struct field *f) {
	const struct expr_paths *paths = &f->form->paths;
	for (size_t i = 0; i < paths->count; i++) {
		enum path_root root = paths->items[i].root;
		if (expr_uses(f->formula, i) && root != ROOT_RECORD && root != ROOT_COMPANY)
			return false;
	}
	return true;
}

struct recompute {
	struct store *store;
	const struct field *field;
	int64_t after, next;
	int limit;
};
struct changed {
	int64_t id;
	struct value now;
};

static const struct form *top_form(const struct form *form) {
	return form->parent ? form->parent : form;
}

static struct problem *slice_sql(struct request *rq, struct tx *tx, const struct field *f,
				 int64_t after, int limit, struct select_builder *b,
				 struct sb *sql) {
	struct query *q = query_new(rq, top_form(f->form));
	TRY(permission_query(rq, q, ACTION_READ));
	select_begin(b, rq, tx, q, DIALECT_SQLITE);
	const struct select_place place = { b, f->form, "r", SELECT_SYSTEM, NULL };
	sb_printf(sql, "SELECT r.\"id\", r.\"%s\", ", f->column);
	if (f->rollup)
		TRY(rollup_select(b, f, "r.\"id\"", sql));
	else
		TRY(select_value(&place, f->formula, &f->form->paths, sql));
	sb_printf(sql, " FROM \"%s\" r WHERE r.\"id\" > %lld ORDER BY r.\"id\" LIMIT %d",
		  f->form->table, (long long)after, limit);
	return NULL;
}

static struct problem *read_slice(struct tx *tx, struct select_builder *b, const char *sql,
				  struct changed *out, size_t *n, size_t *seen, int64_t *last) {
	struct rows *rows;
	*n = *seen = 0;
	TRY(tx_query(tx, sql, b->params, b->param_count, &rows));
	for (bool have;; ++*seen) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct value was = rows_cell(rows, 1), now = rows_cell(rows, 2);
		*last = rows_int(rows, 0);
		if (!value_same(&was, &now))
			out[(*n)++] = (struct changed){ *last, value_copy(tx_arena(tx), &now) };
	}
}

static struct problem *write_changed(struct tx *tx, const struct field *f,
				     const struct changed *rows, size_t n) {
	const char *sql =
		arena_printf(tx_arena(tx), "UPDATE \"%s\" SET \"%s\" = ?1 WHERE \"id\" = ?2",
			     f->form->table, f->column);
	for (size_t i = 0; i < n; i++)
		TRY(tx_exec(tx, sql, PARAMS(rows[i].now, value_int(rows[i].id)), NULL));
	return NULL;
}

static struct problem *slice(struct request *rq, struct tx *tx, const struct field *f,
			     int64_t *after, int limit) {
	struct select_builder b;
	struct sb sql = sb_on(rq->arena, SELECT_TEXT_MAX);
	struct changed *changed = arena_array(rq->arena, (size_t)limit, sizeof *changed);
	size_t n, seen;
	TRY(slice_sql(rq, tx, f, *after, limit, &b, &sql));
	TRY(read_slice(tx, &b, sb_cstr(&sql), changed, &n, &seen, after));
	TRY(write_changed(tx, f, changed, n));
	if (seen < (size_t)limit) *after = 0;
	return NULL;
}

static struct problem *fail_row(struct tx *tx, const struct field *f, int64_t *after) {
	struct arena *a = tx_arena(tx);
	bool have;
	TRY(tx_int(tx,
		   arena_printf(
			   a, "SELECT \"id\" FROM \"%s\" WHERE \"id\" > ?1 ORDER BY \"id\" LIMIT 1",
			   f->form->table),
		   PARAMS(value_int(*after)), after, &have));
	return write_changed(tx, f, &(struct changed){ *after, VALUE_NONE }, 1);
}

static struct problem *slice_by_row(struct request *rq, struct tx *tx, const struct field *f,
				    int64_t *after) {
	for (int i = 0; i < RECOMPUTE_SLICE; i++) {
		int64_t at = *after;
		struct problem *p = slice(rq, tx, f, &at, 1);
		if (p && p->kind == PROBLEM_INVALID) {
			at = *after;
			p = fail_row(tx, f, &at);
		}
		if (p) return p;
		*after = at;
		if (!at) return NULL;
	}
	return NULL;
}

static struct problem *commit_slice(struct tx *tx, void *arg) {
	struct recompute *r = arg;
	struct problem *p;
	struct request rq = { .arena = tx_arena(tx),
			      .now_us = clock_now(),
			      .app = r->field->form->app,
			      .door = DOOR_SYSTEM,
			      .id = "" };
	struct directory *people = people_take(r->store, tx, &p);
	if (p) return p;
	rq.directory = people;
	r->next = r->after;
	p = slice(&rq, tx, r->field, &r->next, r->limit);
	if (p && p->kind == PROBLEM_INVALID) {
		r->next = r->after;
		p = slice_by_row(&rq, tx, r->field, &r->next);
	}
	directory_release(people);
	return p;
}

static struct problem *commit_forget(struct tx *tx, void *recompute) {
	return rollup_mean_forget(tx, ((struct recompute *)recompute)->field);
}

struct problem *recompute_field(struct store *s, struct arena *a, const struct field *f) {
	struct recompute r = { .store = s,
			       .field = f,
			       .limit = f->rollup ? ROLLUP_SLICE : RECOMPUTE_SLICE };
	if (f->mean_column) TRY(journal_member(s, a, LANE_BULK, commit_forget, &r));
	do {
		int64_t began = clock_mono();
		TRY(journal_member(s, a, LANE_BULK, commit_slice, &r));
		bool slow = clock_mono() - began > SLICE_US;
		if (f->rollup && slow && r.limit > 1) r.limit /= 2;
		if (f->rollup && !slow && r.limit < SLICE_MAX) r.limit *= 2;
		r.after = r.next;
	} while (r.after);
	return NULL;
}

struct problem *recompute_form(struct store *s, struct arena *a, const struct form *form) {
	for (size_t i = 0; i < form->rollup_count; i++)
		TRY(recompute_field(s, a, form->rollups[i]));
	for (size_t i = 0; i < form->computed_count; i++)
		if (recompute_can(form->computed[i]) && !form->computed[i]->frozen)
			TRY(recompute_field(s, a, form->computed[i]));
	return NULL;
}

/* ---- one field, by its name in the journal ---- */

const char *recompute_name(struct arena *a, const struct field *f) {
	return arena_printf(a, "%s/%s", form_owner(a, f->form), f->id);
}

static const struct field *named_in(struct arena *a, const struct form *form, const char *name) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i], *inner = NULL;
		if (strcmp(recompute_name(a, f), name) == 0) return f;
		if (f->rows) inner = named_in(a, f->rows, name);
		if (inner) return inner;
	}
	return NULL;
}

const struct field *recompute_named(struct arena *a, const struct app *app, const char *name) {
	for (size_t i = 0; i < app->form_count; i++) {
		const struct field *f = named_in(a, app->forms[i], name);
		if (f && f->formula) return f;
	}
	return NULL;
}
