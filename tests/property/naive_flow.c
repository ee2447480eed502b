/* naive_flow.c -- see naive_flow.h. Slow on purpose. */
#include "tests/property/naive_flow.h"
#include <stdlib.h>
#include <string.h>

static struct naive_place *place_of(struct naive *n, const struct step *s) {
	return &n->now.places[s->index];
}

static size_t *at(struct naive *n, const struct step_list *l) {
	return l->owner ? &place_of(n, l->owner)->at[l->place] : &n->now.at;
}

/* ---- one step of people: what its signers have said together ---- */

/* A vote is what he said with what those said whom he asked: before him they refuse for him, after
 * him they must agree too. */
static enum naive_said vote_of(const struct naive_place *p, int who);

static enum naive_said together(const struct naive_place *p, int of, enum task_origin origin) {
	enum naive_said all = SAID_YES;
	for (int i = 0; i < p->n; i++) {
		const struct naive_signer *s = &p->signers[i];
		if (s->of != of || s->origin != origin || s->said == SAID_GONE) continue;
		enum naive_said one = vote_of(p, i);
		if (one == SAID_NO) return SAID_NO;
		if (one == SAID_NOTHING) all = SAID_NOTHING;
	}
	return all;
}

static enum naive_said vote_of(const struct naive_place *p, int who) {
	enum naive_said said = together(p, who, ORIGIN_BEFORE);
	if (said == SAID_YES) said = together(p, who, ORIGIN_DELEGATE);
	if (said == SAID_YES) said = p->signers[who].said;
	if (said == SAID_YES) said = together(p, who, ORIGIN_AFTER);
	return said;
}

static bool own_vote(const struct naive_signer *s) {
	return s->of == NAIVE_NOBODY && s->said != SAID_GONE;
}

/* Is yes out of all enough? More people than there are cannot be wanted: then it takes all. */
static bool enough(const struct mode *m, int64_t yes, int64_t all) {
	int64_t left = yes, right = m->numerator;
	if (m->kind == MODE_COUNT && yes == all) return true;
	if (m->kind != MODE_COUNT) {
		left = yes * m->denominator;
		right = all * m->numerator;
	}
	return m->or_equal ? left >= right : left > right;
}

static enum vote_kind mode_of(const struct step *s, const struct naive_place *p) {
	return p->any_one ? MODE_ANY : s->mode.kind;
}

static enum outcome judged(const struct step *s, const struct naive_place *p) {
	enum vote_kind mode = mode_of(s, p);
	int64_t yes = 0, open = 0, all = 0;
	for (int i = 0; i < p->n; i++) {
		int64_t counts = mode == MODE_WEIGHT ? p->signers[i].weight : 1;
		if (!own_vote(&p->signers[i])) continue;
		all += counts;
		if (vote_of(p, i) == SAID_YES) yes += counts;
		if (vote_of(p, i) == SAID_NOTHING) open += counts;
	}
	if (mode == MODE_ANY) return yes ? OUTCOME_PASS : open ? OUTCOME_OPEN : OUTCOME_FAIL;
	if (mode == MODE_ALL || mode == MODE_ORDER)
		return yes == all ? OUTCOME_PASS : yes + open == all ? OUTCOME_OPEN : OUTCOME_FAIL;
	if (enough(&s->mode, yes, all)) return OUTCOME_PASS;
	return enough(&s->mode, yes + open, all) ? OUTCOME_OPEN : OUTCOME_FAIL;
}

/* ---- who is asked ---- */

/* In order: those of the rule before him have said something. Who was put beside somebody has no
 * place in the order. */
static bool his_turn(const struct step *s, const struct naive_place *p, int who) {
	if (mode_of(s, p) != MODE_ORDER || p->signers[who].origin != ORIGIN_RULE) return true;
	for (int i = 0; i < who; i++)
		if (own_vote(&p->signers[i]) && p->signers[i].origin == ORIGIN_RULE &&
		    vote_of(p, i) == SAID_NOTHING)
			return false;
	return true;
}

/* Does his vote, or that of whom he signs for, still stand out? */
static bool matters(const struct naive_place *p, int who) {
	for (int i = who; i != NAIVE_NOBODY; i = p->signers[i].of)
		if (vote_of(p, i) != SAID_NOTHING) return false;
	return true;
}

static bool is_asked(const struct step *s, const struct naive_place *p, int who) {
	const struct naive_signer *i = &p->signers[who];
	if (i->said != SAID_NOTHING || !matters(p, who)) return false;
	if (together(p, who, ORIGIN_BEFORE) != SAID_YES) return false;
	if (together(p, who, ORIGIN_DELEGATE) != SAID_YES) return false;
	if (i->of == NAIVE_NOBODY) return his_turn(s, p, who);
	return i->origin != ORIGIN_AFTER || p->signers[i->of].said == SAID_YES;
}

static bool people_step(const struct step *s) {
	return s->kind == STEP_APPROVE || s->kind == STEP_HANDLE;
}

/* Does the run stand at this step? */
static bool stands_at(struct naive *n, const struct step *s) {
	return !s->list_count && place_of(n, s)->entered && *at(n, s->in) == s->place;
}

void naive_asked(struct naive *n, void (*asked)(void *arg, const struct step *s, int32_t user),
		 void *arg) {
	if (n->now.state != RUN_RUNNING) return;
	if (n->now.at_start) asked(arg, NULL, n->starter);
	for (size_t i = 0; i < n->flow->step_count && !n->now.at_start; i++) {
		const struct step *s = n->flow->steps[i];
		const struct naive_place *p = place_of(n, s);
		if (s->kind == STEP_WAIT && stands_at(n, s)) asked(arg, s, 0);
		for (int k = 0; k < p->n && s->place == *at(n, s->in); k++)
			if (is_asked(s, p, k)) asked(arg, s, p->signers[k].user);
	}
}

/* ---- whom a step asks ---- */

static bool holds(const struct step_list *l, const struct step *s) {
	for (; s; s = s->in->owner)
		if (s->in == l) return true;
	return false;
}

static const struct step *within(const struct step_list *l, const struct step *s) {
	while (s->in != l) s = s->in->owner;
	return s;
}

/* Does a come before b in the list that holds both? */
static bool before(const struct step *a, const struct step *b) {
	const struct step_list *l = a->in;
	while (!holds(l, b)) l = l->owner->in;
	return within(l, a)->place < within(l, b)->place;
}

static void tell(struct naive *n, const struct step *s, const struct naive_signer *who,
		 bool approved) {
	if (n->now.told == NAIVE_LINES) abort();
	n->now.story[n->now.told++] =
		(struct naive_line){ s, who->user, who->for_whom, place_of(n, s)->entry,
				     approved && s->kind == STEP_APPROVE };
}

/* The starter is not to judge himself. */
static bool barred(struct naive *n, const struct step *s, int32_t user) {
	return s->kind == STEP_APPROVE && s->policies.on_self != ON_SELF_SELF && user == n->starter;
}

static void add_person(struct naive_place *p, int32_t user, int32_t weight, bool instead) {
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].user == user) return;
	if (user)
		p->signers[p->n++] = (struct naive_signer){
			.user = user, .weight = weight, .of = NAIVE_NOBODY, .instead = instead
		};
}

/* The step of people before this one: of those that stand before it, where somebody did something,
 * the one entered last. */
static const struct step *previous(struct naive *n, const struct step *step) {
	const struct naive_line *last = NULL;
	for (int i = 0; i < n->now.told; i++) {
		const struct naive_line *line = &n->now.story[i];
		if (before(line->step, step) && (!last || line->entry > last->entry)) last = line;
	}
	return last ? last->step : NULL;
}

static bool repeats(struct naive *n, const struct step *s, int32_t user) {
	if (s->kind != STEP_APPROVE || s->policies.on_repeat == ON_REPEAT_OFF || n->was_returned)
		return false;
	const struct step *only =
		s->policies.on_repeat == ON_REPEAT_CONSECUTIVE ? previous(n, s) : NULL;
	for (int i = 0; i < n->now.told; i++) {
		const struct naive_line *line = &n->now.story[i];
		if (line->approved && (line->user == user || line->for_whom == user) &&
		    (s->policies.on_repeat == ON_REPEAT_ONCE || line->step == only))
			return true;
	}
	return false;
}

static void ask_nobody(struct naive *n, const struct step *s, struct naive_place *p) {
	int32_t named = 0;
	if (s->policies.on_nobody == ON_NOBODY_PASS) p->passed = true;
	if (s->policies.on_nobody == ON_NOBODY_REJECT) n->now.state = RUN_REJECTED;
	if (p->passed || n->now.state != RUN_RUNNING) return;
	if (s->policies.on_nobody == ON_NOBODY_USER) named = n->user(s->policies.nobody_user);
	if (!barred(n, s, named)) add_person(p, named, 1, true);
	p->any_one = !p->n;
	for (int i = 0; i < n->admin_count && p->any_one; i++)
		if (!barred(n, s, n->admins[i])) add_person(p, n->admins[i], 1, true);
}

static bool among(const struct naive_place *p, int32_t user) {
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].user == user) return true;
	return false;
}

/* Votes are counted, so none may be lost: an administrator casts what its owner's stand-in, who has
 * one, may not. */
static int32_t other_caster(struct naive *n, const struct step *s, const struct naive_place *rules,
			    const struct naive_place *so_far, int32_t owner) {
	for (int i = 0; i < n->admin_count; i++)
		if (!barred(n, s, n->admins[i]) && !among(rules, n->admins[i]) &&
		    !among(so_far, n->admins[i]))
			return n->admins[i];
	return owner;
}

/* Who stands in is asked once, and never judges himself. */
static void stand_in(struct naive *n, const struct step *s, struct naive_place *p) {
	struct naive_place asked = *p;
	enum vote_kind mode = mode_of(s, p);
	bool counted = mode != MODE_ANY && mode != MODE_ALL && mode != MODE_ORDER;
	p->n = 0;
	for (int i = 0; i < asked.n; i++) {
		struct naive_signer *who = &asked.signers[i];
		int32_t in = n->proxy(who->user);
		int before = p->n;
		if (barred(n, s, in)) in = who->user;
		if (counted && in != who->user && (among(&asked, in) || among(p, in)))
			in = other_caster(n, s, &asked, p, who->user);
		add_person(p, in, who->weight, who->instead);
		if (p->n > before && in != who->user) p->signers[before].for_whom = who->user;
	}
}

static void ask(struct naive *n, const struct step *s, struct naive_place *p) {
	struct naive_signer rules[NAIVE_SIGNERS];
	int count = n->people(s, rules);
	bool skipped = false;
	p->entry = ++n->entries;
	for (int i = 0; i < count; i++) {
		int32_t user = rules[i].user, self = user;
		if (barred(n, s, user)) {
			skipped |= s->policies.on_self == ON_SELF_SKIP;
			self = s->policies.on_self == ON_SELF_SUPERIOR ? n->superior : 0;
			if (s->policies.on_self == ON_SELF_DEPT_HEAD)
				self = n->head == n->starter ? n->superior : n->head;
		}
		add_person(p, self, rules[i].weight, self != user);
	}
	if (!p->n && skipped) p->passed = true;
	if (!p->n && !skipped) ask_nobody(n, s, p);
	stand_in(n, s, p);
	for (int i = 0; i < p->n; i++) {
		struct naive_signer *who = &p->signers[i];
		who->skipped =
			!who->instead && repeats(n, s, who->for_whom ? who->for_whom : who->user);
		if (who->skipped) who->said = SAID_YES;
	}
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].skipped) tell(n, s, &p->signers[i], true);
}

/* ---- the walk ---- */

static void forget(struct naive *n, const struct step *s) {
	for (size_t i = 0; i < s->list_count; i++)
		for (size_t k = 0; k < s->lists[i]->n; k++) forget(n, s->lists[i]->steps[k]);
	*place_of(n, s) = (struct naive_place){ 0 };
}

static void forget_from(struct naive *n, const struct step_list *l, size_t from) {
	*at(n, l) = from;
	for (size_t i = from; i < l->n; i++) forget(n, l->steps[i]);
}

/* The cases that hold: the first or all of them; else those for all others. */
static unsigned decide(struct naive *n, const struct step *s) {
	unsigned hold = 0, others = 0;
	for (size_t i = 0; i < s->list_count; i++) {
		if (!s->lists[i]->when)
			others |= 1u << i;
		else if (n->test(s->lists[i]->when) && (s->all || !hold))
			hold |= 1u << i;
	}
	return hold ? hold : others;
}

static void enter(struct naive *n, const struct step *s) {
	struct naive_place *p = place_of(n, s);
	forget(n, s);
	p->entered = true;
	if (people_step(s)) ask(n, s, p);
	if (s->kind == STEP_WAIT) p->passed = n->test(s->until);
	if (s->kind == STEP_PARALLEL) p->lists = (1u << s->list_count) - 1;
	if (s->kind == STEP_BRANCH) p->lists = n->decided[s->index] = decide(n, s);
}

static bool go_list(struct naive *n, const struct step_list *l);

/* Is the block over? All its lists are begun; those that are no longer needed are left. */
static bool go_block(struct naive *n, const struct step *s) {
	unsigned lists = place_of(n, s)->lists;
	size_t over = 0, need = (size_t)__builtin_popcount(lists);
	if (s->wait && s->wait < need) need = s->wait;
	for (size_t i = 0; i < s->list_count; i++) {
		if (lists >> i & 1) over += go_list(n, s->lists[i]);
		if (n->moved || n->now.state != RUN_RUNNING) return false;
	}
	for (size_t i = 0; i < s->list_count && over >= need; i++)
		if (*at(n, s->lists[i]) < s->lists[i]->n) forget_from(n, s->lists[i], 0);
	return over >= need;
}

static void stand_on(struct naive *n, const struct step_list *region, const struct step *to);

static bool go_step(struct naive *n, const struct step *s) {
	if (!place_of(n, s)->entered) enter(n, s);
	if (s->list_count) return go_block(n, s);
	if (s->kind == STEP_GOTO) {
		stand_on(n, s->to->in, s->to);
		n->moved = true;
		return false;
	}
	if (s->kind == STEP_ACT) n->may_take_back = false;
	if (s->kind == STEP_WAIT || place_of(n, s)->passed) return place_of(n, s)->passed;
	if (!people_step(s)) return true;
	if (n->now.state != RUN_RUNNING) return false;
	enum outcome o = judged(s, place_of(n, s));
	if (o == OUTCOME_FAIL) n->now.state = RUN_REJECTED;
	return o == OUTCOME_PASS;
}

static bool go_list(struct naive *n, const struct step_list *l) {
	for (; *at(n, l) < l->n; ++*at(n, l))
		if (!go_step(n, l->steps[*at(n, l)])) return false;
	return true;
}

static void go(struct naive *n) {
	bool over;
	do {
		n->moved = false;
		over = go_list(n, &n->flow->root);
	} while (n->moved);
	if (over) n->now.state = RUN_APPROVED;
}

/* ---- back and forth ---- */

/* Whatever the run stands on in the list is left, what lies there from the step on forgotten, and
 * the step entered: of the blocks around it only its own lists are gone through. */
static void stand_on(struct naive *n, const struct step_list *region, const struct step *to) {
	const struct step *chain[NAIVE_STEPS], *s = to;
	size_t depth = 0;
	for (; s->in != region; s = s->in->owner) chain[depth++] = s;
	forget_from(n, region, *at(n, region) < s->place ? *at(n, region) : s->place);
	*at(n, region) = s->place;
	while (depth--) {
		const struct step_list *in = chain[depth]->in;
		struct naive_place *p = place_of(n, in->owner);
		p->entered = true;
		p->lists = 1u << in->place;
		if (in->owner->kind == STEP_BRANCH) n->decided[in->owner->index] = p->lists;
		*at(n, in) = chain[depth]->place;
	}
}

/* What branches of the list decided from the step on is void. */
static void void_ways(struct naive *n, const struct step_list *region, const struct step *to) {
	for (size_t i = 0; i < n->flow->step_count; i++) {
		const struct step *s = n->flow->steps[i];
		if (holds(region, s) && !before(s, to)) n->decided[i] = 0;
	}
}

void naive_start(struct naive *n) {
	memset(&n->now, 0, sizeof n->now);
	memset(n->decided, 0, sizeof n->decided);
	n->may_take_back = false;
	go(n);
}

void naive_return(struct naive *n, const struct step *from, const struct step *to) {
	n->may_take_back = false;
	n->was_returned = true;
	if (!to) {
		n->returned = n->now;
		n->now.at_start = true;
		return;
	}
	const struct step_list *region = to->in;
	while (!holds(region, from)) region = region->owner->in;
	void_ways(n, region, to);
	stand_on(n, region, to);
	go(n);
}

/* It is when the run had gone through it: in cases that were taken, and nowhere did it stand
 * before. */
static bool on_the_way(struct naive *n, const struct step *branch) {
	for (const struct step *s = branch; s->in->owner; s = s->in->owner)
		if (s->in->owner->kind == STEP_BRANCH &&
		    !(n->decided[s->in->owner->index] >> s->in->place & 1))
			return false;
	for (size_t i = 0; i < n->flow->step_count; i++) {
		const struct step *s = n->flow->steps[i];
		if (stands_at(n, s) && before(s, branch)) return false;
	}
	return true;
}

/* Would every branch on the way go where it went? */
static bool same_way(struct naive *n) {
	for (size_t i = 0; i < n->flow->step_count; i++) {
		const struct step *s = n->flow->steps[i];
		if (n->decided[i] && on_the_way(n, s) && n->decided[i] != decide(n, s))
			return false;
	}
	return true;
}

void naive_resubmit(struct naive *n) {
	if (!n->flow->to_returner || !same_way(n)) {
		naive_start(n);
		return;
	}
	n->now = n->returned;
}

void naive_jump(struct naive *n, const struct step *to) {
	n->may_take_back = false;
	n->now.at_start = false;
	void_ways(n, &n->flow->root, to);
	stand_on(n, &n->flow->root, to);
	go(n);
}

void naive_end(struct naive *n, enum run_state state) { n->now.state = state; }

void naive_take_back(struct naive *n) {
	n->now = n->before;
	n->may_take_back = false;
}

/* ---- signers ---- */

static struct naive_signer *signer(struct naive *n, const struct step *s, int32_t user) {
	struct naive_place *p = place_of(n, s);
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].user == user && p->signers[i].said == SAID_NOTHING &&
		    matters(p, i))
			return &p->signers[i];
	abort();
}

static void say(struct naive *n, const struct step *s, int32_t user, bool yes, bool himself) {
	struct naive_signer *who = signer(n, s, user);
	bool votes = who->origin != ORIGIN_DELEGATE;
	who->said = yes || !votes ? SAID_YES : SAID_NO;
	tell(n, s, who, yes && votes && himself);
	go(n);
}

void naive_vote(struct naive *n, const struct step *s, int32_t user, bool yes) {
	n->before = n->now;
	n->may_take_back = true;
	say(n, s, user, yes, true);
}

void naive_due(struct naive *n, const struct step *s, int32_t user, bool yes) {
	n->may_take_back = false;
	say(n, s, user, yes, false);
}

void naive_hand_up(struct naive *n, const struct step *s, int32_t user, bool up) {
	int32_t to = n->above(user), in;
	while (to && (barred(n, s, to) || naive_has_part(n, s, to))) to = n->above(to);
	for (int i = 0; up && !to && i < n->admin_count; i++)
		if (!naive_has_part(n, s, n->admins[i])) to = n->admins[i];
	if (!to) return;
	in = n->proxy(to);
	if (!barred(n, s, in) && !naive_has_part(n, s, in)) to = in;
	naive_transfer(n, s, user, to);
}

void naive_wake(struct naive *n, const struct step *s) {
	if (!n->test(s->until)) return;
	place_of(n, s)->passed = true;
	n->may_take_back = false;
	go(n);
}

void naive_add(struct naive *n, const struct step *s, int32_t by, int32_t user,
	       enum task_origin where) {
	struct naive_place *p = place_of(n, s);
	struct naive_signer *adder = signer(n, s, by), *added = &p->signers[p->n++];
	if (p->n > NAIVE_SIGNERS) abort();
	*added = (struct naive_signer){
		.user = user, .weight = 1, .of = (int)(adder - p->signers), .origin = where
	};
	if (where == ORIGIN_PARALLEL) added->of = NAIVE_NOBODY;
	n->may_take_back = false;
	go(n);
}

/* With him goes whom he asked to sign before, after or instead of him. */
static void take_out(struct naive_place *p, int who) {
	p->signers[who].said = SAID_GONE;
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].of == who) take_out(p, i);
}

bool naive_remove(struct naive *n, const struct step *s, int32_t user) {
	struct naive_place *p = place_of(n, s), was = *p;
	int left = 0;
	take_out(p, (int)(signer(n, s, user) - p->signers));
	for (int i = 0; i < p->n; i++) left += p->signers[i].said == SAID_NOTHING && matters(p, i);
	if (!left) {
		*p = was;
		return false;
	}
	n->may_take_back = false;
	go(n);
	return true;
}

void naive_transfer(struct naive *n, const struct step *s, int32_t from, int32_t to) {
	struct naive_signer *who = signer(n, s, from);
	who->user = to;
	who->for_whom = 0;
	n->may_take_back = false;
}

/* Whether his word was dropped along with that of whom he signed for. */
static bool dropped(const struct naive_place *p, int who) {
	for (int i = who; i != NAIVE_NOBODY; i = p->signers[i].of) {
		const struct naive_signer *s = &p->signers[i];
		bool refused = vote_of(p, i) == SAID_NO;
		if (s->said == SAID_GONE) return true;
		if (s->said == SAID_NOTHING && !refused && !matters(p, i)) return true;
	}
	return false;
}

/* He has said something that counts, or somebody before him has refused for him. */
static bool decided(const struct naive_place *p, int who) {
	const struct naive_signer *s = &p->signers[who];
	if (s->origin == ORIGIN_DELEGATE || dropped(p, who)) return false;
	return s->said != SAID_NOTHING || !matters(p, who);
}

static bool waited_for(const struct naive_place *p, int who) {
	return p->signers[who].said == SAID_NOTHING && matters(p, who);
}

bool naive_has_part(struct naive *n, const struct step *s, int32_t user) {
	const struct naive_place *p = place_of(n, s);
	for (int i = 0; i < p->n; i++)
		if (p->signers[i].user == user && (waited_for(p, i) || decided(p, i))) return true;
	return false;
}

static bool signs_for(const struct naive_place *p, int i, int who) {
	while (i != NAIVE_NOBODY && i != who) i = p->signers[i].of;
	return i == who;
}

void naive_leave(struct naive *n, const struct step *s, int32_t user, int32_t to) {
	struct naive_place *p = place_of(n, s);
	int who = (int)(signer(n, s, user) - p->signers), later = NAIVE_NOBODY;
	bool part = naive_has_part(n, s, to), agreed = false;
	for (int i = 0; i < p->n; i++) {
		if (p->signers[i].user != to || !signs_for(p, i, who)) continue;
		if (waited_for(p, i)) later = i;
		if (decided(p, i)) agreed = true;
	}
	if (later != NAIVE_NOBODY || !part) {
		p->signers[who].user = to;
		p->signers[who].for_whom = 0;
	}
	if (later != NAIVE_NOBODY) {
		take_out(p, later);
	} else if (agreed) {
		p->signers[who].said = SAID_YES;
		tell(n, s, &p->signers[who], false);
	} else if (part) {
		take_out(p, who);
	}
	n->may_take_back = false;
	go(n);
}
