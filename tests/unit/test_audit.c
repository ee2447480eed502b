/* The audit trail: what is written, pages of it, and what verification finds when somebody changed
 * the file by hand.
 * Ledger: P13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "runtime/store/audit.h"
#include "tests/support/people.h"

static const char *page(struct people *f, struct audit_query q, int64_t *next) {
	struct sb out = sb_on(f->arena, 1 << 20);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, audit_json(tx, &q, &w, next)));
	return sb_cstr(&out);
}

static int occurrences(const char *text, const char *what) {
	int n = 0;
	for (const char *at = text; (at = strstr(at, what)); at++) n++;
	return n;
}

static struct audit_report verify(struct people *f) {
	struct audit_report report;
	struct tx *tx;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, audit_verify(tx, &report)));
	return report;
}

/* What somebody with the file and a tool of their own could do. */
static void by_hand(struct people *f, const char *sql) {
	sqlite3 *db;
	assert_int_equal(
		sqlite3_open(arena_printf(f->arena, "%s/tenon.db", store_folder(f->store)), &db),
		SQLITE_OK);
	sqlite3_busy_timeout(db, 2000);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void what_people_do_is_written(void **state) {
	struct people *f = *state;
	int64_t next;
	assert_string_equal(people_import(f, people_file), "");
	assert_string_equal(people_do(f, &f->admin, PEOPLE_USER, PEOPLE_UPDATE, "li",
				      "{'roles': {'crm': ['sales']}, 'password': 'new-password'}"),
			    "");
	const char *text = page(f, (struct audit_query){ .limit = 1, .record = -1 }, &next);
	assert_non_null(strstr(text,
			       "\"actor\":\"admin\",\"door\":\"api\",\"act\":\"user_change\","
			       "\"app\":null,\"form\":null,\"record\":null,"
			       "\"detail\":{\"user\":\"li\",\"given\":[\"password\",\"roles\"],"
			       "\"admin\":false,\"active\":true,\"roles\":{\"crm\":[\"sales\"]}}"));
	assert_true(next > 0);
}

static void pages_follow_each_other_newest_first(void **state) {
	struct people *f = *state;
	int64_t next = 0, seen = 0, last = INT64_MAX;
	assert_string_equal(people_import(f, people_file), "");
	int64_t rows = people_number(f, "SELECT count(*) FROM audit");
	do {
		const char *text = page(
			f, (struct audit_query){ .before = next, .limit = 3, .record = -1 }, &next);
		seen += occurrences(text, "\"seq\":");
		assert_true(next < last);
		last = next ? next : last;
	} while (next);
	assert_int_equal(seen, rows);
}

static void pages_are_filtered(void **state) {
	struct people *f = *state;
	int64_t next;
	assert_string_equal(people_import(f, people_file), "");
	assert_int_equal(
		occurrences(page(f,
				 (struct audit_query){
					 .limit = 50, .record = -1, .act = STR("dept_add") },
				 &next),
			    "\"seq\":"),
		3);
	assert_int_equal(
		occurrences(page(f,
				 (struct audit_query){
					 .limit = 50, .record = -1, .actor = STR("' OR 1=1") },
				 &next),
			    "\"seq\":"),
		0);
	assert_int_equal(
		occurrences(page(f, (struct audit_query){ .limit = 50, .record = 7 }, &next),
			    "\"seq\":"),
		0);
	assert_int_equal(
		occurrences(page(f,
				 (struct audit_query){ .limit = 50, .record = -1, .until_us = 1 },
				 &next),
			    "\"seq\":"),
		0);
}

static void an_untouched_chain_holds(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	struct audit_report report = verify(f);
	assert_null(report.reason);
	assert_int_equal(report.rows, people_number(f, "SELECT count(*) FROM audit"));
	assert_int_equal(report.head_seq, report.rows);
	assert_string_equal(report.head_hash,
			    people_cell(f, "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1"));
}

static void the_first_broken_row_is_named(void **state) {
	struct people *f = *state;
	static const struct {
		const char *sql, *reason;
	} cases[] = {
		{ "UPDATE audit SET actor = 'nobody' WHERE seq = 3", "hash" },
		{ "UPDATE audit SET detail_json = '{}' WHERE seq = 3", "hash" },
		{ "UPDATE audit SET at = at + 1 WHERE seq = 3", "hash" },
		{ "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 2) WHERE seq = 3",
		  "hash" },
		{ "UPDATE audit SET prev_hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = "
		  "3",
		  "link" },
		{ "DELETE FROM audit WHERE seq = 3", "gap" },
		{ "DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3",
		  "link" },
	};
	assert_string_equal(people_import(f, people_file), "");
	by_hand(f, "CREATE TABLE kept AS SELECT * FROM audit");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		by_hand(f, cases[i].sql);
		struct audit_report report = verify(f);
		assert_non_null(report.reason);
		assert_string_equal(report.reason, cases[i].reason);
		assert_int_equal(report.bad_seq, 3);
		by_hand(f, "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept");
		assert_null(verify(f).reason);
	}
}

static struct problem *tamper(struct tx *tx, void *sql) {
	tx_allow(tx, TX_ALLOW_PEOPLE | TX_ALLOW_SCHEMA);
	return tx_exec(tx, sql, NO_PARAMS, NULL);
}

static void the_program_itself_cannot_change_a_row(void **state) {
	struct people *f = *state;
	static const char *const tries[] = { "UPDATE audit SET actor = 'x'", "DELETE FROM audit" };
	const char *before = people_state(f);
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		struct problem *p = store_write(f->store, LANE_INTERACTIVE, f->arena, tamper,
						arena_strdup(f->arena, tries[i]));
		assert_non_null(p);
		assert_string_equal(people_state(f), before);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, people_setup, people_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(what_people_do_is_written),
		TEST(pages_follow_each_other_newest_first),
		TEST(pages_are_filtered),
		TEST(an_untouched_chain_holds),
		TEST(the_first_broken_row_is_named),
		TEST(the_program_itself_cannot_change_a_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
