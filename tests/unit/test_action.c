/* Buttons and the actions behind them: one lead becomes three records or nothing happens, with the
 * rights of who presses. F24 (button), 转化 of a lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/converting.h"


static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	converting_open(s, a);
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

static int64_t number(struct sample *s, const char *sql) { return temp_store_int(s->store, sql); }

/* F24: one lead, three records, one revision and one line of history each. */
static void a_lead_becomes_three_records(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	struct wrote w = press(s, "ann", lead, "convert");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/record/status"), "converted");
	assert_string_equal(part(s, &w, "/record/log"), "Acme");
	assert_string_equal(part(s, &w, "/record/rev"), "3");
	assert_string_equal(part(s, &w, "/created/0/form"), "account");
	assert_string_equal(part(s, &w, "/created/0/title"), "Acme");
	assert_string_equal(part(s, &w, "/created/1/title"), "Kim");
	assert_string_equal(part(s, &w, "/created/2/form"), "deal");
	assert_string_equal(part(s, &w, "/created/3/form"), "");
	assert_string_equal(part(s, &w, "/record/account"), part(s, &w, "/created/0/id"));
	int64_t deal;
	assert_true(str_to_int(str_of(part(s, &w, "/created/2/id")), &deal));
	struct wrote d = { .record = stored(s, "deal", deal) };
	assert_string_equal(part(s, &d, "/name"), "Acme Kim");
	assert_string_equal(part(s, &d, "/person"), part(s, &w, "/created/1/id"));
	assert_string_equal(part(s, &d, "/amount"), "50.00");
	assert_string_equal(part(s, &d, "/owner"), "ann");
	assert_int_equal(
		number(s, "SELECT count(*) FROM sales_account__history WHERE door='button'"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_person__history"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_deal__history"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM sales_lead__history WHERE door='button'"),
			 1);
}

/* What the presser does not see is not carried over; what another type holds neither; what he may
 * not write is left out. */
static void only_what_he_sees_is_copied(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme"), root = ready_lead(s, "root", "Bolt");
	assert_true(update(s, "root", "lead", lead, -1, "{\"city\":\"Rome\"}").ok);
	assert_true(update(s, "root", "lead", root, -1, "{\"city\":\"Rome\"}").ok);
	struct wrote w = press(s, "ann", lead, "convert"), r = press(s, "root", root, "convert");
	int64_t mine, roots;
	assert_true(str_to_int(str_of(part(s, &w, "/created/0/id")), &mine));
	assert_true(str_to_int(str_of(part(s, &r, "/created/0/id")), &roots));
	struct wrote a = { .record = stored(s, "account", mine) },
		     b = { .record = stored(s, "account", roots) };
	assert_string_equal(part(s, &a, "/city"), "null");
	assert_string_equal(part(s, &a, "/note"), "null");
	assert_string_equal(part(s, &a, "/size"), "null");
	assert_string_equal(part(s, &b, "/city"), "Rome");
	assert_string_equal(part(s, &b, "/note"), "hello");
}

static void pressed_twice_is_once(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	assert_true(press(s, "ann", lead, "convert").ok);
	const char *before = whole_state(s);
	assert_string_equal(press(s, "ann", lead, "convert").problem, "409 button_not_now");
	assert_string_equal(whole_state(s), before);
}

/* An account of that name is taken, not made again; the link that is there already decides. */
static void what_is_there_is_taken(void **state) {
	struct sample *s = *state;
	int64_t acme = create(s, "root", "account", "{\"name\":\"Acme\"}").id;
	int64_t lead = ready_lead(s, "ann", "Acme");
	struct wrote w = press(s, "ann", lead, "convert");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/taken/0/title"), "Acme");
	assert_string_equal(part(s, &w, "/record/account"),
			    arena_printf(s->arena, "%lld", (long long)acme));
	assert_string_equal(part(s, &w, "/created/0/form"), "person");
	assert_int_equal(number(s, "SELECT count(*) FROM sales_account"), 1);
}

static void what_fails_leaves_nothing(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	assert_true(update(s, "ann", "lead", lead, -1, "{\"mobile\":null}").ok);
	const char *before = whole_state(s);
	assert_string_equal(press(s, "ann", lead, "convert").problem,
			    "422 invalid; /do/1/person/mobile check");
	assert_string_equal(whole_state(s), before);
	int64_t other = ready_lead(s, "ann", "Bolt");
	before = whole_state(s);
	assert_string_equal(press(s, "ann", other, "share").problem, "403 forbidden");
	assert_string_equal(press(s, "root", other, "share").problem, "");
	assert_true(update(s, "ann", "lead", other, -1, "{\"parts\":0}").ok);
	before = whole_state(s);
	assert_string_equal(press(s, "root", other, "share").problem,
			    "422 invalid; /do/0 expr_division_by_zero");
	assert_string_equal(press(s, "root", other, "choose").problem,
			    "422 invalid; /do/0/else/0/deal/account required");
	assert_string_equal(whole_state(s), before);
}

static void the_presser_needs_every_right_himself(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme"), jims = ready_lead(s, "jim", "Jimco");
	const char *before = whole_state(s);
	assert_string_equal(press(s, "bob", lead, "convert").problem, "403 forbidden");
	assert_string_equal(press(s, "sue", lead, "convert").problem, "404 not_found");
	assert_string_equal(press(s, "ann", lead, "secret").problem, "404 not_found");
	assert_string_equal(press(s, "ann", lead, "company").problem, "404 not_found");
	assert_string_equal(press(s, "ann", lead, "nobody").problem, "404 not_found");
	assert_string_equal(press(s, "ann", 5, "convert").problem, "404 not_found");
	assert_string_equal(press(s, "jim", jims, "convert").problem, "403 action_forbidden /do/2");
	assert_string_equal(press_at(s, "ann", lead, "convert", 1).problem, "412 stale");
	assert_string_equal(whole_state(s), before);
}

/* Later actions see what earlier ones wrote, of other records and of this one. */
static void actions_build_on_each_other(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	assert_string_equal(press(s, "ann", lead, "count").problem,
			    "422 invalid; /do/0 action_no_record");
	assert_true(press(s, "ann", lead, "convert").ok);
	struct wrote w = press(s, "ann", lead, "both");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/record/note"), "first, then");
	assert_string_equal(part(s, &w, "/record/log"), "leads 2");
	assert_string_equal(part(s, &w, "/record/rev"), "4");
	w = press(s, "ann", lead, "same");
	assert_string_equal(part(s, &w, "/record/note"), "self");
	assert_int_equal(number(s, "SELECT leads FROM sales_account"), 2);
}

static void a_condition_chooses_and_fail_refuses(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "ann", "Acme");
	assert_true(press(s, "ann", lead, "convert").ok);
	const char *before = whole_state(s);
	assert_string_equal(press(s, "ann", lead, "choose").problem,
			    "422 invalid; /budget action_fail");
	assert_string_equal(whole_state(s), before);
	assert_true(update(s, "ann", "lead", lead, -1, "{\"budget\":\"500\"}").ok);
	struct wrote w = press(s, "ann", lead, "choose");
	assert_string_equal(part(s, &w, "/record/note"), "big");
}

/* A button has no value: expressions, queries, input and answers do not know it. */
static void a_button_is_no_value(void **state) {
	struct sample *s = *state;
	int64_t lead = ready_lead(s, "root", "Acme");
	struct wrote w = { .record = stored(s, "lead", lead) };
	assert_string_equal(part(s, &w, "/convert"), "");
	assert_string_equal(update(s, "root", "lead", lead, -1, "{\"convert\":true}").problem,
			    "400 unknown_field /convert");
	struct request *rq = sample_request(s, "root");
	struct query_text asks[] = { { .fields = STR("convert") },
				     { .sort = STR("convert") },
				     { .filter = STR("convert == null") } };
	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		assert_memory_equal(sample_list(s, rq, "lead", &asks[i]), "400", 3);
	sample_end(rq);
}

static void which_may_be_pressed_is_told(void **state) {
	struct sample *s = *state;
	int64_t lead = create(s, "ann", "lead", "{\"company\":\"Acme\"}").id;
	static const char *const logins[] = { "ann", "bob" };
	static const char *const told[] = {
		"{\"buttons\":{\"convert\":false,\"count\":true,\"both\":true,\"share\":false,"
		"\"choose\":true,\"same\":true},\"reasons\":{}}",
		"{\"buttons\":{},\"reasons\":{}}"
	};
	for (size_t i = 0; i < 2; i++) {
		struct request *rq = sample_request(s, logins[i]);
		struct sb text = sb_on(rq->arena, 4096);
		struct jw w = jw_on(&text);
		struct tx *tx;
		assert_ok(tx_read(s->store, rq->arena, &tx));
		assert_ok(tx_end(
			tx, button_states(tx, rq, s->store, sample_form(s, "lead"), lead, &w)));
		assert_string_equal(sb_cstr(&text), told[i]);
		sample_end(rq);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(a_lead_becomes_three_records), TEST(only_what_he_sees_is_copied),
		TEST(pressed_twice_is_once),        TEST(what_is_there_is_taken),
		TEST(what_fails_leaves_nothing),    TEST(the_presser_needs_every_right_himself),
		TEST(actions_build_on_each_other),  TEST(a_condition_chooses_and_fail_refuses),
		TEST(a_button_is_no_value),         TEST(which_may_be_pressed_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
