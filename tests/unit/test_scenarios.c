/* concurrent -- runs tests/http/scenarios against a started server with the app tests/http/app and
 * its people. A scenario is {"scenario": text, "watch": [paths], "steps": [step]}; {name} in a
 * request, header or body is a saved value. step: {"as": login (default admin), "request": "METHOD /path",
 * "body": any, "text": raw body, "headers": {}, "status": n or [n], "must": [texts of the answer],
 * "must_not": [texts], "equal": {pointer: value}, "save": {name: pointer}, "each": [values put at $
 * in the request, percent-encoded, and in the body], "alike": [two names put at $]} After a refused
 * step (status >= 400) everything under "watch" is read again as admin and must be what it was.
 * "until": text; the request is repeated until its answer holds it.
 * "alike": both answers must be the same text once the names, request ids and lengths are taken
 * out. No answer is ever 500. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <curl/curl.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/log.h"
#include "runtime/host/client.h"
#include "runtime/host/server.h"

enum { USERS = 64, SAVED = 64, TEXT_ROOM = 4 << 20 };

struct login {
	const char *name, *cookie, *csrf;
};
struct world {
	struct arena *arena;
	struct server *server;
	char folder[64];
	struct login logins[USERS];
	size_t login_count;
	struct {
		struct str name;
		const char *value;
	} saved[SAVED];
	size_t saved_count;
	int failures;
	const char *file;
	size_t step;
};
struct answer {
	int status;
	struct str body;
	const char *cookie;
};

static void wrong(struct world *w, const char *what, struct str detail) {
	print_error("%s, step %zu: %s: %.*s\n", w->file, w->step, what,
		    (int)(detail.n < 2000 ? detail.n : 2000), detail.p ? detail.p : "");
	w->failures++;
}

static struct str fill(struct world *w, struct str text, const char *dollar, bool quoted);

/* ---- sending ---- */

static size_t take_body(char *p, size_t size, size_t n, void *arg) {
	sb_bytes(arg, p, size * n);
	return size * n;
}

static size_t take_header(char *p, size_t size, size_t n, void *arg) {
	struct sb *cookie = arg;
	if (n > 12 && !strncasecmp(p, "Set-Cookie: ", 12))
		sb_bytes(cookie, p + 12, strcspn(p + 12, ";\r\n"));
	return size * n;
}

static struct answer send_request(struct world *w, const struct login *as, const char *method,
				  const char *path, struct str body, const struct json *headers) {
	struct answer a = { 0 };
	struct sb text = sb_on(w->arena, TEXT_ROOM), cookie = sb_on(w->arena, 4096);
	CURL *curl = curl_easy_init();
	struct curl_slist *list = NULL;
	bool typed = false;
	long status = 0;
	for (uint32_t i = 0; headers && i < headers->n; i++) {
		struct str name = headers->keys[i].name,
			   value = fill(w, json_str(&headers->items[i]), NULL, false);
		typed |= str_is(name, "Content-Type");
		list = curl_slist_append(list, arena_printf(w->arena, "%.*s: %.*s", (int)name.n,
							    name.p, (int)value.n, value.p));
	}
	if (body.p && !typed) list = curl_slist_append(list, "Content-Type: application/json");
	if (as) {
		list = curl_slist_append(list, arena_printf(w->arena, "Cookie: %s", as->cookie));
		list = curl_slist_append(list,
					 arena_printf(w->arena, "X-CSRF-Token: %s", as->csrf));
	}
	curl_easy_setopt(
		curl, CURLOPT_URL,
		arena_printf(w->arena, "http://127.0.0.1:%u%s", http_port(w->server->http), path));
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	if (!strcmp(method, "HEAD")) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
	if (body.p) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
	}
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &cookie);
	CURLcode rc = curl_easy_perform(curl);
	if (rc != CURLE_OK) wrong(w, curl_easy_strerror(rc), str_of(path));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(list);
	a.status = (int)status;
	a.body = sb_str(&text);
	a.cookie = sb_cstr(&cookie);
	return a;
}

static const struct json *parse(struct world *w, struct str text) {
	const struct json *j = NULL;
	if (!text.n || json_parse(w->arena, text, &json_limits_definition, &j)) return NULL;
	return j;
}

static const struct login *login_as(struct world *w, const char *name) {
	for (size_t i = 0; i < w->login_count; i++)
		if (!strcmp(w->logins[i].name, name)) return &w->logins[i];
	const char *body = arena_printf(
		w->arena, "{\"login\":\"%s\",\"password\":\"%s-password-1\"}", name, name);
	struct answer a = send_request(w, NULL, "POST", "/api/session", str_of(body), NULL);
	assert_int_equal(a.status, 201);
	assert_true(w->login_count < USERS);
	struct login *l = &w->logins[w->login_count++];
	*l = (struct login){ arena_strdup(w->arena, name), a.cookie,
			     str_dup(w->arena, json_str(json_get(parse(w, a.body), "csrf"))) };
	return l;
}

/* ---- texts with places ---- */

static const char *saved(const struct world *w, struct str name) {
	for (size_t i = w->saved_count; i > 0; i--)
		if (str_eq(w->saved[i - 1].name, name)) return w->saved[i - 1].value;
	return NULL;
}

static struct str fill(struct world *w, struct str text, const char *dollar, bool quoted) {
	struct sb out = sb_on(w->arena, TEXT_ROOM);
	for (size_t i = 0; i < text.n; i++) {
		const char *end = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
		const char *value = end ? saved(w, (struct str){ text.p + i + 1,
								 (size_t)(end - text.p) - i - 1 })
					: NULL;
		if (value) {
			sb_cat(&out, value);
			i = (size_t)(end - text.p);
		} else if (text.p[i] == '$' && dollar) {
			sb_cat(&out, quoted ? client_quote(w->arena, str_of(dollar)) : dollar);
		} else {
			sb_char(&out, text.p[i]);
		}
	}
	sb_cstr(&out);
	return sb_str(&out);
}

static bool has(struct str text, struct str piece) {
	return piece.n == 0 || (text.n && memmem(text.p, text.n, piece.p, piece.n));
}

/* ---- a step ---- */

static const char *without_blanks(struct world *w, const char *path) {
	struct sb out = sb_on(w->arena, TEXT_ROOM);
	for (; *path; path++) sb_cat(&out, *path == ' ' ? "%20" : (char[]){ *path, 0 });
	return sb_cstr(&out);
}

static struct answer run_request(struct world *w, const struct json *step, const char *dollar) {
	struct str line = json_str(json_get(step, "request"));
	struct str request = fill(w, line, dollar, line.p[0] != '$'), body = { NULL, 0 };
	const char *blank = memchr(request.p, ' ', request.n);
	assert_non_null(blank);
	const char *method =
		str_dup(w->arena, (struct str){ request.p, (size_t)(blank - request.p) });
	const struct json *as = json_get(step, "as"), *value = json_get(step, "body"),
			  *raw = json_get(step, "text");
	if (value) {
		struct sb text = sb_on(w->arena, TEXT_ROOM);
		struct jw out = jw_on(&text);
		jw_json(&out, value);
		body = fill(w, sb_str(&text), dollar, false);
	}
	if (raw) body = fill(w, json_str(raw), dollar, false);
	const char *login = as ? str_dup(w->arena, json_str(as)) : "admin";
	return send_request(w, *login ? login_as(w, login) : NULL, method,
			    without_blanks(w, blank + 1), body, json_get(step, "headers"));
}

static bool status_fits(const struct json *want, int status) {
	int64_t n;
	if (!want) return status < 400;
	if (want->kind != JSON_ARRAY) return json_int(want, &n) && n == status;
	for (uint32_t i = 0; i < want->n; i++)
		if (json_int(&want->items[i], &n) && n == status) return true;
	return false;
}

static void check_texts(struct world *w, const struct json *step, const struct answer *a) {
	const struct json *must = json_get(step, "must"), *must_not = json_get(step, "must_not");
	for (uint32_t i = 0; must && i < must->n; i++)
		if (!has(a->body, fill(w, json_str(&must->items[i]), NULL, false)))
			wrong(w, "missing in the answer", json_str(&must->items[i])),
				wrong(w, "answer", a->body);
	for (uint32_t i = 0; must_not && i < must_not->n; i++)
		if (has(a->body, json_str(&must_not->items[i])))
			wrong(w, "must not be in the answer", json_str(&must_not->items[i])),
				wrong(w, "answer", a->body);
}

static void check_equal(struct world *w, const struct json *step, const struct json *answer) {
	const struct json *equal = json_get(step, "equal");
	for (uint32_t i = 0; equal && i < equal->n; i++) {
		const struct json *got = json_at(answer, str_dup(w->arena, equal->keys[i].name));
		if (!got || !json_equal(got, &equal->items[i]))
			wrong(w, "differs", equal->keys[i].name);
	}
}

static void save_values(struct world *w, const struct json *step, const struct json *answer) {
	const struct json *save = json_get(step, "save");
	for (uint32_t i = 0; save && i < save->n; i++) {
		const struct json *got =
			json_at(answer, str_dup(w->arena, json_str(&save->items[i])));
		assert_true(w->saved_count < SAVED);
		if (!got)
			wrong(w, "nothing to save at", json_str(&save->items[i]));
		else
			w->saved[w->saved_count].name = save->keys[i].name,
			w->saved[w->saved_count++].value = str_dup(w->arena, got->text);
	}
}

static struct str watched(struct world *w, const struct json *scenario) {
	const struct json *paths = json_get(scenario, "watch");
	struct sb all = sb_on(w->arena, TEXT_ROOM);
	for (uint32_t i = 0; paths && i < paths->n; i++) {
		struct answer a = send_request(w, login_as(w, "admin"), "GET",
					       fill(w, json_str(&paths->items[i]), NULL, false).p,
					       (struct str){ NULL, 0 }, NULL);
		if (a.status != 200) wrong(w, "watched path", a.body);
		sb_add(&all, a.body);
	}
	return sb_str(&all);
}

/* "until": what a job does is waited for, a minute at most. */
static struct answer run_until(struct world *w, const struct json *step, const char *dollar) {
	const struct json *until = json_get(step, "until");
	struct answer a = run_request(w, step, dollar);
	for (int i = 0; until && i < 1200 && !has(a.body, json_str(until)); i++) {
		usleep(50000);
		a = run_request(w, step, dollar);
	}
	if (until && !has(a.body, json_str(until))) wrong(w, "never came", json_str(until));
	return a;
}

static void one(struct world *w, const struct json *scenario, const struct json *step,
		const char *dollar) {
	struct str before = watched(w, scenario);
	struct answer a = run_until(w, step, dollar);
	const struct json *tree = parse(w, a.body);
	if (!status_fits(json_get(step, "status"), a.status) || a.status >= 500) {
		if (dollar) wrong(w, "with", str_of(dollar));
		wrong(w, arena_printf(w->arena, "status %d", a.status), a.body);
	}
	if (a.status >= 400 && !str_eq(before, watched(w, scenario)))
		wrong(w, "a refused request changed the state", a.body);
	if (a.status >= 400 &&
	    (!json_get(tree, "code") || !json_get(tree, "detail") || !json_get(tree, "instance")))
		wrong(w, "not a problem document", a.body);
	check_texts(w, step, &a);
	check_equal(w, step, tree);
	save_values(w, step, tree);
}

static struct str neutral(struct world *w, struct str text, const char *name) {
	struct sb out = sb_on(w->arena, TEXT_ROOM);
	size_t n = strlen(name);
	for (size_t i = 0; i < text.n; i++) {
		const char *instance = "\"instance\":\"";
		if (text.n - i >= n && !memcmp(text.p + i, name, n))
			sb_char(&out, '$'), i += n - 1;
		else if (text.n - i > 28 && !memcmp(text.p + i, instance, 12))
			i += 27;
		else
			sb_char(&out, text.p[i]);
	}
	return sb_str(&out);
}

static void alike(struct world *w, const struct json *scenario, const struct json *step,
		  const struct json *names) {
	struct str texts[2];
	int statuses[2];
	for (uint32_t i = 0; i < 2; i++) {
		const char *name = str_dup(w->arena, json_str(&names->items[i]));
		one(w, scenario, step, name);
		struct answer a = run_request(w, step, name);
		texts[i] = neutral(w, a.body, name);
		statuses[i] = a.status;
	}
	if (statuses[0] == statuses[1] && str_eq(texts[0], texts[1])) return;
	wrong(w, "not alike", texts[0]);
	wrong(w, "and", texts[1]);
}

static void run_step(struct world *w, const struct json *scenario, const struct json *step) {
	const struct json *each = json_get(step, "each"), *names = json_get(step, "alike");
	if (names) alike(w, scenario, step, names);
	for (uint32_t i = 0; each && i < each->n; i++)
		one(w, scenario, step, str_dup(w->arena, json_str(&each->items[i])));
	if (!names && !each) one(w, scenario, step, NULL);
}

/* ---- files ---- */

static struct str read_file(struct arena *a, const char *path) {
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	struct sb text = sb_on(a, TEXT_ROOM);
	char piece[4096];
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) sb_bytes(&text, piece, n);
	fclose(f);
	return sb_str(&text);
}

static void run_file(struct world *w, const char *path, const char *name) {
	const struct json *scenario;
	w->file = name;
	w->saved_count = 0;
	struct problem *p =
		json_parse(w->arena, read_file(w->arena, path), &json_limits_definition, &scenario);
	assert_null(p);
	const struct json *steps = json_get(scenario, "steps");
	assert_non_null(steps);
	for (w->step = 0; w->step < steps->n; w->step++)
		run_step(w, scenario, &steps->items[w->step]);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void all_scenarios(void **state) {
	struct world *w = *state;
	struct dirent **entries;
	int n = scandir("tests/http/scenarios", &entries, NULL, by_name), run = 0;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		if (strstr(entries[i]->d_name, ".json")) {
			run_file(w,
				 arena_printf(w->arena, "tests/http/scenarios/%s",
					      entries[i]->d_name),
				 arena_strdup(w->arena, entries[i]->d_name));
			run++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(run > 0);
	assert_int_equal(w->failures, 0);
}

/* ---- many at once: twins of one Idempotency-Key, reads, changes of one record, definitions
 * applied meanwhile ---- */

enum { THREADS = 8, ROUNDS = 25 };
struct worker {
	struct world w;
	pthread_t thread;
	size_t number;
	const char *shared;
	int64_t made[ROUNDS];
	int stale;
};

static int64_t id_of(struct world *w, const struct answer *a) {
	int64_t id = 0;
	if (!json_int(json_get(parse(w, a->body), "id"), &id)) wrong(w, "no id", a->body);
	return id;
}

static void twin(struct worker *k, size_t round) {
	struct world *w = &k->w;
	const struct json *headers = parse(
		w, str_of(arena_printf(w->arena, "{\"Idempotency-Key\":\"mixed-%zu\"}", round)));
	struct str body =
		str_of(arena_printf(w->arena, "{\"code\":\"MIX-%zu\",\"name\":\"mixed\"}", round));
	struct answer a =
		send_request(w, login_as(w, "admin"), "POST", "/api/shop/item", body, headers);
	if (a.status != 201)
		wrong(w, "twin", a.body);
	else
		k->made[round] = id_of(w, &a);
}

static void change_shared(struct worker *k, size_t round) {
	struct world *w = &k->w;
	struct str body =
		str_of(arena_printf(w->arena, "{\"price\":\"%zu.%zu\"}", round + 1, k->number));
	struct answer a = send_request(w, login_as(w, "admin"), "PATCH", k->shared, body, NULL);
	if (a.status == 409)
		k->stale++; /* lost three races in a row: told so */
	else if (a.status != 200)
		wrong(w, "change", a.body);
}

/* While the app of these records is published anew again and again. */
static void add_note(struct worker *k) {
	struct world *w = &k->w;
	struct answer a = send_request(w, login_as(w, "admin"), "POST", "/api/tiny/note",
				       STR("{\"text\":\"counted\"}"), NULL);
	if (a.status != 201) wrong(w, "note", a.body);
}

static void publish_tiny(struct world *w, size_t version) {
	const char *more =
		arena_printf(w->arena, ",{\"name\":\"extra%zu\",\"type\":\"integer\"}", version);
	const char *body = arena_printf(w->arena,
					"{\"files\":{\"app.json\":{\"app\":\"tiny\",\"version\":\"%"
					"zu\"},\"forms/note.json\":{\"form\":\"note\","
					"\"fields\":[{\"name\":\"text\",\"type\":\"text\"}%s]}}}",
					version + 10, more);
	struct answer a = send_request(w, login_as(w, "admin"), "POST", "/api/apps/tiny/apply",
				       str_of(body), NULL);
	if (a.status != 200) wrong(w, "apply", a.body);
}

static void *work(void *arg) {
	static const char *const reads[] = {
		"/api/shop/item?q=mixed&count=1",
		"/api/shop/item?filter=price%20%3E%201&sort=-price&titles=1",
		"/api/shop/definition",
		"/openapi.json",
		"/metrics",
		"/api/shop/sale?fields=number,lines",
		"/api/me",
		"/readyz"
	};
	struct worker *k = arg;
	for (size_t i = 0; i < ROUNDS; i++) {
		twin(k, i);
		change_shared(k, i);
		add_note(k);
		struct answer a = send_request(&k->w, login_as(&k->w, "admin"), "GET",
					       reads[(i + k->number) % ARRAY_LEN(reads)],
					       (struct str){ NULL, 0 }, NULL);
		if (a.status != 200) wrong(&k->w, "read", a.body);
	}
	return NULL;
}

static void mixed_load(void **state) {
	struct world *w = *state;
	w->file = "mixed load";
	w->failures = 0;
	struct worker *workers = calloc(THREADS, sizeof *workers);
	struct answer a = send_request(w, login_as(w, "admin"), "POST", "/api/shop/item",
				       STR("{\"code\":\"SHARED\",\"name\":\"shared\"}"), NULL);
	const char *shared = arena_printf(w->arena, "/api/shop/item/%lld", (long long)id_of(w, &a));
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].w = *w;
		workers[i].w.arena = arena_new(0);
		workers[i].number = i;
		workers[i].shared = shared;
		assert_false(pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	for (size_t v = 0; v < 10; v++) publish_tiny(w, v);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		w->failures += workers[i].w.failures;
		arena_free(workers[i].w.arena);
	}
	for (size_t r = 0; r < ROUNDS; r++)
		for (size_t i = 1; i < THREADS; i++)
			assert_int_equal(workers[i].made[r], workers[0].made[r]);
	int stale = 0;
	for (size_t i = 0; i < THREADS; i++) stale += workers[i].stale;
	free(workers);
	a = send_request(w, login_as(w, "admin"), "GET",
			 "/api/shop/item?filter=name%20%3D%3D%20'mixed'&count=exact&limit=1",
			 (struct str){ NULL, 0 }, NULL);
	assert_true(has(a.body, str_of(arena_printf(w->arena, "\"count\":%d", ROUNDS))));
	a = send_request(w, login_as(w, "admin"), "GET", shared, (struct str){ NULL, 0 }, NULL);
	assert_true(has(a.body, str_of(arena_printf(w->arena, "\"rev\":%d,",
						    1 + THREADS * ROUNDS - stale))));
	a = send_request(w, login_as(w, "admin"), "GET",
			 "/api/tiny/note?filter=text%20%3D%3D%20'counted'&count=exact&limit=1",
			 (struct str){ NULL, 0 }, NULL);
	assert_true(has(a.body, str_of(arena_printf(w->arena, "\"count\":%d", THREADS * ROUNDS))));
	assert_int_equal(w->failures, 0);
}

static int begin(void **state) {
	static const char *const folders[] = { "tests/http/app" };
	struct world *w = calloc(1, sizeof *w);
	w->arena = arena_new(0);
	log_threshold(getenv("TENON_LOG") ? LOG_INFO : LOG_ERROR);
	strcpy(w->folder, "/tmp/tenon-scenarios-XXXXXX");
	if (!mkdtemp(w->folder)) return -1;
	setenv("TENON_ADMIN_PASSWORD", "admin-password-1", 1);
	struct server_options o = { .app_folders = folders,
				    .app_count = 1,
				    .data = w->folder,
				    .listen = "127.0.0.1:0",
				    .test_clock = true };
	struct problem *p = server_start(w->arena, &o, &w->server);
	if (p) {
		print_error("%s: %s\n", p->code, problem_text(w->arena, LANGUAGE_EN, p));
		return -1;
	}
	struct answer a = send_request(w, login_as(w, "admin"), "POST", "/api/users/import",
				       read_file(w->arena, "tests/http/people.json"), NULL);
	*state = w;
	return a.status == 200 ? 0 : -1;
}

static int remove_all(void **state) {
	struct world *w = *state;
	if (!w) return 0;
	const char *command[] = { "rm", "-rf", w->folder, NULL };
	server_stop(w->server);
	pid_t pid = fork();
	if (!pid) execvp(command[0], (char *const *)(uintptr_t)command), _exit(1);
	arena_free(w->arena);
	free(w);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_scenarios),
					    cmocka_unit_test(mixed_load) };
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, begin, remove_all);
}
