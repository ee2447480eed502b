/* find.h -- the record that has these values in these fields, by the one read path (import keys, seed references).
 * Rights: the request's actor. *id 0: none; -1: more than one. */
#ifndef TENON_FORM_FIND_H
#define TENON_FORM_FIND_H

#include "runtime/store/read.h"

struct problem *record_find(struct request *rq, struct tx *tx, const struct form *form, const struct field *const *fields,
	const struct value *values, size_t n, int64_t *id) MUST_CHECK;

#endif
