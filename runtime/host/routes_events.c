/* routes_events.c -- the event stream's door: who listens, from where on. */
#include "runtime/host/events.h"
#include "runtime/host/session.h"
#include "runtime/store/notifications.h"
#include "runtime/store/queries.h"

/* Whoever missed more than this reads again what he shows: cheaper for both. */
enum { RESUME_MAX = 1000 };

static struct problem *read_place(struct call *c, struct listening *who) {
	struct exchange *x = c->x;
	struct str asked = exchange_header(x, "Last-Event-ID");
	struct rows *rows;
	bool have;
	int64_t seen;
	if (!asked.n) asked = exchange_query(x, "last_event_id");
	TRY(tx_query(c->tx, sql_event_bounds, NO_PARAMS, &rows));
	TRY(rows_next(rows, &have));
	int64_t first = rows_int(rows, 0), last = rows_int(rows, 1);
	rows_close(rows);
	who->event = last;
	if (!asked.n) return NULL;
	if (!str_to_int(asked, &seen) || seen < 0)
		return PROBLEM(x->arena, MALFORMED, "parameter_number", "name", "Last-Event-ID");
	who->reset = seen > last || seen + 1 < first || last - seen > RESUME_MAX;
	if (!who->reset) who->event = seen;
	return NULL;
}

static struct problem *stream(struct call *c) {
	struct exchange *x = c->x;
	struct listening who = { .user = c->rq.actor ? c->rq.actor->id : 0,
				 .token = exchange_header(x, "Authorization").n > 0,
				 .secret = session_secret(x),
				 .app = c->rq.scope.app };
	TRY(read_place(c, &who));
	TRY(notification_last(c->tx, &who.notification));
	if (x->method != HTTP_HEAD) TRY(events_open(c->server->events, x, &who));
	x->status = 200;
	x->content_type = "text/event-stream";
	answer_headers(x);
	exchange_set_header(x, "Connection", "close");     /* with its stream */
	exchange_set_header(x, "X-Accel-Buffering", "no"); /* nginx: hand it on at once */
	return NULL;
}

// clang-format off
const struct route routes_events[] = {
	{ HTTP_GET, "/api/events", ROUTE_READ, stream, "What happens, as server-sent events", NULL, 0, "last_event_id" },
	{ .pattern = NULL },
};
// clang-format on
