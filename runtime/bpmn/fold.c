/* fold.c -- reductions of the net, as long as one applies:
 *   series  a join with one way in and one way out disappears; the lists are put together.
 *   block   all ways out of a split lead to one join: they become one item on one edge.
 *   melt    a join without items before a join of its own kind (or the end) is part of that one.
 *   group   some ways out of a split lead to one join: these become one.
 *   copy    nothing else applies and only single tokens can come to a join: what follows it is
 * copied to each way in. What is left when none applies does not nest, and is refused by its first
 * node. Kinds that do not fit (a parallel split that meets in an exclusive join doubles what
 * follows, an exclusive one that meets in a parallel join waits for ever) are refused at once. */
#include "runtime/bpmn/fold.h"

#include "runtime/base/json.h"

enum {
	COPIES_MAX = 300,
	LOOKS_MAX = 5000000
}; /* bound the size of the flow and the time it takes */

static bool noted_block(const struct join *j) {
	return j->split && j->node && j->node->step && !j->folded &&
	       (j->node->kind == NODE_XOR || j->node->kind == NODE_OR ||
		j->node->kind == NODE_AND) &&
	       !json_is_string(json_get(j->node->step, "kind"), "join");
}

/* The join our own export drew for a block: it says where the block ends, even when one way alone
 * comes to it. */
static bool noted_join(const struct join *j) {
	return j && !j->split && j->node && j->node->step && !j->folded &&
	       json_is_string(json_get(j->node->step, "kind"), "join");
}

/* ---- series ---- */

static bool series(struct net *t, struct join *j) {
	if (j == t->entry || j == t->sink || j->in_count != 1 || j->out_count != 1) return false;
	if (noted_block(j) || (t->strict && noted_join(j))) return false;
	struct edge *in = j->in, *out = j->out;
	struct join *to = out->to;
	list_join(&in->list, out->list);
	edge_drop(out);
	edge_lead(in, to);
	return true;
}

/* ---- block ---- */

static struct problem *at_node(struct net *t, const char *code, const struct bpmn_node *n) {
	const struct xml *e = n ? n->xml : t->p->xml;
	if (!strcmp(code, "bpmn_multi_merge"))
		return PROBLEM(t->g->arena, INVALID, "bpmn_multi_merge",
			       BPMN_PLACE(t->g->arena, e));
	if (!strcmp(code, "bpmn_deadlock"))
		return PROBLEM(t->g->arena, INVALID, "bpmn_deadlock", BPMN_PLACE(t->g->arena, e));
	return PROBLEM(t->g->arena, INVALID, "bpmn_nest", BPMN_PLACE(t->g->arena, e));
}

static struct problem *fits(struct net *t, const struct join *split, const struct join *join) {
	static const char *const words[3][4] = {
		[JOIN_XOR] = { NULL, "bpmn_deadlock", NULL, NULL },
		[JOIN_AND] = { "bpmn_multi_merge", NULL, NULL, NULL },
		[JOIN_OR] = { "bpmn_multi_merge", "bpmn_deadlock", NULL, NULL },
	};
	const char *code = words[split->kind][join->kind];
	return code ? at_node(t, code, join->node) : NULL;
}

static struct item *block_item(struct net *t, const struct join *s) {
	struct item *i = item_new(t, s->kind == JOIN_AND ? ITEM_PARALLEL : ITEM_BRANCH, s->node);
	i->all = s->kind == JOIN_OR;
	i->arms = arena_array(t->g->arena, s->out_count, sizeof *i->arms);
	if (noted_block(s)) i->step = s->node->step;
	if (!i->step && s->node && s->node->kind != NODE_TASK) i->label = s->node->name;
	return i;
}

static void put_arm(struct item *i, struct edge *e) {
	if (e->derived && !e->list.first) return;
	i->arms[i->arm_count++] = (struct arm){ .list = e->list,
						.when = e->when,
						.otherwise = e->otherwise,
						.name = e->name,
						.note = e->note };
}

/* The one join all ways lead to; those that end in a goto lead nowhere and fit anywhere. */
static bool common(const struct join *s, struct join **to, bool *jumps) {
	*to = NULL;
	*jumps = false;
	for (const struct edge *e = s->out; e; e = e->next_out) {
		if (!e->to)
			*jumps = true;
		else if (*to && *to != e->to)
			return false;
		else
			*to = e->to;
	}
	return true;
}

static size_t open_ways(const struct join *s) {
	size_t n = 0;
	for (const struct edge *e = s->out; e; e = e->next_out) n += e->to != NULL;
	return n;
}

static struct problem *block(struct net *t, struct join *s, bool *done) {
	struct join *to;
	bool jumps;
	if (!s->split || s->out_count < (noted_block(s) ? 1 : 2) || !common(s, &to, &jumps))
		return NULL;
	if (t->strict && noted_block(s) && to && !noted_join(to)) return NULL;
	if (jumps && s->kind != JOIN_XOR) return at_node(t, "bpmn_nest", s->node);
	if (open_ways(s) > 1) TRY(fits(t, s, to));
	struct item *i = block_item(t, s);
	for (struct edge *e = s->out; e; e = e->next_out) put_arm(i, e);
	struct edge *kept = s->out;
	while (kept->next_out) edge_drop(kept->next_out);
	kept->list = (struct list){ 0 };
	list_add(&kept->list, i);
	kept->when = NULL;
	kept->otherwise = kept->derived = false;
	edge_lead(kept, to);
	if (noted_join(to)) to->folded = true;
	s->folded = *done = true;
	return NULL;
}

/* ---- melt ---- */

static bool melt(struct net *t, struct join *j) {
	struct edge *out = j->out;
	if (j == t->entry || j == t->sink || j->split || j->out_count != 1 || j->in_count < 2)
		return false;
	if (t->strict && noted_join(j)) return false;
	if (out->list.first || !out->to || j->kind == JOIN_OR) return false;
	/* The end takes single tokens as they come; what a parallel join waits for, it must still
	 * wait for. */
	bool same = out->to->kind == j->kind && !out->to->split;
	if (!same && (out->to != t->sink || j->kind != JOIN_XOR)) return false;
	struct join *to = out->to;
	edge_drop(out);
	while (j->in) edge_lead(j->in, to);
	return true;
}

/* Between the join and the split of one node lies nothing: what comes to the split is what left the
 * join. */
static bool melt_forks(struct net *t, struct join *j) {
	struct edge *in = j->in;
	if (j == t->sink || !j->split || j->kind != JOIN_AND || j->in_count != 1 ||
	    j->out_count < 2)
		return false;
	if (in->list.first || !in->from->split || in->from->kind != JOIN_AND ||
	    in->from == t->entry || noted_block(j) || noted_block(in->from))
		return false;
	struct join *from = in->from;
	edge_drop(in);
	for (struct edge *e; (e = j->out);) {
		struct join *to = e->to;
		struct edge *moved = edge_new(t, from, to, e->flow);
		moved->list = e->list;
		moved->name = e->name;
		edge_drop(e);
	}
	return true;
}

/* ---- group ---- */

static struct edge *partner(const struct edge *e, bool near) {
	for (struct edge *o = e->next_out; o; o = near ? NULL : o->next_out)
		if (o->to && o->to == e->to) return o;
	return NULL;
}

static bool group(struct net *t, struct join *s) {
	if (!s->split || s->out_count < 3 || noted_block(s) || s->kind == JOIN_OR) return false;
	for (struct edge *e = s->out; e; e = e->next_out) {
		struct edge *o = e->to ? partner(e, s->kind == JOIN_XOR) : NULL;
		if (!o || (s->kind == JOIN_AND && e->to->kind == JOIN_XOR)) continue;
		if (s->kind == JOIN_XOR && e->to->kind == JOIN_AND) continue;
		struct item *i = block_item(t, s);
		put_arm(i, e);
		put_arm(i, o);
		if (s->kind == JOIN_XOR && !o->otherwise) {
			e->when = arena_printf(t->g->arena, "(%s) or (%s)", e->when, o->when);
			i->arms[1].otherwise = true;
			i->arms[1].when = NULL;
		}
		e->otherwise = o->otherwise;
		if (e->otherwise) e->when = NULL;
		e->order = o->order;
		e->list = (struct list){ 0 };
		list_add(&e->list, i);
		edge_drop(o);
		return true;
	}
	return false;
}

/* ---- copy ---- */

static size_t weight(const struct list *l) {
	size_t n = 0;
	for (const struct item *i = l->first; i; i = i->next) {
		if (i->kind == ITEM_LABEL || n > COPIES_MAX) return SIZE_MAX / 2;
		n++;
		for (size_t k = 0; k < i->arm_count && n <= COPIES_MAX; k++)
			n += weight(&i->arms[k].list);
	}
	return n;
}

static struct list copy_list(struct net *t, const struct list *l) {
	struct list out = { 0 };
	for (const struct item *i = l->first; i; i = i->next) {
		struct item *c = item_new(t, i->kind, i->node);
		*c = *i;
		c->next = NULL;
		c->arms = arena_array(t->g->arena, i->arm_count, sizeof *c->arms);
		for (size_t k = 0; k < i->arm_count; k++) {
			c->arms[k] = i->arms[k];
			c->arms[k].list = copy_list(t, &i->arms[k].list);
		}
		list_add(&out, c);
	}
	return out;
}

/* No parallel or inclusive split is left on any way to it: one token at most comes here. */
static bool single(struct net *t, const struct join *j) {
	struct arena_mark mark = arena_mark(t->g->arena);
	struct join **stack = arena_array(t->g->arena, t->n, sizeof(struct join *));
	bool one = true;
	size_t depth = 0;
	for (size_t i = 0; i < t->n; i++) t->joins[i].mark = 0;
	for (const struct edge *e = j->in; e; e = e->next_in)
		if (!e->from->mark++) stack[depth++] = e->from;
	while (depth && one) {
		const struct join *at = stack[--depth];
		t->looked++;
		one = !at->split || at->out_count < 2 || at->kind == JOIN_XOR;
		for (const struct edge *e = at->in; e; e = e->next_in)
			if (!e->from->mark++) stack[depth++] = e->from;
	}
	arena_reset(t->g->arena, mark);
	return one;
}

static bool copy(struct net *t, struct join *j) {
	if (j == t->sink || j->split || j->kind != JOIN_XOR || j->in_count < 2 || j->out_count != 1)
		return false;
	struct edge *out = j->out;
	/* A parallel join would wait for each copy, and only one comes. */
	if (out->to && (out->to->split || out->to->kind == JOIN_AND)) return false;
	size_t cost = weight(&out->list) * (j->in_count - 1);
	if (t->copied + cost > COPIES_MAX || t->looked > LOOKS_MAX || !single(t, j)) return false;
	struct join *to = out->to;
	struct list tail = out->list;
	t->copied += cost;
	edge_drop(out);
	while (j->in) {
		struct edge *e = j->in;
		struct list again = copy_list(t, &tail);
		list_join(&e->list, again);
		edge_lead(e, to);
	}
	return true;
}

/* ---- all ---- */

static struct problem *round_of(struct net *t, bool *changed) {
	*changed = false;
	for (size_t i = 0; i < t->n; i++) {
		struct join *j = &t->joins[i];
		if (!j->out_count && !j->in_count) continue;
		if (series(t, j) || melt(t, j) || melt_forks(t, j)) *changed = true;
	}
	for (size_t i = 0; i < t->n && !*changed; i++) TRY(block(t, &t->joins[i], changed));
	for (size_t i = 0; i < t->n && !*changed; i++)
		if (group(t, &t->joins[i])) *changed = true;
	for (size_t i = 0; i < t->n && !*changed && !t->strict; i++)
		if (copy(t, &t->joins[i])) *changed = true;
	/* What another program has moved about no longer ends where we drew it. */
	if (!*changed && t->strict) {
		t->strict = false;
		*changed = true;
	}
	return NULL;
}

static struct problem *left_over(struct net *t) {
	const struct bpmn_node *first = NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct join *j = &t->joins[i];
		bool knot = (j->split && j->out_count > 1) || (!j->split && j->in_count > 1);
		if (!knot || !j->node) continue;
		if (!first || j->node->index < first->index) first = j->node;
	}
	return first ? at_node(t, "bpmn_nest", first) : NULL;
}

struct problem *net_fold(struct net *t, struct list *out) {
	bool changed = true;
	t->strict = true;
	while (changed) TRY(round_of(t, &changed));
	TRY(left_over(t));
	*out = t->entry->out->list;
	return NULL;
}
