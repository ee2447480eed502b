/* cover.h -- can all of these hold at once? Conditions over a few variables, each of which is in one of a handful of cells.
 * Formulas are built once and shared (equal ones are one number); a search goes variable by variable, keeps what of the formulas
 * is left, and remembers what was left where nothing was found: a decision diagram, not the product of the cells (flow.md 5.2).
 * Ownership: the arena. Threads: one. Private to runtime/model. */
#ifndef TENON_MODEL_COVER_H
#define TENON_MODEL_COVER_H

#include "runtime/base/str.h"

typedef uint32_t cover_formula;
enum { COVER_FALSE, COVER_TRUE };
enum { COVER_CELLS_MAX = 1024, COVER_VARIABLES_MAX = 200, COVER_NODES_MAX = 500000, COVER_ANY = -1 };
enum cover_answer { COVER_NONE, COVER_FOUND, COVER_CAPPED };

struct cover;
struct cover *cover_new(struct arena *a, size_t most_nodes);
/* The next variable (of at most COVER_VARIABLES_MAX), with so many cells (at most COVER_CELLS_MAX); they are tried in this order. */
size_t cover_variable(struct cover *c, size_t cells);
size_t cover_variables(const struct cover *c);
/* Holds in these cells of the variable; bit i of word i / 64. */
cover_formula cover_leaf(struct cover *c, size_t variable, const uint64_t *cells);
cover_formula cover_and(struct cover *c, const cover_formula *parts, size_t n);
cover_formula cover_or(struct cover *c, const cover_formula *parts, size_t n);
cover_formula cover_not(struct cover *c, cover_formula f);
bool cover_reads(const struct cover *c, cover_formula f, size_t variable);
/* The parts of an "and", else the formula itself. */
size_t cover_parts(const struct cover *c, const cover_formula *f, const cover_formula **parts);
/* cells: one a variable, COVER_ANY where any cell does. Nodes of all searches count together towards the limit, large ones more. */
enum cover_answer cover_find(struct cover *c, const cover_formula *all, size_t n, int *cells);
size_t cover_nodes(const struct cover *c);

#endif
