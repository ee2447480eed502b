/* expr.c -- the public face: compile, ask, and the faults every part makes. */
#include "runtime/expr/internal.h"

unsigned expr_column(struct str text, uint32_t offset) {
	struct str before = { text.p, offset < text.n ? offset : text.n };
	return (unsigned)utf8_length(before) + 1;
}

struct problem *expr_fault(struct arena *a, struct where at, const char *code, const char *name1,
			   const char *value1, const char *name2, const char *value2) {
	size_t end = at.offset + at.length;
	struct str piece = { at.text.p + at.offset,
			     (end < at.text.n ? end : at.text.n) - at.offset };
	piece.n = utf8_prefix(piece, 60);
	const char *offset = arena_printf(a, "%u", (unsigned)at.offset);
	const char *column = arena_printf(a, "%u", expr_column(at.text, at.offset));
	return PROBLEM(a, MALFORMED, code, "offset", offset, "column", column, "text",
		       str_dup(a, piece), name1, value1, name2, value2);
}

static void collect_paths(const struct node *n, struct expr *e) {
	if (n->op == OP_PATH) {
		size_t at = 0;
		while (at < e->path_count && e->paths[at] < n->path) at++;
		if (at == e->path_count || e->paths[at] != n->path) {
			memmove(e->paths + at + 1, e->paths + at,
				(e->path_count - at) * sizeof *e->paths);
			e->paths[at] = n->path;
			e->path_count++;
		}
	}
	for (size_t i = 0; i < n->n; i++) collect_paths(n->args[i], e);
}

static const struct expr *finish(struct check *c, const struct node *root) {
	struct expr *e = arena_alloc(c->arena, sizeof *e);
	*e = (struct expr){ .text = c->text, .root = root };
	e->paths = arena_array(c->arena, c->paths->count + 1, sizeof *e->paths);
	collect_paths(root, e);
	return e;
}

struct problem *expr_compile(struct arena *a, struct str text, const struct expr_scope *scope,
			     const struct type *want, struct expr_paths *paths,
			     const struct expr **out) {
	struct check c = {
		.arena = a, .text = { str_dup(a, text), text.n }, .scope = scope, .paths = paths
	};
	struct node *root;
	TRY(parse_expr(a, c.text, &root));
	TRY(check_node(&c, &root));
	if (want)
		TRY(check_as(&c, &root, *want));
	else if (root->type.kind == TYPE_ROWS || root->type.kind == TYPE_RECORD)
		return check_mismatch(&c, root, NULL);
	*out = finish(&c, root);
	return NULL;
}

struct problem *expr_template(struct arena *a, struct str text, const struct expr_scope *scope,
			      struct expr_paths *paths, const struct expr **out) {
	struct check c = {
		.arena = a, .text = { str_dup(a, text), text.n }, .scope = scope, .paths = paths
	};
	struct node *root;
	TRY(parse_template(a, c.text, &root));
	for (size_t i = 0; i < root->n; i++) {
		TRY(check_node(&c, &root->args[i]));
		TRY(check_shown(&c, &root->args[i], CONVERT_SHOWN));
	}
	root->function = function_find(root->name);
	root->type = type_of(TYPE_TEXT);
	check_finish(root);
	*out = finish(&c, root);
	return NULL;
}

struct type expr_type(const struct expr *e) {
	return e->root->type;
}

bool expr_uses(const struct expr *e, size_t path_index) {
	for (size_t i = 0; i < e->path_count; i++)
		if (e->paths[i] == path_index) return true;
	return false;
}

bool expr_reads_clock(const struct expr *e) { return (e->root->reads & CLOCK_BIT) != 0; }

bool expr_asks(const struct expr *e) { return (e->root->reads & FRAME_BIT) != 0; }

bool expr_is_constant(const struct expr *e) { return e->root->reads == 0; }

/* The path a side of a comparison is, through what changes no order: a wider scale, the day of an
 * instant. */
static const struct node *plain_path(const struct node *n) {
	for (;;) {
		bool day = n->op == OP_CALL && str_is(n->name, "date");
		bool converted = n->op == OP_CONVERT &&
				 (n->convert == CONVERT_NUMBER || n->convert == CONVERT_DAY);
		if (!day && !converted) break;
		n = n->args[0];
	}
	return n->op == OP_PATH ? n : NULL;
}

static void comparison_term(const struct node *n, struct expr_term *out) {
	const struct node *left = plain_path(n->args[0]), *right = plain_path(n->args[1]);
	const struct node *path = left ? left : right, *other = n->args[left ? 1 : 0];
	bool day = n->args[left ? 0 : 1]->type.kind == TYPE_DATE && path &&
		   path->type.kind == TYPE_DATETIME;
	if (!path) return;
	out->path = path->path;
	if ((other->reads & 1u << ROOT_RECORD) || n->op == OP_NE) return;
	out->kind = n->op == OP_IN ? TERM_IN : n->op == OP_EQ && !day ? TERM_EQ : TERM_RANGE;
}

static void term_of(const struct node *n, struct expr_term *out) {
	const struct node *self = n->op == OP_NOT ? n->args[0] : n;
	*out = (struct expr_term){ .path = SIZE_MAX, .kind = TERM_OTHER };
	if (n->op >= OP_EQ && n->op <= OP_IN)
		comparison_term(n, out);
	else if (self->op == OP_PATH)
		*out = (struct expr_term){ .path = self->path, .kind = TERM_EQ };
}

size_t expr_terms(const struct expr *e, struct expr_term *out, size_t room) {
	size_t n = e->root->op == OP_AND ? e->root->n : 1;
	for (size_t i = 0; i < n && i < room; i++)
		term_of(e->root->op == OP_AND ? e->root->args[i] : e->root, &out[i]);
	return n;
}
