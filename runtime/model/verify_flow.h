/* verify_flow.h -- what the checks of one flow share. Private to runtime/model. Order: conditions (which cases are dead), shape
 * (what is reached, how it loops), then people, time and fields. Codes and words: docs/definitions/findings.md.
 * Source: flow.md 5.2. */
#ifndef TENON_MODEL_VERIFY_FLOW_H
#define TENON_MODEL_VERIFY_FLOW_H

#include "runtime/model/cases.h"
#include "runtime/model/flow.h"
#include "runtime/model/loading.h"

struct flow_check {
	struct arena *a;                    /* of the check alone */
	struct findings *f;
	const struct flow *flow;
	const struct directory *people;     /* or NULL */
	struct expr_frame frame;
	bool **dead;                        /* by step->index, then the list's place: nothing ever leads there */
	size_t looked;                      /* situations looked at */
	bool capped;
};

static inline struct spot step_spot(const struct flow_check *fc, const struct step *step) {
	return (struct spot){ .definition = fc->flow->definition, .at = step->json };
}
static inline struct spot flow_spot(const struct flow_check *fc) {
	const struct json *root = fc->flow->definition->json, *steps = json_get(root, "steps");
	return (struct spot){ .definition = fc->flow->definition, .at = steps ? steps : root };
}
/* The value under that key of the step, else the step. */
struct spot step_key_spot(const struct flow_check *fc, const struct step *step, const char *key);
static inline bool step_has_people(const struct step *s) { return s->kind == STEP_APPROVE || s->kind == STEP_HANDLE; }

/* flow_writes.c: fields of the flow's form that steps of the list may change, by index; true: any of them. */
bool flow_list_writes(const struct flow *flow, const struct step_list *list, bool *fields);
bool flow_step_writes(const struct flow *flow, const struct step *step, bool *fields);

void verify_flow_cases(struct flow_check *fc);  /* F101 F102 F103 F104 */
struct flow_size { size_t least, most, wide; };
void verify_flow_shape(struct flow_check *fc, struct flow_size *size); /* F201 F202 F205 F206 */
void verify_flow_claims(struct flow_check *fc); /* F207 */
void verify_flow_people(struct flow_check *fc); /* F301 F302 F303 F304 */
void verify_flow_time(struct flow_check *fc);   /* F401 F402 F403 F404 */
void verify_flow_fields(struct flow_check *fc); /* F501 F502 F503 */

#endif
