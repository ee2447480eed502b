/* net.c -- the net of a process: for each node a join (what comes in), the items of its body, a
 * split (what goes out). A timer at a task: that interrupts: the task and a wait side by side, the
 * first to end closes the other; the wait then sets a field, and a choice on it takes the timer's
 * way. When both ways lead to the same place the step's `due` with `pass` says it all. that does
 * not: a branch beside the task that waits for the time or for the task's end, and goes its way
 * unless the task has ended. */
#include "runtime/bpmn/fold.h"

#include "runtime/base/json.h"
#include "runtime/bpmn/plain.h"

void list_add(struct list *l, struct item *item) {
	if (l->last)
		l->last->next = item;
	else
		l->first = item;
	l->last = item;
}

void list_join(struct list *l, struct list more) {
	if (!more.first) return;
	if (l->last)
		l->last->next = more.first;
	else
		l->first = more.first;
	l->last = more.last;
}

struct item *item_new(struct net *t, enum item_kind kind, const struct bpmn_node *node) {
	struct item *i = arena_alloc(t->g->arena, sizeof *i);
	*i = (struct item){ .kind = kind, .node = node, .at = -1 };
	return i;
}

struct join *join_new(struct net *t, enum join_kind kind, const struct bpmn_node *node,
		      bool split) {
	struct join *j = &t->joins[t->n];
	*j = (struct join){ .kind = kind, .node = node, .split = split, .number = t->n++ };
	return j;
}

static void put_out(struct join *from, struct edge *e) {
	struct edge **at = &from->out;
	while (*at && (*at)->order <= e->order) at = &(*at)->next_out;
	e->next_out = *at;
	*at = e;
	from->out_count++;
}

struct edge *edge_new(struct net *t, struct join *from, struct join *to,
		      const struct bpmn_flow *flow) {
	struct edge *e = arena_alloc(t->g->arena, sizeof *e);
	*e = (struct edge){ .from = from, .flow = flow, .order = flow ? flow->index : 0 };
	if (flow && flow->from->standard == flow) e->order = SIZE_MAX / 2;
	put_out(from, e);
	edge_lead(e, to);
	return e;
}

static void leave_in(struct edge *e) {
	struct edge **at = e->to ? &e->to->in : NULL;
	if (!at) return;
	while (*at != e) at = &(*at)->next_in;
	*at = e->next_in;
	e->to->in_count--;
}

void edge_lead(struct edge *e, struct join *to) {
	leave_in(e);
	e->to = to;
	if (!to) return;
	e->next_in = to->in;
	to->in = e;
	to->in_count++;
}

void edge_drop(struct edge *e) {
	struct edge **at = &e->from->out;
	edge_lead(e, NULL);
	while (*at != e) at = &(*at)->next_out;
	*at = e->next_out;
	e->from->out_count--;
}

/* ---- what a node becomes ---- */

static enum join_kind in_kind(const struct bpmn_node *n) {
	return n->kind == NODE_AND ? JOIN_AND : n->kind == NODE_OR ? JOIN_OR : JOIN_XOR;
}

static enum join_kind out_kind(const struct bpmn_node *n) {
	bool conditions = false;
	for (size_t i = 0; i < n->out_count; i++) conditions |= n->out[i]->condition != NULL;
	if (n->kind == NODE_XOR) return JOIN_XOR;
	if (n->kind == NODE_AND || (!conditions && !n->step)) return JOIN_AND;
	return n->kind == NODE_OR || conditions ? JOIN_OR : JOIN_AND;
}

static struct problem *refuse_flow(struct net *t, const char *code, const struct bpmn_flow *f) {
	struct arena *a = t->g->arena;
	const char *text = f->condition ? f->condition : "",
		   *line = arena_printf(a, "%u", f->xml->line);
	if (!strcmp(code, "bpmn_condition"))
		return PROBLEM(a, INVALID, "bpmn_condition", "id", f->id, "text", text, "line",
			       line);
	if (!strcmp(code, "bpmn_lone_condition"))
		return PROBLEM(a, INVALID, "bpmn_lone_condition", "id", f->id, "text", text, "line",
			       line);
	return PROBLEM(a, INVALID, "bpmn_no_condition", "id", f->id, "line", line);
}

/* The flow's own note holds the condition as it was written. */
static struct problem *condition(struct net *t, struct edge *e, enum join_kind kind) {
	const struct bpmn_flow *f = e->flow;
	const struct bpmn_node *n = f->from;
	bool last = f == n->out[n->out_count - 1];
	e->name = f->name;
	e->note = f->note;
	e->derived = f->derived;
	if (f == n->standard || f->derived || (f->note && !json_get(f->note, "when"))) {
		e->otherwise = true;
		return NULL;
	}
	if (f->note && f->condition &&
	    strcmp(f->condition,
		   str_dup(t->g->arena, str_trim(json_str(json_get(f->note, "when"))))) != 0)
		e->note = NULL; /* changed by another program */
	if (e->note) {
		e->when = str_dup(t->g->arena, json_str(json_get(f->note, "when")));
		return NULL;
	}
	if (!f->condition && kind == JOIN_OR) {
		e->when = "true";
		return NULL;
	}
	if (!f->condition && !(last && !n->standard)) return refuse_flow(t, "bpmn_no_condition", f);
	if (!f->condition)
		e->otherwise = true;
	else if (!plain_condition(t->g->arena, f->condition, &e->when))
		return refuse_flow(t, "bpmn_condition", f);
	return NULL;
}

static struct problem *ways_out(struct net *t, const struct bpmn_node *n, struct join *split,
				struct join *const *ins) {
	bool noted = n->step &&
		     (n->kind == NODE_XOR || n->kind == NODE_OR || n->kind == NODE_AND) &&
		     !json_is_string(json_get(n->step, "kind"), "join");
	if (!n->out_count) edge_new(t, split, t->sink, NULL);
	for (size_t i = 0; i < n->out_count; i++) {
		const struct bpmn_flow *f = n->out[i];
		struct edge *e = edge_new(t, split, ins[f->to->index], f);
		if (split->kind == JOIN_AND) {
			e->name = f->name;
			e->note = f->note;
		} else if (n->out_count > 1 || noted) {
			TRY(condition(t, e, split->kind));
		} else if (f->condition && strcmp(f->condition, "${true}") != 0) {
			return refuse_flow(t, "bpmn_lone_condition", f);
		}
	}
	return NULL;
}

/* ---- timers at a task ---- */

struct timers {
	const struct bpmn_node *host, **cut, **beside;
	size_t cut_count, beside_count;
};

static bool plain_end(const struct bpmn_node *n) { return n->kind == NODE_END && !n->terminate; }

/* Beside the task, straight to an end: nothing happens when the time comes. */
static bool leads_nowhere(const struct bpmn_node *b) {
	return !b->out_count || (b->out_count == 1 && plain_end(b->out[0]->to));
}

static struct problem *timers_of(struct net *t, const struct bpmn_node *n, struct timers *out) {
	*out = (struct timers){ .host = n };
	out->cut = arena_array(t->g->arena, t->p->node_count, sizeof *out->cut);
	out->beside = arena_array(t->g->arena, t->p->node_count, sizeof *out->beside);
	for (size_t i = 0; i < t->p->node_count; i++) {
		const struct bpmn_node *b = t->p->nodes[i];
		if (b->kind != NODE_BOUNDARY || b->host != n) continue;
		if (!b->interrupting && leads_nowhere(b)) continue;
		if (b->interrupting)
			out->cut[out->cut_count++] = b;
		else
			out->beside[out->beside_count++] = b;
	}
	return NULL;
}

struct problem *wait_for(struct net *t, const struct bpmn_node *n, struct item **out) {
	struct item *i = item_new(t, ITEM_WAIT, n);
	const char *text = n->timer.text ? n->timer.text : "", *slash = strchr(text, '/');
	*out = i;
	if (n->timer.kind == TIMER_DURATION && plain_span(t->g->arena, text, &i->span)) return NULL;
	/* "R3/PT10H" where the first time ends the waiting. */
	bool once = n->kind == NODE_TIMER || n->interrupting || !strncmp(text, "R1/", 3);
	if (n->timer.kind == TIMER_CYCLE && once && *text == 'R' && slash &&
	    plain_span(t->g->arena, slash + 1, &i->span))
		return NULL;
	return PROBLEM(t->g->arena, INVALID, "bpmn_timer", "text", text,
		       BPMN_PLACE(t->g->arena, n->xml));
}

static struct item *flag(struct net *t, const struct bpmn_node *n, const char *field, bool value) {
	struct item *i = item_new(t, ITEM_FLAG, n);
	i->field = field;
	i->value = value;
	return i;
}

static const char *field_of(struct net *t, const struct bpmn_node *n, const char *suffix) {
	const char *name = plain_name(t->g->arena, n->id);
	return arena_printf(t->g->arena, "%.38s_%s", *name ? name : "n", suffix);
}

/* The first of the arms to end closes the others. */
static struct item *race(struct net *t, const struct bpmn_node *n, size_t arms) {
	struct item *i = item_new(t, ITEM_PARALLEL, n);
	i->arms = arena_array(t->g->arena, arms, sizeof *i->arms);
	i->wait = 1;
	return i;
}

/* Both ways lead to the same place: the time just ends the step. */
static bool same_way(const struct bpmn_node *host, const struct bpmn_node *b) {
	const struct bpmn_node *x = host->out_count == 1 ? host->out[0]->to : NULL,
			       *y = b->out_count == 1 ? b->out[0]->to : NULL;
	bool x_ends = !host->out_count || (x && plain_end(x)),
	     y_ends = !b->out_count || (y && plain_end(y));
	return (x && x == y) || (x_ends && y_ends);
}

/* Two ends of time at one step: only a race tells which came first. */
static struct problem *cut_short(struct net *t, const struct timers *at, struct list *body,
				 struct join *from, struct join *after, struct join *const *outs) {
	struct item *wait, *only = body->first;
	if (at->cut_count == 1 && same_way(at->host, at->cut[0])) {
		TRY(wait_for(t, at->cut[0], &wait));
		if (only && !only->next && only->kind == ITEM_STEP && !only->step && !only->span) {
			only->span = wait->span;
			return NULL;
		}
	}
	struct item *r = race(t, at->host, at->cut_count + 1);
	struct list reset = { 0 };
	r->arms[r->arm_count++].list = *body;
	for (size_t i = 0; i < at->cut_count; i++) {
		const struct bpmn_node *b = at->cut[i];
		const char *field = field_of(t, b, "fired");
		struct arm *arm = &r->arms[r->arm_count++];
		TRY(wait_for(t, b, &wait));
		list_add(&arm->list, wait);
		list_add(&arm->list, flag(t, b, field, true));
		if (t->loops) list_add(&reset, flag(t, b, field, false));
		struct edge *e = edge_new(t, after, outs[b->index], NULL);
		e->when = arena_printf(t->g->arena, "%s == true", field);
		e->name = b->name;
	}
	*body = reset;
	list_add(body, r);
	struct edge *e = edge_new(t, after, from, NULL);
	e->order = SIZE_MAX / 2;
	e->otherwise = true;
	return NULL;
}

/* The branches beside: wait for the time or the task's end. */
static struct problem *go_beside(struct net *t, const struct timers *at, struct join *fork,
				 struct list *body, struct list *before, struct join *const *outs) {
	const char *done = field_of(t, at->host, "done");
	if (t->loops) list_add(before, flag(t, at->host, done, false));
	list_add(body, flag(t, at->host, done, true));
	for (size_t i = 0; i < at->beside_count; i++) {
		const struct bpmn_node *b = at->beside[i];
		struct item *wait, *until = item_new(t, ITEM_UNTIL, b), *r = race(t, b, 2);
		TRY(wait_for(t, b, &wait));
		until->field = done;
		until->value = true;
		list_add(&r->arms[0].list, wait);
		list_add(&r->arms[1].list, until);
		r->arm_count = 2;
		struct join *choice = join_new(t, JOIN_XOR, b, true);
		list_add(&edge_new(t, fork, choice, NULL)->list, r);
		struct edge *go = edge_new(t, choice, outs[b->index], NULL),
			    *stay = edge_new(t, choice, t->sink, NULL);
		go->when = arena_printf(t->g->arena, "not (%s == true)", done);
		go->name = b->name;
		stay->otherwise = true;
	}
	return NULL;
}

/* join -> (reset) -> fork -> body -> after -> out */
static struct problem *put_body(struct net *t, const struct bpmn_node *n, struct join *in,
				struct join *out, struct join *const *outs) {
	struct timers at;
	struct list body = { 0 }, before = { 0 };
	struct join *from = in, *after = out;
	TRY(body_of(t, n, &body));
	TRY(timers_of(t, n, &at));
	if (at.cut_count) {
		after = join_new(t, JOIN_XOR, n, true);
		TRY(cut_short(t, &at, &body, out, after, outs));
		if (!after->out_count) {
			edge_new(t, after, out, NULL);
		}
	}
	if (at.beside_count) {
		from = join_new(t, JOIN_AND, n, true);
		TRY(go_beside(t, &at, from, &body, &before, outs));
		edge_new(t, in, from, NULL)->list = before;
	}
	edge_new(t, from, after, NULL)->list = body;
	return NULL;
}

/* ---- all of it ---- */

/* Takes away what nothing leads to, until nothing changes: what is left goes round. */
static bool goes_round(struct net *t) {
	const struct bpmn_process *p = t->p;
	size_t *in = arena_array(t->g->arena, p->node_count, sizeof *in), taken = 0, n = 0;
	const struct bpmn_node **open = arena_array(t->g->arena, p->node_count, sizeof *open);
	for (size_t i = 0; i < p->node_count; i++) {
		in[i] = p->nodes[i]->in_count + (p->nodes[i]->kind == NODE_BOUNDARY);
		if (!in[i]) open[n++] = p->nodes[i];
	}
	for (; taken < n; taken++) {
		const struct bpmn_node *at = open[taken];
		for (size_t i = 0; i < at->out_count; i++)
			if (!--in[at->out[i]->to->index]) open[n++] = at->out[i]->to;
		for (size_t i = 0; i < p->node_count; i++)
			if (p->nodes[i]->kind == NODE_BOUNDARY && p->nodes[i]->host == at &&
			    !--in[i])
				open[n++] = p->nodes[i];
	}
	return n < p->node_count;
}

static bool may_begin(const struct bpmn_node *n) {
	return !n->in_count && n->kind != NODE_BOUNDARY && n->kind != NODE_END;
}

/* Starts by time or message beside a plain one are other ways to start the same flow. */
static struct problem *find_entry(struct net *t, const struct bpmn_node **entry) {
	*entry = NULL;
	for (size_t i = 0; i < t->p->node_count; i++) {
		const struct bpmn_node *n = t->p->nodes[i];
		if (!may_begin(n) || (n->triggered && *entry)) continue;
		if (*entry && !(*entry)->triggered)
			return PROBLEM(t->g->arena, INVALID, "bpmn_entries", "first", (*entry)->id,
				       BPMN_PLACE(t->g->arena, n->xml));
		*entry = n;
	}
	if (*entry) return NULL;
	return PROBLEM(t->g->arena, INVALID, "bpmn_no_start", BPMN_PLACE(t->g->arena, t->p->xml));
}

struct problem *net_build(struct net *t) {
	struct arena *a = t->g->arena;
	const struct bpmn_process *p = t->p;
	const struct bpmn_node *entry;
	TRY(find_entry(t, &entry));
	t->loops = goes_round(t);
	t->room = p->node_count * 5 + 2;
	t->joins = arena_array(a, t->room, sizeof *t->joins);
	struct join **ins = arena_array(a, p->node_count, sizeof(struct join *)),
		    **outs = arena_array(a, p->node_count, sizeof(struct join *));
	t->entry = join_new(t, JOIN_XOR, NULL, true);
	t->sink = join_new(t, JOIN_SINK, NULL, false);
	for (size_t i = 0; i < p->node_count; i++) {
		ins[i] = join_new(t, in_kind(p->nodes[i]), p->nodes[i], false);
		outs[i] = join_new(t, out_kind(p->nodes[i]), p->nodes[i], true);
	}
	edge_new(t, t->entry, ins[entry->index], NULL);
	for (size_t i = 0; i < p->node_count; i++) {
		const struct bpmn_node *n = p->nodes[i];
		if (n->triggered && n != entry) continue;
		if (n->kind != NODE_BOUNDARY) TRY(put_body(t, n, ins[i], outs[i], outs));
		TRY(ways_out(t, n, outs[i], ins));
		if (n->terminate) {
			struct edge *e = outs[i]->out;
			list_add(&e->list, item_new(t, ITEM_TERMINATE, n));
		}
	}
	return NULL;
}
