/* bare.c -- the other side of the benchmark: the bare libraries doing the same work without a product around them.
 *   bare gen ROWS FIRST               CSV of leads (the columns of tests/bench/app) on stdout; `bare gen-accounts N` likewise
 *   bare serve tenon.db PORT          libmicrohttpd driven as ours is; GET /hello, /one/ID, /list: hand-written SQL over our
 *                                     own database file, hand-written JSON, no session, no rights
 *   bare create FOLDER CLIENTS ROWS   SQLite, synchronous=FULL, CLIENTS threads -> one writer thread with group commit
 *   bare batch FOLDER SIZE ROWS       SQLite, synchronous=FULL, SIZE rows a transaction
 *   bare import FOLDER FILE.csv       SQLite, 1,000 rows a transaction, a naive split at commas
 * Every figure is printed as "name value". */
#include <assert.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

enum { LIST_ROWS = 50 };
static const char list_sql[] =
	"SELECT id, rev, code, company, contact, mobile, region, stage, amount, net, close_date FROM bench_lead "
	"WHERE region = ?1 AND stage = ?2 AND close_date >= ?3 AND deleted_at IS NULL ORDER BY close_date DESC, id DESC LIMIT 51";
static const char one_sql[] = "SELECT id, rev, code, company, contact, mobile, email, region, stage, amount, discount, net, close_date, account, "
	"created_at, created_by, updated_at, updated_by, owner, dept FROM bench_lead WHERE id = ?1 AND deleted_at IS NULL";

static double now_s(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, sqlite3 *db) {
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return;
	fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
	exit(1);
}

/* ---- rows ---- */
static const char *const regions[] = { "east", "south", "north", "central", "southwest", "northwest", "northeast" };
static const char *const stages[] = { "new", "working", "quote", "won", "lost" };
static const char *const words[] = { "上海", "深圳", "云智", "科技", "机械", "电子", "软件", "数据", "华信", "恒新", "启明", "南山",
	"精工", "越秀", "智造", "港湾" };
static const char *const names[] = { "张伟", "王芳", "李娜", "刘洋", "陈静", "杨磊", "赵敏", "黄强" };

static uint32_t mix(uint32_t x) {
	x ^= x >> 16;
	x *= 0x7feb352dU;
	x ^= x >> 15;
	x *= 0x846ca68bU;
	return x ^ x >> 16;
}

static void company(char *to, size_t room, uint32_t r) {
	snprintf(to, room, "%s%s%s%s有限公司", words[r % 16], words[(r >> 4) % 16], words[(r >> 8) % 16], words[(r >> 12) % 16]);
}

static void gen(long rows, long first) {
	puts("code,company,contact,mobile,email,region,stage,amount,discount,close_date,account");
	for (long i = first; i < first + rows; i++) {
		uint32_t r = mix((uint32_t)i);
		char name[128];
		company(name, sizeof name, r);
		printf("C%08ld,%s,%s,13%09u,u%ld@example.com,%s,%s,%u.%02u,0.%02u,2026-%02u-%02u,A%04u\n", i, name, names[r % 8], r % 1000000000U, i,
			regions[(r >> 3) % 7], stages[(r >> 7) % 5], 1 + r % 900000, r % 100, r % 30, 1 + (r >> 5) % 12, 1 + (r >> 9) % 28, (r >> 2) % 1000);
	}
}

static void gen_accounts(long rows) {
	puts("code,name");
	for (long i = 0; i < rows; i++) {
		char name[128];
		company(name, sizeof name, mix((uint32_t)i + 77));
		printf("A%04ld,%s%ld\n", i, name, i);
	}
}

/* ---- HTTP ---- */
struct reader { sqlite3 *db; sqlite3_stmt *one, *list; char out[65536]; size_t n; };

static void put(struct reader *r, const char *s, size_t n) {
	memcpy(r->out + r->n, s, n);
	r->n += n;
}

static void put_row(struct reader *r, sqlite3_stmt *st) {
	int columns = sqlite3_column_count(st);
	for (int i = 0; i < columns; i++) {
		char head[64];
		put(r, head, (size_t)snprintf(head, sizeof head, "%s\"%s\":", i ? "," : "{", sqlite3_column_name(st, i)));
		if (sqlite3_column_type(st, i) == SQLITE_TEXT) {
			put(r, "\"", 1);
			const char *s = (const char *)sqlite3_column_text(st, i);
			size_t n = (size_t)sqlite3_column_bytes(st, i);
			for (size_t k = 0; k < n; k++) {
				if (s[k] == '"' || s[k] == '\\' || (unsigned char)s[k] < 32) put(r, "\\", 1);
				put(r, s + k, 1);
			}
			put(r, "\"", 1);
		} else if (sqlite3_column_type(st, i) == SQLITE_NULL) {
			put(r, "null", 4);
		} else {
			put(r, head, (size_t)snprintf(head, sizeof head, "%lld", (long long)sqlite3_column_int64(st, i)));
		}
	}
	put(r, "}", 1);
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
	size_t *size, void **state) {
	(void)method;
	(void)version;
	(void)data;
	(void)size;
	static int seen;
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	struct reader *r = arg;
	r->n = 0;
	if (!strncmp(url, "/one/", 5)) {
		sqlite3_bind_int64(r->one, 1, atoll(url + 5));
		if (sqlite3_step(r->one) == SQLITE_ROW) put_row(r, r->one);
		sqlite3_reset(r->one);
	} else if (!strcmp(url, "/list")) {
		int rows = 0;
		put(r, "[", 1);
		while (sqlite3_step(r->list) == SQLITE_ROW && rows < LIST_ROWS) {
			if (rows++) put(r, ",", 1);
			put_row(r, r->list);
		}
		put(r, "]", 1);
		sqlite3_reset(r->list);
	} else {
		put(r, "hello", 5);
	}
	struct MHD_Response *response = MHD_create_response_from_buffer(r->n, r->out, MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(response, "Content-Type", "application/json");
	enum MHD_Result queued = MHD_queue_response(c, 200, response);
	MHD_destroy_response(response);
	return queued;
}

static long long code_of(sqlite3 *db, const char *enumeration, const char *value) {
	sqlite3_stmt *st;
	must(sqlite3_prepare_v2(db, "SELECT code FROM sys_enum_value WHERE app = 'bench' AND enum = ?1 AND path = ?2", -1, &st, NULL), db);
	sqlite3_bind_text(st, 1, enumeration, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, value, -1, SQLITE_STATIC);
	long long code = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_finalize(st);
	return code;
}

struct serve { const char *db; uint16_t port; };

static void *serve_loop(void *arg) {
	const struct serve *s = arg;
	struct reader *r = calloc(1, sizeof *r);
	assert(r);
	must(sqlite3_open_v2(s->db, &r->db, SQLITE_OPEN_READONLY, NULL), r->db);
	sqlite3_exec(r->db, "PRAGMA mmap_size=1073741824; PRAGMA cache_size=-65536", NULL, NULL, NULL);
	must(sqlite3_prepare_v3(r->db, one_sql, -1, SQLITE_PREPARE_PERSISTENT, &r->one, NULL), r->db);
	must(sqlite3_prepare_v3(r->db, list_sql, -1, SQLITE_PREPARE_PERSISTENT, &r->list, NULL), r->db);
	sqlite3_bind_int64(r->list, 1, code_of(r->db, "region", "east"));
	sqlite3_bind_int64(r->list, 2, code_of(r->db, "stage", "won"));
	sqlite3_bind_int64(r->list, 3, 20454); /* 2026-01-01 */
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(fd, (struct sockaddr *)(void *)&address, sizeof address) || listen(fd, 1024)) exit(1);
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, r, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_END);
	struct pollfd wait = { .fd = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->listen_fd, .events = POLLIN };
	for (;;) {
		poll(&wait, 1, 500);
		MHD_run(d);
	}
	return NULL;
}

static void serve(const char *db, uint16_t port) {
	struct serve s = { db, port };
	pthread_t second;
	pthread_create(&second, NULL, serve_loop, &s);
	serve_loop(&s);
}

/* ---- writing ---- */
static sqlite3 *create_table(const char *folder) {
	char path[512];
	snprintf(path, sizeof path, "%s/bare.db", folder);
	unlink(path);
	sqlite3 *db;
	must(sqlite3_open(path, &db), db);
	must(sqlite3_exec(db,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
		"CREATE TABLE lead(id INTEGER PRIMARY KEY, code TEXT, company TEXT, contact TEXT, mobile TEXT, email TEXT, region INTEGER,"
		" stage INTEGER, amount INTEGER, discount INTEGER, net INTEGER, close_date INTEGER, account INTEGER, created INTEGER) STRICT;"
		"CREATE UNIQUE INDEX l1 ON lead(code); CREATE INDEX l2 ON lead(account); CREATE INDEX l3 ON lead(region, stage, close_date);"
		"CREATE INDEX l4 ON lead(created);", NULL, NULL, NULL), db);
	return db;
}

static sqlite3_stmt *insert(sqlite3 *db) {
	sqlite3_stmt *st;
	must(sqlite3_prepare_v2(db, "INSERT INTO lead VALUES(NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", -1, &st, NULL), db);
	return st;
}

static void bind_row(sqlite3_stmt *st, long i) {
	uint32_t r = mix((uint32_t)i);
	char text[4][128];
	snprintf(text[0], sizeof text[0], "C%08ld", i);
	company(text[1], sizeof text[1], r);
	snprintf(text[2], sizeof text[2], "13%09u", r % 1000000000U);
	snprintf(text[3], sizeof text[3], "u%ld@example.com", i);
	sqlite3_bind_text(st, 1, text[0], -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 2, text[1], -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 3, names[r % 8], -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 4, text[2], -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 5, text[3], -1, SQLITE_TRANSIENT);
	for (int k = 6; k <= 13; k++) sqlite3_bind_int64(st, k, (sqlite3_int64)(mix(r + (uint32_t)k) % 1000));
	sqlite3_bind_int64(st, 13, i);
}

struct queue { pthread_mutex_t lock; pthread_cond_t work, done; long waiting, finished, taken, target; bool stop; };

static void *client(void *arg) {
	struct queue *q = arg;
	pthread_mutex_lock(&q->lock);
	while (q->taken < q->target) {
		q->taken++;
		long mine = ++q->waiting;
		pthread_cond_signal(&q->work);
		while (q->finished < mine) pthread_cond_wait(&q->done, &q->lock);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

static void create(const char *folder, int clients, long rows) {
	sqlite3 *db = create_table(folder);
	sqlite3_stmt *st = insert(db);
	struct queue q = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER, .target = rows };
	pthread_t *threads = calloc((size_t)clients, sizeof *threads);
	assert(threads);
	double start = now_s();
	for (int i = 0; i < clients; i++) pthread_create(&threads[i], NULL, client, &q);
	for (long at = 0; at < rows;) {
		pthread_mutex_lock(&q.lock);
		while (q.waiting == at) pthread_cond_wait(&q.work, &q.lock);
		long until = q.waiting;
		pthread_mutex_unlock(&q.lock);
		must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
		for (; at < until; at++) {
			bind_row(st, at);
			must(sqlite3_step(st), db);
			sqlite3_reset(st);
		}
		must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
		pthread_mutex_lock(&q.lock);
		q.finished = at;
		pthread_cond_broadcast(&q.done);
		pthread_mutex_unlock(&q.lock);
	}
	double seconds = now_s() - start;
	for (int i = 0; i < clients; i++) pthread_join(threads[i], NULL);
	printf("create_per_s %.0f\n", (double)rows / seconds);
	free(threads);
}

static void batch(const char *folder, long size, long rows) {
	sqlite3 *db = create_table(folder);
	sqlite3_stmt *st = insert(db);
	double start = now_s();
	for (long i = 0; i < rows; i++) {
		if (i % size == 0) must(sqlite3_exec(db, i ? "COMMIT; BEGIN IMMEDIATE" : "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
		bind_row(st, i);
		must(sqlite3_step(st), db);
		sqlite3_reset(st);
	}
	must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
	printf("batch_per_s %.0f\n", (double)rows / (now_s() - start));
}

/* The same keys as the runtime makes of a cell, so that the indexes grow at the same places: the place of a value in its list,
 * the days of a date as digits, the number behind the letter of a code. */
static sqlite3_int64 cell_number(const char *cell, size_t n) {
	sqlite3_int64 number = 0;
	for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
		if (strlen(regions[i]) == n && !memcmp(regions[i], cell, n)) return (sqlite3_int64)i;
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (strlen(stages[i]) == n && !memcmp(stages[i], cell, n)) return (sqlite3_int64)i;
	for (size_t i = 0; i < n; i++)
		if (cell[i] >= '0' && cell[i] <= '9') number = number * 10 + (cell[i] - '0');
	return number;
}

static void import(const char *folder, const char *file) {
	sqlite3 *db = create_table(folder);
	sqlite3_stmt *st = insert(db);
	FILE *in = fopen(file, "r");
	char line[4096];
	if (!in || !fgets(line, sizeof line, in)) exit(1);
	long rows = 0;
	double start = now_s();
	must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
	while (fgets(line, sizeof line, in)) {
		char *at = line;
		for (int k = 1; k <= 11; k++) {
			size_t n = strcspn(at, ",\n");
			if (k <= 5) sqlite3_bind_text(st, k, at, (int)n, SQLITE_TRANSIENT);
			else sqlite3_bind_int64(st, k < 10 ? k : k + 1, cell_number(at, n)); /* 10 is net, which the file has not */
			at += n + 1;
		}
		sqlite3_bind_int64(st, 13, rows);
		must(sqlite3_step(st), db);
		sqlite3_reset(st);
		if (++rows % 1000 == 0) must(sqlite3_exec(db, "COMMIT; BEGIN", NULL, NULL, NULL), db);
	}
	must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
	printf("import_per_s %.0f\n", (double)rows / (now_s() - start));
	fclose(in);
}

int main(int argc, char **argv) {
	if (argc >= 4 && !strcmp(argv[1], "gen")) gen(atol(argv[2]), atol(argv[3]));
	else if (argc >= 3 && !strcmp(argv[1], "gen-accounts")) gen_accounts(atol(argv[2]));
	else if (argc >= 4 && !strcmp(argv[1], "serve")) serve(argv[2], (uint16_t)atoi(argv[3]));
	else if (argc >= 5 && !strcmp(argv[1], "create")) create(argv[2], atoi(argv[3]), atol(argv[4]));
	else if (argc >= 5 && !strcmp(argv[1], "batch")) batch(argv[2], atol(argv[3]), atol(argv[4]));
	else if (argc >= 4 && !strcmp(argv[1], "import")) import(argv[2], argv[3]);
	else {
		fputs("usage: bare gen|gen-accounts|serve|create|batch|import ... (see the head of bare.c)\n", stderr);
		return 2;
	}
	return 0;
}
