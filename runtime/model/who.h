/* who.h -- who-rules that the directory alone answers: user, role, department, starter, superiors. The engine asks and the verifier
 * foretells by the same function. Visits everybody the rule names, those who have left too. Threads: any. */
#ifndef TENON_MODEL_WHO_H
#define TENON_MODEL_WHO_H

#include "runtime/model/directory.h"
#include "runtime/model/flow.h"

struct who_scope { const struct directory *people; const char *app; const struct user *starter; /* may be NULL */ };
/* false: the rule needs a record, a choice or a query. */
bool who_from_directory(const struct who_scope *scope, const struct who *who, void (*visit)(void *context, const struct user *u), void *context);

#endif
