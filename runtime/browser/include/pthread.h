/* pthread.h -- the browser's module runs on one thread: locks are nothing, once is a flag. */
#ifndef TENON_BROWSER_PTHREAD_H
#define TENON_BROWSER_PTHREAD_H

typedef int pthread_once_t, pthread_mutex_t;
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_INITIALIZER 0

static inline int pthread_once(pthread_once_t *once, void (*run)(void)) {
	if (!*once) {
		*once = 1;
		run();
	}
	return 0;
}

#endif
