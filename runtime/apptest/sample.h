/* sample.h -- values made from the definitions: the n-th sound value of a field, and values that break one of its rules.
 * What cannot be derived is said so, never guessed: the matrix tells it as not covered. Threads: one. */
#ifndef TENON_APPTEST_SAMPLE_H
#define TENON_APPTEST_SAMPLE_H

#include "runtime/base/json.h"
#include "runtime/model/form.h"

/* What refers to something outside the field: ids of records by form, people. */
struct sample_context {
	const char *user, *dept;           /* a login and a department that exist */
	int64_t (*record)(void *arg, const struct field *link); /* id of a record it may point at, 0: there is none yet */
	void *arg;
};
/* JSON of the n-th value (n counts from 0; different n give different values as long as the type has so many); false: the
 * type or its pattern gives none. */
bool sample_value(struct jw *w, const struct sample_context *c, const struct field *f, unsigned n);

/* One broken rule of a field: what it is called, JSON. */
struct sample_fault { const char *rule, *json; };
enum { SAMPLE_FAULTS_MAX = 8 };
size_t sample_faults(struct arena *a, const struct field *f, struct sample_fault *out);

#endif
