/* index_advice.c -- tells when a list walks a big table for want of an index, and which fields the
 * index should have. SQLite's own plan is the witness. A statement's plan is asked once and
 * remembered by its text; whether its table has become big is looked at again every ten seconds,
 * and only for statements whose plan is poor. */
#include <pthread.h>

#include "runtime/base/clock.h"
#include "runtime/store/read_internal.h"

enum { MEMORY_SLOTS = 1024, BIG_TABLE = 20000, TERMS_MAX = 16, NAMES_MAX = 6 };
#define LOOK_AGAIN_US INT64_C(10000000)

struct judged {
	uint64_t key;
	bool poor, big;
	int64_t looked_us;
};
static struct judged memory[MEMORY_SLOTS];
static pthread_mutex_t memory_mutex = PTHREAD_MUTEX_INITIALIZER; /* guards memory */

static bool recall(uint64_t key, struct judged *out) {
	pthread_mutex_lock(&memory_mutex);
	*out = memory[key % MEMORY_SLOTS];
	pthread_mutex_unlock(&memory_mutex);
	return out->key == key;
}

static void remember(const struct judged *j) {
	pthread_mutex_lock(&memory_mutex);
	memory[j->key % MEMORY_SLOTS] = *j;
	pthread_mutex_unlock(&memory_mutex);
}

/* ---- the plan ---- */

static bool poor_step(struct str detail, bool chooses) {
	if (str_starts(detail, STR("USE TEMP B-TREE FOR ORDER BY"))) return true;
	bool walk = str_is(detail, "SCAN r") || str_starts(detail, STR("SCAN r "));
	return walk &&
	       chooses; /* walking in the list's own order is what a list without conditions does */
}

static struct problem *judge_plan(struct tx *tx, const struct query *q, const char *sql,
				  const struct value *params, size_t n, bool *poor) {
	const char *explain = arena_printf(tx_arena(tx), "EXPLAIN QUERY PLAN %s", sql);
	bool chooses = q->filter || !q->access->everything, have;
	struct rows *rows;
	*poor = false;
	TRY(tx_query(tx, explain, params, n, &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		*poor |= poor_step(rows_text(rows, 3), chooses);
	}
}

static struct problem *is_big(struct tx *tx, const struct form *form, bool *big) {
	int64_t n = 0;
	bool have;
	const char *sql =
		arena_printf(tx_arena(tx), "SELECT count(*) FROM (SELECT 1 FROM \"%s\" LIMIT %d)",
			     form->table, BIG_TABLE);
	TRY(tx_int(tx, sql, NO_PARAMS, &n, &have));
	*big = n == BIG_TABLE;
	return NULL;
}

/* ---- the fields ---- */

struct advised {
	const struct field *items[NAMES_MAX];
	size_t n;
};

static void add_path(struct advised *advised, const struct query *q, size_t path) {
	const struct expr_path *p = &q->paths.items[path];
	const struct field *f = p->root == ROOT_RECORD && p->length == 1 ? p->fields[0] : NULL;
	if (!f || f->system == SYSTEM_ID || f->type->storage == STORE_VALUES ||
	    f->type->storage == STORE_ROWS)
		return;
	for (size_t i = 0; i < advised->n; i++)
		if (advised->items[i] == f) return;
	if (advised->n < NAMES_MAX) advised->items[advised->n++] = f;
}

static void add_terms(struct advised *advised, const struct query *q, bool range) {
	struct expr_term terms[TERMS_MAX];
	size_t n = q->filter ? expr_terms(q->filter, terms, TERMS_MAX) : 0;
	for (size_t i = 0; i < n && i < TERMS_MAX; i++) {
		bool equal = terms[i].kind == TERM_EQ || terms[i].kind == TERM_IN;
		if (range ? terms[i].kind == TERM_RANGE : equal)
			add_path(advised, q, terms[i].path);
	}
}

/* Fields compared with ==, then the sort field, then a range: the order an index of a saved view
 * has too. */
static const char *advice_text(struct arena *a, const struct query *q) {
	struct advised advised = { .n = 0 };
	struct sb out = sb_on(a, 1024);
	add_terms(&advised, q, false);
	if (q->sort_count > 1) add_path(&advised, q, q->sort[0].path);
	add_terms(&advised, q, true);
	for (size_t i = 0; i < advised.n; i++)
		sb_printf(&out, "%s%s", i ? ", " : "", advised.items[i]->name);
	return advised.n ? sb_cstr(&out) : NULL;
}

struct problem *index_advice(struct tx *tx, const struct query *q, const char *sql,
			     const struct value *params, size_t n, const char **out) {
	struct judged j;
	*out = NULL;
	if (!q->filter && q->sort_count == 1) return NULL;
	uint64_t key =
		str_hash(str_of(sql)) ^ (q->form->app->serial * UINT64_C(0x9e3779b97f4a7c15));
	bool known = recall(key, &j);
	if (!known) {
		j = (struct judged){ .key = key };
		TRY(judge_plan(tx, q, sql, params, n, &j.poor));
	}
	if (j.poor && (!known || clock_mono() - j.looked_us > LOOK_AGAIN_US)) {
		TRY(is_big(tx, q->form, &j.big));
		j.looked_us = clock_mono();
		known = false;
	}
	if (!known) remember(&j);
	*out = j.poor && j.big ? advice_text(tx_arena(tx), q) : NULL;
	return NULL;
}

struct problem *read_advice(struct request *rq, struct tx *tx, struct query *q, const char **out) {
	struct select_builder b;
	struct select_cells cells;
	struct sb sql = sb_on(rq->arena, SELECT_TEXT_MAX);
	select_begin(&b, rq, tx, q, DIALECT_SQLITE);
	TRY(select_compile(&b, SELECT_FIRST, &cells, &sql));
	return index_advice(tx, q, sb_cstr(&sql), b.params, b.param_count, out);
}
