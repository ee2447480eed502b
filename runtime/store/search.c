/* search.c -- the search index of a form: its columns, its table, keeping it up in the commit,
 * rebuilding it. */
#include "runtime/store/search.h"
#include "runtime/store/search_tokenizer.h"
#include "runtime/store/writer.h"

#include "runtime/base/clock.h"
#include "runtime/model/memo.h"
#include "runtime/model/richtext.h"

enum { STATEMENT_MAX = 64 * 1024, COLUMN_MAX = 200, REBUILD_BATCH = 200 };

/* ---- columns ---- */

static bool is_text(const struct field *f) {
	return f->type->storage == STORE_TEXT && (f->type->flags & FT_SEARCH);
}

static size_t add_field(const struct field **list, size_t n, const struct field *f) {
	for (size_t i = 0; i < n; i++)
		if (list[i] == f) return n;
	list[n] = f;
	return n + 1;
}

static size_t add_title(const struct form *form, const struct field **list, size_t n) {
	for (size_t i = 0; form->title && i < form->paths.count; i++) {
		const struct expr_path *path = &form->paths.items[i];
		if (path->root == ROOT_RECORD && path->length == 1 && expr_uses(form->title, i) &&
		    is_text(path->fields[0]))
			n = add_field(list, n, path->fields[0]);
	}
	for (size_t i = 0; !form->title && i < form->declared_count; i++)
		if (is_text(form->fields[i]))
			return add_field(list, n, form->fields[i]); /* without a template the first
								       text field is the title */
	return n;
}

size_t search_title_fields(struct arena *a, const struct form *form, const struct field ***out) {
	*out = arena_array(a, form->field_count + 1, sizeof **out);
	return add_title(form, *out, 0);
}

static size_t list_columns(struct arena *a, const struct form *form, const struct field ***out) {
	size_t n = 0;
	*out = arena_array(a, form->field_count + 1, sizeof **out);
	for (size_t i = 0; i < form->search_count; i++)
		if (is_text(form->search[i])) n = add_field(*out, n, form->search[i]);
	return form->parent ? 0 : add_title(form, *out, n);
}

/* Which columns are also found as they are typed: titles, and texts that are short by definition.
 * In addresses and notes any two letters would be found. */
static const bool *typed_columns(struct arena *a, const struct form *form,
				 const struct field *const *columns, size_t n) {
	const struct field **title;
	size_t count = search_title_fields(a, form, &title);
	bool *typed = arena_array(a, n + 1, sizeof *typed);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = columns[i];
		typed[i] = (f->type->flags & FT_SORT) && f->max_length > 0 &&
			   f->max_length <= SEARCH_PINYIN_MAX;
		for (size_t k = 0; k < count; k++) typed[i] |= title[k] == f;
	}
	return typed;
}

const char *search_table(struct arena *a, const struct form *form) {
	return arena_printf(a, "%s__search", form->table);
}

/* ---- texts of statements ---- */

/* Nothing ranks, so no sizes are kept. Small pages keep the merges FTS5 does within a commit short
 * (24 ms at most over a million rows), seldom merges cheap: 34 us a row of 50 bigrams in groups of
 * 64, 23 us in slices of 500. What is left is for idle time (search_merge). */
static const struct {
	const char *name;
	int value;
} settings[] = { { "pgsz", 2000 }, { "automerge", 32 }, { "crisismerge", 128 } };

void search_ddl(const struct form *form, struct sb *out) {
	const struct field **columns;
	size_t n = list_columns(out->arena, form, &columns);
	const char *table = search_table(out->arena, form);
	if (!n) return;
	sb_printf(out, "CREATE VIRTUAL TABLE \"%s\" USING fts5(", table);
	for (size_t i = 0; i < n; i++) sb_printf(out, "\"c_%s\", ", columns[i]->id);
	/* A rule of its own: other columns typed, other tokens, so another index. */
	const bool *typed = typed_columns(out->arena, form, columns, n);
	sb_cat(out, "content='', columnsize=0, tokenize='bigram 3");
	for (size_t i = 0; i < n; i++)
		if (typed[i]) sb_printf(out, " %s", columns[i]->id);
	sb_cat(out, "')");
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		sb_printf(out, ";\nINSERT INTO \"%s\" (\"%s\", rank) VALUES ('%s', %d)", table,
			  table, settings[i].name, settings[i].value);
}

static const char *write_text(struct arena *a, const struct form *form,
			      const struct field *const *columns, size_t n, bool remove) {
	struct sb sql = sb_on(a, STATEMENT_MAX);
	const char *table = search_table(a, form);
	sb_printf(&sql, "INSERT INTO \"%s\" (", table);
	if (remove) sb_printf(&sql, "\"%s\", ", table);
	sb_cat(&sql, "rowid");
	for (size_t i = 0; i < n; i++) sb_printf(&sql, ", \"c_%s\"", columns[i]->id);
	sb_cat(&sql, remove ? ") VALUES ('delete', ?1" : ") VALUES (?1");
	for (size_t i = 0; i < n; i++) sb_printf(&sql, ", ?%zu", i + 2);
	sb_char(&sql, ')');
	return sb_cstr(&sql);
}

/* ---- what a form needs, worked out once ---- */

struct plan {
	const struct field **columns;
	const bool *typed;
	size_t n;
	const char *insert, *remove;
};

static const void *build_plan(struct arena *a, const struct form *form) {
	struct plan *p = arena_alloc(a, sizeof *p);
	p->n = list_columns(a, form, &p->columns);
	p->typed = typed_columns(a, form, p->columns, p->n);
	p->insert = write_text(a, form, p->columns, p->n, false);
	p->remove = write_text(a, form, p->columns, p->n, true);
	return p;
}

static const struct plan *plan_of(const struct form *form) {
	return form_memo(form, FORM_MEMO_SEARCH, build_plan);
}

size_t search_columns(const struct form *form, const struct field *const **out) {
	*out = plan_of(form)->columns;
	return plan_of(form)->n;
}

/* ---- upkeep ---- */

static bool same_texts(const struct field *const *columns, size_t n, const struct value *a,
		       const struct value *b) {
	for (size_t i = 0; i < n; i++)
		if (!value_same(&a[columns[i]->index], &b[columns[i]->index])) return false;
	return true;
}

static bool any_text(const struct field *const *columns, size_t n, const struct value *values) {
	for (size_t i = 0; i < n; i++)
		if (!value_is_null(&values[columns[i]->index])) return true;
	return false;
}

/* Does the index change? */
static bool concerns(const struct plan *p, const struct value *before, const struct value *after) {
	return p->n && !(before && after && same_texts(p->columns, p->n, before, after));
}

/* What is indexed of a cell: of formatted text its words, without tags. */
static struct value tokens_of(struct arena *a, const struct plan *p, size_t column,
			      const struct value *cell) {
	if (cell->kind != VALUE_TEXT) return VALUE_NONE;
	if (!(p->columns[column]->type->flags & FT_HTML))
		return value_text(search_tokens(a, cell->as.s, p->typed[column]));
	struct sb words = sb_on(a, cell->as.s.n + 1);
	richtext_plain(cell->as.s, &words);
	return value_text(search_tokens(a, sb_str(&words), p->typed[column]));
}

struct search_ready {
	struct value *texts, *tokens; /* by column */
};

struct search_ready *search_ready(struct arena *a, const struct form *form,
				  const struct value *before, const struct value *after) {
	const struct plan *p = plan_of(form);
	if (!concerns(p, before, after)) return NULL;
	struct search_ready *r = arena_alloc(a, sizeof *r);
	r->texts = arena_array(a, p->n, sizeof *r->texts);
	r->tokens = arena_array(a, p->n, sizeof *r->tokens);
	for (size_t i = 0; i < p->n; i++) {
		r->texts[i] = after[p->columns[i]->index];
		r->tokens[i] = tokens_of(a, p, i, &r->texts[i]);
	}
	return r;
}

static struct problem *write_row(struct tx *tx, const struct plan *p, int64_t id,
				 const struct value *values, const struct search_ready *ready,
				 bool remove) {
	struct value *params = arena_array(tx_arena(tx), p->n + 1, sizeof *params);
	if (!any_text(p->columns, p->n, values)) return NULL;
	params[0] = value_int(id);
	for (size_t i = 0; i < p->n; i++) {
		const struct value *text = &values[p->columns[i]->index];
		bool made = ready && value_same(text, &ready->texts[i]);
		params[i + 1] = made ? ready->tokens[i] : tokens_of(tx_arena(tx), p, i, text);
	}
	return tx_exec(tx, remove ? p->remove : p->insert, params, p->n + 1, NULL);
}

static struct problem *write_change(struct tx *tx, const struct plan *p, int64_t id,
				    const struct value *before, const struct value *after,
				    const struct search_ready *ready) {
	if (before) TRY(write_row(tx, p, id, before, NULL, true));
	return after ? write_row(tx, p, id, after, ready, false) : NULL;
}

struct problem *search_write(struct tx *tx, const struct form *form, int64_t id,
			     const struct value *before, const struct value *after) {
	const struct plan *p = plan_of(form);
	return concerns(p, before, after) ? write_change(tx, p, id, before, after, NULL) : NULL;
}

struct put_off {
	const struct plan *plan;
	int64_t id;
	const struct value *before, *after;
	const struct search_ready *ready;
};

static struct problem *write_now(struct tx *tx, void *arg) {
	const struct put_off *w = arg;
	return write_change(tx, w->plan, w->id, w->before, w->after, w->ready);
}

void search_write_later(struct tx *tx, const struct form *form, int64_t id,
			const struct value *before, const struct value *after,
			const struct search_ready *ready) {
	const struct plan *p = plan_of(form);
	if (!concerns(p, before, after)) return;
	struct put_off *w = arena_alloc(tx_arena(tx), sizeof *w);
	*w = (struct put_off){ p, id, before, after, ready };
	tx_before_commit(tx, write_now, w);
}

/* ---- rebuilding ---- */

static const char *batch_text(struct arena *a, const struct form *form,
			      const struct field *const *columns, size_t n) {
	struct sb sql = sb_on(a, STATEMENT_MAX);
	sb_cat(&sql, "SELECT \"id\"");
	for (size_t i = 0; i < n; i++) sb_printf(&sql, ", \"%s\"", columns[i]->column);
	sb_printf(&sql,
		  " FROM \"%s\" WHERE \"deleted_at\" IS NULL AND \"id\" > ?1 ORDER BY \"id\" LIMIT "
		  "%d",
		  form->table, REBUILD_BATCH);
	return sb_cstr(&sql);
}

static struct value kept_cell(struct arena *a, const struct rows *rows, int column) {
	struct value cell = rows_cell(rows, column);
	return value_copy(a, &cell);
}

static struct problem *read_batch(struct tx *tx, const struct form *form, int64_t after,
				  struct value **out, size_t *count) {
	const struct plan *p = plan_of(form);
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	bool have;
	*out = arena_array(a, (p->n + 1) * REBUILD_BATCH, sizeof **out);
	TRY(tx_query(tx, batch_text(a, form, p->columns, p->n), PARAMS(value_int(after)), &rows));
	for (*count = 0;; ++*count) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		for (size_t i = 0; i <= p->n; i++)
			(*out)[*count * (p->n + 1) + i] = kept_cell(a, rows, (int)i);
		for (size_t i = 0; i < p->n; i++) {
			struct value *cell = &(*out)[*count * (p->n + 1) + i + 1];
			*cell = tokens_of(a, p, i, cell);
		}
	}
}

static struct problem *rebuild_batch(struct tx *tx, const struct form *form, int64_t *after) {
	const struct plan *p = plan_of(form);
	struct value *cells;
	size_t count;
	TRY(read_batch(tx, form, *after, &cells, &count));
	for (size_t i = 0; i < count; i++)
		TRY(tx_exec(tx, p->insert, &cells[i * (p->n + 1)], p->n + 1, NULL));
	*after = count == REBUILD_BATCH ? cells[(count - 1) * (p->n + 1)].as.i : 0;
	return NULL;
}

struct problem *search_rebuild(struct tx *tx, const struct form *form, int64_t *after_id,
			       int slice_ms) {
	int64_t end = clock_mono() + slice_ms * INT64_C(1000);
	if (!plan_of(form)->n) {
		*after_id = 0;
		return NULL;
	}
	do TRY(rebuild_batch(tx, form, after_id));
	while (*after_id && clock_mono() < end);
	return NULL;
}

/* Of the connection: what FTS5 writes into its own tables is not among a statement's changes. */
static struct problem *total_changes(struct tx *tx, int64_t *out) {
	bool have;
	return tx_int(tx, "SELECT total_changes()", NO_PARAMS, out, &have);
}

struct problem *search_merge(struct tx *tx, const struct form *form, int pages, bool *more) {
	struct arena *a = tx_arena(tx);
	int64_t before, after;
	*more = false;
	if (!plan_of(form)->n) return NULL;
	const char *table = search_table(a, form);
	const char *sql = arena_printf(a, "INSERT INTO \"%s\" (\"%s\", rank) VALUES ('merge', ?1)",
				       table, table);
	TRY(total_changes(tx, &before));
	TRY(tx_exec(tx, sql, PARAMS(value_int(pages)), NULL));
	TRY(total_changes(tx, &after));
	*more = after - before > 1; /* below 2 nothing was merged (sqlite.org/fts5.html, 6.9) */
	return NULL;
}
