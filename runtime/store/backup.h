/* backup.h -- a copy of a whole store while it serves, the proof that a copy is good, and putting one back.
 * Shape of a backup: a folder with tenon.db, files/... and manifest.json {made_by, version, at, schema, files: [{path, size,
 *          sha256}], tables: [{table, rows}], audit: {rows, head_seq, head_hash}}. It is made beside as <folder>.part and renamed at the
 *          end, so a folder of that name is whole or is not there.
 * Snapshot: the database is one read snapshot, copied in slices that writers do not wait for; files are copied after it, and
 *          every file a row of the snapshot names must be in the copy. Whatever deletes files asks backup_running first.
 * Problems: CONFLICT backup_exists; NOT_FOUND backup_absent (no manifest); INVALID backup_changed, backup_damaged, backup_blob
 *          (each names what); UNAVAILABLE backup_folder, backup_stopped and the store's own.
 * Threads: any; the calling one works. Source: reliability.md B2. */
#ifndef TENON_STORE_BACKUP_H
#define TENON_STORE_BACKUP_H

#include "runtime/store/audit.h"

/* Called every few milliseconds; false stops the work. */
struct backup_watch { bool (*go_on)(void *context, int64_t bytes_done, int64_t bytes_total); void *context; };
struct backup_report { int64_t database_bytes, files, file_bytes, tables, rows, took_ms; struct audit_report audit; };

/* watch may be NULL. */
struct problem *store_backup(struct store *s, struct arena *a, const char *folder, const struct backup_watch *watch,
	struct backup_report *out) MUST_CHECK;
void backup_discard(struct arena *a, const char *folder);  /* what a backup into this folder left when its process ended */
bool backup_running(struct store *s);
struct backup_figures { int64_t at_us, bytes; };
/* When and how large, as its manifest says; nothing is proved. */
struct problem *backup_figures(struct arena *a, const char *folder, struct backup_figures *out) MUST_CHECK;
/* Sizes and hashes of every file, integrity_check, foreign_key_check, rows per table, the audit chain, files named by rows. */
struct problem *store_restore_verify(struct arena *a, const char *folder, struct backup_report *out) MUST_CHECK;
/* Verifies, then makes `data` (which must not hold a database) from the backup. */
struct problem *store_restore(struct arena *a, const char *folder, const char *data, struct backup_report *out) MUST_CHECK;

#endif
