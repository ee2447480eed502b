/* backup_internal.h -- what the files of backup and restore share. Everything lives in the caller's arena. */
#ifndef TENON_STORE_BACKUP_INTERNAL_H
#define TENON_STORE_BACKUP_INTERNAL_H

#include "runtime/store/backend.h"
#include "runtime/store/backup.h"

struct backup_file { const char *path; int64_t size; char sha256[65]; };   /* path relative to the folder */
struct backup_files { struct backup_file *items; size_t n, room; int64_t bytes; };
struct backup_table { const char *name; int64_t rows; };
struct manifest {
	int64_t at_us, schema;
	struct backup_files files;
	struct backup_table *tables; size_t table_count;
	struct audit_report audit;
};

/* backup_files.c */
struct problem *backup_hash(struct arena *a, const char *folder, const char *path, struct backup_file *out) MUST_CHECK;
struct problem *backup_copy(struct arena *a, const char *from, const char *to, const char *path, struct backup_file *out) MUST_CHECK;
/* Every plain file under from/path, copied to to/path and added to the list. */
struct problem *backup_copy_tree(struct arena *a, const char *from, const char *to, const char *path, struct backup_files *files) MUST_CHECK;
void backup_files_add(struct arena *a, struct backup_files *files, const struct backup_file *f);
struct problem *backup_sync_folder(struct arena *a, const char *folder) MUST_CHECK;
struct problem *backup_folder_problem(struct arena *a, const char *folder);  /* from errno */
void backup_remove(const char *folder);                                     /* an unfinished copy, with all in it */

/* backup_manifest.c */
struct problem *manifest_write(struct arena *a, const char *folder, const struct manifest *m) MUST_CHECK;
struct problem *manifest_read(struct arena *a, const char *folder, struct manifest *out) MUST_CHECK;

/* backup_check.c -- looks into a finished copy: tables, audit, integrity, named files. */
struct problem *backup_look(struct arena *a, const char *folder, bool thorough, struct manifest *m) MUST_CHECK;

#endif
