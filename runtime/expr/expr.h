/* expr.h -- the one expression language: compile, list dependencies, evaluate, translate to SQL.
 * Shape:    the language of docs/definitions/expressions.md (generated from expr/functions.c); depth <= 64.
 * Purity:   no store, no clock, no locale, no Lua: everything an evaluation needs stands in an expr_frame. The same
 *           files run in the server and, as WebAssembly, in the browser.
 * Ownership: a compiled expr lives in the arena it was compiled in, is immutable and shared by threads.
 * Errors:   compile: MALFORMED with code expr_* and parameters offset (bytes), column (code points, 1-based), text, and
 *           suggestion when a name is close; eval: INVALID with codes expr_division_by_zero, expr_overflow, ... + column.
 *
 * Types are static. Decimals carry their scale in the type (+ and - the larger, * the sum up to 18, / 12, if() and
 * coalesce() the larger of the branches; integer counts as scale 0), and eval brings every intermediate result to that scale,
 * so that SQL and C agree digit for digit. */
#ifndef TENON_EXPR_EXPR_H
#define TENON_EXPR_EXPR_H

#include "runtime/base/catalogue.h"
#include "runtime/base/value.h"
#include "runtime/base/zone.h"

enum type_kind {
	TYPE_NULL,     /* the literal null; fits everywhere */
	TYPE_BOOL, TYPE_INT, TYPE_DECIMAL, TYPE_TEXT, TYPE_DATE, TYPE_DATETIME, TYPE_TIME, TYPE_DURATION,
	TYPE_ENUM,     /* domain: the enumeration */
	TYPE_CASCADE,  /* domain: the enumeration; a value is the list of values from the top, acts as a list of TYPE_ENUM */
	TYPE_USER, TYPE_DEPT,
	TYPE_REF,      /* domain: the form pointed at; members follow the reference */
	TYPE_ROWS,     /* domain: the row form of a sub-table; only inside paths (lines.net) and count(lines) */
	TYPE_RECORD    /* $user, $old, $record, $parent, $option, $company before a member is taken; $record alone is a TYPE_REF */
};
enum type_unit { UNIT_NONE, UNIT_MONEY, UNIT_PERCENT };
struct type {
	enum type_kind kind;
	uint8_t scale;          /* TYPE_DECIMAL */
	uint8_t unit;           /* enum type_unit; money + percent is an error */
	bool list;              /* a list of that kind */
	const void *domain;
};
const char *type_name(enum type_kind kind);

/* ---- names: what the model tells about forms and enumerations (expr knows no form) ---- */
/* way: the member is another name of these fields, one behind the other (a lookup); type is that of the last. */
struct expr_symbol { struct type type; const void *field; const void *const *way; size_t way_length; };
struct expr_catalogue {
	/* A member of a form (record, row form, target of a reference); false: no such field. */
	bool (*member)(const void *form, struct str name, struct expr_symbol *out);
	/* Calls visit with every member name, for "did you mean". */
	void (*members)(const void *form, void (*visit)(void *arg, struct str name), void *arg);
	bool (*enum_has)(const void *enumeration, struct str value);
	void (*enum_values)(const void *enumeration, void (*visit)(void *arg, struct str value), void *arg);
};
struct expr_param { const char *name; struct type type; };
struct expr_named { const char *name; const void *form; };          /* a record that has got a name ("as" of an action) */
struct expr_scope {
	const struct expr_catalogue *catalogue;
	const void *form;               /* bare names and $record, $old; NULL: no record here */
	const void *parent;             /* $parent (inside a sub-table row) or NULL */
	const void *option;             /* $option (options filters) or NULL */
	const struct expr_param *params;/* $param.x */
	size_t param_count;
	const struct expr_named *named; size_t named_count; /* bare names of other records: acc, acc.name */
	bool no_old;                    /* $old is not available */
};

/* ---- paths: what an expression reads; the host fills one slot a path before evaluating ---- */
enum path_root { ROOT_RECORD, ROOT_OLD, ROOT_PARENT, ROOT_OPTION, ROOT_USER, ROOT_COMPANY, ROOT_PARAM, ROOT_NAMED };
struct expr_path {
	enum path_root root;
	const void *const *fields;      /* handles from the catalogue, from the root on; NULL-terminated */
	size_t length;                  /* 0: the root itself ($record, $user) */
	const char *name;               /* ROOT_USER (login is length 0): "dept" "superior" "label" "roles" "depts"; ROOT_COMPANY, ROOT_PARAM, ROOT_NAMED: the key; else NULL */
	struct type type;               /* of the value in the slot; list when a sub-table or multi-value lies on the way */
	const char *text;               /* as written, for messages */
};
struct expr_paths { struct arena *arena; struct expr_path *items; size_t count, room; }; /* zero it, set arena; shared by the expressions of one scope */

struct expr;
/* want: the type the place needs (NULL: any). A condition wants TYPE_BOOL; a default or formula its field's type, and its
 * result is converted (integer to decimal, scale rounded, date to datetime, text literal to enum/date/user...). */
struct problem *expr_compile(struct arena *a, struct str text, const struct expr_scope *scope, const struct type *want,
	struct expr_paths *paths, const struct expr **out) MUST_CHECK;
struct type expr_type(const struct expr *e);
bool expr_uses(const struct expr *e, size_t path_index);          /* does it read that path of its expr_paths? */
bool expr_reads_clock(const struct expr *e);                      /* $now or $today */
bool expr_asks(const struct expr *e);                             /* people or working time: the frame's directory or calendar */
bool expr_is_constant(const struct expr *e);                      /* reads no path, no clock, no directory, no calendar */
struct problem *expr_template(struct arena *a, struct str text, const struct expr_scope *scope, struct expr_paths *paths,
	const struct expr **out) MUST_CHECK;                      /* "{number} {account}" as a text expression; {{ is a brace */

/* Structure, for advice (indexes), tooltips and permission: the conjuncts of an "and" chain; a comparison's path. */
/* path SIZE_MAX: no plain path. TERM_EQ also for a bool field alone or negated; a list path with TERM_IN is asked by its rows. */
struct expr_term { size_t path; enum { TERM_EQ, TERM_RANGE, TERM_IN, TERM_OTHER } kind; };
size_t expr_terms(const struct expr *e, struct expr_term *out, size_t room);

/* ---- evaluation ---- */
struct expr_directory {             /* immutable snapshot of people; all lookups are pure */
	const void *snapshot;
	struct str (*superior)(const void *snapshot, struct str login);       /* empty: none */
	struct str (*dept_of)(const void *snapshot, struct str login);
	struct str (*dept_head)(const void *snapshot, struct str dept);
	bool (*has_role)(const void *snapshot, struct str login, struct str role);
	struct str (*user_label)(const void *snapshot, struct str login);
};
struct work_interval { int32_t from_s, to_s; };                           /* seconds of the day */
struct work_calendar {              /* working time; NULL in a frame: Monday-Friday 09:00-18:00 */
	struct { const struct work_interval *spans; size_t n; } week[7];   /* 0 = Monday */
	const int64_t *holidays; size_t holiday_count;                     /* sorted days without work */
	const int64_t *workdays; size_t workday_count;                     /* sorted days that work as the first working weekday does */
};
struct expr_frame {
	const struct value *slots;      /* one a path of the expr_paths compiled with */
	int64_t now_us;
	const struct zone *zone;        /* the app's zone; NULL = UTC */
	const struct expr_directory *directory; /* NULL: nobody has a superior or role */
	const struct work_calendar *calendar;
	struct str app;                 /* has_role(user, 'sales') means the role of this app */
	/* Templates only: appends the text people see for a value (title of a ref, label of an enum, money with its
	 * currency). NULL or false: plain text. Called while evaluating, so it must be pure too. */
	bool (*show)(const void *context, const struct type *type, const struct value *v, struct sb *out);
	const void *show_context;
};
struct problem *expr_eval(struct arena *a, const struct expr *e, const struct expr_frame *frame, struct value *out) MUST_CHECK;
struct problem *expr_test(struct arena *a, const struct expr *e, const struct expr_frame *frame, bool *out) MUST_CHECK; /* condition: null is false */

/* ---- SQL ---- */
enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES };
struct expr_sql_rows { const char *from, *where; };                       /* "crm_order__lines l1", "l1.parent = r.id" */
struct expr_sql {                   /* how the query compiler renders what only it knows */
	enum dialect dialect;
	unsigned roots;             /* 1u << ROOT_...: paths from these are columns, others values of the frame; 0: ROOT_RECORD */
	void *context;
	/* The stored column of a single-valued path ("p1.region"). enum, user, dept and ref columns hold integer codes;
	 * decimals are integers scaled by the path's type.scale; dates days; datetimes microseconds; bool 0/1 (boolean in PG). */
	struct problem *(*column)(void *context, const struct expr_path *path, struct sb *out);
	/* The rows behind a list path (sub-table column, multi-value field): FROM and WHERE of a subselect, and in *column
	 * the element's column. */
	struct problem *(*rows)(void *context, const struct expr_path *path, struct expr_sql_rows *out, const char **column);
	/* Code of an enum value, user login or dept name; -1 when there is none (then nothing is equal to it). */
	int64_t (*code)(void *context, const struct type *type, struct str text);
	/* Text expression for a coded column: SQL giving the enum value / login / dept name of a code. */
	struct problem *(*decode)(void *context, const struct type *type, const char *code_sql, struct sb *out);
	/* Appends a bound value, always VALUE_INT or VALUE_TEXT (scaled, coded already); writes its placeholder ("?3", "$3"). */
	struct problem *(*bind)(void *context, const struct value *v, struct sb *out);
	/* superior, dept_head, has_role over columns: a scalar subselect; fn is the function's name, args its SQL. */
	struct problem *(*directory)(void *context, const char *fn, const char *const *args, struct sb *out);
};
/* Sub-expressions that read nothing of ROOT_RECORD are evaluated with `frame` and bound. The result of a condition is a
 * boolean SQL expression that is NULL where the expression is null. On SQLite the connection must have the functions of
 * expr_sql_functions (registered by the store); a division by zero or overflow fails the statement with the message
 * "tenon:CODE:COLUMN". */
struct problem *expr_to_sql(struct arena *a, const struct expr *e, const struct expr_sql *target, const struct expr_frame *frame,
	struct sb *out) MUST_CHECK;
/* The same for a WHERE or CASE WHEN, where null and false are one: comparisons stay native ("r.amount > ?1", "r.stage = ?2"),
 * so that indexes work. A row that another part of the condition has already excluded may skip its fault. */
struct problem *expr_to_sql_where(struct arena *a, const struct expr *e, const struct expr_sql *target,
	const struct expr_frame *frame, struct sb *out) MUST_CHECK;
/* A decimal result is an integer scaled by the type; where that does not fit int64, SQLite gives its digits as text. */
/* CREATE FUNCTION statements the PostgreSQL side needs, to be run once when the schema is made (repeatable). */
struct str expr_postgres_prelude(struct arena *a);
/* Scalar SQL functions in plain C terms, so that expr needs no sqlite3.h: the store registers each under its name (all
 * deterministic). Arguments come as VALUE_INT, VALUE_TEXT or VALUE_NULL; with a null among them the result is null unless
 * keeps_null. A status other than OK fails the statement as "tenon:CODE:COLUMN", COLUMN the last argument. Two more are
 * the adapter's own: tenon_matches(text, pattern) keeps the compiled pattern, tenon_fail(code, column) only fails. */
struct expr_sql_function {
	const char *name;
	int args;                   /* -1: any number */
	enum decimal_status (*call)(struct arena *a, const struct value *args, int n, struct value *out);
	bool keeps_null;
};
const struct expr_sql_function *expr_sql_functions(size_t *count);
const char *expr_sql_code(enum decimal_status status);                    /* "expr_overflow" ... */
bool expr_sql_fault(const char *message, const char **code, const char **column); /* finds "tenon:CODE:COLUMN"; *column begins with its digits */

/* ---- the function table (documentation and checks read it) ---- */
struct expr_example { const char *text, *result; };
struct expr_function_info { const char *name, *signature; struct label help; const struct expr_example *examples; size_t example_count; };
const struct expr_function_info *expr_function_at(size_t index); /* NULL: past the end */

#endif
