/* logic.h -- a condition taken apart: and, or, not over tests, each of one term against constants ("amount < 1000",
 * "type in ['a', 'b']", "date(created_at) >= $today", "'vip' in tags", "empty(note)", a bool field). Whoever asks whether conditions
 * leave a gap puts a value in the place of the term and has the test itself say whether it holds, so that a rule of comparison
 * exists once. What is no such test ("amount > limit", "contains(name, 'x')") is LOGIC_FREE: it may hold or not.
 * Constants are what reads nothing of any record or person; $now and $today are taken from the frame.
 * Ownership: the arena. Threads: one (a test keeps the value it is asked about). */
#ifndef TENON_EXPR_LOGIC_H
#define TENON_EXPR_LOGIC_H

#include "runtime/expr/expr.h"

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NULL };
enum logic_kind { LOGIC_AND, LOGIC_OR, LOGIC_NOT, LOGIC_CONSTANT, LOGIC_TEST, LOGIC_FREE };
struct logic_test;
struct logic {
	enum logic_kind kind;
	const struct logic **args; size_t n;
	enum truth constant;            /* LOGIC_CONSTANT */
	/* LOGIC_TEST, LOGIC_FREE: */
	size_t path;                    /* the term, when it is a plain path; else SIZE_MAX */
	const char *term;               /* as it would be written: the same text is the same term */
	const size_t *reads; size_t read_count; /* paths it reads */
	struct type type;               /* of the term; TYPE_BOOL when free */
	const struct value *cuts; size_t cut_count; /* constants it is compared with, as values of its type (numbers: any scale) */
	bool never_null;                /* count and sum of nothing are 0 */
	bool ordered;                   /* compared with < <= > >= */
	struct logic_test *test;
};
const struct logic *expr_logic(struct arena *a, const struct expr *e, const struct expr_frame *frame);
/* Does the test hold for this value of its term? Calculating it may fail: then it does not hold. */
enum truth logic_test(struct arena *a, const struct logic *l, const struct expr_frame *frame, const struct value *v);

#endif
