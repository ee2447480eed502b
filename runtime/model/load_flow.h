/* load_flow.h -- what the files that compile a flow share. Private to runtime/model.
 * A flow is compiled with a `struct loading` of its own, so that a text of an earlier version takes the same way as one of the app
 * being loaded: it only reads the app (invariant 4 of flow.h). */
#ifndef TENON_MODEL_LOAD_FLOW_H
#define TENON_MODEL_LOAD_FLOW_H

#include "runtime/model/flow.h"
#include "runtime/model/loading.h"

struct flow_loading {
	struct loading l;
	const struct definition *d;
	struct flow *flow;
	const struct step **steps;
	size_t room;
	struct policies policies; /* the flow's */
	bool unusable; /* a step lacks what running it rests on */
};

/* load_flow_who.c */
enum { WHO_OF_STEP, WHO_OF_START };
struct who_list load_who_list(struct flow_loading *fl, const struct json *at, int of);
void load_mode(struct flow_loading *fl, const struct json *at, struct mode *out);
const char *load_span(struct flow_loading *fl, const struct json *at); /* NULL: absent or a finding */
void load_due_rules(struct flow_loading *fl, const struct json *list, struct step *out);
void load_policies(struct flow_loading *fl, const struct json *in, struct policies *io); /* absent keys leave what is there */

/* load_flow_step.c */
void load_steps(struct flow_loading *fl, struct step_list *list, const struct json *array);
size_t load_count_steps(const struct json *array);
const uint8_t *load_step_fields(struct flow_loading *fl, const struct json *in); /* NULL: none named */

/* load_flow.c */
struct expr_scope load_flow_scope(const struct flow_loading *fl);
/* A condition over flow->paths. One that is there and does not compile never holds: that of a case must not become an else. */
const struct expr *load_flow_condition(struct flow_loading *fl, const struct json *at);
const struct expr *load_never(struct flow_loading *fl, struct expr_paths *paths);
/* Place of the word in the NULL-terminated list; -1 with a finding when it is none of them. */
int load_word(struct flow_loading *fl, const struct json *at, const char *key, struct str word, const char *const *words);

#endif
