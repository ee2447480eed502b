/* fuzz_bpmn.c -- any bytes as a diagram: refused with a code that has its text, or read; what is
 * read plays to an end or is stopped, and what becomes a flow goes out and comes back the same. */
#include <stdint.h>
#include <stdlib.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20 };

static bool told(struct arena *a, const struct problem *p) {
	if (!p) return false;
	if (!catalogue_find(p->code)) abort();
	for (int l = 0; l < LANGUAGES; l++) problem_text(a, (enum language)l, p);
	return true;
}

static const struct json *read_flow(struct arena *a, struct str xml) {
	const struct bpmn_options options = { "record" };
	const struct json *flow;
	struct bpmn *g;
	struct sb out = sb_on(a, OUT_MAX);
	if (told(a, bpmn_read(a, xml, &g)) || told(a, bpmn_import(g, &options, &out))) return NULL;
	for (const struct bpmn_refusal *h = g->hints.first; h; h = h->next) told(a, h->problem);
	if (json_parse(a, sb_str(&out), &json_limits_definition, &flow)) abort();
	return flow;
}

static struct str written(struct arena *a, const struct json *flow) {
	struct sb out = sb_on(a, OUT_MAX);
	return told(a, bpmn_export(a, flow, &out)) ? (struct str){ 0 } : sb_str(&out);
}

static void round_trip(struct arena *a, const struct json *flow) {
	struct str first = written(a, flow);
	const struct json *again = first.n ? read_flow(a, first) : NULL;
	if (!again) return;
	struct str second = written(a, again);
	const struct json *third = read_flow(a, second);
	if (!third || !str_eq(written(a, third), second)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena *a = arena_new(0);
	struct bpmn *g;
	struct str xml = { (const char *)data, size };
	struct sb line = sb_on(a, OUT_MAX);
	if (!told(a, bpmn_read(a, xml, &g))) told(a, bpmn_run(g, "fuzz", &line));
	const struct json *flow = read_flow(a, xml);
	if (flow && flow->kind == JSON_OBJECT) round_trip(a, flow);
	arena_free(a);
	return 0;
}
