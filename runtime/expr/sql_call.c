/* sql_call.c -- calls and arithmetic as SQL: templates of the function table, and the few that are
 * more than a template. */
#include "runtime/expr/sql.h"

static struct problem *argument(struct sql *s, const struct node *n, char which, struct sb *out) {
	size_t i = (size_t)(which - '1');
	return i < n->n ? sql_node(s, n->args[i], out) : NULL;
}

static int scale_code(struct type t) { return t.kind == TYPE_DECIMAL ? t.scale : SCALE_INT; }

static void write_zone(struct sql *s, struct sb *out) {
	sql_quote(out, str_of(s->frame->zone ? zone_name(s->frame->zone) : "UTC"));
}

struct problem *sql_template(struct sql *s, const struct node *n, const char *template,
			     struct sb *out) {
	for (const char *at = template; *at; at++) {
		if (*at != '$') {
			sb_char(out, *at);
			continue;
		}
		at++;
		if (*at == 'c')
			sb_int(out, expr_column(s->text, n->offset));
		else if (*at == 'z')
			write_zone(s, out);
		else if (*at == 's' && at[1] >= '1' && at[1] <= '9')
			sb_int(out, type_scale(n->args[*++at - '1']->type));
		else if (*at == 's')
			sb_int(out, scale_code(n->type));
		else
			TRY(argument(s, n, *at, out));
	}
	return NULL;
}

struct problem *sql_call(struct sql *s, const struct node *n, struct sb *out) {
	const struct function *f = n->function;
	if (f->sql) return f->sql(s, n, out);
	const char *template = s->postgres && f->postgres ? f->postgres : f->sqlite;
	return template && *template ? sql_template(s, n, template, out) : sql_none(s, n);
}

static struct problem *arithmetic_of_moments(struct sql *s, const struct node *n, struct sb *out) {
	enum type_kind left = n->args[0]->type.kind, right = n->args[1]->type.kind;
	bool swapped = left == TYPE_INT || (left == TYPE_DURATION && right == TYPE_DATETIME),
	     minus = n->op == OP_SUB;
	enum type_kind by = swapped ? left : right;
	if (n->type.kind == TYPE_INT || left == TYPE_TIME)
		return sql_template(s, n, "($1 - $2)", out);
	if (n->type.kind == TYPE_DURATION && left == TYPE_DATETIME)
		return sql_template(s, n, "tenon_seconds($1,$2)", out);
	if (n->type.kind == TYPE_DATE) {
		const char *add =
			swapped ? "tenon_date_add($2,$1,1,$c)" : "tenon_date_add($1,$2,1,$c)";
		return sql_template(s, n, minus ? "tenon_date_add($1,$2,-1,$c)" : add, out);
	}
	if (by == TYPE_DURATION) {
		const char *add = swapped ? "tenon_datetime_shift($2,$1,1,$c)"
					  : "tenon_datetime_shift($1,$2,1,$c)";
		return sql_template(s, n, minus ? "tenon_datetime_shift($1,$2,-1,$c)" : add, out);
	}
	const char *add =
		swapped ? "tenon_datetime_add($2,$1,1,$z,$c)" : "tenon_datetime_add($1,$2,1,$z,$c)";
	return sql_template(s, n, minus ? "tenon_datetime_add($1,$2,-1,$z,$c)" : add, out);
}

struct problem *sql_number(struct sql *s, const struct node *n, struct sb *out) {
	static const char *const templates[] = {
		[OP_ADD] = "tenon_add($1,$s1,$2,$s2,$s,$c)",
		[OP_SUB] = "tenon_sub($1,$s1,$2,$s2,$s,$c)",
		[OP_MUL] = "tenon_mul($1,$s1,$2,$s2,$s,$c)",
		[OP_DIV] = "tenon_div($1,$s1,$2,$s2,$s,$c)",
	};
	if (n->op == OP_NEGATE) return sql_template(s, n, "tenon_neg($1,$s1,$s,$c)", out);
	if (type_is(n->type, TYPE_TEXT))
		return sql_template(s, n, "nullif(coalesce($1,'')||coalesce($2,''),'')", out);
	enum type_kind left = n->args[0]->type.kind, right = n->args[1]->type.kind;
	bool moment = left == TYPE_DATE || left == TYPE_DATETIME || left == TYPE_TIME ||
		      right == TYPE_DATE || right == TYPE_DATETIME;
	return moment ? arithmetic_of_moments(s, n, out)
		      : sql_template(s, n, templates[n->op], out);
}

struct problem *sql_if(struct sql *s, const struct node *n, struct sb *out) {
	if (type_is_list(n->type)) return sql_none(s, n);
	sb_cat(out, "case when ");
	TRY(sql_where(s, n->args[0], out));
	sb_cat(out, " then ");
	TRY(sql_node(s, n->args[1], out));
	sb_cat(out, " else ");
	TRY(sql_node(s, n->args[2], out));
	sb_cat(out, " end");
	return NULL;
}

struct problem *sql_case(struct sql *s, const struct node *n, struct sb *out) {
	if (type_is_list(n->type)) return sql_none(s, n);
	sb_cat(out, "case");
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		sb_cat(out, " when ");
		TRY(sql_where(s, n->args[i], out));
		sb_cat(out, " then ");
		TRY(sql_node(s, n->args[i + 1], out));
	}
	if (n->n % 2) {
		sb_cat(out, " else ");
		TRY(sql_node(s, n->args[n->n - 1], out));
	}
	sb_cat(out, " end");
	return NULL;
}

static struct problem *arguments(struct sql *s, const struct node *n, const char *call,
				 struct sb *out) {
	sb_cat(out, call);
	for (size_t i = 0; i < n->n; i++) {
		sb_char(out, i ? ',' : '(');
		TRY(sql_node(s, n->args[i], out));
	}
	sb_char(out, ')');
	return NULL;
}

struct problem *sql_coalesce(struct sql *s, const struct node *n, struct sb *out) {
	if (type_is_list(n->type)) return sql_none(s, n);
	return n->n == 1 ? sql_node(s, n->args[0], out) : arguments(s, n, "coalesce", out);
}

struct problem *sql_empty(struct sql *s, const struct node *n, struct sb *out) {
	struct node null = { .op = OP_LITERAL, .type = type_of(TYPE_NULL) },
		    *args[] = { n->args[0], &null };
	struct node equal = { .op = OP_EQ,
			      .type = n->type,
			      .offset = n->offset,
			      .length = n->length,
			      .args = args,
			      .n = 2 };
	if (!type_is_list(n->args[0]->type) && n->args[0]->type.kind != TYPE_ROWS)
		return sql_template(s, n, "($1 is null)", out);
	struct node list = *n->args[0];
	list.type.list = true;
	args[0] = &list;
	check_finish(&equal);
	return sql_compare(s, &equal, false, out);
}

struct problem *sql_contains(struct sql *s, const struct node *n, struct sb *out) {
	struct node *args[] = { n->args[1], n->args[0] };
	struct node in = { .op = OP_IN,
			   .type = n->type,
			   .offset = n->offset,
			   .length = n->length,
			   .args = args,
			   .n = 2 };
	if (!type_is_list(n->args[0]->type))
		return sql_template(
			s, n, s->postgres ? "(position($2 in $1) > 0)" : "(instr($1,$2) > 0)", out);
	check_finish(&in);
	/* contains(list, null) is null, and so is contains of an empty list. */
	sb_cat(out, "(case when ");
	TRY(sql_node(s, n->args[1], out));
	sb_cat(out, " is not null and not ");
	struct node empty = { .op = OP_CALL,
			      .type = n->type,
			      .offset = n->offset,
			      .length = n->length,
			      .args = n->args,
			      .n = 1 };
	TRY(sql_empty(s, &empty, out));
	sb_cat(out, " then ");
	TRY(sql_in(s, &in, false, out));
	sb_cat(out, " end)");
	return NULL;
}

struct problem *sql_matches(struct sql *s, const struct node *n, struct sb *out) {
	struct str portable = regex_portable(n->data), pattern = n->args[1]->value.as.s;
	if (n->args[1]->value.kind != VALUE_TEXT) pattern = STR("");
	struct value v = { .kind = VALUE_TEXT, .as.s = s->postgres ? portable : pattern };
	sb_cat(out, s->postgres ? "(" : "tenon_matches(");
	TRY(sql_node(s, n->args[0], out));
	sb_cat(out, s->postgres ? " ~ " : ",");
	TRY(s->target->bind(s->target->context, &v, out));
	sb_cat(out, s->postgres ? "::text)" : ")");
	return NULL;
}

struct problem *sql_concat(struct sql *s, const struct node *n, struct sb *out) {
	sb_cat(out, "nullif(''");
	for (size_t i = 0; i < n->n; i++) {
		sb_cat(out, "||coalesce(");
		TRY(sql_node(s, n->args[i], out));
		sb_cat(out, ",'')");
	}
	sb_cat(out, ",'')");
	return NULL;
}

/* How a value of each kind becomes the text that text_value writes. $1 the value, $s1 its scale. */
struct problem *sql_text_of(struct sql *s, const struct node *n, struct sb *out) {
	static const char *const templates[] = {
		[TYPE_BOOL] = "case when $1 then 'true' when not $1 then 'false' end",
		[TYPE_INT] = "cast($1 as text)",
		[TYPE_DECIMAL] = "tenon_decimal_text($1,$s1)",
		[TYPE_DATE] = "tenon_date_text($1)",
		[TYPE_TIME] = "tenon_time_text($1)",
		[TYPE_DATETIME] = "tenon_datetime_text($1,$z)",
		[TYPE_DURATION] = "tenon_duration_text($1)",
		[TYPE_REF] = "cast($1 as text)",
		[TYPE_TEXT] = "$1",
	};
	struct node *args[1] = { NULL };
	struct node call = { .op = OP_CONVERT,
			     .type = type_of(TYPE_TEXT),
			     .offset = n->offset,
			     .length = n->length,
			     .args = args,
			     .n = 1 };
	struct node copy = *n;
	args[0] = &copy;
	if (type_is_list(n->type)) return sql_none(s, n);
	if (n->type.kind < ARRAY_LEN(templates) && templates[n->type.kind])
		return sql_template(s, &call, templates[n->type.kind], out);
	struct sb code = sb_on(s->arena, EXPR_RESULT_MAX);
	TRY(sql_node(s, n, &code));
	return s->target->decode(s->target->context, &n->type, sb_cstr(&code), out);
}

struct problem *sql_time_part(struct sql *s, const struct node *n, struct sb *out) {
	bool hour = str_is(n->name, "hour");
	if (n->args[0]->type.kind == TYPE_TIME)
		return sql_template(
			s, n, hour ? "tenon_part($1,'hour')" : "tenon_part($1,'minute')", out);
	return sql_template(s, n,
			    hour ? "tenon_part(tenon_second_of($1,$z),'hour')"
				 : "tenon_part(tenon_second_of($1,$z),'minute')",
			    out);
}

struct problem *sql_add_days(struct sql *s, const struct node *n, struct sb *out) {
	bool date = n->type.kind == TYPE_DATE;
	return sql_template(
		s, n, date ? "tenon_date_add($1,$2,1,$c)" : "tenon_datetime_add($1,$2,1,$z,$c)",
		out);
}

struct problem *sql_add_months(struct sql *s, const struct node *n, struct sb *out) {
	bool date = n->type.kind == TYPE_DATE;
	return sql_template(
		s, n, date ? "tenon_date_months($1,$2,$c)" : "tenon_datetime_months($1,$2,$z,$c)",
		out);
}

struct problem *sql_directory(struct sql *s, const struct node *n, struct sb *out) {
	const char *args[3] = { NULL };
	for (size_t i = 0; i < n->n; i++) {
		struct sb b = sb_on(s->arena, EXPR_RESULT_MAX);
		TRY(sql_node(s, n->args[i], &b));
		args[i] = sb_cstr(&b);
	}
	return s->target->directory(s->target->context, n->function->info.name, args, out);
}
