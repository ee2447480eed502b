/* mention.h -- whom a comment speaks to: @login, of active people who may read the record; never oneself. */
#ifndef TENON_HOST_MENTION_H
#define TENON_HOST_MENTION_H

#include "runtime/host/router.h"

enum { MENTIONS_MAX = 20 };
struct mentions { const struct user *users[MENTIONS_MAX]; size_t n; };
/* In the call's snapshot; the first MENTIONS_MAX count. */
struct problem *mentions_find(struct call *c, struct tx *tx, struct str text, struct mentions *out) MUST_CHECK;
struct str mention_excerpt(struct str text); /* what a notice has of it */
/* On the writer, with the comment. */
struct problem *mentions_tell(struct tx *tx, struct call *c, const struct mentions *m, int64_t comment, struct str text) MUST_CHECK;

#endif
