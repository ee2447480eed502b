/* What record_write makes of a body: defaults, fills, formulas, linkage, checks, faults and their
 * pointers; that a refused write leaves everything as it was; history and events. Rights, deletes
 * and batches: test_record_write_rights.c, test_record_write_delete.c, test_record_write_batch.c.
 * Ledger: F25, B02, B03, B04, B09, B10, B21. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

struct fixture {
	struct sample s;
	int64_t pen, ink, acme, vip, kim;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	struct sample *s = &f->s;
	writing_open(s, a);
	f->pen = create(s, "root", "product", "{\"name\":\"pen\",\"price\":\"2.50\"}").id;
	f->ink = create(s, "root", "product", "{\"name\":\"ink\",\"tax_rate\":\"5%\"}").id;
	f->acme = create(s, "root", "account", "{\"name\":\"Acme\",\"region\":\"华东\"}").id;
	f->vip = create(s, "root", "account",
			"{\"name\":\"Vip\",\"level\":\"vip\",\"credit\":\"100\"}")
			 .id;
	f->kim = create(s, "root", "contact",
			arena_printf(
				a, "{\"name\":\"Kim\",\"mobile\":\"13800138000\",\"account\":%lld}",
				(long long)f->acme))
			 .id;
	assert_true(f->pen && f->ink && f->acme && f->vip && f->kim);
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

/* {"account": A, "lines": [{"product": P, "qty": "2"}], more} */
static const char *order(struct fixture *f, int64_t account, const char *line, const char *more) {
	return arena_printf(f->s.arena,
			    "{\"account\":%lld,\"lines\":[{\"product\":%lld,\"qty\":\"2\"%s}]%s}",
			    (long long)account, (long long)f->pen, line, more);
}

#define REFUSED(s, call, text)                                                                     \
	do {                                                                                       \
		const char *before_call = whole_state(s);                                          \
		struct wrote refused = (call);                                                     \
		assert_string_equal(refused.problem, (text));                                      \
		assert_string_equal(whole_state(s), before_call);                                  \
	} while (0)

static void a_create_is_complete(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "order", order(f, f->acme, "", ""));
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/number"), "SO-202611-0001");
	assert_string_equal(part(s, &w, "/rev"), "1");
	assert_string_equal(part(s, &w, "/stage"), "draft");
	assert_string_equal(part(s, &w, "/valid_until"), "2026-12-18");
	assert_string_equal(part(s, &w, "/owner"), "root");
	assert_string_equal(part(s, &w, "/created_by"), "root");
	assert_string_equal(part(s, &w, "/lines/0/price"), "2.50");
	assert_string_equal(part(s, &w, "/lines/0/tax_rate"), "0.1300");
	assert_string_equal(part(s, &w, "/lines/0/net"), "5.00");
	assert_string_equal(part(s, &w, "/lines/0/tax"), "0.65");
	assert_string_equal(part(s, &w, "/total"), "5.65");
	assert_string_equal(part(s, &w, "/mean"), "2.50");
	assert_string_equal(part(s, &w, "/heading"), "SO-202611-0001 Acme");
	assert_string_equal(stored(s, "order", w.id), w.record);
}

static void missing_takes_the_default_and_null_is_empty(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "product", "{\"name\":\"cap\",\"price\":null}");
	assert_string_equal(part(s, &w, "/price"), "null");
	assert_string_equal(part(s, &w, "/tax_rate"), "0.1300");
	w = create(s, "root", "account", "{\"name\":\"Nil\",\"region\":\"\"}");
	assert_string_equal(part(s, &w, "/region"), "null");
}

static void patch_changes_what_it_names(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w =
		update(s, "root", "account", f->acme, -1, "{\"region\":null,\"credit\":\"9.5\"}");
	assert_string_equal(part(s, &w, "/rev"), "2");
	assert_string_equal(part(s, &w, "/name"), "Acme");
	assert_string_equal(part(s, &w, "/region"), "null");
	assert_string_equal(part(s, &w, "/credit"), "9.50");
	w = update(s, "root", "account", f->acme, -1, "{\"credit\":\"9.50\"}");
	assert_string_equal(part(s, &w, "/rev"), "2");
	assert_string_equal(stored(s, "account", f->acme), w.record);
}

static void fills_chain_and_spare_what_was_given(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w =
		update(s, "root", "account", f->acme, -1,
		       arena_printf(s->arena, "{\"main_contact\":%lld}", (long long)f->kim));
	assert_string_equal(w.problem, "");
	w = create(s, "root", "order", order(f, f->acme, "", ""));
	assert_string_equal(part(s, &w, "/contact"),
			    arena_printf(s->arena, "%lld", (long long)f->kim));
	assert_string_equal(part(s, &w, "/mobile"), "13800138000");
	w = create(s, "root", "order", order(f, f->acme, ",\"price\":\"1\"", ",\"contact\":null"));
	assert_string_equal(part(s, &w, "/contact"), "null");
	assert_string_equal(part(s, &w, "/lines/0/price"), "1.00");
}

static void system_and_computed_fields_may_be_sent_back(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "order", order(f, f->acme, "", ""));
	struct wrote same = update(s, "root", "order", w.id, 1, w.record);
	assert_string_equal(same.problem, "");
	assert_string_equal(part(s, &same, "/rev"), "1");
	REFUSED(s,
		update(s, "root", "order", w.id, -1, "{\"total\":\"1\",\"id\":7,\"number\":\"X\"}"),
		"422 invalid; /total read_only; /id read_only; /number read_only");
	REFUSED(s, update(s, "root", "order", w.id, -1, "{\"state\":\"sent\"}"),
		"422 invalid; /state read_only");
	REFUSED(s,
		update(s, "root", "order", w.id, -1, "{\"created_at\":\"2020-01-01T00:00:00Z\"}"),
		"422 invalid; /created_at read_only");
	REFUSED(s, create(s, "root", "account", "{\"name\":\"Q\",\"nonsense\":1}"),
		"400 unknown_field /nonsense");
	REFUSED(s, create(s, "root", "account", "{\"name\":\"Q\",\"state\":\"x\"}"),
		"400 unknown_field /state");
	REFUSED(s, create(s, "root", "account", "[1]"), "400 expect_object");
}

static void faults_stand_at_their_places(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, create(s, "root", "order", "{}"),
		"422 invalid; /account required; /lines too_few_rows");
	REFUSED(s, create(s, "root", "account", "{\"name\":\"Acme\"}"),
		"422 invalid; /name unique");
	REFUSED(s,
		create(s, "root", "account",
		       "{\"name\":\"N\",\"credit\":\"-1\",\"level\":\"old\"}"),
		"422 invalid; /level retired_value; /credit below_min");
	REFUSED(s, create(s, "root", "account", "{\"name\":\"N\",\"credit\":\"1.234\"}"),
		"422 invalid; /credit too_many_digits");
}

static void rows_have_faults_of_their_own(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	const char *twice = arena_printf(
		s->arena,
		"{\"account\":%lld,\"lines\":[{\"product\":%lld},{\"product\":%lld,\"qty\":\"-2\"},"
		"{\"qty\":null}]}",
		(long long)f->acme, (long long)f->pen, (long long)f->pen);
	REFUSED(s, create(s, "root", "order", twice),
		"422 invalid; /lines/1/qty below_min; /lines/2/product required; /lines/2/qty "
		"required; "
		"/lines/1/product row_not_unique");
	REFUSED(s, create(s, "root", "order", order(f, f->acme, ",\"discount\":\"30%\"", "")),
		"422 invalid; /lines/0/reason required");
	REFUSED(s,
		create(s, "root", "order",
		       order(f, f->acme, ",\"discount\":\"60%\",\"reason\":\"r\"", "")),
		"422 invalid; /note check");
}

static void references_lead_somewhere(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, create(s, "root", "order", order(f, 77, "", "")),
		"422 invalid; /account reference_absent");
	assert_true(update(s, "root", "product", f->pen, -1, "{\"stopped\":true}").ok);
	REFUSED(s, create(s, "root", "order", order(f, f->acme, "", "")),
		"422 invalid; /lines/0/product not_an_option");
	assert_true(update(s, "root", "product", f->pen, -1, "{\"stopped\":false}").ok);
	REFUSED(s,
		create(s, "root", "order",
		       order(f, f->vip, "",
			     arena_printf(s->arena, ",\"contact\":%lld", (long long)f->kim))),
		"422 invalid; /contact not_an_option");
}

static void linkage_acts_on_the_server(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, create(s, "root", "order", order(f, f->acme, "", ",\"rush\":true")),
		"422 invalid; /rush_fee required");
	struct wrote w = create(s, "root", "order",
				order(f, f->vip, "", ",\"rush\":true,\"rush_fee\":\"8\""));
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/valid_until"), "2026-11-21");
	assert_string_equal(part(s, &w, "/note"), "VIP");
	assert_string_equal(part(s, &w, "/total"), "13.65");
	w = update(s, "root", "order", w.id, -1,
		   "{\"rush\":false,\"valid_until\":\"2027-01-01\",\"note\":\"mine\"}");
	assert_string_equal(part(s, &w, "/rush_fee"), "null");
	assert_string_equal(part(s, &w, "/total"), "5.65");
	assert_string_equal(part(s, &w, "/note"), "mine");
	w = create(s, "root", "order", order(f, f->acme, "", ",\"rush_fee\":\"8\""));
	assert_string_equal(part(s, &w, "/rush_fee"), "null");
}

static void checks_refuse(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	REFUSED(s, create(s, "root", "order", order(f, f->vip, ",\"price\":\"500\"", "")),
		"422 invalid; /total check");
}

static void transitions_are_the_only_moves(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "boss", "order", order(f, f->acme, "", ""));
	assert_string_equal(w.problem, "");
	REFUSED(s, update(s, "boss", "order", w.id, -1, "{\"stage\":\"accepted\"}"),
		"422 invalid; /stage transition");
	REFUSED(s,
		update(s, "boss", "order", w.id, -1, "{\"stage\":\"sent\",\"valid_until\":null}"),
		"422 invalid; /valid_until required");
	REFUSED(s, update(s, "boss", "order", w.id, -1, "{\"stage\":null}"),
		"422 invalid; /stage transition");
	assert_true(update(s, "boss", "order", w.id, -1, "{\"stage\":\"sent\"}").ok);
	assert_true(update(s, "boss", "order", w.id, -1, "{\"stage\":\"accepted\"}").ok);
	assert_int_equal(temp_store_int(s->store,
					"SELECT count(*) FROM sys_stage_log WHERE field = 'stage'"),
			 3);
	assert_int_equal(
		temp_store_int(s->store, "SELECT count(*) FROM sys_stage_log WHERE seconds = 0"),
		2);
	REFUSED(s,
		update(s, "boss", "order", w.id, -1,
		       arena_printf(s->arena, "{\"account\":%lld}", (long long)f->vip)),
		"422 invalid; /account read_only");
	w = create(s, "ann", "order", order(f, f->acme, "", ",\"stage\":\"accepted\""));
	assert_string_equal(w.problem, "422 invalid; /stage transition_first");
}

static void sub_tables_are_arrays_or_merged(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "order", order(f, f->acme, "", ""));
	const char *row = part(s, &w, "/lines/0/id");
	const char *both =
		arena_printf(s->arena, "{\"lines\":[{\"product\":%lld},{\"id\":%s,\"qty\":\"3\"}]}",
			     (long long)f->ink, row);
	w = update(s, "root", "order", w.id, -1, both);
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/lines/1/id"), row);
	assert_string_equal(part(s, &w, "/lines/1/net"), "7.50");
	assert_string_equal(part(s, &w, "/lines/0/net"), "10.00");
	assert_string_equal(part(s, &w, "/net_total"), "17.50");
	assert_string_equal(stored(s, "order", w.id), w.record);
	const char *one = arena_printf(s->arena, "{\"lines\":[{\"id\":%s}]}", row);
	REFUSED(s, update(s, "root", "order", w.id, -1, one), "428 need_match_rows");
	REFUSED(s, update(s, "root", "order", w.id, 1, one), "412 stale");
	w = update(s, "root", "order", w.id, 2, one);
	assert_string_equal(part(s, &w, "/net_total"), "7.50");
	assert_string_equal(part(s, &w, "/lines/1"), "");
	const char *merge = arena_printf(s->arena,
					 "{\"lines\":{\"set\":[{\"product\":%lld,\"qty\":\"1\"},{"
					 "\"id\":%s,\"qty\":\"1\"}]}}",
					 (long long)f->ink, row);
	w = update(s, "root", "order", w.id, -1, merge);
	assert_string_equal(part(s, &w, "/lines/0/id"), row);
	assert_string_equal(part(s, &w, "/net_total"), "12.50");
	w = update(s, "root", "order", w.id, -1,
		   arena_printf(s->arena, "{\"lines\":{\"delete\":[%s]}}", row));
	assert_string_equal(part(s, &w, "/net_total"), "10.00");
	assert_string_equal(stored(s, "order", w.id), w.record);
}

static void rows_of_another_parent_are_not_found(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "order", order(f, f->acme, "", ""));
	struct wrote other = create(s, "root", "order", order(f, f->vip, "", ""));
	const char *row = part(s, &other, "/lines/0/id");
	REFUSED(s,
		update(s, "root", "order", w.id, 1,
		       arena_printf(s->arena, "{\"lines\":[{\"id\":%s}]}", row)),
		"404 row_not_found /lines/0");
	REFUSED(s,
		update(s, "root", "order", w.id, 1,
		       arena_printf(s->arena, "{\"lines\":{\"delete\":[%s]}}", row)),
		"404 row_not_found /lines");
}

static void uniques_over_several_fields(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	assert_true(
		create(s, "root", "order", order(f, f->acme, "", ",\"customer_no\":\"A1\"")).ok);
	REFUSED(s, create(s, "root", "order", order(f, f->acme, "", ",\"customer_no\":\"A1\"")),
		"422 invalid; /account unique_together; /customer_no unique_together");
	assert_true(create(s, "root", "order", order(f, f->vip, "", ",\"customer_no\":\"A1\"")).ok);
	struct wrote w = create(s, "root", "order", order(f, f->vip, "", ""));
	assert_string_equal(part(s, &w, "/number"), "SO-202611-0003");
}

static void history_tells_what_changed(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "root", "order", order(f, f->acme, "", ""));
	const char *row = part(s, &w, "/lines/0/id");
	assert_true(
		update(s, "root", "order", w.id, -1,
		       arena_printf(s->arena,
				    "{\"customer_no\":\"B\",\"lines\":[{\"id\":%s,\"qty\":\"4\"}]}",
				    row))
			.ok);
	struct request *rq = sample_request(s, "root");
	struct sb out = sb_on(s->arena, 1 << 20);
	struct jw jw = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	assert_ok(tx_end(tx, record_history(rq, tx, sample_form(s, "order"), w.id, &jw)));
	const char *expected =
		arena_printf(s->arena,
			     "[{\"at\":\"2026-11-18T11:06:40Z\",\"by\":\"root\",\"door\":\"api\","
			     "\"op\":\"update\",\"rev\":2,\"changes\":["
			     "{\"field\":\"customer_no\",\"old\":null,\"new\":\"B\"},"
			     "{\"field\":\"net_total\",\"old\":\"5.00\",\"new\":\"10.00\"},"
			     "{\"field\":\"total\",\"old\":\"5.65\",\"new\":\"11.30\"},"
			     "{\"field\":\"lines\",\"row\":%s,\"op\":\"set\",\"changes\":["
			     "{\"field\":\"qty\",\"old\":\"2.00\",\"new\":\"4.00\"},"
			     "{\"field\":\"net\",\"old\":\"5.00\",\"new\":\"10.00\"},"
			     "{\"field\":\"tax\",\"old\":\"0.65\",\"new\":\"1.30\"}]}]},"
			     "{\"at\":\"2026-11-18T11:06:40Z\",\"by\":\"root\",\"door\":\"api\","
			     "\"op\":\"create\",\"rev\":1,\"changes\":[]}]",
			     row);
	assert_string_equal(sb_cstr(&out), expected);
	sample_end(rq);
	const char *events = "SELECT count(*) FROM event WHERE form = 'order'";
	assert_int_equal(temp_store_int(s->store, events), 2);
}

static void validate_tells_without_saving(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct request *rq = sample_request(s, "root");
	struct sb out = sb_on(s->arena, 1 << 20);
	struct jw jw = jw_on(&out);
	const struct json *body, *answer;
	const char *before = whole_state(s);
	assert_ok(json_parse(rq->arena, str_of(order(f, f->acme, "", ",\"rush\":true")),
			     &json_limits_request, &body));
	assert_ok(record_validate(rq, s->store, sample_form(s, "order"), 0, body, &jw));
	assert_ok(json_parse(rq->arena, sb_str(&out), &json_limits_request, &answer));
	assert_true(json_is_string(json_at(answer, "/values/total"), "5.65"));
	assert_true(json_is_string(json_at(answer, "/errors/0/pointer"), "/rush_fee"));
	assert_true(json_is_string(json_at(answer, "/errors/0/code"), "required"));
	assert_true(json_bool(json_at(answer, "/fields/rush_fee/visible")));
	assert_true(json_bool(json_at(answer, "/fields/rush_fee/required")));
	assert_true(json_bool(json_at(answer, "/fields/total/read_only")));
	assert_false(json_bool(json_at(answer, "/rows/lines/0/reason/required")));
	out = sb_on(s->arena, 1 << 20);
	jw = jw_on(&out);
	assert_ok(json_parse(rq->arena, STR("{\"name\":\"Vip\"}"), &json_limits_request, &body));
	assert_ok(record_validate(rq, s->store, sample_form(s, "account"), f->acme, body, &jw));
	assert_ok(json_parse(rq->arena, sb_str(&out), &json_limits_request, &answer));
	assert_true(json_is_string(json_at(answer, "/errors/0/pointer"), "/name"));
	assert_true(json_is_string(json_at(answer, "/errors/0/code"), "unique"));
	assert_string_equal(whole_state(s), before);
	sample_end(rq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_create_is_complete),
		TEST(missing_takes_the_default_and_null_is_empty),
		TEST(patch_changes_what_it_names),
		TEST(fills_chain_and_spare_what_was_given),
		TEST(system_and_computed_fields_may_be_sent_back),
		TEST(faults_stand_at_their_places),
		TEST(rows_have_faults_of_their_own),
		TEST(references_lead_somewhere),
		TEST(linkage_acts_on_the_server),
		TEST(checks_refuse),
		TEST(transitions_are_the_only_moves),
		TEST(sub_tables_are_arrays_or_merged),
		TEST(rows_of_another_parent_are_not_found),
		TEST(uniques_over_several_fields),
		TEST(history_tells_what_changed),
		TEST(validate_tells_without_saving),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
