/* people.h -- raising the epoch of people and rights. people_take (the directory as of a snapshot) is declared in apps.h. */
#ifndef TENON_STORE_PEOPLE_H
#define TENON_STORE_PEOPLE_H

#include "runtime/store/apps.h"

/* On the writer, in the transaction that changes users, departments, roles or published rights: every reader of a later
 * snapshot loads people again, every write prepared before it is prepared once more. */
struct problem *people_changed(struct tx *tx) MUST_CHECK;

#endif
