/* command.h -- what people, timers and administrators do to a run: one command, judged and carried out in memory.
 * A refused command leaves the run unfit for use: the transaction it belongs to is taken back.
 *  1. Whoever decides a task is the one it asks; the starter withdraws and reminds; an administrator terminates, jumps, removes.
 *  2. A task that is not open is not decided again: CONFLICT task_decided says by whom and when, task_void that it is no longer
 *     needed, task_held that others come first.
 *  3. What people can do again and again has a ceiling (CONFLICT flow_tasks_many, flow_returns_many): the cost of a command grows
 *     with the tasks of its run. What the flow asks for itself has none.
 *  4. What a step does not allow is FORBIDDEN task_not_allowed. */
#ifndef TENON_FLOW_COMMAND_H
#define TENON_FLOW_COMMAND_H

#include "engines/flow/run.h"

enum act_kind { ACT_APPROVE, ACT_REJECT, ACT_COMPLETE, ACT_RETURN, ACT_RESUBMIT, ACT_TRANSFER, ACT_DELEGATE, ACT_ADD, ACT_REMOVE, ACT_CC, ACT_REMIND,
	ACT_TAKE_BACK, ACT_COMMENT, ACT_WITHDRAW, ACT_TERMINATE, ACT_JUMP, ACT_DUE, ACT_KINDS };
extern const char *const act_names[ACT_KINDS];
bool act_named(struct str name, enum act_kind *out);
bool act_on_task(enum act_kind act);         /* or on the run as a whole */

enum { ROUND_TASKS_MAX = 1000, RUN_TASKS_MAX = 10000 }; /* of one entry of a step, copies too; of a run that is returned once more */
struct command {
	enum act_kind act;
	int64_t task;                        /* 0: the run as a whole */
	const struct user *actor;            /* NULL: a timer */
	const char *comment;                 /* or NULL */
	struct str signature;
	bool to_start; const struct step *to;
	const struct user *const *who; size_t who_count;
	enum task_origin where;              /* add */
};
struct problem *run_command(struct run *run, const struct world *w, const struct command *c) MUST_CHECK;

/* What this person may do with this task or run now: bits 1 << enum act_kind. task NULL: the run. */
unsigned run_actions(const struct run *run, const struct task *task, const struct user *actor);
/* Where a task may be returned to now: ids, "start" first if allowed. */
size_t run_return_places(const struct run *run, const struct task *task, const char **out, size_t room);

#endif
