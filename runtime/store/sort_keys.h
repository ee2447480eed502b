/* sort_keys.h -- columns beside a field's own that hold a key of its text: one made on a write, all made anew after a publish.
 * "$sort" is pinyin_sort_key of the text; "$match" what duplicate rules compare (match_key.h). No text has no key. */
#ifndef TENON_STORE_SORT_KEYS_H
#define TENON_STORE_SORT_KEYS_H

#include "runtime/model/form.h"
#include "runtime/store/store.h"

enum { FIELD_KEYS_MAX = 2 };
struct field_key {
	const char *column, *kind;          /* kind: keys of another kind were made otherwise */
	struct value (*make)(struct arena *a, const struct field *f, struct str text);
};
size_t field_keys(const struct field *f, struct field_key out[FIELD_KEYS_MAX]);
/* Writes the keys of a form that are not what its texts say, in slices of the bulk lane. */
struct problem *sort_keys_fill(struct store *s, struct arena *a, const struct form *form) MUST_CHECK;

#endif
