/* Rows added many at a time (gather.c): nobody can tell, and what is refused or taken back leaves
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/writer.h"
#include "tests/support/temp_store.h"

enum { ROWS = 2 * TX_INSERT_ROWS + 5 };
static const char made_one[] = "INSERT INTO made (n, name) VALUES (?1, ?2)";
static const char line_one[] = "INSERT INTO line (of) VALUES (?1)";

struct world {
	struct arena *a;
	struct store *s;
	struct tx_insert made, line;
	int64_t seen;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	w->a = a;
	w->s = temp_store(a, temp_folder(a));
	temp_store_ddl(w->s, "CREATE TABLE made (n INTEGER NOT NULL UNIQUE, name TEXT) STRICT");
	temp_store_ddl(w->s, "CREATE TABLE line (seq INTEGER PRIMARY KEY, of INTEGER) STRICT");
	w->made = tx_insert_of(a, "made", made_one, 2, false);
	w->line = tx_insert_of(a, "line", line_one, 1, true);
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	store_close(w->s);
	arena_free(w->a);
	return 0;
}

static struct problem *add(struct world *w, struct tx *tx, int64_t n) {
	TRY(tx_add(tx, &w->made, PARAMS(value_int(n), value_text(STR("a")))));
	return tx_add(tx, &w->line, PARAMS(value_int(n)));
}

static int64_t count(struct tx *tx, const char *sql) {
	int64_t n = -1;
	assert_null(tx_int(tx, sql, NO_PARAMS, &n, NULL));
	return n;
}

static void assert_stored(struct world *w, int64_t made, int64_t lines) {
	struct tx *tx;
	assert_null(tx_read(w->s, w->a, &tx));
	assert_int_equal(count(tx, "SELECT count(*) FROM made"), made);
	assert_int_equal(count(tx, "SELECT count(*) FROM line"), lines);
	assert_null(tx_end(tx, NULL));
}

static struct problem *add_many(struct tx *tx, void *arg) {
	struct world *w = arg;
	for (int64_t i = 0; i < ROWS; i++) TRY(add(w, tx, i));
	return NULL;
}

static void all_are_stored_in_order(void **state) {
	struct world *w = *state;
	struct tx *tx;
	assert_null(store_write(w->s, LANE_INTERACTIVE, w->a, add_many, w));
	assert_stored(w, ROWS, ROWS);
	assert_null(tx_read(w->s, w->a, &tx));
	assert_int_equal(count(tx, "SELECT count(*) FROM line WHERE of <> seq - 1"), 0);
	assert_int_equal(count(tx, "SELECT count(*) FROM made WHERE name <> 'a'"), 0);
	assert_null(tx_end(tx, NULL));
}

static struct problem *add_and_look(struct tx *tx, void *arg) {
	struct world *w = arg;
	for (int64_t i = 0; i < 3; i++) TRY(add(w, tx, i));
	assert_int_equal(count(tx, "SELECT count(*) FROM made"), 3);
	assert_int_equal(count(tx, "SELECT of FROM line WHERE seq = 3"), 2);
	TRY(add(w, tx, 3));
	TRY(tx_exec(tx, "UPDATE made SET name = 'b'", NO_PARAMS, NULL));
	TRY(tx_exec(tx, "INSERT INTO line (of) SELECT 100 + count(*) FROM line", NO_PARAMS, NULL));
	TRY(add(w, tx, 4));
	w->seen = count(tx,
			"SELECT (SELECT count(*) FROM made WHERE name = 'b') * 1000 + of FROM line "
			"WHERE seq = 5");
	return NULL;
}

static void every_statement_sees_them(void **state) {
	struct world *w = *state;
	assert_null(store_write(w->s, LANE_INTERACTIVE, w->a, add_and_look, w));
	assert_int_equal(w->seen, 4 * 1000 + 104);
	assert_stored(w, 5, 6);
}

static struct problem *add_twice(struct tx *tx, void *arg) {
	struct world *w = arg;
	TRY(add(w, tx, 7));
	return add(w, tx, 7);
}

/* The key is refused before the member is answered; it alone is. */
static void who_is_refused_is_told(void **state) {
	struct world *w = *state;
	struct write_one writes[] = {
		{ .commit = add_many, .arg = w, .arena = arena_new(0) },
		{ .commit = add_twice, .arg = w, .arena = arena_new(0) },
	};
	store_write_all(w->s, LANE_INTERACTIVE, writes, ARRAY_LEN(writes));
	assert_null(writes[0].problem);
	assert_ptr_equal(writes[1].problem, &store_unique);
	assert_stored(w, ROWS, ROWS);
	for (size_t i = 0; i < ARRAY_LEN(writes); i++) arena_free(writes[i].arena);
}

static struct problem *fail_after(struct tx *tx, void *arg) {
	TRY(add(arg, tx, 1000));
	return PROBLEM(tx_arena(tx), CONFLICT, "conflict");
}

static struct problem *parts(struct tx *tx, void *arg) {
	struct world *w = arg;
	TRY(add(w, tx, 1));
	assert_non_null(tx_part(tx, fail_after, w));
	assert_int_equal(tx_part(tx, add_twice, w) == &store_unique, true);
	TRY(add(w, tx, 2));
	return tx_part(tx, add_many, w) == &store_unique ? NULL : &store_io;
}

/* What was gathered before a part stays, what it gathered goes with it. */
static void a_part_takes_back_its_own(void **state) {
	struct world *w = *state;
	assert_null(store_write(w->s, LANE_INTERACTIVE, w->a, parts, w));
	assert_stored(w, 2, 2);
	struct problem *p = store_write(w->s, LANE_INTERACTIVE, w->a, fail_after, w);
	assert_non_null(p);
	assert_stored(w, 2, 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_are_stored_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(every_statement_sees_them, setup, teardown),
		cmocka_unit_test_setup_teardown(who_is_refused_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_part_takes_back_its_own, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
