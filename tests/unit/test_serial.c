/* concurrent: also runs under TSan */
/* F12, numbers in a row: 64 parallel writers with random refusals never get the same number, and
 * leave no gap; periods in the app's zone; more numbers than digits. */
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
			     "{\"name\":\"title\",\"type\":\"text\",\"unique\":true}]},"
			     "\"enums/stage.json\":{\"enum\":\"stage\",\"values\":[{\"value\":"
			     "\"draft\"},{\"value\":\"signed\"}]},"
			     "\"forms/deed.json\":{\"form\":\"deed\",\"fields\":["
			     "{\"name\":\"stage\",\"type\":\"enum\",\"enum\":\"stage\","
			     "\"default\":\"'draft'\"},{\"name\":\"note\",\"type\":\"text\"},"
			     "{\"name\":\"archive\",\"type\":\"serial\",\"at\":\"signed\","
			     "\"pattern\":[\"A-\",{\"counter\":3}]},"
			     "{\"name\":\"spoken\",\"type\":\"text\",\"formula\":\"'no. ' + "
			     "archive\"}],"
			     "\"transitions\":[{\"field\":\"stage\",\"from\":[\"draft\"],\"to\":"
			     "\"signed\"},{\"field\":\"stage\",\"from\":[\"signed\"],\"to\":"
			     "\"draft\"}]},"
			     "\"forms/ledger.json\":{\"form\":\"ledger\",\"fields\":["
			     "{\"name\":\"monthly\",\"type\":\"serial\",\"pattern\":[{\"date\":"
			     "\"YYYYMM\"},\"-\",{\"counter\":1,\"reset\":\"month\"}]},"
			     "{\"name\":\"yearly\",\"type\":\"serial\",\"pattern\":[{\"date\":"
			     "\"YYYY\"},\"-\",{\"counter\":1,\"reset\":\"year\"}]},"
			     "{\"name\":\"ever\",\"type\":\"serial\",\"pattern\":["
			     "{\"counter\":1,\"start\":3}]}]},"
			     "\"forms/tag.json\":{\"form\":\"tag\",\"fields\":["
			     "{\"name\":\"luhn\",\"type\":\"serial\",\"pattern\":[\"799273987\","
			     "{\"counter\":1},{\"check\":\"luhn\"}]},"
			     "{\"name\":\"iso\",\"type\":\"serial\",\"pattern\":[\"Az\","
			     "{\"counter\":3},{\"check\":\"mod97\"}]},"
			     "{\"name\":\"round\",\"type\":\"serial\",\"pattern\":[{\"date\":"
			     "\"YYYYMMDD\"},{\"counter\":1,\"start\":8,\"overflow\":\"restart\"}]},"
			     "{\"name\":\"few\",\"type\":\"serial\",\"pattern\":[\"F\",{"
			     "\"counter\":1,\"start\":6,\"overflow\":\"refuse\"}]}]}}}";

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

static void expect_ledger(struct sample *s, int64_t now_us, const char *want) {
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "ledger"), .if_match = -1 };
	rq->now_us = now_us;
	assert_ok(json_parse(rq->arena, STR("{}"), &json_limits_request, &w.body));
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &w));
	const char *names[] = { "monthly", "yearly", "ever" }, *got = "";
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str v = w.after->values[form_field(w.form, str_of(names[i]))->index].as.s;
		got = arena_printf(s->arena, "%s%s%.*s", got, i ? " " : "", (int)v.n, v.p);
	}
	assert_string_equal(got, want);
	sample_end(rq);
}

static void months_and_years_begin_anew_and_the_rest_goes_on(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	const int64_t month_end = INT64_C(1796054340000000); /* 2026-11-30 23:59 in Shanghai */
	const int64_t year_end = INT64_C(1798732740000000);  /* 2026-12-31 23:59 */
	const int64_t minute = 60000000;
	expect_ledger(s, month_end, "202611-1 2026-1 3");
	expect_ledger(s, month_end, "202611-2 2026-2 4");
	expect_ledger(s, month_end + minute, "202612-1 2026-3 5");
	expect_ledger(s, year_end, "202612-2 2026-4 6");
	expect_ledger(s, year_end + minute, "202701-1 2027-1 7");
}

static void more_numbers_than_digits_grow(void **state) {
	struct fixture *f = *state;
	const int64_t now = INT64_C(1795881540000000);
	for (int i = 5; i < 10; i++) numbers(&f->s, now, arena_printf(f->s.arena, "n%d", i));
	assert_string_equal(numbers(&f->s, now, "z"), "20261128-z-10 20261128-06");
}

/* ---- at a transition ---- */

static const char *of_deed(struct sample *s, const struct wrote *w) {
	return arena_printf(s->arena, "%s %s", part(s, w, "/archive"), part(s, w, "/spoken"));
}

static void a_number_comes_with_the_move_and_stays(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	struct wrote first = create(s, NULL, "deed", "{\"note\":\"a\"}");
	struct wrote second = create(s, NULL, "deed", "{\"note\":\"b\"}");
	struct wrote there = create(s, NULL, "deed", "{\"stage\":\"signed\"}");
	assert_string_equal(of_deed(s, &first), "null no. ");
	assert_string_equal(of_deed(s, &there), "A-001 no. A-001");
	second = update(s, NULL, "deed", second.id, -1, "{\"stage\":\"signed\"}");
	assert_string_equal(of_deed(s, &second), "A-002 no. A-002");
	second = update(s, NULL, "deed", second.id, -1, "{\"stage\":\"draft\"}");
	assert_string_equal(of_deed(s, &second), "A-002 no. A-002");
	second = update(s, NULL, "deed", second.id, -1, "{\"stage\":\"signed\",\"note\":\"c\"}");
	assert_string_equal(of_deed(s, &second), "A-002 no. A-002");
	first = update(s, NULL, "deed", first.id, -1, "{\"note\":\"d\"}");
	assert_string_equal(of_deed(s, &first), "null no. ");
}

static void nobody_writes_a_number(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	struct wrote w = create(s, NULL, "deed", "{\"stage\":\"signed\"}");
	const char *before = whole_state(s);
	struct wrote forged = update(s, NULL, "deed", w.id, -1, "{\"archive\":\"A-999\"}");
	assert_string_equal(forged.problem, "422 invalid; /archive read_only");
	forged = create(s, NULL, "deed", "{\"archive\":\"A-999\"}");
	assert_string_equal(forged.problem, "422 invalid; /archive read_only");
	assert_string_equal(whole_state(s), before);
}

/* ---- check digits and overflow ---- */

static void check_digits_guard_what_stands_before_them(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	struct wrote w = create(s, NULL, "tag", "{}");
	/* 7992739871 has the check digit 3: the example of ISO/IEC 7812-1's users. 1035001 % 97 =
	 * 11, 98 - 1100 % 97 = 65. */
	assert_string_equal(part(s, &w, "/luhn"), "79927398713");
	assert_string_equal(part(s, &w, "/iso"), "Az00165");
}

static void digits_that_are_used_up_restart_or_refuse(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	const char *rounds[] = { "8", "9", "8", "9" };
	for (size_t i = 0; i < ARRAY_LEN(rounds); i++) {
		/* The round number repeats within a day: the unique index refuses the third. */
		struct wrote w = create(s, NULL, "tag", "{}");
		assert_int_equal(w.ok, i < 2);
		if (w.ok) assert_string_equal(part(s, &w, "/round") + 8, rounds[i]);
		if (!w.ok) assert_string_equal(w.problem, "422 invalid; /round unique");
	}
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM nums_tag"), 2);
	assert_int_equal(
		temp_store_int(s->store, "SELECT value FROM counter WHERE key LIKE '%/few/'"), 7);
}

static struct problem *commit_few(struct tx *tx, void *arg) {
	return tx_exec(tx, "INSERT INTO counter VALUES ('nums_tag/few/', ?1)",
		       PARAMS(value_int(*(int64_t *)arg)), NULL);
}

static void run_few(struct sample *s, int64_t last) {
	assert_ok(store_write(s->store, LANE_INTERACTIVE, s->arena, commit_few, &last));
}

static void digits_that_must_not_grow_refuse_to_save(void **state) {
	struct sample *s = &((struct fixture *)*state)->s;
	run_few(s, 9);
	const char *before = whole_state(s);
	struct wrote w = create(s, NULL, "tag", "{}");
	assert_string_equal(w.problem, "422 invalid; /few serial_full");
	assert_string_equal(whole_state(s), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(parallel_writers_share_no_number_and_leave_no_gap),
		TEST(periods_are_those_of_the_apps_zone),
		TEST(months_and_years_begin_anew_and_the_rest_goes_on),
		TEST(more_numbers_than_digits_grow),
		TEST(a_number_comes_with_the_move_and_stays),
		TEST(nobody_writes_a_number),
		TEST(check_digits_guard_what_stands_before_them),
		TEST(digits_that_are_used_up_restart_or_refuse),
		TEST(digits_that_must_not_grow_refuse_to_save),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
