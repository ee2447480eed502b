/* routes_ops.c -- what operators and their tools ask: alive, ready, figures, the API's own
 * description, the test clock. */
#include <pthread.h>
#include <sys/statvfs.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/host/metrics.h"
#include "runtime/host/openapi.h"
#include "runtime/host/timekeeper.h"
#include "runtime/store/queries.h"

static struct problem *health(struct call *c) {
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "status", "ok");
	jw_set_text(&w, "version", TENON_VERSION);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- ready: a write probe and room on the disk, asked at most once a second (a health check must
 * not be a load) ---- */

enum { READY_KEPT_US = 1000000, FREE_PERCENT = 5 };
static struct {
	pthread_mutex_t lock;
	int64_t at_us;
	bool write, disk;
} last = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, sql_probe, NO_PARAMS, NULL);
}

static bool disk_has_room(const struct server *s) {
	struct statvfs v;
	if (statvfs(s->options.data, &v)) return false;
	return v.f_blocks == 0 || v.f_bavail * 100 / v.f_blocks >= FREE_PERCENT;
}

static struct problem *ready(struct call *c) {
	pthread_mutex_lock(&last.lock);
	if (!last.at_us || clock_mono() - last.at_us > READY_KEPT_US) {
		last.write = store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, probe,
					 NULL) == NULL;
		last.disk = disk_has_room(c->server);
		last.at_us = clock_mono();
	}
	bool write = last.write, disk = last.disk;
	pthread_mutex_unlock(&last.lock);
	if (!write || !disk)
		return PROBLEM(c->x->arena, UNAVAILABLE, write ? "disk_low" : "not_ready",
			       "percent", "5");
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "status", "ready");
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *metrics(struct call *c) {
	c->x->answer = sb_on(c->x->arena, 4 << 20);
	metrics_write(&c->x->answer, c->server);
	TRY(call_ok(c, 200));
	c->x->content_type = "text/plain; version=0.0.4; charset=utf-8";
	return NULL;
}

static struct problem *openapi(struct call *c) {
	c->x->answer.ceiling = 8 << 20;
	struct jw w = call_answer(c);
	openapi_write(&w, c);
	return call_ok(c, 200);
}

/* ---- the test clock ---- */

static struct problem *set_clock(struct call *c) {
	struct str text = json_str(json_get(c->body, "now"));
	int64_t now;
	bool offset;
	char shown[40];
	int64_t fired;
	if (!c->server->options.test_clock) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	if (c->body->n != 1 || !datetime_parse(text, &now, &offset) || !offset)
		return PROBLEM(c->x->arena, MALFORMED, "test_clock", "key", "now");
	TRY(timekeeper_set_clock(c->server->timekeeper, c->x->arena, now, &fired));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_str(&w, "now", (struct str){ shown, datetime_text(now, shown) });
	jw_set_int(&w, "fired", fired);
	jw_end(&w);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_ops[] = {
	{ HTTP_GET, "/healthz", ROUTE_READ | ROUTE_PUBLIC | ROUTE_PLAIN, health, "Is the process there?", NULL, 0, NULL },
	{ HTTP_GET, "/readyz", ROUTE_POOL | ROUTE_PUBLIC | ROUTE_PLAIN, ready, "Can it write, is there room?", NULL, 0, NULL },
	{ HTTP_GET, "/metrics", ROUTE_READ | ROUTE_ADMIN, metrics, "Figures for Prometheus", NULL, 0, NULL },
	{ HTTP_GET, "/openapi.json", ROUTE_POOL, openapi, "This description, for my rights", NULL, 0, NULL },
	{ HTTP_POST, "/api/test/clock", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, set_clock, "Set the clock and do all that is due then (only with --test-clock)", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
