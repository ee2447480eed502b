/* F16 under faults: the n-th store call of a write fails, for every n until it passes, and the
 * process is killed in the midst of writing: parent and child always agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "runtime/store/people.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

enum { FAULT_IO, FAULT_FULL, CALLS_MAX = 3000, WRITERS = 4, KILLS = 25, LONGEST_US = 60000 };

struct world {
	struct sample s;
	int64_t acme, contract, other, pen, payment, order, row;
	bool binned;
	int told; /* the pipe a child tells of each write through */
};

static void fill(struct world *w, struct arena *a) {
	struct sample *s = &w->s;
	stock_open(s, a);
	w->acme = stock_make(s, "account", "{'name':'Acme'}");
	w->contract = stock_make(s, "contract", "{'name':'C1','invoice':'F1','account':%lld}",
				 (long long)w->acme);
	w->other = stock_make(s, "contract", "{'name':'C2','account':%lld}", (long long)w->acme);
	w->pen = stock_make(s, "product", "{'name':'pen','stock':100000000}");
	w->payment =
		stock_make(s, "payment", "{'contract':%lld,'amount':'7'}", (long long)w->contract);
	w->order = stock_make(s, "order", "{'lines':[{'product':%lld}]}", (long long)w->pen);
	w->row = temp_store_int(s->store, "SELECT id FROM stock_order__lines");
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	fill(w, a);
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	struct arena *a = w->s.arena;
	sample_close(&w->s);
	arena_free(a);
	return 0;
}

static struct problem *write_body(struct world *w, struct request *rq, enum write_op op,
				  const char *form, int64_t id, const char *body) {
	struct write one = { .op = op, .form = sample_form(&w->s, form), .id = id, .if_match = -1 };
	if (body) TRY(json_parse(rq->arena, str_of(body), &json_limits_request, &one.body));
	return record_write(rq, w->s.store, LANE_INTERACTIVE, &one);
}

/* ---- every store call ---- */

typedef struct problem *attempt(struct world *w, struct request *rq, int n);

static struct problem *move_payment(struct world *w, struct request *rq, int n) {
	return write_body(w, rq, WRITE_UPDATE, "payment", w->payment,
			  arena_printf(rq->arena, "{\"contract\":%lld,\"amount\":\"%d\"}",
				       (long long)(n % 2 ? w->other : w->contract), n));
}

static struct problem *edit_row(struct world *w, struct request *rq, int n) {
	return write_body(
		w, rq, WRITE_UPDATE, "order", w->order,
		arena_printf(rq->arena,
			     "{\"lines\":{\"set\":[{\"id\":%lld,\"product\":%s,"
			     "\"qty\":%d}]}}",
			     (long long)w->row,
			     n % 4 ? arena_printf(rq->arena, "%lld", (long long)w->pen) : "null",
			     n % 99));
}

/* With its payments, which go along; back again when it is gone. */
static struct problem *bin_contract(struct world *w, struct request *rq, int n) {
	(void)n;
	struct problem *p = write_body(w, rq, w->binned ? WRITE_RESTORE : WRITE_DELETE, "contract",
				       w->contract, NULL);
	if (!p) w->binned = !w->binned;
	return p;
}

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

static void wait_until_writing(struct world *w) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(w->s.store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

static bool attempt_reaches(struct world *w, attempt *run, int n, int kind, int *failures) {
	struct request *rq = sample_request(&w->s, "root");
	const char *before = whole_state(&w->s);
	store_fault_at(w->s.store, n, kind);
	struct problem *p = run(w, rq, n);
	bool reached = store_fault_at(w->s.store, 0, 0) >= n;
	assert_true(reached || !p);
	if (p) assert_string_equal(whole_state(&w->s), before);
	*failures += p != NULL;
	if (p) wait_until_writing(w);
	sample_end(rq);
	stock_agree(&w->s);
	return reached;
}

static void every_call_fails_once(struct world *w, attempt *run, int kind) {
	int n = 1, failures = 0;
	while (attempt_reaches(w, run, n, kind, &failures) && n < CALLS_MAX) n++;
	assert_true(n < CALLS_MAX);
	assert_true(failures > (kind == FAULT_FULL ? 0 : n / 3));
}

static void a_child_that_moves(void **state) {
	every_call_fails_once(*state, move_payment, FAULT_IO);
	every_call_fails_once(*state, move_payment, FAULT_FULL);
}

static void a_row_that_changes(void **state) {
	every_call_fails_once(*state, edit_row, FAULT_IO);
	every_call_fails_once(*state, edit_row, FAULT_FULL);
}

static void a_parent_that_goes_with_its_children(void **state) {
	every_call_fails_once(*state, bin_contract, FAULT_IO);
	every_call_fails_once(*state, bin_contract, FAULT_FULL);
}

/* ---- killed ---- */

static void *writer_main(void *arg) {
	struct world *w = arg;
	static atomic_int seeds;
	unsigned seed = (unsigned)atomic_fetch_add(&seeds, 1) * 7919u + (unsigned)getpid();
	for (;;) {
		struct request *rq = sample_request(&w->s, "root");
		int n = (int)(rand_r(&seed) % 1000);
		struct problem *p = n % 3 == 0 ? edit_row(w, rq, n % 5)
				    : n % 3 == 1
					    ? move_payment(w, rq, n)
					    : write_body(w, rq, WRITE_CREATE, "payment", 0,
							 arena_printf(rq->arena,
								      "{\"contract\":%lld,"
								      "\"amount\":\"%d\"}",
								      (long long)w->contract, n));
		if (p && problem_kinds[p->kind].status >= 500) _exit(4);
		if (!p && write(w->told, "", 1) != 1) _exit(3);
		sample_end(rq);
	}
	return NULL;
}

static struct problem *read_people(struct world *w, struct arena *a) {
	struct problem *p;
	struct tx *tx;
	TRY(tx_read(w->s.store, a, &tx));
	w->s.people = people_take(w->s.store, tx, &p);
	return tx_end(tx, p);
}

static _Noreturn void child_main(struct world *w, const char *folder) {
	struct arena *a = arena_new(0);
	pthread_t threads[WRITERS];
	if (store_open(a, &(struct store_options){ .folder = folder }, &w->s.store)) _exit(1);
	if (read_people(w, a)) _exit(1);
	for (int i = 0; i < WRITERS; i++)
		if (pthread_create(&threads[i], NULL, writer_main, w) != 0) _exit(2);
	for (;;) pause();
}

static void kill_one(struct world *w, const char *folder) {
	int status, ends[2];
	char first;
	assert_int_equal(pipe(ends), 0);
	w->told = ends[1];
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) child_main(w, folder);
	close(ends[1]);
	assert_int_equal(read(ends[0], &first, 1), 1); /* it writes */
	usleep(20000 + (unsigned)rand() % LONGEST_US);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(ends[0]);
	assert_true(WIFSIGNALED(status));
}

static void killed_while_writing(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	(void)state;
	fill(w, a);
	const char *folder = arena_strdup(a, store_folder(w->s.store));
	for (int i = 0; i < KILLS; i++) {
		directory_release(w->s.people);
		store_close(w->s.store);
		kill_one(w, folder);
		w->s.store = temp_store(a, folder);
		assert_ok(read_people(w, a));
		stock_agree(&w->s);
	}
	int64_t payments = temp_store_int(w->s.store, "SELECT count(*) FROM stock_payment");
	print_message("%d kills, %lld payments\n", KILLS, (long long)payments);
	assert_true(payments > 1);
	sample_close(&w->s);
	arena_free(a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	log_to(-1);
	const struct CMUnitTest tests[] = {
		TEST(a_child_that_moves),
		TEST(a_row_that_changes),
		TEST(a_parent_that_goes_with_its_children),
		cmocka_unit_test(killed_while_writing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
