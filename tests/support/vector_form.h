/* vector_form.h -- the forms and wire values of tests/vectors/README.md as expr sees them.
 * Malformed vectors stop the test. */
#ifndef TENON_TESTS_SUPPORT_VECTOR_FORM_H
#define TENON_TESTS_SUPPORT_VECTOR_FORM_H

#include "runtime/base/json.h"
#include "runtime/expr/expr.h"

struct vector_field {
	struct str name;
	struct type type;
	const struct json *values;
	const struct vector_form *target;
};
struct vector_form {
	struct vector_field *fields;
	size_t n;
};
extern const struct expr_catalogue vector_catalogue;
const struct vector_form *vector_form(struct arena *a,
				      const struct json *fields); /* NULL gives NULL */
void vector_forget(void); /* before every file: named forms are a file's own */
struct type vector_type(struct arena *a, const struct json *type, struct vector_field *field);
struct value vector_value(struct arena *a, struct type type, const struct json *wire,
			  const struct zone *zone);
/* The value at the end of a path of vector_fields, from a record of the first one's form. */
struct value vector_path(struct arena *a, const struct json *record, const void *const *fields,
			 size_t n, const struct zone *zone);
void vector_write(struct jw *w, struct type type, const struct value *v); /* as on the wire */

#endif
