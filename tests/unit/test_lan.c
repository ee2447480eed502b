/* serve --lan: the address it listens on, and that the code on the terminal has a code's shape. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "runtime/base/arena.h"
#include "runtime/host/lan.h"

static void every_interface_same_port(void **state) {
	struct arena *a = arena_new(0);
	(void)state;
	assert_string_equal(lan_listen(a, "127.0.0.1:8123"), "0.0.0.0:8123");
	assert_string_equal(lan_listen(a, "[::1]:80"), "0.0.0.0:80");
	assert_string_equal(lan_listen(a, "nonsense"), "0.0.0.0:8080");
	arena_free(a);
}

/* A half block holds two modules; light ones are drawn. line and column count modules, without the
 * margin of blanks. */
static bool light(const char *text, int line, int column) {
	for (int skip = line / 2; skip > 0; skip--) text = strchr(text, '\n') + 1;
	struct str rest = str_of(text + 2);
	uint32_t cp = 0;
	for (int i = 0; i <= column; i++) cp = utf8_next(&rest);
	return cp == 0x2588 || cp == (line % 2 ? 0x2584U : 0x2580U);
}

/* The square in the corner: dark frame, light ring, dark heart (ISO 18004), two light modules
 * before it. */
static void a_code_has_corners(void **state) {
	static const char *const corner[] = { "#######.", "#.....#.", "#.###.#.", "#.###.#.",
					      "#.###.#.", "#.....#.", "#######.", "........" };
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 65536), painted = sb_on(a, 65536);
	(void)state;
	lan_code(&out, "http://192.0.2.17:8080", false);
	const char *text = sb_cstr(&out);
	for (int column = 0; column < 20; column++)
		assert_true(light(text, 0, column) && light(text, 1, column));
	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 8; x++)
			assert_int_equal(light(text, y + 2, x + 2), corner[y][x] == '.');
	assert_null(strchr(text, '\033'));
	lan_code(&painted, "http://192.0.2.17:8080", true);
	assert_non_null(strstr(sb_cstr(&painted), "\033[0m\n"));
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_interface_same_port),
					    cmocka_unit_test(a_code_has_corners) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
