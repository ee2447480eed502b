/* drafts.h -- the draft of an app: files changed by administrators and not yet published. One draft an app, shared by all
 * of them; a file of it carries who changed it last, and the sha of the published text it was begun from, so that a publish
 * in between shows.
 * Shape:    table sys_draft; removed: the file is to go. sha of a text: SHA-256 in hex; of no text: empty.
 * Threads:  any, inside a transaction. Problems: the store's. */
#ifndef TENON_STORE_DRAFTS_H
#define TENON_STORE_DRAFTS_H

#include "runtime/store/plan.h"

struct draft_file {
	const char *path;
	struct str text; bool removed;
	const char *sha, *base_sha, *by;
	int64_t base_version, at_us;
};
struct problem *draft_list(struct tx *tx, const char *app, struct draft_file **out, size_t *n) MUST_CHECK; /* by path */
struct problem *draft_put(struct tx *tx, const char *app, const struct draft_file *f) MUST_CHECK;
/* Forgets one file when its sha is still that (NULL: whatever it is); path NULL: all. */
struct problem *draft_drop(struct tx *tx, const char *app, const char *path, const char *sha, int64_t *dropped) MUST_CHECK;
const char *draft_sha(struct arena *a, struct str text, bool removed);

#endif
