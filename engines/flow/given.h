/* given.h -- what a person gives with a command: judged before anything is done.
 *  1. Who is named twice is asked once; who is unknown or has left is INVALID.
 *  2. A signature is a PNG picture as a data URL, nothing else.
 *  3. People are named for later steps by who may: the starter (and who corrects) for those that leave it to him, who decides for
 *     those that leave it to the one before. Other names are not kept. What was named before and is not named now stays. */
#ifndef TENON_FLOW_GIVEN_H
#define TENON_FLOW_GIVEN_H

#include "engines/flow/command.h"

struct problem *given_command(struct request *rq, const struct run *run, const struct json *body, struct command *c) MUST_CHECK;
struct problem *given_start_picks(struct run *run, const struct json *picks) MUST_CHECK;
struct problem *given_picks(struct run *run, const struct command *c, const struct json *picks) MUST_CHECK;

#endif
