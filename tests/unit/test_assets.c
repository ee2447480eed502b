/* Pages out of the program and out of a folder: coding, tags, caching, heads, what is a page at
 * all. The table linked here is made of tests/fixtures/web as a build makes it of its own pages. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/host/assets.h"
#include "runtime/host/problem_http.h"

static const char *folder; /* what the server under test serves; NULL: its own table */

static void on_headers(struct exchange *x) { (void)x; }
static void on_request(struct exchange *x) {
	if (!assets_serve(x, folder))
		answer_problem(x, LANGUAGE_EN, NULL, PROBLEM(x->arena, NOT_FOUND, "not_found"));
}
static void on_done(struct exchange *x) { (void)x; }

struct got {
	struct arena *arena;
	long status;
	struct sb body, heads;
};

static size_t add(char *p, size_t size, size_t n, void *to) {
	sb_bytes(to, p, size * n);
	return size * n;
}

static int start(void **state) {
	static struct http_server *s;
	struct arena *a = arena_new(0);
	struct http_options o = { .address = "127.0.0.1",
				  .loops = 1,
				  .on_headers = on_headers,
				  .on_request = on_request,
				  .on_done = on_done };
	struct problem *p = http_start(a, &o, &s);
	arena_free(a);
	*state = s;
	folder = NULL;
	return p ? -1 : 0;
}

static int stop(void **state) {
	http_stop(*state);
	return 0;
}

/* header: one of the request, or NULL. */
static struct got get(void **state, const char *method, const char *path, const char *header) {
	struct got g = { .arena = arena_new(0) };
	g.body = sb_on(g.arena, 1 << 20);
	g.heads = sb_on(g.arena, 1 << 16);
	CURL *c = curl_easy_init();
	struct curl_slist *list = header ? curl_slist_append(NULL, header) : NULL;
	curl_easy_setopt(c, CURLOPT_URL,
			 arena_printf(g.arena, "http://127.0.0.1:%u%s", http_port(*state), path));
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c, CURLOPT_NOBODY, (long)!strcmp(method, "HEAD"));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, add);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &g.body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, add);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &g.heads);
	assert_int_equal(curl_easy_perform(c), CURLE_OK);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &g.status);
	curl_slist_free_all(list);
	curl_easy_cleanup(c);
	return g;
}

static bool says(struct got *g, const char *head) {
	return strcasestr(sb_cstr(&g->heads), head) != NULL;
}

static const char *file(struct arena *a, const char *path, size_t *n) {
	FILE *f = fopen(path, "rb");
	char *bytes = arena_alloc(a, 65536);
	assert_non_null(f);
	*n = fread(bytes, 1, 65536, f);
	fclose(f);
	return bytes;
}

static void is_file(struct got *g, const char *path) {
	size_t n;
	const char *bytes = file(g->arena, path, &n);
	assert_int_equal(g->status, 200);
	assert_int_equal(g->body.n, n);
	assert_memory_equal(g->body.p, bytes, n);
}

static const char script[] = "/assets/app-Bq3x9Zk1.js";
static const char script_file[] = "tests/fixtures/web/assets/app-Bq3x9Zk1.js";

static void gzip_or_not(void **state) {
	static const struct {
		const char *header;
		bool packed;
	} cases[] = { { "Accept-Encoding: gzip, br", true },
		      { "Accept-Encoding: br;q=0.5, gzip;q=0.8", true },
		      { "Accept-Encoding: *", true },
		      { "Accept-Encoding: gzip;q=0", false },
		      { "Accept-Encoding: identity", false },
		      { NULL, false } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct got g = get(state, "GET", script, cases[i].header);
		size_t n;
		file(g.arena, script_file, &n);
		assert_true(says(&g, "Vary: Accept-Encoding"));
		assert_true(says(&g, "Content-Type: text/javascript; charset=utf-8"));
		assert_true(says(&g, "Cache-Control: public, max-age=31536000, immutable"));
		assert_int_equal(says(&g, "Content-Encoding: gzip"), cases[i].packed);
		if (cases[i].packed)
			assert_true(g.body.n < n && !memcmp(g.body.p, "\x1f\x8b", 2));
		else
			is_file(&g, script_file);
		arena_free(g.arena);
	}
}

static void tags(void **state) {
	struct got g = get(state, "GET", "/", NULL);
	is_file(&g, "tests/fixtures/web/index.html");
	const char *etag = strcasestr(sb_cstr(&g.heads), "ETag: ");
	assert_non_null(etag);
	assert_true(says(&g, "Cache-Control: no-cache"));
	int n = (int)strcspn(etag + 6, "\r");
	struct got again =
		get(state, "GET", "/",
		    arena_printf(g.arena, "If-None-Match: \"other\", %.*s", n, etag + 6));
	assert_int_equal(again.status, 304);
	assert_int_equal(again.body.n, 0);
	assert_true(says(&again, "ETag: "));
	struct got other = get(state, "GET", "/", "If-None-Match: \"other\"");
	assert_int_equal(other.status, 200);
	arena_free(g.arena);
	arena_free(again.arena);
	arena_free(other.arena);
}

static void heads(void **state) {
	struct got g = get(state, "HEAD", "/", NULL);
	assert_int_equal(g.status, 200);
	assert_int_equal(g.body.n, 0);
	assert_false(says(&g, "Connection: close"));
	assert_true(says(&g, "script-src 'self' 'wasm-unsafe-eval'"));
	assert_true(says(&g, "frame-ancestors 'none'"));
	assert_true(says(&g, "X-Content-Type-Options: nosniff"));
	assert_true(says(&g, "Referrer-Policy: same-origin"));
	assert_true(says(&g, "Permissions-Policy: "));
	assert_true(says(&g, "Cross-Origin-Opener-Policy: same-origin"));
	struct got wasm = get(state, "GET", "/assets/rules-C7d2.wasm", "Accept-Encoding: gzip");
	is_file(&wasm, "tests/fixtures/web/assets/rules-C7d2.wasm");
	assert_true(says(&wasm, "Content-Type: application/wasm"));
	assert_false(says(&wasm, "Content-Encoding"));
	arena_free(g.arena);
	arena_free(wasm.arena);
}

/* Which paths are the page's, which the server's. */
static void what_is_a_page(void **state) {
	static const struct {
		const char *path;
		long status;
	} cases[] = {
		{ "/crm/account/17", 200 },
		{ "/paid", 200 },
		{ "/apiary", 200 },
		{ "/assets/old-1234.js", 404 },
		{ "/api", 404 },
		{ "/api/nothing", 404 },
		{ "/p/token", 404 },
		{ "/mcp", 404 },
		{ "/metrics", 404 },
		{ "/healthz", 404 },
		{ "/readyz", 404 },
		{ "/openapi.json", 404 },
		{ "/assets/%2e%2e/app", 400 },
	};
	for (size_t f = 0; f < 2; f++) {
		folder = f ? "tests/fixtures/web" : NULL;
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct got g = get(state, "GET", cases[i].path, NULL);
			if (cases[i].status == 200)
				is_file(&g, "tests/fixtures/web/index.html");
			else
				assert_int_equal(g.status, cases[i].status);
			arena_free(g.arena);
		}
	}
}

static void from_a_folder(void **state) {
	folder = "tests/fixtures/web";
	struct got g = get(state, "GET", script, "Accept-Encoding: gzip");
	is_file(&g, script_file);
	assert_true(says(&g, "Cache-Control: no-cache"));
	assert_true(says(&g, "Content-Type: text/javascript; charset=utf-8"));
	arena_free(g.arena);
	folder = "tests/fixtures/nothing";
	g = get(state, "GET", "/", NULL);
	assert_int_equal(g.status, 404);
	arena_free(g.arena);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gzip_or_not, start, stop),
		cmocka_unit_test_setup_teardown(tags, start, stop),
		cmocka_unit_test_setup_teardown(heads, start, stop),
		cmocka_unit_test_setup_teardown(what_is_a_page, start, stop),
		cmocka_unit_test_setup_teardown(from_a_folder, start, stop)
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
