/* loops.c -- cuts the edges that lead back: each ends in a goto to where it led. */
#include "runtime/bpmn/fold.h"

enum { NEW, OPEN, DONE };

static struct problem *cut(struct net *t, struct edge *e) {
	struct join *header = e->to;
	struct item *jump = item_new(t, ITEM_GOTO, e->from->node);
	if (header->kind != JOIN_XOR || !header->node || !header->out)
		return PROBLEM(
			t->g->arena, INVALID, "bpmn_nest",
			BPMN_PLACE(t->g->arena, header->node ? header->node->xml : t->p->xml));
	jump->header = header;
	if (e->from->node) jump->step = e->from->node->step;
	list_add(&e->list, jump);
	edge_lead(e, NULL);
	struct list *body = &header->out->list;
	if (body->first && body->first->kind == ITEM_LABEL) return NULL;
	struct item *label = item_new(t, ITEM_LABEL, header->node);
	label->header = header;
	label->next = body->first;
	body->first = label;
	if (!body->last) body->last = label;
	return NULL;
}

static struct problem *unreached(struct net *t) {
	for (size_t i = 0; i < t->n; i++) {
		const struct join *j = &t->joins[i];
		if (j->mark != NEW || !j->node) continue;
		/* An end that nothing leads to harms nobody; a timer whose way is the task's own is
		 * no way. */
		if (j->node->kind == NODE_BOUNDARY || j->node->kind == NODE_END) continue;
		if (j->node->triggered) continue;
		return PROBLEM(t->g->arena, INVALID, "bpmn_unreachable",
			       BPMN_PLACE(t->g->arena, j->node->xml));
	}
	return NULL;
}

/* Depth first from the entry; an edge to a join that is still open leads back. */
struct problem *net_cut_loops(struct net *t) {
	struct frame {
		struct join *join;
		struct edge *next;
	} *stack = arena_array(t->g->arena, t->n + 1, sizeof *stack);
	size_t depth = 0;
	t->entry->mark = OPEN;
	stack[depth++] = (struct frame){ t->entry, t->entry->out };
	while (depth) {
		struct frame *f = &stack[depth - 1];
		struct edge *e = f->next;
		if (!e) {
			f->join->mark = DONE;
			depth--;
			continue;
		}
		f->next = e->next_out;
		if (e->to && e->to->mark == OPEN) {
			TRY(cut(t, e));
		} else if (e->to && e->to->mark == NEW) {
			e->to->mark = OPEN;
			stack[depth++] = (struct frame){ e->to, e->to->out };
		}
	}
	return unreached(t);
}
