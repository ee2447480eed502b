/* definition_view.h -- an app's definition as one person may see it: forms he may know of, fields he may read. */
#ifndef TENON_HOST_DEFINITION_VIEW_H
#define TENON_HOST_DEFINITION_VIEW_H

#include "runtime/model/permission.h"

/* {"app":{…},"forms":[…],"enums":[…],"flows":[…],…}; each form carries "rights" and its "system" fields, each field "right",
 * a computed one "deps" (what its formula reads), each transition "may". */
/* regions_apart: of the built-in regions only where they are read ("at"), once for all definitions. */
void definition_view(struct jw *w, const struct request *rq, bool regions_apart);
/* The same shape with one form alone, for who has a task of its records: as his roles know it; as who may read all of it if none does. */
void definition_of_form(struct jw *w, const struct request *rq, const struct form *form);

#endif
