/* regex_parse.c -- the pattern's text to a tree. */
#include "runtime/expr/regex_internal.h"

struct reader {
	struct arena *arena;
	struct str text;
	size_t at;
	int depth;
};

static struct problem *bad(struct reader *r, const char *reason) {
	struct str before = { r->text.p, r->at < r->text.n ? r->at : r->text.n };
	const char *offset = arena_printf(r->arena, "%zu", before.n),
		   *column = arena_printf(r->arena, "%zu", utf8_length(before) + 1);
	return PROBLEM(r->arena, MALFORMED, "expr_pattern", "offset", offset, "column", column,
		       "reason", reason);
}

static bool at_end(const struct reader *r) { return r->at >= r->text.n; }

static char look(const struct reader *r) { return at_end(r) ? '\0' : r->text.p[r->at]; }

static bool take(struct reader *r, char c) {
	if (at_end(r) || look(r) != c) return false;
	r->at++;
	return true;
}

static uint32_t take_code_point(struct reader *r) {
	struct str rest = { r->text.p + r->at, r->text.n - r->at };
	uint32_t cp = utf8_next(&rest);
	r->at = r->text.n - rest.n;
	return cp;
}

static struct tree *tree_new(struct reader *r, enum piece piece, struct tree *left,
			     struct tree *right) {
	struct tree *t = arena_alloc(r->arena, sizeof *t);
	*t = (struct tree){ .piece = piece, .left = left, .right = right };
	return t;
}

static void class_add(struct reader *r, struct class *c, uint32_t low, uint32_t high) {
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 2;
		struct range *ranges = arena_array(r->arena, room, sizeof *ranges);
		if (c->n) memcpy(ranges, c->ranges, c->n * sizeof *ranges);
		c->ranges = ranges;
		c->room = room;
	}
	c->ranges[c->n++] = (struct range){ low, high };
}

/* Named sets, ASCII only, as pairs of ends. */
static const struct {
	const char *name, *pairs;
} sets[] = {
	{ "alpha", "AZaz" },    { "digit", "09" },
	{ "alnum", "AZaz09" },  { "upper", "AZ" },
	{ "lower", "az" },      { "space", "\t\r  " },
	{ "blank", "\t\t  " },  { "punct", "!/:@[`{~" },
	{ "xdigit", "09AFaf" }, { "cntrl", "\001\037\177\177" },
	{ "print", " ~" },      { "graph", "!~" },
	{ "d", "09" },          { "w", "AZaz09__" },
	{ "s", "\t\r  " },
};

static bool add_set(struct reader *r, struct class *c, struct str name) {
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if (!str_is(name, sets[i].name)) continue;
		for (const char *pair = sets[i].pairs; *pair; pair += 2)
			class_add(r, c, (uint32_t)pair[0], (uint32_t)pair[1]);
		return true;
	}
	return false;
}

/* [:name:], [.x.] or [=x=] after its "[:"; *cp is set for the last two. */
static struct problem *parse_named(struct reader *r, struct class *c, char kind, uint32_t *cp,
				   bool *single) {
	size_t from = r->at;
	while (!at_end(r) && !(look(r) == kind && r->at + 1 < r->text.n &&
			       r->text.p[r->at + 1] == ']' && r->at > from))
		r->at++;
	if (at_end(r)) return bad(r, "[:");
	struct str name = { r->text.p + from, r->at - from };
	r->at += 2;
	*single = kind != ':';
	if (!*single) return add_set(r, c, name) ? NULL : bad(r, "[: :]");
	*cp = utf8_next(&name);
	return name.n ? bad(r, "[. .]") : NULL;
}

/* What stands for one character in brackets, or a set (*single false). A backslash escapes, as
 * people expect. */
static struct problem *parse_bracket_item(struct reader *r, struct class *c, uint32_t *cp,
					  bool *single) {
	*single = true;
	if (look(r) == '[' && r->at + 1 < r->text.n && strchr(":.=", r->text.p[r->at + 1])) {
		char kind = r->text.p[r->at + 1];
		r->at += 2;
		return parse_named(r, c, kind, cp, single);
	}
	if (take(r, '\\')) {
		struct str name = { r->text.p + r->at, at_end(r) ? 0 : 1 };
		if (at_end(r)) return bad(r, "\\");
		if (strchr("dws", look(r))) {
			*single = false;
			add_set(r, c, name);
			r->at++;
			return NULL;
		}
		if ((look(r) >= '0' && look(r) <= '9') ||
		    ((look(r) | 32) >= 'a' && (look(r) | 32) <= 'z'))
			return bad(r, "\\");
	}
	*cp = take_code_point(r);
	return NULL;
}

static struct problem *parse_bracket(struct reader *r, struct tree *t) {
	size_t items = 0;
	t->class.negated = take(r, '^');
	for (; at_end(r) || look(r) != ']' || items == 0; items++) {
		uint32_t low, high;
		bool single;
		if (at_end(r)) return bad(r, "[");
		TRY(parse_bracket_item(r, &t->class, &low, &single));
		if (!single) continue;
		high = low;
		if (look(r) == '-' && r->at + 1 < r->text.n && r->text.p[r->at + 1] != ']') {
			r->at++;
			TRY(parse_bracket_item(r, &t->class, &high, &single));
			if (!single || high < low) return bad(r, "-");
		}
		class_add(r, &t->class, low, high);
	}
	r->at++;
	return NULL;
}

static struct problem *parse_escape(struct reader *r, struct tree *t) {
	if (at_end(r)) return bad(r, "\\");
	char c = look(r), lower = (char)(c | 32);
	struct str name = { &lower, 1 };
	if (strchr("dwsDWS", c)) {
		t->class.negated = c < 'a';
		add_set(r, &t->class, name);
		r->at++;
		return NULL;
	}
	if ((c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z')) return bad(r, "\\");
	uint32_t cp = take_code_point(r);
	class_add(r, &t->class, cp, cp);
	return NULL;
}

static struct problem *parse_choice(struct reader *r, struct tree **out);

static struct problem *parse_group(struct reader *r, struct tree **out) {
	if (++r->depth > REGEX_DEPTH) return bad(r, "(");
	if (look(r) == '?') return bad(r, "(?");
	TRY(parse_choice(r, out));
	r->depth--;
	return take(r, ')') ? NULL : bad(r, "(");
}

static struct problem *parse_atom(struct reader *r, struct tree **out) {
	char c = look(r);
	struct tree *t = *out = tree_new(r, PIECE_CLASS, NULL, NULL);
	if (strchr("*+?{", c)) return bad(r, "*");
	if (take(r, '(')) return parse_group(r, out);
	if (take(r, '[')) return parse_bracket(r, t);
	if (take(r, '\\')) return parse_escape(r, t);
	if (c == '^' || c == '$') {
		t->piece = c == '^' ? PIECE_START : PIECE_END;
		r->at++;
	} else if (take(r, '.')) {
		t->class.negated = true;
	} else {
		uint32_t cp = take_code_point(r);
		class_add(r, &t->class, cp, cp);
	}
	return NULL;
}

static bool take_count(struct reader *r, int *out) {
	size_t from = r->at;
	*out = 0;
	for (; look(r) >= '0' && look(r) <= '9'; r->at++) {
		*out = *out * 10 + (look(r) - '0');
		if (*out > REGEX_COUNT_MAX) return false;
	}
	return r->at > from;
}

/* {m} {m,} {m,n} after its brace */
static struct problem *parse_counts(struct reader *r, struct tree *t) {
	if (!take_count(r, &t->least)) return bad(r, "{");
	t->most = t->least;
	if (take(r, ',')) {
		t->most = REGEX_NO_LIMIT;
		if (look(r) != '}' && !take_count(r, &t->most)) return bad(r, "{");
	}
	if (t->most != REGEX_NO_LIMIT && t->most < t->least) return bad(r, "{");
	return take(r, '}') ? NULL : bad(r, "{");
}

static struct problem *parse_repeats(struct reader *r, struct tree **out) {
	static const struct {
		char sign;
		int least, most;
	} signs[] = { { '*', 0, REGEX_NO_LIMIT }, { '+', 1, REGEX_NO_LIMIT }, { '?', 0, 1 } };
	int count = 0;
	while (!at_end(r) && strchr("*+?{", look(r))) {
		char c = look(r);
		if (++count > 4) return bad(r, "*");
		struct tree *t = tree_new(r, PIECE_REPEAT, *out, NULL);
		r->at++;
		for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
			if (signs[i].sign != c) continue;
			t->least = signs[i].least;
			t->most = signs[i].most;
		}
		if (c == '{') TRY(parse_counts(r, t));
		*out = t;
	}
	return NULL;
}

/* Sequences and choices lean to the right: the tree is as deep as the pattern is long,
 * REGEX_PATTERN_MAX at most. */
static struct problem *parse_sequence(struct reader *r, struct tree **out) {
	struct tree **tail = out;
	*out = tree_new(r, PIECE_EMPTY, NULL, NULL);
	while (!at_end(r) && look(r) != '|' && !(look(r) == ')' && r->depth > 0)) {
		struct tree *atom;
		if (look(r) == ')') return bad(r, ")");
		TRY(parse_atom(r, &atom));
		TRY(parse_repeats(r, &atom));
		*tail = tree_new(r, PIECE_SEQUENCE, atom, tree_new(r, PIECE_EMPTY, NULL, NULL));
		tail = &(*tail)->right;
	}
	return NULL;
}

static struct problem *parse_choice(struct reader *r, struct tree **out) {
	TRY(parse_sequence(r, out));
	for (struct tree **tail = out; take(r, '|'); tail = &(*tail)->right) {
		struct tree *next;
		TRY(parse_sequence(r, &next));
		*tail = tree_new(r, PIECE_CHOICE, *tail, next);
	}
	return NULL;
}

struct problem *regex_parse(struct arena *a, struct str pattern, struct tree **out) {
	struct reader r = { .arena = a, .text = pattern };
	if (pattern.n > REGEX_PATTERN_MAX || !utf8_valid(pattern)) return bad(&r, "1000");
	/* No text holds NUL, and PostgreSQL cannot be given one. */
	const char *nul = pattern.n ? memchr(pattern.p, '\0', pattern.n) : NULL;
	if (nul) {
		r.at = (size_t)(nul - pattern.p);
		return bad(&r, "NUL");
	}
	return parse_choice(&r, out);
}
