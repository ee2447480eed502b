/* draft.h -- the draft of an app over what is published: which texts differ, and the bundle that publishing would take.
 * The text of a published file is its canonical form, as it is written to a folder; a draft keeps what its author typed.
 * Invariants (tests/http/scenarios/72_draft.json):
 *  1. Nothing of a draft runs, or is seen by anybody but administrators, before it is published.
 *  2. A file is saved only over the text its author has seen (If-Match); else 412 and nothing changes.
 *  3. A file somebody published meanwhile is stale: the draft is not published over it.
 * Ownership: everything lives in the arena given. Problems: NOT_FOUND, MALFORMED, CONFLICT, STALE and the store's. */
#ifndef TENON_HOST_DRAFT_H
#define TENON_HOST_DRAFT_H

#include "runtime/model/bundle.h"
#include "runtime/store/drafts.h"

struct draft {
	const char *app;
	int64_t version;                  /* published; 0: never yet */
	const char *hash;
	struct bundle *base;              /* the published files; none when never published */
	struct draft_file *files; size_t n; /* every file saved, also those that equal what is published by now */
};
/* NOT_FOUND: no app of that name is published, and none has a draft (unless fresh: one may be begun). */
struct problem *draft_open(struct store *s, struct tx *tx, const char *app, bool fresh, struct draft *out) MUST_CHECK;
const struct draft_file *draft_file(const struct draft *d, const char *path);      /* NULL: not changed */
struct str draft_published(struct arena *a, const struct draft *d, const char *path, bool *there);
/* Does the file differ from what is published; was it published by somebody else since it was begun? */
bool draft_differs(struct arena *a, const struct draft *d, const struct draft_file *f);
bool draft_stale(struct arena *a, const struct draft *d, const struct draft_file *f);
const char *draft_change(struct arena *a, const struct draft *d, const struct draft_file *f); /* "added" "changed" "removed"; NULL: differs not */
/* Draft over base, and over both the texts of `more` ({path: text or null}; may be NULL). */
struct problem *draft_bundle(struct arena *a, const struct draft *d, const struct json *more, struct findings *f, struct bundle **out) MUST_CHECK;
struct bundle *draft_shown(struct arena *a, const struct draft *d); /* the files as texts, for comparing; whatever their state */

#endif
