/* The n-th store call of a write fails, for every n until it passes: create, update with sub-rows,
 * delete with its consequences, batch, and a group of writes of which one fails. After each failure
 * the stored state is read again and is what it was. Three kinds: an I/O error, a full disk, an
 * answer lost after COMMIT (then the write is there, whole).
 * Ledger: D08. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { FAULT_IO, FAULT_FULL, FAULT_LOST, CALLS_MAX = 2000 };

struct fixture {
	struct sample s;
	int64_t pen, ink, acme, kim, order, rev;
	const char *row;
};

static int64_t made(struct sample *s, const char *form, const char *body) {
	struct wrote w = create(s, "root", form, body);
	assert_string_equal(w.problem, "");
	return w.id;
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	struct sample *s = &f->s;
	writing_open(s, a);
	f->pen = made(s, "product", "{\"name\":\"pen\"}");
	f->ink = made(s, "product", "{\"name\":\"ink\"}");
	f->acme = made(s, "account", "{\"name\":\"Acme\",\"tags\":[\"a\"]}");
	f->kim = made(s, "contact",
		      arena_printf(a, "{\"name\":\"Kim\",\"account\":%lld}", (long long)f->acme));
	struct wrote w = create(
		s, "root", "order",
		arena_printf(a,
			     "{\"account\":%lld,\"contact\":%lld,\"lines\":[{\"product\":%lld}]}",
			     (long long)f->acme, (long long)f->kim, (long long)f->pen));
	f->order = w.id;
	f->row = part(s, &w, "/lines/0/id");
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	struct arena *a = f->s.arena;
	sample_close(&f->s);
	arena_free(a);
	return 0;
}

typedef struct problem *attempt(struct fixture *f, struct request *rq, int n);

static struct problem *write_body(struct fixture *f, struct request *rq, enum write_op op,
				  const char *form, int64_t id, const char *body) {
	struct write w = { .op = op, .form = sample_form(&f->s, form), .id = id, .if_match = -1 };
	if (body) TRY(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	return record_write(rq, f->s.store, LANE_INTERACTIVE, &w);
}

static struct problem *create_order(struct fixture *f, struct request *rq, int n) {
	const char *body =
		arena_printf(rq->arena,
			     "{\"account\":%lld,\"customer_no\":\"%d\",\"lines\":[{\"product\":%"
			     "lld},{\"product\":%lld}]}",
			     (long long)f->acme, n, (long long)f->pen, (long long)f->ink);
	return write_body(f, rq, WRITE_CREATE, "order", 0, body);
}

static struct problem *update_order(struct fixture *f, struct request *rq, int n) {
	const char *body = arena_printf(rq->arena,
					"{\"customer_no\":\"u%d\",\"lines\":[{\"id\":%s,\"qty\":\"%"
					"d\"},{\"product\":%lld}]}",
					n, f->row, n + 2, (long long)f->ink);
	struct write w = { .op = WRITE_UPDATE,
			   .form = sample_form(&f->s, "order"),
			   .id = f->order };
	TRY(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	w.if_match = f->rev; /* the array replaces rows */
	return record_write(rq, f->s.store, LANE_INTERACTIVE, &w);
}

static struct problem *delete_contact(struct fixture *f, struct request *rq, int n) {
	(void)n;
	return write_body(f, rq, WRITE_DELETE, "contact", f->kim, NULL);
}

static struct problem *write_batch(struct fixture *f, struct request *rq, int n) {
	struct write w[3];
	const char *bodies[] = { arena_printf(rq->arena, "{\"name\":\"b%d\"}", n),
				 arena_printf(rq->arena, "{\"price\":\"%d\"}", n),
				 arena_printf(rq->arena, "{\"tax_rate\":\"%d%%\"}", n % 90 + 1) };
	for (size_t i = 0; i < 3; i++) {
		w[i] = (struct write){ .op = i ? WRITE_UPDATE : WRITE_CREATE,
				       .form = sample_form(&f->s, "product"),
				       .id = i ? f->pen : 0,
				       .if_match = -1 };
		TRY(json_parse(rq->arena, str_of(bodies[i]), &json_limits_request, &w[i].body));
	}
	return record_write_all(rq, f->s.store, LANE_INTERACTIVE, w, 3);
}

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

/* After a COMMIT that failed the writer refuses work until a probe of its own has passed. */
static void wait_until_writing(struct fixture *f) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(f->s.store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

/* One attempt with its n-th store call failing; false: it made fewer calls than that. */
static bool attempt_reaches(struct fixture *f, attempt *run, int n, int kind, int *failures) {
	struct request *rq = sample_request(&f->s, "root");
	f->rev = temp_store_int(f->s.store,
				"SELECT max(rev) FROM sales_order__history WHERE record = "
				"(SELECT min(id) FROM sales_order)");
	const char *before = whole_state(&f->s);
	store_fault_at(f->s.store, n, kind);
	struct problem *p = run(f, rq, n);
	bool reached = store_fault_at(f->s.store, 0, 0) >= n;
	assert_true(reached || !p);
	if (p) assert_string_equal(whole_state(&f->s), before);
	if (p) assert_int_equal(problem_kinds[p->kind].status, 503);
	*failures += p != NULL;
	if (p) wait_until_writing(f);
	sample_end(rq);
	return reached;
}

/* Some calls may fail without harm (the end of a snapshot), so that the write passes all the same:
 * it goes on until the write makes fewer calls than n. The state it changes is brought back by
 * `undo` before the next one. */
static void every_call_fails_once(struct fixture *f, attempt *run, attempt *undo, int kind) {
	int n = 1, failures = 0;
	while (attempt_reaches(f, run, n, kind, &failures) && n < CALLS_MAX) {
		struct request *rq = sample_request(&f->s, "root");
		if (undo) assert_ok(undo(f, rq, n));
		sample_end(rq);
		n++;
	}
	assert_true(n < CALLS_MAX);
	/* A member that met a full disk is run again by itself, and passes then. */
	assert_true(failures > (kind == FAULT_FULL ? 0 : n / 2));
}

/* A contact that one of the attempts did delete comes back. */
static struct problem *restore_contact(struct fixture *f, struct request *rq, int n) {
	(void)n;
	if (*stored(&f->s, "contact", f->kim)) return NULL;
	TRY(write_body(f, rq, WRITE_RESTORE, "contact", f->kim, NULL));
	const char *body = arena_printf(rq->arena, "{\"contact\":%lld}", (long long)f->kim);
	return write_body(f, rq, WRITE_UPDATE, "order", f->order, body);
}

#define FAULT_TEST(name, run, undo, kind)                                                          \
	static void name(void **state) { every_call_fails_once(*state, run, undo, kind); }

FAULT_TEST(create_with_io_errors, create_order, NULL, FAULT_IO)
FAULT_TEST(create_with_a_full_disk, create_order, NULL, FAULT_FULL)
FAULT_TEST(update_with_io_errors, update_order, NULL, FAULT_IO)
FAULT_TEST(update_with_a_full_disk, update_order, NULL, FAULT_FULL)
FAULT_TEST(delete_with_io_errors, delete_contact, restore_contact, FAULT_IO)
FAULT_TEST(delete_with_a_full_disk, delete_contact, restore_contact, FAULT_FULL)
FAULT_TEST(batch_with_io_errors, write_batch, NULL, FAULT_IO)
FAULT_TEST(batch_with_a_full_disk, write_batch, NULL, FAULT_FULL)

/* The answer is lost: the caller is told 503, and the order is there with all that belongs to it,
 * or not at all. */
static void an_answer_lost_after_commit(void **state) {
	struct fixture *f = *state;
	struct store *st = f->s.store;
	struct request *rq = sample_request(&f->s, "root");
	int64_t before = temp_store_int(st, "SELECT count(*) FROM sales_order");
	store_fault_at(st, 1, FAULT_LOST);
	struct problem *p = create_order(f, rq, 1);
	store_fault_at(st, 0, 0);
	assert_non_null(p);
	assert_int_equal(problem_kinds[p->kind].status, 503);
	int64_t now = temp_store_int(st, "SELECT count(*) FROM sales_order");
	assert_int_equal(now, before + 1);
	assert_int_equal(
		temp_store_int(st, "SELECT count(*) FROM sales_order__history WHERE op = 'create'"),
		now);
	assert_int_equal(temp_store_int(st, "SELECT count(*) FROM event WHERE form = 'order'"),
			 now);
	assert_int_equal(temp_store_int(st, "SELECT count(*) FROM sales_order__lines"), 1 + 2);
	sample_end(rq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	log_to(-1);
	const struct CMUnitTest tests[] = {
		TEST(create_with_io_errors),       TEST(create_with_a_full_disk),
		TEST(update_with_io_errors),       TEST(update_with_a_full_disk),
		TEST(delete_with_io_errors),       TEST(delete_with_a_full_disk),
		TEST(batch_with_io_errors),        TEST(batch_with_a_full_disk),
		TEST(an_answer_lost_after_commit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
