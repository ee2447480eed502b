/* eval_operator.c -- comparisons, in and arithmetic on two values.
 * Invariant: a result is brought to the scale of its node's type, so that SQL and C agree digit for
 * digit. */
#include "runtime/expr/internal.h"

struct decimal value_number(const struct value *v) {
	return v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i);
}

enum decimal_status number_as(struct decimal d, struct type type, struct value *out) {
	int64_t whole;
	struct decimal scaled;
	enum decimal_status status = decimal_rescale(d, type_scale(type), &scaled);
	if (status != DECIMAL_OK) return status;
	if (type.kind == TYPE_DECIMAL) {
		*out = value_decimal(scaled);
		return DECIMAL_OK;
	}
	if (!decimal_to_int64(scaled, &whole)) return DECIMAL_OVERFLOW;
	static const enum value_kind kinds[] = {
		[TYPE_INT] = VALUE_INT, [TYPE_DURATION] = VALUE_DURATION, [TYPE_REF] = VALUE_REF
	};
	*out = (struct value){ .kind = kinds[type.kind], .as.i = whole };
	return DECIMAL_OK;
}

struct problem *eval_number(struct eval *e, const struct node *n, enum decimal_status status,
			    struct decimal d, struct value *out) {
	if (status == DECIMAL_OK) status = number_as(d, n->type, out);
	return eval_status(e, n, status);
}

bool value_equal(const struct value *a, const struct value *b) {
	if (value_is_null(a) || value_is_null(b)) return value_is_null(a) && value_is_null(b);
	if (a->kind == VALUE_TEXT) return b->kind == VALUE_TEXT && str_eq(a->as.s, b->as.s);
	if (a->kind == VALUE_DECIMAL || b->kind == VALUE_DECIMAL)
		return decimal_cmp(value_number(a), value_number(b)) == 0;
	if (a->kind != VALUE_LIST || b->kind != VALUE_LIST)
		return a->kind != VALUE_LIST && b->kind != VALUE_LIST && a->as.i == b->as.i;
	if (a->as.list.n != b->as.list.n) return false;
	for (size_t i = 0; i < a->as.list.n; i++)
		if (!value_equal(&a->as.list.items[i], &b->as.list.items[i])) return false;
	return true;
}

int value_order(const struct value *a, const struct value *b) {
	if (a->kind == VALUE_TEXT) return str_cmp(a->as.s, b->as.s);
	if (a->kind == VALUE_DECIMAL || b->kind == VALUE_DECIMAL)
		return decimal_cmp(value_number(a), value_number(b));
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

static struct problem *equal(struct eval *e, const struct node *n, const struct value *v,
			     struct value *out) {
	(void)e;
	*out = value_bool(value_equal(&v[0], &v[1]) == (n->op == OP_EQ));
	return NULL;
}

static struct problem *order(struct eval *e, const struct node *n, const struct value *v,
			     struct value *out) {
	(void)e;
	int c = value_order(&v[0], &v[1]);
	bool holds = n->op == OP_LT   ? c < 0
		     : n->op == OP_LE ? c <= 0
		     : n->op == OP_GT ? c > 0
				      : c >= 0;
	*out = value_bool(holds);
	return NULL;
}

/* x in [a, b]: the items are evaluated until one is equal. */
static struct problem *in_items(struct eval *e, const struct value *x, const struct node *list,
				bool *found) {
	for (size_t i = 0; i < list->n && !*found; i++) {
		struct value item;
		TRY(eval_node(e, list->args[i], &item));
		*found = value_equal(x, &item);
	}
	return NULL;
}

static struct problem *eval_in(struct eval *e, const struct node *n, struct value *out) {
	struct value x, list;
	bool found = false;
	TRY(eval_node(e, n->args[0], &x));
	if (n->args[1]->op == OP_LIST) {
		TRY(in_items(e, &x, n->args[1], &found));
	} else {
		TRY(eval_node(e, n->args[1], &list));
		for (size_t i = 0; list.kind == VALUE_LIST && i < list.as.list.n && !found; i++)
			found = value_equal(&x, &list.as.list.items[i]);
	}
	*out = value_bool(found);
	return NULL;
}

static struct problem *join_text(struct eval *e, const struct node *n, const struct value *v,
				 struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	for (size_t i = 0; i < 2; i++)
		if (v[i].kind == VALUE_TEXT) sb_add(&b, v[i].as.s);
	return eval_text(e, n, &b, out);
}

static struct problem *numbers(struct eval *e, const struct node *n, const struct value *v,
			       struct value *out) {
	static enum decimal_status (*const calls[])(struct decimal, struct decimal,
						    struct decimal *) = {
		[OP_ADD] = decimal_add,
		[OP_SUB] = decimal_sub,
		[OP_MUL] = decimal_mul,
		[OP_DIV] = decimal_div,
	};
	struct decimal d = { 0, 0 };
	enum decimal_status status = calls[n->op](value_number(&v[0]), value_number(&v[1]), &d);
	return eval_number(e, n, status, d, out);
}

enum decimal_status add_days(const struct zone *zone, int64_t us, int64_t days, int64_t *out) {
	const struct expr_frame frame = { .zone = zone };
	int64_t wall;
	if (days > DAY_LAST - DAY_FIRST || days < DAY_FIRST - DAY_LAST) return DECIMAL_OVERFLOW;
	if (__builtin_add_overflow(frame_local(&frame, us), days * DAY_US, &wall) ||
	    !datetime_valid(wall))
		return DECIMAL_OVERFLOW;
	*out = frame_utc(&frame, wall);
	return DECIMAL_OK;
}

/* moment +- integer days, or datetime +- duration. */
static struct problem *shift(struct eval *e, const struct node *n, const struct value *v,
			     struct value *out) {
	bool swapped = v[0].kind == VALUE_INT ||
		       (v[0].kind == VALUE_DURATION && v[1].kind == VALUE_DATETIME);
	const struct value *moment = &v[swapped], *by = &v[!swapped];
	int64_t amount = by->as.i, result = 0;
	bool bad = n->op == OP_SUB && __builtin_sub_overflow(0, amount, &amount);
	if (by->kind == VALUE_DURATION) {
		bad = bad || __builtin_mul_overflow(amount, (int64_t)DAY_US_PER_S, &amount) ||
		      __builtin_add_overflow(moment->as.i, amount, &result) ||
		      !datetime_valid(result);
	} else if (moment->kind == VALUE_DATE) {
		bad = bad || __builtin_add_overflow(moment->as.i, amount, &result) ||
		      !day_valid(result);
	} else {
		bad = bad || add_days(e->frame->zone, moment->as.i, amount, &result) != DECIMAL_OK;
	}
	if (bad) return eval_fault(e, n, "expr_overflow");
	*out = (struct value){ .kind = moment->kind, .as.i = result };
	return NULL;
}

static int64_t floor_second(int64_t us) { return us / DAY_US_PER_S - (us % DAY_US_PER_S < 0); }

/* moment - moment: days, or seconds (parts of a second count down). */
static struct problem *distance(struct eval *e, const struct node *n, const struct value *v,
				struct value *out) {
	(void)e;
	int64_t between = v[0].as.i - v[1].as.i;
	if (v[0].kind == VALUE_DATETIME) between = floor_second(between);
	*out = (struct value){ .kind = n->type.kind == TYPE_INT ? VALUE_INT : VALUE_DURATION,
			       .as.i = between };
	return NULL;
}

static struct problem *durations(struct eval *e, const struct node *n, const struct value *v,
				 struct value *out) {
	if (n->op == OP_DIV) return numbers(e, n, v, out);
	int64_t a = v[0].as.i, b = v[1].as.i, result;
	bool bad = n->op == OP_MUL   ? __builtin_mul_overflow(a, b, &result)
		   : n->op == OP_ADD ? __builtin_add_overflow(a, b, &result)
				     : __builtin_sub_overflow(a, b, &result);
	if (bad) return eval_fault(e, n, "expr_overflow");
	*out = (struct value){ .kind = VALUE_DURATION, .as.i = result };
	return NULL;
}

static struct problem *arithmetic(struct eval *e, const struct node *n, const struct value *v,
				  struct value *out) {
	enum type_kind result = n->type.kind, left = n->args[0]->type.kind,
		       right = n->args[1]->type.kind;
	bool moment = left == TYPE_DATE || left == TYPE_DATETIME || left == TYPE_TIME;
	if (left == TYPE_DURATION || right == TYPE_DURATION)
		return result == TYPE_DATETIME ? shift(e, n, v, out) : durations(e, n, v, out);
	if (result == TYPE_DATE || result == TYPE_DATETIME) return shift(e, n, v, out);
	return moment ? distance(e, n, v, out) : numbers(e, n, v, out);
}

static struct problem *eval_negate(struct eval *e, const struct node *n, struct value *out) {
	struct value v;
	TRY(eval_node(e, n->args[0], &v));
	*out = VALUE_NONE;
	if (v.kind == VALUE_NULL) return NULL;
	struct decimal d = value_number(&v);
	d.coefficient = -d.coefficient;
	return eval_number(e, n, DECIMAL_OK, d, out);
}

struct problem *eval_operator(struct eval *e, const struct node *n, struct value *out) {
	struct value v[2];
	if (n->op == OP_NEGATE) return eval_negate(e, n, out);
	if (n->op == OP_IN) return eval_in(e, n, out);
	for (size_t i = 0; i < 2; i++) TRY(eval_node(e, n->args[i], &v[i]));
	if (n->op == OP_EQ || n->op == OP_NE) return equal(e, n, v, out);
	if (type_is(n->type, TYPE_TEXT)) return join_text(e, n, v, out);
	*out = VALUE_NONE;
	if (value_is_null(&v[0]) || value_is_null(&v[1])) return NULL;
	return n->op >= OP_LT && n->op <= OP_GE ? order(e, n, v, out) : arithmetic(e, n, v, out);
}
