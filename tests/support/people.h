/* people.h -- a store with the admin and a few people, and what tests of accounts ask of it. Problems end the test. */
#ifndef TESTS_SUPPORT_PEOPLE_H
#define TESTS_SUPPORT_PEOPLE_H

#include "runtime/store/accounts.h"
#include "tests/support/temp_store.h"

struct people {
	struct arena *arena;
	struct store *store;
	struct request operator, admin; /* asking: the machine's operator; the user admin */
	const char *warnings;           /* of the last change: "/roles/crm/0 unknown_app; " */
};
extern const char people_file[];        /* an import with departments hq, sales, east and users li, wang, zhang */
int people_setup(void **state);         /* admin / "first-password" */
int people_teardown(void **state);
void people_restart(struct people *f);  /* the store is closed and opened again */
/* "" or "422 invalid; /dept unknown_dept". json: ' stands for ". */
const char *people_do(struct people *f, const struct request *rq, enum people_what what, enum people_mode mode, const char *name,
	const char *json);
const char *people_import(struct people *f, const char *json);
const struct json *people_json(struct people *f, const char *json);
/* Everything a change of people may touch, as text; equal texts are equal states. */
const char *people_state(struct people *f);
int64_t people_number(struct people *f, const char *sql);
char *people_cell(struct people *f, const char *sql);
void people_sql(struct people *f, const char *sql); /* past the second wall, to set up what time would bring */

#endif
