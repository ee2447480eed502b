/* sort_keys.c -- see the header. */
#include "runtime/store/sort_keys.h"

#include "runtime/base/pinyin.h"
#include "runtime/store/journal.h"

enum { SLICE = 200, KEY_MAX = 1024 };

struct value sort_key_of(struct arena *a, struct str text) {
	struct sb key = sb_on(a, KEY_MAX);
	pinyin_sort_key(&key, text);
	return value_text(str_of(arena_strdup(a, sb_cstr(&key))));
}

struct key_fill {
	const struct field *field;
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
			     f->field->column, f->field->sort_column, f->field->form->table, SLICE);
	struct rows *rows;
	size_t seen = 0;
	*n = 0;
	TRY(tx_query(tx, sql, PARAMS(value_int(f->after)), &rows));
	for (bool have;; seen++) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		struct value text = rows_cell(rows, 1), was = rows_cell(rows, 2);
		struct value key = value_is_null(&text) ? text : sort_key_of(a, text.as.s);
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
			     f->field->form->table, f->field->sort_column);
	for (size_t i = 0; i < n; i++)
		TRY(tx_exec(tx, sql, PARAMS(stale[i].key, value_int(stale[i].id)), NULL));
	return NULL;
}

struct problem *sort_keys_fill(struct store *s, struct arena *a, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		struct key_fill f = { .field = form->fields[i] };
		if (!f.field->sort_column) continue;
		do {
			TRY(journal_member(s, a, LANE_BULK, commit_slice, &f));
			f.after = f.next;
		} while (f.after);
	}
	return NULL;
}
