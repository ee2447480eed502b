#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include "runtime/host/pool.h"

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct pool_task *first, *last;
	size_t waiting;
	bool stopping;
	unsigned count;
	pthread_t *threads;
};

static struct pool_task *take(struct pool *p) {
	pthread_mutex_lock(&p->lock);
	while (!p->first && !p->stopping) pthread_cond_wait(&p->work, &p->lock);
	struct pool_task *task = p->first;
	if (task) {
		p->first = task->next;
		if (!p->first) p->last = NULL;
		p->waiting--;
	}
	pthread_mutex_unlock(&p->lock);
	return task;
}

static void *serve(void *arg) {
	for (struct pool_task *task; (task = take(arg)) != NULL;) task->run(task->arg);
	return NULL;
}

struct pool *pool_new(unsigned threads) {
	struct pool *p = calloc(1, sizeof *p);
	assert(p);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->count = threads;
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
	if (p->last)
		p->last->next = task;
	else
		p->first = task;
	p->last = task;
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
