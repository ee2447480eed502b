/* tasks.c -- the tasks, tokens and log lines of a run in memory. */
#include "engines/flow/run_internal.h"

const char *const run_state_names[RUN_STATES] = { "running", "approved", "rejected", "withdrawn",
						  "terminated" };
const char *const task_kind_names[TASK_KINDS] = { "approve", "handle", "resubmit",
						  "cc",      "wait",   "sub" };
const char *const task_state_names[TASK_STATES] = { "open", "held", "done", "void" };
const char *const task_origin_names[ORIGINS] = { "rule", "before", "after", "parallel",
						 "delegate" };

/* Room for one more item of a list that grows in the run's arena. */
#define MORE(run, items, count, room)                                                              \
	((count) < (room) ? (void)0                                                                \
			  : (void)((items) = arena_grow(                                           \
					   (run)->arena, (items), (count) * sizeof *(items),       \
					   ((room) = (room) ? (room)*2 : 8) * sizeof *(items))))

bool task_live(const struct task *t) { return t->state == TASK_OPEN || t->state == TASK_HELD; }

/* Nobody judges himself by doing work, or by correcting (NULL: the start). */
bool step_bars_starter(const struct step *step) {
	return step && step->kind == STEP_APPROVE && step->policies.on_self != ON_SELF_SELF;
}

bool task_of(const struct task *t, const struct step *step, int64_t round) {
	return t->step == step && t->round == round && t->kind != TASK_CC;
}

/* With a vote that is not needed goes what was said for it. */
bool task_counts(const struct run *run, const struct task *t) {
	if (t->state != TASK_DONE || t->origin == ORIGIN_DELEGATE) return false;
	while (t->state != TASK_VOID) {
		bool own = t->origin == ORIGIN_RULE || t->origin == ORIGIN_PARALLEL;
		if (own || !t->parent) return true;
		t = &run->tasks[t->parent - 1];
	}
	return false;
}

/* A delegate's advice, once given, is no part: he has no vote yet. */
enum part run_part(const struct run *run, const struct step *step, int64_t round, int32_t user) {
	enum part part = PART_NONE;
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		if (t->actor != user || !task_of(t, step, round)) continue;
		if (task_live(t)) return PART_ASKED;
		if (task_counts(run, t)) part = PART_DECIDED;
	}
	return part;
}

struct task *run_task(struct run *run, int64_t n) {
	return n > 0 && (size_t)n <= run->task_count ? &run->tasks[n - 1] : NULL;
}

struct task *run_open(struct run *run, const struct step *step, int64_t round, enum task_kind kind,
		      const struct asked *who) {
	MORE(run, run->tasks, run->task_count, run->task_room);
	run->votes_known = false;
	struct task *t = &run->tasks[run->task_count++];
	*t = (struct task){
		.n = (int64_t)run->task_count,
		.step = step,
		.round = round,
		.kind = kind,
		.actor = who ? who->user : 0,
		.for_whom = who ? who->for_whom : 0,
		.weight = who && who->weight ? who->weight : 1,
		.verdict = NO_VERDICT,
		.opened_us = run->now_us,
		.changed = true,
	};
	return t;
}

void run_close(struct run *run, struct task *t, enum task_state state, int verdict) {
	run->votes_known = false;
	t->state = state;
	t->verdict = verdict;
	t->closed_us = run->now_us;
	t->next_us = 0;
	t->changed = true;
}

void run_hand(struct run *run, struct task *t, int32_t user, int32_t for_whom) {
	run->undo = (struct undo){ 0 };
	t->actor = user;
	t->for_whom = for_whom;
	t->opened_us = run->now_us;
	t->changed = true;
}

void run_hold(struct task *t) {
	t->state = TASK_HELD;
	t->changed = true;
}

void run_reopen(struct run *run, struct task *t) {
	run->votes_known = false;
	t->state = TASK_OPEN;
	t->verdict = NO_VERDICT;
	t->closed_us = 0;
	t->opened_us = run->now_us;
	t->changed = true;
}

struct log_line *run_log(struct run *run, const char *act, const struct step *step, int32_t who) {
	MORE(run, run->log, run->log_count, run->log_room);
	struct log_line *line = &run->log[run->log_count++];
	*line = (struct log_line){ .act = act, .step = step, .round = run->rounds, .who = who };
	return line;
}

/* ---- tokens ---- */

struct token *run_token(struct run *run, const struct step *step) {
	for (size_t i = 0; i < run->token_count; i++)
		if (run->tokens[i].step == step) return &run->tokens[i];
	return NULL;
}

struct token *run_put(struct run *run, const struct step *step) {
	MORE(run, run->tokens, run->token_count, run->token_room);
	struct token *t = &run->tokens[run->token_count++];
	*t = (struct token){ step, ++run->rounds };
	return t;
}

static void void_tasks(struct run *run, const struct token *token) {
	for (size_t i = 0; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		if (task_of(t, token->step, token->round) && task_live(t))
			run_close(run, t, TASK_VOID, NO_VERDICT);
	}
}

void run_take(struct run *run, const struct step *step) {
	for (size_t i = 0; i < run->token_count; i++) {
		if (run->tokens[i].step != step) continue;
		void_tasks(run, &run->tokens[i]);
		run->tokens[i] = run->tokens[--run->token_count];
		return;
	}
}

bool step_within(const struct step *step, const struct step_list *list) {
	while (step && step->in != list) step = step->in->owner;
	return step != NULL;
}

void run_cancel(struct run *run, const struct step_list *region) {
	for (size_t i = run->token_count; i-- > 0;)
		if (!region || step_within(run->tokens[i].step, region)) {
			void_tasks(run, &run->tokens[i]);
			run->tokens[i] = run->tokens[--run->token_count];
		}
	for (struct entering *e = run->entering; e; e = e->outer)
		if (!region || step_within(e->block, region)) e->abandoned = true;
}

/* ---- the cases a branch took ---- */

struct choice *run_choice(struct run *run, const struct step *branch) {
	for (size_t i = 0; i < run->choice_count; i++)
		if (run->choices[i].step == branch) return &run->choices[i];
	MORE(run, run->choices, run->choice_count, run->choice_room);
	struct choice *c = &run->choices[run->choice_count++];
	*c = (struct choice){ branch, 0 };
	return c;
}
