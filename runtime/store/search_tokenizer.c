/* search_tokenizer.c -- see the header; the interface is FTS5's own (sqlite.org/fts5.html, section
 * 7). */
#include "runtime/store/search_tokenizer.h"

#include "runtime/base/fold.h"

bool search_blank(uint32_t cp) {
	return cp <= 0x20 || cp == 0x7f || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
	       cp == 0x205f || cp == 0x3000 || cp == 0xfeff;
}

typedef int take_token(void *context, int flags, const char *token, int n, int start, int end);

struct character {
	char bytes[4];
	int n, start, end;
};
struct run {
	struct character last; /* n 0: nothing yet */
	size_t length;
	bool query;
	void *context;
	take_token *take;
};

static int take_pair(struct run *r, const struct character *next) {
	char pair[8];
	memcpy(pair, r->last.bytes, (size_t)r->last.n);
	memcpy(pair + r->last.n, next->bytes, (size_t)next->n);
	return r->take(r->context, 0, pair, r->last.n + next->n, r->last.start, next->end);
}

static int end_run(struct run *r) {
	int rc = SQLITE_OK;
	if (r->length == 1 || (r->length && !r->query))
		rc = r->take(r->context, 0, r->last.bytes, r->last.n, r->last.start, r->last.end);
	r->length = 0;
	return rc;
}

static int add_character(struct run *r, const struct character *c) {
	int rc = r->length ? take_pair(r, c) : SQLITE_OK;
	r->last = *c;
	r->length++;
	return rc;
}

/* A byte that is no UTF-8 (only a damaged store has one) separates like a blank. */
static bool read_character(const char *text, int n, int at, struct character *out) {
	size_t size = utf8_sequence(text + at, (size_t)(n - at));
	struct str rest = { text + at, size };
	uint32_t cp = size ? fold_code_point(utf8_next(&rest)) : 0;
	*out = (struct character){ .start = at, .end = at + (int)(size ? size : 1) };
	if (!size || search_blank(cp)) return false;
	out->n = (int)utf8_encode(cp, out->bytes);
	return true;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int n,
		    take_token *take) {
	struct run r = { .query = (flags & FTS5_TOKENIZE_QUERY) != 0,
			 .context = context,
			 .take = take };
	(void)tokenizer;
	for (int at = 0; at < n;) {
		struct character c;
		int rc = read_character(text, n, at, &c) ? add_character(&r, &c) : end_run(&r);
		if (rc != SQLITE_OK) return rc;
		at = c.end;
	}
	return end_run(&r);
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
