/* parse.c -- tokens to a syntax tree, by precedence climbing.
 * Invariants: 1. nesting of the text and height of the tree are at most EXPR_DEPTH; an and/or chain
 * of any length is one node of many arguments. 2. comparisons do not chain: a < b < c is a fault,
 * not a surprise. */
#include "runtime/expr/internal.h"

struct parser {
	struct lexer lexer;
	struct token token;
	uint32_t last_end;
	int depth;
};

enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT };

static const struct {
	enum token_kind token;
	enum op op;
	int level;
} binaries[] = {
	{ TOKEN_OR, OP_OR, LEVEL_OR },          { TOKEN_AND, OP_AND, LEVEL_AND },
	{ TOKEN_EQ, OP_EQ, LEVEL_COMPARE },     { TOKEN_NE, OP_NE, LEVEL_COMPARE },
	{ TOKEN_LT, OP_LT, LEVEL_COMPARE },     { TOKEN_LE, OP_LE, LEVEL_COMPARE },
	{ TOKEN_GT, OP_GT, LEVEL_COMPARE },     { TOKEN_GE, OP_GE, LEVEL_COMPARE },
	{ TOKEN_IN, OP_IN, LEVEL_COMPARE },     { TOKEN_PLUS, OP_ADD, LEVEL_SUM },
	{ TOKEN_MINUS, OP_SUB, LEVEL_SUM },     { TOKEN_STAR, OP_MUL, LEVEL_PRODUCT },
	{ TOKEN_SLASH, OP_DIV, LEVEL_PRODUCT },
};

const char *op_text(enum op op) {
	static const char *const texts[] = {
		[OP_NOT] = "not", [OP_NEGATE] = "-", [OP_AND] = "and", [OP_OR] = "or",
		[OP_EQ] = "==",   [OP_NE] = "!=",    [OP_LT] = "<",    [OP_LE] = "<=",
		[OP_GT] = ">",    [OP_GE] = ">=",    [OP_IN] = "in",   [OP_ADD] = "+",
		[OP_SUB] = "-",   [OP_MUL] = "*",    [OP_DIV] = "/",
	};
	return op < ARRAY_LEN(texts) && texts[op] ? texts[op] : "";
}

static struct problem *parse_level(struct parser *p, int level, struct node **out);

struct node *node_new(struct arena *a, enum op op, uint32_t offset, uint32_t length,
		      struct node **args, size_t n) {
	struct node *node = arena_alloc(a, sizeof *node);
	*node = (struct node){
		.op = op, .offset = offset, .length = length, .args = args, .n = n, .height = 1
	};
	for (size_t i = 0; i < n; i++)
		if (args[i]->height >= node->height) node->height = (uint8_t)(args[i]->height + 1);
	return node;
}

static struct where here(const struct parser *p) {
	return (struct where){ p->lexer.text, p->token.offset, p->token.length };
}

static struct problem *unexpected(struct parser *p, const char *expected) {
	const char *code = p->token.kind == TOKEN_END ? "expr_unexpected_end" : "expr_unexpected";
	return expr_fault(p->lexer.arena, here(p), code, "expected", expected, NULL, NULL);
}

/* A whole value, a name or the end is missing here: texts of their own, which say it in words. */
static struct problem *missing(struct parser *p, const char *code) {
	return expr_fault(p->lexer.arena, here(p), code, NULL, NULL, NULL, NULL);
}

static struct problem *advance(struct parser *p) {
	p->last_end = p->token.offset + p->token.length;
	return lex_next(&p->lexer, &p->token);
}

static struct problem *expect(struct parser *p, enum token_kind kind, const char *text) {
	if (p->token.kind != kind) return unexpected(p, text);
	return advance(p);
}

static struct problem *make(struct parser *p, enum op op, uint32_t start, struct node **args,
			    size_t n, struct node **out) {
	struct node *node = node_new(p->lexer.arena, op, start, p->last_end - start, args, n);
	struct where at = { p->lexer.text, start, node->length };
	if (node->height > EXPR_DEPTH)
		return expr_fault(p->lexer.arena, at, "expr_too_deep", NULL, NULL, NULL, NULL);
	*out = node;
	return NULL;
}

struct nodes {
	struct node **items;
	size_t n, room;
};

static void nodes_add(struct arena *a, struct nodes *list, struct node *node) {
	if (list->n == list->room) {
		size_t room = list->room ? list->room * 2 : 4;
		struct node **items = arena_array(a, room, sizeof(struct node *));
		for (size_t i = 0; i < list->n; i++) items[i] = list->items[i];
		list->items = items;
		list->room = room;
	}
	list->items[list->n++] = node;
}

/* "a, b, c" up to the closing symbol, which is taken too. */
static struct problem *parse_items(struct parser *p, enum token_kind close, const char *text,
				   struct nodes *list) {
	while (p->token.kind != close) {
		struct node *item;
		if (list->n) TRY(expect(p, TOKEN_COMMA, ","));
		TRY(parse_level(p, LEVEL_OR, &item));
		nodes_add(p->lexer.arena, list, item);
	}
	return expect(p, close, text);
}

static struct problem *parse_word(struct parser *p, struct node **out) {
	struct token name = p->token;
	struct nodes list = { 0 };
	TRY(advance(p));
	bool call = name.kind == TOKEN_NAME && p->token.kind == TOKEN_LEFT;
	if (call) {
		TRY(advance(p));
		TRY(parse_items(p, TOKEN_RIGHT, ")", &list));
	}
	TRY(make(p, call ? OP_CALL : OP_NAME, name.offset, list.items, list.n, out));
	(*out)->name = name.text;
	return NULL;
}

static struct problem *parse_literal(struct parser *p, struct node **out) {
	static const enum type_kind kinds[] = { [VALUE_NULL] = TYPE_NULL,
						[VALUE_BOOL] = TYPE_BOOL,
						[VALUE_INT] = TYPE_INT,
						[VALUE_DECIMAL] = TYPE_DECIMAL,
						[VALUE_TEXT] = TYPE_TEXT };
	struct token t = p->token;
	struct value v = t.value;
	if (t.kind == TOKEN_TRUE || t.kind == TOKEN_FALSE) v = value_bool(t.kind == TOKEN_TRUE);
	TRY(advance(p));
	TRY(make(p, OP_LITERAL, t.offset, NULL, 0, out));
	struct node *n = *out;
	n->value = v;
	n->constant = true;
	n->type = type_of(t.kind == TOKEN_TEXT ? TYPE_TEXT : kinds[v.kind]);
	if (v.kind == VALUE_DECIMAL) n->type.scale = (uint8_t)v.as.d.scale;
	if (t.percent) n->type.unit = UNIT_PERCENT;
	return NULL;
}

static struct problem *parse_group(struct parser *p, struct node **out) {
	TRY(advance(p));
	TRY(parse_level(p, LEVEL_OR, out));
	return expect(p, TOKEN_RIGHT, ")");
}

static struct problem *parse_list(struct parser *p, struct node **out) {
	uint32_t start = p->token.offset;
	struct nodes list = { 0 };
	TRY(advance(p));
	TRY(parse_items(p, TOKEN_CLOSE, "]", &list));
	return make(p, OP_LIST, start, list.items, list.n, out);
}

static struct problem *parse_primary(struct parser *p, struct node **out) {
	static struct problem *(*const parsers[])(struct parser *, struct node **) = {
		[TOKEN_NUMBER] = parse_literal, [TOKEN_TEXT] = parse_literal,
		[TOKEN_TRUE] = parse_literal,   [TOKEN_FALSE] = parse_literal,
		[TOKEN_NULL] = parse_literal,   [TOKEN_NAME] = parse_word,
		[TOKEN_DOLLAR] = parse_word,    [TOKEN_LEFT] = parse_group,
		[TOKEN_OPEN] = parse_list,
	};
	if (p->token.kind >= ARRAY_LEN(parsers) || !parsers[p->token.kind])
		return missing(p, "expr_needs_value");
	return parsers[p->token.kind](p, out);
}

static struct problem *parse_postfix(struct parser *p, struct node **out) {
	uint32_t start = p->token.offset;
	TRY(parse_primary(p, out));
	while (p->token.kind == TOKEN_DOT) {
		TRY(advance(p));
		struct str name = p->token.text;
		if (p->token.kind != TOKEN_NAME) return missing(p, "expr_needs_name");
		TRY(advance(p));
		struct node **args = arena_array(p->lexer.arena, 1, sizeof(struct node *));
		args[0] = *out;
		TRY(make(p, OP_MEMBER, start, args, 1, out));
		(*out)->name = name;
	}
	return NULL;
}

static struct problem *parse_prefix(struct parser *p, enum op op, int level, struct node **out) {
	uint32_t start = p->token.offset;
	struct node **args = arena_array(p->lexer.arena, 1, sizeof(struct node *));
	TRY(advance(p));
	TRY(parse_level(p, level, &args[0]));
	return make(p, op, start, args, 1, out);
}

/* not binds weaker than a comparison, so a == not b is a fault. */
static struct problem *parse_unary(struct parser *p, int level, struct node **out) {
	if (++p->depth > EXPR_DEPTH)
		return expr_fault(p->lexer.arena, here(p), "expr_too_deep", NULL, NULL, NULL, NULL);
	if (p->token.kind == TOKEN_NOT && level <= LEVEL_NOT)
		TRY(parse_prefix(p, OP_NOT, LEVEL_NOT, out));
	else if (p->token.kind == TOKEN_MINUS)
		TRY(parse_prefix(p, OP_NEGATE, LEVEL_PRODUCT + 1, out));
	else
		TRY(parse_postfix(p, out));
	p->depth--;
	return NULL;
}

static int binary_of(const struct parser *p) {
	for (size_t i = 0; i < ARRAY_LEN(binaries); i++)
		if (binaries[i].token == p->token.kind) return (int)i;
	return -1;
}

/* left op right op right ... of one level; and/or gather into one node. */
static struct problem *parse_right(struct parser *p, uint32_t start, int which, struct node **out) {
	struct arena *a = p->lexer.arena;
	enum op op = binaries[which].op;
	struct nodes list = { 0 };
	nodes_add(a, &list, *out);
	bool gather = op == OP_AND || op == OP_OR;
	do {
		struct node *right;
		TRY(advance(p));
		TRY(parse_level(p, binaries[which].level + 1, &right));
		nodes_add(a, &list, right);
	} while (gather && p->token.kind == binaries[which].token);
	return make(p, op, start, list.items, list.n, out);
}

static struct problem *wrap_not(struct parser *p, uint32_t start, struct node **out) {
	struct node **args = arena_array(p->lexer.arena, 1, sizeof(struct node *));
	args[0] = *out;
	return make(p, OP_NOT, start, args, 1, out);
}

/* "not" before "in": taken, the parser stands at "in". */
static struct problem *take_not_in(struct parser *p, int level, bool *taken) {
	struct lexer before = p->lexer;
	struct token next;
	*taken = false;
	if (p->token.kind != TOKEN_NOT || level > LEVEL_COMPARE) return NULL;
	TRY(lex_next(&p->lexer, &next));
	*taken = next.kind == TOKEN_IN;
	if (*taken)
		p->token = next;
	else
		p->lexer = before;
	return NULL;
}

static struct problem *parse_level(struct parser *p, int level, struct node **out) {
	uint32_t start = p->token.offset;
	bool compared = false;
	TRY(parse_unary(p, level, out));
	for (;;) {
		bool not_in;
		TRY(take_not_in(p, level, &not_in));
		int which = binary_of(p);
		if (which < 0 || binaries[which].level < level) return NULL;
		bool compares = binaries[which].level == LEVEL_COMPARE;
		if (compares && compared)
			return expr_fault(p->lexer.arena, here(p), "expr_chained", NULL, NULL, NULL,
					  NULL);
		compared = compares;
		TRY(parse_right(p, start, which, out));
		if (not_in) TRY(wrap_not(p, start, out));
	}
}

static struct problem *parser_open(struct parser *p, struct arena *a, struct str text) {
	struct where all = { text, 0, 0 };
	*p = (struct parser){ .lexer = { .arena = a, .text = text } };
	if (text.n > EXPR_TEXT_MAX)
		return expr_fault(a, all, "expr_too_long", "max", "16384", NULL, NULL);
	if (!utf8_valid(text))
		return expr_fault(a, (struct where){ STR(""), 0, 0 }, "expr_not_utf8", NULL, NULL,
				  NULL, NULL);
	return NULL;
}

struct problem *parse_expr(struct arena *a, struct str text, struct node **out) {
	struct parser p;
	TRY(parser_open(&p, a, text));
	TRY(advance(&p));
	TRY(parse_level(&p, LEVEL_OR, out));
	return p.token.kind == TOKEN_END ? NULL : missing(&p, "expr_needs_end");
}

/* The literal text up to the next single brace; {{ and }} stand for one. */
static struct problem *template_text(struct parser *p, struct nodes *parts) {
	struct lexer *l = &p->lexer;
	struct sb out = sb_on(l->arena, EXPR_TEXT_MAX);
	uint32_t start = l->at;
	for (; l->at < l->text.n; l->at++) {
		char c = l->text.p[l->at];
		bool doubled = l->at + 1 < l->text.n && l->text.p[l->at + 1] == c;
		struct where at = { l->text, l->at, 1 };
		if (c == '}' && !doubled)
			return expr_fault(l->arena, at, "expr_template_brace", NULL, NULL, NULL,
					  NULL);
		if (c == '{' && !doubled) break;
		if (c == '{' || c == '}') l->at++;
		sb_char(&out, c);
	}
	if (!out.n) return NULL;
	struct node *text = node_new(l->arena, OP_LITERAL, start, l->at - start, NULL, 0);
	text->value = value_text(sb_str(&out));
	text->type = type_of(TYPE_TEXT);
	nodes_add(l->arena, parts, text);
	return NULL;
}

/* "{expression}" at the lexer. Afterwards the lexer stands right behind the brace. */
static struct problem *template_hole(struct parser *p, struct nodes *parts) {
	struct node *hole;
	p->lexer.at++;
	TRY(advance(p));
	TRY(parse_level(p, LEVEL_OR, &hole));
	if (p->token.kind != TOKEN_BRACE) return unexpected(p, "}");
	p->lexer.at = p->token.offset + 1;
	nodes_add(p->lexer.arena, parts, hole);
	return NULL;
}

/* A call of concat over texts and holes. */
struct problem *parse_template(struct arena *a, struct str text, struct node **out) {
	struct parser p;
	struct nodes parts = { 0 };
	TRY(parser_open(&p, a, text));
	while (p.lexer.at < text.n) {
		if (text.p[p.lexer.at] == '{' &&
		    !(p.lexer.at + 1 < text.n && text.p[p.lexer.at + 1] == '{'))
			TRY(template_hole(&p, &parts));
		else
			TRY(template_text(&p, &parts));
	}
	p.last_end = (uint32_t)text.n;
	TRY(make(&p, OP_CALL, 0, parts.items, parts.n, out));
	(*out)->name = STR("concat");
	return NULL;
}
