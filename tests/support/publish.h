/* publish.h -- publishing small apps in tests: bundles as JSON text in which ' stands for ". Problems end the test unless a
 * function says otherwise. */
#ifndef TESTS_SUPPORT_PUBLISH_H
#define TESTS_SUPPORT_PUBLISH_H

#include "runtime/store/plan.h"
#include "tests/support/temp_store.h"

struct bundle *bundle_of(struct arena *a, const char *files);                     /* the members of "files" */
struct bundle *bundle_of_folder(struct arena *a, const char *folder);
const char *quotes(struct arena *a, const char *text);                            /* ' to " */
struct problem *try_publish(struct store *s, struct arena *a, const struct bundle *b, const char *allow, struct plan **plan) MUST_CHECK;
struct plan *publish(struct store *s, struct arena *a, const char *files, const char *allow); /* allow: one code or NULL */
struct plan *plan_of(struct store *s, struct arena *a, const char *files);        /* plan_make */
const struct plan_step *plan_find(const struct plan *p, const char *code, const char *form, const char *field); /* NULL: no such step */
const char *plan_words(struct arena *a, const struct plan *p);                    /* plan_text in English, hashes blanked */
char *temp_store_text(struct store *s, struct arena *a, const char *sql);         /* first cell, NULL when null */
struct problem *try_sql(struct store *s, const char *sql) MUST_CHECK;             /* one statement as an interactive member */
void run_sql(struct store *s, const char *sql);

#endif
