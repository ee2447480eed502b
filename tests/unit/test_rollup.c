/* Rollups (F16): what they gather, kept up by every write at once; their parents' rules refuse it
 * (B06). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

struct world {
	struct sample s;
	int64_t acme, contract, pen, ink;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	struct sample *s = &w->s;
	stock_open(s, a);
	w->acme = stock_make(s, "account", "{'name':'Acme','limit':'1000'}");
	w->contract = stock_make(s, "contract", "{'name':'C1','account':%lld,'amount':'100'}",
				 (long long)w->acme);
	w->pen = stock_make(s, "product", "{'name':'pen','stock':10}");
	w->ink = stock_make(s, "product", "{'name':'ink','stock':5}");
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

static int64_t pay(struct world *w, const char *amount, const char *kind, const char *day) {
	return stock_make(&w->s, "payment",
			  "{'contract':%lld,'amount':'%s','kind':'%s','day':'%s'}",
			  (long long)w->contract, amount, kind, day);
}

#define EXPECT(form, id, ...)                                                                      \
	stock_expect(&w->s, form, id, (const char *const[]){ __VA_ARGS__, NULL })

static void nothing_gathered_is_null_and_counts_are_zero(void **state) {
	struct world *w = *state;
	EXPECT("contract", w->contract, "paid", "null", "payments", "0", "first_day", "null",
	       "mean", "null", "kinds", "0", "open", "100.00");
	int64_t id = pay(w, "12.50", "promise", "2026-03-01");
	EXPECT("contract", w->contract, "paid", "null", "payments", "1", "first_day", "2026-03-01",
	       "mean", "12.50", "kinds", "1");
	assert_string_equal(delete (&w->s, "root", "payment", id).problem, "");
	EXPECT("contract", w->contract, "paid", "null", "payments", "0", "first_day", "null",
	       "mean", "null", "kinds", "0", "open", "100.00");
}

/* F16 */
static void every_kind_of_write_is_followed(void **state) {
	struct world *w = *state;
	int64_t a = pay(w, "10", "cash", "2026-03-05"), b = pay(w, "20.5", "cash", "2026-03-01");
	EXPECT("contract", w->contract, "paid", "30.50", "payments", "2", "first_day", "2026-03-01",
	       "last_day", "2026-03-05", "mean", "15.25", "kinds", "1", "open", "69.50");
	EXPECT("account", w->acme, "paid", "30.50");
	stock_change(&w->s, "payment", a, "{'amount':'5','day':'2026-02-01'}");
	EXPECT("contract", w->contract, "paid", "25.50", "first_day", "2026-02-01", "last_day",
	       "2026-03-01");
	stock_change(&w->s, "payment", b, "{'kind':'promise'}");
	EXPECT("contract", w->contract, "paid", "5.00", "kinds", "2", "payments", "2");
	int64_t other = stock_make(&w->s, "contract", "{'name':'C2','account':%lld,'amount':'9'}",
				   (long long)w->acme);
	stock_change(&w->s, "payment", a, "{'contract':%lld}", (long long)other);
	EXPECT("contract", w->contract, "paid", "null", "payments", "1", "first_day", "2026-03-01");
	EXPECT("contract", other, "paid", "5.00", "payments", "1", "open", "4.00");
	EXPECT("account", w->acme, "paid", "5.00");
	assert_string_equal(delete (&w->s, "root", "payment", a).problem, "");
	EXPECT("account", w->acme, "paid", "null");
	assert_string_equal(restore(&w->s, "root", "payment", a).problem, "");
	EXPECT("account", w->acme, "paid", "5.00");
	assert_string_equal(delete (&w->s, "root", "contract", other).problem, "");
	EXPECT("account", w->acme, "paid", "null", "states", "1");
}

static void rows_are_followed_and_so_is_their_record(void **state) {
	struct world *w = *state;
	int64_t id = stock_make(&w->s, "order",
				"{'account':%lld,'lines':[{'product':%lld,'qty':3,'price':'2'},"
				"{'product':%lld,'qty':4,'price':'3'},{'product':%lld,'qty':1}]}",
				(long long)w->acme, (long long)w->pen, (long long)w->pen,
				(long long)w->ink);
	EXPECT("product", w->pen, "sold", "7", "available", "3", "lines", "2", "mean_price",
	       "2.5000", "least_price", "2.00");
	EXPECT("product", w->ink, "sold", "1", "lines", "1", "mean_price", "null");
	EXPECT("account", w->acme, "orders", "1");
	stock_change(&w->s, "order", id, "{'status':'void'}");
	EXPECT("product", w->pen, "sold", "null", "available", "10", "lines", "2");
	stock_change(&w->s, "order", id, "{'status':'open','account':null}");
	EXPECT("product", w->pen, "sold", "7");
	EXPECT("account", w->acme, "orders", "0");
	assert_string_equal(delete (&w->s, "root", "order", id).problem, "");
	EXPECT("product", w->pen, "sold", "null", "lines", "0", "mean_price", "null");
	assert_string_equal(restore(&w->s, "root", "order", id).problem, "");
	EXPECT("product", w->pen, "sold", "7", "least_price", "2.00");
}

/* B06: the check of the product refuses the order, whichever way it comes. */
static void nothing_is_oversold(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	int64_t id =
		stock_make(s, "order", "{'lines':[{'product':%lld,'qty':6}]}", (long long)w->pen);
	const char *before = whole_state(s);
	assert_string_equal(
		stock_try(s, "root", "order",
			  "{'lines':[{'product':%lld,'qty':1},{'product':%lld,'qty':5}]}",
			  (long long)w->ink, (long long)w->pen),
		"422 invalid; /lines/1/product check");
	assert_string_equal(stock_try_change(s, "root", "order", id,
					     "{'lines':{'set':[{'product':%lld,'qty':5}]}}",
					     (long long)w->pen),
			    "422 invalid; /lines/set/0/product check");
	assert_string_equal(stock_try_change(s, "root", "product", w->pen, "{'stock':5}"),
			    "422 invalid; /stock check");
	assert_string_equal(whole_state(s), before);
	int64_t gone =
		stock_make(s, "order", "{'lines':[{'product':%lld,'qty':4}]}", (long long)w->pen);
	assert_string_equal(delete (s, "root", "order", gone).problem, "");
	stock_make(s, "order", "{'lines':[{'product':%lld,'qty':2}]}", (long long)w->pen);
	before = whole_state(s);
	assert_string_equal(restore(s, "root", "order", gone).problem, "422 invalid;  check");
	assert_string_equal(whole_state(s), before);
	EXPECT("product", w->pen, "sold", "8", "available", "2");
}

static void who_sold_too_much_may_cancel(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	int64_t id =
		stock_make(s, "order", "{'lines':[{'product':%lld,'qty':6}]}", (long long)w->pen);
	stock_sql(s, "UPDATE stock_product SET stock = 1, available = -5 WHERE name = 'pen'");
	assert_string_equal(stock_try(s, "root", "order", "{'lines':[{'product':%lld,'qty':1}]}",
				      (long long)w->pen),
			    "422 invalid; /lines/0/product check");
	assert_string_equal(delete (s, "root", "order", id).problem, "");
	EXPECT("product", w->pen, "sold", "null", "available", "1");
}

static void a_rule_of_the_grandparent_refuses_too(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	stock_change(s, "account", w->acme, "{'limit':'50'}");
	const char *before = whole_state(s);
	assert_string_equal(stock_try(s, "root", "payment", "{'contract':%lld,'amount':'60'}",
				      (long long)w->contract),
			    "422 invalid; /contract check");
	assert_string_equal(whole_state(s), before);
}

/* The formula's own bound, and a field a linkage then requires. */
static void bounds_and_required_fields_of_the_parent_hold(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	assert_string_equal(stock_try(s, "root", "payment", "{'contract':%lld,'amount':'100.01'}",
				      (long long)w->contract),
			    "422 invalid; /contract rollup_refused");
	/* A clerk may not read what is open: he is told no more than that. */
	assert_string_equal(stock_try(s, "ann", "payment", "{'contract':%lld,'amount':'100.01'}",
				      (long long)w->contract),
			    "422 invalid; /contract rollup_refused_hidden");
	for (int i = 0; i < 3; i++) pay(w, "1", "cash", "2026-01-01");
	assert_string_equal(stock_try(s, "root", "payment", "{'contract':%lld,'amount':'1'}",
				      (long long)w->contract),
			    "422 invalid; /contract rollup_refused");
	stock_change(s, "contract", w->contract, "{'invoice':'F1'}");
	pay(w, "97", "cash", "2026-01-02");
	EXPECT("contract", w->contract, "paid", "100.00", "state", "paid", "open", "0.00");
}

static void revision_history_and_stamps_of_the_parent(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	int64_t id = stock_make(s, "account", "{'name':'B'}");
	stock_sql(s, "UPDATE stock_account SET updated_at = 5, updated_by = 3");
	stock_make(s, "order", "{'account':%lld}", (long long)id);
	assert_int_equal(temp_store_int(s->store, "SELECT rev FROM stock_account WHERE name = 'B'"),
			 2);
	assert_int_equal(
		temp_store_int(
			s->store,
			"SELECT updated_at * 10 + updated_by FROM stock_account WHERE name = 'B'"),
		53);
	/* The count alone: an event, no line. */
	assert_int_equal(
		temp_store_int(
			s->store,
			arena_printf(
				s->arena,
				"SELECT count(*) FROM stock_account__history WHERE record = %lld",
				(long long)id)),
		1);
	assert_int_equal(
		temp_store_int(s->store,
			       arena_printf(s->arena,
					    "SELECT count(*) FROM event WHERE record = %lld",
					    (long long)id)),
		2);
	/* A formula changes with it: that is a line. */
	pay(w, "1", "cash", "2026-01-01");
	assert_int_equal(
		temp_store_int(
			s->store,
			arena_printf(
				s->arena,
				"SELECT count(*) FROM stock_contract__history WHERE record = %lld",
				(long long)w->contract)),
		2);
}

/* Who has the parent open is told that it is another one by now, and in what. */
static void a_stale_reader_of_the_parent_is_told(void **state) {
	struct world *w = *state;
	struct sample *s = &w->s;
	struct request *rq = sample_request(s, "root");
	int64_t rev = temp_store_int(s->store, "SELECT rev FROM stock_account");
	stock_make(s, "order", "{'account':%lld}", (long long)w->acme);
	struct write one = { .op = WRITE_UPDATE,
			     .form = sample_form(s, "account"),
			     .id = w->acme,
			     .if_match = rev };
	assert_ok(json_parse(rq->arena, STR("{\"name\":\"B\"}"), &json_limits_request, &one.body));
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &one);
	assert_int_equal(p->kind, PROBLEM_STALE);
	const struct stale *stale = p->extra;
	bool named = false;
	for (size_t i = 0; i < stale->n; i++)
		named = named || !strcmp(stale->fields[i]->name, "orders");
	assert_true(named);
	one.if_match = rev + 1;
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &one));
	sample_end(rq);
	EXPECT("account", w->acme, "name", "B", "orders", "1");
}

static void a_rollup_is_written_by_nobody(void **state) {
	struct world *w = *state;
	assert_string_equal(
		stock_try_change(&w->s, "root", "contract", w->contract, "{'payments':3}"),
		"422 invalid; /payments read_only");
	stock_change(&w->s, "contract", w->contract, "{'payments':0,'paid':null,'name':'new'}");
}

static void a_record_may_be_its_own_parent(void **state) {
	struct world *w = *state;
	stock_change(&w->s, "account", w->acme, "{'parent':%lld}", (long long)w->acme);
	EXPECT("account", w->acme, "children", "1");
	stock_change(&w->s, "account", w->acme, "{'parent':null}");
	EXPECT("account", w->acme, "children", "0");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_gathered_is_null_and_counts_are_zero, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_kind_of_write_is_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_are_followed_and_so_is_their_record, setup,
						teardown),
		cmocka_unit_test_setup_teardown(nothing_is_oversold, setup, teardown),
		cmocka_unit_test_setup_teardown(who_sold_too_much_may_cancel, setup, teardown),
		cmocka_unit_test_setup_teardown(a_rule_of_the_grandparent_refuses_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bounds_and_required_fields_of_the_parent_hold,
						setup, teardown),
		cmocka_unit_test_setup_teardown(revision_history_and_stamps_of_the_parent, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_stale_reader_of_the_parent_is_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_rollup_is_written_by_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(a_record_may_be_its_own_parent, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
