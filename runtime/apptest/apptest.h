/* apptest.h -- `tenon test`: an app's own tests (tests/NAME.json) and the door matrix made from its definitions, both against
 * the whole program, served on data of its own and asked over HTTP. This room knows definitions and doors, nothing behind them. */
#ifndef TENON_APPTEST_H
#define TENON_APPTEST_H

#include "runtime/apptest/report.h"
#include "runtime/model/app.h"

struct apptest {
	const struct app *app;
	const char *folder, *program;      /* the app's; what is run as `program serve ...` */
	const char *only;                  /* the tests so named, or "doors"; NULL: all */
	struct report *report;
};
/* Fails only where a test could not be carried out at all; what is found goes into the report. */
struct problem *apptest_run(struct arena *a, const struct apptest *t) MUST_CHECK;
/* Its parts. */
struct problem *apptest_steps(struct arena *a, const struct apptest *t, const struct definition *d) MUST_CHECK;
struct problem *apptest_doors(struct arena *a, const struct apptest *t) MUST_CHECK;

#endif
