/* check_call.c -- a call against the function table: number of arguments, their types by letter,
 * the result. */
#include "runtime/expr/internal.h"

static const struct {
	char letter;
	enum type_kind kind;
	const char *words;
} letters[] = {
	{ 't', TYPE_TEXT, "text" },         { 'i', TYPE_INT, "integer" },
	{ 'd', TYPE_DATE, "date" },         { 'D', TYPE_DATETIME, "datetime" },
	{ 'T', TYPE_TIME, "time" },         { 'b', TYPE_BOOL, "bool" },
	{ 'u', TYPE_USER, "user" },         { 'p', TYPE_DEPT, "dept" },
	{ 'h', TYPE_DURATION, "duration" },
};

static struct problem *check_number(struct check *c, struct node **arg) {
	if ((*arg)->type.kind == TYPE_NULL) (*arg)->type = type_of(TYPE_INT);
	return type_is_number((*arg)->type) ? NULL : check_mismatch(c, *arg, "number");
}

/* A date or a datetime; a text literal is read as whichever it looks like. */
static struct problem *check_moment(struct check *c, struct node **arg) {
	int64_t day;
	if (type_is((*arg)->type, TYPE_DATE) || type_is((*arg)->type, TYPE_DATETIME)) return NULL;
	bool literal = (*arg)->constant && type_is((*arg)->type, TYPE_TEXT);
	bool datetime = literal && !day_parse((*arg)->value.as.s, &day);
	if (!literal && (*arg)->type.kind != TYPE_NULL) return check_mismatch(c, *arg, "date");
	return check_as(c, arg, type_of(datetime ? TYPE_DATETIME : TYPE_DATE));
}

static struct problem *check_list_argument(struct check *c, struct node **arg) {
	if ((*arg)->type.kind == TYPE_NULL) (*arg)->type.list = true;
	return type_is_list((*arg)->type) ? NULL : check_mismatch(c, *arg, "list");
}

static struct problem *check_literal_text(struct check *c, struct node **arg) {
	if ((*arg)->op == OP_LITERAL && type_is((*arg)->type, TYPE_TEXT)) return NULL;
	return check_fault(c, *arg, "expr_needs_literal", NULL, NULL, NULL, NULL);
}

static struct problem *check_argument(struct check *c, char letter, struct node **arg) {
	if (letter == 'a') return NULL;
	if (letter == 'n') return check_number(c, arg);
	if (letter == 'w') return check_moment(c, arg);
	if (letter == 'l') return check_list_argument(c, arg);
	if (letter == 'L') return check_literal_text(c, arg);
	if (letter == 's') return check_shown(c, arg, CONVERT_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].letter == letter) return check_as(c, arg, type_of(letters[i].kind));
	return NULL;
}

struct arity {
	size_t least, most;
};

static struct arity arity_of(const char *args) {
	struct arity n = { 0, 0 };
	for (; *args; args++) {
		if (*args == '*')
			n.most = SIZE_MAX;
		else if (*args == '?')
			n.least--;
		else
			n = (struct arity){ n.least + 1, n.most + 1 };
	}
	return n;
}

/* The letter of argument i: optional marks skipped, the last one repeated. */
static char letter_of(const char *args, size_t i) {
	char letter = '\0';
	for (; *args; args++) {
		if (*args == '?' || *args == '*') continue;
		letter = *args;
		if (i-- == 0) break;
	}
	return letter;
}

static void set_result(struct node *n, const char *result) {
	if (!result) return;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].letter == *result) n->type = type_of(letters[i].kind);
	if (*result == '1') n->type = n->args[0]->type;
}

static struct problem *find_function(struct check *c, struct node *n) {
	n->function = function_find(n->name);
	if (n->function) return NULL;
	struct suggest s = suggest_for(c->arena, n->name);
	function_names(suggest_visit, &s);
	struct where at = { c->text, n->offset, (uint32_t)n->name.n };
	return expr_fault(c->arena, at,
			  s.best ? "expr_unknown_function_near" : "expr_unknown_function",
			  s.best ? "suggestion" : NULL, s.best, NULL, NULL);
}

struct problem *check_call(struct check *c, struct node **node) {
	struct node *n = *node;
	TRY(find_function(c, n));
	const struct function *f = n->function;
	struct arity arity = arity_of(f->args);
	if (n->n < arity.least || n->n > arity.most)
		return check_fault(c, n, "expr_arguments", "name", f->info.name, "signature",
				   f->info.signature);
	for (size_t i = 0; i < n->n; i++) {
		TRY(check_node(c, &n->args[i]));
		TRY(check_argument(c, letter_of(f->args, i), &n->args[i]));
	}
	set_result(n, f->result);
	if (f->check) TRY(f->check(c, n));
	check_finish(n);
	return NULL;
}

struct problem *check_if(struct check *c, struct node *n) {
	struct type common;
	TRY(check_unify(c, n->args + 1, 2, &common));
	n->type = common;
	return NULL;
}

/* Conditions stand at the even places; the last one of an odd number is the value of "else". */
struct problem *check_case(struct check *c, struct node *n) {
	struct node **values = arena_array(c->arena, n->n, sizeof(struct node *));
	size_t count = 0;
	if (n->n < 2)
		return check_fault(c, n, "expr_arguments", "name", "case", "signature",
				   n->function->info.signature);
	for (size_t i = 0; i < n->n; i++) {
		if (i % 2 == 0 && i + 1 < n->n)
			TRY(check_as(c, &n->args[i], type_of(TYPE_BOOL)));
		else
			values[count++] = n->args[i];
	}
	TRY(check_unify(c, values, count, &n->type));
	count = 0;
	for (size_t i = 0; i < n->n; i++)
		if (i % 2 || i + 1 == n->n) n->args[i] = values[count++];
	return NULL;
}

struct problem *check_coalesce(struct check *c, struct node *n) {
	return check_unify(c, n->args, n->n, &n->type);
}
