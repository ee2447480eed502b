/* statements.c -- prepared statements of one connection, kept by their text.
 * 1. A statement in use is `busy`: the same text asked again meanwhile gets a second one. The list
 * holds every cached one, newest use first; only idle ones are thrown out.
 * 2. Most texts live as long as their form: where a text was asked from is a good guess at its
 * statement, and comparing costs a third of hashing. Guesses name cached statements only.
 * 3. What a statement needs (authorizer.c) is checked at every take, not only when it was prepared.
 * A cached point read costs about 3.5 us, a prepared one 14 (performance.md section 6). */
#include <assert.h>
#include <stdlib.h>
#include "runtime/store/backend.h"

/* Half a kilobyte of text at every use: no need of a keyed hash among 256 of our own texts. */
static uint64_t text_hash(const char *sql) {
	uint64_t hash = 0, word = 0;
	size_t n = strlen(sql);
	for (; n >= sizeof word; n -= sizeof word, sql += sizeof word) {
		memcpy(&word, sql, sizeof word);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, sql, n);
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static void unlink_use(struct statement_cache *cache, struct statement *st) {
	*(st->newer ? &st->newer->older : &cache->newest) = st->older;
	*(st->older ? &st->older->newer : &cache->oldest) = st->newer;
}

static void link_newest(struct statement_cache *cache, struct statement *st) {
	st->newer = NULL;
	st->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = st;
	cache->newest = st;
}

static struct statement *find(struct statement_cache *cache, uint64_t hash, const char *sql) {
	struct statement *st = cache->buckets[hash % STATEMENT_BUCKETS];
	while (st && (st->busy || st->hash != hash || strcmp(st->sql, sql) != 0)) st = st->chain;
	return st;
}

static struct statement **guess_of(struct statement_cache *cache, const char *sql) {
	return &cache->guesses[((uintptr_t)sql >> 4) % STATEMENT_GUESSES];
}

static struct statement *guessed(struct statement_cache *cache, const char *sql) {
	struct statement *st = *guess_of(cache, sql);
	return st && !st->busy && strcmp(st->sql, sql) == 0 ? st : NULL;
}

static void drop(struct statement_cache *cache, struct statement *st) {
	for (size_t i = 0; i < STATEMENT_GUESSES; i++)
		if (cache->guesses[i] == st) cache->guesses[i] = NULL;
	struct statement **link = &cache->buckets[st->hash % STATEMENT_BUCKETS];
	while (*link != st) link = &(*link)->chain;
	*link = st->chain;
	unlink_use(cache, st);
	cache->count--;
	sqlite3_finalize(st->st);
	free(st);
}

static void make_room(struct statement_cache *cache) {
	struct statement *st = cache->oldest;
	while (st && st->busy) st = st->newer;
	if (st) drop(cache, st);
}

static void keep(struct statement_cache *cache, struct statement *st) {
	if (cache->count >= STATEMENTS_KEPT) make_room(cache);
	struct statement **bucket = &cache->buckets[st->hash % STATEMENT_BUCKETS];
	st->chain = *bucket;
	*bucket = st;
	link_newest(cache, st);
	cache->count++;
}

static struct problem *prepare(struct connection *c, struct arena *a, const char *sql,
			       uint64_t hash, struct statement **out) {
	sqlite3_stmt *prepared = NULL;
	const char *tail = NULL;
	c->needs = (struct needs){ 0 };
	int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, &tail);
	if (rc != SQLITE_OK) return sqlite_problem(c, a, rc, sql);
	if (!prepared || tail[strspn(tail, " \t\r\n;")]) {
		sqlite3_finalize(prepared);
		return problem_logged(a, PROBLEM(a, INTERNAL, "store_sql"), "not one statement: %s",
				      sql);
	}
	struct statement *st = calloc(1, sizeof *st);
	if (!st) abort();
	*st = (struct statement){
		.st = prepared, .hash = hash, .sql = sqlite3_sql(prepared), .needs = c->needs,
		.writes = !sqlite3_stmt_readonly(prepared),
	};
	keep(&c->cache, st);
	*out = st;
	return NULL;
}

struct problem *statement_take(struct connection *c, struct arena *a, const char *sql,
			       unsigned allowed, struct statement **out) {
	struct statement *st = guessed(&c->cache, sql);
	if (!st) {
		uint64_t hash = text_hash(sql);
		st = find(&c->cache, hash, sql);
		if (!st) TRY(prepare(c, a, sql, hash, &st));
		*guess_of(&c->cache, sql) = st;
	}
	assert(st);
	if (c->cache.newest != st) {
		unlink_use(&c->cache, st);
		link_newest(&c->cache, st);
	}
	if (st->needs.allowed & ~allowed)
		return problem_logged(a, PROBLEM(a, INTERNAL, "store_sql"),
				      "needs tx_allow(%s): %s",
				      st->needs.allowed & ~allowed & TX_ALLOW_SCHEMA ? "TX_ALLOW_SCHEMA"
									     : "TX_ALLOW_PEOPLE",
				      sql);
	st->busy = true;
	*out = st;
	return NULL;
}

void statement_give(struct connection *c, struct statement *st) {
	(void)c;
	sqlite3_reset(st->st);
	st->busy = false;
}

void statements_free(struct connection *c) {
	while (c->cache.newest) drop(&c->cache, c->cache.newest);
}
