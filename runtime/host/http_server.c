#include <assert.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/http_internal.h"

/* Loops and connections. Invariants:
 *  1. MHD is touched only by the thread of its loop; other threads put an exchange on `finished`
 * and write the eventfd.
 *  2. Each wait covers MHD's epoll descriptor and the eventfd; MHD_run never blocks.
 *  3. A connection counts once in `connections` and (TCP, not loopback) once in its address's slot,
 * from accept to close.
 *  4. A request whose headers or body are not in by its deadline is cut off by shutdown(2); MHD
 * then closes it. waiting_since_us is moved ahead for a body, which may take longer than the
 * headers. */

/* Of one connection, for the head of its request and of its answer. MHD clears all of it after each
 * request: twice as much is 1.2 us more, and it pushes out what the caches hold. */
enum { CONNECTION_BYTES = 16 * 1024 };
enum { SWEEP_US = 500000, DRAIN_US = 10000000 };

static uint64_t address_hash(const struct sockaddr *address) {
	if (address->sa_family == AF_INET)
		return str_hash((struct str){
			(const char *)&((const struct sockaddr_in *)(const void *)address)
				->sin_addr,
			4 });
	/* IPv6: one customer is a /64. */
	return str_hash((struct str){
		(const char *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
		8 });
}

static bool is_loopback(const struct sockaddr *address) {
	if (address->sa_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)(const void *)address)
				      ->sin_addr.s_addr) >>
			24) == 127;
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return true;
}

static enum MHD_Result accept_policy(void *arg, const struct sockaddr *address, socklen_t length) {
	(void)length;
	struct http_loop *loop = arg;
	struct http_server *s = loop->server;
	if (atomic_load(&s->draining) || atomic_load(&s->connections) >= s->options.connections)
		return MHD_NO;
	if (loop->local || is_loopback(address)) return MHD_YES;
	return atomic_load(&s->per_address[address_hash(address) % ADDRESS_SLOTS]) <
			       s->options.connections_per_address
		       ? MHD_YES
		       : MHD_NO;
}

static void name_peer(struct peer *p, const struct sockaddr *address, bool local) {
	const void *bytes =
		address->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)(const void *)address)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)(const void *)address)
				  ->sin6_addr;
	if (local)
		memcpy(p->address, "local", 6);
	else
		inet_ntop(address->sa_family, bytes, p->address, sizeof p->address);
}

static void peer_open(struct http_loop *loop, struct MHD_Connection *c, void **context) {
	struct peer *p = calloc(1, sizeof *p);
	assert(p);
	p->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	p->waiting_since_us = clock_mono();
	const struct sockaddr *address =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	name_peer(p, address, loop->local);
	if (!loop->local && !is_loopback(address)) {
		p->address_hash = address_hash(address) | 1U;
		atomic_fetch_add(&loop->server->per_address[p->address_hash % ADDRESS_SLOTS], 1);
	}
	p->next = loop->peers;
	if (p->next) p->next->previous = p;
	loop->peers = p;
	atomic_fetch_add(&loop->server->connections, 1);
	*context = p;
}

static void peer_close(struct http_loop *loop, struct peer *p) {
	if (p->address_hash)
		atomic_fetch_sub(&loop->server->per_address[p->address_hash % ADDRESS_SLOTS], 1);
	if (p->next) p->next->previous = p->previous;
	if (p->previous)
		p->previous->next = p->next;
	else
		loop->peers = p->next;
	atomic_fetch_sub(&loop->server->connections, 1);
	free(p);
}

static void notify_connection(void *arg, struct MHD_Connection *c, void **context,
			      enum MHD_ConnectionNotificationCode what) {
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		peer_open(arg, c, context);
	else if (*context)
		peer_close(arg, *context);
}

/* Slow senders: headers have header_timeout_s, a body six times that (a streaming sink renews its
 * time with each piece). */
static void sweep(struct http_loop *loop, int64_t now) {
	if (now - loop->swept_us < SWEEP_US) return;
	loop->swept_us = now;
	int64_t limit = (int64_t)loop->server->options.header_timeout_s * 1000000;
	for (struct peer *p = loop->peers; p; p = p->next)
		if (p->waiting_since_us && now - p->waiting_since_us > limit)
			shutdown(p->fd, SHUT_RDWR);
}

static void resume_finished(struct http_loop *loop) {
	uint64_t count;
	ssize_t got = read(loop->event_fd, &count, sizeof count);
	(void)got;
	pthread_mutex_lock(&loop->lock);
	struct exchange *x = loop->finished;
	loop->finished = NULL;
	pthread_mutex_unlock(&loop->lock);
	while (x) {
		struct exchange *next = x->io.next;
		x->io.suspended = false;
		MHD_resume_connection(x->io.connection);
		x = next;
	}
}

static void *loop_run(void *arg) {
	struct http_loop *loop = arg;
	struct pollfd fds[2] = { { .fd = loop->epoll_fd, .events = POLLIN },
				 { .fd = loop->event_fd, .events = POLLIN } };
	while (!atomic_load(&loop->server->stopping)) {
		MHD_UNSIGNED_LONG_LONG wait = 500;
		if (MHD_get_timeout(loop->daemon, &wait) != MHD_YES || wait > 500) wait = 500;
		poll(fds, 2, (int)wait);
		if (fds[1].revents) resume_finished(loop);
		MHD_run(loop->daemon);
		sweep(loop, clock_mono());
	}
	return NULL;
}

static void mhd_log(void *arg, const char *format, va_list args) PRINTF_LIKE(2, 0);
static void mhd_log(void *arg, const char *format, va_list args) {
	(void)arg;
	char line[256];
	vsnprintf(line, sizeof line, format, args);
	line[strcspn(line, "\n")] = 0;
	LOG(DEBUG, "mhd", "text", line);
}

/* The loops share the port (SO_REUSEPORT), and so would another server started by mistake: the
 * kernel would deal callers out between two data folders. A socket that does not share tells. */
static bool port_taken(const struct sockaddr *address, socklen_t length) {
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	bool taken = fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) &&
		     bind(fd, address, length) && errno == EADDRINUSE;
	if (fd >= 0) close(fd);
	if (taken) errno = EADDRINUSE;
	return taken;
}

static struct problem *listen_tcp(struct arena *a, struct http_server *s, int *out) {
	const struct http_options *o = &s->options;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(s->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(s->port) };
	bool is_four = inet_pton(AF_INET, o->address, &four.sin_addr) == 1;
	if (!is_four && inet_pton(AF_INET6, o->address, &six.sin6_addr) != 1)
		return PROBLEM(a, INVALID, "listen_address", "address", o->address);
	struct sockaddr *address =
		is_four ? (struct sockaddr *)(void *)&four : (struct sockaddr *)(void *)&six;
	socklen_t length = is_four ? sizeof four : sizeof six;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;
	bool first = s->loop_count == 0;
	if (fd < 0 || (first && port_taken(address, length)) ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) ||
	    bind(fd, address, length) || listen(fd, 1024)) {
		struct problem *p =
			PROBLEM(a, UNAVAILABLE, "listen_failed", "address", o->address, "port",
				arena_printf(a, "%u", s->port), "reason", strerror(errno));
		if (fd >= 0) close(fd);
		return p;
	}
	if (!s->port) {
		getsockname(fd, address, &length);
		s->port = ntohs(is_four ? four.sin_port : six.sin6_port);
	}
	*out = fd;
	return NULL;
}

static struct problem *listen_local(struct arena *a, const char *path, int *out) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		return PROBLEM(a, INVALID, "socket_path_long", "path", path);
	strcpy(address.sun_path, path);
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t before = umask(0177);
	bool failed = fd < 0 || bind(fd, (struct sockaddr *)(void *)&address, sizeof address) ||
		      listen(fd, 64);
	umask(before);
	if (failed) {
		struct problem *p = PROBLEM(a, UNAVAILABLE, "listen_failed", "address", path,
					    "port", "", "reason", strerror(errno));
		if (fd >= 0) close(fd);
		return p;
	}
	*out = fd;
	return NULL;
}

static struct problem *loop_start(struct arena *a, struct http_server *s, struct http_loop *loop,
				  int fd) {
	const struct http_options *o = &s->options;
	bool tls = o->tls_cert && !loop->local;
	loop->server = s;
	loop->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&loop->lock, NULL);
	struct MHD_OptionItem tls_options[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, NULL },
						{ MHD_OPTION_HTTPS_MEM_KEY, 0, NULL },
						{ MHD_OPTION_END, 0, NULL } };
	if (tls) {
		tls_options[0].ptr_value = arena_strdup(a, o->tls_cert);
		tls_options[1].ptr_value = arena_strdup(a, o->tls_key);
	} else {
		tls_options[0].option = MHD_OPTION_END;
	}
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			 (tls ? (unsigned)MHD_USE_TLS : 0U);
	loop->daemon = MHD_start_daemon(
		flags, 0, accept_policy, loop, exchange_handle, loop, MHD_OPTION_EXTERNAL_LOGGER,
		mhd_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		o->connections + 16, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_timeout_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_CONNECTION, notify_connection, loop, MHD_OPTION_NOTIFY_COMPLETED,
		exchange_finished, loop, MHD_OPTION_URI_LOG_CALLBACK, exchange_uri, loop,
		MHD_OPTION_ARRAY, tls_options, MHD_OPTION_END);
	if (!loop->daemon) {
		close(fd);
		return PROBLEM(a, UNAVAILABLE, tls ? "tls_failed" : "http_failed");
	}
	loop->epoll_fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
	int failed = pthread_create(&loop->thread, NULL, loop_run, loop);
	assert(!failed);
	s->loop_count++;
	return NULL;
}

static void defaults(struct http_options *o) {
	if (!o->loops) o->loops = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	if (o->loops > 64) o->loops = 64;
	if (!o->pool_threads) o->pool_threads = 2;
	if (!o->connections) o->connections = 4096;
	if (!o->connections_per_address) o->connections_per_address = 256;
	if (!o->header_timeout_s) o->header_timeout_s = 10;
	if (!o->idle_timeout_s) o->idle_timeout_s = 30;
}

static struct problem *start_loops(struct arena *a, struct http_server *s) {
	for (unsigned i = 0; s->options.address && i < s->options.loops; i++) {
		int fd = -1;
		TRY(listen_tcp(a, s, &fd));
		TRY(loop_start(a, s, &s->loops[s->loop_count], fd));
	}
	if (!s->options.socket_path) return NULL;
	int fd = -1;
	TRY(listen_local(a, s->options.socket_path, &fd));
	s->loops[s->loop_count].local = true;
	return loop_start(a, s, &s->loops[s->loop_count], fd);
}

struct problem *http_start(struct arena *a, const struct http_options *o,
			   struct http_server **out) {
	struct http_server *s = calloc(1, sizeof *s);
	assert(s);
	s->options = *o;
	defaults(&s->options);
	s->port = o->port;
	s->loops = calloc(s->options.loops + 1, sizeof *s->loops);
	assert(s->loops);
	s->pool = pool_new(s->options.pool_threads);
	struct problem *p = start_loops(a, s);
	if (p) {
		http_stop(s);
		return p;
	}
	*out = s;
	return NULL;
}

static size_t running(const struct http_server *s) {
	size_t n = 0;
	for (unsigned i = 0; i < s->loop_count; i++) n += atomic_load(&s->loops[i].running);
	return n;
}

void http_drain(struct http_server *s) {
	atomic_store(&s->draining, true);
	int64_t until = clock_mono() + DRAIN_US;
	while (running(s) && clock_mono() < until) usleep(2000);
}

/* A daemon may not stop while a connection is suspended, so what is still running after the drain
 * is waited for: every suspended exchange is in the hands of the writer or the pool, and both
 * finish what they have. */
void http_stop(struct http_server *s) {
	http_drain(s);
	atomic_store(&s->cut, true);
	while (running(s) && s->loop_count) usleep(2000);
	atomic_store(&s->stopping, true);
	for (unsigned i = 0; i < s->loop_count; i++) {
		struct http_loop *loop = &s->loops[i];
		uint64_t one = 1;
		ssize_t put = write(loop->event_fd, &one, sizeof one);
		(void)put;
		pthread_join(loop->thread, NULL);
		MHD_stop_daemon(loop->daemon);
		close(loop->event_fd);
		pthread_mutex_destroy(&loop->lock);
	}
	pool_free(s->pool);
	if (s->options.socket_path) unlink(s->options.socket_path);
	free(s->loops);
	free(s);
}

uint16_t http_port(const struct http_server *s) { return s->port; }
struct pool *http_pool(struct http_server *s) {
	return s->pool;
}
size_t http_open_connections(const struct http_server *s) { return atomic_load(&s->connections); }
