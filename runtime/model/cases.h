/* cases.h -- which situations conditions tell apart: every term they test becomes a variable, every stretch of its values that no
 * test tells apart a cell with one value standing for it. Numbers and dates are cut at every constant into points and open
 * intervals on the grid of their scale, within min and max; enumerations have their values; all but required fields may be empty.
 *  1. All conditions are told (cases_add) before any is made a formula (cases_hold).
 *  2. A cell is soft when its value is no ordinary one: empty, or retired.
 *  3. A point is exact when a record can surely be like it: it decides no free test, no text by order, and no two terms that read
 *     the same field.
 * Source: flow.md 5.2. Ownership: the arena. Threads: one. Private to runtime/model. */
#ifndef TENON_MODEL_CASES_H
#define TENON_MODEL_CASES_H

#include "runtime/expr/logic.h"
#include "runtime/model/cover.h"
#include "runtime/model/form.h"

struct cell { struct value value; bool soft, other; /* other: any value but those named */ };
struct variable {
	const char *term;
	size_t path;                        /* SIZE_MAX: computed or free */
	const size_t *reads; size_t read_count;
	const struct field *field;          /* of a plain path to a field, else NULL */
	struct type type;
	bool free, exact, never_null;
	struct value *cuts; size_t cut_count; /* unique */
	struct cell *cells; size_t cell_count;
};
struct cases {
	struct arena *arena;
	const struct expr_paths *paths;
	const struct expr_frame *frame;
	struct cover *cover;
	struct variable *variables; size_t n, room;
	bool too_many;                      /* more variables or cells than are looked at: nothing is known */
	bool closed;
};

struct cases *cases_new(struct arena *a, const struct expr_paths *paths, const struct expr_frame *frame);
void cases_add(struct cases *c, const struct logic *l);
void cases_close(struct cases *c);
cover_formula cases_hold(struct cases *c, const struct logic *l);          /* the condition is true */
cover_formula cases_ordinary(struct cases *c);                             /* no variable in a soft cell */
/* A point of cover_find in words ("amount = 100.00, kind = 'buy'") and as an object of values. */
const char *cases_text(const struct cases *c, struct arena *a, const int *cells);
const struct json *cases_example(const struct cases *c, struct arena *a, const int *cells);
bool cases_exact(const struct cases *c, const int *cells);                 /* invariant 3 */

#endif
