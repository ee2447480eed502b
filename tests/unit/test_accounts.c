/* People: import in any order, single changes, rights that end with the epoch, refusals that change
 * nothing, passwords.
 * Ledger: P09, P11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "tests/support/people.h"

#define REFUSED(f, expected, call)                                                                 \
	do {                                                                                       \
		const char *before = people_state(f);                                              \
		assert_string_equal((call), (expected));                                           \
		assert_string_equal(people_state(f), before);                                      \
	} while (0)

static const char *create(struct people *f, const char *json) {
	return people_do(f, &f->admin, PEOPLE_USER, PEOPLE_CREATE, NULL, json);
}
static const char *change(struct people *f, const char *login, const char *json) {
	return people_do(f, &f->admin, PEOPLE_USER, PEOPLE_UPDATE, login, json);
}
static const char *create_dept(struct people *f, const char *json) {
	return people_do(f, &f->admin, PEOPLE_DEPT, PEOPLE_CREATE, NULL, json);
}
static const char *change_dept(struct people *f, const char *name, const char *json) {
	return people_do(f, &f->admin, PEOPLE_DEPT, PEOPLE_UPDATE, name, json);
}

static struct directory *directory(struct people *f) {
	struct tx *tx;
	struct problem *p;
	assert_ok(tx_read(f->store, f->arena, &tx));
	struct directory *d = people_take(f->store, tx, &p);
	assert_ok(tx_end(tx, p));
	return d;
}

static bool logs_in(struct people *f, const char *login, const char *password) {
	struct login l = { .login = str_of(login),
			   .password = str_of(password),
			   .address = "192.0.2.1",
			   .rq = &f->operator};
	struct logged_in in;
	struct problem *p = login_open(f->store, &l, &in);
	if (p) assert_string_equal(p->code, "login_failed");
	return !p;
}

/* ---- the first admin ---- */

static void the_first_admin_is_made_once(void **state) {
	struct people *f = *state;
	struct first_admin again;
	assert_ok(first_admin(f->store, f->arena, "another-password", &again));
	assert_false(again.made);
	assert_true(logs_in(f, "admin", "first-password"));
	assert_false(logs_in(f, "admin", "another-password"));
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user WHERE admin = 1"), 1);
}

static void a_random_first_password_is_told(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	struct first_admin admin;
	assert_ok(first_admin(s, a, NULL, &admin));
	assert_true(admin.made && !admin.given);
	assert_int_equal(strlen(admin.password), 16);
	store_close(s);
	arena_free(a);
}

/* ---- import ---- */

static void an_import_names_people_in_any_order(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	struct directory *d = directory(f);
	const struct user *zhang = directory_user(d, STR("zhang"));
	assert_string_equal(zhang->label, "张三");
	assert_string_equal(zhang->dept->name, "east");
	assert_string_equal(zhang->superior->login, "li");
	assert_true(directory_has_role(zhang, "crm", STR("sales")));
	assert_string_equal(zhang->dept->parent->name, "sales");
	assert_string_equal(zhang->dept->parent->label.en, "Sales");
	assert_string_equal(zhang->dept->head->login, "li");
	directory_release(d);
	assert_true(logs_in(f, "zhang", "zhang-password"));
	assert_false(logs_in(f, "wang", "")); /* no password: nobody logs in */
}

static void an_import_again_changes_only_what_differs(void **state) {
	struct people *f = *state;
	static const char again[] = "{'users': [{'user': 'wang', 'label': '王五', 'dept': 'hq'}, "
				    "{'user': 'li', 'label': '李经理'}]}";
	assert_string_equal(people_import(f, people_file), "");
	int64_t audits = people_number(f, "SELECT count(*) FROM audit");
	assert_string_equal(people_import(f, again), "");
	assert_string_equal(people_cell(f, "SELECT label FROM sys_user WHERE login = 'li'"),
			    "李经理");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user"), 4);
	/* li, and the import itself; wang is as he was */
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit"), audits + 2);
	int64_t epoch = people_number(f, "SELECT value FROM meta WHERE key = 'epoch'");
	assert_true(logs_in(f, "zhang", "zhang-password"));
	assert_string_equal(people_import(f, again), "");
	assert_string_equal(
		people_import(f, "{'users': [{'user': 'zhang', 'password': 'zhang-password'}]}"),
		"");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session"), 1);
	assert_int_equal(people_number(f, "SELECT value FROM meta WHERE key = 'epoch'"), epoch);
}

static void an_import_of_another_app_keeps_the_roles_of_the_first(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	assert_string_equal(
		people_import(f, "{'users': [{'user': 'li', 'roles': {'oa': ['clerk']}}]}"), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user_role"), 4);
	assert_string_equal(people_import(f, "{'users': [{'user': 'li', 'roles': {'crm': []}}]}"),
			    "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user_role"), 2);
}

static void one_mistake_refuses_the_whole_file(void **state) {
	struct people *f = *state;
	REFUSED(f,
		"422 invalid; /departments/0/head unknown_user; /users/1/dept unknown_dept; "
		"/users/1/superior unknown_user",
		people_import(f, "{'users': [{'user': 'a'}, {'user': 'b', 'dept': 'nowhere', "
				 "'superior': 'nobody'}],"
				 " 'departments': [{'dept': 'd', 'head': 'ghost'}]}"));
	REFUSED(f, "422 invalid; /users/1/user named_twice",
		people_import(f, "{'users': [{'user': 'a'}, {'user': 'a'}]}"));
	REFUSED(f, "422 invalid; /users/1/user login_taken",
		people_import(f, "{'users': [{'user': 'a'}, {'user': 'A'}]}"));
	REFUSED(f,
		"422 invalid; /persons unknown_key; /users/0/user required; /users/0/phone "
		"unknown_key",
		people_import(f, "{'persons': [], 'users': [{'phone': '1'}]}"));
	REFUSED(f, "422 invalid; /users expect_array", people_import(f, "{'users': {}}"));
	REFUSED(f, "422 invalid; /users/0 expect_object", people_import(f, "{'users': ['li']}"));
}

static void unknown_roles_are_warnings(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	assert_non_null(strstr(f->warnings, "/users/0/roles/crm/0 unknown_app"));
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user_role"), 3);
}

/* ---- loops ---- */

static void trees_and_chains_have_no_loops(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	REFUSED(f, "422 invalid; /parent dept_loop", change_dept(f, "hq", "{'parent': 'east'}"));
	REFUSED(f, "422 invalid; /parent dept_loop", change_dept(f, "hq", "{'parent': 'hq'}"));
	REFUSED(f, "422 invalid; /superior superior_loop",
		change(f, "wang", "{'superior': 'zhang'}"));
	REFUSED(f, "422 invalid; /superior superior_loop",
		change(f, "wang", "{'superior': 'wang'}"));
	REFUSED(f, "422 invalid; /departments/0/parent dept_loop; /departments/1/parent dept_loop",
		people_import(f, "{'departments': [{'dept': 'x', 'parent': 'y'}, {'dept': 'y', "
				 "'parent': 'x'}]}"));
	assert_string_equal(change_dept(f, "east", "{'parent': null, 'head': null}"), "");
	assert_string_equal(change_dept(f, "hq", "{'parent': 'east'}"), "");
}

/* ---- single changes ---- */

static void a_user_is_created_and_changed(void **state) {
	struct people *f = *state;
	assert_string_equal(create_dept(f, "{'dept': 'shop', 'label': '门店'}"), "");
	assert_string_equal(
		create(f,
		       "{'user': 'mei', 'label': '梅', 'dept': 'shop', 'password': 'long-enough',"
		       " 'email': 'mei@example.com', 'language': 'en', 'roles': {'crm': "
		       "['sales']}}"),
		"");
	assert_true(logs_in(f, "mei", "long-enough"));
	assert_true(logs_in(f, "MEI", "long-enough")); /* case does not count at the login */
	assert_string_equal(
		change(f, "mei", "{'label': '小梅', 'dept': null, 'roles': {'crm': ['manager']}}"),
		"");
	struct directory *d = directory(f);
	const struct user *mei = directory_user(d, STR("mei"));
	assert_string_equal(mei->label, "小梅");
	assert_null(mei->dept);
	assert_int_equal(mei->role_count, 1);
	assert_string_equal(mei->roles[0].role, "manager");
	assert_int_equal(mei->language, LANGUAGE_EN);
	assert_string_equal(mei->email, "mei@example.com");
	directory_release(d);
}

static void refusals_of_users(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	REFUSED(f, "422 invalid; /user login_taken", create(f, "{'user': 'li'}"));
	REFUSED(f, "422 invalid; /user login_taken", create(f, "{'user': 'LI'}"));
	REFUSED(f, "422 invalid; /user required", create(f, "{'label': 'x'}"));
	REFUSED(f, "422 invalid; /user account_name", create(f, "{'user': ' li'}"));
	REFUSED(f, "422 invalid; /user account_name", create(f, "{'user': 'a/b'}"));
	REFUSED(f, "400 invalid; /state unknown_key", create(f, "{'user': 'x', 'state': 1}"));
	REFUSED(f,
		"422 invalid; /admin expect_bool; /email account_email; /language "
		"account_language; /roles expect_roles",
		create(f, "{'user': 'x', 'admin': 1, 'email': 'x', 'language': 'fr', 'roles': "
			  "['sales']}"));
	REFUSED(f, "422 invalid; /user read_only", change(f, "li", "{'user': 'lee'}"));
	REFUSED(f, "404 not_found", change(f, "ghost", "{'label': 'x'}"));
	REFUSED(f, "422 invalid; /dept dept_taken", create_dept(f, "{'dept': 'east'}"));
	REFUSED(f, "404 not_found", change_dept(f, "ghost", "{'label': 'x'}"));
	REFUSED(f, "400 invalid; /size unknown_key", change_dept(f, "east", "{'size': 3}"));
}

static void logins_are_only_text(void **state) {
	struct people *f = *state;
	static const char *const odd[] = { "*", ")(", "' OR 1=1 --", "admin)(|", "%", "用户" };
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		assert_false(logs_in(f, odd[i], "first-password"));
		assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session"), 0);
	}
}

/* ---- passwords ---- */

static void the_password_policy_is_a_setting(void **state) {
	struct people *f = *state;
	REFUSED(f, "422 invalid; /password password_short",
		create(f, "{'user': 'x', 'password': 'seven77'}"));
	REFUSED(f, "422 invalid; /password password_is_login",
		create(f, "{'user': 'longlogin', 'password': 'LONGLOGIN'}"));
	REFUSED(f, "422 invalid; /password expect_text",
		create(f, "{'user': 'x', 'password': 12345678}"));
	people_sql(f, "INSERT INTO setting VALUES ('password.min_length', '12', 0, NULL)");
	REFUSED(f, "422 invalid; /password password_short",
		create(f, "{'user': 'x', 'password': 'eleven-char'}"));
	assert_string_equal(create(f, "{'user': 'x', 'password': 'twelve-chars'}"), "");
	/* characters, not bytes */
	REFUSED(f, "422 invalid; /password password_short",
		create(f, "{'user': 'y', 'password': '密码密码密码密码'}"));
}

static void the_operator_is_only_warned(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, "{'users': [{'user': 'x', 'password': 'short'}]}"),
			    "");
	assert_string_equal(f->warnings, "/users/0/password password_short; ");
	assert_true(logs_in(f, "x", "short"));
	REFUSED(f, "422 invalid; /users/0/password password_short",
		people_import(f, "{'users': [{'user': 'y', 'password': ''}]}"));
}

/* Row 50 of the peers' list: two passwords that differ after byte 72 are two passwords. */
static void long_passwords_count_to_their_end(void **state) {
	struct people *f = *state;
	char json[400], a[121], b[121];
	memset(a, 'x', 120);
	memset(b, 'x', 120);
	a[119] = 'a';
	b[119] = 'b';
	a[120] = b[120] = 0;
	snprintf(json, sizeof json, "{'user': 'x', 'password': '%s'}", a);
	assert_string_equal(create(f, json), "");
	assert_true(logs_in(f, "x", a));
	assert_false(logs_in(f, "x", b));
}

static void passwords_are_argon2id_and_appear_nowhere(void **state) {
	struct people *f = *state;
	assert_string_equal(create(f, "{'user': 'x', 'password': 'a-secret-word'}"), "");
	assert_memory_equal(people_cell(f, "SELECT password FROM sys_user WHERE login = 'x'"),
			    "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE detail_json LIKE "
					  "'%secret%' OR detail_json LIKE '%argon%'"),
			 0);
}

static void one_changes_ones_own_password(void **state) {
	struct people *f = *state;
	assert_true(logs_in(f, "admin", "first-password"));
	assert_true(logs_in(f, "admin", "first-password"));
	const char *keep = people_cell(f, "SELECT min(hash) FROM sys_session");
	const char *before = people_state(f);
	struct problem *p =
		own_password(f->store, &f->admin, NULL, keep, false, STR("wrong"), STR("second-password"));
	assert_string_equal(p->faults->code, "password_wrong");
	p = own_password(f->store, &f->admin, NULL, keep, false, STR("first-password"), STR("short"));
	assert_string_equal(p->faults->code, "password_short");
	assert_true(strncmp(people_state(f), before, 200) == 0);
	assert_ok(own_password(f->store, &f->admin, NULL, keep, false, STR("first-password"),
			       STR("second-password")));
	assert_string_equal(people_cell(f, "SELECT group_concat(hash) FROM sys_session"), keep);
	assert_true(logs_in(f, "admin", "second-password"));
	assert_false(logs_in(f, "admin", "first-password"));
}

/* ---- rights end ---- */

static void every_change_raises_the_epoch(void **state) {
	struct people *f = *state;
	static const char *const changes[] = { "{'label': 'x'}",    "{'roles': {}}",
					       "{'active': false}", "{'active': true}",
					       "{'admin': true}",   "{'password': 'new-password'}",
					       "{'dept': null}" };
	assert_string_equal(people_import(f, people_file), "");
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		int64_t epoch = people_number(f, "SELECT value FROM meta WHERE key = 'epoch'");
		assert_string_equal(change(f, "zhang", changes[i]), "");
		assert_int_equal(people_number(f, "SELECT value FROM meta WHERE key = 'epoch'"),
				 epoch + 1);
	}
}

static void a_new_password_or_a_deactivation_ends_sessions(void **state) {
	struct people *f = *state;
	assert_string_equal(people_import(f, people_file), "");
	assert_true(logs_in(f, "zhang", "zhang-password"));
	assert_true(logs_in(f, "li", "li-password"));
	assert_string_equal(change(f, "zhang", "{'password': 'new-password'}"), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session"), 1);
	assert_string_equal(change(f, "li", "{'active': false}"), "");
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session"), 0);
	assert_false(logs_in(f, "li", "li-password"));
	assert_true(logs_in(f, "zhang", "new-password"));
}

static void the_last_admin_stays(void **state) {
	struct people *f = *state;
	REFUSED(f, "409 last_admin", change(f, "admin", "{'active': false}"));
	REFUSED(f, "409 last_admin", change(f, "admin", "{'admin': false}"));
	REFUSED(f, "409 last_admin",
		people_import(f, "{'users': [{'user': 'admin', 'admin': false}]}"));
	assert_string_equal(create(f, "{'user': 'second', 'roles': {'crm': ['admin']}}"), "");
	assert_string_equal(change(f, "admin", "{'admin': false}"), "");
	assert_string_equal(
		people_cell(f, "SELECT group_concat(login) FROM sys_user WHERE admin = 1"),
		"second");
}

/* ---- all or nothing when the store fails at any point ---- */

static struct problem *nothing(struct tx *tx, void *arg) {
	(void)tx, (void)arg;
	return NULL;
}

/* After an I/O error at COMMIT the writer goes on only when a probe has succeeded. */
static void wait_until_it_writes(struct people *f) {
	for (int i = 0; i < 6000 && store_write(f->store, LANE_INTERACTIVE, f->arena, nothing, NULL);
	     i++)
		usleep(10000);
}

static void a_failing_store_leaves_no_half_import(void **state) {
	struct people *f = *state;
	const char *before = people_state(f);
	bool done = false;
	for (int64_t n = 1; !done && n < 400; n++) {
		store_fault_at(f->store, n, 0);
		done = !*people_import(
			f, "{'users': [{'user': 'a', 'dept': 'd', 'roles': {'crm': ['sales']}}], "
			   "'departments': [{'dept': 'd', 'head': 'a'}]}");
		store_fault_at(f->store, 0, 0);
		wait_until_it_writes(f);
		if (!done) assert_string_equal(people_state(f), before);
	}
	assert_true(done);
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_user_role"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, people_setup, people_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(the_first_admin_is_made_once),
		cmocka_unit_test(a_random_first_password_is_told),
		TEST(an_import_names_people_in_any_order),
		TEST(an_import_again_changes_only_what_differs),
		TEST(an_import_of_another_app_keeps_the_roles_of_the_first),
		TEST(one_mistake_refuses_the_whole_file),
		TEST(unknown_roles_are_warnings),
		TEST(trees_and_chains_have_no_loops),
		TEST(a_user_is_created_and_changed),
		TEST(refusals_of_users),
		TEST(logins_are_only_text),
		TEST(the_password_policy_is_a_setting),
		TEST(the_operator_is_only_warned),
		TEST(long_passwords_count_to_their_end),
		TEST(passwords_are_argon2id_and_appear_nowhere),
		TEST(one_changes_ones_own_password),
		TEST(every_change_raises_the_epoch),
		TEST(a_new_password_or_a_deactivation_ends_sessions),
		TEST(the_last_admin_stays),
		TEST(a_failing_store_leaves_no_half_import),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
