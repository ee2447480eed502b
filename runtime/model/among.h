/* among.h -- whom a field of people lets one choose ("among" of user and dept fields, F21): "dept:x" (in it or in one below
 * it), "role:x" of the field's app, "user:x", "my_dept" (in a department of whoever asks, or in one below it). */
#ifndef TENON_MODEL_AMONG_H
#define TENON_MODEL_AMONG_H

#include "runtime/model/form.h"
#include "runtime/model/request.h"

#define AMONG_MY_DEPT "my_dept"
/* Does this word say anything of such a field? A department is in no role. */
bool among_word(const struct field *f, struct str word);
/* May the actor choose this person or department (whether there is one is another's question)? Always where nothing limits it;
 * "my_dept" does not limit the system, which is in none. */
bool among_admits(const struct request *rq, const struct field *f, struct str name);

#endif
