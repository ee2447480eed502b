/* search_upkeep.h -- merges the search indexes while the writer has nothing else to do, so that commits need not.
 * Shape: one thread; each piece is a bulk member of a few pages, and none is submitted while anything waits. It writes
 * nothing when nothing was written since it finished last. Stop it before store_close. */
#ifndef TENON_STORE_SEARCH_UPKEEP_H
#define TENON_STORE_SEARCH_UPKEEP_H

#include "runtime/store/apps.h"

struct search_upkeep;
struct problem *search_upkeep_start(struct store *s, struct arena *a, struct search_upkeep **out) MUST_CHECK; /* lives in a */
void search_upkeep_stop(struct search_upkeep *u);     /* NULL is fine */

#endif
