/* What the server throws away after its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/host/house.h"
#include "tests/support/publish.h"

static const char with_qty[] =
	"'app.json': {'app': 't', 'version': '1'}, 'forms/lead.json': {'form': 'lead', 'fields': "
	"[{'name': 'name', 'type': 'text'}, {'name': 'qty', 'type': 'integer'}]}";
static const char without[] =
	"'app.json': {'app': 't', 'version': '1'}, 'forms/lead.json': {'form': 'lead', 'fields': "
	"[{'name': 'name', 'type': 'text'}]}";

static int columns(struct store *s) {
	return (int)temp_store_int(
		s, "SELECT count(*) FROM pragma_table_info('t_lead') WHERE name = 'qty'");
}

static void a_field_leaves_the_trash_after_its_days(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	publish(s, a, with_qty, NULL);
	publish(s, a, without, "*");
	assert_false(house_keep(s));
	assert_int_equal(columns(s), 1);
	temp_store_ddl(s, "UPDATE sys_app_version SET at = at - 31 * 86400000000");
	run_sql(s, "INSERT INTO setting (key, value_json, at) VALUES ('trash.days', '32', 0)");
	assert_false(house_keep(s));
	assert_int_equal(columns(s), 1);
	run_sql(s, "DELETE FROM setting WHERE key = 'trash.days'");
	assert_false(house_keep(s));
	assert_int_equal(columns(s), 0);
	assert_int_equal(
		temp_store_int(s, "SELECT count(*) FROM sys_definition WHERE state = 'trash'"), 0);
	store_close(s);
	arena_free(a);
}

static int leads(struct store *s) { return (int)temp_store_int(s, "SELECT count(*) FROM t_lead"); }

/* B22 */
static void a_deleted_record_goes_when_the_setting_says_so(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	publish(s, a, with_qty, NULL);
	clock_set(INT64_C(100) * DAY_US);
	temp_store_ddl(
		s,
		arena_printf(a,
			     "INSERT INTO t_lead (id, rev, created_at, updated_at, deleted_at)"
			     " VALUES (1, 1, 0, 0, NULL), (2, 1, 0, 0, %lld), (3, 1, 0, 0, %lld)",
			     (long long)(89 * DAY_US), (long long)(91 * DAY_US)));
	assert_false(house_keep(s));
	assert_int_equal(leads(s), 3);
	run_sql(s,
		"INSERT INTO setting (key, value_json, at) VALUES ('trash.record_days', '10', 0)");
	assert_false(house_keep(s));
	assert_int_equal(leads(s), 2);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM t_lead WHERE id = 2"), 0);
	run_sql(s, "UPDATE setting SET value_json = '1'");
	assert_false(house_keep(s));
	assert_int_equal(leads(s), 1);
	temp_store_ddl(s, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
			  "< 2100) INSERT INTO t_lead (id, rev, created_at, updated_at, deleted_at)"
			  " SELECT 1000 + i, 1, 0, 0, 0 FROM n");
	assert_true(house_keep(s)); /* in parts: the server is called meanwhile */
	assert_int_equal(leads(s), 1 + 100);
	assert_false(house_keep(s));
	assert_int_equal(leads(s), 1);
	clock_release();
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_leaves_the_trash_after_its_days),
		cmocka_unit_test(a_deleted_record_goes_when_the_setting_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
