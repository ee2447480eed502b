/* verdict.c -- what the votes of a step come to.
 *  1. Total: every vector of votes gives pass, fail or open, whatever the order they came in.
 *  2. Early: pass or fail as soon as the votes that are open cannot change it.
 *  3. `any` is one yes, `all` and `order` are no refusal; count, share and weight have bounds of
 * their own.
 *     Administrators who are asked because there is nobody: one of them is enough.
 *  4. A vote is that of a person the rules asked (or who was put beside one), with what he added:
 *     who was asked before him refuses for him; who is asked after him must agree too. A delegate
 *     has no vote: his task returns. */
#include "engines/flow/run.h"

/* Of a task; and what those who were added to it, before and after, say together. */
struct told_vote {
	enum vote vote, before, after;
	bool advised;  /* advice is still to come */
	bool needless; /* somebody he signs for has his vote settled */
};

static enum vote vote_of(const struct task *t, const struct told_vote *told) {
	if (told->before == VOTE_NO) return VOTE_NO;
	if (t->state != TASK_DONE) return VOTE_OPEN;
	if (t->verdict == VERDICT_REJECT) return VOTE_NO;
	return told->after;
}

/* One refusal refuses for all; else one that is open leaves it open. */
static void hear(enum vote *all, enum vote one) {
	if (one == VOTE_NO || (one == VOTE_OPEN && *all != VOTE_NO)) *all = one;
}

/* From the last on: whoever was added came later than who added him. */
static void count_votes(struct run *run) {
	size_t n = run->task_count;
	if (run->votes_room < n) {
		run->votes_room = 2 * n;
		run->votes = arena_array(run->arena, run->votes_room, sizeof *run->votes);
	}
	for (size_t i = 0; i < n; i++)
		run->votes[i] = (struct told_vote){ VOTE_OPEN, VOTE_YES, VOTE_YES, false, false };
	for (size_t i = n; i--;) {
		const struct task *t = &run->tasks[i];
		struct told_vote *told = &run->votes[i];
		told->vote = vote_of(t, told);
		if (!t->parent || t->state == TASK_VOID) continue;
		struct told_vote *above = &run->votes[t->parent - 1];
		if (t->origin == ORIGIN_BEFORE) hear(&above->before, told->vote);
		if (t->origin == ORIGIN_AFTER) hear(&above->after, told->vote);
		if (t->origin == ORIGIN_DELEGATE && task_live(t)) above->advised = true;
	}
	for (size_t i = 0; i < n; i++) {
		const struct task *t = &run->tasks[i];
		if (!t->parent || t->origin == ORIGIN_PARALLEL) continue;
		const struct told_vote *above = &run->votes[t->parent - 1];
		run->votes[i].needless = above->needless || above->vote != VOTE_OPEN;
	}
	run->votes_known = true;
}

enum vote run_vote(struct run *run, const struct task *t) {
	if (!run->votes_known) count_votes(run);
	return run->votes[t->n - 1].vote;
}

bool run_waits(struct run *run, const struct task *t) {
	if (!run->votes_known) count_votes(run);
	const struct told_vote *told = &run->votes[t->n - 1];
	return told->advised || told->before == VOTE_OPEN;
}

bool run_needless(struct run *run, const struct task *t) {
	if (!run->votes_known) count_votes(run);
	return run->votes[t->n - 1].needless;
}

struct tally run_tally(struct run *run, const struct step *step, int64_t round) {
	struct tally sum = { 0 };
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		bool votes = t->origin == ORIGIN_RULE || t->origin == ORIGIN_PARALLEL;
		if (!votes || !task_of(t, step, round) || t->state == TASK_VOID) continue;
		switch (run_vote(run, t)) {
		case VOTE_YES: sum.yes++, sum.yes_weight += t->weight; break;
		case VOTE_NO: sum.no++, sum.no_weight += t->weight; break;
		case VOTE_OPEN: sum.open++, sum.open_weight += t->weight; break;
		}
	}
	return sum;
}

bool mode_counts(const struct mode *m) {
	return m->kind == MODE_COUNT || m->kind == MODE_SHARE || m->kind == MODE_WEIGHT;
}

/* yes of all against the bound: parts are compared as whole numbers. */
static bool reaches(const struct mode *m, int64_t yes, int64_t all) {
	int64_t have = yes * m->denominator, bound = m->numerator * all;
	return m->or_equal ? have >= bound : have > bound;
}

static bool passes(const struct mode *m, int64_t yes, int64_t yes_weight, const struct tally *t) {
	int64_t all = t->yes + t->no + t->open;
	switch (m->kind) {
	case MODE_ANY: return yes > 0;
	case MODE_ALL:
	case MODE_ORDER: return yes == all;
	case MODE_COUNT: return reaches(m, yes, 1) || yes == all; /* of fewer people: all */
	case MODE_SHARE: return reaches(m, yes, all);
	case MODE_WEIGHT:
		return reaches(m, yes_weight, t->yes_weight + t->no_weight + t->open_weight);
	}
	return false;
}

enum outcome mode_outcome(const struct mode *m, const struct tally *t) {
	if (passes(m, t->yes, t->yes_weight, t)) return OUTCOME_PASS;
	bool may = passes(m, t->yes + t->open, t->yes_weight + t->open_weight, t);
	return may && t->open ? OUTCOME_OPEN : OUTCOME_FAIL;
}

enum outcome run_outcome(struct run *run, const struct step *step, int64_t round) {
	static const struct mode any_one = { .kind = MODE_ANY };
	struct tally sum = run_tally(run, step, round);
	bool any = false;
	for (size_t i = 0; i < run->task_count && !any; i++)
		any = task_of(&run->tasks[i], step, round) && run->tasks[i].place == PLACE_ANY_ONE;
	return mode_outcome(any ? &any_one : &step->mode, &sum);
}
