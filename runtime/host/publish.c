#include "runtime/host/publish.h"
#include "runtime/store/flow_versions.h"
#include "runtime/store/registry.h"

static void release_directory(void *directory) { directory_release(directory); }

const char *bundle_app(struct arena *a, const struct bundle *b) {
	for (size_t i = 0; i < b->n; i++)
		if (!strcmp(b->files[i].path, "app.json"))
			return str_dup(a, json_str(json_get(b->files[i].json, "app")));
	return "";
}

static struct problem *load(struct store *s, struct tx *tx, struct arena *a,
			    struct publication *p) {
	struct registry *registry;
	struct problem *problem = NULL;
	TRY(registry_load(tx, a, bundle_app(a, p->bundle), &registry));
	struct id_memory memory =
		p->past ? registry_memory_past(registry) : registry_memory(registry);
	TRY(app_load(p->bundle, &memory, &p->findings, &p->app));
	if (!p->app) return NULL;
	app_keep(a, p->app);
	struct directory *people = people_take(s, tx, &problem);
	if (problem) return problem;
	arena_defer(a, release_directory, people);
	app_verify(p->app, people, &p->findings);
	TRY(flow_versions_verify(tx, p->app, &p->findings));
	if (p->findings.errors) p->app = NULL;
	return NULL;
}

struct problem *publish_look(struct store *s, struct arena *a, struct bundle *bundle, bool plan,
			     struct publication *out) {
	struct tx *tx;
	out->bundle = bundle;
	out->findings.arena = a;
	TRY(tx_read(s, a, &tx));
	tx_patient(tx);
	TRY(tx_end(tx, load(s, tx, a, out)));
	return out->app && plan ? plan_make(s, a, out->app, &out->plan) : NULL;
}

struct problem *publish_folder(struct store *s, struct arena *a, const char *folder, bool plan,
			       struct publication *out) {
	*out = (struct publication){ .findings = { .arena = a } };
	TRY(bundle_read_folder(a, folder, &out->findings, &out->bundle));
	if (!out->bundle || out->findings.errors) return NULL;
	return publish_look(s, a, out->bundle, plan, out);
}
