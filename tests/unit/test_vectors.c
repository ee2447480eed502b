/* test_vectors.c -- runs the files of tests/vectors (their README.md has the format) against the
 * evaluator.
 * Ledger: F17. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/support/vector_run.h"

static const char folder[] = "tests/vectors";

struct run {
	struct vector_run v;
	const char *file;
	size_t cases, failures;
};

static void complain(struct run *r, const char *what, const char *expected, const char *got) {
	struct str text = json_str(json_get(r->v.test, "expr"));
	if (!text.n) text = json_str(json_get(r->v.test, "template"));
	print_error("%s: %.*s: %s: expected %s, got %s\n", r->file, (int)text.n, text.p, what,
		    expected, got);
	r->failures++;
}

static const char *param_of(const struct problem *p, struct str name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (str_is(name, p->params[i].name)) return p->params[i].value;
	return "none";
}

static void check_problem(struct run *r, const struct problem *p) {
	const struct json *code = json_get(r->v.test, "error"),
			  *params = json_get(r->v.test, "params");
	int64_t column;
	if (!code) {
		complain(r, "problem", "a value", problem_text(r->v.arena, LANGUAGE_EN, p));
		return;
	}
	if (!str_is(code->text, p->code))
		complain(r, "code", str_dup(r->v.arena, code->text), p->code);
	if (!catalogue_find(p->code)) complain(r, "text", "a row in the catalogue", p->code);
	if (json_int(json_get(r->v.test, "column"), &column)) {
		const char *expected = arena_printf(r->v.arena, "%d", (int)column),
			   *got = param_of(p, STR("column"));
		if (strcmp(expected, got) != 0) complain(r, "column", expected, got);
	}
	for (size_t i = 0; params && i < params->n; i++) {
		const char *got = param_of(p, params->keys[i].name);
		if (!str_is(params->items[i].text, got))
			complain(r, "parameter", str_dup(r->v.arena, params->items[i].text), got);
	}
}

static const char *words_of(struct arena *a, struct type t) {
	static const char *const units[] = { NULL, "money", "percent" };
	const char *name =
		t.kind == TYPE_DECIMAL && units[t.unit] ? units[t.unit] : type_name(t.kind);
	return t.list ? arena_printf(a, "list of %s", name) : name;
}

static void check_type(struct run *r, struct type type) {
	const struct json *words = json_get(r->v.test, "type");
	int64_t scale;
	const char *got = words_of(r->v.arena, type);
	if (words && !str_is(words->text, got))
		complain(r, "type", str_dup(r->v.arena, words->text), got);
	if (json_int(json_get(r->v.test, "scale"), &scale) && scale != type.scale)
		complain(r, "scale", arena_printf(r->v.arena, "%d", (int)scale),
			 arena_printf(r->v.arena, "%d", type.scale));
}

static void check_value(struct run *r, struct type type, const struct value *v) {
	struct sb got = sb_on(r->v.arena, 1 << 20), expected = sb_on(r->v.arena, 1 << 20);
	struct jw left = jw_on(&got), right = jw_on(&expected);
	vector_write(&left, type, v);
	if (json_get(r->v.test, "error")) {
		complain(r, "value", "a problem", sb_cstr(&got));
		return;
	}
	assert_non_null(json_get(r->v.test, "want"));
	jw_json(&right, json_get(r->v.test, "want"));
	if (!str_eq(sb_str(&got), sb_str(&expected)))
		complain(r, "value", sb_cstr(&expected), sb_cstr(&got));
}

static void run_case(struct run *r) {
	struct type type;
	struct value v;
	struct problem *p = vector_eval(&r->v, &type, &v);
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
	r->v.arena = arena_new(0);
	r->file = name;
	struct problem *p = json_parse(
		r->v.arena, read_file(r->v.arena, arena_printf(r->v.arena, "%s/%s", folder, name)),
		&json_limits_definition, &r->v.defaults);
	if (p) fail_msg("%s: %s", name, problem_text(r->v.arena, LANGUAGE_EN, p));
	const struct json *cases = json_get(r->v.defaults, "cases");
	for (size_t i = 0; i < cases->n; i++) {
		r->v.test = &cases->items[i];
		run_case(r);
	}
	arena_free(r->v.arena);
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
