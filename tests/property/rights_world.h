/* rights_world.h -- a random world: roles with grants, people in departments, accounts, deals, who collaborates on what. In the
 * store, and in memory for who reads it naively (naive_rights.h). */
#ifndef TENON_TESTS_RIGHTS_WORLD_H
#define TENON_TESTS_RIGHTS_WORLD_H

#include "tests/support/sample.h"

enum { USERS = 8, ACCOUNTS = 12, DEALS = 40, SHARED = 14, TEXT_MAX = 4096 };

/* P06: who works on a record besides its owner. days: from today on; who: 0 a user, 1 a department,
 * 2 a role. */
struct shared {
	const struct form *form;
	int64_t record;
	unsigned who, id;
	bool ends;
	int days;
};

struct world {
	struct shared shared[SHARED];
	struct sample sample;
	const struct form *account, *deal;
	struct record *accounts[ACCOUNTS], *deals[DEALS];
};

unsigned rnd(unsigned n); /* below n; the same row of numbers in each run */
const char *one_of(const char *const *list, size_t n);
#define ONE_OF(list) one_of((list), ARRAY_LEN(list))
void world_open(struct world *w, struct arena *a); /* closed by sample_close */

#endif
