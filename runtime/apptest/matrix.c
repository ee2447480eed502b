#include "runtime/apptest/apptest.h"
struct problem *apptest_doors(struct arena *a, const struct apptest *t) {
	(void)a;
	(void)t;
	return NULL;
}
