/* pool.c -- threads and the owners' queues. Invariants:
 *  1. An owner is in `owners` while something of it waits or runs, and in the ring `turn` while
 * something waits; both under the lock.
 *  2. An owner whose running tasks reach `share` is passed over; when one of them ends, a thread is
 * woken. */
#include "runtime/host/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 64 };

struct owner {
	uint64_t key;
	struct owner *chain; /* in its bucket */
	struct owner *next;  /* in the ring */
	struct pool_task *first, *last;
	unsigned running;
};
struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct owner *owners[BUCKETS];
	struct owner *turn, *last_turn;
	size_t waiting;
	bool stopping;
	unsigned count, share;
	pthread_t *threads;
};

static struct owner **place_of(struct pool *p, uint64_t key) {
	struct owner **at = &p->owners[key % BUCKETS];
	while (*at && (*at)->key != key) at = &(*at)->chain;
	return at;
}

static struct owner *owner_of(struct pool *p, uint64_t key) {
	struct owner **at = place_of(p, key);
	if (*at) return *at;
	struct owner *o = calloc(1, sizeof *o);
	assert(o);
	o->key = key;
	return *at = o;
}

static void line_up(struct pool *p, struct owner *o) {
	o->next = NULL;
	*(p->turn ? &p->last_turn->next : &p->turn) = o;
	p->last_turn = o;
}

/* The first owner in the ring that may have one more; it leaves the ring. */
static struct owner *next_owner(struct pool *p) {
	struct owner *before = NULL, *o = p->turn;
	while (o && o->running >= p->share) {
		before = o;
		o = o->next;
	}
	if (!o) return NULL;
	*(before ? &before->next : &p->turn) = o->next;
	if (p->last_turn == o) p->last_turn = before;
	return o;
}

static struct pool_task *take_task(struct pool *p, struct owner *o) {
	struct pool_task *task = o->first;
	o->first = task->next;
	if (o->first) line_up(p, o);
	o->running++;
	p->waiting--;
	return task;
}

static struct owner *wait_for_turn(struct pool *p) {
	for (;;) {
		struct owner *o = next_owner(p);
		if (o || (p->stopping && !p->waiting)) return o;
		pthread_cond_wait(&p->work, &p->lock);
	}
}

static void ended(struct pool *p, struct owner *o) {
	o->running--;
	if (o->first) {
		pthread_cond_signal(&p->work);
	} else if (!o->running) {
		*place_of(p, o->key) = o->chain;
		free(o);
	}
	if (p->stopping) pthread_cond_broadcast(&p->work);
}

static void *serve(void *arg) {
	struct pool *p = arg;
	pthread_mutex_lock(&p->lock);
	for (struct owner *o; (o = wait_for_turn(p)) != NULL;) {
		struct pool_task *task = take_task(p, o);
		pthread_mutex_unlock(&p->lock);
		task->run(task->arg);
		pthread_mutex_lock(&p->lock);
		ended(p, o);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *pool_new(unsigned threads) {
	struct pool *p = calloc(1, sizeof *p);
	assert(p);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->count = threads;
	p->share = threads > 1 ? threads - 1 : 1;
	p->threads = calloc(threads, sizeof *p->threads);
	assert(p->threads);
	for (unsigned i = 0; i < threads; i++) {
		int failed = pthread_create(&p->threads[i], NULL, serve, p);
		assert(!failed);
	}
	return p;
}

void pool_free(struct pool *p) {
	if (!p) return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->count; i++) pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}

void pool_submit(struct pool *p, struct pool_task *task) {
	task->next = NULL;
	pthread_mutex_lock(&p->lock);
	assert(!p->stopping);
	struct owner *o = owner_of(p, task->owner);
	if (!o->first) line_up(p, o);
	*(o->first ? &o->last->next : &o->first) = task;
	o->last = task;
	p->waiting++;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

size_t pool_waiting(struct pool *p) {
	pthread_mutex_lock(&p->lock);
	size_t n = p->waiting;
	pthread_mutex_unlock(&p->lock);
	return n;
}
