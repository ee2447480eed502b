/* Exports: what a spreadsheet may do with them, who sees what, and that an import reads them back.
 * Ledger: B18, F13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/form/export.h"
#include "tests/support/importing.h"
#include "tests/support/publish.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

static const char app[] =
	"{'files':{"
	"'app.json':{'app':'shop','version':'1.0.0','label':'Shop','languages':['en'],'timezone':'"
	"Asia/Shanghai','currency':'CNY'},"
	"'roles/"
	"clerk.json':{'role':'clerk','label':'Clerk','forms':{'thing':{'read':'all','export':true,"
	"'fields':{'cost':'hidden','phone':'mask'}},'maker':{'read':'all'},"
	"'box':{'read':'all','export':true,'fields':{'secret':'hidden','parts.cost':'hidden','parts.phone':'mask'}}}},"
	"'roles/porter.json':{'role':'porter','label':'Porter','forms':{'thing':{'read':'all','create':true,'export':true,"
	"'import':true},'maker':{'read':'all','fields':{'name':'hidden'}}}},"
	"'roles/guest.json':{'role':'guest','label':'Guest','forms':{'thing':{'read':'all'}}},"
	"'forms/maker.json':{'form':'maker','label':'Maker','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'text','required':true,'unique':true}]},"
	"'forms/thing.json':{'form':'thing','label':'Thing','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'longtext','required':true},"
	"{'name':'count','label':'Count','type':'decimal','scale':2},"
	"{'name':'cost','label':'Cost','type':'money'},"
	"{'name':'phone','label':'Phone','type':'phone'},"
	"{'name':'day','label':'Day','type':'date'},"
	"{'name':'maker','label':'Maker','type':'ref','form':'maker','on_delete':'restrict'}]},"
	"'forms/box.json':{'form':'box','label':'Box','title':'{code}','fields':["
	"{'name':'code','label':'Code','type':'text','required':true,'unique':true},"
	"{'name':'note','label':'Note','type':'text'},"
	"{'name':'secret','label':'Secret','type':'table','fields':["
	"{'name':'word','label':'Word','type':'text'}]},"
	"{'name':'parts','label':'Parts','type':'table','fields':["
	"{'name':'maker','label':'Maker','type':'ref','form':'maker','on_delete':'restrict'},"
	"{'name':'qty','label':'Qty','type':'integer','required':true},"
	"{'name':'cost','label':'Cost','type':'money'},"
	"{'name':'phone','label':'Phone','type':'phone'},"
	"{'name':'tags','label':'Tags','type':'tags'},"
	"{'name':'twice','label':'Twice','type':'integer','formula':'qty * 2'}]}]}}}";

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, quotes(a, app), false);
	sample_people(s,
		      "INSERT INTO sys_dept (id, name) VALUES (1, 'east');"
		      "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES "
		      "(1, 'root', 'Root', NULL, 1, 0), (2, 'cleo', 'Cleo', 1, 0, 0), (3, 'gus', "
		      "'Gus', 1, 0, 0), (4, 'pia', 'Pia', 1, 0, 0);"
		      "INSERT INTO sys_user_role (user_id, app, role) VALUES (2, 'shop', "
		      "'clerk'), (3, 'shop', 'guest'), (4, 'shop', 'porter');");
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	sample_close(s);
	arena_free(a);
	return 0;
}

/* The file without its byte order mark, or "403 forbidden"; pages: how many export_next made. */
static const char *exported_by(struct sample *s, const char *login, const char *form,
			       struct query_text text, struct str refs, int *pages) {
	struct request *rq = sample_request(s, login);
	struct sb out = sb_on(s->arena, 1 << 24);
	struct export *e;
	struct problem *p = export_new(rq, s->store, sample_form(s, form), &text, &e);
	if (!p) p = export_refs(e, refs);
	if (!p) p = export_check(e);
	int n = 0;
	for (bool more = true; !p && more; n++) p = export_next(e, &out, &more);
	if (pages) *pages = n;
	if (p) {
		const char *told = problem_told(s->arena, p);
		sample_end(rq);
		return told;
	}
	sample_end(rq);
	assert_true(str_starts(sb_str(&out), STR("\xEF\xBB\xBF")));
	return sb_cstr(&out) + 3;
}

static const char *exported_of(struct sample *s, const char *login, const char *form,
			       struct query_text text, int *pages) {
	return exported_by(s, login, form, text, (struct str){ "", 0 }, pages);
}

static const char *exported(struct sample *s, const char *login, struct query_text text,
			    int *pages) {
	return exported_of(s, login, "thing", text, pages);
}

static int64_t thing(struct sample *s, const char *json) {
	struct wrote w = create(s, "root", "thing", quotes(s->arena, json));
	assert_string_equal(w.problem, "");
	return w.id;
}

static void fields_paths_filter_and_sort(void **state) {
	struct sample *s = *state;
	int64_t acme = create(s, "root", "maker", "{\"name\":\"Acme, Inc.\"}").id;
	thing(s,
	      arena_printf(s->arena, "{'name':'a','count':'1.5','maker':%lld,'day':'2026-01-02'}",
			   (long long)acme));
	thing(s, "{'name':'b','count':'-2'}");
	thing(s, "{'name':'c'}");
	struct query_text text = { .filter = STR("name != 'c'"),
				   .sort = STR("count"),
				   .fields = STR("name,count,day,maker.name") };
	assert_string_equal(
		exported(s, "root", text, NULL),
		"name,count,day,maker.name\r\nb,-2.00,,\r\na,1.50,2026-01-02,\"Acme, Inc.\"\r\n");
	text.filter = STR("nmae == 'a'");
	assert_non_null(strstr(exported(s, "root", text, NULL), "400 "));
}

static void rights(void **state) {
	struct sample *s = *state;
	thing(s, "{'name':'a','cost':'7','phone':'13812345678'}");
	struct query_text text = { .fields = STR("name,phone") };
	assert_string_equal(exported(s, "cleo", text, NULL), "name,phone\r\na,138****5678\r\n");
	assert_string_equal(exported(s, "gus", text, NULL), "403 forbidden");
	const char *all = exported(s, "cleo", (struct query_text){ .sort = STR("id") }, NULL);
	assert_null(strstr(all, "cost"));
	assert_null(strstr(all, "7.00"));
	text.fields = STR("name,cost");
	const char *hidden = exported(s, "cleo", text, NULL);
	text.fields = STR("name,csot");
	const char *unknown = exported(s, "cleo", text, NULL);
	assert_string_equal(hidden, unknown);
	text = (struct query_text){ .fields = STR("name"), .filter = STR("cost > 1") };
	assert_non_null(strstr(exported(s, "cleo", text, NULL), "400 "));
}

/* What a spreadsheet would run as a formula gets an apostrophe; our import takes it off again. */
static void formulas_are_text_and_come_back(void **state) {
	struct sample *s = *state;
	static const char *const names[] = { "=1+2",   "+49 1",    "-5",     "@sum",  "'=1",
					     "''=1",   "'quoted'", "a\"b,c", "＝1+1", "two\nlines",
					     "=\"x\"", "'",        "''",     "''+",   "深圳" };
	struct sb body = sb_on(s->arena, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		body.n = 0;
		struct jw w = jw_on(&body);
		jw_object(&w);
		jw_key(&w, "name");
		jw_text(&w, names[i]);
		jw_key(&w, "count");
		jw_text(&w, "-5");
		jw_end(&w);
		assert_string_equal(create(s, "root", "thing", sb_cstr(&body)).problem, "");
	}
	struct query_text text = { .fields = STR("name,count"), .sort = STR("id") };
	const char *file = exported(s, "root", text, NULL);
	assert_non_null(strstr(file, "\r\n\"'=1+2\",-5.00\r\n"));
	assert_non_null(strstr(file, "\r\n\"'-5\",-5.00\r\n"));
	assert_non_null(strstr(file, "\r\n\"''=1\",-5.00\r\n"));
	assert_non_null(strstr(file, "\r\n'quoted',-5.00\r\n"));
	const char *before = listed(s, "thing", "", "name,count");
	struct import_options o = { .mode = IMPORT_CREATE };
	struct imported got = importing(s, "root", "thing", str_of(file), NULL, o);
	assert_string_equal(got.problem, "");
	assert_int_equal(got.result.created, ARRAY_LEN(names));
	assert_string_equal(listed(s, "thing", "", "name,count"),
			    arena_printf(s->arena, "%s%s", before, before));
}

static void a_whole_export_can_be_read_back(void **state) {
	struct sample *s = *state;
	create(s, "root", "maker", "{\"name\":\"Acme\"}");
	thing(s, "{'name':'a','count':'1.5','cost':'2','phone':'13812345678','day':'2026-01-02'}");
	thing(s, "{'name':'b'}");
	const char *file = exported(s, "root", (struct query_text){ .sort = STR("id") }, NULL);
	struct import_options o = { .mode = IMPORT_UPSERT, .key = STR("name") };
	const char *before = whole_state(s);
	struct imported got = importing(s, "root", "thing", str_of(file), NULL, o);
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, "2/0/2/0/0");
	assert_string_equal(whole_state(s), before);
}

static void many_rows_page_by_page(void **state) {
	struct sample *s = *state;
	struct sb file = sb_on(s->arena, 1 << 20);
	sb_cat(&file, "name,count\r\n");
	for (int i = 0; i < 5000; i++) sb_printf(&file, "n%d,%d.00\r\n", i, i % 7);
	struct import_options o = { .mode = IMPORT_CREATE };
	struct imported got = importing(s, "root", "thing", sb_str(&file), NULL, o);
	assert_int_equal(got.result.created, 5000);
	int pages;
	struct query_text text = { .fields = STR("name,count"), .sort = STR("id") };
	assert_string_equal(exported(s, "root", text, &pages), sb_cstr(&file));
	assert_true(pages >= 10);
	text.sort = STR("count,id"); /* many equal values: the cursor needs more than them */
	struct str left = str_of(exported(s, "root", text, &pages));
	size_t lines = 0;
	for (size_t i = 0; i < left.n; i++) lines += left.p[i] == '\n';
	assert_int_equal(lines, 5001);
}

/* ---- F13: with rows ---- */

static void box(struct sample *s, const char *json) {
	assert_string_equal(create(s, "root", "box", quotes(s->arena, json)).problem, "");
}

static void f13_a_line_a_row(void **state) {
	struct sample *s = *state;
	box(s, "{'code':'b1','note':'=x','parts':[{'qty':2,'cost':'3','phone':'13812345678',"
	       "'tags':['a','b']},{'qty':1}]}");
	box(s, "{'code':'b2'}");
	struct query_text text = { .fields = STR("code,note"), .sort = STR("id"), .rows = STR("parts") };
	assert_string_equal(exported_of(s, "root", "box", text, NULL),
			    "code,note,parts.maker,parts.qty,parts.cost,parts.phone,parts.tags,parts.twice\r\n"
			    "b1,\"'=x\",,2,3.00,13812345678,a;b,4\r\nb1,\"'=x\",,1,,,,2\r\nb2,,,,,,,\r\n");
	assert_string_equal(exported_of(s, "cleo", "box", text, NULL),
			    "code,note,parts.maker,parts.qty,parts.phone,parts.tags,parts.twice\r\n"
			    "b1,\"'=x\",,2,138****5678,a;b,4\r\nb1,\"'=x\",,1,,,2\r\nb2,,,,,,\r\n");
	text.fields = (struct str){ "", 0 };
	assert_true(str_starts(str_of(exported_of(s, "root", "box", text, NULL)), STR("code,note,")));
}

static void f13_a_hidden_table_is_an_unknown_one(void **state) {
	struct sample *s = *state;
	box(s, "{'code':'b1','secret':[{'word':'hush'}]}");
	struct query_text text = { .rows = STR("secret") };
	assert_non_null(strstr(exported_of(s, "root", "box", text, NULL), "hush"));
	const char *hidden = exported_of(s, "cleo", "box", text, NULL);
	assert_non_null(strstr(hidden, "400 unknown_field"));
	text.rows = STR("secrte");
	assert_non_null(strstr(exported_of(s, "cleo", "box", text, NULL), "400 unknown_field"));
	text.rows = STR("code");
	assert_non_null(strstr(exported_of(s, "cleo", "box", text, NULL), "400 import_rows_of"));
}

static void f13_rows_page_by_page(void **state) {
	struct sample *s = *state;
	struct sb want = sb_on(s->arena, 1 << 20);
	sb_cat(&want, "code,parts.maker,parts.qty,parts.cost,parts.phone,parts.tags,parts.twice\r\n");
	for (int i = 0; i < 130; i++) {
		box(s, arena_printf(s->arena, "{'code':'b%d','parts':[{'qty':%d},{'qty':7}]}", i, i));
		sb_printf(&want, "b%d,,%d,,,,%d\r\nb%d,,7,,,,14\r\n", i, i, 2 * i, i);
	}
	struct query_text text = { .fields = STR("code"), .sort = STR("id"), .rows = STR("parts") };
	int pages;
	assert_string_equal(exported_of(s, "root", "box", text, &pages), sb_cstr(&want));
	assert_int_equal(pages, 3);
}

/* ---- references by key ---- */

static void f13_references_by_key_come_back(void **state) {
	struct sample *s = *state;
	long long acme = (long long)create(s, "root", "maker", "{\"name\":\"Acme\"}").id;
	long long bolt = (long long)create(s, "root", "maker", "{\"name\":\"Bolt\"}").id;
	thing(s, arena_printf(s->arena, "{'name':'a','maker':%lld}", acme));
	thing(s, "{'name':'b'}");
	box(s, arena_printf(s->arena, "{'code':'b1','parts':[{'qty':2,'maker':%lld},{'qty':1}]}", bolt));
	struct query_text text = { .sort = STR("id"), .fields = STR("name,maker") };
	assert_string_equal(exported_by(s, "root", "thing", text, STR("key"), NULL),
			    "name,maker.name\r\na,Acme\r\nb,\r\n");
	assert_non_null(strstr(exported_by(s, "root", "thing", text, STR("name"), NULL), "400 export_refs"));
	text = (struct query_text){ .sort = STR("id"), .fields = STR("code"), .rows = STR("parts") };
	const char *rows = exported_by(s, "root", "box", text, STR("key"), NULL);
	assert_string_equal(rows, "code,parts.maker.name,parts.qty,parts.cost,parts.phone,parts.tags,parts.twice\r\n"
				  "b1,Bolt,2,,,,4\r\nb1,,1,,,,2\r\n");
	/* All columns, into the same records again: nothing changes. */
	text = (struct query_text){ .sort = STR("id") };
	const char *before = whole_state(s), *file = exported_by(s, "root", "thing", text, STR("key"), NULL);
	struct import_options o = { .mode = IMPORT_UPSERT, .key = STR("name") };
	struct imported got = importing(s, "root", "thing", str_of(file), NULL, o);
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, "2/0/2/0/0");
	assert_string_equal(whole_state(s), before);
	/* Rows: to another maker, and one that is not there. */
	o.key = STR("code");
	got = importing(s, "root", "box", STR("code,parts.maker.name,parts.qty\r\nb1,Acme,2\r\nb2,Bolt,3\r\nb3,Nobody,1\r\n"), NULL, o);
	assert_string_equal(got.problem, "");
	assert_int_equal(got.result.failed, 1);
	assert_non_null(strstr(got.errors, "Nobody"));
	assert_string_equal(exported_by(s, "root", "box", (struct query_text){ .sort = STR("id"), .fields = STR("code"), .rows = STR("parts") }, STR("key"), NULL),
			    "code,parts.maker.name,parts.qty,parts.cost,parts.phone,parts.tags,parts.twice\r\n"
			    "b1,Acme,2,,,,4\r\nb2,Bolt,3,,,,6\r\n");
}

/* P07: who may not read the key gets the id, and no file tells him what it holds. */
static void f13_a_hidden_key_is_none(void **state) {
	struct sample *s = *state;
	long long acme = (long long)create(s, "root", "maker", "{\"name\":\"Acme\"}").id;
	thing(s, arena_printf(s->arena, "{'name':'a','maker':%lld}", acme));
	struct query_text text = { .fields = STR("name,maker") };
	assert_string_equal(exported_by(s, "pia", "thing", text, STR("key"), NULL),
			    arena_printf(s->arena, "name,maker\r\na,%lld\r\n", acme));
	const char *before = whole_state(s);
	struct import_options o = { .mode = IMPORT_CREATE };
	struct imported got = importing(s, "pia", "thing", STR("name,maker.name\r\nx,Acme\r\n"), NULL, o);
	assert_string_equal(got.problem, "400 import_unknown_columns columns=maker.name");
	got = importing(s, "pia", "thing", STR("n,m\r\nx,Acme\r\n"), "{'columns':{'n':'name','m':{'field':'maker','by':'name'}}}", o);
	assert_string_equal(got.problem, "400 import_by field=maker by=name");
	assert_string_equal(whole_state(s), before);
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(fields_paths_filter_and_sort),    TEST(rights),
		TEST(formulas_are_text_and_come_back), TEST(a_whole_export_can_be_read_back),
		TEST(many_rows_page_by_page),
		TEST(f13_a_line_a_row),		       TEST(f13_a_hidden_table_is_an_unknown_one),
		TEST(f13_rows_page_by_page),	       TEST(f13_references_by_key_come_back),
		TEST(f13_a_hidden_key_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
