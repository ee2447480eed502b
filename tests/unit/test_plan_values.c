/* What becomes of values when a field gets another type or an enumeration other values: counted before, carried over or kept in the
 * old column. Ledger: D02, F07. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/planning.h"

static void text_to_integer_counts_samples_and_keeps_the_old_column(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'text'}"), NULL);
	LEADS(f, "qty", "'12'", "'twelve'", "NULL", "'-3'");
	struct problem *p =
		try_publish(f->s, f->a, bundle_of(f->a, LEAD("{'name': 'qty', 'type': 'integer'}")),
			    NULL, &plan);
	assert_string_equal(p->code, "plan_loss_needed");
	const struct plan_step *step = plan_find(plan, "change_type", "lead", "qty");
	assert_int_equal(step->rows, 3);
	assert_int_equal(step->losses, 1);
	assert_string_equal(step->samples[0], "2: twelve");
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), "change_type");
	const char *column = lead_column(f, "qty");
	assert_string_equal(column, "qty__v2");
	assert_string_equal(lead_cell(f, column, 1), "12");
	assert_string_equal(lead_cell(f, column, 2), "null");
	assert_string_equal(lead_cell(f, column, 4), "-3");
	assert_string_equal(lead_cell(f, "qty", 2), "twelve");
}

/* F05 F10 F11 F22: a type with rules of its own takes what follows them; the rest is counted before and stays in the old column. */
static void texts_become_the_types_with_rules_of_their_own(void **state) {
	static const struct {
		const char *type, *good, *bad, *stored;
		bool list; /* begins empty, as every list does: all that was there is counted */
	} cases[] = {
		{ "idcard", "11010519491231002x", "110105194912310021", "11010519491231002X", false },
		{ "creditcode", "91350100M000100Y43", "91350100M000100Y44", "91350100M000100Y43", false },
		{ "rating", "4", "6", "4", false },
		{ "region", "广东省/深圳市", "广东省/巴黎", NULL, true },
		{ "address", "广东省深圳市南山区 科技园 1 号", NULL, NULL, false },
		{ "geo", "114.05,22.5", "22.5,114.05", NULL, false },
		{ "barcode", "AS-1", NULL, "AS-1", false },
		{ "richtext", "a < b", NULL, NULL, false },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plan *plan;
		const char *name = arena_printf(f->a, "x%zu", i);
		static const char files[] = "'app.json': {'app': 'y%zu'}, 'forms/lead.json': {'form': 'lead', 'fields': [{'name': '%s', 'type': '%s'}]}";
		const char *after = arena_printf(f->a, files, i, name, cases[i].type);
		assert_ok(try_publish(f->s, f->a, bundle_of(f->a, arena_printf(f->a, files, i, name, "text")), NULL, &plan));
		run_sql(f->s, arena_printf(f->a, "INSERT INTO y%zu_lead (id, rev, created_at, updated_at, %s) VALUES (1, 1, 0, 0, '%s'), (2, 1, 0, 0, '%s'), (3, 1, 0, 0, NULL)",
					   i, name, cases[i].good, cases[i].bad ? cases[i].bad : cases[i].good));
		struct problem *p = try_publish(f->s, f->a, bundle_of(f->a, after), NULL, &plan);
		const struct plan_step *step = plan_find(plan, "change_type", "lead", name);
		assert_non_null(step);
		int64_t losses = cases[i].list ? 2 : cases[i].bad ? 1 : 0;
		assert_int_equal(step->losses, losses);
		if (cases[i].bad) {
			assert_string_equal(p->code, "plan_loss_needed");
			assert_ok(try_publish(f->s, f->a, bundle_of(f->a, after), "change_type", &plan));
		} else {
			assert_ok(p);
		}
		if (cases[i].list) continue;
		const char *kept = temp_store_text(f->s, f->a, arena_printf(f->a, "SELECT %s FROM v_y%zu_lead WHERE id = 1", name, i));
		if (cases[i].stored) assert_string_equal(kept, cases[i].stored);
		assert_int_equal(temp_store_int(f->s, arena_printf(f->a, "SELECT count(%s) FROM v_y%zu_lead", name, i)), 2 - losses);
	}
}

static void a_number_outside_the_stars_is_no_rating(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), NULL);
	LEADS(f, "qty", "5", "6", "0", "NULL", "1");
	struct problem *p = try_publish(f->s, f->a, bundle_of(f->a, LEAD("{'name': 'qty', 'type': 'rating'}")), NULL, &plan);
	assert_string_equal(p->code, "plan_loss_needed");
	assert_int_equal(plan_find(plan, "change_type", "lead", "qty")->losses, 2);
	assert_string_equal(lead_cell(f, "qty", 2), "6");
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'rating'}"), "change_type");
	const char *column = lead_column(f, "qty");
	assert_string_equal(lead_cell(f, column, 1), "5");
	assert_string_equal(lead_cell(f, column, 2), "null");
	assert_string_equal(lead_cell(f, column, 3), "null");
	assert_string_equal(lead_cell(f, column, 5), "1");
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), NULL); /* back: every rating is a number */
}

static void going_back_restores_what_a_conversion_lost(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	struct apply_options options = { .by = "tester" };
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'text'}"), NULL);
	LEADS(f, "qty", "'12'", "'twelve'", "'007'");
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), "change_type");
	run_sql(f->s, "UPDATE t_lead SET qty__v2 = 13 WHERE id = 1");
	assert_ok(plan_rollback(f->s, f->a, "t", 1, &options, NULL, &plan));
	assert_int_equal(plan->lossy, 0);
	const char *column = lead_column(f, "qty");
	assert_string_equal(lead_cell(f, column, 1), "13");
	assert_string_equal(lead_cell(f, column, 2), "twelve");
	assert_string_equal(lead_cell(f, column, 3), "007");
}

static void scale_changes_multiply(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, LEAD("{'name': 'amount', 'type': 'integer'}"), NULL);
	LEADS(f, "amount", "5", "-12");
	plan = publish(f->s, f->a, LEAD("{'name': 'amount', 'type': 'decimal', 'scale': 2}"), NULL);
	assert_int_equal(plan->lossy, 0);
	assert_string_equal(lead_cell(f, lead_column(f, "amount"), 2), "-1200");
	run_sql(f->s, "UPDATE t_lead SET amount__v2 = 555 WHERE id = 1");
	struct problem *p = try_publish(
		f->s, f->a,
		bundle_of(f->a, LEAD("{'name': 'amount', 'type': 'decimal', 'scale': 1}")), NULL,
		&plan);
	assert_string_equal(p->code, "plan_loss_needed");
	publish(f->s, f->a, LEAD("{'name': 'amount', 'type': 'decimal', 'scale': 1}"), "*");
	assert_string_equal(lead_cell(f, lead_column(f, "amount"), 1), "56");
	assert_string_equal(lead_cell(f, lead_column(f, "amount"), 2), "-120");
}

static void a_text_becomes_longtext_in_place(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD(NAME), NULL);
	LEADS(f, "name", "'a'");
	struct plan *p = publish(f->s, f->a, LEAD("{'name': 'name', 'type': 'longtext'}"), NULL);
	assert_int_equal(plan_find(p, "change_type", "lead", "name")->risk, STEP_SAFE);
	assert_string_equal(lead_column(f, "name"), "name");
}

static void a_date_becomes_the_start_of_its_day_in_the_zone(void **state) {
	struct fixture *f = *state;
#define ZONED(type)                                                                                \
	"'app.json': {'app': 't', 'version': '1', 'timezone': 'Asia/Shanghai'}, "                  \
	"'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'at', 'type': '" type "'}]}"
	publish(f->s, f->a, ZONED("date"), NULL);
	LEADS(f, "at", "20779");
	publish(f->s, f->a, ZONED("datetime"), NULL);
	assert_string_equal(lead_cell(f, lead_column(f, "at"), 1), "1795276800000000");
	publish(f->s, f->a, ZONED("date"), NULL);
	assert_string_equal(lead_cell(f, lead_column(f, "at"), 1), "20779");
}

#define STAGE(values)                                                                              \
	APP ", 'enums/stage.json': {'enum': 'stage', 'values': [" values "]}, "                    \
	    "'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'stage', 'type': 'enum', "    \
	    "'enum': 'stage'}]}"

static void removed_enum_value_in_use_stays_readable(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, STAGE("{'value': 'new'}, {'value': 'won', 'label': '赢单'}"), NULL);
	LEADS(f, "stage", "(SELECT code FROM sys_enum_value WHERE path = 'won')");
	struct problem *p = try_publish(
		f->s, f->a, bundle_of(f->a, STAGE("{'value': 'new'}, {'value': 'lost'}")), NULL,
		&plan);
	assert_string_equal(p->code, "plan_loss_needed");
	publish(f->s, f->a, STAGE("{'value': 'new'}, {'value': 'lost'}"), "remove_enum_value");
	struct app *app = apps_take(f->s, STR("t"));
	const struct enumeration *e = app_enumeration(app, STR("stage"));
	assert_int_equal(e->n, 3);
	assert_true(e->values[2].retired);
	assert_string_equal(e->values[2].label.zh, "赢单");
	assert_true(enumeration_find(e, STR("lost"))->code > 0);
	app_release(app);
	plan = publish(f->s, f->a, STAGE("{'value': 'new'}, {'value': 'lost'}, {'value': 'won'}"),
		       NULL);
	assert_non_null(plan_find(plan, "add_enum_values", NULL, NULL));
	assert_string_equal(temp_store_text(f->s, f->a, "SELECT stage FROM v_t_lead"), "won");
}

static void enum_becomes_its_text_and_back(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, STAGE("'new', 'won'"), NULL);
	LEADS(f, "stage", "(SELECT code FROM sys_enum_value WHERE path = 'won')");
#define AS_TEXT                                                                                    \
	APP ", 'enums/stage.json': {'enum': 'stage', 'values': ['new', 'won']}, "                  \
	    "'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'stage', 'type': 'text'}]}"
	publish(f->s, f->a, AS_TEXT, NULL);
	assert_string_equal(lead_cell(f, lead_column(f, "stage"), 1), "won");
	run_sql(f->s, "UPDATE t_lead SET stage__v2 = 'lost'");
	struct plan *p = plan_of(f->s, f->a, STAGE("'new', 'won'"));
	assert_int_equal(plan_find(p, "change_type", "lead", "stage")->losses, 1);
	p = plan_of(f->s, f->a, STAGE("'new', 'won', 'lost'"));
	assert_int_equal(plan_find(p, "change_type", "lead", "stage")->losses, 0);
	publish(f->s, f->a, STAGE("'new', 'won', 'lost'"), NULL);
	assert_string_equal(temp_store_text(f->s, f->a, "SELECT stage FROM v_t_lead"), "lost");
}

static void text_becomes_a_reference_by_unique_text(void **state) {
	struct fixture *f = *state;
#define REFERRING(type)                                                                            \
	APP ", 'forms/account.json': {'form': 'account', 'fields': [{'name': 'name', 'type': "     \
	    "'text', 'unique': true}]}, "                                                          \
	    "'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'account', " type "}]}"
	publish(f->s, f->a, REFERRING("'type': 'text'"), NULL);
	run_sql(f->s, "INSERT INTO t_account (id, rev, created_at, updated_at, name) VALUES (41, "
		      "1, 0, 0, '榫卯公司'), (42, 1, 0, 0, 'Acme')");
	LEADS(f, "account", "'榫卯公司'", "'Nobody'", "'Acme'");
	struct plan *p =
		publish(f->s, f->a, REFERRING("'type': 'ref', 'form': 'account'"), "change_type");
	assert_int_equal(plan_find(p, "change_type", "lead", "account")->losses, 1);
	assert_string_equal(lead_cell(f, lead_column(f, "account"), 1), "41");
	assert_string_equal(lead_cell(f, lead_column(f, "account"), 2), "null");
	publish(f->s, f->a, REFERRING("'type': 'text'"), NULL);
	assert_string_equal(lead_cell(f, lead_column(f, "account"), 1), "榫卯公司");
	assert_string_equal(lead_cell(f, lead_column(f, "account"), 2), "Nobody");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(text_to_integer_counts_samples_and_keeps_the_old_column),
		TEST(texts_become_the_types_with_rules_of_their_own),
		TEST(a_number_outside_the_stars_is_no_rating),
		TEST(going_back_restores_what_a_conversion_lost),
		TEST(scale_changes_multiply),
		TEST(a_text_becomes_longtext_in_place),
		TEST(a_date_becomes_the_start_of_its_day_in_the_zone),
		TEST(removed_enum_value_in_use_stays_readable),
		TEST(enum_becomes_its_text_and_back),
		TEST(text_becomes_a_reference_by_unique_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
