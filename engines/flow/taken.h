/* taken.h -- which way a branch went and why, kept in the log as it was then: its cases in their own words, and what the fields they ask
 * held. A line of act "branch" has it as its reason; whoever reads the line is told of the fields he may see, and of a condition only
 * when he may see all it asks.
 * Shape of the reason: {"cases": [{"zh", "en", "when"}], "values": [{"field": id, "value"}], "more": it asks other than fields of the record}.
 * Threads: any. Ownership: the request's arena. */
#ifndef TENON_FLOW_TAKEN_H
#define TENON_FLOW_TAKEN_H

#include "engines/flow/changed.h"
#include "engines/flow/world.h"

struct problem *flow_taken(void *context, const struct step *branch, uint64_t lists, const char **out) MUST_CHECK;
/* "taken": {"cases": [{"label", "when"}], "values": [{"field", "value"}]}; nothing when the reason cannot be read. */
void flow_taken_json(struct request *rq, const struct run *run, struct str reason, field_sight *sight, const void *context, struct jw *w);

#endif
