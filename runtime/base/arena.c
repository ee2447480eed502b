/* arena.c -- chunked bump allocation.
 * 1. `chunks` is a stack, newest first. A bump chunk serves many blocks; a lone chunk holds one big
 * block.
 * 2. `bump` is the newest bump chunk; every chunk remembers which bump chunk was current when it
 * was pushed, so a reset finds it again in one step.
 * 3. Only the newest chunk may move (arena_grow), and only when no mark that may still be reset
 * names it.
 * 4. The arena itself lives at the start of its first chunk: one malloc makes a small request's
 * memory.
 * 5. Under AddressSanitizer free space is poisoned and blocks are kept apart by a red zone. */
#include "runtime/base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if WITH_ASAN
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
enum { RED_ZONE = 0 };
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, CHUNK_FIRST = 4096, CHUNK_LARGEST = 256 * 1024 };

struct chunk {
	struct chunk *older;
	struct chunk *bump; /* itself for a bump chunk */
	size_t size;        /* bytes after this header */
	size_t used;
	_Alignas(ALIGN) char bytes[];
};

struct deferred {
	struct deferred *older;
	void (*release)(void *);
	void *arg;
};

struct arena {
	struct chunk *chunks, *bump;
	const struct chunk *marked; /* newest chunk named by a mark */
	struct deferred *deferred;
	size_t budget, charged, held, next_size;
};

static _Noreturn void exhausted(void) {
	fputs("tenon: out of memory\n", stderr);
	abort();
}

static size_t rounded(size_t size) {
	if (size > SIZE_MAX / 2) exhausted();
	return (size + RED_ZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct chunk *chunk_make(size_t size) {
	struct chunk *c = malloc(sizeof *c + size);
	if (!c) exhausted();
	*c = (struct chunk){ .size = size };
	POISON(c->bytes, size);
	return c;
}

static void chunk_free(struct chunk *c) {
	UNPOISON(c->bytes, c->size);
	free(c);
}

static void *chunk_take(struct chunk *c, size_t size, size_t step) {
	char *p = c->bytes + c->used;
	c->used += step;
	UNPOISON(p, size);
	return p;
}

struct arena *arena_new(size_t budget) {
	struct chunk *c = chunk_make(CHUNK_FIRST - sizeof *c);
	struct arena *a = chunk_take(c, sizeof *a, rounded(sizeof *a));
	c->bump = c;
	*a = (struct arena){ .chunks = c,
			     .bump = c,
			     .budget = budget,
			     .held = CHUNK_FIRST,
			     .next_size = 2 * (size_t)CHUNK_FIRST };
	return a;
}

static void run_deferred(struct arena *a, const struct deferred *until) {
	while (a->deferred != until) {
		struct deferred *d = a->deferred;
		a->deferred = d->older;
		d->release(d->arg);
	}
}

void arena_free(struct arena *a) {
	if (!a) return;
	run_deferred(a, NULL);
	for (struct chunk *c = a->chunks, *older; c; c = older) {
		older = c->older;
		chunk_free(c); /* the last one holds *a */
	}
}

static void push(struct arena *a, struct chunk *c) {
	c->older = a->chunks;
	a->chunks = c;
	a->held += sizeof *c + c->size;
	if (a->next_size < CHUNK_LARGEST) a->next_size *= 2;
}

static void *take_from_new_chunk(struct arena *a, size_t size, size_t step) {
	size_t chunk_bytes = a->next_size;
	bool lone = step > chunk_bytes / 4;
	struct chunk *c = chunk_make(lone ? step : chunk_bytes - sizeof *c);
	push(a, c);
	if (!lone) a->bump = c;
	c->bump = a->bump;
	return chunk_take(c, size, step);
}

/* Not zeroed. */
static void *take(struct arena *a, size_t size) {
	size_t step = rounded(size ? size : 1);
	if (step <= a->bump->size - a->bump->used) return chunk_take(a->bump, size, step);
	return take_from_new_chunk(a, size, step);
}

void *arena_alloc(struct arena *a, size_t size) {
	void *p = take(a, size);
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size) {
	size_t product;
	if (__builtin_mul_overflow(count, size, &product)) exhausted();
	return arena_alloc(a, product);
}

static bool is_last(const struct chunk *c, const char *p, size_t step) {
	return p + step == c->bytes + c->used;
}

/* The newest chunk holds this one block alone: let the allocator extend it (mremap for large ones).
 */
static void *grow_lone(struct arena *a, size_t new_size) {
	struct chunk *c = a->chunks;
	size_t step = rounded(new_size);
	UNPOISON(c->bytes, c->size);
	a->held += step - c->size;
	c = realloc(c, sizeof *c + step);
	if (!c) exhausted();
	a->chunks = c;
	c->size = c->used = step;
	POISON(c->bytes, step);
	UNPOISON(c->bytes, new_size);
	return c->bytes;
}

void *arena_grow(struct arena *a, void *block, size_t old_size, size_t new_size) {
	char *p = block;
	assert(new_size >= old_size);
	if (!p) return take(a, new_size);
	struct chunk *c = a->chunks;
	if (c->bump != c && p == c->bytes && c != a->marked) return grow_lone(a, new_size);
	size_t old_step = rounded(old_size ? old_size : 1), step = rounded(new_size ? new_size : 1);
	if (is_last(a->bump, p, old_step) && step - old_step <= a->bump->size - a->bump->used) {
		a->bump->used += step - old_step;
		UNPOISON(p, new_size);
		return p;
	}
	void *moved = take(a, new_size);
	memcpy(moved, p, old_size);
	return moved;
}

char *arena_copy(struct arena *a, const void *bytes, size_t size) {
	char *p = take(a, size + 1);
	if (size) memcpy(p, bytes, size);
	p[size] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s) {
	return s ? arena_copy(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...) {
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args) {
	char small[256];
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(small, sizeof small, format, args);
	assert(n >= 0);
	size_t size = (size_t)n;
	char *text = take(a, size + 1);
	if (size < sizeof small)
		memcpy(text, small, size + 1);
	else
		vsnprintf(text, size + 1, format, again);
	va_end(again);
	return text;
}

void arena_defer(struct arena *a, void (*release)(void *), void *arg) {
	struct deferred *d = take(a, sizeof *d);
	*d = (struct deferred){ a->deferred, release, arg };
	a->deferred = d;
}

bool arena_charge(struct arena *a, size_t bytes) {
	if (a->budget && bytes > a->budget - a->charged) return false;
	a->charged += bytes;
	return true;
}

size_t arena_used(const struct arena *a) { return a->held; }

struct arena_mark arena_mark(struct arena *a) {
	a->marked = a->chunks;
	return (struct arena_mark){ a->chunks, a->bump->used, a->deferred, a->charged };
}

void arena_reset(struct arena *a, struct arena_mark mark) {
	run_deferred(a, mark.deferred);
	while (a->chunks != mark.chunk) {
		struct chunk *c = a->chunks;
		a->chunks = c->older;
		a->held -= sizeof *c + c->size;
		chunk_free(c);
	}
	a->bump = a->chunks->bump;
	POISON(a->bump->bytes + mark.used, a->bump->used - mark.used);
	a->bump->used = mark.used;
	a->charged = mark.charged;
	a->marked = mark.chunk;
}
