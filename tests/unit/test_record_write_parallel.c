/* concurrent: also runs under TSan */
/* Eight threads create, change and delete accounts and orders that refer to one another, while
 * rights are raised to new epochs. Whatever order they came in: no living order refers to a deleted
 * account, totals are those of the rows, every record has one line of history and one event a
 * revision, and what was refused left nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "runtime/store/people.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { THREADS = 8, WRITES_EACH = 60, ACCOUNTS = 6 };

struct world {
	struct sample s;
	int64_t pen, ink, accounts[ACCOUNTS];
	_Atomic int64_t orders[THREADS * WRITES_EACH];
	_Atomic int order_count, stored, conflicts, seed;
};

static struct problem *write_body(struct world *w, struct request *rq, enum write_op op,
				  const char *form, int64_t *id, const char *body) {
	struct write one = {
		.op = op, .form = sample_form(&w->s, form), .id = *id, .if_match = -1
	};
	if (body) TRY(json_parse(rq->arena, str_of(body), &json_limits_request, &one.body));
	TRY(record_write(rq, w->s.store, LANE_INTERACTIVE, &one));
	*id = one.id;
	return NULL;
}

static int64_t some_account(struct world *w, unsigned *seed) {
	return w->accounts[rand_r(seed) % ACCOUNTS];
}

static int64_t some_order(struct world *w, unsigned *seed) {
	int n = w->order_count;
	return n ? w->orders[(unsigned)rand_r(seed) % (unsigned)n] : 7;
}

static struct problem *make_order(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = 0;
	TRY(write_body(
		w, rq, WRITE_CREATE, "order", &id,
		arena_printf(rq->arena,
			     "{\"account\":%lld,\"lines\":[{\"product\":%lld,\"qty\":\"%d\"}]}",
			     (long long)some_account(w, seed), (long long)w->pen,
			     rand_r(seed) % 9 + 1)));
	w->orders[w->order_count++] = id;
	return NULL;
}

static struct problem *add_row(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = some_order(w, seed);
	return write_body(w, rq, WRITE_UPDATE, "order", &id,
			  arena_printf(rq->arena, "{\"lines\":{\"set\":[{\"product\":%lld}]}}",
				       (long long)w->ink));
}

static struct problem *move_order(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = some_order(w, seed);
	return write_body(
		w, rq, WRITE_UPDATE, "order", &id,
		arena_printf(rq->arena, "{\"account\":%lld}", (long long)some_account(w, seed)));
}

static struct problem *drop_order(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = some_order(w, seed);
	return write_body(w, rq, WRITE_DELETE, "order", &id, NULL);
}

static struct problem *drop_account(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = some_account(w, seed);
	return write_body(w, rq, WRITE_DELETE, "account", &id, NULL);
}

static struct problem *restore_account(struct world *w, struct request *rq, unsigned *seed) {
	int64_t id = some_account(w, seed);
	return write_body(w, rq, WRITE_RESTORE, "account", &id, NULL);
}

static struct problem *raise_epoch(struct tx *tx, void *arg) {
	(void)arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return people_changed(tx);
}

static struct problem *new_epoch(struct world *w, struct request *rq, unsigned *seed) {
	(void)seed;
	return store_write(w->s.store, LANE_BULK, rq->arena, raise_epoch, NULL);
}

static struct problem *(*const acts[])(struct world *w, struct request *rq, unsigned *seed) = {
	make_order, make_order, make_order,   add_row,         add_row,
	move_order, drop_order, drop_account, restore_account, new_epoch,
};

static void *worker(void *arg) {
	struct world *w = arg;
	unsigned seed = (unsigned)atomic_fetch_add(&w->seed, 1) * 104729u + 5;
	for (int i = 0; i < WRITES_EACH; i++) {
		struct request *rq = sample_request(&w->s, "boss");
		struct problem *p = acts[(unsigned)rand_r(&seed) % ARRAY_LEN(acts)](w, rq, &seed);
		/* 404 and 422: what it was about is deleted; 409: in use, or the race was lost.
		 * Nothing else. */
		int status = p ? problem_kinds[p->kind].status : 200;
		bool expected = status == 200 || status == 404 || status == 409 || status == 422;
		atomic_fetch_add(p ? &w->conflicts : &w->stored, expected ? 1 : 1000000);
		sample_end(rq);
	}
	return NULL;
}

static int64_t count(struct world *w, const char *sql) { return temp_store_int(w->s.store, sql); }

static void nothing_is_torn(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	pthread_t threads[THREADS];
	(void)state;
	writing_open(&w->s, a);
	w->pen = create(&w->s, "root", "product", "{\"name\":\"pen\",\"price\":\"2.50\"}").id;
	w->ink = create(&w->s, "root", "product", "{\"name\":\"ink\"}").id;
	for (int i = 0; i < ACCOUNTS; i++)
		w->accounts[i] =
			create(&w->s, "root", "account", arena_printf(a, "{\"name\":\"A%d\"}", i))
				.id;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, worker, w), 0);
	for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
	assert_int_equal(w->stored + w->conflicts, THREADS * WRITES_EACH);
	assert_true(w->stored > THREADS * WRITES_EACH / 4);
	assert_int_equal(
		count(w,
		      "SELECT count(*) FROM sales_order o JOIN sales_account a ON a.id = o.account "
		      "WHERE o.deleted_at IS NULL AND a.deleted_at IS NOT NULL"),
		0);
	assert_int_equal(count(w,
			       "SELECT count(*) FROM sales_order o WHERE net_total <> "
			       "(SELECT sum(net) FROM sales_order__lines l WHERE l.parent = o.id)"),
			 0);
	assert_int_equal(
		count(w, "SELECT count(*) FROM sales_order o WHERE rev <> "
			 "(SELECT count(*) FROM sales_order__history h WHERE h.record = o.id)"),
		0);
	assert_int_equal(
		count(w,
		      "SELECT count(*) FROM sales_order o WHERE rev <> "
		      "(SELECT count(*) FROM event e WHERE e.form = 'order' AND e.record = o.id)"),
		0);
	assert_int_equal(count(w, "SELECT count(*) FROM sales_order"), w->order_count);
	assert_int_equal(count(w, "SELECT count(DISTINCT number) FROM sales_order"),
			 w->order_count);
	sample_close(&w->s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_torn) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
