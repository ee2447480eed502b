/* hand_over_internal.h -- shared by the files hand_over*.c only. */
#ifndef TENON_FORM_HAND_OVER_INTERNAL_H
#define TENON_FORM_HAND_OVER_INTERNAL_H

#include "engines/form/hand_over.h"
#include "runtime/store/apps.h"
#include "runtime/store/record_sql.h"

/* Every form of every app that holds records of its own; the apps are kept as long as the arena. key: "crm/lead". */
struct hand_form { const char *key; const struct form *form; };
struct hand_forms { struct hand_form *items; size_t n; };
void hand_forms_of(struct arena *a, struct store *s, struct hand_forms *out);
/* Who gets the records of a form. */
const struct user *hand_over_to(const struct request *rq, const struct hand_over *h, const char *key);

#endif
