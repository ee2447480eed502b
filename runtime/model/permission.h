/* permission.h -- what an actor may do with a form: rows and fields (definitions.md "role").
 * Invariants (tests cite them):
 *  1. Grants of all roles unite: a field of a row is readable iff one grant gives both that row and that field.
 *  2. A field that no read grant gives is, at every door, exactly an unknown field (same status, code, text).
 *  3. In filter, sort, group a field must be readable under every read grant, else it is unknown.
 *  4. where holds before and after a write.
 *  5. The system and admins have one grant: everything.
 * An access lives in the request's arena. */
#ifndef TENON_MODEL_PERMISSION_H
#define TENON_MODEL_PERMISSION_H

#include "runtime/model/request.h"

enum action { ACTION_READ, ACTION_CREATE, ACTION_UPDATE, ACTION_DELETE, ACTION_IMPORT, ACTION_EXPORT, ACTION_PRINT };
struct access {
	const struct form *form;
	bool everything;
	const struct role_grant **grants; size_t grant_count;  /* of all the actor's roles, for this form */
};
/* NOT_FOUND (unknown form alike) when the actor may not even know of the form. */
struct problem *access_of(const struct request *rq, const struct form *form, struct access *out) MUST_CHECK;
bool access_may(const struct access *ac, enum action action);              /* on some row */
enum scope grant_scope(const struct role_grant *g, enum action action);
enum field_right access_right(const struct access *ac, const struct field *f);   /* best over the grants */
bool access_reads(const struct access *ac, const struct field *f);         /* some read grant gives it (at least masked) */
bool access_filters(const struct access *ac, const struct field *f);       /* every read grant gives it unmasked */
/* Does grant g cover this record for the action? slots: values of form->paths for that record (where), owner and dept of the record. */
bool grant_covers(const struct request *rq, const struct role_grant *g, enum action action, struct str owner, struct str dept,
	const struct value *slots);

#endif
