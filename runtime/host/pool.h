/* pool.h -- a few threads for work that must not hold an HTTP loop: password hashing, reads over their step budget,
 * exports, checks of definitions. First in, first out; pool_submit never blocks. */
#ifndef TENON_HOST_POOL_H
#define TENON_HOST_POOL_H

#include "runtime/base/problem.h"

struct pool;
struct pool_task { void (*run)(void *arg); void *arg; struct pool_task *next; }; /* owned by the caller until run */
struct pool *pool_new(unsigned threads);
void pool_free(struct pool *p);                /* finishes what is queued */
void pool_submit(struct pool *p, struct pool_task *task);
size_t pool_waiting(struct pool *p);

#endif
