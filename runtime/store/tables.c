/* tables.c -- which tables have been written since: who has read a record on a snapshot need not
 * read it again on the writer while nothing at all was written to its table.
 * 1. The writer counts its commits. A snapshot remembers the count before it was taken, so it holds
 * at least those; what is written is marked with the number its commit will have, when it is
 * executed. A mark not above the snapshot's count is of a commit the snapshot holds.
 * 2. Marks are never taken back: after a rollback they are too high, and the table is read.
 * 3. The tables of a statement are told by the authorizer, so none can be forgotten. Two tables
 * may share a place: then one is read for the sake of the other.
 * 4. Nobody else writes: the store is locked for this process (lock.c). */
#include "runtime/store/backend.h"

enum { WORD = 64 };

static size_t place_of(const char *table) {
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *table; table++) hash = (hash ^ (unsigned char)*table) * UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) % TABLE_PLACES;
}

void table_set_add(struct table_set *set, const char *table) {
	size_t place = place_of(table);
	set->bits[place / WORD] |= UINT64_C(1) << place % WORD;
}

bool table_set_meets(const struct table_set *a, const struct table_set *b) {
	for (size_t i = 0; i < ARRAY_LEN(a->bits); i++)
		if (a->bits[i] & b->bits[i]) return true;
	return false;
}

void table_set_all(struct table_set *set) { memset(set, 0xff, sizeof *set); }

void tables_written(struct tx *tx, const struct table_set *set) {
	struct writer *w = &tx->store->writer;
	int64_t next = atomic_load_explicit(&tx->store->commits, memory_order_relaxed) + 1;
	for (size_t i = 0; i < ARRAY_LEN(set->bits); i++)
		for (uint64_t left = set->bits[i]; left; left &= left - 1)
			w->written[i * WORD + (size_t)__builtin_ctzll(left)] = next;
}

int64_t tx_commits(const struct tx *tx) {
	return tx->write ? atomic_load_explicit(&tx->store->commits, memory_order_relaxed)
			 : tx->commits;
}

bool tx_unwritten(const struct tx *tx, const char *table, int64_t commits) {
	return tx->write && tx->store->writer.written[place_of(table)] <= commits;
}
