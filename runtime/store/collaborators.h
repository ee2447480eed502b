/* collaborators.h -- who works on a record besides its owner (definitions.md "role": own), with which right, until when.
 * Shape:    table sys_collaborator; who is "user:<id>", "dept:<id>" (its members and those of departments below) or "role:<name>"
 *           of the record's app; until is the last day it holds, in the app's time zone.
 * Invariants:
 *  1. A collaboration gives what the scope own gives: it never reaches past the collaborator's roles.
 *  2. The first collaborator of a form raises the epoch, so that every directory knows to ask (directory_shared); so does every
 *     one taken away, so that nothing prepared under it is stored.
 * In SQL the same rule stands in query_rights.c (select_shared). */
#ifndef TENON_STORE_COLLABORATORS_H
#define TENON_STORE_COLLABORATORS_H

#include "runtime/model/permission.h"
#include "runtime/store/store.h"

enum { COLLABORATORS_MAX = 200 }; /* of one record */
struct collaborator { const char *who; bool edit, ends; int64_t until, at_us; int32_t by; /* 0: the system */ };
struct problem *collaborator_list(struct tx *tx, const struct form *form, int64_t record, struct collaborator **out, size_t *n) MUST_CHECK;
/* What the actor is on this record today; until: the last day of it, INT64_MAX when it does not end. */
struct problem *collaborator_actor(const struct request *rq, struct tx *tx, const struct form *form, int64_t record,
	enum collaboration *out, int64_t *until) MUST_CHECK;
struct problem *collaborator_set(struct tx *tx, const struct form *form, int64_t record, const struct collaborator *c) MUST_CHECK;
struct problem *collaborator_delete(struct tx *tx, const struct form *form, int64_t record, const char *who, bool *had) MUST_CHECK;

#endif
