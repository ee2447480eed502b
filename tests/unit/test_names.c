/* The table of names, the nearest name, and SHA-256 against the standard's vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/model/names.h"
#include "runtime/model/sha256.h"

static void names_are_found_again(void **state) {
	enum { MANY = 5000 };
	struct arena *a = arena_new(0);
	struct names t;
	int *values = arena_array(a, MANY, sizeof *values);
	(void)state;
	names_init(&t, a, 0);
	assert_null(names_find(&t, STR("x")));
	for (int i = 0; i < MANY; i++)
		assert_true(names_add(&t, str_of(arena_printf(a, "name_%d", i)), &values[i]));
	assert_false(names_add(&t, STR("name_7"), &values[0]));
	for (int i = 0; i < MANY; i++)
		assert_ptr_equal(names_find(&t, str_of(arena_printf(a, "name_%d", i))), &values[i]);
	assert_null(names_find(&t, STR("name_5000")));
	assert_int_equal(t.n, MANY);
	arena_free(a);
}

static void an_empty_table_holds_nothing(void **state) {
	struct names t = { .room = 0 };
	(void)state;
	assert_null(names_find(&t, STR("x")));
}

static const char *nearest(const char *wanted) {
	static const char *const known[] = { "amount", "account", "stage", "客户名称", "a" };
	struct similar s = similar_to(str_of(wanted));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) similar_offer(&s, str_of(known[i]));
	return s.best.p;
}

static void near_names(void **state) {
	(void)state;
	assert_string_equal(nearest("amuont"), "amount");
	assert_string_equal(nearest("acount"), "account");
	assert_string_equal(nearest("客户名"), "客户名称");
	assert_string_equal(nearest("b"), "a");
	assert_null(nearest("quantity"));
	assert_null(nearest("\x98\n")); /* found by the fuzzer: not even a text */
	assert_null(nearest(""));
}

static void sha256_vectors(void **state) {
	static const struct {
		size_t n;
		const char *hash; /* of that many letters a */
	} rows[] = {
		{ 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ 1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" },
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
		{ 119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb" },
		{ 120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c" },
		{ 1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3" },
	};
	char text[1000], hash[65];
	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		sha256_hex((struct str){ text, rows[i].n }, hash);
		assert_string_equal(hash, rows[i].hash);
	}
	sha256_hex(STR("abc"), hash);
	assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(names_are_found_again),
					    cmocka_unit_test(an_empty_table_holds_nothing),
					    cmocka_unit_test(near_names),
					    cmocka_unit_test(sha256_vectors) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
