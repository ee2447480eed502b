/* pool.h -- a few threads for work that must not hold an HTTP loop: password hashing, reads over their step budget,
 * exports, checks of definitions. pool_submit never blocks.
 * Fair: each owner has a queue, first in, first out; owners take turns, and one owner never has all threads at a time, so that
 * nobody's slow filter makes others wait for its end. */
#ifndef TENON_HOST_POOL_H
#define TENON_HOST_POOL_H

#include "runtime/base/problem.h"

struct pool;
struct pool_task {                             /* owned by the caller until run */
	void (*run)(void *arg);
	void *arg;
	uint64_t owner;                        /* whose work it is: a user, an address */
	struct pool_task *next;
};
struct pool *pool_new(unsigned threads);
void pool_free(struct pool *p);                /* finishes what is queued */
void pool_submit(struct pool *p, struct pool_task *task);
size_t pool_waiting(struct pool *p);

#endif
