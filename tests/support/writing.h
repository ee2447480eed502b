/* writing.h -- writes over a sample application, told as text, and the whole stored state to compare before and after. */
#ifndef TESTS_SUPPORT_WRITING_H
#define TESTS_SUPPORT_WRITING_H

#include "engines/form/record_write.h"
#include "tests/support/sample.h"

struct wrote {
	bool ok;
	int64_t id;
	const char *problem;   /* "" or "422 invalid; /lines/0/qty required" */
	const char *record;    /* as answered, JSON; "null" after a delete */
};
/* The app tests/fixtures/apps/sales with people: boss (role boss), ann and bob of dept east (seller), cal of west (seller), root (admin). */
void writing_open(struct sample *s, struct arena *a);
struct wrote writing_do(struct sample *s, const char *login, struct write w, const char *body);
struct wrote create(struct sample *s, const char *login, const char *form, const char *body);
struct wrote update(struct sample *s, const char *login, const char *form, int64_t id, int64_t if_match, const char *body);
struct wrote delete(struct sample *s, const char *login, const char *form, int64_t id);
struct wrote restore(struct sample *s, const char *login, const char *form, int64_t id);
/* A value of the answered record as text: part(w, "/lines/0/net"). "" when there is no such place. */
const char *part(struct sample *s, const struct wrote *w, const char *pointer);
const char *problem_told(struct arena *a, const struct problem *p);
/* The record as it is stored now, JSON; "" when there is none. */
const char *stored(struct sample *s, const char *form, int64_t id);
/* Every row of every table but what counts ids: equal texts are equal states. Read on a connection of its own. */
const char *whole_state(struct sample *s);

#endif
