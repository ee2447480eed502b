/* test_bpmn_patterns.c -- the workflow patterns of SpiffWorkflow
 * (../shared/data/flow/spiff-patterns; skipped where they are not): each is written as a BPMN
 * diagram, read as a flow, and the flow's tasks compared with the path that comes with the pattern.
 * What cannot be written or read stands in `not_ours`, with the reason in docs/bpmn.md; the test
 * fails when an entry there has become possible. */
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

#define DATA "../shared/data/flow/spiff-patterns"
enum { TEXT_MAX = 1 << 20, LOG_MAX = 200 };

// clang-format off
static const char *const not_ours[] = {
	"acyclic_synchronizing_merge",
	"blocking_discriminator",
	"blocking_partial_join",
	"cancel_case",
	"cancel_multi_instance_task",
	"cancel_region",
	"cancel_task",
	"cancelling_discriminator",
	"cancelling_partial_join",
	"cancelling_partial_join_for_multi_instance",
	"complete_multiple_instance_activity",
	"critical_section",
	"deferred_choice",
	"dynamic_partial_join_for_multi_instance",
	"explicit_termination",
	"general_synchronizing_merge",
	"milestone",
	"multi_choice",
	"multi_instance_without_a_priori",
	"multi_instance_without_synch",
	"multi_merge",
	"parallel_split",
	"persistent_trigger",
	"recursion",
	"static_partial_join_for_multi_instance",
	"structured_discriminator",
	"structured_partial_join",
	"subworkflow_to_join",
	"thread_merge",
	"thread_split",
	"transient_trigger",
	NULL
};
// clang-format on

/* ---- a pattern as BPMN ---- */

struct writing {
	struct arena *a;
	struct sb *out;
	const struct xml *root;
	const char *unknown; /* the first thing BPMN or we have no word for */
	unsigned flows;
	const char *inside[50]; /* tasks of several instances, written as copies */
	size_t inside_count;
};

static const struct xml *named(const struct xml *root, const char *name) {
	for (const struct xml *e = root->first; e && name; e = e->next) {
		const char *n = xml_get(e, "name");
		if (n && !strcmp(n, name)) return e;
	}
	return NULL;
}

static void flow(struct writing *w, const char *from, const char *to, const char *condition,
		 const char *id) {
	if (!id) id = arena_printf(w->a, "flow%u", ++w->flows);
	sb_printf(w->out, "<sequenceFlow id=\"%s\" sourceRef=\"%s\" targetRef=\"%s\">", id, from,
		  to);
	if (condition)
		sb_printf(w->out, "<conditionExpression>${%s}</conditionExpression>", condition);
	sb_cat(w->out, "</sequenceFlow>");
}

static const char *text_of(struct writing *w, const struct xml *e) {
	return e ? str_dup(w->a, str_trim(str_of(e->text))) : NULL;
}

static const char *operand(struct writing *w, const struct xml *e, const char *side) {
	const char *value = xml_get(e, arena_printf(w->a, "%s-value", side)),
		   *field = xml_get(e, arena_printf(w->a, "%s-field", side));
	if (!value && !field) w->unknown = e->name;
	return value ? arena_printf(w->a, "'%s'", value) : field ? field : "";
}

static void ways(struct writing *w, const struct xml *e, const char *name) {
	for (const struct xml *c = e->first; c; c = c->next) {
		if (!strcmp(c->name, "successor")) {
			flow(w, name, text_of(w, c), NULL, NULL);
		} else if (!strcmp(c->name, "default-successor")) {
			flow(w, name, text_of(w, c), NULL, arena_printf(w->a, "default_%s", name));
		} else if (!strcmp(c->name, "conditional-successor")) {
			const struct xml *test = c->first;
			bool equal = !strcmp(test->name, "equals");
			if (!equal && strcmp(test->name, "not-equals") != 0)
				w->unknown = test->name;
			const char *condition =
				arena_printf(w->a, "%s %s %s", operand(w, test, "left"),
					     equal ? "==" : "!=", operand(w, test, "right"));
			flow(w, name, text_of(w, xml_child(c, "", "successor")), condition, NULL);
		} else if (strcmp(c->name, "description") != 0 &&
			   strcmp(c->name, "pre-assign") != 0) {
			w->unknown = c->name;
		}
	}
}

static const char *element_of(struct writing *w, const struct xml *e) {
	if (!strcmp(e->name, "start-task")) return "startEvent";
	if (!strcmp(e->name, "task")) return "userTask";
	if (!strcmp(e->name, "exclusive-choice")) return "exclusiveGateway";
	if (!strcmp(e->name, "multi-choice")) return "inclusiveGateway";
	if (!strcmp(e->name, "multi-instance")) return "parallelGateway";
	if (!strcmp(e->name, "join") && !xml_get(e, "threshold") &&
	    !xml_get(e, "threshold-field") && !xml_get(e, "cancel")) {
		const struct xml *split = named(w->root, xml_get(e, "context"));
		return split && !strcmp(split->name, "multi-choice") ? "inclusiveGateway"
								     : "parallelGateway";
	}
	w->unknown = e->name;
	return "task";
}

/* The way from one node of the k-th instance on, up to the join of the instances. */
static void instance(struct writing *w, const struct xml *several, const struct xml *e,
		     const char *from, int k) {
	for (const struct xml *c = e->first; c; c = c->next) {
		if (strcmp(c->name, "successor") != 0) continue;
		const char *to = text_of(w, c), *copy = arena_printf(w->a, "%s.%d", to, k);
		const struct xml *next = named(w->root, to);
		const char *context = next ? xml_get(next, "context") : NULL;
		if (context && !strcmp(context, xml_get(several, "name"))) {
			flow(w, from, to, NULL, NULL);
			continue;
		}
		if (!next || strcmp(next->name, "task") != 0 ||
		    w->inside_count == ARRAY_LEN(w->inside)) {
			w->unknown = several->name;
			return;
		}
		w->inside[w->inside_count++] = to;
		sb_printf(w->out, "<userTask id=\"%s\" name=\"%s\"/>", copy, to);
		flow(w, from, copy, NULL, NULL);
		instance(w, several, next, copy, k);
	}
}

/* The number is written out, or in the field "two". */
static void instances(struct writing *w) {
	for (const struct xml *e = w->root->first; e; e = e->next) {
		if (strcmp(e->name, "multi-instance") != 0) continue;
		const char *times = xml_get(e, "times"), *field = xml_get(e, "times-field");
		int n = times ? atoi(times) : field && !strcmp(field, "two") ? 2 : 0;
		if (!n) w->unknown = e->name;
		for (int k = 0; k < n; k++) instance(w, e, e, xml_get(e, "name"), k);
	}
}

static bool is_inside(const struct writing *w, const char *name) {
	for (size_t i = 0; i < w->inside_count; i++)
		if (!strcmp(w->inside[i], name)) return true;
	return false;
}

static const char *as_bpmn(struct writing *w) {
	sb_cat(w->out, "<definitions xmlns=\"" BPMN_SPACE "\"><process id=\"pattern\">"
		       "<endEvent id=\"end\"/>");
	instances(w);
	for (const struct xml *e = w->root->first; e; e = e->next) {
		const char *name = xml_get(e, "name");
		if (!strcmp(e->name, "description") || (name && !strcmp(name, "end"))) continue;
		if (!name) name = "Start";
		if (is_inside(w, name)) continue;
		sb_printf(w->out, "<%s id=\"%s\" name=\"%s\"", element_of(w, e), name, name);
		if (xml_child(e, "", "default-successor"))
			sb_printf(w->out, " default=\"default_%s\"", name);
		sb_cat(w->out, "/>");
		if (strcmp(e->name, "multi-instance") != 0) ways(w, e, name);
	}
	sb_cat(w->out, "</process></definitions>");
	return sb_cstr(w->out);
}

/* ---- the flow's tasks, carried out one after another ---- */

struct log {
	struct arena *a;
	const char *names[LOG_MAX], *blocks[LOG_MAX];
	size_t n, block_count;
	const struct xml *root; /* tasks that set a field as they begin */
	const char *field, *value;
};

static void assign(struct log *l, const struct xml *task) {
	const struct xml *set = task ? xml_child(task, "", "pre-assign") : NULL;
	if (!set) return;
	l->field = xml_get(set, "name");
	l->value = xml_get(set, "value");
}

/* A field "<step>_reached" counts how often a choice was come to; the others have a value of their
 * own. */
static const char *value_of(struct log *l, struct str name) {
	size_t reached = 0;
	const char *text = str_dup(l->a, name);
	if (l->field && !strcmp(l->field, text)) return l->value;
	if (name.n && name.p[0] == '\'') return arena_copy(l->a, name.p + 1, name.n - 2);
	for (size_t i = 0; i < l->block_count; i++) {
		const char *counter = arena_printf(l->a, "%s_reached", l->blocks[i]);
		reached += !strcmp(counter, text);
	}
	return reached ? arena_printf(l->a, "%zu", reached) : text;
}

static bool holds(struct log *l, const struct json *one) {
	struct str when = json_str(json_get(one, "when"));
	if (json_bool(json_get(one, "else"))) return true;
	for (size_t i = 1; i + 2 < when.n; i++) {
		if (when.p[i + 1] != '=' || (when.p[i] != '=' && when.p[i] != '!')) continue;
		struct str left = str_trim((struct str){ when.p, i }),
			   right = str_trim((struct str){ when.p + i + 2, when.n - i - 2 });
		return !strcmp(value_of(l, left), value_of(l, right)) == (when.p[i] == '=');
	}
	fail_msg("%.*s is no comparison", (int)when.n, when.p);
	return false;
}

static const char *carry_out(struct log *l, const struct json *list);

static const char *in_arms(struct log *l, const struct json *step, const struct json *arms) {
	bool branch = json_is_string(json_get(step, "kind"), "branch"),
	     all = !branch || json_is_string(json_get(step, "pick"), "all"), any = false;
	if (branch) l->blocks[l->block_count++] = str_dup(l->a, json_str(json_get(step, "id")));
	for (uint32_t i = 0; i < arms->n; i++) {
		const struct json *arm = &arms->items[i];
		bool otherwise = json_bool(json_get(arm, "else"));
		if (branch && (otherwise ? any : !holds(l, arm))) continue;
		any = true;
		const char *back = carry_out(l, json_get(arm, "steps"));
		if (back || !all) return back;
	}
	return NULL;
}

/* The step gone back to, NULL: the list has ended. */
static const char *carry_out(struct log *l, const struct json *list) {
	for (uint32_t i = 0; i < list->n; i++) {
		const struct json *step = &list->items[i], *arms = json_get(step, "cases");
		if (!arms) arms = json_get(step, "branches");
		assert_true(l->n < LOG_MAX && l->block_count < LOG_MAX);
		if (json_is_string(json_get(step, "kind"), "goto"))
			return str_dup(l->a, json_str(json_get(step, "to")));
		if (json_is_string(json_get(step, "kind"), "handle")) {
			l->names[l->n] = str_dup(l->a, json_str(json_get(step, "label")));
			assign(l, named(l->root, l->names[l->n++]));
		}
		const char *back = arms ? in_arms(l, step, arms) : NULL;
		if (!back) continue;
		uint32_t k = 0;
		while (k <= i && !json_is_string(json_get(&list->items[k], "id"), back)) k++;
		if (k > i) return back;
		i = k - 1;
	}
	return NULL;
}

/* ---- the path ---- */

struct path {
	const char *names[LOG_MAX],
		*after[LOG_MAX]; /* after: the nearest task above it, NULL none */
	size_t n;
};

static void read_path(struct arena *a, struct str text, const struct xml *root, struct path *out) {
	const char *above[100] = { NULL };
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t length = end ? (size_t)(end - text.p) : text.n, depth = 0;
		const char *name = str_dup(a, str_trim((struct str){ text.p, length }));
		while (depth < length && text.p[depth] == ' ') depth++;
		depth /= 2;
		const struct xml *e = named(root, name);
		bool task = e && !strcmp(e->name, "task");
		assert_true(depth + 1 < ARRAY_LEN(above));
		if (task) {
			out->after[out->n] = above[depth];
			out->names[out->n++] = name;
		}
		above[depth + 1] = task ? name : above[depth];
		text.n -= length + (end != NULL);
		text.p += length + (end != NULL);
	}
}

static size_t first(const char *const *names, size_t n, const char *name) {
	size_t i = 0;
	while (i < n && strcmp(names[i], name) != 0) i++;
	return i;
}

static size_t times(const char *const *names, size_t n, const char *name) {
	size_t count = 0;
	for (size_t i = 0; i < n; i++) count += !strcmp(names[i], name);
	return count;
}

static size_t last(const char *const *names, size_t n, const char *name) {
	while (n && strcmp(names[n - 1], name) != 0) n--;
	return n;
}

/* The same tasks as often, each after the task it follows. */
static bool matches(const struct log *l, const struct path *p) {
	if (l->n != p->n) return false;
	for (size_t i = 0; i < p->n; i++) {
		if (times(l->names, l->n, p->names[i]) != times(p->names, p->n, p->names[i]))
			return false;
		if (p->after[i] &&
		    first(l->names, l->n, p->after[i]) >= last(l->names, l->n, p->names[i]))
			return false;
	}
	return true;
}

/* ---- all of them ---- */

static struct str file(struct arena *a, const char *name) {
	FILE *f = fopen(arena_printf(a, DATA "/%s", name), "rb");
	char *text = arena_alloc(a, TEXT_MAX);
	size_t n = f ? fread(text, 1, TEXT_MAX, f) : 0;
	if (f) fclose(f);
	return (struct str){ text, n };
}

/* NULL: the flow goes the pattern's path; else what stands against it. */
static const char *stands_against(struct arena *a, const char *name) {
	static const struct bpmn_options options = { "record" };
	const struct xml *root;
	const struct json *tree;
	struct bpmn *g;
	struct sb xml = sb_on(a, TEXT_MAX), out = sb_on(a, TEXT_MAX);
	assert_null(xml_parse(a, file(a, arena_printf(a, "%s.xml", name)), &root));
	struct writing w = { .a = a, .out = &xml, .root = root };
	const char *bpmn = as_bpmn(&w);
	if (w.unknown) return arena_printf(a, "<%s> has no counterpart", w.unknown);
	struct problem *p = bpmn_read(a, str_of(bpmn), &g);
	if (!p) p = bpmn_import(g, &options, &out);
	if (p) return problem_text(a, LANGUAGE_EN, p);
	assert_null(json_parse(a, sb_str(&out), &json_limits_definition, &tree));
	struct log log = { .a = a, .root = root };
	assign(&log, xml_child(root, "", "start-task"));
	struct path path = { .n = 0 };
	assert_null(carry_out(&log, json_get(tree, "steps")));
	read_path(a, file(a, arena_printf(a, "%s.path", name)), root, &path);
	return matches(&log, &path) ? NULL : "another path";
}

static bool listed(const char *name) {
	for (const char *const *n = not_ours; *n; n++)
		if (!strcmp(*n, name)) return true;
	return false;
}

static void patterns_go_their_path(void **state) {
	(void)state;
	size_t same = 0, other = 0, wrong = 0;
	DIR *d = opendir(DATA);
	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		size_t n = strlen(e->d_name);
		if (n < 6 || strcmp(e->d_name + n - 5, ".path") != 0) continue;
		struct arena *a = arena_new(0);
		const char *name = arena_copy(a, e->d_name, n - 5), *why = stands_against(a, name);
		same += !why;
		other += why != NULL;
		if ((why != NULL) != listed(name)) {
			wrong++;
			print_message("%s: %s\n", name, why ? why : "is listed, yet goes its path");
		}
		arena_free(a);
	}
	closedir(d);
	print_message("%zu patterns go their path, %zu stand on the list\n", same, other);
	assert_int_equal(wrong, 0);
	assert_int_equal(same + other, 43);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(patterns_go_their_path) };
	DIR *d = opendir(DATA);
	if (!d) {
		print_message("skipped: " DATA " is not there\n");
		return 77;
	}
	closedir(d);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
