/* concurrent -- the HTTP loops with raw sockets: many ready at once, pipelining, every framing
 * guard, limits, slow and leaving clients, stopping under load. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/problem_http.h"

/* How long anything may take before it counts as failed: nothing is won by failing early. STALL_S:
 * whom the server hears nothing of for so long it cuts off, and no busy machine keeps silent. */
enum { READ_MS = 60000, PATIENCE_MS = 60000, STALL_S = 60, TEXT_MAX_BYTES = 1 << 20 };

static atomic_int done_count, late_count;

/* ---- a server: /echo gives the body back, /late answers from another thread, /size takes 1,000
 * bytes ---- */

static void *finish_later(void *arg) {
	struct exchange *x = arg;
	usleep(100000);
	sb_cat(&x->answer, "late");
	answer_json(x, 200);
	atomic_fetch_add(&late_count, 1);
	exchange_resume(x);
	return NULL;
}

static void on_headers(struct exchange *x) {
	if (str_is(x->path, "/size")) x->body_limit = 1000;
}

static void on_request(struct exchange *x) {
	pthread_t thread;
	if (str_is(x->path, "/late")) {
		exchange_suspend(x);
		assert_false(pthread_create(&thread, NULL, finish_later, x));
		pthread_detach(thread);
		return;
	}
	if (x->body.n)
		sb_add(&x->answer, x->body);
	else
		sb_add(&x->answer, x->path);
	answer_json(x, 200);
}

static void on_done(struct exchange *x) {
	(void)x;
	atomic_fetch_add(&done_count, 1);
}

struct fixture {
	struct arena *arena;
	struct http_server *http;
};

static struct http_options options(void) {
	return (struct http_options){ .address = "127.0.0.1",
				      .loops = 2,
				      .header_timeout_s = STALL_S,
				      .on_headers = on_headers,
				      .on_request = on_request,
				      .on_done = on_done };
}

static int start(void **state) {
	static const struct rlimit many = { 8192, 8192 };
	setrlimit(RLIMIT_NOFILE, &many);
	log_threshold(LOG_ERROR);
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_new(0);
	struct http_options o = options();
	assert_null(http_start(f->arena, &o, &f->http));
	*state = f;
	return 0;
}

static int stop(void **state) {
	struct fixture *f = *state;
	if (f->http) http_stop(f->http);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* ---- a client ---- */

static int dial(const struct fixture *f) {
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(http_port(f->http)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&to, sizeof to), 0);
	return fd;
}

static void put(int fd, const char *text, size_t n) {
	while (n) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
		if (sent <= 0) return; /* refused early: the answer tells */
		text += sent;
		n -= (size_t)sent;
	}
}

/* Reads until `count` answers are whole (by Content-Length), the peer closes, or time is up. */
static size_t take(int fd, char *text, size_t room, int count, int ms) {
	size_t n = 0;
	int64_t until = clock_mono() + (int64_t)ms * 1000;
	for (;;) {
		int whole = 0;
		size_t at = 0;
		text[n] = 0;
		for (char *end; (end = strstr(text + at, "\r\n\r\n")) != NULL;) {
			char *length = strcasestr(text + at, "\r\nContent-Length: ");
			size_t body = length && length < end ? strtoul(length + 18, NULL, 10) : 0;
			if ((size_t)(end - text) + 4 + body > n) break;
			at = (size_t)(end - text) + 4 + body;
			whole++;
		}
		int64_t left = until - clock_mono();
		struct pollfd p = { fd, POLLIN, 0 };
		if (whole >= count || left <= 0 || poll(&p, 1, (int)(left / 1000)) <= 0) return n;
		ssize_t got = recv(fd, text + n, room - n - 1, 0);
		if (got <= 0) return n;
		n += (size_t)got;
	}
}

static int status_of(const char *answer) {
	return strncmp(answer, "HTTP/1.1 ", 9) ? 0 : atoi(answer + 9);
}

static int ask(const struct fixture *f, const char *request, size_t n, char *answer) {
	int fd = dial(f);
	put(fd, request, n);
	take(fd, answer, TEXT_MAX_BYTES, 1, READ_MS);
	close(fd);
	return status_of(answer);
}

static char answer[TEXT_MAX_BYTES];

/* ---- tests ---- */

static void many_ready_at_once(void **state) {
	static const size_t counts[] = { 1, 127, 128, 129, 255, 256, 257, 383, 384, 511, 512, 513 };
	static const char request[] = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
	int fds[513];
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		for (size_t i = 0; i < counts[c]; i++) fds[i] = dial(*state);
		int64_t begun = clock_mono();
		for (size_t i = 0; i < counts[c]; i++) put(fds[i], request, sizeof request - 1);
		for (size_t i = 0; i < counts[c]; i++) {
			take(fds[i], answer, sizeof answer, 1, READ_MS);
			assert_int_equal(status_of(answer), 200);
			close(fds[i]);
		}
		/* The stall of MHD's own loop lasted until its timeout, 30 s. */
		assert_true(clock_mono() - begun < 25000000);
	}
}

static void pipelined(void **state) {
	struct sb text = sb_on(((struct fixture *)*state)->arena, 4096);
	for (int i = 0; i < 5; i++) sb_printf(&text, "GET /p%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
	sb_cat(&text, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET /last "
		      "HTTP/1.1\r\nHost: a\r\n\r\n");
	int fd = dial(*state);
	put(fd, text.p, text.n);
	take(fd, answer, sizeof answer, 7, READ_MS);
	close(fd);
	const char *at = answer;
	for (int i = 0; i < 5; i++) {
		char want[16];
		snprintf(want, sizeof want, "\r\n\r\n/p%d", i);
		at = strstr(at, want);
		assert_non_null(at);
	}
	at = strstr(at, "\r\n\r\nbody");
	assert_non_null(at);
	assert_non_null(strstr(at, "\r\n\r\n/last"));
}

static void framing_is_guarded(void **state) {
	static const struct {
		int status;
		const char *code, *request;
	} cases[] = {
		{ 400, "http_length",
		  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n0\r\n\r\n" },
		{ 400, "http_length",
		  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: "
		  "5\r\n\r\nabcde" },
		{ 400, "http_length",
		  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: "
		  "4\r\n\r\nabcd" },
		{ 400, NULL, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd" },
		{ 400, NULL, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\nabcd" },
		{ 400, NULL, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
		{ 400, "http_length",
		  "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, "
		  "chunked\r\n\r\n0\r\n\r\n" },
		{ 400, NULL, "GET /x HTTP/1.1\r\n\r\n" },
		{ 400, "http_host", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
		{ 400, NULL, "GET /x HTTP/1.1\r\nHost : a\r\n\r\n" },
		{ 400, "http_header_name",
		  "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n" },
		{ 400, "http_target", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET /a%c0%af HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET //x HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET /a/ HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "http_target", "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 200, NULL, "GET /x HTTP/1.0\r\n\r\n" },
		{ 200, NULL,
		  "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int status = ask(*state, cases[i].request, strlen(cases[i].request), answer);
		if (status != cases[i].status)
			print_error("case %zu: %s -> %d\n", i, cases[i].request, status);
		assert_int_equal(status, cases[i].status);
		if (cases[i].code && !strstr(answer, cases[i].code))
			print_error("case %zu: %s\n", i, answer);
		if (cases[i].code) assert_non_null(strstr(answer, cases[i].code));
	}
}

static void refusals_speak_both_languages(void **state) {
	static const char english[] = "GET //x HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\n\r\n";
	static const char chinese[] =
		"GET //x HTTP/1.1\r\nHost: a\r\nAccept-Language: zh-CN\r\n\r\n";
	assert_int_equal(ask(*state, english, sizeof english - 1, answer), 400);
	assert_non_null(strstr(answer, "The address is malformed"));
	assert_non_null(strstr(answer, "application/problem+json"));
	assert_int_equal(ask(*state, chinese, sizeof chinese - 1, answer), 400);
	assert_non_null(strstr(answer, "请求地址不合规范"));
}

static void limits_hold(void **state) {
	struct arena *a = ((struct fixture *)*state)->arena;
	struct sb big = sb_on(a, 1 << 20);
	static const char told[] = "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n";
	assert_int_equal(ask(*state, told, sizeof told - 1, answer), 413);
	sb_cat(&big, "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 20; i++) sb_printf(&big, "64\r\n%0100d\r\n", 0);
	sb_cat(&big, "0\r\n\r\n");
	assert_int_equal(ask(*state, big.p, big.n, answer), 413);
	big.n = 0;
	sb_cat(&big, "GET /");
	for (int i = 0; i < 40000; i++) sb_char(&big, 'a');
	sb_cat(&big, " HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(ask(*state, big.p, big.n, answer), 414);
	big.n = 0;
	sb_cat(&big, "GET /x HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 3000; i++) sb_printf(&big, "X-%d: 1234567890\r\n", i);
	sb_cat(&big, "\r\n");
	assert_int_equal(ask(*state, big.p, big.n, answer), 431);
}

static void head_has_no_body(void **state) {
	static const char request[] = "HEAD /abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	int fd = dial(*state);
	put(fd, request, sizeof request - 1);
	take(fd, answer, sizeof answer, 2, READ_MS); /* until the server closes */
	close(fd);
	assert_int_equal(status_of(answer), 200);
	assert_non_null(strstr(answer, "Content-Length: 4\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void expect_continue(void **state) {
	static const char head[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: "
				   "100-continue\r\n\r\n";
	int fd = dial(*state);
	put(fd, head, sizeof head - 1);
	take(fd, answer, sizeof answer, 1, READ_MS);
	assert_int_equal(status_of(answer), 100);
	put(fd, "hello", 5);
	take(fd, answer, sizeof answer, 1, READ_MS);
	close(fd);
	assert_int_equal(status_of(answer), 200);
	assert_non_null(strstr(answer, "\r\n\r\nhello"));
}

/* A server of its own: the others must not cut off who is only kept waiting by a busy machine. */
static void slow_senders_are_cut_off(void **state) {
	static const char *const starts[] = { "", "GET /x HT",
					      "GET /x HTTP/1.1\r\nHost: a\r\nX-Slow: " };
	struct fixture f = { .arena = ((struct fixture *)*state)->arena };
	struct http_options o = options();
	o.header_timeout_s = 1;
	assert_null(http_start(f.arena, &o, &f.http));
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		int64_t begun = clock_mono();
		int fd = dial(&f);
		put(fd, starts[i], strlen(starts[i]));
		struct pollfd p = { fd, POLLIN, 0 };
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		assert_true(clock_mono() - begun > 500000);
		close(fd);
	}
	http_stop(f.http);
}

static void client_leaves_while_suspended(void **state) {
	static const char request[] = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
	struct fixture *f = *state;
	/* The requests of the tests before have ended once nobody is connected. */
	for (int i = 0; i < PATIENCE_MS / 10 && http_open_connections(f->http); i++) usleep(10000);
	assert_int_equal(http_open_connections(f->http), 0);
	int before = atomic_load(&late_count), gone = atomic_load(&done_count);
	for (int i = 0; i < 20; i++) {
		int fd = dial(f);
		put(fd, request, sizeof request - 1);
		for (int k = 0; k < PATIENCE_MS && atomic_load(&late_count) == before + i; k++)
			usleep(1000); /* the server has it */
		close(fd);
	}
	for (int i = 0; i < PATIENCE_MS / 10 && atomic_load(&done_count) < gone + 20; i++)
		usleep(10000);
	assert_int_equal(atomic_load(&late_count), before + 20);
	assert_int_equal(atomic_load(&done_count), gone + 20);
	assert_int_equal(ask(f, request, sizeof request - 1, answer), 200);
}

struct load {
	struct fixture *fixture;
	uint16_t port;
	atomic_bool stop;
	atomic_int good, broken;
};

static void *hammer(void *arg) {
	struct load *l = arg;
	static const char *const requests[] = { "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
						"GET /late HTTP/1.1\r\nHost: a\r\n\r\n" };
	char *text = malloc(65536);
	for (int i = 0; !atomic_load(&l->stop); i++) {
		struct sockaddr_in to = { .sin_family = AF_INET,
					  .sin_port = htons(l->port),
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (struct sockaddr *)(void *)&to, sizeof to)) {
			close(fd);
			usleep(1000);
			continue;
		}
		const char *request = requests[i % 2];
		put(fd, request, strlen(request));
		size_t n = take(fd, text, 65536, 1, READ_MS);
		int status = n ? status_of(text) : 0;
		/* Answered, refused while draining, or closed before anything was read: never half
		 * an answer. */
		if (status == 200)
			atomic_fetch_add(&l->good, 1);
		else if (n && status != 503)
			atomic_fetch_add(&l->broken, 1);
		close(fd);
	}
	free(text);
	return NULL;
}

static void a_port_is_not_shared_with_another_server(void **state) {
	struct fixture *f = *state;
	struct http_options o = options();
	struct http_server *other;
	o.port = http_port(f->http);
	struct problem *p = http_start(f->arena, &o, &other);
	assert_non_null(p);
	assert_string_equal(p->code, "listen_failed");
}

static void stops_under_load(void **state) {
	struct fixture *f = *state;
	struct load load = { .fixture = f, .port = http_port(f->http) };
	pthread_t threads[8];
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_false(pthread_create(&threads[i], NULL, hammer, &load));
	for (int i = 0; i < PATIENCE_MS && atomic_load(&load.good) < 100; i++) usleep(1000);
	int64_t begun = clock_mono();
	http_stop(f->http);
	f->http = NULL;
	assert_true(clock_mono() - begun < STALL_S * 1000000);
	atomic_store(&load.stop, true);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) pthread_join(threads[i], NULL);
	assert_true(atomic_load(&load.good) > 0);
	assert_int_equal(atomic_load(&load.broken), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_ready_at_once),
		cmocka_unit_test(pipelined),
		cmocka_unit_test(framing_is_guarded),
		cmocka_unit_test(refusals_speak_both_languages),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(expect_continue),
		cmocka_unit_test(slow_senders_are_cut_off),
		cmocka_unit_test(client_leaves_while_suspended),
		cmocka_unit_test(a_port_is_not_shared_with_another_server),
		cmocka_unit_test(stops_under_load),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
