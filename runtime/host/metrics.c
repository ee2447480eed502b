#include "runtime/host/metrics.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/host/router.h"
#include "runtime/host/token_rate.h"

static const int statuses[] = { 200, 201, 204, 400, 401, 403, 404, 405, 409,
				412, 413, 415, 422, 428, 429, 500, 503 };
static const int64_t bounds_us[] = { 500,   1000,   2000,   5000,   10000,   25000,
				     50000, 100000, 250000, 500000, 1000000, 5000000 };
enum {
	STATUSES = ARRAY_LEN(statuses) + 1 /* any other */,
	BOUNDS = ARRAY_LEN(bounds_us) + 1 /* +Inf */
};
static const char *const methods[] = { "GET", "HEAD",   "POST",    "PATCH",
				       "PUT", "DELETE", "OPTIONS", "OTHER" };

struct route_metrics {
	atomic_llong by_status[STATUSES], by_time[BOUNDS], sum_us;
};
struct metrics {
	size_t n, tables, length[32];
	struct route_metrics *routes; /* the tables' rows in order; the last: no route */
};

static size_t table_length(const struct route *table) {
	size_t n = 0;
	while (table[n].pattern) n++;
	return n;
}

struct metrics *metrics_new(struct arena *a) {
	struct metrics *m = arena_alloc(a, sizeof *m);
	for (; route_tables[m->tables]; m->tables++) {
		assert(m->tables < ARRAY_LEN(m->length));
		m->n += m->length[m->tables] = table_length(route_tables[m->tables]);
	}
	m->routes = arena_array(a, m->n + 1, sizeof *m->routes);
	return m;
}

static size_t place(const struct metrics *m, const struct route *route) {
	size_t before = 0;
	for (size_t t = 0; route && t < m->tables; before += m->length[t++])
		if (route >= route_tables[t] && route < route_tables[t] + m->length[t])
			return before + (size_t)(route - route_tables[t]);
	return m->n;
}

static void count(struct route_metrics *r, int status, int64_t us) {
	size_t s = 0, b = 0;
	while (s < ARRAY_LEN(statuses) && statuses[s] != status) s++;
	while (b < ARRAY_LEN(bounds_us) && us > bounds_us[b]) b++;
	atomic_fetch_add_explicit(&r->by_status[s], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&r->by_time[b], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&r->sum_us, us, memory_order_relaxed);
}

void request_done(const struct exchange *x) {
	const struct server *s = exchange_context(x);
	const struct route *route = x->route;
	const struct call *c = x->context;
	int64_t us = clock_mono() - x->started_us;
	count(&s->metrics->routes[place(s->metrics, route)], x->status, us);
	if (!log_wants(LOG_INFO)) return;
	const struct user *user = !c ? NULL : c->seeing ? c->seeing : c->rq.actor;
	char status[12], ms[24], bytes[24];
	snprintf(status, sizeof status, "%d", x->status);
	snprintf(ms, sizeof ms, "%lld.%03lld", (long long)(us / 1000), (long long)(us % 1000));
	snprintf(bytes, sizeof bytes, "%zu", x->answer.n);
	LOG(INFO, "request", "id", x->id, "method", x->method_name ? x->method_name : "", "route",
	    route ? route->pattern : "", "status", status, "ms", ms, "bytes", bytes, "user",
	    user ? user->login : "", "address", x->address);
}

/* ---- the page ---- */

/* All lines of one metric stand together, as the format asks. */
static void write_counts(struct sb *out, const char *method, const char *pattern,
			 struct route_metrics *r) {
	for (size_t i = 0; i < STATUSES; i++) {
		long long n = atomic_load(&r->by_status[i]);
		if (!n) continue;
		sb_printf(out, "tenon_http_requests_total{method=\"%s\",route=\"%s\",code=\"",
			  method, pattern);
		if (i < ARRAY_LEN(statuses))
			sb_int(out, statuses[i]);
		else
			sb_cat(out, "other");
		sb_printf(out, "\"} %lld\n", n);
	}
}

static void write_times(struct sb *out, const char *method, const char *pattern,
			struct route_metrics *r) {
	long long sum = 0, total = 0;
	for (size_t i = 0; i < BOUNDS; i++) total += atomic_load(&r->by_time[i]);
	if (!total) return;
	for (size_t i = 0; i < BOUNDS; i++) {
		sum += atomic_load(&r->by_time[i]);
		sb_printf(out, "tenon_http_seconds_bucket{method=\"%s\",route=\"%s\",le=\"", method,
			  pattern);
		if (i < ARRAY_LEN(bounds_us))
			sb_printf(out, "%g", (double)bounds_us[i] / 1e6);
		else
			sb_cat(out, "+Inf");
		sb_printf(out, "\"} %lld\n", sum);
	}
	sb_printf(out, "tenon_http_seconds_sum{method=\"%s\",route=\"%s\"} %g\n", method, pattern,
		  (double)atomic_load(&r->sum_us) / 1e6);
	sb_printf(out, "tenon_http_seconds_count{method=\"%s\",route=\"%s\"} %lld\n", method,
		  pattern, sum);
}

static void write_routes(struct sb *out, const struct server *s,
			 void (*write)(struct sb *, const char *, const char *,
				       struct route_metrics *)) {
	size_t at = 0;
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *r = route_tables[t]; r->pattern; r++)
			write(out, methods[r->method], r->pattern, &s->metrics->routes[at++]);
	write(out, "any", "none", &s->metrics->routes[at]);
}

static void write_value(struct sb *out, const char *name, const char *type, const char *help,
			long long value) {
	sb_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name,
		  value);
}

static long long file_bytes(const struct server *s, const char *name) {
	char path[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", s->options.data, name);
	return stat(path, &st) ? 0 : (long long)st.st_size;
}

static long long resident_bytes(void) {
	FILE *f = fopen("/proc/self/statm", "r");
	long long size = 0, resident = 0;
	if (!f) return 0;
	if (fscanf(f, "%lld %lld", &size, &resident) != 2) resident = 0;
	fclose(f);
	return resident * 4096;
}

void metrics_write(struct sb *out, const struct server *s) {
	sb_cat(out, "# HELP tenon_http_requests_total Requests by route template and status.\n# "
		    "TYPE tenon_http_requests_total counter\n");
	write_routes(out, s, write_counts);
	sb_cat(out, "# HELP tenon_http_seconds Time from the request line to the end of the "
		    "answer.\n# TYPE tenon_http_seconds histogram\n");
	write_routes(out, s, write_times);
	struct writer_stats w = store_writer_stats(s->store);
	write_value(out, "tenon_writer_groups_total", "counter", "Commits of the writer.",
		    w.groups);
	write_value(out, "tenon_writer_members_total", "counter", "Commands in them.", w.members);
	write_value(out, "tenon_writer_failed_total", "counter", "Commands rolled back.", w.failed);
	write_value(out, "tenon_writer_queue_interactive", "gauge",
		    "Commands waiting, interactive lane.", w.queue_interactive);
	write_value(out, "tenon_writer_queue_bulk", "gauge", "Commands waiting, bulk lane.",
		    w.queue_bulk);
	write_value(out, "tenon_writer_oldest_microseconds", "gauge",
		    "Age of the oldest waiting command.", w.oldest_us);
	write_value(out, "tenon_writer_commit_max_microseconds", "gauge", "Longest commit so far.",
		    w.commit_us_max);
	write_value(out, "tenon_http_connections", "gauge", "Open connections.",
		    (long long)http_open_connections(s->http));
	write_value(out, "tenon_token_refused_total", "counter",
		    "Requests over the rate of their API token.",
		    token_rates_refused(s->token_rates));
	write_value(out, "tenon_pool_waiting", "gauge", "Tasks waiting for the pool.",
		    (long long)pool_waiting(http_pool(s->http)));
	write_value(out, "tenon_database_bytes", "gauge", "Size of tenon.db.",
		    file_bytes(s, "tenon.db"));
	write_value(out, "tenon_wal_bytes", "gauge", "Size of the write-ahead log.",
		    file_bytes(s, "tenon.db-wal"));
	write_value(out, "tenon_resident_bytes", "gauge", "Memory held.", resident_bytes());
	write_value(out, "tenon_uptime_seconds", "gauge", "Since the start.",
		    (clock_mono() - s->started_us) / 1000000);
}
