/* run.c -- the token game over the graph, for comparison with other engines.
 *  1. A token is in one of three places: waiting in a node, arrived on a flow of a join, or in the
 * queue of moves.
 *  2. Conditions have no values here: an exclusive choice takes its default, else the first flow
 * without a condition, else the first; an inclusive one takes its default, else all.
 *  3. An inclusive join goes on once no token elsewhere can still reach an empty flow of it.
 *  4. Timers at a task never fire before its completion; those on the way pass at once. */
#include "runtime/bpmn/bpmn.h"

#include <stdlib.h>
#include "runtime/base/json.h"

enum { MOVES_MAX = 200000, ROUNDS_MAX = 1000, QUEUE_MAX = 20000, LOOKS_MAX = 50000000 };

struct game {
	struct bpmn *g;
	const struct bpmn_process *p;
	unsigned *waiting, *arrived; /* by node, by flow */
	const struct bpmn_flow **queue;
	size_t head, tail, moves, looked;
	struct problem *problem;
};

static void send(struct game *t, const struct bpmn_flow *f) {
	if (t->tail - t->head == QUEUE_MAX || t->moves++ == MOVES_MAX) {
		if (!t->problem)
			t->problem = PROBLEM(t->g->arena, INVALID, "bpmn_endless",
					     BPMN_PLACE(t->g->arena, f->to->xml));
		return;
	}
	t->queue[t->tail++ % QUEUE_MAX] = f;
}

static const struct bpmn_flow *one_way(const struct bpmn_node *n) {
	if (n->standard) return n->standard;
	for (size_t i = 0; i < n->out_count; i++)
		if (!n->out[i]->condition) return n->out[i];
	return n->out_count ? n->out[0] : NULL;
}

static void leave(struct game *t, const struct bpmn_node *n) {
	const struct bpmn_flow *one = n->kind == NODE_XOR                  ? one_way(n)
				      : n->standard && n->kind != NODE_AND ? n->standard
									   : NULL;
	if (one) {
		send(t, one);
		return;
	}
	for (size_t i = 0; i < n->out_count; i++) send(t, n->out[i]);
}

/* An end of everything takes what waits; what was sent at the same moment still arrives. */
static void clear(struct game *t) {
	memset(t->waiting, 0, t->p->node_count * sizeof *t->waiting);
	memset(t->arrived, 0, t->p->flow_count * sizeof *t->arrived);
}

static bool complete_join(struct game *t, const struct bpmn_node *n) {
	for (size_t i = 0; i < n->in_count; i++)
		if (!t->arrived[n->in[i]->index]) return false;
	return true;
}

static void pass_join(struct game *t, const struct bpmn_node *n) {
	for (size_t i = 0; i < n->in_count; i++)
		if (t->arrived[n->in[i]->index]) t->arrived[n->in[i]->index]--;
	leave(t, n);
}

static void arrive(struct game *t, const struct bpmn_flow *f) {
	const struct bpmn_node *n = f->to;
	switch (n->kind) {
	case NODE_TASK:
	case NODE_CATCH: t->waiting[n->index]++; break;
	case NODE_AND:
		t->arrived[f->index]++;
		if (complete_join(t, n)) pass_join(t, n);
		break;
	case NODE_OR: t->arrived[f->index]++; break;
	case NODE_END:
		if (n->terminate) clear(t);
		break;
	case NODE_START:
	case NODE_PASS:
	case NODE_XOR:
	case NODE_TIMER:
	case NODE_BOUNDARY:
	case NODE_KINDS: leave(t, n); break;
	}
}

/* Marks what can reach the join without passing it, going backwards from the flow; true: a token
 * stands there. */
static bool token_before(struct game *t, const struct bpmn_flow *f, bool *seen,
			 const struct bpmn_node **stack) {
	const struct bpmn_node *join = f->to;
	size_t n = 0;
	memset(seen, 0, t->p->node_count * sizeof *seen);
	seen[join->index] = true;
	if (!seen[f->from->index]) stack[n++] = f->from;
	seen[f->from->index] = true;
	while (n) {
		const struct bpmn_node *at = stack[--n];
		t->looked += 1 + at->in_count;
		if (t->waiting[at->index]) return true;
		if (at->kind == NODE_BOUNDARY && at->host && !seen[at->host->index]) {
			seen[at->host->index] = true;
			stack[n++] = at->host;
		}
		for (size_t i = 0; i < at->in_count; i++) {
			const struct bpmn_node *from = at->in[i]->from;
			if (t->arrived[at->in[i]->index]) return true;
			if (seen[from->index]) continue;
			seen[from->index] = true;
			stack[n++] = from;
		}
	}
	return false;
}

static bool may_pass(struct game *t, const struct bpmn_node *n, bool *seen,
		     const struct bpmn_node **stack) {
	bool any = false;
	for (size_t i = 0; i < n->in_count; i++) any |= t->arrived[n->in[i]->index] > 0;
	if (!any) return false;
	for (size_t i = 0; i < n->in_count; i++)
		if (!t->arrived[n->in[i]->index] && token_before(t, n->in[i], seen, stack))
			return false;
	return true;
}

/* Two inclusive joins that wait for each other: the first goes on. */
static const struct bpmn_node *next_inclusive(struct game *t) {
	bool *seen = arena_array(t->g->arena, t->p->node_count, sizeof *seen), waits = false;
	const struct bpmn_node **stack = arena_array(t->g->arena, t->p->node_count, sizeof *stack);
	const struct bpmn_node *held = NULL;
	for (size_t i = 0; i < t->p->node_count; i++) {
		const struct bpmn_node *n = t->p->nodes[i];
		waits |= t->waiting[i] > 0;
		if (n->kind != NODE_OR) continue;
		if (may_pass(t, n, seen, stack)) return n;
		for (size_t k = 0; k < n->in_count; k++)
			if (t->arrived[n->in[k]->index]) held = n;
	}
	return waits ? NULL : held;
}

static void settle(struct game *t) {
	for (;;) {
		while (t->head != t->tail && !t->problem)
			arrive(t, t->queue[t->head++ % QUEUE_MAX]);
		struct arena_mark mark = arena_mark(t->g->arena);
		const struct bpmn_node *n = t->problem ? NULL : next_inclusive(t);
		arena_reset(t->g->arena, mark);
		if (t->looked > LOOKS_MAX && !t->problem)
			t->problem = PROBLEM(t->g->arena, INVALID, "bpmn_endless",
					     BPMN_PLACE(t->g->arena, t->p->xml));
		if (!n || t->problem) return;
		pass_join(t, n);
	}
}

static void begin(struct game *t) {
	bool started = false;
	for (size_t i = 0; i < t->p->node_count; i++) {
		const struct bpmn_node *n = t->p->nodes[i];
		if (n->kind == NODE_START) leave(t, n), started = true;
	}
	for (size_t i = 0; i < t->p->node_count && !started; i++) {
		const struct bpmn_node *n = t->p->nodes[i];
		if (n->in_count || n->kind == NODE_BOUNDARY) continue;
		if (n->kind == NODE_TASK || n->kind == NODE_CATCH)
			t->waiting[i]++;
		else if (n->kind != NODE_END)
			leave(t, n);
	}
	settle(t);
}

/* ---- all processes together ---- */

struct place {
	struct game *game;
	const struct bpmn_node *node;
};

static int by_name(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	return strcmp(x->node->id, y->node->id);
}

static size_t waiting(struct game *games, size_t n, struct place *out) {
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < games[i].p->node_count; k++)
			if (games[i].waiting[k])
				out[count++] = (struct place){ &games[i], games[i].p->nodes[k] };
	qsort(out, count, sizeof *out, by_name);
	return count;
}

static void write_set(struct sb *out, const struct place *at, size_t n) {
	sb_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		struct jw w = jw_on(out);
		if (i) sb_cat(out, ", ");
		jw_text(&w, at[i].node->id);
	}
	sb_char(out, ']');
}

static bool stuck(const struct game *games, size_t n) {
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < games[i].p->flow_count; k++)
			if (games[i].arrived[k]) return true;
	return false;
}

static struct problem *play(struct game *games, size_t n, size_t nodes, struct sb *sets) {
	struct arena *a = games[0].g->arena;
	struct place *at = arena_array(a, nodes, sizeof *at);
	for (size_t round = 0; round < ROUNDS_MAX; round++) {
		size_t count = waiting(games, n, at);
		if (round) sb_cat(sets, ", ");
		write_set(sets, at, count);
		if (!count) return NULL;
		struct game *t = at[0].game;
		t->waiting[at[0].node->index]--;
		leave(t, at[0].node);
		settle(t);
		if (t->problem) return t->problem;
		if (sets->overflow) break;
	}
	return PROBLEM(a, INVALID, "bpmn_endless", BPMN_PLACE(a, at[0].node->xml));
}

static struct problem *first_refusal(const struct bpmn *g) {
	for (const struct bpmn_refusal *r = g->refusals.first; r; r = r->next)
		if (!r->runs) return r->problem;
	return NULL;
}

struct problem *bpmn_run(struct bpmn *g, const char *name, struct sb *out) {
	TRY(first_refusal(g));
	struct game *games = arena_array(g->arena, g->process_count, sizeof *games);
	struct sb sets = sb_on(g->arena, 4 << 20);
	size_t nodes = 0;
	for (size_t i = 0; i < g->process_count; i++) {
		struct game *t = &games[i];
		*t = (struct game){ .g = g, .p = g->processes[i] };
		t->waiting = arena_array(g->arena, t->p->node_count, sizeof *t->waiting);
		t->arrived = arena_array(g->arena, t->p->flow_count, sizeof *t->arrived);
		t->queue = arena_array(g->arena, QUEUE_MAX, sizeof *t->queue);
		nodes += t->p->node_count;
		begin(t);
		if (t->problem) return t->problem;
	}
	TRY(play(games, g->process_count, nodes, &sets));
	struct jw w = jw_on(out);
	sb_cat(out, "{\"file\": ");
	jw_text(&w, name);
	sb_printf(out, ", \"state\": \"%s\", \"waiting\": [",
		  stuck(games, g->process_count) ? "running" : "idle");
	sb_add(out, sb_str(&sets));
	sb_cat(out, "]}\n");
	return NULL;
}
