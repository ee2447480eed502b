/* asked.h -- a flow that stands in front of a change, a move or a deletion (flow.start.on): what is asked for is done when it
 * is approved, in the name of the starter and with his rights; asking is tried first, so that what cannot be done is refused at once. */
#ifndef TENON_FLOW_ASKED_H
#define TENON_FLOW_ASKED_H

#include "engines/flow/world.h"

struct problem *asked_try(const struct request *rq, struct store *s, const struct run *run) MUST_CHECK;
struct problem *asked_do(struct flow_world *fw) MUST_CHECK; /* once it is approved; else nothing */
bool asked_amends(const struct run *run);                   /* is what the starter corrects what he asks for, not the record? */
struct problem *asked_amend(struct flow_world *fw, const struct json *fields) MUST_CHECK;

#endif
