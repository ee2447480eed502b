/* finder.h -- is what somebody typed in a text? Case and width do not count; letters also find what is written in Chinese
 * (pinyin.h). The one answer wherever a short list is looked through without an index: people, tasks. Threads: one. */
#ifndef TENON_BASE_FINDER_H
#define TENON_BASE_FINDER_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

struct finder {
	struct arena *arena;
	struct str wanted;                   /* folded; empty: nothing is looked for */
	struct str letters;                  /* the same without blanks when it may be typed Chinese; else empty */
};
struct finder finder_of(struct arena *a, struct str typed);
bool finder_finds(const struct finder *f, const char *text); /* NULL: no */

#endif
