/* record_sql.c -- the texts of the statements over a form's tables, built once a form.
 * Every name comes from a loaded definition and is quoted; every value is bound. */
#include "runtime/store/record_sql.h"

#include "runtime/model/memo.h"
#include "runtime/store/queries.h"

enum { STATEMENT_MAX = 256 * 1024, HISTORY_COLUMNS = 8, EVENT_COLUMNS = 8 };

static const char *const system_columns[] = {
	[SYSTEM_ID] = "id",
	[SYSTEM_REV] = "rev",
	[SYSTEM_CREATED_AT] = "created_at",
	[SYSTEM_CREATED_BY] = "created_by",
	[SYSTEM_UPDATED_AT] = "updated_at",
	[SYSTEM_UPDATED_BY] = "updated_by",
	[SYSTEM_OWNER] = "owner",
	[SYSTEM_DEPT] = "dept",
	[SYSTEM_DELETED_AT] = "deleted_at",
};

struct building {
	struct arena *arena;
	enum dialect dialect;
	const struct form *form;
	struct record_sql *sql;
};

static bool in_column(const struct field *f) {
	return f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT;
}

static void placeholder(struct sb *b, enum dialect dialect, size_t i) {
	sb_char(b, dialect == DIALECT_SQLITE ? '?' : '$');
	sb_int(b, (int64_t)i);
}

static const char *finish(struct building *b, struct sb *text) {
	return arena_strdup(b->arena, sb_cstr(text));
}

/* ---- which fields stand where ---- */

static void sort_field(struct record_sql *sql, const struct field *f) {
	if (f->type->storage == STORE_VALUES)
		sql->values[sql->value_count++] = f;
	else if (f->type->storage == STORE_ROWS)
		sql->tables[sql->table_count++] = f;
	else if (in_column(f))
		sql->columns[sql->column_count++] = (struct record_column){ f, f->column };
	struct field_key keys[FIELD_KEYS_MAX];
	size_t n = field_keys(f, keys);
	for (size_t i = 0; i < n; i++)
		sql->keys[sql->key_count++] = (struct record_key){ f, keys[i] };
}

static void list_fields(struct building *b) {
	const struct form *form = b->form;
	struct record_sql *sql = b->sql;
	sql->columns = arena_array(b->arena, form->field_count + 1, sizeof *sql->columns);
	sql->keys =
		arena_array(b->arena, FIELD_KEYS_MAX * form->declared_count + 1, sizeof *sql->keys);
	sql->values = arena_array(b->arena, form->declared_count + 1, sizeof *sql->values);
	sql->tables = arena_array(b->arena, form->declared_count + 1, sizeof *sql->tables);
	sql->columns[sql->column_count++] =
		(struct record_column){ form_system(form, SYSTEM_ID), "id" };
	for (size_t i = 0; i < form->declared_count; i++) sort_field(sql, form->fields[i]);
	for (size_t i = form->declared_count; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (f->system != SYSTEM_ID && f->system != SYSTEM_STATE)
			sql->columns[sql->column_count++] =
				(struct record_column){ f, system_columns[f->system] };
	}
}

/* ---- the texts ---- */

static void column_names(struct sb *b, const struct record_sql *sql) {
	for (size_t i = 0; i < sql->column_count; i++)
		sb_printf(b, "%s\"%s\"", i ? ", " : "", sql->columns[i].name);
}

static const char *select_text(struct building *b) {
	struct sb text = sb_on(b->arena, STATEMENT_MAX);
	sb_cat(&text, "SELECT ");
	column_names(&text, b->sql);
	sb_printf(&text, " FROM \"%s\" WHERE \"%s\" = ", b->form->table,
		  b->form->parent ? "parent" : "id");
	placeholder(&text, b->dialect, 1);
	if (b->form->parent) sb_cat(&text, " ORDER BY \"pos\"");
	return finish(b, &text);
}

static const char *insert_text(struct building *b) {
	struct sb text = sb_on(b->arena, STATEMENT_MAX);
	size_t n = b->sql->column_count + b->sql->key_count + (b->form->parent ? 2 : 0);
	sb_printf(&text, "INSERT INTO \"%s\" (", b->form->table);
	column_names(&text, b->sql);
	for (size_t i = 0; i < b->sql->key_count; i++)
		sb_printf(&text, ", \"%s\"", b->sql->keys[i].key.column);
	if (b->form->parent) sb_cat(&text, ", \"parent\", \"pos\"");
	sb_cat(&text, ") VALUES (");
	for (size_t i = 1; i <= n; i++) {
		if (i > 1) sb_cat(&text, ", ");
		placeholder(&text, b->dialect, i);
	}
	sb_char(&text, ')');
	return finish(b, &text);
}

struct names_of {
	const char *table, *column, *parent;
};

/* A pattern with ? for each placeholder in turn, @ # ^ for the names. */
static const char *filled(struct building *b, const char *pattern, struct names_of names) {
	struct sb text = sb_on(b->arena, STATEMENT_MAX);
	size_t param = 0;
	for (const char *at = pattern; *at; at++) {
		if (*at == '@')
			sb_cat(&text, names.table);
		else if (*at == '#')
			sb_cat(&text, names.column);
		else if (*at == '^')
			sb_cat(&text, names.parent);
		else if (*at == '?')
			placeholder(&text, b->dialect, ++param);
		else
			sb_char(&text, *at);
	}
	return finish(b, &text);
}

static const char *over_table(struct building *b, const char *pattern, const char *table) {
	return filled(b, pattern, (struct names_of){ table, "", "" });
}

static void value_texts(struct building *b) {
	struct record_sql *sql = b->sql;
	sql->select_values = arena_array(b->arena, sql->value_count + 1, sizeof(char *));
	sql->insert_value = arena_array(b->arena, sql->value_count + 1, sizeof(char *));
	sql->delete_values = arena_array(b->arena, sql->value_count + 1, sizeof(char *));
	for (size_t i = 0; i < sql->value_count; i++) {
		const char *table = sql->values[i]->column;
		sql->select_values[i] = over_table(
			b, "SELECT \"value\" FROM \"@\" WHERE \"record\" = ? ORDER BY \"pos\"",
			table);
		sql->insert_value[i] = over_table(
			b, "INSERT INTO \"@\" (\"record\", \"pos\", \"value\") VALUES (?, ?, ?)",
			table);
		sql->delete_values[i] =
			over_table(b, "DELETE FROM \"@\" WHERE \"record\" = ?", table);
	}
}

static void record_texts(struct building *b) {
	struct record_sql *sql = b->sql;
	const char *table = b->form->table;
	sql->revision =
		over_table(b, "SELECT \"rev\", \"deleted_at\" FROM \"@\" WHERE \"id\" = ?", table);
	sql->history = over_table(b,
				  "INSERT INTO \"@__history\" (\"record\", \"rev\", \"at\", "
				  "\"actor\", \"door\", \"op\", \"changes\", \"cause\") "
				  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				  table);
	sql->history_of =
		over_table(b,
			   "SELECT \"rev\", \"at\", \"actor\", \"door\", \"op\", \"changes\", "
			   "\"cause\" "
			   "FROM \"@__history\" WHERE \"record\" = ? ORDER BY \"rev\" DESC",
			   table);
}

static struct record_sql *build(struct arena *a, const struct form *form, enum dialect dialect) {
	struct building b = { a, dialect, form, arena_alloc(a, sizeof *b.sql) };
	list_fields(&b);
	b.sql->select = select_text(&b);
	b.sql->insert = insert_text(&b);
	if (form->parent)
		b.sql->delete_rows = over_table(
			&b, "DELETE FROM \"@\" WHERE \"id\" = ? AND \"parent\" = ?", form->table);
	else
		record_texts(&b);
	value_texts(&b);
	return b.sql;
}

static const void *build_sqlite(struct arena *a, const struct form *form) {
	struct record_sql *sql = build(a, form, DIALECT_SQLITE);
	size_t n = sql->column_count + sql->key_count + (form->parent ? 2 : 0);
	sql->add = tx_insert_of(a, form->table, sql->insert, n, false);
	if (form->parent) return sql;
	sql->add_history = tx_insert_of(a, arena_printf(a, "%s__history", form->table),
					sql->history, HISTORY_COLUMNS, true);
	sql->add_event = tx_insert_of(a, "event", sql_event_add, EVENT_COLUMNS, true);
	return sql;
}

const struct record_sql *record_sql(const struct form *form) {
	return form_memo(form, FORM_MEMO_RECORD_SQL, build_sqlite);
}

/* ---- what depends on the write ---- */

const char *record_sql_update(struct arena *a, const struct form *form, const char *const *columns,
			      size_t n, enum dialect dialect) {
	struct sb text = sb_on(a, STATEMENT_MAX);
	sb_cat(&text, "UPDATE \"");
	sb_cat(&text, form->table);
	for (size_t i = 0; i < n; i++) {
		sb_cat(&text, i ? ", \"" : "\" SET \"");
		sb_cat(&text, columns[i]);
		sb_cat(&text, "\" = ");
		placeholder(&text, dialect, i + 1);
	}
	sb_cat(&text, " WHERE \"id\" = ");
	placeholder(&text, dialect, n + 1);
	return sb_cstr(&text);
}

const char *record_sql_holder(struct arena *a, const struct form *form,
			      const struct unique_key *key, enum dialect dialect) {
	struct sb text = sb_on(a, STATEMENT_MAX);
	sb_printf(&text, "SELECT \"id\" FROM \"%s\" WHERE \"deleted_at\" IS NULL AND \"id\" <> ",
		  form->table);
	placeholder(&text, dialect, 1);
	for (size_t i = 0; i < key->n; i++) {
		const struct field *f = key->fields[i];
		const char *column = f->system && f->system != SYSTEM_STATE
					     ? system_columns[f->system]
					     : f->column;
		sb_printf(&text, " AND \"%s\" = ", column);
		placeholder(&text, dialect, i + 2);
	}
	return sb_cstr(&text);
}

const char *record_sql_alike(struct arena *a, const struct form *form,
			     const struct duplicate_rule *rule, enum dialect dialect) {
	struct sb text = sb_on(a, STATEMENT_MAX);
	sb_printf(&text, "SELECT \"id\" FROM \"%s\" WHERE \"deleted_at\" IS NULL AND \"id\" <> ",
		  form->table);
	placeholder(&text, dialect, 1);
	for (size_t i = 0; i < rule->n; i++) {
		sb_printf(&text, " AND \"%s\" = ", match_column(&rule->matches[i]));
		placeholder(&text, dialect, i + 2);
	}
	sb_cat(&text, " ORDER BY \"id\" DESC LIMIT ");
	placeholder(&text, dialect, rule->n + 2);
	return sb_cstr(&text);
}

const char *record_sql_referrers(struct arena *a, const struct field *field, enum dialect dialect) {
	struct building b = { a, dialect, field->form, NULL };
	const char *pattern = "SELECT \"id\" FROM \"@\" WHERE \"#\" = ? AND \"deleted_at\" IS NULL "
			      "ORDER BY \"id\" LIMIT ?";
	const char *rows = "SELECT DISTINCT p.\"id\" FROM \"@\" AS r JOIN \"^\" AS p ON p.\"id\" = "
			   "r.\"parent\" WHERE r.\"#\" = ? AND p.\"deleted_at\" IS NULL "
			   "ORDER BY p.\"id\" LIMIT ?";
	const char *item = "SELECT p.\"id\" FROM \"@\" AS v JOIN \"^\" AS p ON p.\"id\" = "
			   "v.\"record\" WHERE v.\"value\" = ? AND p.\"deleted_at\" IS NULL "
			   "ORDER BY p.\"id\" LIMIT ?";
	const char *row_item =
		"SELECT DISTINCT p.\"id\" FROM \"@\" AS v JOIN \"#\" AS r ON r.\"id\" = "
		"v.\"record\" "
		"JOIN \"^\" AS p ON p.\"id\" = r.\"parent\" WHERE v.\"value\" = ? AND "
		"p.\"deleted_at\" IS NULL ORDER BY p.\"id\" LIMIT ?";
	const struct form *parent = field->form->parent;
	if (field->type->storage == STORE_VALUES)
		return filled(&b, parent ? row_item : item,
			      (struct names_of){ field->column, field->form->table,
						 parent ? parent->table : field->form->table });
	return filled(&b, parent ? rows : pattern,
		      (struct names_of){ field->form->table, field->column,
					 parent ? parent->table : "" });
}

/* ---- for golden tests ---- */

static void lines(struct sb *out, const char *const *texts, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (texts[i]) sb_printf(out, "%s;\n", texts[i]);
}

static void update_line(struct sb *out, const struct form *form, const struct record_sql *sql,
			enum dialect dialect) {
	const char **names =
		arena_array(out->arena, sql->column_count + sql->key_count + 1, sizeof *names);
	size_t n = 0;
	for (size_t i = 1; i < sql->column_count; i++) names[n++] = sql->columns[i].name;
	for (size_t i = 0; i < sql->key_count; i++) names[n++] = sql->keys[i].key.column;
	if (form->parent) names[n++] = "pos";
	sb_printf(out, "%s;\n", record_sql_update(out->arena, form, names, n, dialect));
}

static void key_lines(struct sb *out, const struct form *form, enum dialect dialect) {
	for (size_t i = 0; !form->parent && i < form->unique_count; i++)
		sb_printf(out, "%s;\n",
			  record_sql_holder(out->arena, form, &form->uniques[i], dialect));
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->target && !field_is_alias(form->fields[i]))
			sb_printf(out, "%s;\n",
				  record_sql_referrers(out->arena, form->fields[i], dialect));
}

void record_sql_text(struct sb *out, const struct form *form, enum dialect dialect) {
	const struct record_sql *sql = build(out->arena, form, dialect);
	const char *const single[] = { sql->select,   sql->insert,  sql->delete_rows,
				       sql->revision, sql->history, sql->history_of };
	lines(out, single, ARRAY_LEN(single));
	update_line(out, form, sql, dialect);
	key_lines(out, form, dialect);
	lines(out, sql->select_values, sql->value_count);
	lines(out, sql->insert_value, sql->value_count);
	lines(out, sql->delete_values, sql->value_count);
	for (size_t i = 0; i < sql->table_count; i++)
		record_sql_text(out, sql->tables[i]->rows, dialect);
}
