/* http.h -- HTTP in and out: our own loops around libmicrohttpd, framing guards, limits. The only room that knows MHD.
 *
 * Threads: one loop a core, each with its own daemon on the shared port; a loop waits on MHD's epoll descriptor and an
 * eventfd for finished work (MHD's internal loop stalls at multiples of 128 ready sockets: decision 0004). A handler runs on
 * the loop and either fills the answer, or calls exchange_suspend and gives the exchange to the writer or the pool; whoever
 * finishes calls exchange_resume, once, from any thread.
 * Ownership: the exchange and its arena live until the answer is sent; `body` and headers are borrowed from it.
 * Guards (before routing; RFC 9112 sections 3.2, 6.3): Content-Length with Transfer-Encoding, several or malformed
 * Content-Length, HTTP/1.1 without Host or with two, blanks before a header's colon, control characters in the target. */
#ifndef TENON_HOST_HTTP_H
#define TENON_HOST_HTTP_H

#include <netinet/in.h>
#include "runtime/base/json.h"
#include "runtime/host/pool.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };

struct http_server;
struct http_loop;
struct exchange {
	struct arena *arena;
	struct http_server *server;
	struct http_loop *loop;
	enum http_method method;
	const char *method_name;
	struct str path;                   /* percent-decoded once, valid UTF-8, starts with "/", no "//", no "." segments */
	struct str_pair { struct str name, value; } *query; size_t query_count; /* decoded; in order */
	struct str body;                   /* whole, or empty when a sink took it */
	char id[17];                       /* request id: 16 hex digits; also X-Request-Id and the log */
	char address[INET6_ADDRSTRLEN];    /* of the peer; "local" on the socket */
	bool local;                        /* came over data/tenon.sock: the machine's operator */
	int64_t started_us;                /* clock_mono */
	uint64_t owner;                    /* whose work it is, for the turns of the pool: a user, or an address */

	/* Streaming upload: set by on_headers; called with each piece, then with n = 0 at the end. */
	struct problem *(*sink)(struct exchange *x, const char *bytes, size_t n);
	size_t body_limit;                 /* set by on_headers; default 1 MiB */
	const void *route;                 /* the router's: which row matched (label of metrics) */
	void *context;                     /* the handler's */

	/* Answer. status 0 = not yet. */
	int status;
	struct sb answer;                  /* ceiling 1 MiB unless raised before the first byte */
	const char *content_type;
	struct header { const char *name, *value; struct header *next; } *headers;
	/* Streamed answer: produce fills `answer` with the next piece (on the pool), *more = false with the last. */
	struct problem *(*produce)(struct exchange *x, bool *more);

	/* Live answer: what `answer` holds is sent, then idle gets the exchange, suspended; whoever keeps it fills `answer` with the
	 * next piece and calls exchange_piece. `live` is the owner's. */
	void (*idle)(struct exchange *x);
	void *live;

	/* Called on the loop when a suspended exchange comes back without an answer (status 0); may suspend again. */
	void (*on_resume)(struct exchange *x);

	/* http_server.c only */
	struct { void *connection; struct exchange *next; bool suspended, more, headers_done, requested, failed; size_t sent; struct sb body; struct pool_task task; } io;
};

struct http_options {
	const char *address;               /* "127.0.0.1"; NULL: no TCP */
	uint16_t port;                     /* 0: any free one (http_port tells) */
	const char *socket_path;           /* Unix socket, mode 0600; NULL: none */
	unsigned loops, pool_threads;      /* 0: cores; 0: 2 */
	const char *tls_cert, *tls_key;    /* PEM text or NULL */
	unsigned connections, connections_per_address; /* 0: 4096; 0: 256 */
	unsigned header_timeout_s, idle_timeout_s;     /* 0: 10; 0: 30 */
	void *context;                     /* handed to the callbacks: exchange_context(x) */
	/* Headers are in, the body is not: check the route, set body_limit or a sink, or fill an answer to refuse. */
	void (*on_headers)(struct exchange *x);
	void (*on_request)(struct exchange *x);   /* complete: answer, or suspend */
	void (*on_done)(struct exchange *x);      /* answer sent or peer gone: log, metrics; releases what the handler holds */
};
struct problem *http_start(struct arena *a, const struct http_options *o, struct http_server **out) MUST_CHECK;
void http_drain(struct http_server *s);                /* no new connections; running requests finish, at most 10 s */
void http_stop(struct http_server *s);                 /* drains, then ends the loops and frees */
uint16_t http_port(const struct http_server *s);
struct pool *http_pool(struct http_server *s);
size_t http_open_connections(const struct http_server *s);

void *exchange_context(const struct exchange *x);
struct str exchange_header(const struct exchange *x, const char *name);          /* first of that name, else empty */
struct str exchange_query(const struct exchange *x, const char *name);           /* first, else empty */
bool exchange_has_query(const struct exchange *x, const char *name);
struct str exchange_cookie(const struct exchange *x, const char *name);
void exchange_set_header(struct exchange *x, const char *name, const char *value); /* value copied; no control characters */
void exchange_suspend(struct exchange *x);
void exchange_resume(struct exchange *x);
void exchange_piece(struct exchange *x, bool more);                              /* any thread; more false: the last */
void exchange_run_on_pool(struct exchange *x, void (*run)(void *exchange));      /* suspends; run must end with exchange_resume */
void exchange_again_on_pool(struct exchange *x, void (*run)(void *exchange)); /* by run itself, at its end: once more, when others had their turn */

#endif
