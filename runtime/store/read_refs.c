/* read_refs.c -- lists of references as their reader may see them: an item that leads where he does
 * not see is not there. One query a linked form, however many records and items there are. */
#include "runtime/store/read_internal.h"

struct seen {
	int64_t *ids;
	size_t n;
};

static struct problem *ask(struct request *rq, struct tx *tx, const struct form *form,
			   const struct seen *wanted, struct seen *out) {
	struct query *q = query_new(rq, form);
	struct read_page page;
	out->ids = arena_array(rq->arena, wanted->n + 1, sizeof *out->ids);
	if (!query_view(q, form)->known || !access_may(&query_view(q, form)->access, ACTION_READ))
		return NULL;
	q->named = true;
	q->ids = wanted->ids;
	q->id_count = wanted->n;
	q->limit = (int64_t)wanted->n;
	TRY(permission_query(rq, q, ACTION_READ));
	TRY(read_page(rq, tx, q, &page));
	for (size_t i = 0; i < page.n; i++) out->ids[out->n++] = page.records[i]->id;
	out->n = ids_once(out->ids, out->n);
	return NULL;
}

static bool is_list(const struct value *v) { return v->kind == VALUE_LIST; }

static struct seen items_of(struct arena *a, const struct value *values, size_t n) {
	struct seen all = { .n = 0 };
	size_t count = 0;
	for (size_t i = 0; i < n; i++) count += is_list(&values[i]) ? values[i].as.list.n : 0;
	all.ids = arena_array(a, count + 1, sizeof *all.ids);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; is_list(&values[i]) && k < values[i].as.list.n; k++)
			all.ids[all.n++] = values[i].as.list.items[k].as.i;
	all.n = ids_once(all.ids, all.n);
	return all;
}

static struct value without_unseen(struct arena *a, const struct value *v,
				   const struct seen *seen) {
	struct value *items = arena_array(a, v->as.list.n + 1, sizeof *items);
	size_t n = 0;
	for (size_t i = 0; i < v->as.list.n; i++)
		if (ids_place(seen->ids, seen->n, v->as.list.items[i].as.i) < seen->n)
			items[n++] = v->as.list.items[i];
	return n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, n } } : VALUE_NONE;
}

struct problem *read_refs_seen(struct request *rq, struct tx *tx, const struct field *f,
			       struct value *values, size_t n) {
	struct seen wanted = items_of(rq->arena, values, n), seen = { .n = 0 };
	if (!wanted.n || request_is_admin(rq)) return NULL;
	TRY(ask(rq, tx, f->target, &wanted, &seen));
	for (size_t i = 0; i < n; i++)
		if (is_list(&values[i])) values[i] = without_unseen(rq->arena, &values[i], &seen);
	return NULL;
}

static bool is_refs(const struct field *f) { return f->target && f->type->storage == STORE_VALUES; }

struct problem *read_refs_in(struct request *rq, struct tx *tx, const struct field *f,
			     struct record *const *records, size_t n) {
	struct value *values = arena_array(rq->arena, n + 1, sizeof *values);
	for (size_t i = 0; i < n; i++) values[i] = records[i]->values[f->index];
	TRY(read_refs_seen(rq, tx, f, values, n));
	for (size_t i = 0; i < n; i++) records[i]->values[f->index] = values[i];
	return NULL;
}

struct problem *read_refs_of(struct request *rq, struct tx *tx, const struct form *form,
			     struct record *const *records, size_t n) {
	for (size_t i = 0; n && i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (is_refs(f)) TRY(read_refs_in(rq, tx, f, records, n));
		if (!f->rows) continue;
		struct record_rows all = read_all_rows(rq->arena, f, records, n);
		TRY(read_refs_of(rq, tx, f->rows, all.items, all.n));
	}
	return NULL;
}
