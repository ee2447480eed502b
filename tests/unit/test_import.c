/* Imports over the sales application; what is stored afterwards is read again.
 * Ledger: B17. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/importing.h"
#include "tests/support/publish.h"
#include "tests/support/writing.h"

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	writing_open(s, a);
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

static struct imported run(struct sample *s, const char *form, const char *file, const char *map,
			   struct import_options o) {
	return importing(s, NULL, form, str_of(file), map, o);
}

/* Counts and no problem; the error file is handed on. */
static const char *counts_are(struct imported got, const char *counts) {
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, counts);
	return got.errors;
}

static const struct import_options create_mode = { .mode = IMPORT_CREATE };
static const struct import_options upsert_mode = { .mode = IMPORT_UPSERT };
static const struct import_options update_mode = { .mode = IMPORT_UPDATE };

static void headers_are_names_or_labels_without_a_map(void **state) {
	struct sample *s = *state;
	struct imported got =
		run(s, "product", "name,单价,Tax rate,停产\r\npen,3.5,13%,是\r\nink,,0.06,no\r\n",
		    NULL, create_mode);
	assert_string_equal(counts_are(got, "2/2/0/0/0"), "name,单价,Tax rate,停产,Reason\r\n");
	assert_string_equal(listed(s, "product", "", "name,price,tax_rate,stopped"),
			    "pen|3.50|0.1300|true;ink|10.00|0.0600|false;");
}

/* An order of the account Acme over 9 of the product p1, both made when needed; more: other
 * members. */
static void order(struct sample *s, const char *more) {
	create(s, "root", "account", "{\"name\":\"Acme\"}");
	create(s, "root", "product", "{\"name\":\"p1\",\"price\":\"10\"}");
	int64_t account =
		temp_store_int(s->store, "SELECT id FROM sales_account WHERE name = 'Acme'");
	int64_t product =
		temp_store_int(s->store, "SELECT id FROM sales_product WHERE name = 'p1'");
	const char *body = arena_printf(
		s->arena, "{\"account\":%lld,\"lines\":[{\"product\":%lld,\"qty\":\"9\"}],%s}",
		(long long)account, (long long)product, more);
	assert_string_equal(create(s, "root", "order", body).problem, "");
}

/* ---- keys and modes ---- */

static void modes_by_key(void **state) {
	struct sample *s = *state;
	struct import_options o = upsert_mode;
	o.key = STR("name");
	counts_are(run(s, "product", "name,price\npen,1\n", NULL, create_mode), "1/1/0/0/0");
	counts_are(run(s, "product", "name,price\npen,2\nink,2\n", NULL, o), "2/1/1/0/0");
	o.mode = IMPORT_UPDATE;
	counts_are(run(s, "product", "name,price\npen,3\ncap,3\n", NULL, o), "2/0/1/1/0");
	o.mode = IMPORT_CREATE;
	counts_are(run(s, "product", "name,price\npen,4\nbox,4\n", NULL, o), "2/1/0/1/0");
	assert_string_equal(listed(s, "product", "", "name,price"), "pen|3.00;ink|2.00;box|4.00;");
}

static void a_file_may_name_a_record_twice(void **state) {
	struct sample *s = *state;
	const char *map =
		"{'columns':{'n':{'field':'name','lower':true},'p':'price'},'key':['name']}";
	const char *file = "n,p\npen,1\nPEN,2\n pen ,3\nink,1\npen,4\n";
	counts_are(run(s, "product", file, map, upsert_mode), "5/2/3/0/0");
	assert_string_equal(listed(s, "product", "", "name,price,rev"), "pen|4.00|4;ink|1.00|1;");
	counts_are(run(s, "product", file, map, create_mode), "5/0/0/5/0");
}

static void values_that_read_alike_are_one_key(void **state) {
	struct sample *s = *state;
	const char *map = "{'columns':{'no':'customer_no','until':{'field':'valid_until','format':"
			  "'D.M.YYYY'}},'key':['valid_until']}";
	order(s, "\"valid_until\":\"2026-03-01\"");
	counts_are(run(s, "order", "no,until\na,1.3.2026\nb,01.03.2026\nc,1.03.2026\n", map,
		       update_mode),
		   "3/0/3/0/0");
	assert_string_equal(listed(s, "order", "", "customer_no,rev"), "c|4;");
}

static void a_run_twice_changes_nothing(void **state) {
	struct sample *s = *state;
	struct import_options o = upsert_mode;
	o.key = STR("name");
	const char *file = "name,price\npen,1\nink,2\ncap,3\n";
	counts_are(run(s, "product", file, NULL, o), "3/3/0/0/0");
	const char *before = whole_state(s);
	counts_are(run(s, "product", file, NULL, o), "3/0/3/0/0");
	assert_string_equal(whole_state(s), before);
}

/* Decision 0015. */
static void an_empty_cell_leaves_a_new_record_its_defaults(void **state) {
	struct sample *s = *state;
	struct import_options o = upsert_mode;
	o.key = STR("name");
	counts_are(run(s, "product", "name,price,tax_rate\npen,,\n", NULL, o), "1/1/0/0/0");
	assert_string_equal(listed(s, "product", "", "name,price,tax_rate"), "pen|10.00|0.1300;");
	counts_are(run(s, "product", "name,price,tax_rate\npen,,\n", NULL, o), "1/0/1/0/0");
	assert_string_equal(listed(s, "product", "", "name,price,tax_rate"), "pen||;");
	const char *map = "{'columns':{'name':'name','price':'price','tax_rate':'tax_rate'},"
			  "'empty':['','-'],'key':['name']}";
	counts_are(run(s, "product", "name,price,tax_rate\nink,,-\n", map, upsert_mode),
		   "1/1/0/0/0");
	assert_string_equal(listed(s, "product", "name == 'ink'", "name,price,tax_rate"), "ink||;");
}

static void a_key_must_find_one_record(void **state) {
	struct sample *s = *state;
	create(s, "root", "account", "{\"name\":\"A\",\"region\":\"east\"}");
	create(s, "root", "account", "{\"name\":\"B\",\"region\":\"east\"}");
	create(s, "root", "account", "{\"name\":\"C\"}");
	const char *map = "{'columns':{'r':'region','c':'credit'},'key':['region']}";
	struct imported got = run(s, "account", "r,c\neast,5\n,7\nwest,9\n", map, update_mode);
	const char *errors = counts_are(got, "3/0/0/1/2");
	assert_non_null(strstr(errors, "east,5,More than one record has these key values"));
	assert_non_null(strstr(errors, ",7,"));
	assert_string_equal(listed(s, "account", "credit != null", "name"), "");
}

/* ---- columns ---- */

static void columns_as_the_map_says(void **state) {
	struct sample *s = *state;
	create(s, "root", "account", "{\"name\":\"Group\"}");
	const char *map =
		"{'columns':{'Name':{'field':'name','trim':false},'Mother':{'field':'parent','by':'"
		"name','trim':true},"
		"'Credit':{'field':'credit','round':true},'Level':{'field':'level','lower':true,'"
		"values':{'gold':'vip'}}},"
		"'constants':{'region':'east','tags':['new','file']},'empty':['','NULL','-']}";
	const char *file = "Other,Level,Name,Credit,Mother\r\nx,GOLD, A ,10.005, Group "
			   "\r\ny,NULL,B,-,\r\nz,Normal,C,1.5,NULL\r\n";
	counts_are(run(s, "account", file, map, create_mode), "3/3/0/0/0");
	assert_string_equal(
		listed(s, "account", "name != 'Group'",
		       "name,level,region,tags,credit,parent.name"),
		"A|vip|east|new+file|10.01|Group;B||east|new+file||;C|normal|east|new+file|1.50|;");
}

static void faulty_rows_do_not_stop_the_rest(void **state) {
	struct sample *s = *state;
	const char *map = "{'columns':{'name':'name','price':'price','stop':'stopped'}}";
	const char *file = "name,price,stop\npen,1,0\npen,2,0\n,3,0\nink,1.005,0\ncap,abc,perhaps\n"
			   "\"a\"\"b, c\",5,1\nshort\nlong,1,0,extra\nlast,9,\n";
	struct imported got = run(s, "product", file, map, create_mode);
	const char *errors = counts_are(got, "9/4/0/0/5");
	assert_string_equal(listed(s, "product", "", "name,price,stopped"),
			    "pen|1.00|false;a\"b, c|5.00|true;short|10.00|false;last|9.00|false;");
	assert_true(str_starts(str_of(errors), STR("name,price,stop,Reason\r\npen,2,0,name: ")));
	assert_non_null(strstr(errors, "\r\nink,1.005,0,price: "));
	assert_non_null(strstr(errors, "\r\n,3,0,name: "));
	assert_non_null(strstr(errors, "\r\nlong,1,0,extra,"));
	const char *cap = strstr(errors, "\r\ncap,abc,perhaps,");
	assert_non_null(cap);
	assert_non_null(strstr(cap, "price: "));
	assert_non_null(strstr(cap, "; stop: "));
}

static void no_cell_of_the_error_file_is_a_formula(void **state) {
	struct sample *s = *state;
	const char *first =
		"name,price,=1+1\n\"=HYPERLINK(\"\"x\"\")\",x,@a\npen,-5x,'=b\nink,x,-5\n";
	const char *map = "{'columns': {'name': 'name', 'price': 'price'}}";
	const char *errors = counts_are(run(s, "product", first, map, create_mode), "3/0/0/0/3");
	assert_true(
		str_starts(str_of(errors), STR("name,price,\"'=1+1\",Reason\r\n\"'=HYPERLINK(")));
	assert_non_null(strstr(errors, ",x,\"'@a\","));
	assert_non_null(strstr(errors, "\r\npen,\"'-5x\",\"'=b\","));
	assert_non_null(strstr(errors, "\r\nink,x,-5,"));
	assert_string_equal(counts_are(run(s, "product", errors, map, create_mode), "3/0/0/0/3"),
			    errors);
}

static void the_error_file_can_be_read_back(void **state) {
	struct sample *s = *state;
	const char *first = "name,price\npen,1\nink,x\ncap,\"2,5\"\n";
	const char *errors = counts_are(run(s, "product", first, NULL, create_mode), "3/1/0/0/2");
	const char *again = counts_are(run(s, "product", errors, NULL, create_mode), "2/0/0/0/2");
	assert_string_equal(again, errors); /* one column of reasons, not two */
	struct sb mended = sb_on(s->arena, 1 << 16);
	for (const char *p = errors; *p; p++)
		if (*p == 'x' && p[-1] == ',')
			sb_char(&mended, '7');
		else
			sb_char(&mended, *p);
	again = counts_are(run(s, "product", sb_cstr(&mended), NULL, create_mode), "2/1/0/0/1");
	assert_string_equal(listed(s, "product", "", "name,price"), "pen|1.00;ink|7.00;");
}

static void a_gbk_file_and_its_error_file(void **state) {
	struct sample *s = *state;
	const char *map = "{'columns':{'名称':'name','单价':'price'},'encoding':'gbk'}";
	/* 名称,单价 / 笔,1 / 墨,x */
	const char *file = "\xC3\xFB\xB3\xC6,\xB5\xA5\xBC\xDB\n\xB1\xCA,1\n\xC4\xAB,x\n";
	const char *errors = counts_are(run(s, "product", file, map, create_mode), "2/1/0/0/1");
	assert_non_null(strstr(errors, "墨,x,"));
	const char *marked = arena_printf(s->arena, "\xEF\xBB\xBF%s", errors);
	const char *again = counts_are(run(s, "product", marked, map, create_mode), "1/0/0/0/1");
	assert_string_equal(again, errors);
	counts_are(run(s, "product", file, NULL, create_mode),
		   "2/0/0/0/2"); /* found out without a map */
	assert_string_equal(listed(s, "product", "", "name"), "笔;");
}

static void references_by_unique_fields(void **state) {
	struct sample *s = *state;
	const char *map = "{'columns':{'name':'name','parent':{'field':'parent','by':'name'}}}";
	const char *file = "name,parent\nA,\nB,A\nC,Z\n\"D\",A\n";
	const char *errors = counts_are(run(s, "account", file, map, create_mode), "4/1/0/0/3");
	assert_non_null(
		strstr(errors, "B,A,")); /* the file's own rows of one slice are not there yet */
	errors = counts_are(run(s, "account", errors, map, create_mode), "3/2/0/0/1");
	assert_non_null(strstr(errors, "C,Z,parent: There is no record whose “Name” is “Z”"));
	assert_string_equal(listed(s, "account", "", "name,parent.name"), "A|;B|A;D|A;");
}

/* ---- nothing or everything ---- */

static const char *const rows_map =
	"{'columns':{'no':'customer_no','product':{'field':'product','by':'name'},'qty':'qty'},"
	"'key':['customer_no'],'rows_of':'lines','row_key':['product']}";

static void a_dry_run_stores_nothing(void **state) {
	struct sample *s = *state;
	struct import_options o = { .mode = IMPORT_UPSERT, .dry_run = true, .key = STR("name") };
	create(s, "root", "product", "{\"name\":\"pen\"}");
	const char *before = whole_state(s);
	const char *errors = counts_are(
		run(s, "product", "name,price\npen,1\nink,2\ncap,x\n", NULL, o), "3/1/1/0/1");
	assert_non_null(strstr(errors, "cap,x,price: "));
	o.all_or_nothing = true;
	counts_are(run(s, "product", "name,price\npen,1\nink,2\n", NULL, o), "2/1/1/0/0");
	/* What only the write finds is told in a trial, too. */
	static const char bad_row[] = "no,product,qty\nC1,p1,-1\n";
	order(s, "\"customer_no\":\"C1\"");
	before = whole_state(s);
	o.key = (struct str){ NULL, 0 };
	counts_are(run(s, "order", bad_row, rows_map, o), "1/0/0/0/1");
	o.all_or_nothing = false;
	counts_are(run(s, "order", bad_row, rows_map, o), "1/0/0/0/1");
	assert_string_equal(whole_state(s), before);
}

static void all_or_nothing(void **state) {
	struct sample *s = *state;
	struct import_options o = { .mode = IMPORT_UPSERT,
				    .all_or_nothing = true,
				    .key = STR("name") };
	create(s, "root", "product", "{\"name\":\"pen\"}");
	const char *before = whole_state(s);
	const char *errors = counts_are(
		run(s, "product", "name,price\npen,1\nink,2\ncap,x\n", NULL, o), "3/0/0/0/3");
	assert_non_null(strstr(errors, "ink,2,"));
	counts_are(
		run(s, "product", "name,price,tax_rate\npen,1,1\nink,2,\nbox,3,2000%\n", NULL, o),
		"3/2/1/0/0");
	assert_string_not_equal(whole_state(s), before);
	before = whole_state(s);
	o.mode = IMPORT_CREATE;
	o.key = (struct str){ "", 0 };
	counts_are(run(s, "product", "name,price\nnew,1\npen,2\n", NULL, o), "2/0/0/0/2");
	assert_string_equal(whole_state(s), before);
}

static bool stop_at_once(void *arg, int64_t done, int64_t total,
			 const struct import_result *so_far) {
	(void)so_far;
	assert_true(done <= total);
	++*(int *)arg;
	return false;
}

static void a_cancelled_import_counts_what_it_wrote(void **state) {
	struct sample *s = *state;
	struct sb file = sb_on(s->arena, 1 << 20);
	int calls = 0;
	struct import_options o = { .mode = IMPORT_CREATE,
				    .progress = stop_at_once,
				    .progress_arg = &calls };
	sb_cat(&file, "name\n");
	for (int i = 0; i < 2000; i++) sb_printf(&file, "p%d\n", i);
	struct imported got = run(s, "product", sb_cstr(&file), NULL, o);
	assert_string_equal(got.problem, "409 import_cancelled");
	assert_int_equal(calls, 1);
	assert_true(got.result.created > 0 && got.result.created < 2000);
	assert_int_equal(got.result.created,
			 temp_store_int(s->store, "SELECT count(*) FROM sales_product"));
}

/* ---- sub-rows ---- */

static void two_orders(struct sample *s) {
	order(s, "\"customer_no\":\"C1\"");
	order(s, "\"customer_no\":\"C2\"");
	for (int i = 2; i <= 4; i++)
		create(s, "root", "product",
		       arena_printf(s->arena, "{\"name\":\"p%d\",\"price\":\"10\"}", i));
}

/* "p1:9.00 " a line, then the total. */
static const char *lines_of(struct sample *s, const char *number) {
	int64_t id = temp_store_int(
		s->store,
		arena_printf(s->arena, "SELECT id FROM sales_order WHERE customer_no = '%s'",
			     number));
	struct wrote now = { .record = stored(s, "order", id) };
	struct sb out = sb_on(s->arena, 1 << 16);
	for (int i = 0; *part(s, &now, arena_printf(s->arena, "/lines/%d/qty", i)); i++) {
		const char *product = part(s, &now, arena_printf(s->arena, "/lines/%d/product", i));
		sb_printf(
			&out, "%s:%s ",
			temp_store_text(s->store, s->arena,
					arena_printf(s->arena,
						     "SELECT name FROM sales_product WHERE id = %s",
						     product)),
			part(s, &now, arena_printf(s->arena, "/lines/%d/qty", i)));
	}
	sb_cat(&out, part(s, &now, "/net_total"));
	return sb_cstr(&out);
}

static void rows_of_a_parent_need_not_stand_together(void **state) {
	struct sample *s = *state;
	two_orders(s);
	const char *file =
		"no,product,qty\nC1,p1,1\nC1,p2,2\nC2,p3,3\nC1,p3,4\nC9,p1,1\nC2,p1,5\nC1,p2,6\n";
	const char *errors = counts_are(run(s, "order", file, rows_map, upsert_mode), "7/3/3/0/1");
	assert_non_null(strstr(errors, "C9,p1,1,The record this row belongs to was not found"));
	assert_string_equal(lines_of(s, "C1"), "p1:1.00 p2:6.00 p3:4.00 110.00");
	assert_string_equal(lines_of(s, "C2"), "p1:5.00 p3:3.00 80.00");
	const char *before = whole_state(s);
	counts_are(run(s, "order", "no,product,qty\nC2,p1,5\nC2,p3,3\n", rows_map, upsert_mode),
		   "2/0/2/0/0");
	assert_string_equal(whole_state(s), before);
}

static void a_faulty_row_does_not_cost_its_neighbours(void **state) {
	struct sample *s = *state;
	two_orders(s);
	const char *file = "no,product,qty\nC1,p2,2\nC1,zz,2\nC1,p3,-4\nC1,p4,5\n";
	const char *errors = counts_are(run(s, "order", file, rows_map, upsert_mode), "4/2/0/0/2");
	assert_non_null(strstr(errors, "C1,zz,2,"));
	assert_non_null(strstr(errors, "C1,p3,-4,"));
	assert_null(strstr(errors, "p4"));
	assert_string_equal(lines_of(s, "C1"), "p1:9.00 p2:2.00 p4:5.00 160.00");
}

static void all_or_nothing_with_rows(void **state) {
	struct sample *s = *state;
	struct import_options o = { .mode = IMPORT_UPSERT, .all_or_nothing = true };
	two_orders(s);
	const char *before = whole_state(s);
	counts_are(run(s, "order", "no,product,qty\nC1,p2,2\nC1,p3,3\nC2,p3,3\nC2,p4,x\n", rows_map,
		       o),
		   "4/0/0/0/4");
	assert_string_equal(whole_state(s), before);
	counts_are(run(s, "order", "no,product,qty\nC1,p2,2\nC2,p3,3\nC1,p3,3\nC1,p1,1\n", rows_map,
		       o),
		   "4/3/1/0/0");
	assert_string_equal(lines_of(s, "C1"), "p1:1.00 p2:2.00 p3:3.00 60.00");
}

/* ---- maps and files that are wrong as a whole ---- */

static void wrong_as_a_whole(void **state) {
	struct sample *s = *state;
	static const struct {
		const char *form, *file, *map, *problem;
	} cases[] = {
		{ "product", "name\na\n", "{'columns':{'name':'name','price':'price'}}",
		  "400 import_column_missing column=price" },
		{ "product", "name\na\n", "{'columns':{'name':'nmae'}}",
		  "400 import_unknown_field field=nmae" },
		{ "product", "name\na\n", "{'columns':{'name':{'field':'name','by':'id'}}}",
		  "400 import_by field=name by=id" },
		{ "account", "name,p\na,\n",
		  "{'columns':{'name':'name','p':{'field':'parent','by':'region'}}}",
		  "400 import_by field=parent by=region" },
		{ "product", "name\na\n", "{'columns':{'name':{'field':'name','tirm':true}}}",
		  "400 import_map_key key=tirm" },
		{ "product", "name\na\n", "{'columns':{'name':{'field':'name','trim':'yes'}}}",
		  "400 import_map_shape key=trim" },
		{ "product", "name\na\n", "{'columns':{'name':{'field':'name','values':{'a':1}}}}",
		  "400 import_map_shape key=values" },
		{ "product", "name\na\n", "{'columns':{'name':{'field':'name','format':7}}}",
		  "400 import_map_shape key=format" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'encoding':8}",
		  "400 import_map_shape key=encoding" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'empty':[1]}",
		  "400 import_map_shape key=empty" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'encoding':'klingon'}",
		  "400 encoding_unknown encoding=klingon" },
		{ "product", "name\na\n", "{'colums':{}}", "400 import_map_key key=colums" },
		{ "product", "name\na\n", "{'columns':{}}", "400 import_map_shape key=columns" },
		{ "product", "name\na\n", "[]", "400 import_map_shape key=columns" },
		{ "product", "name,x\na,1\n", "{'columns':{'name':'name','x':'name'}}",
		  "400 import_field_twice field=name" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'constants':{'name':'b'}}",
		  "400 import_field_twice field=name" },
		{ "product", "name,name\na,b\n", "{'columns':{'name':'name'}}",
		  "400 import_column_twice column=name" },
		{ "product", "name,名称\na,b\n", NULL, "400 import_field_twice field=name" },
		{ "product", "name,colour\na,b\n", NULL,
		  "400 import_unknown_columns columns=colour" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'key':['price']}",
		  "400 import_key_missing field=price" },
		{ "product", "name\na\n", "{'columns':{'name':'name'},'key':'name'}",
		  "400 import_map_shape key=key" },
		{ "order", "a\nb\n", "{'columns':{'a':'product'},'rows_of':'note'}",
		  "400 import_rows_of field=note" },
		{ "order", "a\nb\n", "{'columns':{'a':'product'},'rows_of':'lines'}",
		  "400 import_rows_key field=lines" },
		{ "product", "", NULL, "400 import_empty_file" },
		{ "product", "\xEF\xBB\xBF", NULL, "400 import_empty_file" },
		{ "product", "name\n\"a\n", NULL, "400 csv_open_quote line=2 column=1 max=0" },
	};
	const char *before = whole_state(s);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct imported got =
			run(s, cases[i].form, cases[i].file, cases[i].map, create_mode);
		assert_string_equal(got.problem, cases[i].problem);
		assert_string_equal(got.counts, "0/0/0/0/0");
	}
	struct imported got = run(s, "product", "name\na\n", NULL, update_mode);
	assert_string_equal(got.problem, "400 import_needs_key");
	assert_string_equal(whole_state(s), before);
}

static void a_header_alone_is_fine(void **state) {
	counts_are(run(*state, "product", "name,price\n", NULL, create_mode), "0/0/0/0/0");
}

static void rights(void **state) {
	struct sample *s = *state;
	struct imported got = importing(s, "ann", "product", STR("name\na\n"), NULL, create_mode);
	assert_string_equal(got.problem, "403 forbidden");
	got = importing(s, "root", "product", STR("name\na\n"), NULL, create_mode);
	assert_string_equal(got.counts, "1/1/0/0/0");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM sales_product"), 1);
}

static void many_rows_in_file_order(void **state) {
	struct sample *s = *state;
	struct sb file = sb_on(s->arena, 1 << 20);
	sb_cat(&file, "name,price\n");
	for (int i = 0; i < 3000; i++)
		sb_printf(&file, "p%d,%s\n", i % 2500, i % 100 == 99 ? "x" : "1");
	struct imported got =
		run(s, "product", sb_cstr(&file), NULL,
		    (struct import_options){ .mode = IMPORT_UPSERT, .key = STR("name") });
	const char *errors = counts_are(got, "3000/2475/495/0/30");
	const char *at = errors;
	for (int i = 99; i < 3000; i += 100) {
		const char *next = strstr(at, arena_printf(s->arena, "\r\np%d,x,", i % 2500));
		assert_non_null(next);
		at = next + 2;
	}
}

/* Every 100th row takes the name of the row 125 lines on, and every 64th that of the one before. */
static void of_rows_alike_the_first_lands(void **state) {
	struct sample *s = *state;
	struct sb file = sb_on(s->arena, 1 << 20);
	sb_cat(&file, "name,price\n");
	for (int i = 0; i < 1500; i++)
		sb_printf(&file, "p%d,%d\n", i % 100 == 50 ? i + 125 : i % 64 == 9 ? i - 1 : i, i);
	struct imported got = run(s, "product", sb_cstr(&file), NULL, create_mode);
	assert_string_equal(got.problem, "");
	for (int i = 50; i < 1300; i += 100)
		assert_string_equal(listed(s, "product",
					   arena_printf(s->arena, "name == 'p%d'", i + 125),
					   "price"),
				    arena_printf(s->arena, "%d.00;", i));
	assert_int_equal(got.result.created + got.result.failed, 1500);
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM sales_product"),
			 got.result.created);
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(headers_are_names_or_labels_without_a_map),
		TEST(modes_by_key),
		TEST(a_file_may_name_a_record_twice),
		TEST(values_that_read_alike_are_one_key),
		TEST(a_run_twice_changes_nothing),
		TEST(an_empty_cell_leaves_a_new_record_its_defaults),
		TEST(a_key_must_find_one_record),
		TEST(columns_as_the_map_says),
		TEST(faulty_rows_do_not_stop_the_rest),
		TEST(no_cell_of_the_error_file_is_a_formula),
		TEST(the_error_file_can_be_read_back),
		TEST(a_gbk_file_and_its_error_file),
		TEST(references_by_unique_fields),
		TEST(a_dry_run_stores_nothing),
		TEST(all_or_nothing),
		TEST(a_cancelled_import_counts_what_it_wrote),
		TEST(rows_of_a_parent_need_not_stand_together),
		TEST(a_faulty_row_does_not_cost_its_neighbours),
		TEST(all_or_nothing_with_rows),
		TEST(wrong_as_a_whole),
		TEST(a_header_alone_is_fine),
		TEST(rights),
		TEST(many_rows_in_file_order),
		TEST(of_rows_alike_the_first_lands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
