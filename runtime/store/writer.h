/* writer.h -- one writer thread with group commit. Commands become members of a group; one COMMIT (synchronous=FULL)
 * serves all. Invariants:
 *  1. Members run in submission order within a lane; interactive members go before bulk ones.
 *  2. A group is at most 256 members or 5 ms of work (20 ms while no interactive member is there or waits, 300 ms when there was
 *     none for a second; one that arrives then joins and ends it within 5 ms); a bulk member gets slices of at most 5 ms; nothing waits to fill a group.
 *  3. A member that fails leaves nothing; the others land. Where it ran without a savepoint they are run again for that.
 *  4. done() and tx_after_commit callbacks run only after COMMIT succeeded (or with the problem when it did not).
 *  5. After any error autocommit is checked; when SQLite rolled everything back, the members are replayed one by one.
 *  6. I/O error at COMMIT: every member gets store_io, the connection is reopened, and writing goes on only after a probe commit. */
#ifndef TENON_STORE_WRITER_H
#define TENON_STORE_WRITER_H

#include "runtime/store/store.h"

enum lane { LANE_INTERACTIVE, LANE_BULK };
struct member {
	struct problem *(*commit)(struct tx *tx, void *arg);   /* on the writer; may run more than once, must start afresh each time */
	void (*done)(void *arg, struct problem *p);            /* on the writer thread after the group's COMMIT; quick */
	void *arg;
	struct arena *arena;                                   /* tx_arena of this member; owned by the submitter until done */
	struct member *next; int64_t queued_us;                /* the writer's */
};
void store_submit(struct store *s, enum lane lane, struct member *m);
struct problem *store_write(struct store *s, enum lane lane, struct arena *a,
	struct problem *(*commit)(struct tx *tx, void *arg), void *arg) MUST_CHECK;  /* submits and waits */
/* Several at once: submitted in order, waited for together, so that they share commits; each succeeds or fails by itself. */
enum { STORE_WRITES_MAX = 64 };
struct write_one { struct problem *(*commit)(struct tx *tx, void *arg); void *arg; struct arena *arena; struct problem *problem; };
void store_write_all(struct store *s, enum lane lane, struct write_one *writes, size_t n);
/* Runs in the same transaction after the last member of the group, in order, if the member succeeded: for work that is much
 * cheaper in bulk and that no member reads back (the search index writes itself out at every savepoint). It may not
 * register anything more. A problem of it undoes the group; the members are run again one by one, and whose work fails
 * then gets the problem. */
void tx_before_commit(struct tx *tx, struct problem *(*run)(struct tx *tx, void *arg), void *arg);
/* Runs a part of a member that may fail without the member: what a failed part wrote and registered is taken back. When the
 * transaction itself is lost with it, the next call on tx says so. Not inside of another part. */
struct problem *tx_part(struct tx *tx, struct problem *(*run)(struct tx *tx, void *arg), void *arg) MUST_CHECK;
/* Answered by a member that failed where it was not guarded and would rather be run again, guarded, than fail (to find out
 * which of its parts it is). The next run is guarded: it never answers this there. */
bool tx_is_guarded(const struct tx *tx);
extern struct problem tx_unguarded;
void tx_after_commit(struct tx *tx, void (*publish)(void *arg), void *arg);          /* per member, after COMMIT, in order */
/* Called on the writer thread after each COMMIT, quick; one for the store, NULL takes it away (it is not running then any more). */
void store_on_commit(struct store *s, void (*told)(void *arg), void *arg);
struct writer_stats { int64_t groups, members, failed, queue_interactive, queue_bulk, oldest_us, commit_us_max; };
struct writer_stats store_writer_stats(struct store *s);

#endif
