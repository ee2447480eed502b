/* test_vectors.c -- runs the files of tests/vectors (their README.md has the format) against the
 * evaluator. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "runtime/base/day.h"
#include "tests/support/expr_world.h"
#include "tests/support/vector_form.h"

static const char folder[] = "tests/vectors";

struct run {
	struct arena *arena;
	const char *file;
	const struct json *defaults, *test;
	size_t cases, failures;
	const struct zone *zone;
	struct expr_paths paths;
};

static const struct json *of_case(const struct run *r, const char *key) {
	const struct json *own = json_get(r->test, key);
	return own ? own : json_get(r->defaults, key);
}

static void complain(struct run *r, const char *what, const char *expected, const char *got) {
	struct str text = json_str(json_get(r->test, "expr"));
	if (!text.n) text = json_str(json_get(r->test, "template"));
	print_error("%s: %.*s: %s: expected %s, got %s\n", r->file, (int)text.n, text.p, what,
		    expected, got);
	r->failures++;
}

static struct expr_scope scope_of(struct run *r) {
	struct arena *a = r->arena;
	const struct json *params = json_get(r->test, "error") ? NULL : of_case(r, "params");
	struct expr_scope scope = { .catalogue = &vector_catalogue,
				    .form = vector_form(a, of_case(r, "fields")),
				    .parent = vector_form(a, of_case(r, "parent")),
				    .option = vector_form(a, of_case(r, "option")) };
	struct expr_param *list = arena_array(a, params ? params->n : 0, sizeof *list);
	for (size_t i = 0; params && i < params->n; i++) {
		struct vector_field field;
		list[i].name = str_dup(a, params->keys[i].name);
		list[i].type = vector_type(a, json_get(&params->items[i], "type"), &field);
	}
	scope.params = list;
	scope.param_count = params ? params->n : 0;
	return scope;
}

static struct value user_value(struct run *r, const struct expr_path *path) {
	const struct json *wire = of_case(r, path->name ? path->name : "user");
	return vector_value(r->arena, path->type, wire, NULL);
}

static struct value slot_of(struct run *r, const struct expr_path *path) {
	static const char *const records[] = { [ROOT_RECORD] = "record",
					       [ROOT_OLD] = "old",
					       [ROOT_PARENT] = "parent_record",
					       [ROOT_OPTION] = "option_record" };
	if (path->root == ROOT_USER) return user_value(r, path);
	if (path->root == ROOT_COMPANY)
		return vector_value(r->arena, path->type,
				    json_get(of_case(r, "company"), path->name), NULL);
	if (path->root == ROOT_PARAM)
		return vector_value(r->arena, path->type,
				    json_get(json_get(of_case(r, "params"), path->name), "value"),
				    r->zone);
	const struct json *record = of_case(r, records[path->root]);
	if (path->length == 0) return vector_value(r->arena, path->type, record, r->zone);
	return vector_path(r->arena, record, path->fields, path->length, r->zone);
}

static void read_spans(struct arena *a, struct work_calendar *c, size_t day,
		       const struct json *spans) {
	struct work_interval *items = arena_array(a, spans->n, sizeof *items);
	for (size_t i = 0; i < spans->n; i++) {
		int64_t from = 0, to = 0;
		assert_true(time_parse(spans->items[i].items[0].text, &from) &&
			    time_parse(spans->items[i].items[1].text, &to));
		items[i] = (struct work_interval){ (int32_t)from, (int32_t)to };
	}
	c->week[day].spans = items;
	c->week[day].n = spans->n;
}

static int64_t *read_days(struct arena *a, const struct json *days, size_t *n) {
	*n = days ? days->n : 0;
	int64_t *list = arena_array(a, *n, sizeof *list);
	for (size_t i = 0; i < *n; i++) assert_true(day_parse(days->items[i].text, &list[i]));
	return list;
}

static const struct work_calendar *calendar_of(struct run *r) {
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const struct json *json = of_case(r, "calendar");
	if (!json) return NULL;
	struct work_calendar *c = arena_alloc(r->arena, sizeof *c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (json_get(json, names[i])) read_spans(r->arena, c, i, json_get(json, names[i]));
	c->holidays = read_days(r->arena, json_get(json, "holidays"), &c->holiday_count);
	c->workdays = read_days(r->arena, json_get(json, "workdays"), &c->workday_count);
	return c;
}

static struct expr_frame frame_of(struct run *r) {
	struct expr_frame frame = world_frame(r->zone);
	const struct json *now = of_case(r, "now");
	bool offset;
	struct value *slots = arena_array(r->arena, r->paths.count + 1, sizeof *slots);
	for (size_t i = 0; i < r->paths.count; i++) slots[i] = slot_of(r, &r->paths.items[i]);
	if (now) assert_true(datetime_parse(now->text, &frame.now_us, &offset));
	frame.slots = slots;
	frame.calendar = calendar_of(r);
	return frame;
}

static const char *param_of(const struct problem *p, struct str name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (str_is(name, p->params[i].name)) return p->params[i].value;
	return "none";
}

static void check_problem(struct run *r, const struct problem *p) {
	const struct json *code = json_get(r->test, "error"), *params = json_get(r->test, "params");
	int64_t column;
	if (!code) {
		complain(r, "problem", "a value", problem_text(r->arena, LANGUAGE_EN, p));
		return;
	}
	if (!str_is(code->text, p->code))
		complain(r, "code", str_dup(r->arena, code->text), p->code);
	if (!catalogue_find(p->code)) complain(r, "text", "a row in the catalogue", p->code);
	if (json_int(json_get(r->test, "column"), &column)) {
		const char *expected = arena_printf(r->arena, "%d", (int)column),
			   *got = param_of(p, STR("column"));
		if (strcmp(expected, got) != 0) complain(r, "column", expected, got);
	}
	for (size_t i = 0; params && i < params->n; i++) {
		const char *got = param_of(p, params->keys[i].name);
		if (!str_is(params->items[i].text, got))
			complain(r, "parameter", str_dup(r->arena, params->items[i].text), got);
	}
}

static const char *words_of(struct arena *a, struct type t) {
	static const char *const units[] = { NULL, "money", "percent" };
	const char *name =
		t.kind == TYPE_DECIMAL && units[t.unit] ? units[t.unit] : type_name(t.kind);
	return t.list ? arena_printf(a, "list of %s", name) : name;
}

static void check_type(struct run *r, struct type type) {
	const struct json *words = json_get(r->test, "type");
	int64_t scale;
	const char *got = words_of(r->arena, type);
	if (words && !str_is(words->text, got))
		complain(r, "type", str_dup(r->arena, words->text), got);
	if (json_int(json_get(r->test, "scale"), &scale) && scale != type.scale)
		complain(r, "scale", arena_printf(r->arena, "%d", (int)scale),
			 arena_printf(r->arena, "%d", type.scale));
}

static void check_value(struct run *r, struct type type, const struct value *v) {
	struct sb got = sb_on(r->arena, 1 << 20), expected = sb_on(r->arena, 1 << 20);
	struct jw left = jw_on(&got), right = jw_on(&expected);
	vector_write(&left, type, v);
	if (json_get(r->test, "error")) {
		complain(r, "value", "a problem", sb_cstr(&got));
		return;
	}
	assert_non_null(json_get(r->test, "want"));
	jw_json(&right, json_get(r->test, "want"));
	if (!str_eq(sb_str(&got), sb_str(&expected)))
		complain(r, "value", sb_cstr(&expected), sb_cstr(&got));
}

static struct problem *run_expr(struct run *r, struct type *type, struct value *v) {
	struct expr_scope scope = scope_of(r);
	const struct json *template = json_get(r->test, "template"), *as = json_get(r->test, "as");
	const struct expr *e;
	struct vector_field field;
	struct type want =
		as ? vector_type(r->arena, as, &field) : (struct type){ .kind = TYPE_NULL };
	if (template)
		TRY(expr_template(r->arena, template->text, &scope, &r->paths, &e));
	else
		TRY(expr_compile(r->arena, json_str(json_get(r->test, "expr")), &scope,
				 as ? &want : NULL, &r->paths, &e));
	struct expr_frame frame = frame_of(r);
	*type = expr_type(e);
	return expr_eval(r->arena, e, &frame, v);
}

static void run_case(struct run *r) {
	const struct json *zone = of_case(r, "zone");
	struct type type;
	struct value v;
	r->zone = NULL;
	r->paths = (struct expr_paths){ .arena = r->arena };
	if (zone) assert_null(zone_load(r->arena, str_dup(r->arena, zone->text), &r->zone));
	struct problem *p = run_expr(r, &type, &v);
	r->cases++;
	if (p) {
		check_problem(r, p);
		return;
	}
	check_type(r, type);
	check_value(r, type, &v);
}

static struct str read_file(struct arena *a, const char *path) {
	struct sb b = sb_on(a, 1 << 24);
	char part[4096];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) sb_bytes(&b, part, n);
	fclose(f);
	return sb_str(&b);
}

static void run_file(struct run *r, const char *name) {
	vector_forget();
	r->arena = arena_new(0);
	r->file = name;
	struct problem *p = json_parse(
		r->arena, read_file(r->arena, arena_printf(r->arena, "%s/%s", folder, name)),
		&json_limits_definition, &r->defaults);
	if (p) fail_msg("%s: %s", name, problem_text(r->arena, LANGUAGE_EN, p));
	const struct json *cases = json_get(r->defaults, "cases");
	for (size_t i = 0; i < cases->n; i++) {
		r->test = &cases->items[i];
		run_case(r);
	}
	arena_free(r->arena);
}

static void vectors_hold(void **state) {
	(void)state;
	struct run r = { .cases = 0 };
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		if (strstr(entry->d_name, ".json")) run_file(&r, entry->d_name);
	closedir(dir);
	print_message("%zu vectors\n", r.cases);
	assert_int_equal(r.failures, 0);
	assert_true(r.cases >= 400);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors_hold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
