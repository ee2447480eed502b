#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"
#include "runtime/bpmn/fold.h"

static struct problem *flow(struct bpmn *g, const struct bpmn_process *p,
			    const struct bpmn_options *options, struct jw *w) {
	struct net *t = arena_alloc(g->arena, sizeof *t);
	struct list root;
	*t = (struct net){ .g = g, .p = p, .options = options };
	TRY(net_build(t));
	TRY(net_cut_loops(t));
	TRY(net_fold(t, &root));
	TRY(tree_finish(t, &root));
	return tree_write(t, &root, w);
}

/* Written plainly first, then indented from the tree, as definitions are. */
static struct problem *indented(struct arena *a, struct sb *plain, struct sb *out) {
	const struct json *tree;
	if (plain->overflow)
		return PROBLEM(a, TOO_LARGE, "bpmn_too_large", "what", "JSON", "max",
			       arena_printf(a, "%zu", plain->ceiling), "line", "1");
	TRY(json_parse(a, sb_str(plain), &json_limits_definition, &tree));
	struct jw w = jw_on(out);
	jw_pretty(&w, tree, 0);
	sb_char(out, '\n');
	return NULL;
}

struct problem *bpmn_import(struct bpmn *g, const struct bpmn_options *options, struct sb *out) {
	struct sb plain = sb_on(g->arena, 4 << 20);
	struct jw w = jw_on(&plain);
	if (g->refusals.first) return g->refusals.first->problem;
	if (g->process_count > 1) jw_array(&w);
	for (size_t i = 0; i < g->process_count; i++) TRY(flow(g, g->processes[i], options, &w));
	if (g->process_count > 1) jw_end(&w);
	return indented(g->arena, &plain, out);
}
