/* sql_format.c -- format() as SQL. SQLite calls our own functions with the pattern; PostgreSQL gets
 * a date pattern in to_char's letters and a number pattern taken apart. */
#include "runtime/base/day.h"
#include "runtime/expr/format.h"
#include "runtime/expr/sql.h"

/* Ours and to_char's; longer ones first. */
static const struct {
	const char *ours, *theirs;
} letters[] = {
	{ "YYYY", "YYYY" }, { "YY", "YY" },   { "MM", "MM" },    { "M", "FMMM" }, { "DD", "DD" },
	{ "D", "FMDD" },    { "HH", "HH24" }, { "H", "FMHH24" }, { "mm", "MI" },  { "ss", "SS" },
};

static void add_literal(struct sb *out, char c) {
	if (c == '"' || c == '\\') sb_char(out, '\\');
	sb_char(out, c);
}

/* 'YYYY年M月' -> 'YYYY"年"FMMM"月"' */
static struct str theirs(struct arena *a, struct str pattern) {
	struct sb out = sb_on(a, EXPR_TEXT_MAX * 4);
	bool quoted = false;
	while (pattern.n) {
		size_t i = 0;
		while (i < ARRAY_LEN(letters) && !str_starts(pattern, str_of(letters[i].ours))) i++;
		bool letter = i < ARRAY_LEN(letters);
		if (letter == quoted) sb_char(&out, '"');
		quoted = !letter;
		size_t taken = letter ? strlen(letters[i].ours) : 1;
		if (letter)
			sb_cat(&out, letters[i].theirs);
		else
			add_literal(&out, pattern.p[0]);
		pattern = (struct str){ pattern.p + taken, pattern.n - taken };
	}
	if (quoted) sb_char(&out, '"');
	return sb_str(&out);
}

static struct problem *bind_text(struct sql *s, struct str text, struct sb *out) {
	struct type type = type_of(TYPE_TEXT);
	struct value v = value_text(text);
	if (text.n) return sql_bind(s, &type, &v, out);
	sb_cat(out, "''");
	return NULL;
}

static struct problem *postgres_moment(struct sql *s, const struct node *n, struct str pattern,
				       struct sb *out) {
	bool date = n->args[0]->type.kind == TYPE_DATE;
	sb_cat(out, "nullif(to_char(");
	TRY(sql_template(s, n,
			 date ? "tenon_date($1)::timestamp" : "tenon_timestamp(tenon_local($1,$z))",
			 out));
	sb_char(out, ',');
	TRY(bind_text(s, theirs(s->arena, pattern), out));
	sb_cat(out, "),'')");
	return NULL;
}

static struct problem *postgres_number(struct sql *s, const struct node *n, struct str pattern,
				       struct sb *out) {
	struct number_pattern p;
	if (!number_pattern_parse(pattern, &p)) return sql_none(s, n);
	TRY(sql_template(s, n, "tenon_format_number($1,$s1,", out));
	TRY(bind_text(s, p.before, out));
	sb_char(out, ',');
	TRY(bind_text(s, p.after, out));
	sb_printf(out, ",%d,%d,%d,%s,%s", p.least_whole, p.least, p.most,
		  p.thousands ? "true" : "false", p.percent ? "true" : "false");
	return sql_template(s, n, ",$c)", out);
}

struct problem *sql_format(struct sql *s, const struct node *n, struct sb *out) {
	static const char *const templates[] = {
		[TYPE_INT] = "tenon_format_number($1,0,$2,$c)",
		[TYPE_DECIMAL] = "tenon_format_number($1,$s1,$2,$c)",
		[TYPE_DATE] = "tenon_format_date($1,$2)",
		[TYPE_DATETIME] = "tenon_format_datetime($1,$z,$2)",
	};
	enum type_kind kind = n->args[0]->type.kind;
	const struct value *literal = &n->args[1]->value;
	struct str pattern = literal->kind == VALUE_TEXT ? literal->as.s : STR("");
	if (!s->postgres) return sql_template(s, n, templates[kind], out);
	bool moment = kind == TYPE_DATE || kind == TYPE_DATETIME;
	return moment ? postgres_moment(s, n, pattern, out) : postgres_number(s, n, pattern, out);
}
