/* The JSON reader and writer: what is accepted, what is refused and where, limits, hostile texts,
 * looking up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"

static struct arena *a;
static const struct json_limits wide = { 64 << 20, 200000, 2000000, 20000000, 32 << 20 };

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

static const struct json *parsed_str(struct str text) {
	const struct json *out;
	struct problem *p = json_parse(a, text, &json_limits_definition, &out);
	if (p) fail_msg("%.200s: %s", text.p, problem_text(a, LANGUAGE_EN, p));
	return out;
}

static const struct json *parsed(const char *text) { return parsed_str(str_of(text)); }

static const char *param(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, name) == 0) return p->params[i].value;
	return "";
}

static void scalars(void **state) {
	(void)state;
	assert_int_equal(parsed("null")->kind, JSON_NULL);
	assert_int_equal(parsed(" true ")->kind, JSON_TRUE);
	assert_int_equal(parsed("\tfalse\r\n")->kind, JSON_FALSE);
	static const char *const numbers[] = {
		"0",    "-0",  "12.10", "1e400", "-0.0E-00",
		"1E+2", "123", "0.001", "-1",    "9999999999999999999999999999.5"
	};
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct json *j = parsed(numbers[i]);
		assert_int_equal(j->kind, JSON_NUMBER);
		assert_true(str_is(j->text, numbers[i])); /* 12.10 stays 12.10 */
	}
}

static void strings(void **state) {
	(void)state;
	static const struct {
		const char *text, *value;
	} cases[] = {
		{ "\"\"", "" },
		{ "\"客户\"", "客户" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u5ba2\\u6237\"", "客户" },
		{ "\"\\uD842\\uDfB7\"", "𠮷" },
		{ "\"a\\u0041\\u00e9b\"", "aAéb" },
		{ "\"\\uffff\\u0001\"", "\xEF\xBF\xBF\x01" },
		{ "\"\x7F𠮷\"", "\x7F𠮷" },
		{ "\"12345678\\n12345678中\\t\"", "12345678\n12345678中\t" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_true(json_is_string(parsed(cases[i].text), cases[i].value));
}

static void plain_strings_are_borrowed(void **state) {
	(void)state;
	const char *text = "[\"客户\", \"a\\nb\"]";
	const struct json *j = parsed(text);
	assert_ptr_equal(j->items[0].text.p, text + 2);
	assert_true(j->items[1].text.p < text || j->items[1].text.p > text + strlen(text));
}

static void trees_keep_order_and_places(void **state) {
	(void)state;
	const char *text = " {\"b\": [1, {}, []], \"a\": {\"c\": null}} ";
	const struct json *j = parsed(text);
	assert_int_equal(j->kind, JSON_OBJECT);
	assert_int_equal(j->n, 2);
	assert_true(str_is(j->keys[0].name, "b"));
	assert_int_equal(j->keys[1].offset, strstr(text, "\"a\"") - text);
	assert_int_equal(j->offset, 1);
	assert_int_equal(j->length, strlen(text) - 2);
	const struct json *b = json_get(j, "b");
	assert_int_equal(b->kind, JSON_ARRAY);
	assert_int_equal(b->n, 3);
	assert_memory_equal(text + b->offset, "[1, {}, []]", b->length);
	assert_int_equal(b->items[1].kind, JSON_OBJECT);
	assert_int_equal(b->items[1].n, 0);
	assert_int_equal(b->items[2].length, 2);
	assert_int_equal(json_at(j, "/a/c")->kind, JSON_NULL);
}

static void refusals_name_the_place(void **state) {
	(void)state;
	static const struct {
		const char *text, *code, *line, *column;
	} cases[] = {
		{ "", "json_empty", "1", "1" },
		{ " \n ", "json_empty", "2", "2" },
		{ "\xEF\xBB\xBF{}", "json_bom", "1", "1" },
		{ "{\"a\":1} x", "json_after_end", "1", "9" },
		{ "1 2", "json_after_end", "1", "3" },
		{ "{}\n\n]", "json_after_end", "3", "1" },
		{ "[1,\n 2,\n 客]", "json_value", "3", "2" },
		{ "{\"客户\": \"深圳\", \"名\" 1}", "json_colon", "1", "18" },
		{ "{\r\n \"客\": 1,\r\n \"户\": tru}", "json_value", "3", "7" },
		{ "[1 2]", "json_comma_array", "1", "4" },
		{ "{\"a\":1 \"b\":2}", "json_comma_object", "1", "8" },
		{ "[1,]", "json_trailing_comma", "1", "4" },
		{ "{\"a\":1,}", "json_trailing_comma", "1", "8" },
		{ "[,1]", "json_value", "1", "2" },
		{ "{a:1}", "json_key", "1", "2" },
		{ "{1:1}", "json_key", "1", "2" },
		{ "[1}", "json_comma_array", "1", "3" },
		{ "{\"a\":[1,2}", "json_comma_array", "1", "10" },
		{ "[\n[1,2", "json_not_closed", "2", "1" },
		{ "{\"a\":{\"b\":", "json_not_closed", "1", "6" },
		{ "{\"a\"", "json_not_closed", "1", "1" },
		{ "{", "json_not_closed", "1", "1" },
		{ "[", "json_not_closed", "1", "1" },
		{ "[\"abc", "json_open_string", "1", "2" },
		{ "\"abc\\", "json_open_string", "1", "1" },
		{ "\"abc\\\"", "json_open_string", "1", "1" },
		{ "\"a\nb\"", "json_line_break", "1", "3" },
		{ "\"a\tb\"", "json_control", "1", "3" },
		{ "\"a\x01\"", "json_control", "1", "3" },
		{ "\"\\x41\"", "json_escape", "1", "2" },
		{ "\"\\中\"", "json_escape", "1", "2" },
		{ "\"\\u12G4\"", "json_hex", "1", "2" },
		{ "\"\\u12\"", "json_hex", "1", "2" },
		{ "\"\\u0000\"", "json_nul", "1", "2" },
		{ "\"\\ud800\"", "json_surrogate", "1", "2" },
		{ "\"\\ud800x\"", "json_surrogate", "1", "2" },
		{ "\"\\ud800\\u0041\"", "json_surrogate", "1", "2" },
		{ "\"中\\udc00\"", "json_surrogate", "1", "3" },
		{ "\"\\ud83d\\ud83d\"", "json_surrogate", "1", "2" },
		{ "\"中\xD6\xD0\"", "json_utf8", "1", "3" },
		{ "\"\xED\xA0\x80\"", "json_utf8", "1", "2" },
		{ "\"\xC0\x80\"", "json_utf8", "1", "2" },
		{ "\"\xE4\xB8\"", "json_utf8", "1", "2" },
		{ "\xFF", "json_utf8", "1", "1" },
		{ "01", "json_leading_zero", "1", "1" },
		{ "-012", "json_leading_zero", "1", "2" },
		{ "-", "json_number", "1", "2" },
		{ "1.", "json_number", "1", "3" },
		{ ".5", "json_number", "1", "1" },
		{ "+1", "json_number", "1", "1" },
		{ "1e", "json_number", "1", "3" },
		{ "1e+", "json_number", "1", "4" },
		{ "NaN", "json_number", "1", "1" },
		{ "-Infinity", "json_number", "1", "2" },
		{ "0x10", "json_after_end", "1", "2" },
		{ "True", "json_value", "1", "1" },
		{ "nul", "json_value", "1", "1" },
		{ "'a'", "json_single_quote", "1", "1" },
		{ "{“a”: 1}", "json_key", "1", "2" },
		{ "{\"a\": “b”}", "json_curly_quote", "1", "7" },
		{ "[1, // one\n2]", "json_comment", "1", "5" },
		{ "/* x */ 1", "json_comment", "1", "1" },
		{ "{\"a\":1,\n \"b\":2,\n \"a\":3}", "json_duplicate_key", "3", "2" },
		{ "{\"\\u0061\":1, \"a\":3}", "json_duplicate_key", "1", "14" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct json *out;
		struct problem *p =
			json_parse(a, str_of(cases[i].text), &json_limits_request, &out);
		if (!p) fail_msg("accepted: %s", cases[i].text);
		assert_null(out);
		assert_int_equal(p->kind, PROBLEM_MALFORMED);
		if (strcmp(p->code, cases[i].code) != 0 ||
		    strcmp(param(p, "line"), cases[i].line) != 0 ||
		    strcmp(param(p, "column"), cases[i].column) != 0)
			fail_msg("%s: %s at %s:%s instead of %s at %s:%s", cases[i].text, p->code,
				 param(p, "line"), param(p, "column"), cases[i].code, cases[i].line,
				 cases[i].column);
		assert_non_null(catalogue_find(p->code));
	}
}

/* A NUL byte is no end of text. */
static void nul_bytes_are_refused_everywhere(void **state) {
	(void)state;
	static const struct str texts[] = { { "1\0", 2 },         { "\0", 1 },
					    { "[1,\0]", 5 },      { "\"a\0b\"", 5 },
					    { "{\0}", 3 },        { "[\0", 2 },
					    { "{\"a\"\0:1}", 8 }, { "{\"a\":1\0}", 8 },
					    { "[1\0]", 4 } };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct json *out;
		struct problem *p = json_parse(a, texts[i], &json_limits_request, &out);
		assert_non_null(p);
		assert_int_equal(p->kind, PROBLEM_MALFORMED);
	}
}

/* Every cut of a good text is refused, and no cut reads beyond its end. */
static void every_prefix_is_refused(void **state) {
	(void)state;
	struct str whole = STR("{\"名\": [1.5e3, \"\\ud842\\udfb7中\\n\", {\"k\": null}, true, "
			       "false, []], \"b\": {}}");
	for (size_t n = 0; n < whole.n; n++) {
		char *exact =
			malloc(n ? n : 1); /* its own block: AddressSanitizer sees a byte too far */
		assert_non_null(exact);
		memcpy(exact, whole.p, n);
		const struct json *out;
		assert_non_null(
			json_parse(a, (struct str){ exact, n }, &json_limits_request, &out));
		free(exact);
	}
	parsed_str(whole);
}

static char *repeat(const char *start, const char *unit, size_t times, const char *end) {
	size_t before = strlen(start), n = strlen(unit), after = strlen(end);
	char *text = malloc(before + n * times + after + 1);
	assert_non_null(text);
	memcpy(text, start, before);
	for (size_t i = 0; i < times; i++) memcpy(text + before + i * n, unit, n);
	memcpy(text + before + n * times, end, after + 1);
	return text;
}

static const char *code_of(const char *text, struct json_limits limits) {
	const struct json *out;
	struct problem *p = json_parse(a, str_of(text), &limits, &out);
	return p ? p->kind == PROBLEM_TOO_LARGE ? p->code : "another kind" : "accepted";
}

static void limits_are_exact(void **state) {
	(void)state;
	struct json_limits l = { 20, 2, 2, 4, 5 };
	assert_string_equal(code_of("[1, 2, 3]           ", l), "accepted");
	assert_string_equal(code_of("[1, 2, 3]            ", l), "json_long");
	assert_string_equal(code_of("[[]]", l), "accepted");
	assert_string_equal(code_of("[[[]]]", l), "json_deep");
	assert_string_equal(code_of("{\"a\":1,\"b\":2}", l), "accepted");
	assert_string_equal(code_of("{\"a\":1,\"b\":2,\"c\":", l), "json_many_keys");
	assert_string_equal(code_of("[1,2,3,4]", l), "json_many_values");
	assert_string_equal(code_of("\"12345\"", l), "accepted");
	assert_string_equal(code_of("\"123456\"", l), "json_long_string");
}

static void the_arena_budget_is_respected(void **state) {
	(void)state;
	struct arena *small = arena_new(10000);
	char *text = repeat("[", "1,", 5000, "1]");
	const struct json *out;
	struct problem *p = json_parse(small, str_of(text), &json_limits_request, &out);
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_TOO_LARGE);
	assert_string_equal(p->code, "json_memory");
	free(text);
	arena_free(small);
}

static double cpu_ms(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Within the limits 100 ms CPU on a quiet machine; with the limits lifted still linear. Debug
 * builds and sanitizers cost several times that. */
#if defined(__OPTIMIZE__) && !WITH_ASAN && !WITH_TSAN
enum { SOON_MS = 100, LINEAR_MS = 1500 };
#else
enum { SOON_MS = 1000, LINEAR_MS = 6000 };
#endif

static void answered_soon(const char *what, char *text, const struct json_limits *limits,
			  const char *code) {
	struct arena *own = arena_new(0);
	const struct json *out;
	double before = cpu_ms();
	struct problem *p = json_parse(own, str_of(text), limits, &out);
	double spent = cpu_ms() - before;
	print_message("%-40s %6.2f ms  %s\n", what, spent, p ? p->code : "accepted");
	if (strcmp(p ? p->code : "accepted", code) != 0)
		fail_msg("%s: %s", what, p ? p->code : "accepted");
	assert_true(spent < (limits == &wide ? LINEAR_MS : SOON_MS));
	arena_free(own);
	free(text);
}

static char *many_keys(size_t n) {
	char *text = malloc(n * 20 + 3), *at = text;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++) at += sprintf(at, "%c\"key%zu\":1", i ? ',' : '{', i);
	memcpy(at, "}", 2);
	return text;
}

static void hostile_texts_are_answered_soon(void **state) {
	(void)state;
	struct json_limits long_request = json_limits_request;
	long_request.bytes = 64 << 20;
	answered_soon("800,000 keys", many_keys(800000), &long_request, "json_many_keys");
	answered_soon("800,000 keys, limits lifted", many_keys(800000), &wide, "accepted");
	answered_soon("2,000 keys", many_keys(2000), &json_limits_request, "accepted");
	answered_soon("depth 100,000", repeat("", "[", 100000, ""), &long_request, "json_deep");
	answered_soon("depth 100,000, limits lifted", repeat("", "[", 100000, ""), &wide,
		      "json_not_closed");
	answered_soon("objects 100,000 deep, limits lifted", repeat("", "{\"a\":", 100000, ""),
		      &wide, "json_not_closed");
	answered_soon("10 MB string", repeat("\"", "x", 10 << 20, "\""), &long_request,
		      "json_long_string");
	answered_soon("10 MB string, limits lifted", repeat("\"", "x", 10 << 20, "\""), &wide,
		      "accepted");
	answered_soon("10 MB Chinese string, limits lifted", repeat("\"", "中", 3500000, "\""),
		      &wide, "accepted");
	answered_soon("10 MB of escapes, limits lifted", repeat("\"", "\\n", 5 << 20, "\""), &wide,
		      "accepted");
	answered_soon("10 MB of digits", repeat("", "1", 10 << 20, ""), &long_request, "accepted");
	answered_soon("10 MB of blanks", repeat("", " ", 10 << 20, "x"), &long_request,
		      "json_value");
	answered_soon("10 MB of line ends, then an error", repeat("", "\r\n", 5 << 20, "x"),
		      &long_request, "json_value");
	answered_soon("10 MB of trailing bytes", repeat("", "1 ", 5 << 20, ""), &long_request,
		      "json_after_end");
	answered_soon("1 MiB of numbers", repeat("[", "1,", 520000, "1]"), &json_limits_request,
		      "json_many_values");
	answered_soon("1 MiB of empty arrays", repeat("[", "[],", 340000, "1]"),
		      &json_limits_request, "json_many_values");
	answered_soon("1e400", repeat("", "1e400", 1, ""), &json_limits_request, "accepted");
}

static void duplicates_are_found_in_objects_of_any_size(void **state) {
	(void)state;
	for (size_t n = 2; n < 3000; n += 1 + n / 3) {
		struct sb b = sb_on(a, 1 << 20);
		sb_char(&b, '{');
		for (size_t i = 0; i < n; i++)
			sb_printf(&b, "%s\"字段%zu\":%zu", i ? "," : "", i, i);
		size_t without = b.n;
		sb_char(&b, '}');
		const struct json *out;
		assert_null(json_parse(a, sb_str(&b), &json_limits_definition, &out));
		assert_int_equal(out->n, n);
		b.n = without;
		sb_printf(&b, ",\"字段%zu\":0}", n / 2);
		struct problem *p = json_parse(a, sb_str(&b), &json_limits_definition, &out);
		assert_non_null(p);
		assert_string_equal(p->code, "json_duplicate_key");
		assert_string_equal(param(p, "name"), arena_printf(a, "字段%zu", n / 2));
	}
}

static void members_and_pointers(void **state) {
	(void)state;
	const struct json *j = parsed("{\"a\":{\"b~c/d\":[10,20,{\"\":7}]},\"\":1,\"0\":2}");
	assert_null(json_get(j, "b"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get(parsed("[1]"), "a"));
	assert_ptr_equal(json_at(j, ""), j);
	assert_ptr_equal(json_at(j, "/"), &j->items[1]);
	assert_ptr_equal(json_at(j, "/0"), &j->items[2]);
	assert_true(str_is(json_at(j, "/a/b~0c~1d/1")->text, "20"));
	assert_true(str_is(json_at(j, "/a/b~0c~1d/2/")->text, "7"));
	static const char *const nowhere[] = { "a",
					       "/b",
					       "/a/b",
					       "/a/b~0c~1d/3",
					       "/a/b~0c~1d/01",
					       "/a/b~0c~1d/-",
					       "/a/b~0c~1d/1/x",
					       "/a/b~0c~1d/99999999999",
					       "/a/b~0c~1d/" };
	for (size_t i = 0; i < ARRAY_LEN(nowhere); i++)
		if (json_at(j, nowhere[i])) fail_msg("%s", nowhere[i]);
	assert_null(json_at(NULL, "/a"));
}

static void access_is_forgiving(void **state) {
	(void)state;
	const struct json *j = parsed("{\"s\":\"x\",\"n\":1,\"t\":true,\"f\":false}");
	assert_true(json_is_string(json_get(j, "s"), "x"));
	assert_false(json_is_string(json_get(j, "n"), "1"));
	assert_false(json_is_string(NULL, ""));
	assert_true(json_bool(json_get(j, "t")));
	assert_false(json_bool(json_get(j, "f")));
	assert_false(json_bool(json_get(j, "s")));
	assert_false(json_bool(NULL));
	assert_int_equal(json_str(json_get(j, "n")).n, 0);
	assert_int_equal(json_str(NULL).n, 0);
}

static void exact_integers(void **state) {
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "1.0", true, 1 },
		{ "1e2", true, 100 },
		{ "1.50e1", true, 15 },
		{ "-12.3400e4", true, -123400 },
		{ "100e-2", true, 1 },
		{ "10e-2", false, 0 },
		{ "0.5", false, 0 },
		{ "5e-1", false, 0 },
		{ "0e999999999999", true, 0 },
		{ "0.000", true, 0 },
		{ "1e400", false, 0 },
		{ "1e-400", false, 0 },
		{ "9007199254740991", true, INT64_C(9007199254740991) },
		{ "-9007199254740991", true, -INT64_C(9007199254740991) },
		{ "9007199254740992", false, 0 },
		{ "9007199254740991.00", true, INT64_C(9007199254740991) },
		{ "9.007199254740991e15", true, INT64_C(9007199254740991) },
		{ "900719925474099200000e-5", false, 0 },
		{ "900719925474099100000e-5", true, INT64_C(9007199254740991) },
		{ "1000000000000000", true, INT64_C(1000000000000000) },
		{ "10000000000000000000000000000000000000000e-40", true, 1 },
		{ "0.00000000000000000000000000000000000000001e41", true, 1 },
		{ "1e99999999999999999999999999", false, 0 },
		{ "123456789012345678901234567890", false, 0 },
		{ "\"1\"", false, 0 },
		{ "true", false, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 42;
		if (json_int(parsed(cases[i].text), &value) != cases[i].ok)
			fail_msg("%s", cases[i].text);
		assert_true(value == (cases[i].ok ? cases[i].value : 42));
	}
	int64_t value;
	assert_false(json_int(NULL, &value));
}

static void equality(void **state) {
	(void)state;
	static const struct {
		const char *x, *y;
		bool same;
	} cases[] = {
		{ "{\"a\":1,\"b\":[true,null]}", " { \"b\" : [ true , null ] , \"a\" : 1 } ",
		  true },
		{ "\"\\u5ba2\"", "\"客\"", true },
		{ "1.0", "1.00", false }, /* raw text */
		{ "[1,2]", "[2,1]", false },
		{ "{\"a\":1}", "{\"b\":1}", false },
		{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
		{ "{}", "[]", false },
		{ "null", "false", false },
		{ "\"1\"", "1", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(json_equal(parsed(cases[i].x), parsed(cases[i].y)), cases[i].same);
		assert_int_equal(json_equal(parsed(cases[i].y), parsed(cases[i].x)), cases[i].same);
	}
}

static void places(void **state) {
	(void)state;
	struct str text = STR("a中\r\n𠮷b\nx");
	static const struct {
		uint32_t offset;
		unsigned line, column;
	} cases[] = { { 0, 1, 1 },  { 1, 1, 2 },  { 4, 1, 3 },  { 6, 2, 1 },
		      { 10, 2, 2 }, { 12, 3, 1 }, { 13, 3, 2 }, { 99, 3, 2 } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_place place = json_place(text, cases[i].offset);
		assert_int_equal(place.line, cases[i].line);
		assert_int_equal(place.column, cases[i].column);
	}
}

static void the_writer_writes(void **state) {
	(void)state;
	struct sb b = sb_on(a, 4096);
	struct jw w = jw_on(&b);
	jw_object(&w);
	jw_key(&w, "id");
	jw_int(&w, -7);
	jw_key(&w, "名");
	jw_str(&w, STR("a\"b\\c\n\x01\x1f\x7f/中"));
	jw_key_str(&w, STR("list"));
	jw_array(&w);
	jw_bool(&w, true);
	jw_null(&w);
	jw_text(&w, NULL);
	jw_raw(&w, STR("12.10"));
	jw_object(&w);
	jw_end(&w);
	jw_array(&w);
	jw_end(&w);
	jw_end(&w);
	jw_key(&w, "t");
	jw_text(&w, "x");
	jw_key(&w, "copy");
	jw_json(&w, parsed("{\"z\":[1,2.50,\"\\u0002\"],\"a\":{\"b\":false}}"));
	jw_end(&w);
	assert_string_equal(sb_cstr(&b), "{\"id\":-7,\"名\":\"a\\\"b\\\\c\\n\\u0001\\u001f\x7f/"
					 "中\",\"list\":[true,null,null,"
					 "12.10,{},[]],\"t\":\"x\",\"copy\":{\"z\":[1,2.50,"
					 "\"\\u0002\"],\"a\":{\"b\":false}}}");
	parsed(sb_cstr(&b));
}

static void every_control_is_escaped(void **state) {
	(void)state;
	for (char c = 1; c < 0x20; c++) {
		struct sb b = sb_on(a, 100);
		struct jw w = jw_on(&b);
		char text[2] = { c, '\0' };
		jw_text(&w, text);
		assert_true(json_is_string(parsed(sb_cstr(&b)), text));
	}
}

static void the_writer_stops_at_the_ceiling(void **state) {
	(void)state;
	struct sb b = sb_on(a, 1000);
	struct jw w = jw_on(&b);
	jw_array(&w);
	for (int i = 0; i < 1000; i++) jw_text(&w, "0123456789");
	jw_end(&w);
	assert_true(b.overflow);
	assert_true(b.n <= 1000);
}

static void the_export_form(void **state) {
	(void)state;
	struct sb b = sb_on(a, 4096);
	struct jw w = jw_on(&b);
	jw_pretty(&w,
		  parsed("{\"name\":\"客户\",\"fields\":[{\"name\":\"a\",\"max\":1.50},{}],"
			 "\"none\":[],\"on\":true}"),
		  0);
	assert_string_equal(sb_cstr(&b), "{\n"
					 "  \"name\": \"客户\",\n"
					 "  \"fields\": [\n"
					 "    {\n"
					 "      \"name\": \"a\",\n"
					 "      \"max\": 1.50\n"
					 "    },\n"
					 "    {}\n"
					 "  ],\n"
					 "  \"none\": [],\n"
					 "  \"on\": true\n"
					 "}");
	b.n = 0;
	w = jw_on(&b);
	jw_object(&w);
	jw_key(&w, "at");
	jw_pretty(&w, parsed("[1]"), 1);
	jw_end(&w);
	assert_string_equal(sb_cstr(&b), "{\"at\":[\n    1\n  ]}");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),
		cmocka_unit_test(strings),
		cmocka_unit_test(plain_strings_are_borrowed),
		cmocka_unit_test(trees_keep_order_and_places),
		cmocka_unit_test(refusals_name_the_place),
		cmocka_unit_test(nul_bytes_are_refused_everywhere),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(the_arena_budget_is_respected),
		cmocka_unit_test(hostile_texts_are_answered_soon),
		cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
		cmocka_unit_test(members_and_pointers),
		cmocka_unit_test(access_is_forgiving),
		cmocka_unit_test(exact_integers),
		cmocka_unit_test(equality),
		cmocka_unit_test(places),
		cmocka_unit_test(the_writer_writes),
		cmocka_unit_test(every_control_is_escaped),
		cmocka_unit_test(the_writer_stops_at_the_ceiling),
		cmocka_unit_test(the_export_form),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
