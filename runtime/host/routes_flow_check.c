/* routes_flow_check.c -- what a flow would do, before it is published: the findings of its file as a
 * publish of the draft would give them. The body may bring the flow itself, as the designer has it
 * now. Errors of other files come along where they keep the app from loading. */
#include "runtime/host/draft.h"
#include "runtime/host/publish.h"
#include "runtime/host/router.h"

enum { FLOW_TEXT = 4 << 20 };

struct checking {
	const char *path;
	const struct json *changes; /* {path: text}, or NULL */
	struct draft draft;
	struct publication p;
};

/* {"definition": {...}}: its canonical text, so that lines are those of the file as exported. */
static struct problem *read_definition(struct call *c, struct checking *k) {
	struct arena *a = c->x->arena;
	const struct json *definition = json_get(c->body, "definition");
	if (!definition) return NULL;
	if (definition->kind != JSON_OBJECT)
		return PROBLEM(a, MALFORMED, "expect_object");
	struct sb text = sb_on(a, FLOW_TEXT), body = sb_on(a, FLOW_TEXT);
	struct jw pretty = jw_on(&text), w = jw_on(&body);
	jw_pretty(&pretty, definition, 0);
	jw_object(&w);
	jw_set_str(&w, k->path, sb_str(&text));
	jw_end(&w);
	if (text.overflow || body.overflow)
		return PROBLEM(a, TOO_LARGE, "too_large", "max", "4 MiB");
	return json_parse(a, sb_str(&body), &json_limits_definition, &k->changes);
}

static struct problem *read_bundle(struct call *c, struct tx *tx, struct checking *k) {
	struct arena *a = c->x->arena;
	const char *app = str_dup(a, c->args[0]);
	TRY(draft_open(c->server->store, tx, app, false, &k->draft));
	return draft_bundle(a, &k->draft, k->changes, &k->p.findings, &k->p.bundle);
}

/* Of this flow's file; where nothing could be loaded, every error. */
static struct findings of_flow(struct arena *a, const struct checking *k) {
	const struct findings *all = &k->p.findings;
	struct findings out = { .arena = a };
	out.items = arena_array(a, all->count + 1, sizeof *out.items);
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];
		bool stops = !k->p.app && f->severity == SEVERITY_ERROR;
		if (!strcmp(f->file, k->path) || stops) out.items[out.count++] = *f;
	}
	return out;
}

static struct problem *verify(struct call *c) {
	struct arena *a = c->x->arena;
	struct checking k = { .p = { .findings = { .arena = a } } };
	struct tx *tx;
	k.path = arena_printf(a, "flows/%s.json", str_dup(a, c->args[1]));
	if (!bundle_path_ok(str_of(k.path))) return PROBLEM(a, NOT_FOUND, "not_found");
	TRY(read_definition(c, &k));
	TRY(tx_read(c->server->store, a, &tx));
	TRY(tx_end(tx, read_bundle(c, tx, &k)));
	if (!k.p.findings.errors && !bundle_find(k.p.bundle, k.path))
		return PROBLEM(a, NOT_FOUND, "not_found");
	if (!k.p.findings.errors)
		TRY(publish_look(c->server->store, a, bundle_interpreted(a, k.p.bundle), false,
				 &k.p));
	struct findings told = of_flow(a, &k);
	struct jw w = call_answer(c);
	findings_json(&w, &told);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_flow_check[] = {
	{ HTTP_POST, "/api/{app}/flows/{flow}/verify", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_MAY_BODY, verify, "Findings of a flow as a publish of the draft would give them; definition: the flow as it is being edited", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
