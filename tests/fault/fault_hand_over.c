/* P05: a hand-over that is killed in the midst and run again ends complete, and no record changes
 * hands twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engines/form/hand_over.h"
#include "runtime/base/log.h"
#include "runtime/store/apps.h"
#include "runtime/store/people.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

enum {
	PORTION = 50,
	KILLS = 4,
	TELLS = 3,
	RECORDS = (KILLS * TELLS + 1) * PORTION,
	ROOT = 1,
	ANN = 3
};

struct world {
	struct sample s;
	int told; /* the pipe the child tells of each portion through */
	int tells;
};

static struct problem *read_people(struct world *w, struct arena *a) {
	struct problem *p;
	struct tx *tx;
	TRY(tx_read(w->s.store, a, &tx));
	w->s.people = people_take(w->s.store, tx, &p);
	return tx_end(tx, p);
}

/* Killed while a portion is written, or before it: a child never gets further than TELLS portions,
 * so that there is something left on any machine. */
static bool tell(void *arg, int64_t done, int64_t total, const struct import_result *so_far) {
	struct world *w = arg;
	(void)done, (void)total, (void)so_far;
	if (w->told >= 0 && w->tells++ == TELLS) pause();
	return w->told < 0 || write(w->told, "", 1) == 1;
}

static struct problem *hand_over(struct world *w, struct import_result *out) {
	struct request *rq = sample_request(&w->s, "root");
	struct hand_over_run run = { .errors_fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
				     .progress = tell,
				     .progress_arg = w };
	run.what.from = directory_user(rq->directory, STR("root"));
	run.what.to = directory_user(rq->directory, STR("ann"));
	*out = (struct import_result){ 0 };
	struct problem *p = hand_over_records(rq, w->s.store, &run, out);
	if (p) p = problem_copy(w->s.arena, p);
	close(run.errors_fd);
	sample_end(rq);
	return p;
}

static _Noreturn void child_main(struct world *w, const char *folder) {
	struct arena *a = arena_new(0);
	struct import_result done;
	if (store_open(a, &(struct store_options){ .folder = folder }, &w->s.store)) _exit(1);
	if (read_people(w, a)) _exit(1);
	apps_swap(w->s.store, w->s.app);
	if (hand_over(w, &done)) _exit(2);
	for (;;) pause();
}

static void kill_one(struct world *w, const char *folder) {
	int status, ends[2];
	char portion[2];
	assert_int_equal(pipe(ends), 0);
	w->told = ends[1];
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) child_main(w, folder);
	close(ends[1]);
	for (size_t i = 0; i < sizeof portion; i++)
		assert_int_equal(read(ends[0], &portion[i], 1), 1);
	usleep(500);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(ends[0]);
	assert_true(WIFSIGNALED(status));
}

static int64_t held_by(struct world *w, int user) {
	return temp_store_int(w->s.store,
			      arena_printf(w->s.arena,
					   "SELECT count(*) FROM stock_account WHERE owner = %d",
					   user));
}

static void killed_and_run_again(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	struct import_result last;
	(void)state;
	stock_open(&w->s, a);
	for (int i = 0; i < RECORDS; i++) stock_make(&w->s, "account", "{'name':'A%d'}", i);
	const char *folder = arena_strdup(a, store_folder(w->s.store));
	for (int i = 0; i < KILLS; i++) {
		directory_release(w->s.people);
		store_close(w->s.store);
		kill_one(w, folder);
		w->s.store = temp_store(a, folder);
		assert_ok(read_people(w, a));
		assert_int_equal(held_by(w, ROOT) + held_by(w, ANN), RECORDS);
		assert_true(held_by(w, ANN) > 0);
	}
	int64_t left = held_by(w, ROOT);
	print_message("%d kills, %lld of %d records left\n", KILLS, (long long)left, RECORDS);
	assert_true(left > 0);
	w->told = -1;
	apps_swap(w->s.store, w->s.app);
	assert_ok(hand_over(w, &last));
	assert_int_equal(last.updated, left);
	assert_int_equal(last.failed, 0);
	assert_int_equal(held_by(w, ANN), RECORDS);
	assert_int_equal(
		temp_store_int(w->s.store, "SELECT count(*) FROM stock_account WHERE rev <> 2"), 0);
	sample_close(&w->s);
	arena_free(a);
}

int main(void) {
	log_to(-1);
	const struct CMUnitTest tests[] = { cmocka_unit_test(killed_and_run_again) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
