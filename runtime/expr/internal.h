/* internal.h -- the syntax tree and what the files of this folder share. Nobody outside
 * runtime/expr includes it. A node is made by parse.c (type unset), finished by check*.c (type,
 * path, function, conversions put in) and then immutable. Height is limited to EXPR_DEPTH, so every
 * walk may recurse. */
#ifndef TENON_EXPR_INTERNAL_H
#define TENON_EXPR_INTERNAL_H

#include "runtime/base/day.h"
#include "runtime/expr/expr.h"
#include "runtime/expr/regex.h"

enum {
	EXPR_DEPTH = 64,
	EXPR_TEXT_MAX = 16 * 1024,
	EXPR_RESULT_MAX = 1024 * 1024,
	EXPR_LIST_MAX = 100000
};
enum { SCALE_INT = -1 }; /* in SQL functions: the result is an integer that must fit int64 */

enum op {
	OP_LITERAL,
	OP_NAME,
	OP_MEMBER,
	OP_PATH,
	OP_CLOCK,
	OP_LIST,
	OP_CALL,
	OP_CONVERT,
	OP_NOT,
	OP_NEGATE,
	OP_AND,
	OP_OR,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV
};
const char *op_text(enum op op); /* as written: "<=" */

/* What OP_CONVERT does; the target is the node's type. */
enum convert {
	CONVERT_NUMBER, /* integer and decimal to the node's scale, or to an integer */
	CONVERT_START,  /* date to datetime: its first instant in the frame's zone */
	CONVERT_LOCAL,  /* a datetime literal without offset: wall time to UTC */
	CONVERT_DAY,    /* datetime to date in the frame's zone */
	CONVERT_TEXT,   /* anything to text */
	CONVERT_SHOWN, /* anything to text as people read it (templates): labels where the frame has
			  them */
	CONVERT_LIST,  /* one value to a list of it */
	CONVERT_ITEMS  /* every item of a list, by the conversion in `item` */
};

struct function;
struct sql;
struct node {
	enum op op;
	enum convert convert;
	enum convert item; /* CONVERT_ITEMS */
	bool fails;        /* evaluating it may end in a problem */
	bool constant; /* OP_LITERAL made from the text itself: takes the type of its neighbour */
	bool today;    /* OP_CLOCK: $today, else $now */
	uint8_t height;
	struct type type;
	uint32_t offset, length; /* in the text */
	uint32_t reads;          /* bit per enum path_root, CLOCK_BIT, FRAME_BIT */
	struct node **args;
	size_t n;
	struct value value;           /* OP_LITERAL */
	struct str name;              /* OP_NAME, OP_MEMBER, OP_CALL: as written */
	size_t path;                  /* OP_PATH */
	const struct expr_path *slot; /* OP_PATH: a copy that stays */
	const struct function *function;
	const void *data; /* function's own (compiled pattern) */
};
enum { CLOCK_BIT = 1u << 16, FRAME_BIT = 1u << 17 };

struct expr {
	struct str text;
	const struct node *root;
	size_t *paths, path_count; /* indexes it reads, ascending */
};

/* ---- problems ---- */
struct where {
	struct str text;
	uint32_t offset, length;
};
unsigned expr_column(struct str text, uint32_t offset);
struct problem *
expr_fault(struct arena *a, struct where at, const char *code, const char *name1,
	   const char *value1, const char *name2,
	   const char *value2); /* MALFORMED with offset, column, text and two more */

/* ---- lex.c ---- */
enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,
	TOKEN_TEXT,
	TOKEN_NAME,
	TOKEN_DOLLAR,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_IN,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
	TOKEN_LEFT,
	TOKEN_RIGHT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_DOT,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_SLASH,
	TOKEN_BRACE
};
struct token {
	enum token_kind kind;
	uint32_t offset, length;
	struct str text;
	struct value value;
	bool percent;
};
struct lexer {
	struct arena *arena;
	struct str text;
	uint32_t at;
};
struct problem *lex_next(struct lexer *l, struct token *out) MUST_CHECK;

/* ---- parse.c ---- */
struct problem *parse_expr(struct arena *a, struct str text, struct node **out) MUST_CHECK;
struct problem *parse_template(struct arena *a, struct str text, struct node **out) MUST_CHECK;
struct node *node_new(struct arena *a, enum op op, uint32_t offset, uint32_t length,
		      struct node **args, size_t n);

/* ---- check.c ---- */
struct check {
	struct arena *arena;
	struct str text;
	const struct expr_scope *scope;
	struct expr_paths *paths;
};
struct problem *check_node(struct check *c, struct node **n) MUST_CHECK;
struct problem *check_as(struct check *c, struct node **n,
			 struct type want) MUST_CHECK; /* converts or refuses */
struct problem *check_shown(struct check *c, struct node **n,
			    enum convert how) MUST_CHECK; /* to text */
struct problem *check_unify(struct check *c, struct node **items, size_t n,
			    struct type *out) MUST_CHECK;                /* one type for all */
struct problem *check_name(struct check *c, struct node **n) MUST_CHECK; /* OP_NAME, OP_MEMBER */
struct problem *check_call(struct check *c, struct node **n) MUST_CHECK;
struct problem *check_operator(struct check *c, struct node **n) MUST_CHECK;
void check_finish(struct node *n); /* fails, reads from the args */
struct problem *check_fault(struct check *c, const struct node *n, const char *code,
			    const char *name1, const char *value1, const char *name2,
			    const char *value2);
struct problem *check_mismatch(struct check *c, const struct node *n, const char *expected);
struct node *convert_node(struct check *c, struct node *n, enum convert how, struct type to);
struct problem *literal_as(struct check *c, struct node **n,
			   struct type to) MUST_CHECK; /* a text literal read as a type */
struct problem *check_unit(struct check *c, const struct node *n, struct type a, struct type b,
			   uint8_t *unit) MUST_CHECK;

/* ---- type.c ---- */
static inline struct type type_of(enum type_kind kind) { return (struct type){ .kind = kind }; }
static inline struct type type_decimal(int scale, uint8_t unit) {
	return (struct type){ .kind = TYPE_DECIMAL, .scale = (uint8_t)scale, .unit = unit };
}
struct type type_list(struct type item);
struct type type_item(struct type list);       /* of a list or cascade */
bool type_is_list(struct type t);              /* also a cascade */
bool type_is_number(struct type t);            /* a single integer or decimal */
bool type_is(struct type t, enum type_kind k); /* a single value of the kind */
bool type_is_coded(struct type t);             /* enum, user, dept, ref: an integer code in SQL */
int type_scale(struct type t);
const char *type_words(struct arena *a, struct type t);
size_t path_slot(struct check *c, struct expr_path path); /* index in the table, added when new */

/* Collects the closest of the names offered to suggest_visit. */
struct suggest {
	struct arena *arena;
	struct str name;
	const char *best;
	size_t distance;
};
struct suggest suggest_for(struct arena *a, struct str name);
void suggest_visit(void *suggest, struct str candidate);

/* ---- eval ---- */
struct eval {
	struct arena *arena;
	const struct expr_frame *frame;
	struct str text;
};
struct problem *eval_node(struct eval *e, const struct node *n, struct value *out) MUST_CHECK;
struct problem *eval_operator(struct eval *e, const struct node *n, struct value *out) MUST_CHECK;
struct problem *eval_convert(struct eval *e, const struct node *n, const struct value *v,
			     struct value *out) MUST_CHECK;
struct problem *eval_fault(struct eval *e, const struct node *n, const char *code);
struct problem *eval_status(struct eval *e, const struct node *n,
			    enum decimal_status status); /* NULL when OK */
const char *status_code(enum decimal_status status);
struct decimal value_number(const struct value *v);
struct problem *eval_number(struct eval *e, const struct node *n, enum decimal_status status,
			    struct decimal d, struct value *out) MUST_CHECK;
int value_order(const struct value *a, const struct value *b);  /* both of one type, not null */
bool value_equal(const struct value *a, const struct value *b); /* null equals null */
struct problem *eval_text(struct eval *e, const struct node *n, struct sb *b,
			  struct value *out) MUST_CHECK;
int64_t frame_local(const struct expr_frame *f, int64_t utc_us);
int64_t frame_utc(const struct expr_frame *f, int64_t local_us);
int64_t frame_day(const struct expr_frame *f, int64_t utc_us);
int64_t frame_day_start(const struct expr_frame *f, int64_t day);
enum decimal_status add_days(const struct zone *zone, int64_t us, int64_t days,
			     int64_t *out); /* same wall time */
void text_value(struct sb *out, const struct type *t, const struct value *v,
		const struct zone *zone);
enum decimal_status number_as(struct decimal d, struct type type, struct value *out);

/* ---- functions ---- */
typedef struct problem *function_eval(struct eval *e, const struct node *n,
				      const struct value *args, struct value *out);
struct function {
	struct expr_function_info info;
	/* One letter an argument: t text, s anything as text, i integer, n number, d date, D
	 * datetime, w date or datetime, T time, b bool, u user, p dept, l list, a anything, L
	 * literal text; ? after a letter: may be missing;
	 * * : the last one repeats. */
	const char *args;
	const char *result; /* letter as above, or "1": the type of the first argument; NULL:
			       `check` sets it */
	struct problem *(*check)(
		struct check *c,
		struct node *n); /* more rules, after the arguments were checked; or NULL */
	function_eval *eval;
	struct problem *(*lazy)(struct eval *e, const struct node *n,
				struct value *out); /* instead of eval: if, case, coalesce */
	bool keeps_null; /* called also when an argument is null (otherwise the result is null) */
	bool fails;
	bool asks;                     /* the frame's directory or calendar */
	const char *sqlite, *postgres; /* SQL template (functions.c); postgres NULL: as sqlite; "":
					  none there */
	struct problem *(*sql)(struct sql *s, const struct node *n,
			       struct sb *out); /* instead of a template */
};
const struct function *function_find(struct str name);
struct problem *check_if(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_case(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_coalesce(struct check *c, struct node *n) MUST_CHECK;
struct problem *eval_if(struct eval *e, const struct node *n, struct value *out) MUST_CHECK;
struct problem *eval_case(struct eval *e, const struct node *n, struct value *out) MUST_CHECK;
struct problem *eval_coalesce(struct eval *e, const struct node *n, struct value *out) MUST_CHECK;
void function_names(void (*visit)(void *arg, struct str name), void *arg);

#endif
