/* What the writer knows of tables written since a snapshot (tables.c): never "unwritten" when it
 * was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/writer.h"
#include "tests/support/temp_store.h"

struct world {
	struct arena *a;
	struct store *s;
	int64_t held; /* by a snapshot taken before */
	const char *sql;
	bool fails;
	bool before, after; /* was `made` unwritten, before and after the statement? */
	bool other;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	w->a = a;
	w->s = temp_store(a, temp_folder(a));
	temp_store_ddl(w->s, "CREATE TABLE made (n INTEGER NOT NULL) STRICT");
	temp_store_ddl(w->s, "CREATE TABLE other (n INTEGER NOT NULL) STRICT");
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	store_close(w->s);
	arena_free(w->a);
	return 0;
}

static void take_snapshot(struct world *w) {
	struct tx *tx;
	assert_null(tx_read(w->s, w->a, &tx));
	w->held = tx_commits(tx);
	assert_false(tx_unwritten(tx, "made", w->held)); /* only the writer can tell */
	assert_null(tx_end(tx, NULL));
}

static struct problem *commit(struct tx *tx, void *arg) {
	struct world *w = arg;
	w->before = tx_unwritten(tx, "made", w->held);
	if (w->sql) TRY(tx_exec(tx, w->sql, NO_PARAMS, NULL));
	w->after = tx_unwritten(tx, "made", w->held);
	w->other = tx_unwritten(tx, "other", w->held);
	return w->fails ? PROBLEM(tx_arena(tx), CONFLICT, "conflict") : NULL;
}

static void run(struct world *w, const char *sql, bool fails) {
	w->sql = sql;
	w->fails = fails;
	struct problem *p = store_write(w->s, LANE_INTERACTIVE, w->a, commit, w);
	assert_int_equal(p != NULL, fails);
}

static void nothing_written(void **state) {
	struct world *w = *state;
	take_snapshot(w);
	run(w, NULL, false);
	assert_true(w->before && w->after && w->other);
	run(w, "SELECT count(*) FROM made", false);
	assert_true(w->before && w->after && w->other);
}

/* At once within the transaction, and after it; a snapshot taken later holds it. */
static void written(void **state) {
	static const char *const statements[] = { "INSERT INTO made (n) VALUES (1)",
						  "UPDATE made SET n = 2", "DELETE FROM made",
						  "INSERT INTO made (n) VALUES (1) RETURNING n" };
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		take_snapshot(w);
		run(w, statements[i], false);
		assert_true(w->before && !w->after && w->other);
		run(w, NULL, false);
		assert_true(!w->before && w->other);
		take_snapshot(w);
		run(w, NULL, false);
		assert_true(w->before);
	}
}

/* What was rolled back makes us look once too often, never once too seldom. */
static void rolled_back(void **state) {
	struct world *w = *state;
	take_snapshot(w);
	run(w, "INSERT INTO made (n) VALUES (1)", true);
	run(w, NULL, false);
	assert_false(w->before);
	run(w, "INSERT INTO made (n) VALUES (1)", false);
	run(w, NULL, false);
	assert_false(w->before);
}

static struct problem *ddl_commit(struct tx *tx, void *arg) {
	struct world *w = arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(tx_script(tx, "ALTER TABLE other ADD COLUMN m INTEGER"));
	w->after = tx_unwritten(tx, "made", w->held);
	return NULL;
}

static void schema_changed(void **state) {
	struct world *w = *state;
	take_snapshot(w);
	assert_null(store_write(w->s, LANE_INTERACTIVE, w->a, ddl_commit, w));
	assert_false(w->after);
}

static struct problem *epoch_commit(struct tx *tx, void *arg) {
	struct world *w = arg;
	w->held = tx_epoch(tx);
	if (w->sql) TRY(tx_exec(tx, w->sql, NO_PARAMS, NULL));
	return w->fails ? PROBLEM(tx_arena(tx), CONFLICT, "conflict") : NULL;
}

static int64_t epoch_of(struct world *w, const char *sql, bool fails) {
	w->sql = sql;
	w->fails = fails;
	struct problem *p = store_write(w->s, LANE_INTERACTIVE, w->a, epoch_commit, w);
	assert_int_equal(p != NULL, fails);
	return w->held;
}

/* The epoch that the writer remembers is the stored one. */
static void the_epoch_is_kept(void **state) {
	static const char raise[] = "UPDATE meta SET value = value + 1 WHERE key = 'epoch'";
	struct world *w = *state;
	int64_t first = epoch_of(w, NULL, false);
	assert_true(first > 0);
	assert_int_equal(epoch_of(w, raise, true), first);
	assert_int_equal(epoch_of(w, NULL, false), first);
	assert_int_equal(epoch_of(w, raise, false), first);
	assert_int_equal(epoch_of(w, NULL, false), first + 1);
	assert_int_equal(epoch_of(w, raise, false), first + 1);
	assert_int_equal(epoch_of(w, NULL, false), first + 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_written, setup, teardown),
		cmocka_unit_test_setup_teardown(written, setup, teardown),
		cmocka_unit_test_setup_teardown(rolled_back, setup, teardown),
		cmocka_unit_test_setup_teardown(schema_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(the_epoch_is_kept, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
