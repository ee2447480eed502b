/* verify_linkage.c -- VR06: two linkage rules that say opposite things about one field while both
 * hold. Decided on the text of the conditions, soundly: two conditions are taken to exclude each
 * other only when, among the terms that "and" joins in each, there are two about the same field
 * that cannot both be true: equal to different literals; in two lists without a common literal;
 * equal and not equal to the same literal; x and not x; null and a literal; number or date ranges
 * that do not meet. Everything else may hold together and is reported as a warning. */
#include "runtime/base/day.h"
#include "runtime/model/verify.h"

enum { TERMS_MAX = 32, ITEMS_MAX = 64 };

enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_OPAQUE };
struct piece {
	enum { PIECE_END, PIECE_NAME, PIECE_NUMBER, PIECE_TEXT, PIECE_SIGN } kind;
	struct str text;
};
struct term {
	struct str path;
	enum op op;
	struct piece items[ITEMS_MAX];
	size_t n;
};
struct terms {
	struct term *items;
	size_t n;
};
struct scan {
	struct str rest;
	struct piece now;
};

static bool word_byte(char c) {
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
}

static void next(struct scan *s) {
	while (s->rest.n && strchr(" \t\n", s->rest.p[0])) s->rest.p++, s->rest.n--;
	const char *p = s->rest.p;
	size_t n = 0;
	if (!s->rest.n) {
		s->now = (struct piece){ .kind = PIECE_END };
		return;
	}
	if (p[0] == '\'' || p[0] == '"') {
		for (n = 1; n < s->rest.n && p[n] != p[0]; n++)
			if (p[n] == '\\') n++;
		size_t inside = n > s->rest.n ? s->rest.n - 1 : n - 1;
		s->now = (struct piece){ PIECE_TEXT, { p + 1, inside } };
		n = n < s->rest.n ? n + 1 : s->rest.n;
	} else if (word_byte(p[0])) {
		while (n < s->rest.n && word_byte(p[n])) n++;
		bool digit = p[0] >= '0' && p[0] <= '9';
		s->now = (struct piece){ digit ? PIECE_NUMBER : PIECE_NAME, { p, n } };
	} else {
		n = s->rest.n > 1 && p[1] == '=' && strchr("=!<>", p[0]) ? 2 : 1;
		s->now = (struct piece){ PIECE_SIGN, { p, n } };
	}
	s->rest.p += n;
	s->rest.n -= n;
}

static bool is(const struct scan *s, const char *text) {
	return (s->now.kind == PIECE_SIGN || s->now.kind == PIECE_NAME) &&
	       str_is(s->now.text, text);
}

static enum op sign_op(const struct scan *s) {
	static const struct {
		const char *sign;
		enum op op;
	} signs[] = { { "==", OP_EQ }, { "!=", OP_NE }, { "<", OP_LT }, { "<=", OP_LE },
		      { ">", OP_GT },  { ">=", OP_GE }, { "in", OP_IN } };
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (is(s, signs[i].sign)) return signs[i].op;
	return OP_OPAQUE;
}

static bool literal(struct scan *s, struct term *t) {
	bool minus = is(s, "-");
	if (minus) next(s);
	bool word = s->now.kind == PIECE_NAME &&
		    (str_is(s->now.text, "null") || str_is(s->now.text, "true") ||
		     str_is(s->now.text, "false"));
	if (minus ? s->now.kind != PIECE_NUMBER
		  : s->now.kind != PIECE_NUMBER && s->now.kind != PIECE_TEXT && !word)
		return false;
	if (t->n == ITEMS_MAX) return false;
	if (s->now.kind == PIECE_TEXT && s->now.text.n &&
	    memchr(s->now.text.p, '\\', s->now.text.n))
		return false;
	t->items[t->n] = s->now;
	if (minus) t->items[t->n].text = (struct str){ s->now.text.p - 1, s->now.text.n + 1 };
	t->n++;
	next(s);
	return true;
}

static bool list(struct scan *s, struct term *t) {
	if (!is(s, "[")) return false;
	for (next(s); !is(s, "]");) {
		if (!literal(s, t)) return false;
		if (is(s, ","))
			next(s);
		else if (!is(s, "]"))
			return false;
	}
	next(s);
	return true;
}

static void add_word(struct term *t, const char *word) {
	t->items[t->n++] = (struct piece){ PIECE_NAME, str_of(word) };
}

/* "stage == 'won'", "amount > 10", "stage in ['a', 'b']", "flag", "not flag"; false: a term of
 * another form. */
static bool parse_term(struct scan *s, struct term *t) {
	bool negated = is(s, "not");
	if (negated) next(s);
	if (s->now.kind != PIECE_NAME) return false;
	t->path = s->now.text;
	next(s);
	if (s->now.kind == PIECE_END || is(s, "and")) {
		t->op = OP_EQ;
		add_word(t, negated ? "false" : "true");
		return true;
	}
	t->op = sign_op(s);
	if (negated || t->op == OP_OPAQUE) return false;
	next(s);
	return t->op == OP_IN ? list(s, t) : literal(s, t);
}

/* The terms joined by "and"; a condition with "or" anywhere outside of a term is opaque as a whole.
 */
static struct terms conjuncts(struct arena *a, struct str text) {
	struct terms out = { arena_array(a, TERMS_MAX, sizeof(struct term)), 0 };
	struct scan s = { .rest = text };
	for (next(&s); s.now.kind != PIECE_END && out.n < TERMS_MAX; next(&s)) {
		struct term *t = &out.items[out.n];
		t->n = 0;
		if (!parse_term(&s, t) || (s.now.kind != PIECE_END && !is(&s, "and")))
			return (struct terms){ out.items, 0 };
		out.n++;
		if (s.now.kind == PIECE_END) break;
	}
	return out;
}

static bool same_piece(const struct piece *x, const struct piece *y) {
	struct decimal a, b;
	if (x->kind != y->kind) return false;
	if (x->kind != PIECE_NUMBER) return str_eq(x->text, y->text);
	return decimal_parse(x->text, &a) == DECIMAL_OK &&
	       decimal_parse(y->text, &b) == DECIMAL_OK && decimal_cmp(a, b) == 0;
}

static bool has(const struct term *t, const struct piece *p) {
	for (size_t i = 0; i < t->n; i++)
		if (same_piece(&t->items[i], p)) return true;
	return false;
}

static bool share(const struct term *x, const struct term *y) {
	for (size_t i = 0; i < x->n; i++)
		if (has(y, &x->items[i])) return true;
	return false;
}

static bool is_null(const struct piece *p) {
	return p->kind == PIECE_NAME && str_is(p->text, "null");
}

static bool iso_day(const struct piece *p) {
	int64_t day;
	return p->kind == PIECE_TEXT && day_parse(p->text, &day);
}

/* x op1 a and x op2 b over an order (numbers and days): is there no x? */
static bool ranges_apart(enum op o1, const struct piece *a, enum op o2, const struct piece *b) {
	struct decimal x, y;
	int order;
	if (iso_day(a) && iso_day(b))
		order = str_cmp(a->text, b->text);
	else if (a->kind != PIECE_NUMBER || b->kind != PIECE_NUMBER)
		return false;
	else if (decimal_parse(a->text, &x) != DECIMAL_OK ||
		 decimal_parse(b->text, &y) != DECIMAL_OK)
		return false;
	else
		order = decimal_cmp(x, y);
	bool above1 = o1 == OP_GT || o1 == OP_GE, above2 = o2 == OP_GT || o2 == OP_GE;
	bool below1 = o1 == OP_LT || o1 == OP_LE, below2 = o2 == OP_LT || o2 == OP_LE;
	if ((below1 || o1 == OP_EQ) && (above2 || o2 == OP_EQ) && !(o1 == OP_EQ && o2 == OP_EQ))
		return order < 0 || (order == 0 && (o1 == OP_LT || o2 == OP_GT));
	if ((above1 || o1 == OP_EQ) && (below2 || o2 == OP_EQ) && !(o1 == OP_EQ && o2 == OP_EQ))
		return order > 0 || (order == 0 && (o1 == OP_GT || o2 == OP_LT));
	return false;
}

static bool lists_apart(const struct term *x, const struct term *y) {
	bool x_set = x->op == OP_EQ || x->op == OP_IN, y_set = y->op == OP_EQ || y->op == OP_IN;
	if (x_set && y_set) return !share(x, y);
	if (x_set && y->op == OP_NE) return x->n == 1 && has(y, &x->items[0]);
	if (y_set && x->op == OP_NE) return y->n == 1 && has(x, &y->items[0]);
	if (x_set && x->n == 1 && is_null(&x->items[0]))
		return y->op != OP_NE; /* an order with null is never true */
	return y_set && y->n == 1 && is_null(&y->items[0]) && x->op != OP_NE;
}

/* The same instant or time may be written in several ways: only fields whose texts are the values
 * are compared. */
static bool comparable(const struct form *form, struct str path) {
	const struct field *f = form_field(form, path);
	return f && f->value_type.kind != TYPE_DATETIME && f->value_type.kind != TYPE_TIME &&
	       f->value_type.kind != TYPE_DURATION;
}

static bool terms_apart(const struct form *form, const struct term *x, const struct term *y) {
	if (!str_eq(x->path, y->path) || !comparable(form, x->path)) return false;
	if (lists_apart(x, y)) return true;
	return x->n == 1 && y->n == 1 && ranges_apart(x->op, &x->items[0], y->op, &y->items[0]);
}

static bool exclusive(const struct form *form, const struct terms *one, const struct terms *two) {
	for (size_t i = 0; i < one->n; i++)
		for (size_t k = 0; k < two->n; k++)
			if (terms_apart(form, &one->items[i], &two->items[k])) return true;
	return false;
}

/* ---- the rules of one form, two by two ---- */

struct pair {
	struct verifying *v;
	const struct form *form;
	size_t first, second;
	const struct json *at;
};

static void report(struct pair *p, const struct json *at, const char *text, const struct field *f) {
	struct spot spot = { .definition = p->form->definition, .at = at ? at : p->at };
	const char *first = arena_printf(p->v->f->arena, "%zu", p->first + 1),
		   *second = arena_printf(p->v->f->arena, "%zu", p->second + 1);
	FIND(p->v->f, spot, WARNING, "VR06", text, "fix_vr06", "name", f->name, "first", first,
	     "second", second);
}

static const struct field *common(const struct field *const *x, size_t n,
				  const struct field *const *y, size_t m) {
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			if (x[i] == y[k]) return x[i];
	return NULL;
}

static void compare_sets(struct pair *p, const char *key, const char *text,
			 const struct linkage_set *x, size_t n, const struct linkage_set *y,
			 size_t m) {
	const struct json *list = json_get(p->form->json, "linkage");
	const struct json *one = json_get(&list->items[p->first], key),
			  *two = json_get(&list->items[p->second], key);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			if (x[i].field != y[k].field) continue;
			const struct json *a = json_get(one, x[i].field->name),
					  *b = json_get(two, x[i].field->name);
			if (!json_equal(a, b)) report(p, b, text, x[i].field);
		}
}

static void compare(struct pair *p, const struct linkage *x, const struct linkage *y) {
	const struct field *f = common(x->show, x->show_count, y->hide, y->hide_count);
	if (!f) f = common(x->hide, x->hide_count, y->show, y->show_count);
	if (f) report(p, NULL, "vr06_visible", f);
	compare_sets(p, "set", "vr06_set", x->sets, x->set_count, y->sets, y->set_count);
	compare_sets(p, "options", "vr06_options", x->options, x->option_count, y->options,
		     y->option_count);
}

static void check_pairs(struct verifying *v, const struct form *form, const struct terms *terms) {
	const struct json *list = json_get(form->json, "linkage");
	for (size_t i = 0; i < form->linkage_count; i++)
		for (size_t k = i + 1; k < form->linkage_count; k++) {
			struct pair p = { v, form, i, k, &list->items[k] };
			if (!exclusive(form, &terms[i], &terms[k]))
				compare(&p, &form->linkages[i], &form->linkages[k]);
		}
}

static void check_form(struct verifying *v, const struct form *form) {
	struct arena *scratch = arena_new(0);
	struct terms *terms = arena_array(scratch, form->linkage_count, sizeof *terms);
	const struct json *list = json_get(form->json, "linkage");
	for (size_t i = 0; i < form->linkage_count; i++)
		terms[i] = conjuncts(scratch, json_str(json_get(&list->items[i], "when")));
	check_pairs(v, form, terms);
	arena_free(scratch);
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->rows) check_form(v, form->fields[i]->rows);
}

void verify_linkage(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) check_form(v, v->app->forms[i]);
}
