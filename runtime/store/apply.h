/* apply.h -- the inside of an apply, shared by apply*.c. */
#ifndef TENON_STORE_APPLY_H
#define TENON_STORE_APPLY_H

#include "runtime/store/conversion.h"
#include "runtime/store/journal.h"
#include "runtime/store/migration.h"

struct apply {
	struct store *store;
	struct arena *arena;
	const struct bundle *bundle;
	const struct apply_options *options;
	struct findings *findings;              /* the caller's, for the first load */
	bool past;                              /* the bundle was published before */
	const char *app;
	struct registry *base;
	struct app *first, *next;               /* one reference each; first: without the new codes, or NULL */
	struct migration *m;                    /* of the load at hand; its places are next's */
	struct migration *changes;              /* of the first load: changes of enumeration values, figures */
	struct plan *plan;
	int old_held;                           /* references to m->old that are this apply's own */
	size_t built;                           /* index being built */
	struct conversion **conversions;        /* by job */
	size_t job;                             /* being converted */
	int64_t after, next_after, dirty, slice_losses;
	int64_t *losses;                        /* by job */
};

struct problem *apply_same_base(struct tx *tx, const struct apply *ap) MUST_CHECK; /* lets the member change the schema too */
struct problem *apply_watch(struct tx *tx, const struct apply *ap, const struct journal *j) MUST_CHECK; /* triggers of converted tables */
struct problem *apply_convert(struct apply *ap) MUST_CHECK;
struct problem *apply_catch_up(struct tx *tx, struct apply *ap) MUST_CHECK;      /* all noted rows; triggers away */
struct problem *apply_contract(struct apply *ap) MUST_CHECK;
/* Formulas to compute and search indexes to fill, as the journal lists them. */
struct problem *apply_pay_debts(struct store *s, struct arena *a, const struct app *app) MUST_CHECK;

#endif
