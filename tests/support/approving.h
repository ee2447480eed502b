/* approving.h -- an app with one approval flow in a store of its own, and commands on its runs. Problems of setting up end the test.
 * Form bill (what, amount, mark, state); flow pass: first (ann, then bob), an act that sets mark, both at once: left (cal and dan, all)
 * and, from 50 on, right (eve); cc. Ann starts. People have the ids 1 to 5 in that order, root (6) is the administrator. */
#ifndef TESTS_SUPPORT_APPROVING_H
#define TESTS_SUPPORT_APPROVING_H

#include "engines/flow/answer.h"
#include "tests/support/sample.h"

struct side {
	struct sample s;
	int64_t run; /* the one at hand; 0: not begun */
};
void approving_open(struct side *side, struct arena *a);
void approving_open_in(struct side *side, struct arena *a, const char *folder);
void approving_open_app(struct side *side, struct arena *a, const char *app, const char *people); /* another app and people: text with ' for ", SQL */
void approving_reopen(struct side *side); /* the store, as after a restart */

struct wish { enum act_kind act; int64_t task, record; bool begin; const char *login, *body; const struct flow *flow; }; /* flow: to begin; NULL: the first */
/* Sends it as that person at clock_now(); a problem lives in `keep`. */
struct problem *approving_send(struct side *side, const struct wish *w, struct arena *keep) MUST_CHECK;
/* A page of his inbox, counts alone: as the server answers, parsed; they live in rq's arena. */
const struct json *approving_box(struct side *side, struct request *rq, const struct box_query *q);
const struct json *approving_counts(struct side *side, struct request *rq);
/* A bill of ann's with this id. */
void approving_bill(struct side *side, struct arena *a, int64_t id, unsigned amount);

#endif
