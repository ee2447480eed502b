/* store_sqlite.c -- opening and closing a store, and its pool of read connections (last given,
 * first taken: warm caches). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "runtime/model/directory.h"
#include "runtime/store/backend.h"
#include "runtime/store/queries.h"
#include "runtime/store/schema_system.h"

enum { READERS_KEPT = 4 };

static pthread_once_t sqlite_once = PTHREAD_ONCE_INIT;

/* Without its memory statistics SQLite takes no global lock at each allocation. */
static void sqlite_setup(void) {
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* A savepoint keeps the pages it changes; past SQLite's 64 KiB they would be written to a
	 * file. Never spilling keeps them in small chunks of memory (a large limit would be
	 * allocated whole for each savepoint); slices bound what a member changes. */
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
	sqlite3_initialize();
}

static struct problem *folder_problem(struct arena *a, const char *folder) {
	bool read_only = errno == EROFS || errno == EACCES;
	return PROBLEM(a, UNAVAILABLE, read_only ? "store_read_only_folder" : "store_folder",
		       "folder", folder, "reason", strerror(errno));
}

/* The database holds what nobody but this user may read; SQLite gives the WAL the same mode. */
static struct problem *folder_make(struct arena *a, const struct store *s) {
	if (mkdir(s->folder, 0700) != 0 && errno != EEXIST) return folder_problem(a, s->folder);
	if (mkdir(arena_printf(a, "%s/files", s->folder), 0700) != 0 && errno != EEXIST)
		return folder_problem(a, s->folder);
	int fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EEXIST) return folder_problem(a, s->folder);
	if (fd >= 0) close(fd);
	return NULL;
}

static struct problem *folder_check(struct arena *a, const struct store *s) {
	if (s->create) return folder_make(a, s);
	if (access(s->path, F_OK) != 0)
		return PROBLEM(a, NOT_FOUND, "store_absent", "folder", s->folder);
	return NULL;
}

struct problem *pool_take(struct store *s, struct arena *a, struct connection **out) {
	pthread_mutex_lock(&s->pool_mutex);
	struct connection *c = s->idle;
	if (c) {
		s->idle = c->next;
		s->idle_count--;
	}
	pthread_mutex_unlock(&s->pool_mutex);
	if (!c) return connection_open(s, a, CONNECTION_READER, false, out);
	*out = c;
	return NULL;
}

void pool_give(struct store *s, struct connection *c) {
	pthread_mutex_lock(&s->pool_mutex);
	bool keep = s->idle_count < s->kept && sqlite3_get_autocommit(c->db);
	if (keep) {
		c->next = s->idle;
		s->idle = c;
		s->idle_count++;
	}
	pthread_mutex_unlock(&s->pool_mutex);
	if (!keep) connection_close(c);
}

/* A database that is not ours, or made by a newer program, is refused before anything is written to
 * it. */
static struct problem *database_check(struct store *s, struct arena *a, struct connection *c,
				      bool *empty) {
	sqlite3_stmt *st = NULL;
	static const char sql[] = "SELECT (SELECT count(*) FROM sqlite_schema), "
				  "(SELECT count(*) FROM sqlite_schema WHERE name = 'meta' OR name "
				  "= 'sys_app_version')";
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_step(st);
	if (rc != SQLITE_ROW) {
		struct problem *p = sqlite_problem(c, a, rc, sql);
		sqlite3_finalize(st);
		return p;
	}
	*empty = sqlite3_column_int64(st, 0) == 0;
	bool ours = sqlite3_column_int64(st, 1) == 2;
	sqlite3_finalize(st);
	return *empty || ours ? NULL : PROBLEM(a, CONFLICT, "store_foreign", "folder", s->folder);
}

static struct problem *create_commit(struct tx *tx, void *arg) {
	(void)arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	return schema_system_create(tx);
}

static struct problem *upgrade_commit(struct tx *tx, void *arg) {
	(void)arg;
	tx_allow(tx, TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE);
	return schema_system_upgrade(tx);
}

struct boot {
	int64_t schema, last_id;
};
static struct problem *boot_read(struct tx *tx, struct boot *b) {
	TRY(tx_int(tx, sql_meta_get, PARAMS(value_text(STR("schema"))), &b->schema, NULL));
	return tx_int(tx, sql_meta_get, PARAMS(value_text(STR("last_id"))), &b->last_id, NULL);
}

static struct problem *boot(struct store *s, struct arena *a, bool empty) {
	if (empty) TRY(store_write(s, LANE_INTERACTIVE, a, create_commit, NULL));
	struct boot b = { 0 };
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, boot_read(tx, &b)));
	if (b.schema > SCHEMA_SYSTEM_VERSION)
		return PROBLEM(a, CONFLICT, "store_newer", "folder", s->folder);
	if (b.schema < SCHEMA_SYSTEM_VERSION)
		TRY(store_write(s, LANE_INTERACTIVE, a, upgrade_commit, NULL));
	record_id_boot(s, b.last_id);
	s->writer.id_ceiling = b.last_id; /* the writer reads it after the next submit */
	return NULL;
}

static struct problem *start(struct store *s, struct arena *a, const struct store_options *o) {
	TRY(folder_check(a, s));
	if (!o->no_lock) TRY(lock_take(a, s->folder, &s->lock_fd));
	TRY(connection_open(s, a, CONNECTION_WRITER, s->create, &s->writer.c));
	bool empty = false;
	TRY(database_check(s, a, s->writer.c, &empty));
	TRY(checkpoint_start(s, a));
	TRY(writer_start(s, a));
	return boot(s, a, empty);
}

struct problem *store_open(struct arena *a, const struct store_options *options,
			   struct store **out) {
	pthread_once(&sqlite_once, sqlite_setup);
	struct arena *own = arena_new(0);
	struct store *s = arena_alloc(own, sizeof *s);
	s->arena = own;
	s->folder = arena_strdup(own, options->folder);
	s->path = arena_printf(own, "%s/tenon.db", options->folder);
	s->create = options->create;
	s->lock_fd = -1;
	s->kept = options->readers ? options->readers : READERS_KEPT;
	pthread_mutex_init(&s->pool_mutex, NULL);
	pthread_mutex_init(&s->people_mutex, NULL);
	struct problem *p = start(s, a, options);
	if (p) {
		store_close(s);
		return p;
	}
	*out = s;
	return NULL;
}

void store_close(struct store *s) {
	if (!s) return;
	writer_stop(s);
	checkpoint_stop(s);
	for (struct connection *c = s->idle, *next; c; c = next) {
		next = c->next;
		connection_close(c);
	}
	directory_release(s->people);
	connection_close(s->writer.c); /* the last one: SQLite checkpoints and removes the WAL */
	lock_release(s->lock_fd);
	pthread_mutex_destroy(&s->pool_mutex);
	pthread_mutex_destroy(&s->people_mutex);
	arena_free(s->arena);
}

const char *store_folder(const struct store *s) { return s->folder; }
