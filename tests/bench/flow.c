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
#include <time.h>
#include "engines/flow/answer.h"
#include "engines/flow/due.h"
#include "runtime/base/clock.h"
#include "runtime/store/apps.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

enum { CLIENTS = 64, TIMERS = 100000, PAGE = 20, ASKS = 200 };

static double now_s(void) { return (double)clock_mono() / 1e6; }

static double cpu_s(clockid_t clock) {
	struct timespec at;
	clock_gettime(clock, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void figure(const char *name, const char *unit, double value) {
	printf("%s%s %.1f\n", name, unit, value);
	fflush(stdout);
}

/* ---- the engine ---- */

/* A request as the server makes one: its own arena, its body parsed before the writer has it, its
 * answer written in the transaction. */
struct decision {
	struct side *side;
	struct request *rq;
	struct flow_call call;
	struct sb answer;
};

static struct problem *verdict_commit(struct tx *tx, void *arg) {
	struct decision *v = arg;
	struct jw w = jw_on(&v->answer);
	struct run *run;
	v->rq->door = DOOR_API;
	TRY(flow_call(tx, v->rq, v->side->s.store, &v->call, &run));
	return flow_run_json(tx, v->rq, run, &w);
}

static struct decision verdict_of(struct side *side, int64_t run) {
	struct decision v = { .side = side, .rq = sample_request(&side->s, "ann") };
	v.call = (struct flow_call){ .run = run, .task = 1, .act = ACT_APPROVE };
	v.answer = sb_on(v.rq->arena, 1 << 20);
	v.rq->now_us = clock_now();
	assert_ok(json_parse(v.rq->arena, STR("{\"comment\": \"agreed\"}"), &json_limits_request,
			     &v.call.body));
	return v;
}

struct client {
	struct side *side;
	const int64_t *runs;
	int64_t n;
	pthread_t thread;
};

static void *approve_each(void *arg) {
	const struct client *c = arg;
	for (int64_t i = 0; i < c->n; i++) {
		struct decision v = verdict_of(c->side, c->runs[i]);
		assert_ok(store_write(c->side->s.store, LANE_INTERACTIVE, v.rq->arena,
				      verdict_commit, &v));
		sample_end(v.rq);
	}
	return NULL;
}

/* Full groups, as the writer has them when more wait than one group holds. */
static void *approve_grouped(void *arg) {
	const struct client *c = arg;
	for (int64_t i = 0; i < c->n; i += CLIENTS) {
		struct decision all[CLIENTS];
		struct write_one writes[CLIENTS];
		size_t n = c->n - i < CLIENTS ? (size_t)(c->n - i) : CLIENTS;
		for (size_t k = 0; k < n; k++) {
			all[k] = verdict_of(c->side, c->runs[i + (int64_t)k]);
			writes[k] = (struct write_one){ .commit = verdict_commit,
							.arg = &all[k],
							.arena = all[k].rq->arena };
		}
		store_write_all(c->side->s.store, LANE_INTERACTIVE, writes, n);
		for (size_t k = 0; k < n; k++) {
			assert_ok(writes[k].problem);
			sample_end(all[k].rq);
		}
	}
	return NULL;
}

static void approve(const char *name, struct side *side, const int64_t *runs, int64_t n,
		    int clients, void *(*how)(void *)) {
	struct client all[CLIENTS];
	double begin = now_s(), cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
	int64_t each = n / clients;
	for (int i = 0; i < clients; i++) {
		all[i] = (struct client){ .side = side, .runs = runs + i * each, .n = each };
		pthread_create(&all[i].thread, NULL, how, &all[i]);
	}
	for (int i = 0; i < clients; i++) pthread_join(all[i].thread, NULL);
	double done = (double)(each * clients);
	figure(name, "_per_s", done / (now_s() - begin));
	figure(name, "_cpu_us", (cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / done);
}

/* Beside the store: counting pages takes longer than a read may. */
static double number(const struct side *side, const char *sql) {
	char path[512];
	sqlite3_stmt *st;
	sqlite3 *db;
	snprintf(path, sizeof path, "%s/tenon.db", store_folder(side->s.store));
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) exit(1);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) exit(1);
	if (sqlite3_step(st) != SQLITE_ROW) exit(1);
	double n = sqlite3_column_double(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* Pages of a table and all its indexes. */
#define PAGES(tables)                                                                              \
	"(SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE "     \
	"tbl_name IN (" tables ")))"

/* Each run asks ann first and bob next: a verdict of ann's is "complete, next task". */
static void verdicts(struct side *side, struct arena *a, int64_t n) {
	int64_t *runs = arena_array(a, (size_t)n * 3, sizeof *runs);
	double begin = now_s();
	for (int64_t i = 0; i < n * 3; i++) {
		struct arena *scratch = arena_new(0);
		struct wish w = { .begin = true, .login = "ann", .record = 1000 + i };
		approving_bill(side, scratch, 1000 + i, 60);
		if (approving_send(side, &w, scratch)) abort();
		runs[i] = side->run;
		arena_free(scratch);
	}
	figure("start_one_client", "_per_s", (double)(n * 3) / (now_s() - begin));
	approve("verdicts_1_client", side, runs, n, 1, approve_each);
	approve("verdicts_64_clients", side, runs + n, n, CLIENTS, approve_each);
	approve("verdicts_64_a_group", side, runs + 2 * n, n, 1, approve_grouped);
	figure("log_line", "_bytes",
	       number(side,
		      "SELECT " PAGES("'sys_flow_log'") " / (SELECT count(*) FROM sys_flow_log)"));
	figure("run_with_2_tasks", "_bytes",
	       number(side,
		      "SELECT " PAGES("'sys_flow_run', 'sys_flow_task'") " / (SELECT count(*) FROM "
									 "sys_flow_run)"));
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

/* Rows as the engine writes them: ids, times and hashes as long as real ones. bob has 200 tasks
 * among a million, cal 30,000, dan the others; the timers are dan's. */
static void fill(struct side *side, struct arena *a, int64_t open) {
	int64_t now = clock_now(), first = INT64_C(244616453156864);
	const char *sql[] = {
		"DELETE FROM sys_flow_task",
		"DELETE FROM sys_flow_log",
		"DELETE FROM sys_flow_run",
		arena_printf(a,
			     "WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c "
			     "WHERE i < %lld) INSERT INTO sys_flow_run (id, app, flow, version, "
			     "form, record, starter, state, rev, marking_json, started_at, "
			     "log_seq, log_hash) SELECT %lld + i, 'pay', 'pass', 1, 'bill', 1000 + "
			     "i %% 1000, 1, 'running', 1, '{\"at\":[[\"first\",1]],\"rounds\":1}', "
			     "%lld + i, 1, randomblob(32) FROM c",
			     (long long)open, (long long)first, (long long)(now - open)),
		arena_printf(
			a,
			"INSERT INTO sys_flow_task (run, n, app, flow, step, round, kind, state, "
			"origin, actor, weight, place, opened_at, sort_at, next_rule, skipped, "
			"due_at, "
			"next_at) SELECT id, 1, 'pay', 'pass', 'first', 1, 'approve', 'open', "
			"'rule', "
			"u, 1, 0, started_at, CASE WHEN t THEN %lld + id - %lld ELSE "
			"9000000000000000 END, 0, 0, CASE WHEN t THEN %lld + id - %lld END, CASE "
			"WHEN t THEN %lld + id - %lld END FROM (SELECT id, started_at, CASE WHEN "
			"id "
			"%% 5000 = 7 THEN 2 WHEN id %% 33 = 8 THEN 3 ELSE 4 END AS u, id <= %lld "
			"AND "
			"id %% 5000 <> 7 AND id %% 33 <> 8 AS t FROM sys_flow_run)",
			(long long)now - 1000000, (long long)first, (long long)now - 1000000,
			(long long)first, (long long)now - 1000000, (long long)first,
			(long long)first + TIMERS),
	};
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) run_sql(side->s.store, sql[i]);
	figure("open_run", "_bytes",
	       number(side,
		      "SELECT " PAGES("'sys_flow_run', 'sys_flow_task'") " / (SELECT count(*) FROM "
									 "sys_flow_run)"));
}

static int by_value(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

typedef void (*asking)(struct side *side, struct request *rq);

static void ask_page(struct side *side, struct request *rq) {
	const struct box_query q = { .box = BOX_TODO, .limit = PAGE };
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(side->s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_box_json(tx, rq, side->s.store, &q, &w)));
}

static void ask_counts(struct side *side, struct request *rq) {
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(side->s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_counts_json(tx, rq, &w)));
}

static void ask(struct side *side, const char *login, const char *name, asking how) {
	double took[ASKS], cpu[ASKS];
	for (int i = 0; i < ASKS; i++) {
		struct request *rq = sample_request(&side->s, login);
		double begin = now_s(), used = cpu_s(CLOCK_THREAD_CPUTIME_ID);
		rq->now_us = clock_now();
		how(side, rq);
		took[i] = (now_s() - begin) * 1e6;
		cpu[i] = (cpu_s(CLOCK_THREAD_CPUTIME_ID) - used) * 1e6;
		sample_end(rq);
	}
	qsort(took, ASKS, sizeof *took, by_value);
	qsort(cpu, ASKS, sizeof *cpu, by_value);
	figure(name, "_median_us", took[ASKS / 2]);
	figure(name, "_p99_us", took[ASKS * 99 / 100]);
	figure(name, "_cpu_median_us", cpu[ASKS / 2]);
	figure(name, "_cpu_p99_us", cpu[ASKS * 99 / 100]);
}

static void drain(struct side *side) {
	size_t done = 1, all = 0;
	double begin = now_s(), cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
	apps_swap(side->s.store, side->s.app);
	while (done && now_s() - begin < 60) {
		struct arena *a = arena_new(0);
		assert_ok(flow_due.run(side->s.store, a, clock_now(), 1000, &done));
		all += done;
		arena_free(a);
	}
	figure("timers_fired", "", (double)all);
	figure("timers", "_per_s", (double)all / (now_s() - begin));
	figure("timers", "_cpu_us", (cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)all);
}

int main(int argc, char **argv) {
	if (argc < 2) return 2;
	int64_t n = argc > 2 ? atoll(argv[2]) : 10000, open = argc > 3 ? atoll(argv[3]) : 1000000;
	struct arena *a = arena_new(0);
	struct side side;
	figure("bare_1_per_commit", "_per_s", bare(argv[1], n, 1));
	figure("bare_64_per_commit", "_per_s", bare(argv[1], n, CLIENTS));
	approving_open_in(&side, a, argv[1]);
	verdicts(&side, a, n);
	if (open) {
		fill(&side, a, open);
		ask(&side, "bob", "inbox_200_tasks", ask_page);
		ask(&side, "bob", "counts_200_tasks", ask_counts);
		ask(&side, "cal", "inbox_30000_tasks", ask_page);
		ask(&side, "cal", "counts_30000_tasks", ask_counts);
		drain(&side);
	}
	sample_close(&side.s);
	arena_free(a);
	return 0;
}
