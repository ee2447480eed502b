/* search_tokenizer.c -- see the header; the interface is FTS5's own (sqlite.org/fts5.html, section
 * 7). Packed tokens: SEARCH_TOKENS, then of each its length, with BESIDE when it stands at the
 * place of the one before it, and its bytes. */
#include "runtime/store/search_tokenizer.h"

#include "runtime/base/fold.h"
#include "runtime/base/pinyin.h"

typedef int take_token(void *context, int flags, const char *token, int n, int start, int end);

struct character {
	uint32_t cp; /* folded */
	char bytes[4];
	int n, start, end;
};
struct run {
	struct character last; /* n 0: nothing yet */
	size_t length;         /* of the run `last` stands in */
	bool query, pinyin;
	void *context;
	take_token *take;
};

/* ---- how a character is typed ---- */

static int take_beside(struct run *r, const char *token) {
	return r->take(r->context, FTS5_TOKEN_COLOCATED, token, (int)strlen(token), r->last.start,
		       r->last.end);
}

static int take_syllables(struct run *r, const char *const *readings, size_t n) {
	int rc = SQLITE_OK;
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		char token[PINYIN_SYLLABLE_MAX + 2] = { SEARCH_SYLLABLE };
		strcpy(token + 1, readings[i]);
		rc = take_beside(r, token);
	}
	return rc;
}

/* Does one of the readings before this one begin with the same letter? */
static bool begun(const char *const *readings, size_t i) {
	for (size_t k = 0; k < i; k++)
		if (readings[k][0] == readings[i][0]) return true;
	return false;
}

static int take_initials(struct run *r, const char *const *readings, size_t count,
			 const struct character *c) {
	const char *next[PINYIN_READINGS_MAX];
	size_t n = pinyin_readings(c->cp, next);
	int rc = SQLITE_OK;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < n && rc == SQLITE_OK; k++) {
			const char token[] = { SEARCH_INITIALS, readings[i][0], next[k][0], '\0' };
			if (!begun(readings, i) && !begun(next, k)) rc = take_beside(r, token);
		}
	return rc;
}

/* At the place of `last`; next: the character after it, blanks left out, or NULL. */
static int take_pinyin(struct run *r, const struct character *next) {
	const char *readings[PINYIN_READINGS_MAX];
	size_t n = r->pinyin ? pinyin_readings(r->last.cp, readings) : 0;
	int rc = take_syllables(r, readings, n);
	return rc == SQLITE_OK && n && next ? take_initials(r, readings, n, next) : rc;
}

/* ---- pairs ---- */

static int take_single(struct run *r) {
	return r->take(r->context, 0, r->last.bytes, r->last.n, r->last.start, r->last.end);
}

static int take_pair(struct run *r, const struct character *next) {
	char pair[8];
	memcpy(pair, r->last.bytes, (size_t)r->last.n);
	memcpy(pair + r->last.n, next->bytes, (size_t)next->n);
	return r->take(r->context, 0, pair, r->last.n + next->n, r->last.start, next->end);
}

static int end_text(struct run *r) {
	if (!r->last.n || (r->query && r->length > 1)) return SQLITE_OK;
	int rc = take_single(r);
	return rc == SQLITE_OK ? take_pinyin(r, NULL) : rc;
}

/* length 0: blanks stood before it. */
static int add_character(struct run *r, const struct character *c) {
	int rc = SQLITE_OK;
	if (r->last.n) rc = r->length ? take_pair(r, c) : take_single(r);
	if (r->last.n && rc == SQLITE_OK) rc = take_pinyin(r, c);
	r->last = *c;
	r->length++;
	return rc;
}

/* A byte that is no UTF-8 (only a damaged store has one) separates like a blank. */
static bool read_character(const char *text, int n, int at, struct character *out) {
	size_t size = utf8_sequence(text + at, (size_t)(n - at));
	struct str rest = { text + at, size };
	uint32_t cp = size ? fold_code_point(utf8_next(&rest)) : 0;
	*out = (struct character){ .cp = cp, .start = at, .end = at + (int)(size ? size : 1) };
	if (!size || utf8_blank(cp)) return false;
	out->n = (int)utf8_encode(cp, out->bytes);
	return true;
}

static int take_text(struct run *r, const char *text, int n) {
	for (int at = 0; at < n;) {
		struct character c;
		int rc = SQLITE_OK;
		if (read_character(text, n, at, &c))
			rc = add_character(r, &c);
		else
			r->length = 0;
		if (rc != SQLITE_OK) return rc;
		at = c.end;
	}
	return end_text(r);
}

/* ---- packed ---- */

enum { BESIDE = 0x40, LENGTH_MASK = 0x3f, TYPED_ROOM = 8, PLAIN_ROOM = 3 /* usual bytes a byte */ };

struct pack {
	struct arena *arena;
	char *p;
	size_t n, room;
};

static int pack_token(void *context, int flags, const char *token, int n, int start, int end) {
	struct pack *pack = context;
	size_t length = (size_t)n;
	(void)start, (void)end;
	if (pack->n + length + 1 > pack->room) {
		size_t room = 2 * pack->room + length + 1;
		pack->p = arena_grow(pack->arena, pack->p, pack->room, room);
		pack->room = room;
	}
	pack->p[pack->n++] = (char)(n | (flags & FTS5_TOKEN_COLOCATED ? BESIDE : 0));
	memcpy(pack->p + pack->n, token, length);
	pack->n += length;
	return SQLITE_OK;
}

struct str search_tokens(struct arena *a, struct str text, bool typed) {
	struct pack pack = { .arena = a,
			     .room = text.n * (typed ? TYPED_ROOM : PLAIN_ROOM) + PLAIN_ROOM };
	struct run r = { .pinyin = typed && utf8_length(text) <= SEARCH_PINYIN_MAX,
			 .context = &pack,
			 .take = pack_token };
	pack.p = arena_alloc(a, pack.room);
	pack.p[pack.n++] = SEARCH_TOKENS;
	take_text(&r, text.p, (int)text.n);
	return (struct str){ pack.p, pack.n };
}

static int unpack(struct run *r, const char *tokens, int n) {
	int rc = SQLITE_OK;
	for (int at = 1; at < n && rc == SQLITE_OK;) {
		int length = tokens[at] & LENGTH_MASK, beside = tokens[at] & BESIDE;
		rc = r->take(r->context, beside ? FTS5_TOKEN_COLOCATED : 0, tokens + at + 1, length,
			     0, 0);
		at += length + 1;
	}
	return rc;
}

/* A query that begins with a mark is a row of tokens as the index holds them, each from its mark
 * on. */
static int take_tokens(struct run *r, const char *text, int n) {
	int rc = SQLITE_OK, end;
	for (int at = 0; at < n && rc == SQLITE_OK; at = end) {
		for (end = at + 1; end < n && text[end] > SEARCH_INITIALS;) end++;
		rc = r->take(r->context, 0, text + at, end - at, at, end);
	}
	return rc;
}

static bool is_mark(char c) { return c == SEARCH_SYLLABLE || c == SEARCH_INITIALS; }

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int n,
		    take_token *take) {
	struct run r = { .query = true, .context = context, .take = take };
	(void)tokenizer;
	if (!n) return SQLITE_OK;
	if (!(flags & FTS5_TOKENIZE_QUERY))
		return *text == SEARCH_TOKENS ? unpack(&r, text, n) : SQLITE_MISUSE;
	return is_mark(*text) ? take_tokens(&r, text, n) : take_text(&r, text, n);
}

static int create(void *unused, const char **args, int n, Fts5Tokenizer **out) {
	static char stateless;
	(void)unused, (void)args, (void)n;
	*out = (Fts5Tokenizer *)&stateless;
	return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer) { (void)tokenizer; }

static fts5_api *fts5_of(sqlite3 *db) {
	fts5_api *api = NULL;
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL) != SQLITE_OK) return NULL;
	sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	sqlite3_finalize(st);
	return api;
}

int search_tokenizer_register(sqlite3 *db) {
	fts5_tokenizer methods = { create, destroy, tokenize };
	fts5_api *api = fts5_of(db);
	return api ? api->xCreateTokenizer(api, "bigram", NULL, &methods, NULL) : SQLITE_ERROR;
}
