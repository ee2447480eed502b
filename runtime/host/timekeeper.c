/* timekeeper.c -- invariants:
 *  1. `turn` is held while pieces are done: the thread and a call that sets the clock never do them
 * at once, and the clock is set inside of it, so that what the call counts is all that came due.
 *  2. `lock` guards next_us, stopping and again, and is never held while the store is called: a
 * commit takes it to tell.
 *  3. The wait is measured by the monotonic clock and is LOOK_US at most: a wall clock that jumps,
 * or a word that was lost with a failed answer of a commit, costs no more than that. */
#include "runtime/host/timekeeper.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"

enum { SOURCES_MAX = 16, LOOK_US = 30000000, REST_US = 1000000, REST_MAX_US = 60000000 };

struct sleeper {                   /* a source that could not do what is due */
	int64_t until_us, rest_us; /* clock_mono; the length of its rest */
};
struct timekeeper {
	struct store *store;
	const struct due_source *const *sources;
	struct sleeper sleepers[SOURCES_MAX];
	pthread_mutex_t turn;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	int64_t next_us;      /* clock_now; told by commits, found by looking */
	bool stopping, again; /* again: the clock was set, what it waits for has another distance */
	bool blind;           /* the store could not be read at the last look; guarded by `turn` */
};
struct turn { /* what is nearest, as of one snapshot */
	const struct due_source *source;
	struct sleeper *sleeper;
	int64_t at_us;
};

/* ---- a turn; `turn` is held ---- */

static struct problem *find(struct timekeeper *k, struct tx *tx, struct turn *out) {
	*out = (struct turn){ .at_us = INT64_MAX };
	for (size_t i = 0; k->sources[i]; i++) {
		int64_t at = INT64_MAX;
		if (k->sleepers[i].until_us > clock_mono()) continue;
		TRY(k->sources[i]->next(tx, &at));
		if (at < out->at_us) *out = (struct turn){ k->sources[i], &k->sleepers[i], at };
	}
	return NULL;
}

static struct problem *look(struct timekeeper *k, struct arena *a, struct turn *out) {
	struct tx *tx;
	TRY(tx_read(k->store, a, &tx));
	return tx_end(tx, find(k, tx, out));
}

static void rest(struct turn *t, const struct problem *p) {
	int64_t *rest = &t->sleeper->rest_us;
	*rest = !*rest ? REST_US : *rest < REST_MAX_US / 2 ? 2 * *rest : REST_MAX_US;
	t->sleeper->until_us = clock_mono() + *rest;
	LOG(WARN, "due_failed", "source", t->source->name, "code", p ? p->code : "nothing_done",
	    "log", p && p->log ? p->log : "");
}

/* True: there may be more to do now. at_us: the next moment otherwise. */
static bool take_turn(struct timekeeper *k, struct arena *a, int64_t *fired, int64_t *at_us) {
	struct turn t;
	size_t done = 0;
	int64_t now = clock_now();
	*at_us = INT64_MAX;
	struct problem *p = look(k, a, &t);
	k->blind = p != NULL;
	if (p) {
		LOG(WARN, "due_failed", "source", "", "code", p->code, "log", p->log ? p->log : "");
		return false;
	}
	*at_us = t.at_us;
	if (t.at_us > now) return false;
	p = t.source->run(k->store, a, now, TIMEKEEPER_BATCH, &done);
	*fired += (int64_t)done;
	if (p || !done)
		rest(&t, p);
	else
		t.sleeper->rest_us = 0;
	return true;
}

static bool is_stopping(struct timekeeper *k) {
	pthread_mutex_lock(&k->lock);
	bool stopping = k->stopping;
	pthread_mutex_unlock(&k->lock);
	return stopping;
}

static void set_next(struct timekeeper *k, int64_t at_us) {
	pthread_mutex_lock(&k->lock);
	k->next_us = at_us;
	pthread_mutex_unlock(&k->lock);
}

/* Does what is due; then next_us is what is nearest, or what was told meanwhile. */
static void do_all(struct timekeeper *k, int64_t *fired) {
	for (bool more = true; more && !is_stopping(k);) {
		struct arena *a = arena_new(0);
		int64_t at;
		set_next(k, INT64_MAX);
		more = take_turn(k, a, fired, &at);
		arena_free(a);
		pthread_mutex_lock(&k->lock);
		if (at < k->next_us) k->next_us = at;
		more |= k->next_us <= clock_now() && at > clock_now();
		pthread_mutex_unlock(&k->lock);
	}
}

/* ---- the thread ---- */

static int64_t nearest_rest(const struct timekeeper *k) {
	int64_t now = clock_mono(), rest = k->blind ? REST_US : LOOK_US;
	for (size_t i = 0; k->sources[i]; i++) {
		int64_t left = k->sleepers[i].until_us - now;
		if (left > 0 && left < rest) rest = left;
	}
	return rest;
}

/* Until next_us, by clock_mono until `most` at the latest. The lock is held. */
static void wait_until_due(struct timekeeper *k, int64_t most) {
	while (!k->stopping && !k->again) {
		int64_t now = clock_mono(), ahead = k->next_us - clock_now();
		if (k->next_us == INT64_MAX || ahead > most - now) ahead = most - now;
		if (ahead <= 0) return;
		int64_t until = now + ahead;
		struct timespec at = { .tv_sec = until / 1000000,
				       .tv_nsec = until % 1000000 * 1000 };
		pthread_cond_timedwait(&k->wake, &k->lock, &at);
	}
}

static void *keep_time(void *arg) {
	struct timekeeper *k = arg;
	for (int64_t fired = 0; !is_stopping(k);) {
		pthread_mutex_lock(&k->turn);
		do_all(k, &fired);
		int64_t most = clock_mono() + nearest_rest(k);
		pthread_mutex_unlock(&k->turn);
		pthread_mutex_lock(&k->lock);
		wait_until_due(k, most);
		k->again = false;
		pthread_mutex_unlock(&k->lock);
	}
	return NULL;
}

static void told(void *arg, int64_t at_us) {
	struct timekeeper *k = arg;
	pthread_mutex_lock(&k->lock);
	if (at_us < k->next_us) {
		k->next_us = at_us;
		pthread_cond_signal(&k->wake);
	}
	pthread_mutex_unlock(&k->lock);
}

struct problem *timekeeper_new(struct arena *a, struct store *s,
			       const struct due_source *const *sources, struct timekeeper **out) {
	struct timekeeper *k = calloc(1, sizeof *k);
	pthread_condattr_t monotonic;
	size_t n = 0;
	assert(k);
	while (sources[n]) n++;
	assert(n <= SOURCES_MAX);
	k->store = s;
	k->sources = sources;
	k->next_us = INT64_MAX;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&k->turn, NULL);
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	store_on_due(s, told, k);
	if (pthread_create(&k->thread, NULL, keep_time, k) != 0) {
		store_on_due(s, NULL, NULL);
		free(k);
		return PROBLEM(a, UNAVAILABLE, "store_thread");
	}
	*out = k;
	return NULL;
}

void timekeeper_stop(struct timekeeper *k) {
	if (!k) return;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}

void timekeeper_free(struct timekeeper *k) {
	if (!k) return;
	timekeeper_stop(k);
	pthread_join(k->thread, NULL);
	store_on_due(k->store, NULL, NULL);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->lock);
	pthread_mutex_destroy(&k->turn);
	free(k);
}

struct problem *timekeeper_set_clock(struct timekeeper *k, struct arena *a, int64_t now_us,
				     int64_t *fired) {
	const char *stuck = NULL;
	*fired = 0;
	pthread_mutex_lock(&k->turn);
	clock_set(now_us);
	for (size_t i = 0; k->sources[i]; i++) k->sleepers[i] = (struct sleeper){ 0 };
	do_all(k, fired);
	if (k->blind) stuck = "store";
	if (is_stopping(k)) stuck = "stop";
	for (size_t i = 0; k->sources[i]; i++)
		if (k->sleepers[i].rest_us) stuck = k->sources[i]->name;
	pthread_mutex_lock(&k->lock);
	k->again = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_mutex_unlock(&k->turn);
	return stuck ? PROBLEM(a, UNAVAILABLE, "due_left", "source", stuck) : NULL;
}
