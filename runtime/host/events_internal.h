/* events_internal.h -- between events.c (streams and the hub thread) and events_round.c (what is told to whom). */
#ifndef TENON_HOST_EVENTS_INTERNAL_H
#define TENON_HOST_EVENTS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include "runtime/host/events.h"

enum { EVENTS_BATCH = 500 };

struct stream {
	struct stream *next, *previous;  /* the hub's, by id */
	struct events *hub;
	struct exchange *x;
	struct arena *arena;             /* holds this and the pending text */
	struct listening who;            /* event and notification: the last it was told */
	int64_t id, told_us;
	struct sb pending;               /* what was said while the loop was sending */
	bool waiting;                    /* suspended: ours to resume */
	bool over;
};
struct announcement { struct announcement *next; struct arena *arena; struct str text; };
struct events {
	struct store *store;
	int64_t heartbeat_us;
	pthread_mutex_t lock;            /* of all below, and of the streams */
	pthread_cond_t wake;
	pthread_t thread;
	struct stream *first, *last;
	size_t count;
	int64_t last_id;
	bool dirty, sessions, closed, stopping;
	struct announcement *announcements; /* for administrators, newest first */
	/* The hub thread's: the serials of what was published when it last looked. */
	uint64_t *known;
	size_t known_count;
};

/* One pass: reads what is new for the streams there are, then hands it over. */
void events_round(struct events *e, struct arena *a);
void events_known_apps(struct events *e);            /* at the start: what is published is no news */
void events_say(struct stream *s, struct str text);  /* the lock is held */
void events_flush(struct stream *s);                 /* the lock is held */

#endif
