/* query.h -- the one query AST. Lists, single reads, pickers, search, export, references by unique field and (later)
 * reports build it; store/query_sql is its only way to SQL and refuses a query without the mark of permission_query.
 * Names become fields here and nowhere else. Errors: MALFORMED; an unknown and a hidden field answer alike (unknown_field). */
#ifndef TENON_MODEL_QUERY_H
#define TENON_MODEL_QUERY_H

#include "runtime/model/permission.h"

enum { QUERY_SORT_MAX = 8, QUERY_LIMIT_DEFAULT = 50, QUERY_LIMIT_MAX = 1000, QUERY_COUNT_CAP = 10000 };
enum query_count { COUNT_NONE, COUNT_CAPPED, COUNT_EXACT };
struct query_sort { size_t path; bool descending; };     /* path: index into paths */
struct query_column { size_t path; const char *key; };   /* key in the answer = the path as asked */
struct query_text {                                      /* as they come from outside; an empty str = not given */
	struct str filter, sort, fields, cursor, q, count;
	int64_t limit;                                   /* 0: default */
	bool titles;
};
struct query {
	const struct form *form;
	struct arena *arena;
	struct expr_paths paths;                         /* of filter, columns and sort */
	const struct expr *filter;                       /* or NULL */
	struct query_column *columns; size_t column_count;
	const struct field **tables; size_t table_count; /* sub-tables asked for (whole rows) */
	struct query_sort sort[QUERY_SORT_MAX + 1]; size_t sort_count; /* always ends with id: total order */
	struct str search;                               /* q */
	const int64_t *ids; size_t id_count;             /* only these records, or NULL */
	struct value *after; size_t after_count;         /* keyset: values of the sort columns of the last row seen */
	int64_t limit;
	enum query_count count;
	bool titles, deleted;                            /* deleted: the recycle bin's rows instead */
	/* set by permission_query only: */
	const struct access *access;
	enum action action;
};
struct problem *query_parse(struct request *rq, const struct form *form, const struct query_text *text, struct query **out) MUST_CHECK;
struct query *query_new(struct request *rq, const struct form *form);       /* all readable fields, no filter; for code */
size_t query_path(struct query *q, const struct field *const *fields, size_t length); /* index of a path, added when new */
/* The only constructor of a permitted query: drops unreadable columns when none were named, refuses them when named,
 * refuses filter and sort over fields not readable on every row. */
struct problem *permission_query(struct request *rq, struct query *q, enum action action) MUST_CHECK;
struct str query_cursor(struct arena *a, const struct query *q, const struct value *sort_values); /* opaque, bound to sort and form */

#endif
