/* read_lookup.c -- live lookups of records that were read: each step of a path is asked once for
 * all of them, as its reader would ask, so that what he does not see on the way or at the end is
 * not there. A list asks for single values in its own statement instead (query_column.lookup); those
 * that end in a list of values are taken here, too. */
#include "runtime/store/read_internal.h"

/* Where a record stands on the way, and what the way so far is worth. */
struct traveller {
	int64_t id;
	struct value value;
	enum field_right right;
};

/* One on the way must be read plainly: what lies behind a masked one would tell which it is. */
static bool may_ask(struct query *q, const struct field *f, bool last) {
	const struct query_view *v = query_view(q, f->form);
	return v->known && access_may(&v->access, ACTION_READ) &&
	       access_right_for(&v->access, f, ACTION_READ) >= (last ? RIGHT_MASK : RIGHT_READ);
}

static void hide_all(struct traveller *t, size_t n) {
	for (size_t i = 0; i < n; i++) t[i].value = VALUE_NONE, t[i].right = RIGHT_HIDDEN;
}

static void arrive(struct arena *a, const struct query *q, const struct read_page *page,
		   struct traveller *t, size_t n) {
	size_t *rows = arena_array(a, q->id_count + 1, sizeof *rows); /* by id: its row + 1 */
	for (size_t i = 0; i < page->n; i++)
		rows[ids_place(q->ids, q->id_count, page->records[i]->id)] = i + 1;
	for (size_t i = 0; i < n; i++) {
		size_t row = t[i].id ? rows[ids_place(q->ids, q->id_count, t[i].id)] : 0;
		if (!row) continue;
		t[i].value = page->columns[row - 1][0];
		t[i].right = (enum field_right)page->column_rights[row - 1][0];
	}
}

/* Of a record that is not there, or not for this reader, every field is null: no secret of it. */
static struct problem *take_step(struct request *rq, struct tx *tx, const struct field *f,
				 bool last, struct traveller *t, size_t n) {
	struct query *q = query_new(rq, f->form);
	struct query_column column = query_column_of(q, f);
	int64_t *ids = arena_array(rq->arena, n + 1, sizeof *ids);
	struct read_page page;
	if (!may_ask(q, f, last)) {
		hide_all(t, n);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) ids[i] = t[i].id, t[i].value = VALUE_NONE;
	q->named = true;
	q->columns = &column;
	q->column_count = 1;
	q->ids = ids;
	q->id_count = ids_once(ids, n);
	q->limit = (int64_t)q->id_count;
	if (!q->id_count) return NULL;
	TRY(permission_query(rq, q, ACTION_READ));
	TRY(read_page(rq, tx, q, &page));
	arrive(rq->arena, q, &page, t, n);
	return NULL;
}

static void go_on(struct traveller *t, size_t n) {
	for (size_t i = 0; i < n; i++) {
		bool on = t[i].value.kind == VALUE_REF && t[i].right >= RIGHT_READ;
		if (t[i].right < RIGHT_READ) t[i].right = RIGHT_HIDDEN;
		t[i].id = on ? t[i].value.as.i : 0;
	}
}

static enum field_right right_on(const struct record *r, const struct field *f) {
	return r->rights ? (enum field_right)r->rights[f->index] : RIGHT_EDIT;
}

static void settle(struct request *rq, const struct field *f, struct record *r,
		   const struct traveller *t) {
	const struct codec codec = request_codec(rq);
	enum field_right own = right_on(r, f), right = t->right < own ? t->right : own;
	r->values[f->index] =
		t->right == right ? t->value : rights_value(rq->arena, f, &codec, right, t->value);
	if (r->rights) r->rights[f->index] = (uint8_t)right;
}

/* From what stands at t on, over the steps of f's way from `step`. */
static struct problem *travel(struct request *rq, struct tx *tx, const struct field *f,
			      struct traveller *t, size_t n, size_t step) {
	for (; step < f->lookup_length; step++) {
		go_on(t, n);
		bool hidden = true;
		for (size_t i = 0; i < n; i++) hidden = hidden && t[i].right == RIGHT_HIDDEN;
		bool last = step + 1 == f->lookup_length;
		if (!hidden) TRY(take_step(rq, tx, f->lookup[step], last, t, n));
	}
	return NULL;
}

static void settle_all(struct request *rq, const struct field *f, struct record *const *records,
		       struct traveller *t, size_t n) {
	for (size_t i = 0; i < n; i++) {
		if (t[i].right == RIGHT_HIDDEN) t[i].value = VALUE_NONE;
		settle(rq, f, records[i], &t[i]);
	}
}

static struct problem *look_up(struct request *rq, struct tx *tx, const struct field *f,
			       struct record *const *records, size_t n) {
	struct traveller *t = arena_array(rq->arena, n + 1, sizeof *t);
	for (size_t i = 0; i < n; i++) {
		t[i].value = records[i]->values[f->lookup[0]->index];
		t[i].right = right_on(records[i], f->lookup[0]);
	}
	TRY(travel(rq, tx, f, t, n, 1));
	settle_all(rq, f, records, t, n);
	return NULL;
}

/* The way begins at the record itself: a page need not have asked for its reference. */
struct problem *read_lookup_list(struct request *rq, struct tx *tx, const struct field *f,
				 struct record *const *records, size_t n) {
	struct traveller *t = arena_array(rq->arena, n + 1, sizeof *t);
	for (size_t i = 0; i < n; i++) {
		t[i].value = (struct value){ .kind = VALUE_REF, .as.i = records[i]->id };
		t[i].right = RIGHT_EDIT;
	}
	TRY(travel(rq, tx, f, t, n, 0));
	settle_all(rq, f, records, t, n);
	return NULL;
}

struct problem *read_lookups(struct request *rq, struct tx *tx, const struct form *form,
			     struct record *const *records, size_t n) {
	for (size_t i = 0; n && i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (field_is_alias(f)) TRY(look_up(rq, tx, f, records, n));
		if (!f->rows) continue;
		struct record_rows all = read_all_rows(rq->arena, f, records, n);
		TRY(read_lookups(rq, tx, f->rows, all.items, all.n));
	}
	return NULL;
}
