/* B11: every store call of a merge, and of taking it back, fails in turn until it passes. After
 * each failure the stored state is read again and is what it was; in the end nothing points at who
 * is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "engines/form/merge.h"
#include "runtime/base/log.h"
#include "tests/support/publish.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

enum { FAULT_IO, FAULT_FULL, CALLS_MAX = 2000, ANSWER_MAX = 1 << 20 };

struct world {
	struct sample s;
	struct request *rq;
	struct merge m;
	bool back; /* taken back, not done */
};

static const char *state_of(struct world *w) {
	return temp_store_text(
		w->s.store, w->s.arena,
		"SELECT (SELECT group_concat(id || ' ' || rev || ' ' || coalesce(deleted_at, '') "
		"|| ' ' || "
		"coalesce(name, '') || ' ' || coalesce(orders, '') || ' ' || coalesce(children, "
		"''), char(10)) "
		"FROM stock_account) || (SELECT group_concat(id || ' ' || rev || ' ' || "
		"coalesce(account, ''), char(10)) "
		"FROM stock_order) || (SELECT count(*) FROM stock_account__history) || ' ' || "
		"(SELECT count(*) FROM stock_order__history) || ' ' || (SELECT count(*) FROM "
		"event) || ' ' || (SELECT count(*) FROM audit)");
}

static struct problem *commit(struct tx *tx, void *arg) {
	struct world *w = arg;
	struct sb text = sb_on(w->rq->arena, ANSWER_MAX);
	struct jw out = jw_on(&text);
	if (w->back) return record_unmerge(tx, w->rq, w->s.store, w->m.form, w->m.goes, &out);
	return record_merge(tx, w->rq, w->s.store, &w->m, &out);
}

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

/* After a COMMIT that failed the writer refuses work until a probe of its own has passed. */
static void wait_until_writing(struct world *w) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(w->s.store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

static int fail_until_it_passes(struct world *w, int kind) {
	const char *before = state_of(w);
	for (int n = 1; n < CALLS_MAX; n++) {
		w->rq = sample_request(&w->s, "root");
		store_fault_at(w->s.store, n, kind);
		struct problem *p =
			store_write(w->s.store, LANE_INTERACTIVE, w->rq->arena, commit, w);
		bool reached = store_fault_at(w->s.store, 0, 0) >= n;
		if (p) assert_int_equal(problem_kinds[p->kind].status, 503);
		sample_end(w->rq);
		if (!p) {
			assert_string_not_equal(state_of(w), before);
			return n - 1;
		}
		assert_true(reached);
		wait_until_writing(w);
		assert_string_equal(state_of(w), before);
	}
	fail_msg("a merge that never passed");
	return 0;
}

static void merged_and_taken_back(int kind) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	stock_open(&w->s, a);
	int64_t stays = stock_make(&w->s, "account", "{'name':'New'}");
	int64_t goes = stock_make(&w->s, "account", "{'name':'Old'}");
	stock_make(&w->s, "account", "{'name':'Child','parent':%lld}", (long long)goes);
	for (int i = 0; i < 3; i++) stock_make(&w->s, "order", "{'account':%lld}", (long long)goes);
	w->m = (struct merge){ .form = sample_form(&w->s, "account"),
			       .stays = stays,
			       .goes = goes };
	w->m.stays_rev = temp_store_int(
		w->s.store,
		arena_printf(a, "SELECT rev FROM stock_account WHERE id = %lld", (long long)stays));
	w->m.goes_rev = temp_store_int(
		w->s.store,
		arena_printf(a, "SELECT rev FROM stock_account WHERE id = %lld", (long long)goes));
	int failures = fail_until_it_passes(w, kind);
	stock_expect(&w->s, "account", stays,
		     (const char *[]){ "orders", "3", "children", "1", NULL });
	assert_int_equal(
		temp_store_int(w->s.store,
			       arena_printf(a,
					    "SELECT count(*) FROM stock_order WHERE account = %lld",
					    (long long)goes)),
		0);
	assert_true(stock_agree(&w->s) > 0);
	w->back = true;
	failures += fail_until_it_passes(w, kind);
	stock_expect(&w->s, "account", goes,
		     (const char *[]){ "name", "Old", "orders", "3", "children", "1", NULL });
	stock_expect(&w->s, "account", stays,
		     (const char *[]){ "orders", "0", "children", "0", NULL });
	assert_true(stock_agree(&w->s) > 0);
	assert_true(failures > (kind == FAULT_FULL ? 0 : 20));
	sample_close(&w->s);
	arena_free(a);
}

static void with_io_errors(void **state) { (void)state, merged_and_taken_back(FAULT_IO); }
static void with_a_full_disk(void **state) { (void)state, merged_and_taken_back(FAULT_FULL); }

int main(void) {
	log_to(-1);
	const struct CMUnitTest tests[] = { cmocka_unit_test(with_io_errors),
					    cmocka_unit_test(with_a_full_disk) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
