/* concurrent
 * Two-step login: what a right password alone opens, codes that are good once, the limit on
 * guessing, recovery codes, and who must set it up. Ledger: P09. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "runtime/base/clock.h"
#include "runtime/store/totp.h"
#include "tests/support/people.h"

#define SECOND INT64_C(1000000)
static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static int setup(void **state) {
	people_setup(state);
	assert_string_equal(people_import(*state, people_file), "");
	clock_set(clock_real());
	return 0;
}

static int teardown(void **state) {
	clock_release();
	return people_teardown(state);
}

/* What the phone shows so many steps from now. */
static const char *shown(struct people *f, const char *base32, int steps) {
	unsigned char key[TOTP_KEY] = { 0 };
	for (size_t i = 0; base32[i]; i++)
		for (size_t bit = 0; bit < 5; bit++)
			if ((strchr(letters, base32[i]) - letters) >> (4 - bit) & 1)
				key[(5 * i + bit) / 8] |= (unsigned char)(128 >> (5 * i + bit) % 8);
	int64_t step = totp_step(clock_now()) + steps;
	return arena_printf(f->arena, "%06u", totp_number(key, TOTP_KEY, (uint64_t)step) % 1000000);
}

static const char *wrong(struct people *f, const char *base32) {
	const char *right[] = { shown(f, base32, -1), shown(f, base32, 0), shown(f, base32, 1) };
	for (unsigned n = 0;; n++) {
		const char *code = arena_printf(f->arena, "%06u", n);
		if (strcmp(code, right[0]) && strcmp(code, right[1]) && strcmp(code, right[2]))
			return code;
	}
}

static void wait_a_step(void) { clock_set(clock_now() + TOTP_PERIOD_S * SECOND); }

static const char *told(struct people *f, const struct problem *p) {
	if (!p) return "";
	return arena_printf(f->arena, "%d %s", problem_kinds[p->kind].status,
			    p->faults ? p->faults->code : p->code);
}

static const char *half_of(const struct problem *p) {
	return p && p->param_count && !strcmp(p->params[0].name, "half") ? p->params[0].value : "";
}

static const char *password(struct people *f, const char **half) {
	struct logged_in in;
	struct login l = { .login = STR("admin"),
			   .password = STR("first-password"),
			   .address = "192.0.2.9",
			   .agent = "test",
			   .rq = &f->operator};
	struct problem *p = login_open(f->store, &l, &in);
	*half = arena_strdup(f->arena, half_of(p));
	return told(f, p);
}

static const char *code(struct people *f, const char *half, const char *text,
			struct logged_in *in) {
	struct login l = { .address = "192.0.2.9", .agent = "test", .rq = &f->operator};
	return told(f, login_finish(f->store, &l, str_of(half), str_of(text), in));
}

static bool opens(struct people *f, const char *token) {
	struct session s;
	struct tx *tx;
	bool found;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, session_find(tx, str_of(token), &s, &found)));
	return found;
}

/* Turns it on for the admin; his key, and his recovery codes. */
static const char *enrolled(struct people *f, const char ***recovery) {
	struct totp_new t;
	assert_ok(totp_begin(f->store, &f->admin, &t));
	assert_ok(
		totp_confirm(f->store, &f->admin, NULL, "", str_of(shown(f, t.key, 0)), recovery));
	wait_a_step();
	return t.key;
}

static void setting(struct people *f, const char *mode) {
	people_sql(f,
		   arena_printf(f->arena,
				"INSERT OR REPLACE INTO setting VALUES ('login.totp', '\"%s\"', 0, "
				"NULL)",
				mode));
}

/* ---- a login ---- */

static void without_it_a_password_is_enough(void **state) {
	struct people *f = *state;
	struct totp_new t;
	const char *half;
	assert_string_equal(password(f, &half), "");
	assert_ok(totp_begin(f->store, &f->admin, &t)); /* begun is not on */
	assert_string_equal(password(f, &half), "");
}

static void a_password_opens_half_a_session_and_a_code_the_rest(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	assert_string_equal(password(f, &half), "401 totp_needed");
	assert_int_equal(strlen(half), 43);
	assert_false(opens(f, half));
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "");
	assert_true(opens(f, in.token));
	assert_false(opens(f, half));
	assert_null(in.recovery);
	assert_string_equal(code(f, half, shown(f, key, 1), &in), "401 totp_half"); /* once */
	assert_string_equal(code(f, "x", shown(f, key, 1), &in), "401 totp_half");
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE act = 'login'"), 1);
}

static void a_code_is_good_once(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	password(f, &half);
	const char *seen = shown(f, key, 0);
	assert_string_equal(code(f, half, seen, &in), "");
	password(f, &half);
	assert_string_equal(code(f, half, seen, &in), "401 totp_wrong");
	assert_string_equal(code(f, half, shown(f, key, -1), &in), "401 totp_wrong");
	wait_a_step();
	assert_string_equal(code(f, half, seen, &in), "401 totp_wrong");
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE act = 'totp_failed'"),
			 3);
}

static void half_a_session_lasts_ten_minutes_and_ends_with_the_password(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	password(f, &half);
	people_sql(f, "UPDATE sys_session SET created_at = created_at - 600000000");
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "401 totp_half");
	password(f, &half);
	assert_string_equal(people_do(f, &f->operator, PEOPLE_USER, PEOPLE_UPDATE, "admin",
				      "{'password': 'second-password'}"),
			    "");
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "401 totp_half");
}

static void guessing_is_locked_whatever_half_it_comes_with(void **state) {
	struct people *f = *state;
	const char *half, *other, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	password(f, &half);
	for (int i = 0; i < 10; i++) {
		assert_string_equal(password(f, &other), "401 totp_needed");
		assert_string_equal(code(f, i % 2 ? half : other, wrong(f, key), &in),
				    "401 totp_wrong");
	}
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "429 login_limited");
	assert_string_equal(password(f, &other), "429 login_limited");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session WHERE half IS NULL"),
			 0);
	/* What was right is not used up by the refusal. */
	people_sql(f, "DELETE FROM sys_login_failure");
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_login_failure"), 0);
}

static void a_restart_in_between_changes_nothing(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	password(f, &half);
	people_restart(f);
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "");
	password(f, &half);
	people_restart(f);
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "401 totp_wrong"); /* used */
}

/* ---- recovery codes ---- */

static void a_recovery_code_is_good_once_however_it_is_typed(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	enrolled(f, &recovery);
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_recovery"), TOTP_RECOVERY);
	assert_int_equal(strlen(recovery[0]), 19);
	password(f, &half);
	assert_string_equal(code(f, half, recovery[3], &in), "");
	password(f, &half);
	assert_string_equal(code(f, half, recovery[3], &in), "401 totp_wrong");
	char *typed = arena_strdup(f->arena, recovery[4]);
	for (char *p = typed; *p; p++)
		*p = (char)(*p == '-' ? ' ' : *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	assert_string_equal(code(f, half, typed, &in), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_recovery"), TOTP_RECOVERY - 2);
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE act = 'totp_recovery'"),
			 2);
}

/* ---- setting it up and taking it away ---- */

static void only_a_right_code_turns_it_on_and_other_sessions_end(void **state) {
	struct people *f = *state;
	struct totp_new t;
	const char *half, **recovery;
	struct logged_in in;
	struct login l = {
		.login = STR("admin"), .password = STR("first-password"), .rq = &f->operator};
	assert_ok(login_open(f->store, &l, &in));
	assert_ok(totp_begin(f->store, &f->admin, &t));
	assert_string_equal(told(f, totp_confirm(f->store, &f->admin, NULL, "",
						 str_of(wrong(f, t.key)), &recovery)),
			    "422 totp_wrong");
	assert_string_equal(password(f, &half), "");
	assert_true(opens(f, in.token));
	assert_ok(
		totp_confirm(f->store, &f->admin, NULL, "", str_of(shown(f, t.key, 0)), &recovery));
	assert_false(opens(f, in.token));
	assert_string_equal(told(f, totp_begin(f->store, &f->admin, &t)), "409 totp_on");
	/* Neither the key nor a code is stored as it is. */
	assert_null(strstr(people_cell(f, "SELECT key FROM sys_totp"), t.key));
	assert_int_equal(people_number(f, arena_printf(f->arena,
						       "SELECT count(*) FROM sys_recovery WHERE "
						       "hash LIKE '%%%s%%'",
						       recovery[0])),
			 0);
}

static void off_takes_password_and_code(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	const char *key = enrolled(f, &recovery);
	struct str right = STR("first-password");
	assert_string_equal(told(f, totp_disable(f->store, &f->admin, NULL, STR("no"),
						 str_of(shown(f, key, 0)))),
			    "422 password_wrong");
	assert_string_equal(
		told(f, totp_disable(f->store, &f->admin, NULL, right, str_of(wrong(f, key)))),
		"422 totp_wrong");
	assert_string_equal(password(f, &half), "401 totp_needed");
	setting(f, "admins");
	assert_string_equal(
		told(f, totp_disable(f->store, &f->admin, NULL, right, str_of(shown(f, key, 0)))),
		"403 totp_required");
	setting(f, "optional");
	assert_ok(totp_disable(f->store, &f->admin, NULL, right, str_of(shown(f, key, 0))));
	assert_int_equal(people_number(f, "SELECT (SELECT count(*) FROM sys_totp) + (SELECT "
					  "count(*) FROM sys_recovery)"),
			 0);
	assert_string_equal(password(f, &half), "");
	assert_string_equal(
		people_cell(f,
			    "SELECT group_concat(act) FROM (SELECT act FROM audit WHERE act LIKE "
			    "'totp%' ORDER BY seq)"),
		"totp_add,totp_failed,totp_delete");
}

struct resetting {
	struct people *f;
	const struct request *rq;
};
static struct problem *reset_commit(struct tx *tx, void *arg) {
	struct resetting *r = arg;
	return totp_reset(tx, r->rq, r->f->admin.actor);
}

static void somebody_else_resets_it(void **state) {
	struct people *f = *state;
	const char *half, **recovery;
	struct logged_in in;
	const char *key = enrolled(f, &recovery);
	password(f, &half);
	assert_string_equal(code(f, half, shown(f, key, 0), &in), "");
	struct resetting own = { f, &f->admin }, other = { f, &f->operator};
	assert_string_equal(
		told(f, store_write(f->store, LANE_INTERACTIVE, f->arena, reset_commit, &own)),
		"403 totp_own");
	assert_true(opens(f, in.token));
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, reset_commit, &other));
	assert_false(opens(f, in.token));
	assert_string_equal(password(f, &half), "");
	assert_string_equal(
		told(f, store_write(f->store, LANE_INTERACTIVE, f->arena, reset_commit, &other)),
		"404 not_found");
}

/* ---- who must ---- */

static void who_must_sets_it_up_before_anything_else(void **state) {
	struct people *f = *state;
	struct totp_new t;
	const char *half;
	struct logged_in in;
	setting(f, "required");
	assert_string_equal(password(f, &half), "401 totp_enrol");
	assert_false(opens(f, half));
	assert_string_equal(code(f, half, "123456", &in), "401 totp_wrong");
	assert_ok(totp_begin_half(f->store, f->arena, str_of(half), &t));
	assert_string_equal(code(f, half, wrong(f, t.key), &in), "401 totp_wrong");
	assert_string_equal(code(f, half, shown(f, t.key, 0), &in), "");
	assert_true(opens(f, in.token));
	assert_int_equal(strlen(in.recovery[TOTP_RECOVERY - 1]), 19);
	wait_a_step();
	assert_string_equal(password(f, &half), "401 totp_needed");
	assert_string_equal(told(f, totp_begin_half(f->store, f->arena, str_of(half), &t)),
			    "409 totp_on");
	assert_string_equal(told(f, totp_begin_half(f->store, f->arena, STR("x"), &t)),
			    "401 totp_half");
}

static const char *as_li(struct people *f) {
	struct logged_in in;
	struct login l = { .login = STR("li"), .password = STR("li-password"), .rq = &f->operator};
	assert_string_equal(people_do(f, &f->operator, PEOPLE_USER, PEOPLE_UPDATE, "li",
				      "{'password': 'li-password'}"),
			    "");
	return told(f, login_open(f->store, &l, &in));
}

static void administrators_alone_and_nobody_at_all(void **state) {
	struct people *f = *state;
	struct totp_new t;
	const char *half, **recovery;
	setting(f, "admins");
	assert_string_equal(as_li(f), "");
	assert_string_equal(password(f, &half), "401 totp_enrol");
	setting(f, "optional");
	enrolled(f, &recovery);
	setting(f, "off");
	assert_string_equal(password(f, &half), "");
	assert_string_equal(told(f, totp_begin(f->store, &f->admin, &t)), "409 totp_on");
	setting(f, "required");
	assert_string_equal(as_li(f), "401 totp_enrol");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(without_it_a_password_is_enough),
		TEST(a_password_opens_half_a_session_and_a_code_the_rest),
		TEST(a_code_is_good_once),
		TEST(half_a_session_lasts_ten_minutes_and_ends_with_the_password),
		TEST(guessing_is_locked_whatever_half_it_comes_with),
		TEST(a_restart_in_between_changes_nothing),
		TEST(a_recovery_code_is_good_once_however_it_is_typed),
		TEST(only_a_right_code_turns_it_on_and_other_sessions_end),
		TEST(off_takes_password_and_code),
		TEST(somebody_else_resets_it),
		TEST(who_must_sets_it_up_before_anything_else),
		TEST(administrators_alone_and_nobody_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
