/* world.h -- what a run asks of the outside, answered from the record, the directory and the store, inside the command's
 * transaction. Records are seen and written with the system's eyes (DOOR_FLOW: the engine has judged who may), in the name
 * of who acts. Each of these knows those before it: subject.c, others.c, people.c, world.c, engine.c (which adds flows inside).
 * Ownership: the request's arena. Threads: the writer, or a reader for previews. */
#ifndef TENON_FLOW_WORLD_H
#define TENON_FLOW_WORLD_H

#include "engines/flow/command.h"
#include "engines/form/inside.h"

struct flow_world {
	struct tx *tx;
	struct request *rq;
	struct store *store;
	struct run *run;
	struct subject *subject;             /* of the record, opened when first asked for; forgotten when it was written */
	int64_t woken;                       /* the record whose writing made this look at a wait; 0: none */
	bool trial;                          /* a preview: nothing is written or started */
	struct world world;
};
void flow_world_init(struct flow_world *fw, struct tx *tx, struct request *rq, struct store *s, struct run *run);
struct problem *flow_subject(struct flow_world *fw, struct subject **out) MUST_CHECK; /* as its steps see it: with the change that is asked for */
struct problem *flow_stored(struct flow_world *fw, struct subject **out) MUST_CHECK;
bool flow_asks_write(const struct run *run);              /* does it stand in front of a change, a move or a deletion? */
struct write flow_asked_write(const struct run *run);     /* of such a run */
void flow_record_changed(struct flow_world *fw);
struct problem *flow_eval(struct flow_world *fw, const struct expr_paths *paths, const struct expr *e, struct value *out) MUST_CHECK;
/* The record's state as the run tells it (run->tell). */
struct problem *flow_tell_state(struct flow_world *fw) MUST_CHECK;

/* Would the state of a start be refused by the record's own rules? Nothing is written. */
struct problem *flow_try_state(struct flow_world *fw) MUST_CHECK;

/* Does a record of another form satisfy a condition in which $parent is the run's? id 0: does any. */
struct problem *flow_any_record(struct flow_world *fw, const struct form *form, int64_t id, const struct expr_paths *paths, const struct expr *e,
	bool *out) MUST_CHECK;
/* Of those that satisfy it: found is called with each, $parent being the run's record; it may say that it has enough. */
struct problem *flow_each_record(struct flow_world *fw, const struct form *form, int64_t id, const struct expr_paths *paths, const struct expr *e,
	void (*found)(void *arg, struct subject *s), void *arg) MUST_CHECK;

/* people.c */
struct problem *flow_people(void *context, const struct run *run, const struct step *step, struct asked_list *out) MUST_CHECK;
/* Whom one rule names, policies aside. */
struct problem *flow_who(struct flow_world *fw, const struct step *step, const struct who *who, struct asked_list *out) MUST_CHECK;
struct problem *flow_deputy(void *context, const struct run *run, const struct task *task, const struct due_rule *rule, int32_t *out) MUST_CHECK;
/* Who is asked now in the place of whom this task is for; 0: it stays, who would be may not have it. */
struct problem *flow_stand_in(struct flow_world *fw, const struct task *task, int32_t *out) MUST_CHECK;
int32_t flow_first_admin(const struct flow_world *fw); /* 0: nobody */
/* start.who and start.when. FORBIDDEN, CONFLICT flow_not_now. */
struct problem *flow_may_start(struct flow_world *fw, const struct user *user) MUST_CHECK;

#endif
