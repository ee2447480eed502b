/* concurrent -- the pool: one owner never has all threads, owners take turns, everything queued is
 * done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/host/pool.h"

enum { TASKS = 12, PATIENCE_US = 20000000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open_now;
static atomic_int held, noted, done;
static int order[TASKS];

static void hold(void *arg) {
	(void)arg;
	atomic_fetch_add(&held, 1);
	pthread_mutex_lock(&gate);
	while (!open_now) pthread_cond_wait(&opened, &gate);
	pthread_mutex_unlock(&gate);
	atomic_fetch_add(&done, 1);
}

/* Done is said after the note: who waits for it may read the order. */
static void note(void *arg) {
	order[atomic_fetch_add(&noted, 1)] = *(int *)arg;
	atomic_fetch_add(&done, 1);
}

static void let_go(void) {
	pthread_mutex_lock(&gate);
	open_now = true;
	pthread_cond_broadcast(&opened);
	pthread_mutex_unlock(&gate);
}

static void wait_for(atomic_int *what, int n) {
	int64_t until = clock_mono() + PATIENCE_US;
	while (atomic_load(what) < n && clock_mono() < until) usleep(1000);
	assert_int_equal(atomic_load(what), n);
}

static int setup(void **state) {
	(void)state;
	open_now = false;
	atomic_store(&held, 0);
	atomic_store(&noted, 0);
	atomic_store(&done, 0);
	return 0;
}

static void one_owner_leaves_a_thread_to_others(void **state) {
	struct pool_task slow[3], quick;
	int mark = 7;
	(void)state;
	struct pool *p = pool_new(2);
	for (size_t i = 0; i < 3; i++) {
		slow[i] = (struct pool_task){ .run = hold, .owner = 1 };
		pool_submit(p, &slow[i]);
	}
	wait_for(&held, 1);
	quick = (struct pool_task){ .run = note, .arg = &mark, .owner = 2 };
	pool_submit(p, &quick);
	wait_for(&done, 1); /* while the slow ones hold */
	assert_int_equal(order[0], 7);
	assert_int_equal(atomic_load(&held), 1);
	assert_int_equal(pool_waiting(p), 2);
	let_go();
	pool_free(p);
	assert_int_equal(atomic_load(&done), 4);
}

/* One thread; the first task holds it while the rest line up. */
static void owners_take_turns(void **state) {
	struct pool_task first = { .run = hold, .owner = 9 }, tasks[6];
	static int marks[6] = { 10, 11, 12, 20, 21, 30 };
	static const int turns[6] = { 10, 20, 30, 11, 21, 12 };
	(void)state;
	struct pool *p = pool_new(1);
	pool_submit(p, &first);
	wait_for(&held, 1);
	for (size_t i = 0; i < 6; i++) {
		tasks[i] = (struct pool_task){ .run = note,
					       .arg = &marks[i],
					       .owner = (uint64_t)marks[i] / 10 };
		pool_submit(p, &tasks[i]);
	}
	let_go();
	wait_for(&done, 7);
	for (size_t i = 0; i < 6; i++) assert_int_equal(order[i], turns[i]);
	pool_free(p);
}

static void freeing_finishes_what_is_queued(void **state) {
	struct pool_task tasks[TASKS];
	static int marks[TASKS];
	(void)state;
	struct pool *p = pool_new(3);
	for (size_t i = 0; i < TASKS; i++) {
		tasks[i] = (struct pool_task){ .run = note, .arg = &marks[i], .owner = i % 2 };
		pool_submit(p, &tasks[i]);
	}
	pool_free(p);
	assert_int_equal(atomic_load(&done), TASKS);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_owner_leaves_a_thread_to_others, setup),
		cmocka_unit_test_setup(owners_take_turns, setup),
		cmocka_unit_test_setup(freeing_finishes_what_is_queued, setup)
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
