/* record_store.c -- a record into its tables. An update names only the columns that changed, so
 * that SQLite leaves the other indexes alone; sub-rows are matched by id. */
#include "runtime/store/record_sql.h"
#include "runtime/store/match_key.h"
#include "runtime/store/sort_keys.h"

static struct problem *unstorable(struct tx *tx, const struct field *f) {
	return PROBLEM(tx_arena(tx), INVALID, "not_storable", "field", f->name);
}

/* SQLite has no booleans; the codec's cells are integers, texts and nulls. */
static struct problem *cell_of(struct tx *tx, const struct codec *c, const struct field *f,
			       const struct record *r, struct value *cell) {
	const struct value *v = &r->values[f->index];
	*cell = VALUE_NONE;
	if (f->system == SYSTEM_ID) {
		*cell = value_int(r->id);
		return NULL;
	}
	if (f->system == SYSTEM_REV) {
		*cell = value_int(r->rev);
		return NULL;
	}
	if (value_is_null(v) || f->type->to_cell(f, c, v, cell)) return NULL;
	return unstorable(tx, f);
}

/* Its texts are cells as they are. */
static struct value key_of(struct tx *tx, const struct record_key *k, const struct record *r) {
	const struct value *v = &r->values[k->field->index];
	return value_is_null(v) ? VALUE_NONE : k->key.make(tx_arena(tx), k->field, v->as.s);
}

/* ---- multi-values ---- */

static struct problem *insert_values(struct tx *tx, const struct codec *c, const struct record *r,
				     size_t which) {
	const struct record_sql *sql = record_sql(r->form);
	const struct field *f = sql->values[which];
	const struct value *list = &r->values[f->index];
	size_t n = list->kind == VALUE_LIST ? list->as.list.n : 0;
	for (size_t i = 0; i < n; i++) {
		struct value cell;
		if (!field_cell(f, c, list, i, &cell)) return unstorable(tx, f);
		TRY(tx_exec(tx, sql->insert_value[which],
			    PARAMS(value_int(r->id), value_int((int64_t)i), cell), NULL));
	}
	return NULL;
}

static struct problem *replace_values(struct tx *tx, const struct codec *c,
				      const struct record *before, const struct record *after) {
	const struct record_sql *sql = record_sql(after->form);
	for (size_t i = 0; i < sql->value_count; i++) {
		size_t at = sql->values[i]->index;
		if (value_same(&before->values[at], &after->values[at])) continue;
		TRY(tx_exec(tx, sql->delete_values[i], PARAMS(value_int(after->id)), NULL));
		TRY(insert_values(tx, c, after, i));
	}
	return NULL;
}

static struct problem *delete_values(struct tx *tx, const struct record *r) {
	const struct record_sql *sql = record_sql(r->form);
	for (size_t i = 0; i < sql->value_count; i++)
		TRY(tx_exec(tx, sql->delete_values[i], PARAMS(value_int(r->id)), NULL));
	return NULL;
}

/* ---- one row of a table ---- */

struct place {
	int64_t parent;
	size_t pos;
}; /* of a sub-row */

static struct problem *row_cells(struct tx *tx, const struct codec *c, const struct record *r,
				 const struct place *place, const struct value **out) {
	const struct record_sql *sql = record_sql(r->form);
	struct value *cells =
		arena_array(tx_arena(tx), sql->column_count + sql->key_count + 2, sizeof *cells);
	size_t n = 0;
	*out = cells;
	for (; n < sql->column_count; n++) TRY(cell_of(tx, c, sql->columns[n].field, r, &cells[n]));
	for (size_t i = 0; i < sql->key_count; i++) cells[n++] = key_of(tx, &sql->keys[i], r);
	if (!place) return NULL;
	cells[n++] = value_int(place->parent);
	cells[n] = value_int((int64_t)place->pos);
	return NULL;
}

struct problem *record_cells(struct tx *tx, const struct codec *c, const struct record *r,
			     const struct value **out) {
	return row_cells(tx, c, r, NULL, out);
}

/* cells, place: one of them is NULL, or both. */
static struct problem *insert_row(struct tx *tx, const struct codec *c, const struct record *r,
				  const struct value *cells, const struct place *place,
				  bool together) {
	const struct record_sql *sql = record_sql(r->form);
	size_t n = sql->add.columns;
	if (!cells) TRY(row_cells(tx, c, r, place, &cells));
	TRY(together ? tx_add(tx, &sql->add, cells, n) : tx_exec(tx, sql->insert, cells, n, NULL));
	for (size_t i = 0; i < sql->value_count; i++) TRY(insert_values(tx, c, r, i));
	return NULL;
}

static bool column_changed(const struct field *f, const struct record *before,
			   const struct record *after) {
	if (f->system == SYSTEM_ID) return false;
	if (f->system == SYSTEM_REV) return before->rev != after->rev;
	return !value_same(&before->values[f->index], &after->values[f->index]);
}

struct setting {
	const char **names;
	struct value *params;
	size_t n;
};

static void set_column(struct setting *s, const char *name, struct value cell) {
	s->names[s->n] = name;
	s->params[s->n++] = cell;
}

static struct problem *update_row(struct tx *tx, const struct codec *c, const struct record *before,
				  const struct record *after, const size_t *pos) {
	const struct record_sql *sql = record_sql(after->form);
	struct arena *a = tx_arena(tx);
	size_t room = sql->column_count + sql->key_count + 2;
	struct setting s = { arena_array(a, room, sizeof *s.names),
			     arena_array(a, room, sizeof *s.params), 0 };
	for (size_t i = 0; i < sql->column_count; i++) {
		struct value cell;
		if (!column_changed(sql->columns[i].field, before, after)) continue;
		TRY(cell_of(tx, c, sql->columns[i].field, after, &cell));
		set_column(&s, sql->columns[i].name, cell);
	}
	for (size_t i = 0; i < sql->key_count; i++)
		if (column_changed(sql->keys[i].field, before, after))
			set_column(&s, sql->keys[i].key.column, key_of(tx, &sql->keys[i], after));
	if (pos) set_column(&s, "pos", value_int((int64_t)*pos));
	if (s.n) {
		const char *text = record_sql_update(a, after->form, s.names, s.n, DIALECT_SQLITE);
		s.params[s.n] = value_int(after->id);
		TRY(tx_exec(tx, text, s.params, s.n + 1, NULL));
	}
	return replace_values(tx, c, before, after);
}

/* ---- sub-rows ---- */

/* *pos: where it probably is in, where it is out. */
static const struct record *row_by_id(const struct record_rows *rows, int64_t id, size_t *pos) {
	if (*pos < rows->n && rows->items[*pos]->id == id) return rows->items[*pos];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) {
			*pos = i;
			return rows->items[i];
		}
	return NULL;
}

static struct problem *insert_rows(struct tx *tx, const struct codec *c, const struct record *r,
				   bool together) {
	const struct record_sql *sql = record_sql(r->form);
	for (size_t t = 0; t < sql->table_count; t++) {
		const struct record_rows *rows = &r->rows[sql->tables[t]->index];
		for (size_t i = 0; i < rows->n; i++) {
			TRY(insert_row(tx, c, rows->items[i], NULL, &(struct place){ r->id, i },
				       together));
			TRY(insert_rows(tx, c, rows->items[i], together));
		}
	}
	return NULL;
}

static struct problem *delete_rows(struct tx *tx, const struct record_rows *before,
				   const struct record_rows *after, int64_t parent) {
	for (size_t i = 0; i < before->n; i++) {
		const struct record *row = before->items[i];
		size_t pos = i;
		if (row_by_id(after, row->id, &pos)) continue;
		TRY(delete_values(tx, row));
		TRY(tx_exec(tx, record_sql(row->form)->delete_rows,
			    PARAMS(value_int(row->id), value_int(parent)), NULL));
	}
	return NULL;
}

static struct problem *update_rows(struct tx *tx, const struct codec *c,
				   const struct record_rows *before,
				   const struct record_rows *after, int64_t parent) {
	TRY(delete_rows(tx, before, after, parent));
	for (size_t i = 0; i < after->n; i++) {
		size_t was = i;
		const struct record *row = after->items[i];
		const struct record *old = row_by_id(before, row->id, &was);
		if (old)
			TRY(update_row(tx, c, old, row, was == i ? NULL : &i));
		else
			TRY(insert_row(tx, c, row, NULL, &(struct place){ parent, i }, false));
	}
	return NULL;
}

/* ---- records ---- */

struct problem *record_store_insert(struct tx *tx, const struct codec *c, const struct record *r,
				    const struct value *cells) {
	TRY(insert_row(tx, c, r, cells, NULL, false));
	return insert_rows(tx, c, r, false);
}

struct problem *record_store_add(struct tx *tx, const struct codec *c, const struct record *r,
				 const struct value *cells) {
	TRY(insert_row(tx, c, r, cells, NULL, true));
	return insert_rows(tx, c, r, true);
}

struct problem *record_store_update(struct tx *tx, const struct codec *c,
				    const struct record *before, const struct record *after) {
	const struct record_sql *sql = record_sql(after->form);
	TRY(update_row(tx, c, before, after, NULL));
	for (size_t t = 0; t < sql->table_count; t++) {
		size_t at = sql->tables[t]->index;
		TRY(update_rows(tx, c, &before->rows[at], &after->rows[at], after->id));
	}
	return NULL;
}

struct problem *record_history_add(struct tx *tx, const struct form *form,
				   const struct history_line *line) {
	return tx_add(tx, &record_sql(form)->add_history,
		      PARAMS(value_int(line->record), value_int(line->rev), value_int(line->at_us),
			     line->by_system ? VALUE_NONE : value_int(line->actor),
			     value_text(str_of(line->door)), value_text(str_of(line->op)),
			     value_text(line->changes), value_text(line->cause)));
}

struct problem *record_history_rows(struct tx *tx, const struct form *form, int64_t id,
				    struct rows **out) {
	return tx_query(tx, record_sql(form)->history_of, PARAMS(value_int(id)), out);
}

/* ---- who holds a key, who points at a record ---- */

struct problem *record_key_holder(struct tx *tx, const struct codec *c,
				  const struct unique_key *key, const struct record *r,
				  int64_t *id) {
	struct arena *a = tx_arena(tx);
	struct value *params = arena_array(a, key->n + 1, sizeof *params);
	bool have;
	*id = 0;
	params[0] = value_int(r->id);
	for (size_t i = 0; i < key->n; i++) {
		if (value_is_null(&r->values[key->fields[i]->index])) return NULL;
		TRY(cell_of(tx, c, key->fields[i], r, &params[i + 1]));
	}
	return tx_int(tx, record_sql_holder(a, r->form, key, DIALECT_SQLITE), params, key->n + 1,
		      id, &have);
}

static struct problem *match_cell(struct tx *tx, const struct codec *c, const struct match *m,
				  const struct record *r, struct value *out) {
	const struct value *v = &r->values[m->field->index];
	*out = VALUE_NONE;
	if (value_is_null(v)) return NULL;
	if (!m->as) return cell_of(tx, c, m->field, r, out);
	*out = match_key_of(tx_arena(tx), m->field, v->as.s);
	return NULL;
}

static struct problem *read_ids(struct tx *tx, const char *sql, const struct value *params,
				size_t n, int64_t *ids, size_t *count) {
	struct rows *rows;
	*count = 0;
	TRY(tx_query(tx, sql, params, n, &rows));
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		ids[(*count)++] = rows_int(rows, 0);
	}
}

struct problem *record_alike(struct tx *tx, const struct codec *c,
			     const struct duplicate_rule *rule, const struct record *r,
			     size_t limit, int64_t **ids, size_t *n) {
	struct arena *a = tx_arena(tx);
	struct value *params = arena_array(a, rule->n + 2, sizeof *params);
	*ids = arena_array(a, limit, sizeof **ids);
	*n = 0;
	params[0] = value_int(r->id);
	for (size_t i = 0; i < rule->n; i++) {
		TRY(match_cell(tx, c, &rule->matches[i], r, &params[i + 1]));
		if (value_is_null(&params[i + 1])) return NULL;
	}
	params[rule->n + 1] = value_int((int64_t)limit);
	const char *sql = record_sql_alike(a, r->form, rule, DIALECT_SQLITE);
	return read_ids(tx, sql, params, rule->n + 2, *ids, n);
}

struct problem *record_referrers(struct tx *tx, const struct field *field, int64_t target,
				 size_t limit, int64_t **ids, size_t *n) {
	struct arena *a = tx_arena(tx);
	*ids = arena_array(a, limit, sizeof **ids);
	return read_ids(tx, record_sql_referrers(a, field, DIALECT_SQLITE),
			PARAMS(value_int(target), value_int((int64_t)limit)), *ids, n);
}

/* ---- whose they are ---- */

struct problem *record_owned_count(struct tx *tx, const struct form *form, int32_t owner,
				   int64_t *out) {
	const char *sql = arena_printf(tx_arena(tx),
				       "SELECT count(*) FROM \"%s\" WHERE \"owner\" = ?1 AND "
				       "\"deleted_at\" IS NULL",
				       form->table);
	return tx_int(tx, sql, PARAMS(value_int(owner)), out, NULL);
}

struct problem *record_owned(struct tx *tx, const struct form *form, int32_t owner, int64_t after,
			     size_t limit, int64_t **ids, size_t *n) {
	const char *sql = arena_printf(tx_arena(tx),
				       "SELECT \"id\" FROM \"%s\" WHERE \"owner\" = ?1 AND "
				       "\"deleted_at\" IS NULL AND \"id\" > ?2 ORDER BY \"id\" "
				       "LIMIT ?3",
				       form->table);
	struct rows *rows;
	*ids = arena_array(tx_arena(tx), limit + 1, sizeof **ids);
	*n = 0;
	TRY(tx_query(tx, sql, PARAMS(value_int(owner), value_int(after), value_int((int64_t)limit)),
		     &rows));
	for (bool have; *n < limit;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		(*ids)[(*n)++] = rows_int(rows, 0);
	}
	rows_close(rows);
	return NULL;
}

/* ---- what came of a cause ---- */

struct problem *record_caused_count(struct tx *tx, const struct form *form, struct str cause,
				    int64_t *out) {
	const char *sql = arena_printf(tx_arena(tx),
				       "SELECT count(DISTINCT \"record\") FROM \"%s__history\" "
				       "WHERE \"cause\" = ?1",
				       form->table);
	return tx_int(tx, sql, PARAMS(value_text(cause)), out, NULL);
}

struct problem *record_caused(struct tx *tx, const struct form *form, struct str cause,
			      int64_t before, size_t limit, int64_t **ids, size_t *n) {
	const char *sql = arena_printf(tx_arena(tx),
				       "SELECT DISTINCT \"record\" FROM \"%s__history\" WHERE "
				       "\"cause\" = ?1 AND \"record\" < ?2 "
				       "ORDER BY \"record\" DESC LIMIT ?3",
				       form->table);
	*ids = arena_array(tx_arena(tx), limit, sizeof **ids);
	return read_ids(
		tx, sql,
		PARAMS(value_text(cause), value_int(before), value_int((int64_t)limit)), *ids, n);
}

/* ---- for good ---- */

static struct problem *erase_rows(struct tx *tx, const struct form *rows, int64_t parent) {
	const struct record_sql *sql = record_sql(rows);
	for (size_t i = 0; i < sql->value_count; i++)
		TRY(tx_exec(tx,
			    arena_printf(tx_arena(tx),
					 "DELETE FROM \"%s\" WHERE \"record\" IN (SELECT \"id\" "
					 "FROM \"%s\" WHERE \"parent\" = ?1)",
					 sql->values[i]->column, rows->table),
			    PARAMS(value_int(parent)), NULL));
	return tx_exec(
		tx,
		arena_printf(tx_arena(tx), "DELETE FROM \"%s\" WHERE \"parent\" = ?1", rows->table),
		PARAMS(value_int(parent)), NULL);
}

struct problem *record_store_erase(struct tx *tx, const struct form *form, int64_t id) {
	const struct record_sql *sql = record_sql(form);
	for (size_t i = 0; i < sql->table_count; i++) TRY(erase_rows(tx, sql->tables[i]->rows, id));
	for (size_t i = 0; i < sql->value_count; i++)
		TRY(tx_exec(tx, sql->delete_values[i], PARAMS(value_int(id)), NULL));
	TRY(tx_exec(tx,
		    arena_printf(tx_arena(tx), "DELETE FROM \"%s__history\" WHERE \"record\" = ?1",
				 form->table),
		    PARAMS(value_int(id)), NULL));
	return tx_exec(
		tx, arena_printf(tx_arena(tx), "DELETE FROM \"%s\" WHERE \"id\" = ?1", form->table),
		PARAMS(value_int(id)), NULL);
}
