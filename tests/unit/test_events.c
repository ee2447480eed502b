/* concurrent -- the event stream over real sockets: who is told of what, resuming, limits, ending,
 * and that many idle streams leave the loops free. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/client.h"
#include "runtime/host/events.h"
#include "tests/support/people.h"

enum { WAIT_MS = 60000, QUIET_MS = 300, MANY = 400 };

struct world {
	struct arena *a;
	struct server *server;
	struct client *operator;
	const char *data;
};
struct ear {
	int fd;
	struct sb heard;
	bool ended;
};

/* ---- the operator's calls ---- */

static struct reply call(struct world *w, const char *method, const char *path, const char *body) {
	struct reply r;
	assert_ok(client_call(w->operator, method, path, body ? "application/json" : NULL,
			      str_of(body), &r));
	if (r.status >= 300)
		print_error("%s %s: %d %.*s\n", method, path, r.status, (int)r.body.n, r.body.p);
	assert_true(r.status < 300);
	return r;
}

static const char *token(struct world *w, const char *login) {
	struct reply r = call(w, "POST", "/api/tokens",
			      arena_printf(w->a, "{\"user\":\"%s\",\"label\":\"test\"}", login));
	return str_dup(w->a, json_str(json_get(r.json, "token")));
}

static int64_t id_of(const struct reply *r) {
	int64_t id = 0;
	assert_true(json_int(json_get(r->json, "id"), &id));
	return id;
}

static int64_t add_item(struct world *w, const char *code) {
	struct reply r = call(
		w, "POST", "/api/shop/item",
		arena_printf(
			w->a,
			"{\"code\":\"%s\",\"name\":\"%s\",\"price\":\"9.00\",\"cost\":\"1.00\"}",
			code, code));
	return id_of(&r);
}

static int64_t add_sale(struct world *w, int64_t item, const char *owner) {
	struct reply r = call(w, "POST", "/api/shop/sale",
			      arena_printf(w->a,
					   "{\"buyer\":\"b\",\"owner\":\"%s\",\"lines\":[{\"item\":"
					   "%lld,\"qty\":1,\"price\":\"1\"}]}",
					   owner, (long long)item));
	return id_of(&r);
}

/* ---- listening ---- */

static struct ear ask(struct world *w, const char *request, const char *heads) {
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(http_port(w->server->http)) };
	struct ear e = { .fd = socket(AF_INET, SOCK_STREAM, 0), .heard = sb_on(w->a, 4 << 20) };
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	assert_int_equal(connect(e.fd, (struct sockaddr *)(void *)&to, sizeof to), 0);
	const char *text = arena_printf(w->a, "%s HTTP/1.1\r\nHost: x\r\n%s\r\n", request, heads);
	assert_int_equal(write(e.fd, text, strlen(text)), strlen(text));
	return e;
}

/* More of it within ms; false: nothing came, or the other side has ended. */
static bool hear(struct ear *e, int ms) {
	char bytes[4096];
	struct pollfd p = { .fd = e->fd, .events = POLLIN };
	if (poll(&p, 1, ms) <= 0) return false;
	ssize_t n = read(e->fd, bytes, sizeof bytes);
	e->ended = n <= 0;
	if (n > 0) sb_bytes(&e->heard, bytes, (size_t)n);
	return n > 0;
}

static bool has(struct ear *e, const char *text) {
	return strstr(sb_cstr(&e->heard), text) != NULL;
}

static void expect(struct ear *e, const char *text) {
	int64_t until = clock_mono() + (int64_t)WAIT_MS * 1000;
	while (!has(e, text) && !e->ended && clock_mono() < until) hear(e, 200);
	if (!has(e, text)) print_error("no \"%s\" in: %s\n", text, sb_cstr(&e->heard));
	assert_true(has(e, text));
}

static void expect_end(struct ear *e) {
	int64_t until = clock_mono() + (int64_t)WAIT_MS * 1000;
	while (!e->ended && clock_mono() < until) hear(e, 200);
	assert_true(e->ended);
	close(e->fd);
}

static struct ear listen_from(struct world *w, const char *bearer, const char *last) {
	const char *heads =
		arena_printf(w->a, "Authorization: Bearer %s\r\n%s%s%s", bearer,
			     last ? "Last-Event-ID: " : "", last ? last : "", last ? "\r\n" : "");
	return ask(w, "GET /api/events", heads);
}

static struct ear listen_as(struct world *w, const char *login) {
	struct ear e = listen_from(w, token(w, login), NULL);
	expect(&e, "retry: 2000");
	assert_true(has(&e, "text/event-stream"));
	return e;
}

static const char *about(struct world *w, const char *form, int64_t id) {
	return arena_printf(w->a, "\"app\":\"shop\",\"form\":\"%s\",\"id\":%lld,", form,
			    (long long)id);
}

/* ---- tests ---- */

/* Suppliers are the manager's, sales their owner's (clerks) or everybody's (manager), items all
 * clerks'. */
static void told_by_rights(void **state) {
	struct world *w = *state;
	struct ear lan = listen_as(w, "lan"), zhu = listen_as(w, "zhu"), mei = listen_as(w, "mei"),
		   nobody = listen_as(w, "nobody");
	struct reply r = call(w, "POST", "/api/shop/supplier", "{\"name\":\"North\"}");
	int64_t supplier = id_of(&r), item = add_item(w, "E-1");
	int64_t sale = add_sale(w, item, "lan");
	call(w, "DELETE", arena_printf(w->a, "/api/shop/sale/%lld", (long long)sale), NULL);
	int64_t last = add_item(w, "E-2");
	struct ear *all[] = { &lan, &zhu, &mei };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		expect(all[i], about(w, "item", last));
		assert_true(has(all[i], about(w, "item", item)));
	}
	assert_true(has(&mei, about(w, "supplier", supplier)));
	assert_false(has(&lan, about(w, "supplier", supplier)));
	assert_true(has(&mei, about(w, "sale", sale)));
	assert_true(has(&lan, "\"kind\":\"delete\""));
	assert_false(has(&zhu, about(w, "sale", sale)));
	assert_false(has(&zhu, "\"kind\":\"delete\""));
	hear(&nobody, QUIET_MS);
	assert_false(has(&nobody, "event:"));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) close(all[i]->fd);
	close(nobody.fd);
}

static const char *last_id(struct world *w, struct ear *e) {
	const char *found = NULL, *at = sb_cstr(&e->heard);
	for (; (at = strstr(at, "\nid: ")) != NULL; at += 5) found = at + 5;
	assert_non_null(found);
	return str_dup(w->a, (struct str){ found, strcspn(found, "\n") });
}

static void resumes(void **state) {
	struct world *w = *state;
	const char *bearer = token(w, "lan");
	struct ear first = listen_from(w, bearer, NULL);
	expect(&first, "retry: 2000"); /* it stands where it stands before anything happens */
	expect(&first, about(w, "item", add_item(w, "R-1")));
	const char *seen = last_id(w, &first);
	close(first.fd);
	int64_t missed = add_item(w, "R-2");
	struct ear again = listen_from(w, bearer, seen);
	expect(&again, about(w, "item", missed));
	assert_false(has(&again, "event: reset"));
	close(again.fd);
	struct ear lost = listen_from(w, bearer, "999999");
	expect(&lost, "event: reset");
	close(lost.fd);
	struct ear bad = listen_from(w, bearer, "x");
	expect(&bad, "HTTP/1.1 400");
	close(bad.fd);
	struct ear none = ask(w, "GET /api/events", "");
	expect(&none, "HTTP/1.1 401");
	close(none.fd);
	struct ear head = ask(
		w, "HEAD /api/events",
		arena_printf(w->a, "Authorization: Bearer %s\r\nConnection: close\r\n", bearer));
	expect_end(&head);
	assert_true(has(&head, "200 OK"));
}

static void ends_with_its_token_or_person(void **state) {
	struct world *w = *state;
	struct reply r = call(w, "POST", "/api/tokens", "{\"user\":\"lan\",\"label\":\"short\"}");
	struct ear e = listen_from(w, str_dup(w->a, json_str(json_get(r.json, "token"))), NULL);
	struct ear zhu = listen_as(w, "zhu");
	expect(&e, "retry:");
	call(w, "DELETE", arena_printf(w->a, "/api/tokens/%lld", (long long)id_of(&r)), NULL);
	expect_end(&e);
	assert_false(zhu.ended);
	call(w, "PATCH", "/api/users/zhu", "{\"active\":false}");
	expect_end(&zhu);
	call(w, "PATCH", "/api/users/zhu", "{\"active\":true}");
}

static void only_so_many_for_one(void **state) {
	struct world *w = *state;
	const char *bearer = token(w, "mei");
	struct ear ears[EVENTS_STREAMS_OF_ONE];
	for (size_t i = 0; i < ARRAY_LEN(ears); i++) {
		ears[i] = listen_from(w, bearer, NULL);
		expect(&ears[i], "retry:");
	}
	struct ear more = listen_from(w, bearer, NULL);
	expect(&more, "HTTP/1.1 429");
	assert_true(has(&more, "Retry-After:"));
	for (size_t i = 0; i < ARRAY_LEN(ears); i++) close(ears[i].fd);
	close(more.fd);
}

static void the_bell_and_a_new_version(void **state) {
	struct world *w = *state;
	struct ear lan = listen_as(w, "lan"), zhu = listen_as(w, "zhu");
	int64_t sale = add_sale(w, add_item(w, "B-1"), "zhu");
	const char *mine = arena_printf(
		w->a,
		"Authorization: Bearer %s\r\nConnection: close\r\nIf-Match: *\r\n"
		"Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"owner\":\"lan\"}",
		token(w, "mei"));
	struct ear handed =
		ask(w, arena_printf(w->a, "PATCH /api/shop/sale/%lld", (long long)sale), mine);
	expect_end(&handed);
	assert_true(has(&handed, "200 OK"));
	expect(&lan, "event: notification\ndata: {\"id\":");
	assert_true(has(&lan, "\"kind\":\"assigned\""));
	struct reply bundle = call(w, "GET", "/api/apps/shop/bundle", NULL);
	char *text = str_dup(w->a, bundle.body), *version = strstr(text, "\"version\":\"");
	assert_non_null(version);
	version[11] = '9';
	call(w, "POST", "/api/apps/shop/apply", text);
	expect(&lan, "event: definition\ndata: {\"app\":\"shop\",\"version\":");
	expect(&zhu, "event: definition");
	assert_false(has(&zhu, "event: notification"));
	close(lan.fd);
	close(zhu.fd);
}

/* As the operator, who may have as many as anybody: each in the name of another user. */
static void many_leave_the_loops_free(void **state) {
	struct world *w = *state;
	static struct ear ears[MANY];
	const char *bearer = NULL;
	for (size_t i = 0; i < MANY; i++) {
		if (i % EVENTS_STREAMS_OF_ONE == 0) {
			const char *name =
				arena_printf(w->a, "crowd%zu", i / EVENTS_STREAMS_OF_ONE);
			call(w, "POST", "/api/users",
			     arena_printf(w->a,
					  "{\"user\":\"%s\",\"label\":\"%s\",\"roles\":{\"shop\":["
					  "\"clerk\"]}}",
					  name, name));
			bearer = token(w, name);
		}
		ears[i] = listen_from(w, bearer, NULL);
	}
	for (size_t i = 0; i < MANY; i++) expect(&ears[i], "retry:");
	int64_t begun = clock_mono();
	struct ear health = ask(w, "GET /healthz", "Connection: close\r\n");
	expect_end(&health);
	assert_true(has(&health, "200 OK"));
	int64_t id = add_item(w, "M-1"), answered = clock_mono();
	for (size_t i = 0; i < MANY; i++) expect(&ears[i], about(w, "item", id));
	print_message("with %d streams: health and a write in %lld ms, all told %lld ms later\n",
		      MANY, (long long)((answered - begun) / 1000),
		      (long long)((clock_mono() - answered) / 1000));
	/* Half of them leave without a word while the other half is told. */
	for (size_t i = 0; i < MANY; i += 2) close(ears[i].fd);
	id = add_item(w, "M-2");
	for (size_t i = 1; i < MANY; i += 2) expect(&ears[i], about(w, "item", id));
	begun = clock_mono();
	client_close(w->operator);
	server_stop(w->server);
	w->server = NULL;
	assert_true(clock_mono() - begun < 9900000); /* what is still open is given 10 s */
	for (size_t i = 1; i < MANY; i += 2) expect_end(&ears[i]);
}

static const char *people_text(struct arena *a) {
	FILE *f = fopen("tests/http/people.json", "rb");
	char *text = arena_alloc(a, 65536);
	assert_non_null(f);
	text[fread(text, 1, 65535, f)] = 0;
	fclose(f);
	return text;
}

static int begin(void **state) {
	static const char *const folders[] = { "tests/http/app" };
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	w->a = a;
	w->data = temp_folder(a);
	log_to(-1);
	setenv("TENON_ADMIN_PASSWORD", "admin-password-1", 1);
	struct server_options o = {
		.app_folders = folders, .app_count = 1, .data = w->data, .listen = "127.0.0.1:0"
	};
	assert_ok(server_start(a, &o, &w->server));
	assert_ok(client_open(a, w->data, false, &w->operator));
	call(w, "POST", "/api/users/import", people_text(a));
	*state = w;
	return 0;
}

static int end(void **state) {
	struct world *w = *state;
	if (w->server) {
		client_close(w->operator);
		server_stop(w->server);
	}
	arena_free(w->a);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
	const struct CMUnitTest tests[] = { TEST(told_by_rights),
					    TEST(resumes),
					    TEST(ends_with_its_token_or_person),
					    TEST(only_so_many_for_one),
					    TEST(the_bell_and_a_new_version),
					    TEST(many_leave_the_loops_free) };
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
