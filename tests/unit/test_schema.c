/* The statements that make tables, in both dialects, as golden files
 * tests/golden/schema/<what>.<dialect>.sql. SQLite's are run by every test that publishes;
 * PostgreSQL's are run here on a real one. After a wanted change: TENON_GOLDEN=update, then read
 * the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/store/schema.h"
#include "tests/support/postgres.h"
#include "tests/support/publish.h"

static struct arena *arena;
static struct app *app;
static struct postgres *postgres;
static const char *const dialects[] = { "sqlite", "postgres" };

static char *whole_file(const char *path) {
	FILE *f = fopen(path, "r");
	if (!f) fail_msg("%s is missing; TENON_GOLDEN=update makes it", path);
	struct sb b = sb_on(arena, 1 << 22);
	char part[4096];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) sb_bytes(&b, part, n);
	fclose(f);
	return arena_strdup(arena, sb_cstr(&b));
}

static void check_golden(const char *what, enum dialect dialect, const char *text) {
	const char *path =
		arena_printf(arena, "tests/golden/schema/%s.%s.sql", what, dialects[dialect]);
	if (getenv("TENON_GOLDEN")) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		assert_true(fputs(text, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	assert_string_equal(text, whole_file(path));
}

static void run_on_postgres(const char *script) {
	if (postgres) assert_ok(postgres_exec(postgres, arena, script));
}

static const char *system_ddl(enum dialect dialect) {
	struct sb b = sb_on(arena, 1 << 22);
	schema_system_ddl(&b, dialect);
	return sb_cstr(&b);
}

static const char *form_ddl(const char *form, enum dialect dialect) {
	struct sb b = sb_on(arena, 1 << 22);
	schema_form_ddl(&b, app_form(app, str_of(form)), dialect);
	return sb_cstr(&b);
}

static void system_tables(void **state) {
	(void)state;
	for (enum dialect d = DIALECT_SQLITE; d <= DIALECT_POSTGRES; d++)
		check_golden("system", d, system_ddl(d));
	run_on_postgres(system_ddl(DIALECT_POSTGRES));
}

static void tables_of_forms(void **state) {
	(void)state;
	static const char *const forms[] = { "customer", "order" };
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		for (enum dialect d = DIALECT_SQLITE; d <= DIALECT_POSTGRES; d++)
			check_golden(forms[i], d, form_ddl(forms[i], d));
		run_on_postgres(form_ddl(forms[i], DIALECT_POSTGRES));
	}
}

/* Every field of `order` added to a table that is there already. */
static const char *added(enum dialect dialect) {
	struct form *form = app->forms[1];
	struct statements list = { .arena = arena };
	struct sb b = sb_on(arena, 1 << 22);
	assert_string_equal(form->name, "order");
	for (size_t i = 0; i < form->declared_count; i++) {
		struct field *f = form->fields[i];
		const char *column = f->column;
		field_place(arena, f, arena_printf(arena, "%s__v2", column));
		if (f->rows) f->rows->table = f->column;
		if (schema_is_child(f))
			schema_child_tables(&list, f, dialect);
		else
			schema_add_column(&list, f, dialect);
		if (f->sort_column) schema_add_beside(&list, f, f->sort_column, dialect);
		field_place(arena, f, column);
		if (f->rows) f->rows->table = column;
	}
	for (size_t i = 0; i < list.n; i++) {
		/* The multi-values of rows keep their name here; they exist already. */
		if (strstr(list.items[i], "\"shop_order__lines__colours\"")) continue;
		sb_printf(&b, "%s;\n", list.items[i]);
	}
	return sb_cstr(&b);
}

static void added_fields(void **state) {
	(void)state;
	for (enum dialect d = DIALECT_SQLITE; d <= DIALECT_POSTGRES; d++)
		check_golden("added", d, added(d));
	run_on_postgres(added(DIALECT_POSTGRES));
}

static void long_names_stay_apart(void **state) {
	(void)state;
	char text[80];
	memset(text, 'a', sizeof text);
	text[79] = 0;
	const char *one = schema_name(arena, text);
	text[78] = 'b';
	const char *other = schema_name(arena, text);
	assert_int_equal(strlen(one), 63);
	assert_string_not_equal(one, other);
	assert_string_equal(schema_name(arena, "short"), "short");
}

static int setup(void **state) {
	(void)state;
	struct findings findings;
	const char *why = NULL;
	arena = arena_new(0);
	findings = (struct findings){ .arena = arena };
	assert_ok(app_load(bundle_of_folder(arena, "tests/fixtures/apps/physical"), NULL, &findings,
			   &app));
	postgres = postgres_start(arena, &why);
	if (!postgres) print_message("PostgreSQL left out: %s\n", why);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	postgres_stop(postgres);
	app_release(app);
	arena_free(arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_tables),
		cmocka_unit_test(tables_of_forms),
		cmocka_unit_test(added_fields),
		cmocka_unit_test(long_names_stay_apart),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
