/* sample.h -- an application from JSON text in a store of its own, with people and records, for tests of reading.
 * Tables are made straight from the definitions, without plan and apply; problems end the test. */
#ifndef TESTS_SUPPORT_SAMPLE_H
#define TESTS_SUPPORT_SAMPLE_H

#include "runtime/model/loader.h"
#include "runtime/store/plan.h"
#include "runtime/store/read.h"
#include "runtime/store/search.h"

struct sample {
	struct arena *arena;
	struct store *store;
	struct app *app;
	struct directory *people;      /* after sample_people */
	int64_t last_code;
	bool shuffled;                 /* codes of enum values are not in definition order */
};
/* bundle: {"files": {path: object}}, or a folder. */
struct app *sample_app(struct sample *s, const char *bundle);
void sample_open(struct sample *s, struct arena *a, const char *bundle, bool shuffled);
void sample_open_in(struct sample *s, struct arena *a, const char *folder, const char *bundle, bool shuffled);
void sample_close(struct sample *s);
/* A script over sys_user, sys_dept, sys_user_role; then the directory is loaded. */
void sample_people(struct sample *s, const char *sql);
/* Wire JSON, system fields owner and dept included; null values of what is not given. */
struct record *sample_record(struct sample *s, struct arena *a, const struct form *form, int64_t id, const char *json);
void sample_insert(struct sample *s, const struct form *form, int64_t id, const char *json);
void sample_update(struct sample *s, const struct form *form, int64_t id, const char *json);
void sample_delete(struct sample *s, const struct form *form, int64_t id);
const struct form *sample_form(const struct sample *s, const char *name);
/* A request of that login (NULL: the system) in an arena of its own; sample_end frees it. */
struct request *sample_request(struct sample *s, const char *login);
void sample_end(struct request *rq);
/* The answer of a list as JSON, or "status code" when it is refused. */
const char *sample_list(struct sample *s, struct request *rq, const char *form, const struct query_text *text);

#endif
