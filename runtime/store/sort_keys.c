/* sort_keys.c -- see the header. */
#include "runtime/store/sort_keys.h"

#include "runtime/base/pinyin.h"
#include "runtime/store/journal.h"
#include "runtime/store/match_key.h"

enum { SLICE = 200, KEY_MAX = 1024 };

static struct value sort_key_of(struct arena *a, const struct field *f, struct str text) {
	struct sb key = sb_on(a, KEY_MAX);
	(void)f;
	pinyin_sort_key(&key, text);
	return value_text(str_of(arena_strdup(a, sb_cstr(&key))));
}

size_t field_keys(const struct field *f, struct field_key out[FIELD_KEYS_MAX]) {
	size_t n = 0;
	if (f->sort_column) out[n++] = (struct field_key){ f->sort_column, "sort", sort_key_of };
	if (f->match_column)
		out[n++] = (struct field_key){ f->match_column, match_key_kind(f), match_key_of };
	return n;
}

struct key_fill {
	const struct field *field;
	struct field_key key;
	int64_t after, next;
};
struct stale {
	int64_t id;
	struct value key;
};

/* *last: 0 when no row is left behind it. */
static struct problem *read_slice(struct tx *tx, const struct key_fill *f, struct stale *out,
				  size_t *n, int64_t *last) {
	struct arena *a = tx_arena(tx);
	const char *sql =
		arena_printf(a,
			     "SELECT \"id\", \"%s\", \"%s\" FROM \"%s\" WHERE \"id\" > ?1 ORDER BY "
			     "\"id\" LIMIT %d",
			     f->field->column, f->key.column, f->field->form->table, SLICE);
	struct rows *rows;
	size_t seen = 0;
	*n = 0;
	TRY(tx_query(tx, sql, PARAMS(value_int(f->after)), &rows));
	for (bool have;; seen++) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		struct value text = rows_cell(rows, 1), was = rows_cell(rows, 2);
		struct value key =
			value_is_null(&text) ? text : f->key.make(a, f->field, text.as.s);
		*last = rows_int(rows, 0);
		if (!value_same(&was, &key)) out[(*n)++] = (struct stale){ *last, key };
	}
	if (seen < SLICE) *last = 0;
	return NULL;
}

static struct problem *commit_slice(struct tx *tx, void *arg) {
	struct key_fill *f = arg;
	struct stale stale[SLICE];
	size_t n;
	TRY(read_slice(tx, f, stale, &n, &f->next));
	const char *sql =
		arena_printf(tx_arena(tx), "UPDATE \"%s\" SET \"%s\" = ?1 WHERE \"id\" = ?2",
			     f->field->form->table, f->key.column);
	for (size_t i = 0; i < n; i++)
		TRY(tx_exec(tx, sql, PARAMS(stale[i].key, value_int(stale[i].id)), NULL));
	return NULL;
}

static struct problem *fill(struct store *s, struct arena *a, struct key_fill f) {
	do {
		TRY(journal_member(s, a, LANE_BULK, commit_slice, &f));
		f.after = f.next;
	} while (f.after);
	return NULL;
}

struct problem *sort_keys_fill(struct store *s, struct arena *a, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		struct field_key keys[FIELD_KEYS_MAX];
		size_t n = field_keys(form->fields[i], keys);
		for (size_t k = 0; k < n; k++)
			TRY(fill(s, a,
				 (struct key_fill){ .field = form->fields[i], .key = keys[k] }));
	}
	return NULL;
}
