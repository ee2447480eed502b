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

enum { RUNS = 20000, COMMANDS = 40, STEPS_MAX = 40, USERS = 8, STARTER = 1, AWAITED = 7 };

static const char *const logins[USERS + 1] = { "", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8" };
static const int32_t admins[] = { USERS - 1, USERS };
static struct app app = { .name = "prop" };
static const struct zone *zone;
static const struct due_rule time_says[] = {
	{ .act = DUE_PASS },
	{ .act = DUE_REJECT },
	{ .act = DUE_ESCALATE },
	{ .act = DUE_TRANSFER, .who = { .kind = WHO_SUPERIOR } },
};

static int32_t proxies[USERS + 1]; /* himself: none */
static uint64_t seed;
static size_t commands, refusals;

static unsigned rnd(unsigned n) {
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 24) % n);
}

/* ---- a random flow ---- */

struct making {
	struct arena *a;
	struct flow *flow;
	const struct step *steps[STEPS_MAX];
	size_t n;
	enum on_repeat on_repeat;
	bool count_votes;
};

static bool people_step(const struct step *s) {
	return s->kind == STEP_APPROVE || s->kind == STEP_HANDLE;
}

static void make_list(struct making *m, struct step_list *list, unsigned depth);

static struct mode random_mode(bool count_votes) {
	static const struct mode modes[] = {
		{ MODE_ANY, false, 0, 1 },   { MODE_ALL, false, 0, 1 },
		{ MODE_ORDER, false, 0, 1 }, { MODE_COUNT, true, 2, 1 },
		{ MODE_COUNT, false, 1, 1 }, { MODE_SHARE, false, 1, 2 },
		{ MODE_SHARE, true, 2, 3 },  { MODE_WEIGHT, false, 2, 3 }
	};
	return modes[rnd(count_votes ? ARRAY_LEN(modes) : 3)];
}

static void make_lists(struct making *m, struct step *s, unsigned depth) {
	size_t n = 2 + rnd(2);
	struct step_list *lists = arena_array(m->a, n, sizeof *lists);
	const struct step_list **pointers = arena_array(m->a, n, sizeof *pointers);
	for (size_t i = 0; i < n; i++) {
		lists[i].owner = s;
		lists[i].place = i;
		/* Opaque conditions: bits of the record. The last case is for all others. */
		if (s->kind == STEP_BRANCH && i + 1 < n)
			lists[i].when = (const struct expr *)(uintptr_t)(1 + rnd(6));
		pointers[i] = &lists[i];
	}
	s->lists = pointers;
	s->list_count = n;
	for (size_t i = 0; i < n; i++) make_list(m, &lists[i], depth + 1);
}

/* Up to three earlier places a step may be returned to. */
static void make_places(struct making *m, struct step *s) {
	struct return_place *places = arena_array(m->a, 4, sizeof *places);
	places[s->return_count++] = (struct return_place){ RETURN_START, NULL };
	for (int i = 0; i < 3 && s->index; i++) {
		const struct step *to = m->steps[rnd((unsigned)s->index)];
		if (people_step(to))
			places[s->return_count++] = (struct return_place){ RETURN_STEP, to };
	}
	s->return_to = places;
}

/* An earlier step of the same or an outer list, not out of lists that run side by side; only in a
 * case, and to people who are asked for sure: nothing goes round by itself. */
static const struct step *goto_place(struct making *m, const struct step *from) {
	const struct step_list *in = from->in;
	const struct step *to = m->n ? m->steps[rnd((unsigned)m->n)] : NULL;
	if (!to || !in->when || to->in == in || !people_step(to) || !to->who.n) return NULL;
	if (to->policies.on_self != ON_SELF_SELF || to->policies.on_repeat != ON_REPEAT_OFF)
		return NULL;
	while (in != to->in && in->owner && in->owner->kind == STEP_BRANCH && !in->owner->all)
		in = in->owner->in;
	return in == to->in ? to : NULL;
}

static struct policies random_policies(struct making *m) {
	static const enum on_nobody nobody[] = { ON_NOBODY_ADMIN, ON_NOBODY_ADMIN, ON_NOBODY_PASS,
						 ON_NOBODY_USER, ON_NOBODY_REJECT };
	return (struct policies){ .on_self = rnd(2) ? ON_SELF_SELF : (enum on_self)rnd(4),
				  .on_repeat = rnd(2) ? m->on_repeat : ON_REPEAT_OFF,
				  .on_nobody = nobody[rnd(ARRAY_LEN(nobody))],
				  .nobody_user = logins[1 + rnd(USERS)] };
}

/* One to four people, the first with more weight; or nobody. */
static void make_who(struct making *m, struct step *s) {
	struct who *items = arena_array(m->a, 4, sizeof *items);
	s->who = (struct who_list){ items, rnd(8) ? 1 + s->index * 7 % 4 : 0 };
	for (size_t i = 0; i < s->who.n; i++)
		items[i] = (struct who){ .kind = WHO_USER,
					 .name = logins[1 + (s->index * 3 + i) % 6],
					 .weight = i ? 1 : 3 };
}

static struct step *make_step(struct making *m, const struct step_list *list, size_t place,
			      unsigned depth) {
	struct step *s = arena_alloc(m->a, sizeof *s);
	static const enum step_kind kinds[] = { STEP_APPROVE, STEP_APPROVE,  STEP_APPROVE,
						STEP_APPROVE, STEP_APPROVE,  STEP_APPROVE,
						STEP_APPROVE, STEP_HANDLE,   STEP_CC,
						STEP_ACT,     STEP_WAIT,     STEP_GOTO,
						STEP_GOTO,    STEP_PARALLEL, STEP_PARALLEL,
						STEP_BRANCH,  STEP_BRANCH,   STEP_BRANCH };
	s->index = m->n;
	s->id = arena_printf(m->a, "s%zu", m->n);
	s->in = list;
	s->place = place;
	s->kind = kinds[rnd(ARRAY_LEN(kinds) - (depth < 3 ? 0 : 5))];
	if (s->kind == STEP_GOTO && !(s->to = goto_place(m, s))) s->kind = STEP_APPROVE;
	/* A bit of the record that no case looks at. */
	s->until = (const struct expr *)(uintptr_t)AWAITED;
	s->on_due = &time_says[rnd(ARRAY_LEN(time_says))];
	s->on_due_count = 1;
	s->policies = random_policies(m);
	make_who(m, s);
	s->mode = random_mode(m->count_votes);
	s->all = rnd(3) == 0;
	s->wait = s->kind == STEP_PARALLEL ? rnd(3) : 0;
	s->allow = ALLOW_ADD_PARALLEL | ALLOW_ADD_BEFORE | ALLOW_ADD_AFTER | ALLOW_REMOVE |
		   ALLOW_TRANSFER | ALLOW_DELEGATE | ALLOW_RETURN | ALLOW_TAKE_BACK;
	m->steps[m->n++] = s;
	return s;
}

static void make_list(struct making *m, struct step_list *list, unsigned depth) {
	size_t n = depth ? rnd(3) : 1 + rnd(4);
	const struct step **steps = arena_array(m->a, n + 1, sizeof *steps);
	list->steps = steps;
	for (size_t i = 0; i < n && m->n < STEPS_MAX - 8; i++) {
		struct step *s = make_step(m, list, i, depth);
		steps[i] = s;
		list->n = i + 1; /* what lies below may look for it */
		if (s->kind == STEP_BRANCH || s->kind == STEP_PARALLEL) make_lists(m, s, depth);
	}
}

static struct flow *make_flow(struct arena *a) {
	struct making m = { .a = a, .flow = arena_alloc(a, sizeof *m.flow) };
	app.zone = zone;
	m.flow->app = &app;
	m.flow->to_returner = rnd(2);
	m.flow->withdraw = WITHDRAW_ALWAYS;
	m.on_repeat = (enum on_repeat)rnd(3);
	m.count_votes = rnd(2);
	for (unsigned i = 1; i <= USERS; i++) proxies[i] = (int32_t)(rnd(3) ? i : 1 + rnd(USERS));
	make_list(&m, &m.flow->root, 0);
	for (size_t i = 0; i < m.n; i++)
		if (people_step(m.steps[i])) make_places(&m, (struct step *)(uintptr_t)m.steps[i]);
	m.flow->steps = arena_array(a, m.n + 1, sizeof *m.flow->steps);
	memcpy((void *)(uintptr_t)m.flow->steps, m.steps, m.n * sizeof *m.steps);
	m.flow->step_count = m.n;
	return m.flow;
}

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

static void other_hands(struct run *run, struct naive *n, const struct task *t, enum act_kind act) {
	static const enum task_origin wheres[] = { ORIGIN_BEFORE, ORIGIN_AFTER, ORIGIN_PARALLEL };
	int32_t other = (int32_t)(1 + rnd(USERS));
	const struct user *who = &users[other];
	const struct step *s = t->step;
	int32_t user = t->actor;
	struct command c = { .act = act,
			     .task = t->n,
			     .actor = &users[user],
			     .who = &who,
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
	if (other == STARTER && act != ACT_DELEGATE && s->kind == STEP_APPROVE &&
	    s->policies.on_self != ON_SELF_SELF) { /* nobody makes him judge himself */
		give_or_not(run, &c, false);
		return;
	}
	if (act != ACT_TRANSFER && live_at(run, t, 0) > 8) return;
	give(run, &c);
	if (act == ACT_TRANSFER)
		naive_transfer(n, s, user, other);
	else
		naive_add(n, s, user, other, act == ACT_ADD ? c.where : ORIGIN_DELEGATE);
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
	seed = from;
	record = rnd(256);
	struct flow *flow = make_flow(a);
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
