/* Deleting and restoring: who still points at a record (restrict, cascade, set_null), what comes
 * back, and that history keeps what was.
 * Ledger: B22, F14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

struct fixture {
	struct sample s;
	int64_t pen, acme, kim, order;
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
	f->acme = made(s, "account", "{\"name\":\"Acme\",\"tags\":[\"a\",\"b\"]}");
	f->kim = made(s, "contact",
		      arena_printf(a, "{\"name\":\"Kim\",\"account\":%lld}", (long long)f->acme));
	f->order = made(
		s, "order",
		arena_printf(a,
			     "{\"account\":%lld,\"contact\":%lld,\"lines\":[{\"product\":%lld}]}",
			     (long long)f->acme, (long long)f->kim, (long long)f->pen));
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

#define REFUSED(s, call, text)                                                                     \
	do {                                                                                       \
		const char *before_call = whole_state(s);                                          \
		struct wrote refused = (call);                                                     \
		assert_string_equal(refused.problem, (text));                                      \
		assert_string_equal(whole_state(s), before_call);                                  \
	} while (0)

static void restrict_refuses_with_counts(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, delete (s, "root", "account", f->acme), "409 delete_restricted");
	REFUSED(s, delete (s, "root", "product", f->pen), "409 delete_restricted");
	struct request *rq = sample_request(s, "root");
	struct write w = {
		.op = WRITE_DELETE, .form = sample_form(s, "account"), .id = f->acme, .if_match = -1
	};
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	assert_string_equal(p->params[0].value, "Order 1");
	sample_end(rq);
}

static void deleting_is_soft_and_frees_the_key(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t cap = made(s, "product", "{\"name\":\"cap\"}");
	assert_true(delete (s, "root", "product", cap).ok);
	assert_string_equal(stored(s, "product", cap), "");
	REFUSED(s, update(s, "root", "product", cap, -1, "{\"name\":\"x\"}"), "404 not_found");
	REFUSED(s, delete (s, "root", "product", cap), "404 not_found");
	int64_t again = made(s, "product", "{\"name\":\"cap\"}");
	REFUSED(s, restore(s, "root", "product", cap), "422 invalid; /name unique");
	assert_true(delete (s, "root", "product", again).ok);
	struct wrote w = restore(s, "root", "product", cap);
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/rev"), "3");
	assert_string_equal(stored(s, "product", cap), w.record);
	REFUSED(s, restore(s, "root", "product", cap), "404 not_found");
}

static void cascades_and_clears(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t child = made(
		s, "account",
		arena_printf(s->arena, "{\"name\":\"Sub\",\"parent\":%lld,\"main_contact\":%lld}",
			     (long long)f->acme, (long long)f->kim));
	assert_true(delete (s, "root", "order", f->order).ok);
	assert_true(delete (s, "root", "account", f->acme).ok);
	assert_string_equal(stored(s, "contact", f->kim), "");
	struct wrote sub = { .record = stored(s, "account", child) };
	assert_string_equal(part(s, &sub, "/parent"), "null");
	assert_string_equal(part(s, &sub, "/main_contact"), "null");
	assert_int_equal(
		temp_store_int(s->store, "SELECT count(*) FROM event WHERE kind = 'delete'"), 3);
	REFUSED(s, restore(s, "root", "order", f->order),
		"422 invalid; /account reference_absent; /contact reference_absent");
	assert_true(restore(s, "root", "account", f->acme).ok);
	assert_true(restore(s, "root", "contact", f->kim).ok);
	struct wrote w = restore(s, "root", "order", f->order);
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/lines/0/net"), "10.00");
	struct wrote acme = { .record = stored(s, "account", f->acme) };
	assert_string_equal(part(s, &acme, "/tags/1"), "b");
}

static void a_record_may_point_at_itself(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t own = made(s, "account", "{\"name\":\"Own\"}");
	assert_true(update(s, "root", "account", own, -1,
			   arena_printf(s->arena, "{\"parent\":%lld}", (long long)own))
			    .ok);
	assert_true(delete (s, "root", "account", own).ok);
	struct wrote w = restore(s, "root", "account", own);
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/parent"), arena_printf(s->arena, "%lld", (long long)own));
}

static void if_match_guards_a_delete(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct write w = {
		.op = WRITE_DELETE, .form = sample_form(s, "order"), .id = f->order, .if_match = 7
	};
	REFUSED(s, writing_do(s, "root", w, NULL), "412 stale");
	w.if_match = 1;
	assert_true(writing_do(s, "root", w, NULL).ok);
}

static void history_keeps_the_deleted_row(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	assert_true(delete (s, "root", "order", f->order).ok);
	struct request *rq = sample_request(s, "root");
	struct sb out = sb_on(s->arena, 1 << 20);
	struct jw jw = jw_on(&out);
	const struct json *lines;
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	assert_ok(tx_end(tx, record_history(rq, tx, sample_form(s, "order"), f->order, &jw)));
	assert_ok(json_parse(rq->arena, sb_str(&out), &json_limits_request, &lines));
	assert_true(json_is_string(json_at(lines, "/0/op"), "delete"));
	assert_true(json_is_string(json_at(lines, "/0/changes/0/old"), "SO-202611-0001"));
	assert_int_equal(json_at(lines, "/0/changes/0/new")->kind, JSON_NULL);
	sample_end(rq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(restrict_refuses_with_counts), TEST(deleting_is_soft_and_frees_the_key),
		TEST(cascades_and_clears),          TEST(a_record_may_point_at_itself),
		TEST(if_match_guards_a_delete),     TEST(history_keeps_the_deleted_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
