/* server.h -- one process: store, HTTP, configuration, metrics. exchange_context(x) is the server. */
#ifndef TENON_HOST_SERVER_H
#define TENON_HOST_SERVER_H

#include "runtime/host/http.h"
#include "runtime/store/writer.h"

struct server_options {
	const char *const *app_folders; size_t app_count;
	const char *data;                 /* folder */
	const char *listen;               /* "127.0.0.1:8080"; NULL: only the Unix socket */
	const char *public_url, *tls_cert, *tls_key;
	const char *web;                  /* folder of pages served instead of the built-in ones, or NULL */
	bool insecure_http, dev, demo, test_clock;
	bool fleeting;                    /* thrown away when the command ends: nobody needs its password */
};
struct jobs;
struct route_tree;
struct search_upkeep;
struct events;
struct timekeeper;
struct token_rates;
struct server {
	struct arena *arena;
	struct server_options options;
	struct store *store;
	struct http_server *http;
	bool secure_cookies;              /* --public-url https or TLS */
	int64_t started_us;
	struct metrics *metrics;
	const struct route_tree *routes;
	struct jobs *jobs;
	struct search_upkeep *search_upkeep;
	struct events *events;
	struct timekeeper *timekeeper;
	struct token_rates *token_rates;
};
struct problem *server_start(struct arena *a, const struct server_options *o, struct server **out) MUST_CHECK;
void server_stop(struct server *s);
void server_block_signals(void);          /* before anything starts a thread: SIGTERM, SIGINT */
int server_run(struct server *s);         /* until SIGTERM or SIGINT; exit code */

#endif
