/* A failing disk and a power cut under the writer. What was acknowledged is there; nothing is half
 * there; the store goes on by itself. Unlike fault_kill.c this shows a missing sync. TENON_CUTS
 * sets the power cuts (150). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/store/backend.h"
#include "tests/support/shaky_disk.h"
#include "tests/support/temp_store.h"

static const char schema[] = "CREATE TABLE crm_order (id INTEGER PRIMARY KEY, n INTEGER NOT NULL "
			     "UNIQUE, text TEXT) STRICT;"
			     "CREATE TABLE crm_order__lines (parent INTEGER NOT NULL, pos INTEGER "
			     "NOT NULL, PRIMARY KEY (parent, pos)) STRICT";
static const int64_t PAUSE_US = 200000; /* the writer's, between two probes */
enum { LINES = 3, CUTS = 60, CUTS_A_STORE = 15, CLIENTS = 4, EACH_MAX = 100000 };

struct order {
	struct store *s;
	int64_t n;
};
static struct problem *order_commit(struct tx *tx, void *arg) {
	const struct order *o = arg;
	int64_t id = store_new_id(o->s);
	TRY(tx_exec(tx, "INSERT INTO crm_order VALUES (?1, ?2, hex(randomblob(200)))",
		    PARAMS(value_int(id), value_int(o->n)), NULL));
	for (int i = 0; i < LINES; i++)
		TRY(tx_exec(tx, "INSERT INTO crm_order__lines VALUES (?1, ?2)",
			    PARAMS(value_int(id), value_int(i)), NULL));
	return NULL;
}

static struct problem *order_write(struct store *s, int64_t n) {
	struct arena *a = arena_new(0);
	struct problem *p =
		store_write(s, LANE_INTERACTIVE, a, order_commit, &(struct order){ s, n });
	bool known = !p || p == &store_io || p == &store_full;
	arena_free(a);
	assert_true(known);
	return p;
}

/* The store as found must be sound, and hold whole orders only. */
static void assert_sound(struct store *s) {
	static const char halves[] =
		"SELECT (SELECT count(*) FROM crm_order o WHERE 3 <> (SELECT count(*) FROM "
		"crm_order__lines "
		"WHERE parent = o.id)) + (SELECT count(*) FROM crm_order__lines WHERE parent NOT "
		"IN (SELECT id FROM crm_order))";
	sqlite3 *db;
	sqlite3_stmt *st;
	assert_int_equal(temp_store_int(s, halves), 0);
	assert_int_equal(sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(st, 0), "ok");
	sqlite3_finalize(st);
	sqlite3_close(db);
}

/* Every write, truncate and sync that one commit makes fails once. The answer may be a refusal of
 * something that is there after all (nobody can know), never an acknowledgement of something that
 * is not. */
static void each_disk_call_fails(int code) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	shaky_disk_watch(folder);
	struct store *s = temp_store(a, folder);
	temp_store_ddl(s, schema);
	int64_t n = 0, acknowledged = 0, refused = 0;
	for (bool struck = true; struck;) {
		shaky_disk_fail_at(++n, code);
		bool good = !order_write(s, n);
		struck = shaky_disk_fail_at(0, 0) >= n;
		acknowledged += good;
		refused += !good;
		int64_t there = temp_store_int(
			s, arena_printf(a, "SELECT count(*) FROM crm_order WHERE n = %lld",
					(long long)n));
		if (good) assert_int_equal(there, 1);
		assert_null(order_write(s, -n)); /* the disk is well again: so are we, at once */
	}
	/* A disk that was full only once costs nobody anything: the group is replayed. */
	assert_true(code == SQLITE_FULL ? refused == 0 : refused > 0);
	store_close(s);
	s = temp_store(a, folder);
	assert_true(temp_store_int(s, "SELECT count(*) FROM crm_order WHERE n > 0") >=
		    acknowledged);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM crm_order WHERE n < 0"), n);
	assert_sound(s);
	store_close(s);
	arena_free(a);
}

static void a_write_error_is_survived(void **state) {
	(void)state;
	each_disk_call_fails(SQLITE_IOERR_WRITE);
}

static void a_sync_error_is_survived(void **state) {
	(void)state;
	each_disk_call_fails(SQLITE_IOERR_FSYNC);
}

static void a_disk_full_in_the_middle_is_survived(void **state) {
	(void)state;
	each_disk_call_fails(SQLITE_FULL);
}

/* While the disk stays broken every write is refused; when it is well, writing goes on without a
 * restart. */
static void a_disk_that_stays_broken(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	shaky_disk_watch(folder);
	struct store *s = temp_store(a, folder);
	temp_store_ddl(s, schema);
	for (int i = 1; i <= 5; i++) {
		shaky_disk_fail_at(1, SQLITE_IOERR_WRITE);
		assert_non_null(order_write(s, i));
		int64_t begun = clock_mono();
		shaky_disk_fail_at(1, SQLITE_IOERR_WRITE); /* the probe's turn */
		assert_non_null(order_write(s, i));
		shaky_disk_fail_at(1, SQLITE_IOERR_WRITE);
		assert_non_null(order_write(s, i));
		int64_t tried = shaky_disk_fail_at(0, 0);
		/* Not even tried before the pause is over. */
		if (clock_mono() - begun < PAUSE_US) assert_int_equal(tried, 0);
		for (int k = 0; order_write(s, i); k++) {
			assert_true(k < 6000);
			usleep(10000);
		}
	}
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM crm_order"), 5);
	assert_sound(s);
	store_close(s);
	arena_free(a);
}

/* --- power cuts --- */

struct client {
	struct store *s;
	pthread_t thread;
	int number;
	atomic_bool *stop;
	atomic_llong acknowledged;
};
static void *client_main(void *arg) {
	struct client *c = arg;
	for (int64_t i = 0; i < EACH_MAX && !atomic_load(c->stop); i++) {
		if (order_write(c->s, c->number * (int64_t)EACH_MAX + i)) abort();
		atomic_store(&c->acknowledged, i + 1);
	}
	return NULL;
}

struct noted {
	struct client *clients;
	int64_t acknowledged[CLIENTS];
};
static void note(void *context) {
	struct noted *noted = context;
	for (int i = 0; i < CLIENTS; i++)
		noted->acknowledged[i] = atomic_load(&noted->clients[i].acknowledged);
}

static int64_t found_look(const char *folder, const struct noted *noted) {
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, folder);
	int64_t total = 0;
	for (int i = 0; i < CLIENTS; i++) {
		char *sql = arena_printf(
			a, "SELECT count(*) FROM crm_order WHERE n >= %d AND n < %lld",
			i * EACH_MAX, i * (long long)EACH_MAX + (long long)noted->acknowledged[i]);
		assert_int_equal(temp_store_int(s, sql), noted->acknowledged[i]);
		total += noted->acknowledged[i];
	}
	assert_sound(s);
	assert_null(order_write(s, -1)); /* and it takes writes */
	store_close(s);
	arena_free(a);
	return total;
}

static int64_t cuts_of_one_store(unsigned seed) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a), *found = temp_folder(a);
	atomic_bool stop = false;
	struct client clients[CLIENTS];
	struct noted noted = { .clients = clients };
	int64_t checked = 0;
	shaky_disk_watch(folder);
	struct store *s = temp_store(a, folder);
	temp_store_ddl(s, schema);
	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ .s = s, .number = i, .stop = &stop };
		assert_int_equal(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]),
				 0);
	}
	for (unsigned i = 0; i < CUTS_A_STORE; i++) {
		usleep((useconds_t)(rand_r(&seed) % 20000));
		char *to = arena_printf(a, "%s/%u", found, i);
		assert_int_equal(mkdir(to, 0700), 0);
		shaky_disk_power_cut(to, seed + i, note, &noted);
		checked += found_look(to, &noted);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i].thread, NULL);
	store_close(s);
	arena_free(a);
	return checked;
}

static void a_power_cut_loses_nothing_acknowledged(void **state) {
	(void)state;
	const char *wished = getenv("TENON_CUTS");
	int cuts = wished ? atoi(wished) : CUTS;
	unsigned seed = (unsigned)clock_real();
	int64_t checked = 0;
	for (int i = 0; i < cuts; i += CUTS_A_STORE)
		checked += cuts_of_one_store(seed + (unsigned)i * 1000);
	print_message("%d power cuts (seed %u), %lld acknowledged writes looked for, 0 lost\n",
		      cuts, seed, (long long)checked);
	assert_true(checked > cuts);
}

int main(void) {
	log_to(-1);
	shaky_disk_install();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_error_is_survived),
		cmocka_unit_test(a_sync_error_is_survived),
		cmocka_unit_test(a_disk_full_in_the_middle_is_survived),
		cmocka_unit_test(a_disk_that_stays_broken),
		cmocka_unit_test(a_power_cut_loses_nothing_acknowledged),
	};
	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
