/* names.h -- a table from name to object for lookups while loading and serving; and the nearest
 * name for "did you mean". Ownership: keys are borrowed, the table lives in its arena. Threads:
 * read by any once filled. */
#ifndef TENON_MODEL_NAMES_H
#define TENON_MODEL_NAMES_H

#include "runtime/base/str.h"

struct names_entry {
	struct str key;
	void *value;
};
struct names {
	struct arena *arena;
	struct names_entry *entries;
	size_t n, room; /* room is a power of two, at most half full */
};
void names_init(struct names *t, struct arena *a, size_t expected);
void *names_find(const struct names *t, struct str key); /* NULL: not there */
bool names_add(struct names *t, struct str key,
	       void *value); /* false: there already, nothing changes */

/* The closest of the candidates offered, within a third of the wanted text's length (at most 3
 * edits). */
struct similar {
	struct str wanted, best;
	size_t distance;
};
struct similar similar_to(struct str wanted);
void similar_offer(struct similar *s, struct str candidate);

#endif
