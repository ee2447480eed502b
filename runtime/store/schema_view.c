/* The view of a form for reporting tools: current names, values as people read them. Deleted
 * records are left out. Names of definitions are [a-z][a-z0-9_]*, so that quoting them needs no
 * escapes. */
#include "runtime/store/schema.h"

enum { VIEW_DDL_MAX = 1 << 20 };

const char *schema_view_name(struct arena *a, const struct form *form) {
	if (form->parent)
		return schema_name(a, arena_printf(a, "v_%s_%s__%s", form->app->name,
						   form->parent->name, form->parent_field->name));
	return schema_name(a, arena_printf(a, "v_%s_%s", form->app->name, form->name));
}

static void decoded(struct sb *b, const char *table, const char *key, const char *text,
		    const char *column) {
	sb_printf(b, "(SELECT \"%s\" FROM \"%s\" c WHERE c.\"%s\" = t.\"%s\")", text, table, key,
		  column);
}

static void scaled(struct sb *b, const struct field *f, enum dialect dialect) {
	struct sb power = sb_on(b->arena, 64);
	sb_cat(&power, "1");
	for (int i = 0; i < f->value_type.scale; i++) sb_char(&power, '0');
	if (dialect == DIALECT_SQLITE)
		sb_printf(b, "t.\"%s\" / %s.0", f->column, sb_cstr(&power));
	else
		sb_printf(b, "round(t.\"%s\"::numeric / %s, %d)", f->column, sb_cstr(&power),
			  f->value_type.scale);
}

static void instant(struct sb *b, const char *column, enum dialect dialect) {
	if (dialect == DIALECT_SQLITE)
		sb_printf(b,
			  "strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', t.\"%s\" / 1000000, 'unixepoch')",
			  column);
	else
		sb_printf(b, "to_timestamp(t.\"%s\" / 1000000.0)", column);
}

static void day(struct sb *b, const char *column, enum dialect dialect) {
	if (dialect == DIALECT_SQLITE)
		sb_printf(b, "date(t.\"%s\" * 86400, 'unixepoch')", column);
	else
		sb_printf(b, "(date '1970-01-01' + t.\"%s\"::integer)", column);
}

static void time_of_day(struct sb *b, const char *column, enum dialect dialect) {
	if (dialect == DIALECT_SQLITE)
		sb_printf(b, "time(t.\"%s\", 'unixepoch')", column);
	else
		sb_printf(b, "(time '00:00' + t.\"%s\" * interval '1 second')", column);
}

static void readable(struct sb *b, const struct field *f, enum dialect dialect) {
	enum type_kind kind = f->value_type.kind;
	if (f->enumeration && f->type->storage == STORE_INTEGER)
		decoded(b, "sys_enum_value", "code", "path", f->column);
	else if (kind == TYPE_USER)
		decoded(b, "sys_user", "id", "login", f->column);
	else if (kind == TYPE_DEPT)
		decoded(b, "sys_dept", "id", "name", f->column);
	else if (kind == TYPE_DECIMAL)
		scaled(b, f, dialect);
	else if (kind == TYPE_DATE)
		day(b, f->column, dialect);
	else if (kind == TYPE_DATETIME)
		instant(b, f->column, dialect);
	else if (kind == TYPE_TIME)
		time_of_day(b, f->column, dialect);
	else
		sb_printf(b, "t.\"%s\"", f->column);
}

static void record_columns(struct sb *b, enum dialect dialect) {
	sb_cat(b, "\tt.\"id\",\n\tt.\"rev\",\n\t");
	instant(b, "created_at", dialect);
	sb_cat(b, " AS \"created_at\",\n\t");
	decoded(b, "sys_user", "id", "login", "created_by");
	sb_cat(b, " AS \"created_by\",\n\t");
	instant(b, "updated_at", dialect);
	sb_cat(b, " AS \"updated_at\",\n\t");
	decoded(b, "sys_user", "id", "login", "updated_by");
	sb_cat(b, " AS \"updated_by\",\n\t");
	decoded(b, "sys_user", "id", "login", "owner");
	sb_cat(b, " AS \"owner\",\n\t");
	decoded(b, "sys_dept", "id", "name", "dept");
	sb_cat(b, " AS \"dept\"");
}

const char *schema_view_ddl(struct arena *a, const struct form *form, const char *name,
			    enum dialect dialect) {
	struct sb b = sb_on(a, VIEW_DDL_MAX);
	sb_printf(&b, "CREATE VIEW \"%s\" AS SELECT\n", name);
	if (form->parent)
		sb_cat(&b, "\tt.\"id\",\n\tt.\"parent\",\n\tt.\"pos\"");
	else
		record_columns(&b, dialect);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (!schema_is_column(f)) continue;
		sb_cat(&b, ",\n\t");
		readable(&b, f, dialect);
		sb_printf(&b, " AS \"%s\"", f->name);
	}
	sb_printf(&b, "\nFROM \"%s\" t", form->table);
	sb_cat(&b, form->parent ? "" : " WHERE t.\"deleted_at\" IS NULL");
	return arena_strdup(a, sb_cstr(&b));
}
