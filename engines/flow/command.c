#include "engines/flow/command.h"

#include "runtime/base/day.h"
#include "runtime/base/zone.h"

const char *const act_names[ACT_KINDS] = { "approve",  "reject",   "complete",  "return",
					   "resubmit", "transfer", "delegate",  "add",
					   "remove",   "cc",       "remind",    "take_back",
					   "comment",  "withdraw", "terminate", "jump",
					   "due" };

bool act_named(struct str name, enum act_kind *out) {
	for (size_t i = 0; i < ACT_DUE; i++)
		if (str_is(name, act_names[i])) {
			*out = (enum act_kind)i;
			return true;
		}
	return false;
}

bool act_on_task(enum act_kind act) { return act <= ACT_TAKE_BACK; }

struct doing {
	struct run *run;
	const struct world *w;
	const struct command *c;
	struct task *task; /* NULL: the run as a whole */
};

static int32_t actor_id(const struct doing *d) { return d->c->actor ? d->c->actor->id : 0; }

static struct log_line *told(const struct doing *d) {
	const struct task *t = d->task;
	struct log_line *line =
		run_log(d->run, act_names[d->c->act], t ? t->step : NULL, actor_id(d));
	line->note = d->c->comment;
	if (!t) return line;
	line->for_whom = t->for_whom;
	line->round = t->round;
	line->task = t->n;
	return line;
}

static struct problem *settle(const struct doing *d, const struct task *t) {
	return run_settle(d->run, d->w, t->step, t->round);
}

/* ---- verdicts ---- */

static struct problem *decide(const struct doing *d, enum verdict verdict) {
	struct run *run = d->run;
	int64_t n = d->task->n;
	run_keep(run, &run->undo.back, d->task);
	run->undo.task = n;
	run_close(run, d->task, TASK_DONE, (int)verdict);
	run->acted = true;
	told(d);
	return settle(d, d->task);
}

static struct problem *do_approve(const struct doing *d) { return decide(d, VERDICT_APPROVE); }
static struct problem *do_reject(const struct doing *d) { return decide(d, VERDICT_REJECT); }
static struct problem *do_complete(const struct doing *d) { return decide(d, VERDICT_COMPLETE); }

static bool may_return_to(const struct doing *d) {
	const char *places[64];
	size_t n = run_return_places(d->run, d->task, places, ARRAY_LEN(places));
	const char *wanted = d->c->to_start ? "start" : d->c->to ? d->c->to->id : "";
	for (size_t i = 0; i < n; i++)
		if (strcmp(places[i], wanted) == 0) return true;
	return false;
}

static struct problem *do_return(const struct doing *d) {
	struct run *run = d->run;
	if (!may_return_to(d)) return PROBLEM(run->arena, CONFLICT, "return_not_there");
	if (run->task_count >= RUN_TASKS_MAX)
		return PROBLEM(run->arena, CONFLICT, "flow_returns_many", "max",
			       arena_printf(run->arena, "%d", RUN_TASKS_MAX));
	run_close(run, d->task, TASK_DONE, VERDICT_RETURN);
	run->acted = true;
	run->undo = (struct undo){ 0 };
	told(d);
	return run_return(run, d->w, d->task->step, d->c->to_start ? NULL : d->c->to);
}

static struct problem *do_resubmit(const struct doing *d) {
	run_close(d->run, d->task, TASK_DONE, VERDICT_RESUBMIT);
	d->run->undo = (struct undo){ 0 };
	told(d);
	return run_resubmit(d->run, d->w);
}

/* ---- other people ---- */

static struct task *live_task_of(const struct doing *d, int32_t user) {
	for (size_t i = 0; i < d->run->task_count; i++) {
		struct task *t = &d->run->tasks[i];
		if (task_of(t, d->task->step, d->task->round) && task_live(t) && t->actor == user)
			return t;
	}
	return NULL;
}

static enum part part_of(const struct doing *d, int32_t user) {
	return run_part(d->run, d->task->step, d->task->round, user);
}

/* Advice is no judgement: he may be asked for that. */
static bool judges_himself(const struct doing *d, int32_t user) {
	return user == d->run->starter && d->c->act != ACT_DELEGATE &&
	       step_bars_starter(d->task->step);
}

static struct problem *has_part(const struct doing *d, const struct user *who) {
	static const char *const codes[] = {
		[PART_ASKED] = "flow_already_asked", [PART_DECIDED] = "flow_already_decided"
	};
	enum part part = part_of(d, who->id);
	return part == PART_NONE ? NULL
				 : PROBLEM(d->run->arena, CONFLICT, codes[part], "user",
					   directory_label(who));
}

/* Whoever hands a task back and forth, or adds signer to signer, comes to an end. */
static struct problem *check_room(const struct doing *d) {
	size_t here = 0;
	for (size_t i = 0; i < d->run->task_count; i++)
		here += d->run->tasks[i].step == d->task->step &&
			d->run->tasks[i].round == d->task->round;
	return here + d->c->who_count <= ROUND_TASKS_MAX
		       ? NULL
		       : PROBLEM(d->run->arena, CONFLICT, "flow_tasks_many", "max",
				 arena_printf(d->run->arena, "%d", ROUND_TASKS_MAX));
}

static struct problem *check_new(const struct doing *d) {
	if (!d->c->who_count) return PROBLEM(d->run->arena, INVALID, "flow_who_needed");
	for (size_t i = 0; d->c->actor && i < d->c->who_count; i++)
		if (judges_himself(d, d->c->who[i]->id))
			return PROBLEM(d->run->arena, CONFLICT, "flow_not_starter", "user",
				       directory_label(d->c->who[i]));
	for (size_t i = 0; i < d->c->who_count; i++) TRY(has_part(d, d->c->who[i]));
	return NULL;
}

static const char *names_of(const struct doing *d) {
	struct sb out = sb_on(d->run->arena, 4096);
	for (size_t i = 0; i < d->c->who_count; i++) {
		if (i) sb_cat(&out, ", ");
		sb_cat(&out, d->c->who[i]->login);
	}
	return sb_cstr(&out);
}

/* With somebody goes whom he asked before, after or instead of him, and whom those did. Who was put
 * beside him stays: he is asked in his own right. */
static bool goes_with(struct run *run, const struct task *t, const struct task *gone) {
	while (t && t != gone) t = t->origin == ORIGIN_PARALLEL ? NULL : run_task(run, t->parent);
	return t != NULL;
}

static void take_out(struct run *run, const struct task *gone) {
	for (size_t i = 0; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		if (task_live(t) && goes_with(run, t, gone))
			run_close(run, t, TASK_VOID, NO_VERDICT);
	}
}

static void hand_to(const struct doing *d, int32_t user) { run_hand(d->run, d->task, user, 0); }

/* Did he say yes before this one, and for it? */
static bool agreed_before(const struct doing *d, int32_t user) {
	for (size_t i = 0; i < d->run->task_count; i++) {
		const struct task *t = &d->run->tasks[i];
		if (t->actor == user && task_counts(d->run, t) && goes_with(d->run, t, d->task))
			return true;
	}
	return false;
}

/* Somebody has left, and who gets his task has a part here already. Nobody has two: what he was
 * asked for that task he need not say first; what he said for it stands for it; else the task
 * itself is not needed. */
static struct problem *join_tasks(const struct doing *d) {
	int32_t user = d->c->who[0]->id;
	const struct task *asked = live_task_of(d, user);
	told(d)->reason = d->c->who[0]->login;
	d->run->undo = (struct undo){ 0 };
	if (asked && goes_with(d->run, asked, d->task)) {
		take_out(d->run, asked);
		hand_to(d, user);
	} else if (agreed_before(d, user)) {
		run_close(d->run, d->task, TASK_DONE,
			  d->task->kind == TASK_HANDLE ? VERDICT_COMPLETE : VERDICT_APPROVE);
		d->task->skipped = true;
	} else {
		take_out(d->run, d->task);
	}
	return settle(d, d->task);
}

static struct problem *do_transfer(const struct doing *d) {
	bool bare = d->run->bare; /* nothing is settled there */
	if (!d->c->actor && !bare && part_of(d, d->c->who[0]->id)) return join_tasks(d);
	if (!bare) TRY(check_new(d));
	told(d)->reason = d->c->who[0]->login;
	hand_to(d, d->c->who[0]->id);
	return NULL;
}

static void add_task(const struct doing *d, const struct user *who, enum task_origin origin,
		     enum task_kind kind) {
	struct asked asked = { .user = who->id, .weight = 1 };
	int64_t parent = d->task->n, place = d->task->place;
	struct task *t = run_open(d->run, d->task->step, d->task->round, kind, &asked);
	t->origin = origin;
	t->parent = parent;
	t->place = place;
	if (origin == ORIGIN_AFTER) run_hold(t);
}

static struct problem *add(const struct doing *d, enum task_origin origin, enum task_kind kind) {
	struct doing here = *d;
	int64_t n = d->task->n;
	TRY(check_new(d));
	TRY(check_room(d));
	told(d)->reason =
		arena_printf(d->run->arena, "%s %s", task_origin_names[origin], names_of(d));
	d->run->undo = (struct undo){ 0 };
	for (size_t i = 0; i < d->c->who_count; i++) {
		here.task = run_task(d->run, n); /* the list may have moved */
		add_task(&here, d->c->who[i], origin, kind);
	}
	here.task = run_task(d->run, n);
	if (origin == ORIGIN_BEFORE || origin == ORIGIN_DELEGATE) run_hold(here.task);
	return settle(d, here.task);
}

static struct problem *do_add(const struct doing *d) { return add(d, d->c->where, d->task->kind); }
static struct problem *do_delegate(const struct doing *d) {
	return add(d, ORIGIN_DELEGATE, TASK_HANDLE);
}

static struct problem *do_remove(const struct doing *d) {
	struct run *run = d->run;
	const struct task *gone = d->c->who_count ? live_task_of(d, d->c->who[0]->id) : NULL;
	size_t left = 0;
	if (!gone) return PROBLEM(run->arena, CONFLICT, "flow_not_asked");
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		left += task_of(t, gone->step, gone->round) && task_live(t) &&
			!goes_with(run, t, gone);
	}
	if (!left) return PROBLEM(run->arena, CONFLICT, "flow_last_signer");
	run->undo = (struct undo){ 0 };
	told(d)->reason = d->c->who[0]->login;
	take_out(run, gone);
	return settle(d, d->task);
}

/* Once a round is enough: he sees the record as it is. */
static bool told_already(const struct doing *d, int64_t round, int32_t user) {
	for (size_t i = 0; i < d->run->task_count; i++) {
		const struct task *t = &d->run->tasks[i];
		if (t->kind == TASK_CC && t->round == round && t->actor == user) return true;
	}
	return false;
}

static struct problem *do_cc(const struct doing *d) {
	if (!d->c->who_count) return PROBLEM(d->run->arena, INVALID, "flow_who_needed");
	TRY(check_room(d));
	told(d)->reason = names_of(d);
	const struct step *step = d->task->step;
	int64_t round = d->task->round;
	for (size_t i = 0; i < d->c->who_count; i++) {
		struct asked asked = { .user = d->c->who[i]->id, .weight = 1 };
		if (!told_already(d, round, asked.user))
			run_open(d->run, step, round, TASK_CC, &asked);
	}
	return NULL;
}

static struct problem *do_remind(const struct doing *d) {
	told(d);
	return NULL;
}

/* Approvals that a policy took for given because of this one. */
static void void_rested_on(struct run *run, const struct task *decided) {
	for (size_t i = (size_t)decided->n; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		if (t->skipped && t->opened_us == decided->closed_us)
			run_close(run, t, TASK_VOID, NO_VERDICT);
	}
}

static struct problem *do_take_back(const struct doing *d) {
	struct run *run = d->run;
	if (run->undo.task != d->task->n) return PROBLEM(run->arena, CONFLICT, "take_back_late");
	struct way_back back = run->undo.back;
	run->undo = (struct undo){ 0 };
	told(d);
	void_rested_on(run, d->task);
	return run_go_back(run, d->w, &back);
}

/* ---- the run as a whole ---- */

static struct problem *do_comment(const struct doing *d) {
	told(d);
	return NULL;
}

static struct problem *end(const struct doing *d, enum run_state state) {
	told(d);
	run_end(d->run, state);
	return NULL;
}

static struct problem *do_withdraw(const struct doing *d) { return end(d, RUN_WITHDRAWN); }
static struct problem *do_terminate(const struct doing *d) { return end(d, RUN_TERMINATED); }

static struct problem *do_jump(const struct doing *d) {
	if (!d->c->to) return PROBLEM(d->run->arena, INVALID, "flow_step_unknown", "step", "");
	told(d)->reason = d->c->to->id;
	d->run->undo = (struct undo){ 0 };
	return run_jump(d->run, d->w, d->c->to);
}

/* ---- time ---- */

static struct problem *due_decides(const struct doing *d, enum verdict verdict) {
	run_close(d->run, d->task, TASK_DONE, (int)verdict);
	d->task->skipped = true;
	d->run->undo = (struct undo){ 0 };
	return settle(d, d->task);
}

static const char *const due_names[] = { "remind", "pass", "reject", "transfer", "escalate" };

static struct problem *due_transfer(const struct doing *d, const struct due_rule *rule) {
	int32_t to;
	TRY(d->w->deputy(d->w->context, d->run, d->task, rule, &to));
	if (!to || to == d->task->actor) return NULL;
	hand_to(d, to);
	struct log_line *line = run_log(d->run, "asked", d->task->step, to);
	line->task = d->task->n;
	line->round = d->task->round;
	line->reason = due_names[rule->act];
	return NULL;
}

/* The rule after the one that has acted. Reminders that have fallen due together (nothing ran for a
 * while) are one. */
static struct problem *next_due(const struct doing *d, const struct due_rule *acted) {
	struct task *t = d->task;
	bool again = true;
	while (again) {
		TRY(d->w->due(d->w->context, t->step, t));
		bool due = t->next_us && t->next_us <= d->run->now_us;
		again = due && acted->act == DUE_REMIND &&
			t->step->on_due[t->next].act == DUE_REMIND;
	}
	return NULL;
}

static struct problem *do_due(const struct doing *d) {
	struct task *t = d->task;
	t->changed = true;
	if (t->kind == TASK_WAIT) {
		bool over = !t->step->until;
		if (t->step->until) TRY(d->w->awaited(d->w->context, d->run, t->step, &over));
		if (!over) return d->w->due(d->w->context, t->step, t);
		d->run->undo = (struct undo){ 0 };
		run_close(d->run, t, TASK_DONE, NO_VERDICT);
		run_log(d->run, "waited", t->step, 0)->reason = t->step->until ? "event" : "time";
		return run_pass(d->run, d->w, t->step);
	}
	const struct due_rule *rule = &t->step->on_due[t->next];
	told(d)->reason = due_names[rule->act];
	switch (rule->act) {
	case DUE_REMIND: break;
	case DUE_PASS:
		return due_decides(d, t->kind == TASK_HANDLE ? VERDICT_COMPLETE : VERDICT_APPROVE);
	case DUE_REJECT: return due_decides(d, VERDICT_REJECT);
	case DUE_TRANSFER:
	case DUE_ESCALATE: TRY(due_transfer(d, rule)); break;
	}
	return next_due(d, rule);
}

/* ---- who may ---- */

static bool is_admin(const struct run *run, const struct user *u) {
	return u && directory_administers(u, run->flow->app->name);
}

/* Bits by what the step allows; "add" by any of its three. */
static unsigned allowed(const struct step *s) {
	static const struct {
		unsigned allow;
		enum act_kind act;
	} rows[] = {
		{ ALLOW_ADD_BEFORE | ALLOW_ADD_AFTER | ALLOW_ADD_PARALLEL, ACT_ADD },
		{ ALLOW_REMOVE, ACT_REMOVE },
		{ ALLOW_TRANSFER, ACT_TRANSFER },
		{ ALLOW_DELEGATE, ACT_DELEGATE },
		{ ALLOW_RETURN, ACT_RETURN },
		{ ALLOW_CC, ACT_CC },
	};
	unsigned bits = 0;
	for (size_t i = 0; s && i < ARRAY_LEN(rows); i++)
		if (s->allow & rows[i].allow) bits |= 1u << rows[i].act;
	return bits;
}

static unsigned own_task(const struct task *t) {
	if (t->kind == TASK_RESUBMIT) return 1u << ACT_RESUBMIT;
	if (t->origin == ORIGIN_DELEGATE) return 1u << ACT_COMPLETE;
	unsigned verdicts =
		t->kind == TASK_HANDLE ? 1u << ACT_COMPLETE : 1u << ACT_APPROVE | 1u << ACT_REJECT;
	return verdicts | allowed(t->step);
}

static bool signs_here(const struct run *run, const struct task *of, int32_t user) {
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		if (task_of(t, of->step, of->round) && task_live(t) && t->actor == user)
			return true;
	}
	return false;
}

static unsigned task_actions(const struct run *run, const struct task *t, const struct user *u) {
	unsigned bits = 0;
	bool people = t->kind == TASK_APPROVE || t->kind == TASK_HANDLE || t->kind == TASK_RESUBMIT;
	if (!people) return 0;
	if (t->state == TASK_OPEN && t->actor == u->id) bits |= own_task(t);
	bool may_remove = t->step && (t->step->allow & ALLOW_REMOVE) && signs_here(run, t, u->id);
	if (t->step && task_live(t) && (may_remove || is_admin(run, u))) bits |= 1u << ACT_REMOVE;
	if (task_live(t) && is_admin(run, u)) bits |= 1u << ACT_TRANSFER;
	if (task_live(t) && (run->starter == u->id || is_admin(run, u))) bits |= 1u << ACT_REMIND;
	bool back = t->step && (t->step->allow & ALLOW_TAKE_BACK) && t->actor == u->id;
	if (back && t->state == TASK_DONE && run->undo.task == t->n) bits |= 1u << ACT_TAKE_BACK;
	return bits;
}

static unsigned whole_actions(const struct run *run, const struct user *u) {
	unsigned bits = run->bare ? 0 : 1u << ACT_COMMENT;
	bool soon = run->flow->withdraw == WITHDRAW_ALWAYS ||
		    (run->flow->withdraw == WITHDRAW_UNTIL_FIRST_ACTION && !run->acted);
	if (run->state != RUN_RUNNING) return bits;
	if (run->bare) return is_admin(run, u) ? 1u << ACT_TERMINATE : 0;
	if (run->starter == u->id && soon) bits |= 1u << ACT_WITHDRAW;
	if (run->starter == u->id || is_admin(run, u)) bits |= 1u << ACT_REMIND;
	if (is_admin(run, u)) bits |= 1u << ACT_TERMINATE | 1u << ACT_JUMP;
	return bits;
}

unsigned run_actions(const struct run *run, const struct task *task, const struct user *actor) {
	if (!task) return whole_actions(run, actor);
	return run->state == RUN_RUNNING && !run->bare ? task_actions(run, task, actor) : 0;
}

/* Who decided last where this task stands: what the others are told. */
static const struct task *decided_by(const struct run *run, const struct task *of) {
	const struct task *last = NULL;
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		bool decided = t->state == TASK_DONE && t->verdict != NO_VERDICT && !t->skipped;
		if (decided && task_of(t, of->step, of->round) &&
		    (!last || t->closed_us >= last->closed_us))
			last = t;
	}
	return last;
}

static struct problem *not_open(const struct doing *d) {
	struct arena *a = d->run->arena;
	const struct task *t = d->task;
	if (t->state == TASK_HELD) return PROBLEM(a, CONFLICT, "task_held");
	const struct task *by = t->state == TASK_DONE && !t->skipped ? t : decided_by(d->run, t);
	const struct user *who = by ? directory_user_id(d->run->people, by->actor) : NULL;
	if (!who)
		return PROBLEM(a, CONFLICT,
			       d->run->state == RUN_RUNNING ? "task_void" : "flow_over", "state",
			       run_state_names[d->run->state]);
	char at[40];
	size_t n = datetime_text(zone_to_local(d->run->flow->app->zone, by->closed_us), at);
	at[n > 16 ? 16 : n] = '\0';
	at[10] = ' ';
	return PROBLEM(a, CONFLICT, "task_decided", "by", directory_label(who), "at", at, "verdict",
		       verdict_names[by->verdict]);
}

static bool where_allowed(const struct doing *d) {
	static const unsigned needs[] = { [ORIGIN_BEFORE] = ALLOW_ADD_BEFORE,
					  [ORIGIN_AFTER] = ALLOW_ADD_AFTER,
					  [ORIGIN_PARALLEL] = ALLOW_ADD_PARALLEL };
	return d->c->act != ACT_ADD ||
	       (d->c->where < ARRAY_LEN(needs) && (d->task->step->allow & needs[d->c->where]));
}

static struct problem *may(const struct doing *d) {
	struct arena *a = d->run->arena;
	const struct command *c = d->c;
	bool whole = c->act == ACT_TERMINATE || (c->act == ACT_TRANSFER && !c->actor);
	if (d->run->bare && !whole)
		return PROBLEM(a, CONFLICT, "flow_outdated", "step",
			       label_text(&d->run->flow->label, d->run->language));
	if (!c->actor) return NULL;
	unsigned bits = run_actions(d->run, d->task, c->actor);
	if ((bits >> c->act & 1) && where_allowed(d)) return NULL;
	bool decides = d->task && (c->act <= ACT_RESUBMIT || c->act == ACT_TRANSFER ||
				   c->act == ACT_DELEGATE || c->act == ACT_ADD);
	if (decides && d->task->actor == c->actor->id &&
	    (d->task->state != TASK_OPEN || d->run->state != RUN_RUNNING))
		return not_open(d);
	if (c->act == ACT_TAKE_BACK && d->task->actor == c->actor->id)
		return PROBLEM(a, CONFLICT, "take_back_late");
	if (!d->task && d->run->state != RUN_RUNNING)
		return PROBLEM(a, CONFLICT, "flow_over", "state", run_state_names[d->run->state]);
	if (c->act == ACT_WITHDRAW && d->run->starter == c->actor->id)
		return PROBLEM(a, CONFLICT, "withdraw_late");
	return PROBLEM(a, FORBIDDEN, "task_not_allowed");
}

/* ---- required ---- */

static const int verdict_of[ACT_KINDS] = {
	[ACT_APPROVE] = VERDICT_APPROVE + 1,   [ACT_REJECT] = VERDICT_REJECT + 1,
	[ACT_COMPLETE] = VERDICT_COMPLETE + 1, [ACT_RETURN] = VERDICT_RETURN + 1,
	[ACT_RESUBMIT] = VERDICT_RESUBMIT + 1,
};

static struct problem *check_required(const struct doing *d) {
	int verdict = verdict_of[d->c->act] - 1;
	struct faults faults = { .arena = d->run->arena };
	if (verdict < 0 || !d->task || !d->task->step || d->task->origin == ORIGIN_DELEGATE)
		return NULL;
	const struct requirement *r = &d->task->step->require[verdict];
	if (r->comment && !(d->c->comment && *d->c->comment))
		FAULT(&faults, "/comment", "required");
	if (r->signature && !d->c->signature.n) FAULT(&faults, "/signature", "required");
	return faults_problem(&faults);
}

/* ---- the table ---- */

static struct problem *(*const does[ACT_KINDS])(const struct doing *d) = {
	[ACT_APPROVE] = do_approve,
	[ACT_REJECT] = do_reject,
	[ACT_COMPLETE] = do_complete,
	[ACT_RETURN] = do_return,
	[ACT_RESUBMIT] = do_resubmit,
	[ACT_TRANSFER] = do_transfer,
	[ACT_DELEGATE] = do_delegate,
	[ACT_ADD] = do_add,
	[ACT_REMOVE] = do_remove,
	[ACT_CC] = do_cc,
	[ACT_REMIND] = do_remind,
	[ACT_TAKE_BACK] = do_take_back,
	[ACT_COMMENT] = do_comment,
	[ACT_WITHDRAW] = do_withdraw,
	[ACT_TERMINATE] = do_terminate,
	[ACT_JUMP] = do_jump,
	[ACT_DUE] = do_due,
};

struct problem *run_command(struct run *run, const struct world *w, const struct command *c) {
	struct doing d = { run, w, c, c->task ? run_task(run, c->task) : NULL };
	if (c->task && !d.task) return PROBLEM(run->arena, NOT_FOUND, "not_found");
	TRY(may(&d));
	TRY(check_required(&d));
	return does[c->act](&d);
}

/* ---- where to ---- */

static bool listed(const char *const *out, size_t n, const char *id) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i], id) == 0) return true;
	return false;
}

static const char *place_id(const struct run *run, const struct task *task,
			    const struct return_place *place) {
	if (place->kind == RETURN_START) return "start";
	if (place->kind == RETURN_STEP) return place->step->id;
	const struct step *previous = run_previous(run, task->step);
	return previous ? previous->id : "start";
}

size_t run_return_places(const struct run *run, const struct task *task, const char **out,
			 size_t room) {
	size_t n = 0;
	for (size_t i = 0; task->step && i < task->step->return_count && n < room; i++) {
		const char *id = place_id(run, task, &task->step->return_to[i]);
		if (!listed(out, n, id)) out[n++] = id;
	}
	return n;
}
