/* Linkage on the server: show and hide with each hidden_value, require, read_only, set and options,
 * in records and sub-rows, whatever the order of the rules; rules that chase each other; conditions
 * that cannot be computed.
 * Ledger: B07, B08. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

#define APP(forms)                                                                                 \
	"{\"files\":{\"app.json\":{\"app\":\"link\",\"version\":\"1\",\"languages\":[\"en\"],"     \
	"\"timezone\":\"UTC\"},"                                                                   \
	"\"enums/"                                                                                 \
	"kind.json\":{\"enum\":\"kind\",\"values\":[{\"value\":\"a\"},{\"value\":\"b\"},{"         \
	"\"value\":\"c\"}]}," forms "}}"

static const char bundle[] =
	APP("\"forms/doc.json\":{\"form\":\"doc\",\"fields\":["
	    "{\"name\":\"kind\",\"type\":\"enum\",\"enum\":\"kind\"},"
	    "{\"name\":\"other\",\"type\":\"ref\",\"form\":\"doc\"},"
	    "{\"name\":\"kept\",\"type\":\"integer\",\"hidden_value\":\"keep\"},"
	    "{\"name\":\"emptied\",\"type\":\"integer\",\"hidden_value\":\"empty\"},"
	    "{\"name\":\"again\",\"type\":\"integer\",\"default\":\"5\",\"hidden_value\":"
	    "\"recalculate\"},"
	    "{\"name\":\"sum\",\"type\":\"integer\",\"formula\":\"coalesce(kept, 0) + "
	    "coalesce(emptied, 0) + coalesce(again, 0)\"},"
	    "{\"name\":\"rate\",\"type\":\"integer\"},"
	    "{\"name\":\"note\",\"type\":\"text\"},"
	    "{\"name\":\"parts\",\"type\":\"table\",\"hidden_value\":\"empty\",\"fields\":["
	    "{\"name\":\"qty\",\"type\":\"integer\"},{\"name\":\"why\",\"type\":\"text\"},{"
	    "\"name\":\"fee\",\"type\":\"integer\"},"
	    "{\"name\":\"kind\",\"type\":\"enum\",\"enum\":\"kind\"}],"
	    "\"linkage\":[{\"when\":\"qty > 10\",\"show\":[\"why\"],\"require\":[\"why\"]},"
	    "{\"when\":\"$parent.kind == 'b'\",\"set\":{\"fee\":\"qty * "
	    "2\"},\"read_only\":[\"fee\"]}]}],"
	    "\"linkage\":["
	    "{\"when\":\"sum > 100\",\"set\":{\"note\":\"'big'\"}},"
	    "{\"when\":\"kind == 'a'\",\"hide\":[\"kept\",\"emptied\",\"again\"]},"
	    "{\"when\":\"kind == 'c'\",\"hide\":[\"parts\"]},"
	    "{\"when\":\"kind == 'b'\",\"set\":{\"rate\":\"7\"},\"read_only\":[\"rate\",\"kept\"]},"
	    "{\"when\":\"100 / rate > 1000\",\"require\":[\"note\"]},"
	    "{\"when\":\"kind == 'c'\",\"options\":{\"other\":\"$option.rate != 3\"}}]}");

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, bundle, false);
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

static void refused(struct wrote w, const char *problem) {
	assert_string_equal(w.problem, problem);
}

static void hidden_values_follow_their_policy(void **state) {
	struct sample *s = *state;
	struct wrote w =
		create(s, NULL, "doc", "{\"kind\":\"a\",\"kept\":1,\"emptied\":2,\"again\":3}");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/kept"), "1");
	assert_string_equal(part(s, &w, "/emptied"), "null");
	assert_string_equal(part(s, &w, "/again"), "5");
	assert_string_equal(part(s, &w, "/sum"), "6");
	w = update(s, NULL, "doc", w.id, -1, "{\"kind\":\"c\",\"emptied\":2}");
	assert_string_equal(part(s, &w, "/sum"), "8");
}

static void a_hidden_table_is_emptied(void **state) {
	struct sample *s = *state;
	struct wrote w = create(s, NULL, "doc", "{\"parts\":[{\"qty\":1},{\"qty\":2}]}");
	assert_string_equal(w.problem, "");
	w = update(s, NULL, "doc", w.id, -1, "{\"kind\":\"c\"}");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/parts/0"), "");
	assert_string_equal(stored(s, "doc", w.id), w.record);
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM link_doc__parts"), 0);
}

static void rows_have_rules_of_their_own(void **state) {
	struct sample *s = *state;
	refused(create(s, NULL, "doc", "{\"parts\":[{\"qty\":1},{\"qty\":11}]}"),
		"422 invalid; /parts/1/why required");
	struct wrote w =
		create(s, NULL, "doc",
		       "{\"kind\":\"b\",\"parts\":[{\"qty\":1},{\"qty\":11,\"why\":\"x\"}]}");
	assert_string_equal(w.problem, "");
	assert_string_equal(part(s, &w, "/parts/1/fee"), "22");
	assert_string_equal(part(s, &w, "/rate"), "7");
	const char *row = part(s, &w, "/parts/0/id");
	refused(update(s, NULL, "doc", w.id, -1,
		       arena_printf(s->arena, "{\"parts\":{\"set\":[{\"id\":%s,\"fee\":9}]}}",
				    row)),
		"422 invalid; /parts/set/0/fee read_only");
	refused(create(s, NULL, "doc", "{\"kind\":\"b\",\"parts\":[{\"qty\":1,\"fee\":9}]}"),
		"422 invalid; /parts/0/fee read_only");
}

static void sets_fire_when_the_condition_turns_true(void **state) {
	struct sample *s = *state;
	struct wrote w = create(s, NULL, "doc", "{\"kept\":200}");
	assert_string_equal(part(s, &w, "/note"), "big");
	w = update(s, NULL, "doc", w.id, -1, "{\"note\":\"mine\"}");
	assert_string_equal(part(s, &w, "/note"), "mine");
	w = update(s, NULL, "doc", w.id, -1, "{\"kept\":300}");
	assert_string_equal(part(s, &w, "/note"), "mine");
	w = update(s, NULL, "doc", w.id, -1, "{\"kept\":1}");
	w = update(s, NULL, "doc", w.id, -1, "{\"kept\":200}");
	assert_string_equal(part(s, &w, "/note"), "big");
}

static void read_only_fields_keep_what_they_have(void **state) {
	struct sample *s = *state;
	refused(create(s, NULL, "doc", "{\"kind\":\"b\",\"rate\":8}"),
		"422 invalid; /rate read_only");
	struct wrote w = create(s, NULL, "doc", "{\"kind\":\"b\",\"rate\":7,\"kept\":4}");
	assert_string_equal(w.problem, "");
	refused(update(s, NULL, "doc", w.id, -1, "{\"kept\":5}"), "422 invalid; /kept read_only");
	assert_true(update(s, NULL, "doc", w.id, -1, "{\"kept\":4}").ok);
	assert_true(update(s, NULL, "doc", w.id, -1, "{\"kind\":null,\"kept\":5}").ok);
}

static const char *other(struct sample *s, const char *kind, int64_t id) {
	return arena_printf(s->arena, "{\"kind\":\"%s\",\"other\":%lld}", kind, (long long)id);
}

static void options_of_a_rule_limit_the_choice(void **state) {
	struct sample *s = *state;
	struct wrote three = create(s, NULL, "doc", "{\"rate\":3}");
	refused(create(s, NULL, "doc", other(s, "c", three.id)),
		"422 invalid; /other not_an_option");
	struct wrote w = create(s, NULL, "doc", other(s, "b", three.id));
	assert_string_equal(w.problem, "");
	struct wrote four = create(s, NULL, "doc", "{\"rate\":4}");
	assert_true(update(s, NULL, "doc", w.id, -1, other(s, "c", four.id)).ok);
}

/* A row's choice that depends on its record is asked again when the record changes (B07). */
static void options_of_a_row_follow_its_record(void **state) {
	struct sample *s = *state;
	sample_close(s);
	sample_open(s, s->arena,
		    APP("\"forms/doc.json\":{\"form\":\"doc\",\"fields\":["
			"{\"name\":\"rate\",\"type\":\"integer\"},"
			"{\"name\":\"parts\",\"type\":\"table\",\"fields\":[{\"name\":\"of\","
			"\"type\":\"ref\",\"form\":\"doc\","
			"\"options\":\"$option.rate == $parent.rate\"}]}]}"),
		    false);
	struct wrote three = create(s, NULL, "doc", "{\"rate\":3}");
	struct wrote w = create(s, NULL, "doc",
				arena_printf(s->arena, "{\"rate\":3,\"parts\":[{\"of\":%lld}]}",
					     (long long)three.id));
	assert_string_equal(w.problem, "");
	const char *before = stored(s, "doc", w.id);
	refused(update(s, NULL, "doc", w.id, -1, "{\"rate\":4}"),
		"422 invalid; /parts/0/of not_an_option");
	assert_string_equal(stored(s, "doc", w.id), before);
	assert_true(update(s, NULL, "doc", w.id, -1, "{\"rate\":3}").ok);
}

static void a_condition_that_fails_is_false(void **state) {
	struct sample *s = *state;
	struct wrote w = create(s, NULL, "doc", "{\"rate\":0}");
	assert_string_equal(w.problem, "");
}

static void rules_that_chase_each_other_are_refused(void **state) {
	struct sample *s = *state;
	sample_close(s);
	sample_open(s, s->arena,
		    APP("\"forms/"
			"doc.json\":{\"form\":\"doc\",\"fields\":[{\"name\":\"n\",\"type\":"
			"\"integer\"}],"
			"\"linkage\":[{\"when\":\"n != null\",\"set\":{\"n\":\"n + "
			"1\"}},{\"when\":\"n == null\",\"set\":{\"n\":\"1\"}}]}"),
		    false);
	refused(create(s, NULL, "doc", "{}"), "422 invalid;  linkage_endless");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM link_doc"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(hidden_values_follow_their_policy),
		TEST(a_hidden_table_is_emptied),
		TEST(rows_have_rules_of_their_own),
		TEST(sets_fire_when_the_condition_turns_true),
		TEST(read_only_fields_keep_what_they_have),
		TEST(options_of_a_rule_limit_the_choice),
		TEST(options_of_a_row_follow_its_record),
		TEST(a_condition_that_fails_is_false),
		TEST(rules_that_chase_each_other_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
