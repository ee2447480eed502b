#include "engines/flow/seeded.h"

#include "engines/flow/engine.h"
#include "runtime/store/queries.h"

static struct problem *start(struct tx *tx, struct request *rq, struct store *s, int64_t record,
			     const struct json *body) {
	struct flow_start start = { .flow = app_flow(rq->app, json_str(json_get(body, "flow"))),
				    .record = record,
				    .starter = rq->actor,
				    .picks = json_get(body, "picks") };
	struct str comment = json_str(json_get(body, "comment"));
	struct run *run;
	if (!start.flow) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	if (comment.n) start.comment = str_dup(rq->arena, comment);
	return flow_start(tx, rq, s, &start, &run);
}

/* What is asked of him; of two at once the one that came first. */
static int64_t open_task(const struct run *run, int32_t user) {
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		if (t->state == TASK_OPEN && t->kind != TASK_CC && t->actor == user) return t->n;
	}
	return 0;
}

struct problem *flow_seeded(struct tx *tx, struct request *rq, struct store *s,
			    const struct form *form, int64_t record, const struct json *body) {
	struct str act = json_str(json_get(body, "act"));
	struct flow_call call = { .body = body };
	struct run *run;
	bool have;
	TRY(request_people(rq, tx, s));
	if (str_is(act, "start")) return start(tx, rq, s, record, body);
	TRY(tx_int(tx, sql_flow_open_of,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			  value_int(record)),
		   &call.run, &have));
	if (!have || !act_named(act, &call.act)) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	TRY(flow_take(tx, rq, s, call.run, &run));
	if (act_on_task(call.act)) call.task = open_task(run, rq->actor->id);
	if (act_on_task(call.act) && !call.task)
		return PROBLEM(rq->arena, FORBIDDEN, "task_not_allowed");
	return flow_call(tx, rq, s, &call, &run);
}

struct problem *flow_seeded_seen(struct tx *tx, const char *app, int64_t before_us) {
	struct value values[] = { value_text(str_of(app)), value_int(before_us) };
	TRY(tx_exec(tx, sql_notification_seen, PARAMS(values[0], values[1]), NULL));
	return tx_exec(tx, sql_flow_cc_seen, PARAMS(values[0], values[1]), NULL);
}
