/* server.c -- one process on one data folder: from its options to answering requests, and the
 * orderly end. Boot: store (lock) -> interrupted applies finished -> published apps loaded -> first
 * admin -> app folders -> listen. Stop: no new connections, running requests finish (10 s at most),
 * the writer's queue empties, the WAL is checkpointed. */
#include "runtime/host/server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/host/events.h"
#include "runtime/host/jobs.h"
#include "runtime/host/metrics.h"
#include "runtime/host/publish.h"
#include "runtime/host/router.h"
#include "runtime/host/seeding.h"
#include "runtime/host/terminal.h"
#include "runtime/host/timekeeper.h"
#include "runtime/host/token_rate.h"
#include "engines/flow/due.h"
#include "engines/flow/engine.h"
#include "runtime/store/accounts.h"
#include "runtime/store/proxies.h"
#include "runtime/store/search_upkeep.h"

enum { PEM_MAX = 1 << 20 };

struct listen {
	const char *address;
	uint16_t port;
	bool loopback;
};

static struct problem *parse_listen(struct arena *a, const char *text, struct listen *out) {
	const char *colon = strrchr(text, ':');
	int64_t port = -1;
	if (!colon || !str_to_int(str_of(colon + 1), &port) || port < 0 || port > 65535)
		return PROBLEM(a, INVALID, "listen_form", "text", text);
	struct str host = { text, (size_t)(colon - text) };
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct str){ host.p + 1, host.n - 2 };
	if (str_is(host, "localhost")) host = STR("127.0.0.1");
	out->address = str_dup(a, host);
	out->port = (uint16_t)port;
	out->loopback = str_starts(host, STR("127.")) || str_is(host, "::1");
	return NULL;
}

static struct problem *read_pem(struct arena *a, const char *path, const char **out) {
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *text = arena_alloc(a, PEM_MAX + 1);
	ssize_t n = fd < 0 ? -1 : read(fd, text, PEM_MAX);
	if (fd >= 0) close(fd);
	if (n <= 0) return PROBLEM(a, INVALID, "tls_file", "file", path ? path : "");
	*out = text;
	return NULL;
}

static bool is_https(const char *url) { return url && !strncmp(url, "https://", 8); }

/* Plain HTTP beyond this machine only when told: passwords would cross the network readable. */
static struct problem *check_exposure(struct server *s, const struct listen *l, bool tls) {
	const struct server_options *o = &s->options;
	if (o->public_url && !is_https(o->public_url) && strncmp(o->public_url, "http://", 7) != 0)
		return PROBLEM(s->arena, INVALID, "public_url", "text", o->public_url);
	if (l->loopback || tls || o->insecure_http) return NULL;
	return PROBLEM(s->arena, INVALID, "insecure_http", "address", l->address);
}

static struct problem *start_http(struct server *s) {
	const struct server_options *o = &s->options;
	struct http_options h = { .socket_path = arena_printf(s->arena, "%s/tenon.sock", o->data),
				  .context = s,
				  .on_headers = router_headers,
				  .on_request = router_request,
				  .on_done = router_done,
				  .loops = o->listen ? 0 : 1 };
	if (o->listen) {
		struct listen l = { 0 };
		TRY(parse_listen(s->arena, o->listen, &l));
		if (o->tls_cert || o->tls_key) {
			TRY(read_pem(s->arena, o->tls_cert, &h.tls_cert));
			TRY(read_pem(s->arena, o->tls_key, &h.tls_key));
		}
		TRY(check_exposure(s, &l, h.tls_cert != NULL));
		h.address = l.address;
		h.port = l.port;
		s->secure_cookies = h.tls_cert || is_https(o->public_url);
	}
	return http_start(s->arena, &h, &s->http);
}

static struct problem *start_apps(struct server *s) {
	for (size_t i = 0; i < s->options.app_count; i++) {
		const char *folder = s->options.app_folders[i], *name;
		bool served;
		TRY(folder_boot(s, folder, &served, &name));
		if (served) TRY(seeding_seed(s, name));
		if (served && s->options.demo) TRY(seeding_demo(s, name));
		if (!served && !s->options.dev)
			return PROBLEM(s->arena, INVALID, "folder_not_served", "folder", folder);
	}
	return NULL;
}

/* The password is shown once, here; a given one is not repeated. */
static struct problem *make_admin(struct server *s) {
	struct first_admin admin;
	TRY(first_admin(s->store, s->arena, getenv("TENON_ADMIN_PASSWORD"), &admin));
	if (s->options.fleeting) return NULL;
	if (admin.made && admin.given)
		terminal_say("admin_given", "login", admin.login, (const char *)NULL);
	else if (admin.made)
		terminal_say("admin_made", "login", admin.login, "password", admin.password,
			     (const char *)NULL);
	return NULL;
}

static const struct record_listener *const record_listening[] = { &flow_listener, NULL };

/* What there is of work that is done when its moment comes (store/due.h). */
static const struct due_source *const due_sources[] = { &proxy_due, &flow_due, &flow_wakes, &flow_strays, &flow_returns, NULL };

static struct problem *start(struct server *s) {
	struct store_options store = { .folder = s->options.data, .create = true };
	TRY(store_open(s->arena, &store, &s->store));
	TRY(apps_boot(s->store, s->arena));
	TRY(make_admin(s));
	TRY(start_apps(s));
	TRY(jobs_new(s->arena, s->store, &s->jobs));
	TRY(events_new(s->arena, s->store, EVENTS_HEARTBEAT_MS, &s->events));
	TRY(search_upkeep_start(s->store, s->arena, &s->search_upkeep));
	record_listeners(record_listening);
	s->token_rates = token_rates_new(s->arena);
	TRY(timekeeper_new(s->arena, s->store, due_sources, &s->timekeeper));
	return start_http(s);
}

struct problem *server_start(struct arena *a, const struct server_options *o, struct server **out) {
	struct arena *own = arena_new(0);
	struct server *s = arena_alloc(own, sizeof *s);
	*s = (struct server){
		.arena = own, .options = *o, .started_us = clock_mono(), .metrics = metrics_new(own),
		.routes = route_tree_new(own)
	};
	signal(SIGPIPE, SIG_IGN);
	struct problem *p = start(s);
	if (p) {
		p = problem_copy(a, p);
		server_stop(s);
		return p;
	}
	*out = s;
	return NULL;
}

void server_stop(struct server *s) {
	events_close(s->events);
	timekeeper_stop(s->timekeeper); /* or a call that sets the clock would hold up the rest */
	if (s->http) http_stop(s->http);
	events_free(s->events);
	timekeeper_free(s->timekeeper);
	jobs_free(s->jobs);
	search_upkeep_stop(s->search_upkeep);
	if (s->store) store_close(s->store);
	arena_free(s->arena);
}
