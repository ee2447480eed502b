/* concurrent: also runs under TSan */
/* Numbers in a row: 64 parallel writers with random refusals never get the same number, and leave
 * no gap; periods in the app's zone; more numbers than digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { WRITERS = 64, WRITES_EACH = 12 };

static const char bundle[] = "{\"files\":{"
			     "\"app.json\":{\"app\":\"nums\",\"version\":\"1\",\"languages\":["
			     "\"en\"],\"timezone\":\"Asia/Shanghai\"},"
			     "\"forms/bill.json\":{\"form\":\"bill\",\"fields\":["
			     "{\"name\":\"number\",\"type\":\"serial\",\"pattern\":[\"B\",{"
			     "\"counter\":4,\"gapless\":true}]},"
			     "{\"name\":\"daily\",\"type\":\"serial\",\"pattern\":[{\"date\":"
			     "\"YYYYMMDD\"},\"-\",{\"field\":\"title\"},\"-\","
			     "{\"counter\":1,\"reset\":\"day\",\"start\":5}]},"
			     "{\"name\":\"weekly\",\"type\":\"serial\",\"pattern\":[{\"date\":"
			     "\"YYYYMMDD\"},\"-\",{\"counter\":2,\"reset\":\"week\"}]},"
			     "{\"name\":\"title\",\"type\":\"text\",\"unique\":true}]}}}";

struct fixture {
	struct sample s;
	_Atomic int made, refused;
	_Atomic unsigned seed;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	sample_open(&f->s, a, bundle, false);
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	struct arena *a = f->s.arena;
	sample_close(&f->s);
	arena_free(a);
	return 0;
}

static struct problem *change_of_mind(struct tx *tx, struct write *w, void *arg) {
	(void)w, (void)arg;
	return PROBLEM(tx_arena(tx), CONFLICT, "conflict");
}

/* A third is refused after its number was taken, by the caller or by the unique index. */
static struct problem *write_one(struct fixture *f, struct request *rq, unsigned *seed,
				 unsigned n) {
	struct write w = { .op = WRITE_CREATE, .form = sample_form(&f->s, "bill"), .if_match = -1 };
	bool twin = rand_r(seed) % 6 == 0;
	const char *body =
		twin ? "{\"title\":\"twin\"}" : arena_printf(rq->arena, "{\"title\":\"t%u\"}", n);
	assert_ok(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	if (rand_r(seed) % 6 == 0) w.also = change_of_mind;
	return record_write(rq, f->s.store, rand_r(seed) % 2 ? LANE_BULK : LANE_INTERACTIVE, &w);
}

static void *writer(void *arg) {
	struct fixture *f = arg;
	unsigned me = atomic_fetch_add(&f->seed, 1), seed = me * 7919 + 1;
	for (unsigned i = 0; i < WRITES_EACH; i++) {
		struct request *rq = sample_request(&f->s, NULL);
		struct problem *p = write_one(f, rq, &seed, me * 1000 + i);
		atomic_fetch_add(p ? &f->refused : &f->made, 1);
		sample_end(rq);
	}
	return NULL;
}

static void parallel_writers_share_no_number_and_leave_no_gap(void **state) {
	struct fixture *f = *state;
	struct store *st = f->s.store;
	pthread_t threads[WRITERS];
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, writer, f), 0);
	for (size_t i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
	assert_int_equal(f->made + f->refused, WRITERS * WRITES_EACH);
	assert_true(f->made > 0 && f->refused > 0);
	assert_int_equal(temp_store_int(st, "SELECT count(*) FROM nums_bill"), f->made);
	assert_int_equal(temp_store_int(st, "SELECT count(DISTINCT number) FROM nums_bill"),
			 f->made);
	assert_int_equal(
		temp_store_int(st, "SELECT min(CAST(substr(number, 2) AS INTEGER)) FROM nums_bill"),
		1);
	assert_int_equal(
		temp_store_int(st, "SELECT max(CAST(substr(number, 2) AS INTEGER)) FROM nums_bill"),
		f->made);
}

static const char *numbers(struct sample *s, int64_t now_us, const char *title) {
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "bill"), .if_match = -1 };
	const char *body = arena_printf(rq->arena, "{\"title\":\"%s\"}", title);
	rq->now_us = now_us;
	assert_ok(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &w));
	struct str daily = w.after->values[form_field(w.form, STR("daily"))->index].as.s;
	struct str weekly = w.after->values[form_field(w.form, STR("weekly"))->index].as.s;
	const char *out =
		arena_printf(s->arena, "%.*s %.*s", (int)daily.n, daily.p, (int)weekly.n, weekly.p);
	sample_end(rq);
	return out;
}

static void periods_are_those_of_the_apps_zone(void **state) {
	struct fixture *f = *state;
	const int64_t day = INT64_C(86400000000);
	const int64_t sunday =
		INT64_C(1795881540000000); /* 2026-11-28T15:59:00Z, Saturday 23:59 in Shanghai */
	assert_string_equal(numbers(&f->s, sunday, "a"), "20261128-a-5 20261128-01");
	assert_string_equal(numbers(&f->s, sunday + 60000000, "b"), "20261129-b-5 20261129-02");
	assert_string_equal(numbers(&f->s, sunday + 60000001, "c"), "20261129-c-6 20261129-03");
	assert_string_equal(numbers(&f->s, sunday + day, "d"), "20261129-d-7 20261129-04");
	assert_string_equal(numbers(&f->s, sunday + day + 60000000, "e"),
			    "20261130-e-5 20261130-01");
}

static void more_numbers_than_digits_grow(void **state) {
	struct fixture *f = *state;
	const int64_t now = INT64_C(1795881540000000);
	for (int i = 5; i < 10; i++) numbers(&f->s, now, arena_printf(f->s.arena, "n%d", i));
	assert_string_equal(numbers(&f->s, now, "z"), "20261128-z-10 20261128-06");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(parallel_writers_share_no_number_and_leave_no_gap),
		TEST(periods_are_those_of_the_apps_zone),
		TEST(more_numbers_than_digits_grow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
