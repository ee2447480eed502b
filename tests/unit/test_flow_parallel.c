/* concurrent
 * One run, 64 people at once: approving, rejecting, withdrawing, transferring, returning, editing;
 * and the moment of a timer that is the moment of a verdict. Always one outcome, and a history
 * without gaps in which each line follows from the one before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "engines/flow/run_store.h"
#include "engines/form/record_write.h"
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

enum {
	ACTORS = 64,
	ROUNDS = 20,
	RACES = 10000,
	RACES_USUAL = 1000 /* all of them in the deep run */
};

struct actor {
	struct side *side;
	struct wish wish;
	bool edit;
	bool done;
	pthread_t thread;
	pthread_barrier_t *begin;
	char code[32];
};

static struct problem *edit_bill(struct side *side, int64_t record, struct arena *keep) {
	struct request *rq = sample_request(&side->s, "ann");
	struct write w = {
		.op = WRITE_UPDATE, .form = side->s.app->forms[0], .id = record, .if_match = -1
	};
	assert_ok(json_parse(rq->arena, STR("{\"what\": \"y\"}"), &json_limits_request, &w.body));
	struct problem *p = record_write(rq, side->s.store, LANE_INTERACTIVE, &w);
	p = p ? problem_copy(keep, p) : NULL;
	sample_end(rq);
	return p;
}

static void *act(void *arg) {
	struct actor *actor = arg;
	struct arena *a = arena_new(0);
	pthread_barrier_wait(actor->begin);
	struct problem *p = actor->edit ? edit_bill(actor->side, actor->wish.record, a)
					: approving_send(actor->side, &actor->wish, a);
	actor->done = !p;
	if (p) strncpy(actor->code, p->code, sizeof actor->code - 1);
	arena_free(a);
	return NULL;
}

static int64_t number(struct side *side, const char *sql) {
	struct arena *a = arena_new(0);
	struct tx *tx;
	int64_t n;
	assert_ok(tx_read(side->s.store, a, &tx));
	assert_ok(tx_end(tx, tx_int(tx, sql, PARAMS(value_int(side->run)), &n, NULL)));
	arena_free(a);
	return n;
}

static void check_history(struct side *side) {
	assert_int_equal(
		number(side, "SELECT count(*) - max(seq) FROM sys_flow_log WHERE run = ?1"), 0);
	assert_int_equal(
		number(side,
		       "SELECT (SELECT count(*) FROM sys_flow_task WHERE run = r.id AND state IN "
		       "('open', 'held') AND kind <> 'cc') > 0 = (r.state = 'running') "
		       "FROM sys_flow_run r WHERE id = ?1"),
		1);
}

static void check_chains(struct side *side) {
	int64_t runs, bad_run, bad_seq;
	struct arena *a = arena_new(0);
	struct tx *tx;
	assert_ok(tx_read(side->s.store, a, &tx));
	assert_ok(tx_end(tx, run_log_verify(tx, &runs, &bad_run, &bad_seq)));
	assert_int_equal(bad_run, 0);
	arena_free(a);
}

static const struct {
	enum act_kind act;
	int64_t task;
	const char *login, *body;
} acts[] = { { ACT_APPROVE, 1, "ann", "{}" },
	     { ACT_REJECT, 1, "ann", "{}" },
	     { ACT_RETURN, 1, "ann", "{}" },
	     { ACT_WITHDRAW, 0, "ann", "{}" },
	     { ACT_TRANSFER, 1, "ann", "{\"who\": \"eve\"}" },
	     { ACT_TERMINATE, 0, "root", "{}" },
	     { ACT_APPROVE, 1, "ann", "{\"fields\": {\"amount\": 5}}" } };

static void one_outcome(void **state) {
	struct arena *a = arena_new(0);
	struct side side;
	(void)state;
	approving_open(&side, a);
	for (int round = 0; round < ROUNDS; round++) {
		struct wish start = { .begin = true, .login = "ann", .record = 1000 + round };
		struct actor actors[ACTORS];
		pthread_barrier_t begin;
		int verdicts = 0;
		approving_bill(&side, a, start.record, 60);
		assert_ok(approving_send(&side, &start, a));
		pthread_barrier_init(&begin, NULL, ACTORS);
		for (int i = 0; i < ACTORS; i++) {
			size_t k = (size_t)(i * 7 + round) % (ARRAY_LEN(acts) + 1);
			actors[i] = (struct actor){ .side = &side,
						    .begin = &begin,
						    .edit = k == ARRAY_LEN(acts) };
			actors[i].wish.record = start.record;
			if (!actors[i].edit)
				actors[i].wish = (struct wish){ .act = acts[k].act,
								.task = acts[k].task,
								.login = acts[k].login,
								.body = acts[k].body,
								.record = start.record };
			assert_int_equal(pthread_create(&actors[i].thread, NULL, act, &actors[i]),
					 0);
		}
		for (int i = 0; i < ACTORS; i++) {
			pthread_join(actors[i].thread, NULL);
			bool verdict = !actors[i].edit && actors[i].wish.task == 1 &&
				       actors[i].wish.act <= ACT_RETURN;
			verdicts += verdict && actors[i].done;
		}
		pthread_barrier_destroy(&begin);
		assert_true(verdicts <= 1);
		assert_int_equal(
			number(&side, "SELECT count(*) FROM sys_flow_log WHERE run = ?1 AND task = "
				      "1 AND act IN ('approve', 'reject', 'return')"),
			verdicts);
		check_history(&side);
	}
	check_chains(&side);
	sample_close(&side.s);
	arena_free(a);
}

/* ---- a timer and a verdict in the same moment ---- */

struct timer {
	struct side *side;
	pthread_barrier_t *begin;
	int64_t due_us;
	bool fired;
};

static struct problem *fire_commit(struct tx *tx, void *arg) {
	struct timer *t = arg;
	struct request *rq = sample_request(&t->side->s, NULL);
	struct flow_firing what = { .run = t->side->run, .task = 1, .due_us = t->due_us };
	rq->now_us = t->due_us;
	struct problem *p = flow_fire(tx, rq, t->side->s.store, &what, &t->fired);
	assert_null(p);
	sample_end(rq);
	return NULL;
}

static void *fire(void *arg) {
	struct timer *t = arg;
	struct arena *a = arena_new(0);
	pthread_barrier_wait(t->begin);
	assert_ok(store_write(t->side->s.store, LANE_INTERACTIVE, a, fire_commit, t));
	arena_free(a);
	return NULL;
}

static void race(struct side *side, struct arena *a, int64_t record, int *timers) {
	struct wish start = { .begin = true, .login = "ann", .record = record };
	struct actor actor = { .side = side };
	struct timer timer = { .side = side };
	pthread_barrier_t begin;
	pthread_t thread;
	approving_bill(side, a, record, 60);
	assert_ok(approving_send(side, &start, a));
	timer.due_us = number(side, "SELECT next_at FROM sys_flow_task WHERE run = ?1 AND n = 1");
	assert_true(timer.due_us > 0);
	pthread_barrier_init(&begin, NULL, 2);
	timer.begin = actor.begin = &begin;
	actor.wish = (struct wish){
		.act = ACT_APPROVE, .task = 1, .login = "ann", .body = "{}", .record = record
	};
	pthread_create(&actor.thread, NULL, act, &actor);
	pthread_create(&thread, NULL, fire, &timer);
	pthread_join(actor.thread, NULL);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&begin);
	assert_int_equal(actor.done + timer.fired, 1);
	if (!actor.done) assert_string_equal(actor.code, "flow_over");
	*timers += timer.fired;
	check_history(side);
}

static void a_timer_and_a_verdict(void **state) {
	const char *depth = getenv("TENON_DEPTH");
	int n = depth && atoi(depth) > 1 ? RACES : RACES_USUAL, timers = 0;
	struct arena *a = arena_new(0);
	struct side side;
	(void)state;
	approving_open(&side, a);
	for (int i = 0; i < n; i++) race(&side, a, 100000 + i, &timers);
	assert_true(timers > 0 && timers < n);
	check_chains(&side);
	sample_close(&side.s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_outcome),
					    cmocka_unit_test(a_timer_and_a_verdict) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
