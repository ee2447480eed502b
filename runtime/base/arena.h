/* arena.h -- memory that lives and dies with one piece of work (a request, a job, a loaded app).
 * Ownership: everything allocated here is freed by arena_free; nothing is freed singly.
 * Threads:   one thread at a time; hand an arena over, never share it.
 * Errors:    real exhaustion aborts (the database is transactional). What a user can make large goes
 *            through arena_charge (str.h's builder does), which fails softly at the budget. */
#ifndef TENON_BASE_ARENA_H
#define TENON_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "runtime/base/compiler.h"

struct arena;

struct arena *arena_new(size_t budget);               /* bytes arena_charge allows; 0 = no limit */
void arena_free(struct arena *a);                     /* runs the deferred releases, last in first out; NULL is fine */
void *arena_alloc(struct arena *a, size_t size);      /* zeroed, 16-byte aligned, never NULL */
void *arena_array(struct arena *a, size_t count, size_t size); /* zeroed; aborts on overflow of the product */
/* A bigger block with the same first old_size bytes, in place where possible; the added bytes are not zeroed.
 * block NULL (and old_size 0) makes a new one. */
void *arena_grow(struct arena *a, void *block, size_t old_size, size_t new_size);
char *arena_copy(struct arena *a, const void *bytes, size_t size); /* size bytes and a NUL */
char *arena_strdup(struct arena *a, const char *s);   /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF_LIKE(2, 0);
void arena_defer(struct arena *a, void (*release)(void *), void *arg);
bool arena_charge(struct arena *a, size_t bytes);     /* false: over the budget, nothing charged */
size_t arena_used(const struct arena *a);             /* bytes held from the system */

/* A scratch region inside an arena: memory and deferred releases since the mark go at the reset, and with them what an
 * older builder (sb) has grown since: a builder that outlives the reset lives in another arena. */
struct arena_mark { void *chunk; size_t used; void *deferred; size_t charged; };
struct arena_mark arena_mark(struct arena *a);
void arena_reset(struct arena *a, struct arena_mark mark);

#endif
