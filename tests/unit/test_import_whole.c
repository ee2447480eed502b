/* Files that have records and their rows: one write a record, whole or not at all; what is exported with rows reads back the same,
 * every field type of a record and of a row. Ledger: F13, B17, B18. */
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

/* Every type whose values a file can give. */
static const char all_types[] =
	"{'name':'t_text','label':'1','type':'text'},{'name':'t_long','label':'2','type':'longtext'},{'name':'t_rich','label':'3','type':'richtext'},"
	"{'name':'t_int','label':'4','type':'integer'},{'name':'t_dec','label':'5','type':'decimal','scale':3},{'name':'t_money','label':'6','type':'money'},"
	"{'name':'t_pct','label':'7','type':'percent','scale':2},{'name':'t_rate','label':'8','type':'rating'},{'name':'t_bool','label':'9','type':'bool'},"
	"{'name':'t_date','label':'10','type':'date'},{'name':'t_at','label':'11','type':'datetime'},{'name':'t_time','label':'12','type':'time'},"
	"{'name':'t_span','label':'13','type':'duration'},{'name':'t_tags','label':'14','type':'tags'},{'name':'t_phone','label':'15','type':'phone'},"
	"{'name':'t_mail','label':'16','type':'email'},{'name':'t_url','label':'17','type':'url'},{'name':'t_id','label':'18','type':'idcard'},"
	"{'name':'t_credit','label':'19','type':'creditcode'},{'name':'t_region','label':'20','type':'region'},{'name':'t_addr','label':'21','type':'address'},"
	"{'name':'t_geo','label':'22','type':'geo'},{'name':'t_code','label':'23','type':'barcode'},"
	"{'name':'t_user','label':'24','type':'user'},{'name':'t_dept','label':'25','type':'dept'},"
	"{'name':'t_ref','label':'26','type':'ref','form':'maker','on_delete':'restrict'},{'name':'t_refs','label':'27','type':'refs','form':'maker','on_delete':'set_null'}";

static const char app[] =
	"{'files':{"
	"'app.json':{'app':'shop','version':'1.0.0','label':'Shop','languages':['en'],'timezone':'Asia/Shanghai','currency':'CNY'},"
	"'roles/clerk.json':{'role':'clerk','label':'Clerk','forms':{'box':{'read':'all','create':true,'update':'all','import':true,"
	"'fields':{'parts.cost':'hidden','parts.price':'read'}},'maker':{'read':'all'}}},"
	"'forms/maker.json':{'form':'maker','label':'Maker','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'text','required':true,'unique':true}]},"
	"'forms/sheet.json':{'form':'sheet','label':'Sheet','title':'{code}','fields':["
	"{'name':'code','label':'Code','type':'text','required':true,'unique':true},%s,"
	"{'name':'lines','label':'Lines','type':'table','fields':[%s]}]},"
	"'forms/box.json':{'form':'box','label':'Box','title':'{code}','fields':["
	"{'name':'code','label':'Code','type':'text','required':true,'unique':true},"
	"{'name':'note','label':'Note','type':'text'},"
	"{'name':'kind','label':'Kind','type':'text','default':'\\u0027plain\\u0027'},"
	"{'name':'parts','label':'Parts','type':'table','max_rows':1500,'unique':[['name']],'fields':["
	"{'name':'name','label':'Name','type':'text','required':true},"
	"{'name':'qty','label':'Qty','type':'integer','required':true,'min':1},"
	"{'name':'price','label':'Price','type':'integer','default':'7'},"
	"{'name':'cost','label':'Cost','type':'integer'},"
	"{'name':'net','label':'Net','type':'integer','formula':'qty * price'}]},"
	"{'name':'others','label':'Others','type':'table','fields':[{'name':'word','label':'Word','type':'text'}]},"
	"{'name':'total','label':'Total','type':'integer','formula':'sum(parts.net)'}]}}}";

static void open_store(struct sample *s, struct arena *a) {
	sample_open(s, a, quotes(a, arena_printf(a, app, all_types, all_types)), false);
	sample_people(s, "INSERT INTO sys_dept (id, name) VALUES (1, 'east');"
			 "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES "
			 "(1, 'root', 'Root', NULL, 1, 0), (2, 'cleo', 'Cleo', 1, 0, 0);"
			 "INSERT INTO sys_user_role (user_id, app, role) VALUES (2, 'shop', 'clerk');");
	create(s, "root", "maker", "{\"name\":\"Acme\"}");
	create(s, "root", "maker", "{\"name\":\"Bolt\"}");
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	open_store(s, a);
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

static const char *exported(struct sample *s, const char *form, const char *rows) {
	struct request *rq = sample_request(s, "root");
	struct query_text text = { .sort = STR("id"), .rows = str_of(rows) };
	struct sb out = sb_on(s->arena, 1 << 24);
	struct export *e;
	assert_ok(export_new(rq, s->store, sample_form(s, form), &text, &e));
	for (bool more = true; more;) assert_ok(export_next(e, &out, &more));
	sample_end(rq);
	return sb_cstr(&out);
}

static struct imported run(struct sample *s, const char *file, const char *map, enum import_mode mode) {
	struct import_options o = { .mode = mode, .key = map ? (struct str){ NULL, 0 } : STR("code") };
	return importing(s, "root", "box", str_of(file), map, o);
}

static const char *counts_are(struct imported got, const char *counts) {
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, counts);
	return got.errors;
}

/* Id of the n-th record. */
static int64_t nth(struct sample *s, const char *form, int64_t n) {
	return temp_store_int(s->store, arena_printf(s->arena, "SELECT id FROM shop_%s ORDER BY id LIMIT 1 OFFSET %lld", form, (long long)n));
}

/* "b1/note/kind/total: a*2 b*1;" */
static const char *boxes(struct sample *s) {
	struct sb out = sb_on(s->arena, 1 << 20);
	int64_t n = temp_store_int(s->store, "SELECT count(*) FROM shop_box");
	for (int64_t at = 0; at < n; at++) {
		struct wrote w = { .record = stored(s, "box", nth(s, "box", at)) };
		const char *note = part(s, &w, "/note");
		sb_printf(&out, "%s/%s/%s/%s:", part(s, &w, "/code"), strcmp(note, "null") != 0 ? note : "", part(s, &w, "/kind"), part(s, &w, "/total"));
		for (int i = 0; *part(s, &w, arena_printf(s->arena, "/parts/%d/qty", i)); i++)
			sb_printf(&out, " %s*%s", part(s, &w, arena_printf(s->arena, "/parts/%d/name", i)), part(s, &w, arena_printf(s->arena, "/parts/%d/qty", i)));
		sb_cat(&out, ";");
	}
	return sb_cstr(&out);
}

static const char two[] = "code,note,parts.name,parts.qty,parts.price\nb1,x,p,2,10\nb1,x,q,1,\nb2,,,,\n";

static void f13_records_and_rows_from_one_file(void **state) {
	struct sample *s = *state;
	counts_are(run(s, two, NULL, IMPORT_CREATE), "3/3/0/0/0");
	assert_string_equal(boxes(s), "b1/x/plain/27: p*2 q*1;b2//plain/0:;");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM shop_box__history"), 2); /* one write a record */
	const char *before = whole_state(s);
	counts_are(run(s, two, NULL, IMPORT_CREATE), "3/0/0/3/0");
	assert_string_equal(whole_state(s), before);
	counts_are(run(s, "code,note,parts.name,parts.qty,parts.price\nb1,x,p,2,10\nb1,,q,1,7\nb2,,,,\n", NULL, IMPORT_UPSERT), "3/0/3/0/0");
	assert_string_equal(whole_state(s), before); /* again: nothing changes */
	counts_are(run(s, "Code,Parts.Name,Parts.Qty\nb1,q,5\nb3,r,1\n", NULL, IMPORT_UPSERT), "2/1/1/0/0");
	assert_string_equal(boxes(s), "b1/x/plain/35: q*5;b2//plain/0:;b3//plain/7: r*1;");
	counts_are(run(s, "code,parts.name,parts.qty\nb9,q,5\nb3,r,3\n", NULL, IMPORT_UPDATE), "2/0/1/1/0");
}

static void f13_a_faulty_line_costs_its_record_and_no_other(void **state) {
	struct sample *s = *state;
	const char *errors = counts_are(run(s, "code,note,parts.name,parts.qty\nb1,x,p,2\nb1,x,q,0\nb1,x,r,no\nb2,,p,1\nb2,y,q,1\nb3,,p,1\nb3,,p,2\n"
					       "b4,,p,1\n,,p,1\nb4,,q,1\n", NULL, IMPORT_UPSERT), "10/1/0/0/9");
	assert_string_equal(boxes(s), "b4//plain/7: p*1;");
	assert_non_null(strstr(errors, "b1,x,p,2,\"Another line of the same record"));
	assert_non_null(strstr(errors, "b1,x,r,no,parts.qty: "));
	assert_non_null(strstr(errors, "b2,y,q,1,\"note: Differs from line 5"));
	assert_non_null(strstr(errors, "b4,,q,1,\"code: The lines of one record must follow one another"));
	assert_non_null(strstr(errors, "\n,,p,1,"));
	/* Of a fault that only the write finds its line alone has the reason. */
	errors = counts_are(run(s, "code,parts.name,parts.qty\nb5,p,1\nb5,q,0\n", NULL, IMPORT_UPSERT), "2/0/0/0/2");
	assert_non_null(strstr(errors, "b5,p,1,\"Another line"));
	assert_non_null(strstr(errors, "b5,q,0,parts/qty: "));
	assert_string_equal(boxes(s), "b4//plain/7: p*1;");
	/* The error file, mended, goes in as it is. */
	counts_are(run(s, "code,parts.name,parts.qty,Reason\nb5,p,1,Another line\nb5,q,2,parts/qty: too small\n", NULL, IMPORT_UPSERT), "2/2/0/0/0");
	assert_string_equal(boxes(s), "b4//plain/7: p*1;b5//plain/21: p*1 q*2;");
}

static void f13_all_or_nothing_and_dry_run(void **state) {
	struct sample *s = *state;
	struct import_options o = { .mode = IMPORT_UPSERT, .key = STR("code"), .all_or_nothing = true };
	const char *before = whole_state(s);
	static const char bad[] = "code,parts.name,parts.qty\nb1,p,1\nb1,q,1\nb2,p,0\nb2,q,1\n";
	const char *errors = counts_are(importing(s, "root", "box", str_of(bad), NULL, o), "4/0/0/0/4");
	assert_non_null(strstr(errors, "b1,q,1,\"Other rows of the file"));
	assert_non_null(strstr(errors, "b2,p,0,parts/qty: "));
	assert_string_equal(whole_state(s), before);
	o.dry_run = true;
	counts_are(importing(s, "root", "box", str_of(two), NULL, o), "3/3/0/0/0");
	o.all_or_nothing = false;
	counts_are(importing(s, "root", "box", str_of(bad), NULL, o), "4/2/0/0/2");
	assert_string_equal(whole_state(s), before);
	o = (struct import_options){ .mode = IMPORT_UPSERT, .key = STR("code"), .all_or_nothing = true };
	counts_are(importing(s, "root", "box", str_of(two), NULL, o), "3/3/0/0/0");
	assert_string_equal(boxes(s), "b1/x/plain/27: p*2 q*1;b2//plain/0:;");
}

static void f13_a_map_with_records_and_rows(void **state) {
	struct sample *s = *state;
	static const char map[] = "{'columns':{'no':'code','remark':'note','part':'parts.name','n':{'field':'parts.qty','round':true}},"
				  "'constants':{'kind':'box','parts.price':3},'key':['code'],'row_key':['parts.name']}";
	counts_are(run(s, "no,remark,part,n\nb1,x,p,1.6\nb1,x,q,1\nb2,,p,1\nb1,z,r,1\nb1,z,p,4\n", map, IMPORT_UPSERT), "5/4/1/0/0");
	assert_string_equal(boxes(s), "b1/z/box/18: p*4 q*1 r*1;b2//box/3: p*1;");
	static const char rows[] = "{'columns':{'no':'code','part':'name','n':'qty'},'key':['code'],'rows_of':'parts','row_key':['name']}";
	counts_are(run(s, "no,part,n\nb2,q,1\nb9,q,1\n", rows, IMPORT_UPSERT), "2/1/0/0/1");
	static const struct { const char *map, *problem; } wrong[] = {
		{ "{'columns':{'no':'code','a':'parts.name','b':'others.word'},'key':['code']}", "400 import_tables field=others" },
		{ "{'columns':{'no':'code','a':'parts.nmae'},'key':['code']}", "400 import_unknown_field field=parts.nmae" },
		{ "{'columns':{'no':'code','a':'prats.name'},'key':['code']}", "400 import_rows_of field=prats" },
		{ "{'columns':{'no':'code','a':'parts.name'}}", "400 import_rows_key field=parts" },
		{ "{'columns':{'no':'code','a':'parts.name'},'key':['parts.name']}", "400 import_unknown_field field=parts.name" },
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_string_equal(run(s, "no,a,b\n", wrong[i].map, IMPORT_CREATE).problem, wrong[i].problem);
	struct import_options o = { .mode = IMPORT_CREATE };
	assert_string_equal(importing(s, "root", "box", str_of(two), NULL, o).problem, "400 import_rows_key field=parts");
	assert_string_equal(run(s, "code,parts.name,others.word\n", NULL, IMPORT_CREATE).problem, "400 import_tables field=others");
	assert_string_equal(run(s, "code,parts.nmae\n", NULL, IMPORT_CREATE).problem, "400 import_unknown_columns columns=parts.nmae");
}

static void f13_rights_of_row_fields(void **state) {
	struct sample *s = *state;
	struct import_options o = { .mode = IMPORT_UPSERT, .key = STR("code") };
	assert_string_equal(importing(s, "cleo", "box", STR("code,parts.name,parts.cost\nb1,p,1\n"), NULL, o).problem,
			    "400 import_unknown_columns columns=parts.cost");
	counts_are(run(s, "code,parts.name,parts.qty,parts.cost\nb1,p,2,5\n", NULL, IMPORT_UPSERT), "1/1/0/0/0");
	const char *errors = counts_are(importing(s, "cleo", "box", STR("code,parts.name,parts.qty,parts.price\nb1,p,2,8\n"), NULL, o), "1/0/0/0/1");
	assert_non_null(strstr(errors, "b1,p,2,8,parts.price: "));
	counts_are(importing(s, "cleo", "box", STR("code,parts.name,parts.qty,parts.price\nb1,p,3,7\n"), NULL, o), "1/0/1/0/0");
	assert_string_equal(boxes(s), "b1//plain/21: p*3;");
	assert_int_equal(temp_store_int(s->store, "SELECT cost FROM shop_box__parts"), 5); /* kept: the row in its place is the same row */
}

/* More lines than a slice holds, of one record and of many. */
static void f13_long_records_stay_whole(void **state) {
	struct sample *s = *state;
	struct sb file = sb_on(s->arena, 1 << 20);
	sb_cat(&file, "code,parts.name,parts.qty\n");
	for (int i = 0; i < 300; i++) sb_printf(&file, "a%d,p,1\na%d,q,1\na%d,r,1\n", i, i, i);
	for (int i = 0; i < 1200; i++) sb_printf(&file, "long,p%d,1\n", i);
	sb_cat(&file, "last,p,1\n");
	counts_are(run(s, sb_cstr(&file), NULL, IMPORT_UPSERT), "2101/2101/0/0/0");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM shop_box"), 302);
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM shop_box__history"), 302);
	const char *before = whole_state(s);
	counts_are(run(s, sb_cstr(&file), NULL, IMPORT_UPSERT), "2101/0/2101/0/0");
	assert_string_equal(whole_state(s), before);
}

#define VALUES \
	"'t_text':'=1+1','t_long':'a\\nb, \\u201cc\\u201d','t_rich':'<p>\\u4f60<strong>b</strong>; c</p>','t_int':-5,'t_dec':'1.250','t_money':'-3.10','t_pct':'0.12','t_rate':4,'t_bool':true," \
	"'t_date':'2026-02-28','t_at':'2026-03-01T08:30:00Z','t_time':'23:59','t_span':5400,'t_tags':['x','y;z'],'t_phone':'13812345678','t_mail':'a@b.cn'," \
	"'t_url':'https://b.cn/?q=1','t_id':'11010519491231002X','t_credit':'91350100M000100Y43','t_region':['44','4403']," \
	"'t_addr':{'region':['44','4403','440305'],'detail':'1 \\u53f7; 2 \\u697c'},'t_geo':{'lng':'114.057868','lat':'-22.5'},'t_code':'AS-1','t_user':'cleo','t_dept':'east'"

/* Ids are each store's own. */
static const char *without_ids(struct arena *a, const char *json) {
	struct sb out = sb_on(a, 1 << 20);
	for (const char *id; (id = strstr(json, "\"id\":")); json = id + strcspn(id, ",")) sb_bytes(&out, json, (size_t)(id - json));
	sb_cat(&out, json);
	return sb_cstr(&out);
}

static const char *sheets(struct sample *s) { return exported(s, "sheet", "lines"); }

static void b18_every_type_comes_back(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	const char *bodies[] = { "{'code':'s1'," VALUES ",'lines':[{" VALUES "},{'t_text':'only'},{" VALUES "}]}", "{'code':'s2'}", "{'code':'s3'," VALUES "}" };
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) assert_string_equal(create(s, "root", "sheet", quotes(a, bodies[i])).problem, "");
	const char *file = sheets(s);
	struct sample other = { 0 };
	open_store(&other, arena_new(0));
	struct import_options o = { .mode = IMPORT_CREATE, .key = STR("code") };
	struct imported got = importing(&other, "root", "sheet", str_of(file), NULL, o);
	assert_string_equal(got.problem, "");
	assert_string_equal(got.errors, got.result.failed ? "" : got.errors);
	assert_string_equal(got.counts, "5/5/0/0/0");
	for (int64_t i = 0; i < 3; i++)
		assert_string_equal(without_ids(a, stored(&other, "sheet", nth(&other, "sheet", i))), without_ids(a, stored(s, "sheet", nth(s, "sheet", i))));
	o.mode = IMPORT_UPSERT;
	const char *before = whole_state(&other);
	counts_are(importing(&other, "root", "sheet", str_of(file), NULL, o), "5/0/5/0/0");
	assert_string_equal(whole_state(&other), before);
	struct arena *theirs = other.arena;
	sample_close(&other);
	arena_free(theirs);
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(f13_records_and_rows_from_one_file),
		TEST(f13_a_faulty_line_costs_its_record_and_no_other),
		TEST(f13_all_or_nothing_and_dry_run),
		TEST(f13_a_map_with_records_and_rows),
		TEST(f13_rights_of_row_fields),
		TEST(f13_long_records_stay_whole),
		TEST(b18_every_type_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
