/* inside.h -- working inside a transaction that is open already: for engines whose steps build on what the same
 * transaction has just written (engines/action). One write path all the same: every write is prepared and committed by
 * the stages of record_write, only on this transaction instead of a snapshot.
 *  1. A subject is a record seen with the system's eyes, as expressions of definitions see it, once the actor may
 *     update it. Values put into it are seen by later expressions; nothing is stored by that.
 *  2. What a subject has read of other records is forgotten by subject_refresh: call it after a write.
 * Ownership: the request's arena. Threads: the one that has the transaction. */
#ifndef TENON_FORM_INSIDE_H
#define TENON_FORM_INSIDE_H

#include "engines/form/record_write.h"
#include "runtime/model/permission.h"

/* Prepares and commits; w->faults as from record_write. &write_again: the app was replaced meanwhile. */
struct problem *record_write_inside(struct tx *tx, struct request *rq, struct store *s, struct write *w) MUST_CHECK;

/* Would it be refused? Prepared on tx (any thread's own snapshot), kept nowhere. w->dry_run is set. */
struct problem *record_try_inside(struct tx *tx, struct request *rq, struct store *s, struct write *w) MUST_CHECK;

/* One write or flow more inside another one, --rq->within when it is done: what starts itself again and again is refused, CONFLICT writes_endless. */
struct problem *request_within(struct request *rq) MUST_CHECK;

/* The people of this transaction, for who judges before the first write: rq->directory and rq->actor are those of tx. */
struct problem *request_people(struct request *rq, struct tx *tx, struct store *s) MUST_CHECK;

struct subject;
/* NOT_FOUND when the actor does not see it, FORBIDDEN when he may not update it, STALE against if_match (-1: any). */
struct problem *subject_open(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t id, int64_t if_match,
	struct subject **out) MUST_CHECK;
/* A record that is not there: what creating it from these values would make, by the stages of record_write, and never stored. INVALID with
 * the faults a save would have, at "/values/...". */
struct problem *subject_try(struct tx *tx, struct request *rq, struct store *s, const struct form *form, const struct json *values,
	struct subject **out) MUST_CHECK;
/* A record as this update would leave it, by the stages of record_write, and never stored; problems are those of the write. */
struct problem *subject_after(struct tx *tx, struct request *rq, struct store *s, const struct write *wish, struct subject **out) MUST_CHECK;
enum field_right subject_right(const struct subject *s, const struct field *f); /* to write it */
enum field_right subject_reads(const struct subject *s, const struct field *f);
const struct value *subject_value(const struct subject *s, const struct field *f);
void subject_within(struct subject *s, struct subject *parent); /* $parent of its expressions is that one */
void subject_put(struct subject *s, const struct field *f, struct value v);
void subject_refresh(struct subject *s);
struct problem *subject_shown(struct subject *s, const struct record **out) MUST_CHECK; /* as stored, as far as the actor sees it */

/* Records that have got names (expr_named), by place; id 0: none yet. */
struct named_records { const struct expr_named *names; const int64_t *ids; size_t n; };
/* A fault of the expression (division by zero ...) is INVALID with one fault at `pointer`. */
struct problem *subject_eval(struct subject *s, const struct expr_paths *paths, const struct named_records *named, const struct expr *e,
	const char *pointer, struct value *out) MUST_CHECK;
/* A condition of the form itself (over form->paths). */
struct problem *subject_test(struct subject *s, const struct expr *condition, bool *out) MUST_CHECK;
struct problem *subject_words(struct subject *s, const struct words *words, const char **out) MUST_CHECK; /* never NULL */

#endif
