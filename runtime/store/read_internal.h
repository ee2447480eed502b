/* read_internal.h -- what the files read_*.c share. Nobody else includes it. */
#ifndef TENON_STORE_READ_INTERNAL_H
#define TENON_STORE_READ_INTERNAL_H

#include "runtime/store/query_sql.h"

/* ---- read_rights.c ---- */
/* Best right on f among the grants; covered[i] tells whether grant i covers the row (NULL: all do). */
enum field_right rights_best(const struct role_grant *const *grants, const bool *covered, size_t n, const struct field *f);
struct value rights_value(struct arena *a, const struct field *f, const struct codec *c, enum field_right right, struct value v);

/* ---- read_linked.c: what a page needs beyond its own table, one query each ---- */
/* Values of a multi-valued field of the records, in place. */
struct problem *read_values_of(struct request *rq, struct tx *tx, const struct field *f, struct record **records, size_t n) MUST_CHECK;
/* Rows of a sub-table, with their multi-values. */
struct problem *read_rows_of(struct request *rq, struct tx *tx, const struct field *table, struct record **records, size_t n) MUST_CHECK;

/* Those of their rows in the sub-tables. */
struct problem *read_tables_titles(struct request *rq, struct tx *tx, const struct field *const *tables, size_t count,
	struct record **records, size_t n) MUST_CHECK;

/* The rows of a sub-table over all these records as one list (read_linked.c). */
struct record_rows read_all_rows(struct arena *a, const struct field *table, struct record *const *records, size_t n);

/* ---- read_ids.c ---- */
size_t ids_once(int64_t *ids, size_t n);                             /* sorted, each once, without 0: how many are left */
size_t ids_place(const int64_t *ids, size_t n, int64_t id);          /* among such; n: it is not there */

/* ---- read_lookup.c ---- */
/* A live lookup that ends in a list of values, of the records of a page. */
struct problem *read_lookup_list(struct request *rq, struct tx *tx, const struct field *f, struct record *const *records, size_t n) MUST_CHECK;

/* ---- read_record.c ---- */
/* Which of the grants, all of which give the action on some row, cover this record. */
struct problem *read_covering(struct request *rq, struct tx *tx, const struct record *r, const struct role_grant *const *grants, size_t n,
	enum action action, bool *covered) MUST_CHECK;

/* ---- read_sums.c ---- */
struct problem *read_sums(struct request *rq, struct tx *tx, struct query *q, struct read_page *out) MUST_CHECK; /* fills groups */
void read_sums_json(struct jw *w, const struct codec *c, const struct query *q, const struct read_page *page);

/* ---- index_advice.c ---- */
/* "stage, close_date" when the statement walks a big table for want of an index, else NULL. */
struct problem *index_advice(struct tx *tx, const struct query *q, const char *sql, const struct value *params, size_t n,
	const char **out) MUST_CHECK;

#endif
