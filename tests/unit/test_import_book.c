/* Workbooks out and in: every type comes back as it was, hostile ones leave nothing behind.
 * Ledger: B17, B18, F13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include "engines/form/export.h"
#include "engines/form/export_book.h"
#include "runtime/xlsx/xlsx.h"
#include "tests/support/importing.h"
#include "tests/support/publish.h"
#include "tests/support/temp_store.h"
#include "tests/support/workbook.h"
#include "tests/support/writing.h"

static const char app[] =
	"{'files':{"
	"'app.json':{'app':'shop','version':'1.0.0','label':'Shop','languages':['en'],'timezone':'"
	"Asia/Shanghai','currency':'CNY'},"
	"'roles/clerk.json':{'role':'clerk','label':'Clerk','forms':{'maker':{'read':'all'},"
	"'thing':{'read':'all','create':true,'export':true,'import':true,'fields':{'cost':'hidden',"
	"'phone':'mask'}}}},"
	"'forms/maker.json':{'form':'maker','label':'Maker','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'text','required':true,'unique':true}]},"
	"'forms/thing.json':{'form':'thing','label':{'zh-CN':'东西','en':'Thing: "
	"[all]'},'title':'{code}','fields':["
	"{'name':'code','label':'Code','type':'text','required':true,'unique':true},"
	"{'name':'note','label':'Note','type':'longtext'},"
	"{'name':'count','label':'Count','type':'integer'},"
	"{'name':'size','label':'Size','type':'decimal','scale':4},"
	"{'name':'cost','label':'Cost','type':'money'},"
	"{'name':'rate','label':'Rate','type':'percent'},"
	"{'name':'phone','label':'Phone','type':'phone'},"
	"{'name':'day','label':'Day','type':'date'},"
	"{'name':'moment','label':'Moment','type':'datetime'},"
	"{'name':'clock','label':'Clock','type':'time'},"
	"{'name':'span','label':'Span','type':'duration'},"
	"{'name':'done','label':'Done','type':'bool'},"
	"{'name':'tags','label':'Tags','type':'tags'},"
	"{'name':'maker','label':'Maker','type':'ref','form':'maker','on_delete':'restrict'},"
	"{'name':'parts','label':'Parts','type':'table','fields':["
	"{'name':'qty','label':'Qty','type':'decimal','required':true},"
	"{'name':'due','label':'Due','type':'date'}]}]}}}";

static const char all_fields[] =
	"code,note,count,size,cost,rate,phone,day,moment,clock,span,done,tags,maker";

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, quotes(a, app), false);
	sample_people(
		s, "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES (1, "
		   "'root', 'Root', NULL, 1, 0), "
		   "(2, 'cleo', 'Cleo', NULL, 0, 0);"
		   "INSERT INTO sys_user_role (user_id, app, role) VALUES (2, 'shop', 'clerk');");
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

static int64_t made(struct sample *s, const char *form, const char *json) {
	struct wrote w = create(s, "root", form, quotes(s->arena, json));
	assert_string_equal(w.problem, "");
	return w.id;
}

static struct str file_text(struct arena *a, int fd) {
	size_t n = (size_t)lseek(fd, 0, SEEK_END);
	char *bytes = arena_alloc(a, n + 1);
	assert_int_equal(pread(fd, bytes, n, 0), n);
	return (struct str){ bytes, n };
}

static struct problem *export_into(struct request *rq, struct sample *s,
				   const struct query_text *text, uint32_t rows, int *fd) {
	struct export *e;
	struct export_book *book;
	TRY(export_new(rq, s->store, sample_form(s, "thing"), text, &e));
	TRY(export_check(e));
	TRY(export_book_new(rq, sample_form(s, "thing"), "/tmp", rows, &book));
	for (bool more = true; more;) TRY(export_page(e, export_book_sink(book), &more));
	return export_book_end(book, fd);
}

/* The workbook, or (n 0) the code of the refusal in `told`. */
static struct str exported(struct sample *s, const char *login, struct query_text text,
			   uint32_t rows, const char **told) {
	struct request *rq = sample_request(s, login);
	struct str file = { "", 0 };
	int fd = -1;
	struct problem *p = export_into(rq, s, &text, rows, &fd);
	if (p && told)
		*told = problem_told(s->arena, p);
	else
		assert_ok(p);
	if (!p) file = file_text(s->arena, fd);
	sample_end(rq);
	return file;
}

static struct str whole(struct sample *s, const char *login, const char *fields) {
	return exported(s, login,
			(struct query_text){ .sort = STR("id"), .fields = str_of(fields) },
			EXPORT_BOOK_ROWS, NULL);
}

static struct problem *add_row(void *arg, const struct str *cells, size_t n, unsigned line) {
	struct sb *out = arg;
	(void)line;
	for (size_t i = 0; i < n; i++) {
		if (i) sb_char(out, '|');
		sb_add(out, cells[i]);
	}
	sb_char(out, ';');
	return NULL;
}

static const char *rows_of(struct arena *a, struct str file, const char *sheet) {
	struct xlsx *x;
	struct sb out = sb_on(a, 1 << 24);
	struct xlsx_rows rows = { .row = add_row, .arg = &out };
	int fd = workbook_file(file);
	assert_ok(xlsx_open(a, fd, &x));
	assert_ok(xlsx_choose(x, str_of(sheet)));
	assert_ok(xlsx_read(x, &rows));
	close(fd);
	return sb_cstr(&out);
}

static void empty_forms(struct sample *s) {
	run_sql(s->store, "DELETE FROM shop_thing__tags");
	run_sql(s->store, "DELETE FROM shop_thing");
}

/* ---- out and in again ---- */

static void every_type_comes_back(void **state) {
	struct sample *s = *state;
	int64_t acme = made(s, "maker", "{'name':'Acme'}");
	made(s, "thing",
	     arena_printf(s->arena,
			  "{'code':'A-1','note':'=1+1','count':42,'size':'1.5','cost':'1234.50','"
			  "rate':'0.0525','phone':'13800138000','day':'2026-11-22',"
			  "'moment':'2026-11-22T00:30:15Z','clock':'08:30','span':5400,'done':true,"
			  "'tags':['a','b;c'],'maker':%lld}",
			  (long long)acme));
	made(s, "thing",
	     "{'code':'007','note':'two\\nlines _x0041_ <&> "
	     "\\u00e9\\u4e2d','count':-9007199254740991,'size':'12345678901234.5678',"
	     "'cost':'-0.01','rate':'-1','day':'1899-12-31','moment':'1900-01-01T00:00:00Z','clock'"
	     ":'00:00','span':-90,'done':false}");
	made(s, "thing",
	     "{'code':'1e5','count':0,'size':'0.1000','moment':'2026-03-01T15:59:59Z','clock':'23:"
	     "59:59','span':0,'day':'9999-12-31'}");
	const char *before = listed(s, "thing", "", all_fields);
	struct str file = whole(s, "root", all_fields);
	empty_forms(s);
	struct imported got = importing(s, "root", "thing", file, NULL,
					(struct import_options){ .mode = IMPORT_CREATE });
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, "3/3/0/0/0");
	assert_string_equal(listed(s, "thing", "", all_fields), before);
}

/* What a cell is: days in the app's zone, numbers with their digits, what is too exact for Excel as
 * text. */
static void cells_are_of_their_types(void **state) {
	struct sample *s = *state;
	made(s, "thing",
	     "{'code':'007','count':42,'size':'12345678901234.5678','cost':'1234.50','moment':'"
	     "2026-11-22T16:30:00Z','done':true}");
	assert_string_equal(
		rows_of(s->arena, whole(s, "root", "code,count,size,cost,moment,done"), NULL),
		"code|count|size|cost|moment|done;007|42|12345678901234.5678|1234.5|2026-11-23 "
		"00:30:00|true;");
}

static void rows_of_a_table_in_lines(void **state) {
	struct sample *s = *state;
	made(s, "thing", "{'code':'A','parts':[{'qty':'1.50','due':'2026-01-02'},{'qty':'2'}]}");
	made(s, "thing", "{'code':'B'}");
	struct query_text text = { .sort = STR("id"), .fields = STR("code"), .rows = STR("parts") };
	struct str file = exported(s, "root", text, EXPORT_BOOK_ROWS, NULL);
	assert_string_equal(rows_of(s->arena, file, NULL),
			    "code|parts.qty|parts.due;A|1.5|2026-01-02;A|2;B;");
	struct import_options upsert = { .mode = IMPORT_UPSERT, .key = STR("code") };
	assert_string_equal(importing(s, "root", "thing", file, NULL, upsert).counts, "3/0/3/0/0");
	assert_string_equal(
		rows_of(s->arena, exported(s, "root", text, EXPORT_BOOK_ROWS, NULL), NULL),
		"code|parts.qty|parts.due;A|1.5|2026-01-02;A|2;B;");
}

/* Rows beyond what a sheet takes go on in the next one. */
static void a_full_sheet_goes_on_in_the_next(void **state) {
	struct sample *s = *state;
	for (int i = 1; i <= 5; i++) made(s, "thing", arena_printf(s->arena, "{'code':'c%d'}", i));
	struct query_text text = { .sort = STR("id"), .fields = STR("code") };
	struct str file = exported(s, "root", text, 3, NULL);
	assert_string_equal(rows_of(s->arena, file, NULL), "code;c1;c2;");
	assert_string_equal(rows_of(s->arena, file, "Thing all 2"), "code;c3;c4;");
	assert_string_equal(rows_of(s->arena, file, "Thing all 3"), "code;c5;");
}

static void rights_are_those_of_every_export(void **state) {
	struct sample *s = *state;
	const char *told = "";
	made(s, "thing", "{'code':'A','cost':'5','phone':'13800138000'}");
	assert_string_equal(rows_of(s->arena, whole(s, "cleo", "code,phone"), NULL),
			    "code|phone;A|138****8000;");
	exported(s, "cleo", (struct query_text){ .fields = STR("code,cost") }, EXPORT_BOOK_ROWS,
		 &told);
	assert_true(str_starts(str_of(told), STR("400 ")));
	assert_null(strstr(rows_of(s->arena,
				   exported(s, "cleo", (struct query_text){ .sort = STR("id") },
					    EXPORT_BOOK_ROWS, NULL),
				   NULL),
			   "cost"));
}

static void a_text_that_excel_would_cut_is_refused(void **state) {
	struct sample *s = *state;
	const char *told = "";
	char *note = arena_alloc(s->arena, 40000);
	memset(note, 'x', 32768);
	int64_t id = made(s, "thing", arena_printf(s->arena, "{'code':'A','note':'%s'}", note));
	exported(s, "root", (struct query_text){ .fields = STR("code,note") }, EXPORT_BOOK_ROWS,
		 &told);
	assert_string_equal(told, "422 export_cell_long");
	note[32767] = 0;
	assert_string_equal(update(s, "root", "thing", id, -1,
				   arena_printf(s->arena, "{\"note\":\"%s\"}", note))
				    .problem,
			    "");
	assert_true(whole(s, "root", "code,note").n > 0);
}

/* ---- in ---- */

#define TEXT(words) "<c t=\"str\"><v>" words "</v></c>"
#define HEAD "<row>" TEXT("code") TEXT("Day") TEXT("count") "</row>"

static struct imported run(struct sample *s, const char *rows, const char *map,
			   struct import_options o) {
	return importing(s, "root", "thing", workbook_of(s->arena, rows), map, o);
}

static void faults_name_the_row_of_the_sheet(void **state) {
	struct sample *s = *state;
	struct imported got = run(
		s,
		HEAD "<row r=\"5\">" TEXT(
			"A") "<c s=\"1\"><v>46348</v></c><c><v>0.30000000000000004</v></c></row>"
			     "<row r=\"7\">" TEXT("B") "<c t=\"e\"><v>#N/A</v></c></row><row>" TEXT(
				     "=C") TEXT("") "<c><f>X1</f></c></row>"
						    "<row r=\"90\">" TEXT("D")
							    TEXT("") "<c><v>3</v></c>" TEXT("")
								    TEXT("far") "</row><row>" TEXT(
									    "E") "</row>",
		NULL, (struct import_options){ .mode = IMPORT_CREATE });
	assert_string_equal(got.problem, "");
	assert_string_equal(got.counts, "5/1/0/0/4");
	assert_string_equal(listed(s, "thing", "", "code,day"), "E|;");
	assert_string_equal(
		got.errors,
		"code,Day,count,Reason\r\n"
		"A,2026-11-22,0.3,Row 5: count: A whole number is expected\r\n"
		"B,#N/A,,\"Row 7: Day: This cell is the spreadsheet's error #N/A, or a formula "
		"without a result yet; mend it there, save, and import again\"\r\n"
		"\"'=C\",,#CALC!,\"Row 8: count: This cell is the spreadsheet's error #CALC!, or a "
		"formula without a result yet; mend it there, save, and import "
		"again\"\r\n"
		"D,,3,,far,\"Row 90: This row has 5 cells, the header only 3; empty what stands to "
		"the right of the table\"\r\n");
}

/* Days that are days are read whatever the pattern of those written as text; an error may be said
 * to mean nothing. */
static void maps_work_as_for_csv(void **state) {
	struct sample *s = *state;
	static const char map[] = "{'columns':{'No':{'field':'code'},'D':{'field':'day','format':'"
				  "D.M.YYYY'},'N':'count'},'empty':['','#N/A']}";
	struct imported got = run(
		s,
		"<row>" TEXT("N") TEXT("D")
			TEXT("No") "</row><row><c t=\"e\"><v>#N/A</v></c><c "
				   "s=\"4\"><v>46348</v></c>" TEXT(
					   "A") "</row>"
						"<row><c><v>2</v></c>" TEXT("3.11.2026")
							TEXT("B") "</row><row><c><v>2</v></c>" TEXT(
								"2026/1/1") TEXT("C") "</row>",
		map, (struct import_options){ .mode = IMPORT_CREATE });
	assert_string_equal(got.counts, "3/2/0/0/1");
	assert_string_equal(listed(s, "thing", "", "code,day,count"),
			    "A|2026-11-22|;B|2026-11-03|2;");
}

static void another_sheet(void **state) {
	struct sample *s = *state;
	const struct part sheet = {
		"xl/worksheets/sheet3.xml",
		STR("<worksheet><sheetData><row>" TEXT("code") "</row><row>" TEXT(
			"X") "</row></sheetData></worksheet>")
	};
	struct str file = workbook_with(s->arena, &sheet, 1);
	struct import_options o = { .mode = IMPORT_CREATE, .sheet = STR("Notes") };
	assert_string_equal(importing(s, "root", "thing", file, NULL,
				      (struct import_options){ .mode = IMPORT_CREATE })
				    .problem,
			    "400 import_empty_file");
	assert_string_equal(importing(s, "root", "thing", file, NULL, o).counts, "1/1/0/0/0");
	assert_string_equal(importing(s, "root", "thing", STR("code\nY\n"), NULL, o).problem,
			    "400 import_sheet sheet=Notes");
	assert_string_equal(listed(s, "thing", "", "code"), "X;");
}

/* Thousands of good rows in front of what is wrong: none of them is stored. */
static void nothing_of_a_bad_workbook_is_stored(void **state) {
	static const struct {
		const char *tail, *problem;
	} bad[] = {
		{ "<row r=\"1\"/>", "400 xlsx_damaged part=xl/worksheets/sheet1.xml reason=row" },
		{ "<row><c r=\"ZZZ1\"><v>1</v></c></row>", "413 xlsx_columns row=2002 max=2000" },
		{ "<row>&lol;</row>",
		  "400 xlsx_damaged part=xl/worksheets/sheet1.xml reason=undefined entity" },
		{ "<row><c t=\"s\"><v>99</v></c></row>",
		  "400 xlsx_damaged part=xl/worksheets/sheet1.xml reason=shared text" },
	};
	struct sample *s = *state;
	struct sb rows = sb_on(s->arena, 1 << 20);
	sb_cat(&rows, HEAD);
	for (int i = 0; i < 2000; i++)
		sb_printf(&rows, "<row><c t=\"str\"><v>n%d</v></c></row>", i);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *file = arena_printf(s->arena, "%s%s", sb_cstr(&rows), bad[i].tail);
		struct imported got =
			run(s, file, NULL, (struct import_options){ .mode = IMPORT_CREATE });
		assert_string_equal(got.problem, bad[i].problem);
		assert_string_equal(got.counts, "0/0/0/0/0");
		assert_string_equal(got.errors, "");
		assert_string_equal(listed(s, "thing", "", "code"), "");
	}
	assert_string_equal(
		run(s, sb_cstr(&rows), NULL, (struct import_options){ .mode = IMPORT_CREATE })
			.counts,
		"2000/2000/0/0/0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(every_type_comes_back),
		TEST(cells_are_of_their_types),
		TEST(rows_of_a_table_in_lines),
		TEST(a_full_sheet_goes_on_in_the_next),
		TEST(rights_are_those_of_every_export),
		TEST(a_text_that_excel_would_cut_is_refused),
		TEST(faults_name_the_row_of_the_sheet),
		TEST(maps_work_as_for_csv),
		TEST(another_sheet),
		TEST(nothing_of_a_bad_workbook_is_stored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
