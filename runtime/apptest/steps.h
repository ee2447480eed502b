/* steps.h -- what carrying out one tests/NAME.json keeps between its files: steps.c goes through the steps, step_verbs.c asks,
 * step_expect.c judges. Private to runtime/apptest. */
#ifndef TENON_APPTEST_STEPS_H
#define TENON_APPTEST_STEPS_H

#include "runtime/apptest/apptest.h"
#include "runtime/apptest/door.h"

enum { STEP_TEXT_MAX = 4 << 20, KEPT_MAX = 200, USERS_MAX = 64 };

struct kept { const char *name, *form; int64_t id; const struct json *json; /* as last answered */ };
struct running {
	struct arena *arena;               /* one test's */
	const struct apptest *t;
	const struct definition *d;
	struct door *door;
	const char *as;
	struct { const char *login, *token; } users[USERS_MAX];
	size_t user_count;
	struct kept kept[KEPT_MAX];
	size_t kept_count;
	int64_t now_us;                    /* where the clock stands; 0: it runs */

	/* The step at hand. */
	const struct json *step;
	struct ask ask;
	struct kept *record;               /* the one it is about, or NULL */
	const char *form;                  /* its form's name, or NULL */
	struct answer answer;
	struct str refused;                /* import: the file of refused rows */
	bool failed;
};
/* step_verbs.c: asks, or does what needs no answer. */
struct problem *step_do(struct running *r) MUST_CHECK;
struct kept *step_kept(struct running *r, struct str text); /* "$l1" or "$l1/…"; NULL: none of that name */
struct problem *step_read(struct running *r, const struct kept *k, struct answer *out) MUST_CHECK; /* as the operator sees it */
struct problem *step_time(struct running *r, struct str text) MUST_CHECK; /* RFC 3339 with an offset, into now_us */
/* A tree with "$l1" and "$l1/lines/0/id" put in. */
void step_write(struct running *r, struct jw *w, const struct json *j);
bool step_changes(const struct running *r);                 /* it would change the record at hand */
/* step_expect.c */
void step_judge(struct running *r);
void step_fail(struct running *r, const char *expected, struct str came);

#endif
