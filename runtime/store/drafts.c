/* drafts.c -- the rows of sys_draft. */
#include "runtime/store/drafts.h"
#include "runtime/model/sha256.h"
#include "runtime/store/queries.h"

enum { DRAFT_FILES_MAX = 5000 };

const char *draft_sha(struct arena *a, struct str text, bool removed) {
	char *sha = arena_alloc(a, 65);
	if (!removed) sha256_hex(text, sha);
	return sha;
}

static struct draft_file file_of(struct arena *a, const struct rows *r) {
	struct str text = rows_text(r, 1);
	return (struct draft_file){
		.path = str_dup(a, rows_text(r, 0)),
		.text = { arena_copy(a, text.p ? text.p : "", text.n), text.n },
		.removed = rows_int(r, 2),
		.sha = str_dup(a, rows_text(r, 3)),
		.base_sha = str_dup(a, rows_text(r, 4)),
		.base_version = rows_int(r, 5),
		.at_us = rows_int(r, 6),
		.by = str_dup(a, rows_text(r, 7)),
	};
}

struct problem *draft_list(struct tx *tx, const char *app, struct draft_file **out, size_t *n) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	size_t room = 0;
	*out = NULL;
	*n = 0;
	TRY(tx_query(tx, sql_draft_list,
		     PARAMS(value_text(str_of(app)), value_int(DRAFT_FILES_MAX)), &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		if (*n == room) {
			size_t more = room ? 2 * room : 16;
			*out = arena_grow(a, *out, room * sizeof **out, more * sizeof **out);
			room = more;
		}
		(*out)[(*n)++] = file_of(a, r);
	}
}

struct problem *draft_put(struct tx *tx, const char *app, const struct draft_file *f) {
	return tx_exec(tx, sql_draft_put,
		       PARAMS(value_text(str_of(app)), value_text(str_of(f->path)),
			      value_text(f->text), value_bool(f->removed),
			      value_text(str_of(f->sha)), value_text(str_of(f->base_sha)),
			      value_int(f->base_version), value_int(f->at_us),
			      value_text(str_of(f->by))),
		       NULL);
}

static struct value or_null(const char *text) {
	return text ? value_text(str_of(text)) : VALUE_NONE;
}

struct problem *draft_drop(struct tx *tx, const char *app, const char *path, const char *sha,
			   int64_t *dropped) {
	return tx_exec(tx, sql_draft_drop,
		       PARAMS(value_text(str_of(app)), or_null(path), or_null(sha)), dropped);
}
