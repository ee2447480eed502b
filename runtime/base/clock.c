#include "runtime/base/clock.h"

#include <stdatomic.h>
#include <time.h>

#define RUNNING INT64_MIN
static _Atomic int64_t standing = RUNNING;

static int64_t read_clock(clockid_t id) {
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_real(void) { return read_clock(CLOCK_REALTIME); }

int64_t clock_mono(void) { return read_clock(CLOCK_MONOTONIC); }

int64_t clock_now(void) {
	int64_t us = atomic_load(&standing);
	return us == RUNNING ? clock_real() : us;
}

void clock_set(int64_t utc_us) { atomic_store(&standing, utc_us); }

void clock_release(void) { atomic_store(&standing, RUNNING); }
