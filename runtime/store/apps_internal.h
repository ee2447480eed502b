/* apps_internal.h -- loading published apps, and the registry's hooks for plan and apply. Only apps.c, plan*.c, apply*.c. */
#ifndef TENON_STORE_APPS_INTERNAL_H
#define TENON_STORE_APPS_INTERNAL_H

#include <pthread.h>
#include "runtime/store/plan.h"
#include "runtime/store/registry.h"

struct app_registry {
	struct arena *arena;            /* of items */
	pthread_mutex_t mutex;          /* guards items, n */
	struct app **items;             /* one reference each */
	size_t n, room;
	pthread_mutex_t applying;       /* one apply at a time in this process */
};
struct app_registry *apps_of(struct store *s); /* made at the first call, freed with the store */

/* The published version as this snapshot sees it, retained; *out NULL: nothing is published. */
struct problem *apps_published(struct store *s, struct tx *tx, const struct registry *base, struct app **out) MUST_CHECK;
struct problem *apps_load_published(struct tx *tx, const struct registry *base, struct app **out) MUST_CHECK; /* never the running one */
struct problem *apps_refused(struct arena *a, const struct findings *f);      /* INVALID app_findings, by the first error */
/* Findings with an error become INVALID app_findings; *out is then NULL. */
struct problem *apps_load(struct arena *a, const struct bundle *bundle, const struct id_memory *memory, struct findings *findings,
	struct app **out) MUST_CHECK;

#endif
