/* test_bpmn_foreign.c -- diagrams nobody here wrote (../shared/data/flow; skipped where they are
 * not): how many load, that the others are refused by element, that the graph and the flow made of
 * it wait for the same tasks as an independent engine, that an export comes back the same, and the
 * workflow patterns with their expected paths. The figures stand in docs/bpmn.md. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"
#include "runtime/bpmn/plain.h"

#define DATA "../shared/data/flow"
enum { OUT_MAX = 16 << 20 };

static struct str file(struct arena *a, const char *name) {
	FILE *f = fopen(arena_printf(a, DATA "/%s", name), "rb");
	if (!f) fail_msg("%s is missing", name);
	char *text = arena_alloc(a, 4 << 20);
	size_t n = fread(text, 1, 4 << 20, f);
	fclose(f);
	return (struct str){ text, n };
}

static struct str next_line(struct str *rest) {
	const char *end = memchr(rest->p, '\n', rest->n);
	struct str line = { rest->p, end ? (size_t)(end - rest->p) : rest->n };
	rest->n -= line.n + (end != NULL);
	rest->p += line.n + (end != NULL);
	return line;
}

static struct str column(struct str line, unsigned n) {
	while (n--) {
		const char *tab = memchr(line.p, '\t', line.n);
		if (!tab) return (struct str){ 0 };
		line.n -= (size_t)(tab + 1 - line.p);
		line.p = tab + 1;
	}
	const char *end = memchr(line.p, '\t', line.n);
	if (end) line.n = (size_t)(end - line.p);
	return line;
}

static const struct json *flow_of(struct arena *a, struct str xml, struct problem **problem) {
	const struct bpmn_options options = { "record" };
	const struct json *flow;
	struct sb out = sb_on(a, OUT_MAX);
	struct bpmn *g;
	*problem = bpmn_read(a, xml, &g);
	if (!*problem) *problem = bpmn_import(g, &options, &out);
	if (*problem) return NULL;
	assert_null(json_parse(a, sb_str(&out), &json_limits_definition, &flow));
	return flow;
}

/* ---- all of the manifest ---- */

static const char *param(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (!strcmp(p->params[i].name, name)) return p->params[i].value;
	return "";
}

static const char *exported(struct arena *a, const struct json *flow) {
	struct sb out = sb_on(a, OUT_MAX);
	assert_null(bpmn_export(a, flow, &out));
	return sb_cstr(&out);
}

static void stable(struct arena *a, const struct json *flow, const char *name) {
	struct problem *problem;
	const char *first = exported(a, flow);
	const struct json *again = flow_of(a, str_of(first), &problem);
	if (!again) fail_msg("%s: %s", name, problem_text(a, LANGUAGE_EN, problem));
	if (!json_equal(flow, again) || strcmp(first, exported(a, again)) != 0)
		fail_msg("%s does not come back as it went out", name);
}

static void importable_diagrams_load_and_come_back(void **state) {
	(void)state;
	struct arena *all = arena_new(0);
	struct str manifest = file(all, "manifest.tsv");
	size_t loaded = 0, count = 0;
	next_line(&manifest);
	while (manifest.n) {
		struct arena *a = arena_new(0);
		struct str line = next_line(&manifest);
		const char *name = str_dup(a, column(line, 0));
		struct problem *problem = NULL;
		const struct json *flow;
		bool marked = str_is(column(line, 5), "1");
		flow = marked ? flow_of(a, file(a, name), &problem) : NULL;
		count += marked;
		loaded += flow != NULL;
		for (uint32_t i = 0; flow && flow->kind == JSON_ARRAY && i < flow->n; i++)
			stable(a, &flow->items[i], name);
		if (flow && flow->kind == JSON_OBJECT) stable(a, flow, name);
		if (problem && !*param(problem, "id"))
			fail_msg("%s: the refusal %s names no element", name, problem->code);
		arena_free(a);
	}
	print_message("of %zu importable diagrams %zu load and come back the same\n", count,
		      loaded);
	assert_int_equal(count, 982);
	assert_true(loaded * 100 >= count * 90);
	arena_free(all);
}

/* Whatever it is, it is read or refused with a text. */
static size_t every_file_of(const char *folder) {
	DIR *d = opendir(folder);
	size_t n = 0;
	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		struct arena *a = arena_new(0);
		const char *path = arena_printf(a, "%s/%s", folder + strlen(DATA) + 1, e->d_name);
		struct problem *problem;
		struct sb line = sb_on(a, OUT_MAX);
		struct bpmn *g;
		if (e->d_name[0] != '.') {
			struct str xml = file(a, path);
			if (!flow_of(a, xml, &problem))
				assert_true(strlen(problem_text(a, LANGUAGE_EN, problem)) > 5);
			if (!bpmn_read(a, xml, &g)) problem = bpmn_run(g, path, &line);
			n++;
		}
		arena_free(a);
	}
	closedir(d);
	return n;
}

static void odd_files_are_read_or_refused(void **state) {
	(void)state;
	assert_int_equal(every_file_of(DATA "/moddle-fixtures"), 90);
	assert_int_equal(every_file_of(DATA "/miwg"), 21);
	assert_int_equal(every_file_of(DATA "/woped-pnml"), 14);
	assert_true(every_file_of(DATA "/spiff") > 100);
}

/* ---- the runs of another engine ---- */

/* Where that engine and BPMN part; docs/bpmn.md says how. */
static const char *const other_way[] = {
	"a15f684b_ExecutionVariablesTest."
	"testForkWithThreeBranchesAndJoinOfTwoBranchesInclusiveGateway",
	"111360bb_ExclusiveGatewayTest.testMergingExclusiveGateway", NULL
};

static bool goes_other_way(const char *name) {
	for (const char *const *w = other_way; *w; w++)
		if (strstr(name, *w)) return true;
	return false;
}

struct walk {
	struct arena *a;
	const char *done[200], *waiting[200];
	size_t done_count, waiting_count;
};

static bool is_done(const struct walk *w, const char *id) {
	for (size_t i = 0; i < w->done_count; i++)
		if (!strcmp(w->done[i], id)) return true;
	return false;
}

static const struct json *taken_case(const struct json *step) {
	const struct json *cases = json_get(step, "cases");
	for (uint32_t i = 0; i < cases->n; i++)
		if (json_bool(json_get(&cases->items[i], "else"))) return &cases->items[i];
	return NULL;
}

/* The tasks the flow waits for once `done` are: a second, naive reading of the tree. true: the list
 * has ended. */
static bool wait_in(struct walk *w, const struct json *list) {
	for (uint32_t i = 0; i < list->n; i++) {
		const struct json *step = &list->items[i], *arms = json_get(step, "branches");
		bool ended = true;
		const char *id = str_dup(w->a, json_str(json_get(step, "id")));
		if (json_is_string(json_get(step, "kind"), "handle") && !is_done(w, id)) {
			w->waiting[w->waiting_count++] = id;
			return false;
		}
		for (uint32_t k = 0; arms && k < arms->n; k++)
			ended &= wait_in(w, json_get(&arms->items[k], "steps"));
		if (json_is_string(json_get(step, "kind"), "branch"))
			ended = wait_in(w, json_get(taken_case(step), "steps"));
		if (!ended) return false;
	}
	return true;
}

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The tree knows loops, races and choices with conditions that this reading does not. */
static bool plain_tree(const struct json *j) {
	static const char *const kinds[] = { "goto", "wait", "act" };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_is_string(json_get(j, "kind"), kinds[i])) return false;
	if (json_get(j, "wait")) return false;
	for (uint32_t i = 0; i < j->n; i++)
		if (!plain_tree(&j->items[i])) return false;
	return true;
}

/* A task that is completed twice: two starts at once, a loop. */
static bool asked_twice(const struct json *sets) {
	for (uint32_t i = 0; i < sets->n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (sets->items[i].n && sets->items[k].n &&
			    json_equal(&sets->items[i].items[0], &sets->items[k].items[0]))
				return true;
	return false;
}

static bool same_names(struct walk *w, const struct json *set) {
	const char *theirs[200];
	if (w->waiting_count != set->n) return false;
	for (uint32_t i = 0; i < set->n; i++)
		theirs[i] = plain_name(w->a, str_dup(w->a, json_str(&set->items[i])));
	qsort(theirs, set->n, sizeof *theirs, by_text);
	qsort(w->waiting, w->waiting_count, sizeof *w->waiting, by_text);
	for (uint32_t i = 0; i < set->n; i++)
		if (strcmp(theirs[i], w->waiting[i]) != 0) return false;
	return true;
}

/* The flow waits for the same tasks when the same ones are completed. */
static bool tree_waits_alike(struct arena *a, const struct json *flow, const struct json *sets) {
	struct walk *w = arena_alloc(a, sizeof *w);
	w->a = a;
	for (uint32_t round = 0; round < sets->n; round++) {
		const struct json *set = &sets->items[round];
		w->waiting_count = 0;
		for (uint32_t i = 0; flow->kind == JSON_ARRAY && i < flow->n; i++)
			wait_in(w, json_get(&flow->items[i], "steps"));
		if (flow->kind == JSON_OBJECT) wait_in(w, json_get(flow, "steps"));
		if (!same_names(w, set)) return false;
		if (set->n)
			w->done[w->done_count++] =
				plain_name(a, str_dup(a, json_str(&set->items[0])));
	}
	return true;
}

static void waits_as_another_engine_does(void **state) {
	(void)state;
	struct arena *all = arena_new(0);
	struct str traces = file(all, "bpmn-engine-traces.jsonl");
	size_t count = 0, same = 0, trees = 0;
	while (traces.n) {
		struct arena *a = arena_new(0);
		struct str line = next_line(&traces);
		const struct json *theirs, *flow;
		struct sb ours = sb_on(a, OUT_MAX);
		struct problem *problem;
		struct bpmn *g;
		assert_null(json_parse(a, line, &json_limits_definition, &theirs));
		const char *name = str_dup(a, json_str(json_get(theirs, "file")));
		struct str xml = file(a, name);
		assert_null(bpmn_read(a, xml, &g));
		assert_null(bpmn_run(g, name, &ours));
		bool equal = str_eq(str_trim(sb_str(&ours)), line);
		if (equal == goes_other_way(name)) fail_msg("%s\nours %s", name, sb_cstr(&ours));
		flow = flow_of(a, xml, &problem);
		const struct json *sets = json_get(theirs, "waiting");
		if (flow && equal && plain_tree(flow) && !asked_twice(sets)) {
			trees++;
			if (!tree_waits_alike(a, flow, sets))
				fail_msg("%s: the flow waits for other tasks", name);
		}
		count++;
		same += equal;
		arena_free(a);
	}
	print_message(
		"of %zu runs of another engine %zu are the same; so are %zu flows made of them\n",
		count, same, trees);
	assert_int_equal(count, 360);
	assert_true(trees > 300);
	arena_free(all);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(importable_diagrams_load_and_come_back),
		cmocka_unit_test(odd_files_are_read_or_refused),
		cmocka_unit_test(waits_as_another_engine_does),
	};
	DIR *d = opendir(DATA);
	if (!d) {
		print_message("skipped: " DATA " is not there\n");
		return 77;
	}
	closedir(d);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
