/* fn_number.c -- rounding, absolute value, remainder. */
#include "runtime/expr/functions.h"

/* round(x) is an integer; round(x, 2) a decimal of scale 2. The digits must be written out, so that
 * the type is known. */
struct problem *check_round(struct check *c, struct node *n) {
	struct type x = n->args[0]->type;
	if (n->n == 1) {
		struct node **args = arena_array(c->arena, 2, sizeof(struct node *));
		args[0] = n->args[0];
		args[1] = node_new(c->arena, OP_LITERAL, n->offset, n->length, NULL, 0);
		args[1]->value = value_int(0);
		args[1]->type = type_of(TYPE_INT);
		n->args = args;
		n->n = 2;
		n->type = type_of(TYPE_INT);
		return NULL;
	}
	struct node *digits = n->args[1];
	bool negative = digits->op == OP_NEGATE;
	const struct node *literal = negative ? digits->args[0] : digits;
	if (literal->op != OP_LITERAL || literal->value.kind != VALUE_INT ||
	    literal->value.as.i > DECIMAL_MAX_SCALE)
		return check_fault(c, digits, "expr_needs_digits", NULL, NULL, NULL, NULL);
	bool integer = negative || literal->value.as.i == 0;
	n->type = integer ? type_of(TYPE_INT) : type_decimal((int)literal->value.as.i, x.unit);
	return NULL;
}

typedef enum decimal_status rounding(struct decimal, int, struct decimal *);

static struct problem *rounded(struct eval *e, const struct node *n, const struct value *args,
			       rounding *how, struct value *out) {
	struct decimal d = { 0, 0 };
	enum decimal_status status = how(value_number(&args[0]), (int)args[1].as.i, &d);
	return eval_number(e, n, status, d, out);
}

struct problem *fn_round(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	return rounded(e, n, args, decimal_rescale, out);
}

struct problem *fn_floor(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	return rounded(e, n, args, decimal_floor, out);
}

struct problem *fn_ceil(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	return rounded(e, n, args, decimal_ceil, out);
}

struct problem *check_same_number(struct check *c, struct node *n) {
	(void)c;
	n->type = n->args[0]->type;
	return NULL;
}

struct problem *fn_abs(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	struct decimal d = value_number(&args[0]);
	if (d.coefficient < 0) d.coefficient = -d.coefficient;
	return eval_number(e, n, DECIMAL_OK, d, out);
}

struct problem *check_mod(struct check *c, struct node *n) {
	struct type a = n->args[0]->type, b = n->args[1]->type;
	uint8_t unit;
	TRY(check_unit(c, n, a, b, &unit));
	int scale = type_scale(a) > type_scale(b) ? type_scale(a) : type_scale(b);
	n->type = a.kind == TYPE_INT && b.kind == TYPE_INT ? type_of(TYPE_INT)
							   : type_decimal(scale, unit);
	return NULL;
}

struct problem *fn_mod(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	struct decimal d = { 0, 0 };
	enum decimal_status status =
		decimal_mod(value_number(&args[0]), value_number(&args[1]), &d);
	return eval_number(e, n, status, d, out);
}
