/* read_sums.c -- sums and counts over everything a query finds, one line a group: the same FROM and
 * WHERE as the list's. sum() of SQLite ends at 64 bits: the high and the low half are summed apart.
 */
#include "runtime/store/read_internal.h"

enum { GROUPS_MAX = 1000 };

static const struct field *field_of(const struct query *q, size_t path) {
	const struct expr_path *p = &q->paths.items[path];
	return p->fields[p->length - 1];
}

static struct problem *select_list(struct select_builder *b, struct sb *list, struct sb *group) {
	const struct query *q = b->q;
	int join;
	if (q->grouped)
		TRY(select_path(b, &q->paths.items[q->group], &join, group));
	else
		sb_cat(group, "NULL");
	sb_printf(list, "%s, count(*)", sb_cstr(group));
	for (size_t i = 0; i < q->sum_count; i++) {
		struct sb cell = sb_on(b->arena, SELECT_TEXT_MAX);
		TRY(select_path(b, &q->paths.items[q->sums[i].path], &join, &cell));
		const char *x = sb_cstr(&cell);
		sb_printf(list, ", count(%s), sum(%s >> 32), sum(%s & 4294967295)", x, x, x);
	}
	return NULL;
}

static struct problem *statement(struct select_builder *b, struct sb *out) {
	struct sb list = sb_on(b->arena, SELECT_TEXT_MAX), where = sb_on(b->arena, SELECT_TEXT_MAX),
		  group = sb_on(b->arena, SELECT_TEXT_MAX);
	TRY(select_list(b, &list, &group));
	TRY(select_where(b, SELECT_FIRST, &where));
	sb_printf(out, "SELECT %s FROM ", sb_cstr(&list));
	select_from(b, out);
	sb_printf(out, " WHERE %s", sb_cstr(&where));
	if (b->q->grouped)
		sb_printf(out, " GROUP BY %s ORDER BY %s", sb_cstr(&group), sb_cstr(&group));
	sb_cat(out, " LIMIT ");
	select_bind_int(b, GROUPS_MAX + 1, out);
	if (list.overflow || where.overflow || out->overflow)
		return PROBLEM(b->arena, TOO_LARGE, "too_large", "max", "512 KiB");
	return NULL;
}

/* Of nothing: null. */
static struct value sum_cell(const struct rows *rows, int first, const struct field *f) {
	int128 high = rows_int(rows, first + 1), low = rows_int(rows, first + 2);
	if (!rows_int(rows, first)) return VALUE_NONE;
	int scale = f->value_type.kind == TYPE_DECIMAL ? f->value_type.scale : 0;
	return (struct value){ .kind = VALUE_DECIMAL,
			       .as.d = { high * ((int128)1 << 32) + low, scale } };
}

static struct value group_cell(struct request *rq, const struct query *q, const struct rows *rows) {
	struct codec codec = request_codec(rq);
	struct value cell = rows_cell(rows, 0);
	if (!q->grouped || cell.kind == VALUE_NULL) return VALUE_NONE;
	if (cell.kind == VALUE_TEXT) cell.as.s.p = arena_copy(rq->arena, cell.as.s.p, cell.as.s.n);
	const struct field *f = field_of(q, q->group);
	return f->type->from_cell(rq->arena, f, &codec, &cell);
}

static void take(struct request *rq, const struct query *q, const struct rows *rows,
		 struct read_group *g) {
	g->value = group_cell(rq, q, rows);
	g->count = rows_int(rows, 1);
	g->sums = arena_array(rq->arena, q->sum_count + 1, sizeof *g->sums);
	for (size_t i = 0; i < q->sum_count; i++)
		g->sums[i] = sum_cell(rows, 2 + 3 * (int)i, field_of(q, q->sums[i].path));
}

struct problem *read_sums(struct request *rq, struct tx *tx, struct query *q,
			  struct read_page *out) {
	struct select_builder *b = arena_alloc(rq->arena, sizeof *b);
	struct sb sql = sb_on(rq->arena, SELECT_TEXT_MAX);
	struct rows *rows;
	if (!q->sum_count && !q->grouped) return NULL;
	select_begin(b, rq, tx, q, DIALECT_SQLITE);
	TRY(statement(b, &sql));
	TRY(tx_query(tx, sb_cstr(&sql), b->params, b->param_count, &rows));
	out->groups = arena_array(rq->arena, GROUPS_MAX, sizeof *out->groups);
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		if (out->group_count == GROUPS_MAX)
			return PROBLEM(rq->arena, MALFORMED, "groups_many", "max",
				       arena_printf(rq->arena, "%d", GROUPS_MAX));
		take(rq, q, rows, &out->groups[out->group_count++]);
	}
}

/* ---- as JSON ---- */

static void sum_json(struct jw *w, const struct field *f, const struct value *v) {
	char text[DECIMAL_TEXT_MAX];
	int64_t n;
	if (v->kind == VALUE_NULL)
		jw_null(w);
	else if (f->value_type.kind != TYPE_DECIMAL && decimal_to_int64(v->as.d, &n))
		jw_int(w, n);
	else
		jw_str(w, (struct str){ text, decimal_text(v->as.d, text) });
}

static void sums_json(struct jw *w, const struct query *q, const struct read_group *g) {
	jw_key(w, "sums");
	jw_object(w);
	for (size_t i = 0; i < q->sum_count; i++) {
		jw_key(w, q->sums[i].key);
		sum_json(w, field_of(q, q->sums[i].path), &g->sums[i]);
	}
	jw_end(w);
}

static void group_json(struct jw *w, const struct codec *c, const struct query *q,
		       const struct read_group *g) {
	const struct field *f = field_of(q, q->group);
	struct sb title = sb_on(w->out->arena, 64 * 1024);
	jw_object(w);
	jw_key(w, "value");
	field_write_json(w, f, c, &g->value);
	if (q->titles && g->value.kind != VALUE_NULL && g->value.kind != VALUE_REF) {
		field_write_text(&title, f, c, &g->value, true);
		jw_set_str(w, "title", sb_str(&title));
	}
	jw_set_int(w, "count", g->count);
	sums_json(w, q, g);
	jw_end(w);
}

void read_sums_json(struct jw *w, const struct codec *c, const struct query *q,
		    const struct read_page *page) {
	if (q->sum_count && !q->grouped) sums_json(w, q, &page->groups[0]);
	if (!q->grouped) return;
	jw_key(w, "groups");
	jw_array(w);
	for (size_t i = 0; i < page->group_count; i++) group_json(w, c, q, &page->groups[i]);
	jw_end(w);
}
