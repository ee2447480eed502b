/* test_functions.c -- the function table: every row has help in both languages and examples that
 * hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/expr_world.h"

/* Compares as text, so that an example may write a date or an enum value as a text. */
static void example_holds(const struct expr_example *example) {
	struct arena *a = arena_new(0);
	struct expr_paths paths = { .arena = a };
	const char *sides[] = { example->text, example->result }, *texts[2];
	for (size_t i = 0; i < 2; i++) {
		const struct expr *e;
		struct value v;
		struct expr_frame frame = world_frame(NULL);
		const char *wrapped = arena_printf(a, "concat(%s)", sides[i]);
		struct type type;
		struct problem *p =
			expr_compile(a, str_of(sides[i]), &world_scope, NULL, &paths, &e);
		if (p) fail_msg("%s: %s", sides[i], problem_text(a, LANGUAGE_EN, p));
		type = expr_type(e);
		if (type.list) wrapped = arena_printf(a, "join(%s, ',')", sides[i]);
		p = expr_compile(a, str_of(wrapped), &world_scope, NULL, &paths, &e);
		if (p) fail_msg("%s: %s", wrapped, problem_text(a, LANGUAGE_EN, p));
		frame.slots = arena_array(a, paths.count + 1, sizeof(struct value));
		p = expr_eval(a, e, &frame, &v);
		if (p) fail_msg("%s: %s", wrapped, problem_text(a, LANGUAGE_EN, p));
		texts[i] = v.kind == VALUE_TEXT ? str_dup(a, v.as.s) : "";
	}
	if (strcmp(texts[0], texts[1]) != 0)
		fail_msg("%s: expected %s, got %s", example->text, texts[1], texts[0]);
	arena_free(a);
}

static void examples_hold(void **state) {
	(void)state;
	const struct expr_function_info *f;
	size_t count = 0, examples = 0;
	for (; (f = expr_function_at(count)) != NULL; count++) {
		for (size_t i = 0; i < f->example_count; i++) example_holds(&f->examples[i]);
		examples += f->example_count;
	}
	assert_true(count >= 60);
	print_message("%zu functions, %zu examples\n", count, examples);
}

static void rows_are_complete(void **state) {
	(void)state;
	const struct expr_function_info *f;
	for (size_t i = 0; (f = expr_function_at(i)) != NULL; i++) {
		assert_non_null(f->help.zh);
		assert_non_null(f->help.en);
		assert_true(f->example_count > 0);
		assert_true(str_starts(str_of(f->signature), str_of(f->name)));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(f->name, expr_function_at(k)->name);
	}
}

/* The contract's own list (definitions: Expressions). */
static void promised_functions_are_there(void **state) {
	(void)state;
	static const char promised[] =
		"if case coalesce empty round floor ceil abs mod min max sum count count_distinct "
		"avg len upper lower trim contains "
		"starts_with ends_with matches replace concat format date year quarter month week "
		"weekday day hour add_days add_months "
		"days_between months_between month_start month_end quarter_start year_start now "
		"today workdays_between add_worktime "
		"cny_upper superior dept_head has_role add remove ";
	const char *at = promised;
	for (const char *end; (end = strchr(at, ' ')) != NULL; at = end + 1) {
		struct str name = { at, (size_t)(end - at) };
		bool found = false;
		const struct expr_function_info *f;
		for (size_t i = 0; (f = expr_function_at(i)) != NULL; i++)
			found = found || str_is(name, f->name);
		if (!found) fail_msg("%.*s is missing", (int)name.n, name.p);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(examples_hold),
					    cmocka_unit_test(rows_are_complete),
					    cmocka_unit_test(promised_functions_are_there) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
