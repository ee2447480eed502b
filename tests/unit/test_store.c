/* concurrent: also runs under TSan */
/* The SQLite backend: opening, snapshots, cells, limits, the statement cache, the second wall, ids,
 * people, audit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/store/schema_system.h"
#include "runtime/store/audit.h"
#include "runtime/store/backend.h"
#include "runtime/store/people.h"
#include "tests/support/temp_store.h"

struct fixture {
	struct arena *a;
	struct store *s;
	char *folder;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	f->a = a;
	f->folder = temp_folder(a);
	f->s = temp_store(a, f->folder);
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	arena_free(f->a);
	return 0;
}

/* Runs one statement as a member; `allow` of TX_ALLOW_... */
struct statement_call {
	const char *sql;
	const struct value *params;
	size_t n;
	unsigned allow;
	int64_t changes;
	char violation[128];
};
static struct problem *statement_commit(struct tx *tx, void *arg) {
	struct statement_call *call = arg;
	tx_allow(tx, call->allow);
	struct problem *p = tx_exec(tx, call->sql, call->params, call->n, &call->changes);
	snprintf(call->violation, sizeof call->violation, "%s", tx_violation(tx));
	return p;
}

static struct problem *run(struct fixture *f, struct statement_call *call) {
	return store_write(f->s, LANE_INTERACTIVE, f->a, statement_commit, call);
}

static struct problem *run_sql(struct fixture *f, const char *sql, unsigned allow) {
	return run(f, &(struct statement_call){ .sql = sql, .allow = allow });
}

static void a_second_process_is_refused(void **state) {
	struct fixture *f = *state;
	struct store *other;
	struct problem *p = store_open(
		f->a, &(struct store_options){ .folder = f->folder, .create = true }, &other);
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_CONFLICT);
	assert_string_equal(p->code, "store_locked");
	assert_string_equal(p->params[1].value, arena_printf(f->a, "%d", (int)getpid()));
}

static void a_store_that_is_not_there_or_not_ours_is_refused(void **state) {
	struct fixture *f = *state;
	struct store *other;
	char *empty = temp_folder(f->a);
	struct problem *p = store_open(f->a, &(struct store_options){ .folder = empty }, &other);
	assert_non_null(p);
	assert_string_equal(p->code, "store_absent");
	assert_int_equal(access(arena_printf(f->a, "%s/tenon.db", empty), F_OK), -1);

	sqlite3 *db;
	assert_int_equal(sqlite3_open(arena_printf(f->a, "%s/tenon.db", empty), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE theirs (x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	p = store_open(f->a, &(struct store_options){ .folder = empty, .create = true }, &other);
	assert_non_null(p);
	assert_string_equal(p->code, "store_foreign");

	char *text = temp_folder(f->a);
	int fd = open(arena_printf(f->a, "%s/tenon.db", text), O_WRONLY | O_CREAT, 0600);
	char bytes[8192];
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(write(fd, bytes, sizeof bytes), sizeof bytes);
	close(fd);
	p = store_open(f->a, &(struct store_options){ .folder = text, .create = true }, &other);
	assert_non_null(p);
	assert_string_equal(p->code, "store_corrupt");
}

static void nobody_else_may_read_it(void **state) {
	struct fixture *f = *state;
	static const char *const names[] = { "tenon.db", "tenon.db-wal", "lock", "files" };
	assert_ok(run_sql(f, "INSERT INTO counter VALUES ('a', 1)", 0));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct stat st;
		assert_int_equal(stat(arena_printf(f->a, "%s/%s", f->folder, names[i]), &st), 0);
		assert_int_equal(st.st_mode & 077, 0);
	}
}

static void an_older_store_gets_what_it_lacks(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	int64_t schema, position;
	assert_ok(run_sql(f, "INSERT INTO sys_dept (name) VALUES ('east')", TX_ALLOW_PEOPLE));
	assert_ok(run_sql(f, "ALTER TABLE sys_dept DROP COLUMN position", TX_ALLOW_SCHEMA));
	assert_ok(run_sql(f, "DROP TABLE sys_view", TX_ALLOW_SCHEMA));
	assert_ok(run_sql(f, "DROP TABLE sys_user_dept", TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE));
	assert_ok(run_sql(f, "DROP TABLE sys_app_admin", TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE));
	assert_ok(run_sql(f, "DROP TABLE sys_collaborator", TX_ALLOW_SCHEMA));
	assert_ok(run_sql(f,
			  "CREATE TABLE a_b__history (record INTEGER NOT NULL, rev INTEGER NOT "
			  "NULL, changes TEXT, PRIMARY KEY (record, rev)) STRICT, WITHOUT ROWID",
			  TX_ALLOW_SCHEMA));
	assert_ok(run_sql(f, "INSERT INTO a_b__history VALUES (1, 1, '[]')", 0));
	assert_ok(run_sql(f, "UPDATE meta SET value = 1 WHERE key = 'schema'", 0));
	store_close(f->s);
	assert_ok(store_open(f->a, &(struct store_options){ .folder = f->folder }, &f->s));
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_int(tx, "SELECT position FROM sys_dept WHERE name = 'east'", NULL, 0,
			 &position, NULL));
	assert_int_equal(position, 0);
	assert_ok(
		tx_int(tx, "SELECT value FROM meta WHERE key = 'schema'", NULL, 0, &schema, NULL));
	assert_int_equal(schema, SCHEMA_SYSTEM_VERSION);
	assert_ok(tx_int(tx, "SELECT count(*) FROM a_b__history WHERE cause IS NULL", NULL, 0,
			 &schema, NULL));
	assert_int_equal(schema, 1);
	assert_ok(tx_int(tx, "SELECT count(*) FROM sys_view", NULL, 0, &schema, NULL));
	assert_int_equal(schema, 0);
	assert_ok(tx_int(tx, "SELECT (SELECT count(*) FROM sys_user_dept) + (SELECT count(*) FROM "
			     "sys_app_admin) + (SELECT count(*) FROM sys_collaborator)",
			 NULL, 0, &schema, NULL));
	assert_int_equal(schema, 0);
	assert_ok(tx_end(tx, NULL));
}

static void a_newer_store_is_refused(void **state) {
	struct fixture *f = *state;
	assert_ok(run_sql(f, "UPDATE meta SET value = 999 WHERE key = 'schema'", 0));
	store_close(f->s);
	struct problem *p = store_open(f->a, &(struct store_options){ .folder = f->folder }, &f->s);
	assert_non_null(p);
	assert_string_equal(p->code, "store_newer");
	f->s = NULL;
}

/* Root writes where it likes, so the child becomes nobody first. */
static int read_only_child(const char *folder) {
	if (getuid() == 0 && setuid(65534) != 0) return 90;
	struct arena *a = arena_new(0);
	struct store *s;
	struct problem *p = store_open(
		a, &(struct store_options){ .folder = folder, .create = true, .no_lock = true },
		&s);
	return p == &store_read_only                            ? 0
	       : !p                                             ? 1
	       : strcmp(p->code, "store_read_only_folder") == 0 ? 2
								: 3;
}

static int in_child(int (*work)(const char *), const char *folder) {
	int status;
	pid_t child = fork();
	if (child == 0) _exit(work(folder));
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void a_read_only_file_is_a_clear_problem(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	f->s = NULL;
	assert_int_equal(chmod(f->folder, 0777), 0);
	assert_int_equal(chmod(arena_printf(f->a, "%s/files", f->folder), 0777), 0);
	assert_int_equal(chmod(arena_printf(f->a, "%s/tenon.db", f->folder), 0444), 0);
	assert_int_equal(in_child(read_only_child, f->folder), 0);
}

static void cells_come_back_as_bound(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	struct rows *r;
	bool have;
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_query(tx, "SELECT ?1, ?2, ?3, ?4, ?5, ?6",
			   PARAMS(VALUE_NONE, value_int(INT64_MIN), value_text(STR("客户𠮷")),
				  value_bool(true), value_date(-3),
				  ((struct value){ .kind = VALUE_TEXT })),
			   &r));
	assert_ok(rows_next(r, &have));
	assert_true(have);
	assert_int_equal(rows_cell(r, 0).kind, VALUE_NULL);
	assert_true(rows_int(r, 1) == INT64_MIN);
	assert_true(str_is(rows_text(r, 2), "客户𠮷"));
	assert_int_equal(rows_cell(r, 2).kind, VALUE_TEXT);
	assert_int_equal(rows_int(r, 3), 1);
	assert_int_equal(rows_int(r, 4), -3);
	assert_int_equal(rows_cell(r, 5).kind, VALUE_TEXT);
	assert_int_equal(rows_text(r, 5).n, 0);
	assert_ok(rows_next(r, &have));
	assert_false(have);
	assert_ok(rows_next(r, &have)); /* past the end: stays there */
	assert_false(have);
	assert_ok(tx_end(tx, NULL));
}

static void a_read_is_one_snapshot(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	int64_t n = -1;
	bool have;
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_int(tx, "SELECT count(*) FROM counter", NO_PARAMS, &n, &have));
	assert_int_equal(n, 0);
	assert_ok(run_sql(f, "INSERT INTO counter VALUES ('a', 1)", 0));
	assert_ok(tx_int(tx, "SELECT count(*) FROM counter", NO_PARAMS, &n, &have));
	assert_int_equal(n, 0);
	assert_ok(tx_end(tx, NULL));
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM counter"), 1);
}

static void the_same_statement_runs_inside_itself(void **state) {
	struct fixture *f = *state;
	static const char sql[] = "SELECT value FROM json_each('[1,2,3]')";
	struct tx *tx;
	struct rows *outer, *inner;
	int64_t sum = 0;
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_query(tx, sql, NO_PARAMS, &outer));
	for (bool have;;) {
		assert_ok(rows_next(outer, &have));
		if (!have) break;
		assert_ok(tx_query(tx, sql, NO_PARAMS, &inner));
		for (;;) {
			assert_ok(rows_next(inner, &have));
			if (!have) break;
			sum += rows_int(outer, 0) * rows_int(inner, 0);
		}
	}
	assert_int_equal(sum, 36);
	assert_ok(tx_end(tx, NULL));
}

static void many_statements_stay_within_the_cache(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	struct rows *held;
	bool have;
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_query(tx, "SELECT 1 UNION ALL SELECT 2", NO_PARAMS, &held));
	assert_ok(rows_next(held, &have));
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3 * STATEMENTS_KEPT; i++) {
			int64_t out = -1;
			assert_ok(tx_int(tx, arena_printf(f->a, "SELECT %d", i), NO_PARAMS, &out,
					 &have));
			assert_int_equal(out, i);
		}
		assert_int_equal(tx->c->cache.count, STATEMENTS_KEPT);
	}
	assert_ok(rows_next(held, &have)); /* a busy one was not thrown out */
	assert_int_equal(rows_int(held, 0), 2);
	assert_ok(tx_end(tx, NULL));
}

static const char endless[] =
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

static void a_budget_ends_a_read(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	int64_t out;
	assert_ok(tx_read(f->s, f->a, &tx));
	tx_budget(tx, 50000);
	assert_ptr_equal(tx_int(tx, endless, NO_PARAMS, &out, NULL), &store_budget);
	assert_ptr_equal(tx_end(tx, &store_budget), &store_budget);
	assert_int_equal(temp_store_int(f->s, "SELECT 7"),
			 7); /* the next one of this connection has none */
}

static void a_slow_read_ends(void **state) {
	struct fixture *f = *state;
	struct tx *tx;
	int64_t out;
	assert_ok(tx_read(f->s, f->a, &tx));
	tx->c->deadline_us = 1;
	assert_ptr_equal(tx_int(tx, endless, NO_PARAMS, &out, NULL), &store_slow);
	assert_ok(tx_end(tx, NULL));
}

static void the_index_that_refused_is_named(void **state) {
	struct fixture *f = *state;
	temp_store_ddl(f->s,
		       "CREATE TABLE crm_lead (id INTEGER PRIMARY KEY, mobile TEXT, email TEXT, "
		       "deleted_at INTEGER) STRICT;"
		       "CREATE UNIQUE INDEX crm_lead__mobile ON crm_lead (mobile) WHERE deleted_at "
		       "IS NULL;"
		       "CREATE UNIQUE INDEX crm_lead__both ON crm_lead (email, deleted_at);"
		       "CREATE UNIQUE INDEX crm_lead__lower ON crm_lead (lower(email));"
		       "INSERT INTO crm_lead VALUES (1, '138', 'a', 0), (2, '139', 'b', NULL);");
	struct statement_call call = { .sql = "INSERT INTO crm_lead VALUES (3, '139', 'c', NULL)" };
	assert_ptr_equal(run(f, &call), &store_unique);
	assert_string_equal(call.violation, "crm_lead__mobile");
	call.sql = "INSERT INTO crm_lead VALUES (3, '1', 'a', 0)";
	assert_ptr_equal(run(f, &call), &store_unique);
	assert_true(strcmp(call.violation, "crm_lead__both") == 0 ||
		    strcmp(call.violation, "crm_lead__lower") == 0);
	call.sql = "INSERT INTO crm_lead VALUES (3, '1', 'A', 5)";
	assert_ptr_equal(run(f, &call), &store_unique);
	assert_string_equal(call.violation, "crm_lead__lower");
	call.sql = "INSERT INTO crm_lead VALUES (3, '138', 'c', 9)"; /* partial: the other is
									deleted */
	assert_ok(run(f, &call));
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM crm_lead"), 3);
}

/* A member that is refused by the wall must leave nothing, and the same text passes once it is
 * allowed. */
static void the_second_wall_holds(void **state) {
	struct fixture *f = *state;
	static const struct {
		const char *sql;
		unsigned needs;
	} cases[] = {
		{ "CREATE TABLE wall (x INTEGER)", TX_ALLOW_SCHEMA },
		{ "CREATE INDEX wall_i ON counter (value)", TX_ALLOW_SCHEMA },
		{ "CREATE TRIGGER wall_t AFTER INSERT ON counter BEGIN SELECT 1; END",
		  TX_ALLOW_SCHEMA },
		{ "INSERT INTO sys_enum_value (app, enum, path) VALUES ('crm', 'stage', 'new')",
		  TX_ALLOW_SCHEMA },
		{ "INSERT INTO sys_user (login, label, created_at) VALUES ('li', '李', 1)",
		  TX_ALLOW_PEOPLE },
		{ "INSERT INTO sys_user_role VALUES (1, 'crm', 'sales')", TX_ALLOW_PEOPLE },
		{ "UPDATE sys_user SET admin = 1", TX_ALLOW_PEOPLE },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (int round = 0; round < 2;
		     round++) { /* the second time the statement is cached */
			struct problem *p = run_sql(f, cases[i].sql, ~cases[i].needs & 3);
			assert_non_null(p);
			assert_string_equal(p->code, "store_sql");
		}
		assert_ok(run_sql(f, cases[i].sql, cases[i].needs));
	}
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM sys_user WHERE admin = 1"), 1);
}

static void nobody_may(void **state) {
	struct fixture *f = *state;
	static const char *const refused[] = {
		"ATTACH '/tmp/x.db' AS x",
		"PRAGMA synchronous=OFF",
		"PRAGMA writable_schema=1",
		"COMMIT",
		"BEGIN",
		"SAVEPOINT x",
		"UPDATE audit SET act = 'x'",
		"DELETE FROM audit",
		"UPDATE sqlite_schema SET sql = ''",
		"DETACH main",
		"VACUUM",
		"SELECT load_extension('x')",
		"INSERT INTO counter VALUES ('a', 1); DELETE FROM counter",
		"",
		"SELECT \"no such column\"",
	};
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct problem *p = run_sql(f, refused[i], TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE);
		if (!p) fail_msg("passed: %s", refused[i]);
		assert_string_equal(p->code, "store_sql");
	}
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM counter"), 0);
}

static void a_reader_only_reads(void **state) {
	struct fixture *f = *state;
	static const char *const refused[] = { "INSERT INTO counter VALUES ('a', 1)",
					       "DELETE FROM meta",
					       "CREATE TABLE x (y)",
					       "CREATE TEMP TABLE x (y)",
					       "PRAGMA query_only=0",
					       "ATTACH ':memory:' AS x" };
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct tx *tx;
		int64_t out;
		assert_ok(tx_read(f->s, f->a, &tx));
		struct problem *p = tx_end(tx, tx_int(tx, refused[i], NO_PARAMS, &out, NULL));
		if (!p) fail_msg("passed: %s", refused[i]);
	}
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM meta"), 4);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM pragma_table_info('meta')"), 2);
}

enum { ID_THREADS = 4, IDS_EACH = 20000 };
static void *ids_take(void *arg) {
	struct store *s = arg;
	int64_t *ids = malloc(IDS_EACH * sizeof *ids);
	for (int i = 0; i < IDS_EACH; i++) ids[i] = store_new_id(s);
	return ids;
}

static int by_id(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void ids_rise_and_never_repeat(void **state) {
	struct fixture *f = *state;
	pthread_t threads[ID_THREADS];
	int64_t *all = arena_array(f->a, ID_THREADS * IDS_EACH, sizeof *all);
	for (int i = 0; i < ID_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ids_take, f->s), 0);
	for (int i = 0; i < ID_THREADS; i++) {
		void *ids;
		pthread_join(threads[i], &ids);
		for (int k = 1; k < IDS_EACH; k++)
			assert_true(((int64_t *)ids)[k - 1] < ((int64_t *)ids)[k]);
		memcpy(all + i * IDS_EACH, ids, IDS_EACH * sizeof *all);
		free(ids);
	}
	qsort(all, ID_THREADS * IDS_EACH, sizeof *all, by_id);
	for (int i = 1; i < ID_THREADS * IDS_EACH; i++) assert_true(all[i - 1] < all[i]);
	assert_true(all[ID_THREADS * IDS_EACH - 1] < INT64_C(1) << 53);
}

static void ids_go_on_above_after_a_restart(void **state) {
	struct fixture *f = *state;
	int64_t last = 0;
	for (int i = 0; i < 5;
	     i++) { /* ids run ahead of the clock: 4096 a millisecond are given at most by time */
		for (int k = 0; k < 100000; k++) last = store_new_id(f->s);
		assert_ok(run(f, &(struct statement_call){
					 .sql = "INSERT INTO counter VALUES (?1, ?2)",
					 PARAMS(value_text(str_of(arena_printf(f->a, "%d", i))),
						value_int(last)) }));
		store_close(f->s);
		f->s = temp_store(f->a, f->folder);
		assert_true(store_new_id(f->s) > last);
	}
}

static void people_are_loaded_once_an_epoch(void **state) {
	struct fixture *f = *state;
	assert_ok(run_sql(f,
			  "INSERT INTO sys_dept (id, name, label_zh, parent, head) VALUES (1, "
			  "'all', '总部', NULL, 1), (2, 'east', '华东', 1, NULL)",
			  2));
	assert_ok(run_sql(
		f,
		"INSERT INTO sys_user (id, login, label, dept, superior, created_at, language) "
		"VALUES "
		"(1, 'zhang', '张三', 1, NULL, 1, 'en'), (2, 'li', '李四', 2, 1, 1, 'zh-CN')",
		2));
	assert_ok(run_sql(f,
			  "INSERT INTO sys_user_role VALUES (2, 'crm', 'sales'), (2, 'crm', "
			  "'boss'), (9, 'crm', 'ghost')",
			  2));
	struct tx *tx;
	struct problem *p;
	assert_ok(tx_read(f->s, f->a, &tx));
	struct directory *d = people_take(f->s, tx, &p);
	assert_ok(p);
	const struct user *li = directory_user(d, STR("li"));
	assert_non_null(li);
	assert_string_equal(li->label, "李四");
	assert_string_equal(li->superior->login, "zhang");
	assert_string_equal(li->dept->parent->head->login, "zhang");
	assert_int_equal(li->role_count, 2);
	assert_true(directory_has_role(li, "crm", STR("boss")));
	assert_false(directory_has_role(directory_user_id(d, 1), "crm", STR("boss")));
	struct directory *again = people_take(f->s, tx, &p);
	assert_ptr_equal(again, d);
	directory_release(again);
	assert_ok(tx_end(tx, NULL));

	assert_ok(run_sql(f, "UPDATE meta SET value = value + 1 WHERE key = 'epoch'", 0));
	assert_ok(tx_read(f->s, f->a, &tx));
	again = people_take(f->s, tx, &p);
	assert_ok(p);
	assert_ptr_not_equal(again, d);
	assert_int_equal(again->epoch, d->epoch + 1);
	assert_ok(tx_end(tx, NULL));
	directory_release(again);
	directory_release(d);
}

static struct problem *audit_commit(struct tx *tx, void *arg) {
	(void)arg;
	TRY(audit_append(tx,
			 &(struct audit_entry){ .actor = "zhang", .door = "api", .act = "login" }));
	return audit_append(tx, &(struct audit_entry){ .actor = "zhang",
						       .door = "api",
						       .act = "export",
						       .app = "crm",
						       .form = "lead",
						       .record = 7,
						       .detail_json = "{\"rows\":3}" });
}

static struct audit_report verify(struct fixture *f) {
	struct tx *tx;
	struct audit_report report;
	assert_ok(tx_read(f->s, f->a, &tx));
	assert_ok(tx_end(tx, audit_verify(tx, &report)));
	return report;
}

/* Behind the wall, as someone with the file would do it. */
static void tamper(struct fixture *f, const char *sql) {
	sqlite3 *db;
	assert_int_equal(sqlite3_open(arena_printf(f->a, "%s/tenon.db", f->folder), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void tampering_with_the_audit_trail_shows(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < 5; i++)
		assert_ok(store_write(f->s, LANE_INTERACTIVE, f->a, audit_commit, NULL));
	struct audit_report r = verify(f);
	assert_null(r.reason);
	assert_int_equal(r.rows, 10);
	assert_int_equal(r.head_seq, 10);
	tamper(f, "UPDATE audit SET actor = 'li' WHERE seq = 4");
	r = verify(f);
	assert_string_equal(r.reason, "hash");
	assert_int_equal(r.bad_seq, 4);
	tamper(f,
	       "UPDATE audit SET actor = 'zhang' WHERE seq = 4; DELETE FROM audit WHERE seq = 6");
	r = verify(f);
	assert_string_equal(r.reason, "gap");
	assert_int_equal(r.bad_seq, 6);
	tamper(f, "UPDATE audit SET seq = seq - 1 WHERE seq > 6");
	r = verify(f);
	assert_string_equal(r.reason, "link");
	assert_int_equal(r.bad_seq, 6);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_second_process_is_refused),
		TEST(a_store_that_is_not_there_or_not_ours_is_refused),
		TEST(an_older_store_gets_what_it_lacks),
		TEST(a_newer_store_is_refused),
		TEST(nobody_else_may_read_it),
		TEST(a_read_only_file_is_a_clear_problem),
		TEST(cells_come_back_as_bound),
		TEST(a_read_is_one_snapshot),
		TEST(the_same_statement_runs_inside_itself),
		TEST(many_statements_stay_within_the_cache),
		TEST(a_budget_ends_a_read),
		TEST(a_slow_read_ends),
		TEST(the_index_that_refused_is_named),
		TEST(the_second_wall_holds),
		TEST(nobody_may),
		TEST(a_reader_only_reads),
		TEST(ids_rise_and_never_repeat),
		TEST(ids_go_on_above_after_a_restart),
		TEST(people_are_loaded_once_an_epoch),
		TEST(tampering_with_the_audit_trail_shows),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
