/* backup.c -- store_backup: one read snapshot copied page by page, then the files, then the
 * manifest.
 * 1. The snapshot is held by a transaction on the source connection: writers go on, SQLite never
 * starts the copy again.
 * 2. While it is held the WAL cannot start from the front; checkpoint.c is told, so that the writer
 * does not wait for it.
 * 3. Files are content-addressed and written before the row that names them, so copying them after
 * the snapshot was taken finds all it names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/store/backup_internal.h"

enum { SLICE_PAGES = 512, PAGE_BYTES = 4096, REST_US = 500 };

bool backup_running(struct store *s) { return atomic_load(&s->checkpoint.holders) > 0; }

static struct problem *go_on(struct arena *a, const struct backup_watch *watch, int64_t done,
			     int64_t total) {
	bool on = !watch || watch->go_on(watch->context, done, total);
	return on ? NULL : PROBLEM(a, UNAVAILABLE, "backup_stopped");
}

/* The target is synced as a file afterwards; its own journal would only cost. */
static struct problem *target_open(struct arena *a, const char *path, sqlite3 **out) {
	int rc = sqlite3_open_v2(
		path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*out, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL,
				  NULL, NULL);
	return rc == SQLITE_OK ? NULL
			       : PROBLEM(a, UNAVAILABLE, "backup_folder", "folder", path, "reason",
					 sqlite3_errmsg(*out));
}

static struct problem *pages_copy(struct arena *a, sqlite3 *target, struct connection *source,
				  const struct backup_watch *watch) {
	sqlite3_backup *copy = sqlite3_backup_init(target, "main", source->db, "main");
	if (!copy)
		return PROBLEM(a, UNAVAILABLE, "backup_folder", "folder", "tenon.db", "reason",
			       sqlite3_errmsg(target));
	struct problem *p = NULL;
	int rc = SQLITE_OK;
	while (!p && rc == SQLITE_OK) {
		rc = sqlite3_backup_step(copy, SLICE_PAGES);
		int64_t total = sqlite3_backup_pagecount(copy),
			left = sqlite3_backup_remaining(copy);
		p = go_on(a, watch, (total - left) * PAGE_BYTES, total * PAGE_BYTES);
		if (rc == SQLITE_OK) usleep(REST_US);
	}
	sqlite3_backup_finish(copy);
	if (!p && (rc & 0xff) == SQLITE_FULL) p = &store_full;
	if (!p && rc != SQLITE_DONE)
		p = problem_logged(a, PROBLEM(a, UNAVAILABLE, "store_io"), "backup: %s",
				   sqlite3_errstr(rc));
	return p;
}

static struct problem *database_copy(struct store *s, struct arena *a, const char *folder,
				     const struct backup_watch *watch) {
	struct tx *tx;
	sqlite3 *target = NULL;
	TRY(tx_read(s, a, &tx));
	tx_patient(tx);
	struct problem *p =
		tx_epoch(tx) < 0 ? &store_io : NULL; /* the first read takes the snapshot */
	if (!p) p = target_open(a, arena_printf(a, "%s/tenon.db", folder), &target);
	if (!p) p = pages_copy(a, target, tx->c, watch);
	sqlite3_close_v2(target);
	return tx_end(tx, p);
}

static struct problem *file_sync(struct arena *a, const char *path) {
	int fd = open(path, O_RDWR | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	struct problem *p = good ? NULL : backup_folder_problem(a, path);
	if (fd >= 0) close(fd);
	return p;
}

static struct problem *fill(struct store *s, struct arena *a, const char *part,
			    const struct backup_watch *watch, struct manifest *m) {
	TRY(database_copy(s, a, part, watch));
	TRY(file_sync(a, arena_printf(a, "%s/tenon.db", part)));
	struct backup_file database;
	TRY(backup_hash(a, part, "tenon.db", &database));
	backup_files_add(a, &m->files, &database);
	TRY(backup_copy_tree(a, s->folder, part, "files", &m->files));
	TRY(backup_look(a, part, false, m));
	TRY(manifest_write(a, part, m));
	return backup_sync_folder(a, part);
}

static void report(const struct manifest *m, int64_t started, struct backup_report *out) {
	*out = (struct backup_report){ .database_bytes = m->files.n ? m->files.items[0].size : 0,
				       .files = (int64_t)m->files.n - 1,
				       .tables = (int64_t)m->table_count,
				       .audit = m->audit,
				       .took_ms = (clock_mono() - started) / 1000 };
	out->file_bytes = m->files.bytes - out->database_bytes;
	for (size_t i = 0; i < m->table_count; i++) out->rows += m->tables[i].rows;
}

static struct problem *make(struct store *s, struct arena *a, const char *folder,
			    const struct backup_watch *watch, struct manifest *m) {
	const char *part = arena_printf(a, "%s.part", folder);
	backup_remove(part); /* of a backup that did not end */
	if (mkdir(part, 0700) != 0) return backup_folder_problem(a, part);
	struct problem *p = fill(s, a, part, watch, m);
	if (!p && rename(part, folder) != 0) p = backup_folder_problem(a, folder);
	if (p) backup_remove(part);
	return p;
}

void backup_discard(struct arena *a, const char *folder) {
	backup_remove(arena_printf(a, "%s.part", folder));
}

struct problem *store_backup(struct store *s, struct arena *a, const char *folder,
			     const struct backup_watch *watch, struct backup_report *out) {
	int64_t started = clock_mono();
	struct manifest m = { .at_us = clock_real() };
	if (access(folder, F_OK) == 0)
		return PROBLEM(a, CONFLICT, "backup_exists", "folder", folder);
	atomic_fetch_add(&s->checkpoint.holders, 1);
	struct problem *p = make(s, a, folder, watch, &m);
	atomic_fetch_sub(&s->checkpoint.holders, 1);
	report(&m, started, out);
	return p;
}

/* --- and back --- */

static struct problem *files_verify(struct arena *a, const char *folder, const struct manifest *m) {
	for (size_t i = 0; i < m->files.n; i++) {
		const struct backup_file *noted = &m->files.items[i];
		struct backup_file found;
		if (access(arena_printf(a, "%s/%s", folder, noted->path), F_OK) != 0)
			return PROBLEM(a, INVALID, "backup_changed", "folder", folder, "file",
				       noted->path);
		TRY(backup_hash(a, folder, noted->path, &found));
		if (found.size != noted->size || strcmp(found.sha256, noted->sha256) != 0)
			return PROBLEM(a, INVALID, "backup_changed", "folder", folder, "file",
				       noted->path);
	}
	return NULL;
}

static struct problem *tables_verify(struct arena *a, const char *folder,
				     const struct manifest *noted, const struct manifest *found) {
	const char *what = NULL;
	if (noted->table_count != found->table_count) what = "tables";
	for (size_t i = 0; !what && i < noted->table_count; i++)
		if (strcmp(noted->tables[i].name, found->tables[i].name) != 0 ||
		    noted->tables[i].rows != found->tables[i].rows)
			what = noted->tables[i].name;
	if (!what && strcmp(noted->audit.head_hash, found->audit.head_hash) != 0) what = "audit";
	return what ? PROBLEM(a, INVALID, "backup_damaged", "folder", folder, "what", what) : NULL;
}

struct problem *store_restore_verify(struct arena *a, const char *folder,
				     struct backup_report *out) {
	int64_t started = clock_mono();
	struct manifest noted;
	TRY(manifest_read(a, folder, &noted));
	TRY(files_verify(a, folder, &noted));
	struct manifest found = { .files = noted.files };
	TRY(backup_look(a, folder, true, &found));
	TRY(tables_verify(a, folder, &noted, &found));
	report(&found, started, out);
	return NULL;
}

static struct problem *put_back(struct arena *a, const char *folder, const char *part) {
	struct backup_file database;
	struct backup_files files = { 0 };
	TRY(backup_copy(a, folder, part, "tenon.db", &database));
	TRY(backup_copy_tree(a, folder, part, "files", &files));
	return backup_sync_folder(a, part);
}

struct problem *store_restore(struct arena *a, const char *folder, const char *data,
			      struct backup_report *out) {
	TRY(store_restore_verify(a, folder, out));
	if (access(data, F_OK) == 0 && rmdir(data) != 0)
		return PROBLEM(a, CONFLICT, "backup_exists", "folder", data);
	const char *part = arena_printf(a, "%s.part", data);
	backup_remove(part);
	if (mkdir(part, 0700) != 0) return backup_folder_problem(a, part);
	struct problem *p = put_back(a, folder, part);
	if (!p && rename(part, data) != 0) p = backup_folder_problem(a, data);
	if (p) backup_remove(part);
	return p;
}
