/* prop_expr_sql.c -- the evaluator and the SQL compiler agree: random well-typed expressions over
 * random records are evaluated in C and by SQL, on SQLite and on a private PostgreSQL; every pair
 * must give the same value, or a fault in both (which one of several comes first is not promised).
 * TENON_DEPTH multiplies the number of expressions, TENON_SEED repeats a run.
 * Ledger: F17. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "runtime/store/sqlite_functions.h"
#include "tests/support/expr_world.h"
#include "tests/support/postgres.h"

enum { BOOLEAN_OID = 16, RECORDS = 30, EXPRESSIONS = 400, ERRORS_TRIED = 2 };

/* ---- random expressions: %x is a hole of type x; rows with no hole end the recursion ---- */
static const struct {
	char type;
	const char *text;
} rules[] = {
	{ 'b', "f" },
	{ 'b', "g" },
	{ 'b', "(a > %i)" },
	{ 'b', "(st == 'won')" },
	{ 'b', "(m <= 100.005)" },
	{ 'b', "(s == null)" },
	{ 'b', "true" },
	{ 'b', "(m < 1.005)" },
	{ 'b', "(m2 >= 0.995)" },
	{ 'b', "(q > 0.0000015)" },
	{ 'b', "(date(at) == '2025-03-30')" },
	{ 'b', "(date(at) != '2025-10-26')" },
	{ 'b', "(date(ut) <= '2025-03-30')" },
	{ 'b', "(date(ut) > '2025-03-30')" },
	{ 'b', "(date(at) >= '2025-10-26')" },
	{ 'b', "(date(ut) < '2025-10-26')" },
	{ 'b', "(ref in [1, 2])" },
	{ 'b', "(ref == 3)" },
	{ 'b', "(q != 1.5)" },
	{ 'b', "(b in [1, 2.5, null, 7])" },
	{ 'b', "(%b and %b)" },
	{ 'b', "(%b or %b)" },
	{ 'b', "(%b and %b and %b)" },
	{ 'b', "(%b or %b or %b)" },
	{ 'b', "(not %b)" },
	{ 'b', "(%n == %n)" },
	{ 'b', "(%n != %n)" },
	{ 'b', "(%n < %n)" },
	{ 'b', "(%n >= %n)" },
	{ 'b', "(%m <= %m)" },
	{ 'b', "(%m == %m)" },
	{ 'b', "(%t == %t)" },
	{ 'b', "(%t < %t)" },
	{ 'b', "(%t >= %t)" },
	{ 'b', "(%d < %d)" },
	{ 'b', "(%d == %d)" },
	{ 'b', "(%D > %D)" },
	{ 'b', "(%D <= %d)" },
	{ 'b', "(date(%D) >= %d)" },
	{ 'b', "(date(%D) != %d)" },
	{ 'b', "(date(%D) <= '2025-03-30')" },
	{ 'b', "(date(%D) > '2025-03-30')" },
	{ 'b', "(%h > %h)" },
	{ 'b', "(%T < %T)" },
	{ 'b', "(%e == %e)" },
	{ 'b', "(%e != %e)" },
	{ 'b', "(%e in ['won', %e])" },
	{ 'b', "(%u == $user)" },
	{ 'b', "(%u != %u)" },
	{ 'b', "(%p == 'east')" },
	{ 'b', "(%b == %b)" },
	{ 'b', "(%n in [%n, 0, %i])" },
	{ 'b', "(%t in ['a', %t])" },
	{ 'b', "(%i in lines.x)" },
	{ 'b', "(%n in lines.y)" },
	{ 'b', "(%t in lines.z)" },
	{ 'b', "(%e in lines.w)" },
	{ 'b', "contains(%t, %t)" },
	{ 'b', "starts_with(%t, %t)" },
	{ 'b', "ends_with(%t, %t)" },
	{ 'b', "matches(%t, '[a-zA-Z中]*|.*文?[^0-9]')" },
	{ 'b', "matches(%t, '(a|B){1,2}\\\\w*')" },
	{ 'b', "if(%b, %b, %b)" },
	{ 'b', "case(%b, %b, %b, %b, %b)" },
	{ 'b', "coalesce(%b, %b)" },
	{ 'b', "empty(%t)" },
	{ 'b', "empty(%n)" },
	{ 'b', "empty(lines)" },
	{ 'b', "(lines.x == null)" },
	{ 'b', "contains(lines.w, %e)" },
	{ 'b', "has_role(%u, 'sales')" },
	{ 'b', "(%d in [$today, %d])" },
	{ 'i', "a" },
	{ 'i', "b" },
	{ 'i', "0" },
	{ 'i', "3" },
	{ 'i', "-1" },
	{ 'i', "$param.n" },
	{ 'i', "9223372036854775807" },
	{ 'i', "count(lines)" },
	{ 'i', "(%i + %i)" },
	{ 'i', "(%i - %i)" },
	{ 'i', "(%i * %i)" },
	{ 'i', "-%i" },
	{ 'i', "mod(%i, %i)" },
	{ 'i', "abs(%i)" },
	{ 'i', "round(%n)" },
	{ 'i', "floor(%n)" },
	{ 'i', "ceil(%n)" },
	{ 'i', "round(%n, -2)" },
	{ 'i', "len(%t)" },
	{ 'i', "find(%t, %t)" },
	{ 'i', "(%d - %d)" },
	{ 'i', "days_between(%d, %d)" },
	{ 'i', "months_between(%d, %d)" },
	{ 'i', "year(%d)" },
	{ 'i', "quarter(%d)" },
	{ 'i', "month(%d)" },
	{ 'i', "week(%d)" },
	{ 'i', "weekday(%d)" },
	{ 'i', "day(%D)" },
	{ 'i', "days_in_month(%d)" },
	{ 'i', "hour(%D)" },
	{ 'i', "minute(%T)" },
	{ 'i', "if(%b, %i, %i)" },
	{ 'i', "coalesce(%i, %i)" },
	{ 'i', "case(%b, %i, %b, %i)" },
	{ 'i', "min(%i, %i)" },
	{ 'i', "max(%i, %i, null)" },
	{ 'i', "sum(lines.x)" },
	{ 'i', "max(lines.x)" },
	{ 'i', "count(lines.z)" },
	{ 'i', "count_distinct(lines.w)" },
	{ 'i', "sum(%i, %i)" },
	{ 'n', "q" },
	{ 'n', "k" },
	{ 'n', "a" },
	{ 'n', "0.5" },
	{ 'n', "1.000000000001" },
	{ 'n', "(%n + %n)" },
	{ 'n', "(%n - %i)" },
	{ 'n', "(%n * %n)" },
	{ 'n', "(%n / %n)" },
	{ 'n', "(%m / %m)" },
	{ 'n', "%i" },
	{ 'n', "round(%n, 3)" },
	{ 'n', "floor(%n, 1)" },
	{ 'n', "ceil(%n, 2)" },
	{ 'n', "mod(%n, %n)" },
	{ 'n', "abs(%n)" },
	{ 'n', "-%n" },
	{ 'n', "avg(lines.x)" },
	{ 'n', "avg(%n, %n)" },
	{ 'n', "min(%n, %i, %n)" },
	{ 'n', "if(%b, %n, %i)" },
	{ 'n', "coalesce(%n, 0)" },
	{ 'n', "(%h / %h)" },
	{ 'n', "sum(%n, %n)" },
	{ 'm', "m" },
	{ 'm', "m2" },
	{ 'm', "(%m + %m)" },
	{ 'm', "(%m - %m)" },
	{ 'm', "(%m * %n)" },
	{ 'm', "(%m * (1 - %P))" },
	{ 'm', "(%m / %n)" },
	{ 'm', "round(%m * %P, 2)" },
	{ 'm', "sum(lines.y)" },
	{ 'm', "avg(lines.y)" },
	{ 'm', "max(lines.y)" },
	{ 'm', "min(%m, %m)" },
	{ 'm', "coalesce(%m, 0)" },
	{ 'm', "if(%b, %m, %m)" },
	{ 'm', "case(%b, %m, 12.5)" },
	{ 'P', "p" },
	{ 'P', "20%" },
	{ 'P', "(%P + 5%)" },
	{ 'P', "max(%P, p)" },
	{ 't', "s" },
	{ 't', "t" },
	{ 't', "'a'" },
	{ 't', "'中文'" },
	{ 't', "if(%b, null, %t)" },
	{ 'b', "(coalesce(null, %n) == null)" },
	{ 't', "$param.s" },
	{ 't', "(%t + %t)" },
	{ 't', "concat(%t, '-', %n, %b)" },
	{ 't', "concat(%d, %T, %e, %u)" },
	{ 't', "upper(%t)" },
	{ 't', "lower(%t)" },
	{ 't', "fold(%t)" },
	{ 't', "trim(%t)" },
	{ 't', "replace(%t, %t, %t)" },
	{ 't', "left(%t, %i)" },
	{ 't', "right(%t, %i)" },
	{ 't', "mid(%t, 2, %i)" },
	{ 't', "mid(%t, %i, 1)" },
	{ 't', "pad_left(%t, 4, '0')" },
	{ 't', "text(%m)" },
	{ 't', "text(%D)" },
	{ 't', "text(%h)" },
	{ 't', "if(%b, %t, %t)" },
	{ 't', "coalesce(%t, %t)" },
	{ 't', "min(%t, %t)" },
	{ 't', "max(lines.z)" },
	{ 't', "u.label" },
	{ 't', "cny_upper(%m)" },
	{ 't', "cny_upper(%n)" },
	{ 't', "format(%n, '#,##0.00')" },
	{ 't', "format(%m, '¥0.0# 元')" },
	{ 't', "format(%P, '#.#%')" },
	{ 't', "format(%i, '#,0000')" },
	{ 't', "format(%d, 'YYYY年M月D日 \"x\" YY-MM-DD')" },
	{ 't', "format(%D, 'HH:mm:ss H')" },
	{ 'd', "d" },
	{ 'd', "e" },
	{ 'd', "$today" },
	{ 'd', "date('2024-02-29')" },
	{ 'd', "(%d + %i)" },
	{ 'd', "(%d - 30)" },
	{ 'd', "date(%D)" },
	{ 'd', "add_days(%d, %i)" },
	{ 'd', "add_months(%d, %i)" },
	{ 'd', "add_months(%d, 1)" },
	{ 'd', "month_start(%d)" },
	{ 'd', "month_end(%d)" },
	{ 'd', "quarter_start(%d)" },
	{ 'd', "quarter_end(%d)" },
	{ 'd', "year_start(%d)" },
	{ 'd', "year_end(%d)" },
	{ 'd', "week_start(%d)" },
	{ 'd', "if(%b, %d, %d)" },
	{ 'd', "max(%d, %d)" },
	{ 'D', "at" },
	{ 'D', "ut" },
	{ 'D', "$now" },
	{ 'D', "(%D + %h)" },
	{ 'D', "(%D - '90m')" },
	{ 'D', "(%D + 1)" },
	{ 'D', "(%D - %i)" },
	{ 'D', "add_months(%D, 1)" },
	{ 'D', "add_days(%D, 180)" },
	{ 'D', "datetime(%d, %T)" },
	{ 'D', "coalesce(%D, %d)" },
	{ 'D', "if(%b, %D, %D)" },
	{ 'D', "($today + %h)" },
	{ 'T', "tm" },
	{ 'T', "time(%D)" },
	{ 'T', "if(%b, %T, tm)" },
	{ 'h', "du" },
	{ 'h', "(%h + %h)" },
	{ 'h', "(%D - %D)" },
	{ 'h', "(%h * 2)" },
	{ 'h', "-%h" },
	{ 'h', "(%T - %T)" },
	{ 'e', "st" },
	{ 'e', "st2" },
	{ 'e', "if(%b, %e, 'draft')" },
	{ 'e', "coalesce(%e, %e)" },
	{ 'u', "u" },
	{ 'u', "superior(%u)" },
	{ 'u', "u.dept.head" },
	{ 'p', "dp" },
	{ 'p', "dept_of(%u)" },
	{ 'p', "u.superior.dept" },
};

static bool is_leaf(const char *text) {
	return strchr(text, '%') == NULL || strstr(text, "20%") != NULL;
}

static void generate(struct random *r, char type, int depth, struct sb *out) {
	size_t which;
	do which = random_next(r, ARRAY_LEN(rules));
	while (rules[which].type != type || (depth <= 0 && !is_leaf(rules[which].text)));
	for (const char *at = rules[which].text; *at; at++) {
		bool hole = *at == '%' && at[1] && strchr("binmPtdDThepu", at[1]);
		if (hole)
			generate(r, *++at, depth - 1, out);
		else
			sb_char(out, *at);
	}
}

/* ---- one expression, evaluated here ---- */
struct world {
	struct arena *arena;
	struct random random;
	struct world_record records[RECORDS];
	const struct zone *zone;
	sqlite3 *sqlite;
	struct postgres *postgres;
	size_t pairs[2], faults, compiled;
};
struct outcome {
	const char *text;
	const char *fault;
}; /* text NULL: null */
struct sample {
	struct arena *arena;
	const char *text;
	const struct expr *expr;
	struct expr_paths paths;
	struct outcome outcomes[RECORDS];
};

static const char *canonical(struct arena *a, const struct type *type, const struct value *v) {
	char text[DECIMAL_TEXT_MAX];
	struct decimal d;
	if (value_is_null(v)) return NULL;
	if (v->kind == VALUE_TEXT && type->kind == TYPE_TEXT) return str_dup(a, v->as.s);
	if (v->kind == VALUE_TEXT) return arena_printf(a, "%" PRId64, world_code(type, v->as.s));
	if (v->kind != VALUE_DECIMAL) return arena_printf(a, "%" PRId64, v->as.i);
	assert_int_equal(decimal_rescale(v->as.d, type->scale, &d), DECIMAL_OK);
	decimal_text((struct decimal){ d.coefficient, 0 }, text);
	return arena_strdup(a, text);
}

static const char *param_named(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, name) == 0) return p->params[i].value;
	return "";
}

static void evaluate(struct world *w, struct sample *s) {
	struct type type = expr_type(s->expr);
	for (size_t i = 0; i < RECORDS; i++) {
		struct value v;
		struct expr_frame frame = world_frame(w->zone);
		frame.slots = world_slots(s->arena, &s->paths, &w->records[i]);
		struct problem *p = expr_eval(s->arena, s->expr, &frame, &v);
		if (p)
			s->outcomes[i].fault = arena_printf(s->arena, "tenon:%s:%s", p->code,
							    param_named(p, "column"));
		else
			s->outcomes[i].text = canonical(s->arena, &type, &v);
	}
}

/* ---- the same by SQL ---- */
struct query {
	const char *sql;
	struct world_binds binds;
};
typedef const char *runner(struct world *w, struct arena *a, const struct query *q,
			   struct outcome *out); /* fault or NULL */
struct database {
	const char *name;
	enum dialect dialect;
	runner *run;
};

static const char *on_sqlite(struct world *w, struct arena *a, const struct query *q,
			     struct outcome *out) {
	sqlite3_stmt *st;
	const char *fault = NULL;
	if (sqlite3_prepare_v2(w->sqlite, q->sql, -1, &st, NULL) != SQLITE_OK)
		return arena_strdup(a, sqlite3_errmsg(w->sqlite));
	for (int i = 0; i < q->binds.n; i++) {
		if (q->binds.is_text[i])
			sqlite3_bind_text(st, i + 1, q->binds.values[i], -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(st, i + 1, strtoll(q->binds.values[i], NULL, 10));
	}
	int status;
	while ((status = sqlite3_step(st)) == SQLITE_ROW)
		out[sqlite3_column_int(st, 0)].text =
			arena_strdup(a, (const char *)sqlite3_column_text(st, 1));
	if (status != SQLITE_DONE) fault = arena_strdup(a, sqlite3_errmsg(w->sqlite));
	sqlite3_finalize(st);
	return fault;
}

static const char *on_postgres(struct world *w, struct arena *a, const struct query *q,
			       struct outcome *out) {
	PGresult *result = PQexecParams(postgres_connection(w->postgres), q->sql, q->binds.n, NULL,
					q->binds.values, NULL, NULL, 0);
	const char *fault = NULL;
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fault = arena_strdup(a, PQresultErrorMessage(result));
	for (int i = 0; i < PQntuples(result); i++) {
		const char *text = PQgetisnull(result, i, 1) ? NULL : PQgetvalue(result, i, 1);
		bool boolean = text && PQftype(result, 1) == BOOLEAN_OID;
		out[atoi(PQgetvalue(result, i, 0))].text =
			boolean ? (text[0] == 't' ? "1" : "0") : arena_strdup(a, text);
	}
	PQclear(result);
	return fault;
}

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static void report(struct world *w, const struct sample *s, const struct query *q, size_t record,
		   const char *expected, const char *got) {
	struct sb b = sb_on(s->arena, 1 << 20);
	world_insert(&b, &w->records[record], (int64_t)record);
	print_error("expression: %s\nsql: %s\nexpected: %s\ngot: %s\nrecord: %s", s->text, q->sql,
		    expected ? expected : "null", got ? got : "null", sb_cstr(&b));
	for (int i = 0; i < q->binds.n; i++)
		print_error("  bound %d: %s\n", i + 1, q->binds.values[i]);
	fail_msg("SQL and evaluator differ");
}

static struct query *write_query(struct world *w, struct sample *s, const struct database *on,
				 bool where, const char *ids) {
	struct query *q = arena_alloc(s->arena, sizeof *q);
	struct sb sql = sb_on(s->arena, 1 << 20);
	struct expr_frame frame = world_frame(w->zone);
	frame.slots = world_slots(s->arena, &s->paths, &w->records[0]);
	q->binds = (struct world_binds){ .arena = s->arena, .dialect = on->dialect };
	struct expr_sql target = world_sql(&q->binds);
	sb_cat(&sql, where ? "select r.id, 1 from r where (" : "select r.id, ");
	struct problem *p = where ? expr_to_sql_where(s->arena, s->expr, &target, &frame, &sql)
				  : expr_to_sql(s->arena, s->expr, &target, &frame, &sql);
	if (p) fail_msg("%s: no SQL: %s", s->text, problem_text(s->arena, LANGUAGE_EN, p));
	sb_printf(&sql, "%s r.id in (%s) order by r.id", where ? ") and" : " from r where", ids);
	q->sql = sb_cstr(&sql);
	return q;
}

/* Records whose evaluation gives a value: one statement for all of them. */
static void compare_values(struct world *w, struct sample *s, const struct database *on,
			   const char *ids) {
	struct outcome got[RECORDS] = { { NULL, NULL } };
	struct query *q = write_query(w, s, on, false, ids);
	const char *fault = on->run(w, s->arena, q, got);
	for (size_t i = 0; i < RECORDS; i++) {
		if (s->outcomes[i].fault) continue;
		if (fault || !same(s->outcomes[i].text, got[i].text))
			report(w, s, q, i, s->outcomes[i].text, fault ? fault : got[i].text);
		w->pairs[on->dialect]++;
	}
}

/* Records whose evaluation faults: alone. PostgreSQL's planner answers null for f(x, null) without
 * looking at x. */
static void compare_faults(struct world *w, struct sample *s, const struct database *on) {
	int tried = 0;
	for (size_t i = 0; i < RECORDS && tried < ERRORS_TRIED; i++) {
		struct outcome got[RECORDS] = { { NULL, NULL } };
		if (!s->outcomes[i].fault) continue;
		struct query *q = write_query(w, s, on, false, arena_printf(s->arena, "%zu", i));
		const char *fault = on->run(w, s->arena, q, got);
		bool folded = on->dialect == DIALECT_POSTGRES && !fault && strstr(q->sql, "null::");
		if (!folded && (!fault || !strstr(fault, "tenon:expr_")))
			report(w, s, q, i, s->outcomes[i].fault, fault ? fault : got[i].text);
		w->pairs[on->dialect]++;
		w->faults++;
		tried++;
	}
}

/* As a WHERE: the records chosen are those where the condition is true. */
static void compare_where(struct world *w, struct sample *s, const struct database *on,
			  const char *ids) {
	struct outcome got[RECORDS] = { { NULL, NULL } };
	struct query *q = write_query(w, s, on, true, ids);
	const char *fault = on->run(w, s->arena, q, got);
	for (size_t i = 0; i < RECORDS; i++) {
		bool chosen = got[i].text != NULL, holds = same(s->outcomes[i].text, "1");
		if (fault || chosen != holds)
			report(w, s, q, i, holds ? "chosen" : "left out",
			       fault    ? fault
			       : chosen ? "chosen"
					: "left out");
	}
}

static void compare(struct world *w, struct sample *s, const struct database *on) {
	struct sb ids = sb_on(s->arena, 4096);
	size_t faults = 0;
	sb_cat(&ids, "-1");
	for (size_t i = 0; i < RECORDS; i++) {
		faults += s->outcomes[i].fault != NULL;
		if (!s->outcomes[i].fault) sb_printf(&ids, ",%zu", i);
	}
	compare_values(w, s, on, sb_cstr(&ids));
	compare_faults(w, s, on);
	if (faults == 0 && expr_type(s->expr).kind == TYPE_BOOL)
		compare_where(w, s, on, sb_cstr(&ids));
}

/* False: the text does not compile (units, a height beyond the limit). */
static bool make_sample(struct world *w, struct arena *a, struct sample *s) {
	static const char types[] = "bbbbbinmtdDThepu";
	struct sb text = sb_on(a, 1 << 16);
	char type = types[random_next(&w->random, sizeof types - 1)];
	generate(&w->random, type, 1 + (int)random_next(&w->random, 4), &text);
	*s = (struct sample){ .arena = a, .text = sb_cstr(&text), .paths = { .arena = a } };
	struct problem *p = expr_compile(a, sb_str(&text), &world_scope, NULL, &s->paths, &s->expr);
	bool expected =
		p && (strcmp(p->code, "expr_units") == 0 || strcmp(p->code, "expr_too_long") == 0);
	if (p && !expected) fail_msg("%s: %s", s->text, problem_text(a, LANGUAGE_EN, p));
	return !p && expr_type(s->expr).kind != TYPE_NULL;
}

static void run(struct world *w, const struct database *on, size_t expressions) {
	for (size_t i = 0; i < expressions; i++) {
		struct arena *a = arena_new(0);
		struct sample s;
		if (make_sample(w, a, &s)) {
			evaluate(w, &s);
			compare(w, &s, on);
			w->compiled++;
		}
		arena_free(a);
	}
	print_message("%s: %zu expressions, %zu pairs, %zu faults alike\n", on->name, w->compiled,
		      w->pairs[on->dialect], w->faults);
	assert_true(w->pairs[on->dialect] >= 10000);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
	const char *text = getenv(name);
	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void make_world(struct world *w, struct arena *a) {
	static const char *const zones[] = { "Europe/Berlin", "Asia/Shanghai", "America/New_York",
					     "Australia/Lord_Howe" };
	*w = (struct world){ .arena = a, .random = { from_environment("TENON_SEED", 20261122) } };
	assert_null(zone_load(a, zones[w->random.state % ARRAY_LEN(zones)], &w->zone));
	for (size_t i = 0; i < RECORDS; i++) w->records[i] = world_record(a, &w->random);
}

static const char *world_script(struct world *w, enum dialect dialect) {
	struct sb sql = sb_on(w->arena, 1 << 22);
	world_schema(&sql, dialect);
	for (size_t i = 0; i < RECORDS; i++) world_insert(&sql, &w->records[i], (int64_t)i);
	return sb_cstr(&sql);
}

static void sqlite_agrees(void **state) {
	(void)state;
	static const struct database sqlite = { "SQLite", DIALECT_SQLITE, on_sqlite };
	struct world w;
	struct arena *a = arena_new(0);
	make_world(&w, a);
	assert_int_equal(sqlite3_open(":memory:", &w.sqlite), SQLITE_OK);
	assert_int_equal(sqlite_functions_register(w.sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(w.sqlite, world_script(&w, DIALECT_SQLITE), NULL, NULL, NULL),
			 SQLITE_OK);
	run(&w, &sqlite, EXPRESSIONS * from_environment("TENON_DEPTH", 1));
	sqlite3_close(w.sqlite);
	arena_free(a);
}

static void postgres_agrees(void **state) {
	(void)state;
	static const struct database postgres = { "PostgreSQL", DIALECT_POSTGRES, on_postgres };
	struct world w;
	struct arena *a = arena_new(0);
	const char *why;
	make_world(&w, a);
	w.postgres = postgres_start(a, &why);
	if (!w.postgres) {
		print_message("skipped: %s\n", why);
		arena_free(a);
		skip();
	}
	struct problem *p = postgres_exec(w.postgres, a, world_script(&w, DIALECT_POSTGRES));
	if (p) fail_msg("%s", p->log);
	run(&w, &postgres, EXPRESSIONS * from_environment("TENON_DEPTH", 1));
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(sqlite_agrees),
					    cmocka_unit_test(postgres_agrees) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
