/* bpmn.h -- BPMN 2.0 diagrams in and out. A diagram is read into a plain graph (bpmn_read), folded into the tree of an approval
 * flow (bpmn_import), played as a token game (bpmn_run); a flow of ours is written as BPMN (bpmn_export).
 * What is imported and what refused: docs/bpmn.md. Every refusal names the element's id.
 * Ownership: results live in the arena. Pure: no files, no clock. */
#ifndef TENON_BPMN_BPMN_H
#define TENON_BPMN_BPMN_H

#include "runtime/bpmn/graph.h"

struct json;

struct bpmn_options { const char *form; };                    /* the flow's form */
/* One flow object; of a diagram with several processes an array of them. `out` gets indented JSON and a newline. */
struct problem *bpmn_import(struct bpmn *g, const struct bpmn_options *options, struct sb *out) MUST_CHECK;

/* {"file": name, "state": "idle", "waiting": [["a", "b"], ["b"], []]}: the waiting nodes of all processes, then again after each
 * completion of the first of them by name. state: idle once all has ended, running when nothing more can move. */
struct problem *bpmn_run(struct bpmn *g, const char *name, struct sb *out) MUST_CHECK;

struct problem *bpmn_export(struct arena *a, const struct json *flow, struct sb *out) MUST_CHECK;

#endif
