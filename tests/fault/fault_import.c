/* The n-th store call of an import fails, for every n until it passes: what the import says it made
 * is what is stored, no record is half there, and run again it makes the rest. F13: a record and its rows from one file are there together or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "tests/support/importing.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { FAULT_IO, FAULT_FULL, FAULT_LOST, CALLS_MAX = 3000, ROWS = 6 };

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	writing_open(s, a);
	create(s, "root", "account", "{\"name\":\"Group\"}");
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	sample_close(s);
	arena_free(a);
	return 0;
}

static int64_t number(struct sample *s, const char *sql) { return temp_store_int(s->store, sql); }

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

static void wait_until_writing(struct sample *s) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(s->store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

/* Rows of this attempt only; the third is faulty, the fourth has tags and a reference. */
static struct imported attempt(struct sample *s, int n, bool whole) {
	static const char map[] = "{'columns':{'name':'name','credit':'credit','tags':'tags',"
				  "'parent':{'field':'parent','by':'name'}},'key':['name']}";
	const char *file = arena_printf(s->arena,
					"name,credit,tags,parent\na%d,1,,\nb%d,2,,\nc%d,%s,,\nd%d,"
					"4,x,Group\ne%d,5,,\na%d,6,,\n",
					n, n, n, whole ? "3" : "bad", n, n, n);
	struct import_options o = { .mode = IMPORT_UPSERT };
	return importing(s, NULL, "account", str_of(file), map, o);
}

static void whole_records(struct sample *s) {
	int64_t records = number(s, "SELECT count(*) FROM sales_account");
	assert_int_equal(
		number(s, "SELECT count(*) FROM sales_account__history WHERE op = 'create'"),
		records);
	assert_int_equal(
		number(s, "SELECT count(*) FROM event WHERE form = 'account' AND kind = 'create'"),
		records);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_account__tags"),
			 number(s, "SELECT count(*) FROM sales_account WHERE name LIKE 'd%'"));
}

static bool reached(struct sample *s, int n, int kind, int *failures) {
	int64_t before = number(s, "SELECT count(*) FROM sales_account");
	store_fault_at(s->store, n, kind);
	struct imported got = attempt(s, n, false);
	bool made = store_fault_at(s->store, 0, 0) >= n;
	if (*got.problem) {
		assert_int_equal(strncmp(got.problem, "503 ", 4), 0);
		++*failures;
		wait_until_writing(s);
	} else {
		assert_string_equal(got.counts, "6/4/1/0/1");
	}
	int64_t now = number(s, "SELECT count(*) FROM sales_account");
	/* A lost answer is told as not made: more may be there than was said, never less. */
	if (kind == FAULT_LOST)
		assert_true(now - before >= got.result.created);
	else
		assert_int_equal(now - before, got.result.created);
	assert_int_equal(got.result.read, got.result.created + got.result.updated +
						  got.result.skipped + got.result.failed);
	whole_records(s);
	struct imported again = attempt(s, n, true);
	assert_string_equal(again.problem, "");
	assert_int_equal(number(s, "SELECT count(*) FROM sales_account"), before + ROWS - 1);
	return made;
}

static void every_call(void **state, int kind) {
	struct sample *s = *state;
	int n = 1, failures = 0;
	while (reached(s, n, kind, &failures)) {
		n++;
		assert_true(n < CALLS_MAX);
	}
	assert_true(failures > 0 || kind == FAULT_FULL);
	assert_true(n > 20);
}

/* ---- F13: records with their rows ---- */

static struct imported attempt_rows(struct sample *s, int n) {
	static const char map[] = "{'columns':{'no':'customer_no','account':{'field':'account','by':'name'},"
				  "'product':{'field':'lines.product','by':'name'},'qty':'lines.qty'},'key':['customer_no']}";
	const char *file = arena_printf(s->arena, "no,account,product,qty\nr%d,Group,p1,1\nr%d,,p2,2\ns%d,Group,p1,1\ns%d,Group,p2,2\n", n, n, n, n);
	struct import_options o = { .mode = IMPORT_UPSERT };
	return importing(s, NULL, "order", str_of(file), map, o);
}

static bool reached_rows(struct sample *s, int n, int kind, int *failures) {
	int64_t before = number(s, "SELECT count(*) FROM sales_order");
	store_fault_at(s->store, n, kind);
	struct imported got = attempt_rows(s, n);
	bool made = store_fault_at(s->store, 0, 0) >= n;
	if (*got.problem) {
		++*failures;
		wait_until_writing(s);
	} else {
		assert_string_equal(got.counts, "4/4/0/0/0");
	}
	int64_t now = number(s, "SELECT count(*) FROM sales_order");
	assert_int_equal(2 * (now - before), got.result.created);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_order__lines"), 2 * now); /* whole or not there */
	struct imported again = attempt_rows(s, n);
	assert_string_equal(again.problem, "");
	assert_int_equal(number(s, "SELECT count(*) FROM sales_order"), before + 2);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_order__lines"), 2 * (before + 2));
	return made;
}

static void records_with_rows(void **state) {
	struct sample *s = *state;
	int n = 1, failures = 0;
	create(s, "root", "product", "{\"name\":\"p1\",\"price\":\"1\"}");
	create(s, "root", "product", "{\"name\":\"p2\",\"price\":\"2\"}");
	while (reached_rows(s, n, FAULT_IO, &failures)) {
		n++;
		assert_true(n < CALLS_MAX);
	}
	assert_true(failures > 0);
	assert_true(n > 20);
}

static void io_errors(void **state) { every_call(state, FAULT_IO); }
static void a_full_disk(void **state) { every_call(state, FAULT_FULL); }

static void lost_answers(void **state) {
	struct sample *s = *state;
	int failures = 0;
	for (int n = 1; n < 60; n += 7) reached(s, n, FAULT_LOST, &failures);
	assert_true(failures > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	log_to(-1);
	const struct CMUnitTest tests[] = { TEST(io_errors), TEST(a_full_disk),
					    TEST(lost_answers), TEST(records_with_rows) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
