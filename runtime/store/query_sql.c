/* query_sql.c -- puts a list's statement together: columns asked, flags of grants, sort keys, FROM,
 * WHERE, ORDER. */
#include "runtime/store/query_sql.h"

static void comma(struct sb *out) {
	if (out->n) sb_cat(out, ", ");
}

/* ---- columns ---- */

static struct problem *columns(struct select_builder *b, struct select_cells *s, struct sb *out) {
	s->columns = arena_array(b->arena, b->q->column_count + 1, sizeof *s->columns);
	s->column_joins = arena_array(b->arena, b->q->column_count + 1, sizeof *s->column_joins);
	for (size_t i = 0; i < b->q->column_count; i++) {
		const struct expr_path *path = &b->q->paths.items[b->q->columns[i].path];
		const struct field *f = path->fields[path->length - 1];
		s->columns[i] = -1;
		if (f->type->storage == STORE_VALUES) continue;
		comma(out);
		TRY(select_path(b, path, &s->column_joins[i], out));
		s->columns[i] = s->cells++;
	}
	return NULL;
}

/* ---- flags ---- */

static bool same_right(const struct select_flags *flags, const struct field *f) {
	for (size_t i = 1; i < flags->n; i++)
		if (grant_right(flags->grants[i], f) != grant_right(flags->grants[0], f))
			return false;
	return true;
}

/* Do the grants of this join differ over a field on one of the paths asked for? */
static bool differ(const struct select_builder *b, const struct select_join *j,
		   const struct select_flags *flags) {
	for (size_t i = 0; i < b->q->column_count; i++) {
		const struct expr_path *path = &b->q->paths.items[b->q->columns[i].path];
		for (size_t k = 0; k < path->length; k++) {
			const struct field *f = path->fields[k];
			if (f->form == j->form && !same_right(flags, f)) return true;
		}
		const struct field *lookup = b->q->columns[i].lookup;
		if (lookup && lookup->form == j->form && !same_right(flags, lookup)) return true;
	}
	return false;
}

static bool tables_differ(const struct select_builder *b, const struct select_flags *flags) {
	for (size_t i = 0; i < b->q->table_count; i++) {
		const struct form *rows = b->q->tables[i]->rows;
		if (!same_right(flags, b->q->tables[i])) return true;
		for (size_t k = 0; k < rows->field_count; k++)
			if (!same_right(flags, rows->fields[k])) return true;
	}
	return false;
}

static struct problem *flags(struct select_builder *b, struct select_cells *s, struct sb *out) {
	for (size_t i = 0; i < b->join_count; i++) {
		struct select_join *j = &b->joins[i];
		enum action action = i ? ACTION_READ : b->q->action;
		struct select_flags *fl = &j->flags;
		fl->n = select_grants(b->arena, j->access, action, &fl->grants);
		fl->first = -1;
		if (j->access->everything || fl->n < 2 ||
		    !(differ(b, j, fl) || (!i && tables_differ(b, fl))))
			continue;
		fl->first = s->cells;
		for (size_t k = 0; k < fl->n; k++, s->cells++) {
			comma(out);
			/* A linked record that is not there is covered by nothing. */
			sb_char(out, '(');
			if (i) sb_printf(out, "%s.\"id\" IS NOT NULL AND ", j->alias);
			TRY(select_grant(b, fl->grants[k], action, j->form, j->alias, out));
			sb_char(out, ')');
		}
	}
	return NULL;
}

/* ---- sort keys ---- */

static struct problem *sort_keys(struct select_builder *b, struct select_cells *s, struct sb *out) {
	for (size_t i = 0; i + 1 < b->q->sort_count; i++) {
		comma(out);
		TRY(select_sort_key(b, i, out));
		s->sort[i] = s->cells++;
	}
	s->sort[b->q->sort_count - 1] = 0; /* the id */
	return NULL;
}

/* ---- statements ---- */

struct problem *select_compile(struct select_builder *b, enum select_phase phase,
			       struct select_cells *select, struct sb *out) {
	struct arena *a = b->arena;
	struct sb list = sb_on(a, SELECT_TEXT_MAX), where = sb_on(a, SELECT_TEXT_MAX),
		  order = sb_on(a, SELECT_TEXT_MAX);
	*select = (struct select_cells){ .cells = 2 };
	sb_cat(&list, "r.\"id\", r.\"rev\"");
	TRY(columns(b, select, &list));
	TRY(sort_keys(b, select, &list));
	TRY(select_where(b, phase, &where));
	TRY(select_order(b, phase, &order));
	TRY(flags(b, select, &list));
	sb_printf(out, "SELECT %s FROM ", sb_cstr(&list));
	select_from(b, out);
	sb_printf(out, " WHERE %s ORDER BY %s LIMIT ", sb_cstr(&where), sb_cstr(&order));
	select_bind_int(b, b->q->limit + 1, out);
	if (b->q->offset) {
		sb_cat(out, " OFFSET ");
		select_bind_int(b, b->q->offset, out);
	}
	if (list.overflow || where.overflow || order.overflow || out->overflow)
		return PROBLEM(a, TOO_LARGE, "too_large", "max", "512 KiB");
	return NULL;
}

struct problem *select_count(struct select_builder *b, struct sb *out) {
	struct sb where = sb_on(b->arena, SELECT_TEXT_MAX);
	bool capped = b->q->count == COUNT_CAPPED;
	TRY(select_where(b, SELECT_FIRST, &where));
	sb_cat(out, capped ? "SELECT count(*) FROM (SELECT 1 FROM " : "SELECT count(*) FROM ");
	select_from(b, out);
	sb_printf(out, " WHERE %s", sb_cstr(&where));
	if (capped) {
		sb_cat(out, " LIMIT ");
		select_bind_int(b, QUERY_COUNT_CAP + 1, out);
		sb_cat(out, ") counted");
	}
	return NULL;
}

struct problem *query_sql(struct request *rq, struct query *q, enum dialect dialect, struct sb *out,
			  struct value **params, size_t *n) {
	struct select_builder b;
	struct select_cells select;
	select_begin(&b, rq, NULL, q, dialect);
	TRY(select_compile(&b, q->after ? SELECT_AFTER : SELECT_FIRST, &select, out));
	*params = b.params;
	*n = b.param_count;
	return NULL;
}
