/* Field types: what each reads from JSON and text, refuses, writes, shows, stores and masks. One
 * table a direction; every accepted value also survives the way into the store's cells and back.
 * Ledger: F01, F03, F04, F06, F11, P08. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/model/field_type.h"
#include "runtime/model/loader.h"

static const char bundle_text[] =
	"{\"files\": {"
	"\"app.json\": {\"app\": \"demo\", \"timezone\": \"Asia/Shanghai\"},"
	"\"enums/stage.json\": {\"enum\": \"stage\", \"values\": [{\"value\": \"new\", \"label\": "
	"{\"zh-CN\": \"新建\", \"en\": \"New\"}},"
	" {\"value\": \"won\", \"label\": \"赢单\"}, {\"value\": \"old\", \"label\": \"旧的\", "
	"\"retired\": true}, {\"value\": \"a;b\"}]},"
	"\"enums/place.json\": {\"enum\": \"place\", \"values\": [{\"value\": \"北京\", "
	"\"children\": [{\"value\": \"市辖区\", \"children\": [\"东城区\"]}]},"
	" {\"value\": \"上海\", \"children\": [{\"value\": \"市辖区\", \"children\": "
	"[\"黄浦区\"]}]}]},"
	"\"forms/f.json\": {\"form\": \"f\", \"fields\": ["
	"{\"name\": \"text\", \"type\": \"text\", \"max_length\": 20}, {\"name\": \"ten\", "
	"\"type\": \"text\", \"min_length\": 2, \"max_length\": 10, \"pattern\": \"[A-Z]+[0-9]*\"},"
	"{\"name\": \"long\", \"type\": \"longtext\"}, {\"name\": \"int\", \"type\": \"integer\", "
	"\"min\": -5, \"max\": 9007199254740991},"
	"{\"name\": \"dec\", \"type\": \"decimal\", \"scale\": 3}, {\"name\": \"money\", \"type\": "
	"\"money\", \"min\": \"0.00\"}, {\"name\": \"pct\", \"type\": \"percent\"},"
	"{\"name\": \"bool\", \"type\": \"bool\"}, {\"name\": \"date\", \"type\": \"date\", "
	"\"min\": \"2000-01-01\"}, {\"name\": \"at\", \"type\": \"datetime\"},"
	"{\"name\": \"time\", \"type\": \"time\"}, {\"name\": \"span\", \"type\": \"duration\"}, "
	"{\"name\": \"stage\", \"type\": \"enum\", \"enum\": \"stage\"},"
	"{\"name\": \"tags\", \"type\": \"tags\", \"enum\": \"stage\"}, {\"name\": \"free\", "
	"\"type\": \"tags\"}, {\"name\": \"place\", \"type\": \"cascade\", \"enum\": \"place\"},"
	"{\"name\": \"phone\", \"type\": \"phone\"}, {\"name\": \"email\", \"type\": \"email\"}, "
	"{\"name\": \"url\", \"type\": \"url\"}, {\"name\": \"ref\", \"type\": \"ref\", \"form\": "
	"\"f\"},"
	"{\"name\": \"refs\", \"type\": \"refs\", \"form\": \"f\", \"min\": 2, \"max\": 3},"
	"{\"name\": \"user\", \"type\": \"user\"}, {\"name\": \"team\", \"type\": \"dept\"}]}}}";

static struct dept depts[] = {
	{ .id = 7, .name = "east", .label = { "华东", "East" }, .active = true }
};
static struct user users[] = {
	{ .id = 3, .login = "li", .label = "李四", .name = { "李四", "Li Si" }, .active = true },
	{ .id = 5,
	  .login = "wang",
	  .label = "王五",
	  .name = { "王五", "Wang Wu" },
	  .active = false },
	{ .id = 4,
	  .login = "zhang",
	  .label = "张三",
	  .name = { "张三", "Zhang San" },
	  .active = true },
};
static const struct user *users_by_id[] = { &users[0], &users[2], &users[1] };
static const struct dept *depts_by_id[] = { &depts[0] };
static struct directory people = { .users = users,
				   .user_count = 3,
				   .depts = depts,
				   .dept_count = 1,
				   .users_by_id = users_by_id,
				   .depts_by_id = depts_by_id };

static struct arena *a;
static struct app *app;
static const struct form *form;
static struct codec codec;

static int open_app(void **state) {
	(void)state;
	a = arena_new(0);
	struct findings f = { .arena = a };
	struct bundle *bundle;
	assert_null(bundle_read_json(a, str_of(bundle_text), &bundle));
	assert_null(app_load(bundle, NULL, &f, &app));
	if (!app) {
		struct sb out = sb_on(a, 65536);
		findings_text(&out, &f, LANGUAGE_EN, false, true);
		fail_msg("%s", sb_cstr(&out));
	}
	form = app_form(app, STR("f"));
	codec = (struct codec){
		.app = app, .directory = &people, .zone = app->zone, .language = LANGUAGE_ZH
	};
	return 0;
}

static int close_app(void **state) {
	(void)state;
	app_release(app);
	arena_free(a);
	return 0;
}

static const struct field *field(const char *name) {
	const struct field *f = form_field(form, str_of(name));
	assert_non_null(f);
	return f;
}

static const char *as_json(const struct field *f, const struct value *v) {
	struct sb out = sb_on(a, 65536);
	struct jw w = jw_on(&out);
	field_write_json(&w, f, &codec, v);
	return sb_cstr(&out);
}

static const char *as_text(const struct field *f, const struct value *v, bool show) {
	struct sb out = sb_on(a, 65536);
	field_write_text(&out, f, &codec, v, show);
	return sb_cstr(&out);
}

static struct value through_cells(const struct field *f, const struct value *v) {
	struct value cell;
	if (f->type->storage != STORE_VALUES || value_is_null(v)) {
		assert_true(f->type->to_cell(f, &codec, v, &cell));
		assert_true(cell.kind == VALUE_NULL || cell.kind == VALUE_INT ||
			    cell.kind == VALUE_TEXT);
		return f->type->from_cell(a, f, &codec, &cell);
	}
	struct value *cells = arena_array(a, v->as.list.n, sizeof *cells);
	for (size_t i = 0; i < v->as.list.n; i++)
		assert_true(field_cell(f, &codec, v, i, &cells[i]));
	cell = (struct value){ .kind = VALUE_LIST, .as.list = { cells, v->as.list.n } };
	return f->type->from_cell(a, f, &codec, &cell);
}

/* The value as JSON, or "!code" of the fault. */
static const char *read_one(const struct field *f, const char *input, bool json, struct value *v) {
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &codec, .faults = &faults, .pointer = "/x" };
	const struct json *node;
	bool good;
	if (json) {
		assert_null(json_parse(a, str_of(input), &json_limits_request, &node));
		good = f->type->read_json(&p, f, node, v);
	} else {
		good = f->type->read_text(&p, f, str_of(input), v);
	}
	if (good && !value_is_null(v)) good = f->type->validate(&p, f, v);
	assert_int_equal(good, faults.first == NULL);
	if (!good) {
		assert_string_equal(faults.first->pointer, "/x");
		if (!catalogue_find(faults.first->code))
			fail_msg("no text for %s", faults.first->code);
		return arena_printf(a, "!%s", faults.first->code);
	}
	struct value back = through_cells(f, v);
	if (!value_same(v, &back)) fail_msg("%s %s does not survive its cell", f->name, input);
	return as_json(f, v);
}

struct row {
	const char *field, *input, *want;
};

static void run(const struct row *rows, size_t n, bool json) {
	for (size_t i = 0; i < n; i++) {
		struct value v = VALUE_NONE;
		const char *got = read_one(field(rows[i].field), rows[i].input, json, &v);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s %s: got %s, want %s", rows[i].field, rows[i].input, got,
				 rows[i].want);
	}
}

static void json_in_and_out(void **state) {
	// clang-format off
	static const struct row rows[] = {
		{ "text", "\"  你好 \"", "\"你好\"" }, { "text", "\"\"", "null" }, { "text", "\"   \"", "null" }, { "text", "5", "!expect_text" },
		{ "text", "\"一二三四五六七八九十一二三四五六七八九十\"", "\"一二三四五六七八九十一二三四五六七八九十\"" },
		{ "text", "\"一二三四五六七八九十一二三四五六七八九十x\"", "!too_long" }, { "text", "\"a\\nb\"", "!control_character" },
		{ "text", "\"a\\u007fb\"", "!control_character" }, { "text", "\"a\\u0085b\"", "!control_character" },
		{ "ten", "\"AB12\"", "\"AB12\"" }, { "ten", "\"A\"", "!too_short" }, { "ten", "\"ab\"", "!pattern_mismatch" },
		{ "long", "\" a\\r\\n\\tb\\r \"", "\" a\\n\\tb\\n \"" }, { "long", "\"a\\u0001\"", "!control_character" },
		{ "int", "42", "42" }, { "int", "4.2e1", "42" }, { "int", "4.5", "!expect_integer" }, { "int", "\"42\"", "!expect_integer" },
		{ "int", "-6", "!below_min" }, { "int", "9007199254740991", "9007199254740991" }, { "int", "9007199254740992", "!number_out_of_range" },
		{ "int", "1e400", "!number_out_of_range" }, { "int", "true", "!expect_integer" },
		{ "dec", "\"12.100\"", "\"12.100\"" }, { "dec", "12.1", "\"12.100\"" }, { "dec", "\"12.1234\"", "!too_many_digits" },
		{ "dec", "\"12.1230\"", "\"12.123\"" }, { "dec", "\"1,000\"", "!bad_number" }, { "dec", "\"\"", "null" }, { "dec", "\"x\"", "!bad_number" },
		{ "dec", "999999999999999.999", "\"999999999999999.999\"" }, { "dec", "1000000000000000", "!number_out_of_range" },
		{ "dec", "1e40", "!number_out_of_range" }, { "dec", "[]", "!expect_number" }, { "dec", "-0.001", "\"-0.001\"" },
		{ "money", "\"0.30\"", "\"0.30\"" }, { "money", "0.1", "\"0.10\"" }, { "money", "\"-0.01\"", "!below_min" }, { "money", "0.105", "!too_many_digits" },
		{ "pct", "\"0.05\"", "\"0.0500\"" }, { "pct", "\"5%\"", "\"0.0500\"" }, { "pct", "\"5.125 %\"", "!too_many_digits" }, { "pct", "0.1", "\"0.1000\"" },
		{ "pct", "\"12.5%\"", "\"0.1250\"" }, { "pct", "\"%\"", "!bad_number" },
		{ "bool", "true", "true" }, { "bool", "false", "false" }, { "bool", "1", "!expect_bool" }, { "bool", "\"true\"", "!expect_bool" },
		{ "date", "\"2026-11-22\"", "\"2026-11-22\"" }, { "date", "\"2026-02-29\"", "!bad_date" }, { "date", "\"1999-12-31\"", "!below_min" },
		{ "date", "\"\"", "null" }, { "date", "20261122", "!expect_text" },
		{ "at", "\"2026-11-22T09:30:00Z\"", "\"2026-11-22T09:30:00Z\"" }, { "at", "\"2026-11-22T09:30:00+08:00\"", "\"2026-11-22T01:30:00Z\"" },
		{ "at", "\"2026-11-22T09:30:00\"", "\"2026-11-22T01:30:00Z\"" }, { "at", "\"2026-11-22\"", "\"2026-11-21T16:00:00Z\"" }, { "at", "\"soon\"", "!bad_datetime" },
		{ "time", "\"09:30\"", "\"09:30\"" }, { "time", "\"24:30\"", "!bad_time" }, { "time", "\"9\"", "!bad_time" },
		{ "span", "5400", "5400" }, { "span", "\"1:30\"", "5400" }, { "span", "\"-0:00:05\"", "-5" }, { "span", "\"1:75\"", "!bad_duration" }, { "span", "1.5", "!bad_duration" },
		{ "span", "1e15", "!number_out_of_range" },
		{ "stage", "\"won\"", "\"won\"" }, { "stage", "\"wonn\"", "!not_in_list_near" }, { "stage", "\"zzzzzz\"", "!not_in_list" }, { "stage", "\"old\"", "!retired_value" },
		{ "stage", "\"赢单\"", "!not_in_list" }, { "stage", "\"\"", "null" }, { "stage", "[\"won\"]", "!expect_text" },
		{ "tags", "[\"won\", \"new\", \"won\"]", "[\"won\",\"new\"]" }, { "tags", "[]", "null" }, { "tags", "[\"x\"]", "!not_in_list" }, { "tags", "[\"old\"]", "!retired_value" },
		{ "refs", "[3, 1, 3]", "[3,1]" }, { "refs", "[]", "null" }, { "refs", "[3]", "!too_few_items" }, { "refs", "[1, 2, 3, 4]", "!too_many_items" }, { "refs", "3", "!expect_references" },
		{ "refs", "[\"3\"]", "!bad_reference" }, { "refs", "[0, 1]", "!bad_reference" }, { "refs", "[1.5, 1]", "!bad_reference" },
		{ "tags", "\"won\"", "!expect_list" }, { "tags", "[1]", "!expect_list" }, { "tags", "[\"\"]", "!expect_list" },
		{ "free", "[\" 重点 \", \"新\"]", "[\"重点\",\"新\"]" }, { "free", "[\"a\\nb\"]", "!control_character" },
		{ "place", "[\"北京\", \"市辖区\", \"东城区\"]", "[\"北京\",\"市辖区\",\"东城区\"]" }, { "place", "[\"上海\", \"市辖区\"]", "[\"上海\",\"市辖区\"]" },
		{ "place", "[\"上海\", \"市辖区\", \"东城区\"]", "!not_a_path" }, { "place", "[\"市辖区\"]", "!not_in_list" }, { "place", "[]", "null" },
		{ "phone", "\"138 1234-5678\"", "\"13812345678\"" }, { "phone", "\"+86 138 1234 5678\"", "\"13812345678\"" }, { "phone", "\"008613812345678\"", "\"13812345678\"" },
		{ "phone", "\"１３８１２３４５６７８\"", "\"13812345678\"" }, { "phone", "\"(0755) 8888-6666\"", "\"075588886666\"" }, { "phone", "\"+86 755 8888 6666\"", "\"075588886666\"" },
		{ "phone", "\"021-6543 2100 转 802\"", "\"02165432100x802\"" }, { "phone", "\"400-820-8820\"", "\"4008208820\"" }, { "phone", "\"+1 (415) 555-0100\"", "\"+14155550100\"" },
		{ "phone", "\"95588\"", "\"95588\"" }, { "phone", "\"88886666\"", "\"88886666\"" }, { "phone", "\"12345\"", "\"12345\"" }, { "phone", "\"1381234567\"", "!bad_phone" },
		{ "phone", "\"abc\"", "!bad_phone" }, { "phone", "\"+1\"", "!bad_phone" }, { "phone", "\"138123456789\"", "!bad_phone" },
		{ "email", "\" Li.Si@Example.COM \"", "\"Li.Si@example.com\"" }, { "email", "\"a@b\"", "!bad_email" }, { "email", "\"a b@c.cn\"", "!bad_email" }, { "email", "\"a@@c.cn\"", "!bad_email" },
		{ "email", "\"a@c..cn\"", "!bad_email" }, { "email", "\".a@c.cn\"", "!bad_email" }, { "email", "\"a@-c.cn\"", "!bad_email" }, { "email", "\"li@例子.中国\"", "\"li@例子.中国\"" },
		{ "url", "\"HTTPS://example.com/a?b=1#c\"", "\"https://example.com/a?b=1#c\"" }, { "url", "\"javascript:alert(1)\"", "!bad_url" }, { "url", "\"ftp://x.cn\"", "!bad_url" },
		{ "url", "\"http://\"", "!bad_url" }, { "url", "\"http:///x\"", "!bad_url" }, { "url", "\"http://a b\"", "!bad_url" }, { "url", "\"http://例子.中国/\"", "\"http://例子.中国/\"" },
		{ "ref", "12", "12" }, { "ref", "0", "!bad_reference" }, { "ref", "\"12\"", "!bad_reference" }, { "ref", "1.5", "!bad_reference" },
		{ "user", "\"li\"", "\"li\"" }, { "user", "\"李四\"", "!unknown_user" }, { "user", "\"wang\"", "!inactive_user" }, { "team", "\"east\"", "\"east\"" }, { "team", "\"west\"", "!unknown_dept" },
	};
	// clang-format on
	(void)state;
	run(rows, ARRAY_LEN(rows), true);
}

static void text_in(void **state) {
	// clang-format off
	static const struct row rows[] = {
		{ "int", " 1,234 ", "1234" }, { "int", "12.0", "12" }, { "int", "1,23", "!expect_integer" }, { "int", "", "null" },
		{ "money", "￥1,265,793.29", "\"1265793.29\"" }, { "money", "$ 5", "\"5.00\"" }, { "money", "1,2345.00", "!bad_number" }, { "dec", "1,234.5", "\"1234.500\"" },
		{ "pct", "5%", "\"0.0500\"" }, { "pct", "0.05", "\"0.0500\"" },
		{ "bool", "是", "true" }, { "bool", "NO", "false" }, { "bool", "１", "true" }, { "bool", "maybe", "!bad_bool" }, { "bool", "", "null" },
		{ "date", "2026-11-22", "\"2026-11-22\"" }, { "date", "22.11.2026", "!bad_date" },
		{ "stage", "赢单", "\"won\"" }, { "stage", "New", "\"new\"" }, { "stage", "won", "\"won\"" }, { "stage", "no", "!not_in_list" },
		{ "refs", "3; 1；3", "[3,1]" }, { "refs", ";", "null" }, { "refs", "3;x", "!bad_reference" },
		{ "tags", "won；新建", "[\"won\",\"new\"]" }, { "tags", "a\\;b;won", "[\"a;b\",\"won\"]" }, { "tags", ";;", "null" }, { "free", "甲、乙,丙", "[\"甲\",\"乙\",\"丙\"]" },
		{ "place", "北京/市辖区/东城区", "[\"北京\",\"市辖区\",\"东城区\"]" }, { "place", "北京 / 黄浦区", "!not_a_path" },
		{ "user", "张三", "\"zhang\"" }, { "user", "Zhang San", "\"zhang\"" }, { "user", "nobody", "!unknown_user" }, { "team", "华东", "\"east\"" },
		{ "ref", "77", "77" }, { "ref", "x", "!bad_reference" }, { "span", "1:30", "5400" },
	};
	// clang-format on
	(void)state;
	run(rows, ARRAY_LEN(rows), false);
}

static void shown_and_raw(void **state) {
	// clang-format off
	static const struct { const char *field, *input, *raw, *show; } rows[] = {
		{ "money", "1265793.29", "1265793.29", "1,265,793.29" }, { "money", "123", "123.00", "123.00" }, { "pct", "\"5.25%\"", "0.0525", "5.25%" }, { "pct", "0.05", "0.0500", "5%" },
		{ "bool", "true", "true", "是" }, { "at", "\"2026-11-22T01:30:00Z\"", "2026-11-22T01:30:00Z", "2026-11-22 09:30" }, { "span", "5400", "5400", "1:30" }, { "span", "-61", "-61", "-0:01:01" },
		{ "stage", "\"won\"", "won", "赢单" }, { "stage", "\"a;b\"", "a;b", "a;b" }, { "tags", "[\"new\", \"a;b\"]", "new;a\\;b", "新建、a;b" },
		{ "place", "[\"上海\", \"市辖区\"]", "上海/市辖区", "上海 / 市辖区" }, { "phone", "\"13812345678\"", "13812345678", "138 1234 5678" }, { "user", "\"li\"", "li", "李四" }, { "team", "\"east\"", "east", "华东" },
		{ "text", "null", "", "" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v = VALUE_NONE;
		const struct field *f = field(rows[i].field);
		if (strcmp(rows[i].input, "null") != 0) read_one(f, rows[i].input, true, &v);
		assert_string_equal(as_text(f, &v, false), rows[i].raw);
		assert_string_equal(as_text(f, &v, true), rows[i].show);
	}
}

/* What is written raw is read again as the same value: export and import agree. */
static void raw_text_comes_back(void **state) {
	// clang-format off
	static const struct { const char *field, *input; } rows[] = { { "money", "0.10" }, { "pct", "0.0525" }, { "bool", "false" }, { "date", "\"2026-11-22\"" },
		{ "at", "\"2026-11-22T01:30:15Z\"" }, { "time", "\"09:30:15\"" }, { "span", "-3661" }, { "stage", "\"a;b\"" }, { "tags", "[\"a;b\", \"won\"]" }, { "refs", "[7, 5]" },
		{ "free", "[\"a,b\", \"c\\\\d\"]" }, { "place", "[\"北京\", \"市辖区\", \"东城区\"]" }, { "phone", "\"02165432100x802\"" }, { "user", "\"li\"" }, { "int", "-3" } };
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v = VALUE_NONE, again = VALUE_NONE;
		const struct field *f = field(rows[i].field);
		read_one(f, rows[i].input, true, &v);
		const char *raw = as_text(f, &v, false);
		read_one(f, raw, false, &again);
		if (!value_same(&v, &again))
			fail_msg("%s: %s is not read back from %s", rows[i].field, rows[i].input,
				 raw);
	}
}

static void rounding_and_formats_of_imports(void **state) {
	(void)state;
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a,
			   .codec = &codec,
			   .faults = &faults,
			   .pointer = "",
			   .round = true,
			   .format = "YYYY/M/D" };
	struct value v;
	assert_true(field("money")->type->read_text(&p, field("money"), STR("0.125"), &v));
	assert_string_equal(as_json(field("money"), &v), "\"0.13\"");
	assert_true(field("date")->type->read_text(&p, field("date"), STR("2010/12/1"), &v));
	assert_string_equal(as_json(field("date"), &v), "\"2010-12-01\"");
	assert_false(field("date")->type->read_text(&p, field("date"), STR("2010-12-01"), &v));
	assert_string_equal(faults.first->code, "bad_date_format");
}

static void masks(void **state) {
	// clang-format off
	static const struct row rows[] = { { "phone", "\"13812345678\"", "\"138****5678\"" }, { "email", "\"zhang@x.cn\"", "\"z***@x.cn\"" }, { "text", "\"张三\"", "\"张*\"" },
		{ "text", "\"欧阳娜娜\"", "\"欧***\"" }, { "text", "\"深\"", "\"*\"" }, { "text", "\"深圳市腾讯计算机\"", "\"深圳****算机\"" }, { "money", "10", "\"***\"" }, { "date", "\"2026-01-01\"", "\"***\"" },
		{ "tags", "[\"won\"]", "\"***\"" }, { "refs", "[1, 2]", "\"***\"" }, { "stage", "\"won\"", "\"***\"" }, { "text", "\"\"", "null" } };
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v = VALUE_NONE;
		const struct field *f = field(rows[i].field);
		read_one(f, rows[i].input, true, &v);
		struct value masked = field_mask(a, f, &codec, &v);
		if (strcmp(as_json(f, &masked), rows[i].want) != 0)
			fail_msg("%s %s: %s", rows[i].field, rows[i].input, as_json(f, &masked));
	}
}

/* F03: an amount is a whole number of the smallest unit; no fraction of two is on the way. */
static void money_is_stored_in_its_smallest_unit(void **state) {
	// clang-format off
	static const struct { const char *text; int64_t cell; } rows[] = {
		{ "0.10", 10 }, { "0.29", 29 }, { "0.30", 30 }, { "1.15", 115 }, { "1265793.29", 126579329 }, { "90071992547409.93", 9007199254740993 },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v, cell;
		const char *json = arena_printf(a, "\"%s\"", rows[i].text);
		assert_string_equal(read_one(field("money"), json, true, &v), json);
		assert_true(field("money")->type->to_cell(field("money"), &codec, &v, &cell));
		assert_int_equal(cell.kind, VALUE_INT);
		assert_true(cell.as.i == rows[i].cell);
	}
}

/* Codes nobody knows: an unknown user has no cell, a code of nobody reads as null. */
static void unknown_codes(void **state) {
	(void)state;
	struct value v = value_text(STR("ghost")), cell, code = value_int(99);
	assert_false(field("user")->type->to_cell(field("user"), &codec, &v, &cell));
	struct value back = field("user")->type->from_cell(a, field("user"), &codec, &code);
	assert_true(value_is_null(&back));
	back = field("stage")->type->from_cell(a, field("stage"), &codec, &code);
	assert_true(value_is_null(&back));
}

static void registry_is_whole(void **state) {
	size_t n;
	(void)state;
	const struct field_type *const *types = field_types(&n);
	assert_true(n >= 22);
	for (size_t i = 0; i < n; i++) {
		const struct field_type *t = types[i];
		assert_ptr_equal(field_type_find(str_of(t->name)), t);
		assert_true(t->label.zh && t->label.en && t->help.zh && t->help.en && t->keys &&
			    t->value_type);
		bool bare = t->storage == STORE_ROWS || t->flags & FT_NO_VALUE;
		assert_true(bare || (t->read_json && t->read_text && t->validate && t->write_json &&
				     t->write_text && t->to_cell && t->from_cell));
	}
	assert_null(field_type_find(STR("texte")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_is_whole),
		cmocka_unit_test(json_in_and_out),
		cmocka_unit_test(text_in),
		cmocka_unit_test(shown_and_raw),
		cmocka_unit_test(raw_text_comes_back),
		cmocka_unit_test(rounding_and_formats_of_imports),
		cmocka_unit_test(masks),
		cmocka_unit_test(unknown_codes),
		cmocka_unit_test(money_is_stored_in_its_smallest_unit),
	};
	return cmocka_run_group_tests(tests, open_app, close_app);
}
