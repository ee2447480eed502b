#include "engines/flow/notices.h"

#include "runtime/store/notifications.h"
#include "runtime/store/proxies.h"
#include "runtime/store/queries.h"

static const int64_t minute_us = 60 * 1000000LL;

static struct problem *tell(struct flow_world *fw, int32_t user, const char *kind, int64_t n) {
	const struct run *run = fw->run;
	const struct user *actor = fw->rq->actor;
	struct arena *a = fw->rq->arena;
	const struct user *u = directory_user_id(fw->rq->directory, user);
	if (!u || !u->active || (actor && actor->id == user)) return NULL;
	struct notification note = { .kind = kind,
				     .app = run->flow->app->name,
				     .form = run->flow->form->id,
				     .record = run->record,
				     .user = user,
				     .actor = actor ? actor->id : 0,
				     .at_us = run->now_us,
				     .text = str_of(arena_printf(a, "%lld-%lld", (long long)run->id,
								 (long long)n)) };
	const char *cause = arena_printf(a, "%s/%lld/%lld/%lld", kind, (long long)run->id,
					 (long long)n, (long long)run->now_us);
	return notification_add(fw->tx, &note, str_of(cause));
}

/* Pages that are open count and list anew. */
static struct problem *touch(struct flow_world *fw, int32_t user, int64_t n) {
	const struct run *run = fw->run;
	if (!user) return NULL;
	return tx_exec(fw->tx, sql_flow_event_add,
		       PARAMS(value_int(run->now_us), value_text(str_of(run->flow->app->name)),
			      value_text(str_of(run->flow->form->id)), value_int(run->id),
			      value_int(n), value_int(user)),
		       NULL);
}

static const char *asked_how(const struct task *t) {
	if (t->kind == TASK_CC) return "flow_cc";
	return t->kind == TASK_RESUBMIT ? "flow_returned" : "flow_task";
}

static bool asked_now(const struct run *run, const struct task *t) {
	return t->changed && t->state == TASK_OPEN && t->opened_us == run->now_us;
}

static struct problem *tell_reminded(struct flow_world *fw, const struct log_line *line) {
	bool due = strcmp(line->act, "due") == 0 && line->reason &&
		   strcmp(line->reason, "remind") == 0;
	bool by_hand = strcmp(line->act, "remind") == 0;
	for (size_t i = 0; (due || by_hand) && i < fw->run->task_count; i++) {
		const struct task *t = &fw->run->tasks[i];
		if (t->state != TASK_OPEN || t->kind == TASK_CC ||
		    (line->task && line->task != t->n))
			continue;
		TRY(tell(fw, t->actor, "flow_remind", t->n));
	}
	return NULL;
}

struct problem *flow_notices(struct flow_world *fw) {
	struct run *run = fw->run;
	static const char *const ended[] = { [RUN_APPROVED] = "flow_approved",
					     [RUN_REJECTED] = "flow_rejected",
					     [RUN_TERMINATED] = "flow_terminated",
					     [RUN_STATES] = NULL };
	if (fw->trial) return NULL;
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		if (!t->changed) continue;
		TRY(touch(fw, t->actor, t->n));
		if (asked_now(run, t)) TRY(tell(fw, t->actor, asked_how(t), t->n));
	}
	for (size_t i = 0; i < run->log_count; i++) TRY(tell_reminded(fw, &run->log[i]));
	if (run->log_count) TRY(touch(fw, run->starter, 0));
	const char *kind = run->ended_us == run->now_us ? ended[run->state] : NULL;
	return kind ? tell(fw, run->starter, kind, 0) : NULL;
}

struct problem *flow_notice_ended(struct flow_world *fw, const struct task *t,
				  const struct proxy *ended) {
	const struct user *stood_in = directory_user_id(fw->rq->directory, t->actor);
	struct notification note = { .kind = "proxy_ended",
				     .app = NOTIFICATION_NO_APP,
				     .form = NOTIFICATION_NO_APP,
				     .user = t->actor,
				     .actor = ended->from,
				     .at_us = fw->run->now_us };
	TRY(touch(fw, t->actor, t->n));
	if (!stood_in || !stood_in->active) return NULL;
	const char *cause = arena_printf(fw->rq->arena, "proxy_ended/%lld", (long long)ended->id);
	return notification_add(fw->tx, &note, str_of(cause));
}

struct problem *flow_remind_limit(struct flow_world *fw) {
	int64_t now = fw->run->now_us;
	struct rows *r;
	bool have;
	TRY(tx_query(fw->tx, sql_flow_reminded,
		     PARAMS(value_int(fw->run->id), value_int(now - 24 * 60 * minute_us)), &r));
	TRY(rows_next(r, &have));
	bool soon = have && (rows_int(r, 0) >= 3 ||
			     (rows_int(r, 0) && now - rows_int(r, 1) < 30 * minute_us));
	rows_close(r);
	return soon ? PROBLEM(fw->rq->arena, CONFLICT, "remind_soon") : NULL;
}

struct problem *flow_comment_limit(struct flow_world *fw) {
	enum { COMMENTS_MAX = 100 };
	const struct user *by = fw->rq->actor;
	int64_t said;
	bool have;
	TRY(tx_int(fw->tx, sql_flow_said,
		   PARAMS(value_int(fw->run->id), value_int(by ? by->id : 0)), &said, &have));
	return have && said >= COMMENTS_MAX
		       ? PROBLEM(fw->rq->arena, CONFLICT, "comments_many", "max", "100")
		       : NULL;
}
