/* Pictures are told by their bytes: kinds, sizes, and what only claims to be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "runtime/store/pictures.h"
#include "tests/support/temp_store.h"

static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x2c\0\0\0\x40\x08\x06\0\0\0....";
static const char jpeg[] = "\xff\xd8\xff\xe0\0\x04..\xff\xc0\0\x11\x08\0\x20\0\x30\x03......";
static const char webp_lossy[] = "RIFF....WEBPVP8 .......\x9d\x01\x2a\x40\0\x30\0....";
static const char webp_lossless[] = "RIFF....WEBPVP8L....\x2f\x3f\xc0\x07\0..............";
static const char webp_extended[] = "RIFF....WEBPVP8X........\x63\0\0\x31\0\0....";

static void kinds_and_sizes(void **state) {
	static const struct {
		const char *bytes;
		size_t n;
		const char *type;
		int64_t width, height;
	} rows[] = { { png, sizeof png, "image/png", 300, 64 },
		     { jpeg, sizeof jpeg, "image/jpeg", 48, 32 },
		     { webp_lossy, sizeof webp_lossy, "image/webp", 64, 48 },
		     { webp_lossless, sizeof webp_lossless, "image/webp", 64, 32 },
		     { webp_extended, sizeof webp_extended, "image/webp", 100, 50 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct picture p;
		assert_true(picture_sniff((struct str){ rows[i].bytes, rows[i].n }, &p));
		assert_string_equal(p.type, rows[i].type);
		assert_int_equal(p.width, rows[i].width);
		assert_int_equal(p.height, rows[i].height);
	}
}

static void others_are_none(void **state) {
	struct picture p;
	(void)state;
	assert_false(picture_sniff(STR(""), &p));
	assert_false(picture_sniff(STR("GIF89a..............................."), &p));
	assert_false(picture_sniff(STR("<svg xmlns='http://www.w3.org/2000/svg'/>"), &p));
	assert_false(picture_sniff((struct str){ png, 24 }, &p));
	assert_false(picture_sniff((struct str){ jpeg, 10 }, &p));
	assert_false(picture_sniff(STR("\xff\xd8"
				       "no marker follows here"),
				   &p));
	assert_false(picture_sniff(STR("RIFF....WEBPVP8 .......no start code..."), &p));
}

/* Every beginning of a picture is looked at without reading past it (AddressSanitizer watches). */
static void cut_short(void **state) {
	struct arena *a = arena_new(0);
	struct picture p;
	(void)state;
	for (size_t n = 0; n < sizeof jpeg; n++)
		(void)picture_sniff((struct str){ arena_copy(a, jpeg, n), n }, &p);
	assert_true(picture_sniff((struct str){ jpeg, sizeof jpeg }, &p));
	arena_free(a);
}

static void bytes_are_kept_once_by_hash(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	struct sb out = sb_on(a, 1 << 20);
	const char *sha, *again;
	struct stat st;
	(void)state;
	assert_ok(file_keep(s, a, (struct str){ png, sizeof png }, &sha));
	assert_ok(file_keep(s, a, (struct str){ png, sizeof png }, &again));
	assert_string_equal(sha, again);
	assert_int_equal(stat(arena_printf(a, "%s/files/%s", store_folder(s), sha), &st), 0);
	struct stored_file f = { .sha256 = sha, .size = sizeof png };
	assert_ok(file_bytes(s, a, &f, &out));
	assert_true(str_eq(sb_str(&out), (struct str){ png, sizeof png }));
	f.size++;
	out.n = 0;
	assert_non_null(file_bytes(s, a, &f, &out));
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_sizes),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(bytes_are_kept_once_by_hash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
