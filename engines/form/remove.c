/* remove.c -- deleting and restoring. On the writer, so that no reference can come in between;
 * bounded.
 *  1. A deleted record stays (deleted_at is set) with its rows; its unique keys are free again.
 *  2. Who still points at it decides, reference by reference: restrict refuses with counts, cascade
 * is deleted too (its own references judged likewise), set_null loses the reference. A record that
 * goes along refuses nothing.
 *  3. Restoring brings back the one record: its references must still lead somewhere, its unique
 * keys must still be free. */
#include "engines/form/history.h"
#include "engines/form/rollup.h"
#include "engines/form/write.h"

#include <assert.h>

#include "runtime/store/search.h"

enum { REMOVED_MAX = 1000, COUNTED_MAX = 1000 };

struct removed {
	const struct form *form;
	int64_t id;
};
struct removal {
	struct prepared *p;
	struct removed *items;
	size_t n;
	struct sb blockers; /* "订单 3, 报价单 12" */
};

static bool is_removed(const struct removal *m, const struct form *form, int64_t id) {
	for (size_t i = 0; i < m->n; i++)
		if (m->items[i].id == id && m->items[i].form == form) return true;
	return false;
}

const struct form *record_form(const struct field *f) {
	return f->form->parent ? f->form->parent : f->form;
}

/* ---- records that change on the way ---- */

/* It was found by its index in this very transaction. */
static struct problem *load(struct prepared *p, const struct form *form, int64_t id,
			    struct record **out) {
	TRY(record_load(p->tx, &p->codec, form, id, RECORD_WHOLE, out));
	assert(*out);
	return NULL;
}

struct record *record_next_revision(struct prepared *p, const struct record *r) {
	struct record *next = record_shallow(p->rq->arena, r);
	const struct form *form = r->form;
	next->rev = r->rev + 1;
	next->values[form_system(form, SYSTEM_REV)->index] = value_int(next->rev);
	next->values[form_system(form, SYSTEM_UPDATED_AT)->index] = value_datetime(p->rq->now_us);
	next->values[form_system(form, SYSTEM_UPDATED_BY)->index] =
		p->rq->actor ? value_text(str_of(p->rq->actor->login)) : VALUE_NONE;
	return next;
}

/* ---- references that lead elsewhere, or nowhere ---- */

/* A list keeps its order, and names nobody twice. */
static struct value replaced(struct arena *a, const struct value *list,
			     const struct reference_move *m) {
	struct value *items = arena_array(a, list->as.list.n, sizeof *items);
	bool have = !m->to;
	size_t n = 0;
	for (size_t i = 0; i < list->as.list.n; i++)
		have = have || list->as.list.items[i].as.i == m->to;
	for (size_t i = 0; i < list->as.list.n; i++) {
		struct value v = list->as.list.items[i];
		if (v.as.i == m->from && have) continue;
		if (v.as.i == m->from) v.as.i = m->to;
		items[n++] = v;
	}
	return n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, n } } : VALUE_NONE;
}

static bool holds(const struct value *v, int64_t id) {
	if (v->kind == VALUE_REF) return v->as.i == id;
	for (size_t i = 0; v->kind == VALUE_LIST && i < v->as.list.n; i++)
		if (v->as.list.items[i].as.i == id) return true;
	return false;
}

static bool move_in(struct prepared *p, struct record *r, const struct field *f,
		    const struct reference_move *m) {
	struct value *v = &r->values[f->index];
	if (!holds(v, m->from)) return false;
	if (v->kind == VALUE_LIST)
		*v = replaced(p->rq->arena, v, m);
	else if (m->to)
		v->as.i = m->to;
	else
		*v = VALUE_NONE;
	return true;
}

static bool is_meant(const struct reference_move *m, int64_t row) {
	for (size_t i = 0; m->only && i < m->only_count; i++)
		if (m->only[i] == row) return true;
	return !m->only;
}

static void move_in_rows(struct prepared *p, struct record *r, const struct field *f,
			 struct reference_move *m) {
	struct record_rows *rows = &r->rows[f->form->parent_field->index];
	struct record **items = arena_array(p->rq->arena, rows->n + 1, sizeof *items);
	m->rows = arena_array(p->rq->arena, rows->n + 1, sizeof *m->rows);
	for (size_t i = 0; i < rows->n; i++) {
		items[i] = record_shallow(p->rq->arena, rows->items[i]);
		if (is_meant(m, items[i]->id) && move_in(p, items[i], f, m))
			m->rows[m->n++] = items[i]->id;
	}
	rows->items = items;
}

static struct problem *store_moved(struct prepared *p, const struct field *f,
				   const struct record *before, struct record *after) {
	const struct form *form = record_form(f);
	struct problem *problem = record_store_update(p->tx, &p->codec, before, after);
	if (problem == &store_unique)
		return PROBLEM(p->rq->arena, CONFLICT, "merge_unique", "form",
			       label_text(&form->label, p->rq->language));
	TRY(problem);
	search_write_later(p->tx, form, before->id, before->values, after->values, NULL);
	TRY(rollups_note(p, before, after));
	return history_write(p, "update", before, after);
}

struct problem *reference_move(struct prepared *p, const struct field *f, int64_t id,
			       struct reference_move *m) {
	struct record *before;
	TRY(load(p, record_form(f), id, &before));
	struct record *after = record_next_revision(p, before);
	m->n = 0;
	if (f->form->parent)
		move_in_rows(p, after, f, m);
	else
		m->n = move_in(p, after, f, m);
	return m->n ? store_moved(p, f, before, after) : NULL;
}

struct problem *reference_put(struct prepared *p, const struct field *f, int64_t id, int64_t to) {
	struct record *before;
	TRY(load(p, f->form, id, &before));
	struct record *after = record_next_revision(p, before);
	after->values[f->index] = (struct value){ .kind = VALUE_REF, .as.i = to };
	return store_moved(p, f, before, after);
}

static struct problem *clear_reference(struct removal *m, const struct field *f, int64_t id,
				       int64_t target) {
	struct reference_move move = { .from = target };
	if (is_removed(m, record_form(f), id)) return NULL;
	return reference_move(m->p, f, id, &move);
}

/* ---- restrict ---- */

static void add_blocker(struct removal *m, const struct field *f, size_t n) {
	const struct form *form = record_form(f);
	struct access ac;
	const char *more = n > COUNTED_MAX ? "+" : "";
	bool known = !access_of(m->p->rq, form, &ac) && access_may(&ac, ACTION_READ);
	if (m->blockers.n) sb_cat(&m->blockers, ", ");
	sb_printf(&m->blockers, "%s %zu%s",
		  known ? label_text(&form->label, m->p->rq->language) : "…", n, more);
}

static struct problem *remove_one(struct removal *m, const struct form *form, int64_t id);

static struct problem *judge(struct removal *m, const struct field *f, int64_t target) {
	size_t n, staying = 0;
	int64_t *ids;
	TRY(record_referrers(m->p->tx, f, target, COUNTED_MAX + 1, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		if (is_removed(m, record_form(f), ids[i])) continue;
		if (f->on_delete == ON_DELETE_RESTRICT)
			staying++;
		else if (f->on_delete == ON_DELETE_CASCADE)
			TRY(remove_one(m, record_form(f), ids[i]));
		else
			TRY(clear_reference(m, f, ids[i], target));
	}
	if (staying) add_blocker(m, f, staying);
	return NULL;
}

/* Cascades first: what goes along does not refuse. */
static struct problem *judge_all(struct removal *m, const struct form *form, int64_t id) {
	static const enum on_delete order[] = { ON_DELETE_CASCADE, ON_DELETE_RESTRICT,
						ON_DELETE_CLEAR };
	const struct write_plan *plan = write_plan(form);
	for (size_t k = 0; k < ARRAY_LEN(order); k++)
		for (size_t i = 0; i < plan->referrer_count; i++)
			if (plan->referrers[i]->on_delete == order[k])
				TRY(judge(m, plan->referrers[i], id));
	return NULL;
}

/* ---- one record ---- */

static struct problem *mark_deleted(struct prepared *p, const struct record *before,
				    struct record **out) {
	struct record *after = record_next_revision(p, before);
	after->values[form_system(before->form, SYSTEM_DELETED_AT)->index] =
		value_datetime(p->rq->now_us);
	*out = after;
	TRY(record_store_update(p->tx, &p->codec, before, after));
	search_write_later(p->tx, before->form, before->id, before->values, NULL, NULL);
	TRY(rollups_note(p, before, after));
	return history_write(p, "delete", before, after);
}

static struct problem *remember(struct removal *m, const struct form *form, int64_t id) {
	if (m->n == REMOVED_MAX)
		return PROBLEM(m->p->rq->arena, CONFLICT, "delete_too_many", "max",
			       arena_printf(m->p->rq->arena, "%d", REMOVED_MAX));
	m->items[m->n++] = (struct removed){ form, id };
	return NULL;
}

static struct problem *remove_one(struct removal *m, const struct form *form, int64_t id) {
	struct record *before, *after;
	if (is_removed(m, form, id)) return NULL;
	TRY(remember(m, form, id));
	TRY(load(m->p, form, id, &before));
	TRY(judge_all(m, form, id));
	return mark_deleted(m->p, before, &after);
}

struct problem *delete_commit(struct prepared *p) {
	struct removal m = { .p = p, .blockers = sb_on(p->rq->arena, 64 * 1024) };
	const struct record *before = p->root.old;
	m.items = arena_array(p->rq->arena, REMOVED_MAX, sizeof *m.items);
	TRY(remember(&m, before->form, before->id));
	TRY(judge_all(&m, before->form, before->id));
	TRY(mark_deleted(p, before, &p->root.now));
	if (m.blockers.n)
		return PROBLEM(p->rq->arena, CONFLICT, "delete_restricted", "by",
			       sb_cstr(&m.blockers));
	return NULL;
}

struct problem *restore_commit(struct prepared *p) {
	const struct record *before = p->root.old;
	TRY(duplicates_check(p));
	struct record *after = record_next_revision(p, before);
	after->values[form_system(before->form, SYSTEM_DELETED_AT)->index] = VALUE_NONE;
	p->root.now = after;
	struct problem *problem = record_store_update(p->tx, &p->codec, before, after);
	if (problem == &store_unique) return unique_problem(p);
	TRY(problem);
	search_write_later(p->tx, before->form, before->id, NULL, after->values, NULL);
	TRY(rollups_note(p, before, after));
	return history_write(p, "restore", before, after);
}
