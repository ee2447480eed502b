/* B22: deleted records whose time is over go for good, with all that is theirs; younger ones,
 * restored ones and those an approval still runs on stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/form/purge.h"
#include "runtime/store/apps.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"
#include "tests/support/publish.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { MANY = 450 };

struct fixture {
	struct sample s;
	int64_t acme, pen;
};

static int64_t made(struct sample *s, const char *form, const char *body) {
	struct wrote w = create(s, "root", form, body);
	assert_string_equal(w.problem, "");
	return w.id;
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	writing_open(&f->s, a);
	f->acme = made(&f->s, "account", "{\"name\":\"Acme\",\"tags\":[\"a\",\"b\"]}");
	f->pen = made(&f->s, "product", "{\"name\":\"pen\"}");
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	struct arena *a = f->s.arena;
	sample_close(&f->s);
	arena_free(a);
	return 0;
}

static int64_t order(struct fixture *f) {
	return made(&f->s, "order",
		    arena_printf(f->s.arena, "{\"account\":%lld,\"lines\":[{\"product\":%lld}]}",
				 (long long)f->acme, (long long)f->pen));
}

static int64_t count(struct fixture *f, const char *table, const char *column, int64_t id) {
	return temp_store_int(f->s.store,
			      arena_printf(f->s.arena, "SELECT count(*) FROM %s WHERE %s = %lld",
					   table, column, (long long)id));
}

static void deleted_at(struct fixture *f, const char *table, int64_t id, int64_t us) {
	temp_store_ddl(f->s.store,
		       arena_printf(f->s.arena, "UPDATE %s SET deleted_at = %lld WHERE id = %lld",
				    table, (long long)us, (long long)id));
}

static int64_t purge(struct fixture *f, int64_t before_us) {
	int64_t gone;
	assert_ok(records_purge(f->s.store, f->s.arena, f->s.app, before_us, MANY, &gone));
	return gone;
}

/* How it finds them; a reader may not delete. */
static const char *query_plan(struct fixture *f, const char *sql) {
	struct rows *r;
	struct tx *tx;
	bool have;
	assert_ok(tx_read(f->s.store, f->s.arena, &tx));
	assert_ok(tx_query(
		tx,
		arena_printf(f->s.arena, "EXPLAIN QUERY PLAN SELECT 1%s", sql + strlen("DELETE")),
		PARAMS(value_text(str_of("a")), value_text(str_of("b")), value_int(1)), &r));
	assert_ok(rows_next(r, &have));
	assert_true(have);
	const char *plan = str_dup(f->s.arena, rows_text(r, 3));
	rows_close(r);
	assert_ok(tx_end(tx, NULL));
	return plan;
}

/* What of a record of form order is stored anywhere. */
static int64_t left(struct fixture *f, int64_t id) {
	return count(f, "sales_order", "id", id) + count(f, "sales_order__lines", "parent", id) +
	       count(f, "sales_order__history", "record", id) +
	       count(f, "comment", "form = 'order' AND record", id) +
	       count(f, "sys_collaborator", "form = 'order' AND record", id) +
	       count(f, "sys_stage_log", "form = 'order' AND record", id) +
	       count(f, "notification", "form = 'order' AND record", id);
}

static void all_of_a_record_goes_and_nothing_else(void **state) {
	struct fixture *f = *state;
	int64_t old = order(f), young = order(f), living = order(f);
	for (int i = 0; i < 3; i++) {
		int64_t id = (int64_t[]){ old, young, living }[i];
		temp_store_ddl(
			f->s.store,
			arena_printf(
				f->s.arena,
				"INSERT INTO comment (id, app, form, record, user_id, at, text)"
				" VALUES (%d, 'sales', 'order', %lld, 1, 0, 'x');"
				"INSERT INTO sys_collaborator (app, form, record, who, may_edit, "
				"at)"
				" VALUES ('sales', 'order', %lld, 'user:2', 1, 0);"
				"INSERT INTO notification (user_id, kind, cause, app, form, record,"
				" at) VALUES (1, 'mentioned', 'c%d', 'sales', 'order', %lld, 0)",
				900 + i, (long long)id, (long long)id, i, (long long)id));
	}
	assert_true(delete (&f->s, "root", "order", old).ok);
	assert_true(delete (&f->s, "root", "order", young).ok);
	deleted_at(f, "sales_order", old, 1000);
	deleted_at(f, "sales_order", young, 2000);
	int64_t of_young = left(f, young), of_living = left(f, living);
	assert_true(of_young >= 7 && of_living >= 7);
	assert_int_equal(purge(f, 1000), 0);
	assert_int_equal(purge(f, 1001), 1);
	assert_int_equal(left(f, old), 0);
	assert_int_equal(left(f, young), of_young);
	assert_int_equal(left(f, living), of_living);
	assert_string_equal(restore(&f->s, "root", "order", old).problem, "404 not_found");
	assert_string_equal(restore(&f->s, "root", "order", young).problem, "");
	assert_int_equal(purge(f, INT64_MAX), 0);
	assert_int_equal(left(f, living), of_living);
	assert_string_equal(
		temp_store_text(
			f->s.store, f->s.arena,
			"SELECT actor || ' ' || form || ' ' || detail_json FROM audit WHERE "
			"act = 'bin_empty'"),
		"system order {\"records\":1}");
	assert_int_equal(
		temp_store_int(f->s.store, "SELECT count(*) FROM audit WHERE act = 'bin_empty'"),
		1);
}

static void values_of_a_list_go_along(void **state) {
	struct fixture *f = *state;
	int64_t other = made(&f->s, "account", "{\"name\":\"Other\",\"tags\":[\"a\"]}");
	assert_true(delete (&f->s, "root", "account", other).ok);
	int64_t tags = temp_store_int(f->s.store, "SELECT count(*) FROM sales_account__tags");
	assert_int_equal(tags, 3);
	assert_int_equal(purge(f, INT64_MAX), 1);
	assert_int_equal(temp_store_int(f->s.store, "SELECT count(*) FROM sales_account__tags"), 2);
	struct wrote acme = { .record = stored(&f->s, "account", f->acme) };
	assert_string_equal(part(&f->s, &acme, "/tags/1"), "b");
}

/* Of rows, too; those of others stay. */
static void values_of_a_list_in_a_row_go_along(void **state) {
	struct fixture *f = *state;
	struct store *s = temp_store(f->s.arena, temp_folder(f->s.arena));
	int64_t gone;
	publish(s, f->s.arena,
		"'app.json': {'app': 't', 'version': '1'}, 'forms/lead.json': {'form': 'lead', "
		"'fields': [{'name': 'lines', 'type': 'table', 'fields': [{'name': 'tones', "
		"'type': 'tags'}]}]}",
		NULL);
	temp_store_ddl(s,
		       "INSERT INTO t_lead (id, rev, created_at, updated_at, deleted_at) VALUES "
		       "(1, 1, 0, 0, 5), (2, 1, 0, 0, NULL);"
		       "INSERT INTO t_lead__lines (id, parent, pos) VALUES (11, 1, 0), (12, 2, 0);"
		       "INSERT INTO t_lead__lines__tones (record, pos, value) VALUES (11, 0, 'a'), "
		       "(11, 1, 'b'), (12, 0, 'a')");
	struct app *app = apps_take(s, STR("t"));
	assert_ok(records_purge(s, f->s.arena, app, 6, MANY, &gone));
	app_release(app);
	assert_int_equal(gone, 1);
	assert_int_equal(temp_store_int(s, "SELECT sum(id) FROM t_lead__lines"), 12);
	assert_int_equal(temp_store_int(s, "SELECT sum(record) FROM t_lead__lines__tones"), 12);
	store_close(s);
}

static void what_an_approval_runs_on_stays_until_it_has_ended(void **state) {
	struct fixture *f = *state;
	int64_t id = order(f);
	assert_true(delete (&f->s, "root", "order", id).ok);
	temp_store_ddl(
		f->s.store,
		arena_printf(
			f->s.arena,
			"INSERT INTO sys_flow_run (id, app, flow, version, form, record, starter, "
			"state, rev, marking_json, started_at, log_seq, log_hash) VALUES (1, "
			"'sales', 'x', 1, 'order', %lld, 1, 'running', 1, '{}', 0, 0, x'00')",
			(long long)id));
	int64_t before = left(f, id);
	assert_int_equal(purge(f, INT64_MAX), 0);
	assert_int_equal(left(f, id), before);
	temp_store_ddl(f->s.store, "UPDATE sys_flow_run SET state = 'terminated'");
	assert_int_equal(purge(f, INT64_MAX), 1);
	assert_int_equal(left(f, id), 0);
	assert_int_equal(temp_store_int(f->s.store, "SELECT count(*) FROM sys_flow_run"), 1);
}

static void more_than_a_slice_go(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < MANY; i++)
		assert_true(delete (&f->s, "root", "product",
				    made(&f->s, "product",
					 arena_printf(f->s.arena, "{\"name\":\"p%d\"}", i)))
				    .ok);
	int64_t gone;
	assert_ok(records_purge(f->s.store, f->s.arena, f->s.app, INT64_MAX, 210, &gone));
	assert_int_equal(gone, 210);
	assert_int_equal(temp_store_int(f->s.store, "SELECT count(*) FROM sales_product"),
			 1 + MANY - 210);
	assert_int_equal(purge(f, INT64_MAX), MANY - 210);
	assert_int_equal(temp_store_int(f->s.store, "SELECT count(*) FROM sales_product"), 1);
	assert_int_equal(temp_store_int(f->s.store,
					"SELECT sum(json_extract(detail_json, '$.records')) "
					"FROM audit WHERE act = 'bin_empty'"),
			 MANY);
	struct audit_report report;
	struct tx *tx;
	assert_ok(tx_read(f->s.store, f->s.arena, &tx));
	assert_ok(tx_end(tx, audit_verify(tx, &report)));
	assert_null(report.reason);
}

/* Each of them would read all that is stored, on the writer. */
static void what_goes_along_is_found_by_an_index(void **state) {
	static const char *const about[] = { sql_comment_erase, sql_collaborator_erase,
					     sql_stage_log_erase, sql_notification_erase };
	struct fixture *f = *state;
	for (size_t i = 0; i < ARRAY_LEN(about); i++) {
		const char *plan = query_plan(f, about[i]);
		if (strstr(plan, "SCAN")) fail_msg("%s: %s", about[i], plan);
	}
}

static void a_form_that_fails_holds_up_no_others(void **state) {
	struct fixture *f = *state;
	int64_t id = order(f), gone;
	assert_true(delete (&f->s, "root", "order", id).ok);
	temp_store_ddl(f->s.store, "ALTER TABLE sales_account RENAME TO elsewhere");
	assert_non_null(records_purge(f->s.store, f->s.arena, f->s.app, INT64_MAX, MANY, &gone));
	assert_int_equal(gone, 1);
	assert_int_equal(left(f, id), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(all_of_a_record_goes_and_nothing_else),
		TEST(values_of_a_list_go_along),
		TEST(values_of_a_list_in_a_row_go_along),
		TEST(what_an_approval_runs_on_stays_until_it_has_ended),
		TEST(more_than_a_slice_go),
		TEST(what_goes_along_is_found_by_an_index),
		TEST(a_form_that_fails_holds_up_no_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
