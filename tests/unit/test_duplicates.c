/* B11: records that a form takes for the same thing: how texts are compared; what refuses a save,
 * at which doors; whom a hint tells what; by an index alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/match_key.h"
#include "runtime/store/record_sql.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

static const char bundle[] =
	"{\"files\":{\"app.json\":{\"app\":\"crm\",\"version\":\"1\",\"languages\":[\"en\"],"
	"\"timezone\":\"UTC\"},"
	"\"forms/lead.json\":{\"form\":\"lead\",\"title\":\"{name}\",\"fields\":["
	"{\"name\":\"name\",\"type\":\"text\",\"collate\":\"pinyin\"},"
	"{\"name\":\"mobile\",\"type\":\"phone\"},"
	"{\"name\":\"tel\",\"type\":\"text\"},{\"name\":\"mail\",\"type\":\"email\"},"
	"{\"name\":\"secret\",\"type\":\"text\"},{\"name\":\"dead\",\"type\":\"bool\"}],"
	"\"duplicates\":["
	"{\"match\":[{\"field\":\"mobile\",\"as\":\"phone\"}],\"when\":\"dead != true\","
	"\"outside\":\"owner\"},"
	"{\"match\":[{\"field\":\"name\",\"as\":\"company_name\"}],\"level\":\"warn\"},"
	"{\"match\":[{\"field\":\"tel\",\"as\":\"phone\"},{\"field\":\"mail\",\"as\":\"email\"}],"
	"\"level\":\"warn\",\"outside\":\"exists\"},"
	"{\"match\":[{\"field\":\"secret\"}],\"level\":\"warn\",\"outside\":\"owner\"}]},"
	"\"roles/seller.json\":{\"role\":\"seller\",\"forms\":{\"lead\":{\"create\":true,"
	"\"read\":\"own\",\"update\":\"own\",\"delete\":\"own\",\"fields\":{\"secret\":\"hidden\"}}"
	"}},"
	"\"roles/clerk.json\":{\"role\":\"clerk\",\"forms\":{\"lead\":{\"create\":true,"
	"\"read\":\"all\",\"update\":\"all\",\"fields\":{\"mobile\":\"mask\"}}}}}}";

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, bundle, false);
	sample_people(
		s, "INSERT INTO sys_user (id, login, label, admin, created_at) VALUES "
		   "(1, 'root', 'Root', 1, 0), (2, 'ann', 'Ann', 0, 0), (3, 'bob', 'Bob', 0, 0), "
		   "(4, 'cat', 'Cat', 0, 0);"
		   "INSERT INTO sys_user_role (user_id, app, role) VALUES "
		   "(2, 'crm', 'seller'), (3, 'crm', 'seller'), (4, 'crm', 'clerk');");
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

static const char *hint(struct sample *s, const char *login, int64_t id, const char *values) {
	struct request *rq = sample_request(s, login);
	const struct json *body;
	struct sb out = sb_on(s->arena, 1 << 16);
	struct jw w = jw_on(&out);
	assert_ok(json_parse(rq->arena, str_of(values), &json_limits_request, &body));
	struct problem *p = record_duplicates(rq, s->store, sample_form(s, "lead"), id, body, &w);
	const char *told = p ? problem_told(s->arena, p) : str_dup(s->arena, sb_str(&out));
	sample_end(rq);
	return told;
}

#define TELLS(text, part) assert_non_null(strstr((text), (part)))
#define SILENT(text) assert_string_equal((text), "{\"matches\":[],\"outside\":[]}")
#define REFUSED(s, call, text)                                                                     \
	do {                                                                                       \
		const char *before_call = whole_state(s);                                          \
		struct wrote refused = (call);                                                     \
		assert_string_equal(refused.problem, (text));                                      \
		assert_string_equal(whole_state(s), before_call);                                  \
	} while (0)

/* ---- what is the same ---- */

static void same(struct arena *a, enum match_as as, const char *one, const char *other,
		 bool alike) {
	const struct field f = { .name = "f", .match_as = as };
	struct value x = match_key_of(a, &f, str_of(one)), y = match_key_of(a, &f, str_of(other));
	bool equal = !value_is_null(&x) && value_same(&x, &y);
	if (equal != alike) print_error("%s / %s\n", one, other);
	assert_int_equal(equal, alike);
}

static void texts_are_compared_by_their_meaning(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	same(a, MATCH_PHONE, "+86 138-0013-8000", "13800138000", true);
	same(a, MATCH_PHONE, "１３８００１３８０００", "13800138000", true);
	same(a, MATCH_PHONE, "0755-1234 5678", "075512345678", true);
	same(a, MATCH_PHONE, "打 12 34 试试", "1234", true);
	same(a, MATCH_PHONE, "13800138000", "13800138001", false);
	same(a, MATCH_PHONE, "-", "", false);
	same(a, MATCH_EMAIL, " Wang@Example.COM", "wang@example.com", true);
	same(a, MATCH_EMAIL, "a.b@x.cn", "ab@x.cn", false);
	same(a, MATCH_COMPANY_NAME, "华新（深圳）科技有限公司", "华新(深圳) 科技股份有限公司",
	     true);
	same(a, MATCH_COMPANY_NAME, "Acme Co., Ltd.", "ＡＣＭＥ", true);
	same(a, MATCH_COMPANY_NAME, "Acme Inc", "acme", true);
	same(a, MATCH_COMPANY_NAME, "华新集团有限公司", "华新有限公司", false);
	same(a, MATCH_COMPANY_NAME, "华新科技", "华兴科技", false);
	same(a, MATCH_COMPANY_NAME, "公司", "有限公司", false);
	same(a, MATCH_COMPANY_NAME, "（）", "（）", false);
}

/* ---- refusing ---- */

static void a_rule_that_blocks_refuses(void **state) {
	struct sample *s = *state;
	int64_t id = create(s, "ann", "lead", "{\"mobile\":\"13800138000\"}").id;
	REFUSED(s, create(s, "bob", "lead", "{\"mobile\":\"+86 138 0013 8000\"}"),
		"422 invalid; /mobile duplicate_record");
	int64_t other = create(s, "bob", "lead", "{\"mobile\":\"13800138001\"}").id;
	REFUSED(s, update(s, "bob", "lead", other, -1, "{\"mobile\":\"13800138000\"}"),
		"422 invalid; /mobile duplicate_record");
	/* what is not touched is not judged; its own value is no duplicate */
	assert_true(update(s, "ann", "lead", id, -1, "{\"mobile\":\"138 0013 8000\"}").ok);
	/* the condition of the rule, and what warns only */
	assert_true(create(s, "ann", "lead", "{\"mobile\":\"13800138000\",\"dead\":true}").ok);
	assert_true(create(s, "ann", "lead", "{\"name\":\"华新有限公司\"}").ok);
	assert_true(create(s, "ann", "lead", "{\"name\":\"华新公司\"}").ok);
	/* a deleted record is none, and cannot come back beside the one that took its place */
	assert_true(delete (s, "bob", "lead", other).ok);
	assert_true(create(s, "ann", "lead", "{\"mobile\":\"13800138001\"}").ok);
}

static void together_as_one_by_one(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, "ann");
	const struct form *lead = sample_form(s, "lead");
	struct write w[2] = { { .form = lead, .if_match = -1, .together = true },
			      { .form = lead, .if_match = -1, .together = true } };
	const char *before = whole_state(s);
	for (size_t i = 0; i < 2; i++)
		assert_ok(json_parse(rq->arena, STR("{\"mobile\":\"13900139000\"}"),
				     &json_limits_request, &w[i].body));
	struct problem *p = record_write_all(rq, s->store, LANE_BULK, w, 2);
	assert_string_equal(problem_told(s->arena, p),
			    "422 invalid; /operations/1/values/mobile duplicate_record");
	sample_end(rq);
	assert_string_equal(whole_state(s), before);
}

/* ---- hints ---- */

static void a_hint_goes_by_rights(void **state) {
	struct sample *s = *state;
	int64_t id = create(s, "ann", "lead",
			    "{\"name\":\"华新有限公司\",\"mobile\":\"13800138000\",\"tel\":\"020 "
			    "8888\",\"mail\":\"A@x.cn\"}")
			     .id;
	update(s, "root", "lead", id, -1, "{\"secret\":\"gold\"}");
	const char *mine = hint(s, "ann", 0, "{\"mobile\":\"138 0013 8000\"}");
	TELLS(mine, arena_printf(s->arena, "\"id\":%lld", (long long)id));
	TELLS(mine, "\"level\":\"block\"");
	TELLS(mine, "\"owner\":\"ann\"");
	TELLS(mine, "华新有限公司");
	TELLS(mine, "\"outside\":[]");
	/* bob may not see it: he learns what each rule tells, and no more */
	const char *outside = hint(s, "bob", 0, "{\"mobile\":\"13800138000\"}");
	TELLS(outside, "{\"matches\":[],\"outside\":[{\"level\":\"block\",\"fields\":[\"mobile\"],"
		       "\"owners\":[{\"user\":\"ann\",");
	SILENT(hint(s, "bob", 0, "{\"name\":\"华新\"}"));
	assert_string_equal(hint(s, "bob", 0, "{\"tel\":\"0208888\",\"mail\":\"a@X.cn\"}"),
			    "{\"matches\":[],\"outside\":[{\"level\":\"warn\",\"fields\":[\"tel\","
			    "\"mail\"],\"owners\":[]}]}");
	/* both parts must be there, and alike */
	SILENT(hint(s, "ann", 0, "{\"tel\":\"0208888\"}"));
	SILENT(hint(s, "ann", 0, "{\"tel\":\"0208888\",\"mail\":\"b@x.cn\"}"));
	/* one's own record is none */
	SILENT(hint(s, "ann", id, "{\"mobile\":\"13800138000\"}"));
	assert_string_equal(hint(s, "bob", id, "{}"), "404 not_found");
}

static void nobody_guesses_what_he_may_not_see(void **state) {
	struct sample *s = *state;
	int64_t id = create(s, "root", "lead",
			    "{\"name\":\"x\",\"mobile\":\"13800138000\",\"secret\":\"gold\"}")
			     .id;
	assert_true(id);
	assert_string_equal(hint(s, "ann", 0, "{\"secret\":\"gold\"}"),
			    "400 unknown_field /secret");
	assert_string_equal(hint(s, "ann", 0, "{\"secrex\":\"gold\"}"),
			    "400 unknown_field /secrex");
	/* who sees it masked only is told nothing, right or wrong */
	SILENT(hint(s, "cat", 0, "{\"name\":\"y\"}"));
	assert_null(strstr(hint(s, "cat", 0, "{\"mobile\":\"13800138000\"}"), "\"id\""));
	TELLS(hint(s, "root", 0, "{\"secret\":\"gold\"}"), "\"matches\":[{");
}

/* ---- the index ---- */

static void found_by_an_index_alone(void **state) {
	struct sample *s = *state;
	const struct form *lead = sample_form(s, "lead");
	assert_int_equal(lead->duplicate_count, 4);
	for (size_t i = 0; i < lead->duplicate_count; i++) {
		struct tx *tx;
		struct rows *rows;
		bool have;
		const struct duplicate_rule *rule = &lead->duplicates[i];
		const char *sql = record_sql_alike(s->arena, lead, rule, DIALECT_SQLITE);
		struct value params[4] = { value_int(1), value_text(STR("a")), value_text(STR("b")),
					   value_int(5) };
		assert_ok(tx_read(s->store, s->arena, &tx));
		assert_ok(tx_query(tx, arena_printf(s->arena, "EXPLAIN QUERY PLAN %s", sql), params,
				   rule->n + 2, &rows));
		assert_ok(rows_next(rows, &have));
		const char *plan = str_dup(s->arena, rows_text(rows, 3));
		TELLS(plan, "SEARCH crm_lead USING INDEX i_crm_lead__");
		TELLS(plan, arena_printf(s->arena, "%s=?", match_column(&rule->matches[0])));
		assert_ok(rows_next(rows, &have));
		assert_false(have); /* no sorting beside it */
		assert_ok(tx_end(tx, NULL));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts_are_compared_by_their_meaning, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_rule_that_blocks_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(together_as_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hint_goes_by_rights, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_guesses_what_he_may_not_see, setup,
						teardown),
		cmocka_unit_test_setup_teardown(found_by_an_index_alone, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
