/* Every named query of the system tables is prepared on both databases, against the tables of
 * schema_system.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/backend.h"
#include "runtime/store/plan.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_store.h"

static const struct {
	const char *name, *text;
} queries[] = {
#define QUERY(name, text) { #name, text },
#include "runtime/store/queries.tbl"
#undef QUERY
};

static struct problem *prepare_all(struct tx *tx, void *arg) {
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct statement *st;
		struct problem *p = statement_take(tx->c, tx_arena(tx), queries[i].text,
						   TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE, &st);
		if (p) fail_msg("%s: %s", queries[i].name, p->log ? p->log : p->code);
		statement_give(tx->c, st);
	}
	return NULL;
}

static void all_prepare_on_sqlite(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	assert_ok(store_write(s, LANE_INTERACTIVE, a, prepare_all, NULL));
	store_close(s);
	arena_free(a);
}

static const char *numbered(struct arena *a, const char *text) {
	char *copy = arena_strdup(a, text);
	for (char *p = copy; *p; p++)
		if (*p == '?') *p = '$';
	return copy;
}

static void all_prepare_on_postgres(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const char *why_not;
	struct postgres *pg = postgres_start(a, &why_not);
	if (!pg) {
		print_message("skipped: %s\n", why_not);
		arena_free(a);
		skip();
	}
	struct sb ddl = sb_on(a, 1 << 20);
	schema_system_ddl(&ddl, DIALECT_POSTGRES);
	assert_ok(postgres_exec(pg, a, sb_cstr(&ddl)));
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		if (strstr(queries[i].text, "pragma_"))
			continue; /* what backup looks up in SQLite's own catalogue */
		struct problem *p = postgres_prepare(pg, a, numbered(a, queries[i].text));
		if (p) fail_msg("%s: %s", queries[i].name, p->log ? p->log : p->code);
	}
	postgres_stop(pg);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_prepare_on_sqlite),
					    cmocka_unit_test(all_prepare_on_postgres) };
	return cmocka_run_group_tests_name("queries", tests, NULL, NULL);
}
