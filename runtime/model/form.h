/* form.h -- a form as the engines use it: fields resolved, expressions compiled, order of computation fixed.
 * A sub-table is a form of its own (parent set): one engine for records and rows. System fields are fields too
 * (flag system), so that filters, rights and export treat them alike.
 * Ownership: inside struct app. Threads: immutable. */
#ifndef TENON_MODEL_FORM_H
#define TENON_MODEL_FORM_H

#include "runtime/base/json.h"
#include "runtime/expr/expr.h"
#include "runtime/expr/regex.h"
#include "runtime/model/enumeration.h"
#include "runtime/model/names.h"

struct app;
struct button;
struct flow;
struct field_type;

enum on_delete { ON_DELETE_RESTRICT, ON_DELETE_CASCADE, ON_DELETE_CLEAR }; /* "restrict" (default) "cascade" "set_null" */
/* The rules of a field that may have words of their own ("messages"). */
enum field_rule { RULE_REQUIRED, RULE_LENGTH, RULE_RANGE, RULE_PATTERN, RULE_UNIQUE, RULE_ONE_OF, RULE_COUNT };
/* When two values are the same to a duplicate rule. */
enum match_as { MATCH_EXACT, MATCH_PHONE, MATCH_EMAIL, MATCH_COMPANY_NAME };
enum hidden_value { HIDDEN_KEEP, HIDDEN_EMPTY, HIDDEN_RECALCULATE };
enum system_field { SYSTEM_NONE, SYSTEM_ID, SYSTEM_REV, SYSTEM_CREATED_AT, SYSTEM_CREATED_BY, SYSTEM_UPDATED_AT, SYSTEM_UPDATED_BY,
	SYSTEM_OWNER, SYSTEM_DEPT, SYSTEM_STATE, SYSTEM_DELETED_AT };

enum serial_check { CHECK_LUHN, CHECK_MOD97 };
struct serial_part { enum { SERIAL_TEXT, SERIAL_DATE, SERIAL_FIELD, SERIAL_COUNTER, SERIAL_CHECK } kind; const char *text; const struct field *field; int digits;
	enum serial_check check; };
struct serial { struct serial_part *parts; size_t n; enum { RESET_NEVER, RESET_DAY, RESET_WEEK, RESET_MONTH, RESET_YEAR } reset;
	enum { OVERFLOW_GROW, OVERFLOW_RESTART, OVERFLOW_REFUSE } overflow; int64_t start; bool gapless;
	const struct field *at; const char *at_value; }; /* given when that field has that value; NULL: at create */

struct fill { const struct field *target; const struct expr *value; }; /* over form->paths */

/* A field that gathers from the records (or rows) of `of` whose `by` points at its own record. */
enum rollup_agg { ROLLUP_COUNT, ROLLUP_SUM, ROLLUP_AVG, ROLLUP_MIN, ROLLUP_MAX, ROLLUP_COUNT_DISTINCT };
struct rollup {
	const struct form *of;              /* a form or the row form of a sub-table */
	const struct field *by, *field;     /* field NULL: count the records themselves */
	enum rollup_agg agg;
	const struct expr *filter;          /* over of->paths, or NULL; reads the gathered record (and a row's own) alone */
};

struct field {
	const char *name, *id;
	struct label label, help;
	const struct field_type *type;
	const struct form *form;            /* the form or row form it belongs to */
	size_t index;                       /* in form->fields; values of a record stand at this index */
	const char *column;                 /* its column (single-valued) or child table (multi-valued, sub-table), from the id */
	bool pinyin;                        /* "collate": "pinyin": sorted as dictionaries sort, not by code point */
	const char *sort_column;            /* pinyin: the column of the keys it is sorted by (pinyin_sort_key); else NULL */
	enum match_as match_as;             /* a duplicate rule compares it so, by its keys; MATCH_EXACT: by its own column, or not at all */
	const char *match_column;           /* the column of those keys (match_key.h); NULL: none */
	const char *mean_column;            /* a rollup's mean: the column of what it is the mean of (store/rollup.h); else NULL */
	enum system_field system;
	struct type value_type;             /* as expressions see it */
	bool required, unique, indexed, read_only, searchable;
	int scale; int64_t min_length, max_length;       /* code points; -1 = not given */
	bool has_min, has_max; struct value min, max;
	const struct regex *pattern; const char *pattern_text;
	const struct enumeration *enumeration;
	const struct form *target;          /* ref: the form pointed at */
	enum on_delete on_delete;
	const struct field **lookup;        /* lookup: the fields of its path, references first; none of them a live lookup; else NULL */
	size_t lookup_length;
	bool frozen;                        /* lookup: a stored copy, taken when the reference changes (formula: its path) */
	struct form *rows;                  /* table: the row form */
	int64_t min_rows, max_rows;         /* -1 = not given */
	const struct serial *serial;
	const struct expr *default_value, *formula, *options; /* over form->paths; options has $option */
	const struct str *among; size_t among_count; /* user, dept: who may be chosen (among.h); 0: anybody */
	const struct rollup *rollup;
	bool gathered;                      /* a rollup, or a formula that reads one of its record: changes without a write of it */
	const struct fill *fills; size_t fill_count;
	enum hidden_value hidden_value;
	const struct label *messages;       /* by enum field_rule; NULL: none */
	const char *currency;               /* a code, or the name of what currency_from is */
	const struct field *currency_from;  /* money: the field of its record, or of the row's record, that names the currency; else NULL */
	const struct button *button;        /* button: what pressing it does (action.h); else NULL */
	const struct json *json;            /* its definition, for positions and keys the core does not interpret */
};

/* What a rule says: `told` has each {expression} as an ellipsis, `with` fills them in (NULL: there is none). */
struct words { struct label told; const struct expr *with[LANGUAGES]; };
struct check { const char *id; const struct expr *when, *require; const struct field *at; struct words message; };
struct linkage_set { const struct field *field; const struct expr *value; };
struct linkage {
	const struct expr *when;            /* NULL: always */
	const struct field **show, **hide, **require, **read_only; size_t show_count, hide_count, require_count, read_only_count;
	struct linkage_set *sets; size_t set_count;
	struct linkage_set *options; size_t option_count;
};
struct transition {
	const struct field *field;
	const struct enum_value **from; size_t from_count; /* 0: from any value */
	const struct enum_value *to;
	const char **who; size_t who_count;                /* "role:sales" ...; 0: everyone */
	const struct expr *when; const struct field **require; size_t require_count;
	struct words message;               /* what is said where `when` does not hold */
};
struct unique_key { const struct field **fields; size_t n; const char *index; /* name of its index */ };
/* Records alike in all these fields are taken for the same thing. What is told of one the reader may not see: nothing, that there
 * is one, or also whose it is. */
enum duplicate_outside { OUTSIDE_NONE, OUTSIDE_EXISTS, OUTSIDE_OWNER };
struct match { const struct field *field; enum match_as as; };
static inline const char *match_column(const struct match *m) { return m->as ? m->field->match_column : m->field->column; }
struct duplicate_rule { struct match *matches; size_t n; bool block; const struct expr *when; enum duplicate_outside outside; };
struct view { const char *name; const struct json *json; const struct expr *filter; };

struct form {
	const struct app *app;
	const char *name, *id;
	struct label label;
	const char *table;                  /* "crm_lead"; rows: "crm_order__lines" */
	const struct form *parent;          /* row form: the form it belongs to */
	const struct field *parent_field;   /* row form: the table field */
	struct field **fields; size_t field_count;        /* declared in order, then the system fields (rows have: id only) */
	size_t declared_count;
	struct expr_paths paths;            /* every expression of this form reads slots of this table */
	/* Formulas of the form AND of its row forms in one dependency order (rows -> parent -> rows is allowed while no
	 * field needs itself): field->form tells where; compute a row field for every row. Row forms have none of their own. */
	const struct field **computed; size_t computed_count;
	const struct field **defaulted; size_t defaulted_count; /* fields with a default, in dependency order; row forms have theirs */
	const struct field **rollups; size_t rollup_count; /* its own */
	const struct field **feeds; size_t feed_count;    /* rollups, here or in other forms, over this form or its rows */
	int rollup_rank;                                  /* above that of every form it gathers from */
	struct check *checks; size_t check_count;
	struct linkage *linkages; size_t linkage_count;
	struct transition *transitions; size_t transition_count;
	struct unique_key *uniques; size_t unique_count;  /* form-level and field-level alike */
	struct duplicate_rule *duplicates; size_t duplicate_count;
	struct view *views; size_t view_count;
	const struct expr *title;           /* template, or NULL: first text field, else id */
	const struct field *state;          /* the declared state field, or NULL */
	const struct field **search; size_t search_count; /* text of these is in the search index */
	const struct flow *const *flows; size_t flow_count; /* those that handle its records (flow.h) */
	const struct json *json;
	const struct definition *definition;
	struct names names;                               /* fields by name, system fields included */
	_Atomic(const void *) memo[3];                    /* memo.h's */
};

/* The engine makes its value; nobody writes it. */
static inline bool field_is_made(const struct field *f) { return f->formula || f->rollup || f->lookup; }

const struct field *form_field(const struct form *f, struct str name);  /* by current name, system fields included; NULL */
const struct field *form_field_by_id(const struct form *f, struct str id); /* what survives a new name; system fields included; NULL */
const struct field *form_system(const struct form *f, enum system_field which);
void field_place(struct arena *a, struct field *f, const char *column); /* sets its column, and with it that of its keys */
/* Another name of a path: nothing is stored for it. */
static inline bool field_is_alias(const struct field *f) { return f->lookup && !f->frozen; }
const struct field *form_similar(const struct form *f, struct str name); /* "did you mean", or NULL */

#endif
