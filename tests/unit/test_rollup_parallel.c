/* concurrent: also runs under TSan */
/* B06: a hundred at once want one each of fifty things: exactly fifty get one, by whichever door
 * they come, the others are refused with the product's own words; nobody loses a race (409). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "runtime/base/clock.h"
#include "tests/support/importing.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

enum { BUYERS = 100, THINGS = 50 };

struct world;
struct buyer {
	struct world *w;
	int64_t order;
};
struct world {
	struct sample s;
	int64_t thing;
	struct buyer buyers[BUYERS];
	struct problem *(*buy)(struct buyer *b, struct request *rq);
	_Atomic int bought, refused, other;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	stock_open(&w->s, a);
	w->thing = stock_make(&w->s, "product", "{'name':'thing','stock':%d}", THINGS);
	for (int i = 0; i < BUYERS; i++) w->buyers[i].w = w;
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	struct arena *a = w->s.arena;
	stock_agree(&w->s);
	sample_close(&w->s);
	arena_free(a);
	return 0;
}

static struct write order(struct buyer *b, struct request *rq, enum write_op op, const char *body) {
	struct write w = { .op = op,
			   .form = sample_form(&b->w->s, "order"),
			   .id = op == WRITE_CREATE ? 0 : b->order,
			   .if_match = -1 };
	if (body) assert_ok(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	return w;
}

/* One thing, between what comes before and after the line. */
static const char *line(struct buyer *b, struct request *rq, const char *before,
			const char *after) {
	return arena_printf(rq->arena, "%s[{\"product\":%lld}]%s", before, (long long)b->w->thing,
			    after);
}

static void *buyer_main(void *arg) {
	struct buyer *b = arg;
	struct request *rq = sample_request(&b->w->s, "ann");
	struct problem *p = b->w->buy(b, rq);
	bool refused = p && p->faults && !strcmp(p->faults->code, "check");
	atomic_fetch_add(!p ? &b->w->bought : refused ? &b->w->refused : &b->w->other, 1);
	sample_end(rq);
	return NULL;
}

static void all_at_once(struct world *w, struct problem *(*buy)(struct buyer *, struct request *)) {
	pthread_t threads[BUYERS];
	w->buy = buy;
	for (int i = 0; i < BUYERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, buyer_main, &w->buyers[i]), 0);
	for (int i = 0; i < BUYERS; i++) pthread_join(threads[i], NULL);
}

static int64_t count(struct world *w, const char *sql) { return temp_store_int(w->s.store, sql); }

static const char sold_rows[] = "SELECT sum(l.qty) FROM stock_order__lines l JOIN stock_order o ON "
				"o.id = l.parent WHERE o.deleted_at IS NULL AND l.product IS NOT "
				"NULL";

static void exactly_fifty(struct world *w) {
	assert_int_equal(w->other, 0);
	assert_int_equal(w->bought, THINGS);
	assert_int_equal(w->refused, BUYERS - THINGS);
	assert_int_equal(count(w, sold_rows), THINGS);
	assert_int_equal(count(w, "SELECT sold * 1000 + available FROM stock_product"),
			 THINGS * 1000);
}

static struct problem *buy_new(struct buyer *b, struct request *rq) {
	struct write w = order(b, rq, WRITE_CREATE, line(b, rq, "{\"lines\":", "}"));
	return record_write(rq, b->w->s.store, LANE_INTERACTIVE, &w);
}

static void new_orders(void **state) {
	struct world *w = *state;
	int64_t began = clock_mono();
	all_at_once(w, buy_new);
	print_message("%d parallel orders: %lld ms\n", BUYERS,
		      (long long)(clock_mono() - began) / 1000);
	exactly_fifty(w);
	assert_int_equal(count(w, "SELECT count(*) FROM stock_order"), THINGS);
}

static struct problem *buy_row(struct buyer *b, struct request *rq) {
	struct write w = order(b, rq, WRITE_UPDATE, line(b, rq, "{\"lines\":{\"set\":", "}}"));
	return record_write(rq, b->w->s.store, LANE_INTERACTIVE, &w);
}

static void rows_of_orders(void **state) {
	struct world *w = *state;
	for (int i = 0; i < BUYERS; i++) w->buyers[i].order = stock_make(&w->s, "order", "{}");
	all_at_once(w, buy_row);
	exactly_fifty(w);
}

static struct problem *buy_again(struct buyer *b, struct request *rq) {
	struct write w = order(b, rq, WRITE_RESTORE, NULL);
	return record_write(rq, b->w->s.store, LANE_INTERACTIVE, &w);
}

static void orders_out_of_the_bin(void **state) {
	struct world *w = *state;
	for (int i = 0; i < BUYERS; i++) {
		struct buyer *b = &w->buyers[i];
		b->order = stock_make(&w->s, "order", "{'lines':[{'product':%lld}]}",
				      (long long)w->thing);
		assert_string_equal(delete (&w->s, "root", "order", b->order).problem, "");
	}
	all_at_once(w, buy_again);
	exactly_fifty(w);
}

/* Two in a batch: both or none. */
static struct problem *buy_two(struct buyer *b, struct request *rq) {
	const char *body = line(b, rq, "{\"lines\":", "}");
	struct write w[] = { order(b, rq, WRITE_CREATE, body), order(b, rq, WRITE_CREATE, body) };
	return record_write_all(rq, b->w->s.store, LANE_INTERACTIVE, w, 2);
}

static void batches(void **state) {
	struct world *w = *state;
	all_at_once(w, buy_two);
	assert_int_equal(w->other, 0);
	assert_int_equal(w->bought, THINGS / 2);
	assert_int_equal(count(w, sold_rows), THINGS);
}

static void a_batch_of_too_many_is_refused_as_a_whole(void **state) {
	struct world *w = *state;
	struct request *rq = sample_request(&w->s, "ann");
	struct write many[THINGS + 1];
	for (int i = 0; i <= THINGS; i++)
		many[i] = order(&w->buyers[i], rq, WRITE_CREATE,
				line(&w->buyers[i], rq, "{\"lines\":", "}"));
	const char *before = whole_state(&w->s);
	struct problem *p =
		record_write_all(rq, w->s.store, LANE_INTERACTIVE, many, ARRAY_LEN(many));
	assert_string_equal(problem_told(rq->arena, p),
			    "422 invalid; /operations/50/values/lines/0/product check");
	sample_end(rq);
	assert_string_equal(whole_state(&w->s), before);
}

static void lines_of_a_file(void **state) {
	struct world *w = *state;
	struct sb file = sb_on(w->s.arena, 1 << 16);
	sb_cat(&file, "No,Product\r\n");
	for (int i = 0; i < BUYERS; i++) {
		stock_make(&w->s, "order", "{'number':'o%d'}", i);
		sb_printf(&file, "o%d,thing\r\n", i);
	}
	struct imported got =
		importing(&w->s, NULL, "order", sb_str(&file),
			  "{'columns':{'No':'number','Product':{'field':'product','by':'name'}},"
			  "'key':['number'],'rows_of':'lines'}",
			  (struct import_options){ .mode = IMPORT_UPDATE });
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, "100/50/0/0/50");
	assert_non_null(strstr(got.errors, "o50,thing,"));
	assert_null(strstr(got.errors, "o49,thing,"));
	assert_non_null(strstr(got.errors, "Not enough in stock"));
	assert_int_equal(count(w, sold_rows), THINGS);
}

/* Somebody edits the product all the while: he is not starved by those who buy it. */
static struct problem *buy_or_edit(struct buyer *b, struct request *rq) {
	if (b != &b->w->buyers[0] && b != &b->w->buyers[50]) return buy_new(b, rq);
	struct request *root = sample_request(&b->w->s, "root");
	struct write w = { .op = WRITE_UPDATE,
			   .form = sample_form(&b->w->s, "product"),
			   .id = b->w->thing,
			   .if_match = -1 };
	assert_ok(json_parse(root->arena, str_of("{\"limit_each\":3}"), &json_limits_request,
			     &w.body));
	struct problem *p = record_write(root, b->w->s.store, LANE_INTERACTIVE, &w);
	assert_true(!p);
	sample_end(root);
	return NULL;
}

static void who_edits_the_parent_gets_through(void **state) {
	struct world *w = *state;
	all_at_once(w, buy_or_edit);
	assert_int_equal(w->other, 0);
	assert_int_equal(w->bought, THINGS + 2);
	assert_int_equal(count(w, "SELECT limit_each FROM stock_product"), 3);
	assert_int_equal(count(w, sold_rows), THINGS);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_orders, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_of_orders, setup, teardown),
		cmocka_unit_test_setup_teardown(orders_out_of_the_bin, setup, teardown),
		cmocka_unit_test_setup_teardown(batches, setup, teardown),
		cmocka_unit_test_setup_teardown(a_batch_of_too_many_is_refused_as_a_whole, setup,
						teardown),
		cmocka_unit_test_setup_teardown(lines_of_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(who_edits_the_parent_gets_through, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
