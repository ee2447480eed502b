/* concurrent
 * Sessions, limits on logins, API tokens: found by their hash, ended by time and by command,
 * counted as the rules say.
 * Ledger: P09, P11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "tests/support/people.h"

static const char *login_from(struct people *f, const char *login, const char *password,
			      const char *address, struct logged_in *in) {
	struct login l = { .login = str_of(login),
			   .password = str_of(password),
			   .address = address,
			   .agent = "test",
			   .rq = &f->operator};
	struct problem *p = login_open(f->store, &l, in);
	return p ? arena_printf(f->arena, "%d %s %ld", problem_kinds[p->kind].status, p->code,
				p->retry_after_s)
		 : "";
}

static const char *admin_token(struct people *f) {
	struct logged_in in;
	assert_string_equal(login_from(f, "admin", "first-password", "192.0.2.1", &in), "");
	return in.token;
}

static bool finds(struct people *f, const char *token, struct session *out) {
	struct tx *tx;
	bool found;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, session_find(tx, str_of(token), out, &found)));
	return found;
}

static bool finds_token(struct people *f, const char *token, struct session *out) {
	struct tx *tx;
	bool found;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, token_find(tx, str_of(token), out, &found)));
	return found;
}

/* Moves every session's times back, as if so much time had passed. */
static void later(struct people *f, int64_t created_h, int64_t used_h) {
	people_sql(f,
		   arena_printf(f->arena,
				"UPDATE sys_session SET created_at = created_at - %lld, used_at = "
				"used_at - %lld",
				(long long)created_h * 3600000000, (long long)used_h * 3600000000));
}

/* ---- sessions ---- */

static void a_session_is_found_by_its_token_only(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	assert_int_equal(strlen(token), 43); /* 32 bytes as base64url */
	assert_true(finds(f, token, &s));
	assert_int_equal(s.user_id, 1);
	assert_int_equal(strlen(s.csrf), 43);
	assert_false(s.touch);
	assert_int_equal(
		people_number(f, arena_printf(f->arena,
					      "SELECT count(*) FROM sys_session WHERE hash = '%s'",
					      token)),
		0);
	assert_false(finds(f, people_cell(f, "SELECT hash FROM sys_session"), &s));
	assert_false(finds(f, "", &s));
	assert_false(finds(f, "x", &s));
}

static void a_session_ends_after_twelve_idle_hours(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	later(f, 11, 11);
	assert_true(finds(f, token, &s));
	assert_true(s.touch);
	later(f, 1, 1);
	assert_false(finds(f, token, &s));
}

static void a_session_ends_after_thirty_days(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	later(f, 30 * 24 - 1, 0);
	assert_true(finds(f, token, &s));
	later(f, 1, 0);
	assert_false(finds(f, token, &s));
	admin_token(f); /* a login clears away what has ended */
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_session"), 1);
}

static void the_hours_are_settings(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	people_sql(f, "INSERT INTO setting VALUES ('session.idle_hours', '1', 0, NULL)");
	later(f, 1, 1);
	assert_false(finds(f, token, &s));
}

static void the_test_clock_does_not_end_sessions(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	clock_set(clock_real() + INT64_C(400) * 24 * 3600 * 1000000);
	assert_true(finds(f, token, &s));
	clock_release();
}

static void use_is_noted_once_a_minute(void **state) {
	struct people *f = *state;
	struct session s;
	const char *token = admin_token(f);
	later(f, 1, 1);
	int64_t stale = people_number(f, "SELECT used_at FROM sys_session");
	int64_t members = store_writer_stats(f->store).members;
	assert_true(finds(f, token, &s));
	for (int i = 0; i < 100; i++) session_touch(f->store, &s);
	for (int i = 0; i < 12000 && people_number(f, "SELECT used_at FROM sys_session") == stale;
	     i++)
		usleep(5000);
	assert_true(people_number(f, "SELECT used_at FROM sys_session") > stale);
	assert_true(store_writer_stats(f->store).members - members <= 2); /* 2: the minute turned */
	assert_true(finds(f, token, &s));
	assert_false(s.touch);
}

struct ending {
	struct request *rq;
	const char *hash;
};
static struct problem *end_commit(struct tx *tx, void *arg) {
	struct ending *e = arg;
	return session_end(tx, e->rq, e->hash);
}

static void logging_out_ends_one_session(void **state) {
	struct people *f = *state;
	struct session a, b;
	const char *first = admin_token(f), *second = admin_token(f);
	assert_true(finds(f, first, &a));
	struct ending e = { &f->admin, a.hash };
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, end_commit, &e));
	assert_false(finds(f, first, &a));
	assert_true(finds(f, second, &b));
	assert_string_equal(people_cell(f, "SELECT act FROM audit ORDER BY seq DESC LIMIT 1"),
			    "logout");
}

static void secrets_compare_whole(void **state) {
	(void)state;
	assert_true(secret_equal(STR("abc"), STR("abc")));
	assert_false(secret_equal(STR("abc"), STR("abd")));
	assert_false(secret_equal(STR("abc"), STR("abcd")));
	assert_false(secret_equal(STR(""), STR("abc")));
}

/* ---- limits ---- */

/* Failures as the table keeps them, without the cost of a hash each. */
static void fail_before(struct people *f, const char *like, int times, int64_t minutes_ago) {
	for (int i = 0; i < times; i++)
		people_sql(f, arena_printf(
				      f->arena,
				      "INSERT INTO sys_login_failure (subject, at) SELECT subject, "
				      "%lld FROM sys_login_failure WHERE subject LIKE '%s' LIMIT 1",
				      (long long)(clock_real() - minutes_ago * 60000000), like));
}

static void an_account_has_ten_failures(void **state) {
	struct people *f = *state;
	struct logged_in in;
	assert_string_equal(login_from(f, "admin", "wrong", "192.0.2.1", &in),
			    "401 login_failed 0");
	fail_before(f, "account:%", 9, 5);
	const char *sessions = people_cell(f, "SELECT count(*) FROM sys_session");
	const char *told = login_from(f, "admin", "first-password", "192.0.2.77", &in);
	assert_memory_equal(told, "429 login_limited ", 18);
	long wait = strtol(told + 18, NULL, 10);
	assert_in_range(wait, 595, 601); /* the oldest leaves the window in ten minutes */
	assert_string_equal(people_cell(f, "SELECT count(*) FROM sys_session"), sessions);
	/* in any spelling, and another account is free */
	assert_memory_equal(login_from(f, "ADMIN", "first-password", "192.0.2.77", &in), "429", 3);
	assert_string_equal(login_from(f, "other", "x", "192.0.2.77", &in), "401 login_failed 0");
}

static void only_failures_of_a_quarter_hour_count(void **state) {
	struct people *f = *state;
	struct logged_in in;
	for (int i = 0; i < 3; i++) admin_token(f);
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_login_failure"), 0);
	assert_string_equal(login_from(f, "admin", "wrong", "192.0.2.1", &in),
			    "401 login_failed 0");
	fail_before(f, "account:%", 8, 5);
	fail_before(f, "account:%", 5, 16);
	admin_token(f); /* nine count */
	assert_int_equal(
		people_number(
			f, "SELECT count(*) FROM sys_login_failure WHERE subject LIKE 'account:%'"),
		9);
}

static void an_address_has_fifty_failures(void **state) {
	struct people *f = *state;
	struct logged_in in;
	assert_string_equal(login_from(f, "ghost", "x", "2001:db8:1:2::3", &in),
			    "401 login_failed 0");
	fail_before(f, "address:%", 49, 1);
	assert_memory_equal(login_from(f, "admin", "first-password", "2001:db8:1:2:ffff::9", &in),
			    "429", 3);
	assert_string_equal(login_from(f, "admin", "first-password", "2001:db8:1:3::3", &in), "");
}

static void ipv4_in_ipv6_is_ipv4(void **state) {
	struct people *f = *state;
	struct logged_in in;
	login_from(f, "ghost", "x", "::ffff:192.0.2.9", &in);
	login_from(f, "ghost", "x", "192.0.2.9", &in);
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_login_failure WHERE subject = "
					  "'address:192.0.2.9'"),
			 2);
}

struct guess {
	struct people *f;
	pthread_barrier_t *start;
	int status;
};
static void *guess(void *arg) {
	struct guess *g = arg;
	struct arena *a = arena_new(0);
	struct request rq = { .arena = a, .door = DOOR_API };
	struct login l = {
		.login = STR("admin"), .password = STR("guess"), .address = "192.0.2.5", .rq = &rq
	};
	struct logged_in in;
	pthread_barrier_wait(g->start);
	struct problem *p = login_open(g->f->store, &l, &in);
	g->status = p ? problem_kinds[p->kind].status : 201;
	arena_free(a);
	return NULL;
}

static void parallel_guesses_do_not_pass_the_limit(void **state) {
	enum { GUESSES = 24 };
	struct people *f = *state;
	struct guess guesses[GUESSES];
	pthread_t threads[GUESSES];
	pthread_barrier_t start;
	int wrong = 0, limited = 0;
	pthread_barrier_init(&start, NULL, GUESSES);
	for (int i = 0; i < GUESSES; i++) {
		guesses[i] = (struct guess){ .f = f, .start = &start };
		assert_int_equal(pthread_create(&threads[i], NULL, guess, &guesses[i]), 0);
	}
	for (int i = 0; i < GUESSES; i++) {
		pthread_join(threads[i], NULL);
		wrong += guesses[i].status == 401;
		limited += guesses[i].status == 429;
	}
	pthread_barrier_destroy(&start);
	assert_int_equal(wrong, 10);
	assert_int_equal(limited, GUESSES - 10);
}

/* Of the processor: what others do on the machine is not counted. */
static int64_t cpu_us(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static int64_t cost(struct people *f, const char *login) {
	struct logged_in in;
	int64_t best = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		int64_t start = cpu_us();
		login_from(f, login, "wrong", NULL, &in);
		int64_t took = cpu_us() - start;
		best = took < best ? took : best;
	}
	return best;
}

static void an_unknown_login_costs_what_a_known_one_does(void **state) {
	struct people *f = *state;
	int64_t known = cost(f, "admin"), unknown = cost(f, "ghost");
	print_message("known %lld us, unknown %lld us\n", (long long)known, (long long)unknown);
	assert_true(unknown > known / 2 && unknown < known * 2);
}

static void the_trail_names_only_logins_that_exist(void **state) {
	struct people *f = *state;
	struct logged_in in;
	login_from(f, "my-password-in-the-wrong-box", "x", "192.0.2.1", &in);
	login_from(f, "admin", "x", "192.0.2.1", &in);
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE act = 'login_failed'"),
			 2);
	assert_int_equal(
		people_number(
			f,
			"SELECT count(*) FROM audit WHERE actor || detail_json LIKE '%wrong-box%'"),
		0);
	assert_int_equal(people_number(f, "SELECT count(*) FROM audit WHERE act = 'login_failed' "
					  "AND actor = 'admin'"),
			 1);
	assert_int_equal(
		people_number(
			f,
			"SELECT count(*) FROM sys_login_failure WHERE subject LIKE '%wrong-box%'"),
		0);
}

/* ---- tokens ---- */

static struct problem *token_commit(struct tx *tx, void *arg) { return token_add(tx, arg); }

static const char *make_token(struct people *f, const char *json, struct new_token *t) {
	*t = (struct new_token){ .rq = &f->admin, .body = people_json(f, json) };
	struct problem *p = store_write(f->store, LANE_INTERACTIVE, f->arena, token_commit, t);
	if (!p) return "";
	return arena_printf(f->arena, "%d %s %s", problem_kinds[p->kind].status,
			    p->faults ? p->faults->pointer : "",
			    p->faults ? p->faults->code : p->code);
}

struct deletion {
	struct people *f;
	int64_t id;
};
static struct problem *delete_commit(struct tx *tx, void *arg) {
	struct deletion *d = arg;
	return token_delete(tx, &d->f->admin, d->id);
}

static void a_token_stands_for_its_owner_within_its_scope(void **state) {
	struct people *f = *state;
	struct new_token t;
	struct session s;
	assert_string_equal(people_import(f, people_file), "");
	assert_string_equal(
		make_token(f, "{'user': 'li', 'label': 'sync', 'scope': {'read_only': true}}", &t),
		"");
	assert_memory_equal(t.token, "tenon_", 6);
	assert_true(finds_token(f, t.token, &s));
	assert_int_equal(s.user_id, people_number(f, "SELECT id FROM sys_user WHERE login = 'li'"));
	assert_true(s.scope.read_only);
	assert_null(s.scope.app);
	assert_null(s.csrf);
	assert_int_equal(
		people_number(f, arena_printf(f->arena,
					      "SELECT count(*) FROM sys_token WHERE hash = '%s'",
					      t.token)),
		0);
	assert_false(finds_token(f, arena_printf(f->arena, "%sx", t.token), &s));
	assert_false(finds(f, t.token, &s));
}

static void a_token_ends_when_it_expires_or_is_revoked(void **state) {
	struct people *f = *state;
	struct new_token t;
	struct session s;
	assert_string_equal(make_token(f, "{'expires': '2099-01-01'}", &t), "");
	assert_true(finds_token(f, t.token, &s));
	people_sql(f, "UPDATE sys_token SET expires_at = 1");
	assert_false(finds_token(f, t.token, &s));
	assert_string_equal(make_token(f, "{}", &t), "");
	assert_true(finds_token(f, t.token, &s));
	struct deletion d = { f, t.id };
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, delete_commit, &d));
	assert_false(finds_token(f, t.token, &s));
	struct problem *p = store_write(f->store, LANE_INTERACTIVE, f->arena, delete_commit, &d);
	assert_string_equal(p->code, "not_found");
}

static int tokens_of(struct people *f, const char *login) {
	return (int)people_number(
		f, arena_printf(f->arena,
				"SELECT count(*) FROM sys_token WHERE user_id = (SELECT id FROM "
				"sys_user WHERE login = '%s')",
				login));
}

static const char *alter(struct people *f, const char *json) {
	return people_do(f, &f->admin, PEOPLE_USER, PEOPLE_UPDATE, "li", json);
}

/* Decision 0012: what somebody else changes about one's access ends the tokens too. */
static void tokens_end_with_the_access_they_stand_for(void **state) {
	struct people *f = *state;
	struct new_token t;
	struct session s;
	static const char *const ends[] = { "{'password': 'another-password'}",
					    "{'active': false}" };
	assert_string_equal(people_import(f, people_file), "");
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		assert_string_equal(make_token(f, "{'user': 'li'}", &t), "");
		const char *li = t.token;
		assert_string_equal(make_token(f, "{'user': 'wang'}", &t), "");
		assert_string_equal(alter(f, "{'label': 'L'}"), "");
		assert_true(finds_token(f, li, &s));
		assert_string_equal(alter(f, ends[i]), "");
		assert_false(finds_token(f, li, &s));
		assert_int_equal(tokens_of(f, "li"), 0);
		assert_true(finds_token(f, t.token, &s)); /* another user's */
	}
}

static void ones_own_new_password_keeps_them_unless_told(void **state) {
	struct people *f = *state;
	struct new_token t;
	struct session s;
	assert_string_equal(make_token(f, "{}", &t), "");
	assert_ok(own_password(f->store, &f->admin, NULL, NULL, false, STR("first-password"),
			       STR("second-password")));
	assert_true(finds_token(f, t.token, &s));
	assert_ok(own_password(f->store, &f->admin, NULL, NULL, true, STR("second-password"),
			       STR("third-password")));
	assert_false(finds_token(f, t.token, &s));
	assert_int_equal(tokens_of(f, "admin"), 0);
}

static void tokens_are_refused_whole(void **state) {
	struct people *f = *state;
	struct new_token t;
	const char *before = people_state(f);
	assert_string_equal(make_token(f, "{'user': 'ghost'}", &t), "422 /user unknown_user");
	assert_string_equal(make_token(f, "{'expires': '2001-01-01'}", &t),
			    "422 /expires token_expires_past");
	assert_string_equal(make_token(f, "{'expires': 'soon'}", &t), "422 /expires token_expires");
	assert_string_equal(make_token(f, "{'expires': '2099-01-01T10:00:00'}", &t),
			    "422 /expires token_expires");
	assert_string_equal(make_token(f, "{'scope': 'all'}", &t), "422 /scope token_scope");
	assert_string_equal(make_token(f, "{'scope': {'app': 'ghost'}}", &t),
			    "422 /scope/app unknown_app");
	assert_string_equal(make_token(f, "{'scope': {'read_only': 'yes'}}", &t),
			    "422 /scope/read_only expect_bool");
	assert_string_equal(make_token(f, "{'scope': {'apps': []}}", &t),
			    "400 /scope/apps unknown_key");
	assert_string_equal(make_token(f, "{'rate': 600001}", &t), "422 /rate token_rate_number");
	assert_string_equal(make_token(f, "{'rate': 1.5}", &t), "422 /rate token_rate_number");
	assert_string_equal(make_token(f, "{'role': 'admin'}", &t), "400 /role unknown_key");
	assert_string_equal(people_state(f), before);
}

static void the_list_of_tokens_has_no_secrets(void **state) {
	struct people *f = *state;
	struct new_token t;
	struct tx *tx;
	struct problem *p;
	assert_string_equal(make_token(f, "{'label': 'sync'}", &t), "");
	struct sb out = sb_on(f->arena, 1 << 16);
	struct jw w = jw_on(&out);
	assert_ok(tx_read(f->store, f->arena, &tx));
	struct directory *d = people_take(f->store, tx, &p);
	assert_ok(p);
	assert_ok(tx_end(
		tx, token_list(tx, &(struct request){ .arena = f->arena, .directory = d }, &w)));
	directory_release(d);
	assert_non_null(strstr(sb_cstr(&out), "\"label\":\"sync\",\"scope\":{},\"expires\":null"));
	assert_null(strstr(sb_cstr(&out), t.token));
	assert_null(strstr(sb_cstr(&out), people_cell(f, "SELECT hash FROM sys_token")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, people_setup, people_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_found_by_its_token_only),
		TEST(a_session_ends_after_twelve_idle_hours),
		TEST(a_session_ends_after_thirty_days),
		TEST(the_hours_are_settings),
		TEST(the_test_clock_does_not_end_sessions),
		TEST(use_is_noted_once_a_minute),
		TEST(logging_out_ends_one_session),
		cmocka_unit_test(secrets_compare_whole),
		TEST(an_account_has_ten_failures),
		TEST(only_failures_of_a_quarter_hour_count),
		TEST(an_address_has_fifty_failures),
		TEST(ipv4_in_ipv6_is_ipv4),
		TEST(parallel_guesses_do_not_pass_the_limit),
		TEST(an_unknown_login_costs_what_a_known_one_does),
		TEST(the_trail_names_only_logins_that_exist),
		TEST(a_token_stands_for_its_owner_within_its_scope),
		TEST(a_token_ends_when_it_expires_or_is_revoked),
		TEST(tokens_end_with_the_access_they_stand_for),
		TEST(ones_own_new_password_keeps_them_unless_told),
		TEST(tokens_are_refused_whole),
		TEST(the_list_of_tokens_has_no_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
