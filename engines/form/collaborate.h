/* collaborate.h -- giving and taking collaborations of a record (store/collaborators.h), by name and with rights.
 * Invariants:
 *  1. Who gives needs update on the record; who may update it only as a collaborator gives no longer than he has it himself.
 *  2. Taking needs the same; everybody may end his own.
 *  3. Each change gives the record a new revision and leaves a line of history, an event and, when one person is given something, a notification.
 * Names:    "user:li", "dept:east", "role:sales", as everywhere (principal.h); stored by id.
 * Threads:  the changes belong on the writer; they give &write_again when people or rights changed since the request began.
 * Problems: NOT_FOUND, FORBIDDEN like an update; INVALID with a fault at /who, /right, /until; CONFLICT collaborators_many. */
#ifndef TENON_FORM_COLLABORATE_H
#define TENON_FORM_COLLABORATE_H

#include "engines/form/record_write.h"
#include "runtime/base/json.h"

struct collaboration_change { const struct form *form; int64_t record; struct str who, right, until; /* until empty: it does not end */ };
struct problem *collaborate_give(struct request *rq, struct tx *tx, const struct collaboration_change *c) MUST_CHECK;
struct problem *collaborate_take(struct request *rq, struct tx *tx, const struct collaboration_change *c) MUST_CHECK; /* who only */
/* The last day for which the actor may give a collaboration of a record he may update; INT64_MAX: he has it by himself. */
struct problem *collaborate_until(struct request *rq, struct tx *tx, const struct form *form, int64_t record, int64_t *out) MUST_CHECK;
/* {"collaborators": [{"who", "label", "right", "until", "by", "at", "ended"}], "may": may the actor change them} for who reads it. */
struct problem *collaborate_list(struct request *rq, struct tx *tx, const struct form *form, int64_t record, struct jw *w) MUST_CHECK;
/* "user:12" as "user:li"; NULL: nobody any more. */
const char *collaborator_name(const struct request *rq, const char *stored);

#endif
