/* check.c -- the type checker's frame: every node gets its type, conversions are put in, faults
 * carry positions. Rules of conversion (check_as): null fits everywhere; integer and decimal into
 * each other; a date where a datetime is needed; an enum, user or dept where text is needed; a text
 * literal is read as whatever is needed; one value where a list is needed. Nothing else converts
 * silently. */
#include "runtime/expr/internal.h"

struct problem *check_fault(struct check *c, const struct node *n, const char *code,
			    const char *name1, const char *value1, const char *name2,
			    const char *value2) {
	struct where at = { c->text, n->offset, n->length };
	return expr_fault(c->arena, at, code, name1, value1, name2, value2);
}

struct problem *check_mismatch(struct check *c, const struct node *n, const char *expected) {
	const char *found = type_words(c->arena, n->type);
	if (!expected) return check_fault(c, n, "expr_not_a_value", "found", found, NULL, NULL);
	/* A reference to another form, a value of another enumeration. */
	if (strcmp(expected, found) == 0)
		return check_fault(c, n, "expr_other_domain", "found", found, NULL, NULL);
	return check_fault(c, n, "expr_type", "expected", expected, "found", found);
}

struct node *convert_node(struct check *c, struct node *n, enum convert how, struct type to) {
	struct node **args = arena_array(c->arena, 1, sizeof(struct node *));
	args[0] = n;
	struct node *made = node_new(c->arena, OP_CONVERT, n->offset, n->length, args, 1);
	/* Conversions come on top of a tree whose height the parser has limited already. */
	made->height = n->height;
	made->convert = how;
	made->type = to;
	check_finish(made);
	return made;
}

static bool node_can_fail(const struct node *n) {
	if (n->op == OP_CALL) return n->function->fails;
	if (n->op == OP_CONVERT) {
		/* A stored number (int64) fits every wider scale; a computed one may not. */
		const struct node *from = n->args[0];
		bool stored = from->op == OP_PATH || from->op == OP_LITERAL ||
			      from->type.kind == TYPE_INT;
		bool narrows = n->type.kind == TYPE_INT && from->type.kind != TYPE_INT;
		return n->convert == CONVERT_ITEMS ||
		       (n->convert == CONVERT_NUMBER && (narrows || !stored));
	}
	return n->op == OP_NEGATE || n->op >= OP_ADD;
}

void check_finish(struct node *n) {
	n->fails = node_can_fail(n);
	n->reads = n->op == OP_CLOCK ? CLOCK_BIT : n->op == OP_PATH ? 1u << n->slot->root : 0;
	for (size_t i = 0; i < n->n; i++) {
		n->fails = n->fails || n->args[i]->fails;
		n->reads |= n->args[i]->reads;
	}
	if (n->function && n->function->asks) n->reads |= FRAME_BIT;
}

struct problem *check_unit(struct check *c, const struct node *n, struct type a, struct type b,
			   uint8_t *unit) {
	*unit = a.unit ? a.unit : b.unit;
	if (a.unit && b.unit && a.unit != b.unit)
		return check_fault(c, n, "expr_units", NULL, NULL, NULL, NULL);
	return NULL;
}

static struct problem *number_as_type(struct check *c, struct node **n, struct type want) {
	struct type have = (*n)->type;
	uint8_t unit;
	TRY(check_unit(c, *n, have, want, &unit));
	if (want.kind == TYPE_DECIMAL && !want.unit) want.unit = have.unit;
	if (have.kind == want.kind && type_scale(have) == type_scale(want))
		(*n)->type = want;
	else
		*n = convert_node(c, *n, CONVERT_NUMBER, want);
	return NULL;
}

static struct problem *list_as(struct check *c, struct node **n, struct type want) {
	struct type item = type_item(want);
	if ((*n)->op == OP_LIST) {
		for (size_t i = 0; i < (*n)->n; i++) TRY(check_as(c, &(*n)->args[i], item));
		(*n)->type = want;
		check_finish(*n);
		return NULL;
	}
	if (!type_is_list((*n)->type)) {
		TRY(check_as(c, n, item));
		*n = convert_node(c, *n, CONVERT_LIST, want);
		return NULL;
	}
	struct node sample = { .op = OP_LITERAL,
			       .type = type_item((*n)->type),
			       .offset = (*n)->offset,
			       .length = (*n)->length };
	struct node *trial = &sample;
	TRY(check_as(c, &trial, item));
	if (trial->op != OP_CONVERT) {
		if ((*n)->type.kind != TYPE_CASCADE) (*n)->type = want;
		return NULL;
	}
	*n = convert_node(c, *n, CONVERT_ITEMS, want);
	(*n)->item = trial->convert;
	return NULL;
}

static bool fits(struct type have, struct type want) {
	bool domain = have.kind == TYPE_ENUM || have.kind == TYPE_REF;
	return have.kind == want.kind && (!domain || have.domain == want.domain || !want.domain);
}

/* A null takes the type of its place, and so do the branches of if(c, null, null). */
static void type_null(struct node *n, struct type want) {
	n->type = want;
	for (size_t i = 0; i < n->n; i++)
		if (n->args[i]->type.kind == TYPE_NULL) type_null(n->args[i], want);
}

struct problem *check_as(struct check *c, struct node **n, struct type want) {
	struct type have = (*n)->type;
	const char *expected = type_words(c->arena, want);
	if (have.kind == TYPE_NULL && !have.list) {
		type_null(*n, want);
		return NULL;
	}
	if (have.kind == TYPE_ROWS || have.kind == TYPE_RECORD)
		return check_mismatch(c, *n, expected);
	if (type_is_list(want)) return list_as(c, n, want);
	if (type_is_list(have)) return check_mismatch(c, *n, expected);
	if ((*n)->constant && have.kind == TYPE_TEXT && want.kind != TYPE_TEXT)
		return literal_as(c, n, want);
	if (type_is_number(have) && type_is_number(want)) return number_as_type(c, n, want);
	if (fits(have, want)) return NULL;
	if (have.kind == TYPE_DATE && want.kind == TYPE_DATETIME)
		*n = convert_node(c, *n, CONVERT_START, want);
	else if (have.kind == TYPE_INT && (want.kind == TYPE_REF || want.kind == TYPE_DURATION))
		*n = convert_node(c, *n, CONVERT_NUMBER, want);
	else if (want.kind == TYPE_TEXT && type_is_coded(have) && have.kind != TYPE_REF)
		*n = convert_node(c, *n, CONVERT_TEXT, want);
	else
		return check_mismatch(c, *n, expected);
	return NULL;
}

struct problem *check_shown(struct check *c, struct node **n, enum convert how) {
	struct type have = (*n)->type;
	if (have.kind == TYPE_ROWS || have.kind == TYPE_RECORD)
		return check_mismatch(c, *n, "text");
	if (type_is(have, TYPE_NULL))
		type_null(*n, type_of(TYPE_TEXT));
	else if (!type_is(have, TYPE_TEXT))
		*n = convert_node(c, *n, how, type_of(TYPE_TEXT));
	return NULL;
}

/* The smallest type both fit in; false: there is none. */
static bool join_types(struct type a, struct type b, struct type *out) {
	*out = a.kind == TYPE_NULL ? b : a;
	if (a.kind == TYPE_NULL || b.kind == TYPE_NULL) return true;
	if (type_is_number(a) && type_is_number(b)) {
		int scale = type_scale(a) > type_scale(b) ? type_scale(a) : type_scale(b);
		if (a.kind != b.kind || a.kind == TYPE_DECIMAL)
			*out = type_decimal(scale, a.unit ? a.unit : b.unit);
		return true;
	}
	if (type_is_list(a) != type_is_list(b)) return false;
	if (a.kind == b.kind && a.kind != TYPE_DECIMAL) return fits(a, b);
	if (type_is_list(a)) {
		struct type item;
		if (!join_types(type_item(a), type_item(b), &item)) return false;
		*out = type_list(item);
		return true;
	}
	if ((a.kind == TYPE_DATE && b.kind == TYPE_DATETIME) ||
	    (a.kind == TYPE_DATETIME && b.kind == TYPE_DATE)) {
		*out = type_of(TYPE_DATETIME);
		return true;
	}
	bool text = a.kind == TYPE_TEXT || b.kind == TYPE_TEXT;
	if (text && (a.kind == TYPE_TEXT ? b.kind : a.kind) >= TYPE_ENUM &&
	    type_is_coded(a.kind == TYPE_TEXT ? b : a) && a.kind != TYPE_REF &&
	    b.kind != TYPE_REF) {
		*out = type_of(TYPE_TEXT);
		return true;
	}
	if ((a.kind == TYPE_INT && b.kind == TYPE_REF) ||
	    (a.kind == TYPE_REF && b.kind == TYPE_INT)) {
		*out = a.kind == TYPE_REF ? a : b;
		return true;
	}
	return false;
}

static bool is_text_literal(const struct node *n) {
	return n->constant && type_is(n->type, TYPE_TEXT);
}

struct problem *check_unify(struct check *c, struct node **items, size_t n, struct type *out) {
	struct type common = type_of(TYPE_NULL);
	bool literals = false;
	for (size_t i = 0; i < n; i++) {
		struct type joined;
		if (items[i]->type.kind == TYPE_ROWS || items[i]->type.kind == TYPE_RECORD)
			return check_mismatch(c, items[i], NULL);
		if (is_text_literal(items[i])) {
			literals = true;
			continue;
		}
		uint8_t unit;
		TRY(check_unit(c, items[i], common, items[i]->type, &unit));
		if (!join_types(common, items[i]->type, &joined))
			return check_mismatch(c, items[i], type_words(c->arena, common));
		common = joined;
	}
	if (common.kind == TYPE_NULL && literals) common.kind = TYPE_TEXT;
	for (size_t i = 0; i < n; i++) TRY(check_as(c, &items[i], common));
	*out = common;
	return NULL;
}

static struct problem *check_list(struct check *c, struct node **n) {
	struct type item;
	for (size_t i = 0; i < (*n)->n; i++) {
		TRY(check_node(c, &(*n)->args[i]));
		if (type_is_list((*n)->args[i]->type))
			return check_mismatch(c, (*n)->args[i], "a single value");
	}
	TRY(check_unify(c, (*n)->args, (*n)->n, &item));
	(*n)->type = type_list(item);
	check_finish(*n);
	return NULL;
}

static struct problem *check_literal(struct check *c, struct node **n) {
	(void)c;
	check_finish(*n);
	return NULL;
}

struct problem *check_node(struct check *c, struct node **n) {
	static struct problem *(*const checks[])(struct check *, struct node **) = {
		[OP_LITERAL] = check_literal, [OP_NAME] = check_name, [OP_MEMBER] = check_name,
		[OP_LIST] = check_list,       [OP_CALL] = check_call,
	};
	return (*n)->op < ARRAY_LEN(checks) && checks[(*n)->op] ? checks[(*n)->op](c, n)
								: check_operator(c, n);
}
