/* cell.h -- what a cell's number and a number format mean. Nobody outside xlsx*.c includes
 * it. */
#ifndef TENON_XLSX_CELL_H
#define TENON_XLSX_CELL_H

#include "runtime/base/str.h"

enum number_look { LOOK_NUMBER, LOOK_DATE, LOOK_DATETIME, LOOK_TIME, LOOK_ELAPSED };
enum number_look xlsx_look_builtin(int64_t id);
enum number_look xlsx_look_of(struct str format); /* "yyyy\-mm\-dd;@" */
/* The cell's number as text, in the arena; what is no number stays as it is. */
struct str xlsx_number(struct arena *a, struct str raw, enum number_look look, bool since_1904);
/* An ISO 8601 cell: a midnight is a day. */
struct str xlsx_iso(struct str raw);
/* "_x000A_" is a line end. */
struct str xlsx_unescape(struct arena *a, struct str s);

#endif
