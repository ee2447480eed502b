/* fn_text.c -- text. Positions and lengths count code points, the first is 1. An empty result is
 * null. */
#include "runtime/expr/functions.h"
#include "runtime/expr/cny.h"
#include "runtime/base/fold.h"

static struct str text_of(const struct value *v) {
	return v->kind == VALUE_TEXT ? v->as.s : (struct str){ "", 0 };
}

struct problem *fn_len(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	(void)e;
	(void)n;
	*out = value_int((int64_t)utf8_length(text_of(&args[0])));
	return NULL;
}

static struct problem *mapped(struct eval *e, const struct node *n, struct str s,
			      uint32_t (*map)(uint32_t), struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	while (s.n) sb_code_point(&b, map(utf8_next(&s)));
	return eval_text(e, n, &b, out);
}

struct problem *fn_upper(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	return mapped(e, n, args[0].as.s, fold_upper, out);
}

struct problem *fn_lower(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	return mapped(e, n, args[0].as.s, fold_lower, out);
}

struct problem *fn_fold(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	return mapped(e, n, args[0].as.s, fold_code_point, out);
}

struct problem *fn_trim(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	*out = value_text(str_trim(args[0].as.s));
	return NULL;
}

/* Byte offset of the first needle at or after `from`; SIZE_MAX: none. UTF-8 needs no code points
 * for this. */
static size_t find_bytes(struct str s, struct str needle, size_t from) {
	if (needle.n == 0) return from;
	if (from >= s.n) return SIZE_MAX;
	const char *found = memmem(s.p + from, s.n - from, needle.p, needle.n); /* linear */
	return found ? (size_t)(found - s.p) : SIZE_MAX;
}

/* contains(text, text), or contains(list, value). */
struct problem *check_contains(struct check *c, struct node *n) {
	n->type = type_of(TYPE_BOOL);
	if (type_is_list(n->args[0]->type))
		return check_as(c, &n->args[1], type_item(n->args[0]->type));
	for (size_t i = 0; i < 2; i++) TRY(check_as(c, &n->args[i], type_of(TYPE_TEXT)));
	return NULL;
}

struct problem *fn_contains(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	(void)e;
	(void)n;
	bool found = false;
	if (args[0].kind == VALUE_LIST)
		for (size_t i = 0; i < args[0].as.list.n; i++)
			found = found || value_equal(&args[0].as.list.items[i], &args[1]);
	else
		found = find_bytes(args[0].as.s, args[1].as.s, 0) != SIZE_MAX;
	*out = value_bool(found);
	return NULL;
}

struct problem *fn_starts_with(struct eval *e, const struct node *n, const struct value *args,
			       struct value *out) {
	(void)e;
	(void)n;
	*out = value_bool(str_starts(args[0].as.s, args[1].as.s));
	return NULL;
}

struct problem *fn_ends_with(struct eval *e, const struct node *n, const struct value *args,
			     struct value *out) {
	(void)e;
	(void)n;
	struct str s = args[0].as.s, end = args[1].as.s;
	*out = value_bool(s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0);
	return NULL;
}

/* The pattern is a literal, compiled with the expression, its faults placed inside the literal. */
struct problem *check_matches(struct check *c, struct node *n) {
	const struct regex *r;
	struct node *literal = n->args[1];
	struct problem *p = regex_compile(
		c->arena, literal->value.kind == VALUE_TEXT ? literal->value.as.s : STR(""), &r);
	n->data = r;
	if (!p) return NULL;
	const char *reason = "";
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, "reason") == 0) reason = p->params[i].value;
	return check_fault(c, literal, p->code, "reason", reason, NULL, NULL);
}

struct problem *fn_matches(struct eval *e, const struct node *n, const struct value *args,
			   struct value *out) {
	(void)e;
	if (args[0].kind == VALUE_TEXT) *out = value_bool(regex_match(n->data, args[0].as.s));
	return NULL;
}

struct problem *fn_replace(struct eval *e, const struct node *n, const struct value *args,
			   struct value *out) {
	struct str s = text_of(&args[0]), old = text_of(&args[1]), new = text_of(&args[2]);
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	size_t from = 0;
	for (size_t at; old.n && (at = find_bytes(s, old, from)) != SIZE_MAX; from = at + old.n) {
		sb_bytes(&b, s.p + from, at - from);
		sb_add(&b, new);
	}
	sb_bytes(&b, s.p + from, s.n - from);
	return eval_text(e, n, &b, out);
}

struct problem *fn_concat(struct eval *e, const struct node *n, const struct value *args,
			  struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	for (size_t i = 0; i < n->n; i++) sb_add(&b, text_of(&args[i]));
	return eval_text(e, n, &b, out);
}

struct problem *fn_text(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	*out = args[0];
	return NULL;
}

/* `count` code points from the code point `start` (from 0) on; both may be out of range. */
static struct str slice(struct str s, int64_t start, int64_t count) {
	if (start < 0) start = 0;
	if (count < 0) count = 0;
	if ((uint64_t)start > s.n) start = (int64_t)s.n;
	if ((uint64_t)count > s.n) count = (int64_t)s.n;
	size_t skip = utf8_prefix(s, (size_t)start);
	struct str rest = { s.p + skip, s.n - skip };
	return (struct str){ rest.p, utf8_prefix(rest, (size_t)count) };
}

struct problem *fn_left(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	*out = value_text(slice(args[0].as.s, 0, args[1].as.i));
	return NULL;
}

struct problem *fn_right(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	(void)e;
	(void)n;
	int64_t length = (int64_t)utf8_length(args[0].as.s), count = args[1].as.i;
	if (count > 0)
		*out = value_text(slice(args[0].as.s, count < length ? length - count : 0, count));
	return NULL;
}

struct problem *fn_mid(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	if (args[1].as.i < 1) return eval_fault(e, n, "expr_argument");
	*out = value_text(slice(args[0].as.s, args[1].as.i - 1, args[2].as.i));
	return NULL;
}

struct problem *fn_find(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	size_t at = find_bytes(args[0].as.s, args[1].as.s, 0);
	struct str before = { args[0].as.s.p, at };
	*out = value_int(at == SIZE_MAX ? 0 : (int64_t)utf8_length(before) + 1);
	return NULL;
}

struct problem *fn_pad_left(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	int64_t length = (int64_t)utf8_length(args[0].as.s);
	if (args[1].as.i > 1000) return eval_fault(e, n, "expr_argument");
	for (; length < args[1].as.i; length++)
		sb_bytes(&b, args[2].as.s.p, utf8_prefix(args[2].as.s, 1));
	sb_add(&b, args[0].as.s);
	return eval_text(e, n, &b, out);
}

struct problem *fn_cny_upper(struct eval *e, const struct node *n, const struct value *args,
			     struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	enum decimal_status status = cny_upper(value_number(&args[0]), &b);
	TRY(eval_status(e, n, status));
	return eval_text(e, n, &b, out);
}
