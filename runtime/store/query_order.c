/* query_order.c -- sort keys, ORDER BY, and the condition "after this row" of keyset paging.
 *
 * Nulls come last, up and down. A page after a row therefore has two phases: SELECT_AFTER reads the
 * rows whose first key is a value (a range an index can start at), and when they do not fill the
 * page SELECT_NULLS reads those without one; after a row whose first key is null only
 * SELECT_NULLS_AFTER remains. SELECT_FIRST is the first page. */
#include "runtime/store/query_sql.h"

static const struct expr_path *key_path(const struct query *q, size_t key) {
	return &q->paths.items[q->sort[key].path];
}

static const struct field *key_field(const struct query *q, size_t key) {
	const struct expr_path *path = key_path(q, key);
	return path->fields[path->length - 1];
}

bool select_key_nullable(const struct query *q, size_t key) {
	enum system_field system = key_field(q, key)->system;
	return key_path(q, key)->length > 1 ||
	       !(system == SYSTEM_ID || system == SYSTEM_REV || system == SYSTEM_CREATED_AT ||
		 system == SYSTEM_UPDATED_AT);
}

/* Codes were given in definition order unless values were inserted later. */
static bool codes_ascend(const struct enumeration *e) {
	for (size_t i = 1; i < e->n; i++)
		if (e->values[i].code <= e->values[i - 1].code) return false;
	return true;
}

static void by_definition(const struct enumeration *e, const char *column, struct sb *out) {
	if (codes_ascend(e)) {
		sb_cat(out, column);
		return;
	}
	sb_printf(out, "CASE %s", column);
	for (size_t i = 0; i < e->n; i++)
		sb_printf(out, " WHEN %d THEN %zu", (int)e->values[i].code, i);
	sb_cat(out, " END");
}

struct problem *select_sort_key(struct select_builder *b, size_t key, struct sb *out) {
	const struct field *f = key_field(b->q, key);
	struct sb column = sb_on(b->arena, 4096);
	if (b->search_table && key_path(b->q, key)->length == 1 && f->system == SYSTEM_ID) {
		sb_cat(out, "f.rowid"); /* the index itself walks in this order */
		return NULL;
	}
	int join;
	TRY(select_path(b, key_path(b->q, key), &join, &column));
	if (f->sort_column)
		sb_printf(out, "%s.\"%s\"", b->joins[join].alias, f->sort_column);
	else if (f->value_type.kind == TYPE_ENUM && f->enumeration)
		by_definition(f->enumeration, sb_cstr(&column), out);
	else if (f->value_type.kind == TYPE_USER || f->value_type.kind == TYPE_DEPT)
		TRY(select_decode_code(b, &f->value_type, sb_cstr(&column), out));
	else
		sb_cat(out, sb_cstr(&column));
	return NULL;
}

static struct problem *order_key(struct select_builder *b, size_t key, bool never_null,
				 struct sb *out) {
	bool descending = b->q->sort[key].descending;
	TRY(select_sort_key(b, key, out));
	sb_cat(out, descending ? " DESC" : "");
	if (!never_null && select_key_nullable(b->q, key) &&
	    !(descending && b->dialect == DIALECT_SQLITE))
		sb_cat(out,
		       " NULLS LAST"); /* SQLite puts them last in descending order by itself */
	return NULL;
}

struct problem *select_order(struct select_builder *b, enum select_phase phase, struct sb *out) {
	size_t first = phase == SELECT_NULLS || phase == SELECT_NULLS_AFTER ? 1 : 0;
	for (size_t i = first; i < b->q->sort_count; i++) {
		sb_cat(out, i > first ? ", " : "");
		TRY(order_key(b, i, i == 0 && phase == SELECT_AFTER, out));
	}
	return NULL;
}

/* ---- after a row ---- */

static struct problem *equal_key(struct select_builder *b, size_t key, struct sb *out) {
	const struct value *v = &b->q->after[key];
	TRY(select_sort_key(b, key, out));
	if (v->kind == VALUE_NULL) {
		sb_cat(out, " IS NULL");
		return NULL;
	}
	sb_cat(out, " = ");
	return select_bind(b, v, out);
}

static struct problem *beyond_key(struct select_builder *b, size_t key, const char *or_equal,
				  struct sb *out) {
	TRY(select_sort_key(b, key, out));
	sb_printf(out, " %s%s ", b->q->sort[key].descending ? "<" : ">", or_equal);
	return select_bind(b, &b->q->after[key], out);
}

/* Keys from `key` on come after the row: key beyond, or key equal and the next ones after. */
static struct problem *after_from(struct select_builder *b, size_t key, bool never_null,
				  struct sb *out) {
	bool last = key + 1 == b->q->sort_count, null = b->q->after[key].kind == VALUE_NULL;
	sb_char(out, '(');
	if (!null) {
		TRY(beyond_key(b, key, "", out));
		if (!never_null && select_key_nullable(b->q, key)) {
			sb_cat(out, " OR ");
			TRY(select_sort_key(b, key, out));
			sb_cat(out, " IS NULL");
		}
	}
	if (!last) {
		sb_cat(out, null ? "" : " OR (");
		TRY(equal_key(b, key, out));
		sb_cat(out, " AND ");
		TRY(after_from(b, key + 1, false, out));
		sb_cat(out, null ? "" : ")");
	}
	sb_char(out, ')');
	return NULL;
}

static struct problem *null_first_key(struct select_builder *b, bool after, struct sb *out) {
	TRY(select_sort_key(b, 0, out));
	sb_cat(out, " IS NULL");
	if (!after) return NULL;
	sb_cat(out, " AND ");
	return after_from(b, 1, false, out);
}

struct problem *select_keyset(struct select_builder *b, enum select_phase phase, struct sb *out) {
	if (phase == SELECT_FIRST) return NULL;
	sb_cat(out, " AND ");
	if (phase != SELECT_AFTER) return null_first_key(b, phase == SELECT_NULLS_AFTER, out);
	if (b->q->sort_count > 1) {
		TRY(beyond_key(b, 0, "=", out)); /* where an index walk begins */
		sb_cat(out, " AND ");
	}
	return after_from(b, 0, true, out);
}
