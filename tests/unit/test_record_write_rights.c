/* Whose write it is: rows and fields by grants, owner and department, hidden and unknown alike,
 * what the answer shows, If-Match, and people who lose their rights between the stages. Every
 * refusal leaves the store as it was.
 * Ledger: P02, P03, P04. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

struct fixture {
	struct sample s;
	int64_t pen, acme, dark;
};

static const char *order(struct fixture *f, int64_t account, const char *more) {
	return arena_printf(f->s.arena, "{\"account\":%lld,\"lines\":[{\"product\":%lld}]%s}",
			    (long long)account, (long long)f->pen, more);
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	writing_open(&f->s, a);
	f->pen = create(&f->s, "root", "product", "{\"name\":\"pen\"}").id;
	f->acme = create(&f->s, "ann", "account", "{\"name\":\"Acme\",\"region\":\"east\"}").id;
	f->dark = create(&f->s, "root", "account", "{\"name\":\"Dark\",\"region\":\"secret\"}").id;
	assert_true(f->pen && f->acme && f->dark);
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

static void rows_by_scope(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "order", order(f, f->acme, ""));
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/owner"), "ann");
	assert_string_equal(part(s, &w, "/dept"), "east");
	assert_true(update(s, "ann", "order", w.id, -1, "{\"customer_no\":\"1\"}").ok);
	REFUSED(s, update(s, "bob", "order", w.id, -1, "{\"customer_no\":\"2\"}"), "403 forbidden");
	REFUSED(s, update(s, "cal", "order", w.id, -1, "{\"customer_no\":\"2\"}"), "404 not_found");
	REFUSED(s, delete (s, "bob", "order", w.id), "403 forbidden");
	REFUSED(s, delete (s, "cal", "order", w.id), "404 not_found");
	REFUSED(s, update(s, "ann", "order", 77, -1, "{}"), "404 not_found");
	REFUSED(s, create(s, "ann", "product", "{\"name\":\"p\"}"), "403 forbidden");
	REFUSED(s, update(s, "ann", "product", f->pen, -1, "{\"name\":\"p\"}"), "403 forbidden");
	REFUSED(s, update(s, "ann", "account", f->dark, -1, "{\"name\":\"p\"}"), "404 not_found");
}

static void hidden_is_unknown_and_readable_is_read_only(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "order", order(f, f->acme, ""));
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"keeper\":\"bob\"}"),
		"400 unknown_field /keeper");
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"keepex\":\"bob\"}"),
		"400 unknown_field /keepex");
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"note\":\"n\"}"),
		"422 invalid; /note read_only");
	assert_true(update(s, "ann", "order", w.id, -1, "{\"note\":null}").ok);
	assert_string_equal(part(s, &w, "/keeper"), "");
}

static void masked_values_may_come_back(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote c =
		create(s, "root", "contact", "{\"name\":\"Kim\",\"mobile\":\"13800138000\"}");
	struct wrote w = update(s, "ann", "contact", c.id, -1, "{\"name\":\"Kimmy\"}");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/mobile"), "138****8000");
	w = update(s, "ann", "contact", c.id, -1, "{\"name\":\"Kim\",\"mobile\":\"138****8000\"}");
	assert_string_equal(w.problem, "");
	REFUSED(s, update(s, "ann", "contact", c.id, -1, "{\"mobile\":\"138****8001\"}"),
		"422 invalid; /mobile read_only");
	/* the true value is no better than any other: nobody finds it by guessing (P03) */
	REFUSED(s, update(s, "ann", "contact", c.id, -1, "{\"mobile\":\"13800138000\"}"),
		"422 invalid; /mobile read_only");
	const char *now = stored(s, "contact", c.id);
	struct wrote full = { .record = now };
	assert_string_equal(part(s, &full, "/mobile"), "13800138000");
}

static void where_holds_after_too(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "order", order(f, f->acme, ""));
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"stage\":\"void\"}"),
		"403 write_outside");
	REFUSED(s, update(s, "ann", "account", f->acme, -1, "{\"region\":\"secret\"}"),
		"403 write_outside");
	REFUSED(s, create(s, "ann", "account", "{\"name\":\"X\",\"region\":\"secret\"}"),
		"403 write_outside");
}

static void invisible_targets_do_not_exist(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, create(s, "ann", "order", order(f, f->dark, "")),
		"422 invalid; /account reference_absent");
	REFUSED(s, create(s, "ann", "order", order(f, 77, "")),
		"422 invalid; /account reference_absent");
}

static void owner_where_the_role_lets(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "order", order(f, f->acme, ""));
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"owner\":\"bob\"}"),
		"422 invalid; /owner read_only");
	assert_true(update(s, "ann", "order", w.id, -1, "{\"owner\":\"ann\"}").ok);
	w = update(s, "boss", "order", w.id, -1, "{\"owner\":\"cal\"}");
	assert_string_equal(part(s, &w, "/owner"), "cal");
	assert_string_equal(part(s, &w, "/dept"), "west");
	REFUSED(s, update(s, "boss", "order", w.id, -1, "{\"owner\":\"nobody\"}"),
		"422 invalid; /owner unknown_user");
	REFUSED(s, update(s, "boss", "order", w.id, -1, "{\"dept\":\"east\"}"),
		"422 invalid; /dept read_only");
}

static void transitions_ask_who(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "order", order(f, f->acme, ""));
	assert_true(update(s, "ann", "order", w.id, -1, "{\"stage\":\"sent\"}").ok);
	REFUSED(s, update(s, "ann", "order", w.id, -1, "{\"stage\":\"accepted\"}"),
		"422 invalid; /stage transition");
	assert_true(update(s, "root", "order", w.id, -1, "{\"stage\":\"accepted\"}").ok);
}

static void if_match_tells_what_differs(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	assert_true(update(s, "root", "account", f->acme, -1, "{\"credit\":\"5\",\"secret\":\"x\"}")
			    .ok);
	assert_true(update(s, "root", "account", f->acme, 2, "{\"region\":\"north\"}").ok);
	struct request *rq = sample_request(s, "ann");
	const char *before = whole_state(s);
	struct write w = {
		.op = WRITE_UPDATE, .form = sample_form(s, "account"), .id = f->acme, .if_match = 1
	};
	assert_ok(json_parse(rq->arena, STR("{\"name\":\"Mine\"}"), &json_limits_request, &w.body));
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	assert_string_equal(problem_told(rq->arena, p), "412 stale");
	const struct stale *stale = p->extra;
	assert_int_equal(stale->n, 2);
	assert_string_equal(stale->fields[0]->name, "region");
	assert_string_equal(stale->fields[1]->name, "credit");
	assert_int_equal(stale->current->rev, 3);
	const struct field *secret = form_field(w.form, STR("secret"));
	assert_true(value_is_null(&stale->current->values[secret->index]));
	sample_end(rq);
	assert_string_equal(whole_state(s), before);
}

struct race {
	struct fixture *f;
	struct write w;
};

static struct problem *commit_late(struct tx *tx, void *arg) {
	struct race *r = arg;
	return write_commit(tx, &r->w);
}

static void rights_lost_between_the_stages(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote made = create(s, "ann", "order", order(f, f->acme, ""));
	struct directory *people = directory_retain(s->people);
	struct request *rq = sample_request(s, "ann");
	struct race r = { f,
			  { .op = WRITE_UPDATE,
			    .form = sample_form(s, "order"),
			    .id = made.id,
			    .if_match = -1 } };
	assert_ok(json_parse(rq->arena, STR("{\"customer_no\":\"9\"}"), &json_limits_request,
			     &r.w.body));
	assert_ok(write_prepare(rq, s->store, &r.w));
	sample_people(s, "DELETE FROM sys_user_role WHERE user_id = 3;");
	const char *before = whole_state(s);
	assert_ptr_equal(store_write(s->store, LANE_INTERACTIVE, rq->arena, commit_late, &r),
			 &write_again);
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &r.w);
	assert_string_equal(problem_told(rq->arena, p), "404 not_found");
	sample_end(rq);
	directory_release(people);
	assert_string_equal(whole_state(s), before);
}

static void what_it_rests_on_changes_between_the_stages(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct request *rq = sample_request(s, "root");
	struct race r = { f,
			  { .op = WRITE_CREATE, .form = sample_form(s, "order"), .if_match = -1 } };
	assert_ok(json_parse(rq->arena, str_of(order(f, f->acme, "")), &json_limits_request,
			     &r.w.body));
	assert_ok(write_prepare(rq, s->store, &r.w));
	assert_true(update(s, "root", "product", f->pen, -1, "{\"price\":\"99\"}").ok);
	const char *before = whole_state(s);
	assert_ptr_equal(store_write(s->store, LANE_INTERACTIVE, rq->arena, commit_late, &r),
			 &write_again);
	assert_string_equal(whole_state(s), before);
	assert_ok(write_prepare(rq, s->store, &r.w));
	assert_ok(store_write(s->store, LANE_INTERACTIVE, rq->arena, commit_late, &r));
	sample_end(rq);
	struct wrote now = { .record = stored(s, "order", r.w.id) };
	assert_string_equal(part(s, &now, "/net_total"), "99.00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(rows_by_scope),
		TEST(hidden_is_unknown_and_readable_is_read_only),
		TEST(masked_values_may_come_back),
		TEST(where_holds_after_too),
		TEST(invisible_targets_do_not_exist),
		TEST(owner_where_the_role_lets),
		TEST(transitions_ask_who),
		TEST(if_match_tells_what_differs),
		TEST(rights_lost_between_the_stages),
		TEST(what_it_rests_on_changes_between_the_stages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
