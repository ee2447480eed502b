/* Backup while writing, the proof of a copy, and what the proof finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/store/backup_internal.h"
#include "tests/support/temp_store.h"

struct fixture {
	struct arena *a;
	struct store *s;
	char *folder, *copy;
	pthread_t thread;
	atomic_bool stop;
	atomic_llong landed;
};

static void write_file(struct arena *a, const char *folder, const char *name, const char *text) {
	FILE *f = fopen(arena_printf(a, "%s/%s", folder, name), "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static struct problem *rows_commit(struct tx *tx, void *arg) {
	struct fixture *f = arg;
	for (int i = 0; i < 4; i++) {
		int64_t id = store_new_id(f->s);
		TRY(tx_exec(tx, "INSERT INTO crm_a VALUES (?1, hex(randomblob(300)))",
			    PARAMS(value_int(id)), NULL));
		TRY(tx_exec(tx, "INSERT INTO crm_b VALUES (?1)", PARAMS(value_int(id)), NULL));
	}
	return NULL;
}

static struct problem *fixture_commit(struct tx *tx, void *arg) {
	const struct backup_file *file = arg;
	for (int i = 0; i < 3; i++)
		TRY(audit_append(tx, &(struct audit_entry){
					     .actor = "zhang", .door = "api", .act = "login" }));
	return tx_exec(tx,
		       "INSERT INTO file (id, sha256, name, size, type, at) VALUES (1, ?1, "
		       "'合同.pdf', 8, 'application/pdf', 1)",
		       PARAMS(value_text(str_of(file->sha256))), NULL);
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	struct backup_file blob;
	f->a = a;
	f->folder = temp_folder(a);
	f->copy = arena_printf(a, "%s/copy #1 50%%", temp_folder(a));
	f->s = temp_store(a, f->folder);
	temp_store_ddl(f->s, "CREATE TABLE crm_a (id INTEGER PRIMARY KEY, text TEXT) STRICT; "
			     "CREATE TABLE crm_b (id INTEGER PRIMARY KEY) STRICT;"
			     "CREATE VIEW v_crm_a AS SELECT id FROM crm_a");
	assert_int_equal(mkdir(arena_printf(a, "%s/files/ab", f->folder), 0700), 0);
	write_file(a, f->folder, "files/ab/abcdef", "contract");
	write_file(a, f->folder, "files/other", "");
	assert_ok(backup_hash(a, f->folder, "files/ab/abcdef", &blob));
	assert_ok(store_write(f->s, LANE_INTERACTIVE, a, fixture_commit, &blob));
	for (int i = 0; i < 200; i++)
		assert_ok(store_write(f->s, LANE_INTERACTIVE, a, rows_commit, f));
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	arena_free(f->a);
	return 0;
}

static void *load_main(void *arg) {
	struct fixture *f = arg;
	while (!atomic_load(&f->stop)) {
		struct arena *a = arena_new(0);
		if (store_write(f->s, LANE_INTERACTIVE, a, rows_commit, f)) abort();
		atomic_fetch_add(&f->landed, 4);
		arena_free(a);
	}
	return NULL;
}

static int64_t max_id(struct store *s) { return temp_store_int(s, "SELECT max(id) FROM crm_a"); }

static void a_copy_made_under_load_comes_back_whole(void **state) {
	struct fixture *f = *state;
	struct backup_report made, proved, restored;
	int64_t before = temp_store_int(f->s, "SELECT count(*) FROM crm_a");
	assert_int_equal(pthread_create(&f->thread, NULL, load_main, f), 0);
	while (atomic_load(&f->landed) < 40) usleep(100);
	assert_ok(store_backup(f->s, f->a, f->copy, NULL, &made));
	int64_t during = atomic_load(&f->landed);
	while (atomic_load(&f->landed) < during + 40) usleep(100); /* writing goes on */
	atomic_store(&f->stop, true);
	pthread_join(f->thread, NULL);
	assert_false(backup_running(f->s));

	assert_ok(store_restore_verify(f->a, f->copy, &proved));
	assert_int_equal(proved.rows, made.rows);
	assert_int_equal(proved.files, 2);
	assert_int_equal(proved.audit.rows, 3);
	char *data = arena_printf(f->a, "%s/restored", temp_folder(f->a));
	assert_ok(store_restore(f->a, f->copy, data, &restored));
	struct store *s = temp_store(f->a, data);
	int64_t rows = temp_store_int(s, "SELECT count(*) FROM crm_a");
	assert_in_range(rows, before + 40, before + during + 4); /* 4: stored, not counted yet */
	/* One snapshot: a prefix of what was written, never half a transaction. */
	assert_int_equal(rows % 4, 0);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM crm_a JOIN crm_b USING (id)"),
			 rows);
	char *prefix = arena_printf(f->a, "SELECT count(*) FROM crm_a WHERE id <= %lld",
				    (long long)max_id(s));
	assert_int_equal(temp_store_int(f->s, prefix), rows);
	char text[16] = "";
	FILE *file = fopen(arena_printf(f->a, "%s/files/ab/abcdef", data), "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof text, file));
	assert_string_equal(text, "contract");
	fclose(file);
	assert_true(store_new_id(s) > max_id(s));
	store_close(s);
	struct problem *p = store_restore(f->a, f->copy, data, &restored);
	assert_non_null(p);
	assert_string_equal(p->code, "backup_exists");
}

static void backup(struct fixture *f) {
	struct backup_report made;
	assert_ok(store_backup(f->s, f->a, f->copy, NULL, &made));
}

static void assert_refused(struct fixture *f, const char *code) {
	struct backup_report r;
	struct problem *p = store_restore_verify(f->a, f->copy, &r);
	assert_non_null(p);
	assert_string_equal(p->code, code);
	char *data = arena_printf(f->a, "%s/restored", temp_folder(f->a));
	assert_non_null(store_restore(f->a, f->copy, data, &r));
	assert_int_equal(access(data, F_OK), -1);
}

static void a_changed_byte_is_found(void **state) {
	struct fixture *f = *state;
	backup(f);
	int fd = open(arena_printf(f->a, "%s/tenon.db", f->copy), O_RDWR);
	char byte;
	assert_int_equal(pread(fd, &byte, 1, 20000), 1);
	byte = (char)(byte ^ 1);
	assert_int_equal(pwrite(fd, &byte, 1, 20000), 1);
	close(fd);
	assert_refused(f, "backup_changed");
}

static void a_missing_file_is_found(void **state) {
	struct fixture *f = *state;
	backup(f);
	assert_int_equal(remove(arena_printf(f->a, "%s/files/other", f->copy)), 0);
	assert_refused(f, "backup_changed");
}

static void no_manifest_is_no_backup(void **state) {
	struct fixture *f = *state;
	backup(f);
	assert_int_equal(remove(arena_printf(f->a, "%s/manifest.json", f->copy)), 0);
	assert_refused(f, "backup_absent");
	write_file(f->a, f->copy, "manifest.json", "{\"made_by\": \"tenon\", \"files\": [");
	assert_refused(f, "backup_damaged");
}

/* Changes the copy's database and makes its manifest agree with the bytes: only what is inside can
 * tell. */
static void change_inside(struct fixture *f, const char *sql) {
	struct manifest m;
	struct backup_file now;
	sqlite3 *db;
	assert_ok(manifest_read(f->a, f->copy, &m));
	assert_int_equal(sqlite3_open(arena_printf(f->a, "%s/tenon.db", f->copy), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA writable_schema=1", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_ok(backup_hash(f->a, f->copy, "tenon.db", &now));
	m.files.items[0] = now;
	assert_int_equal(remove(arena_printf(f->a, "%s/manifest.json", f->copy)), 0);
	assert_ok(manifest_write(f->a, f->copy, &m));
}

static void a_lost_row_is_found(void **state) {
	struct fixture *f = *state;
	backup(f);
	change_inside(f, "DELETE FROM crm_b WHERE id = (SELECT max(id) FROM crm_b)");
	assert_refused(f, "backup_damaged");
}

static void a_changed_audit_row_is_found(void **state) {
	struct fixture *f = *state;
	backup(f);
	change_inside(f, "UPDATE audit SET actor = 'li' WHERE seq = 2");
	assert_refused(f, "backup_damaged");
}

static void a_row_without_its_file_is_found(void **state) {
	struct fixture *f = *state;
	backup(f);
	change_inside(f, "UPDATE file SET sha256 = lower(hex(zeroblob(32)))");
	assert_refused(f, "backup_blob");
}

static bool stop_at_once(void *context, int64_t done, int64_t total) {
	*(int64_t *)context = total;
	return done > total;
}

static void a_stopped_backup_leaves_nothing(void **state) {
	struct fixture *f = *state;
	struct backup_report r;
	int64_t total = 0;
	struct backup_watch watch = { stop_at_once, &total };
	struct problem *p = store_backup(f->s, f->a, f->copy, &watch, &r);
	assert_non_null(p);
	assert_string_equal(p->code, "backup_stopped");
	assert_true(total > 0);
	assert_int_equal(access(f->copy, F_OK), -1);
	assert_int_equal(access(arena_printf(f->a, "%s.part", f->copy), F_OK), -1);
	backup(f);
	p = store_backup(f->s, f->a, f->copy, NULL, &r);
	assert_non_null(p);
	assert_string_equal(p->code, "backup_exists");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_copy_made_under_load_comes_back_whole),
		TEST(a_changed_byte_is_found),
		TEST(a_missing_file_is_found),
		TEST(no_manifest_is_no_backup),
		TEST(a_lost_row_is_found),
		TEST(a_changed_audit_row_is_found),
		TEST(a_row_without_its_file_is_found),
		TEST(a_stopped_backup_leaves_nothing),
	};
	return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
