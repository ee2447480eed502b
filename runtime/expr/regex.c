/* regex.c -- Thompson's construction and Pike's simulation: every state is entered at most once a
 * character, so the time is text length x states whatever the pattern. (K. Thompson 1968; R. Cox,
 * Regular Expression Matching Can Be Simple And Fast.) */
#include "runtime/expr/regex_internal.h"

enum state_kind { STATE_CLASS, STATE_SPLIT, STATE_JUMP, STATE_START, STATE_END, STATE_MATCH };
struct state {
	enum state_kind kind;
	uint16_t next, other;
	const struct class *class;
};
struct regex {
	struct state *states;
	size_t n;
	struct str portable;
};

bool class_has(const struct class *c, uint32_t cp) {
	for (size_t i = 0; i < c->n; i++)
		if (cp >= c->ranges[i].low && cp <= c->ranges[i].high) return !c->negated;
	return c->negated;
}

struct emitter {
	struct state *states;
	size_t n;
	bool full;
};

static size_t emit(struct emitter *e, struct state s) {
	if (e->n >= REGEX_STATES_MAX) {
		e->full = true;
		return 0;
	}
	e->states[e->n] = s;
	return e->n++;
}

static void emit_tree(struct emitter *e, const struct tree *t);

static void emit_repeat(struct emitter *e, const struct tree *t) {
	for (int i = 0; i < t->least && !e->full; i++) emit_tree(e, t->left);
	if (t->most == REGEX_NO_LIMIT) {
		size_t split = emit(e, (struct state){ .kind = STATE_SPLIT });
		emit_tree(e, t->left);
		emit(e, (struct state){ .kind = STATE_JUMP, .next = (uint16_t)split });
		e->states[split].next = (uint16_t)(split + 1);
		e->states[split].other = (uint16_t)e->n;
		return;
	}
	/* x{0,3} is (x(x(x)?)?)?: every split leaves to the end. */
	size_t first = e->n;
	size_t splits[REGEX_COUNT_MAX], count = 0;
	for (int i = t->least; i < t->most && !e->full; i++) {
		splits[count++] = emit(
			e, (struct state){ .kind = STATE_SPLIT, .next = (uint16_t)(e->n + 1) });
		emit_tree(e, t->left);
	}
	for (size_t i = 0; i < count && e->n > first; i++)
		e->states[splits[i]].other = (uint16_t)e->n;
}

static void emit_choice(struct emitter *e, const struct tree *t) {
	size_t split = emit(e, (struct state){ .kind = STATE_SPLIT, .next = (uint16_t)(e->n + 1) });
	emit_tree(e, t->left);
	size_t jump = emit(e, (struct state){ .kind = STATE_JUMP });
	if (!e->full) e->states[split].other = (uint16_t)e->n;
	emit_tree(e, t->right);
	if (!e->full) e->states[jump].next = (uint16_t)e->n;
}

static void emit_tree(struct emitter *e, const struct tree *t) {
	if (e->full) return;
	for (; t->piece == PIECE_SEQUENCE; t = t->right) emit_tree(e, t->left);
	if (t->piece == PIECE_CLASS)
		emit(e, (struct state){ .kind = STATE_CLASS, .class = &t->class });
	else if (t->piece == PIECE_START || t->piece == PIECE_END)
		emit(e,
		     (struct state){ .kind = t->piece == PIECE_START ? STATE_START : STATE_END });
	else if (t->piece == PIECE_CHOICE)
		emit_choice(e, t);
	else if (t->piece == PIECE_REPEAT)
		emit_repeat(e, t);
}

/* A character of ours for PostgreSQL: inside brackets special ones as [.x.]. */
static void print_in_class(struct sb *out, uint32_t cp) {
	bool special = cp < 128 && strchr("]^-[\\.=:", (int)cp) && cp;
	if (special) sb_cat(out, "[.");
	sb_code_point(out, cp);
	if (special) sb_cat(out, ".]");
}

static void print_class(struct sb *out, const struct class *c) {
	if (c->n == 0) {
		sb_char(out, '.');
		return;
	}
	sb_cat(out, c->negated ? "[^" : "[");
	for (size_t i = 0; i < c->n; i++) {
		print_in_class(out, c->ranges[i].low);
		if (c->ranges[i].low == c->ranges[i].high) continue;
		sb_char(out, '-');
		print_in_class(out, c->ranges[i].high);
	}
	sb_char(out, ']');
}

static void print_tree(struct sb *out, const struct tree *t) {
	for (; t->piece == PIECE_SEQUENCE; t = t->right) print_tree(out, t->left);
	if (t->piece == PIECE_CLASS) print_class(out, &t->class);
	if (t->piece == PIECE_START || t->piece == PIECE_END)
		sb_char(out, t->piece == PIECE_START ? '^' : '$');
	if (t->piece == PIECE_CHOICE || t->piece == PIECE_REPEAT) {
		sb_char(out, '(');
		print_tree(out, t->left);
		if (t->piece == PIECE_CHOICE) {
			sb_char(out, '|');
			print_tree(out, t->right);
		}
		sb_char(out, ')');
	}
	if (t->piece != PIECE_REPEAT) return;
	if (t->most == REGEX_NO_LIMIT)
		sb_printf(out, "{%d,}", t->least);
	else
		sb_printf(out, "{%d,%d}", t->least, t->most);
}

struct problem *regex_compile(struct arena *a, struct str pattern, const struct regex **out) {
	struct regex *r = arena_alloc(a, sizeof *r);
	struct str copy = { str_dup(a, pattern), pattern.n };
	struct tree *tree;
	TRY(regex_parse(a, copy, &tree));
	struct state states[REGEX_STATES_MAX];
	struct emitter e = { .states = states };
	emit_tree(&e, tree);
	emit(&e, (struct state){ .kind = STATE_MATCH });
	if (e.full)
		return PROBLEM(a, MALFORMED, "expr_pattern", "offset", "0", "column", "1", "reason",
			       "2000");
	struct sb text = sb_on(a, (size_t)REGEX_PATTERN_MAX * 200);
	sb_cat(&text, "(?e)^(");
	print_tree(&text, tree);
	sb_cat(&text, ")$");
	r->states = arena_array(a, e.n, sizeof *r->states);
	memcpy(r->states, states, e.n * sizeof *states);
	r->n = e.n;
	r->portable = sb_str(&text);
	*out = r;
	return NULL;
}

struct str regex_portable(const struct regex *r) {
	return r->portable;
}

struct threads {
	uint16_t items[REGEX_STATES_MAX];
	size_t n;
};
struct simulation {
	const struct regex *r;
	uint32_t mark[REGEX_STATES_MAX], round;
	bool start, end;
};

/* Adds a state and everything reached from it without a character. */
static void add_thread(struct simulation *s, struct threads *list, uint16_t from) {
	uint16_t stack[REGEX_STATES_MAX + 1];
	size_t n = 0;
	stack[n++] = from;
	s->mark[from] = s->round;
	while (n) {
		uint16_t at = stack[--n], to[2];
		const struct state *st = &s->r->states[at];
		size_t ways = 0;
		if (st->kind == STATE_CLASS || st->kind == STATE_MATCH) list->items[list->n++] = at;
		if (st->kind == STATE_SPLIT || st->kind == STATE_JUMP) to[ways++] = st->next;
		if (st->kind == STATE_SPLIT) to[ways++] = st->other;
		if ((st->kind == STATE_START && s->start) || (st->kind == STATE_END && s->end))
			to[ways++] = (uint16_t)(at + 1);
		for (size_t i = 0; i < ways; i++) {
			if (s->mark[to[i]] == s->round) continue;
			s->mark[to[i]] = s->round;
			stack[n++] = to[i];
		}
	}
}

bool regex_match(const struct regex *r, struct str text) {
	struct simulation s = { .r = r, .round = 1, .start = true, .end = text.n == 0 };
	struct threads lists[2], *now = &lists[0], *next = &lists[1];
	now->n = 0;
	add_thread(&s, now, 0);
	s.start = false;
	while (text.n && now->n) {
		uint32_t cp = utf8_next(&text);
		s.end = text.n == 0;
		s.round++;
		next->n = 0;
		for (size_t i = 0; i < now->n; i++) {
			uint16_t at = now->items[i];
			const struct state *st = &r->states[at];
			bool moves = st->kind == STATE_CLASS && class_has(st->class, cp);
			if (moves && s.mark[at + 1] != s.round)
				add_thread(&s, next, (uint16_t)(at + 1));
		}
		struct threads *swap = now;
		now = next;
		next = swap;
	}
	for (size_t i = 0; i < now->n; i++)
		if (text.n == 0 && r->states[now->items[i]].kind == STATE_MATCH) return true;
	return false;
}
