/* kill -9 under load: a child writes records with sub-rows and a gapless serial from several
 * threads and reports each acknowledged one through a pipe; the parent kills it at a random moment,
 * opens the store and looks: every acknowledged write is there, none is half there, no serial is
 * missing or used twice, ids go on above. TENON_KILLS sets the rounds (100).
 * Ledger: D08, F12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "tests/support/temp_store.h"

enum { WRITERS = 4, SUB_ROWS = 3, ROUNDS = 100, LONGEST_US = 60000 };

struct ack {
	int64_t id, serial;
};
struct acks {
	struct ack *items;
	size_t n, room;
};

/* --- the child --- */

struct order {
	struct store *s;
	struct ack ack;
};

static struct problem *order_commit(struct tx *tx, void *arg) {
	struct order *r = arg;
	r->ack.id = store_new_id(r->s);
	TRY(tx_exec(tx, "UPDATE counter SET value = value + 1 WHERE key = 'order'", NO_PARAMS,
		    NULL));
	TRY(tx_int(tx, "SELECT value FROM counter WHERE key = 'order'", NO_PARAMS, &r->ack.serial,
		   NULL));
	TRY(tx_exec(tx, "INSERT INTO crm_order VALUES (?1, ?2)",
		    PARAMS(value_int(r->ack.id), value_int(r->ack.serial)), NULL));
	for (int i = 0; i < SUB_ROWS; i++)
		TRY(tx_exec(
			tx, "INSERT INTO crm_order__lines VALUES (?1, ?2, ?3)",
			PARAMS(value_int(store_new_id(r->s)), value_int(r->ack.id), value_int(i)),
			NULL));
	/* Some are refused after all their work: their serial must be taken again. */
	return r->ack.id % 5 == 0 ? PROBLEM(tx_arena(tx), INVALID, "required") : NULL;
}

static int ack_pipe;
static void *writer_main(void *s) {
	for (;;) {
		struct arena *a = arena_new(0);
		struct order r = { .s = s };
		struct problem *p = store_write(s, LANE_INTERACTIVE, a, order_commit, &r);
		if (!p && write(ack_pipe, &r.ack, sizeof r.ack) != sizeof r.ack) _exit(3);
		if (p && p->kind != PROBLEM_INVALID) _exit(4);
		arena_free(a);
	}
	return NULL;
}

static _Noreturn void child_main(const char *folder, int pipe_end) {
	struct arena *a = arena_new(0);
	struct store *s;
	pthread_t threads[WRITERS];
	ack_pipe = pipe_end;
	if (store_open(a, &(struct store_options){ .folder = folder }, &s)) _exit(1);
	for (int i = 0; i < WRITERS; i++)
		if (pthread_create(&threads[i], NULL, writer_main, s) != 0) _exit(2);
	for (;;) pause();
}

/* --- the parent --- */

static bool acks_read(struct acks *acks, int fd) {
	struct ack block[256];
	ssize_t n = read(fd, block, sizeof block);
	if (n <= 0) return false;
	size_t count = (size_t)n / sizeof *block;
	while (acks->n + count > acks->room) {
		acks->room = acks->room ? 2 * acks->room : 1024;
		acks->items = realloc(acks->items, acks->room * sizeof *acks->items);
		assert_non_null(acks->items);
	}
	memcpy(acks->items + acks->n, block, count * sizeof *block);
	acks->n += count;
	return true;
}

/* Listens for a while, kills, and takes what was still in the pipe. */
static void listen_and_kill(struct acks *acks, pid_t child, int fd, int64_t us) {
	int status;
	for (int64_t until = clock_mono() + us; clock_mono() < until;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (poll(&p, 1, 1) > 0) assert_true(acks_read(acks, fd));
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	while (acks_read(acks, fd)) continue;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static struct problem *acks_look(struct tx *tx, const struct acks *acks, size_t from) {
	for (size_t i = from; i < acks->n; i++) {
		int64_t serial = 0, lines = 0;
		struct value id = value_int(acks->items[i].id);
		TRY(tx_int(tx, "SELECT serial FROM crm_order WHERE id = ?1", &id, 1, &serial,
			   NULL));
		TRY(tx_int(tx, "SELECT count(*) FROM crm_order__lines WHERE parent = ?1", &id, 1,
			   &lines, NULL));
		if (serial != acks->items[i].serial || lines != SUB_ROWS)
			fail_msg(
				"acknowledged %lld (serial %lld): found serial %lld and %lld lines",
				(long long)acks->items[i].id, (long long)acks->items[i].serial,
				(long long)serial, (long long)lines);
	}
	return NULL;
}

static void store_look(struct arena *a, const char *folder, const struct acks *acks, size_t from) {
	struct store *s = temp_store(a, folder);
	struct tx *tx;
	assert_ok(tx_read(s, a, &tx));
	assert_ok(tx_end(tx, acks_look(tx, acks, from)));
	int64_t orders = temp_store_int(s, "SELECT count(*) FROM crm_order");
	assert_true(orders >= (int64_t)acks->n);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM crm_order__lines"),
			 SUB_ROWS * orders);
	assert_int_equal(temp_store_int(s, "SELECT value FROM counter WHERE key = 'order'"),
			 orders);
	assert_int_equal(temp_store_int(s, "SELECT max(serial) FROM crm_order"), orders);
	assert_int_equal(temp_store_int(s,
					"SELECT count(*) FROM crm_order o WHERE NOT EXISTS "
					"(SELECT 1 FROM crm_order__lines l WHERE l.parent = o.id)"),
			 0);
	assert_true(store_new_id(s) > temp_store_int(s, "SELECT max(id) FROM crm_order__lines"));
	store_close(s);
}

static void nothing_acknowledged_is_lost(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	struct store *s = temp_store(a, folder);
	temp_store_ddl(s, "CREATE TABLE crm_order (id INTEGER PRIMARY KEY, serial INTEGER NOT NULL "
			  "UNIQUE) STRICT;"
			  "CREATE TABLE crm_order__lines (id INTEGER PRIMARY KEY, parent INTEGER "
			  "NOT NULL, pos INTEGER NOT NULL) STRICT;"
			  "CREATE INDEX crm_order__lines__parent ON crm_order__lines (parent);"
			  "INSERT INTO counter VALUES ('order', 0)");
	store_close(s);
	struct acks acks = { 0 };
	const char *wished = getenv("TENON_KILLS");
	int rounds = wished ? atoi(wished) : ROUNDS;
	for (int i = 0; i < rounds; i++) {
		int ends[2];
		size_t from = acks.n;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) child_main(folder, ends[1]);
		close(ends[1]);
		listen_and_kill(&acks, child, ends[0], 10000 + rand() % LONGEST_US);
		close(ends[0]);
		store_look(a, folder, &acks, from);
	}
	store_look(a, folder, &acks, 0);
	s = temp_store(a, folder);
	print_message("%d kills, %zu acknowledged writes, %lld found, 0 lost\n", rounds, acks.n,
		      (long long)temp_store_int(s, "SELECT count(*) FROM crm_order"));
	assert_true(acks.n > (size_t)rounds);
	store_close(s);
	free(acks.items);
	arena_free(a);
}

int main(void) {
	srand((unsigned)clock_real());
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_acknowledged_is_lost) };
	return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
