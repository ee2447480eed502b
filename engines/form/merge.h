/* merge.h -- two records of a form become one, and two again (decision 0034).
 * Invariants (tests cite them):
 *  1. One transaction: a merge that is refused changes nothing, one that fails leaves nothing half done.
 *  2. With the rights of the person: update on the one that stays, delete on the one that goes, and for each value taken to read it,
 *     unmasked, and to write it. What points at the one that goes points at the other afterwards, whoever may see it: as with a
 *     deletion, who deletes a record decides about references to it.
 *  3. Nothing is merged while an approval of one of them runs, or of a record that would have to point at the other; an undo leaves such a record as it is.
 *  4. What is undone is what the merge did and nobody has changed since; the rest is told.
 * The one that goes lies in the recycle bin. The last line of its history (op "merge") says what was done; it is what an undo goes by.
 * On the writer: in the caller's member. */
#ifndef TENON_FORM_MERGE_H
#define TENON_FORM_MERGE_H

#include "engines/form/record_write.h"

enum { MERGE_MOVED_MAX = 1000 };   /* records that point at the one that goes */
struct merge {
	const struct form *form;
	int64_t stays, goes, stays_rev, goes_rev;
	const struct json *take;         /* names of fields whose value comes from the other; or NULL */
	const struct json *both;         /* of lists and sub-tables that get what the other has besides; or NULL */
};
/* {"record":{…},"merged":id,"moved":n,"comments":n,"collaborators":n} */
struct problem *record_merge(struct tx *tx, struct request *rq, struct store *s, const struct merge *m, struct jw *out) MUST_CHECK;
/* {"record":{…},"into":id,"left":[{"form","record","field"}]}; NOT_FOUND when the record was not merged, or is back already. */
struct problem *record_unmerge(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t id, struct jw *out) MUST_CHECK;
/* {"moved":[{"form","count"}],"comments":n,"collaborators":n}: what a merge would move from this record, as far as the actor may know. */
struct problem *merge_preview(struct request *rq, struct tx *tx, const struct form *form, int64_t goes, struct jw *out) MUST_CHECK;

#endif
