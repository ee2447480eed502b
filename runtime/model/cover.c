/* cover.c -- formulas as numbers, and the search.
 *  1. A leaf is a set of cells of one variable; not is gone (it turns leaves and swaps and with
 * or).
 *  2. Parts of an and, of an or and of a state are sorted and unique; leaves of one variable in one
 *     of them are a single leaf. Equal formulas have one number.
 *  3. A search decides variables in ascending order: what is left reads later ones only.
 *  4. A state (what is left to hold) that once gave nothing gives nothing again. */
#include "runtime/model/cover.h"

#include <assert.h>
#include <stdlib.h>

enum { WORK_PARTS = 8 };
enum op { OP_CONSTANT, OP_LEAF, OP_AND, OP_OR };
struct node {
	enum op op;
	uint32_t variable; /* the leaf's, else the first it reads */
	uint32_t n;
	const uint64_t *cells;      /* leaf */
	const cover_formula *parts; /* and, or */
	uint64_t hash;
};

/* Open addressing over numbers of `nodes` or of `states`. */
struct table {
	uint32_t *slots;
	size_t n, room;
};

struct state {
	const cover_formula *parts;
	uint32_t n;
	uint64_t hash;
};

struct cover {
	struct arena *arena, *scratch; /* scratch: what a step of the search needs and no longer */
	uint32_t *cells;               /* by variable */
	size_t variable_count, variable_room;
	struct node *nodes;
	size_t node_count, node_room;
	struct table known;
	struct state *states; /* those without an answer */
	size_t state_count, state_room;
	struct table failed;
	size_t searched, work, most;
};

static uint64_t mix(uint64_t h, uint64_t x) {
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}

static void *grown(struct cover *c, void *items, size_t size, size_t n, size_t *room) {
	if (n < *room) return items;
	size_t more = *room ? 2 * *room : 64;
	items = arena_grow(c->arena, items, *room * size, more * size);
	*room = more;
	return items;
}

static void table_put(struct table *t, uint64_t hash, uint32_t number) {
	size_t at = (size_t)hash & (t->room - 1);
	while (t->slots[at]) at = (at + 1) & (t->room - 1);
	t->slots[at] = number + 1;
	t->n++;
}

/* Room for one more; hash_of tells where those that are there go. */
static void table_room(struct cover *c, struct table *t,
		       uint64_t (*hash_of)(const struct cover *, uint32_t)) {
	if (2 * (t->n + 1) < t->room) return;
	struct table next = { .room = t->room ? 2 * t->room : 256 };
	next.slots = arena_array(c->arena, next.room, sizeof *next.slots);
	for (size_t i = 0; i < t->room; i++)
		if (t->slots[i]) table_put(&next, hash_of(c, t->slots[i] - 1), t->slots[i] - 1);
	*t = next;
}

static uint64_t node_hash(const struct cover *c, uint32_t i) { return c->nodes[i].hash; }
static uint64_t state_hash(const struct cover *c, uint32_t i) { return c->states[i].hash; }

/* ---- formulas ---- */

static size_t words_of(const struct cover *c, size_t variable) {
	return (c->cells[variable] + 63) / 64;
}

static bool same_node(const struct cover *c, const struct node *x, const struct node *y) {
	if (x->hash != y->hash || x->op != y->op || x->variable != y->variable || x->n != y->n)
		return false;
	if (x->op == OP_LEAF)
		return !memcmp(x->cells, y->cells, words_of(c, x->variable) * sizeof *x->cells);
	return !memcmp(x->parts, y->parts, x->n * sizeof *x->parts);
}

static void *kept(struct cover *c, const void *items, size_t n, size_t size) {
	return memcpy(arena_array(c->arena, n, size), items, n * size);
}

static cover_formula intern(struct cover *c, struct node n) {
	size_t at = 0;
	table_room(c, &c->known, node_hash);
	for (at = (size_t)n.hash & (c->known.room - 1); c->known.slots[at];
	     at = (at + 1) & (c->known.room - 1))
		if (same_node(c, &c->nodes[c->known.slots[at] - 1], &n))
			return c->known.slots[at] - 1;
	if (n.op == OP_LEAF)
		n.cells = kept(c, n.cells, words_of(c, n.variable), sizeof *n.cells);
	else
		n.parts = kept(c, n.parts, n.n, sizeof *n.parts);
	c->nodes = grown(c, c->nodes, sizeof *c->nodes, c->node_count, &c->node_room);
	c->nodes[c->node_count] = n;
	table_put(&c->known, n.hash, (uint32_t)c->node_count);
	return (cover_formula)c->node_count++;
}

static void free_scratch(void *scratch) { arena_free(scratch); }

struct cover *cover_new(struct arena *a, size_t most_nodes) {
	struct cover *c = arena_alloc(a, sizeof *c);
	*c = (struct cover){ .arena = a, .scratch = arena_new(0), .most = most_nodes };
	arena_defer(a, free_scratch, c->scratch);
	c->nodes = grown(c, NULL, sizeof *c->nodes, 0, &c->node_room);
	for (size_t i = COVER_FALSE; i <= COVER_TRUE; i++)
		c->nodes[c->node_count++] =
			(struct node){ .op = OP_CONSTANT, .variable = UINT32_MAX };
	return c;
}

size_t cover_variable(struct cover *c, size_t cells) {
	assert(cells <= COVER_CELLS_MAX && c->variable_count < COVER_VARIABLES_MAX);
	c->cells = grown(c, c->cells, sizeof *c->cells, c->variable_count, &c->variable_room);
	c->cells[c->variable_count] = (uint32_t)cells;
	return c->variable_count++;
}

size_t cover_variables(const struct cover *c) { return c->variable_count; }
size_t cover_nodes(const struct cover *c) { return c->searched; }

static bool has(const uint64_t *cells, size_t i) { return cells[i / 64] >> (i % 64) & 1; }

cover_formula cover_leaf(struct cover *c, size_t variable, const uint64_t *cells) {
	size_t all = 0;
	uint64_t hash = mix(OP_LEAF, variable);
	for (size_t i = 0; i < c->cells[variable]; i++) all += has(cells, i);
	if (all == 0) return COVER_FALSE;
	if (all == c->cells[variable]) return COVER_TRUE;
	for (size_t i = 0; i < words_of(c, variable); i++) hash = mix(hash, cells[i]);
	return intern(c, (struct node){ .op = OP_LEAF,
					.variable = (uint32_t)variable,
					.cells = cells,
					.hash = hash });
}

static int by_number(const void *x, const void *y) {
	const cover_formula *a = x, *b = y;
	return (*a > *b) - (*a < *b);
}

static size_t unique(cover_formula *parts, size_t n) {
	size_t kept = 0;
	if (n > 1) qsort(parts, n, sizeof *parts, by_number);
	for (size_t i = 0; i < n; i++)
		if (!kept || parts[kept - 1] != parts[i]) parts[kept++] = parts[i];
	return kept;
}

/* Leaves of one variable become one: what all (and) or any (or) of them allow. */
static size_t merge_leaves(struct cover *c, enum op op, cover_formula *parts, size_t n) {
	uint64_t cells[COVER_CELLS_MAX / 64];
	for (size_t i = 0; i < n; i++) {
		const struct node *first = &c->nodes[parts[i]];
		bool merged = false;
		if (first->op != OP_LEAF) continue;
		size_t words = words_of(c, first->variable);
		uint32_t variable = first->variable;
		memcpy(cells, first->cells, words * sizeof *cells);
		for (size_t k = n - 1; k > i; k--) {
			const struct node *other = &c->nodes[parts[k]];
			if (other->op != OP_LEAF || other->variable != variable) continue;
			for (size_t w = 0; w < words; w++)
				cells[w] = op == OP_AND ? cells[w] & other->cells[w]
							: cells[w] | other->cells[w];
			parts[k] = parts[--n];
			merged = true;
		}
		if (merged) parts[i] = cover_leaf(c, variable, cells);
	}
	return n;
}

static size_t flatten(const struct cover *c, enum op op, const cover_formula *in, size_t n,
		      cover_formula *out) {
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct node *node = &c->nodes[in[i]];
		if (node->op == op)
			count += flatten(c, op, node->parts, node->n, out ? out + count : NULL);
		else if (out)
			out[count++] = in[i];
		else
			count++;
	}
	return count;
}

/* The parts sorted and joined; *decided: one of them decides the whole. */
static size_t normal(struct cover *c, enum op op, cover_formula *parts, size_t n, bool *decided) {
	cover_formula decides = op == OP_AND ? COVER_FALSE : COVER_TRUE, idle = !decides;
	size_t kept = 0;
	n = merge_leaves(c, op, parts, n);
	*decided = false;
	for (size_t i = 0; i < n; i++) {
		*decided = *decided || parts[i] == decides;
		if (parts[i] != idle) parts[kept++] = parts[i];
	}
	return unique(parts, kept);
}

/* The and / or of parts that are sorted, unique, flat, merged and more than none. */
static cover_formula compound(struct cover *c, enum op op, const cover_formula *parts, size_t n) {
	uint64_t hash = op;
	uint32_t first = UINT32_MAX;
	if (n == 1) return parts[0];
	for (size_t i = 0; i < n; i++) {
		hash = mix(hash, parts[i]);
		if (c->nodes[parts[i]].variable < first) first = c->nodes[parts[i]].variable;
	}
	return intern(c, (struct node){ .op = op,
					.variable = first,
					.n = (uint32_t)n,
					.parts = parts,
					.hash = hash });
}

static cover_formula join(struct cover *c, enum op op, const cover_formula *in, size_t n) {
	struct arena_mark mark = arena_mark(c->scratch);
	size_t room = flatten(c, op, in, n, NULL);
	cover_formula *parts = arena_array(c->scratch, room + 1, sizeof *parts), out;
	bool decided;
	size_t count = normal(c, op, parts, flatten(c, op, in, n, parts), &decided);
	if (decided)
		out = op == OP_AND ? COVER_FALSE : COVER_TRUE;
	else if (!count)
		out = op == OP_AND ? COVER_TRUE : COVER_FALSE;
	else
		out = compound(c, op, parts, count);
	arena_reset(c->scratch, mark);
	return out;
}

cover_formula cover_and(struct cover *c, const cover_formula *parts, size_t n) {
	return join(c, OP_AND, parts, n);
}

cover_formula cover_or(struct cover *c, const cover_formula *parts, size_t n) {
	return join(c, OP_OR, parts, n);
}

cover_formula cover_not(struct cover *c, cover_formula f) {
	struct node n = c->nodes[f];
	uint64_t cells[COVER_CELLS_MAX / 64];
	if (n.op == OP_CONSTANT) return !f;
	if (n.op == OP_LEAF) {
		size_t count = c->cells[n.variable], words = words_of(c, n.variable);
		for (size_t i = 0; i < words; i++) cells[i] = ~n.cells[i];
		if (count % 64) cells[words - 1] &= (UINT64_C(1) << count % 64) - 1;
		return cover_leaf(c, n.variable, cells);
	}
	cover_formula *parts = arena_array(c->arena, n.n, sizeof *parts);
	for (size_t i = 0; i < n.n; i++) parts[i] = cover_not(c, n.parts[i]);
	return join(c, n.op == OP_AND ? OP_OR : OP_AND, parts, n.n);
}

bool cover_reads(const struct cover *c, cover_formula f, size_t variable) {
	const struct node *n = &c->nodes[f];
	if (n->op == OP_LEAF) return n->variable == variable;
	for (size_t i = 0; i < n->n; i++)
		if (cover_reads(c, n->parts[i], variable)) return true;
	return false;
}

size_t cover_parts(const struct cover *c, const cover_formula *f, const cover_formula **parts) {
	const struct node *n = &c->nodes[*f];
	*parts = n->op == OP_AND ? n->parts : f;
	return n->op == OP_AND ? n->n : 1;
}

/* ---- search ---- */

struct search {
	struct cover *c;
	int *cells;
};

/* What is left of f once the variable is in this cell; f reads it or later ones. Parts that only
 * fall away leave the rest in order. */
static cover_formula restrict_to(struct cover *c, cover_formula f, uint32_t variable, size_t cell) {
	struct node n = c->nodes[f];
	if (n.variable != variable) return f;
	if (n.op == OP_LEAF) return has(n.cells, cell) ? COVER_TRUE : COVER_FALSE;
	cover_formula decides = n.op == OP_AND ? COVER_FALSE : COVER_TRUE, out = decides;
	struct arena_mark mark = arena_mark(c->scratch);
	cover_formula *parts = arena_array(c->scratch, n.n, sizeof *parts);
	size_t kept = 0;
	bool changed = false;
	for (size_t i = 0; i < n.n; i++) {
		cover_formula left = restrict_to(c, n.parts[i], variable, cell);
		if (left == decides) goto decided;
		if (left == !decides) continue;
		changed = changed || left != n.parts[i];
		parts[kept++] = left;
	}
	if (!kept)
		out = !decides;
	else
		out = changed ? join(c, n.op, parts, kept) : compound(c, n.op, parts, kept);
decided:
	arena_reset(c->scratch, mark);
	return out;
}

/* Cells that nothing in the state tells apart are one block; the first of each stands for it. */
struct blocks {
	uint16_t block[COVER_CELLS_MAX];
	uint32_t count;
};

static void split(struct blocks *b, const uint64_t *leaf, size_t cells) {
	uint32_t other[COVER_CELLS_MAX];
	uint32_t before = b->count;
	for (uint32_t i = 0; i < before; i++) other[i] = UINT32_MAX;
	/* the first cell of a block says which half keeps its number */
	uint8_t side[COVER_CELLS_MAX];
	memset(side, 2, before);
	for (size_t i = 0; i < cells; i++) {
		uint32_t k = b->block[i];
		uint8_t in = has(leaf, i);
		if (side[k] == 2) side[k] = in;
		if (in == side[k]) continue;
		if (other[k] == UINT32_MAX) other[k] = b->count++;
		b->block[i] = (uint16_t)other[k];
	}
}

static void split_by(const struct cover *c, struct blocks *b, cover_formula f, uint32_t variable) {
	const struct node *n = &c->nodes[f];
	if (n->variable != variable) return;
	if (n->op == OP_LEAF)
		split(b, n->cells, c->cells[variable]);
	else
		for (size_t i = 0; i < n->n; i++) split_by(c, b, n->parts[i], variable);
}

static bool is_failed(struct cover *c, const struct state *s) {
	if (!c->failed.room) return false;
	for (size_t at = (size_t)s->hash & (c->failed.room - 1); c->failed.slots[at];
	     at = (at + 1) & (c->failed.room - 1)) {
		const struct state *known = &c->states[c->failed.slots[at] - 1];
		if (known->hash == s->hash && known->n == s->n &&
		    !memcmp(known->parts, s->parts, s->n * sizeof *s->parts))
			return true;
	}
	return false;
}

static void keep_failed(struct cover *c, const struct state *s) {
	table_room(c, &c->failed, state_hash);
	c->states = grown(c, c->states, sizeof *c->states, c->state_count, &c->state_room);
	c->states[c->state_count] = *s;
	c->states[c->state_count].parts = kept(c, s->parts, s->n, sizeof *s->parts);
	table_put(&c->failed, s->hash, (uint32_t)c->state_count++);
}

static enum cover_answer search(struct search *s, const cover_formula *all, size_t n);

static uint32_t first_variable(const struct cover *c, const cover_formula *parts, size_t n) {
	uint32_t first = UINT32_MAX;
	for (size_t i = 0; i < n; i++)
		if (c->nodes[parts[i]].variable < first) first = c->nodes[parts[i]].variable;
	return first;
}

static enum cover_answer try_cells(struct search *s, const struct state *state, uint32_t variable,
				   const struct blocks *b) {
	struct cover *c = s->c;
	cover_formula *left = arena_array(c->scratch, state->n, sizeof *left);
	uint8_t tried[COVER_CELLS_MAX] = { 0 };
	for (size_t cell = 0; cell < c->cells[variable]; cell++) {
		size_t n = 0;
		bool possible = true;
		if (tried[b->block[cell]]++) continue;
		for (; n < state->n && possible; n++) {
			left[n] = restrict_to(c, state->parts[n], variable, cell);
			possible = left[n] != COVER_FALSE;
		}
		if (!possible) continue;
		s->cells[variable] = (int)cell;
		enum cover_answer answer = search(s, left, n);
		if (answer != COVER_NONE) return answer;
	}
	s->cells[variable] = COVER_ANY;
	return COVER_NONE;
}

/* Of a state that has neither an answer nor a failure yet. */
static enum cover_answer look(struct search *s, const struct state *state) {
	struct cover *c = s->c;
	struct blocks b = { .count = 1 };
	uint32_t variable = first_variable(c, state->parts, state->n);
	/* a node of many conditions counts for more, so that the limit is one of time */
	c->work += 1 + state->n / WORK_PARTS;
	if (c->work > c->most) return COVER_CAPPED;
	c->searched++;
	for (size_t i = 0; i < state->n; i++) split_by(c, &b, state->parts[i], variable);
	enum cover_answer answer = try_cells(s, state, variable, &b);
	if (answer == COVER_NONE) keep_failed(c, state);
	return answer;
}

static enum cover_answer search(struct search *s, const cover_formula *all, size_t n) {
	struct cover *c = s->c;
	struct arena_mark mark = arena_mark(c->scratch);
	enum cover_answer answer = COVER_NONE;
	bool decided;
	cover_formula *parts =
		arena_array(c->scratch, flatten(c, OP_AND, all, n, NULL) + 1, sizeof *parts);
	size_t count = normal(c, OP_AND, parts, flatten(c, OP_AND, all, n, parts), &decided);
	struct state state = { parts, (uint32_t)count, OP_AND };
	for (size_t i = 0; i < count; i++) state.hash = mix(state.hash, parts[i]);
	if (!decided && !count)
		answer = COVER_FOUND;
	else if (!decided && !is_failed(c, &state))
		answer = look(s, &state);
	arena_reset(c->scratch, mark);
	return answer;
}

enum cover_answer cover_find(struct cover *c, const cover_formula *all, size_t n, int *cells) {
	struct search s = { c, cells };
	for (size_t i = 0; i < c->variable_count; i++) cells[i] = COVER_ANY;
	return search(&s, all, n);
}
