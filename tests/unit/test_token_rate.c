/* concurrent
 * The buckets of API tokens: exact however many threads draw, full again as time passes.
 * Ledger: P11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include "runtime/base/arena.h"
#include "runtime/base/compiler.h"
#include "runtime/host/token_rate.h"

#define SECOND INT64_C(1000000)
static const int64_t noon = INT64_C(1800000000) * SECOND;

struct buckets {
	struct arena *arena;
	struct token_rates *rates;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct buckets *b = arena_alloc(a, sizeof *b);
	*b = (struct buckets){ a, token_rates_new(a) };
	*state = b;
	return 0;
}

static int teardown(void **state) {
	arena_free(((struct buckets *)*state)->arena);
	return 0;
}

static int drawn(struct buckets *b, int64_t token, int64_t rate, int64_t now, int tries) {
	int n = 0;
	for (int i = 0; i < tries; i++) n += token_rates_take(b->rates, token, rate, now).allowed;
	return n;
}

static void a_bucket_holds_one_minute(void **state) {
	struct buckets *b = *state;
	static const int64_t rates[] = { 1, 7, 60, 6000, 600000 };
	for (size_t i = 0; i < ARRAY_LEN(rates); i++)
		assert_int_equal(drawn(b, (int64_t)i + 1, rates[i], noon, (int)rates[i] + 50),
				 rates[i]);
	assert_int_equal(token_rates_refused(b->rates), 5 * 50);
}

static void it_fills_evenly_and_no_further(void **state) {
	struct buckets *b = *state;
	assert_int_equal(drawn(b, 1, 60, noon, 100), 60);
	assert_int_equal(drawn(b, 1, 60, noon + SECOND - 1, 5), 0);
	assert_int_equal(drawn(b, 1, 60, noon + SECOND, 5), 1);
	assert_int_equal(drawn(b, 1, 60, noon + 11 * SECOND, 50), 10);
	assert_int_equal(drawn(b, 1, 60, noon + 3600 * SECOND, 100), 60);
}

static void it_tells_what_is_left_and_when(void **state) {
	struct buckets *b = *state;
	struct rate_verdict v = token_rates_take(b->rates, 1, 2, noon);
	assert_true(v.allowed);
	assert_int_equal(v.remaining, 1);
	assert_int_equal(v.wait_us, 30 * SECOND);
	assert_int_equal(token_rates_take(b->rates, 1, 2, noon).remaining, 0);
	v = token_rates_take(b->rates, 1, 2, noon + 10 * SECOND);
	assert_false(v.allowed);
	assert_int_equal(v.wait_us, 20 * SECOND);
}

static void tokens_do_not_share(void **state) {
	struct buckets *b = *state;
	assert_int_equal(drawn(b, 1, 3, noon, 10), 3);
	assert_int_equal(drawn(b, 2, 3, noon, 10), 3);
}

static void another_rate_begins_full(void **state) {
	struct buckets *b = *state;
	assert_int_equal(drawn(b, 1, 2, noon, 10), 2);
	assert_int_equal(drawn(b, 1, 3, noon, 10), 3);
}

static void a_clock_set_back_locks_nobody_out(void **state) {
	struct buckets *b = *state;
	assert_int_equal(drawn(b, 1, 3, noon, 10), 3);
	assert_int_equal(drawn(b, 1, 3, noon - 3600 * SECOND, 10), 3);
}

/* ---- drawn by several at once ---- */

enum { THREADS = 4, RATE = 5000 };
struct drawer {
	struct buckets *buckets;
	int allowed;
};

static void *draw(void *arg) {
	struct drawer *d = arg;
	d->allowed = drawn(d->buckets, 9, RATE, noon, RATE);
	return NULL;
}

static void threads_together_get_what_one_would(void **state) {
	struct drawer drawers[THREADS];
	pthread_t threads[THREADS];
	int all = 0;
	for (int i = 0; i < THREADS; i++) {
		drawers[i] = (struct drawer){ *state, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, draw, &drawers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		all += drawers[i].allowed;
	}
	assert_int_equal(all, RATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_bucket_holds_one_minute),
		TEST(it_fills_evenly_and_no_further),
		TEST(it_tells_what_is_left_and_when),
		TEST(tokens_do_not_share),
		TEST(another_rate_begins_full),
		TEST(a_clock_set_back_locks_nobody_out),
		TEST(threads_together_get_what_one_would),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
