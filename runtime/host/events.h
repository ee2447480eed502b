/* events.h -- GET /api/events: what happens is told to the pages that are open, as server-sent events.
 *   record        {"app","form","id","rev","kind"} of each record the listener may read; its id resumes (Last-Event-ID)
 *   task          {"app","id"}: a task of an approval that asks (or asked) the listener, or a run he started ("RUN-0"), has changed
 *   notification  {"id","kind","app"}: the bell has something new
 *   definition    {"app","version"}: the app was published; findings {"app","findings"}: with --dev, what is wrong with its folder
 *   reset         more has happened than is told one by one: read again what you show
 * Threads: one hub thread reads what is new (a commit wakes it) and asks the rights, in one snapshot for all streams; an
 * idle stream is a suspended exchange, which costs its loop nothing. A stream belongs to its loop while it is sending and to
 * the hub while it waits; the hub's lock is held only to hand text over, never while the store is read.
 * Sessions: asked again when people or sessions change and with every heartbeat; a stream of an ended one ends. */
#ifndef TENON_HOST_EVENTS_H
#define TENON_HOST_EVENTS_H

#include "runtime/host/router.h"
#include "runtime/model/finding.h"

enum { EVENTS_HEARTBEAT_MS = 15000, EVENTS_STREAMS_OF_ONE = 10 };
struct events;
struct problem *events_new(struct arena *a, struct store *s, unsigned heartbeat_ms, struct events **out) MUST_CHECK;
void events_close(struct events *e);     /* every stream ends, no more begin: before http_stop */
void events_free(struct events *e);      /* after http_stop, before the store closes */

struct listening {                       /* who asks for a stream, as of one snapshot */
	int32_t user;                    /* 0: the operator */
	const char *secret;              /* of his session or token; NULL: the operator */
	bool token;
	const char *app;                 /* the one app a token is for, or NULL */
	int64_t event, notification;     /* the last he has seen */
	bool reset;                      /* what he has missed is too much or gone */
};
/* Makes the exchange's answer a stream; TOO_MANY when he has EVENTS_STREAMS_OF_ONE already, UNAVAILABLE when the server stops. */
struct problem *events_open(struct events *e, struct exchange *x, const struct listening *who) MUST_CHECK;

void events_sessions_changed(struct events *e);  /* somebody logged out, a token was revoked, people changed */
void events_findings(struct events *e, const char *app, const struct findings *f); /* to administrators */

#endif
