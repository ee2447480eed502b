/* test_expr.c -- what a compiled expression tells about itself, its SQL as text, and that SQLite
 * serves it from an index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "runtime/store/sqlite_functions.h"
#include "tests/support/expr_world.h"

struct compiled {
	struct arena *arena;
	struct expr_paths paths;
	const struct expr *expr;
};

static struct compiled compile(const char *text) {
	struct compiled c = { .arena = arena_new(0) };
	c.paths.arena = c.arena;
	struct problem *p =
		expr_compile(c.arena, str_of(text), &world_scope, NULL, &c.paths, &c.expr);
	if (p) fail_msg("%s: %s", text, problem_text(c.arena, LANGUAGE_EN, p));
	return c;
}

static void paths_are_shared_and_listed(void **state) {
	(void)state;
	struct compiled c = compile("a + b > a and lines.y == null and sum(lines.x) > $param.n");
	const struct expr *other;
	assert_int_equal(c.paths.count, 5);
	assert_string_equal(c.paths.items[2].text, "lines.y");
	assert_int_equal(c.paths.items[2].length, 2);
	assert_true(c.paths.items[2].type.list);
	assert_null(expr_compile(c.arena, STR("b + m2 > 0 or u == $user"), &world_scope, NULL,
				 &c.paths, &other));
	assert_int_equal(c.paths.count, 8);
	assert_true(expr_uses(other, 1));
	assert_false(expr_uses(other, 0));
	assert_true(expr_uses(c.expr, 0));
	assert_string_equal(c.paths.items[7].text, "$user");
	arena_free(c.arena);
}

static void constants_and_clocks(void **state) {
	(void)state;
	static const struct {
		const char *text;
		bool constant, clock;
	} cases[] = {
		{ "1 + 2", true, false },
		{ "$today", false, true },
		{ "a", false, false },
		{ "now()", false, true },
		{ "'x' + text(3)", true, false },
		{ "$user", false, false },
		{ "superior('li')", false, false },
		{ "add_workdays('2026-11-20', 1)", false, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct compiled c = compile(cases[i].text);
		if (expr_is_constant(c.expr) != cases[i].constant) fail_msg("%s", cases[i].text);
		if (expr_reads_clock(c.expr) != cases[i].clock) fail_msg("%s", cases[i].text);
		arena_free(c.arena);
	}
}

static void terms_for_indexes(void **state) {
	(void)state;
	struct compiled c =
		compile("st == 'won' and 100 < m and st2 in ['won', 'sent'] and a == b and f and "
			"not g and s != 'x' and date(at) == $today and q > 1");
	static const int kinds[] = { TERM_EQ, TERM_RANGE, TERM_IN,    TERM_OTHER, TERM_EQ,
				     TERM_EQ, TERM_OTHER, TERM_RANGE, TERM_RANGE };
	struct expr_term terms[16];
	assert_int_equal(expr_terms(c.expr, terms, 16), ARRAY_LEN(kinds));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) assert_int_equal(terms[i].kind, kinds[i]);
	assert_string_equal(c.paths.items[terms[1].path].text, "m");
	assert_string_equal(c.paths.items[terms[7].path].text, "at");
	arena_free(c.arena);
}

static const char *sql_of(struct compiled *c, enum dialect dialect, bool where,
			  struct world_binds *binds) {
	*binds = (struct world_binds){ .arena = c->arena, .dialect = dialect };
	struct world_record none = { .row_count = 0 };
	struct expr_frame frame = world_frame(NULL);
	struct expr_sql target = world_sql(binds);
	struct sb out = sb_on(c->arena, 1 << 16);
	frame.slots = world_slots(c->arena, &c->paths, &none);
	struct problem *p = where ? expr_to_sql_where(c->arena, c->expr, &target, &frame, &out)
				  : expr_to_sql(c->arena, c->expr, &target, &frame, &out);
	return p ? p->code : sb_cstr(&out);
}

static void comparisons_stay_native(void **state) {
	(void)state;
	static const struct {
		const char *text, *sqlite, *postgres, *bound;
	} cases[] = {
		{ "m > 100", "(r.m > ?1)", "(r.m > $1::bigint)", "10000" },
		{ "m > 1.005", "(r.m > ?1)", "(r.m > $1::bigint)", "100" },
		{ "m >= 1.005", "(r.m > ?1)", "(r.m > $1::bigint)", "100" },
		{ "m < 1.005", "(r.m <= ?1)", "(r.m <= $1::bigint)", "100" },
		{ "m <= -1.005", "(r.m <= ?1)", "(r.m <= $1::bigint)", "-101" },
		{ "m == 1.005", "false", "false", NULL },
		{ "a > 99999999999999999999",
		  "(case when r.a is not null then false else null end)",
		  "(case when r.a is not null then false else null end)", NULL },
		{ "st == 'won'", "r.st = ?1", "r.st = $1::bigint", "3" },
		{ "st != 'won'", "(r.st is not ?1)", "(r.st is distinct from $1::bigint)", "3" },
		{ "u == $user", "r.u = ?1", "r.u = $1::bigint", "1" },
		{ "st in ['won', 'sent']", "(r.st in (?1, ?2))",
		  "(r.st in ($1::bigint, $2::bigint))", "3" },
		{ "d >= '2026-01-01'", "(r.d >= ?1)", "(r.d >= $1::bigint)", "20454" },
		{ "date(at) == '1970-01-02'", "(r.at is not null and r.at >= ?1 and r.at < ?2)",
		  "(r.at is not null and r.at >= $1::bigint and r.at < $2::bigint)",
		  "86400000000" },
		{ "s == 'x' and f", "(r.s = ?1 and r.f = 1)", "(r.s = $1::text and r.f)", "x" },
		{ "s == null", "(r.s is null)", "(r.s is null)", NULL },
		{ "s < 'x'", "(r.s < ?1)", "(r.s < $1::text collate \"C\")", "x" },
		{ "'won' in lines.w",
		  "exists (select 1 from lines l where l.parent = r.id and l.w is ?1)",
		  "exists (select 1 from lines l where l.parent = r.id and l.w is not distinct "
		  "from $1::bigint)",
		  "3" },
		{ "1 / 0 > 1 or a == 1",
		  "case when tenon_fail('expr_division_by_zero',1) then true else r.a = ?1 end",
		  "case when tenon_fail('expr_division_by_zero',1)::boolean then true else r.a = "
		  "$1::bigint end",
		  "1" },
		{ "add_workdays(d, 1) == d", "expr_no_sql", "expr_no_sql", NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct compiled c = compile(cases[i].text);
		struct world_binds binds;
		assert_string_equal(sql_of(&c, DIALECT_SQLITE, true, &binds), cases[i].sqlite);
		assert_string_equal(sql_of(&c, DIALECT_POSTGRES, true, &binds), cases[i].postgres);
		if (cases[i].bound) assert_string_equal(binds.values[0], cases[i].bound);
		arena_free(c.arena);
	}
}

static void option_is_the_row_when_asked_for(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct expr_paths paths = { .arena = a };
	struct expr_scope scope = world_scope;
	const struct expr *e;
	scope.option = scope.form;
	assert_null(expr_compile(a, STR("$option.m > m"), &scope, NULL, &paths, &e));
	struct world_binds binds = { .arena = a, .dialect = DIALECT_SQLITE };
	struct expr_sql target = world_sql(&binds);
	struct value slots[2] = { VALUE_NONE, value_decimal(decimal_scaled(500, 2)) };
	struct expr_frame frame = { .slots = slots };
	struct sb out = sb_on(a, 4096);
	target.roots = 1u << ROOT_OPTION;
	assert_null(expr_to_sql_where(a, e, &target, &frame, &out));
	assert_string_equal(sb_cstr(&out), "(r.m > ?1)");
	assert_string_equal(binds.values[0], "500");
	arena_free(a);
}

static bool plan_has(sqlite3 *db, const char *sql, const char *what) {
	sqlite3_stmt *st;
	bool found = false;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found = found || strstr((const char *)sqlite3_column_text(st, 3), what);
	sqlite3_finalize(st);
	return found;
}

static void sqlite_uses_the_index(void **state) {
	(void)state;
	static const struct {
		const char *text, *column;
	} cases[] = {
		{ "m > 100", "m" },
		{ "st == 'won'", "st" },
		{ "st in ['won', 'sent']", "st" },
		{ "date(at) >= $today", "at" },
		{ "d < $today + 30", "d" },
		{ "f", "f" },
		{ "not f", "f" },
		{ "s == 'x' and m / a > 3", "s" },
		{ "s == null", "s" },
		{ "u == $user and (a > 1 or b > 1)", "u" },
		{ "a > 1.5", "a" },
	};
	sqlite3 *db;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite_functions_register(db), SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct compiled c = compile(cases[i].text);
		struct world_binds binds;
		struct sb schema = sb_on(c.arena, 1 << 16);
		world_schema(&schema, DIALECT_SQLITE);
		sb_printf(&schema, "create index probe on r (%s);", cases[i].column);
		assert_int_equal(sqlite3_exec(db, sb_cstr(&schema), NULL, NULL, NULL), SQLITE_OK);
		const char *sql =
			arena_printf(c.arena, "explain query plan select id from r where %s",
				     sql_of(&c, DIALECT_SQLITE, true, &binds));
		if (!plan_has(db, sql, "USING INDEX probe")) fail_msg("%s: %s", cases[i].text, sql);
		sqlite3_exec(db,
			     "drop table r; drop table lines; drop table codes; drop table people",
			     NULL, NULL, NULL);
		arena_free(c.arena);
	}
	sqlite3_close(db);
}

static void faults_come_back_from_sql(void **state) {
	(void)state;
	const char *code, *column;
	assert_true(expr_sql_fault("tenon:expr_overflow:12", &code, &column));
	assert_string_equal(code, "expr_overflow");
	assert_string_equal(column, "12");
	assert_true(
		expr_sql_fault("ERROR:  tenon:expr_division_by_zero:3\nCONTEXT", &code, &column));
	assert_string_equal(code, "expr_division_by_zero");
	assert_false(expr_sql_fault("no such table: x", &code, &column));
	assert_false(expr_sql_fault("tenon:else:1", &code, &column));
}

static void refusals_read_well(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct expr_paths paths = { .arena = a };
	const struct expr *e;
	struct problem *p =
		expr_compile(a, STR("'中文' == st and lins.x > 1"), &world_scope, NULL, &paths, &e);
	assert_string_equal(p->code, "expr_unknown_value");
	assert_string_equal(problem_text(a, LANGUAGE_ZH, p), "第 1 个字符处：枚举里没有值 '中文'");
	p = expr_compile(a, STR("s == '中文' and lins.x > 1"), &world_scope, NULL, &paths, &e);
	assert_string_equal(problem_text(a, LANGUAGE_EN, p),
			    "There is no field named lins (column 15); did you mean lines?");
	assert_int_equal(p->kind, PROBLEM_MALFORMED);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_shared_and_listed),
		cmocka_unit_test(constants_and_clocks),
		cmocka_unit_test(terms_for_indexes),
		cmocka_unit_test(comparisons_stay_native),
		cmocka_unit_test(option_is_the_row_when_asked_for),
		cmocka_unit_test(sqlite_uses_the_index),
		cmocka_unit_test(faults_come_back_from_sql),
		cmocka_unit_test(refusals_read_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
