/* input.h -- the caller's values on their way into a record (input_json.c reads them, input_apply.c puts them in). */
#ifndef TENON_FORM_INPUT_H
#define TENON_FORM_INPUT_H

#include "engines/form/record_write.h"

/* May any caller set this field? Not system fields (but owner), computed ones, serials, read-only ones, nor state. */
bool input_may_set(const struct field *f);
struct problem *input_unknown(struct arena *a, struct str name, const char *pointer); /* a hidden field answers so, too */
struct problem *input_from_json_at(struct request *rq, const struct access *ac, const struct form *form, const struct json *body,
	const char *pointer, struct faults *f, struct input **out) MUST_CHECK;

#endif
