/* advance.c -- the walk of a run through its tree, from one wait to the next: pure but for what it
 * asks of the world.
 *  1. A list is entered step by step until one waits. Its end is the end of its list: a block is
 * then joined if that suffices (run.h 4), the flow's own list ends the run.
 *  2. While the lists of a block are being entered none of their ends joins it; that is done once
 * all are begun.
 *  3. Whoever moves against the order of the list (return, goto, jump) cancels the smallest list
 * that holds both places first; a block that was being entered there is abandoned.
 *  4. A command that enters more than WALK_MAX steps is refused: a loop without people. */
#include "engines/flow/run_internal.h"

enum { WALK_MAX = 1000 };

static struct problem *enter_from(struct run *run, const struct world *w,
				  const struct step_list *list, size_t i);

static struct problem *leave(struct run *run, const struct world *w, const struct step *step) {
	return enter_from(run, w, step->in, step->place + 1);
}

void run_end(struct run *run, enum run_state state) {
	static const enum flow_state told[] = { [RUN_APPROVED] = FLOW_APPROVED,
						[RUN_REJECTED] = FLOW_REJECTED,
						[RUN_WITHDRAWN] = FLOW_WITHDRAWN,
						[RUN_TERMINATED] = FLOW_TERMINATED };
	run_cancel(run, NULL);
	run->state = state;
	run->ended_us = run->now_us;
	run->told = told[state];
	run->tell = true;
}

/* ---- blocks ---- */

static bool live_below(const struct run *run, const struct step_list *list) {
	for (size_t i = 0; i < run->token_count; i++)
		if (step_within(run->tokens[i].step, list)) return true;
	return false;
}

static bool being_entered(const struct run *run, const struct step *block) {
	for (const struct entering *e = run->entering; e; e = e->outer)
		if (e->block == block && !e->abandoned) return true;
	return false;
}

static bool begun(struct run *run, const struct step *block, size_t list) {
	return block->kind == STEP_PARALLEL || (run_choice(run, block)->lists >> list & 1);
}

static struct problem *join(struct run *run, const struct world *w, const struct step *block) {
	size_t started = 0, live = 0;
	for (size_t i = 0; i < block->list_count; i++) {
		if (!begun(run, block, i)) continue;
		started++;
		live += live_below(run, block->lists[i]);
	}
	size_t need = block->wait && block->wait < started ? block->wait : started;
	if (started - live < need) return NULL;
	if (live) run_log(run, "joined", block, 0);
	for (size_t i = 0; i < block->list_count; i++) run_cancel(run, block->lists[i]);
	return leave(run, w, block);
}

static struct problem *enter_lists(struct run *run, const struct world *w,
				   const struct step *block) {
	struct entering here = { block, false, run->entering };
	struct problem *p = NULL;
	run->entering = &here;
	for (size_t i = 0; i < block->list_count && !p; i++) {
		if (here.abandoned || run->state != RUN_RUNNING) break;
		if (begun(run, block, i)) p = enter_from(run, w, block->lists[i], 0);
	}
	run->entering = here.outer;
	if (p || here.abandoned || run->state != RUN_RUNNING) return p;
	return join(run, w, block);
}

/* ---- one function a kind; *waits: the list goes no further for now ---- */

typedef struct problem *enter_kind(struct run *run, const struct world *w, const struct step *step,
				   bool *waits);

static void log_skip(struct run *run, const struct step *step, const char *reason, int32_t who) {
	run_log(run, "skip", step, who)->reason = reason;
}

/* Somebody else is asked than the step's rule names: a policy, or who stands in. */
static void log_asked(struct run *run, const struct step *step, const struct asked *who) {
	struct log_line *line = run_log(run, "asked", step, who->user);
	line->for_whom = who->for_whom;
	line->reason = who->reason;
}

/* Those a policy decides for have voted before anybody is asked. */
static void ask_one(struct run *run, const struct token *token, enum task_kind kind,
		    const struct asked *who, int64_t place) {
	struct task *t = run_open(run, token->step, token->round, kind, who);
	t->place = place;
	if (who->skip) {
		run_close(run, t, TASK_DONE,
			  kind == TASK_HANDLE ? VERDICT_COMPLETE : VERDICT_APPROVE);
		t->skipped = true;
		log_skip(run, token->step, who->reason, who->user);
		return;
	}
	if (who->reason) log_asked(run, token->step, who);
	if (token->step->mode.kind == MODE_ORDER && place != PLACE_ANY_ONE) run_hold(t);
}

static struct problem *enter_people(struct run *run, const struct world *w, const struct step *step,
				    bool *waits) {
	struct asked_list asked = { 0 };
	enum task_kind kind = step->kind == STEP_HANDLE ? TASK_HANDLE : TASK_APPROVE;
	TRY(w->people(w->context, run, step, &asked));
	if (asked.outcome != ASKED) log_skip(run, step, asked.reason, 0);
	if (asked.outcome == ASKED_REJECT) run_end(run, RUN_REJECTED);
	if (asked.outcome != ASKED) return NULL;
	struct token token = *run_put(run, step);
	for (size_t i = 0; i < asked.n; i++)
		ask_one(run, &token, kind, &asked.items[i],
			asked.any_one ? PLACE_ANY_ONE : (int64_t)i);
	*waits = true;
	return run_settle(run, w, step, token.round);
}

static struct problem *enter_cc(struct run *run, const struct world *w, const struct step *step,
				bool *waits) {
	struct asked_list asked = { 0 };
	(void)waits;
	TRY(w->people(w->context, run, step, &asked));
	for (size_t i = 0; i < asked.n; i++) {
		run_open(run, step, run->rounds, TASK_CC, &asked.items[i]);
		run_log(run, "cc", step, asked.items[i].user);
	}
	return NULL;
}

/* The cases a branch takes now. */
static struct problem *choose(const struct world *w, const struct step *step, uint64_t *out) {
	*out = 0;
	for (size_t i = 0; i < step->list_count; i++) {
		const struct step_list *list = step->lists[i];
		bool holds = !list->when && (step->all ? !*out : true);
		if (list->when) TRY(w->test(w->context, list->when, &holds));
		if (holds) *out |= (uint64_t)1 << i;
		if (holds && !step->all) break;
	}
	return NULL;
}

static struct problem *log_taken(struct run *run, const struct world *w, const struct step *step,
				 uint64_t lists) {
	const char *why = NULL;
	if (!w->taken) return NULL;
	TRY(w->taken(w->context, step, lists, &why));
	run_log(run, "branch", step, 0)->reason = why;
	return NULL;
}

static struct problem *enter_branch(struct run *run, const struct world *w, const struct step *step,
				    bool *waits) {
	uint64_t lists;
	TRY(choose(w, step, &lists));
	if (!lists)
		return PROBLEM(run->arena, CONFLICT, "flow_no_case", "step",
			       label_text(&step->label, run->language));
	run_choice(run, step)->lists = lists;
	TRY(log_taken(run, w, step, lists));
	*waits = true;
	return enter_lists(run, w, step);
}

static struct problem *enter_parallel(struct run *run, const struct world *w,
				      const struct step *step, bool *waits) {
	*waits = true;
	return enter_lists(run, w, step);
}

static struct problem *enter_wait(struct run *run, const struct world *w, const struct step *step,
				  bool *waits) {
	bool over = false;
	if (step->until) TRY(w->awaited(w->context, run, step, &over));
	if (over) {
		run_log(run, "waited", step, 0)->reason = "event";
		return NULL;
	}
	struct token token = *run_put(run, step);
	*waits = true;
	return w->due(w->context, step, run_open(run, step, token.round, TASK_WAIT, NULL));
}

static struct problem *enter_act(struct run *run, const struct world *w, const struct step *step,
				 bool *waits) {
	(void)waits;
	run->undo = (struct undo){ 0 };
	TRY(w->act(w->context, run, step));
	run_log(run, "act", step, 0);
	return NULL;
}

static struct problem *enter_sub(struct run *run, const struct world *w, const struct step *step,
				 bool *waits) {
	enum run_state state = RUN_RUNNING;
	run->undo = (struct undo){ 0 };
	struct token token = *run_put(run, step);
	struct task *t = run_open(run, step, token.round, TASK_SUB, NULL);
	TRY(w->sub(w->context, run, step, t, &state));
	*waits = state != RUN_APPROVED;
	if (state == RUN_RUNNING) return NULL;
	run_take(run, step);
	run_log(run, "sub", step, 0)->reason = run_state_names[state];
	if (state != RUN_APPROVED) run_end(run, RUN_REJECTED);
	return NULL;
}

/* a stands before b in the list that holds both. */
static bool stands_before(const struct step *a, const struct step *b) {
	const struct step_list *list = a->in;
	while (!step_within(b, list)) list = list->owner->in;
	while (a->in != list) a = a->in->owner;
	while (b->in != list) b = b->in->owner;
	return a->place < b->place;
}

/* The smallest list that holds a place and the one gone to. */
static const struct step_list *region_of(const struct step *from, const struct step *to) {
	const struct step_list *list = to->in;
	while (!step_within(from, list)) list = list->owner->in;
	return list;
}

/* The branches around a step that is gone to count as having taken the case it stands in. */
static void assume_way(struct run *run, const struct step *to) {
	for (const struct step_list *in = to->in; in->owner; in = in->owner->in)
		if (in->owner->kind == STEP_BRANCH)
			run_choice(run, in->owner)->lists |= (uint64_t)1 << in->place;
}

static struct problem *go(struct run *run, const struct world *w, const struct step_list *region,
			  const struct step *to) {
	run_cancel(run, region);
	assume_way(run, to);
	return enter_from(run, w, to->in, to->place);
}

/* Back, or by an administrator: the way from there on is gone anew. */
static struct problem *go_anew(struct run *run, const struct world *w,
			       const struct step_list *region, const struct step *to) {
	size_t kept = 0;
	for (size_t i = 0; i < run->choice_count; i++) {
		const struct step *branch = run->choices[i].step;
		bool within = !region || step_within(branch, region);
		if (!within || stands_before(branch, to)) run->choices[kept++] = run->choices[i];
	}
	run->choice_count = kept;
	return go(run, w, region, to);
}

static struct problem *enter_goto(struct run *run, const struct world *w, const struct step *step,
				  bool *waits) {
	*waits = true;
	run_log(run, "goto", step, 0)->reason = step->to->id;
	return go(run, w, region_of(step, step->to), step->to);
}

static enter_kind *const enters[STEP_KINDS] = {
	[STEP_APPROVE] = enter_people, [STEP_HANDLE] = enter_people,     [STEP_CC] = enter_cc,
	[STEP_BRANCH] = enter_branch,  [STEP_PARALLEL] = enter_parallel, [STEP_WAIT] = enter_wait,
	[STEP_ACT] = enter_act,        [STEP_SUB] = enter_sub,           [STEP_GOTO] = enter_goto,
};

static struct problem *list_ended(struct run *run, const struct world *w,
				  const struct step_list *list) {
	if (!list->owner) run_end(run, RUN_APPROVED);
	if (!list->owner || being_entered(run, list->owner)) return NULL;
	return join(run, w, list->owner);
}

static struct problem *enter_from(struct run *run, const struct world *w,
				  const struct step_list *list, size_t i) {
	for (; i < list->n; i++) {
		bool waits = false;
		if (++run->walked > WALK_MAX)
			return PROBLEM(run->arena, CONFLICT, "flow_endless", "step",
				       list->steps[i]->id);
		TRY(enters[list->steps[i]->kind](run, w, list->steps[i], &waits));
		if (waits || run->state != RUN_RUNNING) return NULL;
	}
	return list_ended(run, w, list);
}

/* ---- a step whose tasks have changed ---- */

/* In order: everybody before has done his part, and those he added. */
static bool his_turn(struct run *run, const struct task *t) {
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *o = &run->tasks[i];
		if (!task_of(o, t->step, t->round) || o->origin != ORIGIN_RULE ||
		    o->state == TASK_VOID || o->place >= t->place)
			continue;
		if (run_vote(run, o) == VOTE_OPEN) return false;
	}
	return true;
}

static bool stays_held(struct run *run, const struct task *t) {
	if (run_waits(run, t)) return true;
	if (t->origin == ORIGIN_AFTER && task_live(run_task(run, t->parent))) return true;
	return t->origin == ORIGIN_RULE && t->step->mode.kind == MODE_ORDER && !his_turn(run, t);
}

/* Who is asked next within the step. */
static void wake(struct run *run, const struct step *step, int64_t round) {
	for (size_t i = 0; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		if (!task_of(t, step, round) || !task_live(t)) continue;
		if (run_vote(run, t) == VOTE_NO) /* refused before him: first, others rest on it */
			run_close(run, t, TASK_DONE, VERDICT_REJECT);
		else if (run_needless(run, t))
			run_close(run, t, TASK_VOID, NO_VERDICT);
		else if (t->state == TASK_HELD && !stays_held(run, t))
			run_reopen(run, t);
	}
}

/* Whoever is asked has his time from then on. Who is asked again has what is left of it: nobody
 * stops the clock by delegating. */
static struct problem *set_due(struct run *run, const struct world *w, const struct step *step,
			       int64_t round) {
	for (size_t i = 0; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		bool again = t->changed && !t->next_us;
		if (task_of(t, step, round) && t->state == TASK_OPEN && (!t->due_us || again))
			TRY(w->due(w->context, step, t));
	}
	return NULL;
}

struct problem *run_settle(struct run *run, const struct world *w, const struct step *step,
			   int64_t round) {
	wake(run, step, round);
	TRY(set_due(run, w, step, round));
	switch (run_outcome(run, step, round)) {
	case OUTCOME_OPEN: return NULL;
	case OUTCOME_FAIL: run_end(run, RUN_REJECTED); return NULL;
	case OUTCOME_PASS: return run_pass(run, w, step);
	}
	return NULL;
}

struct problem *run_pass(struct run *run, const struct world *w, const struct step *step) {
	run_take(run, step);
	return leave(run, w, step);
}

/* ---- beginning, returning, going on ---- */

struct problem *run_begin(struct run *run, const struct world *w) {
	run->told = FLOW_STARTED;
	run->tell = true;
	return enter_from(run, w, &run->flow->root, 0);
}

void run_keep(struct run *run, struct way_back *back, const struct task *decided) {
	*back = (struct way_back){ .n = run->token_count };
	back->tokens = arena_array(run->arena, run->token_count + 1, sizeof *back->tokens);
	back->tasks = arena_array(run->arena, run->task_count + 1, sizeof *back->tasks);
	memcpy(back->tokens, run->tokens, run->token_count * sizeof *back->tokens);
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		bool kept = t == decided || (t->kind != TASK_CC && task_live(t));
		enum task_state state = t == decided ? TASK_OPEN : t->state;
		if (kept) back->tasks[back->task_count++] = (struct kept_task){ t->n, state };
	}
}

static const struct task *returned_by(const struct run *run, const struct step *from) {
	const struct task *last = NULL;
	for (size_t i = 0; i < run->task_count; i++)
		if (run->tasks[i].step == from && run->tasks[i].verdict == VERDICT_RETURN)
			last = &run->tasks[i];
	return last;
}

static void ask_starter(struct run *run) {
	struct asked starter = { .user = run->starter, .weight = 1 };
	struct token *token = run_put(run, NULL);
	run_open(run, NULL, token->round, TASK_RESUBMIT, &starter);
	run->told = FLOW_RETURNED;
	run->tell = true;
}

struct problem *run_return(struct run *run, const struct world *w, const struct step *from,
			   const struct step *to) {
	run->returned = true;
	if (to) return go_anew(run, w, region_of(from, to), to);
	run->back = (struct way_back){ 0 };
	if (run->flow->to_returner) run_keep(run, &run->back, returned_by(run, from));
	run_cancel(run, NULL);
	ask_starter(run);
	return NULL;
}

/* A branch the run had come past: it stands in cases that were taken, and no token before it. */
static bool on_the_way(struct run *run, const struct way_back *back, const struct step *branch) {
	for (const struct step_list *in = branch->in; in->owner; in = in->owner->in)
		if (!begun(run, in->owner, in->place)) return false;
	for (size_t i = 0; i < back->n; i++)
		if (stands_before(back->tokens[i].step, branch)) return false;
	return true;
}

/* Would the branches on the way go as they went? */
static struct problem *same_choices(struct run *run, const struct world *w, bool *same) {
	*same = true;
	for (size_t i = 0; i < run->choice_count && *same; i++) {
		const struct choice taken = run->choices[i];
		uint64_t now;
		if (!taken.lists || !on_the_way(run, &run->back, taken.step)) continue;
		TRY(choose(w, taken.step, &now));
		*same = now == taken.lists;
	}
	return NULL;
}

struct problem *run_go_back(struct run *run, const struct world *w, const struct way_back *back) {
	run_cancel(run, NULL);
	for (size_t i = 0; i < back->n; i++) {
		struct token *t = run_put(run, back->tokens[i].step);
		t->round = back->tokens[i].round;
	}
	for (size_t i = 0; i < back->task_count; i++) {
		struct task *t = run_task(run, back->tasks[i].task);
		run_reopen(run, t);
		t->state = back->tasks[i].state;
	}
	for (size_t i = 0; i < run->token_count; i++)
		if (run->tokens[i].step)
			TRY(set_due(run, w, run->tokens[i].step, run->tokens[i].round));
	return NULL;
}

/* The flows inside were ended with what they stood in: they begin anew. */
static struct problem *begin_inner(struct run *run, const struct world *w) {
	for (size_t i = 0; i < run->task_count && run->state == RUN_RUNNING; i++) {
		struct task *t = &run->tasks[i];
		enum run_state state = RUN_RUNNING;
		if (t->kind != TASK_SUB || t->state != TASK_OPEN) continue;
		TRY(w->sub(w->context, run, t->step, t, &state));
		if (state == RUN_RUNNING) continue;
		const struct step *step = t->step;
		run_close(run, t, TASK_DONE, NO_VERDICT);
		if (state != RUN_APPROVED) run_end(run, RUN_REJECTED);
		if (state == RUN_APPROVED) TRY(run_pass(run, w, step));
	}
	return NULL;
}

struct problem *run_resubmit(struct run *run, const struct world *w) {
	bool straight = run->back.n > 0;
	run_take(run, NULL);
	run->told = FLOW_STARTED;
	run->tell = true;
	if (straight) TRY(same_choices(run, w, &straight));
	if (run->back.n && !straight) run_log(run, "skip", NULL, 0)->reason = "branch_changed";
	if (straight) TRY(run_go_back(run, w, &run->back));
	run->back = (struct way_back){ 0 };
	if (!straight) run->choice_count = 0;
	return straight ? begin_inner(run, w) : enter_from(run, w, &run->flow->root, 0);
}

struct problem *run_jump(struct run *run, const struct world *w, const struct step *to) {
	return go_anew(run, w, NULL, to);
}

/* ---- the way so far ---- */

const struct step *run_previous(const struct run *run, const struct step *step) {
	const struct task *last = NULL;
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		bool done = t->state == TASK_DONE && t->step &&
			    (t->kind == TASK_APPROVE || t->kind == TASK_HANDLE);
		if (done && stands_before(t->step, step) && (!last || t->round >= last->round))
			last = t;
	}
	return last ? last->step : NULL;
}
