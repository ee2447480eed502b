/* concurrent: also runs under TSan
 * Ledger: B20, D08. */
/* Several writes as one transaction, the same call sent twice, and what runs in a
 * write's own transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/form/idempotency.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	writing_open(s, a);
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	sample_close(s);
	arena_free(a);
	return 0;
}

static struct write op(struct sample *s, struct request *rq, enum write_op kind, int64_t id,
		       const char *body) {
	struct write w = {
		.op = kind, .form = sample_form(s, "product"), .id = id, .if_match = -1
	};
	if (body) assert_ok(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	return w;
}

static void a_batch_lands_as_a_whole(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "root");
	int64_t pen = create(s, "root", "product", "{\"name\":\"pen\"}").id;
	struct write w[] = {
		op(s, rq, WRITE_CREATE, 0, "{\"name\":\"ink\"}"),
		op(s, rq, WRITE_UPDATE, pen, "{\"price\":\"1\"}"),
		op(s, rq, WRITE_UPDATE, pen, "{\"tax_rate\":\"1%\"}"),
		op(s, rq, WRITE_CREATE, 0, "{\"name\":\"cap\"}"),
	};
	assert_ok(record_write_all(rq, s->store, LANE_INTERACTIVE, w, ARRAY_LEN(w)));
	assert_true(w[0].id && w[3].id);
	sample_end(rq);
	struct wrote now = { .record = stored(s, "product", pen) };
	assert_string_equal(part(s, &now, "/price"), "1.00");
	assert_string_equal(part(s, &now, "/tax_rate"), "0.0100");
	assert_string_equal(part(s, &now, "/rev"), "3");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM sales_product"), 3);
}

static void one_that_fails_takes_the_batch_with_it(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "root");
	int64_t pen = create(s, "root", "product", "{\"name\":\"pen\"}").id;
	const char *before = whole_state(s);
	struct write faulty[] = {
		op(s, rq, WRITE_UPDATE, pen, "{\"price\":\"1\"}"),
		op(s, rq, WRITE_CREATE, 0, "{\"price\":\"1.234\"}"),
	};
	struct problem *p = record_write_all(rq, s->store, LANE_INTERACTIVE, faulty, 2);
	assert_string_equal(problem_told(rq->arena, p),
			    "422 invalid; /operations/1/values/price too_many_digits; "
			    "/operations/1/values/name required");
	assert_string_equal(whole_state(s), before);
	struct write twins[] = {
		op(s, rq, WRITE_CREATE, 0, "{\"name\":\"ink\"}"),
		op(s, rq, WRITE_CREATE, 0, "{\"name\":\"ink\"}"),
	};
	p = record_write_all(rq, s->store, LANE_INTERACTIVE, twins, 2);
	assert_string_equal(problem_told(rq->arena, p),
			    "422 invalid; /operations/1/values/name unique");
	sample_end(rq);
	assert_string_equal(whole_state(s), before);
}

static void later_members_see_earlier_ones(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "root");
	int64_t pen = create(s, "root", "product", "{\"name\":\"pen\"}").id;
	const char *before = whole_state(s);
	struct write w[] = {
		op(s, rq, WRITE_DELETE, pen, NULL),
		op(s, rq, WRITE_UPDATE, pen, "{\"price\":\"1\"}"),
	};
	struct problem *p = record_write_all(rq, s->store, LANE_INTERACTIVE, w, 2);
	assert_string_equal(problem_told(rq->arena, p), "404 not_found");
	assert_string_equal(whole_state(s), before);
	struct write swap[] = {
		op(s, rq, WRITE_UPDATE, pen, "{\"name\":\"old\"}"),
		op(s, rq, WRITE_CREATE, 0, "{\"name\":\"pen\"}"),
	};
	assert_ok(record_write_all(rq, s->store, LANE_INTERACTIVE, swap, 2));
	sample_end(rq);
}

/* ---- Idempotency-Key ---- */

struct call {
	struct request *rq;
	struct idempotency id;
	const char *answer;
};

static struct problem *keep_answer(struct tx *tx, struct write *w, void *arg) {
	struct call *c = arg;
	struct idempotency_answer known;
	(void)w;
	TRY(idempotency_find(c->rq, tx, &c->id, &known));
	if (known.found) return PROBLEM(c->rq->arena, CONFLICT, "conflict");
	known = (struct idempotency_answer){ true, 201, str_of(c->answer) };
	return idempotency_store(c->rq, tx, &c->id, &known);
}

static struct problem *find_on(struct sample *s, struct request *rq, struct idempotency id,
			       struct idempotency_answer *out) {
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	return tx_end(tx, idempotency_find(rq, tx, &id, out));
}

static void the_same_call_is_done_once(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "root"), *other = sample_request(s, "boss");
	struct call call = { rq, { "k1", "h1" }, "{\"id\":1}" };
	struct idempotency_answer found;
	struct write w = op(s, rq, WRITE_CREATE, 0, "{\"name\":\"pen\"}");
	w.also = keep_answer;
	w.also_arg = &call;
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &w));
	assert_ok(find_on(s, rq, (struct idempotency){ "k1", "h1" }, &found));
	assert_true(found.found);
	assert_int_equal(found.status, 201);
	assert_true(str_is(found.body, "{\"id\":1}"));
	assert_ok(find_on(s, rq, (struct idempotency){ "k2", "h1" }, &found));
	assert_false(found.found);
	assert_ok(find_on(s, other, (struct idempotency){ "k1", "h1" }, &found));
	assert_false(found.found);
	struct problem *p = find_on(s, rq, (struct idempotency){ "k1", "h2" }, &found);
	assert_string_equal(p->code, "idempotency_mismatch");
	const char *before = whole_state(s);
	struct write again = op(s, rq, WRITE_CREATE, 0, "{\"name\":\"pen2\"}");
	again.also = keep_answer;
	again.also_arg = &call;
	assert_string_equal(record_write(rq, s->store, LANE_INTERACTIVE, &again)->code, "conflict");
	assert_string_equal(whole_state(s), before);
	sample_end(rq);
	sample_end(other);
}

static struct problem *purge(struct tx *tx, void *arg) {
	(void)arg;
	return idempotency_purge(tx);
}

static struct problem *make_old(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "UPDATE idempotency SET at = 1", NO_PARAMS, NULL);
}

static void answers_are_kept_for_a_day(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "root");
	struct call call = { rq, { "k1", "h1" }, "{}" };
	struct idempotency_answer found;
	struct write w = op(s, rq, WRITE_CREATE, 0, "{\"name\":\"pen\"}");
	w.also = keep_answer;
	w.also_arg = &call;
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &w));
	assert_ok(store_write(s->store, LANE_BULK, rq->arena, purge, NULL));
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM idempotency"), 1);
	assert_ok(store_write(s->store, LANE_BULK, rq->arena, make_old, NULL));
	assert_ok(find_on(s, rq, call.id, &found));
	assert_false(found.found);
	assert_ok(store_write(s->store, LANE_BULK, rq->arena, purge, NULL));
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM idempotency"), 0);
	sample_end(rq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_batch_lands_as_a_whole),       TEST(one_that_fails_takes_the_batch_with_it),
		TEST(later_members_see_earlier_ones), TEST(the_same_call_is_done_once),
		TEST(answers_are_kept_for_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
