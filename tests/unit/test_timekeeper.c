/* due.h and timekeeper.h with two sources of the test's own: rows with a moment, done by a command
 * that counts. What is overdue at a start, what is told while it sleeps, the order, the test clock
 * forward and back, a source that cannot, store calls that fail, many writers at once: each piece
 * is done once and none is left. P05. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/host/timekeeper.h"
#include "tests/support/temp_store.h"

#define SECOND INT64_C(1000000)
#define START (INT64_C(1795338000) * SECOND)

struct world {
	struct arena *arena;
	struct store *store;
	struct timekeeper *keeper;
};
static struct problem refusal = { .kind = PROBLEM_UNAVAILABLE, .code = "store_io" };
static bool refusing;

struct piece {
	const char *source;
	int64_t id, at;
};

static struct problem *add_commit(struct tx *tx, void *arg) {
	const struct piece *p = arg;
	TRY(tx_exec(tx, "INSERT INTO t_due (source, at, done) VALUES (?1, ?2, 0)",
		    PARAMS(value_text(str_of(p->source)), value_int(p->at)), NULL));
	tx_due(tx, p->at);
	return NULL;
}

static struct problem *add(struct store *s, const char *source, int64_t at) {
	struct arena *a = arena_new(0);
	struct problem *p =
		store_write(s, LANE_INTERACTIVE, a, add_commit, &(struct piece){ source, 0, at });
	arena_free(a);
	return p;
}

static struct problem *fire_commit(struct tx *tx, void *arg) {
	const struct piece *p = arg;
	int64_t changed;
	TRY(tx_exec(tx, "UPDATE t_due SET done = done + 1 WHERE id = ?1 AND done = 0",
		    PARAMS(value_int(p->id)), &changed));
	return changed ? tx_exec(tx, "INSERT INTO t_log (source, at) VALUES (?1, ?2)",
				 PARAMS(value_text(str_of(p->source)), value_int(p->at)), NULL)
		       : NULL;
}

static struct problem *next_of(struct tx *tx, const char *source, int64_t *at) {
	bool have;
	TRY(tx_int(tx, "SELECT at FROM t_due WHERE done = 0 AND source = ?1 ORDER BY at LIMIT 1",
		   PARAMS(value_text(str_of(source))), at, &have));
	if (!have) *at = INT64_MAX;
	return NULL;
}

static struct problem *run_of(struct store *s, struct arena *a, const char *source, int64_t now,
			      size_t limit, size_t *done) {
	for (*done = 0; *done < limit; (*done)++) {
		struct piece p = { .source = source };
		struct tx *tx;
		bool have;
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx, tx_int(tx,
				      "SELECT id FROM t_due WHERE done = 0 AND source = ?1 AND at "
				      "<= ?2 ORDER BY at LIMIT 1",
				      PARAMS(value_text(str_of(source)), value_int(now)), &p.id,
				      &have)));
		if (!have) return NULL;
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx, tx_int(tx, "SELECT at FROM t_due WHERE id = ?1",
				      PARAMS(value_int(p.id)), &p.at, NULL)));
		TRY(store_write(s, LANE_BULK, a, fire_commit, &p));
	}
	return NULL;
}

static struct problem *next_a(struct tx *tx, int64_t *at) { return next_of(tx, "a", at); }
static struct problem *next_b(struct tx *tx, int64_t *at) { return next_of(tx, "b", at); }
static struct problem *run_a(struct store *s, struct arena *a, int64_t now, size_t limit,
			     size_t *done) {
	return run_of(s, a, "a", now, limit, done);
}
static struct problem *run_b(struct store *s, struct arena *a, int64_t now, size_t limit,
			     size_t *done) {
	return refusing ? &refusal : run_of(s, a, "b", now, limit, done);
}
/* Never done, once the clock is set to it: each piece leaves another. */
static bool endless;
static atomic_int endless_done;
static struct problem *next_c(struct tx *tx, int64_t *at) {
	(void)tx;
	*at = endless ? START + SECOND : INT64_MAX;
	return NULL;
}
static struct problem *run_c(struct store *s, struct arena *a, int64_t now, size_t limit,
			     size_t *done) {
	(void)s, (void)a, (void)now, (void)limit;
	usleep(1000);
	atomic_fetch_add(&endless_done, 1);
	*done = 1;
	return NULL;
}
static const struct due_source source_c = { "c", next_c, run_c };
static const struct due_source source_a = { "a", next_a, run_a }, source_b = { "b", next_b, run_b };
static const struct due_source *const sources[] = { &source_a, &source_b, &source_c, NULL };

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	*w = (struct world){ .arena = a, .store = temp_store(a, temp_folder(a)) };
	temp_store_ddl(w->store,
		       "CREATE TABLE t_due (id INTEGER PRIMARY KEY, source TEXT, at INTEGER, done "
		       "INTEGER);"
		       "CREATE TABLE t_log (seq INTEGER PRIMARY KEY, source TEXT, at INTEGER);");
	refusing = endless = false;
	clock_set(START);
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	struct arena *a = w->arena;
	timekeeper_free(w->keeper);
	store_close(w->store);
	arena_free(a);
	clock_release();
	return 0;
}

static void start(struct world *w) {
	assert_ok(timekeeper_new(w->arena, w->store, sources, &w->keeper));
}

static int64_t set(struct world *w, int64_t now) {
	int64_t fired;
	assert_ok(timekeeper_set_clock(w->keeper, w->arena, now, &fired));
	return fired;
}

static void wait_for(struct world *w, const char *sql, int64_t want) {
	for (int i = 0; temp_store_int(w->store, sql) != want; i++) {
		assert_true(i < 12000);
		usleep(5000);
	}
}

static const char doubles[] = "SELECT count(*) FROM t_due WHERE done > 1",
		  open[] = "SELECT count(*) FROM t_due WHERE done = 0",
		  lines[] = "SELECT count(*) FROM t_log";

static void what_is_overdue_is_done_at_the_start(void **state) {
	struct world *w = *state;
	for (int i = 0; i < 150; i++)
		assert_ok(add(w->store, i % 2 ? "a" : "b", START - i * SECOND));
	assert_ok(add(w->store, "a", START + 1));
	start(w);
	wait_for(w, lines, 150);
	assert_int_equal(temp_store_int(w->store, open), 1);
	assert_int_equal(temp_store_int(w->store, doubles), 0);
}

static void a_moment_that_is_stored_wakes_it(void **state) {
	struct world *w = *state;
	clock_release();
	start(w);
	usleep(50000); /* asleep, for half a minute */
	assert_ok(add(w->store, "a", clock_now() + 30 * 60 * SECOND));
	assert_ok(add(w->store, "a", clock_now() + SECOND / 10));
	wait_for(w, lines, 1);
	assert_int_equal(temp_store_int(w->store, open), 1);
}

static void the_clock_forward_does_it_once_and_back_not_again(void **state) {
	struct world *w = *state;
	start(w);
	for (int i = 1; i <= 10; i++)
		assert_ok(add(w->store, i % 2 ? "a" : "b", START + i * 60 * SECOND));
	assert_int_equal(set(w, START + 60 * SECOND - 1), 0);
	assert_int_equal(set(w, START + 60 * SECOND), 1);
	assert_int_equal(set(w, START - 86400 * SECOND), 0);
	assert_int_equal(set(w, START + 3 * 86400 * SECOND), 9);
	assert_int_equal(set(w, START), 0);
	assert_int_equal(set(w, START + 3 * 86400 * SECOND), 0);
	assert_int_equal(temp_store_int(w->store, lines), 10);
	assert_int_equal(temp_store_int(w->store, doubles), 0);
}

/* Between sources, too: here they alternate by more than a batch. */
static void the_earliest_source_goes_first(void **state) {
	struct world *w = *state;
	start(w);
	assert_ok(add(w->store, "b", START + 1 * SECOND));
	assert_ok(add(w->store, "a", START + 2 * SECOND));
	for (int i = 3; i < 3 + TIMEKEEPER_BATCH; i++)
		assert_ok(add(w->store, "a", START + i * SECOND));
	assert_ok(add(w->store, "b", START + 40 * SECOND));
	assert_int_equal(set(w, START + 3600 * SECOND), 3 + TIMEKEEPER_BATCH);
	assert_int_equal(temp_store_int(w->store, "SELECT at FROM t_log WHERE seq = 1"),
			 START + 1 * SECOND);
	assert_int_equal(temp_store_int(w->store,
					"SELECT count(*) FROM t_log x JOIN t_log y ON y.seq > "
					"x.seq AND y.at < x.at AND x.source = y.source"),
			 0);
}

static void a_source_that_cannot_holds_nobody_up(void **state) {
	struct world *w = *state;
	int64_t fired;
	start(w);
	refusing = true;
	assert_ok(add(w->store, "b", START + SECOND));
	assert_ok(add(w->store, "a", START + 2 * SECOND));
	struct problem *p = timekeeper_set_clock(w->keeper, w->arena, START + 10 * SECOND, &fired);
	assert_non_null(p);
	assert_string_equal(p->code, "due_left");
	assert_int_equal(fired, 1);
	assert_int_equal(temp_store_int(w->store, open), 1);
	refusing = false;
	wait_for(w, open, 0); /* by itself, after its rest */
	assert_int_equal(temp_store_int(w->store, doubles), 0);
}

/* Every store call of a scan fails once, before it and (the commit) after it: nothing is done twice
 * or left out. */
static void store_calls_that_fail(void **state) {
	struct world *w = *state;
	int64_t now = START;
	start(w);
	for (int kind = 0; kind < 3; kind += 2) {
		bool reached = true;
		for (int n = 1; reached && n < 100; n++) {
			int64_t fired, before = temp_store_int(w->store, lines);
			now += 60 * SECOND;
			assert_ok(add(w->store, "a", now));
			assert_ok(add(w->store, "b", now));
			store_fault_at(w->store, n, kind);
			struct problem *p = timekeeper_set_clock(w->keeper, w->arena, now, &fired);
			reached = store_fault_at(w->store, 0, 0) >= n;
			assert_true(p == NULL || reached);
			for (int i = 0; p; i++) { /* the writer may need a probe first */
				assert_true(i < 6000);
				if (i) usleep(10000);
				p = timekeeper_set_clock(w->keeper, w->arena, now, &fired);
			}
			assert_int_equal(temp_store_int(w->store, open), 0);
			assert_int_equal(temp_store_int(w->store, lines), before + 2);
		}
		assert_false(reached);
	}
	assert_int_equal(temp_store_int(w->store, doubles), 0);
}

struct setting {
	struct world *w;
	struct arena *arena;
	struct problem *answer;
	int64_t fired;
};
static void *set_it(void *arg) {
	struct setting *s = arg;
	s->answer = timekeeper_set_clock(s->w->keeper, s->arena, START + SECOND, &s->fired);
	return NULL;
}

/* Whoever set the clock is answered when the server stops, however much is still due. */
static void it_stops_amid_what_is_due(void **state) {
	struct setting s = { .w = *state, .arena = arena_new(0) };
	pthread_t thread;
	endless = true;
	start(s.w);
	assert_int_equal(pthread_create(&thread, NULL, set_it, &s), 0);
	for (int i = 0; !atomic_load(&endless_done); i++) {
		assert_true(i < 12000);
		usleep(5000);
	}
	timekeeper_stop(s.w->keeper);
	pthread_join(thread, NULL);
	assert_non_null(s.answer);
	assert_string_equal(s.answer->code, "due_left");
	assert_true(s.fired > 0);
	arena_free(s.arena);
}

enum { WRITERS = 4, EACH = 50 };
static void *write_many(void *store) {
	for (int i = 0; i < EACH; i++)
		assert_ok(add(store, i % 2 ? "a" : "b", START + i % 7 * SECOND));
	return NULL;
}

static void many_writers_at_once(void **state) {
	struct world *w = *state;
	pthread_t threads[WRITERS];
	int64_t now = START;
	start(w);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many, w->store), 0);
	for (int i = 0; i < 20; i++) set(w, now += SECOND / 2);
	for (int i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
	wait_for(w, open, 0);
	assert_int_equal(temp_store_int(w->store, lines), WRITERS * EACH);
	assert_int_equal(temp_store_int(w->store, doubles), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(what_is_overdue_is_done_at_the_start),
		TEST(a_moment_that_is_stored_wakes_it),
		TEST(the_clock_forward_does_it_once_and_back_not_again),
		TEST(the_earliest_source_goes_first),
		TEST(a_source_that_cannot_holds_nobody_up),
		TEST(store_calls_that_fail),
		TEST(many_writers_at_once),
		TEST(it_stops_amid_what_is_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
