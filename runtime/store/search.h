/* search.h -- substring search by our own bigram index (FTS5 with our tokenizer, one index a form).
 * Rules (a property test holds them equal to brute force): the query is folded (fold.h) and split at blanks into terms;
 * a record matches when every term is a substring of some readable search field's folded text; a field's text is
 * its folded text. Bigrams are taken over all characters but blanks, so Chinese words, digit fragments of phone numbers and
 * mid-word Latin are found alike; a one-character term is a prefix query on the bigrams. References are searched by
 * semi-join over the target's title fields the reader may read. */
#ifndef TENON_STORE_SEARCH_H
#define TENON_STORE_SEARCH_H

#include "runtime/store/store.h"

struct problem *search_write(struct tx *tx, const struct form *form, int64_t id, const struct value *before, const struct value *after) MUST_CHECK;
	/* values by field index; before NULL: new record; after NULL: gone */
struct problem *search_rebuild(struct tx *tx, const struct form *form, int64_t *after_id, int slice_ms) MUST_CHECK; /* *after_id 0 at the end */

#endif
