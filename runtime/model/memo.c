/* memo.c -- a form is immutable for everybody but for these slots, which go from NULL to a value
 * once. All memos are built under one lock, which also guards the app's arena when the memo's own
 * arena is hung on it; building is rare and short. */
#include "runtime/model/memo.h"

#include <pthread.h>
#include <stdatomic.h>

_Static_assert(ARRAY_LEN(((struct form *)0)->memo) == FORM_MEMO_COUNT, "a form has a slot a memo");
static pthread_mutex_t building = PTHREAD_MUTEX_INITIALIZER;

static void free_arena(void *arena) { arena_free(arena); }

/* The one place where a published form is written to. */
static _Atomic(const void *) *slot_of(const struct form *f, enum form_memo which) {
	struct form *writable = (struct form *)(uintptr_t)f;
	return &writable->memo[which];
}

static const void *build_memo(_Atomic(const void *) *slot, const struct form *f,
			      const void *(*build)(struct arena *a, const struct form *f)) {
	const void *memo = atomic_load(slot);
	if (memo) return memo;
	struct arena *a = arena_new(0);
	memo = build(a, f);
	arena_defer(f->app->arena, free_arena, a);
	atomic_store_explicit(slot, memo, memory_order_release);
	return memo;
}

const void *form_memo(const struct form *f, enum form_memo which,
		      const void *(*build)(struct arena *a, const struct form *f)) {
	_Atomic(const void *) *slot = slot_of(f, which);
	const void *memo = atomic_load_explicit(slot, memory_order_acquire);
	if (memo) return memo;
	pthread_mutex_lock(&building);
	memo = build_memo(slot, f, build);
	pthread_mutex_unlock(&building);
	return memo;
}
