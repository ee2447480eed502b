#include "engines/form/import_seen.h"

struct import_seen { struct arena *arena; uint64_t *slots; size_t room, n; }; /* open addressing; 0 is an empty slot */

struct import_seen *import_seen_new(struct arena *a)
{
	struct import_seen *s = arena_alloc(a, sizeof *s);
	*s = (struct import_seen){ .arena = a, .room = 1024 };
	s->slots = arena_array(a, s->room, sizeof *s->slots);
	return s;
}

static uint64_t *slot(const struct import_seen *s, uint64_t hash)
{
	size_t i = hash & (s->room - 1);
	while (s->slots[i] && s->slots[i] != hash) i = (i + 1) & (s->room - 1);
	return &s->slots[i];
}

static void grow(struct import_seen *s)
{
	struct import_seen bigger = { .arena = s->arena, .room = s->room * 2, .n = s->n };
	bigger.slots = arena_array(s->arena, bigger.room, sizeof *bigger.slots);
	for (size_t i = 0; i < s->room; i++)
		if (s->slots[i]) *slot(&bigger, s->slots[i]) = s->slots[i];
	*s = bigger;
}

bool import_seen_add(struct import_seen *s, uint64_t hash)
{
	if (!hash) hash = 1;
	uint64_t *at = slot(s, hash);
	if (*at) return true;
	*at = hash;
	if (++s->n * 2 > s->room) grow(s);
	return false;
}
