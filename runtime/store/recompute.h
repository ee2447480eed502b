/* recompute.h -- formulas over the records there are, when a plan added or changed one. After the swap, in slices on the writer,
 * in the order of computation; the new app's writes meanwhile compute their own. A revision does not change: the record is
 * what its definition says it is. A formula that fails leaves null, as in a write. */
#ifndef TENON_STORE_RECOMPUTE_H
#define TENON_STORE_RECOMPUTE_H

#include "runtime/store/writer.h"

/* Formulas that read the parent, the old record or the user cannot be computed from the row alone: they wait for the next save. */
bool recompute_can(const struct field *f);
/* Frozen lookups are passed over: what a record took it keeps. */
struct problem *recompute_form(struct store *s, struct arena *a, const struct form *form) MUST_CHECK;
/* One field of all records, a frozen lookup too: when it is new. */
struct problem *recompute_field(struct store *s, struct arena *a, const struct field *f) MUST_CHECK;
const char *recompute_name(struct arena *a, const struct field *f);       /* by ids, for the journal */
const struct field *recompute_named(struct arena *a, const struct app *app, const char *name); /* NULL: there is none */

#endif
