/* role_copies.h -- what the definitions of an app carry to people of one role although the role alone does not give it: for
 * judging whether somebody who writes definitions would show himself more (host/app_admin.c). Stricter than VR16, which warns
 * whoever may decide it.
 * Invariants:
 *  1. A form the role does not read gives nothing; of another form only what a grant over all its records gives plainly.
 *  2. Under each grant by itself: what one grant shows on its records, another must not carry to others.
 *  3. Formulas, frozen lookups, defaults, fills, rollups, serial numbers, what linkage sets and when, everything a button reads; of
 *     flows what they write, whether they begin, which way they go, whom they ask, what they wait for and the words they stop with.
 *     Who owns a record (and its department) counts as such a value where the role's reach hangs on it.
 * Ownership: the arena given; borrows the app. */
#ifndef TENON_MODEL_ROLE_COPIES_H
#define TENON_MODEL_ROLE_COPIES_H

#include "runtime/model/app.h"

/* made: the definition of the value, as written. */
struct role_copy { const struct field *to, *from; const struct json *made; };
struct role_copies { struct arena *arena; struct role_copy *items; size_t n, room; };

void role_copies_of(const struct app *app, const struct role *role, struct role_copies *out);
/* Is there the same one, by ids and by how it is made? */
bool role_copies_have(const struct role_copies *all, const struct role_copy *c);

#endif
