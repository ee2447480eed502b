/* vector_run.h -- evaluates one case of a file of tests/vectors; native and in WebAssembly alike.
 * Malformed vectors stop the test. */
#ifndef TENON_TESTS_SUPPORT_VECTOR_RUN_H
#define TENON_TESTS_SUPPORT_VECTOR_RUN_H

#include "tests/support/vector_form.h"

struct vector_run {
	struct arena *arena;
	const struct json *defaults, *test; /* the file, the case */
	const struct zone *zone;
	struct expr_paths paths;
};
const struct json *vector_of(const struct vector_run *r,
			     const char *key); /* the case's own, else the file's */
struct problem *vector_eval(struct vector_run *r, struct type *type, struct value *v) MUST_CHECK;

#endif
