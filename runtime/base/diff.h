/* diff.h -- two texts compared line by line: the shortest list of lines removed and added (Myers), cut into hunks with
 * lines of context. Texts further apart than the work allowed are told as wholly replaced between their common ends.
 * Ownership: lines are borrowed from the texts, everything else lives in the arena. */
#ifndef TENON_BASE_DIFF_H
#define TENON_BASE_DIFF_H

#include "runtime/base/str.h"

enum diff_side { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };
struct diff_line { enum diff_side side; struct str text; };   /* without its line break */
struct diff_hunk { size_t from, from_count, to, to_count; struct diff_line *lines; size_t n; }; /* first lines, counted from 1 */
struct diff { struct diff_hunk *hunks; size_t n, added, removed; };

void diff_make(struct arena *a, struct str from, struct str to, size_t context, struct diff *out);

#endif
