/* sql_compare.c -- comparisons and in. A plain column beside a constant stays native, so that an
 * index serves it: the constant is brought to the column's scale (amount > 1.005 at scale 2 is
 * amount >= 101), a day beside date(column) becomes a range of instants. */
#include "runtime/expr/sql.h"

/* Widening conversions change no comparison: the column under them is compared. */
static const struct node *strip(const struct node *n) {
	while (n->op == OP_CONVERT && n->convert == CONVERT_NUMBER && n->type.kind != TYPE_INT &&
	       type_scale(n->type) >= type_scale(n->args[0]->type))
		n = n->args[0];
	return n;
}

/* Its coefficient is an integer of 64 bits, in SQL too. */
static bool is_native(const struct node *n) {
	return n->type.kind != TYPE_DECIMAL || n->op == OP_PATH;
}

static enum op mirrored(enum op op) {
	static const enum op others[] = { [OP_EQ] = OP_EQ, [OP_NE] = OP_NE, [OP_LT] = OP_GT,
					  [OP_LE] = OP_GE, [OP_GT] = OP_LT, [OP_GE] = OP_LE };
	return others[op];
}

static const char *order_sign(enum op op) {
	return op == OP_LT ? " < " : op == OP_LE ? " <= " : op == OP_GT ? " > " : " >= ";
}

/* Null equals null. In a WHERE, beside a constant that is not null, the plain = serves indexes. */
static struct problem *equals(struct sql *s, enum op op, const char *x, const char *y, bool where,
			      struct sb *out) {
	if (op == OP_NE)
		sb_printf(out, s->postgres ? "(%s is distinct from %s)" : "(%s is not %s)", x, y);
	else if (where)
		sb_printf(out, "%s = %s", x, y);
	else
		sb_printf(out, s->postgres ? "(%s is not distinct from %s)" : "(%s is %s)", x, y);
	return NULL;
}

static struct problem *text_of(struct sql *s, const struct node *n, const char **out) {
	struct sb b = sb_on(s->arena, EXPR_RESULT_MAX);
	*out = "";
	TRY(sql_node(s, n, &b));
	if (b.overflow) return sql_too_large(s);
	*out = sb_cstr(&b);
	return NULL;
}

static void write_null_test(struct sb *out, const char *x, enum op op) {
	sb_printf(out, op == OP_EQ ? "(%s is null)" : "(%s is not null)", x);
}

/* The constant at the column's scale; *exact false when it lies between two values, then *v is the
 * one below. */
static bool scaled_constant(struct decimal d, int scale, int64_t *v, bool *exact) {
	struct decimal down;
	if (decimal_floor(d, scale, &down) != DECIMAL_OK) return false;
	*exact = decimal_cmp(down, d) == 0;
	return decimal_to_int64(down, v);
}

/* The comparison's answer is known but for null; what is computed is computed all the same, it may
 * fail. */
static void write_known(struct sb *out, const struct node *x, const char *sql, enum op op,
			bool holds) {
	const char *answer = holds ? "true" : "false";
	bool equality = op == OP_EQ || op == OP_NE;
	if (x->op == OP_PATH && equality)
		sb_cat(out, answer);
	else
		sb_printf(out, "(case when %s is not null then %s else %s end)", sql, answer,
			  equality ? answer : "null");
}

/* column op constant. Between two values v and v+1: > and >= mean > v, < and <= mean <= v. */
static struct problem *number_beside(struct sql *s, const struct node *x, enum op op,
				     struct decimal d, bool where, struct sb *out) {
	int64_t v;
	bool exact, below = op == OP_LT || op == OP_LE;
	const char *sql;
	struct sb bound = sb_on(s->arena, 64);
	TRY(text_of(s, x, &sql));
	bool equality = op == OP_EQ || op == OP_NE,
	     inside = scaled_constant(d, type_scale(x->type), &v, &exact);
	if (!inside || (!exact && equality)) {
		write_known(out, x, sql, op, equality ? op == OP_NE : below == (d.coefficient > 0));
		return NULL;
	}
	if (!exact) op = below ? OP_LE : OP_GT;
	struct value whole = value_int(v);
	struct type integer = type_of(TYPE_INT);
	TRY(sql_bind(s, &integer, &whole, &bound));
	if (equality) return equals(s, op, sql, sb_cstr(&bound), where, out);
	sb_printf(out, "(%s%s%s)", sql, order_sign(op), sb_cstr(&bound));
	return NULL;
}

static void power_of_ten(struct sb *out, int digits) {
	sb_char(out, '1');
	while (digits-- > 0) sb_char(out, '0');
}

static struct problem *widened(struct sql *s, const struct node *n, int scale, const char **out) {
	const char *sql;
	TRY(text_of(s, n, &sql));
	struct sb b = sb_on(s->arena, EXPR_RESULT_MAX);
	int digits = scale - type_scale(n->type);
	if (digits > 0) {
		sb_printf(&b, "(%s * ", sql);
		power_of_ten(&b, digits);
		sb_cat(&b, "::numeric)");
	} else {
		sb_cat(&b, sql);
	}
	if (b.overflow) return sql_too_large(s);
	*out = sb_cstr(&b);
	return NULL;
}

/* Two numbers of any scale and representation. */
static struct problem *numbers(struct sql *s, const struct node *a, const struct node *b,
			       enum op op, struct sb *out) {
	int left = type_scale(a->type), right = type_scale(b->type),
	    scale = left > right ? left : right;
	const char *x, *y;
	if (s->postgres || (is_native(a) && is_native(b) && left == right)) {
		TRY(widened(s, a, scale, &x));
		TRY(widened(s, b, scale, &y));
		if (op == OP_EQ || op == OP_NE) return equals(s, op, x, y, false, out);
		sb_printf(out, "(%s%s%s)", x, order_sign(op), y);
		return NULL;
	}
	TRY(text_of(s, a, &x));
	TRY(text_of(s, b, &y));
	if (op == OP_EQ || op == OP_NE)
		sb_printf(out, "(tenon_eq(%s,%d,%s,%d) = %d)", x, left, y, right, op == OP_EQ);
	else
		sb_printf(out, "(tenon_cmp(%s,%d,%s,%d)%s0)", x, left, y, right, order_sign(op));
	return NULL;
}

/* x of date(x), where x is an instant. */
static const struct node *day_of_column(const struct node *n) {
	if (n->op == OP_CALL && str_is(n->name, "date")) n = n->args[0];
	return n->op == OP_CONVERT && n->convert == CONVERT_DAY ? n->args[0] : NULL;
}

static struct problem *bind_start(struct sql *s, int64_t day, struct sb *out) {
	struct type type = type_of(TYPE_DATETIME);
	struct value v = value_datetime(frame_day_start(s->frame, day));
	return sql_bind(s, &type, &v, out);
}

/* date(at) op day as a range of instants. */
static struct problem *day_range(struct sql *s, const struct node *x, enum op op, int64_t day,
				 struct sb *out) {
	const char *sql;
	struct sb start = sb_on(s->arena, 64), end = sb_on(s->arena, 64);
	TRY(text_of(s, x, &sql));
	if (op != OP_GT && op != OP_LE) TRY(bind_start(s, day, &start));
	if (op != OP_LT && op != OP_GE) TRY(bind_start(s, day + 1, &end));
	if (op == OP_EQ)
		sb_printf(out, "(%s is not null and %s >= %s and %s < %s)", sql, sql,
			  sb_cstr(&start), sql, sb_cstr(&end));
	else if (op == OP_NE)
		sb_printf(out, "(%s is null or %s < %s or %s >= %s)", sql, sql, sb_cstr(&start),
			  sql, sb_cstr(&end));
	else if (op == OP_LT || op == OP_GE)
		sb_printf(out, "(%s%s%s)", sql, order_sign(op), sb_cstr(&start));
	else
		sb_printf(out, op == OP_LE ? "(%s < %s)" : "(%s >= %s)", sql, sb_cstr(&end));
	return NULL;
}

static struct problem *value_beside(struct sql *s, const struct node *x, enum op op,
				    const struct node *constant, bool where, struct sb *out) {
	struct value v;
	bool fails;
	const char *sql;
	struct sb y = sb_on(s->arena, EXPR_RESULT_MAX);
	TRY(sql_value(s, constant, &v, &fails, &y));
	bool equality = op == OP_EQ || op == OP_NE;
	const struct node *instant = fails ? NULL : day_of_column(x);
	if (!fails && v.kind != VALUE_NULL && instant && day_valid(v.as.i))
		return day_range(s, instant, op, v.as.i, out);
	if (!fails && v.kind != VALUE_NULL && type_is_number(x->type) && is_native(x))
		return number_beside(s, x, op, value_number(&v), where, out);
	if (type_is_number(x->type) && !is_native(x)) return numbers(s, x, constant, op, out);
	TRY(text_of(s, x, &sql));
	if (!fails && v.kind == VALUE_NULL && equality) {
		write_null_test(out, sql, op);
		return NULL;
	}
	if (!fails) TRY(sql_bind(s, &constant->type, &v, &y));
	if (equality) return equals(s, op, sql, sb_cstr(&y), where, out);
	sb_printf(out, "(%s%s%s%s)", sql, order_sign(op), sb_cstr(&y),
		  s->postgres && type_is(x->type, TYPE_TEXT) ? " collate \"C\"" : "");
	return NULL;
}

/* lines == null */
static struct problem *list_beside_null(struct sql *s, const struct node *list, enum op op,
					struct sb *out) {
	struct expr_sql_rows rows;
	const char *name;
	TRY(sql_rows(s, list, &rows, &name));
	sb_printf(out, "(%sexists (select 1 from %s where %s))", op == OP_EQ ? "not " : "",
		  rows.from, rows.where);
	return NULL;
}

static bool is_many(const struct node *n) {
	return type_is_list(n->type) || n->type.kind == TYPE_ROWS;
}

struct problem *sql_compare(struct sql *s, const struct node *n, bool where, struct sb *out) {
	const struct node *a = strip(n->args[0]), *b = strip(n->args[1]);
	bool left = is_many(a), right = is_many(b);
	if (left && b->type.kind == TYPE_NULL && !b->type.list)
		return list_beside_null(s, a, n->op, out);
	if (right && a->type.kind == TYPE_NULL && !a->type.list)
		return list_beside_null(s, b, n->op, out);
	if (left || right) return sql_none(s, n);
	if (sql_is_value(s, b)) return value_beside(s, a, n->op, b, where, out);
	if (sql_is_value(s, a)) return value_beside(s, b, mirrored(n->op), a, where, out);
	if (type_is_number(a->type) && type_is_number(b->type)) return numbers(s, a, b, n->op, out);
	const char *x, *y;
	TRY(text_of(s, a, &x));
	TRY(text_of(s, b, &y));
	if (n->op == OP_EQ || n->op == OP_NE) return equals(s, n->op, x, y, false, out);
	sb_printf(out, "(%s%s%s%s)", x, order_sign(n->op), y,
		  s->postgres && type_is(a->type, TYPE_TEXT) ? " collate \"C\"" : "");
	return NULL;
}

/* The test of one row: its column against x. */
static struct problem *row_equals(struct sql *s, const struct node *x, struct type item,
				  const char *name, struct sb *out) {
	const char *sql;
	bool numbers = type_is_number(item);
	int scale = type_scale(x->type) > type_scale(item) ? type_scale(x->type) : type_scale(item);
	if (numbers && s->postgres && type_scale(x->type) != type_scale(item)) {
		TRY(widened(s, x, scale, &sql));
		sb_printf(out, "(%s * ", name);
		power_of_ten(out, scale - type_scale(item));
		sb_printf(out, "::numeric) is not distinct from %s", sql);
		return NULL;
	}
	TRY(text_of(s, x, &sql));
	if (numbers && !s->postgres)
		sb_printf(out, "tenon_eq(%s,%d,%s,%d) = 1", name, type_scale(item), sql,
			  type_scale(x->type));
	else
		sb_printf(out, s->postgres ? "%s is not distinct from %s" : "%s is %s", name, sql);
	return NULL;
}

/* x in a list path: the rows are asked. An x that can fail is looked at first, there may be no
 * rows. */
static struct problem *in_rows(struct sql *s, const struct node *x, const struct node *list,
			       struct sb *out) {
	struct expr_sql_rows rows;
	const char *name, *sql;
	TRY(sql_rows(s, list, &rows, &name));
	if (x->fails) {
		TRY(text_of(s, x, &sql));
		sb_printf(out,
			  "case when %s is null then exists (select 1 from %s where %s and %s is "
			  "null) else ",
			  sql, rows.from, rows.where, name);
	}
	sb_printf(out, "exists (select 1 from %s where %s and ", rows.from, rows.where);
	TRY(row_equals(s, x, type_item(list->type), name, out));
	sb_cat(out, x->fails ? ") end" : ")");
	return NULL;
}

/* x == a, else x == b, ..., each a comparison of its own: numbers of several scales, items that
 * read columns. The evaluator too stops at the first that is equal. */
static struct problem *in_each(struct sql *s, const struct node *n, const struct node *list,
			       struct value_list items, bool where, struct sb *out) {
	size_t count = list ? list->n : items.n;
	struct type item = type_item(n->args[1]->type);
	sb_cat(out, count ? "(case" : "(false");
	for (size_t i = 0; i < count; i++) {
		struct node literal = {
			.op = OP_LITERAL, .type = item, .offset = n->offset, .length = n->length
		};
		if (!list) literal.value = items.items[i];
		struct node *args[] = { n->args[0], list ? list->args[i] : &literal };
		struct node pair = { .op = OP_EQ,
				     .type = n->type,
				     .offset = n->offset,
				     .length = n->length,
				     .args = args,
				     .n = 2 };
		check_finish(&pair);
		sb_cat(out, " when ");
		TRY(sql_compare(s, &pair, where, out));
		sb_cat(out, " then true");
	}
	sb_cat(out, count ? " else false end)" : ")");
	return NULL;
}

/* x in (?1, ?2), x a column whose values are compared as they stand. */
static struct problem *in_values(struct sql *s, const struct node *n, struct value_list items,
				 bool where, struct sb *out) {
	const char *sql;
	struct type item = type_item(n->args[1]->type);
	size_t bound = 0;
	bool null = false;
	TRY(text_of(s, n->args[0], &sql));
	struct sb list = sb_on(s->arena, EXPR_RESULT_MAX);
	for (size_t i = 0; i < items.n; i++) {
		null = null || value_is_null(&items.items[i]);
		if (value_is_null(&items.items[i])) continue;
		if (bound++) sb_cat(&list, ", ");
		TRY(sql_bind(s, &item, &items.items[i], &list));
	}
	if (list.overflow) return sql_too_large(s);
	sb_char(out, '(');
	if (bound) sb_printf(out, "%s in (%s)", sql, sb_cstr(&list));
	if (bound && !where && !null) sb_printf(out, " and %s is not null", sql);
	if (null) sb_printf(out, "%s%s is null", bound ? " or " : "", sql);
	sb_cat(out, !bound && !null ? "false)" : ")");
	return NULL;
}

struct problem *sql_in(struct sql *s, const struct node *n, bool where, struct sb *out) {
	const struct node *x = n->args[0], *list = n->args[1];
	struct value v = VALUE_NONE;
	bool fails = false, numbers = type_is_number(x->type);
	if (!sql_is_value(s, list)) {
		if (list->op == OP_LIST)
			return in_each(s, n, list, (struct value_list){ NULL, 0 }, where, out);
		return in_rows(s, x, list, out);
	}
	TRY(sql_value(s, list, &v, &fails, out));
	if (fails) return NULL;
	struct value_list items = v.kind == VALUE_LIST ? v.as.list : (struct value_list){ NULL, 0 };
	bool plain = x->op == OP_PATH || !numbers;
	if (plain && !(numbers && type_scale(x->type) != type_scale(type_item(list->type))))
		return in_values(s, n, items, where, out);
	return in_each(s, n, NULL, items, where, out);
}
