/* sql_aggregate.c -- sum, avg, min, max, count over the rows of a list path, and min, max, sum, avg
 * of several values. sum() of SQLite overflows at int64 where ours does not: it adds the high and
 * the low half apart, tenon_sum joins them. */
#include "runtime/expr/sql.h"

enum aggregate {
	AGGREGATE_MIN,
	AGGREGATE_MAX,
	AGGREGATE_SUM,
	AGGREGATE_AVG,
	AGGREGATE_COUNT,
	AGGREGATE_COUNT_DISTINCT
};

static const struct {
	const char *name, *sqlite, *postgres;
} aggregates[] = {
	[AGGREGATE_MIN] = { "min", "min(%s)", "min(%s)" },
	[AGGREGATE_MAX] = { "max", "max(%s)", "max(%s)" },
	[AGGREGATE_SUM] = { "sum", "sum(%s >> 32),sum(%s & 4294967295)", "coalesce(sum(%s),0)" },
	[AGGREGATE_AVG] = { "avg", "sum(%s >> 32),sum(%s & 4294967295)", "sum(%s)" },
	[AGGREGATE_COUNT] = { "count", "count(%s)", "count(%s)" },
	[AGGREGATE_COUNT_DISTINCT] = { "count_distinct", "count(distinct %s)",
				       "count(distinct %s)" },
};

static enum aggregate which(const struct node *n) {
	enum aggregate a = AGGREGATE_MIN;
	while (!str_is(n->name, aggregates[a].name)) a++;
	return a;
}

/* "%s" in a text of ours, replaced wherever it stands. */
static void fill(struct sb *out, const char *pattern, const char *column) {
	for (const char *at = pattern; *at; at++) {
		if (at[0] == '%' && at[1] == 's') {
			sb_cat(out, column);
			at++;
		} else {
			sb_char(out, *at);
		}
	}
}

static struct problem *over_rows(struct sql *s, const struct node *n, enum aggregate a,
				 struct sb *out) {
	struct expr_sql_rows rows;
	const char *column;
	const struct node *list = n->args[0];
	int scale = type_scale(type_item(list->type));
	int result = n->type.kind == TYPE_DECIMAL ? n->type.scale : SCALE_INT;
	unsigned at = expr_column(s->text, n->offset);
	TRY(sql_rows(s, list, &rows, &column));
	if (list->type.kind == TYPE_ROWS || !column) column = "*";
	bool sum = a == AGGREGATE_SUM || a == AGGREGATE_AVG;
	sb_cat(out, sum ? (a == AGGREGATE_SUM ? "(select tenon_sum(" : "(select tenon_avg(")
			: "(select ");
	struct sb name = sb_on(s->arena, 4096);
	sb_cat(&name, column);
	if (s->postgres && (a == AGGREGATE_MIN || a == AGGREGATE_MAX) &&
	    type_is(n->type, TYPE_TEXT))
		sb_cat(&name, " collate \"C\"");
	fill(out, s->postgres ? aggregates[a].postgres : aggregates[a].sqlite, sb_cstr(&name));
	if (a == AGGREGATE_AVG) sb_printf(out, ",count(%s)", column);
	if (sum) sb_printf(out, ",%d,%d,%u)", scale, result, at);
	sb_printf(out, " from %s where %s)", rows.from, rows.where);
	return NULL;
}

/* min(a, b, ...) and its like: (select ... from (select a as x union all select b) v) keeps one
 * expression for both dialects. */
static struct problem *over_values(struct sql *s, const struct node *n, enum aggregate a,
				   struct sb *out) {
	const struct node *list = n->n == 1 && n->args[0]->op == OP_LIST ? n->args[0] : n;
	bool text = type_is(n->type, TYPE_TEXT), sum = a == AGGREGATE_SUM || a == AGGREGATE_AVG;
	if (list->n == 0 || a == AGGREGATE_COUNT || a == AGGREGATE_COUNT_DISTINCT)
		return sql_none(s, n);
	if (s->postgres && !sum)
		sb_cat(out, a == AGGREGATE_MIN ? "least(" : "greatest(");
	else
		sb_printf(out, "tenon_%s_of(",
			  sum    ? aggregates[a].name
			  : text ? (a == AGGREGATE_MIN ? "min_text" : "max_text")
				 : aggregates[a].name);
	bool array = s->postgres && sum;
	if (array) sb_cat(out, "array[");
	for (size_t i = 0; i < list->n; i++) {
		if (i) sb_char(out, ',');
		TRY(sql_node(s, list->args[i], out));
		if (s->postgres && text) sb_cat(out, " collate \"C\"");
	}
	if (array) sb_cat(out, "]::numeric[]");
	if (sum)
		sb_printf(out, ",%d,%d,%u", type_scale(list->args[0]->type),
			  n->type.kind == TYPE_DECIMAL ? n->type.scale : SCALE_INT,
			  expr_column(s->text, n->offset));
	sb_char(out, ')');
	return NULL;
}

struct problem *sql_aggregate(struct sql *s, const struct node *n, struct sb *out) {
	const struct node *first = n->args[0];
	enum aggregate a = which(n);
	if (first->op == OP_PATH && (type_is_list(first->type) || first->type.kind == TYPE_ROWS) &&
	    n->n == 1)
		return over_rows(s, n, a, out);
	return n->n == 1 && first->op != OP_LIST ? sql_none(s, n) : over_values(s, n, a, out);
}
