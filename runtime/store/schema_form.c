/* The tables of a form in either dialect. One statement an item, no trailing semicolon. */
#include "runtime/store/schema.h"

#include "runtime/store/sort_keys.h"
#include "runtime/store/plan.h"

enum { NAME_MAX_BYTES = 63, STATEMENTS_MAX = 1 << 20 };

void statements_add(struct statements *s, const char *sql) {
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 16;
		s->items = arena_grow(s->arena, s->items, s->n * sizeof *s->items,
				      room * sizeof *s->items);
		s->room = room;
	}
	s->items[s->n++] = sql;
}

void statements_printf(struct statements *s, const char *format, ...) {
	va_list args;
	va_start(args, format);
	statements_add(s, arena_vprintf(s->arena, format, args));
	va_end(args);
}

/* FNV-1a: the same name in every process and version. */
static uint32_t name_hash(const char *name) {
	uint32_t h = 2166136261u;
	for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

const char *schema_name(struct arena *a, const char *name) {
	if (strlen(name) <= NAME_MAX_BYTES) return arena_strdup(a, name);
	return arena_printf(a, "%.*s_%08x", NAME_MAX_BYTES - 9, name, name_hash(name));
}

static bool is_declared(const struct field *f) {
	return f->system == SYSTEM_NONE || f->system == SYSTEM_STATE;
}

bool schema_is_column(const struct field *f) {
	return is_declared(f) &&
	       (f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT);
}

bool schema_is_child(const struct field *f) {
	return is_declared(f) &&
	       (f->type->storage == STORE_VALUES || f->type->storage == STORE_ROWS);
}

static const char *cell_type(bool text, bool boolean, enum dialect dialect) {
	if (dialect == DIALECT_SQLITE) return text ? "TEXT" : "INTEGER";
	if (text) return "text COLLATE \"C\"";
	return boolean ? "boolean" : "bigint";
}

const char *schema_column_type(const struct field *f, enum dialect dialect) {
	bool text = f->type->storage == STORE_TEXT ||
		    (f->type->storage == STORE_VALUES && !f->enumeration && !f->target);
	return cell_type(text, f->value_type.kind == TYPE_BOOL, dialect);
}

static const char *integer_type(enum dialect dialect) { return cell_type(false, false, dialect); }

size_t schema_beside(const struct field *f, struct beside out[BESIDE_MAX]) {
	struct field_key keys[FIELD_KEYS_MAX];
	size_t n = field_keys(f, keys);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct beside){ keys[i].column, keys[i].kind, true };
	if (f->mean_column) out[n++] = (struct beside){ f->mean_column, "mean", false };
	return n;
}

static void columns_add(struct sb *b, const struct form *form, enum dialect dialect) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (schema_is_column(f))
			sb_printf(b, ",\n\t\"%s\" %s", f->column, schema_column_type(f, dialect));
		struct beside beside[BESIDE_MAX];
		size_t n = schema_beside(f, beside);
		for (size_t k = 0; k < n; k++)
			sb_printf(b, ",\n\t\"%s\" %s", beside[k].column,
				  cell_type(true, false, dialect));
	}
}

static void table_end(struct statements *out, struct sb *b, const char *options,
		      enum dialect dialect) {
	sb_cat(b, "\n)");
	if (dialect == DIALECT_SQLITE) sb_cat(b, options);
	statements_add(out, arena_strdup(out->arena, sb_cstr(b)));
}

static void record_table(struct statements *out, const struct form *form, enum dialect dialect) {
	static const struct {
		const char *name;
		bool not_null;
	} columns[] = { { "rev", true },        { "created_at", true },  { "created_by", false },
			{ "updated_at", true }, { "updated_by", false }, { "owner", false },
			{ "dept", false },      { "deleted_at", false } };
	struct sb b = sb_on(out->arena, STATEMENTS_MAX);
	const char *integer = integer_type(dialect);
	sb_printf(&b, "CREATE TABLE \"%s\" (\n\t\"id\" %s PRIMARY KEY", form->table, integer);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		sb_printf(&b, ",\n\t\"%s\" %s%s", columns[i].name, integer,
			  columns[i].not_null ? " NOT NULL" : "");
	columns_add(&b, form, dialect);
	table_end(out, &b, " STRICT", dialect);
}

/* Few lines but those of imports came of anything: a whole import is found again by it. */
const char *schema_cause_index(struct arena *a, const char *history) {
	const char *name = schema_name(a, arena_printf(a, "i_%s__cause", history));
	return arena_printf(a,
			    "CREATE INDEX \"%s\" ON \"%s\" (\"cause\", \"record\") WHERE "
			    "\"cause\" IS NOT NULL",
			    name, history);
}

static void history_table(struct statements *out, const struct form *form, enum dialect dialect) {
	const char *integer = integer_type(dialect), *text = cell_type(true, false, dialect);
	struct sb b = sb_on(out->arena, STATEMENTS_MAX);
	sb_printf(&b,
		  "CREATE TABLE \"%s__history\" (\n\t\"record\" %s NOT NULL,\n\t\"rev\" %s NOT "
		  "NULL,\n"
		  "\t\"at\" %s NOT NULL,\n\t\"actor\" %s,\n\t\"door\" %s NOT NULL,\n\t\"op\" %s "
		  "NOT NULL,\n"
		  "\t\"changes\" %s,\n\t\"cause\" %s,\n\tPRIMARY KEY (\"record\", \"rev\")",
		  form->table, integer, integer, integer, integer, text, text, text, text);
	table_end(out, &b, " STRICT, WITHOUT ROWID", dialect);
	statements_add(out, schema_cause_index(out->arena, arena_printf(out->arena, "%s__history",
									 form->table)));
}

static void rows_table(struct statements *out, const struct form *rows, enum dialect dialect) {
	const char *integer = integer_type(dialect);
	struct sb b = sb_on(out->arena, STATEMENTS_MAX);
	sb_printf(&b,
		  "CREATE TABLE \"%s\" (\n\t\"id\" %s PRIMARY KEY,\n\t\"parent\" %s NOT "
		  "NULL,\n\t\"pos\" %s NOT NULL",
		  rows->table, integer, integer, integer);
	columns_add(&b, rows, dialect);
	table_end(out, &b, " STRICT", dialect);
}

static void values_table(struct statements *out, const struct field *f, enum dialect dialect) {
	const char *integer = integer_type(dialect);
	struct sb b = sb_on(out->arena, STATEMENTS_MAX);
	sb_printf(&b,
		  "CREATE TABLE \"%s\" (\n\t\"record\" %s NOT NULL,\n\t\"pos\" %s NOT "
		  "NULL,\n\t\"value\" %s NOT NULL,\n"
		  "\tPRIMARY KEY (\"record\", \"pos\")",
		  f->column, integer, integer, schema_column_type(f, dialect));
	table_end(out, &b, " STRICT, WITHOUT ROWID", dialect);
}

static void children_of(struct statements *out, const struct form *form, enum dialect dialect) {
	for (size_t i = 0; i < form->declared_count; i++)
		if (schema_is_child(form->fields[i]))
			schema_child_tables(out, form->fields[i], dialect);
}

void schema_child_tables(struct statements *out, const struct field *f, enum dialect dialect) {
	if (f->type->storage == STORE_VALUES) {
		values_table(out, f, dialect);
		return;
	}
	rows_table(out, f->rows, dialect);
	children_of(out, f->rows, dialect);
}

void schema_form_tables(struct statements *out, const struct form *form, enum dialect dialect) {
	record_table(out, form, dialect);
	history_table(out, form, dialect);
	children_of(out, form, dialect);
}

void schema_add_column(struct statements *out, const struct field *f, enum dialect dialect) {
	statements_printf(out, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", f->form->table, f->column,
			  schema_column_type(f, dialect));
}

void schema_add_beside(struct statements *out, const struct field *f, const char *column,
		       enum dialect dialect) {
	statements_printf(out, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", f->form->table, column,
			  cell_type(true, false, dialect));
}

void schema_form_ddl(struct sb *out, const struct form *form, enum dialect dialect) {
	struct arena *a = out->arena;
	struct statements list = { .arena = a };
	struct schema_indexes indexes = { .arena = a };
	schema_form_tables(&list, form, dialect);
	schema_form_indexes(&indexes, form);
	for (size_t i = 0; i < indexes.n; i++)
		statements_add(&list, schema_index_ddl(a, &indexes.items[i], dialect));
	statements_add(&list, schema_view_ddl(a, form, schema_view_name(a, form), dialect));
	for (size_t i = 0; i < list.n; i++) sb_printf(out, "%s;\n", list.items[i]);
}
