/* seeded.h -- approvals of records that come with an app: what its people did in them, told step by step (engines/form/seed.h).
 * {"act": "start", "flow": name, "comment", "picks"}, or {"act": "approve" ... , "comment", "fields", "to", "who", ...}: the task that
 * the running approval of the record asks of the actor; withdraw and the like: the run.
 * Each is judged as if the person had done it himself. Threads: the writer. */
#ifndef TENON_FLOW_SEEDED_H
#define TENON_FLOW_SEEDED_H

#include "runtime/store/store.h"

struct form;
struct json;
struct request;
struct problem *flow_seeded(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t record, const struct json *body) MUST_CHECK;
/* What its people were told before then they have seen. */
struct problem *flow_seeded_seen(struct tx *tx, const char *app, int64_t before_us) MUST_CHECK;

#endif
