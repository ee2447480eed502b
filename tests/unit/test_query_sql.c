/* The SQL of lists, in both dialects, as golden files: tests/golden/query/<name>.sql. Every
 * statement for PostgreSQL is prepared on a real one. After a wanted change: TENON_GOLDEN=update,
 * then read the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/support/postgres.h"
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

enum { FILE_MAX = 256 * 1024 };

static struct sample sample;
static struct postgres *postgres;

static const char *const people =
	"INSERT INTO sys_dept (id, name, parent) VALUES (1, 'head', NULL), (2, 'south', 1), (3, "
	"'east', 1);"
	"INSERT INTO sys_user (id, login, label, dept, superior, created_at) VALUES (1, 'li', '', "
	"2, NULL, 0), (2, 'wang', '', 1, 1, 0);"
	"INSERT INTO sys_user_role (user_id, app, role) VALUES (1, 'shop', 'sales'), (2, 'shop', "
	"'clerk');";

struct golden {
	const char *name, *login, *form;
	struct query_text text;
};

#define Q(...)                                                                                     \
	{ __VA_ARGS__ }
static const struct golden cases[] = {
	{ "plain", NULL, "deal", Q(.limit = 50) },
	{ "columns", NULL, "deal",
	  Q(.fields = { "subject,amount,account.name,account.holding.region", 50 }) },
	{ "filter_columns", NULL, "deal",
	  Q(.filter = { "stage == 'won' and amount > 100 and close_date < '2026-03-01'", 61 },
	    .fields = { "subject", 7 }) },
	{ "filter_path", NULL, "deal",
	  Q(.filter = { "account.region == 'south' or account.holding == null", 52 },
	    .fields = { "subject", 7 }) },
	{ "filter_rows", NULL, "deal",
	  Q(.filter = { "sum(lines.qty) > 5 and max(lines.maker.level) >= 2", 50 },
	    .fields = { "subject", 7 }) },
	{ "filter_lists", NULL, "deal",
	  Q(.filter = { "'south' in tags and '深圳市' in place", 40 },
	    .fields = { "subject", 7 }) },
	{ "filter_people", NULL, "deal",
	  Q(.filter = { "keeper == 'li' and superior(owner) == $user", 43 },
	    .fields = { "subject", 7 }) },
	{ "filter_time", NULL, "deal",
	  Q(.filter = { "created_at >= '2026-01-01' and close_date == $today", 51 },
	    .fields = { "subject", 7 }) },
	{ "sort", NULL, "deal",
	  Q(.sort = { "-amount,stage,account.name", 26 }, .fields = { "subject", 7 }) },
	{ "sort_people", NULL, "deal", Q(.sort = { "keeper", 6 }, .fields = { "subject", 7 }) },
	{ "lookup", "li", "deal",
	  Q(.filter = { "account_region == 'south' and account_holding_level > 1", 55 },
	    .fields = { "subject,account_region", 22 }, .sort = { "account_region", 14 }) },
	{ "refs", "li", "deal",
	  Q(.filter = { "3 in partners and count(partners) > 1 and max(partners.level) > 2", 65 },
	    .fields = { "subject,partners", 16 }) },
	{ "rights_grants", "li", "deal",
	  Q(.fields = { "subject,amount,account.name,account.phone", 41 }) },
	{ "rights_tree", "wang", "deal", Q(.fields = { "subject,amount", 14 }) },
	{ "rights_where", "li", "account", Q(.fields = { "name,phone", 10 }) },
};

static struct query *parsed(struct request *rq, const struct golden *g) {
	struct query *q;
	assert_ok(query_parse(rq, sample_form(&sample, g->form), &g->text, &q));
	return q;
}

static void add_value(struct sb *out, size_t i, const struct value *v) {
	sb_printf(out, "--   %zu: ", i + 1);
	if (v->kind == VALUE_TEXT)
		sb_printf(out, "'%.*s'\n", (int)v->as.s.n, v->as.s.p);
	else
		sb_printf(out, "%lld\n", (long long)v->as.i);
}

static const char *statement(struct request *rq, struct query *q, enum dialect dialect,
			     struct sb *params) {
	struct sb sql = sb_on(rq->arena, FILE_MAX);
	struct value *values;
	size_t n;
	assert_ok(query_sql(rq, q, dialect, &sql, &values, &n));
	for (size_t i = 0; i < n; i++) add_value(params, i, &values[i]);
	return sb_cstr(&sql);
}

static void compare_file(struct arena *a, const char *name, struct str text) {
	const char *path = arena_printf(a, "tests/golden/query/%s.sql", name),
		   *update = getenv("TENON_GOLDEN");
	FILE *f = fopen(path, update ? "w" : "r");
	assert_non_null(f);
	if (update) {
		fwrite(text.p, 1, text.n, f);
	} else {
		char *have = arena_alloc(a, FILE_MAX);
		size_t n = fread(have, 1, FILE_MAX - 1, f);
		assert_string_equal(have, text.p);
		assert_int_equal(n, text.n);
	}
	fclose(f);
}

static void check(struct request *rq, const char *name, struct query *q) {
	struct sb file = sb_on(rq->arena, FILE_MAX), params = sb_on(rq->arena, FILE_MAX),
		  unused = sb_on(rq->arena, FILE_MAX);
	const char *sqlite = statement(rq, q, DIALECT_SQLITE, &params),
		   *other = statement(rq, q, DIALECT_POSTGRES, &unused);
	sb_printf(&file, "-- SQLite\n%s;\n%s-- PostgreSQL\n%s;\n", sqlite, sb_cstr(&params), other);
	compare_file(rq->arena, name, (struct str){ sb_cstr(&file), file.n });
	if (postgres) assert_ok(postgres_prepare(postgres, rq->arena, other));
}

static void statements_are_golden(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request *rq = sample_request(&sample, cases[i].login);
		check(rq, cases[i].name, parsed(rq, &cases[i]));
		sample_end(rq);
	}
}

/* A page after a row: a range on the first key, then what equals it. */
static void page_after_a_row_is_golden(void **state) {
	(void)state;
	const struct golden g = { "after", NULL, "deal",
				  Q(.sort = { "-amount,stage", 13 }, .fields = { "subject", 7 }) };
	struct request *rq = sample_request(&sample, NULL);
	struct query *q = parsed(rq, &g);
	const struct value last[] = { value_int(1250), VALUE_NONE, value_int(7) };
	assert_ok(query_read_cursor(q, query_cursor(rq->arena, q, last)));
	check(rq, g.name, q);
	sample_end(rq);
}

static void many_ids_are_one_parameter(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, NULL);
	int64_t ids[40];
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) ids[i] = (int64_t)i + 1;
	struct query *q = query_new(rq, sample_form(&sample, "account"));
	q->ids = ids;
	q->id_count = ARRAY_LEN(ids);
	assert_ok(permission_query(rq, q, ACTION_READ));
	check(rq, "ids", q);
	sample_end(rq);
}

static void start_postgres(void) {
	const char *why = NULL;
	struct sb ddl = sb_on(sample.arena, 1 << 22);
	postgres = postgres_start(sample.arena, &why);
	if (!postgres) {
		print_message("PostgreSQL left out: %s\n", why);
		return;
	}
	schema_system_ddl(&ddl, DIALECT_POSTGRES);
	for (size_t i = 0; i < sample.app->form_count; i++)
		schema_form_ddl(&ddl, sample.app->forms[i], DIALECT_POSTGRES);
	assert_ok(postgres_exec(postgres, sample.arena, sb_cstr(&ddl)));
}

static int setup(void **state) {
	(void)state;
	sample_open(&sample, arena_new(0), "tests/fixtures/reading", false);
	sample_people(&sample, people);
	start_postgres();
	return 0;
}

static int teardown(void **state) {
	(void)state;
	postgres_stop(postgres);
	sample_close(&sample);
	arena_free(sample.arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_are_golden),
		cmocka_unit_test(page_after_a_row_is_golden),
		cmocka_unit_test(many_ids_are_one_parameter),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
