/* Random flows, random people, random acts: the engine's walk (flat tokens, joins that look at
 * them) and a naive interpreter (a table walked anew each time, naive_flow.c, written by somebody
 * who had not seen the engine) ask the same people at every moment, refuse the same, know the same
 * decision that may still be taken back, and come to the same end, which whoever is asked can
 * always reach; and the invariants of engines/flow/run.h hold after every command. At least 20,000
 * runs; TENON_DEPTH multiplies them, TENON_SEED repeats one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "engines/flow/world.h"
#include "runtime/base/zone.h"
#include "runtime/store/proxies.h"
#include "tests/property/naive_flow.h"
#include "tests/property/random_flow.h"

enum { RUNS = 20000, COMMANDS = 40 };

static const int32_t admins[] = { USERS - 1, USERS };
static const struct zone *zone;
static size_t commands, refusals;

/* ---- the world both live in ---- */

static unsigned record;
static struct user users[USERS + 1];
static const struct user *by_id[USERS];
static struct directory people = { .users = users + 1, .user_count = USERS, .users_by_id = by_id };

static bool bit(const struct expr *e) { return record >> (uintptr_t)e & 1; }

static struct problem *world_test(void *context, const struct expr *e, bool *out) {
	(void)context;
	*out = bit(e);
	return NULL;
}

static int32_t user_of(const char *login) { return login[1] - '0'; }

static int step_people(const struct step *s, struct naive_signer *out) {
	for (size_t i = 0; i < s->who.n; i++)
		out[i] = (struct naive_signer){ .user = user_of(s->who.items[i].name),
						.weight = s->who.items[i].weight };
	return (int)s->who.n;
}

/* Rules and policies are the product's own; only proxies do not come from the store. */
static int32_t proxy_of(int32_t user) { return proxies[user]; }

struct problem *__wrap_proxy_resolve(struct tx *tx, const struct directory *d,
				     const struct user *user, const char *flow, int64_t day,
				     struct proxy_answer *out);
struct problem *__wrap_proxy_resolve(struct tx *tx, const struct directory *d,
				     const struct user *user, const char *flow, int64_t day,
				     struct proxy_answer *out) {
	(void)tx;
	(void)d;
	(void)flow;
	(void)day;
	*out = (struct proxy_answer){ .asked = &users[proxies[user->id]] };
	return NULL;
}

static struct problem *world_people(void *context, const struct run *run, const struct step *step,
				    struct asked_list *out) {
	struct request rq = { .arena = run->arena, .directory = &people, .now_us = run->now_us };
	struct flow_world fw = { .rq = &rq, .run = (struct run *)(uintptr_t)run };
	(void)context;
	return flow_people(&fw, run, step, out);
}

static struct problem *world_deputy(void *context, const struct run *run, const struct task *task,
				    const struct due_rule *rule, int32_t *out) {
	struct request rq = { .arena = run->arena, .directory = &people, .now_us = run->now_us };
	struct flow_world fw = { .rq = &rq, .run = (struct run *)(uintptr_t)run };
	(void)context;
	return flow_deputy(&fw, run, task, rule, out);
}

static int32_t above_of(int32_t user) {
	const struct user *u = directory_superior(&users[user]);
	return u ? u->id : 0;
}

static struct problem *world_act(void *context, struct run *run, const struct step *step) {
	(void)context;
	(void)run;
	(void)step;
	return NULL;
}

static struct problem *world_due(void *context, const struct step *step, struct task *task) {
	(void)context;
	(void)step;
	task->due_us = 1;
	return NULL;
}

static struct problem *world_awaited(void *context, const struct run *run, const struct step *step,
				     bool *out) {
	(void)run;
	return world_test(context, step->until, out);
}

static const struct world world = { .test = world_test,
				    .people = world_people,
				    .act = world_act,
				    .due = world_due,
				    .deputy = world_deputy,
				    .awaited = world_awaited };

static bool is_open(const struct task *t) { return t->state == TASK_OPEN && t->kind != TASK_CC; }

/* ---- the invariants of run.h ---- */

/* Asked, or with a verdict that counts: not of somebody who was asked for advice alone, nor for
 * somebody who is not needed. */
static bool is_part(const struct run *run, const struct task *t) {
	if (t->kind == TASK_CC || t->state == TASK_VOID) return false;
	if (task_live(t)) return true;
	if (t->origin == ORIGIN_DELEGATE) return false;
	while (t->origin == ORIGIN_BEFORE || t->origin == ORIGIN_AFTER) {
		t = &run->tasks[t->parent - 1];
		if (t->state == TASK_VOID) return false;
	}
	return true;
}

/* One person, one vote: no two counted verdicts, and nobody is asked who has given one. */
static void check_one_vote(const struct run *run, const struct task *t) {
	if (!is_part(run, t)) return;
	for (int64_t k = 1; k < t->n; k++) {
		const struct task *o = &run->tasks[k - 1];
		assert_false(o->actor == t->actor && task_of(o, t->step, t->round) &&
			     is_part(run, o));
	}
}

static void check_invariants(struct run *run) {
	if (run->state != RUN_RUNNING) assert_int_equal(run->token_count, 0);
	if (run->state == RUN_RUNNING) assert_true(run->token_count > 0);
	for (size_t i = 0; i < run->token_count; i++) {
		size_t live = 0;
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(run->tokens[i].step, run->tokens[k].step);
		for (size_t k = 0; k < run->task_count; k++)
			live += task_of(&run->tasks[k], run->tokens[i].step,
					run->tokens[i].round) &&
				run->tasks[k].state == TASK_OPEN;
		assert_true(live > 0);
	}
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		size_t owners = 0;
		assert_int_equal(t->n, i + 1);
		check_one_vote(run, t);
		if (!task_live(t) || t->kind == TASK_CC) continue;
		for (size_t k = 0; k < run->token_count; k++)
			owners += task_of(t, run->tokens[k].step, run->tokens[k].round);
		assert_int_equal(owners, 1);
	}
}

/* ---- the same people are asked ---- */

struct asking {
	char lines[256][32];
	size_t n;
};

static void note(struct asking *a, const struct step *s, int32_t user) {
	assert_true(a->n < ARRAY_LEN(a->lines));
	snprintf(a->lines[a->n++], sizeof a->lines[0], "%s %d", s ? s->id : "start", user);
}

static void note_naive(void *arg, const struct step *s, int32_t user) { note(arg, s, user); }

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

static void check_same(const struct run *run, struct naive *n) {
	struct asking engine = { .n = 0 }, naive = { .n = 0 };
	assert_int_equal(run->state, n->now.state);
	if (run->state == RUN_RUNNING) assert_int_equal(run->undo.task != 0, n->may_take_back);
	for (size_t i = 0; i < run->task_count; i++)
		if (is_open(&run->tasks[i])) note(&engine, run->tasks[i].step, run->tasks[i].actor);
	naive_asked(n, note_naive, &naive);
	qsort(engine.lines, engine.n, sizeof engine.lines[0], by_text);
	qsort(naive.lines, naive.n, sizeof naive.lines[0], by_text);
	for (size_t i = 0; i < engine.n && i < naive.n; i++)
		assert_string_equal(engine.lines[i], naive.lines[i]);
	assert_int_equal(engine.n, naive.n);
}

/* ---- random acts ---- */

static struct task *random_open(struct run *run) {
	size_t open = 0, which;
	for (size_t i = 0; i < run->task_count; i++) open += is_open(&run->tasks[i]);
	if (!open) return NULL;
	which = rnd((unsigned)open);
	for (size_t i = 0; i < run->task_count; i++)
		if (is_open(&run->tasks[i]) && which-- == 0) return &run->tasks[i];
	return NULL;
}

/* How many are asked there, or are to be; of somebody: whether he is. */
static size_t live_at(const struct run *run, const struct task *at, int32_t user) {
	size_t n = 0;
	for (size_t i = 0; i < run->task_count; i++)
		n += task_live(&run->tasks[i]) && (!user || run->tasks[i].actor == user) &&
		     task_of(&run->tasks[i], at->step, at->round);
	return n;
}

static const struct step *random_people_step(const struct flow *flow) {
	for (int i = 0; i < 50; i++) {
		const struct step *s = flow->steps[rnd((unsigned)flow->step_count)];
		if (people_step(s)) return s;
	}
	return NULL;
}

static void give(struct run *run, const struct command *c) {
	struct problem *p = run_command(run, &world, c);
	if (p) print_error("%s: %s\n", act_names[c->act], p->code);
	assert_null(p);
}

static void give_or_not(struct run *run, const struct command *c, bool done) {
	if (done) {
		give(run, c);
		return;
	}
	struct problem *p = run_command(run, &world, c);
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_CONFLICT);
}

static void vote(struct run *run, struct naive *n, const struct task *t, bool yes) {
	struct command c = { .act = yes ? ACT_APPROVE : ACT_REJECT,
			     .task = t->n,
			     .actor = &users[t->actor] };
	const struct step *s = t->step;
	int32_t user = t->actor;
	if (t->kind == TASK_HANDLE) {
		c.act = ACT_COMPLETE;
		yes = true;
	}
	give(run, &c);
	naive_vote(n, s, user, yes);
}

static void send_back(struct run *run, struct naive *n, const struct task *t) {
	const struct return_place *place =
		&t->step->return_to[rnd((unsigned)t->step->return_count)];
	struct command c = { .act = ACT_RETURN,
			     .task = t->n,
			     .actor = &users[t->actor],
			     .to = place->step,
			     .to_start = !place->step };
	const struct step *from = t->step;
	if (t->origin == ORIGIN_DELEGATE) return;
	give(run, &c);
	naive_return(n, from, place->step);
}

static bool may_not_judge(const struct step *s, int32_t user) {
	return user == STARTER && s->kind == STEP_APPROVE && s->policies.on_self != ON_SELF_SELF;
}

/* Now and then two are added at once. */
static int32_t one_more(struct naive *n, const struct step *s, int32_t other) {
	int32_t second = (int32_t)(1 + rnd(USERS));
	bool may = second != other && !may_not_judge(s, second) && !naive_has_part(n, s, second);
	return may && rnd(2) ? second : 0;
}

static void other_hands(struct run *run, struct naive *n, const struct task *t, enum act_kind act) {
	static const enum task_origin wheres[] = { ORIGIN_BEFORE, ORIGIN_AFTER, ORIGIN_PARALLEL };
	int32_t other = (int32_t)(1 + rnd(USERS));
	const struct user *who[2] = { &users[other] };
	const struct step *s = t->step;
	int32_t user = t->actor;
	struct command c = { .act = act,
			     .task = t->n,
			     .actor = &users[user],
			     .who = who,
			     .who_count = 1,
			     .where = wheres[rnd(3)] };
	if (t->origin == ORIGIN_DELEGATE) return;
	if (act == ACT_REMOVE && !live_at(run, t, other)) return;
	if (act == ACT_REMOVE) {
		give_or_not(run, &c, naive_remove(n, s, other));
		return;
	}
	if (act == ACT_TRANSFER && other != user && rnd(3) == 0) {
		c.actor = NULL;
		give(run, &c);
		naive_leave(n, s, user, other);
		return;
	}
	if (naive_has_part(n, s, other)) { /* nobody gets a second vote */
		refusals++;
		give_or_not(run, &c, false);
		return;
	}
	if (act != ACT_DELEGATE && may_not_judge(s, other)) {
		give_or_not(run, &c, false);
		return;
	}
	if (act != ACT_TRANSFER && live_at(run, t, 0) > 8) return;
	int32_t second = act == ACT_ADD ? one_more(n, s, other) : 0;
	if (second) who[c.who_count++] = &users[second];
	give(run, &c);
	if (act == ACT_TRANSFER)
		naive_transfer(n, s, user, other);
	else
		naive_add(n, s, user, other, act == ACT_ADD ? c.where : ORIGIN_DELEGATE);
	if (second) naive_add(n, s, user, second, c.where);
}

static void above(struct run *run, struct naive *n) {
	struct command c = { .act = ACT_JUMP, .actor = &users[USERS] };
	switch (rnd(12)) {
	case 0:
		c.act = ACT_TERMINATE;
		give(run, &c);
		naive_end(n, RUN_TERMINATED);
		break;
	case 1:
		c = (struct command){ .act = ACT_WITHDRAW, .actor = &users[STARTER] };
		give(run, &c);
		naive_end(n, RUN_WITHDRAWN);
		break;
	default:
		c.to = random_people_step(run->flow);
		if (!c.to) return;
		give(run, &c);
		naive_jump(n, c.to);
	}
}

static void take_back(struct run *run, struct naive *n) {
	struct command c = { .act = ACT_TAKE_BACK, .task = run->undo.task };
	if (!c.task || !n->may_take_back) return;
	c.actor = &users[run_task(run, c.task)->actor];
	give(run, &c);
	naive_take_back(n);
}

static void resubmit(struct run *run, struct naive *n, const struct task *t) {
	struct command c = { .act = ACT_RESUBMIT, .task = t->n, .actor = &users[STARTER] };
	give(run, &c);
	naive_resubmit(n);
}

static void due(struct run *run, struct naive *n, const struct task *t) {
	struct command c = { .act = ACT_DUE, .task = t->n };
	const struct step *s = t->step;
	int32_t user = t->actor;
	give(run, &c);
	if (s->kind == STEP_WAIT)
		naive_wake(n, s);
	else if (s->on_due->act == DUE_ESCALATE || s->on_due->act == DUE_TRANSFER)
		naive_hand_up(n, s, user, s->on_due->act == DUE_ESCALATE);
	else
		naive_due(n, s, user, s->on_due->act == DUE_PASS);
}

static void random_act(struct run *run, struct naive *n) {
	static const enum act_kind acts[] = { ACT_TRANSFER, ACT_DELEGATE, ACT_ADD,
					      ACT_ADD,      ACT_ADD,      ACT_REMOVE };
	struct task *t = random_open(run);
	unsigned what = rnd(100);
	assert_non_null(t);
	if (rnd(4) == 0) record = rnd(256);
	if (what >= 96) {
		above(run, n);
	} else if (!t->step) {
		resubmit(run, n, t);
	} else if (t->kind == TASK_WAIT || what >= 94) {
		due(run, n, t);
	} else if (what < 50) {
		vote(run, n, t, true);
	} else if (what < 58) {
		vote(run, n, t, false);
	} else if (what < 66) {
		send_back(run, n, t);
	} else if (what < 72) {
		take_back(run, n);
	} else {
		other_hands(run, n, t, acts[rnd(ARRAY_LEN(acts))]);
	}
}

/* Whoever is asked can always bring the run to its end. */
static void agree(struct run *run, struct naive *n) {
	struct task *t = random_open(run);
	if (!t->step)
		resubmit(run, n, t);
	else if (t->kind == TASK_WAIT)
		due(run, n, t);
	else
		vote(run, n, t, true);
}

static void one_run(uint64_t from) {
	struct arena *a = arena_new(0);
	random_seed = from;
	record = rnd(256);
	struct flow *flow = make_flow(a, zone);
	struct dept dept = { .id = 1, .name = "d", .head = rnd(2) ? &users[1 + rnd(3)] : NULL };
	users[STARTER].dept = &dept;
	users[STARTER].superior = rnd(2) ? &users[2] : NULL;
	for (unsigned i = STARTER + 1; i < USERS; i++)
		users[i].superior = rnd(3) ? &users[i + 1 + rnd(USERS - i)] : NULL;
	struct run run = { .arena = a,
			   .flow = flow,
			   .people = &people,
			   .id = 1,
			   .rev = 1,
			   .starter = STARTER,
			   .now_us = 1 };
	const struct user *above = directory_superior(&users[STARTER]);
	struct naive n = { .flow = flow,
			   .starter = STARTER,
			   .test = bit,
			   .people = step_people,
			   .user = user_of,
			   .proxy = proxy_of,
			   .above = above_of,
			   .admins = admins,
			   .admin_count = ARRAY_LEN(admins),
			   .superior = above ? above->id : 0,
			   .head = dept.head ? dept.head->id : 0 };
	assert_null(run_begin(&run, &world));
	naive_start(&n);
	for (int i = 0; i < COMMANDS + 1000; i++) {
		check_invariants(&run);
		check_same(&run, &n);
		if (run.state != RUN_RUNNING) break;
		run.walked = 0;
		run.now_us++;
		if (i == COMMANDS) record = 1u << AWAITED; /* no case that goes back holds */
		if (i < COMMANDS)
			random_act(&run, &n);
		else
			agree(&run, &n);
		commands++;
	}
	assert_int_not_equal(run.state, RUN_RUNNING);
	arena_free(a);
}

static uint64_t failing;

static void runs_agree(void **state) {
	const char *depth = getenv("TENON_DEPTH"), *only = getenv("TENON_SEED");
	size_t runs = RUNS * (depth ? strtoul(depth, NULL, 10) : 1);
	(void)state;
	for (size_t i = 0; i < runs; i++) {
		failing = only ? strtoull(only, NULL, 10) : (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
		one_run(failing);
		if (only) break;
	}
	failing = 0;
	print_message("%zu runs, %zu commands, %zu second votes refused\n", runs, commands,
		      refusals);
	if (!only) assert_true(refusals > runs / 10);
}

static int tell(void **state) {
	(void)state;
	if (failing) print_error("again: TENON_SEED=%llu\n", (unsigned long long)failing);
	return 0;
}

int main(void) {
	for (int i = 1; i <= USERS; i++) {
		users[i] = (struct user){ .id = i,
					  .login = logins[i],
					  .label = "u",
					  .active = true,
					  .admin = i >= USERS - 1 };
		by_id[i - 1] = &users[i];
	}
	struct arena *a = arena_new(0);
	if (zone_load(a, "Asia/Shanghai", &zone)) return 1;
	const struct CMUnitTest tests[] = { cmocka_unit_test_teardown(runs_agree, tell) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
