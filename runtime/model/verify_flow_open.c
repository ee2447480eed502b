/* verify_flow_open.c -- F701: runs stay on the text they were started with; what of it a publish
 * takes away is told, as warnings, before. Places are those of that text. */
#include "runtime/model/verify_flow.h"

static void tell_runs(const struct definition *d, const struct flow_text *text, bool usable,
		      struct findings *f) {
	const char *version = arena_printf(f->arena, "%lld", (long long)text->version),
		   *runs = arena_printf(f->arena, "%lld", (long long)text->runs);
	FIND(f, spot_at(d, d->json), WARNING, "F701", usable ? "f701_open" : "f701_stuck",
	     "fix_f701", "flow", text->id, "version", version, "runs", runs);
}

void flow_verify_open(const struct app *next, const struct flow_text *text, struct findings *f) {
	struct arena *a = f->arena;
	struct findings own = { .arena = a };
	struct definition *d = arena_alloc(a, sizeof *d);
	*d = (struct definition){ .kind = "flow",
				  .name = text->id,
				  .id = text->id,
				  .file = arena_printf(a, "flows/%s.json (%lld)", text->id,
						       (long long)text->version),
				  .json = text->json };
	const struct flow *flow = flow_compile(a, next, d, &own);
	if (flow && !own.errors) return;
	tell_runs(d, text, flow != NULL, f);
	for (size_t i = 0; i < own.count; i++) {
		const struct finding *one = &own.items[i];
		struct spot at = spot_at(d, json_at(d->json, one->pointer));
		if (at.at && one->severity == SEVERITY_ERROR)
			finding_params(f, at, SEVERITY_WARNING, one->code, one->text, one->remedy,
				       one->params, one->param_count);
	}
}
