/* load_order.c -- the order in which formulas and defaults are computed (VR03).
 * 1. Nodes are the fields with a formula of a form and of its row forms together, because a row may
 * read its parent and the parent its rows; edges go to the fields of the same record (or its rows)
 * that the formula reads.
 * 2. A path through a reference reads another record: only the reference itself is an edge.
 * 3. Depth-first; a field met again while it is being placed is a cycle, reported with the way it
 * goes round.
 * 4. A default reads defaults and fills; a fill writes its target when its reference changes. */
#include "runtime/model/field_type.h"
#include "runtime/model/loading.h"

enum mark { MARK_NONE, MARK_ACTIVE, MARK_DONE };
struct node {
	const struct field *field;
	enum mark mark;
};

struct ordering {
	struct loading *l;
	const char *key; /* "formula" or "default" */
	const struct expr *(*rule)(const struct field *f);
	struct node *nodes;
	size_t node_count;
	const struct field **trail;
	size_t trail_count;
	const struct field **out;
	size_t out_count;
};

static const struct expr *formula_of(const struct field *f) { return f->formula; }
static const struct expr *default_of(const struct field *f) { return f->default_value; }

static struct node *node_of(const struct ordering *o, const struct field *f) {
	for (size_t i = 0; i < o->node_count; i++)
		if (o->nodes[i].field == f) return &o->nodes[i];
	return NULL;
}

static const char *trail_text(const struct ordering *o, const struct field *back_to) {
	struct sb text = sb_on(o->l->arena, 4096);
	size_t start = 0;
	while (o->trail[start] != back_to) start++;
	for (size_t i = start; i < o->trail_count; i++)
		sb_printf(&text, "%s → ", o->trail[i]->name);
	sb_cat(&text, back_to->name);
	return sb_cstr(&text);
}

static void place(struct ordering *o, struct node *n);

static void follow(struct ordering *o, const struct field *to) {
	struct node *n = node_of(o, to);
	if (!n || n->mark == MARK_DONE) return;
	if (n->mark == MARK_NONE) {
		place(o, n);
		return;
	}
	const struct definition *d = to->form->definition;
	const struct json *at = json_get(to->json, to->frozen ? "from" : o->key);
	FIND(o->l->findings, spot_at(d, at), ERROR, "VR03",
	     !strcmp(o->key, "formula") ? "vr03_formula" : "vr03_default", "fix_vr03", "name",
	     to->name, "way", trail_text(o, to));
}

/* The fields of this record, its rows or its parent that the path reads. */
static void follow_path(struct ordering *o, const struct expr_path *path) {
	bool here = path->root == ROOT_RECORD || path->root == ROOT_PARENT;
	for (size_t i = 0; here && i < path->length; i++) {
		const struct field *f = path->fields[i];
		follow(o, f);
		if (!f->rows) return; /* through a reference: another record */
	}
}

static void place(struct ordering *o, struct node *n) {
	const struct expr_paths *paths = &n->field->form->paths;
	const struct expr *rule = o->rule(n->field);
	n->mark = MARK_ACTIVE;
	o->trail[o->trail_count++] = n->field;
	for (size_t i = 0; i < paths->count; i++)
		if (expr_uses(rule, i)) follow_path(o, &paths->items[i]);
	o->trail_count--;
	n->mark = MARK_DONE;
	o->out[o->out_count++] = n->field;
}

static void gather(struct ordering *o, const struct form *form, bool rows) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (o->rule(f)) o->nodes[o->node_count++] = (struct node){ .field = f };
		if (f->rows && rows) gather(o, f->rows, rows);
	}
}

static size_t count_fields(const struct form *form) {
	size_t n = form->declared_count;
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->rows) n += count_fields(form->fields[i]->rows);
	return n;
}

static const struct field **order(struct loading *l, const struct form *form, const char *key,
				  const struct expr *(*rule)(const struct field *), bool rows,
				  size_t *count) {
	size_t n = count_fields(form);
	struct ordering o = { .l = l, .key = key, .rule = rule };
	o.nodes = arena_array(l->arena, n, sizeof *o.nodes);
	o.trail = arena_array(l->arena, n, sizeof *o.trail);
	o.out = arena_array(l->arena, n, sizeof *o.out);
	gather(&o, form, rows);
	for (size_t i = 0; i < o.node_count; i++)
		if (o.nodes[i].mark == MARK_NONE) place(&o, &o.nodes[i]);
	*count = o.out_count;
	return o.out;
}

/* ---- fills: a fill that changes a reference sets off that reference's own fills ---- */

static bool fills_reach(const struct field *from, const struct field *wanted, size_t depth) {
	for (size_t i = 0; i < from->fill_count; i++) {
		const struct field *target = from->fills[i].target;
		if (target == wanted || (depth && fills_reach(target, wanted, depth - 1)))
			return true;
	}
	return false;
}

static void check_fills(struct loading *l, const struct form *form) {
	enum { FILL_CHAIN_MAX = 8 };
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->fill_count && fills_reach(f, f, FILL_CHAIN_MAX))
			FIND(l->findings, spot_at(form->definition, json_get(f->json, "fill")),
			     ERROR, "VR03", "vr03_fill", "fix_vr03_fill", "name", f->name);
	}
}

static void order_form(struct loading *l, struct form *form) {
	form->defaulted = order(l, form, "default", default_of, false, &form->defaulted_count);
	check_fills(l, form);
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->rows) order_form(l, form->fields[i]->rows);
	if (!form->parent)
		form->computed = order(l, form, "formula", formula_of, true, &form->computed_count);
}

void load_form_order(struct loading *l) {
	for (size_t i = 0; i < l->app->form_count; i++) order_form(l, l->app->forms[i]);
}
