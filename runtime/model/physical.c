/* physical.c -- names of tables, columns and indexes, made from ids alone, the same in every store.
 * 1. Ids are [a-z][a-z0-9_]*, so a name is safe without quotes unless it is a word of SQL or of the
 * tables' own columns: then "_" is put before it, which no id can begin with.
 * 2. "__" separates form and field. Where an id contains it or ends in "_", or the name is longer
 * than 46 bytes (room for v_ and __history within PostgreSQL's 63), a tail of its SHA-256 makes the
 * name unambiguous. */
#include "runtime/model/loading.h"
#include "runtime/model/sha256.h"

#include <stdlib.h>

enum { TABLE_MAX = 46, INDEX_MAX = 60, TAIL = 9 };

/* Reserved in SQLite or PostgreSQL, their hidden columns, and the columns rows and value tables
 * have; sorted. */
// clang-format off
static const char *const reserved[] = {
	"abort", "action", "add", "after", "all", "alter", "always", "analyse", "analyze", "and", "any", "array", "as", "asc",
	"asymmetric", "attach", "authorization", "autoincrement", "before", "begin", "between", "binary", "both", "by",
	"cascade", "case", "cast", "check", "cmax", "cmin", "collate", "collation", "column", "commit", "concurrently",
	"conflict", "constraint", "create", "cross", "ctid", "current", "current_catalog", "current_date", "current_role",
	"current_schema", "current_time", "current_timestamp", "current_user", "database", "default", "deferrable",
	"deferred", "delete", "desc", "detach", "distinct", "do", "drop", "each", "else", "end", "escape", "except",
	"exclude", "exclusive", "exists", "explain", "fail", "false", "fetch", "filter", "first", "following", "for",
	"foreign", "freeze", "from", "full", "generated", "glob", "grant", "group", "groups", "having", "history", "if",
	"ignore", "ilike", "immediate", "in", "index", "indexed", "initially", "inner", "insert", "instead", "intersect",
	"into", "is", "isnull", "join", "key", "last", "lateral", "leading", "left", "like", "limit", "localtime",
	"localtimestamp", "match", "materialized", "natural", "no", "not", "nothing", "notnull", "null", "nulls", "of",
	"offset", "oid", "on", "only", "or", "order", "others", "outer", "over", "overlaps", "parent", "partition", "placing",
	"plan", "pos", "pragma", "preceding", "primary", "query", "raise", "range", "record", "recursive", "references",
	"regexp", "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback", "row", "rowid",
	"rows", "savepoint", "select", "session_user", "set", "similar", "some", "symmetric", "table", "tableoid",
	"tablesample", "temp", "temporary", "then", "ties", "to", "trailing", "transaction", "trigger", "true",
	"unbounded", "union", "unique", "update", "user", "using", "vacuum", "values", "variadic", "verbose", "view",
	"virtual", "when", "where", "window", "with", "without", "xmax", "xmin",
};
// clang-format on

static int compare_word(const void *key, const void *word) {
	return strcmp(key, *(const char *const *)word);
}

const char *physical_column(struct arena *a, const char *id) {
	if (!bsearch(id, reserved, ARRAY_LEN(reserved), sizeof *reserved, compare_word)) return id;
	return arena_printf(a, "_%s", id);
}

/* No id holds a dollar sign, so no field can want the same column. */
void field_place(struct arena *a, struct field *f, const char *column) {
	f->column = column;
	f->sort_column = f->pinyin ? arena_printf(a, "%s$sort", column) : NULL;
	f->match_column = f->match_as ? arena_printf(a, "%s$match", column) : NULL;
	bool mean = f->rollup && f->rollup->agg == ROLLUP_AVG;
	f->mean_column = mean ? arena_printf(a, "%s$mean", column) : NULL;
}

static const char *shortened(struct arena *a, const char *name, size_t max) {
	char hash[65];
	size_t n = strlen(name), keep = max - TAIL;
	sha256_hex(str_of(name), hash);
	return arena_printf(a, "%.*s_%.8s", (int)(n < keep ? n : keep), name, hash);
}

static bool unclear(const char *id) {
	size_t n = id ? strlen(id) : 0;
	return n && (strstr(id, "__") || id[n - 1] == '_');
}

const char *physical_table(struct loading *l, const struct definition *d, const struct json *at,
			   const char *form_id, const char *table_id, const char *field_id) {
	struct arena *a = l->arena;
	const char *app = l->app->name, *name = arena_printf(a, "%s_%s", app, form_id);
	/* Two apps a and a_b could both make a_b_c: an app's own underscore is told apart by the
	 * tail. */
	bool tail = strchr(app, '_') || unclear(form_id) || unclear(table_id) || unclear(field_id);
	if (table_id) name = arena_printf(a, "%s__%s", name, physical_column(a, table_id));
	if (field_id) name = arena_printf(a, "%s__%s", name, physical_column(a, field_id));
	if (tail) {
		/* The hash covers the parts, set apart by what no id contains. */
		const char *parts =
			arena_printf(a, "%s.%s.%s.%s", app, form_id, table_id ? table_id : "",
				     field_id ? field_id : "");
		char hash[65];
		sha256_hex(str_of(parts), hash);
		name = arena_printf(a, "%.*s_%.8s", TABLE_MAX - TAIL, name, hash);
	} else if (strlen(name) > TABLE_MAX) {
		name = shortened(a, name, TABLE_MAX);
	}
	static char here;
	if (!names_add(&l->tables, str_of(name), &here))
		FIND(l->findings, spot_at(d, at), ERROR, "DEF06", "def_table_twice", "fix_id_other",
		     "table", name);
	return name;
}

const char *physical_index(struct arena *a, const char *table, const struct field *const *fields,
			   size_t n) {
	struct sb name = sb_on(a, 4096);
	sb_printf(&name, "u_%s", table);
	for (size_t i = 0; i < n; i++) sb_printf(&name, "__%s", fields[i]->id);
	return name.n > INDEX_MAX ? shortened(a, sb_cstr(&name), INDEX_MAX) : sb_cstr(&name);
}
