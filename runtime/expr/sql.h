/* sql.h -- inside of the SQL compiler; internal to runtime/expr.
 * Every sql_ function writes one SQL expression for a node:
 *   bool: 0/1 (boolean on PostgreSQL), number: integer scaled by the node's type (on SQLite a
 * computed decimal beyond int64 is the text of its digits, so decimals that are not plain columns
 * are compared by tenon_cmp), day, instant, time, duration: integer, coded types: integer code,
 * text: text. */
#ifndef TENON_EXPR_SQL_H
#define TENON_EXPR_SQL_H

#include "runtime/expr/internal.h"

struct sql {
	struct arena *arena;
	struct str text;
	const struct expr_sql *target;
	const struct expr_frame *frame;
	unsigned roots, aliases;
	bool postgres;
	size_t steps; /* nodes written so far, at most SQL_STEPS */
};
enum { SQL_STEPS = 20000 }; /* some forms write an argument twice; nested, that must not grow for ever */
struct problem *sql_node(struct sql *s, const struct node *n,
			 struct sb *out) MUST_CHECK; /* null where it is null */
struct problem *sql_where(struct sql *s, const struct node *n,
			  struct sb *out) MUST_CHECK; /* bool; null may be false */
struct problem *sql_compare(struct sql *s, const struct node *n, bool where,
			    struct sb *out) MUST_CHECK;
struct problem *sql_in(struct sql *s, const struct node *n, bool where, struct sb *out) MUST_CHECK;
struct problem *sql_number(struct sql *s, const struct node *n,
			   struct sb *out) MUST_CHECK; /* arithmetic */
struct problem *sql_call(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_rows(struct sql *s, const struct node *n, struct expr_sql_rows *rows,
			 const char **column) MUST_CHECK;
struct problem *sql_template(struct sql *s, const struct node *n, const char *template,
			     struct sb *out) MUST_CHECK;
struct problem *sql_text_of(struct sql *s, const struct node *n,
			    struct sb *out) MUST_CHECK;        /* CONVERT_TEXT */
struct problem *sql_none(struct sql *s, const struct node *n); /* expr_no_sql at n */
struct problem *sql_too_large(struct sql *s);
bool sql_is_value(const struct sql *s, const struct node *n);  /* reads no column */
/* A constant's value: false in *fails and the fault's SQL is written when evaluating it fails. */
struct problem *sql_value(struct sql *s, const struct node *n, struct value *out, bool *fails,
			  struct sb *fault) MUST_CHECK;
struct problem *sql_bind(struct sql *s, const struct type *type, const struct value *v,
			 struct sb *out) MUST_CHECK;
void sql_quote(struct sb *out,
	       struct str s); /* an SQL text literal, for names and patterns of our own */
const char *sql_cast(const struct sql *s,
		     struct type t); /* "::bigint" on PostgreSQL, "" on SQLite */
void sql_number_literal(struct sb *out, int64_t n);

/* functions.c names these */
struct problem *sql_if(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_case(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_coalesce(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_empty(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_aggregate(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_contains(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_matches(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_concat(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_format(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_time_part(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_add_days(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_add_months(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;
struct problem *sql_directory(struct sql *s, const struct node *n, struct sb *out) MUST_CHECK;

#endif
