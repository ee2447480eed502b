/* The arena's contract: zeroed and aligned blocks, deferred releases in reverse order, marks,
 * budget, growth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/base/arena.h"

static void blocks_are_zeroed_and_aligned(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	static const size_t sizes[] = { 0,    1,    15,    16,     17, 1000,    4095,
					4096, 5000, 70000, 300000, 3,  2000000, 64 };
	for (int round = 0; round < 40; round++)
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			unsigned char *p = arena_alloc(a, sizes[i]);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t k = 0; k < sizes[i]; k += 1 + k / 64) assert_int_equal(p[k], 0);
			memset(p, 0xA5, sizes[i]);
		}
	arena_free(a);
	arena_free(NULL);
}

static void a_reused_region_is_zeroed_again(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct arena_mark mark = arena_mark(a);
	memset(arena_alloc(a, 500), 0xFF, 500);
	arena_reset(a, mark);
	const unsigned char *p = arena_alloc(a, 500);
	for (size_t i = 0; i < 500; i++) assert_int_equal(p[i], 0);
	arena_free(a);
}

static void blocks_do_not_overlap(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	unsigned char *blocks[400];
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		size_t size = 1 + i * i % 9001;
		blocks[i] = arena_alloc(a, size);
		memset(blocks[i], (int)(i & 0xFF), size);
	}
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		for (size_t k = 0; k < 1 + i * i % 9001; k++)
			assert_int_equal(blocks[i][k], i & 0xFF);
	arena_free(a);
}

static char order[16];
static size_t ran;

static void note(void *arg) { order[ran++] = *(const char *)arg; }

static void deferred_releases_run_last_in_first_out(void **state) {
	(void)state;
	char names[] = "abc";
	struct arena *a = arena_new(0);
	ran = 0;
	for (int i = 0; i < 3; i++) arena_defer(a, note, &names[i]);
	arena_free(a);
	assert_int_equal(ran, 3);
	assert_memory_equal(order, "cba", 3);
}

static void a_reset_releases_what_came_after_the_mark(void **state) {
	(void)state;
	char names[] = "abcd";
	struct arena *a = arena_new(0);
	ran = 0;
	arena_defer(a, note, &names[0]);
	char *kept = arena_strdup(a, "kept");
	struct arena_mark mark = arena_mark(a);
	size_t held = arena_used(a);
	for (int round = 0; round < 3; round++) {
		arena_defer(a, note, &names[1]);
		for (int i = 0; i < 100; i++) arena_alloc(a, 3000);
		arena_alloc(a, 1000000);
		arena_defer(a, note, &names[2]);
		arena_reset(a, mark);
		assert_int_equal(arena_used(a), held);
	}
	assert_int_equal(ran, 6);
	assert_memory_equal(order, "cbcbcb", 6);
	assert_string_equal(kept, "kept");
	arena_free(a);
	assert_int_equal(ran, 7);
	assert_int_equal(order[6], 'a');
}

static void marks_nest(void **state) {
	(void)state;
	struct arena *a = arena_new(1000);
	struct arena_mark outer = arena_mark(a);
	assert_true(arena_charge(a, 300));
	char *between = arena_alloc(a, 20000);
	struct arena_mark inner = arena_mark(a);
	memset(between, 'x', 20000);
	assert_true(arena_charge(a, 700));
	arena_alloc(a, 90000);
	arena_reset(a, inner);
	assert_int_equal(between[19999], 'x');
	assert_false(arena_charge(a, 701));
	arena_reset(a, outer);
	assert_true(arena_charge(a, 1000));
	arena_free(a);
}

static void the_budget_fails_softly(void **state) {
	(void)state;
	struct arena *a = arena_new(100);
	assert_true(arena_charge(a, 60));
	assert_false(arena_charge(a, 41));
	assert_false(arena_charge(a, SIZE_MAX));
	assert_true(arena_charge(a, 40));
	assert_false(arena_charge(a, 1));
	arena_alloc(a, 5000); /* only charged bytes count */
	arena_free(a);
	a = arena_new(0);
	assert_true(arena_charge(a, SIZE_MAX / 2));
	arena_free(a);
}

static void a_last_block_grows_in_place(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *p = arena_copy(a, "0123456789", 10);
	char *q = arena_grow(a, p, 11, 600);
	assert_ptr_equal(p, q);
	assert_string_equal(q, "0123456789");
	char *next = arena_strdup(a, "in the way");
	q = arena_grow(a, q, 600, 700);
	assert_ptr_not_equal(p, q);
	assert_string_equal(q, "0123456789");
	assert_string_equal(next, "in the way");
	arena_free(a);
}

static void growth_keeps_the_content(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	unsigned char *p = NULL;
	size_t size = 0;
	for (size_t bigger = 1; bigger < 8000000; bigger += bigger / 2 + 7) {
		if (bigger % 3 == 0) arena_alloc(a, 40);
		p = arena_grow(a, p, size, bigger);
		memset(p + size, (int)(bigger & 0xFF), bigger - size);
		size = bigger;
	}
	for (size_t edge = 1, before = 0; edge <= size; before = edge, edge += edge / 2 + 7)
		assert_true(p[before] == (edge & 0xFF) && p[edge - 1] == (edge & 0xFF));
	arena_free(a);
}

/* Rule 3 of arena.c: a chunk that a mark names must not move. */
static void a_marked_block_is_not_moved_under_the_mark(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *p = arena_grow(a, NULL, 0, 300000);
	memcpy(p, "mine", 5);
	struct arena_mark mark = arena_mark(a);
	char *q = arena_grow(a, p, 300000, 9000000);
	assert_ptr_not_equal(p, q);
	assert_string_equal(q, "mine");
	arena_reset(a, mark);
	assert_string_equal(p, "mine");
	arena_alloc(a, 100);
	arena_reset(a, mark);
	arena_free(a);
}

static void text_helpers(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	assert_null(arena_strdup(a, NULL));
	assert_string_equal(arena_strdup(a, "榫"), "榫");
	assert_string_equal(arena_printf(a, "%s=%d", "n", 7), "n=7");
	char *copy = arena_copy(a, "a\0b", 3);
	assert_memory_equal(copy, "a\0b", 4);
	for (int n = 250; n < 260; n++) {
		char *text = arena_printf(a, "%*d", n, 5);
		assert_int_equal(strlen(text), n);
		assert_int_equal(text[n - 1], '5');
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_and_aligned),
		cmocka_unit_test(a_reused_region_is_zeroed_again),
		cmocka_unit_test(blocks_do_not_overlap),
		cmocka_unit_test(deferred_releases_run_last_in_first_out),
		cmocka_unit_test(a_reset_releases_what_came_after_the_mark),
		cmocka_unit_test(marks_nest),
		cmocka_unit_test(the_budget_fails_softly),
		cmocka_unit_test(a_last_block_grows_in_place),
		cmocka_unit_test(growth_keeps_the_content),
		cmocka_unit_test(a_marked_block_is_not_moved_under_the_mark),
		cmocka_unit_test(text_helpers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
