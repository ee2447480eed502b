/* backend.h -- the inside of the SQLite backend, shared by the files of this room that implement store.h and writer.h.
 * Threads: a connection belongs to one thread at a time (taken from the pool, or the writer's own); struct store's parts
 *          say themselves what guards them. */
#ifndef TENON_STORE_BACKEND_H
#define TENON_STORE_BACKEND_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include "runtime/store/writer.h"

/* tables.c -- which tables a statement touches, told by the authorizer; two names may share a place. */
struct needs { unsigned allowed; struct table_set written, touched; }; /* of one statement; allowed: TX_ALLOW_... */
void table_set_add(struct table_set *set, const char *table);
void table_set_all(struct table_set *set);
bool table_set_meets(const struct table_set *a, const struct table_set *b);
void tables_written(struct tx *tx, const struct table_set *set);

/* statements.c -- prepared statements of one connection, kept by their text; the least recently used goes first. */
enum { STATEMENTS_KEPT = 256, STATEMENT_BUCKETS = 512, STATEMENT_GUESSES = 128 };
struct statement {
	sqlite3_stmt *st;
	uint64_t hash;
	const char *sql;                      /* sqlite3's copy */
	struct needs needs;                   /* found by the authorizer while it was prepared */
	bool writes;                          /* needs.written is not empty */
	bool busy;
	struct statement *newer, *older, *chain;
};
struct statement_cache { struct statement *buckets[STATEMENT_BUCKETS], *guesses[STATEMENT_GUESSES], *newest, *oldest; size_t count; };

/* connection.c */
enum control { CONTROL_BEGIN, CONTROL_COMMIT, CONTROL_ROLLBACK, CONTROL_SAVEPOINT, CONTROL_RELEASE, CONTROL_UNDO,
	CONTROL_PART, CONTROL_PART_RELEASE, CONTROL_PART_UNDO, CONTROL_COUNT };
enum connection_kind { CONNECTION_READER, CONNECTION_WRITER, CONNECTION_COPY }; /* COPY: a finished file, path is an immutable URI */
enum stopped { STOPPED_NOT, STOPPED_BUDGET, STOPPED_SLOW };
struct connection {
	sqlite3 *db;
	struct store *store;
	enum connection_kind kind;
	bool internal;                        /* the backend itself is preparing: the authorizer lets it */
	struct needs needs;                   /* gathered by the authorizer */
	struct statement_cache cache;
	sqlite3_stmt *control[CONTROL_COUNT];
	bool limited;                         /* reader: steps_left counts */
	int64_t steps_left, deadline_us;      /* deadline 0: none */
	enum stopped stopped;
	unsigned seen_version;                /* reader: SQLite's count of changes made by others, when epoch was read */
	int64_t seen_epoch;                   /* 0: not yet */
	struct connection *next;              /* in the pool */
};
struct problem *connection_open(struct store *s, struct arena *a, enum connection_kind kind, bool create, struct connection **out) MUST_CHECK;
void connection_close(struct connection *c);
int connection_step(struct connection *c, enum control which);
struct problem *connection_control(struct connection *c, struct arena *a, enum control which) MUST_CHECK; /* counted by the fault shim */
struct problem *connection_script(struct connection *c, struct arena *a, const char *sql) MUST_CHECK;

struct problem *statement_take(struct connection *c, struct arena *a, const char *sql, unsigned allowed, struct statement **out) MUST_CHECK;
void statement_give(struct connection *c, struct statement *st);        /* resets it */
void statements_free(struct connection *c);

/* authorizer.c */
int authorizer_check(void *connection, int action, const char *a, const char *b, const char *schema, const char *trigger);

/* sqlite_problem.c -- SQLite's answer as a problem: static ones for what can be expected. `sql` goes to the log only. */
struct problem *sqlite_problem(struct connection *c, struct arena *a, int rc, const char *sql);
void sqlite_violation(struct connection *c, char *name, size_t room);   /* name of the index that refused, or "" */

/* fault.c */
enum fault_kind { FAULT_IO, FAULT_FULL, FAULT_LOST_ANSWER };
struct fault_shim { atomic_llong calls, at; atomic_int kind; };
struct problem *fault_call(struct connection *c) MUST_CHECK;            /* counts one call; the problem it shall answer */
bool fault_lost_answer(struct connection *c);                           /* a commit was done: shall its answer be lost? */

/* tx.c, rows.c */
struct publish { void (*run)(void *arg); void *arg; struct publish *next; };
struct later { struct problem *(*run)(struct tx *tx, void *arg); void *arg; struct later *next; }; /* before COMMIT */
struct rows { struct tx *tx; struct statement *st; struct rows *next; };
struct tx {
	struct store *store;
	struct connection *c;
	struct arena *arena;
	struct rows *open, *spare;
	bool write, epoch_known, pinned;      /* pinned: something was read, so the snapshot stands */
	bool guarded;                         /* a member's: a savepoint is around it */
	unsigned allowed;
	int64_t epoch, slice_end_us;
	int64_t commits;                      /* a read's: its snapshot holds these, and maybe later ones (tables.c) */
	struct publish *publish_first, *publish_last;
	struct later *later_first, *later_last;
	char violation[128];
};
struct problem *tx_usable(struct tx *tx) MUST_CHECK;                     /* one counted call on a live transaction */
struct problem *tx_bind(struct tx *tx, sqlite3_stmt *st, const struct value *params, size_t n) MUST_CHECK;
struct problem *tx_failed(struct tx *tx, int rc, const char *sql);
void tx_close_rows(struct tx *tx);

/* gather.c */
struct gathered;
struct problem *gathered_settle(struct tx *tx, bool late) MUST_CHECK;    /* writes them; late: those that may wait, too */
struct problem *gathered_before(struct tx *tx, const struct table_set *touched) MUST_CHECK; /* a statement that touches these */
struct writer;
void gathered_forget(struct writer *w);

/* lock.c, record_id.c */
struct problem *lock_take(struct arena *a, const char *folder, int *fd) MUST_CHECK;
void lock_release(int fd);
/* meta.last_id is a ceiling: no commit may hold an id above it, so a restart goes on above everything ever given. */
void record_id_boot(struct store *s, int64_t ceiling);
int64_t record_id_ceiling(const struct store *s, int64_t durable);       /* the ceiling the next commit must write; 0: `durable` is enough */

/* checkpoint.c */
struct checkpoint {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool running, stop, wanted;
	struct connection *c;
	atomic_int frames;                    /* in the WAL after the last commit */
	atomic_int moved;                     /* of them, into the database */
	atomic_bool working;                  /* the thread is at it */
	int seen;                             /* writer's: frames at the last wish */
	int restart_at;                       /* writer's: frames from which it restarts the WAL itself */
	atomic_int holders;                   /* backups that hold the WAL on purpose */
};
struct problem *checkpoint_start(struct store *s, struct arena *a) MUST_CHECK;
void checkpoint_stop(struct store *s);
void checkpoint_between_groups(struct store *s);                         /* on the writer thread */
int checkpoint_wal_hook(void *store, sqlite3 *db, const char *schema, int frames);

/* writer.c */
enum { GROUP_MEMBERS = 256, GROUP_US = 5000, GROUP_BULK_US = 20000, GROUP_ALONE_US = 300000, ALONE_AFTER_US = 1000000 };
struct slot { struct member *member; struct problem *problem; struct publish *publish; struct later *later; };
struct lane_queue { struct member *first, *last; int64_t count; };
struct writer {
	pthread_t thread;
	pthread_mutex_t mutex;                /* guards lanes, stop, told, due */
	pthread_cond_t wake;
	struct lane_queue lanes[2];
	bool running, stop;
	void (*told)(void *arg);              /* store_on_commit */
	void *told_arg;
	void (*due)(void *arg, int64_t at_us); /* store_on_due */
	void *due_arg;
	/* the writer thread's own */
	struct connection *c;
	struct arena *scratch;
	struct slot slots[GROUP_MEMBERS];
	size_t n;
	bool bulk_in_group, interactive_in_group, down;
	int guarded;                          /* so many more groups run their members in savepoints */
	int64_t retry_us;
	int64_t people_us;                    /* when the last interactive member was taken */
	int64_t joined_us;                    /* and the first of this group */
	int64_t id_ceiling, id_pending;       /* meta.last_id as committed; as written by this group, or 0 */
	int64_t written[TABLE_PLACES];        /* by table: in which commit last (tables.c) */
	int64_t epoch, epoch_at;              /* the rights epoch as read after so many commits; epoch 0: not yet */
	struct gathered *gathered;            /* on scratch */
	struct tx tx;
	atomic_llong groups, members, failed, commit_us_max;
};
struct problem *writer_start(struct store *s, struct arena *a) MUST_CHECK;
void writer_stop(struct store *s);

struct app_registry;
struct store {
	struct arena *arena;                  /* lives as long as the store; apps.c and others may defer their releases here */
	const char *folder, *path;
	bool create;
	int lock_fd;
	pthread_mutex_t pool_mutex;           /* guards idle, idle_count */
	struct connection *idle;
	int idle_count, kept;
	struct writer writer;
	struct checkpoint checkpoint;
	struct fault_shim fault;
	atomic_llong last_id;
	atomic_llong commits;                 /* done by the writer since the store was opened (tables.c) */
	pthread_mutex_t people_mutex;         /* guards people */
	struct directory *people;
	struct app_registry *apps;            /* apps.c's */
};
struct problem *pool_take(struct store *s, struct arena *a, struct connection **out) MUST_CHECK;
void pool_give(struct store *s, struct connection *c);

#endif
