/* Signer after signer after signer: a chain of a thousand is walked in the time of a thousand
 * commands (each costs what its run has tasks, not their square or cube), and has an end: 409
 * flow_tasks_many, flow_returns_many; the run still comes to its own end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>
#include "engines/flow/command.h"

enum { PEOPLE = 1100 };

static struct user users[PEOPLE];
static const struct user *by_id[PEOPLE];
static struct directory people = { .users = users, .user_count = PEOPLE, .users_by_id = by_id };
static struct app app = { .name = "chain" };
static const struct return_place to_start[] = { { RETURN_START, NULL } };
static struct flow flow = { .app = &app };
static struct step step = { .id = "one",
			    .kind = STEP_APPROVE,
			    .label = { "one", "one" },
			    .mode = { MODE_ALL, false, 0, 1 },
			    .in = &flow.root,
			    .allow = ALLOW_ADD_AFTER | ALLOW_ADD_BEFORE | ALLOW_DELEGATE |
				     ALLOW_CC | ALLOW_RETURN,
			    .return_to = to_start,
			    .return_count = 1 };
static const struct step *const steps[] = { &step };

static struct problem *ask_first(void *context, const struct run *run, const struct step *s,
				 struct asked_list *out) {
	(void)context, (void)s;
	out->items = arena_alloc(run->arena, sizeof *out->items);
	out->items[out->n++] = (struct asked){ .user = 1, .weight = 1 };
	return NULL;
}

static struct problem *never_due(void *context, const struct step *s, struct task *task) {
	(void)context, (void)s;
	task->due_us = INT64_MAX;
	return NULL;
}

static const struct world world = { .people = ask_first, .due = never_due };

static struct run begun(struct arena *a) {
	struct run run = { .arena = a,
			   .flow = &flow,
			   .people = &people,
			   .id = 1,
			   .starter = PEOPLE,
			   .now_us = 1 };
	assert_null(run_begin(&run, &world));
	return run;
}

static const struct task *open_one(const struct run *run) {
	for (size_t i = run->task_count; i--;)
		if (run->tasks[i].state == TASK_OPEN && run->tasks[i].kind != TASK_CC)
			return &run->tasks[i];
	fail();
	return NULL;
}

static struct problem *give(struct run *run, enum act_kind act, int32_t who,
			    enum task_origin where) {
	const struct task *t = open_one(run);
	const struct user *other = who ? &users[who - 1] : NULL;
	struct command c = { .act = act,
			     .task = t->n,
			     .actor = &users[t->actor - 1],
			     .who = &other,
			     .who_count = who != 0,
			     .where = where,
			     .to_start = true };
	run->now_us++;
	run->walked = 0;
	return run_command(run, &world, &c);
}

static void a_chain_has_an_end_and_its_time(void **state) {
	static const enum task_origin ways[] = { ORIGIN_AFTER, ORIGIN_BEFORE };
	(void)state;
	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		struct arena *a = arena_new(0);
		struct run run = begun(a);
		clock_t begun_at = clock(); /* of the processor */
		for (int32_t who = 2; who <= ROUND_TASKS_MAX; who++) {
			assert_null(give(&run, ACT_ADD, who, ways[way]));
			if (ways[way] == ORIGIN_AFTER)
				assert_null(give(&run, ACT_APPROVE, 0, ORIGIN_RULE));
		}
		struct problem *p = give(&run, ACT_ADD, ROUND_TASKS_MAX + 1, ways[way]);
		assert_non_null(p);
		assert_string_equal(p->code, "flow_tasks_many");
		p = give(&run, ACT_CC, ROUND_TASKS_MAX + 1, ORIGIN_RULE);
		assert_string_equal(p->code, "flow_tasks_many");
		assert_int_equal(run.task_count, ROUND_TASKS_MAX);
		while (run.state == RUN_RUNNING) assert_null(give(&run, ACT_APPROVE, 0, 0));
		assert_int_equal(run.state, RUN_APPROVED);
		assert_true(clock() - begun_at < 5 * CLOCKS_PER_SEC);
		print_message("%zu tasks: %.0f ms\n", run.task_count,
			      (double)(clock() - begun_at) * 1000 / CLOCKS_PER_SEC);
		arena_free(a);
	}
}

/* The same adviser again and again is no second vote; that has an end, too. */
static void advice_has_an_end(void **state) {
	struct arena *a = arena_new(0);
	struct run run = begun(a);
	(void)state;
	for (int i = 1; i < ROUND_TASKS_MAX; i++) {
		assert_null(give(&run, ACT_DELEGATE, 2, ORIGIN_DELEGATE));
		assert_null(give(&run, ACT_COMPLETE, 0, ORIGIN_RULE));
	}
	struct problem *p = give(&run, ACT_DELEGATE, 2, ORIGIN_DELEGATE);
	assert_non_null(p);
	assert_string_equal(p->code, "flow_tasks_many");
	assert_null(give(&run, ACT_APPROVE, 0, ORIGIN_RULE));
	assert_int_equal(run.state, RUN_APPROVED);
	arena_free(a);
}

static void returning_has_an_end(void **state) {
	struct arena *a = arena_new(0);
	struct run run = begun(a);
	(void)state;
	while (run.task_count < RUN_TASKS_MAX) {
		assert_null(give(&run, ACT_RETURN, 0, ORIGIN_RULE));
		assert_null(give(&run, ACT_RESUBMIT, 0, ORIGIN_RULE));
	}
	size_t before = run.task_count;
	struct problem *p = give(&run, ACT_RETURN, 0, ORIGIN_RULE);
	assert_non_null(p);
	assert_string_equal(p->code, "flow_returns_many");
	assert_int_equal(run.task_count, before);
	assert_null(give(&run, ACT_APPROVE, 0, ORIGIN_RULE));
	assert_int_equal(run.state, RUN_APPROVED);
	arena_free(a);
}

int main(void) {
	flow.root = (struct step_list){ .steps = steps, .n = 1 };
	flow.steps = steps;
	flow.step_count = 1;
	for (int32_t i = 0; i < PEOPLE; i++) {
		users[i] = (struct user){ .id = i + 1, .login = "u", .label = "u", .active = true };
		by_id[i] = &users[i];
	}
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_chain_has_an_end_and_its_time),
					    cmocka_unit_test(advice_has_an_end),
					    cmocka_unit_test(returning_has_an_end) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
