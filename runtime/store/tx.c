/* tx.c -- transactions: reads on the pool; what a member of a write group gets is the same struct,
 * made by writer.c. A write whose transaction SQLite has rolled back (full disk) must not go on:
 * each statement would commit by itself. tx_usable therefore looks at autocommit before every call.
 */
#include <assert.h>
#include "runtime/base/clock.h"
#include "runtime/store/backend.h"
#include "runtime/store/queries.h"

static const int64_t read_us = 5000000;

struct problem *tx_usable(struct tx *tx) {
	TRY(fault_call(tx->c));
	if (sqlite3_get_autocommit(tx->c->db)) return tx->write ? &store_full : &store_io;
	return NULL;
}

struct problem *tx_failed(struct tx *tx, int rc, const char *sql) {
	struct problem *p = sqlite_problem(tx->c, tx->arena, rc, sql);
	if (p == &store_unique) sqlite_violation(tx->c, tx->violation, sizeof tx->violation);
	return p;
}

struct problem *tx_read(struct store *s, struct arena *a, struct tx **out) {
	struct connection *c;
	TRY(pool_take(s, a, &c));
	c->limited = false;
	c->stopped = STOPPED_NOT;
	c->deadline_us = clock_mono() + read_us;
	int64_t commits = atomic_load(&s->commits); /* before the snapshot is taken */
	struct problem *p = connection_control(c, a, CONTROL_BEGIN);
	if (p) {
		pool_give(s, c);
		return p;
	}
	struct tx *tx = arena_alloc(a, sizeof *tx);
	*tx = (struct tx){ .store = s, .c = c, .arena = a, .commits = commits };
	*out = tx;
	return NULL;
}

void tx_close_rows(struct tx *tx) {
	while (tx->open) rows_close(tx->open);
}

/* A read has nothing to lose at its end: whatever COMMIT answers, the snapshot is let go. */
struct problem *tx_end(struct tx *tx, struct problem *p) {
	assert(!tx->write);
	tx_close_rows(tx);
	struct connection *c = tx->c;
	connection_step(c, CONTROL_COMMIT);
	tx->c = NULL;
	pool_give(tx->store, c);
	return p;
}

void tx_budget(struct tx *tx, int64_t steps) {
	tx->c->limited = steps > 0;
	tx->c->steps_left = steps;
}

void tx_patient(struct tx *tx) { tx->c->deadline_us = 0; }

void tx_allow(struct tx *tx, unsigned what) {
	assert(tx->write);
	tx->allowed |= what;
}

struct arena *tx_arena(struct tx *tx) {
	return tx->arena;
}

const char *tx_violation(const struct tx *tx) { return tx->violation; }

static unsigned changes_seen(struct connection *c) {
	unsigned version = 0;
	sqlite3_file_control(c->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	return version;
}

/* Read again once anything was written to meta since. */
static int64_t writer_epoch(struct tx *tx) {
	struct writer *w = &tx->store->writer;
	if (!w->epoch || !tx_unwritten(tx, "meta", w->epoch_at)) {
		bool known = false;
		if (tx_int(tx, sql_epoch, NO_PARAMS, &w->epoch, &known) || !known) return -1;
		w->epoch_at = tx_commits(tx);
	}
	tx->epoch_known = true;
	return tx->epoch = w->epoch;
}

/* Once a snapshot stands, SQLite's count of changes tells whether anybody has written since this
 * connection read the epoch last; a writer's own changes it does not count. */
int64_t tx_epoch(struct tx *tx) {
	struct connection *c = tx->c;
	if (tx->epoch_known) return tx->epoch;
	if (tx->pinned && c->seen_epoch && c->seen_version == changes_seen(c)) {
		tx->epoch_known = true;
		return tx->epoch = c->seen_epoch;
	}
	if (tx->write) return writer_epoch(tx);
	struct problem *p = tx_int(tx, sql_epoch, NO_PARAMS, &tx->epoch, &tx->epoch_known);
	if (p) return -1;
	if (tx->epoch_known) {
		c->seen_epoch = tx->epoch;
		c->seen_version = changes_seen(c);
	}
	return tx->epoch;
}

int64_t tx_slice_us(const struct tx *tx) { return tx->slice_end_us - clock_mono(); }

struct problem tx_unguarded = { .kind = PROBLEM_CONFLICT, .code = "write_again", .pointer = "" };

bool tx_is_guarded(const struct tx *tx) { return tx->guarded; }

void tx_after_commit(struct tx *tx, void (*publish)(void *arg), void *arg) {
	assert(tx->write);
	struct publish *entry = arena_alloc(tx->arena, sizeof *entry);
	*entry = (struct publish){ .run = publish, .arg = arg };
	*(tx->publish_last ? &tx->publish_last->next : &tx->publish_first) = entry;
	tx->publish_last = entry;
}

void tx_before_commit(struct tx *tx, struct problem *(*run)(struct tx *tx, void *arg), void *arg) {
	assert(tx->write);
	struct later *entry = arena_alloc(tx->arena, sizeof *entry);
	*entry = (struct later){ .run = run, .arg = arg };
	*(tx->later_last ? &tx->later_last->next : &tx->later_first) = entry;
	tx->later_last = entry;
}

/* Lists are cut back to where they were: a part may have added to their ends. */
static void registered_undo(struct tx *tx, const struct tx *was) {
	tx->publish_last = was->publish_last;
	*(tx->publish_last ? &tx->publish_last->next : &tx->publish_first) = NULL;
	tx->later_last = was->later_last;
	*(tx->later_last ? &tx->later_last->next : &tx->later_first) = NULL;
}

struct problem *tx_part(struct tx *tx, struct problem *(*run)(struct tx *tx, void *arg),
			void *arg) {
	assert(tx->write);
	struct tx was = *tx;
	TRY(gathered_settle(tx, true));
	TRY(connection_control(tx->c, tx->arena, CONTROL_PART));
	struct problem *p = run(tx, arg);
	tx_close_rows(tx);
	if (!p) p = gathered_settle(tx, true);
	if (!p) return connection_control(tx->c, tx->arena, CONTROL_PART_RELEASE);
	gathered_forget(&tx->store->writer);
	registered_undo(tx, &was);
	if (sqlite3_get_autocommit(tx->c->db)) return p;
	TRY(connection_control(tx->c, tx->arena, CONTROL_PART_UNDO));
	TRY(connection_control(tx->c, tx->arena, CONTROL_PART_RELEASE));
	return p;
}
