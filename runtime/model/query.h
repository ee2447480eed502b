/* query.h -- the one query AST. Lists, single reads, pickers, search, export, references by unique field and (later)
 * reports build it; store/query_sql is its only way to SQL and refuses a query without the mark of permission_query.
 * Names become fields here and nowhere else. Errors: MALFORMED; an unknown and a hidden field answer alike (unknown_field). */
#ifndef TENON_MODEL_QUERY_H
#define TENON_MODEL_QUERY_H

#include "runtime/model/permission.h"

enum { QUERY_SORT_MAX = 8, QUERY_LIMIT_DEFAULT = 50, QUERY_LIMIT_MAX = 1000, QUERY_COUNT_CAP = 10000, QUERY_OFFSET_MAX = 1000000 };
enum { QUERY_SUMS_MAX = 16 };
enum query_count { COUNT_NONE, COUNT_CAPPED, COUNT_EXACT };
struct query_sort { size_t path; bool descending; };     /* path: index into paths */
struct query_column { size_t path; const char *key; const struct field *lookup; }; /* key in the answer = the path as asked; lookup: the field of the record itself whose path this is, or NULL */
struct query_text {                                      /* as they come from outside; an empty str = not given */
	struct str filter, sort, fields, cursor, q, count, sums, group;
	int64_t limit;                                   /* 0: default */
	int64_t offset;                                  /* rows to skip: a jump in a long list; not with a cursor */
	struct str rows;                                 /* a sub-table whose rows come along, beside whatever fields */
	bool titles;
	enum action action;                              /* READ (0), EXPORT, PRINT: which grants count */
};
/* What the actor may see of one form on a path: the handle the query's expressions know that form by. */
struct query_view {
	struct query *query;
	const struct form *form;
	struct access access;
	bool known;                                      /* false: the actor may not know of the form */
	struct query_view *next;
};
struct query {
	const struct form *form;
	struct arena *arena;
	const struct request *request;
	struct expr_paths paths;                         /* of filter, columns and sort */
	struct query_view *views;                        /* forms met so far, the query's own first */
	bool named;                                      /* the columns were asked for by name */
	const struct expr *filter;                       /* or NULL */
	struct query_column *columns; size_t column_count;
	const struct field **tables; size_t table_count; /* sub-tables asked for (whole rows) */
	const struct field *table_rows;                  /* the one of them that "rows" named, or NULL */
	struct query_sort sort[QUERY_SORT_MAX + 1]; size_t sort_count; /* always ends with id: total order */
	struct query_column *sums; size_t sum_count;     /* over all that is found, whatever the page */
	size_t group; bool grouped;                      /* path they are grouped by */
	struct str search;                               /* q */
	const int64_t *ids; size_t id_count;             /* only these records, or NULL */
	struct value *after; size_t after_count;         /* keyset: values of the sort columns of the last row seen */
	int64_t limit, offset;
	enum query_count count;
	bool titles, deleted;                            /* deleted: the recycle bin's rows instead */
	bool followed;                                   /* only what the actor follows */
	bool shared;                                     /* only what the actor collaborates on */
	/* set by permission_query only: */
	const struct access *access;
	enum action action;
};
struct problem *query_parse(struct request *rq, const struct form *form, const struct query_text *text, struct query **out) MUST_CHECK;
struct query_column query_column_of(struct query *q, const struct field *f); /* of a field of the query's form */
struct query *query_new(struct request *rq, const struct form *form);       /* all readable fields, no filter; for code */
/* Access of the actor to a form met on a path (cached in the query). */
struct query_view *query_view(struct query *q, const struct form *form);
/* "amount,budget" and "stage": fills sums and group; names as in a filter. */
struct problem *query_read_sums(struct query *q, struct str sums, struct str group) MUST_CHECK;
extern const struct expr_catalogue query_catalogue;     /* what filters may name: handles are views, hidden is unknown */
/* "account.region" -> fields; every hop but the last a reference. filters: as filter and sort need it, else as columns do. */
struct problem *query_resolve(struct query *q, struct str path, const char *parameter, bool filters,
	const struct field ***fields, size_t *length) MUST_CHECK;
struct problem *query_unknown(struct query *q, struct str path, const char *parameter);
size_t query_path(struct query *q, const struct field *const *fields, size_t length); /* index of a path, added when new */
/* The only constructor of a permitted query: drops unreadable columns when none were named, refuses them when named,
 * refuses filter and sort over fields not readable on every row. */
struct problem *permission_query(struct request *rq, struct query *q, enum action action) MUST_CHECK;
struct problem *query_read_cursor(struct query *q, struct str text) MUST_CHECK; /* fills after; MALFORMED bad_cursor */
struct str query_cursor(struct arena *a, const struct query *q, const struct value *sort_values); /* opaque, bound to sort and form */

#endif
