/* schema.h -- the physical layout of an app: which tables, columns, indexes and views its definitions become.
 * The layout (record_sql, query_sql and search rely on it):
 *   form "crm_lead"           id PK, rev, created_at, created_by, updated_at, updated_by, owner, dept, deleted_at (null: alive),
 *                             then one column a single-valued field (field->column). People, departments, enum values and
 *                             references are integer codes or ids, decimals integers scaled by the field's scale, dates
 *                             days, datetimes microseconds UTC, bool 0/1 (boolean on PostgreSQL).
 *   rows "crm_order__lines"   id PK, parent (record id), pos (0..), then the columns. A row has no rev: it changes only
 *                             with its record's. Rows of a deleted record stay.
 *   values "crm_lead__tags"   (record, pos) PK, value: one table a multi-valued field; of a row field: record = row id.
 *   "crm_lead__history"       (record, rev) PK, at, actor (user id, null: the system), door, op ("create" "update" "delete"
 *                             "restore"), changes (JSON or null), cause ("rev/3": back to that revision; "import/12": of
 *                             that job; else null; those there are have an index): one line a write.
 *   view "v_crm_lead"         current field names and readable values, for reporting tools; never read by Tenon itself.
 *   indexes                   unique_key.index (over live records; keys of row forms have none: a record's rows are
 *                             written as a whole under its rev), and i_<table>__<columns> for references, owner and
 *                             department where a role asks, `index` fields and saved views.
 * A mean of a rollup has beside it "<column>$mean", what it is the mean of (rollup.h).
 * A text that duplicate rules compare other than as it stands has beside it "<column>$match" (match_key.h).
 * A text sorted by pinyin has beside it "<column>$sort", the keys it is sorted by; record_store writes them with the text.
 * field->column is the name in use: after a type change it is "<column>__v<version>" (plan.h invariant 5).
 * Threads: any; all functions are pure. Ownership: results in the arena given. */
#ifndef TENON_STORE_SCHEMA_H
#define TENON_STORE_SCHEMA_H

#include "runtime/model/app.h"
#include "runtime/model/field_type.h"

struct statements { struct arena *arena; const char **items; size_t n, room; };
void statements_add(struct statements *s, const char *sql);
void statements_printf(struct statements *s, const char *format, ...) PRINTF_LIKE(2, 3);

struct schema_index {
	const char *name, *table;
	const char *const *columns; size_t n;
	bool unique;
	bool live;                     /* over records that are not deleted */
};
struct schema_indexes { struct arena *arena; struct schema_index *items; size_t n, room; };

bool schema_is_column(const struct field *f);               /* declared and stored in a column of its own */
bool schema_is_child(const struct field *f);                /* stored in a child table (values or rows) */
const char *schema_column_type(const struct field *f, enum dialect dialect); /* also of a child table's value */
const char *schema_name(struct arena *a, const char *name); /* at most 63 bytes: longer ones end in a hash */

void schema_form_tables(struct statements *out, const struct form *form, enum dialect dialect); /* with history, rows and values */
const char *schema_cause_index(struct arena *a, const char *history); /* of a history table */
void schema_child_tables(struct statements *out, const struct field *f, enum dialect dialect);  /* rows (theirs too) or values */
void schema_add_column(struct statements *out, const struct field *f, enum dialect dialect);
/* The columns beside its own: of keys, or what a mean is the mean of. filled: the engine writes what they should hold. */
struct beside { const char *column, *kind; bool filled; };
enum { BESIDE_MAX = 3 };
size_t schema_beside(const struct field *f, struct beside out[BESIDE_MAX]);
void schema_add_beside(struct statements *out, const struct field *f, const char *column, enum dialect dialect);
void schema_form_indexes(struct schema_indexes *out, const struct form *form);                  /* rows' too; no duplicates */
const char *schema_index_ddl(struct arena *a, const struct schema_index *index, enum dialect dialect);
const char *schema_view_name(struct arena *a, const struct form *form);
const char *schema_view_ddl(struct arena *a, const struct form *form, const char *name, enum dialect dialect);

#endif
