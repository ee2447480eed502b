/* Every statement of the write path over form tables, in both dialects, as golden files
 * tests/golden/record/<form>.<dialect>.sql (TENON_GOLDEN=1 writes them). SQLite runs them in every
 * other test; PostgreSQL 15 prepares them here, where it is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/store/plan.h"
#include "runtime/store/record_sql.h"
#include "tests/support/postgres.h"
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

enum { FILE_MAX = 1 << 20 };

static const char *const dialects[] = {
	[DIALECT_SQLITE] = "sqlite", [DIALECT_POSTGRES] = "postgres"
};
static struct sample sample;
static struct postgres *postgres;

static int setup(void **state) {
	const char *why = NULL;
	(void)state;
	sample_open(&sample, arena_new(0), "tests/fixtures/apps/sales", false);
	struct sb ddl = sb_on(sample.arena, 1 << 22);
	postgres = postgres_start(sample.arena, &why);
	if (!postgres) {
		print_message("PostgreSQL left out: %s\n", why);
		return 0;
	}
	schema_system_ddl(&ddl, DIALECT_POSTGRES);
	for (size_t i = 0; i < sample.app->form_count; i++)
		schema_form_ddl(&ddl, sample.app->forms[i], DIALECT_POSTGRES);
	assert_ok(postgres_exec(postgres, sample.arena, sb_cstr(&ddl)));
	return 0;
}

static int teardown(void **state) {
	(void)state;
	postgres_stop(postgres);
	sample_close(&sample);
	arena_free(sample.arena);
	return 0;
}

static void compare_file(const char *form, enum dialect dialect, struct str text) {
	const char *path = arena_printf(sample.arena, "tests/golden/record/%s.%s.sql", form,
					dialects[dialect]);
	const char *update = getenv("TENON_GOLDEN");
	FILE *f = fopen(path, update ? "w" : "r");
	assert_non_null(f);
	if (update) {
		fwrite(text.p, 1, text.n, f);
	} else {
		char *have = arena_alloc(sample.arena, FILE_MAX);
		size_t n = fread(have, 1, FILE_MAX - 1, f);
		assert_string_equal(have, text.p);
		assert_int_equal(n, text.n);
	}
	fclose(f);
}

static void prepare_lines(char *text) {
	char *rest = NULL;
	for (char *line = strtok_r(text, ";\n", &rest); line; line = strtok_r(NULL, ";\n", &rest))
		assert_ok(postgres_prepare(postgres, sample.arena, line));
}

static void statements_are_golden(void **state) {
	(void)state;
	for (size_t i = 0; i < sample.app->form_count; i++)
		for (enum dialect d = DIALECT_SQLITE; d <= DIALECT_POSTGRES; d++) {
			struct sb text = sb_on(sample.arena, FILE_MAX);
			record_sql_text(&text, sample.app->forms[i], d);
			compare_file(sample.app->forms[i]->name, d,
				     (struct str){ sb_cstr(&text), text.n });
			if (d == DIALECT_POSTGRES && postgres)
				prepare_lines(arena_strdup(sample.arena, sb_cstr(&text)));
		}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(statements_are_golden) };
	return cmocka_run_group_tests(tests, setup, teardown);
}
