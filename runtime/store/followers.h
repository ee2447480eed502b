/* followers.h -- who follows a record: is told of comments on it and of changes by others. Rows: sys_follower.
 * Who has once said that he does not follow is not made to again; only he himself takes it up.
 * Problems: store problems. Threads: follower_list anywhere, the rest on the writer. */
#ifndef TENON_STORE_FOLLOWERS_H
#define TENON_STORE_FOLLOWERS_H

#include "runtime/model/form.h"
#include "runtime/store/store.h"

enum { FOLLOWERS_MAX = 200 };            /* of one record */
/* sys_user.id of those who follow, the first first; out has room for FOLLOWERS_MAX. */
struct problem *follower_list(struct tx *tx, const struct form *form, int64_t record, int32_t out[FOLLOWERS_MAX], size_t *n) MUST_CHECK;
struct problem *follower_set(struct tx *tx, const struct form *form, int64_t record, int32_t user, bool follows, int64_t at_us) MUST_CHECK;
/* joined, if not NULL: false when he had followed, or said that he does not. */
struct problem *follower_join(struct tx *tx, const struct form *form, int64_t record, int32_t user, int64_t at_us, bool *joined) MUST_CHECK;
/* As if he had never said anything. */
struct problem *follower_drop(struct tx *tx, const struct form *form, int64_t record, int32_t user) MUST_CHECK;

#endif
