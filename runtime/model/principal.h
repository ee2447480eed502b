/* principal.h -- whom a text names: "user:li", "dept:east" (who is in it or in one below it), "role:sales".
 * Shape:     as in who of views and transitions, the rules of a step, collaborators, ?as=. Collaborators are stored by id: "user:12".
 * Ownership: the name borrows from the text. */
#ifndef TENON_MODEL_PRINCIPAL_H
#define TENON_MODEL_PRINCIPAL_H

#include "runtime/base/str.h"

enum principal_kind { PRINCIPAL_NONE, PRINCIPAL_USER, PRINCIPAL_DEPT, PRINCIPAL_ROLE, PRINCIPAL_KINDS };
struct principal { enum principal_kind kind; struct str name; };
/* NONE, with the whole text, when it is none of these. */
struct principal principal_of(struct str text);

#endif
