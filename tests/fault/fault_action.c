/* The n-th store call of a pressed button fails, for every n until it passes: one lead becoming three
 * records. After each failure the stored state is read again and is what it was. F24. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "tests/support/converting.h"
#include "tests/support/temp_store.h"

enum { FAULT_IO, FAULT_FULL, FAULT_LOST, CALLS_MAX = 2000 };

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	converting_open(s, a);
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

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

/* After a COMMIT that failed the writer refuses work until a probe of its own has passed. */
static void wait_until_writing(struct sample *s) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(s->store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

/* false: it made fewer calls than n. */
static bool press_reaches(struct sample *s, int64_t lead, int n, int kind, int *failures) {
	struct request *rq = sample_request(s, "ann");
	const char *before = whole_state(s);
	store_fault_at(s->store, n, kind);
	struct problem *p = press_once(s, rq, lead, "convert");
	bool reached = store_fault_at(s->store, 0, 0) >= n;
	assert_true(reached || !p);
	if (p) {
		assert_int_equal(problem_kinds[p->kind].status, 503);
		assert_string_equal(whole_state(s), before);
		wait_until_writing(s);
	}
	*failures += p != NULL;
	sample_end(rq);
	return reached;
}

static void every_call_fails_once(struct sample *s, int kind) {
	int n = 1, failures = 0;
	for (bool reached = true; reached && n < CALLS_MAX; n++) {
		int64_t lead = ready_lead(s, "ann", arena_printf(s->arena, "Company %d", n));
		reached = press_reaches(s, lead, n, kind, &failures);
	}
	assert_true(n < CALLS_MAX);
	assert_true(failures > (kind == FAULT_FULL ? 0 : n / 2));
}

static void with_io_errors(void **state) { every_call_fails_once(*state, FAULT_IO); }
static void with_a_full_disk(void **state) { every_call_fails_once(*state, FAULT_FULL); }

static int64_t number(struct sample *s, const char *sql) { return temp_store_int(s->store, sql); }

/* Told 503, and all of it is there. */
static void an_answer_lost_after_commit(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	struct request *rq = sample_request(s, "ann");
	store_fault_at(s->store, 1, FAULT_LOST);
	struct problem *p = press_once(s, rq, lead, "convert");
	store_fault_at(s->store, 0, 0);
	assert_non_null(p);
	assert_int_equal(problem_kinds[p->kind].status, 503);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_account"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_person"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_deal"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_lead WHERE rev = 3"), 1);
	sample_end(rq);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_io_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(with_a_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_lost_after_commit, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
