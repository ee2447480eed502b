/* http_internal.h -- between http_server.c (daemon and loops), http_exchange.c (one request) and http_guard.c. */
#ifndef TENON_HOST_HTTP_INTERNAL_H
#define TENON_HOST_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include "runtime/host/http.h"

struct peer {                          /* one TCP connection, for limits and the header deadline */
	struct peer *previous, *next;
	int fd;
	int64_t waiting_since_us;      /* clock_mono of the first byte of a request not yet complete; 0: none */
	uint64_t address_hash;
	char address[INET6_ADDRSTRLEN]; /* as text; "local" on the socket */
};
struct http_loop {
	struct http_server *server;
	struct MHD_Daemon *daemon;
	int epoll_fd, event_fd;
	bool local;                    /* the Unix socket's loop */
	pthread_t thread;
	pthread_mutex_t lock;          /* of `finished` */
	struct exchange *finished;
	struct peer *peers;            /* this loop's, newest first; loop thread only */
	int64_t swept_us;
	atomic_size_t running;         /* exchanges between headers and sent */
};
enum { ADDRESS_SLOTS = 4096 };
struct http_server {
	struct http_options options;
	struct http_loop *loops;
	unsigned loop_count;
	struct pool *pool;
	uint16_t port;
	atomic_bool stopping, draining, cut; /* cut: the drain's time is over, streams end */
	atomic_size_t connections;
	atomic_uint per_address[ADDRESS_SLOTS]; /* by hash of the address: a collision only makes the limit stricter */
};

/* http_guard.c: NULL, or the code of what is wrong with the framing. */
const char *guard_framing(struct MHD_Connection *c, const char *version);
bool guard_target(struct exchange *x, const char *url);  /* fills x->path and x->query; false: malformed */

/* http_exchange.c */
enum MHD_Result exchange_handle(void *loop, struct MHD_Connection *c, const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_size, void **state);
void exchange_finished(void *loop, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why);
void *exchange_uri(void *loop, const char *uri, struct MHD_Connection *c);

#endif
