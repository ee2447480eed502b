/* names.c -- open addressing with linear probing; see names.h. */
#include "runtime/model/names.h"

#include <assert.h>

void names_init(struct names *t, struct arena *a, size_t expected) {
	size_t room = 8;
	while (room < 2 * expected + 2) room *= 2;
	*t = (struct names){ .arena = a, .room = room };
	t->entries = arena_array(a, room, sizeof *t->entries);
}

static struct names_entry *slot(const struct names *t, struct str key) {
	size_t i = (size_t)str_hash(key) & (t->room - 1);
	while (t->entries[i].value && !str_eq(t->entries[i].key, key)) i = (i + 1) & (t->room - 1);
	return &t->entries[i];
}

void *names_find(const struct names *t, struct str key) {
	return t->room ? slot(t, key)->value : NULL;
}

static void double_room(struct names *t) {
	struct names bigger;
	names_init(&bigger, t->arena, t->room);
	for (size_t i = 0; i < t->room; i++)
		if (t->entries[i].value) *slot(&bigger, t->entries[i].key) = t->entries[i];
	bigger.n = t->n;
	*t = bigger;
}

bool names_add(struct names *t, struct str key, void *value) {
	assert(value && t->room);
	if (2 * (t->n + 1) > t->room) double_room(t);
	struct names_entry *e = slot(t, key);
	if (e->value) return false;
	*e = (struct names_entry){ key, value };
	t->n++;
	return true;
}

struct similar similar_to(struct str wanted) {
	if (!utf8_valid(wanted)) wanted = (struct str){ 0 }; /* nothing is like what is no text */
	size_t cap = utf8_length(wanted) / 3;
	if (cap < 1) cap = 1;
	if (cap > 3) cap = 3;
	return (struct similar){ .wanted = wanted, .distance = cap + 1 };
}

static size_t shared_start(struct str a, struct str b) {
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n]) n++;
	return n;
}

/* Of two names as near, the one that begins alike: people slip later in a word. */
void similar_offer(struct similar *s, struct str candidate) {
	if (!s->wanted.n) return;
	size_t d = str_distance(s->wanted, candidate, s->distance);
	if (d > s->distance || (d == s->distance && !s->best.n)) return;
	if (d == s->distance &&
	    shared_start(s->wanted, candidate) <= shared_start(s->wanted, s->best))
		return;
	s->distance = d;
	s->best = candidate;
}
