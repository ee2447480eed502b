#include "runtime/apptest/door.h"

#include <curl/curl.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 << 20, TIMEOUT_S = 120, LOOK_US = 2000, LOOKS = 60000, PATH_ROOM = 4096 };

struct door {
	CURL *curl;
	const struct served *served;
};

static void close_door(void *arg) { curl_easy_cleanup(arg); }

struct problem *door_open(struct arena *a, const struct served *s, struct door **out) {
	struct door *d = arena_alloc(a, sizeof *d);
	*d = (struct door){ curl_easy_init(), s };
	if (!d->curl) return PROBLEM(a, UNAVAILABLE, "no_answer", "reason", "curl");
	arena_defer(a, close_door, d->curl);
	*out = d;
	return NULL;
}

static size_t take(char *bytes, size_t size, size_t n, void *arg) {
	struct sb *out = arg;
	sb_bytes(out, bytes, size * n);
	return out->overflow ? 0 : size * n;
}

static struct curl_slist *headers_of(struct arena *a, const struct ask *ask) {
	struct curl_slist *list = curl_slist_append(NULL, "Accept-Language: en");
	if (ask->token)
		list = curl_slist_append(list,
					 arena_printf(a, "Authorization: Bearer %s", ask->token));
	if (ask->rev)
		list = curl_slist_append(
			list, arena_printf(a, "If-Match: \"%lld\"", (long long)ask->rev));
	if (!ask->body.p) return list;
	list = curl_slist_append(list, "Expect:");
	return curl_slist_append(list, arena_printf(a, "Content-Type: %s",
						    ask->type ? ask->type : "application/json"));
}

static void aim(struct door *d, struct arena *a, const struct ask *ask) {
	const char *base = ask->token ? d->served->url : "http://tenon";
	curl_easy_reset(d->curl);
	if (!ask->token) curl_easy_setopt(d->curl, CURLOPT_UNIX_SOCKET_PATH, d->served->socket);
	curl_easy_setopt(d->curl, CURLOPT_URL, arena_printf(a, "%s%s", base, ask->path));
	curl_easy_setopt(d->curl, CURLOPT_CUSTOMREQUEST, ask->method);
	curl_easy_setopt(d->curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(d->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(d->curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(d->curl, CURLOPT_PROXY, "");
	if (!ask->body.p) return;
	curl_easy_setopt(d->curl, CURLOPT_POSTFIELDS, ask->body.p);
	curl_easy_setopt(d->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n);
}

struct problem *door_ask(struct door *d, struct arena *a, const struct ask *ask,
			 struct answer *out) {
	struct sb text = sb_on(a, ANSWER_MAX);
	struct curl_slist *headers = headers_of(a, ask);
	long status = 0;
	aim(d, a, ask);
	curl_easy_setopt(d->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(d->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(d->curl, CURLOPT_WRITEDATA, &text);
	CURLcode rc = curl_easy_perform(d->curl);
	curl_slist_free_all(headers);
	if (rc != CURLE_OK)
		return PROBLEM(a, UNAVAILABLE, "no_answer", "reason", curl_easy_strerror(rc));
	curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &status);
	sb_cstr(&text);
	*out = (struct answer){ (int)status, sb_str(&text), NULL };
	char first = out->body.n ? out->body.p[0] : 0;
	if ((first == '{' || first == '[') &&
	    json_parse(a, out->body, &json_limits_definition, &out->json))
		out->json = NULL;
	return NULL;
}

struct problem *door_do(struct door *d, struct arena *a, const struct ask *ask,
			struct answer *out) {
	TRY(door_ask(d, a, ask, out));
	if (out->status < 300) return NULL;
	return PROBLEM(a, UNAVAILABLE, "test_setup", "request",
		       arena_printf(a, "%s %s", ask->method, ask->path), "status",
		       arena_printf(a, "%d", out->status), "answer", str_dup(a, out->body));
}

const char *door_quote(struct arena *a, struct str text) {
	struct sb out = sb_on(a, text.n * 3 + 1);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			     (ch >= '0' && ch <= '9') || (ch && strchr("-._~", ch));
		sb_printf(&out, plain ? "%c" : "%%%02X", ch);
	}
	return sb_cstr(&out);
}

const char *door_said(struct arena *a, const struct answer *r) {
	const struct json *problem = json_at(r->json, "/results/0/problem"),
			  *errors = json_get(problem ? problem : r->json, "errors");
	struct sb out = sb_on(a, PATH_ROOM);
	sb_printf(&out, "%d", r->status);
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++) {
		struct str at = json_str(json_get(&errors->items[i], "pointer")),
			   code = json_str(json_get(&errors->items[i], "code"));
		sb_printf(&out, "%s %.*s %.*s", i ? "," : "", (int)at.n, at.p, (int)code.n, code.p);
	}
	struct str code = json_str(json_get(problem ? problem : r->json, "code"));
	if (!errors) sb_printf(&out, " %.*s", (int)code.n, code.n ? code.p : "");
	return sb_cstr(&out);
}

/* ---- setting up ---- */

struct problem *door_people(struct door *d, struct arena *a, struct str body) {
	struct answer r;
	return door_do(d, a,
		       &(struct ask){ .method = "POST", .path = "/api/users/import", .body = body },
		       &r);
}

struct problem *door_token(struct door *d, struct arena *a, const char *login, const char **out) {
	struct answer r;
	struct sb text = sb_on(a, PATH_ROOM);
	struct jw w = jw_on(&text);
	jw_object(&w);
	jw_set_text(&w, "user", login);
	jw_set_text(&w, "label", "test");
	jw_set_int(&w, "rate", 0); /* the clock stands still in tests: no bucket would fill */
	jw_end(&w);
	struct ask ask = { .method = "POST", .path = "/api/tokens", .body = sb_str(&text) };
	TRY(door_do(d, a, &ask, &r));
	*out = str_dup(a, json_str(json_get(r.json, "token")));
	return NULL;
}

struct problem *door_clock(struct door *d, struct arena *a, const char *now) {
	struct answer r;
	const char *body = arena_printf(a, "{\"now\":\"%s\"}", now);
	return door_do(
		d, a,
		&(struct ask){ .method = "POST", .path = "/api/test/clock", .body = str_of(body) },
		&r);
}

/* ---- import ---- */

static const char boundary[] = "tenon-test-boundary-5d1c9e7a";

static void part(struct sb *out, const char *name, struct str text) {
	if (!text.n) return;
	sb_printf(out, "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n", boundary,
		  name,
		  strcmp(name, "file") ? "" : "; filename=\"rows.csv\"\r\nContent-Type: text/csv");
	sb_add(out, text);
	sb_cat(out, "\r\n");
}

static struct str multipart(struct arena *a, const struct csv *csv) {
	struct sb out = sb_on(a, ANSWER_MAX);
	part(&out, "map", csv->map);
	part(&out, "mode", str_of(csv->mode));
	part(&out, "key", str_of(csv->key));
	part(&out, "file", csv->text);
	sb_printf(&out, "--%s--\r\n", boundary);
	return sb_str(&out);
}

static bool goes_on(const struct answer *job) {
	struct str state = json_str(json_get(job->json, "state"));
	return job->status < 300 && (str_is(state, "waiting") || str_is(state, "running"));
}

struct problem *door_import(struct door *d, struct arena *a, const char *token,
			    const struct csv *csv, struct answer *out, struct str *refused) {
	struct ask ask = { .token = token,
			   .method = "POST",
			   .path = arena_printf(a, "/api/%s/%s/import", csv->app, csv->form),
			   .type = arena_printf(a, "multipart/form-data; boundary=%s", boundary),
			   .body = multipart(a, csv) };
	*refused = STR("");
	TRY(door_ask(d, a, &ask, out));
	if (out->status >= 300) return NULL;
	struct ask look = { .token = token, .method = "GET" };
	look.path =
		arena_printf(a, "/api/jobs/%s", str_dup(a, json_str(json_get(out->json, "id"))));
	for (int i = 0; i < LOOKS && goes_on(out); i++) {
		usleep(LOOK_US);
		TRY(door_do(d, a, &look, out));
	}
	struct str errors = json_str(json_get(out->json, "errors_file"));
	if (!errors.n) return NULL;
	struct answer file;
	look.path = str_dup(a, errors);
	TRY(door_do(d, a, &look, &file));
	*refused = file.body;
	return NULL;
}
