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
	int64_t run, task, due_us;
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
		out[(*n)++] = (struct firing){ .run = rows_int(r, 0),
					       .task = rows_int(r, 1),
					       .due_us = rows_int(r, 2) };
	}
	rows_close(r);
	return NULL;
}

static struct problem *fire(struct tx *tx, void *arg) {
	struct firing *f = arg;
	return flow_fire(tx, &f->rq, f->store, f->run, f->task, f->due_us, &f->fired);
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
					     .text = str_of(arena_printf(a, "%lld-%lld",
									 (long long)f->run,
									 (long long)f->task)) };
		TRY(notification_add(tx, &note,
				     str_of(arena_printf(a, "stuck/%lld/%lld", (long long)f->run,
							 (long long)f->task))));
	}
	return NULL;
}

static struct problem *put_aside(struct tx *tx, void *arg) {
	struct firing *f = arg;
	struct run *run;
	f->rq.app = NULL;
	TRY(tx_exec(tx, sql_flow_due_never, PARAMS(value_int(f->run), value_int(f->task)), NULL));
	TRY(request_people(&f->rq, tx, f->store));
	struct problem *p = flow_take(tx, &f->rq, f->store, f->run, &run);
	return p ? NULL : tell_admins(tx, f, run);
}

static struct problem *fire_one(struct store *s, int64_t now_us, struct firing *f) {
	struct arena *a = arena_new(0);
	f->store = s;
	f->rq = (struct request){
		.arena = a, .language = LANGUAGE_ZH, .now_us = now_us, .door = DOOR_FLOW
	};
	struct problem *p = store_write(s, LANE_INTERACTIVE, a, fire, f);
	if (p && p->kind != PROBLEM_UNAVAILABLE && p != &write_again) {
		LOG(WARN, "flow_due_failed", "code", p->code, "log", p->log ? p->log : "");
		f->rq = (struct request){
			.arena = a, .language = LANGUAGE_ZH, .now_us = now_us, .door = DOOR_FLOW
		};
		p = store_write(s, LANE_INTERACTIVE, a, put_aside, f);
	}
	bool failed = p != NULL;
	arena_free(a);
	return failed ? &store_busy : NULL;
}

static struct problem *run_due(struct store *s, struct arena *a, int64_t now_us, size_t limit,
			       size_t *done) {
	struct firing *list = arena_array(a, limit + 1, sizeof *list);
	struct tx *tx;
	size_t n = 0;
	*done = 0;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, due_list(tx, now_us, limit, list, &n)));
	for (size_t i = 0; i < n; i++) {
		TRY(fire_one(s, now_us, &list[i]));
		++*done;
	}
	return NULL;
}

const struct due_source flow_due = { "flow", next, run_due };
