/* After the swap: waiting for the old app's last user, dropping what nobody wants, computing
 * formulas, filling search indexes. Everything here may stop at any point; the journal says what is
 * left, and the next start does it. */
#include <time.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/store/apply.h"
#include "runtime/store/apps_internal.h"
#include "runtime/store/recompute.h"
#include "runtime/store/search.h"
#include "runtime/store/serial_fill.h"
#include "runtime/store/sort_keys.h"

enum { DRAIN_US = 5 * DAY_US_PER_S, SEARCH_SLICE_MS = 5 };

/* Waits until nobody but this apply holds the old app, at most as long as a read may live. */
static void drain(const struct apply *ap) {
	const struct timespec nap = { .tv_nsec = 1000000 };
	int64_t end = clock_mono() + DRAIN_US;
	if (!ap->m->old) return;
	while (atomic_load(&ap->m->old->references) > ap->old_held && clock_mono() < end)
		nanosleep(&nap, NULL);
}

struct search_fill {
	const struct form *form;
	int64_t after, next;
};

static struct problem *commit_search(struct tx *tx, void *arg) {
	struct search_fill *f = arg;
	f->next = f->after;
	return search_rebuild(tx, f->form, &f->next, SEARCH_SLICE_MS);
}

static struct problem *fill_search(struct store *s, struct arena *a, const struct form *form) {
	struct search_fill f = { .form = form };
	do {
		TRY(journal_member(s, a, LANE_BULK, commit_search, &f));
		f.after = f.next;
	} while (f.after);
	return NULL;
}

/* ---- what the journal owes to single forms ---- */

struct owed {
	const char *app, *form, *step;
};

static struct problem *commit_paid(struct tx *tx, void *arg) {
	const struct owed *o = arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	return tx_exec(tx, "DELETE FROM journal WHERE app = ?1 AND step = ?2 AND sql = ?3",
		       PARAMS(value_text(str_of(o->app)), value_text(str_of(o->step)),
			      value_text(str_of(o->form))),
		       NULL);
}

static const struct {
	enum journal_step step;
	const char *name;
	struct problem *(*pay)(struct store *s, struct arena *a, const struct form *form);
	struct problem *(*pay_field)(struct store *s, struct arena *a, const struct field *f);
} debts[] = { { JOURNAL_SERIAL, "serial", serial_fill, NULL },
	      { JOURNAL_FREEZE, "freeze", NULL, recompute_field },
	      { JOURNAL_FORMULA, "formula", recompute_form, NULL },
	      { JOURNAL_SORT, "sort", sort_keys_fill, NULL },
	      { JOURNAL_SEARCH, "search", fill_search, NULL } };

static int rank_of(const struct app *app, const char *id) {
	const struct form *form = app_form_by_id(app, str_of(id));
	return form ? form->rollup_rank : 0;
}

/* What is gathered from comes before what gathers it. */
static void by_rank(const struct app *app, struct statements *forms) {
	for (size_t i = 1; i < forms->n; i++)
		for (size_t k = i; k && rank_of(app, forms->items[k]) <
						rank_of(app, forms->items[k - 1]); k--) {
			const char *moved = forms->items[k];
			forms->items[k] = forms->items[k - 1];
			forms->items[k - 1] = moved;
		}
}

static struct problem *pay_all(struct store *s, struct arena *a, const struct app *app,
			       size_t debt) {
	struct statements forms;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, journal_list(tx, a, app->name, debts[debt].step, &forms)));
	by_rank(app, &forms);
	for (size_t i = 0; i < forms.n; i++) {
		struct owed owed = { app->name, forms.items[i], debts[debt].name };
		const struct form *form =
			debts[debt].pay ? app_form_by_id(app, str_of(forms.items[i])) : NULL;
		const struct field *f =
			debts[debt].pay ? NULL : recompute_named(a, app, forms.items[i]);
		if (form) TRY(debts[debt].pay(s, a, form));
		if (f) TRY(debts[debt].pay_field(s, a, f));
		TRY(journal_member(s, a, LANE_BULK, commit_paid, &owed));
	}
	return NULL;
}

struct problem *apply_pay_debts(struct store *s, struct arena *a, const struct app *app) {
	for (size_t i = 0; i < ARRAY_LEN(debts); i++) TRY(pay_all(s, a, app, i));
	return NULL;
}

/* ---- values that were in nobody's use when they were counted ---- */

static bool removes_unused(const struct migration *changes) {
	for (size_t i = 0; i < changes->value_count; i++)
		if (changes->values[i].removed == 1) return true;
	return false;
}

static struct problem *commit_held(struct tx *tx, void *arg) {
	const struct enum_change *v = arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	return tx_exec(tx,
		       "UPDATE sys_enum_value SET removed = 2 WHERE enum = ?1 AND path = ?2 AND "
		       "removed = 1",
		       PARAMS(value_text(str_of(v->enumeration)), value_text(str_of(v->path))),
		       NULL);
}

static struct problem *used_after_all(struct apply *ap, const struct enum_change *v,
				      int64_t *uses) {
	const struct known_value *k = registry_value(ap->base, v->enumeration, str_of(v->path));
	struct tx *tx;
	*uses = 0;
	if (!k) return NULL;
	TRY(tx_read(ap->store, ap->arena, &tx));
	tx_patient(tx);
	ap->m->tx = tx;
	ap->m->count = true;
	return tx_end(tx, count_enum_uses(ap->m, k, uses));
}

static struct problem *reload(struct apply *ap) {
	struct registry *base;
	struct app *app;
	struct tx *tx;
	TRY(tx_read(ap->store, ap->arena, &tx));
	struct problem *p = registry_load(tx, ap->arena, ap->app, &base);
	if (!p) p = apps_load_published(tx, base, &app);
	TRY(tx_end(tx, p));
	apps_swap(ap->store, app);
	app_release(app);
	return NULL;
}

/* The old app could still write a value between the count and the swap; from now on nobody can. */
static struct problem *settle_removed(struct apply *ap) {
	bool held = false;
	for (size_t i = 0; i < ap->changes->value_count; i++) {
		struct enum_change *v = &ap->changes->values[i];
		int64_t uses;
		if (v->removed != 1) continue;
		TRY(used_after_all(ap, v, &uses));
		if (!uses) continue;
		TRY(journal_member(ap->store, ap->arena, LANE_BULK, commit_held, v));
		held = true;
	}
	return held ? reload(ap) : NULL;
}

struct problem *apply_contract(struct apply *ap) {
	if (removes_unused(ap->changes)) TRY(settle_removed(ap));
	if (!ap->m->contract.n && !ap->m->search_count && !ap->m->formula_count &&
	    !ap->m->keyed_count && !ap->m->numbered_count)
		return NULL;
	drain(ap);
	TRY(journal_contract(ap->store, ap->arena, ap->app));
	return apply_pay_debts(ap->store, ap->arena, ap->next);
}
