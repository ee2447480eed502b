/* Workbooks read as rows: what a cell becomes, which sheet, and every way a file can be none.
 * Ledger: B17. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <xlsxwriter.h>
#include "runtime/xlsx/cell.h"
#include "runtime/xlsx/xlsx.h"
#include "tests/support/workbook.h"

static struct problem *add_row(void *arg, const struct str *cells, size_t n, unsigned line) {
	struct sb *out = arg;
	sb_printf(out, "%u:", line);
	for (size_t i = 0; i < n; i++) {
		sb_add(out, cells[i]);
		sb_char(out, '|');
	}
	sb_char(out, '\n');
	return NULL;
}

/* The rows as "1:a|b|\n", or the code of the refusal and its parameters. */
static const char *rows_of(struct arena *a, struct str file, const char *sheet) {
	struct xlsx *x;
	struct sb out = sb_on(a, 1 << 24);
	struct xlsx_rows rows = { .row = add_row, .arg = &out };
	struct arena *own = arena_new(0); /* the workbook ends before its file does */
	int fd = workbook_file(file);
	struct problem *p = xlsx_open(own, fd, &x);
	if (!p) p = xlsx_choose(x, str_of(sheet));
	if (!p) p = xlsx_read(x, &rows);
	if (p) {
		sb_cat(&out, p->code);
		for (size_t i = 0; i < p->param_count; i++)
			sb_printf(&out, " %s=%s", p->params[i].name, p->params[i].value);
	}
	arena_free(own);
	close(fd);
	return sb_cstr(&out);
}

static const char *read_rows(struct arena *a, const char *rows) {
	return rows_of(a, workbook_of(a, rows), NULL);
}

static const struct {
	const char *rows, *read;
} good[] = {
	{ "", "" },
	{ "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>",
	  "1:code|name|\n" },
	{ "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>2</v></c><c r=\"E3\" t=\"s\"><v>4</v></c></row>",
	  "3:|Pen, blue|\n" },
	{ "<row><c t=\"s\"><v>3</v></c><c><v>7</v></c></row><row/><row><c "
	  "r=\"AA3\"><v>1.50</v></c></row>",
	  "1:第一\n行|7|\n3:||||||||||||||||||||||||||1.50|\n" },
	{ "<row r=\"2\"><c "
	  "t=\"inlineStr\"><is><r><t>a</t></r><r><t>&lt;b</t></r><rPh><t>no</t></rPh></is></c>"
	  "<c t=\"str\"><f>1+1</f><v>two</v></c><c t=\"str\"><f>\"\"</f><v></v></c><c "
	  "t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row>",
	  "2:a<b|two||true|false|\n" },
	{ "<row><c t=\"e\"><v>#N/A</v></c><c><f>SUM(A1:A2)</f></c><c><f>1</f><v>1</v></c></row>",
	  "1:#N/A|#CALC!|1|\n" },
	{ "<row><c s=\"1\"><v>46348</v></c><c s=\"2\"><v>46348.354166666664</v></c><c "
	  "s=\"2\"><v>46348</v></c><c s=\"3\"><v>0.35416666666666669</v></c>"
	  "<c s=\"4\"><v>46348.5</v></c><c s=\"5\"><v>1.0625</v></c><c s=\"6\"><v>0.05</v></c><c "
	  "s=\"7\"><v>-1.5</v></c><c s=\"99\"><v>46348</v></c></row>",
	  "1:2026-11-22|2026-11-22 "
	  "08:30:00|2026-11-22|08:30:00|2026-11-22|25:30:00|0.05|-1.5|46348|\n" },
	{ "<row><c t=\"d\"><v>2026-11-22T00:00:00</v></c><c "
	  "t=\"d\"><v>2026-11-22T08:30:00</v></c></row>",
	  "1:2026-11-22|2026-11-22T08:30:00|\n" },
	/* the first of the merged cells has the text; what stands outside of rows is nothing */
	{ "<row><c "
	  "t=\"str\"><v>Title</v></c><c/><c/></row><c><v>9</v></c><v>8</v><row><v>7</v><c><v>1</"
	  "v></c></row>",
	  "1:Title|\n2:1|\n" },
	{ "<row><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>",
	  "1:2||3|\n" },
};

static void cells_become_text(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct arena *a = arena_new(0);
		assert_string_equal(read_rows(a, good[i].rows), good[i].read);
		arena_free(a);
	}
}

static void numbers_keep_the_digits_that_are_shown(void **state) {
	static const struct {
		const char *raw, *text;
	} numbers[] = {
		{ "0.30000000000000004", "0.3" },
		{ "1.1499999999999999", "1.15" },
		{ "12.10", "12.10" },
		{ "-0.1", "-0.1" },
		{ "1E-3", "0.001" },
		{ "1.5E+3", "1500" },
		{ "-1.2345678901234568E+16", "-12345678901234600" },
		{ "13800138000", "13800138000" },
		{ "123456789012345678", "123456789012345678" },
		{ "999999999999999.99", "1000000000000000" },
		{ "9.9999999999999996E-2", "0.1" },
		{ "0", "0" },
		{ "-0", "-0" },
		{ "0E0", "0" },
		{ " 42 ", "42" },
		{ "abc", "abc" },
		{ "1e999999", "1e999999" },
		{ "1.2.3", "1.2.3" },
		{ "", "" },
		{ "1E", "1E" },
		{ "1.5E-7", "0.00000015" },
	};
	(void)state;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct str text = xlsx_number(a, str_of(numbers[i].raw), LOOK_NUMBER, false);
		if (!str_is(text, numbers[i].text))
			fail_msg("%s: %.*s", numbers[i].raw, (int)text.n, text.p);
	}
	arena_free(a);
}

static void days_of_both_calendars(void **state) {
	static const struct {
		const char *raw, *text;
		enum number_look look;
		bool since_1904;
	} days[] = {
		{ "1", "1900-01-01", LOOK_DATE, false },
		{ "59", "1900-02-28", LOOK_DATE, false },
		{ "60", "1900-02-29", LOOK_DATE, false },
		{ "61", "1900-03-01", LOOK_DATE, false },
		{ "2958465", "9999-12-31", LOOK_DATE, false },
		{ "2958466", "2958466", LOOK_DATE, false },
		{ "-1", "-1", LOOK_DATE, false },
		{ "0", "0", LOOK_DATE, false },
		{ "0", "1904-01-01", LOOK_DATE, true },
		{ "44886", "2026-11-22", LOOK_DATE, true },
		{ "46348.999999999993", "2026-11-23", LOOK_DATETIME, false },
		{ "46348.00001", "2026-11-22 00:00:00.864", LOOK_DATETIME, false },
		{ "46348.5", "2026-11-22 12:00:00", LOOK_TIME, false },
		{ "0.5", "12:00:00", LOOK_TIME, false },
		{ "2.25", "54:00:00", LOOK_ELAPSED, false },
		{ "x", "x", LOOK_DATE, false },
	};
	(void)state;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct str text =
			xlsx_number(a, str_of(days[i].raw), days[i].look, days[i].since_1904);
		if (!str_is(text, days[i].text))
			fail_msg("%s: %.*s", days[i].raw, (int)text.n, text.p);
	}
	arena_free(a);
}

static void formats_tell_days_from_numbers(void **state) {
	static const struct {
		const char *format;
		enum number_look look;
	} formats[] = {
		{ "General", LOOK_NUMBER },
		{ "0.00E+00", LOOK_NUMBER },
		{ "#,##0.00;[Red]-#,##0.00", LOOK_NUMBER },
		{ "yyyy-mm-dd", LOOK_DATE },
		{ "m/d/yy h:mm", LOOK_DATETIME },
		{ "h:mm AM/PM", LOOK_TIME },
		{ "mm:ss.0", LOOK_TIME },
		{ "[mm]:ss", LOOK_ELAPSED },
		{ "mmm", LOOK_DATE },
		{ "[$-804]yyyy\"年\"m\"月\"", LOOK_DATE },
		{ "0\" days\"", LOOK_NUMBER },
		{ "0\\d", LOOK_NUMBER },
		{ "[DBNum1][$-804]General", LOOK_NUMBER },
		{ "\"unclosed", LOOK_NUMBER },
		{ "[h", LOOK_TIME },
		{ "", LOOK_NUMBER },
		{ "0_d", LOOK_NUMBER },
		{ "@;yyyy", LOOK_NUMBER },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (xlsx_look_of(str_of(formats[i].format)) != formats[i].look)
			fail_msg("%s", formats[i].format);
	assert_int_equal(xlsx_look_builtin(14), LOOK_DATE);
	assert_int_equal(xlsx_look_builtin(22), LOOK_DATETIME);
	assert_int_equal(xlsx_look_builtin(10), LOOK_NUMBER);
	assert_int_equal(xlsx_look_builtin(-1), LOOK_NUMBER);
}

static void sheets_by_name(void **state) {
	static const struct part sheets[] = {
		{ "xl/worksheets/sheet2.xml",
		  { "<worksheet><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>",
		    72 } },
		{ "xl/worksheets/sheet3.xml",
		  { "<worksheet><sheetData><row><c><v>3</v></c></row></sheetData></worksheet>",
		    72 } },
	};
	(void)state;
	struct arena *a = arena_new(0);
	struct str file = workbook_with(a, sheets, 2);
	assert_string_equal(rows_of(a, file, NULL), "");
	assert_string_equal(rows_of(a, file, "Second"), "1:2|\n");
	assert_string_equal(rows_of(a, file, "Notes"), "1:3|\n");
	assert_string_equal(rows_of(a, file, "第三"),
			    "xlsx_sheet sheet=第三 sheets=Items, Second, Notes");
	arena_free(a);
}

/* The first that is seen; charts are no sheets; days since 1904. */
static void the_first_sheet_that_is_not_hidden(void **state) {
	const struct str book = STR("<workbook><workbookPr date1904=\"1\"/><sheets><sheet "
				    "name=\"H\" state=\"veryHidden\" id=\"rId3\"/>"
				    "<sheet name=\"Chart\" id=\"c\"/><sheet name=\"S\" "
				    "id=\"rId2\"/></sheets></workbook>");
	const struct str second = STR(
		"<worksheet><sheetData><row><c s=\"1\"><v>1</v></c></row></sheetData></worksheet>");
	const struct part parts[] = { { "xl/workbook.xml", book },
				      { "xl/worksheets/sheet2.xml", second } };
	(void)state;
	struct arena *a = arena_new(0);
	assert_string_equal(rows_of(a, workbook_with(a, parts, 2), NULL), "1:1904-01-02|\n");
	arena_free(a);
}

/* ---- files that are none ---- */

static const char *with_part(struct arena *a, const char *name, const char *bytes) {
	struct part one = { name, str_of(bytes) };
	return rows_of(a, workbook_with(a, &one, 1), NULL);
}

static void documents_types_and_entities_are_refused(void **state) {
	static const char lol[] = "<!DOCTYPE sst [<!ENTITY a \"ha\"><!ENTITY b "
				  "\"&a;&a;&a;&a;&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
	static const char outside[] =
		"<!DOCTYPE w SYSTEM \"file:///etc/passwd\"><worksheet><sheetData/></worksheet>";
	(void)state;
	struct arena *a = arena_new(0);
	assert_string_equal(with_part(a, "xl/sharedStrings.xml", lol),
			    "xlsx_doctype part=xl/sharedStrings.xml");
	assert_string_equal(with_part(a, "xl/worksheets/sheet1.xml", outside),
			    "xlsx_doctype part=xl/worksheets/sheet1.xml");
	assert_string_equal(
		with_part(a, "xl/worksheets/sheet1.xml", "<worksheet>&undefined;</worksheet>"),
		"xlsx_damaged part=xl/worksheets/sheet1.xml reason=undefined entity");
	arena_free(a);
}

static void what_sheets_may_not_say(void **state) {
	static const struct {
		const char *rows, *read;
	} bad[] = {
		{ "<row r=\"2\"/><row r=\"2\"/>",
		  "xlsx_damaged part=xl/worksheets/sheet1.xml reason=row" },
		{ "<row r=\"1048577\"/>", "xlsx_damaged part=xl/worksheets/sheet1.xml reason=row" },
		{ "<row r=\"x\"/>", "xlsx_damaged part=xl/worksheets/sheet1.xml reason=row" },
		{ "<row><c t=\"s\"><v>5</v></c></row>",
		  "xlsx_damaged part=xl/worksheets/sheet1.xml reason=shared text" },
		{ "<row><c t=\"s\"><v>-1</v></c></row>",
		  "xlsx_damaged part=xl/worksheets/sheet1.xml reason=shared text" },
		{ "<row><c r=\"1\"><v>5</v></c></row>",
		  "xlsx_damaged part=xl/worksheets/sheet1.xml reason=cell" },
		{ "<row r=\"4\"><c r=\"XFD4\"><v>5</v></c></row>", "xlsx_columns row=4 max=2000" },
		{ "<row><c>", "xlsx_damaged part=xl/worksheets/sheet1.xml reason=mismatched tag" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new(0);
		assert_string_equal(read_rows(a, bad[i].rows), bad[i].read);
		arena_free(a);
	}
}

/* Letters that hardly pack. */
static char *repeated(struct arena *a, const char *head, size_t n, const char *tail) {
	size_t before = strlen(head);
	char *text = arena_alloc(a, before + n + strlen(tail) + 1);
	uint32_t seed = 1;
	memcpy(text, head, before);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		text[before + i] = (char)('a' + (seed >> 24) % 26);
	}
	memcpy(text + before + n, tail, strlen(tail));
	return text;
}

static void cells_and_tags_without_end(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const char *cell = repeated(a, "<row r=\"9\"><c r=\"AB9\" t=\"str\"><v>", (1 << 20) + 1,
				    "</v></c></row>");
	assert_string_equal(read_rows(a, cell), "xlsx_cell_long cell=AB9 max=1048576");
	const char *tag = repeated(a, "<row><c ", 3 << 20, "=\"\"/></row>");
	assert_string_equal(read_rows(a, tag),
			    "xlsx_damaged part=xl/worksheets/sheet1.xml reason=token too long");
	arena_free(a);
}

static void tags_within_tags(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb deep = sb_on(a, 1 << 20);
	for (int i = 0; i < 100; i++) sb_cat(&deep, "<a>");
	assert_string_equal(read_rows(a, sb_cstr(&deep)),
			    "xlsx_damaged part=xl/worksheets/sheet1.xml reason=nested too deep");
	arena_free(a);
}

/* One cell given again and again is one cell, but not one that may be given without end. */
static void a_row_without_end(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	const char *cell = repeated(a, "<c r=\"A7\" t=\"str\"><v>", 1 << 20, "</v></c>");
	struct sb row = sb_on(a, 128 << 20);
	sb_cat(&row, "<row r=\"7\">");
	for (int i = 0; i < 2; i++) sb_cat(&row, cell);
	size_t two = row.n;
	assert_non_null(strstr(read_rows(a, arena_printf(a, "%s</row>", sb_cstr(&row))), "7:"));
	while (row.n < two + (32 << 20)) sb_cat(&row, cell);
	sb_cat(&row, "</row>");
	assert_string_equal(read_rows(a, sb_cstr(&row)),
			    "xlsx_too_large part=xl/worksheets/sheet1.xml: 7 max=67108864");
	arena_free(a);
}

/* A format is at most 255 letters long; looking for the end of each of a million brackets would
 * take minutes. */
static void a_format_of_brackets(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *open = arena_alloc(a, (1 << 19) + 1);
	memset(open, '[', 1 << 19);
	const char *styles = arena_printf(a,
					  "<styleSheet><numFmts><numFmt numFmtId=\"200\" "
					  "formatCode=\"%syyyy\"/></numFmts><cellXfs><xf/><xf "
					  "numFmtId=\"200\"/></cellXfs></styleSheet>",
					  open);
	struct part parts[] = {
		{ "xl/styles.xml", str_of(styles) },
		{ "xl/worksheets/sheet1.xml",
		  STR("<worksheet><sheetData><row><c s=\"1\"><v>46348</v></c></row></sheetData>"
		      "</worksheet>") },
	};
	assert_string_equal(rows_of(a, workbook_with(a, parts, 2), NULL), "1:46348|\n");
	arena_free(a);
}

/* 8 MiB of blanks pack into some 8 KiB. */
static void a_bomb_is_not_unpacked(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	char *blanks = arena_alloc(a, 8 << 20);
	memset(blanks, ' ', 8 << 20);
	struct part bomb = { "xl/worksheets/sheet1.xml", { blanks, 8 << 20 } };
	assert_string_equal(rows_of(a, workbook_with(a, &bomb, 1), NULL),
			    "xlsx_bomb part=xl/worksheets/sheet1.xml max=200");
	arena_free(a);
}

/* Where the directory's entry of a part begins. */
static size_t entry_of(struct str file, const char *name) {
	size_t n = strlen(name);
	for (size_t i = file.n - n; i >= 46; i--)
		if (!memcmp(file.p + i, name, n) && !memcmp(file.p + i - 46, "PK\x01\x02", 4))
			return i - 46;
	fail_msg("no entry %s", name);
	return 0;
}

static struct str patched(struct arena *a, struct str file, size_t at, const char *bytes,
			  size_t n) {
	char *copy = arena_copy(a, file.p, file.n);
	memcpy(copy + at, bytes, n);
	return (struct str){ copy, file.n };
}

static void claims_and_locks(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct str file = workbook_of(a, "<row><c><v>1</v></c></row>");
	size_t sheet = entry_of(file, "xl/worksheets/sheet1.xml");
	assert_string_equal(rows_of(a, patched(a, file, sheet + 24, "\x00\x00\x00\x80", 4), NULL),
			    "xlsx_too_large part=xl/worksheets/sheet1.xml max=2147483648");
	assert_string_equal(rows_of(a, patched(a, file, sheet + 24, "\x00\x00\x00\x40", 4), NULL),
			    "xlsx_bomb part=xl/worksheets/sheet1.xml max=200");
	assert_string_equal(rows_of(a, patched(a, file, sheet + 8, "\x01", 1), NULL),
			    "xlsx_encrypted");
	assert_string_equal(rows_of(a, patched(a, file, sheet + 16, "\xde\xad\xbe\xef", 4), NULL),
			    "xlsx_damaged part=xl/worksheets/sheet1.xml reason=packed data");
	assert_string_equal(rows_of(a, patched(a, file, sheet + 46, "Q", 1), NULL),
			    "xlsx_damaged part=xl/worksheets/sheet1.xml reason=missing");
	arena_free(a);
}

static void too_many_parts(void **state) {
	enum { MANY = 10001 };
	(void)state;
	struct arena *a = arena_new(0);
	struct part *parts = arena_array(a, MANY, sizeof *parts);
	for (size_t i = 0; i < MANY; i++)
		parts[i] = (struct part){ arena_printf(a, "p%zu", i), STR("x") };
	assert_string_equal(rows_of(a, zip_of(a, parts, MANY, false), NULL),
			    "xlsx_too_large part=zip max=10000");
	arena_free(a);
}

/* However much of it is there: refused, or (nothing but the end of the list of parts is cut) never
 * more than the whole says. */
static void a_cut_file_is_refused(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct str file = workbook_of(a, "<row><c><v>1</v></c></row>");
	for (size_t n = 4; n < file.n; n += 7) {
		struct arena *own = arena_new(0);
		const char *told = rows_of(own, (struct str){ file.p, n }, NULL);
		assert_true(str_starts(str_of(told), STR("xlsx_")));
		arena_free(own);
	}
	arena_free(a);
}

static void other_kinds_of_files(void **state) {
	static const char mark[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
			  name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	(void)state;
	struct arena *a = arena_new(0);
	char *old = arena_alloc(a, 2048);
	memcpy(old, mark, 8);
	old[48] = 1; /* the list of streams begins in the sector after the next */
	assert_string_equal(rows_of(a, (struct str){ old, 2048 }, NULL), "xlsx_old");
	memcpy(old + 1024 + 128, name, sizeof name);
	assert_string_equal(rows_of(a, (struct str){ old, 2048 }, NULL), "xlsx_encrypted");
	struct part text = { "word/document.xml", STR("<d/>") };
	assert_string_equal(rows_of(a, zip_of(a, &text, 1, true), NULL),
			    "xlsx_damaged part=_rels/.rels reason=missing");
	arena_free(a);
}

static void kinds_by_the_first_bytes(void **state) {
	static const struct {
		struct str bytes;
		enum xlsx_kind kind;
	} kinds[] = { { { "PK\x03\x04 rest", 9 }, XLSX_WORKBOOK },
		      { { "code,name\r\n", 11 }, XLSX_NONE },
		      { { "", 0 }, XLSX_NONE },
		      { { "PK", 2 }, XLSX_NONE },
		      { { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8 }, XLSX_OLD },
		      { { "\xD0\xCF\x11\xE0", 4 }, XLSX_NONE } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		int fd = workbook_file(kinds[i].bytes);
		assert_int_equal(xlsx_kind_of(fd), kinds[i].kind);
		close(fd);
	}
}

/* As another program writes them: libxlsxwriter, with texts shared and a formula. */
static void what_libxlsxwriter_writes(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	int fd = workbook_file(STR(""));
	lxw_workbook *book = workbook_new(arena_printf(a, "/proc/self/fd/%d", fd));
	lxw_worksheet *sheet = workbook_add_worksheet(book, "客户");
	lxw_format *day = workbook_add_format(book);
	format_set_num_format(day, "yyyy/m/d");
	worksheet_write_string(sheet, 0, 0, "名称", NULL);
	worksheet_write_string(sheet, 0, 1, "日期", NULL);
	worksheet_write_string(sheet, 1, 0, "a\r\nb\x01 =1", NULL);
	worksheet_write_number(sheet, 1, 1, 46348, day);
	worksheet_write_number(sheet, 1, 2, 0.1 + 0.2, NULL);
	worksheet_write_formula_num(sheet, 1, 3, "=1/8", NULL, 0.125);
	worksheet_write_string(sheet, 3, 0, "名称", NULL);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	struct xlsx *x;
	struct sb out = sb_on(a, 4096);
	struct xlsx_rows rows = { .row = add_row, .arg = &out };
	assert_null(xlsx_open(a, fd, &x));
	assert_null(xlsx_choose(x, STR("客户")));
	for (int twice = 0; twice < 2; twice++) {
		out.n = 0;
		assert_null(xlsx_read(x, &rows));
		assert_string_equal(
			sb_cstr(&out),
			"1:名称|日期|\n2:a\r\nb\x01 =1|2026-11-22|0.3|0.125|\n4:名称|\n");
	}
	assert_true(rows.total > 0 && rows.done > 0 && rows.done <= rows.total);
	arena_free(a);
	close(fd);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_become_text),
		cmocka_unit_test(numbers_keep_the_digits_that_are_shown),
		cmocka_unit_test(days_of_both_calendars),
		cmocka_unit_test(formats_tell_days_from_numbers),
		cmocka_unit_test(sheets_by_name),
		cmocka_unit_test(the_first_sheet_that_is_not_hidden),
		cmocka_unit_test(documents_types_and_entities_are_refused),
		cmocka_unit_test(what_sheets_may_not_say),
		cmocka_unit_test(cells_and_tags_without_end),
		cmocka_unit_test(tags_within_tags),
		cmocka_unit_test(a_row_without_end),
		cmocka_unit_test(a_format_of_brackets),
		cmocka_unit_test(a_bomb_is_not_unpacked),
		cmocka_unit_test(claims_and_locks),
		cmocka_unit_test(too_many_parts),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(other_kinds_of_files),
		cmocka_unit_test(kinds_by_the_first_bytes),
		cmocka_unit_test(what_libxlsxwriter_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
