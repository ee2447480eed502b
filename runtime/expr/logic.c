/* logic.c -- taking a condition apart. A test is the comparison itself with a hole where its term
 * stood: asking it means filling the hole and evaluating.
 *  1. Steps between a comparison and its term that keep an order (a wider scale, the day of an
 *     instant, the start of a day) stay above the hole; its constants are brought below them.
 *  2. Everything a value can differ by in the eyes of a test stands among its cuts. */
#include "runtime/expr/logic.h"
#include "runtime/expr/internal.h"

struct logic_test {
	struct node *test, *hole;
	struct str text; /* of the expression, for faults */
};

struct taking {
	struct arena *arena;
	const struct expr *e;
	const struct expr_frame *frame;
};

static bool is_fixed(const struct node *n) { return (n->reads & ~(uint32_t)CLOCK_BIT) == 0; }

static bool value_of(const struct taking *t, const struct node *n, struct value *out) {
	struct eval e = { t->arena, t->frame, t->e->text };
	return !eval_node(&e, n, out);
}

static enum truth truth_of(const struct value *v) {
	return v->kind != VALUE_BOOL ? TRUTH_NULL : v->as.i ? TRUTH_TRUE : TRUTH_FALSE;
}

/* ---- the text of a term ---- */

static void write_node(struct sb *out, const struct node *n);

static void write_args(struct sb *out, const struct node *n, const char *between) {
	for (size_t i = 0; i < n->n; i++) {
		if (i) sb_cat(out, between);
		write_node(out, n->args[i]);
	}
}

static void write_literal(struct sb *out, const struct node *n) {
	bool text = n->value.kind == VALUE_TEXT;
	if (text) sb_char(out, '\'');
	if (n->value.kind == VALUE_NULL)
		sb_cat(out, "null");
	else
		text_value(out, &n->type, &n->value, NULL);
	if (text) sb_char(out, '\'');
}

static void write_node(struct sb *out, const struct node *n) {
	if (n->op == OP_PATH) {
		sb_cat(out, n->slot->text);
	} else if (n->op == OP_LITERAL) {
		write_literal(out, n);
	} else if (n->op == OP_CONVERT) {
		write_node(out, n->args[0]);
	} else if (n->op == OP_CLOCK) {
		sb_cat(out, n->today ? "$today" : "$now");
	} else if (n->op == OP_CALL || n->op == OP_LIST) {
		if (n->op == OP_CALL) sb_add(out, n->name);
		sb_char(out, n->op == OP_CALL ? '(' : '[');
		write_args(out, n, ", ");
		sb_char(out, n->op == OP_CALL ? ')' : ']');
	} else if (n->op == OP_NOT || n->op == OP_NEGATE) {
		sb_cat(out, n->op == OP_NOT ? "not " : "-");
		write_args(out, n, "");
	} else {
		sb_char(out, '(');
		write_args(out, n, arena_printf(out->arena, " %s ", op_text(n->op)));
		sb_char(out, ')');
	}
}

static const char *text_of(const struct taking *t, const struct node *n) {
	struct sb out = sb_on(t->arena, EXPR_TEXT_MAX);
	write_node(&out, n);
	return sb_cstr(&out);
}

static void add_reads(const struct node *n, size_t *reads, size_t *count) {
	if (n->op == OP_PATH) reads[(*count)++] = n->path;
	for (size_t i = 0; i < n->n; i++) add_reads(n->args[i], reads, count);
}

static size_t count_paths(const struct node *n) {
	size_t count = n->op == OP_PATH;
	for (size_t i = 0; i < n->n; i++) count += count_paths(n->args[i]);
	return count;
}

/* ---- a test and its hole ---- */

static bool keeps_order(const struct node *n) {
	if (n->op == OP_CONVERT)
		return n->convert == CONVERT_NUMBER || n->convert == CONVERT_DAY ||
		       n->convert == CONVERT_START;
	return n->op == OP_CALL && str_is(n->name, "date") && n->n == 1;
}

static const struct node *term_below(const struct node *n) {
	while (keeps_order(n)) n = n->args[0];
	return n;
}

/* A copy of the way from n down to `term`, in whose place the hole stands. */
static struct node *with_hole(const struct taking *t, const struct node *n, const struct node *term,
			      struct node *hole) {
	if (n == term) return hole;
	struct node *copy = arena_alloc(t->arena, sizeof *copy);
	*copy = *n;
	copy->args = arena_array(t->arena, n->n, sizeof *copy->args);
	for (size_t i = 0; i < n->n; i++)
		copy->args[i] =
			count_paths(n->args[i]) ? with_hole(t, n->args[i], term, hole) : n->args[i];
	return copy;
}

static bool counts(const struct node *n) {
	static const char *const names[] = { "count", "count_distinct", "sum" };
	for (size_t i = 0; n->op == OP_CALL && i < ARRAY_LEN(names); i++)
		if (str_is(n->name, names[i])) return true;
	return false;
}

static struct logic *about(const struct taking *t, const struct node *n, const struct node *term) {
	struct logic *l = arena_alloc(t->arena, sizeof *l);
	size_t *reads = arena_array(t->arena, count_paths(term) + 1, sizeof *reads);
	*l = (struct logic){ .path = term->op == OP_PATH ? term->path : SIZE_MAX,
			     .term = text_of(t, term),
			     .reads = reads };
	add_reads(term, reads, &l->read_count);
	l->never_null = counts(term);
	l->kind = LOGIC_FREE;
	l->type = (struct type){ .kind = TYPE_BOOL };
	if (n == term && n->type.kind != TYPE_BOOL) return l;
	struct node *hole = arena_alloc(t->arena, sizeof *hole);
	*hole = (struct node){ .op = OP_LITERAL, .type = term->type, .height = 1 };
	l->test = arena_alloc(t->arena, sizeof *l->test);
	*l->test = (struct logic_test){ with_hole(t, n, term, hole), hole, t->e->text };
	l->type = term->type;
	l->kind = LOGIC_TEST;
	return l;
}

static const struct logic *free_test(const struct taking *t, const struct node *n) {
	struct logic *l = about(t, n, n);
	l->kind = LOGIC_FREE;
	l->path = SIZE_MAX;
	return l;
}

/* ---- constants, brought to the kind of the term ---- */

struct cuts {
	struct value *items;
	size_t n;
};

static void add_cut(const struct taking *t, struct cuts *cuts, struct value v) {
	cuts->items =
		arena_grow(t->arena, cuts->items, cuts->n * sizeof v, (cuts->n + 1) * sizeof v);
	cuts->items[cuts->n++] = v;
}

/* An instant term asked by days is cut at the bounds of the day; a day asked by instants at that
 * day and the next. */
static void add_constant(const struct taking *t, struct cuts *cuts, struct type term,
			 const struct value *v) {
	if (value_is_null(v)) return;
	if (v->kind == VALUE_DATE && term.kind == TYPE_DATETIME) {
		add_cut(t, cuts, value_datetime(frame_day_start(t->frame, v->as.i)));
		add_cut(t, cuts, value_datetime(frame_day_start(t->frame, v->as.i + 1)));
	} else if (v->kind == VALUE_DATETIME && term.kind == TYPE_DATE) {
		int64_t day = frame_day(t->frame, v->as.i);
		add_cut(t, cuts, value_date(day));
		add_cut(t, cuts, value_date(day + 1));
	} else if (v->kind == VALUE_LIST) {
		for (size_t i = 0; i < v->as.list.n; i++)
			add_constant(t, cuts, term, &v->as.list.items[i]);
	} else {
		add_cut(t, cuts, *v);
	}
}

/* term OP constant, or constant OP term; a list is asked for members only. */
static const struct logic *comparison(const struct taking *t, const struct node *n) {
	size_t side = is_fixed(n->args[0]) ? 1 : 0;
	const struct node *term = term_below(n->args[side]), *other = n->args[1 - side];
	bool ordered = n->op >= OP_LT && n->op <= OP_GE, listed = type_is_list(term->type);
	bool null = other->type.kind == TYPE_NULL;
	struct value v;
	struct cuts cuts = { NULL, 0 };
	if (!is_fixed(other) || !value_of(t, other, &v)) return free_test(t, n);
	if (listed && !null && (n->op != OP_IN || side == 0)) return free_test(t, n);
	add_constant(t, &cuts, listed ? type_item(term->type) : term->type, &v);
	struct logic *l = about(t, n, term);
	l->cuts = cuts.items;
	l->cut_count = cuts.n;
	l->ordered = ordered;
	return l;
}

/* contains(tags, 'vip') is 'vip' in tags. */
static const struct logic *call(const struct taking *t, const struct node *n) {
	if (str_is(n->name, "empty") && n->n == 1) return about(t, n, n->args[0]);
	bool listed = str_is(n->name, "contains") && n->n == 2 && type_is_list(n->args[0]->type) &&
		      is_fixed(n->args[1]);
	struct cuts cuts = { NULL, 0 };
	struct value v;
	if (!listed || !value_of(t, n->args[1], &v)) return free_test(t, n);
	add_constant(t, &cuts, type_item(n->args[0]->type), &v);
	struct logic *l = about(t, n, n->args[0]);
	l->cuts = cuts.items;
	l->cut_count = cuts.n;
	return l;
}

static const struct logic *take(const struct taking *t, const struct node *n);

static const struct logic *joined(const struct taking *t, const struct node *n,
				  enum logic_kind kind) {
	struct logic *l = arena_alloc(t->arena, sizeof *l);
	*l = (struct logic){ .kind = kind,
			     .args = arena_array(t->arena, n->n, sizeof *l->args),
			     .n = n->n };
	for (size_t i = 0; i < n->n; i++) l->args[i] = take(t, n->args[i]);
	return l;
}

static const struct logic *constant(const struct taking *t, const struct node *n) {
	struct logic *l = arena_alloc(t->arena, sizeof *l);
	struct value v = VALUE_NONE;
	bool known = value_of(t, n, &v);
	*l = (struct logic){ .kind = LOGIC_CONSTANT,
			     .constant = known ? truth_of(&v) : TRUTH_NULL };
	return l;
}

static const struct logic *take(const struct taking *t, const struct node *n) {
	if (is_fixed(n)) return constant(t, n);
	if (n->op == OP_AND) return joined(t, n, LOGIC_AND);
	if (n->op == OP_OR) return joined(t, n, LOGIC_OR);
	if (n->op == OP_NOT) return joined(t, n, LOGIC_NOT);
	if (n->op >= OP_EQ && n->op <= OP_IN) return comparison(t, n);
	if (n->op == OP_CALL) return call(t, n);
	return n->op == OP_PATH ? about(t, n, n) : free_test(t, n);
}

const struct logic *expr_logic(struct arena *a, const struct expr *e,
			       const struct expr_frame *frame) {
	struct taking t = { a, e, frame };
	return take(&t, e->root);
}

enum truth logic_test(struct arena *a, const struct logic *l, const struct expr_frame *frame,
		      const struct value *v) {
	struct eval e = { a, frame, l->test->text };
	struct value out = VALUE_NONE;
	l->test->hole->value = *v;
	return eval_node(&e, l->test->test, &out) ? TRUTH_NULL : truth_of(&out);
}
