/* flow.c -- the benchmark of approvals, in one process: verdicts through the engine beside the same
 * rows written by SQLite alone (the shape of flow.md 5.3: compare and swap the task, the next task,
 * the run's marking, one line of log), both with synchronous=FULL; an inbox among OPEN open runs;
 * timers that are overdue at a start. bench_flow FOLDER [VERDICTS [OPEN]]      every figure is
 * printed as "name value" */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/flow/answer.h"
#include "engines/flow/due.h"
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

enum { CLIENTS = 64, TIMERS = 100000, PAGE = 20, ASKS = 200 };

static double now_s(void) { return (double)clock_mono() / 1e6; }

static void figure(const char *name, double value) { printf("%s %.1f\n", name, value); }

/* ---- the engine ---- */

struct client {
	struct side side;
	int64_t first, n;
	int64_t *runs;
	pthread_t thread;
};

static void *approve_all(void *arg) {
	struct client *c = arg;
	struct arena *a = arena_new(0);
	for (int64_t i = 0; i < c->n; i++) {
		struct wish w = { .act = ACT_APPROVE,
				  .task = 1,
				  .login = "ann",
				  .body = "{}",
				  .record = c->first + i };
		c->side.run = c->runs[c->first + i];
		if (approving_send(&c->side, &w, a)) abort();
	}
	arena_free(a);
	return NULL;
}

static double approve(const struct side *side, int64_t *runs, int64_t first, int64_t n,
		      int clients) {
	struct client all[CLIENTS];
	double begin = now_s();
	for (int i = 0; i < clients; i++) {
		all[i] = (struct client){ .side = *side,
					  .first = first + i * (n / clients),
					  .n = n / clients,
					  .runs = runs };
		pthread_create(&all[i].thread, NULL, approve_all, &all[i]);
	}
	for (int i = 0; i < clients; i++) pthread_join(all[i].thread, NULL);
	return (double)(n / clients * clients) / (now_s() - begin);
}

/* Each run asks ann first and bob next: a verdict of ann's is "complete, next task". */
static void verdicts(struct side *side, struct arena *a, int64_t n) {
	int64_t *runs = arena_array(a, (size_t)n * 2, sizeof *runs);
	double begin = now_s();
	for (int64_t i = 0; i < n * 2; i++) {
		struct arena *scratch = arena_new(0);
		struct wish w = { .begin = true, .login = "ann", .record = 1000 + i };
		approving_bill(side, scratch, 1000 + i, 60);
		if (approving_send(side, &w, scratch)) abort();
		runs[i] = side->run;
		arena_free(scratch);
	}
	figure("start_one_client_per_s", (double)(n * 2) / (now_s() - begin));
	struct side here = *side;
	int64_t *by_record = arena_array(a, (size_t)n * 2 + 1000, sizeof *by_record);
	memcpy(by_record + 1000, runs, (size_t)n * 2 * sizeof *runs);
	figure("verdicts_1_client_per_s", approve(&here, by_record, 1000, n, 1));
	figure("verdicts_64_clients_per_s", approve(&here, by_record, 1000 + n, n, CLIENTS));
}

/* ---- SQLite alone ---- */

static void run_sql_on(sqlite3 *db, const char *sql) {
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

static void step(sqlite3_stmt *st, int64_t run, int64_t n) {
	sqlite3_bind_int64(st, 1, run);
	sqlite3_bind_int64(st, 2, n);
	if (sqlite3_step(st) != SQLITE_DONE) exit(1);
	sqlite3_reset(st);
}

static double bare(const char *folder, int64_t n, int64_t per_commit) {
	static const char *const sql[] = {
		"UPDATE task SET state = 'done', closed = ?2 WHERE run = ?1 AND n = 1 AND state = "
		"'open'",
		"INSERT INTO task (run, n, actor, state, opened) VALUES (?1, 2, 2, 'open', ?2)",
		"UPDATE run SET rev = rev + 1, marking = "
		"'{\"at\":[[\"second\",2]],\"rounds\":2,\"acted\":true}' WHERE id = ?1 AND rev = 1 "
		"AND ?2 > 0",
		"INSERT INTO log (run, seq, at, who, act, hash) VALUES (?1, 2, ?2, 1, 'approve', "
		"'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef')"
	};
	sqlite3_stmt *st[ARRAY_LEN(sql)];
	char path[512];
	sqlite3 *db;
	snprintf(path, sizeof path, "%s/bare-%lld.db", folder, (long long)per_commit);
	if (sqlite3_open(path, &db) != SQLITE_OK) exit(1);
	run_sql_on(
		db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
		"CREATE TABLE run (id INTEGER PRIMARY KEY, rev INTEGER, marking TEXT);"
		"CREATE TABLE task (run INTEGER, n INTEGER, actor INTEGER, state TEXT, opened "
		"INTEGER, closed INTEGER, PRIMARY KEY (run, n)) WITHOUT ROWID;"
		"CREATE INDEX inbox ON task (actor, opened) WHERE state = 'open';"
		"CREATE TABLE log (run INTEGER, seq INTEGER, at INTEGER, who INTEGER, act TEXT, "
		"hash TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID; BEGIN");
	char *fill = sqlite3_mprintf(
		"WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < %lld) "
		"INSERT INTO run SELECT i, 1, '{}' FROM c;"
		"INSERT INTO task SELECT id, 1, 1, 'open', id, NULL FROM run; COMMIT",
		(long long)n);
	run_sql_on(db, fill);
	sqlite3_free(fill);
	for (size_t i = 0; i < ARRAY_LEN(sql); i++)
		sqlite3_prepare_v2(db, sql[i], -1, &st[i], NULL);
	double begin = now_s();
	for (int64_t i = 1; i <= n; i++) {
		if ((i - 1) % per_commit == 0) run_sql_on(db, "BEGIN IMMEDIATE");
		for (size_t k = 0; k < ARRAY_LEN(sql); k++) step(st[k], i, i);
		if (i % per_commit == 0 || i == n) run_sql_on(db, "COMMIT");
	}
	double rate = (double)n / (now_s() - begin);
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) sqlite3_finalize(st[i]);
	sqlite3_close(db);
	return rate;
}

/* ---- an inbox among many, timers that are overdue ---- */

static void fill(struct side *side, struct arena *a, int64_t open) {
	int64_t due = clock_now() - 1000000;
	const char *sql[] = {
		arena_printf(a,
			     "WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c "
			     "WHERE i < %lld) "
			     "INSERT INTO sys_flow_run (id, app, flow, version, form, record, "
			     "starter, state, rev, marking_json, started_at, log_seq, log_hash) "
			     "SELECT i, 'pay', 'pass', 1, 'bill', 1000 + i % 1000, 1, 'running', 1, "
			     "'{\"at\":[[\"first\",1]],\"rounds\":1}', i, 0, '' FROM c",
			     (long long)open),
		/* bob has 200 tasks among a million, cal 30,000 */
		"INSERT INTO sys_flow_task (run, n, app, flow, step, round, kind, state, origin, "
		"actor, weight, place, opened_at, sort_at, next_rule, skipped) "
		"SELECT id, 1, 'pay', 'pass', 'first', 1, 'approve', 'open', 'rule', CASE WHEN id "
		"% 5000 = 7 THEN 2 WHEN id % 33 = 8 THEN 3 ELSE 4 END, 1, 0, id, id, 0, 0 "
		"FROM sys_flow_run WHERE id < 1000000000",
		arena_printf(a,
			     "UPDATE sys_flow_task SET due_at = %lld, next_at = %lld + run WHERE "
			     "run <= %d AND actor = 4",
			     (long long)due, (long long)due - 2000000, TIMERS),
	};
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) run_sql(side->s.store, sql[i]);
}

static int by_value(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void ask_inbox(struct side *side, const char *login, const char *name) {
	double took[ASKS];
	char said[128];
	for (int i = 0; i < ASKS; i++) {
		struct request *rq = sample_request(&side->s, login);
		struct box_query q = { .box = BOX_TODO, .limit = PAGE };
		struct sb out = sb_on(rq->arena, 1 << 20);
		struct jw w = jw_on(&out);
		struct tx *tx;
		double begin = now_s();
		assert_ok(tx_read(side->s.store, rq->arena, &tx));
		assert_ok(tx_end(tx, flow_box_json(tx, rq, side->s.store, &q, &w)));
		took[i] = (now_s() - begin) * 1e6;
		sample_end(rq);
	}
	qsort(took, ASKS, sizeof *took, by_value);
	snprintf(said, sizeof said, "%s_median_us", name);
	figure(said, took[ASKS / 2]);
	snprintf(said, sizeof said, "%s_p99_us", name);
	figure(said, took[ASKS * 99 / 100]);
}

static void drain(struct side *side) {
	size_t done = 1, all = 0;
	double begin = now_s();
	while (done && now_s() - begin < 20) {
		struct arena *a = arena_new(0);
		assert_ok(flow_due.run(side->s.store, a, clock_now(), 1000, &done));
		all += done;
		arena_free(a);
	}
	figure("timers_fired", (double)all);
	figure("timers_per_s", (double)all / (now_s() - begin));
}

int main(int argc, char **argv) {
	if (argc < 2) return 2;
	int64_t n = argc > 2 ? atoll(argv[2]) : 10000, open = argc > 3 ? atoll(argv[3]) : 1000000;
	struct arena *a = arena_new(0);
	struct side side;
	figure("bare_1_per_commit_per_s", bare(argv[1], n, 1));
	figure("bare_64_per_commit_per_s", bare(argv[1], n, CLIENTS));
	approving_open_in(&side, a, argv[1]);
	verdicts(&side, a, n);
	fill(&side, a, open);
	ask_inbox(&side, "bob", "inbox_200_tasks");
	ask_inbox(&side, "cal", "inbox_30000_tasks");
	drain(&side);
	sample_close(&side.s);
	arena_free(a);
	return 0;
}
