/* engine.h -- approvals: starting a run, and every command on one. Each is one transaction of the writer: the run's marking
 * and tasks, its log, the record's changes, notices, all of it or nothing (flow.md 5.3).
 *  1. Who may is judged here; the record is then written with DOOR_FLOW, in the name of who acts.
 *  2. A decision is bound to what was shown: with `rev` it is refused when the record has changed since (CONFLICT); the log keeps
 *     the record's revision and the hash of its content with every decision.
 *  3. Fields sent along must be open to the step (edit); else all of it is refused (FORBIDDEN), nothing is written.
 *  4. A flow for changing, moving or deleting does it in the name of its starter when it is approved, with his rights: asking is tried
 *     first, so that what cannot be done is refused at once; nobody approves what has become impossible.
 *  5. A run inside another ends its task there in the same transaction; a run that is ended from outside ends those inside it.
 * Problems: NOT_FOUND also for who has nothing to do with the run. Ownership: runs live as long as the request.
 * Threads: the writer; what only reads, anywhere. Source: flow.md 5.3, decision 0026. */
#ifndef TENON_FLOW_ENGINE_H
#define TENON_FLOW_ENGINE_H

#include "engines/flow/world.h"
#include "runtime/base/json.h"

struct flow_start {
	const struct flow *flow;
	int64_t record;
	const struct user *starter;
	const struct json *picks;            /* {"step": ["li"]} or NULL */
	const struct json *changes;          /* START_CHANGE, START_MOVE: what is asked for, as a PATCH would have it */
	const char *comment;
	int64_t parent, parent_task;         /* of a flow inside */
};
/* A run that is not begun: to judge, to walk on trial. */
struct run flow_trial(const struct request *rq, const struct flow *flow, int64_t record, const struct user *starter);
/* start.who and start.when of who would start it now; the record is his to read already. FORBIDDEN, CONFLICT flow_not_now. */
struct problem *flow_judge_start(struct tx *tx, struct request *rq, struct store *s, const struct flow *flow, int64_t record, const struct user *starter) MUST_CHECK;
/* May he, now? Judges start.who, start.when, the record being his to read, and that no run is open on it. */
struct problem *flow_start(struct tx *tx, struct request *rq, struct store *s, const struct flow_start *start, struct run **out) MUST_CHECK;
/* By the engine itself: nothing is judged but that no other run is open. */
struct problem *flow_start_inside(struct tx *tx, struct request *rq, struct store *s, const struct flow_start *start, struct run **out) MUST_CHECK;

struct flow_call {
	int64_t run, task;                   /* task 0: the run as a whole */
	enum act_kind act;
	const struct json *body;             /* as definitions.md "Flow answers"; or NULL */
};
struct problem *flow_call(struct tx *tx, struct request *rq, struct store *s, const struct flow_call *call, struct run **out) MUST_CHECK;
/* Flows that a new record starts by itself, in the transaction that creates it; waits that a record written may end. */
extern const struct record_listener flow_listener;

/* A task whose moment has come; *fired false: it had been done already, or the wait goes on. */
struct flow_firing { int64_t run, task, due_us; int64_t woken; }; /* due_us 0: whatever moment it has; woken: the record that wakes a wait, or 0 */
struct problem *flow_fire(struct tx *tx, struct request *rq, struct store *s, const struct flow_firing *f, bool *fired) MUST_CHECK;

/* The task of somebody who has left goes to whose it is, if he only stood in; to `to`, or to his superior, or to an administrator. */
struct problem *flow_take_over(struct tx *tx, struct request *rq, struct store *s, int64_t run, int64_t task, int32_t to) MUST_CHECK;
/* A proxy has ended: a task that it may have brought goes to who stands for its owner now, he himself or another. */
struct proxy;
struct problem *flow_give_back(struct tx *tx, struct request *rq, struct store *s, int64_t run, int64_t task, const struct proxy *ended) MUST_CHECK;
bool flow_waits_for(const struct flow *flow, const struct form *form); /* has it a wait for a record of this form? */

/* The run with the flow of its version, in rq->app (set here when NULL or another's); bare when that cannot be used. Reads only. */
struct problem *flow_take(struct tx *tx, struct request *rq, struct store *s, int64_t id, struct run **out) MUST_CHECK;
/* CONFLICT flow_outdated: it is bare. */
struct problem *flow_usable(const struct request *rq, const struct run *run) MUST_CHECK;
/* The same in two steps, for who has read many rows at once. CONFLICT flow_outdated: its version cannot be used any more. */
struct run_head;
struct problem *flow_of_head(struct tx *tx, struct request *rq, struct store *s, const struct run_head *head, const struct flow **out) MUST_CHECK;
struct problem *flow_take_head(struct tx *tx, const struct request *rq, const struct flow *flow, const struct run_head *head, struct run **out) MUST_CHECK;
/* Has he to do with it: starter, asked, told, reads the record, or administers? */
struct problem *flow_sees(struct tx *tx, struct request *rq, struct run *run, bool *out) MUST_CHECK;

#endif
