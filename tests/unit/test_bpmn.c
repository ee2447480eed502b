/* test_bpmn.c -- diagrams of our own, one for each kind of element: what they become, what is
 * refused and by which element, how they play, and that an export read again is the same flow. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"

enum { OUT_MAX = 16 << 20 };

static struct str text_of(struct arena *a, const char *path) {
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, 1 << 20);
	if (!f) fail_msg("%s is missing", path);
	size_t n = fread(text, 1, 1 << 20, f);
	fclose(f);
	return (struct str){ text, n };
}

static struct str fixture(struct arena *a, const char *name) {
	return text_of(a, arena_printf(a, "tests/fixtures/bpmn/%s.bpmn", name));
}

static struct problem *imported(struct arena *a, struct str xml, struct bpmn **g,
				const char **json) {
	struct sb out = sb_on(a, OUT_MAX);
	const struct bpmn_options options = { "record" };
	TRY(bpmn_read(a, xml, g));
	TRY(bpmn_import(*g, &options, &out));
	*json = sb_cstr(&out);
	return NULL;
}

static const char *must_import(struct arena *a, struct str xml, const char *name) {
	struct bpmn *g;
	const char *json = NULL;
	struct problem *p = imported(a, xml, &g, &json);
	if (p) fail_msg("%s: %s", name, problem_text(a, LANGUAGE_EN, p));
	return json;
}

static const struct json *parsed(struct arena *a, const char *text) {
	const struct json *j;
	assert_null(json_parse(a, str_of(text), &json_limits_definition, &j));
	return j;
}

static const char *compact(struct arena *a, const struct json *j) {
	struct sb out = sb_on(a, OUT_MAX);
	struct jw w = jw_on(&out);
	jw_json(&w, j);
	return sb_cstr(&out);
}

/* ---- what is read ---- */

// clang-format off
#define HANDLE(id) "{\"id\":\"" id "\",\"kind\":\"handle\",\"who\":[\"starter_picks\"]}"
#define NAMED(id, who) "{\"id\":\"" id "\",\"kind\":\"handle\",\"who\":[" who "]}"

static const struct {
	const char *file, *steps;
} reads[] = {
	{ "sequence", "[{\"id\":\"check_order\",\"kind\":\"handle\",\"label\":\"Check order\",\"who\":[\"user:li\"]},"
		      NAMED("approve_order", "\"role:sales\",\"role:finance_east\"") "]" },
	{ "choice", "[" HANDLE("ask") ",{\"id\":\"how\",\"kind\":\"branch\",\"label\":\"How much?\",\"cases\":["
		    "{\"when\":\"amount < 1000 and kind != 'gift'\",\"label\":\"small\",\"steps\":[" HANDLE("small") "]},"
		    "{\"else\":true,\"steps\":[" HANDLE("large") "]}]}]" },
	{ "parallel", "[{\"id\":\"fork\",\"kind\":\"parallel\",\"branches\":[{\"steps\":[" HANDLE("legal") "]},{\"steps\":["
		      HANDLE("finance") "]}]}," HANDLE("last") "]" },
	{ "inclusive", "[{\"id\":\"which\",\"kind\":\"branch\",\"pick\":\"all\",\"cases\":["
		       "{\"when\":\"needs_legal\",\"steps\":[" HANDLE("legal") "]},"
		       "{\"when\":\"not (amount <= 5)\",\"steps\":[" HANDLE("finance") "]}]}]" },
	{ "loop", "[" HANDLE("write") "," HANDLE("review") ",{\"id\":\"good\",\"kind\":\"branch\",\"cases\":["
		  "{\"when\":\"ok == true\",\"steps\":[]},"
		  "{\"else\":true,\"steps\":[{\"id\":\"good_2\",\"kind\":\"goto\",\"to\":\"write\"}]}]}]" },
	{ "people", "[" NAMED("one", "\"starter\"") "," NAMED("two", "\"user:li\",\"user:wang\",\"role:sales\"") ","
		    NAMED("three", "{\"field\":\"next_person\"}") "," NAMED("four", "\"user:li\",\"role:sales\"") "," HANDLE("five") "]" },
	{ "instances",
	  "[{\"id\":\"everyone\",\"kind\":\"handle\",\"who\":[{\"field\":\"panel\"}],\"mode\":{\"vote\":\"share >= 60%\"}},"
	  "{\"id\":\"in_turn\",\"kind\":\"handle\",\"who\":[{\"field\":\"panel\"}],\"mode\":\"order\"},"
	  NAMED("twice", "\"user:user_0\"") "," NAMED("twice_2", "\"user:user_1\"") ","
	  "{\"id\":\"three_at_once_beside\",\"kind\":\"parallel\",\"wait\":2,\"branches\":[{\"steps\":[" HANDLE("three_at_once") "]},"
	  "{\"steps\":[" HANDLE("three_at_once_2") "]},{\"steps\":[" HANDLE("three_at_once_3") "]}]}]" },
	{ "wait", "[" HANDLE("first") ",{\"id\":\"pause\",\"kind\":\"wait\",\"label\":\"A day\",\"for\":\"1d\"}]" },
	{ "timer_pass", "[{\"id\":\"first\",\"kind\":\"handle\",\"who\":[\"starter_picks\"],\"due\":\"36h\",\"on_due\":[\"pass\"]},"
			HANDLE("second") "]" },
	{ "timer_way",
	  "[{\"id\":\"first_beside\",\"kind\":\"parallel\",\"wait\":\"any\",\"branches\":[{\"steps\":[" HANDLE("first") "]},"
	  "{\"steps\":[{\"id\":\"late_wait\",\"kind\":\"wait\",\"for\":\"2h\"},"
	  "{\"id\":\"late_mark\",\"kind\":\"act\",\"do\":[{\"set\":{\"late_fired\":\"true\"}}]}]}]},"
	  "{\"id\":\"first_which\",\"kind\":\"branch\",\"cases\":[{\"when\":\"late_fired == true\",\"steps\":[" HANDLE("escalate") "]},"
	  "{\"else\":true,\"steps\":[" HANDLE("second") "]}]}]" },
	{ "timer_beside",
	  "[{\"id\":\"first_beside\",\"kind\":\"parallel\",\"branches\":[{\"steps\":["
	  "{\"id\":\"late_beside\",\"kind\":\"parallel\",\"wait\":\"any\",\"branches\":["
	  "{\"steps\":[{\"id\":\"late_wait\",\"kind\":\"wait\",\"for\":\"2h\"}]},"
	  "{\"steps\":[{\"id\":\"late_until\",\"kind\":\"wait\",\"until\":{\"form\":\"record\",\"when\":\"first_done == true\"}}]}]},"
	  "{\"id\":\"late_which\",\"kind\":\"branch\",\"cases\":[{\"when\":\"not (first_done == true)\",\"steps\":[" HANDLE("remind") "]},"
	  "{\"else\":true,\"steps\":[]}]}]},"
	  "{\"steps\":[" HANDLE("first") ",{\"id\":\"first_mark\",\"kind\":\"act\",\"do\":[{\"set\":{\"first_done\":\"true\"}}]}]}]}]" },
	{ "terminate",
	  "[{\"id\":\"fork\",\"kind\":\"parallel\",\"wait\":\"any\",\"branches\":[{\"steps\":[" HANDLE("decide") ","
	  "{\"id\":\"fork_2\",\"kind\":\"act\",\"do\":[{\"set\":{\"fork_ended\":\"true\"}}]}]},{\"steps\":[" HANDLE("comment") ","
	  "{\"id\":\"fork_3\",\"kind\":\"wait\",\"until\":{\"form\":\"record\",\"when\":\"fork_ended == true\"}}]}]}]" },
	{ "copied", "[" HANDLE("first") ",{\"id\":\"a\",\"kind\":\"branch\",\"cases\":[{\"when\":\"ok\",\"steps\":[" HANDLE("second") ","
		    "{\"id\":\"b\",\"kind\":\"branch\",\"cases\":[{\"when\":\"ok2\",\"steps\":[" HANDLE("archive") "]},"
		    "{\"else\":true,\"steps\":[" HANDLE("reject") "]}]}]},{\"else\":true,\"steps\":[" HANDLE("reject_2") "]}]}]" },
	{ "lanes", "[" NAMED("work", "\"role:back_office\"") "]" },
};
// clang-format on

static void reads_each_kind(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
		struct arena *a = arena_new(0);
		const char *json = must_import(a, fixture(a, reads[i].file), reads[i].file);
		assert_string_equal(compact(a, json_get(parsed(a, json), "steps")), reads[i].steps);
		arena_free(a);
	}
}

static void says_what_it_leaves_out(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct bpmn *g;
	const char *json = NULL;
	assert_null(imported(a, fixture(a, "people"), &g, &json));
	assert_string_equal(g->hints.first->problem->code, "bpmn_left_who");
	assert_string_equal(g->hints.first->problem->params[1].value, "five");
	assert_null(g->hints.first->next);
	const struct json *start = json_get(parsed(a, json), "start");
	assert_string_equal(compact(a, start), "{\"who\":[\"role:sales\"]}");
	arena_free(a);
}

static void several_processes_are_an_array(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const struct json *all = parsed(a, must_import(a, fixture(a, "two"), "two"));
	assert_int_equal(all->kind, JSON_ARRAY);
	assert_int_equal(all->n, 2);
	assert_true(json_is_string(json_get(&all->items[1], "flow"), "second"));
	arena_free(a);
}

/* ---- what is refused ---- */

static const struct {
	const char *file, *code, *id;
} refusals[] = {
	{ "service", "bpmn_element", "mail" },
	{ "listener", "bpmn_extension", "work" },
	{ "skip", "bpmn_extension", "work" },
	{ "foreign_namespace", "bpmn_extension", "work" },
	{ "method", "bpmn_condition", "asks" },
	{ "multi_merge", "bpmn_multi_merge", "meet" },
	{ "deadlock", "bpmn_deadlock", "meet" },
	{ "not_nested", "bpmn_nest", "fork" },
	{ "dangling", "bpmn_reference", "lost" },
	{ "same_id", "bpmn_same_id", "work" },
	{ "two_starts", "bpmn_entries", "other" },
	{ "terminate_maybe", "bpmn_terminate", "stop" },
	{ "cron", "bpmn_timer", "pause" },
	{ "no_condition", "bpmn_no_condition", "open" },
	{ "subprocess", "bpmn_element", "inner" },
	{ "doctype", "bpmn_doctype", NULL },
	{ "external", "bpmn_doctype", NULL },
	{ "entity", "bpmn_xml", NULL },
	{ "other_root", "bpmn_root", NULL },
	{ "broken", "bpmn_xml", NULL },
	{ "empty", "bpmn_no_process", NULL },
};

static const char *param(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (!strcmp(p->params[i].name, name)) return p->params[i].value;
	return "";
}

static void refuses_by_element(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct arena *a = arena_new(0);
		struct bpmn *g;
		const char *json = NULL, *name = arena_printf(a, "refused_%s", refusals[i].file);
		struct problem *p = imported(a, fixture(a, name), &g, &json);
		if (!p) fail_msg("%s was read: %s", name, json);
		assert_string_equal(p->code, refusals[i].code);
		if (refusals[i].id) assert_string_equal(param(p, "id"), refusals[i].id);
		for (int l = 0; l < LANGUAGES; l++)
			assert_true(strlen(problem_text(a, (enum language)l, p)) > 5);
		arena_free(a);
	}
}

/* ---- hostile XML ---- */

static struct problem *read_text(struct arena *a, struct sb *text) {
	struct bpmn *g;
	return bpmn_read(a, sb_str(text), &g);
}

static void repeat(struct sb *out, const char *text, int n) {
	while (n-- > 0) sb_cat(out, text);
}

static void deep_and_large_documents_are_refused_fast(void **state) {
	(void)state;
	static const char head[] = "<definitions xmlns=\"" BPMN_SPACE "\">";
	struct arena *a = arena_new(0);
	clock_t began = clock();
	struct sb deep = sb_on(a, OUT_MAX), wide = sb_on(a, OUT_MAX), large = sb_on(a, OUT_MAX),
		  many = sb_on(a, OUT_MAX), attributes = sb_on(a, OUT_MAX);
	sb_cat(&deep, head);
	repeat(&deep, "<a>", 200000);
	assert_string_equal(read_text(a, &deep)->code, "bpmn_too_large");
	sb_cat(&wide, head);
	repeat(&wide, "<a/>", 300000);
	assert_string_equal(read_text(a, &wide)->code, "bpmn_too_large");
	repeat(&large, "               ", 600000);
	assert_string_equal(read_text(a, &large)->code, "bpmn_too_large");
	sb_printf(&many, "%s<process id=\"p\">", head);
	for (int i = 0; i < 7000; i++) sb_printf(&many, "<userTask id=\"t%d\"/>", i);
	sb_cat(&many, "</process></definitions>");
	assert_string_equal(read_text(a, &many)->code, "bpmn_too_large");
	sb_cat(&attributes, "<definitions xmlns=\"" BPMN_SPACE "\"");
	for (int i = 0; i < 1000; i++) sb_printf(&attributes, " a%d=\"\"", i);
	sb_cat(&attributes, "/>");
	assert_string_equal(read_text(a, &attributes)->code, "bpmn_too_large");
	assert_true((clock() - began) / CLOCKS_PER_SEC < 20);
	arena_free(a);
}

/* A diagram as long as is allowed folds in a moment. */
static void a_long_diagram_folds(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb xml = sb_on(a, OUT_MAX);
	sb_cat(&xml, "<definitions xmlns=\"" BPMN_SPACE "\"><process id=\"p\">");
	for (int i = 0; i < 1900; i++) sb_printf(&xml, "<userTask id=\"t%d\"/>", i);
	for (int i = 0; i < 1899; i++)
		sb_printf(&xml, "<sequenceFlow id=\"f%d\" sourceRef=\"t%d\" targetRef=\"t%d\"/>", i,
			  i, i + 1);
	sb_cat(&xml, "</process></definitions>");
	clock_t began = clock();
	const struct json *flow = parsed(a, must_import(a, sb_str(&xml), "long"));
	assert_int_equal(json_get(flow, "steps")->n, 1900);
	assert_true((clock() - began) / CLOCKS_PER_SEC < 20);
	arena_free(a);
}

/* Prefixes do not matter, namespaces do. */
static void namespaces_are_resolved(void **state) {
	(void)state;
	static const char odd[] =
		"<x:definitions xmlns:x=\"" BPMN_SPACE "\" xmlns:y=\"" BPMN_SPACE
		"\" xmlns=\"urn:other\">"
		"<y:process id=\"p\"><x:startEvent id=\"s\"/><y:userTask id=\"a\"/>"
		"<x:sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"a\"/></y:process>"
		"<process id=\"q\"/></x:definitions>";
	struct arena *a = arena_new(0);
	const struct json *flow = parsed(a, must_import(a, str_of(odd), "odd"));
	assert_string_equal(compact(a, json_get(flow, "steps")), "[" HANDLE("a") "]");
	arena_free(a);
}

/* ---- --run ---- */

// clang-format off
static const struct {
	const char *file, *line;
} runs[] = {
	{ "sequence", "\"state\": \"idle\", \"waiting\": [[\"checkOrder\"], [\"approveOrder\"], []]" },
	{ "parallel", "\"state\": \"idle\", \"waiting\": [[\"finance\", \"legal\"], [\"legal\"], [\"last\"], []]" },
	{ "choice", "\"state\": \"idle\", \"waiting\": [[\"ask\"], [\"large\"], []]" },
	{ "two", "\"state\": \"idle\", \"waiting\": [[\"a\", \"b\"], [\"b\"], []]" },
	{ "timer_way", "\"state\": \"idle\", \"waiting\": [[\"first\"], [\"second\"], []]" },
	{ "wait", "\"state\": \"idle\", \"waiting\": [[\"first\"], []]" },
	{ "lanes", "\"state\": \"idle\", \"waiting\": [[\"work\"], []]" },
	{ "refused_service", "\"state\": \"idle\", \"waiting\": [[]]" },
	{ "refused_deadlock", "\"state\": \"running\", \"waiting\": [[\"b\"], []]" },
	{ "refused_multi_merge",
	  "\"state\": \"idle\", \"waiting\": [[\"a\", \"b\"], [\"after\", \"b\"], [\"b\"], [\"after\"], []]" },
	{ "terminate", "\"state\": \"idle\", \"waiting\": [[\"comment\", \"decide\"], [\"decide\"], []]" },
};
// clang-format on

static void plays_the_token_game(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, OUT_MAX);
		struct bpmn *g;
		assert_null(bpmn_read(a, fixture(a, runs[i].file), &g));
		assert_null(bpmn_run(g, "x.bpmn", &out));
		assert_string_equal(sb_cstr(&out),
				    arena_printf(a, "{\"file\": \"x.bpmn\", %s}\n", runs[i].line));
		arena_free(a);
	}
}

/* A loop nobody is asked in and one that always asks both come to an end. */
static void endless_loops_are_stopped(void **state) {
	(void)state;
	static const char *const bodies[] = { "task", "userTask" };
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, OUT_MAX);
		struct bpmn *g;
		const char *xml = arena_printf(
			a,
			"<definitions xmlns=\"" BPMN_SPACE
			"\"><process id=\"p\"><startEvent id=\"s\"/>"
			"<%s id=\"t\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"t\"/>"
			"<sequenceFlow id=\"g\" sourceRef=\"t\" "
			"targetRef=\"t\"/></process></definitions>",
			bodies[i]);
		assert_null(bpmn_read(a, str_of(xml), &g));
		assert_string_equal(bpmn_run(g, "x", &out)->code, "bpmn_endless");
		arena_free(a);
	}
}

/* ---- export ---- */

static const char *exported(struct arena *a, const struct json *flow) {
	struct sb out = sb_on(a, OUT_MAX);
	assert_null(bpmn_export(a, flow, &out));
	return sb_cstr(&out);
}

static void stable(struct arena *a, const struct json *flow, const char *name) {
	const char *first = exported(a, flow);
	const struct json *again = parsed(a, must_import(a, str_of(first), name));
	assert_string_equal(compact(a, again), compact(a, flow));
	assert_string_equal(exported(a, again), first);
}

static void what_was_read_is_written_and_read_again(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
		struct arena *a = arena_new(0);
		stable(a, parsed(a, must_import(a, fixture(a, reads[i].file), reads[i].file)),
		       reads[i].file);
		arena_free(a);
	}
}

// clang-format off
/* Everything a flow of ours can say that BPMN cannot. */
static const char ours[] =
	"{\"flow\":\"start\",\"form\":\"contract\",\"label\":{\"zh-CN\":\"合同<审批>\",\"en\":\"C & \\\"D\\\"\"},"
	"\"start\":{\"who\":[\"role:sales\"],\"when\":\"state == 'draft'\"},\"settings\":{\"on_self\":\"superior\"},"
	"\"states\":{\"approved\":\"approved\"},\"steps\":["
	"{\"id\":\"lead\",\"kind\":\"approve\",\"label\":{\"zh-CN\":\"直属\\n上级\"},\"who\":[{\"superior\":1},\"user:li\"],\"due\":\"2wd\","
	"\"on_due\":[\"remind@1d\",\"transfer:superior\"],\"fields\":{\"amount\":\"read\"},\"require\":{\"reject\":[\"comment\"]}},"
	"{\"id\":\"band\",\"kind\":\"branch\",\"cases\":[{\"when\":\" amount < 100000 \",\"steps\":[]},"
	"{\"when\":\"amount < 1000000\",\"label\":\"中\",\"steps\":[{\"id\":\"director\",\"kind\":\"approve\",\"who\":\"role:x\",\"mode\":\"order\"},"
	"{\"id\":\"redo\",\"kind\":\"goto\",\"label\":\"重来\",\"to\":\"lead\"}]},"
	"{\"else\":true,\"steps\":[{\"id\":\"board\",\"kind\":\"approve\",\"who\":[{\"who\":\"user:c\",\"weight\":3}],"
	"\"mode\":{\"vote\":\"weight > 2/3\"}}]}]},"
	"{\"id\":\"both\",\"kind\":\"parallel\",\"wait\":\"any\",\"branches\":[{\"label\":\"法务\",\"steps\":[{\"id\":\"legal\",\"kind\":\"handle\","
	"\"who\":[\"role:legal\"],\"due\":\"3h\",\"on_due\":[\"pass\"]}]},{\"steps\":[]},{\"steps\":[{\"id\":\"inner\",\"kind\":\"parallel\","
	"\"branches\":[{\"steps\":[{\"id\":\"w\",\"kind\":\"wait\",\"for\":\"2h\"}]},"
	"{\"steps\":[{\"id\":\"u\",\"kind\":\"wait\",\"until\":{\"form\":\"seal\",\"when\":\"done\"}}]}]}]}]},"
	"{\"id\":\"maybe\",\"kind\":\"branch\",\"pick\":\"all\",\"cases\":[{\"when\":\"a\",\"steps\":[{\"id\":\"seal\",\"kind\":\"act\","
	"\"do\":[{\"set\":{\"state\":\"'x'\"}}]}]},{\"when\":\"b\",\"steps\":[{\"id\":\"only\",\"kind\":\"branch\",\"cases\":["
	"{\"when\":\"c\",\"steps\":[{\"id\":\"again\",\"kind\":\"sub\",\"flow\":\"other\",\"record\":\"link\"}]}]}]}]},"
	"{\"id\":\"tell\",\"kind\":\"cc\",\"who\":[\"starter\"]}]}";
// clang-format on

static void all_of_a_flow_goes_out_and_comes_back(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const struct json *flow = parsed(a, ours);
	const char *xml = exported(a, flow);
	stable(a, flow, "ours");
	/* What other programs see. */
	static const char *const seen[] = { "<bpmn:userTask id=\"lead\"",
					    "<bpmn:formalExpression>user(li)<",
					    "isSequential=\"true\"",
					    "<bpmn:boundaryEvent id=\"legal.due\"",
					    "cancelActivity=\"true\"",
					    "<bpmn:timeDuration>PT3H<",
					    "<bpmn:complexGateway id=\"both.join\"",
					    "<bpmn:inclusiveGateway id=\"maybe\"",
					    "<bpmn:callActivity id=\"again\"",
					    "<bpmn:conditionExpression>amount &lt; 1000000<",
					    "<bpmndi:BPMNShape",
					    "<di:waypoint" };
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		if (!strstr(xml, seen[i])) fail_msg("%s is not in the export", seen[i]);
	arena_free(a);
}

/* The flows of the apps that come with the program: without $schema, which is for editors. */
static void flows_of_the_apps_come_back(void **state) {
	(void)state;
	static const char *const folders[] = { "apps/crm/flows", "apps/contract/flows" };
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		DIR *d = opendir(folders[i]);
		assert_non_null(d);
		for (const struct dirent *e; (e = readdir(d)) != NULL;) {
			struct arena *a = arena_new(0);
			if (strstr(e->d_name, ".json")) {
				const char *path = arena_printf(a, "%s/%s", folders[i], e->d_name);
				const struct json *flow = parsed(a, text_of(a, path).p);
				assert_null(json_get(flow, "$schema"));
				stable(a, flow, path);
				n++;
			}
			arena_free(a);
		}
		closedir(d);
	}
	assert_true(n >= 7);
}

static char *replaced(struct arena *a, const char *text, const char *old, const char *new) {
	const char *at = strstr(text, old);
	if (!at) fail_msg("%s is not there", old);
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

/* A condition another program changed counts, not our note of it. */
static void changes_of_other_programs_count(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const char *xml = exported(a, parsed(a, ours));
	xml = replaced(a, xml, ">amount &lt; 1000000</", ">${amount &lt; 5}</");
	const struct json *flow = parsed(a, must_import(a, str_of(xml), "changed"));
	assert_true(json_is_string(json_at(flow, "/steps/1/cases/1/when"), "amount < 5"));
	xml = replaced(a, xml, "{&quot;id&quot;:&quot;lead&quot;",
		       "[{&quot;id&quot;:&quot;lead&quot;");
	struct bpmn *g;
	const char *json = NULL;
	struct problem *p = imported(a, str_of(xml), &g, &json);
	assert_string_equal(p->code, "bpmn_note");
	assert_string_equal(param(p, "id"), "lead");
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_kind),
		cmocka_unit_test(says_what_it_leaves_out),
		cmocka_unit_test(several_processes_are_an_array),
		cmocka_unit_test(refuses_by_element),
		cmocka_unit_test(deep_and_large_documents_are_refused_fast),
		cmocka_unit_test(a_long_diagram_folds),
		cmocka_unit_test(namespaces_are_resolved),
		cmocka_unit_test(plays_the_token_game),
		cmocka_unit_test(endless_loops_are_stopped),
		cmocka_unit_test(what_was_read_is_written_and_read_again),
		cmocka_unit_test(all_of_a_flow_goes_out_and_comes_back),
		cmocka_unit_test(flows_of_the_apps_come_back),
		cmocka_unit_test(changes_of_other_programs_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
