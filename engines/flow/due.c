/* due.c -- timers of flows: each fire is a command of its own. One that cannot be carried out (the
 * flow is broken there, nobody to ask) is taken out of the queue and told to the administrators:
 * the task stays open, nothing is lost, the others go on. */
#include "engines/flow/due.h"

#include "engines/flow/engine.h"
#include "runtime/base/log.h"
#include "runtime/store/apps.h"
#include "runtime/store/notifications.h"
#include "runtime/store/queries.h"

struct firing {
	struct request rq;
	struct store *store;
	struct flow_firing what;
	bool fired;
};

static struct problem *next(struct tx *tx, int64_t *at_us) {
	bool have;
	TRY(tx_int(tx, sql_flow_due_first, NO_PARAMS, at_us, &have));
	if (!have || !*at_us) *at_us = INT64_MAX;
	return NULL;
}

static struct problem *due_list(struct tx *tx, int64_t now_us, size_t limit, struct firing *out,
				size_t *n) {
	struct rows *r;
	TRY(tx_query(tx, sql_flow_due_next, PARAMS(value_int(now_us), value_int((int64_t)limit)),
		     &r));
	for (bool have; *n < limit;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		out[(*n)++].what = (struct flow_firing){ .run = rows_int(r, 0),
							 .task = rows_int(r, 1),
							 .due_us = rows_int(r, 2) };
	}
	rows_close(r);
	return NULL;
}

static struct request request_of(struct arena *a, int64_t now_us) {
	return (struct request){
		.arena = a, .language = LANGUAGE_ZH, .now_us = now_us, .door = DOOR_FLOW
	};
}

/* Each time from the start: one of its group that fails makes the others run again. */
static struct problem *fire(struct tx *tx, void *arg) {
	struct firing *f = arg;
	f->rq = request_of(f->rq.arena, f->rq.now_us);
	TRY(flow_fire(tx, &f->rq, f->store, &f->what, &f->fired));
	/* Nothing of it was done, and it is due no more: or it would be found again for ever. */
	if (f->fired || !f->what.due_us) return NULL;
	return tx_exec(
		tx, sql_flow_due_spent,
		PARAMS(value_int(f->what.run), value_int(f->what.task), value_int(f->what.due_us)),
		NULL);
}

static struct problem *tell_admins(struct tx *tx, struct firing *f, const struct run *run) {
	const struct directory *d = f->rq.directory;
	struct arena *a = f->rq.arena;
	for (size_t i = 0; i < d->user_count; i++) {
		if (!d->users[i].active ||
		    !directory_administers(&d->users[i], run->flow->app->name))
			continue;
		struct notification note = { .kind = "flow_stuck",
					     .app = run->flow->app->name,
					     .form = run->flow->form->id,
					     .record = run->record,
					     .user = d->users[i].id,
					     .at_us = f->rq.now_us,
					     .text = str_of(arena_printf(
						     a, "%lld-%lld", (long long)f->what.run,
						     (long long)f->what.task)) };
		TRY(notification_add(
			tx, &note,
			str_of(arena_printf(a, "stuck/%lld/%lld", (long long)f->what.run,
					    (long long)f->what.task))));
	}
	return NULL;
}

static struct problem *put_aside(struct tx *tx, void *arg) {
	struct firing *f = arg;
	struct run *run;
	f->rq = request_of(f->rq.arena, f->rq.now_us);
	TRY(tx_exec(tx, sql_flow_due_never, PARAMS(value_int(f->what.run), value_int(f->what.task)),
		    NULL));
	TRY(request_people(&f->rq, tx, f->store));
	struct problem *p = flow_take(tx, &f->rq, f->store, f->what.run, &run);
	return p ? NULL : tell_admins(tx, f, run);
}

/* What became of one that was fired; what cannot be carried out is put aside. */
static struct problem *fired(struct store *s, struct firing *f, struct problem *p) {
	if (p && p->kind != PROBLEM_UNAVAILABLE && p != &write_again) {
		LOG(WARN, "flow_due_failed", "code", p->code, "log", p->log ? p->log : "");
		p = store_write(s, LANE_BULK, f->rq.arena, put_aside, f);
	}
	return p ? &store_busy : NULL;
}

/* On the bulk lane, all of them together: people's own commands go first, and a night's timers
 * share their commits. *done: those before the first that failed. */
static struct problem *fire_all(struct store *s, int64_t now_us, struct firing *list, size_t n,
				size_t *done) {
	struct write_one writes[STORE_WRITES_MAX];
	struct problem *first = NULL;
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		list[i].store = s;
		list[i].rq = request_of(a, now_us);
		writes[i] = (struct write_one){ .commit = fire, .arg = &list[i], .arena = a };
	}
	store_write_all(s, LANE_BULK, writes, n);
	for (size_t i = 0; i < n; i++) {
		struct problem *p = fired(s, &list[i], writes[i].problem);
		if (!first) first = p;
		if (!first) ++*done;
		arena_free(writes[i].arena);
	}
	return first;
}

static struct problem *run_due(struct store *s, struct arena *a, int64_t now_us, size_t limit,
			       size_t *done) {
	struct firing *list = arena_array(a, limit + 1, sizeof *list);
	struct tx *tx;
	size_t n = 0;
	*done = 0;
	if (limit > STORE_WRITES_MAX) limit = STORE_WRITES_MAX;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, due_list(tx, now_us, limit, list, &n)));
	return fire_all(s, now_us, list, n, done);
}

const struct due_source flow_due = { "flow", next, run_due };

/* ---- waits that a record may have ended ---- */

struct wake {
	int64_t seq, record, at_us;
	char *app, *form;
};

static struct problem *wake_first(struct tx *tx, struct wake *out) {
	struct rows *r;
	bool have;
	*out = (struct wake){ 0 };
	TRY(tx_query(tx, sql_flow_wake_first, NO_PARAMS, &r));
	TRY(rows_next(r, &have));
	if (have)
		*out = (struct wake){ .seq = rows_int(r, 0),
				      .app = str_dup(tx_arena(tx), rows_text(r, 1)),
				      .form = str_dup(tx_arena(tx), rows_text(r, 2)),
				      .record = rows_int(r, 3),
				      .at_us = rows_int(r, 4) };
	rows_close(r);
	return NULL;
}

static struct problem *wakes_next(struct tx *tx, int64_t *at_us) {
	struct wake first;
	TRY(wake_first(tx, &first));
	*at_us = first.seq ? first.at_us : INT64_MAX;
	return NULL;
}

enum { WAITS_PAGE = 200 };
struct waits {
	struct firing *items;
	size_t n;
	int64_t run, task;
	bool more;
};

static bool waits_here(const struct app *app, const struct wake *w, struct str flow,
		       int64_t record) {
	for (size_t i = 0; i < app->flow_count; i++) {
		const struct flow *f = app->flows[i];
		if (!str_is(flow, f->id)) continue;
		bool own = strcmp(f->form->id, w->form) == 0;
		for (size_t k = 0; k < app->form_count; k++)
			if (strcmp(app->forms[k]->id, w->form) == 0)
				return flow_waits_for(f, app->forms[k]) &&
				       (!own || record == w->record);
	}
	return false;
}

static struct problem *waits_read(struct tx *tx, const struct app *app, const struct wake *w,
				  struct waits *io) {
	struct rows *r;
	size_t seen = 0;
	io->n = 0;
	TRY(tx_query(tx, sql_flow_waits,
		     PARAMS(value_text(str_of(w->app)), value_int(io->run), value_int(io->task)),
		     &r));
	for (bool have;; seen++) {
		TRY(rows_next(r, &have));
		if (!have) break;
		io->run = rows_int(r, 0);
		io->task = rows_int(r, 1);
		if (waits_here(app, w, rows_text(r, 2), rows_int(r, 3)))
			io->items[io->n++].what = (struct flow_firing){ .run = io->run,
									.task = io->task,
									.woken = w->record };
	}
	io->more = seen == WAITS_PAGE;
	return NULL;
}

static struct problem *wake_drop(struct tx *tx, void *arg) {
	const struct wake *w = arg;
	return tx_exec(tx, sql_flow_wake_drop, PARAMS(value_int(w->seq)), NULL);
}

static struct problem *wake_all(struct store *s, struct arena *a, const struct app *app,
				const struct wake *w, int64_t now_us) {
	struct waits waits = { .items = arena_array(a, WAITS_PAGE, sizeof *waits.items),
			       .more = true };
	while (waits.more) {
		struct tx *tx;
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx, waits_read(tx, app, w, &waits)));
		for (size_t i = 0, done = 0; i < waits.n; i += STORE_WRITES_MAX) {
			size_t n = waits.n - i < STORE_WRITES_MAX ? waits.n - i : STORE_WRITES_MAX;
			TRY(fire_all(s, now_us, &waits.items[i], n, &done));
		}
	}
	return NULL;
}

static struct problem *wakes_run(struct store *s, struct arena *a, int64_t now_us, size_t limit,
				 size_t *done) {
	for (*done = 0; *done < limit; ++*done) {
		struct wake w;
		struct tx *tx;
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx, wake_first(tx, &w)));
		if (!w.seq) return NULL;
		struct app *app = apps_take(s, str_of(w.app));
		if (app) app_keep(a, app);
		if (app) TRY(wake_all(s, a, app, &w, now_us));
		TRY(store_write(s, LANE_INTERACTIVE, a, wake_drop, &w));
	}
	return NULL;
}

const struct due_source flow_wakes = { "flow_wakes", wakes_next, wakes_run };

/* ---- tasks of people who have left ---- */

struct stray {
	struct request rq;
	struct store *store;
	int64_t user, run, task;
	int32_t to;
};

static struct problem *stray_user(struct tx *tx, struct stray *out) {
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_flow_stray_first, NO_PARAMS, &r));
	TRY(rows_next(r, &have));
	out->user = have ? rows_int(r, 0) : 0;
	out->to = have ? (int32_t)rows_int(r, 1) : 0;
	rows_close(r);
	return NULL;
}

static struct problem *strays_next(struct tx *tx, int64_t *at_us) {
	struct stray first;
	TRY(stray_user(tx, &first));
	*at_us = first.user ? 0 : INT64_MAX;
	return NULL;
}

static struct problem *stray_list(struct tx *tx, size_t limit, struct stray *list, size_t *n) {
	struct stray first;
	struct rows *r;
	TRY(stray_user(tx, &first));
	list[0] = first;
	if (!first.user) return NULL;
	TRY(tx_query(tx, sql_flow_stray_tasks,
		     PARAMS(value_int(first.user), value_int((int64_t)limit)), &r));
	for (bool have; *n < limit;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		list[*n] = first;
		list[*n].run = rows_int(r, 0);
		list[(*n)++].task = rows_int(r, 1);
	}
	rows_close(r);
	return NULL;
}

static struct problem *take_over(struct tx *tx, void *arg) {
	struct stray *s = arg;
	return flow_take_over(tx, &s->rq, s->store, s->run, s->task, s->to);
}

static struct problem *stray_done(struct tx *tx, void *arg) {
	const struct stray *s = arg;
	return tx_exec(tx, sql_flow_stray_done, PARAMS(value_int(s->user)), NULL);
}

/* Its app or form is gone: there is nothing to decide, for anybody; nor may it hold up the others.
 */
static bool nobodys(const struct problem *p) {
	return p->kind == PROBLEM_NOT_FOUND || strcmp(p->code, "flow_outdated") == 0;
}

static struct problem *unask(struct tx *tx, void *arg) {
	const struct stray *s = arg;
	return tx_exec(tx, sql_flow_task_unask, PARAMS(value_int(s->run), value_int(s->task)),
		       NULL);
}

static struct problem *take_over_one(struct store *s, int64_t now_us, struct stray *stray) {
	struct arena *a = arena_new(0);
	stray->store = s;
	stray->rq = (struct request){
		.arena = a, .language = LANGUAGE_ZH, .now_us = now_us, .door = DOOR_FLOW
	};
	struct problem *p = store_write(s, LANE_INTERACTIVE, a, take_over, stray);
	if (p) LOG(WARN, "flow_stray_failed", "code", p->code, "log", p->log ? p->log : "");
	if (p && nobodys(p)) p = store_write(s, LANE_INTERACTIVE, a, unask, stray);
	arena_free(a);
	return p ? &store_busy : NULL;
}

static struct problem *strays_run(struct store *s, struct arena *a, int64_t now_us, size_t limit,
				  size_t *done) {
	struct stray *list = arena_array(a, limit + 1, sizeof *list);
	struct tx *tx;
	size_t n = 0;
	*done = 0;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, stray_list(tx, limit, list, &n)));
	for (size_t i = 0; i < n; i++, ++*done) TRY(take_over_one(s, now_us, &list[i]));
	if (!n && list[0].user) return store_write(s, LANE_INTERACTIVE, a, stray_done, &list[0]);
	return NULL;
}

const struct due_source flow_strays = { "flow_strays", strays_next, strays_run };
