/* concurrent
 * Sessions, tokens and the routes of people over HTTP: who is let in, what is refused, and that a
 * refusal changed nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <stdlib.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/token_rate.h"
#include "tests/support/people.h"

struct web {
	struct people people; /* its store is the server's */
	struct server *server;
	CURL *curl;
};
struct answer {
	int status;
	const char *body, *headers;
	const struct json *json;
};
struct who {
	const char *cookie, *csrf, *bearer, *as; /* any may be NULL */
	bool local;
};

static const char *const folders[] = { "tests/fixtures/apps/sales" };

static int start(void **state, const char *public_url) {
	struct arena *a = arena_new(0);
	struct web *w = arena_alloc(a, sizeof *w);
	struct server_options options = { .app_folders = folders,
					  .app_count = 1,
					  .data = temp_folder(a),
					  .listen = "127.0.0.1:0",
					  .public_url = public_url };
	log_to(-1);
	setenv("TENON_ADMIN_PASSWORD", "first-password", 1);
	assert_ok(server_start(a, &options, &w->server));
	w->people.arena = a;
	w->people.store = w->server->store;
	w->people.operator=(struct request){ .arena = a, .door = DOOR_CLI };
	w->curl = curl_easy_init();
	*state = w;
	return 0;
}

static int setup(void **state) { return start(state, NULL); }
static int setup_https(void **state) { return start(state, "https://tenon.example"); }

static int teardown(void **state) {
	struct web *w = *state;
	curl_easy_cleanup(w->curl);
	server_stop(w->server);
	arena_free(w->people.arena);
	return 0;
}

/* ---- one call ---- */

static size_t take(char *bytes, size_t size, size_t n, void *out) {
	sb_bytes(out, bytes, size * n);
	return size * n;
}

static struct curl_slist *headers_of(struct web *w, const struct who *who) {
	struct arena *a = w->people.arena;
	struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
	if (who->cookie) list = curl_slist_append(list, arena_printf(a, "Cookie: %s", who->cookie));
	if (who->csrf)
		list = curl_slist_append(list, arena_printf(a, "X-CSRF-Token: %s", who->csrf));
	if (who->bearer)
		list = curl_slist_append(list,
					 arena_printf(a, "Authorization: Bearer %s", who->bearer));
	if (who->as) list = curl_slist_append(list, arena_printf(a, "X-Tenon-As: %s", who->as));
	return list;
}

static struct answer call(struct web *w, const struct who *who, const char *method,
			  const char *path, const char *json) {
	struct arena *a = w->people.arena;
	struct sb body = sb_on(a, 1 << 22), head = sb_on(a, 1 << 16);
	struct curl_slist *headers = headers_of(w, who);
	struct answer out = { 0 };
	long status = 0;
	char *text = arena_strdup(a, json ? json : "");
	for (char *p = text; *p; p++)
		if (*p == '\'') *p = '"';
	curl_easy_reset(w->curl);
	curl_easy_setopt(
		w->curl, CURLOPT_URL,
		arena_printf(a, "http://127.0.0.1:%d%s", http_port(w->server->http), path));
	if (who->local)
		curl_easy_setopt(w->curl, CURLOPT_UNIX_SOCKET_PATH,
				 arena_printf(a, "%s/tenon.sock", w->server->options.data));
	curl_easy_setopt(w->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, headers);
	if (json) curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &body);
	curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, &head);
	curl_easy_setopt(w->curl, CURLOPT_TIMEOUT, 20L);
	assert_int_equal(curl_easy_perform(w->curl), CURLE_OK);
	curl_slist_free_all(headers);
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	out.status = (int)status;
	out.body = sb_cstr(&body);
	out.headers = sb_cstr(&head);
	if (body.n) assert_ok(json_parse(a, sb_str(&body), &json_limits_request, &out.json));
	return out;
}

static const char *member(struct web *w, const struct answer *r, const char *key) {
	return str_dup(w->people.arena, json_str(json_get(r->json, key)));
}

static const struct who nobody = { .cookie = NULL }, operator= { .local = true };

static struct who log_in(struct web *w, const char *login, const char *password) {
	struct answer r = call(w, &nobody, "POST", "/api/session",
			       arena_printf(w->people.arena, "{'login': '%s', 'password': '%s'}",
					    login, password));
	assert_int_equal(r.status, 201);
	const char *cookie = strstr(r.headers, "Set-Cookie: ") + strlen("Set-Cookie: ");
	return (struct who){ .cookie = arena_printf(w->people.arena, "%.*s",
						    (int)strcspn(cookie, ";"), cookie),
			     .csrf = member(w, &r, "csrf") };
}

static struct who with_people(struct web *w) {
	assert_string_equal(people_import(&w->people, people_file), "");
	return log_in(w, "admin", "first-password");
}

static int status(struct web *w, const struct who *who, const char *method, const char *path,
		  const char *json) {
	return call(w, who, method, path, json).status;
}

/* ---- the cookie ---- */

static void the_cookie_over_plain_http(void **state) {
	struct web *w = *state;
	struct answer r = call(w, &nobody, "POST", "/api/session",
			       "{'login': 'admin', 'password': 'first-password'}");
	assert_int_equal(r.status, 201);
	assert_non_null(strstr(r.headers, "Set-Cookie: tenon="));
	assert_non_null(strstr(r.headers, "; Path=/; HttpOnly; SameSite=Lax\r\n"));
	assert_null(strstr(r.body, "token"));
}

static void the_cookie_under_https(void **state) {
	struct web *w = *state;
	struct answer r = call(w, &nobody, "POST", "/api/session",
			       "{'login': 'admin', 'password': 'first-password'}");
	assert_non_null(strstr(r.headers, "Set-Cookie: __Host-tenon="));
	assert_non_null(strstr(r.headers, "; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"));
	struct who admin = log_in(w, "admin", "first-password");
	assert_int_equal(status(w, &admin, "GET", "/api/me", NULL), 200);
	/* the plain name is not taken instead */
	struct who plain = { .cookie = arena_printf(w->people.arena, "tenon=%s",
						    strchr(admin.cookie, '=') + 1) };
	assert_int_equal(status(w, &plain, "GET", "/api/me", NULL), 401);
}

static void logging_out_takes_the_cookie_back(void **state) {
	struct web *w = *state;
	struct who admin = log_in(w, "admin", "first-password");
	struct answer r = call(w, &admin, "DELETE", "/api/session", NULL);
	assert_int_equal(r.status, 204);
	assert_non_null(
		strstr(r.headers, "Set-Cookie: tenon=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
	assert_int_equal(status(w, &admin, "GET", "/api/me", NULL), 401);
}

static void a_refused_login_says_the_same_for_all(void **state) {
	struct web *w = *state;
	with_people(w);
	struct answer known =
		call(w, &nobody, "POST", "/api/session", "{'login': 'li', 'password': 'wrong'}");
	struct answer unknown =
		call(w, &nobody, "POST", "/api/session", "{'login': 'ghost', 'password': 'wrong'}");
	assert_int_equal(known.status, 401);
	assert_int_equal(unknown.status, 401);
	assert_string_equal(member(w, &known, "detail"), member(w, &unknown, "detail"));
	assert_null(strstr(known.headers, "Set-Cookie"));
	assert_int_equal(status(w, &nobody, "POST", "/api/session", "{'login': 'li'}"), 422);
	assert_int_equal(status(w, &nobody, "POST", "/api/session",
				"{'login': 'li', 'password': 'x', 'admin': true}"),
			 400);
	assert_int_equal(status(w, &nobody, "POST", "/api/session", "[]"), 400);
}

static void the_eleventh_failure_is_told_to_wait(void **state) {
	struct web *w = *state;
	struct answer r = { 0 };
	for (int i = 0; i < 10; i++)
		assert_int_equal(status(w, &nobody, "POST", "/api/session",
					"{'login': 'admin', 'password': 'x'}"),
				 401);
	r = call(w, &nobody, "POST", "/api/session",
		 "{'login': 'admin', 'password': 'first-password'}");
	assert_int_equal(r.status, 429);
	const char *wait = strstr(r.headers, "Retry-After: ");
	assert_non_null(wait);
	assert_in_range(strtol(wait + 13, NULL, 10), 880, 901);
}

/* ---- refusals: each call with its state read again ---- */

static const struct {
	const char *method, *path, *body;
} changes[] = {
	{ "POST", "/api/users", "{'user': 'new', 'password': 'long-enough'}" },
	{ "PATCH", "/api/users", "{'user': 'li', 'admin': true}" },
	{ "PATCH", "/api/users/li", "{'admin': true}" },
	{ "POST", "/api/users/import", "{'users': [{'user': 'li', 'admin': true}]}" },
	{ "POST", "/api/depts", "{'dept': 'new'}" },
	{ "PATCH", "/api/depts", "{'dept': 'east', 'head': 'zhang'}" },
	{ "PATCH", "/api/depts/east", "{'head': 'zhang'}" },
	{ "POST", "/api/tokens", "{'user': 'admin'}" },
	{ "DELETE", "/api/tokens/1", NULL },
	{ "PATCH", "/api/tokens/1", "{'rate': 0}" },
	{ "PATCH", "/api/settings", "{'session': {'idle_hours': 720}}" },
};
static const char *const admin_reads[] = { "/api/tokens", "/api/audit", "/api/settings",
					   "/api/settings/schema" };

static void refused_everywhere(struct web *w, const struct who *who, int expected) {
	const char *before = people_state(&w->people);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		assert_int_equal(
			status(w, who, changes[i].method, changes[i].path, changes[i].body),
			expected);
		assert_string_equal(people_state(&w->people), before);
	}
}

static const char *token_of(struct web *w, const char *body) {
	struct answer r = call(w, &operator, "POST", "/api/tokens", body);
	assert_int_equal(r.status, 201);
	return member(w, &r, "token");
}

static void changing_needs_the_csrf_token(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w), other = log_in(w, "admin", "first-password");
	struct who without = { .cookie = admin.cookie },
		   wrong = { admin.cookie, other.csrf, NULL, NULL, false };
	refused_everywhere(w, &without, 403);
	refused_everywhere(w, &wrong, 403);
	assert_int_equal(status(w, &without, "DELETE", "/api/session", NULL), 403);
	assert_int_equal(status(w, &without, "GET", "/api/settings", NULL), 200);
	assert_int_equal(status(w, &admin, "PATCH", "/api/users/li", "{'label': 'Li'}"), 200);
}

static void only_an_admin_changes_people(void **state) {
	struct web *w = *state;
	with_people(w);
	struct who li = log_in(w, "li", "li-password");
	refused_everywhere(w, &li, 403);
	for (size_t i = 0; i < ARRAY_LEN(admin_reads); i++)
		assert_int_equal(status(w, &li, "GET", admin_reads[i], NULL), 403);
}

static void nobody_is_let_in(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w);
	struct who odd[] = { nobody,
			     { .bearer = "tenon_nothing" },
			     { .cookie = "tenon=nothing" },
			     { .as = "admin" },
			     { .bearer = "x", .cookie = admin.cookie, .csrf = admin.csrf } };
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		refused_everywhere(w, &odd[i], 401);
		assert_int_equal(status(w, &odd[i], "GET", "/api/me", NULL), 401);
		assert_int_equal(status(w, &odd[i], "GET", "/api/users", NULL), 401);
	}
}

static void a_token_never_exceeds_its_scope_or_owner(void **state) {
	struct web *w = *state;
	with_people(w);
	struct who reader = { .bearer = token_of(
				      w, "{'user': 'admin', 'scope': {'read_only': true}}") };
	struct who scoped = { .bearer =
				      token_of(w, "{'user': 'admin', 'scope': {'app': 'sales'}}") };
	struct who lis = { .bearer = token_of(w, "{'user': 'li'}") };
	struct who full = { .bearer = token_of(w, "{'user': 'admin'}") };
	refused_everywhere(w, &reader, 403);
	refused_everywhere(w, &scoped, 403);
	refused_everywhere(w, &lis, 403);
	assert_int_equal(status(w, &reader, "GET", "/api/settings", NULL), 200);
	assert_int_equal(status(w, &scoped, "GET", "/api/settings", NULL), 403);
	assert_int_equal(status(w, &scoped, "GET", "/api/sales/account", NULL), 200);
	assert_int_equal(status(w, &full, "PATCH", "/api/users/li", "{'label': 'Li'}"),
			 200); /* no CSRF token needed */
	/* a token does not become a password */
	const char *before = people_state(&w->people);
	assert_int_equal(status(w, &full, "PATCH", "/api/me",
				"{'old': 'first-password', 'password': 'second-password'}"),
			 403);
	/* nor does the operator's word for someone */
	assert_int_equal(status(w, &(struct who){ .local = true, .as = "li" }, "PATCH", "/api/me",
				"{'old': 'first-password', 'password': 'second-password'}"),
			 403);
	assert_string_equal(people_state(&w->people), before);
}

/* ---- rights end with the next request ---- */

static void what_is_revoked_ends_at_once(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w), li = log_in(w, "li", "li-password"),
		   zhang = log_in(w, "zhang", "zhang-password");
	struct who token = { .bearer = token_of(w, "{'user': 'zhang'}") };
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 200);

	assert_int_equal(
		status(w, &admin, "PATCH", "/api/users/li", "{'password': 'another-password'}"),
		200);
	assert_int_equal(status(w, &li, "GET", "/api/me", NULL), 401);

	assert_int_equal(status(w, &admin, "PATCH", "/api/users/zhang", "{'roles': {}}"), 200);
	struct answer me = call(w, &zhang, "GET", "/api/me", NULL);
	assert_non_null(strstr(me.body, "\"roles\":{}"));

	assert_int_equal(status(w, &admin, "PATCH", "/api/users/zhang", "{'active': false}"), 200);
	assert_int_equal(status(w, &zhang, "GET", "/api/me", NULL), 401);
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 401);
	assert_int_equal(status(w, &admin, "PATCH", "/api/users/zhang", "{'active': true}"), 200);
	assert_int_equal(status(w, &zhang, "GET", "/api/me", NULL), 401);
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 401); /* decision 0012 */
	token.bearer = token_of(w, "{'user': 'zhang'}");
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &admin, "DELETE", "/api/tokens/1", NULL), 204);
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 401);
}

static void changing_ones_password_keeps_only_this_session(void **state) {
	struct web *w = *state;
	struct who here = log_in(w, "admin", "first-password"),
		   there = log_in(w, "admin", "first-password");
	assert_int_equal(status(w, &here, "PATCH", "/api/me",
				"{'old': 'wrong', 'password': 'second-password'}"),
			 422);
	assert_int_equal(status(w, &there, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &here, "PATCH", "/api/me",
				"{'old': 'first-password', 'password': 'second-password', "
				"'language': 'en'}"),
			 204);
	assert_int_equal(status(w, &here, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &there, "GET", "/api/me", NULL), 401);
	assert_int_equal(status(w, &nobody, "POST", "/api/session",
				"{'login': 'admin', 'password': 'first-password'}"),
			 401);
}

/* ---- what is seen ---- */

static void everybody_sees_names_only_an_admin_more(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w), li = log_in(w, "li", "li-password");
	assert_int_equal(status(w, &admin, "PATCH", "/api/users/wang",
				"{'active': false, 'email': 'w@example.com'}"),
			 200);
	struct answer r = call(w, &li, "GET", "/api/users?q=LI", NULL);
	assert_string_equal(
		r.body,
		"{\"users\":[{\"user\":\"admin\",\"label\":\"管理员\",\"dept\":null,\"depts\":[]},"
		"{\"user\":\"li\",\"label\":\"李四\",\"dept\":\"sales\",\"depts\":["
		"\"sales\"]}],\"next\":null}");
	r = call(w, &li, "GET", "/api/users", NULL);
	assert_null(strstr(r.body, "wang"));
	assert_int_equal(status(w, &li, "GET", "/api/users/wang", NULL), 404);
	r = call(w, &admin, "GET", "/api/users/wang", NULL);
	assert_non_null(strstr(r.body, "\"email\":\"w@example.com\",\"superior\":null,\"roles\":{},"
				       "\"admin\":false,\"active\":false"));
	assert_null(strstr(call(w, &admin, "GET", "/api/users", NULL).body, "argon2"));
	r = call(w, &li, "GET", "/api/depts?q=sales", NULL);
	assert_string_equal(r.body,
			    "{\"depts\":[{\"dept\":\"sales\",\"label\":{\"zh-CN\":\"销售部\","
			    "\"en\":\"Sales\"},\"parent\":\"hq\",\"head\":\"li\",\"position\":0}],"
			    "\"next\":null}");
}

static void people_are_found_as_they_are_typed(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w);
	static const char *const letters[] = { "ls", "lisi", "li%20si", "lis", "LS" };
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		const char *path = arena_printf(w->people.arena, "/api/users?q=%s", letters[i]);
		struct answer r = call(w, &admin, "GET", path, NULL);
		assert_int_equal(json_get(r.json, "users")->n, 1);
		assert_non_null(strstr(r.body, "\"label\":\"李四\""));
	}
	struct answer r = call(w, &admin, "GET", "/api/depts?q=xsb", NULL);
	assert_int_equal(json_get(r.json, "depts")->n, 1);
	assert_non_null(strstr(r.body, "销售部"));
	r = call(w, &admin, "GET", "/api/users?q=sl", NULL);
	assert_int_equal(json_get(r.json, "users")->n, 0);
}

static void lists_of_people_have_pages(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w);
	struct answer r = call(w, &admin, "GET", "/api/users?limit=3", NULL);
	assert_string_equal(member(w, &r, "next"), "wang");
	r = call(w, &admin, "GET", "/api/users?limit=3&cursor=wang", NULL);
	assert_non_null(strstr(r.body, "\"user\":\"zhang\""));
	assert_int_equal(json_get(r.json, "users")->n, 1);
	assert_int_equal(json_get(r.json, "next")->kind, JSON_NULL);
	assert_int_equal(status(w, &admin, "GET", "/api/users?limit=0", NULL), 400);
	assert_int_equal(status(w, &admin, "GET", "/api/users?size=3", NULL), 400);
}

/* ---- the socket ---- */

static void the_socket_is_the_operator(void **state) {
	struct web *w = *state;
	with_people(w);
	struct who as_li = { .local = true, .as = "li" },
		   as_ghost = { .local = true, .as = "ghost" };
	struct answer r = call(w, &operator, "GET", "/api/me", NULL);
	assert_string_equal(member(w, &r, "user"), "system");
	assert_int_equal(status(w, &operator, "PATCH", "/api/users/li", "{'label': 'Li'}"), 200);
	r = call(w, &as_li, "GET", "/api/me", NULL);
	assert_string_equal(member(w, &r, "user"), "li");
	refused_everywhere(w, &as_li, 403);
	assert_int_equal(status(w, &as_ghost, "GET", "/api/me", NULL), 422);
}

static void a_new_token_is_shown_once(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w);
	struct answer r = call(w, &admin, "POST", "/api/tokens", "{'label': 'sync', 'user': 'li'}");
	const char *token = member(w, &r, "token");
	assert_int_equal(r.status, 201);
	r = call(w, &admin, "GET", "/api/tokens", NULL);
	assert_non_null(strstr(r.body, "\"user\":\"li\",\"label\":\"sync\""));
	assert_null(strstr(r.body, token));
	assert_int_equal(
		people_number(
			&w->people,
			arena_printf(w->people.arena,
				     "SELECT count(*) FROM idempotency WHERE body LIKE '%%%s%%'",
				     token)),
		0);
}

static bool has_header(const struct answer *r, const char *line) {
	return strstr(r->headers, line) != NULL;
}

/* P11. Refused before anything is done; the others go on; time and a higher rate let it in. */
static void a_token_has_a_rate(void **state) {
	struct web *w = *state;
	int64_t noon = clock_real();
	with_people(w);
	clock_set(noon);
	struct who slow = { .bearer = token_of(w, "{'user': 'li', 'rate': 2}") };
	struct who other = { .bearer = token_of(w, "{'user': 'li', 'rate': 0}") };
	struct answer r = call(w, &slow, "GET", "/api/me", NULL);
	assert_int_equal(r.status, 200);
	assert_true(has_header(&r, "RateLimit-Policy: \"token\";q=2;w=60\r\n"));
	assert_true(has_header(&r, "RateLimit: \"token\";r=1;t=30\r\n"));
	assert_int_equal(status(w, &slow, "GET", "/api/me", NULL), 200);
	const char *before = people_state(&w->people);
	r = call(w, &slow, "PATCH", "/api/me", "{'language': 'en'}");
	assert_int_equal(r.status, 429);
	assert_string_equal(member(w, &r, "code"), "token_rate");
	assert_true(has_header(&r, "Retry-After: 30\r\n"));
	assert_true(has_header(&r, "RateLimit: \"token\";r=0;t=30\r\n"));
	assert_string_equal(people_state(&w->people), before);
	r = call(w, &other, "GET", "/api/me", NULL);
	assert_int_equal(r.status, 200);
	assert_null(strstr(r.headers, "RateLimit"));
	assert_int_equal(token_rates_refused(w->server->token_rates), 1);
	clock_set(noon + INT64_C(30000000));
	assert_int_equal(status(w, &slow, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &slow, "GET", "/api/me", NULL), 429);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/1", "{'rate': null}"), 204);
	assert_int_equal(status(w, &slow, "GET", "/api/me", NULL), 200);
	clock_release();
}

/* P09. Half a session is good for its second step alone, as cookie, as bearer, with any token. */
static void half_a_session_can_call_nothing(void **state) {
	struct web *w = *state;
	static const char body[] = "{'login': 'admin', 'password': 'first-password'}";
	struct who admin = with_people(w);
	assert_int_equal(status(w, &operator, "PATCH", "/api/settings",
				"{'login': {'totp': 'required'}}"),
			 200);
	struct answer r = call(w, &nobody, "POST", "/api/session", body);
	assert_int_equal(r.status, 401);
	assert_string_equal(member(w, &r, "code"), "totp_enrol");
	assert_null(strstr(r.headers, "Set-Cookie"));
	const char *half = str_dup(w->people.arena,
				   json_str(json_get(json_get(r.json, "params"), "half")));
	struct who cookie = { .cookie = arena_printf(w->people.arena, "tenon=%s", half),
			      .csrf = half };
	struct who bearer = { .bearer = half };
	assert_int_equal(status(w, &cookie, "GET", "/api/me", NULL), 401);
	assert_int_equal(status(w, &cookie, "POST", "/api/me/totp", NULL), 401);
	assert_int_equal(status(w, &bearer, "GET", "/api/me", NULL), 401);
	refused_everywhere(w, &cookie, 401);
	/* Tokens and the machine's operator are not asked for codes. */
	struct who token = { .bearer = token_of(w, "{'user': 'li'}") };
	assert_int_equal(status(w, &token, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &token, "POST", "/api/me/totp", NULL), 403);
	assert_int_equal(status(w, &token, "PUT", "/api/me/totp", "{'code': '123456'}"), 403);
	assert_int_equal(status(w, &operator, "GET", "/api/users", NULL), 200);
	r = call(w, &nobody, "POST", "/api/session/totp",
		 arena_printf(w->people.arena, "{'half': '%s'}", half));
	assert_int_equal(r.status, 201);
	assert_non_null(strstr(r.body, "otpauth://totp/Tenon:admin?secret="));
	assert_non_null(strstr(r.body, "<svg"));
	r = call(w, &nobody, "POST", "/api/session",
		 arena_printf(w->people.arena, "{'half': '%s', 'code': 'x'}", half));
	assert_int_equal(r.status, 401);
	assert_string_equal(member(w, &r, "code"), "totp_wrong");
	assert_int_equal(status(w, &nobody, "POST", "/api/session", "{'half': 'x'}"), 422);
	assert_int_equal(status(w, &nobody, "POST", "/api/session", "{'half': 'x', 'login': 'li'}"),
			 400);
	/* The session of before goes on; only an administrator looks at and resets others'. */
	r = call(w, &admin, "GET", "/api/users/admin/totp", NULL);
	assert_non_null(strstr(r.body, "\"on\":false"));
	assert_non_null(strstr(r.body, "\"required\":true"));
	assert_int_equal(status(w, &token, "GET", "/api/users/admin/totp", NULL), 403);
	assert_int_equal(status(w, &token, "DELETE", "/api/users/admin/totp", NULL), 403);
	assert_int_equal(status(w, &operator, "DELETE", "/api/users/admin/totp", NULL), 204);
	assert_int_equal(people_number(&w->people, "SELECT count(*) FROM sys_totp"), 0);
}

/* P11. The setting holds for tokens without a rate of their own, from the next request on. */
static void the_usual_rate_is_a_setting(void **state) {
	struct web *w = *state;
	with_people(w);
	clock_set(clock_real());
	struct who sync = { .bearer = token_of(w, "{'user': 'li'}") };
	struct answer r = call(w, &sync, "GET", "/api/me", NULL);
	assert_true(has_header(&r, "RateLimit-Policy: \"token\";q=6000;w=60\r\n"));
	assert_int_equal(status(w, &operator, "PATCH", "/api/settings", "{'token': {'rate': 1}}"),
			 200);
	assert_int_equal(status(w, &sync, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &sync, "GET", "/api/me", NULL), 429);
	assert_int_equal(status(w, &operator, "PATCH", "/api/settings", "{'token': {'rate': 0}}"),
			 200);
	for (int i = 0; i < 3; i++)
		assert_int_equal(status(w, &sync, "GET", "/api/me", NULL), 200);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/1", "{'rate': -1}"), 422);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/1", "{'rate': '5'}"), 422);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/1", "{}"), 422);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/1", "{'user': 'wu'}"), 400);
	assert_int_equal(status(w, &operator, "PATCH", "/api/tokens/99", "{'rate': 5}"), 404);
	assert_int_equal(people_number(&w->people, "SELECT count(*) FROM sys_token WHERE rate IS "
						   "NOT NULL"),
			 0);
	clock_release();
}

static void the_trail_is_checked_over_http(void **state) {
	struct web *w = *state;
	struct who admin = with_people(w);
	struct answer r = call(w, &admin, "GET", "/api/audit/verify", NULL);
	assert_int_equal(r.status, 200);
	assert_int_equal(json_get(r.json, "broken")->kind, JSON_NULL);
	r = call(w, &admin, "GET", "/api/audit?act=login&limit=1", NULL);
	assert_non_null(strstr(r.body, "\"actor\":\"admin\",\"door\":\"api\",\"act\":\"login\""));
	assert_int_equal(status(w, &admin, "GET", "/api/audit?since=yesterday", NULL), 400);
	assert_int_equal(status(w, &admin, "GET", "/api/audit?record=-2", NULL), 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(the_cookie_over_plain_http),
		cmocka_unit_test_setup_teardown(the_cookie_under_https, setup_https, teardown),
		TEST(logging_out_takes_the_cookie_back),
		TEST(a_refused_login_says_the_same_for_all),
		TEST(the_eleventh_failure_is_told_to_wait),
		TEST(changing_needs_the_csrf_token),
		TEST(only_an_admin_changes_people),
		TEST(nobody_is_let_in),
		TEST(a_token_never_exceeds_its_scope_or_owner),
		TEST(what_is_revoked_ends_at_once),
		TEST(changing_ones_password_keeps_only_this_session),
		TEST(everybody_sees_names_only_an_admin_more),
		TEST(people_are_found_as_they_are_typed),
		TEST(lists_of_people_have_pages),
		TEST(the_socket_is_the_operator),
		TEST(a_new_token_is_shown_once),
		TEST(a_token_has_a_rate),
		TEST(half_a_session_can_call_nothing),
		TEST(the_usual_rate_is_a_setting),
		TEST(the_trail_is_checked_over_http),
	};
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
