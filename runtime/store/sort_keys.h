/* sort_keys.h -- the keys of texts that are sorted by pinyin: one made on a write, all made anew after a publish.
 * A key is pinyin_sort_key of the text in its column; no text has no key. */
#ifndef TENON_STORE_SORT_KEYS_H
#define TENON_STORE_SORT_KEYS_H

#include "runtime/model/form.h"
#include "runtime/store/store.h"

struct value sort_key_of(struct arena *a, struct str text);
/* Writes the keys of a form that are not what its texts say, in slices of the bulk lane. */
struct problem *sort_keys_fill(struct store *s, struct arena *a, const struct form *form) MUST_CHECK;

#endif
