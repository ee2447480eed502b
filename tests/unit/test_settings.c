/* Organisation settings: the table decides what may be set, secrets stay sealed, a refusal changes
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/store/secret.h"
#include "runtime/store/setting.h"
#include "tests/support/people.h"
#include "tests/support/writing.h"

struct patch {
	struct people *f;
	const struct json *body;
};
static struct problem *patch_commit(struct tx *tx, void *arg) {
	struct patch *p = arg;
	return settings_patch(tx, &p->f->admin, p->body);
}

static const char *patch(struct people *f, const char *json) {
	struct patch p = { f, people_json(f, json) };
	return problem_told(f->arena,
			    store_write(f->store, LANE_INTERACTIVE, f->arena, patch_commit, &p));
}

static const char *all(struct people *f) {
	struct sb out = sb_on(f->arena, 1 << 16);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, settings_json(tx, &w)));
	return sb_cstr(&out);
}

static const char *secret(struct people *f) {
	struct tx *tx;
	char *out;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, setting_secret(tx, "mail.password", &out)));
	return out;
}

static void defaults_come_from_the_table(void **state) {
	struct people *f = *state;
	const char *text = all(f);
	assert_non_null(strstr(text, "\"company\":{\"name\":null,"));
	assert_non_null(strstr(text, "\"password\":{\"min_length\":8}"));
	assert_non_null(strstr(text, "\"session\":{\"idle_hours\":12,\"max_days\":30}"));
	assert_non_null(strstr(text, "\"security\":\"starttls\""));
	assert_non_null(strstr(text, "\"password\":null"));
}

static void settings_are_kept_and_put_back(void **state) {
	struct people *f = *state;
	assert_string_equal(patch(f, "{'company': {'name': '云智科技', 'tax_no': '91440300MA5'}, "
				     "'session': {'idle_hours': 8},"
				     " 'currency': {'rates': {'USD': '7.10', 'EUR': 7.8}}}"),
			    "");
	const char *text = all(f);
	assert_non_null(strstr(text, "\"name\":\"云智科技\",\"tax_no\":\"91440300MA5\""));
	assert_non_null(strstr(text, "\"idle_hours\":8"));
	assert_non_null(strstr(text, "\"rates\":{\"USD\":\"7.10\",\"EUR\":7.8}"));
	assert_string_equal(
		patch(f, "{'company': {'name': null}, 'session': {'idle_hours': null}}"), "");
	text = all(f);
	assert_non_null(strstr(text, "\"name\":null,\"tax_no\":\"91440300MA5\""));
	assert_non_null(strstr(text, "\"idle_hours\":12"));
}

static void expressions_see_the_company(void **state) {
	struct people *f = *state;
	struct tx *tx;
	struct value v;
	assert_string_equal(patch(f, "{'company': {'name': '云智科技'}}"), "");
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, setting_company(tx, "name", &v)));
	assert_true(v.kind == VALUE_TEXT && str_is(v.as.s, "云智科技"));
}

static void refusals_change_nothing(void **state) {
	struct people *f = *state;
	static const struct {
		const char *body, *told;
	} cases[] = {
		{ "{'company': {'name': 5}}", "422 invalid; /company/name expect_text" },
		{ "{'company': {'name': 'a\\u0007b'}}", "422 invalid; /company/name setting_text" },
		{ "{'company': {'name': 'ok', 'nmae': 'x'}}",
		  "400 invalid; /company/nmae unknown_key" },
		{ "{'firm': {'name': 'x'}}", "400 invalid; /firm unknown_key" },
		{ "{'company': 'x'}", "422 invalid; /company expect_object" },
		{ "{'session': {'idle_hours': 0}}",
		  "422 invalid; /session/idle_hours setting_integer" },
		{ "{'session': {'idle_hours': 721}}",
		  "422 invalid; /session/idle_hours setting_integer" },
		{ "{'session': {'idle_hours': '12'}}",
		  "422 invalid; /session/idle_hours setting_integer" },
		{ "{'password': {'min_length': 5}}",
		  "422 invalid; /password/min_length setting_integer" },
		{ "{'mail': {'security': 'ssl'}}", "422 invalid; /mail/security setting_choice" },
		{ "{'mail': {'password': {'set': false}}}",
		  "422 invalid; /mail/password expect_text" },
		{ "{'currency': {'rates': {'usd': '7'}}}",
		  "422 invalid; /currency/rates setting_rates" },
		{ "{'currency': {'rates': {'USD': '-7'}}}",
		  "422 invalid; /currency/rates setting_rates" },
		{ "{'currency': {'rates': []}}", "422 invalid; /currency/rates setting_rates" },
		{ "{'company.name': 'x'}", "400 invalid; /company.name unknown_key" },
	};
	const char *before = people_state(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(patch(f, cases[i].body), cases[i].told);
		assert_string_equal(people_state(f), before);
	}
}

static void a_secret_is_sealed_and_never_echoed(void **state) {
	struct people *f = *state;
	struct stat st;
	assert_string_equal(
		patch(f, "{'mail': {'host': 'smtp.example.com', 'password': 'hunter-two'}}"), "");
	assert_string_equal(secret(f), "hunter-two");
	assert_null(strstr(all(f), "hunter"));
	assert_non_null(strstr(all(f), "\"password\":{\"set\":true}"));
	assert_int_equal(
		people_number(f, "SELECT count(*) FROM setting WHERE value_json LIKE '%hunter%'"),
		0);
	assert_int_equal(
		people_number(f, "SELECT count(*) FROM audit WHERE detail_json LIKE '%hunter%'"),
		0);
	assert_int_equal(stat(arena_printf(f->arena, "%s/secret.key", store_folder(f->store)), &st),
			 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 32);
	/* the answer sent back keeps it */
	assert_string_equal(patch(f, "{'mail': {'password': {'set': true}, 'port': 25}}"), "");
	assert_string_equal(secret(f), "hunter-two");
}

/* Row 47 of the peers' list: a stored password must not be sent to another server. */
static void a_secret_does_not_follow_to_another_host(void **state) {
	struct people *f = *state;
	assert_string_equal(
		patch(f, "{'mail': {'host': 'smtp.example.com', 'password': 'hunter-two'}}"), "");
	assert_string_equal(patch(f, "{'mail': {'host': 'smtp.example.com'}}"), "");
	assert_string_equal(secret(f), "hunter-two");
	assert_string_equal(
		patch(f, "{'mail': {'host': 'evil.example.com', 'password': {'set': true}}}"), "");
	assert_null(secret(f));
	assert_string_equal(patch(f, "{'mail': {'password': 'new'}}"), "");
	assert_string_equal(patch(f, "{'mail': {'host': null}}"), "");
	assert_null(secret(f));
}

static void without_its_key_a_secret_stays_closed(void **state) {
	struct people *f = *state;
	const char *path = arena_printf(f->arena, "%s/secret.key", store_folder(f->store));
	char *sealed, *plain;
	assert_ok(secret_seal(f->store, f->arena, STR("x"), &sealed));
	assert_ok(secret_open(f->store, f->arena, str_of(sealed), &plain));
	assert_string_equal(plain, "x");
	sealed[5] = sealed[5] == 'A' ? 'B' : 'A';
	assert_string_equal(secret_open(f->store, f->arena, str_of(sealed), &plain)->code,
			    "secret_key");
	assert_string_equal(secret_open(f->store, f->arena, STR("AAAA"), &plain)->code,
			    "secret_key");
	assert_ok(secret_seal(f->store, f->arena, STR("x"), &sealed));
	assert_int_equal(unlink(path), 0);
	assert_string_equal(secret_open(f->store, f->arena, str_of(sealed), &plain)->code,
			    "secret_key");
}

static void the_trail_tells_which_keys_changed(void **state) {
	struct people *f = *state;
	assert_string_equal(
		patch(f, "{'company': {'name': 'x', 'phone': null}, 'session': {'max_days': 10}}"),
		"");
	assert_string_equal(
		people_cell(f, "SELECT detail_json FROM audit WHERE act = 'settings_change'"),
		"{\"keys\":\"company.name session.max_days\"}");
	int64_t rows = people_number(f, "SELECT count(*) FROM audit");
	assert_string_equal(patch(f, "{'company': {'name': 'x'}}"), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit"), rows);
}

static void a_value_out_of_bounds_in_the_store_reads_as_the_default(void **state) {
	(void)state;
	assert_int_equal(setting_integer_of(STR("9"), "session.idle_hours"), 9);
	assert_int_equal(setting_integer_of(STR("0"), "session.idle_hours"), 12);
	assert_int_equal(setting_integer_of(STR("x"), "session.idle_hours"), 12);
	assert_int_equal(setting_integer_of(STR(""), "session.idle_hours"), 12);
}

static void every_row_is_complete(void **state) {
	(void)state;
	for (const struct setting_row *row = setting_rows; row->key; row++) {
		assert_non_null(strchr(row->key, '.'));
		assert_true(row->label.zh && row->label.en);
		assert_ptr_equal(setting_find(str_of(row->key)), row);
		if (row->bound_to) assert_non_null(setting_find(str_of(row->bound_to)));
		if (row->kind == SETTING_INTEGER) assert_in_range(row->usual, row->min, row->max);
	}
}

/* TENON_UPDATE=1 rewrites the page. */
static void the_manual_is_not_stale(void **state) {
	struct people *f = *state;
	static const char path[] = "docs/settings.md";
	char *kept = arena_alloc(f->arena, 1 << 16);
	struct sb out = sb_on(f->arena, 1 << 16);
	settings_docs(&out);
	FILE *file = fopen(path, getenv("TENON_UPDATE") ? "w+" : "r");
	assert_non_null(file);
	if (getenv("TENON_UPDATE")) assert_int_equal(fwrite(out.p, 1, out.n, file), out.n);
	rewind(file);
	size_t n = fread(kept, 1, (1 << 16) - 1, file);
	assert_int_equal(fclose(file), 0);
	if (!str_eq((struct str){ kept, n }, sb_str(&out)))
		fail_msg("%s is stale: run this test with TENON_UPDATE=1 and commit the file",
			 path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, people_setup, people_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(defaults_come_from_the_table),
		TEST(settings_are_kept_and_put_back),
		TEST(expressions_see_the_company),
		TEST(refusals_change_nothing),
		TEST(a_secret_is_sealed_and_never_echoed),
		TEST(a_secret_does_not_follow_to_another_host),
		TEST(without_its_key_a_secret_stays_closed),
		TEST(the_trail_tells_which_keys_changed),
		cmocka_unit_test(a_value_out_of_bounds_in_the_store_reads_as_the_default),
		cmocka_unit_test(every_row_is_complete),
		TEST(the_manual_is_not_stale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
