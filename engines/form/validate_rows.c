/* validate_rows.c -- a sub-table as a whole: how many rows, and keys that occur once in it. A row
 * whose key has an empty part is equal to no other. */
#include "engines/form/write.h"

#include <stdlib.h>

enum { KEY_TEXT_MAX = 256 * 1024 };

struct keyed {
	uint64_t hash;
	size_t place;
};

static int by_hash(const void *a, const void *b) {
	const struct keyed *x = a, *y = b;
	if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static bool hash_key(struct prepared *p, const struct unique_key *key, const struct record *r,
		     uint64_t *hash) {
	struct sb text = sb_on(p->rq->arena, KEY_TEXT_MAX);
	for (size_t i = 0; i < key->n; i++) {
		const struct field *f = key->fields[i];
		if (value_is_null(&r->values[f->index])) return false;
		field_write_text(&text, f, &p->codec, &r->values[f->index], false);
		sb_char(&text, '\x1f');
	}
	*hash = str_hash(sb_str(&text));
	return true;
}

static bool same_key(const struct unique_key *key, const struct record *a, const struct record *b) {
	for (size_t i = 0; i < key->n; i++) {
		size_t at = key->fields[i]->index;
		if (!value_same(&a->values[at], &b->values[at])) return false;
	}
	return true;
}

static struct unit *unit_of(struct prepared *p, const struct record *r) {
	for (size_t i = 0; i < p->unit_count; i++)
		if (p->units[i].now == r) return &p->units[i];
	return NULL;
}

static void refuse_twin(struct prepared *p, const struct unique_key *key, const struct record *r,
			size_t first) {
	struct unit *u = unit_of(p, r);
	const char *row = arena_printf(p->rq->arena, "%zu", first + 1);
	for (size_t i = 0; i < key->n; i++)
		if (!unit_has(u, key->fields[i], UNIT_FAULT))
			UNIT_FAULT_AT(u, key->fields[i], "row_not_unique", "row", row);
}

static void check_key(struct prepared *p, const struct record_rows *rows,
		      const struct unique_key *key) {
	struct keyed *keyed = arena_array(p->rq->arena, rows->n + 1, sizeof *keyed);
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		keyed[n].place = i;
		n += hash_key(p, key, rows->items[i], &keyed[n].hash);
	}
	qsort(keyed, n, sizeof *keyed, by_hash);
	for (size_t i = 1; i < n; i++) {
		const struct keyed *a = &keyed[i - 1], *b = &keyed[i];
		if (a->hash == b->hash &&
		    same_key(key, rows->items[a->place], rows->items[b->place]))
			refuse_twin(p, key, rows->items[b->place], a->place);
	}
}

static void check_count(struct prepared *p, const struct field *f, size_t n) {
	struct arena *a = p->rq->arena;
	struct unit *u = &p->root;
	if (unit_has(u, f, UNIT_HIDDEN) || unit_has(u, f, UNIT_FAULT)) return;
	if (f->min_rows >= 0 && n < (size_t)f->min_rows)
		UNIT_FAULT_AT(u, f, "too_few_rows", "min",
			      arena_printf(a, "%lld", (long long)f->min_rows));
	else if (f->max_rows >= 0 && n > (size_t)f->max_rows)
		UNIT_FAULT_AT(u, f, "too_many_rows", "max",
			      arena_printf(a, "%lld", (long long)f->max_rows));
}

static void check_read_only(struct prepared *p, const struct field *f) {
	struct unit *u = &p->root;
	bool fixed = u->old && unit_has(u, f, UNIT_READ_ONLY) && unit_has(u, f, UNIT_GIVEN);
	if (fixed && !unit_has(u, f, UNIT_FAULT) && table_differs(p, f))
		UNIT_FAULT_AT(u, f, "read_only", "field", f->name);
}

void rows_validate(struct prepared *p) {
	const struct write_plan *plan = write_plan(p->root.form);
	for (size_t i = 0; i < plan->table_count; i++) {
		const struct field *f = plan->tables[i];
		const struct record_rows *rows = &p->root.now->rows[f->index];
		check_read_only(p, f);
		check_count(p, f, rows->n);
		for (size_t k = 0; k < f->rows->unique_count; k++)
			check_key(p, rows, &f->rows->uniques[k]);
	}
}
