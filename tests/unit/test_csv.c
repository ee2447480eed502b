#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "engines/form/csv.h"

/* What a text reads as: rows end with '\n', fields with '|'. */
struct seen { struct sb text; };

static struct problem *row(void *arg, const struct str *fields, size_t n, unsigned line)
{
	struct seen *s = arg;
	(void)line;
	for (size_t i = 0; i < n; i++) {
		sb_add(&s->text, fields[i]);
		sb_char(&s->text, '|');
	}
	sb_char(&s->text, '\n');
	return NULL;
}

static const char *read_in(struct arena *a, struct str text, size_t cut, struct problem **p)
{
	struct seen s = { sb_on(a, 1 << 20) };
	struct csv *c = csv_new(a, &csv_limits_default, ',', row, &s);
	*p = csv_push(c, text.p, cut);
	if (!*p) *p = csv_push(c, text.p + cut, text.n - cut);
	if (!*p) *p = csv_end(c);
	return sb_cstr(&s.text);
}

static const struct { const char *text, *rows; } good[] = {
	{ "", "" },
	{ "a,b\r\n1,2\r\n", "a|b|\n1|2|\n" },
	{ "a,b\n1,2", "a|b|\n1|2|\n" },
	{ "a\rb\r", "a|\nb|\n" },
	{ "\xEF\xBB\xBF名称,数量\n云智,1\n", "名称|数量|\n云智|1|\n" },
	{ "\"a,b\",\"say \"\"hi\"\"\"\n", "a,b|say \"hi\"|\n" },
	{ "\"two\r\nlines\",x\n", "two\r\nlines|x|\n" },
	{ "\n\na\n\n", "a|\n" },
	{ "\"\"\n", "|\n" },
	{ ",\n", "||\n" },
	{ "5\" pipe,1\n", "5\" pipe|1|\n" },
	{ "深圳市,\"广东，深圳\"\r\n", "深圳市|广东，深圳|\n" },
	{ "\xEF\xBB", "\xEF\xBB|\n" },
};

static void every_border_gives_the_same_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct str text = str_of(good[i].text);
		for (size_t cut = 0; cut <= text.n; cut++) {
			struct arena *a = arena_new(0);
			struct problem *p;
			const char *rows = read_in(a, text, cut, &p);
			assert_null(p);
			assert_string_equal(rows, good[i].rows);
			arena_free(a);
		}
	}
}

static void mistakes_name_their_line(void **state)
{
	(void)state;
	static const struct { const char *text, *code, *line; } bad[] = {
		{ "a\n\"open", "csv_open_quote", "2" },
		{ "a\nb,\"x\"y\n", "csv_after_quote", "2" },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new(0);
		struct problem *p;
		read_in(a, str_of(bad[i].text), 1, &p);
		assert_non_null(p);
		assert_string_equal(p->code, bad[i].code);
		assert_string_equal(p->params[0].value, bad[i].line);
		arena_free(a);
	}
}

static struct problem *read_limited(struct arena *a, const char *text, struct csv_limits limits)
{
	struct seen s = { sb_on(a, 1 << 20) };
	struct csv_limits *kept = arena_alloc(a, sizeof *kept);
	*kept = limits;
	struct csv *c = csv_new(a, kept, ',', row, &s);
	TRY(csv_push(c, text, strlen(text)));
	return csv_end(c);
}

static void limits_hold(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	assert_null(read_limited(a, "1234,1234\n1234", (struct csv_limits){ 4, 2, 8 }));
	assert_string_equal(read_limited(a, "12345", (struct csv_limits){ 4, 2, 8 })->code, "csv_field_long");
	assert_string_equal(read_limited(a, "1,2,3", (struct csv_limits){ 4, 2, 8 })->code, "csv_columns");
	assert_string_equal(read_limited(a, "1234,1234,1", (struct csv_limits){ 4, 9, 8 })->code, "csv_row_long");
	arena_free(a);
}

/* What a spreadsheet would run is disarmed, and our own reader gets the text back. */
static void formulas_are_guarded_and_come_back(void **state)
{
	(void)state;
	static const struct { const char *text, *written; } cases[] = {
		{ "=1+1", "\"'=1+1\"" }, { "+86", "\"'+86\"" }, { "-5", "\"'-5\"" }, { "@x", "\"'@x\"" }, { "\tx", "\"'\tx\"" },
		{ "＝1", "\"'＝1\"" }, { "plain", "plain" }, { "a\"b", "\"a\"\"b\"" }, { "'quoted'", "'quoted'" }, { "'=x", "\"''=x\"" }, { "", "" },
		{ "a,b", "\"a,b\"" }, { " a", "\" a\"" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, 1000);
		csv_field(&out, str_of(cases[i].text), true, true);
		assert_string_equal(sb_cstr(&out), cases[i].written);
		sb_char(&out, '\n');
		struct problem *p;
		const char *rows = read_in(a, sb_str(&out), 0, &p);
		assert_null(p);
		struct str back = csv_unguard((struct str){ rows, strlen(rows) >= 2 ? strlen(rows) - 2 : 0 });
		assert_true(str_is(back, cases[i].text));
		arena_free(a);
	}
}

static void numbers_are_not_guarded(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 100);
	csv_field(&out, STR("-12.50"), true, false);
	assert_string_equal(sb_cstr(&out), "-12.50");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_border_gives_the_same_rows), cmocka_unit_test(mistakes_name_their_line), cmocka_unit_test(limits_hold),
		cmocka_unit_test(formulas_are_guarded_and_come_back), cmocka_unit_test(numbers_are_not_guarded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
