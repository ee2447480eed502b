/* backup_check.c -- looks into the database of a finished copy. It is opened immutable: nothing is
 * locked, written or created, so a copy on a read-only disk can be proved as well. */
#include <stdlib.h>
#include "runtime/store/backup_internal.h"
#include "runtime/store/queries.h"

static char *copy_uri(struct arena *a, const char *folder) {
	struct sb uri = sb_on(a, 64 * 1024);
	sb_cat(&uri, "file:");
	for (const char *p = folder; *p; p++) {
		if (strchr("%?#", *p))
			sb_printf(&uri, "%%%02X", (unsigned)(unsigned char)*p);
		else
			sb_char(&uri, *p);
	}
	sb_cat(&uri, "/tenon.db?immutable=1");
	return arena_strdup(a, sb_cstr(&uri));
}

static struct problem *damaged(struct arena *a, const char *folder, const char *what) {
	return PROBLEM(a, INVALID, "backup_damaged", "folder", folder, "what", what);
}

/* A PRAGMA whose healthy answer is `good`: one row "ok", or none. */
static struct problem *pragma_check(struct connection *c, struct arena *a, const char *sql,
				    const char *good) {
	sqlite3_stmt *st = NULL;
	c->internal = true;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_step(st);
	c->internal = false;
	struct problem *p = NULL;
	const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		p = sqlite_problem(c, a, rc, sql);
	else if (!good ? text != NULL : !text || strcmp(text, good) != 0)
		p = damaged(a, c->store->folder, arena_printf(a, "%s: %s", sql, text ? text : "?"));
	sqlite3_finalize(st);
	return p;
}

static struct problem *tables_count(struct tx *tx, struct manifest *m) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	int64_t n = 0;
	TRY(tx_int(tx, sql_table_count, NO_PARAMS, &n, NULL));
	m->tables = arena_array(a, (size_t)n, sizeof *m->tables);
	TRY(tx_query(tx, sql_table_list, NO_PARAMS, &r));
	for (bool have; m->table_count < (size_t)n;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		m->tables[m->table_count++].name = str_dup(a, rows_text(r, 0));
	}
	rows_close(r);
	for (size_t i = 0; i < m->table_count; i++) {
		const char *sql = arena_printf(a, "SELECT count(*) FROM \"%s\"", m->tables[i].name);
		TRY(tx_int(tx, sql, NO_PARAMS, &m->tables[i].rows, NULL));
	}
	return NULL;
}

static int by_sha256(const void *a, const void *b) {
	return strcmp(((const struct backup_file *)a)->sha256,
		      ((const struct backup_file *)b)->sha256);
}

/* Every file a row names must be in the copy, wherever in files/ it lies. */
static struct problem *blobs_check(struct tx *tx, const struct manifest *m) {
	struct arena *a = tx_arena(tx);
	struct backup_file *sorted = arena_array(a, m->files.n, sizeof *sorted);
	if (m->files.n) memcpy(sorted, m->files.items, m->files.n * sizeof *sorted);
	qsort(sorted, m->files.n, sizeof *sorted, by_sha256);
	struct rows *r;
	TRY(tx_query(tx, sql_file_hashes, NO_PARAMS, &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		struct backup_file key = { 0 };
		struct str sha256 = rows_text(r, 0);
		if (sha256.n == 64) memcpy(key.sha256, sha256.p, 64);
		if (!bsearch(&key, sorted, m->files.n, sizeof key, by_sha256))
			return PROBLEM(a, INVALID, "backup_blob", "folder", tx->store->folder,
				       "file", str_dup(a, rows_text(r, 1)));
	}
}

static struct problem *look(struct tx *tx, bool thorough, struct manifest *m) {
	struct arena *a = tx_arena(tx);
	if (thorough) TRY(pragma_check(tx->c, a, "PRAGMA integrity_check(1)", "ok"));
	if (thorough) TRY(pragma_check(tx->c, a, "PRAGMA foreign_key_check", NULL));
	TRY(tables_count(tx, m));
	TRY(tx_int(tx, sql_meta_get, PARAMS(value_text(STR("schema"))), &m->schema, NULL));
	TRY(audit_verify(tx, &m->audit));
	if (m->audit.reason)
		return damaged(a, tx->store->folder,
			       arena_printf(a, "audit %lld: %s", (long long)m->audit.bad_seq,
					    m->audit.reason));
	return blobs_check(tx, m);
}

struct problem *backup_look(struct arena *a, const char *folder, bool thorough,
			    struct manifest *m) {
	struct store *copy = arena_alloc(a, sizeof *copy);
	copy->folder = folder;
	copy->path = copy_uri(a, folder);
	struct connection *c;
	TRY(connection_open(copy, a, CONNECTION_COPY, false, &c));
	struct tx tx = { .store = copy, .c = c, .arena = a };
	struct problem *p = connection_control(c, a, CONTROL_BEGIN);
	if (!p) p = look(&tx, thorough, m);
	tx_close_rows(&tx);
	connection_close(c);
	return p;
}
