#include "runtime/apptest/apptest.h"

static bool wanted(const struct apptest *t, const char *name) {
	return !t->only || !strcmp(t->only, name);
}

struct problem *apptest_run(struct arena *a, const struct apptest *t) {
	for (size_t i = 0; i < t->app->definition_count; i++) {
		const struct definition *d = t->app->definitions[i];
		if (strcmp(d->kind, "test") != 0 || !wanted(t, d->name)) continue;
		TRY(apptest_steps(a, t, d));
	}
	return wanted(t, "doors") ? apptest_doors(a, t) : NULL;
}
