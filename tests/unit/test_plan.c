/* Plan and apply: what becomes of tables, columns and values when definitions change.
 * Ledger: D01, D03. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "tests/support/planning.h"

static void first_apply_makes_tables_version_and_running_app(void **state) {
	struct fixture *f = *state;
	struct plan *p = publish(f->s, f->a, LEAD(NAME), NULL);
	assert_non_null(plan_find(p, "add_form", "lead", NULL));
	LEADS(f, "name", "'华东'");
	assert_string_equal(lead_cell(f, "name", 1), "华东");
	struct app *app = apps_take(f->s, STR("t"));
	assert_int_equal(app->version, 1);
	app_release(app);
	assert_int_equal(
		temp_store_int(f->s,
			       "SELECT count(*) FROM sys_app_version WHERE state = 'published'"),
		1);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM journal"), 0);
	assert_string_equal(temp_store_text(f->s, f->a, "SELECT name FROM v_t_lead"), "华东");
}

static void same_bundle_again_is_an_empty_plan(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD(NAME), NULL);
	struct plan *p = publish(f->s, f->a, LEAD(NAME), NULL);
	assert_int_equal(p->n, 0);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM sys_app_version"), 1);
}

/* An editor hands back the canonical text: other order of keys, defaults left out. */
static void order_of_keys_and_defaults_are_no_change(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD("{'type': 'text', 'required': false, 'name': 'name'}"), NULL);
	struct plan *p = publish(f->s, f->a, LEAD(NAME), NULL);
	assert_int_equal(p->n, 0);
}

static void added_field_keeps_rows(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD(NAME), NULL);
	LEADS(f, "name", "'a'", "'b'");
	struct plan *p =
		publish(f->s, f->a,
			LEAD(NAME ", {'name': 'qty', 'type': 'integer', 'required': true}"), NULL);
	assert_non_null(plan_find(p, "add_field", "lead", "qty"));
	assert_int_equal(plan_find(p, "require_field", "lead", "qty")->rows, 2);
	assert_string_equal(lead_cell(f, "name", 2), "b");
	assert_string_equal(lead_cell(f, "qty", 2), "null");
	struct app *app = apps_take(f->s, STR("t"));
	assert_int_equal(app->version, 2);
	app_release(app);
}

static void rename_changes_no_table(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD(NAME), NULL);
	LEADS(f, "name", "'a'");
	struct plan *p =
		publish(f->s, f->a, LEAD("{'name': 'title', 'id': 'name', 'type': 'text'}"), NULL);
	assert_non_null(plan_find(p, "rename_field", "lead", "title"));
	assert_int_equal(p->lossy, 0);
	assert_string_equal(lead_column(f, "title"), "name");
	assert_string_equal(temp_store_text(f->s, f->a, "SELECT title FROM v_t_lead"), "a");
}

static void removed_field_with_values_needs_its_word_and_comes_back(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, LEAD(NAME ", {'name': 'qty', 'type': 'integer'}"), NULL);
	LEADS(f, "qty", "5", "7");
	struct problem *p = try_publish(f->s, f->a, bundle_of(f->a, LEAD(NAME)), NULL, &plan);
	assert_string_equal(p->code, "plan_loss_needed");
	assert_int_equal(plan_find(plan, "trash_field", "lead", "qty")->losses, 2);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM sys_app_version"), 1);
	publish(f->s, f->a, LEAD(NAME), "trash_field:lead.qty");
	plan = publish(f->s, f->a, LEAD(NAME ", {'name': 'qty', 'id': 'qty', 'type': 'integer'}"),
		       NULL);
	assert_int_equal(plan_find(plan, "undelete_field", "lead", "qty")->rows, 2);
	assert_string_equal(lead_cell(f, lead_column(f, "qty"), 2), "7");
}

static void unique_over_repeated_values_is_blocked_until_clean(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
#define UNIQUE LEAD("{'name': 'name', 'type': 'text', 'unique': true}")
	publish(f->s, f->a, LEAD(NAME), NULL);
	LEADS(f, "name", "'a'", "'b'", "'a'", "NULL", "NULL");
	struct problem *p = try_publish(f->s, f->a, bundle_of(f->a, UNIQUE), "*", &plan);
	assert_string_equal(p->code, "plan_blocked");
	assert_int_equal(plan_find(plan, "add_unique", "lead", NULL)->rows, 2);
	assert_string_equal(plan_find(plan, "add_unique", "lead", NULL)->samples[0], "a");
	run_sql(f->s, "UPDATE t_lead SET deleted_at = 1 WHERE id = 3");
	publish(f->s, f->a, UNIQUE, NULL);
	assert_ptr_equal(try_sql(f->s, "UPDATE t_lead SET name = 'b' WHERE id = 1"), &store_unique);
	publish(f->s, f->a, LEAD(NAME), NULL);
	run_sql(f->s, "UPDATE t_lead SET name = 'b' WHERE id = 1");
}

static void removed_form_with_rows_is_lossy_and_comes_back(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	publish(f->s, f->a, LEAD(NAME), NULL);
	LEADS(f, "name", "'a'");
	struct problem *p = try_publish(f->s, f->a, bundle_of(f->a, APP), NULL, &plan);
	assert_string_equal(p->code, "plan_loss_needed");
	publish(f->s, f->a, APP, "trash_form:lead");
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM t_lead"), 1);
	plan = publish(f->s, f->a,
		       APP ", 'forms/lead.json': {'form': 'lead', 'id': 'lead', 'fields': "
			   "[{'name': 'name', 'id': 'name', 'type': 'text'}]}",
		       NULL);
	assert_int_equal(plan_find(plan, "undelete_form", "lead", NULL)->rows, 1);
	assert_string_equal(temp_store_text(f->s, f->a, "SELECT name FROM v_t_lead"), "a");
}

#define ORDER(fields)                                                                              \
	APP ", 'forms/order.json': {'form': 'order', 'fields': [{'name': 'number', 'type': "       \
	    "'text'}, "                                                                            \
	    "{'name': 'lines', 'type': 'table', 'fields': [" fields "]}]}"

static void sub_tables_change_like_forms(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, ORDER("{'name': 'qty', 'type': 'integer'}"), NULL);
	run_sql(f->s, "INSERT INTO t_order (id, rev, created_at, updated_at, number) VALUES (1, 1, "
		      "0, 0, 'A1')");
	run_sql(f->s, "INSERT INTO t_order__lines (id, parent, pos, qty) VALUES (11, 1, 0, 3), "
		      "(12, 1, 1, 4)");
	struct plan *p = publish(f->s, f->a,
				 ORDER("{'name': 'qty', 'type': 'decimal', 'scale': 1}, {'name': "
				       "'note', 'type': 'text'}"),
				 NULL);
	assert_int_equal(plan_find(p, "change_type", "order.lines", "qty")->rows, 2);
	assert_non_null(plan_find(p, "add_field", "order.lines", "note"));
	p = publish(f->s, f->a,
		    ORDER("{'name': 'count', 'id': 'qty', 'type': 'decimal', 'scale': 1}, {'name': "
			  "'note', 'type': 'text'}"),
		    NULL);
	assert_non_null(plan_find(p, "rename_field", "order.lines", "count"));
	assert_int_equal(temp_store_int(f->s, "SELECT sum(qty__v2) FROM t_order__lines"), 70);
	struct plan *gone;
	struct bundle *without =
		bundle_of(f->a, APP ", 'forms/order.json': {'form': 'order', 'fields': [{'name': "
				    "'number', 'type': 'text'}]}");
	assert_string_equal(try_publish(f->s, f->a, without, NULL, &gone)->code,
			    "plan_loss_needed");
	assert_int_equal(plan_find(gone, "trash_field", "order", "lines")->losses, 2);
}

static void a_plan_on_another_base_is_refused(void **state) {
	struct fixture *f = *state;
	struct plan *done;
	publish(f->s, f->a, LEAD(NAME), NULL);
	struct bundle *b = bundle_of(f->a, LEAD(NAME ", {'name': 'x', 'type': 'text'}"));
	struct plan *shown = plan_of(f->s, f->a, LEAD(NAME ", {'name': 'x', 'type': 'text'}"));
	publish(f->s, f->a, LEAD(NAME ", {'name': 'y', 'type': 'text'}"), NULL);
	struct apply_options options = { .expect_hash = shown->hash };
	assert_string_equal(plan_apply(f->s, f->a, b, &options, NULL, &done)->code, "plan_moved");
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM sys_app_version"), 2);
}

static void two_apps_whose_tables_would_share_a_name(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a,
		"'app.json': {'app': 'crm', 'version': '1'}, 'forms/a_b.json': {'form': 'a_b', "
		"'fields': [" NAME "]}",
		NULL);
	publish(f->s, f->a,
		"'app.json': {'app': 'crm_a', 'version': '1'}, 'forms/b.json': {'form': 'b', "
		"'fields': [" NAME "]}",
		NULL);
	struct app *app = apps_take(f->s, STR("crm_a"));
	assert_string_not_equal(app_form(app, STR("b"))->table, "crm_a_b");
	app_release(app);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM v_crm_a_b__crm_a"), 0);
}

static void purge_drops_old_trash_for_good(void **state) {
	struct fixture *f = *state;
	int64_t dropped;
	publish(f->s, f->a, LEAD(NAME ", {'name': 'qty', 'type': 'integer', 'index': true}"), NULL);
	LEADS(f, "qty", "5");
	publish(f->s, f->a, LEAD(NAME), "*");
	assert_ok(plan_purge(f->s, f->a, 30, &dropped));
	assert_int_equal(dropped, 0);
	assert_ok(plan_purge(f->s, f->a, -1, &dropped));
	assert_int_equal(dropped, 1);
	assert_int_equal(
		temp_store_int(
			f->s,
			"SELECT count(*) FROM pragma_table_info('t_lead') WHERE name = 'qty'"),
		0);
	struct plan *p =
		publish(f->s, f->a, LEAD(NAME ", {'name': 'qty', 'type': 'integer'}"), NULL);
	assert_non_null(plan_find(p, "add_field", "lead", "qty"));
}

static void a_store_opened_again_runs_what_was_published(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'text'}"), NULL);
	publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), NULL);
	store_close(f->s);
	f->s = temp_store(f->a, f->folder);
	assert_ok(apps_boot(f->s, f->a));
	assert_string_equal(lead_column(f, "qty"), "qty__v2");
	assert_int_equal(publish(f->s, f->a, LEAD("{'name': 'qty', 'type': 'integer'}"), NULL)->n,
			 0);
}

static void definition_that_does_not_load_changes_nothing(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	struct problem *p =
		try_publish(f->s, f->a, bundle_of(f->a, LEAD("{'name': 'x', 'type': 'nonsense'}")),
			    NULL, &plan);
	assert_string_equal(p->code, "app_findings");
	assert_null(plan);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM sys_app_version"), 0);
}

static void formulas_follow_for_records_there_are(void **state) {
	struct fixture *f = *state;
#define COUNTED(fields, more)                                                                      \
	APP ", 'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'qty', 'type': "            \
	    "'integer'}, "                                                                         \
	    "{'name': 'price', 'type': 'decimal', 'scale': 2}, {'name': 'lines', 'type': "         \
	    "'table', 'fields': [{'name': 'n', 'type': 'integer'}" fields "]}" more "]}"
	publish(f->s, f->a, COUNTED("", ""), NULL);
	LEADS(f, "qty", "3", "0", "NULL");
	run_sql(f->s, "UPDATE t_lead SET price = 150");
	run_sql(f->s, "INSERT INTO t_lead__lines (id, parent, pos, n) VALUES (11, 1, 0, 3), (12, "
		      "1, 1, 4)");
	struct plan *p = publish(
		f->s, f->a,
		COUNTED(", {'name': 'twice', 'type': 'integer', 'formula': 'n * 2'}",
			", {'name': 'sum', 'type': 'integer', 'formula': 'sum(lines.twice)'},"
			"{'name': 'share', 'type': 'decimal', 'scale': 2, 'formula': 'price / "
			"qty'}"),
		NULL);
	assert_int_equal(plan_find(p, "compute_formulas", "lead", NULL)->rows, 3);
	assert_string_equal(lead_cell(f, "sum", 1), "14");
	assert_string_equal(lead_cell(f, "sum", 2), "0");
	assert_string_equal(lead_cell(f, "share", 1), "50");
	assert_string_equal(lead_cell(f, "share", 2), "null"); /* a division by zero */
	assert_string_equal(lead_cell(f, "share", 3), "null");
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM journal"), 0);
	struct plan *lossy;
	struct bundle *over =
		bundle_of(f->a, APP ", 'forms/lead.json': {'form': 'lead', 'fields': [{'name': "
				    "'qty', 'type': 'integer', 'formula': '1 + 1'}]}");
	assert_string_equal(try_publish(f->s, f->a, over, NULL, &lossy)->code, "plan_loss_needed");
	assert_int_equal(plan_find(lossy, "overwrite_field", "lead", "qty")->losses, 2);
}

/* F15: records that are there take their copy once; later publishes leave it alone. */
static void frozen_lookups_are_taken_once(void **state) {
	struct fixture *f = *state;
#define FROZEN(more)                                                                               \
	APP ", 'forms/lead.json': {'form': 'lead', 'fields': [{'name': 'qty', 'type': "            \
	    "'integer'}, {'name': 'up', 'type': 'ref', 'form': 'lead'}" more "]}"
#define UP_QTY ", {'name': 'up_qty', 'type': 'lookup', 'from': 'up.qty', 'freeze': "
	publish(f->s, f->a, FROZEN(""), NULL);
	LEADS(f, "qty", "3", "7", "NULL");
	run_sql(f->s, "UPDATE t_lead SET up = 1 WHERE id = 2");
	struct plan *p = publish(f->s, f->a, FROZEN(UP_QTY "true}"), NULL);
	assert_non_null(plan_find(p, "add_field", "lead", "up_qty"));
	assert_string_equal(lead_cell(f, "up_qty", 2), "3");
	assert_string_equal(lead_cell(f, "up_qty", 1), "null");
	run_sql(f->s, "UPDATE t_lead SET qty = 50 WHERE id = 1");
	publish(f->s, f->a,
		FROZEN(UP_QTY "true}, {'name': 'twice', 'type': 'integer', 'formula': 'up_qty * "
			      "2'}"),
		NULL);
	assert_string_equal(lead_cell(f, "up_qty", 2), "3");
	assert_string_equal(lead_cell(f, "twice", 2), "6");
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM journal"), 0);
	struct plan *lossy;
	struct bundle *live = bundle_of(f->a, FROZEN(UP_QTY "false}"));
	assert_string_equal(try_publish(f->s, f->a, live, NULL, &lossy)->code, "plan_loss_needed");
	assert_int_equal(plan_find(lossy, "trash_field", "lead", "up_qty")->losses, 1);
}

static void a_plan_reads_the_same_every_time(void **state) {
	struct fixture *f = *state;
#define CHANGED                                                                                    \
	STAGE_FIELDS("'new', 'lost'",                                                              \
		     "{'name': 'title', 'id': 'name', 'type': 'text', 'required': true},"          \
		     "{'name': 'qty', 'type': 'integer', 'index': true}, {'name': 'stage', "       \
		     "'type': 'enum', 'enum': 'stage'}, {'name': 'day', 'type': 'date'}")
#define STAGE_FIELDS(values, fields)                                                               \
	APP ", 'enums/stage.json': {'enum': 'stage', 'values': [" values "]}, "                    \
	    "'forms/lead.json': {'form': 'lead', 'fields': [" fields "]}"
	publish(f->s, f->a,
		STAGE_FIELDS("'new', 'won'", NAME ", {'name': 'qty', 'type': 'text'}, {'name': "
						  "'stage', 'type': 'enum', 'enum': 'stage'},"
						  "{'name': 'gone', 'type': 'bool'}"),
		NULL);
	LEADS(f, "qty", "'12'", "'twelve'");
	run_sql(f->s, "UPDATE t_lead SET gone = 1, stage = (SELECT code FROM sys_enum_value WHERE "
		      "path = 'won') WHERE id = 1");
	const char *text = plan_words(f->a, plan_of(f->s, f->a, CHANGED));
	assert_string_equal(text, plan_words(f->a, plan_of(f->s, f->a, CHANGED)));
	assert_string_equal(
		text, "App t: version 1 -> 2, plan HASH\n"
		      "  safe     The enumeration stage gains 1 values\n"
		      "  lossy    The enumeration stage loses the value “won” (VR23): 1 places "
		      "still hold it; if you allow it they keep showing"
		      " it, but nobody can choose it again  [remove_enum_value]\n"
		      "  safe     The field lead.name is now called title; data stay as they are\n"
		      "  safe     The field lead.title becomes required: 2 records lack it and "
		      "must get it when they are next saved\n"
		      "  lossy    The field lead.qty changes from text to integer: 2 values are "
		      "converted, 1 of them cannot be kept  [change_type]\n"
		      "           for example: 2: twelve\n"
		      "  safe     The field lead.day is new\n"
		      "  lossy    The field lead.gone goes to the trash with 1 values, which no "
		      "longer show  [trash_field]\n"
		      "  safe     The form lead gets an index on qty__v2, over 2 rows\n"
		      "  slow     The form lead gets a new search index over 2 records; searches "
		      "may miss some until it is done\n"
		      "  safe     The definition enums/stage.json has changed\n"
		      "  safe     The definition forms/lead.json has changed\n");
}

static void the_crm_app_applies(void **state) {
	struct fixture *f = *state;
	struct plan *plan;
	if (access("apps/crm/app.json", R_OK) != 0) skip();
	assert_ok(try_publish(f->s, f->a, bundle_of_folder(f->a, "apps/crm"), NULL, &plan));
	assert_true(plan->n > 0);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM v_crm_lead"), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(first_apply_makes_tables_version_and_running_app),
		TEST(same_bundle_again_is_an_empty_plan),
		TEST(order_of_keys_and_defaults_are_no_change),
		TEST(added_field_keeps_rows),
		TEST(rename_changes_no_table),
		TEST(removed_field_with_values_needs_its_word_and_comes_back),
		TEST(unique_over_repeated_values_is_blocked_until_clean),
		TEST(removed_form_with_rows_is_lossy_and_comes_back),
		TEST(sub_tables_change_like_forms),
		TEST(a_plan_on_another_base_is_refused),
		TEST(two_apps_whose_tables_would_share_a_name),
		TEST(purge_drops_old_trash_for_good),
		TEST(a_store_opened_again_runs_what_was_published),
		TEST(definition_that_does_not_load_changes_nothing),
		TEST(formulas_follow_for_records_there_are),
		TEST(frozen_lookups_are_taken_once),
		TEST(a_plan_reads_the_same_every_time),
		TEST(the_crm_app_applies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
