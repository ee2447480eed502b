/* events.c -- the streams and the thread that serves them. Invariants:
 *  1. x of a stream is touched by the hub only while `waiting`, under the lock; by its loop only
 * while not.
 *  2. A stream is in the hub's list from events_open until its exchange's arena ends.
 *  3. Text that does not fit is dropped as a whole and told as one reset: a slow reader costs a
 * bound of memory. */
#include "runtime/host/events_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"

enum { PENDING_MAX = 128 * 1024, TICK_MS = 1000, REST_US = 20000 };

/* ---- handing over ---- */

void events_flush(struct stream *s) {
	struct exchange *x = s->x;
	if (!s->waiting || (!s->pending.n && !s->over)) return;
	x->answer.n = 0;
	sb_add(&x->answer, sb_str(&s->pending));
	s->pending.n = 0;
	s->waiting = false;
	exchange_piece(x, !s->over);
}

void events_say(struct stream *s, struct str text) {
	sb_add(&s->pending, text);
	if (!s->pending.overflow) return;
	s->pending.n = 0;
	s->pending.overflow = false;
	sb_cat(&s->pending, "event: reset\ndata: {}\n\n");
}

/* The loop has sent all there was. */
static void idle(struct exchange *x) {
	struct stream *s = x->live;
	pthread_mutex_lock(&s->hub->lock);
	s->waiting = true;
	events_flush(s);
	pthread_mutex_unlock(&s->hub->lock);
}

/* ---- streams ---- */

static void unlink_stream(void *arg) {
	struct stream *s = arg;
	struct events *e = s->hub;
	pthread_mutex_lock(&e->lock);
	*(s->previous ? &s->previous->next : &e->first) = s->next;
	*(s->next ? &s->next->previous : &e->last) = s->previous;
	e->count--;
	pthread_mutex_unlock(&e->lock);
	arena_free(s->arena);
}

static size_t streams_of(const struct events *e, int32_t user) {
	size_t n = 0;
	for (const struct stream *s = e->first; s; s = s->next) n += s->who.user == user;
	return n;
}

static bool link_stream(struct events *e, struct stream *s, bool *closed) {
	pthread_mutex_lock(&e->lock);
	*closed = e->closed;
	bool fits = !e->closed && streams_of(e, s->who.user) < EVENTS_STREAMS_OF_ONE;
	if (fits) {
		s->id = ++e->last_id;
		s->previous = e->last;
		*(e->last ? &e->last->next : &e->first) = s;
		e->last = s;
		e->count++;
		e->dirty = true; /* what happened between its snapshot and now */
		pthread_cond_signal(&e->wake);
	}
	pthread_mutex_unlock(&e->lock);
	return fits;
}

static struct stream *new_stream(struct events *e, struct exchange *x,
				 const struct listening *who) {
	struct arena *a = arena_new(0);
	struct stream *s = arena_alloc(a, sizeof *s);
	*s = (struct stream){ .hub = e,
			      .x = x,
			      .arena = a,
			      .who = *who,
			      .told_us = clock_mono(),
			      .pending = sb_on(a, PENDING_MAX) };
	if (who->secret) s->who.secret = arena_strdup(a, who->secret);
	if (who->app) s->who.app = arena_strdup(a, who->app);
	return s;
}

struct problem *events_open(struct events *e, struct exchange *x, const struct listening *who) {
	struct stream *s = new_stream(e, x, who);
	bool closed;
	if (!link_stream(e, s, &closed)) {
		arena_free(s->arena);
		if (closed) return PROBLEM(x->arena, UNAVAILABLE, "draining");
		struct problem *p = PROBLEM(x->arena, TOO_MANY, "events_many", "max",
					    arena_printf(x->arena, "%d", EVENTS_STREAMS_OF_ONE));
		p->retry_after_s = EVENTS_HEARTBEAT_MS / 1000;
		return p;
	}
	arena_defer(x->arena, unlink_stream, s);
	x->live = s;
	x->idle = idle;
	x->answer.n = 0;
	sb_printf(&x->answer, "retry: 2000\nid: %lld\n\n", (long long)who->event);
	if (who->reset) sb_cat(&x->answer, "event: reset\ndata: {}\n\n");
	return NULL;
}

/* ---- the hub ---- */

static void wake(void *hub) {
	struct events *e = hub;
	pthread_mutex_lock(&e->lock);
	e->dirty = true;
	if (e->count) pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

void events_sessions_changed(struct events *e) {
	pthread_mutex_lock(&e->lock);
	e->sessions = e->dirty = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

void events_findings(struct events *e, const char *app, const struct findings *f) {
	struct arena *a = arena_new(0);
	struct sb json = sb_on(a, 1 << 20), text = sb_on(a, 1 << 20);
	struct jw w = jw_on(&json);
	findings_json(&w, f);
	/* The object of findings.h, with the app before its first member. */
	sb_printf(&text, "event: findings\ndata: {\"app\":\"%s\",%s\n\n", app, sb_cstr(&json) + 1);
	struct announcement *n = arena_alloc(a, sizeof *n);
	*n = (struct announcement){ .arena = a, .text = sb_str(&text) };
	pthread_mutex_lock(&e->lock);
	bool heard = e->count > 0;
	if (heard) {
		n->next = e->announcements;
		e->announcements = n;
		e->dirty = true;
		pthread_cond_signal(&e->wake);
	}
	pthread_mutex_unlock(&e->lock);
	if (!heard) arena_free(a);
}

/* Without streams there is nobody to tell and nothing to do; with them, every second at the latest:
 * heartbeats, apps that were published after their commit. The lock is held. */
static void wait_for_news(struct events *e) {
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += TICK_MS / 1000;
	int timed_out = 0;
	while (!e->stopping && !timed_out && (!e->dirty || !e->count))
		if (e->count)
			timed_out = pthread_cond_timedwait(&e->wake, &e->lock, &until);
		else
			pthread_cond_wait(&e->wake, &e->lock);
}

static void *hub_run(void *arg) {
	struct events *e = arg;
	pthread_mutex_lock(&e->lock);
	for (;;) {
		wait_for_news(e);
		if (e->stopping) break;
		pthread_mutex_unlock(&e->lock);
		struct arena *a = arena_new(0);
		events_round(e, a);
		arena_free(a);
		/* Many commits are one round. */
		nanosleep(&(struct timespec){ .tv_nsec = REST_US * 1000 }, NULL);
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

struct problem *events_new(struct arena *a, struct store *s, unsigned heartbeat_ms,
			   struct events **out) {
	struct events *e = calloc(1, sizeof *e);
	assert(e);
	e->store = s;
	e->heartbeat_us = (int64_t)heartbeat_ms * 1000;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->wake, NULL);
	events_known_apps(e);
	if (pthread_create(&e->thread, NULL, hub_run, e) != 0) {
		free(e->known);
		free(e);
		return PROBLEM(a, UNAVAILABLE, "store_thread");
	}
	store_on_commit(s, wake, e);
	*out = e;
	return NULL;
}

void events_close(struct events *e) {
	if (!e) return;
	pthread_mutex_lock(&e->lock);
	e->closed = true;
	for (struct stream *s = e->first; s; s = s->next) {
		s->over = true;
		events_flush(s);
	}
	pthread_mutex_unlock(&e->lock);
}

void events_free(struct events *e) {
	if (!e) return;
	store_on_commit(e->store, NULL, NULL);
	pthread_mutex_lock(&e->lock);
	assert(!e->count);
	e->stopping = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	pthread_join(e->thread, NULL);
	for (struct announcement *n = e->announcements, *next; n; n = next) {
		next = n->next;
		arena_free(n->arena);
	}
	pthread_mutex_destroy(&e->lock);
	pthread_cond_destroy(&e->wake);
	free(e->known);
	free(e);
}
