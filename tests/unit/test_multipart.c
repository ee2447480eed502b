#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "runtime/host/multipart.h"

/* Parts as text: name/filename/type=bytes; */
static struct problem *begin(void *arg, const struct part *p)
{
	struct sb *out = arg;
	sb_add(out, p->name);
	sb_char(out, '/');
	sb_add(out, p->filename);
	sb_char(out, '/');
	sb_add(out, p->type);
	sb_char(out, '=');
	return NULL;
}
static struct problem *data(void *arg, const char *bytes, size_t n)
{
	sb_bytes(arg, bytes, n);
	return NULL;
}
static struct problem *end(void *arg)
{
	sb_char(arg, ';');
	return NULL;
}

static struct problem *read_in(struct arena *a, const char *type, struct str body, size_t cut, struct sb *out)
{
	struct multipart_sink sink = { begin, data, end, out };
	struct multipart *m;
	TRY(multipart_new(a, str_of(type), &sink, &m));
	TRY(multipart_push(m, body.p, cut));
	TRY(multipart_push(m, body.p + cut, body.n - cut));
	return multipart_end(m);
}

static const char type[] = "multipart/form-data; boundary=\"a-b\"";
static const struct { const char *body, *parts; } good[] = {
	{ "--a-b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--a-b--\r\n", "x//=1;" },
	{ "preamble\r\n--a-b\r\nContent-Disposition: form-data; name=x; filename=\"C:\\\\dir\\\\客户.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--a-b\r\n"
	  "content-disposition: form-data; name=\"y\"\r\n\r\n\r\n--a-b--epilogue",
	  "x/客户.csv/text/csv=a,b;y//=;" },
	{ "--a-b  \r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n--a-\r\r\n--a-c\r\n\r\n--a-b--", "x//=\r\n--a-\r\r\n--a-c\r\n;" },
};

static void every_border_gives_the_same_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct str body = str_of(good[i].body);
		for (size_t cut = 0; cut <= body.n; cut++) {
			struct arena *a = arena_new(0);
			struct sb out = sb_on(a, 10000);
			assert_null(read_in(a, type, body, cut, &out));
			assert_string_equal(sb_cstr(&out), good[i].parts);
			arena_free(a);
		}
	}
}

static void what_is_wrong_is_refused(void **state)
{
	(void)state;
	static const struct { const char *type, *body, *code; } bad[] = {
		{ "text/plain", "", "multipart_type" },
		{ "multipart/form-data", "", "multipart_boundary" },
		{ "multipart/form-data; boundary=\"a\x01\"", "", "multipart_boundary" },
		{ type, "--a-b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1", "multipart_cut" },
		{ type, "--a-bXY", "multipart_boundary" },
		{ type, "--a-b\r\n\r\n1\r\n--a-b--", "multipart_disposition" },
		{ type, "--a-b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--a-b--", "multipart_name" },
		{ type, "--a-b\r\nContent-Disposition: attachment; name=x\r\n\r\n1\r\n--a-b--", "multipart_disposition" },
		{ type, "--a-b\r\nContent-Disposition: form-data; name=\"\xFF\"\r\n\r\n1\r\n--a-b--", "multipart_name" },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, 10000);
		struct problem *p = read_in(a, bad[i].type, str_of(bad[i].body), 0, &out);
		assert_non_null(p);
		assert_string_equal(p->code, bad[i].code);
		arena_free(a);
	}
}

static void limits_hold(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct sb many = sb_on(a, 1 << 20), head = sb_on(a, 1 << 20), out = sb_on(a, 1 << 20);
	for (int i = 0; i < 65; i++) sb_cat(&many, "--a-b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n");
	sb_cat(&many, "--a-b--");
	assert_string_equal(read_in(a, type, sb_str(&many), 9, &out)->code, "multipart_parts");
	sb_cat(&head, "--a-b\r\nX: ");
	while (head.n < 9000) sb_char(&head, 'x');
	assert_string_equal(read_in(a, type, sb_str(&head), 9, &out)->code, "multipart_head");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_border_gives_the_same_parts), cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(limits_hold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
