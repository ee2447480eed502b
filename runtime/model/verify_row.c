/* verify_row.c -- VR08: a value rule of a sub-table reads a field of the record that itself comes
 * from the rows of that table.
 *  1. Formulas alone are sound: they are computed in one order, and a circle of them is VR03.
 *  2. A default or a set in such a round is decided once, on the way: what it finds depends on when
 * it looks, and changing a row later changes nothing. That is what is reported. */
#include "runtime/model/verify.h"

enum reach { REACH_NONE, REACH_FORMULA, REACH_LOOSE /* some default or set is in between */ };

struct round {
	const struct form *form;
	const struct field *table;
	enum reach *reach; /* by field->index of the record: how it comes from the rows */
	bool changed;
};

static const struct field *first_field(const struct expr_path *path) { return path->fields[0]; }

static enum reach read_by(const struct round *r, const struct expr *e) {
	enum reach found = REACH_NONE;
	for (size_t i = 0; e && i < r->form->paths.count; i++) {
		const struct expr_path *path = &r->form->paths.items[i];
		if (path->root != ROOT_RECORD || !path->length || !expr_uses(e, i)) continue;
		const struct field *first = first_field(path);
		enum reach one = first == r->table ? REACH_FORMULA : r->reach[first->index];
		if (one > found) found = one;
	}
	return found;
}

static void raise(struct round *r, const struct field *f, enum reach reach) {
	if (reach <= r->reach[f->index]) return;
	r->reach[f->index] = reach;
	r->changed = true;
}

static void spread(struct round *r) {
	for (size_t i = 0; i < r->form->declared_count; i++) {
		const struct field *f = r->form->fields[i];
		raise(r, f, read_by(r, f->formula));
		if (read_by(r, f->default_value)) raise(r, f, REACH_LOOSE);
	}
	for (size_t i = 0; i < r->form->linkage_count; i++) {
		const struct linkage *l = &r->form->linkages[i];
		for (size_t k = 0; k < l->set_count; k++)
			if (read_by(r, l->when) || read_by(r, l->sets[k].value))
				raise(r, l->sets[k].field, REACH_LOOSE);
	}
}

/* The field of the record that the row's rule reads and that comes from the rows. */
static const struct field *back(const struct round *r, const struct expr *e, enum reach least) {
	const struct form *rows = r->table->rows;
	for (size_t i = 0; e && i < rows->paths.count; i++) {
		const struct expr_path *path = &rows->paths.items[i];
		if (path->root == ROOT_PARENT && path->length && expr_uses(e, i) &&
		    r->reach[first_field(path)->index] >= least)
			return first_field(path);
	}
	return NULL;
}

static void report(struct verifying *v, const struct round *r, const struct field *f,
		   const struct json *at, const struct field *from) {
	struct spot spot = { .definition = r->form->definition, .at = at };
	if (from)
		FIND(v->f, spot, WARNING, "VR08", "vr08_round", "fix_vr08", "table", r->table->name,
		     "name", f->name, "parent", from->name);
}

static void check_rows(struct verifying *v, const struct round *r) {
	const struct form *rows = r->table->rows;
	const struct json *rules = json_get(rows->json, "linkage");
	for (size_t i = 0; i < rows->declared_count; i++) {
		const struct field *f = rows->fields[i];
		report(v, r, f, json_get(f->json, "formula"), back(r, f->formula, REACH_LOOSE));
		report(v, r, f, json_get(f->json, "default"),
		       back(r, f->default_value, REACH_FORMULA));
	}
	for (size_t i = 0; i < rows->linkage_count; i++) {
		const struct linkage *l = &rows->linkages[i];
		const struct json *sets = json_get(&rules->items[i], "set");
		for (size_t k = 0; k < l->set_count; k++) {
			const struct field *from = back(r, l->sets[k].value, REACH_FORMULA);
			if (!from) from = back(r, l->when, REACH_FORMULA);
			report(v, r, l->sets[k].field, json_get(sets, l->sets[k].field->name),
			       from);
		}
	}
}

static void check_table(struct verifying *v, const struct form *form, const struct field *table) {
	struct arena *scratch = arena_new(0);
	struct round r = { form, table, NULL, true };
	r.reach = arena_array(scratch, form->field_count, sizeof *r.reach);
	while (r.changed) {
		r.changed = false;
		spread(&r);
	}
	check_rows(v, &r);
	arena_free(scratch);
}

void verify_row_rules(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) {
		const struct form *form = v->app->forms[i];
		for (size_t k = 0; k < form->declared_count; k++)
			if (form->fields[k]->rows) check_table(v, form, form->fields[k]);
	}
}
