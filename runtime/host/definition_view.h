/* definition_view.h -- an app's definition as one person may see it: forms he may know of, fields he may read. */
#ifndef TENON_HOST_DEFINITION_VIEW_H
#define TENON_HOST_DEFINITION_VIEW_H

#include "runtime/model/permission.h"

/* {"app":{…},"forms":[…],"enums":[…],"flows":[…],…}; each form carries "rights", each field "right". */
void definition_view(struct jw *w, const struct request *rq);

#endif
