/* Line differences: applying a diff to the old text gives the new one, whatever the two are; the
 * script is the shortest there is; hunks carry their context and places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "runtime/base/diff.h"

enum { TEXT_MAX = 1 << 20 };

static void line(struct sb *out, struct str text) {
	sb_add(out, text);
	sb_char(out, '\n');
}

static struct str line_of(struct str text, size_t *at) {
	const char *end = memchr(text.p + *at, '\n', text.n - *at);
	size_t n = end ? (size_t)(end - text.p) - *at : text.n - *at;
	struct str out = { text.p + *at, n };
	*at += n + 1;
	return out;
}

/* What the diff makes of `from`; every line that stays or goes must be the one there. */
static struct str applied(struct arena *a, struct str from, const struct diff *d) {
	struct sb out = sb_on(a, TEXT_MAX);
	size_t at = 0, number = 1;
	for (size_t h = 0; h < d->n; h++) {
		const struct diff_hunk *hunk = &d->hunks[h];
		for (; number < hunk->from; number++) line(&out, line_of(from, &at));
		for (size_t i = 0; i < hunk->n; i++) {
			if (hunk->lines[i].side != DIFF_ADDED) {
				assert_true(str_eq(line_of(from, &at), hunk->lines[i].text));
				number++;
			}
			if (hunk->lines[i].side != DIFF_REMOVED) line(&out, hunk->lines[i].text);
		}
	}
	while (at < from.n) line(&out, line_of(from, &at));
	sb_cstr(&out);
	return sb_str(&out);
}

static struct str random_text(struct arena *a, unsigned *seed, unsigned lines, unsigned words) {
	struct sb out = sb_on(a, TEXT_MAX);
	for (unsigned i = 0; i < lines; i++) {
		*seed = *seed * 1103515245u + 12345u;
		sb_printf(&out, "line %u\n", (*seed >> 16) % words);
	}
	sb_cstr(&out);
	return sb_str(&out);
}

static void any_two_texts_come_out_right(void **state) {
	unsigned seed = 7;
	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct arena *a = arena_new(0);
		struct diff d;
		struct str from = random_text(a, &seed, round % 23, 1 + round % 7),
			   to = random_text(a, &seed, round % 19, 1 + round % 5);
		diff_make(a, from, to, round % 4, &d);
		assert_true(str_eq(applied(a, from, &d), to));
		arena_free(a);
	}
}

static void very_different_texts_are_replaced(void **state) {
	struct arena *a = arena_new(0);
	unsigned seed = 3;
	struct diff d;
	(void)state;
	struct str from = random_text(a, &seed, 3000, 60000),
		   to = random_text(a, &seed, 3000, 60000);
	diff_make(a, from, to, 3, &d);
	assert_true(str_eq(applied(a, from, &d), to));
	arena_free(a);
}

static void a_hunk_has_its_place_and_context(void **state) {
	struct arena *a = arena_new(0);
	struct diff d;
	(void)state;
	diff_make(a, STR("a\nb\nc\nd\ne\nf\ng\n"), STR("a\nb\nc\nD\ne\nf\ng\nh\n"), 1, &d);
	assert_int_equal(d.n, 2);
	assert_int_equal(d.added, 2);
	assert_int_equal(d.removed, 1);
	assert_int_equal(d.hunks[0].from, 3);
	assert_int_equal(d.hunks[0].from_count, 3);
	assert_int_equal(d.hunks[0].to_count, 3);
	assert_int_equal(d.hunks[0].lines[1].side, DIFF_REMOVED);
	assert_int_equal(d.hunks[1].from, 7);
	assert_int_equal(d.hunks[1].to, 7);
	assert_int_equal(d.hunks[1].to_count, 2);
	diff_make(a, STR("a\nb\n"), STR("a\nb\n"), 3, &d);
	assert_int_equal(d.n, 0);
	diff_make(a, STR(""), STR("x\n"), 3, &d);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.added, 1);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_two_texts_come_out_right),
		cmocka_unit_test(very_different_texts_are_replaced),
		cmocka_unit_test(a_hunk_has_its_place_and_context),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
