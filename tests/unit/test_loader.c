/* The loader: what it makes of a good app, what it says about a bad one (DEF codes, places, words),
 * physical names, order of computation, canonical bundles that come back byte for byte.
 * Ledger: F17 (an unknown field, a wrong type, a cycle: refused at their place). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "runtime/model/bundle.h"
#include "runtime/model/field_type.h"
#include "runtime/model/finding.h"

struct loaded {
	struct arena *a;
	struct bundle *bundle;
	struct findings f;
	struct app *app;
};

static void load_text(struct loaded *l, const char *files) {
	l->a = arena_new(0);
	l->f = (struct findings){ .arena = l->a };
	assert_null(bundle_read_json(l->a, str_of(arena_printf(l->a, "{\"files\": {%s}}", files)),
				     &l->bundle));
	assert_null(app_load(l->bundle, NULL, &l->f, &l->app));
}

static void unload(struct loaded *l) {
	app_release(l->app);
	arena_free(l->a);
}

static const char *said(struct loaded *l) {
	struct sb out = sb_on(l->a, 65536);
	findings_text(&out, &l->f, LANGUAGE_EN, false, true);
	return sb_cstr(&out);
}

static void load_good(struct loaded *l, const char *files) {
	load_text(l, files);
	if (!l->app) fail_msg("%s", said(l));
}

#define APP "\"app.json\": {\"app\": \"demo\"}"
#define FORM(fields) APP ", \"forms/f.json\": {\"form\": \"f\", \"fields\": [" fields "]}"
#define FORM_AND(fields, more)                                                                     \
	APP ", \"forms/f.json\": {\"form\": \"f\", \"fields\": [" fields "], " more "}"
#define A "{\"name\": \"a\", \"type\": \"text\"}"
#define CALENDAR(name, more) "\"calendars/" name ".json\": {\"calendar\": \"" name "\", " more "}"
#define MONDAY(hours) "\"days\": {\"mon\": [" hours "]}"
#define NINE "[\"09:00\", \"18:00\"]"

static void mistakes(void **state) {
	// clang-format off
	static const struct { const char *files, *code, *file, *pointer; } rows[] = {
		{ "\"forms/f.json\": {\"form\": \"f\", \"fields\": []}", "DEF10", "app.json", "" },
		{ FORM("{\"name\": \"a\", \"type\": \"text\", \"requred\": true}"), "DEF02", "forms/f.json", "/fields/0/requred" },
		{ FORM(A) ", \"roles/r.json\": {\"role\": \"r\", \"form\": {}}", "DEF02", "roles/r.json", "/form" },
		{ FORM("{\"name\": \"a\"}"), "DEF03", "forms/f.json", "/fields/0" },
		{ FORM("{\"name\": \"a\", \"type\": \"enum\"}"), "DEF03", "forms/f.json", "/fields/0" },
		{ FORM("{\"name\": \"a\", \"type\": \"text\", \"required\": \"yes\"}"), "DEF04", "forms/f.json", "/fields/0/required" },
		{ FORM(A) ", \"roles/r.json\": {\"role\": \"r\", \"forms\": {\"f\": {\"read\": \"everyone\"}}}", "DEF04", "roles/r.json", "/forms/f/read" },
		{ FORM("{\"name\": \"A\", \"type\": \"text\"}"), "DEF05", "forms/f.json", "/fields/0/name" },
		{ FORM("{\"name\": \"a\", \"id\": \"a-b\", \"type\": \"text\"}"), "DEF05", "forms/f.json", "/fields/0/id" },
		{ APP ", \"enums/e.json\": {\"enum\": \"e\", \"values\": [\" x\"]}", "DEF05", "enums/e.json", "/values/0" },
		{ FORM(A ", " A), "DEF06", "forms/f.json", "/fields/1/name" },
		{ APP ", \"enums/e.json\": {\"enum\": \"e\", \"values\": [\"x\", \"x\"]}", "DEF06", "enums/e.json", "/values/1" },
		{ APP ", \"forms/g.json\": {\"form\": \"f\", \"fields\": []}", "DEF07", "forms/g.json", "/form" },
		{ FORM("{\"name\": \"owner\", \"type\": \"text\"}"), "DEF08", "forms/f.json", "/fields/0/name" },
		{ FORM("{\"name\": \"not\", \"type\": \"text\"}"), "DEF08", "forms/f.json", "/fields/0/name" },
		{ APP ", \"forms/reports.json\": {\"form\": \"reports\", \"fields\": []}", "DEF08", "forms/reports.json", "" },
		{ "\"app.json\": {\"app\": \"users\"}", "DEF08", "app.json", "/app" },
		{ FORM("{\"name\": \"a\", \"type\": \"image\"}"), "DEF09", "forms/f.json", "/fields/0/type" },
		{ FORM("{\"name\": \"a\", \"type\": \"signature\"}"), "DEF09", "forms/f.json", "/fields/0/type" },
		{ FORM("{\"name\": \"a\", \"type\": \"text\", \"max_length\": 0}"), "DEF11", "forms/f.json", "/fields/0/max_length" },
		{ FORM("{\"name\": \"a\", \"type\": \"decimal\", \"scale\": 99}"), "DEF11", "forms/f.json", "/fields/0/scale" },
		{ FORM("{\"name\": \"a\", \"type\": \"text\", \"scale\": 2}"), "DEF12", "forms/f.json", "/fields/0/scale" },
		{ FORM("{\"name\": \"a\", \"type\": \"longtext\", \"unique\": true}"), "DEF12", "forms/f.json", "/fields/0/unique" },
		{ FORM("{\"name\": \"a\", \"type\": \"table\", \"fields\": [{\"name\": \"b\", \"type\": \"table\", \"fields\": []}]}"), "DEF12", "forms/f.json",
			"/fields/0/fields/0/type" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.y\"}"), "VR01", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"y.x\"}"), "VR01", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"x.r\"}"), "VR02", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"m.x\"}"), "VR02", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"x\"}"), "VR02", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.t\"}"), "VR02", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.m\", \"freeze\": true}"), "VR02", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.l\"}"), "VR03", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.k\", \"freeze\": true}, {\"name\": \"k\", \"type\": \"lookup\", \"from\": \"r.l\"}"), "VR03", "forms/f.json", "/fields/4/from" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.x\", \"required\": true}"), "DEF12", "forms/f.json", "/fields/4/required" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.x\", \"default\": \"1\"}"), "DEF12", "forms/f.json", "/fields/4/default" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"m\", \"type\": \"refs\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"q\", \"type\": \"integer\"}]}, {\"name\": \"l\", \"type\": \"lookup\"}"), "DEF03", "forms/f.json", "/fields/4" },
		{ FORM("{\"name\": \"n\", \"type\": \"integer\"}, {\"name\": \"a\", \"type\": \"money\", \"currency\": \"n\"}"), "VR02", "forms/f.json", "/fields/1/currency" },
		{ FORM("{\"name\": \"a\", \"type\": \"money\", \"currency\": \"nowhere\"}"), "VR01", "forms/f.json", "/fields/0/currency" },
		{ FORM("{\"name\": \"n\", \"type\": \"integer\"}, {\"name\": \"t\", \"type\": \"table\", \"fields\": [{\"name\": \"a\", \"type\": \"money\", \"currency\": \"n\"}]}"), "VR02", "forms/f.json", "/fields/1/fields/0/currency" },
		{ FORM("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"c\", \"type\": \"text\"}, {\"name\": \"a\", \"type\": \"money\", \"currency\": \"c\"}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.a\"}"), "VR02", "forms/f.json", "/fields/3/from" },
		{ FORM("{\"name\": \"a\", \"type\": \"refs\"}"), "DEF03", "forms/f.json", "/fields/0" },
		{ FORM("{\"name\": \"a\", \"type\": \"refs\", \"form\": \"g\"}"), "VR01", "forms/f.json", "/fields/0/form" },
		{ FORM("{\"name\": \"a\", \"type\": \"refs\", \"form\": \"f\", \"on_delete\": \"cascade\"}"), "DEF12", "forms/f.json", "/fields/0/on_delete" },
		{ FORM("{\"name\": \"a\", \"type\": \"refs\", \"form\": \"f\", \"min\": 3, \"max\": 2}"), "DEF12", "forms/f.json", "/fields/0/min" },
		{ FORM("{\"name\": \"a\", \"type\": \"refs\", \"form\": \"f\", \"formula\": \"null\"}"), "DEF12", "forms/f.json", "/fields/0/formula" },
		{ FORM("{\"name\": \"a\", \"type\": \"rating\", \"labels\": [\"x\", \"y\"]}"), "DEF12", "forms/f.json", "/fields/0/labels" },
		{ FORM("{\"name\": \"a\", \"type\": \"rating\", \"max\": 11}"), "DEF11", "forms/f.json", "/fields/0/max" },
		{ FORM("{\"name\": \"a\", \"type\": \"rating\", \"min\": 2}"), "DEF12", "forms/f.json", "/fields/0/min" },
		{ FORM("{\"name\": \"a\", \"type\": \"region\", \"enum\": \"x\"}"), "DEF12", "forms/f.json", "/fields/0/enum" },
		{ FORM("{\"name\": \"a\", \"type\": \"richtext\", \"unique\": true}"), "DEF12", "forms/f.json", "/fields/0/unique" },
		{ FORM("{\"name\": \"a\", \"type\": \"integer\", \"min\": 5, \"max\": 1}"), "DEF12", "forms/f.json", "/fields/0/min" },
		{ FORM("{\"name\": \"a\", \"type\": \"integer\", \"default\": 1, \"formula\": \"1\"}"), "DEF12", "forms/f.json", "/fields/0/default" },
		{ FORM("{\"name\": \"a\", \"type\": \"serial\", \"pattern\": [\"x\"]}"), "DEF12", "forms/f.json", "/fields/0/pattern" },
		{ FORM_AND("{\"name\": \"a\", \"type\": \"integer\", \"formula\": \"1\"}", "\"linkage\": [{\"set\": {\"a\": 1}}]"), "DEF12", "forms/f.json", "/linkage/0/set/a" },
		{ FORM_AND("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"x\", \"type\": \"integer\"}, {\"name\": \"l\", \"type\": \"lookup\", \"from\": \"r.x\"}", "\"url_defaults\": [\"l\"]"), "DEF12", "forms/f.json", "/url_defaults/0" },
		{ FORM_AND("{\"name\": \"r\", \"type\": \"ref\", \"form\": \"f\"}, {\"name\": \"n\", \"type\": \"rollup\", \"of\": \"f\", \"by\": \"r\", \"agg\": \"count\"}", "\"url_defaults\": [\"n\"]"), "DEF12", "forms/f.json", "/url_defaults/0" },
		{ FORM_AND(A ", {\"name\": \"b\", \"type\": \"button\", \"do\": [{\"fail\": {\"message\": \"no\"}}]}", "\"url_defaults\": [\"b\"]"), "DEF12", "forms/f.json", "/url_defaults/0" },
		{ FORM_AND(A, "\"linkage\": [{\"set\": {\"rev\": 1}}]"), "DEF12", "forms/f.json", "/linkage/0/set/rev" },
		{ FORM("{\"name\": \"a\", \"type\": \"enum\", \"enum\": \"e\"}") ", \"enums/e.json\": {\"enum\": \"e\", \"values\": [{\"value\": \"x\", \"children\": [\"y\"]}]}", "DEF12",
			"forms/f.json", "/fields/0/enum" },
		{ "\"app.json\": {\"app\": \"demo\", \"timezone\": \"Mars/Olympus\"}", "DEF12", "app.json", "/timezone" },
		{ FORM_AND(A, "\"unique\": [[\"a\", \"b\"]]"), "VR01", "forms/f.json", "/unique/0/1" },
		{ FORM_AND(A, "\"views\": [{\"view\": \"v\"}, {\"view\": \"v\"}]"), "DEF06", "forms/f.json", "/views/1/view" },
		{ FORM(A) ", \"flows/w.json\": {\"flow\": \"w\", \"form\": \"f\", \"steps\": [{\"id\": \"s\", \"kind\": \"aprove\"}]}", "DEF04", "flows/w.json", "/steps/0/kind" },
		{ FORM(A) ", \"prints/p.json\": {\"print\": \"p\", \"form\": \"f\", \"body\": [{\"txt\": \"x\"}]}", "DEF02", "prints/p.json", "/body/0/txt" },
		{ APP ", " CALENDAR("work", "\"day\": {}"), "DEF02", "calendars/work.json", "/day" },
		{ APP ", " CALENDAR("work", "\"holidays\": []"), "DEF03", "calendars/work.json", "" },
		{ APP ", " CALENDAR("work", MONDAY("[\"9\", \"18:00\"]")), "DEF04", "calendars/work.json", "/days/mon/0" },
		{ APP ", " CALENDAR("work", MONDAY("[\"09:00\"]")), "DEF04", "calendars/work.json", "/days/mon/0" },
		{ APP ", " CALENDAR("work", MONDAY(NINE ", [\"24:00\", \"06:00\"]")), "DEF04", "calendars/work.json", "/days/mon/1" },
		{ APP ", " CALENDAR("work", MONDAY("[\"13:00\", \"18:00\"], [\"09:00\", \"13:30\"]")), "DEF12", "calendars/work.json", "/days/mon" },
		{ APP ", " CALENDAR("work", MONDAY("")), "DEF12", "calendars/work.json", "/days" },
		{ APP ", " CALENDAR("work", MONDAY(NINE) ", \"holidays\": [\"2026-02-29\"]"), "DEF04", "calendars/work.json", "/holidays/0" },
		{ APP ", " CALENDAR("work", MONDAY(NINE) ", \"workdays\": [\"2026-10-10\", \"2026-10-10\"]"), "DEF06", "calendars/work.json", "/workdays/1" },
		{ APP ", " CALENDAR("work", MONDAY(NINE) ", \"holidays\": [\"2026-10-10\"], \"workdays\": [\"2026-10-10\"]"), "DEF12", "calendars/work.json", "/workdays" },
		{ APP ", " CALENDAR("east", MONDAY(NINE)) ", " CALENDAR("west", MONDAY(NINE)), "DEF12", "app.json", "" },
		{ "\"app.json\": {\"app\": \"demo\", \"calendar\": \"eats\"}, " CALENDAR("east", MONDAY(NINE)), "VR01", "app.json", "/calendar" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct loaded l;
		bool found = false;
		load_text(&l, rows[i].files);
		assert_null(l.app);
		for (size_t k = 0; k < l.f.count; k++) {
			const struct finding *f = &l.f.items[k];
			found |= !strcmp(f->code, rows[i].code) && !strcmp(f->file, rows[i].file) &&
				 !strcmp(f->pointer, rows[i].pointer);
			if (!catalogue_find(f->text) || !catalogue_find(f->remedy))
				fail_msg("no words for %s, %s", f->text, f->remedy);
		}
		if (!found)
			fail_msg("row %zu: no %s at %s in:\n%s", i, rows[i].code, rows[i].pointer,
				 said(&l));
		unload(&l);
	}
}

static void near_names_are_suggested(void **state) {
	// clang-format off
	static const struct { const char *files, *want; } rows[] = {
		{ FORM("{\"name\": \"a\", \"type\": \"text\", \"requred\": true}"), "Did you mean required?" },
		{ FORM("{\"name\": \"a\", \"type\": \"intger\"}"), "Did you mean integer?" },
		{ FORM("{\"name\": \"amount\", \"type\": \"integer\"}, {\"name\": \"b\", \"type\": \"integer\", \"formula\": \"amuont\"}"), "did you mean amount" },
		{ FORM("{\"name\": \"a\", \"type\": \"enum\", \"enum\": \"stagee\"}") ", \"enums/stage.json\": {\"enum\": \"stage\", \"values\": [\"x\"]}", "Did you mean stage?" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct loaded l;
		load_text(&l, rows[i].files);
		if (!strstr(said(&l), rows[i].want))
			fail_msg("row %zu: not suggested in:\n%s", i, said(&l));
		unload(&l);
	}
}

static void all_mistakes_at_once(void **state) {
	struct loaded l;
	(void)state;
	load_text(&l,
		  FORM("{\"name\": \"a\", \"type\": \"text\", \"x\": 1}, {\"name\": \"a\", "
		       "\"type\": \"text\"}, {\"name\": \"c\", \"type\": \"text\", \"scale\": 1}"));
	assert_int_equal(l.f.errors, 3);
	assert_null(l.app);
	unload(&l);
}

/* ---- a good app ---- */

static void fields_and_rows(void **state) {
	struct loaded l;
	(void)state;
	load_good(
		&l,
		FORM("{\"name\": \"order\", \"type\": \"text\", \"unique\": true}, {\"name\": "
		     "\"state\", \"type\": \"enum\", \"enum\": \"e\"}, {\"name\": \"tags\", "
		     "\"type\": \"tags\"},"
		     "{\"name\": \"lines\", \"type\": \"table\", \"unique\": [[\"no\"]], "
		     "\"fields\": [{\"name\": \"no\", \"id\": \"parent\", \"type\": \"integer\"}, "
		     "{\"name\": \"t\", \"type\": \"tags\"}]}") ", \"enums/e.json\": {\"enum\": "
								"\"e\", \"values\": [\"x\"]}");
	const struct form *f = app_form(l.app, STR("f"));
	assert_int_equal(f->declared_count, 4);
	assert_int_equal(f->field_count, 13);
	assert_string_equal(f->table, "demo_f");
	assert_string_equal(form_field(f, STR("order"))->column, "_order");
	assert_string_equal(form_field(f, STR("tags"))->column, "demo_f__tags");
	assert_ptr_equal(f->state, form_field(f, STR("state")));
	assert_int_equal(f->state->system, SYSTEM_STATE);
	assert_int_equal(form_system(f, SYSTEM_OWNER)->value_type.kind, TYPE_USER);
	assert_int_equal(f->unique_count, 1);
	assert_string_equal(f->uniques[0].index, "u_demo_f__order");
	const struct form *rows = form_field(f, STR("lines"))->rows;
	assert_string_equal(rows->table, "demo_f__lines");
	assert_ptr_equal(rows->parent, f);
	assert_int_equal(rows->field_count, 3);
	assert_string_equal(form_field(rows, STR("no"))->column, "_parent");
	assert_string_equal(form_field(rows, STR("t"))->column, "demo_f__lines__t");
	assert_string_equal(rows->uniques[0].index, "u_demo_f__lines__parent");
	for (size_t i = 0; i < f->field_count; i++) assert_int_equal(f->fields[i]->index, i);
	unload(&l);
}

static void long_names_stay_apart(void **state) {
	struct loaded l;
	(void)state;
	load_good(&l, APP
		  ", \"forms/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json\": {\"form\": "
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"fields\": []},"
		  "\"forms/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab.json\": {\"form\": "
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"fields\": []},"
		  "\"forms/x.json\": {\"form\": \"x\", \"fields\": [{\"name\": \"y\", \"type\": "
		  "\"table\", \"fields\": []}]},"
		  "\"forms/x__y.json\": {\"form\": \"x__y\", \"fields\": []}");
	for (size_t i = 0; i < l.app->form_count; i++) {
		assert_true(strlen(l.app->forms[i]->table) <= 46);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(l.app->forms[i]->table, l.app->forms[k]->table);
	}
	assert_string_not_equal(app_form(l.app, STR("x__y"))->table,
				form_field(app_form(l.app, STR("x")), STR("y"))->rows->table);
	unload(&l);
}

static void computed_in_order(void **state) {
	struct loaded l;
	struct sb order;
	(void)state;
	load_good(&l,
		  FORM("{\"name\": \"c\", \"type\": \"integer\", \"formula\": \"b + 1\"}, "
		       "{\"name\": \"b\", \"type\": \"money\", \"formula\": \"sum(lines.net)\"},"
		       "{\"name\": \"lines\", \"type\": \"table\", \"fields\": [{\"name\": "
		       "\"share\", \"type\": \"decimal\", \"formula\": \"net / $parent.b\"},"
		       "{\"name\": \"net\", \"type\": \"money\", \"formula\": \"qty * "
		       "$parent.rate\"}, {\"name\": \"qty\", \"type\": \"integer\"}]},"
		       "{\"name\": \"rate\", \"type\": \"decimal\", \"formula\": \"1.5\"}"));
	const struct form *f = app_form(l.app, STR("f"));
	order = sb_on(l.a, 1000);
	for (size_t i = 0; i < f->computed_count; i++)
		sb_printf(&order, "%s ", f->computed[i]->name);
	assert_string_equal(sb_cstr(&order), "rate net b c share ");
	unload(&l);
}

static void enumerations(void **state) {
	struct loaded l;
	(void)state;
	load_good(&l, APP ", \"enums/p.json\": {\"enum\": \"p\", \"values\": [{\"value\": \"a\", "
			  "\"retired\": true, \"children\": [\"x\", \"y\"]}, {\"value\": \"b\", "
			  "\"children\": [\"x\"]}]}");
	const struct enumeration *e = app_enumeration(l.app, STR("p"));
	assert_true(e->cascade);
	assert_int_equal(e->n, 5);
	const struct enum_value *b = enumeration_find(e, STR("b")),
				*x = enumeration_child(e, b, STR("x"));
	assert_ptr_not_equal(enumeration_find(e, STR("x")), x);
	assert_ptr_equal(x->parent, b);
	assert_true(enumeration_find(e, STR("x"))->retired && !x->retired);
	assert_ptr_equal(enumeration_by_code(e, x->code), x);
	assert_null(enumeration_child(e, b, STR("y")));
	assert_null(enumeration_by_code(e, 77));
	unload(&l);
}

/* What the loader makes of a calendar: hours in order, days sorted, and which one counts. */
static void calendars(void **state) {
	struct loaded l;
	(void)state;
	load_good(&l, APP ", " CALENDAR("only", "\"label\": \"Week\", \"days\": {\"tue\": [[\"13:00\", \"24:00\"], [\"08:30\", \"13:00\"]]}, "
				"\"holidays\": [\"2026-10-02\", \"2026-10-01\"], \"workdays\": [\"2026-10-10\"]"));
	const struct calendar *c = l.app->calendar;
	assert_ptr_equal(c, app_calendar(l.app, STR("only")));
	assert_string_equal(c->label.en, "Week");
	assert_int_equal(c->work.week[0].n, 0);
	assert_int_equal(c->work.week[1].n, 2);
	assert_int_equal(c->work.week[1].spans[0].from_s, 8 * 3600 + 1800);
	assert_int_equal(c->work.week[1].spans[1].to_s, 86400);
	assert_int_equal(c->work.holiday_count, 2);
	assert_int_equal(c->work.holidays[0] + 1, c->work.holidays[1]);
	assert_int_equal(c->work.workday_count, 1);
	unload(&l);
	load_good(&l, APP ", " CALENDAR("asia", MONDAY(NINE)) ", " CALENDAR("work", MONDAY(NINE)));
	assert_string_equal(l.app->calendar->name, "work");
	unload(&l);
	load_good(&l, "\"app.json\": {\"app\": \"demo\", \"calendar\": \"asia\"}, " CALENDAR("asia", MONDAY(NINE)) ", " CALENDAR("work", MONDAY(NINE)));
	assert_string_equal(l.app->calendar->name, "asia");
	assert_ptr_equal(app_working_time(l.app), &l.app->calendar->work);
	unload(&l);
	load_good(&l, APP);
	assert_null(app_working_time(l.app));
	unload(&l);
}

static void roles(void **state) {
	struct loaded l;
	(void)state;
	load_good(
		&l,
		FORM("{\"name\": \"a\", \"type\": \"text\"}, {\"name\": \"t\", \"type\": "
		     "\"table\", \"fields\": [{\"name\": \"b\", \"type\": \"text\"}]}") ", "
											"\"roles/"
											"r.json\": "
											"{\"role\":"
											" \"r\", "
											"\"forms\":"
											" {\"f\": "
											"[{"
											"\"create\""
											": true, "
											"\"read\": "
											"\"dept_"
											"tree\", "
											"\"update\""
											": "
											"\"own\", "
											"\"where\":"
											" \"a != "
											"null\","
											"\"fields\""
											": {\"a\": "
											"\"mask\", "
											"\"t.b\": "
											"\"hidden\""
											", "
											"\"owner\":"
											" \"edit\"}"
											"}, "
											"{\"read\":"
											" \"all\"}]"
											"}}");
	const struct form *f = app_form(l.app, STR("f"));
	const struct role *r = app_role(l.app, STR("r"));
	assert_int_equal(r->grant_count, 2);
	const struct role_grant *g = &r->grants[0];
	const struct field *t = form_field(f, STR("t"));
	assert_true(g->create && !g->export && g->where && !r->grants[1].where);
	assert_int_equal(g->read, SCOPE_DEPT_TREE);
	assert_int_equal(g->delete_, SCOPE_NONE);
	assert_int_equal(g->fields[form_field(f, STR("a"))->index], RIGHT_MASK);
	assert_int_equal(g->fields[t->index], RIGHT_EDIT);
	assert_int_equal(g->fields[form_field(f, STR("owner"))->index], RIGHT_EDIT);
	assert_int_equal(g->fields[form_field(f, STR("rev"))->index], RIGHT_READ);
	assert_int_equal(g->row_fields[t->index][form_field(t->rows, STR("b"))->index],
			 RIGHT_HIDDEN);
	assert_null(r->grants[1].row_fields);
	unload(&l);
}

/* ---- places ---- */

static void expression_columns(void **state) {
	struct loaded l;
	(void)state;
	load_text(&l, FORM("{\"name\": \"a\", \"type\": \"integer\", \"formula\": \"1 + 金额\"}"));
	assert_int_equal(l.f.count, 1);
	assert_string_equal(l.f.items[0].pointer, "/fields/0/formula");
	assert_true(l.f.items[0].line >
		    1); /* of the canonical text: a bundle has no lines of its own */
	unload(&l);
}

static void json_of_findings(void **state) {
	struct loaded l;
	(void)state;
	load_text(&l, FORM("{\"name\": \"a\", \"type\": \"text\", \"requred\": true}"));
	struct sb out = sb_on(l.a, 65536);
	struct jw w = jw_on(&out);
	const struct json *j;
	findings_json(&w, &l.f);
	assert_null(json_parse(l.a, sb_str(&out), &json_limits_request, &j));
	const struct json *one = json_at(j, "/findings/0");
	static const char *const keys[] = { "code",   "severity", "file",    "line",
					    "column", "pointer",  "message", "remedy" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) assert_non_null(json_get(one, keys[i]));
	assert_true(json_is_string(json_get(one, "severity"), "error"));
	assert_true(json_is_string(json_at(one, "/remedy/zh-CN"), "是否想写 required？"));
	unload(&l);
}

/* ---- bundles ---- */

static void order_and_defaults_do_not_change_the_hash(void **state) {
	struct loaded x, y;
	(void)state;
	load_good(&x, FORM("{\"type\": \"text\", \"required\": false, \"name\": \"a\", \"unique\": "
			   "false}"));
	load_good(&y, "\"forms/f.json\": {\"fields\": [{\"name\": \"a\", \"type\": \"text\"}], "
		      "\"form\": \"f\"}, " APP);
	assert_string_equal(x.app->hash, y.app->hash);
	assert_int_equal(strlen(x.app->hash), 64);
	assert_non_null(strstr(x.app->bundle.p,
			       "{\"form\":\"f\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]}"));
	unload(&x);
	unload(&y);
}

static void a_folder_comes_back_byte_for_byte(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct bundle *first, *second;
	char one[] = "/tmp/tenon-bundle-XXXXXX", two[] = "/tmp/tenon-bundle-XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(one));
	assert_non_null(mkdtemp(two));
	assert_null(bundle_read_folder(a, "apps/crm", &f, &first));
	assert_null(bundle_write_folder(a, first, one));
	assert_null(bundle_read_folder(a, one, &f, &second));
	assert_null(bundle_write_folder(a, second, two));
	assert_int_equal(first->n, second->n);
	for (size_t i = 0; i < first->n; i++) {
		struct str x = bundle_file_text(a, &first->files[i]),
			   y = bundle_file_text(a, &second->files[i]);
		assert_string_equal(first->files[i].path, second->files[i].path);
		if (!str_eq(x, y) || !str_eq(y, second->files[i].json ? second->files[i].text : y))
			fail_msg("%s differs", first->files[i].path);
	}
	assert_int_equal(
		system(arena_printf(a, "diff -r %s %s && rm -r %s %s", one, two, one, two)), 0);
	assert_int_equal(f.errors, 0);
	arena_free(a);
}

static void a_published_bundle_loads_again(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct bundle *folder, *published;
	struct app *x, *y;
	(void)state;
	assert_null(bundle_read_folder(a, "apps/crm", &f, &folder));
	assert_null(app_load(folder, NULL, &f, &x));
	assert_non_null(x);
	assert_null(bundle_read_json(a, x->bundle, &published));
	assert_null(app_load(published, NULL, &f, &y));
	assert_non_null(y);
	assert_string_equal(x->hash, y->hash);
	assert_true(str_eq(x->bundle, y->bundle));
	assert_int_equal(x->form_count, y->form_count);
	app_release(x);
	app_release(y);
	arena_free(a);
}

static void paths_never_lead_out(void **state) {
	static const char *const bad[] = { "../app.json",   "forms/../../x.json", "forms/a/b.json",
					   "/etc/passwd",   "form/a.json",        "forms/",
					   "forms/.x.json", "forms/a\\nb.json",   "x.json" };
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct bundle *b;
		struct problem *p = bundle_read_json(
			a, str_of(arena_printf(a, "{\"files\": {\"%s\": {}}}", bad[i])), &b);
		assert_non_null(p);
		assert_string_equal(p->code, "bundle_path");
	}
	arena_free(a);
}

static void files_that_are_not_used_are_told(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct bundle *b;
	char dir[] = "/tmp/tenon-bundle-XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(
		system(arena_printf(a,
				    "cd %s && mkdir form enums && echo '{\"app\": \"demo\"}' "
				    ">app.json && echo x >enums/readme.txt && echo '{\"enum\": "
				    "\"e\", ' >enums/e.json && printf '\\377' >enums/bad.json",
				    dir)),
		0);
	assert_null(bundle_read_folder(a, dir, &f, &b));
	assert_int_equal(f.warnings, 2);
	assert_int_equal(f.errors, 2);
	assert_int_equal(b->n, 1);
	struct sb out = sb_on(a, 65536);
	findings_text(&out, &f, LANGUAGE_EN, false, true);
	assert_non_null(strstr(sb_cstr(&out), "Did you mean forms?"));
	assert_non_null(strstr(sb_cstr(&out), "enums/e.json:1:1"));
	assert_int_equal(system(arena_printf(a, "rm -r %s", dir)), 0);
	assert_non_null(bundle_read_folder(a, "/nowhere", &f, &b));
	arena_free(a);
}

static void apps_are_counted(void **state) {
	struct loaded l, m;
	(void)state;
	load_good(&l, FORM(A));
	load_good(&m, FORM(A));
	assert_true(l.app->serial != m.app->serial);
	assert_ptr_equal(app_retain(l.app), l.app);
	app_release(l.app);
	assert_non_null(app_definition(l.app, "form", STR("f")));
	assert_null(app_definition(l.app, "enum", STR("f")));
	unload(&l);
	unload(&m);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(near_names_are_suggested),
		cmocka_unit_test(all_mistakes_at_once),
		cmocka_unit_test(fields_and_rows),
		cmocka_unit_test(long_names_stay_apart),
		cmocka_unit_test(computed_in_order),
		cmocka_unit_test(enumerations),
		cmocka_unit_test(calendars),
		cmocka_unit_test(roles),
		cmocka_unit_test(expression_columns),
		cmocka_unit_test(json_of_findings),
		cmocka_unit_test(order_and_defaults_do_not_change_the_hash),
		cmocka_unit_test(a_folder_comes_back_byte_for_byte),
		cmocka_unit_test(a_published_bundle_loads_again),
		cmocka_unit_test(paths_never_lead_out),
		cmocka_unit_test(files_that_are_not_used_are_told),
		cmocka_unit_test(apps_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
