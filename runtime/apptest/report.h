/* report.h -- what `tenon test` tells: a line a case, what was asked, expected and came for each failure, what could not be
 * covered and why, and at the end `N passed, N failed`. With JSON one document in place of the lines.
 * A case is one app test, or one role and form of the door matrix. Threads: one. */
#ifndef TENON_APPTEST_REPORT_H
#define TENON_APPTEST_REPORT_H

#include <stdio.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"

struct report {
	struct arena *arena;
	FILE *out;
	enum language language;
	bool json;
	struct sb text;                   /* the JSON */
	struct jw w;
	size_t passed, failed, uncovered, checks;
	const char *kind, *name;          /* the open case */
	struct sb failures;               /* lines of the open case */
	size_t case_checks, case_failures;
	int64_t started_us;
};
void report_open(struct report *r, struct arena *a, FILE *out, enum language language, bool json);
void report_begin(struct report *r, const char *kind, const char *name);
void report_check(struct report *r);                      /* one more thing looked at */
struct failure { const char *where, *asked, *expected; struct str came; }; /* where: file:line /pointer, or the case's own words */
void report_fail(struct report *r, const struct failure *f);
void report_end(struct report *r);
void report_uncovered(struct report *r, const char *what, const char *why); /* what could not be tried, said once a case */
/* Words of the catalogue in the report's language: names of cases, reasons. */
const char *report_words(const struct report *r, const char *code);
void report_close(struct report *r);                      /* the last line, or the document */

#endif
