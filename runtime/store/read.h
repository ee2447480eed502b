/* read.h -- runs permitted queries: the one read path (query AST -> permission pass -> SQL -> records).
 * One query a linked form and page (titles, sub-rows). Errors: store problems; MALFORMED from parsing. */
#ifndef TENON_STORE_READ_H
#define TENON_STORE_READ_H

#include "runtime/model/query.h"
#include "runtime/store/store.h"

struct read_group { struct value value; int64_t count; struct value *sums; }; /* sums by q->sums: null of nothing, else VALUE_DECIMAL */
struct read_page {
	struct record **records; size_t n;
	struct value **columns;          /* [record][q->columns]: values of the asked paths (paths over references too) */
	uint8_t **column_rights;         /* [record][column]: RIGHT_HIDDEN where this row does not give the field */
	struct str next;                 /* cursor, empty at the end */
	int64_t count; bool counted, count_capped;
	struct read_group *groups; size_t group_count; /* of q->sums; one group, without value, when nothing groups them */
	const char *advice;              /* missing index: text "stage, close_date" or NULL */
};
struct problem *read_page(struct request *rq, struct tx *tx, struct query *q, struct read_page *out) MUST_CHECK;
/* {"records":[…],"next":…,"count":…,"sums":{…} or "groups":[{"value","title","count","sums"}],"advice":…} */
void read_page_json(struct jw *w, const struct request *rq, const struct query *q, const struct read_page *page);
/* One whole record with sub-rows, rights applied; NOT_FOUND alike for unknown and not visible. */
struct problem *read_record(struct request *rq, struct tx *tx, const struct form *form, int64_t id, enum action action, struct record **out) MUST_CHECK;
/* The same without rights, for the engines (system). *out NULL: no such live record. */
struct problem *read_whole(struct request *rq, struct tx *tx, const struct form *form, int64_t id, struct record **out) MUST_CHECK;
/* Text to show of records of one form (title templates), rights applied: titles[i] NULL when not visible. */
struct problem *read_titles(struct request *rq, struct tx *tx, const struct form *form, const int64_t *ids, size_t n, const char **titles) MUST_CHECK;
/* Fills records[i]->titles: texts of the coded fields of the records that are among `fields`. */
struct problem *read_page_titles(struct request *rq, struct tx *tx, const struct field *const *fields, size_t count,
	struct record **records, size_t n) MUST_CHECK;
/* Titles of a record that was read, and of its sub-rows (titles=1). */
struct problem *read_record_titles(struct request *rq, struct tx *tx, struct record *r) MUST_CHECK;
/* How a record, read whole, stands to the actor (slots NULL). */
struct problem *read_standing(const struct request *rq, struct tx *tx, const struct record *r, struct standing *out) MUST_CHECK;
/* Takes out of lists of references (values of f; f in records; every list of records with their rows) what the reader may not see. */
struct problem *read_refs_seen(struct request *rq, struct tx *tx, const struct field *f, struct value *values, size_t n) MUST_CHECK;
struct problem *read_refs_in(struct request *rq, struct tx *tx, const struct field *f, struct record *const *records, size_t n) MUST_CHECK;
struct problem *read_refs_of(struct request *rq, struct tx *tx, const struct form *form, struct record *const *records, size_t n) MUST_CHECK;
/* Fills in the live lookups of records (and of their rows) whose rights are settled: value and right of each. */
struct problem *read_lookups(struct request *rq, struct tx *tx, const struct form *form, struct record *const *records, size_t n) MUST_CHECK;
/* id of the record whose unique field has this value, or 0. */
struct problem *read_by_unique(struct request *rq, struct tx *tx, const struct field *field, const struct value *v, int64_t *id) MUST_CHECK;
/* Missing-index advice of a query without running it (doctor asks for saved views); *out as in read_page. */
struct problem *read_advice(struct request *rq, struct tx *tx, struct query *q, const char **out) MUST_CHECK;
/* The SQL a query becomes, for golden tests and doctor. */
struct problem *query_sql(struct request *rq, struct query *q, enum dialect dialect, struct sb *out, struct value **params, size_t *n) MUST_CHECK;

/* Why the actor sees a record, or does not: his grants on the form, what each gives on this row. */
struct grant_verdict {
	const struct role *role; size_t index;                    /* of the form's grants in the role's file */
	const struct role_grant *grant;
	bool in_scope[ACTION_DELETE + 1], covers[ACTION_DELETE + 1]; /* by action: read, update, delete */
};
struct read_access {
	struct record *record;                                    /* whole, without rights */
	struct access access;
	struct standing standing;
	struct grant_verdict *grants; size_t n;                   /* none for an admin, and for one without a grant on the form */
	bool may[ACTION_DELETE + 1];
};
struct problem *read_access(struct request *rq, struct tx *tx, const struct form *form, int64_t id, struct read_access *out) MUST_CHECK;
/* The grant that gives a field its right on the row; NULL: none does, or he is an admin. */
const struct grant_verdict *read_access_field(const struct read_access *ac, const struct field *f, enum field_right *right);

/* Sets rights of the record and its rows, empties hidden values and masks masked ones; covered[i]: grant i gives this row
 * (NULL: all do). */
void rights_apply(struct request *rq, struct record *r, const struct role_grant *const *grants, const bool *covered, size_t n);

/* What the person may do with each field of one record, where that differs from the form's general right (access_right): over
 * the grants that cover the record to read and to change. Row fields are bounded by their table's. */
struct read_use {
	const struct access *access;
	const struct role_grant *const *readers; size_t reader_count;
	const struct role_grant *const *writers; size_t writer_count;
};
enum field_right read_use_right(const struct read_use *u, const struct field *f);
/* "rights": {"mobile": "mask", "lines": "read", "lines.price": "hidden"}: only the fields that differ. */
void read_use_json(struct jw *w, const struct read_use *u, const struct form *form);
/* The same of a stored record he may read; its grants are looked for here. */
struct problem *read_use_of(struct request *rq, struct tx *tx, const struct access *ac, int64_t id, struct read_use *out) MUST_CHECK;

#endif
