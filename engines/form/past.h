/* past.h -- between versions.c and revert.c: a record as stored and as it was, unit by unit.
 * Ownership: the request's arena. */
#ifndef TENON_FORM_PAST_H
#define TENON_FORM_PAST_H

#include "engines/form/write.h"

struct past_unit {                        /* the record, or one of its rows of now or then */
	const struct field *table;        /* NULL: the record itself */
	int64_t id;
	const struct form *form;
	const struct record *now;         /* NULL: a row that is gone */
	struct record *was;               /* NULL: a row that was not there yet */
	bool there;
	bool gone;                        /* with a cause: somebody else has deleted the row */
	bool others, left;                /* with a cause: somebody else has changed the row; so it stays, though it came of it */
	bool *touched;                    /* by field->index: changed since; with a cause: by it, and by nobody since */
	bool *theirs, *stays;             /* by field->index, with a cause: changed by somebody else; so it stays, though it came of it */
	const struct json **raw;          /* what it was, as the history has it */
	const struct fault **unread;      /* why that is no value of the field as it is today */
};
struct past {
	struct prepared p;                /* who reads; its root.old is the record as stored */
	struct write w;
	int64_t rev;
	struct str cause;                 /* instead of a revision: only what lines of this cause did, and nobody has changed since */
	bool foreign;                     /* the line being taken back has another one */
	struct past_unit *units; size_t n, room;  /* the record first */
	struct record *was;
};
struct past_of { const struct form *form; int64_t id, rev; struct str cause; }; /* a revision, or a cause */
/* On a snapshot. Fills all of it; NOT_FOUND for who may not read the record, and for a revision there was not. */
struct problem *past_read(struct request *rq, struct tx *tx, const struct past_of *of, struct past *out) MUST_CHECK;
/* Is it part of a version at all? */
bool past_holds(const struct field *f);
/* The differences of two records as their reader sees them, as the history tells them: a JSON array. */
void differences_json(struct jw *w, const struct codec *c, const struct record *from, const struct record *to);

#endif
