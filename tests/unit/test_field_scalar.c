/* F05 F10 F11 F23: rating, idcard, creditcode, region, address, geo, barcode -- read, refused,
 * shown, kept, masked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/model/field_type.h"
#include "runtime/model/loader.h"
#include "runtime/model/region.h"

static const char bundle_text[] =
	"{\"files\": {\"app.json\": {\"app\": \"demo\"}, \"forms/f.json\": {\"form\": \"f\", "
	"\"fields\": ["
	"{\"name\": \"id_no\", \"type\": \"idcard\"}, {\"name\": \"credit\", \"type\": "
	"\"creditcode\"},"
	"{\"name\": \"stars\", \"type\": \"rating\"}, {\"name\": \"nps\", \"type\": \"rating\", "
	"\"max\": 10},"
	"{\"name\": \"region\", \"type\": \"region\"}, {\"name\": \"city\", \"type\": \"region\", "
	"\"level\": \"city\"}, {\"name\": \"province\", \"type\": \"region\", \"level\": "
	"\"province\"},"
	"{\"name\": \"address\", \"type\": \"address\", \"max_length\": 30}, {\"name\": \"geo\", "
	"\"type\": \"geo\"},"
	"{\"name\": \"qr\", \"type\": \"barcode\"}, {\"name\": \"ean\", \"type\": \"barcode\", "
	"\"format\": \"ean13\"}, {\"name\": \"bars\", \"type\": \"barcode\", \"format\": "
	"\"code128\"}]}}}";

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
	codec = (struct codec){ .app = app, .zone = app->zone, .language = LANGUAGE_ZH };
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

/* The value as JSON, or "!code" of the fault. Input that begins with neither { [ " nor a digit is a
 * text. */
static const char *read_one(const struct field *f, const char *input, struct value *v) {
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &codec, .faults = &faults, .pointer = "/x" };
	const struct json *node;
	bool json = input[0] != '~', good;
	if (json) {
		assert_null(json_parse(a, str_of(input), &json_limits_request, &node));
		good = f->type->read_json(&p, f, node, v);
	} else {
		good = f->type->read_text(&p, f, str_of(input + 1), v);
	}
	if (good && !value_is_null(v)) good = f->type->validate(&p, f, v);
	assert_int_equal(good, faults.first == NULL);
	if (good) return as_json(f, v);
	if (!catalogue_find(faults.first->code)) fail_msg("no text for %s", faults.first->code);
	return arena_printf(a, "!%s", faults.first->code);
}

struct row {
	const char *field, *input, *want;
};

/* "~text" is read as a cell of a file. */
static void in_and_out(void **state) {
	// clang-format off
	static const struct row rows[] = {
		/* F11: GB 11643 */
		{ "id_no", "\"11010519491231002X\"", "\"11010519491231002X\"" }, { "id_no", "\" 110105 19491231 002x \"", "\"11010519491231002X\"" },
		{ "id_no", "\"１１０１０５１９４９１２３１００２ｘ\"", "\"11010519491231002X\"" }, { "id_no", "~440524188001010014", "\"440524188001010014\"" },
		{ "id_no", "\"110105194912310021\"", "!idcard_check" }, { "id_no", "\"11010519490231002X\"", "!idcard_birth" }, { "id_no", "\"11010519491331002X\"", "!idcard_birth" },
		{ "id_no", "\"18010519491231002X\"", "!idcard_region" }, { "id_no", "\"1101051949123100\"", "!idcard_length" }, { "id_no", "\"110105491231002\"", "!idcard_length" },
		{ "id_no", "\"1101051949123X0021\"", "!idcard_characters" }, { "id_no", "\"110105*9491231002X\"", "!idcard_characters" }, { "id_no", "\"\"", "null" }, { "id_no", "5", "!expect_text" },
		/* F11: GB 32100 */
		{ "credit", "\"91350100M000100Y43\"", "\"91350100M000100Y43\"" }, { "credit", "\"9144030071526726xg\"", "\"9144030071526726XG\"" },
		{ "credit", "~９１４４０３００７１５２６７２６ＸＧ", "\"9144030071526726XG\"" }, { "credit", "\"9144030071526726XA\"", "!creditcode_check" },
		{ "credit", "\"914403007152672IXG\"", "!creditcode_place" }, { "credit", "\"91A4030071526726XG\"", "!creditcode_place" }, { "credit", "\"9144030071526726X\"", "!creditcode_length" },
		{ "credit", "\"9144030071526726X中\"", "!creditcode_characters" }, { "credit", "\"  \"", "null" },
		/* F05 */
		{ "stars", "5", "5" }, { "stars", "0", "!below_min" }, { "stars", "6", "!above_max" }, { "stars", "2.5", "!expect_integer" }, { "stars", "\"3\"", "!expect_integer" },
		{ "nps", "10", "10" }, { "nps", "~7", "7" }, { "nps", "~11", "!above_max" },
		/* F10 */
		{ "region", "[\"44\", \"4403\", \"440305\"]", "[\"44\",\"4403\",\"440305\"]" }, { "region", "[\"44\"]", "[\"44\"]" }, { "region", "[\"44\", \"1101\"]", "!not_a_path" },
		{ "region", "[\"99\"]", "!not_in_list" }, { "region", "~广东省/深圳市/南山区", "[\"44\",\"4403\",\"440305\"]" }, { "region", "~广东深圳南山区", "[\"44\",\"4403\",\"440305\"]" },
		{ "region", "~北京市朝阳区", "[\"11\",\"1101\",\"110105\"]" }, { "region", "~湖北省仙桃市", "[\"42\",\"4290\",\"429004\"]" }, { "region", "~吉林省吉林市", "[\"22\",\"2202\"]" },
		{ "region", "~44/4403", "[\"44\",\"4403\"]" }, { "region", "~火星", "!not_in_list" },
		{ "city", "[\"44\", \"4403\"]", "[\"44\",\"4403\"]" }, { "city", "[\"44\", \"4403\", \"440305\"]", "!region_city" }, { "province", "[\"44\", \"4403\"]", "!region_province" },
		{ "address", "{\"region\": [\"44\", \"4403\", \"440305\"], \"detail\": \" 科技园 1 号 \"}", "{\"region\":[\"44\",\"4403\",\"440305\"],\"detail\":\"科技园 1 号\"}" },
		{ "address", "{\"region\": [\"44\", \"4403\"], \"detail\": \"南山区 1 号\"}", "{\"region\":[\"44\",\"4403\"],\"detail\":\"南山区 1 号\"}" },
		{ "address", "{\"region\": [\"44\"]}", "{\"region\":[\"44\"],\"detail\":null}" }, { "address", "{\"region\": [], \"detail\": \"x\"}", "!address_region" },
		{ "address", "{\"detail\": \"x\"}", "!address_region" }, { "address", "{\"region\": [\"44\", \"1101\"]}", "!address_no_region" }, { "address", "{\"region\": [\"44\"], \"street\": \"x\"}", "!expect_address" },
		{ "address", "{\"region\": [\"44\"], \"detail\": 5}", "!expect_address" }, { "address", "5", "!expect_address" }, { "address", "{\"region\": [\"44\"], \"detail\": \"a\\nb\"}", "!control_character" },
		{ "address", "~广东省深圳市南山区科技园1号", "{\"region\":[\"44\",\"4403\",\"440305\"],\"detail\":\"科技园1号\"}" },
		{ "address", "~上海浦东新区世纪大道 100 号", "{\"region\":[\"31\",\"3101\",\"310115\"],\"detail\":\"世纪大道 100 号\"}" },
		{ "address", "~山西省阳泉市 城区街道 1 号", "{\"region\":[\"14\",\"1403\",\"140302\"],\"detail\":\"街道 1 号\"}" }, { "address", "~某地 1 号", "!address_region" }, { "address", "~", "null" },
		{ "address", "~广东省一二三四五六七八九十一二三四五六七八九十一二三四五六七八", "!too_long" },
		{ "geo", "{\"lng\": \"114.057868\", \"lat\": \"22.543099\"}", "{\"lng\":\"114.057868\",\"lat\":\"22.543099\"}" }, { "geo", "{\"lng\": 114.05786849, \"lat\": -22.5}", "{\"lng\":\"114.057868\",\"lat\":\"-22.5\"}" },
		{ "geo", "~114.057868，22.543099", "{\"lng\":\"114.057868\",\"lat\":\"22.543099\"}" }, { "geo", "~22.5, 114.05", "!geo_lat" }, { "geo", "{\"lng\": 180.000001, \"lat\": 0}", "!geo_lng" },
		{ "geo", "{\"lng\": 1}", "!bad_geo" }, { "geo", "{\"lng\": \"x\", \"lat\": 1}", "!bad_geo" }, { "geo", "~114", "!bad_geo" }, { "geo", "{\"lng\": 180, \"lat\": -90}", "{\"lng\":\"180\",\"lat\":\"-90\"}" },
		/* F23 */
		{ "qr", "\" https://例子.中国/1 \"", "\"https://例子.中国/1\"" }, { "qr", "\"a\\nb\"", "!control_character" }, { "ean", "\"6901234567892\"", "\"6901234567892\"" },
		{ "ean", "\"6901234567890\"", "!ean13_check" }, { "ean", "\"690123456789\"", "!ean13_digits" }, { "ean", "\"69012345678ab\"", "!ean13_digits" }, { "bars", "\"SN-0042\"", "\"SN-0042\"" },
		{ "bars", "\"件 42\"", "!code128_characters" },
		{ "bars", "\"123456789012345678901234567890123456789012345678901234567890123456789012345678901\"", "!too_long" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v = VALUE_NONE, again = VALUE_NONE;
		const struct field *f = field(rows[i].field);
		const char *got = read_one(f, rows[i].input, &v);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s %s: got %s, want %s", rows[i].field, rows[i].input, got,
				 rows[i].want);
		if (got[0] == '!' || value_is_null(&v)) continue;
		/* What a file is given is read from it again, and what the API answers by the API.
		 */
		read_one(f, arena_printf(a, "~%s", as_text(f, &v, false)), &again);
		if (strcmp(rows[i].field, "address") != 0 && !value_same(&v, &again))
			fail_msg("%s %s: is not read back from %s", rows[i].field, rows[i].input,
				 as_text(f, &v, false));
		if (strcmp(read_one(f, got, &again), got) != 0 || !value_same(&v, &again))
			fail_msg("%s %s: %s is another value", rows[i].field, rows[i].input, got);
	}
}

/* F10: every region of the table is written so that it is found again, alone and before a street.
 */
static void every_region_is_read_back(void **state) {
	(void)state;
	const struct enumeration *e = field("region")->enumeration;
	size_t provinces = 0;
	for (size_t i = 0; i < e->n; i++) {
		const struct enum_value *v = &e->values[i], *found;
		struct sb name = sb_on(a, 400), street = sb_on(a, 400);
		size_t used;
		provinces += v->depth == 0;
		region_write(&name, v);
		sb_printf(&street, "%s某某路 1 号", sb_cstr(&name));
		found = region_at_head(e, sb_str(&street), &used);
		assert_non_null(found);
		if (used != name.n) fail_msg("%s: %zu of %zu", sb_cstr(&name), used, name.n);
		struct sb again = sb_on(a, 400);
		region_write(&again, found);
		assert_string_equal(sb_cstr(&again), sb_cstr(&name));
	}
	assert_int_equal(e->n, 3351);
	assert_int_equal(provinces, 31);
}

static void shown_and_masked(void **state) {
	// clang-format off
	static const struct { const char *field, *input, *show, *mask; } rows[] = {
		{ "id_no", "\"11010519491231002X\"", "11010519491231002X", "\"110********002X\"" }, { "credit", "\"91350100M000100Y43\"", "91350100M000100Y43", "\"9135********0Y43\"" },
		{ "address", "{\"region\": [\"11\", \"1101\", \"110105\"], \"detail\": \"1 号\"}", "北京市朝阳区 1 号", "{\"region\":[\"11\",\"1101\",\"110105\"],\"detail\":\"***\"}" },
		{ "geo", "{\"lng\": 1, \"lat\": 2}", "1,2", "\"***\"" }, { "region", "[\"44\", \"4403\"]", "广东省 / 深圳市", "\"***\"" }, { "stars", "4", "4", "\"***\"" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct value v = VALUE_NONE;
		const struct field *f = field(rows[i].field);
		read_one(f, rows[i].input, &v);
		assert_string_equal(as_text(f, &v, true), rows[i].show);
		struct value masked = field_mask(a, f, &codec, &v);
		assert_string_equal(as_json(f, &masked), rows[i].mask);
	}
}

/* What an expression gives takes the same form, or is refused in the same words. */
static void settled(void **state) {
	(void)state;
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &codec, .faults = &faults, .pointer = "/x" };
	struct value v = value_text(STR("11010519491231002x"));
	assert_true(field_settle(&p, field("id_no"), &v));
	assert_string_equal(as_json(field("id_no"), &v), "\"11010519491231002X\"");
	v = value_text(STR("12"));
	assert_false(field_settle(&p, field("id_no"), &v));
	assert_string_equal(faults.first->code, "idcard_length");
	v = value_int(7);
	assert_true(field_settle(&p, field("stars"), &v));
	assert_int_equal(v.as.i, 7);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_and_out),
		cmocka_unit_test(every_region_is_read_back),
		cmocka_unit_test(shown_and_masked),
		cmocka_unit_test(settled),
	};
	return cmocka_run_group_tests(tests, open_app, close_app);
}
