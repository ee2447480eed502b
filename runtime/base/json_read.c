/* json_read.c -- builds the tree without recursion.
 * 1. Open containers are frames; finished values and keys wait on two stacks in a scratch arena.
 * When a container closes, its part of the stacks is copied into the result arena as one array:
 * each node moves once.
 * 2. Depth, nodes and keys are counted as they appear, so a hostile text is refused where it passes
 * a limit.
 * 3. Duplicate keys are looked for when an object closes: pairwise for few keys, else in a table
 * keyed by the seeded hash, so that the expected time is linear whatever the keys are. */
#include "runtime/base/json_lex.h"

#include <assert.h>

const struct json_limits json_limits_request = { 1 << 20, 32, 2000, 200000, 256 << 10 };
const struct json_limits json_limits_definition = { 4 << 20, 64, 20000, 1000000, 1 << 20 };

struct frame {
	uint32_t first_node, first_key, offset;
	bool object;
};

struct reader {
	struct json_lexer lex;
	struct arena *scratch;
	struct json *nodes;
	struct json_key *keys;
	struct frame *frames;
	uint32_t node_count, node_room, key_count, key_room, frame_count, frame_room;
	size_t nodes_seen;
	bool done;
};

static void *make_room(struct reader *r, void *items, uint32_t count, uint32_t *room, size_t size) {
	if (count < *room) return items;
	size_t bytes = *room * size;
	*room = *room ? *room * 2 : 32;
	return arena_grow(r->scratch, items, bytes, *room * size);
}

static struct problem *push_node(struct reader *r, const struct json *node) {
	if (++r->nodes_seen > r->lex.limits->nodes)
		return json_over(&r->lex, "json_many_values", r->lex.limits->nodes);
	r->nodes = make_room(r, r->nodes, r->node_count, &r->node_room, sizeof *r->nodes);
	r->nodes[r->node_count++] = *node;
	return NULL;
}

static struct problem *duplicate(struct reader *r, const struct json_key *key) {
	return json_fail(&r->lex, r->lex.begin + key->offset, "json_duplicate_key", "name",
			 str_dup(r->lex.arena, key->name));
}

enum { PAIRWISE = 8 };

static const struct json_key *duplicate_among_few(const struct json_key *keys, uint32_t n) {
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			if (str_eq(keys[i].name, keys[j].name)) return &keys[i];
	return NULL;
}

/* Open addressing; a slot holds the upper half of the hash and the key's index + 1. */
struct slot {
	uint32_t tag, index;
};

static const struct json_key *duplicate_among_many(struct arena *scratch,
						   const struct json_key *keys, uint32_t n) {
	size_t size = 32;
	while (size < (size_t)n * 2) size *= 2;
	struct slot *slots = arena_array(scratch, size, sizeof *slots);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t hash = str_hash(keys[i].name);
		uint32_t tag = (uint32_t)(hash >> 32);
		size_t at = hash & (size - 1);
		for (; slots[at].index; at = (at + 1) & (size - 1))
			if (slots[at].tag == tag &&
			    str_eq(keys[slots[at].index - 1].name, keys[i].name))
				return &keys[i];
		slots[at] = (struct slot){ tag, i + 1 };
	}
	return NULL;
}

static const struct json_key *find_duplicate(struct reader *r, const struct json_key *keys,
					     uint32_t n) {
	if (n <= PAIRWISE) return duplicate_among_few(keys, n);
	struct arena_mark mark = arena_mark(r->scratch);
	const struct json_key *found = duplicate_among_many(r->scratch, keys, n);
	arena_reset(r->scratch, mark);
	return found;
}

static void *keep(struct reader *r, const void *items, size_t bytes) {
	if (!bytes || !arena_charge(r->lex.arena, bytes)) return NULL;
	return arena_copy(r->lex.arena, items, bytes);
}

static struct problem *fill_container(struct reader *r, const struct frame *f, struct json *node) {
	uint32_t n = r->node_count - f->first_node;
	const struct json_key *keys = f->object ? r->keys + f->first_key : NULL;
	const struct json_key *twice = f->object && n > 1 ? find_duplicate(r, keys, n) : NULL;
	if (twice) return duplicate(r, twice);
	node->n = n;
	node->items = keep(r, r->nodes + f->first_node, n * sizeof *node->items);
	if (f->object) node->keys = keep(r, keys, n * sizeof *node->keys);
	if (n && (!node->items || (f->object && !node->keys)))
		return json_over(&r->lex, "json_memory", (size_t)(r->lex.end - r->lex.begin));
	return NULL;
}

static struct problem *close_container(struct reader *r) {
	struct frame f = r->frames[--r->frame_count];
	struct json node = { .kind = f.object ? JSON_OBJECT : JSON_ARRAY, .offset = f.offset };
	if (r->node_count > f.first_node) TRY(fill_container(r, &f, &node));
	r->lex.at++;
	node.length = json_offset(&r->lex) - f.offset;
	r->node_count = f.first_node;
	r->key_count = f.first_key;
	return push_node(r, &node);
}

static struct problem *expected(struct reader *r, const char *code) {
	const struct json_lexer *l = &r->lex;
	if (l->at < l->end) return json_fail(l, l->at, code, NULL, NULL);
	const struct frame *f = &r->frames[r->frame_count - 1];
	return json_fail(l, l->begin + f->offset, "json_not_closed", "name", f->object ? "{" : "[");
}

static struct problem *read_key(struct reader *r) {
	struct json_lexer *l = &r->lex;
	json_skip_blanks(l);
	if (json_peek(l) == '}') return json_fail(l, l->at, "json_trailing_comma", NULL, NULL);
	if (json_peek(l) != '"') return expected(r, "json_key");
	struct json_key key = { .offset = json_offset(l) };
	TRY(json_lex_string(l, &key.name));
	uint32_t first = r->frames[r->frame_count - 1].first_key;
	if (r->key_count - first >= l->limits->keys_per_object)
		return json_over(l, "json_many_keys", l->limits->keys_per_object);
	r->keys = make_room(r, r->keys, r->key_count, &r->key_room, sizeof *r->keys);
	r->keys[r->key_count++] = key;
	json_skip_blanks(l);
	if (json_peek(l) != ':') return expected(r, "json_colon");
	l->at++;
	return NULL;
}

static struct problem *open_container(struct reader *r, bool object) {
	struct json_lexer *l = &r->lex;
	if (r->frame_count >= l->limits->depth) return json_over(l, "json_deep", l->limits->depth);
	r->frames = make_room(r, r->frames, r->frame_count, &r->frame_room, sizeof *r->frames);
	r->frames[r->frame_count++] =
		(struct frame){ r->node_count, r->key_count, json_offset(l), object };
	l->at++;
	json_skip_blanks(l);
	if (json_peek(l) == (object ? '}' : ']')) return close_container(r);
	return object ? read_key(r) : NULL;
}

/* After a finished value: close what closes, and stop before the next value. */
static struct problem *after_value(struct reader *r) {
	struct json_lexer *l = &r->lex;
	while (r->frame_count) {
		bool object = r->frames[r->frame_count - 1].object;
		json_skip_blanks(l);
		char c = json_peek(l);
		if (c == (object ? '}' : ']')) {
			TRY(close_container(r));
			continue;
		}
		if (c != ',') return expected(r, object ? "json_comma_object" : "json_comma_array");
		l->at++;
		if (object) return read_key(r);
		json_skip_blanks(l);
		return json_peek(l) == ']' ? json_fail(l, l->at, "json_trailing_comma", NULL, NULL)
					   : NULL;
	}
	r->done = true;
	return NULL;
}

static struct problem *read_value(struct reader *r) {
	struct json_lexer *l = &r->lex;
	json_skip_blanks(l);
	char c = json_peek(l);
	if (c == '{' || c == '[') {
		uint32_t before = r->frame_count;
		TRY(open_container(r, c == '{'));
		return r->frame_count > before ? NULL : after_value(r);
	}
	if (r->frame_count && l->at == l->end) return expected(r, "json_value");
	struct json node = { .offset = json_offset(l) };
	TRY(json_lex_scalar(l, &node));
	node.length = json_offset(l) - node.offset;
	TRY(push_node(r, &node));
	return after_value(r);
}

static struct problem *read_text(struct reader *r) {
	struct json_lexer *l = &r->lex;
	json_skip_blanks(l);
	if (l->at == l->end) return json_fail(l, l->at, "json_empty", NULL, NULL);
	if (str_starts((struct str){ l->at, (size_t)(l->end - l->at) }, STR("\xEF\xBB\xBF")))
		return json_fail(l, l->at, "json_bom", NULL, NULL);
	while (!r->done) TRY(read_value(r));
	json_skip_blanks(l);
	return l->at == l->end ? NULL : json_fail(l, l->at, "json_after_end", NULL, NULL);
}

struct problem *json_parse(struct arena *a, struct str text, const struct json_limits *limits,
			   const struct json **out) {
	*out = NULL;
	struct reader r = { .lex = {
				    .arena = a, .begin = text.p ? text.p : "", .limits = limits } };
	r.lex.at = r.lex.begin;
	r.lex.end = r.lex.begin + text.n;
	if (text.n > limits->bytes || text.n > UINT32_MAX)
		return json_over(&r.lex, "json_long", limits->bytes);
	r.scratch = arena_new(0);
	struct problem *p = read_text(&r);
	if (!p) {
		struct json *root = arena_alloc(a, sizeof *root);
		*root = r.nodes[0];
		*out = root;
	}
	arena_free(r.scratch);
	return p;
}
