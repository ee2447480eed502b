/* Problems and faults: parameters, limits, deep copies, JSON Pointers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/base/problem.h"

static struct arena *a;

static int open_arena(void **state) {
	(void)state;
	a = arena_new(0);
	return 0;
}

static int close_arena(void **state) {
	(void)state;
	arena_free(a);
	return 0;
}

static void kinds_are_complete(void **state) {
	(void)state;
	for (size_t i = 0; i < PROBLEM_KIND_COUNT; i++) {
		assert_in_range(problem_kinds[i].status, 400, 599);
		assert_true(strlen(problem_kinds[i].uri) > 0 && strlen(problem_kinds[i].zh) > 0 &&
			    strlen(problem_kinds[i].en) > 0);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(problem_kinds[i].uri, problem_kinds[k].uri);
	}
	assert_int_equal(problem_kinds[PROBLEM_INVALID].status, 422);
	assert_string_equal(problem_kinds[PROBLEM_NOT_FOUND].uri, "not-found");
}

static void a_problem_keeps_its_parameters(void **state) {
	(void)state;
	char max[] = "20";
	struct problem *p = PROBLEM(a, INVALID, "too_long", "max", max, "field", "客户");
	max[0] = '9'; /* values are copied */
	assert_int_equal(p->kind, PROBLEM_INVALID);
	assert_string_equal(p->code, "too_long");
	assert_int_equal(p->param_count, 2);
	assert_string_equal(p->params[0].name, "max");
	assert_string_equal(p->params[0].value, "20");
	assert_string_equal(p->params[1].value, "客户");
	assert_string_equal(p->pointer, "");
	assert_null(p->faults);
	assert_true(strstr(p->file, "test_problem.c") != NULL && p->line > 0);
	assert_int_equal(PROBLEM(a, NOT_FOUND, "not_found")->param_count, 0);
}

static void the_log_detail_is_formatted(void **state) {
	(void)state;
	struct problem *p = PROBLEM(a, INTERNAL, "internal");
	assert_ptr_equal(problem_logged(a, p, "sqlite %d: %s", 13, "full"), p);
	assert_string_equal(p->log, "sqlite 13: full");
}

static struct problem *first(bool fails) { return fails ? PROBLEM(a, STALE, "stale") : NULL; }

static struct problem *calls(bool fails, bool *went_on) {
	*went_on = false;
	TRY(first(fails));
	*went_on = true;
	return NULL;
}

static void try_returns_the_problem(void **state) {
	(void)state;
	bool went_on;
	assert_int_equal(calls(true, &went_on)->kind, PROBLEM_STALE);
	assert_false(went_on);
	assert_null(calls(false, &went_on));
	assert_true(went_on);
}

static void faults_keep_their_order(void **state) {
	(void)state;
	struct faults f = { .arena = a };
	assert_null(faults_problem(&f));
	FAULT(&f, "/name", "required");
	FAULT(&f, "/lines/0/qty", "too_small", "min", "1");
	const struct problem *p = faults_problem(&f);
	assert_int_equal(p->kind, PROBLEM_INVALID);
	assert_string_equal(p->params[0].value, "2");
	assert_string_equal(p->faults->pointer, "/name");
	assert_string_equal(p->faults->code, "required");
	assert_int_equal(p->faults->param_count, 0);
	assert_string_equal(p->faults->next->pointer, "/lines/0/qty");
	assert_string_equal(p->faults->next->params[0].value, "1");
	assert_null(p->faults->next->next);
}

static size_t kept(const struct faults *f) {
	size_t n = 0;
	for (const struct fault *one = f->first; one; one = one->next) n++;
	return n;
}

static void faults_are_limited_but_counted(void **state) {
	(void)state;
	struct faults few = { .arena = a, .limit = 3 }, many = { .arena = a };
	for (int i = 0; i < 1000; i++) {
		FAULT(&few, pointer_index(a, "", (size_t)i), "required");
		FAULT(&many, "", "required");
	}
	assert_int_equal(few.count, 1000);
	assert_int_equal(kept(&few), 3);
	assert_string_equal(few.last->pointer, "/2");
	assert_int_equal(kept(&many), 100);
	assert_string_equal(faults_problem(&few)->params[0].value, "1000");
}

static void a_copy_outlives_its_arena(void **state) {
	(void)state;
	struct arena *short_lived = arena_new(0);
	struct faults f = { .arena = short_lived };
	FAULT(&f, arena_strdup(short_lived, "/a"), "too_long", "max",
	      arena_strdup(short_lived, "5"));
	FAULT(&f, "/b", "required");
	struct problem *p = faults_problem(&f);
	p->pointer = arena_strdup(short_lived, "/body");
	p->retry_after_s = 7;
	problem_logged(short_lived, p, "detail %d", 1);
	struct problem *copy = problem_copy(a, p);
	arena_free(short_lived);
	assert_string_equal(copy->code, "invalid");
	assert_string_equal(copy->params[0].value, "2");
	assert_string_equal(copy->pointer, "/body");
	assert_string_equal(copy->log, "detail 1");
	assert_int_equal(copy->retry_after_s, 7);
	assert_string_equal(copy->faults->pointer, "/a");
	assert_string_equal(copy->faults->params[0].value, "5");
	assert_string_equal(copy->faults->next->code, "required");
	assert_null(copy->faults->next->next);
	assert_null(problem_copy(a, NULL));
}

static void pointers_are_escaped(void **state) {
	(void)state;
	assert_string_equal(pointer_join(a, "", STR("名称")), "/名称");
	assert_string_equal(pointer_join(a, "/fields/3", STR("a/b~c")), "/fields/3/a~1b~0c");
	assert_string_equal(pointer_join(a, "", STR("~/~/")), "/~0~1~0~1");
	assert_string_equal(pointer_join(a, "/x", STR("")), "/x/");
	assert_string_equal(pointer_index(a, "/lines", 12), "/lines/12");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_complete),
		cmocka_unit_test(a_problem_keeps_its_parameters),
		cmocka_unit_test(the_log_detail_is_formatted),
		cmocka_unit_test(try_returns_the_problem),
		cmocka_unit_test(faults_keep_their_order),
		cmocka_unit_test(faults_are_limited_but_counted),
		cmocka_unit_test(a_copy_outlives_its_arena),
		cmocka_unit_test(pointers_are_escaped),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
