/* value.h -- one runtime value of an expression, a field or a bound parameter.
 * Representation (the same on server, in SQL answers and in the browser):
 *   bool, int: i.  decimal, money, percent: d (a percent is its fraction).  text: s.
 *   date: i = days since 1970-01-01.  datetime: i = microseconds UTC since 1970.  time: i = seconds of the day.
 *   duration: i = seconds.  ref: i = record id.  enum, user, dept: VALUE_TEXT, the enum value / login / dept name.
 *   list (tags, cascade from the top, sub-table column): list of n values.
 * An empty text is null everywhere. Ownership: text and lists are borrowed from the arena they were made in. */
#ifndef TENON_BASE_VALUE_H
#define TENON_BASE_VALUE_H

#include "runtime/base/decimal.h"

enum value_kind {
	VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_DECIMAL, VALUE_TEXT, VALUE_DATE, VALUE_DATETIME, VALUE_TIME,
	VALUE_DURATION, VALUE_REF, VALUE_LIST
};

struct value_list { const struct value *items; size_t n; };
struct value {
	enum value_kind kind;
	union { int64_t i; struct decimal d; struct str s; struct value_list list; } as;
};

#define VALUE_NONE ((struct value){ .kind = VALUE_NULL })
static inline struct value value_bool(bool b) { return (struct value){ .kind = VALUE_BOOL, .as.i = b }; }
static inline struct value value_int(int64_t i) { return (struct value){ .kind = VALUE_INT, .as.i = i }; }
static inline struct value value_decimal(struct decimal d) { return (struct value){ .kind = VALUE_DECIMAL, .as.d = d }; }
static inline struct value value_date(int64_t days) { return (struct value){ .kind = VALUE_DATE, .as.i = days }; }
static inline struct value value_datetime(int64_t us) { return (struct value){ .kind = VALUE_DATETIME, .as.i = us }; }
static inline struct value value_ref(int64_t id) { return (struct value){ .kind = VALUE_REF, .as.i = id }; }
struct value value_text(struct str s);                           /* empty gives null */
bool value_is_null(const struct value *v);                       /* also a list of nothing */
bool value_same(const struct value *a, const struct value *b);   /* identity as stored: null = null, 1 = 1.0 = 1.00 */
struct value value_copy(struct arena *a, const struct value *v); /* deep */

#endif
