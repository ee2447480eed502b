/* Savepoints only where somebody fails (writer.c, "Errors"): members run without, and when one
 * fails the others are run again in savepoints; so are those of the next groups. Whatever happens,
 * what was answered is what is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <semaphore.h>
#include "runtime/store/writer.h"
#include "tests/support/temp_store.h"

enum { MEMBERS = 6, GUARDED_AT_MOST = 100, FAULT_IO = 0, FAULT_FULL = 1 };

struct world {
	struct arena *a;
	struct store *s;
	sem_t done, gate;
	int published;
};
struct one {
	struct world *w;
	int64_t n;
	bool fails, asks; /* asks: to be run again, guarded; then its second part fails */
	int runs, guarded;
	struct problem *answer;
	struct member member;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	w->a = a;
	w->s = temp_store(a, temp_folder(a));
	sem_init(&w->done, 0, 0);
	sem_init(&w->gate, 0, 0);
	temp_store_ddl(w->s, "CREATE TABLE made (n INTEGER NOT NULL, run INTEGER) STRICT");
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	store_close(w->s);
	arena_free(w->a);
	return 0;
}

static void published(void *arg) { ++*(int *)arg; }

static struct problem *make(struct tx *tx, void *arg) {
	struct one *one = arg;
	TRY(tx_exec(tx, "INSERT INTO made (n, run) VALUES (?1, ?2)",
		    PARAMS(value_int(one->n), value_int(one->runs)), NULL));
	tx_after_commit(tx, published, &one->w->published);
	return NULL;
}

static struct problem *make_and_fail(struct tx *tx, void *arg) {
	TRY(make(tx, arg));
	return PROBLEM(tx_arena(tx), CONFLICT, "conflict");
}

static struct problem *commit(struct tx *tx, void *arg) {
	struct one *one = arg;
	one->runs++;
	one->guarded += tx_is_guarded(tx);
	TRY(make(tx, one));
	if (one->fails) return PROBLEM(tx_arena(tx), CONFLICT, "conflict");
	if (!one->asks) return NULL;
	if (!tx_is_guarded(tx)) return &tx_unguarded;
	struct problem *p = tx_part(tx, make_and_fail, one);
	assert_non_null(p);
	return p->kind == PROBLEM_UNAVAILABLE ? p : NULL;
}

static void done(void *arg, struct problem *p) {
	struct one *one = arg;
	one->answer = p;
	sem_post(&one->w->done);
}

/* Holds the writer, so that all that is submitted meanwhile becomes one group. */
static void hold(void *arg, struct problem *p) {
	struct world *w = arg;
	(void)p; /* a fault may strike it */
	sem_wait(&w->gate);
}

static struct problem *nothing(struct tx *tx, void *arg) {
	(void)tx, (void)arg;
	return NULL;
}

static void run(struct world *w, struct one *all) {
	struct member first = { .commit = nothing, .done = hold, .arg = w, .arena = arena_new(0) };
	store_submit(w->s, LANE_INTERACTIVE, &first);
	for (int i = 0; i < MEMBERS; i++) {
		all[i].w = w;
		all[i].n = i;
		all[i].member = (struct member){
			.commit = commit, .done = done, .arg = &all[i], .arena = arena_new(0)
		};
		store_submit(w->s, i % 2 ? LANE_BULK : LANE_INTERACTIVE, &all[i].member);
	}
	sem_post(&w->gate);
	for (int i = 0; i < MEMBERS; i++) sem_wait(&w->done);
	for (int i = 0; i < MEMBERS; i++) arena_free(all[i].member.arena);
	arena_free(first.arena);
}

static int64_t rows(struct world *w) { return temp_store_int(w->s, "SELECT count(*) FROM made"); }

static int all_guarded(const struct one *all) {
	int sum = 0;
	for (int i = 0; i < MEMBERS; i++) sum += all[i].guarded;
	return sum;
}

static void nobody_fails_nobody_is_guarded(void **state) {
	struct world *w = *state;
	struct one all[MEMBERS] = { 0 };
	run(w, all);
	for (int i = 0; i < MEMBERS; i++) {
		assert_null(all[i].answer);
		assert_int_equal(all[i].runs, 1);
	}
	assert_int_equal(all_guarded(all), 0);
	assert_int_equal(rows(w), MEMBERS);
	assert_int_equal(w->published, MEMBERS);
}

static void one_that_fails_leaves_nothing_and_runs_once(void **state) {
	struct world *w = *state;
	struct one all[MEMBERS] = { [3] = { .fails = true } };
	run(w, all);
	for (int i = 0; i < MEMBERS; i++) {
		assert_int_equal(all[i].answer != NULL, i == 3);
		assert_int_equal(all[i].runs - all[i].guarded, all[i].runs == 2 || i == 3);
	}
	assert_int_equal(all[3].runs, 1);
	assert_int_equal(rows(w), MEMBERS - 1);
	assert_int_equal(temp_store_int(w->s, "SELECT count(*) FROM made WHERE n = 3"), 0);
	assert_int_equal(w->published, MEMBERS - 1);
}

/* What its failed part wrote and registered is gone, the rest of the member is there, once. */
static void one_that_asks_is_run_again_guarded(void **state) {
	struct world *w = *state;
	struct one all[MEMBERS] = { [2] = { .asks = true } };
	run(w, all);
	for (int i = 0; i < MEMBERS; i++) assert_null(all[i].answer);
	assert_int_equal(all[2].runs, 2);
	assert_int_equal(all[2].guarded, 1);
	assert_int_equal(rows(w), MEMBERS);
	assert_int_equal(temp_store_int(w->s, "SELECT run FROM made WHERE n = 2"), 2);
	assert_int_equal(w->published, MEMBERS);
}

/* Guarded groups bear a failure without another run; after some of them nobody is guarded. */
static void guards_are_given_up_again(void **state) {
	struct world *w = *state;
	struct one all[MEMBERS] = { [3] = { .fails = true } };
	run(w, all);
	memset(all, 0, sizeof all);
	all[1].fails = true;
	run(w, all);
	assert_int_equal(all_guarded(all), MEMBERS);
	for (int i = 0; i < MEMBERS; i++) assert_int_equal(all[i].runs, 1);
	assert_int_equal(rows(w), 2 * (MEMBERS - 1));
	int groups = 0;
	do {
		memset(all, 0, sizeof all);
		run(w, all);
		assert_true(groups++ < GUARDED_AT_MOST);
	} while (all_guarded(all));
	assert_true(groups > 4);
}

/* One fails by itself and any store call fails beside it: what was answered is what is there. */
static void any_call_fails_meanwhile(int kind) {
	for (int n = 1, struck = 1; struck; n++) {
		struct world *w;
		struct one all[MEMBERS] = { [2] = { .asks = true }, [4] = { .fails = true } };
		setup((void **)&w);
		store_fault_at(w->s, n, kind);
		run(w, all);
		struck = store_fault_at(w->s, 0, 0) >= n;
		int landed = 0;
		for (int i = 0; i < MEMBERS; i++) landed += !all[i].answer;
		assert_non_null(all[4].answer);
		assert_int_equal(rows(w), landed);
		assert_int_equal(temp_store_int(w->s, "SELECT count(DISTINCT n) FROM made"),
				 landed);
		assert_int_equal(w->published, landed);
		assert_true(n > 12 || struck);
		teardown((void **)&w);
	}
}

static void io_errors_meanwhile(void **state) {
	(void)state;
	any_call_fails_meanwhile(FAULT_IO);
}

static void a_full_disk_meanwhile(void **state) {
	(void)state;
	any_call_fails_meanwhile(FAULT_FULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_fails_nobody_is_guarded, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_fails_leaves_nothing_and_runs_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_asks_is_run_again_guarded, setup,
						teardown),
		cmocka_unit_test_setup_teardown(guards_are_given_up_again, setup, teardown),
		cmocka_unit_test(io_errors_meanwhile),
		cmocka_unit_test(a_full_disk_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
