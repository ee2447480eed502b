/* importing.h -- an import of a text over a sample application, told as text. */
#ifndef TESTS_SUPPORT_IMPORTING_H
#define TESTS_SUPPORT_IMPORTING_H

#include "engines/form/import.h"
#include "tests/support/sample.h"

struct imported {
	const char *counts;  /* read/created/updated/skipped/failed: "3/2/0/0/1" */
	const char *problem; /* "" or "400 import_by field=name by=price" */
	const char *errors;  /* the error file, without its byte order mark */
	struct import_result result;
};
/* o: mode, key, dry_run, all_or_nothing and progress; map: JSON in which ' stands for ", or NULL.
 */
struct imported importing(struct sample *s, const char *login, const char *form, struct str file,
			  const char *map, struct import_options o);
/* The records a filter finds as "value|value;" a record, in order of id. */
const char *listed(struct sample *s, const char *form, const char *filter, const char *fields);

#endif
