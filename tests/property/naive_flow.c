#include "tests/property/naive_flow.h"

static void enter(struct naive *n, struct naive_list *l);
static bool list_over(const struct naive_list *l) { return l->begun && l->over; }

/* ---- votes ---- */

static int outcome(const struct naive_step *s) { /* 0 open, 1 pass, 2 fail */
	int64_t yes = 0, no = 0, open = 0, wy = 0, wn = 0, wo = 0;
	for (size_t i = 0; i < s->member_count; i++) {
		const struct naive_member *m = &s->members[i];
		if (m->vote == 1) yes++, wy += m->weight;
		if (m->vote == 2) no++, wn += m->weight;
		if (m->vote == 0) open++, wo += m->weight;
	}
	int64_t all = yes + no + open, weights = wy + wn + wo;
	/* Try every way the open votes could still go: all yes and all no are the extremes. */
	bool now = false, best = false;
	for (int way = 0; way < 2; way++) {
		int64_t y = way ? yes + open : yes, w = way ? wy + wo : wy;
		const struct mode *m = &s->step->mode;
		bool pass = false;
		if (m->kind == MODE_ANY) pass = y >= 1;
		if (m->kind == MODE_ALL || m->kind == MODE_ORDER) pass = y == all;
		if (m->kind == MODE_COUNT)
			pass = (m->or_equal ? y >= m->numerator : y > m->numerator) || y == all;
		if (m->kind == MODE_SHARE)
			pass = m->or_equal ? y * m->denominator >= m->numerator * all
					   : y * m->denominator > m->numerator * all;
		if (m->kind == MODE_WEIGHT)
			pass = m->or_equal ? w * m->denominator >= m->numerator * weights
					   : w * m->denominator > m->numerator * weights;
		if (way)
			best = pass;
		else
			now = pass;
	}
	return now ? 1 : best && open ? 0 : 2;
}

/* ---- walking: a list is looked at again and again until nothing moves ---- */

static bool enough(const struct naive_step *s) {
	size_t begun = 0, over = 0;
	for (size_t i = 0; i < s->step->list_count; i++) {
		begun += s->lists[i].begun;
		over += list_over(&s->lists[i]);
	}
	size_t need = s->step->wait && s->step->wait < begun ? s->step->wait : begun;
	return over >= need;
}

static uint64_t choose(struct naive *n, const struct step *s) {
	uint64_t out = 0;
	for (size_t i = 0; i < s->list_count; i++) {
		bool takes = s->lists[i]->when ? n->test(s->lists[i]->when) : !out;
		if (takes) out |= (uint64_t)1 << i;
		if (takes && !s->all) break;
	}
	return out;
}

static struct naive_step *begin(struct naive *n, const struct step *s) {
	struct naive_step *made = arena_alloc(n->arena, sizeof *made);
	made->step = s;
	if (s->kind == STEP_APPROVE) n->people(s, made->members, &made->member_count);
	if (s->kind != STEP_BRANCH && s->kind != STEP_PARALLEL) return made;
	uint64_t takes = s->kind == STEP_BRANCH ? choose(n, s) : ~(uint64_t)0;
	if (s->kind == STEP_BRANCH) {
		n->chosen[s->index] = takes;
		n->was_chosen |= (uint64_t)1 << s->index;
	}
	for (size_t i = 0; i < s->list_count; i++) {
		made->lists[i] =
			(struct naive_list){ .list = s->lists[i], .begun = takes >> i & 1 };
		if (made->lists[i].begun && n->state == RUN_RUNNING) enter(n, &made->lists[i]);
	}
	return made;
}

static bool done(const struct naive_step *s) {
	if (s->step->kind == STEP_APPROVE) return outcome(s) == 1;
	if (s->step->kind == STEP_BRANCH || s->step->kind == STEP_PARALLEL) return enough(s);
	return true;
}

static struct naive_list *list_at(struct naive_list *in, const struct step_list *wanted) {
	if (!in->begun || in->over) return NULL;
	if (in->list == wanted) return in;
	for (size_t i = 0; in->now && i < in->now->step->list_count; i++) {
		struct naive_list *found = list_at(&in->now->lists[i], wanted);
		if (found) return found;
	}
	return NULL;
}

/* From where it is until something waits. */
static void enter(struct naive *n, struct naive_list *l) {
	while (n->state == RUN_RUNNING && !l->over) {
		if (l->at == l->list->n) {
			l->over = true;
			l->now = NULL;
			return;
		}
		if (!l->now) l->now = begin(n, l->list->steps[l->at]);
		if (n->state != RUN_RUNNING || !done(l->now)) return;
		l->now = NULL;
		l->at++;
	}
}

/* After a vote or a move somewhere below: every list on the way is looked at, the innermost first.
 */
static void settle(struct naive *n, struct naive_list *l) {
	if (!l->begun || l->over || n->state != RUN_RUNNING) return;
	for (size_t i = 0; l->now && i < l->now->step->list_count; i++)
		settle(n, &l->now->lists[i]);
	if (l->now && l->now->step->kind == STEP_APPROVE && outcome(l->now) == 2) {
		n->state = RUN_REJECTED;
		return;
	}
	enter(n, l);
}

static void settle_all(struct naive *n) {
	settle(n, &n->root);
	if (n->state == RUN_RUNNING && n->root.over) n->state = RUN_APPROVED;
}

void naive_start(struct naive *n) {
	n->state = RUN_RUNNING;
	n->root = (struct naive_list){ .list = &n->flow->root, .begun = true };
	n->at_start = false;
	settle_all(n);
}

/* ---- people ---- */

static struct naive_step *step_at(struct naive_list *l, const struct step *s) {
	struct naive_list *in = list_at(l, s->in);
	return in && in->now && in->now->step == s ? in->now : NULL;
}

static struct naive_member *member(struct naive_step *s, int32_t user) {
	for (size_t i = 0; i < s->member_count; i++)
		if (s->members[i].user == user && !s->members[i].vote) return &s->members[i];
	return NULL;
}

void naive_vote(struct naive *n, const struct step *s, int32_t user, bool yes) {
	member(step_at(&n->root, s), user)->vote = yes ? 1 : 2;
	settle_all(n);
}

void naive_transfer(struct naive *n, const struct step *s, int32_t from, int32_t to) {
	member(step_at(&n->root, s), from)->user = to;
}

void naive_add(struct naive *n, const struct step *s, int32_t user) {
	struct naive_step *at = step_at(&n->root, s);
	at->members[at->member_count++] =
		(struct naive_member){ .user = user, .weight = 1, .added = true };
	settle_all(n);
}

void naive_remove(struct naive *n, const struct step *s, int32_t user) {
	struct naive_step *at = step_at(&n->root, s);
	struct naive_member *m = member(at, user);
	size_t i = (size_t)(m - at->members);
	memmove(m, m + 1, (at->member_count - i - 1) * sizeof *m);
	at->member_count--;
	settle_all(n);
}

/* ---- going elsewhere ---- */

static bool holds(const struct step_list *list, const struct step *s) {
	for (size_t i = 0; i < list->n; i++) {
		if (list->steps[i] == s) return true;
		for (size_t k = 0; k < list->steps[i]->list_count; k++)
			if (holds(list->steps[i]->lists[k], s)) return true;
	}
	return false;
}

/* The list goes to where the step stands, entering the blocks around it by that list only: what
 * their others came to stands. */
static void go_to(struct naive *n, struct naive_list *l, const struct step *to) {
	for (l->at = 0; l->list->steps[l->at] != to; l->at++) {
		const struct step *s = l->list->steps[l->at];
		for (size_t k = 0; k < s->list_count; k++) {
			if (!holds(s->lists[k], to)) continue;
			struct naive_step *made = arena_alloc(n->arena, sizeof *made);
			made->step = s;
			for (size_t i = 0; i < s->list_count; i++)
				made->lists[i] =
					(struct naive_list){ .list = s->lists[i], .begun = i == k };
			if (s->kind == STEP_BRANCH) {
				n->chosen[s->index] |= (uint64_t)1 << k;
				n->was_chosen |= (uint64_t)1 << s->index;
			}
			l->now = made;
			go_to(n, &made->lists[k], to);
			return;
		}
	}
	l->now = NULL;
	enter(n, l);
}

static struct naive_list *smallest(struct naive_list *l, const struct step *a,
				   const struct step *b) {
	for (size_t i = 0; l->now && i < l->now->step->list_count; i++) {
		struct naive_list *in = &l->now->lists[i];
		if (in->begun && !in->over && holds(in->list, a) && holds(in->list, b))
			return smallest(in, a, b);
	}
	return l;
}

static struct naive_list *copy(struct naive *n, const struct naive_list *l);

static struct naive_step *copy_step(struct naive *n, const struct naive_step *s) {
	struct naive_step *made = arena_alloc(n->arena, sizeof *made);
	*made = *s;
	for (size_t i = 0; i < s->step->list_count; i++) made->lists[i] = *copy(n, &s->lists[i]);
	return made;
}

static struct naive_list *copy(struct naive *n, const struct naive_list *l) {
	struct naive_list *made = arena_alloc(n->arena, sizeof *made);
	*made = *l;
	if (l->now) made->now = copy_step(n, l->now);
	return made;
}

void naive_return(struct naive *n, const struct step *from, const struct step *to) {
	if (!to) {
		n->kept = n->flow->to_returner ? copy(n, &n->root) : NULL;
		n->at_start = true;
		return;
	}
	struct naive_list *l = smallest(&n->root, from, to);
	go_to(n, l, to);
	settle_all(n);
}

void naive_resubmit(struct naive *n) {
	bool same = n->kept != NULL;
	for (size_t i = 0; same && i < n->flow->step_count; i++)
		if (n->was_chosen >> i & 1) same = choose(n, n->flow->steps[i]) == n->chosen[i];
	n->at_start = false;
	if (same)
		n->root = *n->kept;
	else
		naive_start(n);
	n->kept = NULL;
}

void naive_jump(struct naive *n, const struct step *to) {
	n->at_start = false;
	n->root = (struct naive_list){ .list = &n->flow->root, .begun = true };
	go_to(n, &n->root, to);
	settle_all(n);
}

/* ---- who is asked ---- */

static void asked_in(struct naive_list *l,
		     void (*asked)(void *arg, const struct step *s, int32_t user), void *arg) {
	if (!l->begun || l->over || !l->now) return;
	struct naive_step *s = l->now;
	for (size_t i = 0; i < s->step->list_count; i++) asked_in(&s->lists[i], asked, arg);
	bool turn = true;
	for (size_t i = 0; i < s->member_count; i++) {
		const struct naive_member *m = &s->members[i];
		bool ordered = s->step->mode.kind == MODE_ORDER && !m->added;
		if (!m->vote && (!ordered || turn)) asked(arg, s->step, m->user);
		if (!m->vote && ordered) turn = false;
	}
}

void naive_asked(struct naive *n, void (*asked)(void *arg, const struct step *s, int32_t user),
		 void *arg) {
	if (n->state != RUN_RUNNING) return;
	if (n->at_start)
		asked(arg, NULL, 1);
	else
		asked_in(&n->root, asked, arg);
}
