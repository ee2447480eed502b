/* seed.h -- records that come with an app: seed/ (loaded once, at the first apply) and demo/ (with --demo).
 * Shape: {"seed": name, "form": name, "key": [fields], "as_of": day, "records": [{field: value, "$then": [{field: value}]}]}. A value
 * is a wire value, {"expr": "$today - 5"}, or for a reference {"name": "…"}: the record with these values. created_at and created_by
 * say when and by whom it was made, with that person's rights; $then lists what became of it, each step with updated_at and updated_by.
 * A step with "$flow" is what that person did in an approval: {"act": "start", "flow": name} or a verdict with its body, see seed_flow.
 * as_of: the last working day the file tells of; it becomes the one before today, dates keep their distance from it in working days. A record whose key is there already is left alone, so loading again
 * changes nothing. Files load in the order of their names; each record is one write of record_write (door seed: DOOR_SYSTEM).
 * Findings instead of problems for records that are refused: file, record and reason; the rest is loaded. */
#ifndef TENON_FORM_SEED_H
#define TENON_FORM_SEED_H

#include "engines/form/record_write.h"
#include "runtime/model/loader.h"

struct seed_result { int64_t created, present, failed; };
/* What a "$flow" asks for, on the record, by rq->actor at rq->now_us. Given by who knows approvals (engines/flow/seeded.h). */
typedef struct problem *seed_flow(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t record, const struct json *body);
/* flow: NULL where nothing may ask for one; folder: "seed" or "demo". rq->app is the app; rq->actor NULL. Files without "records" (people.json) are passed over. */
struct problem *seed_load(struct request *rq, struct store *s, const char *folder, seed_flow *flow, struct faults *failed, struct seed_result *out) MUST_CHECK;

#endif
