/* run.h -- actions of a definition done to a record, in one transaction, with the rights of whoever caused them.
 *  1. Everything is written inside the caller's transaction (a member of the writer's group): all of it lands or none.
 *  2. What is set on the record itself is gathered and written once, after the last action: one revision, one line of
 *     history, judged as a whole. Later actions see it at once.
 *  3. Every other write is made where its action stands, so that later ones build on it.
 *  4. A run may be repeated from the start (the writer replays its group): it keeps nothing of a former one.
 * Faults: at "/field" of the record, or at the action's own place and the form it writes ("/do/1/contact/mobile").
 * Ownership: the request's arena. Threads: the writer's, while the caller waits. */
#ifndef TENON_ACTION_RUN_H
#define TENON_ACTION_RUN_H

#include "engines/form/inside.h"
#include "runtime/model/action.h"

struct action_made { const struct form *form; int64_t id; bool taken; /* it was there before */ };
struct action_run {
	struct tx *tx;
	struct request *rq;
	struct store *store;
	struct subject *subject;
	const struct form *form;             /* of the subject */
	int64_t id;
	const struct program *program;       /* the one running now */
	int64_t *named;                      /* its records, by place of program->names */
	uint8_t *changed;                    /* by field->index: set on the subject, not yet written */
	struct action_made *made; size_t made_count, made_room;
	const char *pointer;                 /* of the program: "" or, called by another, "/do/2" */
};

/* All actions of a program, one after the other. */
struct problem *action_run_program(struct action_run *run, const struct program *program) MUST_CHECK;
/* What was set on the subject; *after NULL when nothing was. */
struct problem *action_run_finish(struct action_run *run, const struct record **after) MUST_CHECK;

/* ---- for the files of this room: one function a kind (data.c, convert.c) ---- */
typedef struct problem *action_kind_run(struct action_run *run, const struct act *a);
action_kind_run action_set, action_create, action_update, action_convert;

struct problem *action_eval(struct action_run *run, const struct act *a, const struct expr *e, struct value *out) MUST_CHECK;
struct problem *action_values(struct action_run *run, const struct act *a, struct input *out) MUST_CHECK;
struct problem *action_create_record(struct action_run *run, const struct act *a, const struct input *values, int64_t *id) MUST_CHECK;
void action_put(struct action_run *run, const struct field *f, struct value v);
void action_result(struct action_run *run, const struct act *a, int64_t id, bool taken); /* names it and tells of it */
const char *action_pointer(struct action_run *run, const struct act *a);

#endif
