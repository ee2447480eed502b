/* action.h -- actions as the engines run them: names resolved, expressions compiled and type-checked when the
 * definition is loaded. Buttons have them now; rules and flow steps share the table.
 * Shape: docs/definitions/actions.md (shape_flow.c). A new kind is a row in load_action.c and one in engines/action/run.c.
 * Ownership: inside struct app. Threads: immutable. */
#ifndef TENON_MODEL_ACTION_H
#define TENON_MODEL_ACTION_H

#include "runtime/model/form.h"

enum action_kind { DO_SET, DO_CREATE, DO_UPDATE, DO_CONVERT, DO_IF, DO_CALL, DO_FAIL, DO_KINDS };

struct act;
struct actions { struct act *items; size_t n; };
struct action_value { const struct field *field; const struct expr *value; };
/* A field of the source taken over into one of the form it is converted into. */
struct action_copy { const struct field *from, *to; };
/* Of a copied sub-table: is this column taken over into that one? from may be NULL. */
bool action_copies_cell(const struct field *from, const struct field *to);

struct act {
	enum action_kind kind;
	const char *pointer;                 /* of its faults: "/do/0", below a condition "/do/0/then/1" */
	const struct form *form;             /* create, update, convert: the form written */
	size_t result;                       /* of the program's names: the record written; NO_RESULT: it has no name */
	const struct expr *expr;             /* if: the condition; update: the record */
	struct action_value *values; size_t value_count;
	struct action_copy *copies; size_t copy_count;    /* convert */
	const struct field **match; size_t match_count;   /* convert: fields of form that tell an existing record */
	const struct field *link;            /* convert: the field of the source that keeps what it became, or NULL */
	struct actions then, otherwise;      /* if */
	const struct field *button;          /* call */
	const struct field *at;              /* fail, or NULL */
	const struct expr *message[LANGUAGES];
};
enum { NO_RESULT = 0xffff };

/* One list with everything below it: what shares names and paths. */
struct program {
	const struct form *form;             /* the record it is about */
	struct expr_paths paths;
	struct expr_named *names; size_t name_count;
	struct actions actions;
};

struct button {
	const struct expr *when;             /* over form->paths; NULL: always */
	struct words message;                /* why not, while `when` does not hold; empty: the button is hidden then */
	const struct program *program;
};

#endif
