/* rollup.c -- rollups are kept up in the commit of the write that changes what they gather.
 *  1. A write notes what it takes from and adds to each parent (a share: a record or row that has a
 * parent, passes the filter and has a value). Shares are added up where that is exact; where it is
 * not (the loss of the least one, the first value of all, how many have a value) the parent's index
 * is asked (store/rollup.h), so that a parent of a hundred thousand costs what one of ten does.
 *  2. Parents are settled by rank (form.h), lowest first: each is read as it is now on the writer,
 * gets its rollups, linkage and formulas, is judged and stored, and is then itself a write noted.
 *  3. Judged are those rules alone that read what has changed (rollup_judge.c): a parent that was
 * wrong before for another reason does not refuse its children.
 *  4. A parent's revision rises and an event tells of it; who saved it last stays as it was. Its
 * history gets a line when more than the rollups themselves has changed.
 *  5. Everything is made afresh whenever the commit runs again. */
#include "engines/form/rollup.h"

#include "engines/form/history.h"
#include "engines/form/rollup_judge.h"
#include "runtime/store/rollup.h"
#include "runtime/store/search.h"

enum {
	TURNS_MAX = 16 /* of one parent in one commit: records that gather from one another in a
			  circle */
};

/* What one rollup of one parent loses and gets; a count looks at lost and got alone. */
struct share {
	const struct field *rollup;
	bool lost, got;
	struct value before, after;
};
struct touched {
	const struct form *form;
	int64_t id;
	const char *pointer; /* of the reference that led here */
	bool adds, pending;
	int turns;
	struct share *shares;
	size_t n, room;
};
struct settlement {
	struct touched *items;
	size_t n, room;
	const char *pointer; /* while parents' own parents are noted: that of the write itself */
};

/* ---- shares ---- */

static struct touched *touch(struct prepared *p, const struct form *form, int64_t id) {
	struct settlement *s = p->settlement;
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].id == id && s->items[i].form == form) return &s->items[i];
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 8;
		s->items = arena_grow(p->rq->arena, s->items, s->n * sizeof *s->items,
				      room * sizeof *s->items);
		s->room = room;
	}
	s->items[s->n] = (struct touched){ .form = form, .id = id, .pointer = "" };
	return &s->items[s->n++];
}

static void add_share(struct prepared *p, int64_t parent, const struct share *share,
		      const char *pointer) {
	struct touched *t = touch(p, share->rollup->form, parent);
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 4;
		t->shares = arena_grow(p->rq->arena, t->shares, t->n * sizeof *t->shares,
				       room * sizeof *t->shares);
		t->room = room;
	}
	if (!t->pending) t->pointer = pointer;
	t->pending = true;
	t->adds = t->adds || share->got;
	t->shares[t->n++] = *share;
}

static bool passes_by(const struct rollup *r, const struct record *row, const struct value **parent,
		      const struct value **v) {
	static const struct value none = { .kind = VALUE_NULL };
	*parent = &row->values[r->by->index];
	*v = r->field ? &row->values[r->field->index] : &none;
	if ((*parent)->kind != VALUE_REF) return false;
	return !r->field || !value_is_null(*v);
}

/* The filter over a record or row as it stands; one that cannot be computed lets nothing pass. */
static struct problem *passes(struct prepared *p, const struct rollup *r, const struct record *top,
			      const struct record *row, bool *out) {
	*out = true;
	if (!r->filter) return NULL;
	struct unit *units = arena_array(p->rq->arena, 2, sizeof *units);
	bool quiet = p->quiet;
	unit_init(&units[0], p, r->of, (struct record *)(uintptr_t)row, NULL);
	if (r->of->parent) {
		unit_init(&units[1], p, top->form, (struct record *)(uintptr_t)top, NULL);
		units[0].parent = &units[1];
	}
	p->quiet = true;
	struct problem *problem = unit_test(&units[0], NULL, r->filter, out);
	p->quiet = quiet;
	return problem;
}

/* A record or row, as it was and as it is; either may be NULL. */
struct pair {
	const struct record *old_top, *old, *now_top, *now;
	const char *pointer;
};

static struct problem *note_pair(struct prepared *p, const struct field *f, const struct pair *x) {
	const struct value *from = NULL, *to = NULL, *lost = NULL, *got = NULL;
	bool was = x->old && record_alive(x->old_top) && passes_by(f->rollup, x->old, &from, &lost);
	bool is = x->now && record_alive(x->now_top) && passes_by(f->rollup, x->now, &to, &got);
	if (was) TRY(passes(p, f->rollup, x->old_top, x->old, &was));
	if (is) TRY(passes(p, f->rollup, x->now_top, x->now, &is));
	bool same = was && is && from->as.i == to->as.i;
	if (same && (f->rollup->agg == ROLLUP_COUNT || value_same(lost, got))) return NULL;
	struct share share = { .rollup = f, .lost = was, .got = is };
	if (was) share.before = *lost;
	if (is) share.after = *got;
	if (same) {
		add_share(p, from->as.i, &share, x->pointer);
		return NULL;
	}
	struct share out = { .rollup = f, .lost = true, .before = share.before },
		     in = { .rollup = f, .got = true, .after = share.after };
	if (was) add_share(p, from->as.i, &out, x->pointer);
	if (is) add_share(p, to->as.i, &in, x->pointer);
	return NULL;
}

/* ---- a write ---- */

static const struct record_rows *rows_of(const struct record *r, const struct field *table) {
	static const struct record_rows none;
	return r ? &r->rows[table->index] : &none;
}

static const struct record *row_by_id(const struct record_rows *rows, int64_t id, size_t hint) {
	if (hint < rows->n && rows->items[hint]->id == id) return rows->items[hint];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) return rows->items[i];
	return NULL;
}

/* Where a person finds the reference: in the write itself, else in the one that led here. */
static const char *pointer_of(struct prepared *p, const struct record *r, const struct field *by,
			      const struct record *row) {
	const struct settlement *s = p->settlement;
	if (s->pointer) return s->pointer;
	bool values = p->w->op == WRITE_CREATE || p->w->op == WRITE_UPDATE;
	if (!values || r->form != p->root.form || r->id != p->root.now->id) return p->root.pointer;
	if (!by->form->parent) return unit_pointer(&p->root, by);
	for (size_t i = 0; i < p->unit_count; i++)
		if (row && p->units[i].now->id == row->id && p->units[i].form == by->form)
			return unit_pointer(&p->units[i], by);
	return unit_pointer(&p->root, by->form->parent_field);
}

static struct problem *note_rows(struct prepared *p, const struct field *f,
				 const struct record *before, const struct record *after) {
	const struct field *by = f->rollup->by, *table = f->rollup->of->parent_field;
	const struct record_rows *old = rows_of(before, table), *now = rows_of(after, table);
	for (size_t i = 0; i < now->n; i++) {
		const struct record *row = now->items[i];
		struct pair x = { before, row_by_id(old, row->id, i), after, row,
				  pointer_of(p, after, by, row) };
		TRY(note_pair(p, f, &x));
	}
	for (size_t i = 0; i < old->n; i++) {
		const struct record *row = old->items[i];
		if (row_by_id(now, row->id, i)) continue;
		struct pair x = { before, row, after, NULL, pointer_of(p, before, by, NULL) };
		TRY(note_pair(p, f, &x));
	}
	return NULL;
}

struct problem *rollups_note(struct prepared *p, const struct record *before,
			     const struct record *after) {
	const struct form *form = after->form;
	if (!form->feed_count) return NULL;
	if (!p->settlement) p->settlement = arena_alloc(p->rq->arena, sizeof *p->settlement);
	for (size_t i = 0; i < form->feed_count; i++) {
		const struct field *f = form->feeds[i];
		if (f->rollup->of->parent) {
			TRY(note_rows(p, f, before, after));
			continue;
		}
		struct pair x = { before, before, after, after,
				  pointer_of(p, after, f->rollup->by, NULL) };
		TRY(note_pair(p, f, &x));
	}
	return NULL;
}

/* ---- the value of a rollup ---- */

enum { SUM_INTEGER_MAX_BITS = 53 };

/* v += sign * x; false: beyond what a field holds. */
static bool add_to(struct value *v, const struct value *x, int sign) {
	const int64_t largest = (INT64_C(1) << SUM_INTEGER_MAX_BITS) - 1;
	if (v->kind == VALUE_DECIMAL) {
		struct decimal *d = &v->as.d;
		return (sign > 0 ? decimal_add(*d, x->as.d, d) : decimal_sub(*d, x->as.d, d)) ==
		       DECIMAL_OK;
	}
	v->as.i += sign * x->as.i;
	return v->as.i <= largest && v->as.i >= -largest;
}

static bool is_zero(const struct value *v) {
	return v->kind == VALUE_DECIMAL ? v->as.d.coefficient == 0 : v->as.i == 0;
}

static int order_of(const struct value *a, const struct value *b) {
	if (a->kind == VALUE_DECIMAL) return decimal_cmp(a->as.d, b->as.d);
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

struct adding {
	struct value v;
	bool lost, exact; /* exact: v is the value; else it must be counted */
};

static void add_count(struct adding *a, const struct share *s) { a->v.as.i += s->got - s->lost; }

static void add_sum(struct adding *a, const struct share *s) {
	if (s->lost) a->exact = a->exact && add_to(&a->v, &s->before, -1);
	if (s->got) a->exact = a->exact && add_to(&a->v, &s->after, 1);
}

static void add_extreme(struct adding *a, const struct share *s, int sign) {
	if (s->lost && value_same(&s->before, &a->v)) a->exact = false;
	if (s->got && order_of(&s->after, &a->v) * sign > 0) a->v = s->after;
}

static void add_min(struct adding *a, const struct share *s) { add_extreme(a, s, -1); }
static void add_max(struct adding *a, const struct share *s) { add_extreme(a, s, 1); }

static void (*const adders[])(struct adding *a, const struct share *s) = {
	[ROLLUP_COUNT] = add_count, [ROLLUP_SUM] = add_sum, [ROLLUP_AVG] = NULL,
	[ROLLUP_MIN] = add_min,     [ROLLUP_MAX] = add_max, [ROLLUP_COUNT_DISTINCT] = NULL,
};

static struct decimal number_of(const struct value *v) {
	return v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i);
}

static bool add_mean(struct rollup_mean *m, const struct share *s) {
	enum decimal_status status = DECIMAL_OK;
	m->n += s->got - s->lost;
	if (s->lost) status = decimal_sub(m->sum, number_of(&s->before), &m->sum);
	if (s->got && status == DECIMAL_OK)
		status = decimal_add(m->sum, number_of(&s->after), &m->sum);
	return status == DECIMAL_OK;
}

static struct problem *next_mean(struct prepared *p, const struct touched *t, const struct field *f,
				 struct value *out) {
	struct rollup_mean m;
	TRY(rollup_mean_read(p->tx, f, t->id, &m));
	bool known = m.known;
	for (size_t i = 0; i < t->n && known; i++)
		if (t->shares[i].rollup == f) known = add_mean(&m, &t->shares[i]);
	if (!known) TRY(rollup_mean_count(p->rq, p->tx, f, t->id, &m));
	if (!rollup_mean_value(f, &m, out))
		return PROBLEM(p->rq->arena, INVALID, "not_storable", "field", f->name);
	return rollup_mean_write(p->tx, f, t->id, &m);
}

/* How many have the value now tells, with what came and went, whether any had it before. */
static struct problem *add_different(struct prepared *p, const struct touched *t,
				     const struct field *f, const struct value *v, int64_t *n) {
	int64_t got = 0, lost = 0, now;
	for (size_t i = 0; i < t->n; i++) {
		const struct share *s = &t->shares[i];
		if (s->rollup != f) continue;
		got += s->got && value_same(&s->after, v);
		lost += s->lost && value_same(&s->before, v);
	}
	TRY(rollup_same(p->rq, p->tx, f, t->id, v, got + 1, &now));
	*n += (now > 0) - (now - got + lost > 0);
	return NULL;
}

/* Every value that came or went, in order, each once. */
static struct problem *next_different(struct prepared *p, const struct touched *t,
				      const struct field *f, const struct value *old,
				      struct value *out) {
	const struct value **met = arena_array(p->rq->arena, 2 * t->n + 1, sizeof *met);
	size_t n = 0;
	int64_t count = old->as.i;
	if (value_is_null(old)) return rollup_read(p->rq, p->tx, f, t->id, out);
	for (size_t i = 0; i < 2 * t->n; i++) {
		const struct share *s = &t->shares[i / 2];
		const struct value *v = i % 2 ? &s->after : &s->before;
		bool again = s->rollup != f || !(i % 2 ? s->got : s->lost);
		for (size_t k = 0; k < n && !again; k++) again = value_same(met[k], v);
		if (again) continue;
		met[n++] = v;
		TRY(add_different(p, t, f, v, &count));
	}
	*out = value_int(count);
	return NULL;
}

static struct problem *next_value(struct prepared *p, const struct touched *t,
				  const struct field *f, const struct value *old,
				  struct value *out) {
	void (*add)(struct adding *, const struct share *) = adders[f->rollup->agg];
	if (f->rollup->agg == ROLLUP_AVG) return next_mean(p, t, f, out);
	if (f->rollup->agg == ROLLUP_COUNT_DISTINCT) return next_different(p, t, f, old, out);
	struct adding a = { .v = *old, .exact = !value_is_null(old) };
	for (size_t i = 0; i < t->n && a.exact; i++) {
		if (t->shares[i].rollup != f) continue;
		a.lost = a.lost || t->shares[i].lost;
		add(&a, &t->shares[i]);
	}
	/* Zero may be the sum of nothing, which is null. */
	if (f->rollup->agg == ROLLUP_SUM && a.lost && is_zero(&a.v)) a.exact = false;
	*out = a.v;
	return a.exact ? NULL : rollup_read(p->rq, p->tx, f, t->id, out);
}

static struct problem *set_rollups(struct prepared *q, const struct touched *t) {
	for (size_t i = 0; i < t->form->rollup_count; i++) {
		const struct field *f = t->form->rollups[i];
		struct value v;
		bool touched = false;
		for (size_t k = 0; k < t->n; k++) touched = touched || t->shares[k].rollup == f;
		if (!touched) continue;
		TRY(next_value(q, t, f, unit_value(&q->root, f), &v));
		if (!value_same(&v, unit_value(&q->root, f))) unit_set(&q->root, f, v);
	}
	return NULL;
}

void rollups_begin(struct unit *u) {
	for (size_t i = 0; i < u->form->rollup_count; i++) {
		const struct field *f = u->form->rollups[i];
		enum rollup_agg agg = f->rollup->agg;
		if (agg == ROLLUP_COUNT || agg == ROLLUP_COUNT_DISTINCT)
			*unit_value(u, f) = value_int(0);
	}
}

/* ---- one parent ---- */

/* The parent as a write of the system: with the same actor, so that formulas over $user give what
 * they gave, and every right. */
static struct problem *open_parent(struct prepared *p, const struct touched *t,
				   struct prepared **out) {
	struct arena *a = p->rq->arena;
	struct prepared *q = arena_alloc(a, sizeof *q);
	struct write *w = arena_alloc(a, sizeof *w);
	struct record *old;
	*w = (struct write){ .op = WRITE_UPDATE, .form = t->form, .id = t->id, .if_match = -1 };
	w->faults = (struct faults){ .arena = a };
	w->prepared = q;
	*q = (struct prepared){ .rq = p->rq,
				.store = p->store,
				.tx = p->tx,
				.w = w,
				.codec = p->codec,
				.frame = p->frame,
				.epoch = p->epoch,
				.app_serial = p->app_serial };
	q->access = (struct access){ .form = t->form, .everything = true };
	*out = NULL;
	TRY(record_load(p->tx, &p->codec, t->form, t->id, RECORD_WHOLE, &old));
	if (!old) return NULL;
	struct record *now = record_shallow(a, old);
	now->rev = old->rev + 1;
	unit_init(&q->root, q, t->form, now, old);
	*out = q;
	return input_apply(q);
}

static bool changed(const struct prepared *q, bool rollups) {
	const struct form *form = q->root.form;
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->rows ? table_differs(q, f)
			    : unit_changed(&q->root, f) && (rollups || !f->rollup))
			return true;
	}
	return false;
}

static struct problem *store_parent(struct prepared *q) {
	const struct record *old = q->root.old;
	struct record *now = q->root.now;
	now->values[form_system(now->form, SYSTEM_REV)->index] = value_int(now->rev);
	TRY(record_store_update(q->tx, &q->codec, old, now));
	if (!changed(q, false)) return history_event(q->rq, q->tx, now, "update");
	if (record_alive(now))
		search_write_later(q->tx, now->form, now->id, old->values, now->values, NULL);
	TRY(stage_log_add(q));
	return history_write(q, "update", old, now);
}

static struct problem *settle_one(struct prepared *p, struct touched *t) {
	struct prepared *q;
	TRY(open_parent(p, t, &q));
	if (!q) return NULL;
	TRY(set_rollups(q, t));
	t->n = 0;
	if (!changed(q, true)) return NULL;
	TRY(derive(q));
	TRY(rollup_judge(q, t->adds));
	TRY(transitions_check(q));
	TRY(rollup_refuse(p, q, t->pointer));
	TRY(store_parent(q));
	if (t->form == p->root.form && t->id == p->root.now->id) p->root.now = q->root.now;
	p->settlement->pointer = t->pointer;
	struct problem *problem = rollups_note(p, q->root.old, q->root.now);
	p->settlement->pointer = NULL;
	return problem;
}

static struct touched *next_pending(struct settlement *s) {
	struct touched *next = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].pending &&
		    (!next || s->items[i].form->rollup_rank < next->form->rollup_rank))
			next = &s->items[i];
	return next;
}

struct problem *rollups_settle(struct prepared *p) {
	struct settlement *s = p->settlement;
	if (!s) return NULL;
	for (struct touched *t; (t = next_pending(s));) {
		struct touched now = *t;
		t->pending = t->adds = false;
		t->n = t->room = 0;
		t->shares = NULL;
		if (t->turns++ == TURNS_MAX)
			return PROBLEM(p->rq->arena, CONFLICT, "rollup_endless", "form",
				       label_text(&t->form->label, p->rq->language));
		TRY(settle_one(p, &now));
	}
	return NULL;
}
