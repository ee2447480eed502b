/* query_sql.h -- the compiler from a permitted query to SQL, shared by query_*.c and read_*.c; nobody else includes it.
 *
 * Invariants:
 *  1. Only a query marked by permission_query compiles. Identifiers come from definitions; every value is bound.
 *  2. The record's own table is "r". A reference on a path of the reader (filter, sort, columns) is one LEFT JOIN a prefix,
 *     whose ON holds the rights of the reader on the target: through a record he may not see everything is null.
 *  3. A grant's own condition (where) is evaluated without rights, by scalar subselects, so that it never depends on joins.
 *  4. Where grants differ in the fields they give, each is a boolean column of the SELECT ("flags"), and the reader of the
 *     rows takes the best right among the grants that cover the row.
 *  5. Nulls come last in either direction; the order is total by id. */
#ifndef TENON_STORE_QUERY_SQL_H
#define TENON_STORE_QUERY_SQL_H

#include "runtime/store/read.h"

enum { SELECT_JOINS_MAX = 32, SELECT_TEXT_MAX = 512 * 1024, SELECT_SYSTEM = -1 };

struct select_flags { const struct role_grant **grants; size_t n; int first; }; /* n 0: `all` grants alike; first: column of the SELECT */
struct select_join {
	int parent;                          /* index of the join it hangs on; of the record itself: -1 */
	const struct field *field;           /* the reference followed */
	const struct form *form;
	const struct access *access;
	const char *alias, *on;
	struct select_flags flags;
};
struct select_builder {
	struct request *rq;
	struct tx *tx;                       /* for $company; NULL: its members are null */
	struct query *q;
	struct arena *arena;
	enum dialect dialect;
	struct value *params; size_t param_count, param_room;
	struct select_join joins[SELECT_JOINS_MAX]; size_t join_count; /* [0] is the record itself */
	unsigned aliases;
	const char *search_table;            /* the search index drives the statement as "f" (search_query.c); else NULL */
};
/* Where an expression's paths start: an alias of a form's table. join SELECT_SYSTEM: without rights and joins. */
struct select_place {
	struct select_builder *b; const struct form *form; const char *alias; int join;
	const char *parent;                  /* alias of the record of a row: $parent is read from it; else NULL */
};

/* ---- query_from.c ---- */
void select_begin(struct select_builder *b, struct request *rq, struct tx *tx, struct query *q, enum dialect dialect);
struct problem *select_bind(struct select_builder *b, const struct value *cell, struct sb *out) MUST_CHECK; /* a cell: null, int, text */
void select_bind_int(struct select_builder *b, int64_t n, struct sb *out);
void select_bind_text(struct select_builder *b, struct str s, struct sb *out);
const char *select_column_name(const struct field *f);
struct problem *select_join_of(struct select_builder *b, int parent, const struct field *ref, int *out) MUST_CHECK;
/* The join a path's last field stands in, and that field's SQL ("p1.\"region\""). */
struct problem *select_path(struct select_builder *b, const struct expr_path *path, int *join, struct sb *out) MUST_CHECK;
void select_from(struct select_builder *b, struct sb *out);               /* "crm_lead" r LEFT JOIN ... */
/* x IN (...) over integers, as a list or, when long, as one bound text. */
void select_in(struct select_builder *b, const char *x, const int64_t *items, size_t n, struct sb *out);

/* ---- query_expr.c ---- */
struct problem *select_expr(const struct select_place *place, const struct expr *e, const struct expr_paths *paths, struct sb *out) MUST_CHECK;
/* The same as a value instead of a condition (recompute.c). */
struct problem *select_value(const struct select_place *place, const struct expr *e, const struct expr_paths *paths, struct sb *out) MUST_CHECK;
struct problem *select_decode_code(struct select_builder *b, const struct type *type, const char *code, struct sb *out) MUST_CHECK;

/* ---- query_rights.c ---- */
/* alias.id IN (records I collaborate on, with at least this). */
void select_shared(struct select_builder *b, const struct form *form, const char *alias, enum collaboration least, struct sb *out);
size_t select_grants(struct arena *a, const struct access *ac, enum action action, const struct role_grant ***out);
struct problem *select_grant(struct select_builder *b, const struct role_grant *g, enum action action, const struct form *form,
	const char *alias, struct sb *out) MUST_CHECK;
/* The rows an access gives for an action; writes nothing when it gives all. */
struct problem *select_access(struct select_builder *b, const struct access *ac, enum action action, const char *alias, struct sb *out) MUST_CHECK;

/* ---- query_where.c, query_order.c ---- */
enum select_phase { SELECT_FIRST, SELECT_AFTER, SELECT_NULLS, SELECT_NULLS_AFTER }; /* see query_order.c */
struct problem *select_where(struct select_builder *b, enum select_phase phase, struct sb *out) MUST_CHECK;
struct problem *select_sort_key(struct select_builder *b, size_t key, struct sb *out) MUST_CHECK;
struct problem *select_keyset(struct select_builder *b, enum select_phase phase, struct sb *out) MUST_CHECK;
struct problem *select_order(struct select_builder *b, enum select_phase phase, struct sb *out) MUST_CHECK;
bool select_key_nullable(const struct query *q, size_t key);

/* ---- query_sql.c ---- */
struct select_cells {                          /* where the cells of a row are */
	int *columns;                        /* by q->columns: cell, or -1 (multi-valued: read on its own) */
	int *column_joins;                   /* the join the last field stands in */
	int sort[QUERY_SORT_MAX + 1];
	int joins_seen;                      /* joins[1..] whose rights differ by row have their flags from here on */
	int cells;
};
struct problem *select_compile(struct select_builder *b, enum select_phase phase, struct select_cells *select, struct sb *out) MUST_CHECK;
struct problem *select_count(struct select_builder *b, struct sb *out) MUST_CHECK;

#endif
