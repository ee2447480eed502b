/* An apply with every kind of step, stopped at every store call and by kill -9 at random moments:
 * after the next start the store is before it or after it, whole, and the same apply then succeeds.
 * TENON_DEPTH=2 and more: every call for every kind of fault and 50 kills; else every call for I/O
 * errors, every fifth for the others, 12 kills.
 * Ledger: D03. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/support/publish.h"

enum { CALLS_MAX = 5000, KILLS = 50, FEW_KILLS = 12, KILL_ROWS = 4000 };

static bool deep(void) {
	const char *depth = getenv("TENON_DEPTH");
	return depth && atoi(depth) > 1;
}

static const char before[] =
	"'app.json': {'app': 't', 'version': '1'}, 'enums/stage.json': {'enum': 'stage', 'values': "
	"['a', 'b', 'c']},"
	"'forms/item.json': {'form': 'item', 'fields': [{'name': 'qty', 'type': 'text'}, {'name': "
	"'stage', 'type': 'enum', 'enum': 'stage'},"
	"{'name': 'gone', 'type': 'integer', 'index': true}, {'name': 'title', 'type': 'text'},"
	"{'name': 'lines', 'type': 'table', 'fields': [{'name': 'n', 'type': 'integer'}]}]},"
	"'forms/old.json': {'form': 'old', 'fields': [{'name': 'x', 'type': 'text'}]}";
static const char after[] =
	"'app.json': {'app': 't', 'version': '2'}, 'enums/stage.json': {'enum': 'stage', 'values': "
	"['a', 'b', 'd']},"
	"'forms/item.json': {'form': 'item', 'search': ['name'], 'fields': [{'name': 'qty', "
	"'type': 'decimal', 'scale': 2, 'index': true},"
	"{'name': 'stage', 'type': 'enum', 'enum': 'stage'}, {'name': 'name', 'id': 'title', "
	"'type': 'text', 'unique': true},"
	"{'name': 'tags', 'type': 'tags'}, {'name': 'lines', 'type': 'table', 'fields': [{'name': "
	"'n', 'type': 'decimal', 'scale': 1}]}]},"
	"'forms/fresh.json': {'form': 'fresh', 'fields': [{'name': 'y', 'type': 'text'}]}";

static void prepare(struct store *s, struct arena *a, int rows) {
	struct sb sql = sb_on(a, 1 << 24);
	publish(s, a, before, NULL);
	for (int i = 1; i <= rows; i++)
		sb_printf(&sql,
			  "INSERT INTO t_item (id, rev, created_at, updated_at, qty, gone, title, "
			  "stage) VALUES (%d, 1, 0, 0, '%d', %d, 't%d',"
			  " (SELECT code FROM sys_enum_value WHERE path = 'c'));\nINSERT INTO "
			  "t_item__lines (id, parent, pos, n) VALUES (%d, %d, 0, %d);\n",
			  i, i * 3, i, i, i, i, i);
	temp_store_ddl(s, sb_cstr(&sql));
}

static int64_t number(struct store *s, const char *sql) { return temp_store_int(s, sql); }

/* What the running app says about the data: the sums differ by the scale of its type. */
static void check_values(struct store *s, struct arena *a, int rows) {
	struct app *app = apps_take(s, STR("t"));
	const struct form *item = app_form(app, STR("item"));
	const struct field *qty = form_field(item, STR("qty")),
			   *lines = form_field(item, STR("lines"));
	const struct field *n = form_field(lines->rows, STR("n"));
	int64_t sum = (int64_t)rows * (rows + 1) / 2;
	bool is_after = app->version == 2;
	assert_int_equal(
		number(s, arena_printf(a, "SELECT sum(CAST(\"%s\" AS INTEGER)) FROM t_item",
				       qty->column)),
		sum * 3 * (is_after ? 100 : 1));
	assert_int_equal(number(s, arena_printf(a, "SELECT sum(\"%s\") FROM \"%s\"", n->column,
						lines->column)),
			 sum * (is_after ? 10 : 1));
	assert_int_equal(number(s, "SELECT count(*) FROM t_item WHERE title = 't' || id"), rows);
	assert_int_equal(number(s, "SELECT sum(gone) FROM t_item"), sum);
	assert_int_equal(number(s, "SELECT version FROM sys_app_version WHERE state = 'published'"),
			 app->version);
	app_release(app);
}

static void check_whole(struct store *s, struct arena *a, int rows) {
	assert_int_equal(number(s, "SELECT count(*) FROM journal"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM sys_dirty"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"), 0);
	check_values(s, a, rows);
}

static bool is_after(struct store *s) {
	return number(s, "SELECT max(version) FROM sys_app_version") == 2;
}

static void check_leftovers(struct store *s) {
	if (is_after(s)) return;
	assert_int_equal(
		number(s,
		       "SELECT count(*) FROM pragma_table_info('t_item') WHERE name = 'qty__v2'"),
		0);
	assert_int_equal(number(s, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 't_fresh%' "
				   "OR name LIKE '%__tags'"),
			 0);
}

static void finish(struct store *s, struct arena *a, int rows) {
	struct plan *plan;
	check_whole(s, a, rows);
	check_leftovers(s);
	assert_ok(try_publish(s, a, bundle_of(a, after), "*", &plan));
	assert_true(is_after(s));
	check_whole(s, a, rows);
}

static struct store *open_again(struct arena *a, const char *folder) {
	struct store *s = temp_store(a, folder);
	assert_ok(apps_boot(s, a));
	return s;
}

/* Returns false when the fault lay behind the last call, so that nothing failed. */
static bool fails_at(int64_t n, int kind) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	struct store *s = temp_store(a, folder);
	struct plan *plan;
	prepare(s, a, 20);
	store_fault_at(s, n, kind);
	struct problem *p = try_publish(s, a, bundle_of(a, after), "*", &plan);
	store_fault_at(s, 0, 0);
	bool failed = p != NULL;
	if (!p) check_whole(s, a, 20);
	store_close(s);
	s = open_again(a, folder);
	finish(s, a, 20);
	store_close(s);
	arena_free(a);
	return failed;
}

static int64_t calls; /* of one apply, found by the first test */

static void input_output_error_at_every_call(void **state) {
	(void)state;
	int passed = 0;
	for (calls = 1; calls < CALLS_MAX && passed < 3; calls++)
		passed = fails_at(calls, 0) ? 0 : passed + 1;
	assert_true(calls > 100 && calls < CALLS_MAX);
	print_message("%lld calls\n", (long long)calls);
}

static void full_disk_at_many_calls(void **state) {
	(void)state;
	int failed = 0;
	for (int64_t n = 1; n < calls; n += deep() ? 1 : 5) failed += fails_at(n, 1);
	assert_true(failed > 0);
}

static void lost_answer_of_many_commits(void **state) {
	(void)state;
	int failed = 0;
	for (int64_t n = 2; n < calls; n += deep() ? 1 : 5) failed += fails_at(n, 2);
	assert_true(failed > 0);
}

/* ---- kill -9 ---- */

static void apply_in_child(const char *folder) {
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, folder);
	struct plan *plan;
	assert_ok(apps_boot(s, a));
	struct problem *p = try_publish(s, a, bundle_of(a, after), "*", &plan);
	_exit(p ? 1 : 0);
}

static void kill_once(int round) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	struct store *s = temp_store(a, folder);
	prepare(s, a, KILL_ROWS);
	store_close(s);
	pid_t child = fork();
	if (!child) apply_in_child(folder);
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 + (long)(round * 7919 % KILLS) * 3000000 },
		  NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	s = open_again(a, folder);
	finish(s, a, KILL_ROWS);
	store_close(s);
	arena_free(a);
}

static void killed_at_random_moments(void **state) {
	(void)state;
	for (int i = 0; i < (deep() ? KILLS : FEW_KILLS); i++) kill_once(i);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_output_error_at_every_call),
		cmocka_unit_test(full_disk_at_many_calls),
		cmocka_unit_test(lost_answer_of_many_commits),
		cmocka_unit_test(killed_at_random_moments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
