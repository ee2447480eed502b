/* body.c -- the items of one node. A task is a step of kind handle. Several instances are one step
 * asked of several people (mode all or order) when the instances are people, copies of the step
 * when their number is written out. */
#include "runtime/bpmn/fold.h"

#include "runtime/base/json.h"
#include "runtime/bpmn/plain.h"

enum { COPIES_MAX = 50 };

static struct problem *refuse_loop(struct net *t, const struct bpmn_node *n, const char *text) {
	return PROBLEM(t->g->arena, INVALID, "bpmn_loop", "text", text ? text : "",
		       BPMN_PLACE(t->g->arena, n->xml));
}

static struct item *step_at(struct net *t, const struct bpmn_node *n, long at) {
	struct item *i = item_new(t, ITEM_STEP, n);
	i->at = at;
	i->label = n->name;
	return i;
}

/* How many of `count` must be done: nrOfCompletedInstances >= 4, a share of 0.6. */
static long needed(const struct enough *e, long count) {
	long n = e->count;
	if (e->share)
		n = e->more ? e->share * count / 10000 + 1 : (e->share * count + 9999) / 10000;
	return n < 1 ? 1 : n > count ? count : n;
}

static struct problem *counted(struct net *t, const struct bpmn_node *n,
			       const struct enough *enough, struct list *out) {
	long count = 0, wanted;
	if (enough && plain_inside(t->g->arena, n->loop.cardinality) &&
	    plain_variable(plain_inside(t->g->arena, n->loop.cardinality)))
		count = enough->count;
	else if (!plain_count(t->g->arena, n->loop.cardinality, &count) || count > COPIES_MAX)
		return refuse_loop(t, n, n->loop.cardinality);
	wanted = enough ? needed(enough, count) : count;
	if (n->loop.sequential || count <= 1) {
		for (long i = 0; i < (count ? wanted : 0); i++) list_add(out, step_at(t, n, i));
		return NULL;
	}
	struct item *p = item_new(t, ITEM_PARALLEL, n);
	p->arms = arena_array(t->g->arena, (size_t)count, sizeof *p->arms);
	p->arm_count = (size_t)count;
	p->wait = wanted == count ? 0 : wanted;
	for (long i = 0; i < count; i++) list_add(&p->arms[i].list, step_at(t, n, i));
	list_add(out, p);
	return NULL;
}

static const char *share_text(struct arena *a, long share) {
	return share % 100 ? arena_printf(a, "%ld.%02ld%%", share / 100, share % 100)
			   : arena_printf(a, "%ld%%", share / 100);
}

static struct problem *by_people(struct net *t, const struct bpmn_node *n,
				 const struct enough *enough, struct list *out) {
	struct arena *a = t->g->arena;
	struct item *i = step_at(t, n, -1);
	i->mode = n->loop.sequential ? "\"order\"" : "\"all\"";
	if (enough && n->loop.sequential) return refuse_loop(t, n, n->loop.completion);
	if (enough && enough->count == 1)
		i->mode = "\"any\"";
	else if (enough)
		i->mode = enough->share
				  ? arena_printf(
					    a, "{\"vote\":\"share %s %s\"}",
					    enough->more ? ">" : ">=", share_text(a, enough->share))
				  : arena_printf(a, "{\"vote\":\"count >= %ld\"}", enough->count);
	list_add(out, i);
	return NULL;
}

static void left_count(struct net *t, const struct bpmn_node *n, const char *text) {
	bpmn_hint(t->g, PROBLEM(t->g->arena, INVALID, "bpmn_left_count", "text", text,
				BPMN_PLACE(t->g->arena, n->xml)));
}

/* A number only known in a run: as many as the people then asked. */
static bool counts_later(struct net *t, const struct bpmn_node *n) {
	const char *inside = plain_inside(t->g->arena, n->loop.cardinality);
	if (!inside || !plain_variable(inside)) return false;
	left_count(t, n, n->loop.cardinality);
	return true;
}

static struct problem *many(struct net *t, const struct bpmn_node *n, struct list *out) {
	struct enough enough;
	bool ends = n->loop.completion && *n->loop.completion;
	if (ends && !plain_enough(t->g->arena, n->loop.completion, &enough))
		return refuse_loop(t, n, n->loop.completion);
	if (n->loop.collection) {
		if (!plain_people(t->g, n)) left_count(t, n, n->loop.collection);
		return by_people(t, n, ends ? &enough : NULL, out);
	}
	if (!n->loop.cardinality) return refuse_loop(t, n, "");
	bool later = counts_later(t, n), so_many = ends && n->loop.sequential && enough.count;
	if (later && !so_many) return by_people(t, n, ends ? &enough : NULL, out);
	return counted(t, n, ends ? &enough : NULL, out);
}

static bool is_block(const struct json *step) {
	static const char *const blocks[] = { "branch", "parallel", "goto", "join" };
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		if (json_is_string(json_get(step, "kind"), blocks[i])) return true;
	return false;
}

struct problem *body_of(struct net *t, const struct bpmn_node *n, struct list *out) {
	if (n->step) {
		struct item *i = step_at(t, n, -1);
		i->step = n->step;
		if (!is_block(n->step)) list_add(out, i);
		return NULL;
	}
	if (n->kind == NODE_TIMER) {
		struct item *i;
		TRY(wait_for(t, n, &i));
		i->label = n->name;
		list_add(out, i);
		return NULL;
	}
	if (n->kind != NODE_TASK) return NULL;
	if (n->loop.many) return many(t, n, out);
	list_add(out, step_at(t, n, -1));
	return NULL;
}
