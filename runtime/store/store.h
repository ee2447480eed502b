/* store.h -- the only door to the database. Plain functions that SQLite implements (store_sqlite.c); a table of them comes
 * with the second backend (decision 0014). SQL text comes from query_sql.c, record_sql.c, schema.c and queries.tbl, nowhere else.
 *
 * Reading:  a read transaction is one snapshot on a pooled read-only connection. No read lives over 5 s.
 * Writing:  only on the writer thread, as a member of a group (writer.h). Every commit function may be run again.
 * Cells:    VALUE_NULL, VALUE_INT, VALUE_TEXT (and VALUE_BOOL bound as 0/1). Text answers live until the next rows_next;
 *           copy what must stay. Params: NULL, BOOL, INT, TEXT and the kinds held in as.i (date, datetime, time,
 *           duration, ref); the text of a param must live until its rows end.
 * Problems: static ones on hot paths: store_busy (UNAVAILABLE), store_budget (the step budget of a read is used up: rerun
 *           on the pool), store_unique (INVALID; tx_violation names the index), store_full, store_io, store_read_only,
 *           store_slow (a read over 5 s) (UNAVAILABLE). What only a programmer can cause is INTERNAL store_sql with a log text.
 * Source:   architecture.md sections 4 and 5. */
#ifndef TENON_STORE_STORE_H
#define TENON_STORE_STORE_H

#include "runtime/model/record.h"

struct store;
struct tx;
struct rows;

struct store_options {
	const char *folder;            /* --data: tenon.db, files/, lock, tenon.sock */
	bool create;                   /* make the folder and database when absent */
	bool no_lock;                  /* tests only */
	int readers;                   /* connections kept; 0 = 4 */
};
struct problem *store_open(struct arena *a, const struct store_options *options, struct store **out) MUST_CHECK; /* CONFLICT store_locked: another process has it */
void store_close(struct store *s);                 /* finishes queued members, checkpoints, releases the lock */
const char *store_folder(const struct store *s);

struct problem *tx_read(struct store *s, struct arena *a, struct tx **out) MUST_CHECK;       /* snapshot; ends with tx_end */
struct problem *tx_end(struct tx *tx, struct problem *p) MUST_CHECK;                          /* read: returns p */
void tx_budget(struct tx *tx, int64_t steps);      /* VM steps before store_budget; 0 = none */
struct arena *tx_arena(struct tx *tx);
int64_t tx_epoch(struct tx *tx);                   /* people-and-rights epoch of this snapshot (meta.epoch) */
struct problem *tx_query(struct tx *tx, const char *sql, const struct value *params, size_t n, struct rows **out) MUST_CHECK;
struct problem *rows_next(struct rows *r, bool *have) MUST_CHECK;  /* false at the end; the statement is reset then */
void rows_close(struct rows *r);                   /* early end; else tx_end does it */
struct value rows_cell(const struct rows *r, int column);
int64_t rows_int(const struct rows *r, int column);     /* null = 0 */
struct str rows_text(const struct rows *r, int column); /* null = empty */
struct problem *tx_exec(struct tx *tx, const char *sql, const struct value *params, size_t n, int64_t *changes) MUST_CHECK; /* writer only; changes may be NULL */
struct problem *tx_script(struct tx *tx, const char *sql) MUST_CHECK; /* writer only: several statements, no params, not cached */
/* The second wall (authorizer.c): without these a write transaction may not change the schema and definition tables
 * (migrator) or people, roles and tokens (accounts); nobody may change or delete an audit row. Ends with the member. */
enum { TX_ALLOW_SCHEMA = 1, TX_ALLOW_PEOPLE = 2 };
void tx_allow(struct tx *tx, unsigned what);
void tx_patient(struct tx *tx);                    /* read: lifts the 5 s limit (counts of a plan, doctor); such a read holds the WAL */
/* Rows that are added many with one statement; until then no other statement can tell (gather.c). late: nothing can refuse one,
 * so they wait for those of the group's other members. The values stay until the member is done. */
enum { TX_INSERT_ROWS = 16, TABLE_PLACES = 256 };
struct table_set { uint64_t bits[TABLE_PLACES / 64]; };                     /* tables.c */
struct tx_insert { const char *one, *many; size_t columns, rows; bool late; struct table_set tables; };
struct tx_insert tx_insert_of(struct arena *a, const char *table, const char *one, size_t n, bool late); /* of the statement for one row */
struct problem *tx_add(struct tx *tx, const struct tx_insert *insert, const struct value *params, size_t n) MUST_CHECK;
struct problem *tx_settle(struct tx *tx) MUST_CHECK; /* now; not the late ones */
/* How much a snapshot holds, and on the writer: was nothing written to a table since a snapshot that held so much? */
int64_t tx_commits(const struct tx *tx);
bool tx_unwritten(const struct tx *tx, const char *table, int64_t commits);
int64_t tx_slice_us(const struct tx *tx);          /* writer: what is left of this member's 5 ms; long work stops at <= 0 and comes again */
const char *tx_violation(const struct tx *tx);     /* after store_unique: name of the index that refused */
/* Conveniences over the above: one integer / one text of the first row; *have false when there is no row. */
struct problem *tx_int(struct tx *tx, const char *sql, const struct value *params, size_t n, int64_t *out, bool *have) MUST_CHECK;
struct problem *tx_text(struct tx *tx, const char *sql, const struct value *params, size_t n, char **out) MUST_CHECK; /* NULL: no row or null */
#define PARAMS(...) (const struct value[]){ __VA_ARGS__ }, sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define NO_PARAMS NULL, 0

extern struct problem store_busy, store_budget, store_unique, store_full, store_io, store_read_only, store_slow; /* compare pointers */

int64_t store_new_id(struct store *s);             /* 53 bit, time-ordered, unique: max(last + 1, (ms since 2025) << 12); any thread */

/* Fault shim (tests): the n-th following store call (begin, query, step, exec, commit) on any connection fails with
 * store_io; 0 switches off. Returns calls counted since the last call of this. kind: 0 = I/O error before the call, 1 = disk
 * full (store_full; on the writer SQLite's whole transaction is rolled back, as it does itself), 2 = the first commit from
 * there on is done but its answer is lost (store_io, as if the process had died). */
int64_t store_fault_at(struct store *s, int64_t n, int kind);

#endif
