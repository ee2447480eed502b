/* eval.c -- the tree walk. Null rules: == and != never give null; ordering and arithmetic with null
 * give null; and, or, not are three-valued and stop at the first argument that decides; a function
 * of a null is null unless its row of the table says otherwise. Recursion is bounded by the tree's
 * height. */
#include "runtime/expr/internal.h"

struct problem *eval_fault(struct eval *e, const struct node *n, const char *code) {
	const char *column = arena_printf(e->arena, "%u", expr_column(e->text, n->offset));
	struct str piece = { e->text.p + n->offset, n->length };
	piece.n = utf8_prefix(piece, 60);
	return PROBLEM(e->arena, INVALID, code, "column", column, "text", str_dup(e->arena, piece));
}

const char *status_code(enum decimal_status status) {
	static const char *const codes[] = { [DECIMAL_OK] = NULL,
					     [DECIMAL_OVERFLOW] = "expr_overflow",
					     [DECIMAL_BY_ZERO] = "expr_division_by_zero",
					     [DECIMAL_SYNTAX] = "expr_argument",
					     [DECIMAL_DIGITS] = "expr_too_large" };
	return codes[status];
}

struct problem *eval_status(struct eval *e, const struct node *n, enum decimal_status status) {
	return status == DECIMAL_OK ? NULL : eval_fault(e, n, status_code(status));
}

struct problem *eval_text(struct eval *e, const struct node *n, struct sb *b, struct value *out) {
	if (b->overflow) return eval_fault(e, n, "expr_too_large");
	*out = value_text(sb_str(b));
	return NULL;
}

int64_t frame_local(const struct expr_frame *f, int64_t utc_us) {
	return f->zone ? zone_to_local(f->zone, utc_us) : utc_us;
}

int64_t frame_utc(const struct expr_frame *f, int64_t local_us) {
	return f->zone ? zone_to_utc(f->zone, local_us) : local_us;
}

static int64_t floor_day(int64_t us) { return us / DAY_US - (us % DAY_US < 0); }

int64_t frame_day(const struct expr_frame *f, int64_t utc_us) {
	return floor_day(frame_local(f, utc_us));
}

int64_t frame_day_start(const struct expr_frame *f, int64_t day) {
	return f->zone ? zone_day_start(f->zone, day) : day * DAY_US;
}

static struct problem *eval_clock(struct eval *e, const struct node *n, struct value *out) {
	*out = n->today ? value_date(frame_day(e->frame, e->frame->now_us))
			: value_datetime(e->frame->now_us);
	return NULL;
}

static struct problem *eval_path(struct eval *e, const struct node *n, struct value *out) {
	*out = e->frame->slots[n->path];
	if (value_is_null(out)) *out = VALUE_NONE;
	return NULL;
}

static struct problem *eval_literal(struct eval *e, const struct node *n, struct value *out) {
	(void)e;
	*out = n->value;
	return NULL;
}

static struct problem *eval_list(struct eval *e, const struct node *n, struct value *out) {
	struct value *items = arena_array(e->arena, n->n, sizeof *items);
	for (size_t i = 0; i < n->n; i++) TRY(eval_node(e, n->args[i], &items[i]));
	*out = (struct value){ .kind = VALUE_LIST, .as.list = { items, n->n } };
	if (n->n == 0) *out = VALUE_NONE;
	return NULL;
}

/* and: false decides; or: true decides. Otherwise null when one was null. */
static struct problem *eval_chain(struct eval *e, const struct node *n, struct value *out) {
	bool decides = n->op == OP_OR, unknown = false;
	for (size_t i = 0; i < n->n; i++) {
		struct value v;
		TRY(eval_node(e, n->args[i], &v));
		unknown = unknown || v.kind == VALUE_NULL;
		if (v.kind == VALUE_NULL || (v.as.i != 0) != decides) continue;
		*out = value_bool(decides);
		return NULL;
	}
	*out = unknown ? VALUE_NONE : value_bool(!decides);
	return NULL;
}

static struct problem *eval_not(struct eval *e, const struct node *n, struct value *out) {
	TRY(eval_node(e, n->args[0], out));
	if (out->kind == VALUE_BOOL) out->as.i = !out->as.i;
	return NULL;
}

struct problem *eval_if(struct eval *e, const struct node *n, struct value *out) {
	struct value c;
	TRY(eval_node(e, n->args[0], &c));
	return eval_node(e, n->args[c.kind == VALUE_BOOL && c.as.i ? 1 : 2], out);
}

struct problem *eval_case(struct eval *e, const struct node *n, struct value *out) {
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		struct value c;
		TRY(eval_node(e, n->args[i], &c));
		if (c.kind == VALUE_BOOL && c.as.i) return eval_node(e, n->args[i + 1], out);
	}
	*out = VALUE_NONE;
	return n->n % 2 ? eval_node(e, n->args[n->n - 1], out) : NULL;
}

struct problem *eval_coalesce(struct eval *e, const struct node *n, struct value *out) {
	for (size_t i = 0; i < n->n; i++) {
		TRY(eval_node(e, n->args[i], out));
		if (!value_is_null(out)) return NULL;
	}
	return NULL;
}

static struct problem *eval_call(struct eval *e, const struct node *n, struct value *out) {
	const struct function *f = n->function;
	if (f->lazy) return f->lazy(e, n, out);
	struct value few[6],
		*args = n->n <= ARRAY_LEN(few) ? few : arena_array(e->arena, n->n, sizeof *args);
	bool missing = false;
	for (size_t i = 0; i < n->n; i++) {
		TRY(eval_node(e, n->args[i], &args[i]));
		missing = missing || args[i].kind == VALUE_NULL;
	}
	*out = VALUE_NONE;
	if (missing && !f->keeps_null) return NULL;
	return f->eval(e, n, args, out);
}

static struct problem *eval_conversion(struct eval *e, const struct node *n, struct value *out) {
	struct value v;
	TRY(eval_node(e, n->args[0], &v));
	*out = VALUE_NONE;
	if (v.kind == VALUE_NULL) return NULL;
	return eval_convert(e, n, &v, out);
}

struct problem *eval_node(struct eval *e, const struct node *n, struct value *out) {
	static struct problem *(*const evals[])(struct eval *, const struct node *,
						struct value *) = {
		[OP_LITERAL] = eval_literal, [OP_PATH] = eval_path, [OP_CLOCK] = eval_clock,
		[OP_LIST] = eval_list,       [OP_CALL] = eval_call, [OP_CONVERT] = eval_conversion,
		[OP_NOT] = eval_not,         [OP_AND] = eval_chain, [OP_OR] = eval_chain,
	};
	return n->op < ARRAY_LEN(evals) && evals[n->op] ? evals[n->op](e, n, out)
							: eval_operator(e, n, out);
}

struct problem *expr_eval(struct arena *a, const struct expr *x, const struct expr_frame *frame,
			  struct value *out) {
	struct eval e = { .arena = a, .frame = frame, .text = x->text };
	return eval_node(&e, x->root, out);
}

struct problem *expr_test(struct arena *a, const struct expr *x, const struct expr_frame *frame,
			  bool *out) {
	struct value v;
	TRY(expr_eval(a, x, frame, &v));
	*out = v.kind == VALUE_BOOL && v.as.i != 0;
	return NULL;
}
