/* cases_line.h -- values on a line (numbers, days, instants, times, durations) cut into points and open intervals. Private to
 * cases.c. */
#ifndef TENON_MODEL_CASES_LINE_H
#define TENON_MODEL_CASES_LINE_H

#include "runtime/model/cases.h"

bool line_of(struct type t);
/* One value a cell, ascending: every cut that is a value itself, and the first (below the lowest cut: the last) value of every
 * stretch between two cuts that holds one, within the field's bounds. */
size_t line_cells(struct arena *a, const struct variable *v, struct value **out);
void line_text(struct sb *out, struct type t, const struct value *v); /* of a term that is no field */

#endif
