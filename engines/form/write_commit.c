/* write_commit.c -- the second stage, on the writer: only what must see the very latest state.
 *  1. Nothing is written unless the rights epoch, the app and every record read in prepare are as
 * they were then.
 *  2. Row, sub-rows, history, stage log, search index and event are one member's: the writer takes
 * all of it back when any of it fails.
 *  3. Records that gather from this one are settled last, when all of it is stored (rollup.c).
 *  4. A commit may run again after its group was rolled back: it builds only on what prepare left,
 * and sets what it changes (serials, w->id) afresh each time. */
#include "engines/form/follow.h"
#include "engines/form/history.h"
#include "engines/form/notify.h"
#include "engines/form/prepare.h"
#include "engines/form/rollup.h"

#include "runtime/store/search.h"

struct problem write_again = { .kind = PROBLEM_CONFLICT, .code = "write_again", .pointer = "" };

static bool app_is_current(const struct prepared *p) {
	struct app *current = apps_take(p->store, str_of(p->rq->app->name));
	bool same = !current || current->serial == p->app_serial;
	app_release(current);
	return same;
}

/* Who has lost the race on snapshots prepares on the writer, where nobody can overtake him; with an
 * app that was replaced meanwhile he cannot, his form is another one. */
static struct problem *check_fresh(struct tx *tx, struct write *w) {
	struct prepared *p = w->prepared;
	bool fresh;
	int64_t epoch = tx_epoch(tx);
	p->tx = tx;
	if (epoch < 0) return &store_io;
	if (!app_is_current(p)) return &write_again;
	TRY(notes_fresh(p, &fresh));
	if (fresh && epoch == p->epoch) return NULL;
	if (!w->last_try) return &write_again;
	TRY(prepare_on(tx, p->rq, p->store, w));
	w->prepared->tx = tx;
	return NULL;
}

static struct problem *stored(struct prepared *p, struct problem *problem) {
	return problem == &store_unique ? unique_problem(p) : problem;
}

static struct problem *create_commit(struct prepared *p) {
	const struct record *r = p->root.now;
	TRY(duplicates_check(p));
	TRY(serials_assign(p));
	TRY(stored(p, (p->w->together ? record_store_add : record_store_insert)(p->tx, &p->codec, r,
										p->cells)));
	search_write_later(p->tx, r->form, r->id, NULL, r->values, p->search);
	TRY(stage_log_add(p));
	TRY(notify_owner(p, NULL, r));
	TRY(rollups_note(p, NULL, r));
	return history_write(p, "create", NULL, r);
}

static struct problem *update_commit(struct prepared *p) {
	const struct record *old = p->root.old, *now = p->root.now;
	if (p->unchanged) {
		p->root.now = (struct record *)(uintptr_t)old;
		return NULL;
	}
	TRY(duplicates_check(p));
	TRY(serials_assign(p));
	TRY(stored(p, record_store_update(p->tx, &p->codec, old, now)));
	search_write_later(p->tx, now->form, now->id, old->values, now->values, p->search);
	TRY(stage_log_add(p));
	TRY(notify_owner(p, old, now));
	TRY(follow_tell_change(p, old, now));
	TRY(rollups_note(p, old, now));
	return history_write(p, "update", old, now);
}

static struct problem *(*const operations[])(struct prepared *p) = {
	[WRITE_CREATE] = create_commit,
	[WRITE_UPDATE] = update_commit,
	[WRITE_DELETE] = delete_commit,
	[WRITE_RESTORE] = restore_commit,
};

static const struct record_listener *const *listeners;

void record_listeners(const struct record_listener *const *list) { listeners = list; }

static struct problem *tell_listeners(struct prepared *p) {
	const struct write *w = p->w;
	bool told = w->op != WRITE_RESTORE && !p->unchanged;
	for (size_t i = 0; listeners && listeners[i] && told; i++)
		TRY(listeners[i]->written(p->tx, p->rq, p->store, w->form, w->id, w->op));
	return NULL;
}

struct problem *write_commit(struct tx *tx, struct write *w) {
	TRY(check_fresh(tx, w));
	struct prepared *p = w->prepared;
	TRY(held_check(p));
	p->settlement = NULL;
	TRY(operations[w->op](p));
	TRY(rollups_settle(p));
	TRY(rights_show_after(p));
	w->id = p->root.now->id;
	if (p->rq->app->flow_count) TRY(tell_listeners(p));
	return w->also ? w->also(tx, w, w->also_arg) : NULL;
}
