/* bundle_diff.h -- two versions of an app's files compared for people: which files, which lines. */
#ifndef TENON_HOST_BUNDLE_DIFF_H
#define TENON_HOST_BUNDLE_DIFF_H

#include "runtime/base/diff.h"
#include "runtime/model/bundle.h"

struct bundle_counts { int64_t added, changed, removed; };
struct bundle_counts bundle_count_changes(struct arena *a, const struct bundle *from, const struct bundle *to);
/* An array of {"path", "change": "added|changed|removed", "added", "removed", "hunks": [{"from", "from_count", "to", "to_count",
 * "lines": [" same", "-gone", "+new"]}]}, by path. */
void bundle_diff_json(struct jw *w, const struct bundle *from, const struct bundle *to);

#endif
