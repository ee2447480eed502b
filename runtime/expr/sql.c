/* sql.c -- an expression as SQL: constants, columns, logic. Comparisons are in sql_compare.c, calls
 * in sql_call.c. Invariants: 1. no text of the user ever stands in the SQL, values are bound; 2.
 * what reads no column is evaluated here and now, a fault of it becomes tenon_fail in its place, so
 * that a branch never taken never fails; 3. where a part can fail, and/or become CASE, because SQL
 * promises no order for AND and OR. */
#include "runtime/expr/sql.h"

bool sql_is_value(const struct sql *s, const struct node *n) { return (n->reads & s->roots) == 0; }

struct problem *sql_none(struct sql *s, const struct node *n) {
	struct where at = { s->text, n->offset, n->length };
	return expr_fault(s->arena, at, "expr_no_sql", NULL, NULL, NULL, NULL);
}

struct problem *sql_too_large(struct sql *s) {
	struct str piece = { s->text.p, utf8_prefix(s->text, 60) };
	return PROBLEM(s->arena, TOO_LARGE, "expr_too_large", "text", str_dup(s->arena, piece));
}

void sql_quote(struct sb *out, struct str text) {
	sb_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'') sb_char(out, '\'');
		sb_char(out, text.p[i]);
	}
	sb_char(out, '\'');
}

const char *sql_cast(const struct sql *s, struct type t) {
	if (!s->postgres) return "";
	return t.kind == TYPE_BOOL      ? "::boolean"
	       : t.kind == TYPE_TEXT    ? "::text"
	       : t.kind == TYPE_DECIMAL ? "::numeric"
					: "::bigint";
}

void sql_number_literal(struct sb *out, int64_t n) {
	/* The smallest integer has no literal of its own in SQL. */
	if (n == INT64_MIN)
		sb_cat(out, "(-9223372036854775807-1)");
	else
		sb_int(out, n);
}

static struct problem *bind_as(struct sql *s, const struct value *v, const char *cast,
			       struct sb *out) {
	TRY(s->target->bind(s->target->context, v, out));
	sb_cat(out, s->postgres ? cast : "");
	return NULL;
}

static struct problem *bind_decimal(struct sql *s, const struct type *type, struct decimal d,
				    struct sb *out) {
	char text[DECIMAL_TEXT_MAX];
	struct decimal scaled;
	int64_t n;
	if (decimal_rescale(d, type_scale(*type), &scaled) != DECIMAL_OK) scaled = d;
	if (decimal_to_int64(scaled, &n)) {
		struct value whole = value_int(n);
		return bind_as(s, &whole, "::bigint", out);
	}
	size_t length = decimal_text((struct decimal){ scaled.coefficient, 0 }, text);
	struct value digits =
		value_text((struct str){ arena_copy(s->arena, text, length), length });
	return bind_as(s, &digits, "::text::numeric", out);
}

struct problem *sql_bind(struct sql *s, const struct type *type, const struct value *v,
			 struct sb *out) {
	if (v->kind == VALUE_NULL) {
		sb_cat(out, "null");
		sb_cat(out, sql_cast(s, *type));
		return NULL;
	}
	if (v->kind == VALUE_BOOL) {
		sb_cat(out, v->as.i ? "true" : "false");
		return NULL;
	}
	if (type->kind == TYPE_DECIMAL) return bind_decimal(s, type, value_number(v), out);
	struct value bound = value_int(v->as.i);
	if (v->kind == VALUE_TEXT && type_is_coded(*type))
		bound.as.i = s->target->code(s->target->context, type, v->as.s);
	else if (v->kind == VALUE_TEXT)
		bound = *v;
	return bind_as(s, &bound, bound.kind == VALUE_TEXT ? "::text" : "::bigint", out);
}

struct problem *sql_value(struct sql *s, const struct node *n, struct value *out, bool *fails,
			  struct sb *fault) {
	struct eval e = { .arena = s->arena, .frame = s->frame, .text = s->text };
	struct problem *p = eval_node(&e, n, out);
	*fails = p != NULL;
	if (!p) return NULL;
	sb_cat(fault, "tenon_fail(");
	sql_quote(fault, str_of(p->code));
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, "column") == 0)
			sb_printf(fault, ",%s)", p->params[i].value);
	sb_cat(fault, sql_cast(s, n->type));
	return NULL;
}

static struct problem *constant(struct sql *s, const struct node *n, struct sb *out) {
	struct value v;
	bool fails;
	TRY(sql_value(s, n, &v, &fails, out));
	if (fails) return NULL;
	return v.kind == VALUE_LIST ? sql_none(s, n) : sql_bind(s, &n->type, &v, out);
}

static struct problem *column(struct sql *s, const struct node *n, struct sb *out) {
	if (type_is_list(n->type) || n->type.kind == TYPE_ROWS || n->type.kind == TYPE_RECORD)
		return sql_none(s, n);
	return s->target->column(s->target->context, n->slot, out);
}

struct problem *sql_rows(struct sql *s, const struct node *n, struct expr_sql_rows *rows,
			 const char **name) {
	if (n->op != OP_PATH) return sql_none(s, n);
	return s->target->rows(s->target->context, n->slot, rows, name);
}

/* Can this part fail in the statement? A constant has been tried already when it can. */
static bool can_fail(struct sql *s, const struct node *n) {
	struct value v;
	bool fails;
	struct sb none = sb_on(s->arena, 256);
	if (!n->fails) return false;
	if (sql_is_value(s, n)) return sql_value(s, n, &v, &fails, &none) != NULL || fails;
	bool own = n->op == OP_NEGATE || n->op >= OP_ADD || n->op == OP_CONVERT ||
		   (n->op == OP_CALL && n->function->fails);
	for (size_t i = 0; i < n->n && !own; i++) own = can_fail(s, n->args[i]);
	return own;
}

static bool any_fails(struct sql *s, const struct node *n, size_t from) {
	for (size_t i = from; i < n->n; i++)
		if (can_fail(s, n->args[i])) return true;
	return false;
}

/* (a and b) and (c and d): halves, because SQLite counts the depth of a chain. */
static struct problem *balanced(struct sql *s, const struct node *n, size_t from, size_t to,
				bool where, struct sb *out) {
	if (to - from == 1)
		return where ? sql_where(s, n->args[from], out) : sql_node(s, n->args[from], out);
	size_t middle = from + (to - from) / 2;
	sb_char(out, '(');
	TRY(balanced(s, n, from, middle, where, out));
	sb_cat(out, n->op == OP_AND ? " and " : " or ");
	TRY(balanced(s, n, middle, to, where, out));
	sb_char(out, ')');
	return NULL;
}

/* Exact three-valued logic, stopping at the first that decides:
 * (select case when v.x is false then false else v.x and REST end from (select FIRST as x) v) */
static struct problem *ordered_exact(struct sql *s, const struct node *n, size_t from,
				     struct sb *out) {
	const char *decides = n->op == OP_AND ? "false" : "true",
		   *op = n->op == OP_AND ? "and" : "or";
	if (from + 1 == n->n) return sql_node(s, n->args[from], out);
	unsigned v = ++s->aliases;
	sb_printf(out, "(select case when v%u.x is %s then %s else v%u.x %s ", v, decides, decides,
		  v, op);
	TRY(ordered_exact(s, n, from + 1, out));
	sb_cat(out, " end from (select ");
	TRY(sql_node(s, n->args[from], out));
	sb_printf(out, " as x) v%u)", v);
	return NULL;
}

static struct problem *ordered_where(struct sql *s, const struct node *n, size_t from,
				     struct sb *out) {
	if (!any_fails(s, n, from)) return balanced(s, n, from, n->n, true, out);
	if (from + 1 == n->n) return sql_where(s, n->args[from], out);
	sb_cat(out, "case when ");
	TRY(sql_where(s, n->args[from], out));
	sb_cat(out, n->op == OP_AND ? " then " : " then true else ");
	TRY(ordered_where(s, n, from + 1, out));
	sb_cat(out, n->op == OP_AND ? " else false end" : " end");
	return NULL;
}

/* The conjuncts before the first that can fail stand outside too, where an index finds them. */
static struct problem *chain_where(struct sql *s, const struct node *n, struct sb *out) {
	size_t safe = 0;
	while (n->op == OP_AND && safe < n->n && !can_fail(s, n->args[safe])) safe++;
	if (safe == 0 || safe == n->n) return ordered_where(s, n, 0, out);
	sb_char(out, '(');
	TRY(balanced(s, n, 0, safe, true, out));
	sb_cat(out, " and ");
	TRY(ordered_where(s, n, 0, out));
	sb_char(out, ')');
	return NULL;
}

/* A bool column itself, or not it: on SQLite an index serves only a comparison. */
static struct problem *bool_column(struct sql *s, const struct node *n, struct sb *out) {
	TRY(sql_node(s, n->op == OP_NOT ? n->args[0] : n, out));
	sb_cat(out, n->op == OP_NOT ? " = 0" : " = 1");
	return NULL;
}

static bool is_bool_column(const struct sql *s, const struct node *n) {
	const struct node *path = n->op == OP_NOT ? n->args[0] : n;
	return path->op == OP_PATH && !s->postgres && !sql_is_value(s, path);
}

struct problem *sql_where(struct sql *s, const struct node *n, struct sb *out) {
	if (sql_is_value(s, n)) return constant(s, n, out);
	if (is_bool_column(s, n)) return bool_column(s, n, out);
	if (n->op == OP_AND || n->op == OP_OR) return chain_where(s, n, out);
	if (n->op >= OP_EQ && n->op <= OP_GE) return sql_compare(s, n, true, out);
	if (n->op == OP_IN) return sql_in(s, n, true, out);
	return sql_node(s, n, out);
}

static struct problem *logic(struct sql *s, const struct node *n, struct sb *out) {
	if (n->op != OP_NOT)
		return any_fails(s, n, 0) ? ordered_exact(s, n, 0, out)
					  : balanced(s, n, 0, n->n, false, out);
	sb_cat(out, "(not ");
	TRY(sql_node(s, n->args[0], out));
	sb_char(out, ')');
	return NULL;
}

static struct problem *conversion(struct sql *s, const struct node *n, struct sb *out) {
	static const char *const templates[] = {
		[CONVERT_START] = "tenon_day_start($1,$z)",
		[CONVERT_LOCAL] = "tenon_utc($1,$z)",
		[CONVERT_DAY] = "tenon_day_of($1,$z)",
	};
	const struct node *from = n->args[0];
	if (n->convert == CONVERT_TEXT || n->convert == CONVERT_SHOWN)
		return sql_text_of(s, from, out);
	if (n->convert == CONVERT_LIST || n->convert == CONVERT_ITEMS) return sql_none(s, n);
	if (n->convert != CONVERT_NUMBER) return sql_template(s, n, templates[n->convert], out);
	if (n->type.kind == TYPE_REF || type_scale(n->type) == type_scale(from->type)) {
		if (n->type.kind != TYPE_INT || from->type.kind == TYPE_INT)
			return sql_node(s, from, out);
	}
	return sql_template(s, n, "tenon_scale($1,$s1,$s,$c)", out);
}

struct problem *sql_node(struct sql *s, const struct node *n, struct sb *out) {
	if (++s->steps > SQL_STEPS) return sql_too_large(s);
	if (sql_is_value(s, n)) return constant(s, n, out);
	if (n->op == OP_PATH) return column(s, n, out);
	if (n->op == OP_NOT || n->op == OP_AND || n->op == OP_OR) return logic(s, n, out);
	if (n->op >= OP_EQ && n->op <= OP_GE) return sql_compare(s, n, false, out);
	if (n->op == OP_IN) return sql_in(s, n, false, out);
	if (n->op == OP_CALL) return sql_call(s, n, out);
	if (n->op == OP_CONVERT) return conversion(s, n, out);
	return n->op == OP_LIST ? sql_none(s, n) : sql_number(s, n, out);
}

typedef struct problem *writer(struct sql *s, const struct node *n, struct sb *out);

static struct problem *compile(struct arena *a, const struct expr *e, const struct expr_sql *target,
			       const struct expr_frame *frame, writer *write, struct sb *out) {
	struct sql s = { .arena = a,
			 .text = e->text,
			 .target = target,
			 .frame = frame,
			 .roots = target->roots ? target->roots : 1u << ROOT_RECORD,
			 .postgres = target->dialect == DIALECT_POSTGRES };
	TRY(write(&s, e->root, out));
	return out->overflow ? sql_too_large(&s) : NULL;
}

struct problem *expr_to_sql(struct arena *a, const struct expr *e, const struct expr_sql *target,
			    const struct expr_frame *frame, struct sb *out) {
	return compile(a, e, target, frame, sql_node, out);
}

struct problem *expr_to_sql_where(struct arena *a, const struct expr *e,
				  const struct expr_sql *target, const struct expr_frame *frame,
				  struct sb *out) {
	return compile(a, e, target, frame, e->root->type.kind == TYPE_BOOL ? sql_where : sql_node,
		       out);
}
