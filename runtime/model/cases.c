/* cases.c -- variables and cells of conditions, and points in words. How a line of numbers is cut
 * is cases_line.c's. */
#include "runtime/model/cases_line.h"
#include "runtime/model/field_type.h"

enum { MEMBERS_MAX = 6 };

struct cases *cases_new(struct arena *a, const struct expr_paths *paths,
			const struct expr_frame *frame) {
	struct cases *c = arena_alloc(a, sizeof *c);
	*c = (struct cases){ .arena = a, .paths = paths, .frame = frame };
	c->cover = cover_new(a, COVER_NODES_MAX);
	return c;
}

/* ---- variables ---- */

static bool same_term(const struct variable *v, const struct logic *l) {
	if (v->path != l->path || v->free != (l->kind == LOGIC_FREE)) return false;
	return l->path != SIZE_MAX || !strcmp(v->term, l->term);
}

static const struct field *field_of(const struct cases *c, const struct logic *l) {
	if (l->path == SIZE_MAX) return NULL;
	const struct expr_path *path = &c->paths->items[l->path];
	return path->length ? path->fields[path->length - 1] : NULL;
}

static struct variable *variable_of(struct cases *c, const struct logic *l) {
	for (size_t i = 0; i < c->n; i++)
		if (same_term(&c->variables[i], l)) return &c->variables[i];
	if (c->closed) return NULL;
	if (c->n == c->room) {
		size_t room = c->room ? 2 * c->room : 8;
		c->variables = arena_grow(c->arena, c->variables, c->n * sizeof *c->variables,
					  room * sizeof *c->variables);
		c->room = room;
	}
	c->variables[c->n] = (struct variable){ .term = l->term,
						.path = l->path,
						.reads = l->reads,
						.read_count = l->read_count,
						.field = field_of(c, l),
						.type = l->type,
						.free = l->kind == LOGIC_FREE,
						.never_null = l->never_null,
						.exact = l->kind != LOGIC_FREE };
	return &c->variables[c->n++];
}

static void add_cut(struct cases *c, struct variable *v, const struct value *cut) {
	for (size_t i = 0; i < v->cut_count; i++)
		if (value_same(&v->cuts[i], cut)) return;
	v->cuts = arena_grow(c->arena, v->cuts, v->cut_count * sizeof *cut,
			     (v->cut_count + 1) * sizeof *cut);
	v->cuts[v->cut_count++] = *cut;
}

void cases_add(struct cases *c, const struct logic *l) {
	for (size_t i = 0; i < l->n; i++) cases_add(c, l->args[i]);
	if (l->kind != LOGIC_TEST && l->kind != LOGIC_FREE) return;
	struct variable *v = variable_of(c, l);
	/* which texts lie between two is not asked */
	if (l->ordered && !line_of(l->type)) v->exact = false;
	for (size_t i = 0; i < l->cut_count; i++) add_cut(c, v, &l->cuts[i]);
}

/* ---- cells ---- */

static void add_cell(struct cases *c, struct variable *v, struct value value, bool soft,
		     bool other) {
	v->cells = arena_grow(c->arena, v->cells, v->cell_count * sizeof *v->cells,
			      (v->cell_count + 1) * sizeof *v->cells);
	v->cells[v->cell_count++] = (struct cell){ value, soft, other };
}

static bool is_cut(const struct variable *v, const struct value *value) {
	for (size_t i = 0; i < v->cut_count; i++)
		if (value_same(&v->cuts[i], value)) return true;
	return false;
}

/* A text none of the constants is. */
static struct value another_text(const struct cases *c, const struct variable *v) {
	for (int n = 1;; n++) {
		struct value value =
			value_text(str_of(n == 1 ? "x" : arena_printf(c->arena, "x%d", n)));
		if (!is_cut(v, &value)) return value;
	}
}

static void named_cells(struct cases *c, struct variable *v) {
	bool ref = v->type.kind == TYPE_REF;
	int64_t id = 1;
	for (size_t i = 0; i < v->cut_count; i++) {
		add_cell(c, v, v->cuts[i], false, false);
		if (ref && v->cuts[i].as.i >= id) id = v->cuts[i].as.i + 1;
	}
	add_cell(c, v, ref ? value_ref(id) : another_text(c, v), false, true);
}

/* The values named, then one that stands for all others; retired ones that nobody names are soft.
 */
static void enum_cells(struct cases *c, struct variable *v) {
	const struct enumeration *e = v->type.domain;
	bool others = false, retired = false;
	for (size_t i = 0; e && i < e->n; i++) {
		struct value value = value_text(str_of(e->values[i].value));
		bool named = is_cut(v, &value), soft = e->values[i].retired;
		if (e->values[i].removed || (!named && (soft ? retired : others))) continue;
		add_cell(c, v, value, soft, false);
		if (!named && soft) retired = true;
		if (!named && !soft) others = true;
	}
}

static struct value list_of(struct cases *c, const struct variable *v, size_t set) {
	struct value *items = arena_array(c->arena, v->cut_count + 1, sizeof *items);
	size_t n = 0;
	for (size_t i = 0; i < v->cut_count; i++)
		if (set >> i & 1) items[n++] = v->cuts[i];
	if (!n) items[n++] = another_text(c, v);
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, n } };
}

/* Which of the named members are among the list: every subset. */
static void list_cells(struct cases *c, struct variable *v) {
	if (v->cut_count > MEMBERS_MAX) {
		c->too_many = true;
		return;
	}
	for (size_t set = 0; set < (size_t)1 << v->cut_count; set++)
		add_cell(c, v, list_of(c, v, set), false, set == 0);
	if (v->type.kind == TYPE_CASCADE) v->exact = false;
}

static bool always_set(const struct field *f) {
	bool stamped = f->system >= SYSTEM_ID && f->system <= SYSTEM_UPDATED_BY;
	return f->required || stamped;
}

static bool may_be_empty(const struct cases *c, const struct variable *v) {
	if (v->path == SIZE_MAX) return !v->never_null;
	const struct expr_path *path = &c->paths->items[v->path];
	if (!path->length) return false;
	return path->length > 1 || path->root != ROOT_RECORD || !v->field || !always_set(v->field);
}

static void make_cells(struct cases *c, struct variable *v) {
	bool listed = v->type.list || v->type.kind == TYPE_CASCADE;
	if (listed) {
		list_cells(c, v);
	} else if (v->type.kind == TYPE_BOOL) {
		add_cell(c, v, value_bool(true), false, false);
		add_cell(c, v, value_bool(false), false, false);
	} else if (v->type.kind == TYPE_ENUM) {
		enum_cells(c, v);
	} else if (line_of(v->type)) {
		struct value *points;
		size_t n = line_cells(c->arena, v, &points);
		for (size_t i = 0; i < n; i++) add_cell(c, v, points[i], false, false);
	} else {
		named_cells(c, v);
	}
	if (may_be_empty(c, v)) add_cell(c, v, VALUE_NONE, true, false);
	if (v->cell_count > COVER_CELLS_MAX) c->too_many = true;
}

void cases_close(struct cases *c) {
	c->closed = true;
	if (c->n > COVER_VARIABLES_MAX) c->too_many = true;
	for (size_t i = 0; i < c->n && !c->too_many; i++) make_cells(c, &c->variables[i]);
	for (size_t i = 0; i < c->n && !c->too_many; i++)
		cover_variable(c->cover, c->variables[i].cell_count);
}

/* ---- formulas ---- */

static cover_formula leaf(struct cases *c, const struct logic *l, enum truth want, bool equal) {
	uint64_t cells[COVER_CELLS_MAX / 64] = { 0 };
	const struct variable *v = variable_of(c, l);
	for (size_t i = 0; i < v->cell_count; i++) {
		enum truth t = logic_test(c->arena, l, c->frame, &v->cells[i].value);
		if ((t == want) == equal) cells[i / 64] |= UINT64_C(1) << i % 64;
	}
	return cover_leaf(c->cover, (size_t)(v - c->variables), cells);
}

/* True (or, negated, false) in the sense of the language: a null is neither. */
static cover_formula formula(struct cases *c, const struct logic *l, enum truth want) {
	if (l->kind == LOGIC_CONSTANT) return l->constant == want ? COVER_TRUE : COVER_FALSE;
	if (l->kind == LOGIC_NOT)
		return formula(c, l->args[0], want == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE);
	if (l->kind == LOGIC_TEST || l->kind == LOGIC_FREE) return leaf(c, l, want, true);
	cover_formula *parts = arena_array(c->arena, l->n, sizeof *parts);
	for (size_t i = 0; i < l->n; i++) parts[i] = formula(c, l->args[i], want);
	bool all = (l->kind == LOGIC_AND) == (want == TRUTH_TRUE);
	return all ? cover_and(c->cover, parts, l->n) : cover_or(c->cover, parts, l->n);
}

cover_formula cases_hold(struct cases *c, const struct logic *l) {
	return formula(c, l, TRUTH_TRUE);
}

cover_formula cases_ordinary(struct cases *c) {
	cover_formula *parts = arena_array(c->arena, c->n + 1, sizeof *parts);
	for (size_t i = 0; i < c->n; i++) {
		uint64_t cells[COVER_CELLS_MAX / 64] = { 0 };
		const struct variable *v = &c->variables[i];
		for (size_t k = 0; k < v->cell_count; k++)
			if (!v->cells[k].soft) cells[k / 64] |= UINT64_C(1) << k % 64;
		parts[i] = cover_leaf(c->cover, i, cells);
	}
	return cover_and(c->cover, parts, c->n);
}

/* ---- a point in words ---- */

static void value_words(const struct cases *c, struct sb *out, const struct variable *v,
			const struct value *value) {
	struct codec codec = { .zone = c->frame->zone };
	bool quoted = value->kind == VALUE_TEXT;
	if (value->kind == VALUE_NULL) {
		sb_cat(out, "null");
	} else if (value->kind == VALUE_LIST) {
		for (size_t i = 0; i < value->as.list.n; i++) {
			sb_cat(out, i ? ", " : "[");
			value_words(c, out, v, &value->as.list.items[i]);
		}
		sb_char(out, ']');
	} else if (value->kind == VALUE_BOOL) {
		sb_cat(out, value->as.i ? "true" : "false");
	} else if (quoted) {
		sb_char(out, '\'');
		sb_add(out, value->as.s);
		sb_char(out, '\'');
	} else if (v->field && v->field->type->write_text) {
		field_write_text(out, v->field, &codec, value, false);
	} else {
		line_text(out, v->type, value);
	}
}

/* Any value but those named says so. */
static void cell_words(const struct cases *c, struct sb *out, const struct variable *v,
		       const struct cell *cell) {
	sb_cat(out, v->term);
	if (!cell->other) {
		sb_cat(out, " = ");
		value_words(c, out, v, &cell->value);
		return;
	}
	sb_cat(out, v->cut_count ? " != " : " != null");
	for (size_t i = 0; i < v->cut_count; i++) {
		if (i) sb_cat(out, ", ");
		value_words(c, out, v, &v->cuts[i]);
	}
}

const char *cases_text(const struct cases *c, struct arena *a, const int *cells) {
	struct sb out = sb_on(a, 2000);
	for (size_t i = 0; i < c->n; i++) {
		if (cells[i] == COVER_ANY) continue;
		if (out.n) sb_cat(&out, ", ");
		cell_words(c, &out, &c->variables[i], &c->variables[i].cells[cells[i]]);
	}
	return sb_cstr(&out);
}

static void value_json(const struct cases *c, struct jw *w, const struct variable *v,
		       const struct value *value) {
	struct sb text = sb_on(c->arena, 4096);
	struct codec codec = { .zone = c->frame->zone };
	if (value_is_null(value)) {
		jw_null(w);
	} else if (value->kind == VALUE_BOOL) {
		jw_bool(w, value->as.i != 0);
	} else if (value->kind == VALUE_LIST) {
		jw_array(w);
		for (size_t i = 0; i < value->as.list.n; i++)
			value_json(c, w, v, &value->as.list.items[i]);
		jw_end(w);
	} else if (value->kind == VALUE_TEXT) {
		jw_str(w, value->as.s);
	} else if (v->field && v->field->type->write_json) {
		field_write_json(w, v->field, &codec, value);
	} else {
		line_text(&text, v->type, value);
		jw_str(w, sb_str(&text));
	}
}

const struct json *cases_example(const struct cases *c, struct arena *a, const int *cells) {
	struct sb text = sb_on(a, 16384);
	struct jw w = jw_on(&text);
	const struct json *out = NULL;
	jw_object(&w);
	for (size_t i = 0; i < c->n; i++) {
		if (cells[i] == COVER_ANY) continue;
		jw_key(&w, c->variables[i].term);
		value_json(c, &w, &c->variables[i], &c->variables[i].cells[cells[i]].value);
	}
	jw_end(&w);
	return text.overflow || json_parse(a, sb_str(&text), &json_limits_definition, &out) ? NULL
											    : out;
}

static bool reads_same(const struct variable *x, const struct variable *y) {
	for (size_t i = 0; i < x->read_count; i++)
		for (size_t k = 0; k < y->read_count; k++)
			if (x->reads[i] == y->reads[k]) return true;
	return false;
}

bool cases_exact(const struct cases *c, const int *cells) {
	for (size_t i = 0; i < c->n; i++) {
		if (cells[i] == COVER_ANY) continue;
		if (!c->variables[i].exact) return false;
		for (size_t k = i + 1; k < c->n; k++)
			if (cells[k] != COVER_ANY && reads_same(&c->variables[i], &c->variables[k]))
				return false;
	}
	return true;
}
