#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "engines/form/encoding.h"

static struct problem *take(void *arg, const char *text, size_t n) {
	sb_bytes(arg, text, n);
	return NULL;
}

static struct problem *decode(struct arena *a, const char *name, struct str bytes, size_t cut,
			      struct sb *out) {
	struct decoder *d;
	TRY(decoder_new(a, name, &d));
	TRY(decoder_push(d, bytes.p, cut, false, take, out));
	return decoder_push(d, bytes.p + cut, bytes.n - cut, true, take, out);
}

/* 云智,深圳 and a four-byte GB18030 character (㐀 is 0x8139EE39), and UTF-8 with four bytes. */
static const struct {
	const char *name, *bytes, *text;
} texts[] = {
	{ "gbk", "\xD4\xC6\xD6\xC7,\xC9\xEE\xDB\xDA\r\n", "云智,深圳\r\n" },
	{ "gb18030", "\x81\x39\xEE\x39,\xD6\xD0", "㐀,中" },
	{ "utf-8", "中\xF0\xA0\xAE\xB7文,abc", "中𠮷文,abc" },
};

static void characters_survive_every_border(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct str bytes = str_of(texts[i].bytes);
		for (size_t cut = 0; cut <= bytes.n; cut++) {
			struct arena *a = arena_new(0);
			struct sb out = sb_on(a, 1000);
			assert_null(decode(a, texts[i].name, bytes, cut, &out));
			assert_string_equal(sb_cstr(&out), texts[i].text);
			arena_free(a);
		}
	}
}

static void long_text_survives_the_inner_border(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb in = sb_on(a, 1 << 20), out = sb_on(a, 1 << 20);
	sb_char(&in, 'x'); /* so that characters straddle every power of two */
	for (int i = 0; i < 50000; i++) sb_cat(&in, "深圳𠮷");
	assert_null(decode(a, "utf-8", sb_str(&in), 12345, &out));
	assert_true(str_eq(sb_str(&in), sb_str(&out)));
	arena_free(a);
}

static void bad_bytes_are_refused(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 1000);
	assert_string_equal(decode(a, "utf-8", STR("ab\xFFz"), 1, &out)->code, "encoding_bytes");
	assert_string_equal(decode(a, "utf-8", STR("ab\xE4\xB8"), 1, &out)->code, "encoding_bytes");
	assert_string_equal(decode(a, "klingon", STR("ab"), 1, &out)->code, "encoding_unknown");
	assert_string_equal(decode(a, "UTF-8//IGNORE", STR("a\xff"), 1, &out)->code,
			    "encoding_unknown");
	assert_string_equal(decode(a, "", STR("ab"), 1, &out)->code, "encoding_unknown");
	arena_free(a);
}

static const char *detect(struct arena *a, struct str bytes) {
	FILE *f = tmpfile();
	const char *name = NULL;
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	fflush(f);
	assert_null(encoding_detect(a, fileno(f), &name));
	assert_int_equal(lseek(fileno(f), 0, SEEK_CUR), 0);
	fclose(f);
	return name;
}

static void the_encoding_is_found_out(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	assert_string_equal(detect(a, STR("")), "utf-8");
	assert_string_equal(detect(a, STR("plain")), "utf-8");
	assert_string_equal(detect(a, STR("深圳")), "utf-8");
	assert_string_equal(detect(a, STR("\xC9\xEE\xDB\xDA")), "gb18030");
	struct sb big = sb_on(a, 1 << 20);
	sb_char(&big, 'x');
	while (big.n < 200000) sb_cat(&big, "深");
	assert_string_equal(detect(a, sb_str(&big)), "utf-8");
	sb_cat(&big, "\xC9\xEE");
	assert_string_equal(detect(a, sb_str(&big)), "gb18030");
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_survive_every_border),
		cmocka_unit_test(long_text_survives_the_inner_border),
		cmocka_unit_test(bad_bytes_are_refused),
		cmocka_unit_test(the_encoding_is_found_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
