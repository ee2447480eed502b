/* query_from.c -- bound values, aliases and the joins of references. */
#include "runtime/store/search_sql.h"

#include <assert.h>

void select_begin(struct select_builder *b, struct request *rq, struct tx *tx, struct query *q,
		  enum dialect dialect) {
	assert(q->access && "a query must pass permission_query before it becomes SQL");
	memset(b, 0, sizeof *b);
	b->rq = rq;
	b->tx = tx;
	b->q = q;
	b->arena = rq->arena;
	b->dialect = dialect;
	b->joins[0] = (struct select_join){
		.parent = -1, .form = q->form, .access = q->access, .alias = "r"
	};
	b->join_count = 1;
	search_begin(b);
}

/* ---- bound values ---- */

static size_t add_param(struct select_builder *b, struct value v) {
	if (b->param_count == b->param_room) {
		size_t room = b->param_room ? b->param_room * 2 : 16;
		b->params =
			arena_grow(b->arena, b->params, b->param_room * sizeof v, room * sizeof v);
		b->param_room = room;
	}
	b->params[b->param_count++] = v;
	return b->param_count;
}

static void placeholder(struct select_builder *b, struct value v, struct sb *out) {
	sb_char(out, b->dialect == DIALECT_SQLITE ? '?' : '$');
	sb_int(out, (int64_t)add_param(b, v));
}

struct problem *select_bind(struct select_builder *b, const struct value *cell, struct sb *out) {
	if (cell->kind == VALUE_NULL)
		sb_cat(out, "NULL");
	else
		placeholder(b, *cell, out);
	return NULL;
}

void select_bind_int(struct select_builder *b, int64_t n, struct sb *out) {
	placeholder(b, value_int(n), out);
}

void select_bind_text(struct select_builder *b, struct str s, struct sb *out) {
	placeholder(b, (struct value){ .kind = VALUE_TEXT, .as.s = s }, out);
}

enum { IN_PLAIN_MAX = 8 };

static void in_plain(struct select_builder *b, const int64_t *items, size_t n, struct sb *out) {
	sb_cat(out, " IN (");
	for (size_t i = 0; i < n; i++) {
		if (i) sb_cat(out, ", ");
		select_bind_int(b, items[i], out);
	}
	sb_char(out, ')');
}

/* One parameter for any number of items, so that the statement's text, and with it the cached
 * statement, is the same. */
static void in_text(struct select_builder *b, const int64_t *items, size_t n, struct sb *out) {
	bool sqlite = b->dialect == DIALECT_SQLITE;
	struct sb list = sb_on(b->arena, SELECT_TEXT_MAX);
	sb_char(&list, sqlite ? '[' : '{');
	for (size_t i = 0; i < n; i++) {
		if (i) sb_char(&list, ',');
		sb_int(&list, items[i]);
	}
	sb_char(&list, sqlite ? ']' : '}');
	sb_cat(out, sqlite ? " IN (SELECT value FROM json_each(" : " = ANY (CAST(");
	select_bind_text(b, sb_str(&list), out);
	sb_cat(out, sqlite ? "))" : " AS bigint[]))");
}

void select_in(struct select_builder *b, const char *x, const int64_t *items, size_t n,
	       struct sb *out) {
	if (!n) {
		sb_cat(out, "1 = 0");
		return;
	}
	sb_cat(out, x);
	if (n <= IN_PLAIN_MAX)
		in_plain(b, items, n, out);
	else
		in_text(b, items, n, out);
}

/* ---- joins ---- */

const char *select_column_name(const struct field *f) {
	return f->system == SYSTEM_ID ? "id" : f->column;
}

static struct problem *join_on(struct select_builder *b, struct select_join *j) {
	struct sb on = sb_on(b->arena, SELECT_TEXT_MAX);
	sb_printf(&on, "%s.\"id\" = %s.\"%s\" AND %s.\"deleted_at\" IS NULL", j->alias,
		  b->joins[j->parent].alias, select_column_name(j->field), j->alias);
	struct sb rights = sb_on(b->arena, SELECT_TEXT_MAX);
	TRY(select_access(b, j->access, ACTION_READ, j->alias, &rights));
	if (rights.n) sb_printf(&on, " AND (%s)", sb_cstr(&rights));
	j->on = sb_cstr(&on);
	return NULL;
}

struct problem *select_join_of(struct select_builder *b, int parent, const struct field *ref,
			       int *out) {
	for (size_t i = 1; i < b->join_count; i++)
		if (b->joins[i].parent == parent && b->joins[i].field == ref) {
			*out = (int)i;
			return NULL;
		}
	if (b->join_count == SELECT_JOINS_MAX)
		return PROBLEM(b->arena, MALFORMED, "too_many_references", "max",
			       arena_printf(b->arena, "%d", SELECT_JOINS_MAX - 1));
	*out = (int)b->join_count++;
	struct select_join *j = &b->joins[*out];
	*j = (struct select_join){ .parent = parent,
				   .field = ref,
				   .form = ref->target,
				   .access = &query_view(b->q, ref->target)->access,
				   .alias = arena_printf(b->arena, "p%d", *out) };
	return join_on(b, j);
}

struct problem *select_path(struct select_builder *b, const struct expr_path *path, int *join,
			    struct sb *out) {
	int at = 0;
	for (size_t i = 0; i + 1 < path->length; i++)
		TRY(select_join_of(b, at, path->fields[i], &at));
	const struct field *last =
		path->length ? path->fields[path->length - 1] : form_system(b->q->form, SYSTEM_ID);
	sb_printf(out, "%s.\"%s\"", b->joins[at].alias, select_column_name(last));
	if (join) *join = at;
	return NULL;
}

void select_from(struct select_builder *b, struct sb *out) {
	if (b->search_table)
		sb_printf(out, "\"%s\" f CROSS JOIN \"%s\" r ON r.\"id\" = f.rowid",
			  b->search_table, b->q->form->table);
	else
		sb_printf(out, "\"%s\" r", b->q->form->table);
	for (size_t i = 1; i < b->join_count; i++)
		sb_printf(out, " LEFT JOIN \"%s\" %s ON %s", b->joins[i].form->table,
			  b->joins[i].alias, b->joins[i].on);
}
