/* random_flow.c -- see random_flow.h. */
#include "tests/property/random_flow.h"

enum { STEPS_MAX = 40 };

const char *const logins[USERS + 1] = { "", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8" };
int32_t proxies[USERS + 1];
uint64_t random_seed;
static struct app app = { .name = "prop" };
static const struct due_rule time_says[] = {
	{ .act = DUE_PASS },
	{ .act = DUE_REJECT },
	{ .act = DUE_ESCALATE },
	{ .act = DUE_TRANSFER, .who = { .kind = WHO_SUPERIOR } },
};

unsigned rnd(unsigned n) {
	random_seed ^= random_seed << 13;
	random_seed ^= random_seed >> 7;
	random_seed ^= random_seed << 17;
	return (unsigned)((random_seed >> 24) % n);
}

struct making {
	struct arena *a;
	struct flow *flow;
	const struct step *steps[STEPS_MAX];
	size_t n;
	enum on_repeat on_repeat;
	bool count_votes;
};

bool people_step(const struct step *s) { return s->kind == STEP_APPROVE || s->kind == STEP_HANDLE; }

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

struct flow *make_flow(struct arena *a, const struct zone *zone) {
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
