/* fold.h -- from the graph to the tree. A net is the graph with splits and joins as nodes and everything else as lists of items
 * on its edges; reductions (fold.c) turn it into one edge, the flow's list of steps.
 *  1. An edge back to a node on the way to it ends in a goto and leads nowhere (to NULL): the net has no cycles.
 *  2. All ends are one node, the sink: it joins whatever comes, as a flow ends when its last branch has ended. */
#ifndef TENON_BPMN_FOLD_H
#define TENON_BPMN_FOLD_H

#include "runtime/bpmn/bpmn.h"

struct jw;

enum item_kind { ITEM_STEP, ITEM_WAIT, ITEM_UNTIL, ITEM_FLAG, ITEM_BRANCH, ITEM_PARALLEL, ITEM_GOTO, ITEM_LABEL, ITEM_TERMINATE };
struct item;
struct list { struct item *first, *last; };
struct arm { struct list list; const char *when; bool otherwise; const char *name; const struct json *note; };
struct item {
	enum item_kind kind;
	const char *id, *label;
	const struct bpmn_node *node;        /* where it comes from, for messages and people */
	const struct json *step;             /* noted by our own export */
	struct arm *arms; size_t arm_count;  /* branch, parallel */
	bool all;                            /* branch: every case that holds */
	long wait;                           /* parallel: so many branches; 0 all */
	const char *span;                    /* wait; step: due with on_due pass */
	const char *field; bool value;       /* flag: set field; until: field becomes value */
	long at;                             /* step: place in a loop of known length; -1 */
	const char *mode;                    /* step: JSON of its mode; NULL: any */
	const struct join *header;           /* goto, label */
	struct item *target;                 /* goto, once found */
	struct item *next;
};

enum join_kind { JOIN_XOR, JOIN_AND, JOIN_OR, JOIN_SINK };
struct edge {
	struct join *from, *to;              /* to NULL: ends in a goto */
	struct list list;
	const char *when; bool otherwise;
	const char *name;
	const struct json *note;
	const struct bpmn_flow *flow;        /* the first it stands for */
	bool derived;                        /* no case of its own */
	size_t order;
	struct edge *next_out, *next_in;
};
struct join {
	enum join_kind kind;
	const struct bpmn_node *node;        /* NULL: entry and sink */
	bool split;                          /* the side that goes out */
	struct edge *out, *in;               /* out in the order of the cases */
	size_t out_count, in_count;
	unsigned mark;
	bool folded;                         /* a block of ours that has become an item */
	size_t number;
};
struct net {
	struct bpmn *g;
	const struct bpmn_process *p;
	const struct bpmn_options *options;
	struct join *joins; size_t n, room;
	struct join *entry, *sink;
	bool loops;                          /* some way leads back */
	bool strict;                         /* blocks of our own export end where it drew their join */
	size_t copied, looked;
};

void list_add(struct list *l, struct item *item);
void list_join(struct list *l, struct list more);
struct item *item_new(struct net *t, enum item_kind kind, const struct bpmn_node *node);
struct join *join_new(struct net *t, enum join_kind kind, const struct bpmn_node *node, bool split);
struct edge *edge_new(struct net *t, struct join *from, struct join *to, const struct bpmn_flow *flow);
void edge_drop(struct edge *e);
void edge_lead(struct edge *e, struct join *to);

struct problem *net_build(struct net *t) MUST_CHECK;                 /* net.c */
struct problem *body_of(struct net *t, const struct bpmn_node *n, struct list *out) MUST_CHECK; /* body.c: the items of a node */
struct problem *wait_for(struct net *t, const struct bpmn_node *n, struct item **out) MUST_CHECK; /* of a timer */
struct problem *net_cut_loops(struct net *t) MUST_CHECK;             /* loops.c */
struct problem *net_fold(struct net *t, struct list *out) MUST_CHECK; /* fold.c */
struct problem *tree_finish(struct net *t, struct list *root) MUST_CHECK; /* finish.c: names, gotos, what can be left out */
struct problem *tree_write(struct net *t, const struct list *root, struct jw *w) MUST_CHECK; /* write.c */

#endif
