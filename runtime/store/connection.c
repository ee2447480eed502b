/* connection.c -- opens and sets up one SQLite connection.
 * foreign_keys stays off: deletes are soft and record_write keeps references (on_delete); restore
 * --verify checks them. secure_delete=FAST: the system library's default (ON) would write freed
 * pages once more for nothing; overwritten cells are still zeroed. The writer maps no memory: a
 * failing disk must be an error code, not a signal. */
#include <stdlib.h>
#include "runtime/base/clock.h"
#include "runtime/store/backend.h"
#include "runtime/store/search_tokenizer.h"
#include "runtime/store/sqlite_functions.h"

enum { LIMIT_VM_STEPS = 1000, WRITER_WAIT_MS = 5000, READER_WAIT_MS = 1000 };

static const char *const control_sql[CONTROL_COUNT] = {
	[CONTROL_BEGIN] = "BEGIN",
	[CONTROL_COMMIT] = "COMMIT",
	[CONTROL_ROLLBACK] = "ROLLBACK",
	[CONTROL_SAVEPOINT] = "SAVEPOINT member",
	[CONTROL_RELEASE] = "RELEASE member",
	[CONTROL_UNDO] = "ROLLBACK TO member",
	[CONTROL_PART] = "SAVEPOINT part",
	[CONTROL_PART_RELEASE] = "RELEASE part",
	[CONTROL_PART_UNDO] = "ROLLBACK TO part",
};

static const char setup_reader[] =
	"PRAGMA query_only=1; PRAGMA mmap_size=1073741824; PRAGMA cache_size=-2048;";
static const char setup_writer[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA "
				   "wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
				   "PRAGMA mmap_size=0; PRAGMA cache_size=-32768; PRAGMA "
				   "secure_delete=FAST; PRAGMA foreign_keys=0;";

static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024 }, /* a published bundle is one text */
	{ SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024 },
	{ SQLITE_LIMIT_EXPR_DEPTH,
	  400 }, /* our language nests 64 deep, some functions make several levels */
	{ SQLITE_LIMIT_COMPOUND_SELECT, 20 },
	{ SQLITE_LIMIT_VDBE_OP, 250000 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 32766 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 10 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

/* Every LIMIT_VM_STEPS steps of a read: its budget and its 5 s. */
static int read_limits(void *arg) {
	struct connection *c = arg;
	if (c->limited && (c->steps_left -= LIMIT_VM_STEPS) <= 0)
		c->stopped = STOPPED_BUDGET;
	else if (c->deadline_us && clock_mono() > c->deadline_us)
		c->stopped = STOPPED_SLOW;
	return c->stopped != STOPPED_NOT;
}

static void setup_safety(struct connection *c) {
	sqlite3_extended_result_codes(c->db, 1);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		sqlite3_limit(c->db, limits[i].id, limits[i].value);
	sqlite3_busy_timeout(c->db, c->kind == CONNECTION_WRITER ? WRITER_WAIT_MS : READER_WAIT_MS);
	sqlite3_set_authorizer(c->db, authorizer_check, c);
	if (c->kind == CONNECTION_READER)
		sqlite3_progress_handler(c->db, LIMIT_VM_STEPS, read_limits, c);
}

static struct problem *setup(struct connection *c, struct arena *a) {
	setup_safety(c);
	TRY(connection_script(c, a, c->kind == CONNECTION_WRITER ? setup_writer : setup_reader));
	int registered = sqlite_functions_register(c->db);
	if (registered == SQLITE_OK) registered = search_tokenizer_register(c->db);
	if (registered != SQLITE_OK)
		return sqlite_problem(c, a, registered, "registering functions");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		const char *sql = i == CONTROL_BEGIN && c->kind == CONNECTION_WRITER
					  ? "BEGIN IMMEDIATE"
					  : control_sql[i];
		c->internal = true;
		int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
					    &c->control[i], NULL);
		c->internal = false;
		if (rc != SQLITE_OK) return sqlite_problem(c, a, rc, sql);
	}
	return NULL;
}

struct problem *connection_open(struct store *s, struct arena *a, enum connection_kind kind,
				bool create, struct connection **out) {
	struct connection *c = calloc(1, sizeof *c);
	if (!c) abort();
	c->store = s;
	c->kind = kind;
	int access = kind == CONNECTION_COPY ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
					     : SQLITE_OPEN_READWRITE;
	int flags = access | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
	int rc = sqlite3_open_v2(s->path, &c->db, flags, NULL);
	struct problem *p = rc == SQLITE_OK ? setup(c, a) : sqlite_problem(c, a, rc, s->path);
	if (!p && kind == CONNECTION_WRITER && sqlite3_db_readonly(c->db, "main"))
		p = &store_read_only;
	if (p) {
		connection_close(c);
		return p;
	}
	*out = c;
	return NULL;
}

void connection_close(struct connection *c) {
	if (!c) return;
	for (size_t i = 0; i < CONTROL_COUNT; i++) sqlite3_finalize(c->control[i]);
	statements_free(c);
	sqlite3_close_v2(c->db);
	free(c);
}

/* Internal: after a change of the schema SQLite prepares the statement again inside of step. */
int connection_step(struct connection *c, enum control which) {
	c->internal = true;
	int rc = sqlite3_step(c->control[which]);
	sqlite3_reset(c->control[which]);
	c->internal = false;
	return rc;
}

struct problem *connection_control(struct connection *c, struct arena *a, enum control which) {
	TRY(fault_call(c));
	int rc = connection_step(c, which);
	if (rc != SQLITE_DONE) return sqlite_problem(c, a, rc, control_sql[which]);
	return which == CONTROL_COMMIT && fault_lost_answer(c) ? &store_io : NULL;
}

struct problem *connection_script(struct connection *c, struct arena *a, const char *sql) {
	c->internal = true;
	int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
	c->internal = false;
	return rc == SQLITE_OK ? NULL : sqlite_problem(c, a, rc, sql);
}
