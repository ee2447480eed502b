/* writer.c -- the one thread that writes, with group commit (writer.h has the invariants this file
 * keeps).
 *
 * A round: wait for a member -> BEGIN IMMEDIATE -> members one after the other -> COMMIT (fsync) ->
 * answer the members in the order they ran -> checkpoint, if one is due. While a COMMIT waits for
 * the disk new members queue up; they are the next group. So nothing waits to fill a group, and
 * groups grow by themselves when load does.
 *
 * Which member next: interactive before bulk, submission order within a lane, until GROUP_MEMBERS
 * or 5 ms of work. While nobody but bulk members wants anything it is 20 ms, and 300 ms when nobody
 * else has for a second: rows that change the same pages of an index then share one write of the
 * page (a million imported rows: 6.5 GB of them, not 9.4). An interactive member that arrives
 * joins such a group and ends it 5 ms later. A bulk member runs when no interactive one waits, and
 * it is told its slice (tx_slice_us). So that a steady stream of
 * people's writes cannot starve an import, a bulk member that has waited AGED_US takes the last
 * place of a group.
 *
 * Errors. A savepoint keeps a copy of every page that is changed in it, which cost an import 40 %
 * of its time and is for nothing while nobody fails. So members run without; when one fails the
 * whole group is rolled back and the others are run again, each in a savepoint of its own, and so
 * are the members of the next GUARDED_GROUPS groups: where failures are frequent few groups run
 * twice. So is, always, who joins a group of bulk members: when he is refused, 300 ms of an import
 * are not run again, nor does he wait for it. In a savepoint a member that returns a problem is
 * rolled back to it, and the group goes on. After every member the connection's autocommit flag is
 * read, whatever the member answered: when SQLite has rolled back everything (full disk), the
 * members that ran so far are replayed, each in a transaction of its own, so that one too big for
 * the disk cannot take others with it. The same when COMMIT finds the disk full. Any other failure
 * at BEGIN or COMMIT means that we do not know what the file holds: the members get the problem (an
 * acknowledged write is never lost; one answered 503 may exist), the connection is closed, and
 * nothing is written until a new connection has committed a probe row.
 *
 * Work that members put off (tx_before_commit) runs when the last one has run, outside any
 * savepoint; should it fail, the group is undone and replayed in the same way.
 *
 * Nothing of a member is touched after its done(): the submitter may have freed it. */
#include <assert.h>
#include <semaphore.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/store/backend.h"
#include "runtime/store/due.h"
#include "runtime/store/queries.h"

enum { GUARDED_GROUPS = 64 };
static const int64_t AGED_US = 50000, SLICE_LEAST_US = 1000, RETRY_US = 200000;

static struct store *store_of(struct writer *w) { return w->tx.store; }

/* --- the queues --- */

void store_submit(struct store *s, enum lane lane, struct member *m) {
	struct writer *w = &s->writer;
	struct lane_queue *q = &w->lanes[lane];
	m->next = NULL;
	m->queued_us = clock_mono();
	pthread_mutex_lock(&w->mutex);
	*(q->last ? &q->last->next : &q->first) = m;
	q->last = m;
	q->count++;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->mutex);
}

static struct member *pop(struct lane_queue *q) {
	struct member *m = q->first;
	q->first = m->next;
	if (!q->first) q->last = NULL;
	q->count--;
	return m;
}

static bool aged(const struct writer *w, const struct lane_queue *bulk, int64_t now) {
	return !w->bulk_in_group && bulk->first && now - bulk->first->queued_us > AGED_US;
}

static bool is_over(const struct writer *w, int64_t started, int64_t now) {
	if (!w->n) return false;
	if (w->interactive_in_group) return now - w->joined_us >= GROUP_US;
	if (w->lanes[LANE_INTERACTIVE].first) return false;
	return now - started >=
	       (now - w->people_us < ALONE_AFTER_US ? GROUP_BULK_US : GROUP_ALONE_US);
}

/* The rule of the essay above; the mutex is held. */
static struct member *choose(struct writer *w, int64_t started, int64_t now, int64_t *slice_end) {
	struct lane_queue *interactive = &w->lanes[LANE_INTERACTIVE], *bulk = &w->lanes[LANE_BULK];
	bool over = is_over(w, started, now);
	if ((over || w->n == GROUP_MEMBERS - 1) && w->n < GROUP_MEMBERS && aged(w, bulk, now)) {
		w->bulk_in_group = true;
		*slice_end = now + GROUP_US;
		return pop(bulk);
	}
	if (over || w->n == GROUP_MEMBERS) return NULL;
	*slice_end = started + GROUP_US > now + SLICE_LEAST_US ? started + GROUP_US
							       : now + SLICE_LEAST_US;
	if (interactive->first) {
		if (!w->interactive_in_group) w->joined_us = now;
		w->interactive_in_group = true;
		w->people_us = now;
		return pop(interactive);
	}
	if (!bulk->first) return NULL;
	w->bulk_in_group = true;
	return pop(bulk);
}

static struct slot *next_slot(struct writer *w, int64_t started) {
	pthread_mutex_lock(&w->mutex);
	struct member *m = choose(w, started, clock_mono(), &w->tx.slice_end_us);
	pthread_mutex_unlock(&w->mutex);
	if (!m) return NULL;
	struct slot *slot = &w->slots[w->n++];
	*slot = (struct slot){ .member = m };
	return slot;
}

static bool wait_for_work(struct writer *w) {
	pthread_mutex_lock(&w->mutex);
	while (!w->lanes[0].first && !w->lanes[1].first && !w->stop)
		pthread_cond_wait(&w->wake, &w->mutex);
	bool work = w->lanes[0].first || w->lanes[1].first;
	pthread_mutex_unlock(&w->mutex);
	return work;
}

/* --- one member --- */

static struct problem *control(struct writer *w, enum control which) {
	return connection_control(w->c, w->scratch, which);
}

static bool rolled_back(const struct writer *w) { return sqlite3_get_autocommit(w->c->db); }

static void rollback(struct writer *w) {
	gathered_forget(w);
	if (!rolled_back(w)) connection_step(w->c, CONTROL_ROLLBACK);
}

static struct problem *member_call(struct writer *w, struct slot *slot) {
	struct tx *tx = &w->tx;
	int64_t slice_end = tx->slice_end_us;
	*tx = (struct tx){ .store = tx->store,
			   .c = w->c,
			   .arena = slot->member->arena,
			   .write = true,
			   .guarded = w->guarded > 0,
			   .slice_end_us = slice_end };
	struct problem *p = slot->member->commit(tx, slot->member->arg);
	tx_close_rows(tx);
	if (!p) p = gathered_settle(tx, tx->guarded);
	slot->publish = tx->publish_first;
	slot->later = tx->later_first;
	return p;
}

/* Leaves the transaction as it was when the member fails; when even that fails, ends it (the caller
 * sees autocommit). */
static void member_undo(struct writer *w) {
	gathered_forget(w);
	if (rolled_back(w)) return;
	struct problem *p = control(w, CONTROL_UNDO);
	if (!p) p = control(w, CONTROL_RELEASE);
	if (p) rollback(w);
}

static void member_run(struct writer *w, struct slot *slot) {
	slot->publish = NULL;
	slot->later = NULL;
	slot->problem = w->guarded ? control(w, CONTROL_SAVEPOINT) : NULL;
	if (slot->problem) return;
	slot->problem = member_call(w, slot);
	if (!w->guarded) return;
	if (!slot->problem) slot->problem = control(w, CONTROL_RELEASE);
	if (slot->problem) member_undo(w);
}

/* What the member put off until the end of the group. */
static struct problem *member_finish(struct writer *w, struct slot *slot) {
	struct problem *p = slot->problem;
	if (p || !slot->later) return p;
	w->tx = (struct tx){ .store = store_of(w),
			     .c = w->c,
			     .arena = slot->member->arena,
			     .write = true,
			     .slice_end_us = w->tx.slice_end_us };
	for (struct later *l = slot->later; l && !p; l = l->next) p = l->run(&w->tx, l->arg);
	tx_close_rows(&w->tx);
	return p;
}

static void member_answer(struct writer *w, struct slot *slot) {
	struct member *m = slot->member;
	struct problem *p = slot->problem;
	atomic_fetch_add_explicit(p ? &w->failed : &w->members, 1, memory_order_relaxed);
	if (!p)
		for (struct publish *next = slot->publish; next; next = next->next)
			next->run(next->arg);
	m->done(m->arg, p);
}

static void group_answer(struct writer *w, struct problem *all) {
	for (size_t i = 0; i < w->n; i++) {
		if (all) w->slots[i].problem = all;
		member_answer(w, &w->slots[i]);
	}
	w->n = 0;
}

/* --- a transaction --- */

static struct problem *ceiling_write(struct writer *w) {
	w->id_pending = record_id_ceiling(store_of(w), w->id_ceiling);
	if (!w->id_pending) return NULL;
	w->tx = (struct tx){ .store = store_of(w), .c = w->c, .arena = w->scratch, .write = true };
	return tx_exec(&w->tx, sql_last_id_set, PARAMS(value_int(w->id_pending)), NULL);
}

void store_on_commit(struct store *s, void (*told)(void *arg), void *arg) {
	struct writer *w = &s->writer;
	pthread_mutex_lock(&w->mutex);
	w->told = told;
	w->told_arg = arg;
	pthread_mutex_unlock(&w->mutex);
}

void store_on_due(struct store *s, void (*told)(void *arg, int64_t at_us), void *arg) {
	struct writer *w = &s->writer;
	pthread_mutex_lock(&w->mutex);
	w->due = told;
	w->due_arg = arg;
	pthread_mutex_unlock(&w->mutex);
}

struct due_piece {
	struct writer *writer;
	int64_t at_us;
};

static void tell_due(void *arg) {
	const struct due_piece *piece = arg;
	struct writer *w = piece->writer;
	pthread_mutex_lock(&w->mutex);
	if (w->due) w->due(w->due_arg, piece->at_us);
	pthread_mutex_unlock(&w->mutex);
}

void tx_due(struct tx *tx, int64_t at_us) {
	struct due_piece *piece = arena_alloc(tx->arena, sizeof *piece);
	*piece = (struct due_piece){ &tx->store->writer, at_us };
	tx_after_commit(tx, tell_due, piece);
}

static void tell(struct writer *w) {
	pthread_mutex_lock(&w->mutex);
	if (w->told) w->told(w->told_arg);
	pthread_mutex_unlock(&w->mutex);
}

static struct problem *group_commit(struct writer *w) {
	TRY(ceiling_write(w));
	int64_t before = clock_mono();
	TRY(control(w, CONTROL_COMMIT));
	int64_t took = clock_mono() - before;
	atomic_fetch_add(&store_of(w)->commits, 1);
	if (took > atomic_load_explicit(&w->commit_us_max, memory_order_relaxed))
		atomic_store(&w->commit_us_max, took);
	if (w->id_pending) w->id_ceiling = w->id_pending;
	atomic_fetch_add_explicit(&w->groups, 1, memory_order_relaxed);
	tell(w);
	return NULL;
}

static void go_down(struct writer *w, const struct problem *p) {
	LOG(ERROR, "writing stopped", "code", p->code, "detail", p->log ? p->log : "");
	rollback(w);
	w->down = true;
	w->retry_us = 0;
}

static struct problem *probe(struct writer *w) {
	struct store *s = store_of(w);
	connection_close(w->c);
	w->c = NULL;
	TRY(connection_open(s, w->scratch, CONNECTION_WRITER, false, &w->c));
	sqlite3_wal_hook(w->c->db, checkpoint_wal_hook, s);
	TRY(control(w, CONTROL_BEGIN));
	w->tx = (struct tx){ .store = s, .c = w->c, .arena = w->scratch, .write = true };
	struct problem *p = tx_exec(&w->tx, sql_probe, NO_PARAMS, NULL);
	if (!p) p = control(w, CONTROL_COMMIT);
	if (p) rollback(w);
	return p;
}

/* After go_down: a new connection and a committed probe, tried at most every RETRY_US. */
static struct problem *ready(struct writer *w) {
	if (!w->down) return NULL;
	int64_t now = clock_mono();
	if (now < w->retry_us) return &store_io;
	struct problem *p = probe(w);
	w->down = p != NULL;
	w->retry_us = clock_mono() + RETRY_US;
	if (!p) LOG(INFO, "writing goes on");
	return p ? &store_io : NULL;
}

/* --- groups --- */

/* One member in a transaction of its own. */
static void run_alone(struct writer *w, struct slot *slot) {
	/* Its statements are of apps that members answered before may have let go. */
	gathered_forget(w);
	slot->problem = ready(w);
	if (!slot->problem) slot->problem = control(w, CONTROL_BEGIN);
	if (!slot->problem) {
		w->tx.slice_end_us = clock_mono() + GROUP_US;
		member_run(w, slot);
		if (!rolled_back(w)) slot->problem = member_finish(w, slot);
		if (rolled_back(w)) {
			if (!slot->problem) slot->problem = &store_full;
		} else if (slot->problem) {
			rollback(w);
		} else {
			struct problem *p = group_commit(w);
			if (p && p != &store_full)
				go_down(w, p);
			else if (p)
				rollback(w);
			slot->problem = p;
		}
	}
	member_answer(w, slot);
}

static void replay(struct writer *w) {
	rollback(w);
	w->guarded = GUARDED_GROUPS;
	for (size_t i = 0; i < w->n; i++) run_alone(w, &w->slots[i]);
	w->n = 0;
}

/* Members that cannot run at all: all that wait now get the problem. */
static void group_refuse(struct writer *w, struct problem *p) {
	while (next_slot(w, clock_mono())) continue;
	group_answer(w, p);
}

/* false: the group is to be run again, member by member. */
static bool group_finish(struct writer *w) {
	for (size_t i = 0; i < w->n; i++) {
		struct slot *slot = &w->slots[i];
		if (!slot->problem && (member_finish(w, slot) || rolled_back(w))) return false;
	}
	w->tx = (struct tx){ .store = store_of(w), .c = w->c, .arena = w->scratch, .write = true };
	return !gathered_settle(&w->tx, true);
}

static void group_close(struct writer *w) {
	if (!group_finish(w)) {
		replay(w);
		return;
	}
	struct problem *p = group_commit(w);
	if (!p) {
		group_answer(w, NULL);
	} else if (p == &store_full) {
		replay(w);
	} else {
		go_down(w, p);
		group_answer(w, p);
	}
}

/* A transaction for the group; else everyone who waits gets the problem. */
static bool group_begin(struct writer *w) {
	struct problem *p = ready(w);
	if (!p) {
		p = control(w, CONTROL_BEGIN);
		if (p && p != &store_busy) go_down(w, p);
	}
	if (p) group_refuse(w, p);
	return !p;
}

/* The last member has failed without a savepoint: the others run again, in savepoints; it itself
 * only if it would rather. False: the group is answered. */
static bool group_again(struct writer *w) {
	rollback(w);
	w->guarded = GUARDED_GROUPS;
	if (!group_begin(w)) return false;
	for (size_t i = 0; i < w->n; i++) {
		struct slot *slot = &w->slots[i];
		if (slot->problem && slot->problem != &tx_unguarded) continue;
		w->tx.slice_end_us = clock_mono() + GROUP_US;
		member_run(w, slot);
		if (!rolled_back(w)) continue;
		replay(w);
		return false;
	}
	return true;
}

/* Somebody has joined a group of bulk members: he and who comes after him run in savepoints, so
 * that his failure repeats nobody. False: the group is answered. */
static bool guard_rest(struct writer *w) {
	w->tx = (struct tx){ .store = store_of(w),
			     .c = w->c,
			     .arena = w->scratch,
			     .write = true,
			     .slice_end_us = w->tx.slice_end_us };
	if (!gathered_settle(&w->tx, true) && !rolled_back(w)) {
		w->guarded = 1;
		return true;
	}
	replay(w);
	return false;
}

static bool joins(const struct writer *w, bool people_before) {
	return !w->guarded && !people_before && w->interactive_in_group && w->n > 1;
}

static void group_run(struct writer *w) {
	int64_t started = clock_mono();
	w->bulk_in_group = w->interactive_in_group = false;
	w->n = 0;
	w->gathered = NULL; /* it was on scratch */
	if (w->guarded) w->guarded--;
	if (!group_begin(w)) return;
	for (;;) {
		bool people = w->interactive_in_group;
		struct slot *slot = next_slot(w, started);
		if (!slot) break;
		if (joins(w, people) && !guard_rest(w)) return;
		member_run(w, slot);
		if (rolled_back(w)) {
			replay(w);
			return;
		}
		if (slot->problem && !w->guarded && !group_again(w)) return;
	}
	group_close(w);
}

static void *writer_main(void *arg) {
	struct writer *w = arg;
	while (wait_for_work(w)) {
		struct arena_mark mark = arena_mark(w->scratch);
		group_run(w);
		if (!w->down) checkpoint_between_groups(store_of(w));
		arena_reset(w->scratch, mark);
	}
	return NULL;
}

/* --- start, stop, submit and wait --- */

struct problem *writer_start(struct store *s, struct arena *a) {
	struct writer *w = &s->writer;
	w->tx.store = s;
	w->scratch = arena_new(0);
	sqlite3_wal_hook(w->c->db, checkpoint_wal_hook, s);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0)
		return PROBLEM(a, UNAVAILABLE, "store_thread");
	w->running = true;
	return NULL;
}

void writer_stop(struct store *s) {
	struct writer *w = &s->writer;
	if (w->running) {
		pthread_mutex_lock(&w->mutex);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->mutex);
		pthread_join(w->thread, NULL);
		pthread_mutex_destroy(&w->mutex);
		pthread_cond_destroy(&w->wake);
	}
	arena_free(w->scratch);
}

struct waiting {
	sem_t answered;
	struct write_one *write;
};

static struct problem *waiting_commit(struct tx *tx, void *arg) {
	const struct waiting *waiting = arg;
	return waiting->write->commit(tx, waiting->write->arg);
}

static void waiting_done(void *arg, struct problem *p) {
	struct waiting *waiting = arg;
	waiting->write->problem = p;
	sem_post(&waiting->answered);
}

void store_write_all(struct store *s, enum lane lane, struct write_one *writes, size_t n) {
	struct waiting waiting[STORE_WRITES_MAX];
	struct member members[STORE_WRITES_MAX];
	assert(n <= STORE_WRITES_MAX && !pthread_equal(pthread_self(), s->writer.thread));
	for (size_t i = 0; i < n; i++) {
		waiting[i].write = &writes[i];
		sem_init(&waiting[i].answered, 0, 0);
		members[i] = (struct member){ .commit = waiting_commit,
					      .done = waiting_done,
					      .arg = &waiting[i],
					      .arena = writes[i].arena };
		store_submit(s, lane, &members[i]);
	}
	for (size_t i = 0; i < n; i++) {
		while (sem_wait(&waiting[i].answered) != 0) continue; /* EINTR */
		sem_destroy(&waiting[i].answered);
	}
}

struct problem *store_write(struct store *s, enum lane lane, struct arena *a,
			    struct problem *(*commit)(struct tx *tx, void *arg), void *arg) {
	struct write_one write = { .commit = commit, .arg = arg, .arena = a };
	store_write_all(s, lane, &write, 1);
	return write.problem;
}

struct writer_stats store_writer_stats(struct store *s) {
	struct writer *w = &s->writer;
	struct writer_stats stats = { .groups = atomic_load(&w->groups),
				      .members = atomic_load(&w->members),
				      .failed = atomic_load(&w->failed),
				      .commit_us_max = atomic_load(&w->commit_us_max) };
	int64_t now = clock_mono();
	pthread_mutex_lock(&w->mutex);
	stats.queue_interactive = w->lanes[LANE_INTERACTIVE].count;
	stats.queue_bulk = w->lanes[LANE_BULK].count;
	for (size_t i = 0; i < ARRAY_LEN(w->lanes); i++) {
		const struct member *m = w->lanes[i].first;
		if (m && now - m->queued_us > stats.oldest_us) stats.oldest_us = now - m->queued_us;
	}
	pthread_mutex_unlock(&w->mutex);
	return stats;
}
