/* value.h */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "runtime/base/value.h"

static void empty_text_and_empty_list_are_null(void **state) {
	(void)state;
	struct value nothing = VALUE_NONE, empty = value_text(STR("")),
		     list = { .kind = VALUE_LIST };
	struct value raw = { .kind = VALUE_TEXT, .as.s = STR("") }, blank = value_text(STR(" ")),
		     zero = value_int(0);
	assert_int_equal(empty.kind, VALUE_NULL);
	assert_true(value_is_null(&nothing) && value_is_null(&list) && value_is_null(&raw));
	assert_false(value_is_null(&blank) || value_is_null(&zero));
	assert_true(value_same(&nothing, &list) && value_same(&raw, &nothing) &&
		    value_same(&list, &raw));
	assert_false(value_same(&nothing, &blank) || value_same(&zero, &nothing));
}

static void sameness_is_that_of_the_stored_value(void **state) {
	(void)state;
	struct value one = value_int(1), long_one = value_decimal(decimal_scaled(100, 2)),
		     short_one = value_decimal(decimal_scaled(10, 1));
	struct value almost = value_decimal(decimal_scaled(101, 2)), yes = value_bool(true),
		     day = value_date(1), ref = value_ref(1);
	assert_true(value_same(&long_one, &short_one) && value_same(&one, &long_one));
	assert_false(value_same(&long_one, &almost) || value_same(&one, &almost));
	assert_false(value_same(&one, &yes) || value_same(&one, &day) || value_same(&day, &ref));
	struct value a = value_text(STR("深圳")), b = value_text(STR("深圳")),
		     c = value_text(STR("深")), instant = value_datetime(1);
	assert_true(value_same(&a, &b) && value_same(&ref, &ref));
	assert_false(value_same(&a, &c) || value_same(&day, &instant));
}

static void lists_compare_and_copy_deeply(void **state) {
	(void)state;
	struct arena *first = arena_new(0), *second = arena_new(0);
	char *text = arena_strdup(first, "广东");
	struct value *inner = arena_array(first, 2, sizeof(*inner)),
		     *outer = arena_array(first, 2, sizeof(*outer));
	inner[0] = value_text(str_of(text));
	inner[1] = value_int(7);
	outer[0] = (struct value){ .kind = VALUE_LIST, .as.list = { inner, 2 } };
	outer[1] = VALUE_NONE;
	struct value list = { .kind = VALUE_LIST, .as.list = { outer, 2 } };
	struct value copy = value_copy(second, &list);
	assert_true(value_same(&list, &copy));
	text[0] = 'x';
	assert_false(value_same(&list, &copy));
	arena_free(first);
	assert_int_equal(copy.as.list.n, 2);
	assert_true(str_is(copy.as.list.items[0].as.list.items[0].as.s, "广东"));
	struct value shorter = { .kind = VALUE_LIST, .as.list = { copy.as.list.items, 1 } };
	assert_false(value_same(&copy, &shorter));
	arena_free(second);
}

static void scalars_and_nulls_copy(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct value all[] = { VALUE_NONE,
			       value_bool(true),
			       value_int(-5),
			       value_decimal(decimal_scaled(125, 2)),
			       value_text(STR("x")),
			       { .kind = VALUE_TEXT },
			       value_date(9),
			       value_datetime(8),
			       { .kind = VALUE_TIME, .as.i = 7 },
			       { .kind = VALUE_DURATION, .as.i = -60 },
			       value_ref(3),
			       { .kind = VALUE_LIST } };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct value copy = value_copy(a, &all[i]);
		assert_int_equal(copy.kind, all[i].kind);
		assert_true(value_same(&all[i], &copy));
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_text_and_empty_list_are_null),
		cmocka_unit_test(sameness_is_that_of_the_stored_value),
		cmocka_unit_test(lists_compare_and_copy_deeply),
		cmocka_unit_test(scalars_and_nulls_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
