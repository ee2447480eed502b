/* check_operator.c -- types of and/or/not, comparisons, in, and arithmetic, from one table of
 * combinations. */
#include "runtime/expr/internal.h"
#include "runtime/expr/worktime.h"

static struct problem *check_args(struct check *c, struct node *n) {
	for (size_t i = 0; i < n->n; i++) TRY(check_node(c, &n->args[i]));
	return NULL;
}

static struct problem *check_logic(struct check *c, struct node *n) {
	for (size_t i = 0; i < n->n; i++) TRY(check_as(c, &n->args[i], type_of(TYPE_BOOL)));
	n->type = type_of(TYPE_BOOL);
	return NULL;
}

static bool is_null(const struct node *n) { return n->type.kind == TYPE_NULL && !n->type.list; }

/* Numbers of any scale are compared as they are: bringing them to one scale could overflow. */
static struct problem *compared(struct check *c, struct node *n, struct type *common) {
	uint8_t unit;
	*common = n->args[0]->type;
	if (!type_is_number(n->args[0]->type) || !type_is_number(n->args[1]->type))
		return check_unify(c, n->args, 2, common);
	return check_unit(c, n->args[1], n->args[0]->type, n->args[1]->type, &unit);
}

static struct problem *check_equal(struct check *c, struct node *n) {
	struct type common;
	n->type = type_of(TYPE_BOOL);
	for (size_t i = 0; i < 2; i++) {
		struct node *arg = n->args[i], *other = n->args[1 - i];
		bool rows = arg->type.kind == TYPE_ROWS, list = rows || type_is_list(arg->type);
		/* lines == null: is there nothing in the list? */
		if (list && is_null(other)) return NULL;
		if (rows) return check_mismatch(c, arg, NULL);
		if (list && !type_is_list(other->type))
			return check_mismatch(c, other, type_words(c->arena, arg->type));
	}
	return compared(c, n, &common);
}

static struct problem *check_order(struct check *c, struct node *n) {
	struct type common;
	TRY(compared(c, n, &common));
	n->type = type_of(TYPE_BOOL);
	if (type_is_list(common) || common.kind == TYPE_BOOL || common.kind >= TYPE_ENUM)
		return check_fault(c, n, "expr_no_order", "found", type_words(c->arena, common),
				   NULL, NULL);
	return NULL;
}

/* x in [a, b]: x and the items take one type; x in list-path: x takes the type of its items. */
static struct problem *check_in(struct check *c, struct node *n) {
	struct node *list = n->args[1];
	struct type common;
	n->type = type_of(TYPE_BOOL);
	if (list->op != OP_LIST) {
		if (!type_is_list(list->type)) return check_mismatch(c, list, "list");
		struct type item = type_item(list->type);
		if (type_is_number(n->args[0]->type) && type_is_number(item)) return NULL;
		return check_as(c, &n->args[0], item);
	}
	if (type_is_list(n->args[0]->type)) return check_mismatch(c, n->args[0], "a single value");
	struct node **all = arena_array(c->arena, list->n + 1, sizeof(struct node *));
	all[0] = n->args[0];
	for (size_t i = 0; i < list->n; i++) all[i + 1] = list->args[i];
	TRY(check_unify(c, all, list->n + 1, &common));
	n->args[0] = all[0];
	for (size_t i = 0; i < list->n; i++) list->args[i] = all[i + 1];
	list->type = type_list(common);
	check_finish(list);
	return NULL;
}

static struct problem *number_result(struct check *c, struct node *n) {
	struct type a = n->args[0]->type, b = n->args[1]->type;
	int scale = type_scale(a) > type_scale(b) ? type_scale(a) : type_scale(b);
	uint8_t unit = a.unit ? a.unit : b.unit;
	bool integers = a.kind == TYPE_INT && b.kind == TYPE_INT && n->op != OP_DIV;
	if (n->op == OP_MUL) {
		scale = type_scale(a) + type_scale(b);
		unit = a.unit == UNIT_MONEY || b.unit == UNIT_MONEY ? UNIT_MONEY : unit;
	} else if (n->op == OP_DIV) {
		scale = DECIMAL_DIVISION_SCALE;
		unit = a.unit == b.unit || a.unit == UNIT_PERCENT ? UNIT_NONE : a.unit;
	} else {
		TRY(check_unit(c, n, a, b, &unit));
	}
	n->type = integers ? type_of(TYPE_INT)
			   : type_decimal(scale < DECIMAL_MAX_SCALE ? scale : DECIMAL_MAX_SCALE,
					  unit);
	return NULL;
}

/* What is added to, taken from or multiplied with what; the first row that fits. `to` converts both
 * arguments before. */
static const struct {
	enum op op;
	enum type_kind a, b, result;
	bool datetimes;
} sums[] = {
	{ OP_ADD, TYPE_DATE, TYPE_INT, TYPE_DATE, false },
	{ OP_ADD, TYPE_INT, TYPE_DATE, TYPE_DATE, false },
	{ OP_SUB, TYPE_DATE, TYPE_INT, TYPE_DATE, false },
	{ OP_SUB, TYPE_DATE, TYPE_DATE, TYPE_INT, false },
	{ OP_ADD, TYPE_DATETIME, TYPE_INT, TYPE_DATETIME, false },
	{ OP_ADD, TYPE_INT, TYPE_DATETIME, TYPE_DATETIME, false },
	{ OP_SUB, TYPE_DATETIME, TYPE_INT, TYPE_DATETIME, false },
	{ OP_ADD, TYPE_DATETIME, TYPE_DURATION, TYPE_DATETIME, false },
	{ OP_ADD, TYPE_DURATION, TYPE_DATETIME, TYPE_DATETIME, false },
	{ OP_SUB, TYPE_DATETIME, TYPE_DURATION, TYPE_DATETIME, false },
	{ OP_SUB, TYPE_DATETIME, TYPE_DATETIME, TYPE_DURATION, false },
	{ OP_ADD, TYPE_DATE, TYPE_DURATION, TYPE_DATETIME, true },
	{ OP_ADD, TYPE_DURATION, TYPE_DATE, TYPE_DATETIME, true },
	{ OP_SUB, TYPE_DATE, TYPE_DURATION, TYPE_DATETIME, true },
	{ OP_SUB, TYPE_DATE, TYPE_DATETIME, TYPE_DURATION, true },
	{ OP_SUB, TYPE_DATETIME, TYPE_DATE, TYPE_DURATION, true },
	{ OP_ADD, TYPE_DURATION, TYPE_DURATION, TYPE_DURATION, false },
	{ OP_SUB, TYPE_DURATION, TYPE_DURATION, TYPE_DURATION, false },
	{ OP_SUB, TYPE_TIME, TYPE_TIME, TYPE_DURATION, false },
	{ OP_MUL, TYPE_DURATION, TYPE_INT, TYPE_DURATION, false },
	{ OP_MUL, TYPE_INT, TYPE_DURATION, TYPE_DURATION, false },
	{ OP_DIV, TYPE_DURATION, TYPE_DURATION, TYPE_DECIMAL, false },
};

static bool is_moment(struct type t) {
	return !t.list && (t.kind == TYPE_DATE || t.kind == TYPE_DATETIME || t.kind == TYPE_TIME ||
			   t.kind == TYPE_DURATION);
}

/* '2h' beside a date or a duration is a duration; any other text literal is read as its neighbour.
 */
static struct problem *moment_literal(struct check *c, struct node *n, size_t at) {
	struct node **arg = &n->args[at];
	struct type other = n->args[1 - at]->type;
	struct time_span d;
	if (!(*arg)->constant || !type_is((*arg)->type, TYPE_TEXT) || !is_moment(other))
		return NULL;
	bool span = time_span_parse((*arg)->value.as.s, &d);
	return literal_as(c, arg, span ? type_of(TYPE_DURATION) : other);
}

static struct problem *no_such_sum(struct check *c, struct node *n) {
	struct arena *a = c->arena;
	struct type left = n->args[0]->type, right = n->args[1]->type;
	const char *both = arena_printf(a, "%s %s %s", type_words(a, left), op_text(n->op),
					type_words(a, right));
	return check_fault(c, n, "expr_operator", "operator", op_text(n->op), "found", both);
}

/* null beside something takes the type that makes sense there; the result is null whatever it is.
 */
static void null_argument(struct node *n) {
	for (size_t i = 0; i < 2; i++) {
		struct node *arg = n->args[i], *other = n->args[1 - i];
		if (arg->type.kind != TYPE_NULL || arg->type.list) continue;
		bool date = type_is(other->type, TYPE_DATE) || type_is(other->type, TYPE_DATETIME);
		arg->type = date || other->type.kind == TYPE_NULL ? type_of(TYPE_INT) : other->type;
	}
}

static struct problem *check_text_sum(struct check *c, struct node *n) {
	for (size_t i = 0; i < 2; i++) TRY(check_as(c, &n->args[i], type_of(TYPE_TEXT)));
	n->type = type_of(TYPE_TEXT);
	return NULL;
}

static struct problem *check_arithmetic(struct check *c, struct node *n) {
	for (size_t i = 0; i < 2; i++) TRY(moment_literal(c, n, i));
	null_argument(n);
	struct type a = n->args[0]->type, b = n->args[1]->type;
	bool text = type_is(a, TYPE_TEXT) || type_is(b, TYPE_TEXT);
	if (type_is_number(a) && type_is_number(b)) return number_result(c, n);
	if (n->op == OP_ADD && text && !type_is_number(a) && !type_is_number(b))
		return check_text_sum(c, n);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		if (sums[i].op != n->op || !type_is(a, sums[i].a) || !type_is(b, sums[i].b))
			continue;
		for (size_t k = 0; k < 2 && sums[i].datetimes; k++)
			if (n->args[k]->type.kind == TYPE_DATE)
				TRY(check_as(c, &n->args[k], type_of(TYPE_DATETIME)));
		n->type = type_of(sums[i].result);
		if (sums[i].result == TYPE_DECIMAL) n->type.scale = DECIMAL_DIVISION_SCALE;
		return NULL;
	}
	return no_such_sum(c, n);
}

static struct problem *check_negate(struct check *c, struct node *n) {
	struct node *arg = n->args[0];
	if (arg->type.kind == TYPE_NULL) arg->type = type_of(TYPE_INT);
	n->type = arg->type;
	if (!type_is_number(arg->type) && !type_is(arg->type, TYPE_DURATION))
		return check_mismatch(c, arg, "number");
	return NULL;
}

struct problem *check_operator(struct check *c, struct node **node) {
	static struct problem *(*const checks[])(struct check *, struct node *) = {
		[OP_NOT] = check_logic,      [OP_NEGATE] = check_negate,
		[OP_AND] = check_logic,      [OP_OR] = check_logic,
		[OP_EQ] = check_equal,       [OP_NE] = check_equal,
		[OP_LT] = check_order,       [OP_LE] = check_order,
		[OP_GT] = check_order,       [OP_GE] = check_order,
		[OP_IN] = check_in,          [OP_ADD] = check_arithmetic,
		[OP_SUB] = check_arithmetic, [OP_MUL] = check_arithmetic,
		[OP_DIV] = check_arithmetic,
	};
	struct node *n = *node;
	TRY(check_args(c, n));
	TRY(checks[n->op](c, n));
	check_finish(n);
	return NULL;
}
