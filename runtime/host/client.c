#include "runtime/host/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "runtime/host/server.h"
#include "runtime/host/terminal.h"

enum { ANSWER_MAX = 256 << 20, TIMEOUT_S = 24 * 3600 };

struct client {
	struct arena *arena;
	const char *socket;
	CURL *curl;
	struct server *server; /* ours, or NULL */
	char *folder;          /* of client_open_nowhere: goes with us; or NULL */
};

static size_t take(char *bytes, size_t size, size_t n, void *arg) {
	struct sb *out = arg;
	sb_bytes(out, bytes, size * n);
	return out->overflow ? 0 : size * n;
}

static size_t take_file(char *bytes, size_t size, size_t n, void *arg) {
	struct str left = { bytes, size * n };
	while (left.n) {
		ssize_t put = write(*(int *)arg, left.p, left.n);
		if (put <= 0) return 0;
		left = (struct str){ left.p + put, left.n - (size_t)put };
	}
	return size * n;
}

static void begin(struct client *c, const char *method, const char *path) {
	curl_easy_reset(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
	curl_easy_setopt(c->curl, CURLOPT_URL, arena_printf(c->arena, "http://tenon%s", path));
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
}

static struct problem *perform(struct client *c, struct curl_slist *headers, struct reply *out) {
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	CURLcode rc = curl_easy_perform(c->curl);
	curl_slist_free_all(headers);
	if (rc != CURLE_OK)
		return PROBLEM(c->arena, UNAVAILABLE, "no_answer", "reason",
			       curl_easy_strerror(rc));
	long status = 0;
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	return NULL;
}

static struct curl_slist *common_headers(void) {
	return curl_slist_append(NULL, terminal_language() == LANGUAGE_ZH ? "Accept-Language: zh-CN"
									  : "Accept-Language: en");
}

static void parse(struct client *c, struct reply *r) {
	static const struct json_limits limits = { .bytes = ANSWER_MAX,
						   .depth = 80,
						   .keys_per_object = 100000,
						   .nodes = 20000000,
						   .string_bytes = 64 << 20 };
	r->json = NULL;
	if (r->body.n && json_parse(c->arena, r->body, &limits, &r->json)) r->json = NULL;
}

struct problem *client_call(struct client *c, const char *method, const char *path,
			    const char *content_type, struct str body, struct reply *out) {
	struct sb answer = sb_on(c->arena, ANSWER_MAX);
	struct curl_slist *headers = common_headers();
	begin(c, method, path);
	if (body.p) {
		headers = curl_slist_append(
			headers, arena_printf(c->arena, "Content-Type: %s", content_type));
		headers = curl_slist_append(headers, "Expect:");
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body.p);
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	}
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &answer);
	TRY(perform(c, headers, out));
	out->body = sb_str(&answer);
	parse(c, out);
	return NULL;
}

struct problem *client_download(struct client *c, const char *path, int fd, struct reply *out) {
	begin(c, "GET", path);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take_file);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &fd);
	*out = (struct reply){ 0 };
	return perform(c, common_headers(), out);
}

/* A socket file may be left by a killed server: only an answer counts. */
static bool answers(struct client *c) {
	struct reply r;
	struct stat st;
	return !stat(c->socket, &st) &&
	       !client_call(c, "GET", "/healthz", NULL, (struct str){ NULL, 0 }, &r) &&
	       r.status == 200;
}

static struct problem *start_own(struct client *c, const char *data, bool create) {
	struct stat st;
	if (!create && stat(arena_printf(c->arena, "%s/tenon.db", data), &st))
		return PROBLEM(c->arena, NOT_FOUND, "no_data", "data", data);
	struct server_options options = { .data = data, .fleeting = c->folder != NULL };
	log_threshold(LOG_WARN); /* a command speaks for itself */
	return server_start(c->arena, &options, &c->server);
}

struct problem *client_open(struct arena *a, const char *data, bool create, struct client **out) {
	struct client *c = arena_alloc(a, sizeof *c);
	*c = (struct client){ .arena = a,
			      .socket = arena_printf(a, "%s/tenon.sock", data),
			      .curl = curl_easy_init() };
	if (!c->curl) abort(); /* memory */
	*out = c;
	if (answers(c)) return NULL;
	struct problem *p = start_own(c, data, create);
	if (p) client_close(c);
	return p;
}

struct problem *client_open_nowhere(struct arena *a, struct client **out) {
	const char *parent = getenv("TMPDIR");
	char *folder = arena_printf(a, "%s/tenon-XXXXXX", parent ? parent : "/tmp");
	struct client *c = arena_alloc(a, sizeof *c);
	if (!mkdtemp(folder))
		return PROBLEM(a, UNAVAILABLE, "store_folder", "folder", folder, "reason",
			       strerror(errno));
	*c = (struct client){ .arena = a,
			      .socket = arena_printf(a, "%s/tenon.sock", folder),
			      .curl = curl_easy_init(),
			      .folder = folder };
	if (!c->curl) abort(); /* memory */
	*out = c;
	struct problem *p = start_own(c, folder, true);
	if (p) client_close(c);
	return p;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

const char *client_quote(struct arena *a, struct str text) {
	struct sb out = sb_on(a, text.n * 3 + 1);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			     (ch >= '0' && ch <= '9') || strchr("-._~", ch);
		if (plain && ch)
			sb_char(&out, (char)ch);
		else
			sb_printf(&out, "%%%02X", ch);
	}
	return sb_cstr(&out);
}

int client_report(const struct reply *r) {
	if (r->status >= 200 && r->status < 300) return 0;
	struct arena *a = arena_new(0);
	struct sb text = sb_on(a, 1 << 20);
	struct str detail = json_str(json_get(r->json, "detail"));
	const struct json *errors = json_get(r->json, "errors");
	sb_printf(&text, "tenon: %.*s (%d)\n", (int)detail.n, detail.n ? detail.p : "", r->status);
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++) {
		struct str at = json_str(json_get(&errors->items[i], "pointer")),
			   why = json_str(json_get(&errors->items[i], "detail"));
		sb_printf(&text, "  %.*s: %.*s\n", (int)at.n, at.n ? at.p : "", (int)why.n,
			  why.n ? why.p : "");
	}
	terminal_text(2, sb_str(&text));
	arena_free(a);
	return 1;
}

void client_close(struct client *c) {
	if (!c) return;
	if (c->curl) curl_easy_cleanup(c->curl);
	if (c->server) server_stop(c->server);
	if (c->folder) nftw(c->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	c->curl = NULL;
	c->server = NULL;
	c->folder = NULL;
}
