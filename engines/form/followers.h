/* followers.h -- following a record, for its doors: by hand, and by taking part in its comments.
 * Who writes a comment and whom it mentions follows from then on, unless he has said he does not want to. The owner is
 * told of what is handed to him anyway and follows like everybody else. */
#ifndef TENON_FORM_FOLLOWERS_H
#define TENON_FORM_FOLLOWERS_H

#include "engines/form/record_write.h"

/* {"following","count"} for the actor; NOT_FOUND when he may not read the record. */
struct problem *follow_state(struct request *rq, struct tx *tx, const struct form *form, int64_t record, struct jw *out) MUST_CHECK;
/* On the writer; the same answer. */
struct problem *follow_set(struct request *rq, struct tx *tx, const struct form *form, int64_t record, bool follows, struct jw *out) MUST_CHECK;
/* On the writer, with the comment: those who follow are told, but for whom it mentions; author and mentioned follow. */
struct problem *follow_tell_comment(struct request *rq, struct tx *tx, const struct form *form, int64_t record, struct str text,
	const struct user *const *mentioned, size_t n) MUST_CHECK;

#endif
