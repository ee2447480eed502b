/* permission.h -- what an actor may do with a form: rows and fields (definitions.md "role").
 * Invariants (tests cite them):
 *  1. Grants of all roles unite: a field of a row is readable iff one grant gives both that row and that field.
 *  2. A field that no read grant gives is, at every door, exactly an unknown field (same status, code, text).
 *  3. In filter, sort, group a field must be readable under every read grant, else it is unknown.
 *  4. where holds before and after a write.
 *  5. The system and admins have one grant: everything.
 * Each wider scope includes the narrower "own": a record I own is in every scope but none. Mine is what I own and what I
 * collaborate on: to read with either right, to update with "edit", never to delete. Subordinates are direct or through
 * others; dept is any of my departments, dept_tree those and all below them.
 * An access lives in the request's arena. */
#ifndef TENON_MODEL_PERMISSION_H
#define TENON_MODEL_PERMISSION_H

#include "runtime/model/request.h"

enum action { ACTION_READ, ACTION_CREATE, ACTION_UPDATE, ACTION_DELETE, ACTION_IMPORT, ACTION_EXPORT, ACTION_PRINT };
struct access {
	const struct request *request;
	const struct form *form;
	bool everything;
	bool read_only;                                        /* a token that may only read */
	const struct role_grant **grants; size_t grant_count;  /* of all the actor's roles, for this form */
};
/* NOT_FOUND (unknown form alike) when the actor may not even know of the form. */
struct problem *access_of(const struct request *rq, const struct form *form, struct access *out) MUST_CHECK;
/* May he know of one of its forms? Admins see every app, who administers one that one, a token only its own. */
bool access_app(const struct request *rq, const struct app *app);
bool access_may(const struct access *ac, enum action action);              /* on some row */
enum scope grant_scope(const struct role_grant *g, enum action action);
/* Right on a field under one grant; for a row form's field the table's own right bounds it. */
enum field_right grant_right(const struct role_grant *g, const struct field *f);
enum field_right access_right(const struct access *ac, const struct field *f);   /* best over the grants */
bool access_reads(const struct access *ac, const struct field *f);         /* some read grant gives it (at least masked) */
bool access_filters(const struct access *ac, const struct field *f);       /* every read grant gives it unmasked */
/* The same over the grants that give the action on some row. */
enum field_right access_right_for(const struct access *ac, const struct field *f, enum action action);
bool access_filters_for(const struct access *ac, const struct field *f, enum action action);
/* What collaborating gives an action: nothing, whatever the right, or with the right edit. */
enum collaboration { COLLABORATION_NONE, COLLABORATION_READ, COLLABORATION_EDIT };
enum collaboration access_collaboration(enum action action); /* the least that gives it; NONE: none does */
/* How a record stands to the actor: its owner and dept, what he is as a collaborator, values of form->paths (for where). */
struct standing { struct str owner, dept; enum collaboration shared; const struct value *slots; };
/* Does grant g cover this record for the action? */
bool grant_covers(const struct request *rq, const struct role_grant *g, enum action action, const struct standing *r);

#endif
