/* flow_kept.c -- flows of earlier versions, compiled once and kept as long as the app they were
 * compiled against. A text is compiled against an app's forms, so what is kept dies with the app;
 * it is found by the hash of its text and not by its number, which a transaction that is taken back
 * gives to another text. */
#include "runtime/model/flow.h"

struct kept {
	struct arena *arena;
	const struct flow *flow; /* NULL: the text does not compile against this app */
	const char *id;
	struct str hash;
	size_t place;
	struct kept *next;
};

struct flow_kept {
	_Atomic(struct kept *) first;
};

static void let_go(void *arg) {
	struct flow_kept *k = arg;
	for (struct kept *one = atomic_load(&k->first), *next; one; one = next) {
		next = one->next;
		arena_free(one->arena);
	}
}

struct flow_kept *flow_kept_new(struct arena *a) {
	struct flow_kept *k = arena_alloc(a, sizeof *k);
	atomic_init(&k->first, NULL);
	arena_defer(a, let_go, k);
	return k;
}

bool flow_kept_find(const struct flow_kept *k, const char *id, struct str hash,
		    const struct flow **out) {
	const struct kept *one = atomic_load_explicit(&k->first, memory_order_acquire);
	while (one && (!str_eq(one->hash, hash) || strcmp(one->id, id) != 0)) one = one->next;
	*out = one ? one->flow : NULL;
	return one != NULL;
}

bool flow_kept_add(struct flow_kept *k, struct arena *a, const struct flow *flow, const char *id,
		   struct str hash) {
	struct kept *one = arena_alloc(a, sizeof *one);
	struct kept *first = atomic_load(&k->first);
	*one = (struct kept){ .arena = a, .flow = flow, .id = arena_strdup(a, id) };
	one->hash = str_of(str_dup(a, hash));
	do {
		if (first && first->place >= FLOWS_KEPT_MAX) return false;
		one->place = first ? first->place + 1 : 1;
		one->next = first;
	} while (!atomic_compare_exchange_weak(&k->first, &first, one));
	return true;
}
