/* button.h -- who may press which button of a record now, and pressing it.
 * May press: who may update the record, has `edit` on the field, while its `when` holds. To who has the field hidden it
 * is unknown.
 * Problems: NOT_FOUND; FORBIDDEN; CONFLICT button_not_now, button_not_yet (with the message); STALE against if_match; what the actions say. */
#ifndef TENON_ACTION_BUTTON_H
#define TENON_ACTION_BUTTON_H

#include "engines/action/run.h"

struct pressed {
	const struct record *record;         /* afterwards, as far as the actor sees it; NULL: he sees it no more */
	const struct action_made *made; size_t made_count;
};
/* On the writer. Sets rq->door. */
struct problem *button_press(struct tx *tx, struct request *rq, struct store *s, const struct form *form, struct str name, int64_t id,
	int64_t if_match, struct pressed *out) MUST_CHECK;
/* {"record": …, "created": [{"form","id","title"}], "taken": [the same, there before]}. */
struct problem *button_answer(struct tx *tx, struct request *rq, const struct pressed *p, struct jw *out) MUST_CHECK;
/* {"buttons": {name: may he press it now}, "reasons": {name: why not yet}} of those he may know of, in the order of the form;
 * a reason stands where only the button's own condition is in the way and it has words for that. */
struct problem *button_states(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t id, struct jw *out) MUST_CHECK;

#endif
