/* A store whose search index an older Tenon made: a start makes it anew, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/publish.h"

#define APP                                                                                        \
	"'app.json': {'app': 't', 'version': '1'}, 'forms/lead.json': {'form': 'lead', 'fields': " \
	"[{'name': 'name', 'type': 'text'}]}"
enum { LEADS = 450 };

/* As it was: plain pairs. */
static const char older[] =
	"CREATE VIRTUAL TABLE \"t_lead__search\" USING fts5(\"c_name\", content='', columnsize=0, "
	"tokenize='bigram')";

static struct problem *make_older(struct tx *tx, void *unused) {
	(void)unused;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(tx_script(tx, "DROP TABLE \"t_lead__search\""));
	TRY(tx_script(tx, older));
	return tx_exec(tx, "UPDATE sys_definition SET type = ?1 WHERE owner = 'search'",
		       PARAMS(value_text(str_of(older))), NULL);
}

static int64_t matches(struct store *s, struct arena *a, const char *match) {
	return temp_store_int(
		s, arena_printf(a,
				"SELECT count(*) FROM \"t_lead__search\" WHERE \"t_lead__search\" "
				"MATCH '%s'",
				match));
}

static void a_start_makes_it_anew(void **state) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	struct store *s = temp_store(a, folder);
	(void)state;
	publish(s, a, APP, NULL);
	for (int i = 1; i <= LEADS; i++)
		run_sql(s, arena_printf(a,
					"INSERT INTO t_lead (id, rev, created_at, updated_at, "
					"name) VALUES (%d, 1, 0, 0, '张三')",
					i));
	assert_ok(store_write(s, LANE_INTERACTIVE, a, make_older, NULL));
	assert_int_equal(matches(s, a, "\"张三\""), 0);
	store_close(s);
	s = temp_store(a, folder);
	assert_ok(apps_boot(s, a));
	assert_int_equal(matches(s, a, "\"张三\""), LEADS);
	assert_int_equal(matches(s, a, "\"\x02zs\""), LEADS);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM journal"), 0);
	assert_int_equal(plan_of(s, a, APP)->n, 0);
	store_close(s);
	s = temp_store(a, folder);
	assert_ok(apps_boot(s, a));
	assert_int_equal(matches(s, a, "\"张三\""), LEADS);
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_start_makes_it_anew) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
