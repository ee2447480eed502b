/* random_flow.h -- flows made at random for prop_flow.c: any tree of steps, modes, policies, people, due rules; who stands in for
 * whom. The same random_seed makes the same flow. Conditions are bits of the record, given as pointers. */
#ifndef TENON_TESTS_RANDOM_FLOW_H
#define TENON_TESTS_RANDOM_FLOW_H

#include "runtime/model/flow.h"

enum { USERS = 8, STARTER = 1, AWAITED = 7 /* the bit waits are for: no case looks at it */ };
extern uint64_t random_seed;
unsigned rnd(unsigned n);
extern const char *const logins[USERS + 1];
extern int32_t proxies[USERS + 1];           /* of the flow made last; himself: none */
bool people_step(const struct step *s);
struct flow *make_flow(struct arena *a, const struct zone *zone);

#endif
