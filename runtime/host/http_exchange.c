#include <assert.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/http_internal.h"
#include "runtime/host/problem_http.h"

/* One exchange: request line -> headers (guards, on_headers) -> body -> on_request -> answer. MHD
 * calls exchange_handle again and again; `io` remembers where we are. Suspended means: the exchange
 * belongs to another thread until it is resumed. */

enum {
	BODY_LIMIT = 1 << 20,
	ANSWER_CEILING = 1 << 20,
	ARENA_BUDGET = 64 << 20,
	STREAM_BLOCK = 64 << 10
};

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET },         { "HEAD", HTTP_HEAD }, { "POST", HTTP_POST },
	{ "PATCH", HTTP_PATCH },     { "PUT", HTTP_PUT },   { "DELETE", HTTP_DELETE },
	{ "OPTIONS", HTTP_OPTIONS },
};

static enum http_method method_of(const char *name) {
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, name)) return methods[i].method;
	return HTTP_OTHER;
}

static struct peer *peer_of(struct MHD_Connection *c) {
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static void peer_wait(struct MHD_Connection *c, int64_t since_us) {
	struct peer *p = peer_of(c);
	if (p) p->waiting_since_us = since_us;
}

static void name_request(struct exchange *x) {
	static atomic_uint_fast64_t next;
	uint64_t n = atomic_fetch_add(&next, 1);
	uint64_t mixed = str_hash((struct str){ (const char *)&n, sizeof n });
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 16; i++) x->id[i] = digits[(mixed >> (60 - 4 * i)) & 15];
}

/* The request line is in: the raw target is seen only here (later MHD has decoded it). */
void *exchange_uri(void *arg, const char *uri, struct MHD_Connection *c) {
	struct http_loop *loop = arg;
	struct arena *a = arena_new(ARENA_BUDGET);
	struct exchange *x = arena_alloc(a, sizeof *x);
	x->arena = a;
	x->loop = loop;
	x->server = loop->server;
	x->io.connection = c;
	x->started_us = clock_mono();
	x->body_limit = BODY_LIMIT;
	x->io.body = sb_on(a, SIZE_MAX / 2);
	x->answer = sb_on(a, ANSWER_CEILING);
	name_request(x);
	x->local = loop->local;
	memcpy(x->address, peer_of(c)->address, sizeof x->address);
	if (!guard_target(x, arena_strdup(a, uri))) x->path = (struct str){ NULL, 0 };
	atomic_fetch_add(&loop->running, 1);
	peer_wait(c, x->started_us);
	return x;
}

void exchange_finished(void *arg, struct MHD_Connection *c, void **state,
		       enum MHD_RequestTerminationCode why) {
	(void)c;
	(void)why;
	struct http_loop *loop = arg;
	struct exchange *x = *state;
	if (!x) return;
	*state = NULL;
	loop->server->options.on_done(x);
	arena_free(x->arena);
	atomic_fetch_sub(&loop->running, 1);
}

/* ---- answers ---- */

static void give_to_pool(struct exchange *x, void (*run)(void *)) {
	x->io.task = (struct pool_task){ .run = run, .arg = x, .owner = x->owner };
	pool_submit(x->server->pool, &x->io.task);
}

static void produce_piece(void *arg) {
	struct exchange *x = arg;
	x->answer.n = 0;
	x->io.sent = 0;
	struct problem *p = x->produce(x, &x->io.more);
	if (p || x->answer.overflow) {
		LOG(ERROR, "stream_failed", "request", x->id, "code", p ? p->code : "too_large");
		x->io.more = false;
		x->answer.n = 0;
		x->io.failed = true; /* the reader ends the stream with an error: the client must
					not take it for whole */
	}
	exchange_resume(x);
}

static ssize_t stream_read(void *arg, uint64_t at, char *to, size_t room) {
	(void)at;
	struct exchange *x = arg;
	size_t left = x->answer.n - x->io.sent;
	if (!left && (x->io.failed || atomic_load(&x->server->cut)))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (!left && !x->io.more) return MHD_CONTENT_READER_END_OF_STREAM;
	if (!left) {
		exchange_suspend(x);
		if (x->idle)
			x->idle(x);
		else
			give_to_pool(x, produce_piece);
		return 0;
	}
	size_t n = left < room ? left : room;
	memcpy(to, x->answer.p + x->io.sent, n);
	x->io.sent += n;
	return (ssize_t)n;
}

void exchange_piece(struct exchange *x, bool more) {
	x->io.sent = 0;
	x->io.more = more;
	exchange_resume(x);
}

static enum MHD_Result send_answer(struct exchange *x, struct MHD_Connection *c) {
	struct MHD_Response *r;
	if (x->produce || x->idle) {
		x->io.more = true;
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read,
						      x, NULL);
	} else {
		r = MHD_create_response_from_buffer(x->answer.n, x->answer.p,
						    MHD_RESPMEM_PERSISTENT);
	}
	if (!r) return MHD_NO;
	if (x->content_type) MHD_add_response_header(r, "Content-Type", x->content_type);
	MHD_add_response_header(r, "X-Request-Id", x->id);
	for (struct header *h = x->headers; h; h = h->next)
		MHD_add_response_header(r, h->name, h->value);
	enum MHD_Result queued = MHD_queue_response(c, (unsigned)x->status, r);
	MHD_destroy_response(r);
	return queued;
}

/* ---- the request ---- */

/* Before the router, or while a body comes: the connection ends with the answer. */
static void refuse(struct exchange *x, const struct problem *p) {
	answer_problem(x, language_of(exchange_header(x, "Accept-Language")), NULL, p);
	exchange_set_header(x, "Connection", "close");
}

static void refuse_size(struct exchange *x) {
	refuse(x, PROBLEM(x->arena, TOO_LARGE, "too_large", "max",
			  arena_printf(x->arena, "%zu", x->body_limit)));
}

static void headers_in(struct exchange *x, struct MHD_Connection *c, const char *method,
		       const char *version) {
	x->method = method_of(method);
	x->method_name = arena_strdup(x->arena, method);
	const char *code = guard_framing(c, version);
	if (!code && !x->path.p) code = "http_target";
	if (code) {
		refuse(x, problem_new(x->arena, PROBLEM_MALFORMED, __FILE__, __LINE__, code,
				      (const char *)NULL));
		return;
	}
	struct http_server *s = x->server;
	if (atomic_load(&s->draining)) {
		refuse(x, PROBLEM(x->arena, UNAVAILABLE, "draining"));
		return;
	}
	s->options.on_headers(x);
	struct str length = exchange_header(x, "Content-Length");
	int64_t bytes;
	if (!x->status && length.n && str_to_int(length, &bytes) && (uint64_t)bytes > x->body_limit)
		refuse_size(x);
}

static void body_piece(struct exchange *x, struct MHD_Connection *c, const char *bytes, size_t n) {
	if (x->status) return; /* refused already: the rest is read and dropped */
	if (x->io.body.n + n > x->body_limit) {
		refuse_size(x);
		return;
	}
	if (!x->sink) {
		sb_bytes(&x->io.body, bytes, n);
		return;
	}
	peer_wait(c, clock_mono());
	x->io.body.n += n; /* only counted: the sink keeps what it wants */
	struct problem *p = x->sink(x, bytes, n);
	if (p) refuse(x, p);
}

enum MHD_Result exchange_handle(void *arg, struct MHD_Connection *c, const char *url,
				const char *method, const char *version, const char *upload,
				size_t *upload_size, void **state) {
	(void)url;
	(void)arg;
	struct exchange *x = *state;
	assert(x);
	if (!x->io.headers_done) {
		x->io.headers_done = true;
		headers_in(x, c, method, version);
		if (x->status) {
			peer_wait(c, 0);
			return send_answer(x, c);
		}
		/* The body has its own, longer time. */
		peer_wait(c, clock_mono() + (int64_t)x->server->options.header_timeout_s * 5000000);
		return MHD_YES;
	}
	if (*upload_size) {
		body_piece(x, c, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	peer_wait(c, 0);
	if (!x->status) {
		if (x->io.requested) {
			x->on_resume(x);
		} else {
			x->io.requested = true;
			if (!x->sink) x->body = sb_str(&x->io.body);
			x->server->options.on_request(x);
		}
		if (x->io.suspended) return MHD_YES;
	}
	assert(x->status);
	return send_answer(x, c);
}

void exchange_suspend(struct exchange *x) {
	assert(!x->io.suspended);
	x->io.suspended = true;
	MHD_suspend_connection(x->io.connection);
}

void exchange_resume(struct exchange *x) {
	struct http_loop *loop = x->loop;
	pthread_mutex_lock(&loop->lock);
	x->io.next = loop->finished;
	loop->finished = x;
	pthread_mutex_unlock(&loop->lock);
	uint64_t one = 1;
	ssize_t put = write(loop->event_fd, &one, sizeof one);
	(void)put;
}

void exchange_run_on_pool(struct exchange *x, void (*run)(void *exchange)) {
	exchange_suspend(x);
	give_to_pool(x, run);
}

void exchange_again_on_pool(struct exchange *x, void (*run)(void *exchange)) {
	give_to_pool(x, run);
}

/* ---- reading the request ---- */

void *exchange_context(const struct exchange *x) { return x->server->options.context; }

struct str exchange_header(const struct exchange *x, const char *name) {
	const char *value = MHD_lookup_connection_value(x->io.connection, MHD_HEADER_KIND, name);
	return str_of(value);
}

struct str exchange_cookie(const struct exchange *x, const char *name) {
	return str_of(MHD_lookup_connection_value(x->io.connection, MHD_COOKIE_KIND, name));
}

bool exchange_has_query(const struct exchange *x, const char *name) {
	for (size_t i = 0; i < x->query_count; i++)
		if (str_is(x->query[i].name, name)) return true;
	return false;
}

struct str exchange_query(const struct exchange *x, const char *name) {
	for (size_t i = 0; i < x->query_count; i++)
		if (str_is(x->query[i].name, name)) return x->query[i].value;
	return (struct str){ "", 0 };
}

/* The last word on a header counts; cookies add up. */
void exchange_set_header(struct exchange *x, const char *name, const char *value) {
	assert(!strpbrk(value, "\r\n"));
	for (struct header *old = x->headers; old; old = old->next) {
		if (strcmp(old->name, name) != 0 || !strcmp(name, "Set-Cookie")) continue;
		old->value = arena_strdup(x->arena, value);
		return;
	}
	struct header *h = arena_alloc(x->arena, sizeof *h);
	*h = (struct header){ arena_strdup(x->arena, name), arena_strdup(x->arena, value), NULL };
	struct header **at = &x->headers;
	while (*at) at = &(*at)->next;
	*at = h;
}
