/* docs/definitions is what the program writes from its tables. TENON_UPDATE=1 rewrites the files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "runtime/model/docs.h"
#include "runtime/model/loader.h"

static struct str read_file(struct arena *a, const char *path) {
	FILE *file = fopen(path, "rb");
	struct str out = { 0 };
	if (!file) return out;
	char *text = arena_alloc(a, 4 << 20);
	out = (struct str){ text, fread(text, 1, 4 << 20, file) };
	fclose(file);
	return out;
}

static void update(const char *path, struct str text) {
	mkdir("docs/definitions", 0777);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
	assert_int_equal(fclose(file), 0);
}

static void pages_are_not_stale(void **state) {
	const char *topic;
	(void)state;
	for (size_t i = 0; (topic = docs_topic(i)) != NULL; i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, 4 << 20);
		const char *path = arena_printf(a, "docs/definitions/%s.md", topic);
		assert_true(docs_write(&out, str_of(topic)));
		assert_false(out.overflow);
		assert_true(utf8_valid(sb_str(&out)) && out.n > 500);
		if (getenv("TENON_UPDATE")) update(path, sb_str(&out));
		if (!str_eq(read_file(a, path), sb_str(&out)))
			fail_msg("%s is stale: run TENON_UPDATE=1 with this test and commit the "
				 "file",
				 path);
		arena_free(a);
	}
}

static void unknown_topics_are_told(void **state) {
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 1000);
	(void)state;
	assert_false(docs_write(&out, STR("forn")));
	assert_int_equal(out.n, 0);
	assert_true(str_is(docs_similar(STR("forn")), "form"));
	arena_free(a);
}

static void every_kind_has_a_schema(void **state) {
	size_t n;
	const char *const *kinds = schema_kinds(&n);
	(void)state;
	assert_int_equal(n, 11);
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, 4 << 20);
		const struct json *schema;
		schema_write(&out, kinds[i]);
		assert_null(json_parse(a, sb_str(&out), &json_limits_definition, &schema));
		const char *root = arena_printf(a, "/$defs/%s/properties/%s", kinds[i], kinds[i]);
		assert_non_null(json_at(schema, root));
		arena_free(a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(pages_are_not_stale),
					    cmocka_unit_test(unknown_topics_are_told),
					    cmocka_unit_test(every_kind_has_a_schema) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
