/* write_plan.c -- what the stages need to know of a form beyond its definition, found once a form.
 */
#include "engines/form/write.h"

#include "runtime/model/memo.h"

static void add(const struct field **list, size_t *n, const struct field *f) {
	for (size_t i = 0; i < *n; i++)
		if (list[i] == f) return;
	list[(*n)++] = f;
}

static const struct field **field_list(struct arena *a, const struct form *form) {
	return arena_array(a, form->field_count + 1, sizeof(const struct field *));
}

static void sort_fields(struct write_plan *plan, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->serial) add(plan->serials, &plan->serial_count, f);
		if (field_is_alias(f)) plan->looks_up = true;
		if (f->target && !f->lookup) add(plan->refs, &plan->ref_count, f);
		if (f->fill_count) add(plan->filling, &plan->filling_count, f);
		if (f->rows) add(plan->tables, &plan->table_count, f);
		for (size_t k = 0; f->rows && k < f->rows->declared_count; k++)
			plan->looks_up = plan->looks_up || field_is_alias(f->rows->fields[k]);
	}
	for (size_t i = 0; i < form->transition_count; i++)
		add(plan->moved, &plan->moved_count, form->transitions[i].field);
}

static void read_linkages(struct write_plan *plan, const struct form *form) {
	plan->linked = plan->linked || form->linkage_count > 0;
	for (size_t i = 0; i < form->linkage_count; i++) {
		const struct linkage *l = &form->linkages[i];
		plan->sets = plan->sets || l->set_count > 0;
		for (size_t k = 0; k < l->show_count; k++) plan->shown[l->show[k]->index] = 1;
	}
	for (size_t i = 0; i < plan->table_count; i++)
		plan->linked = plan->linked || plan->tables[i]->rows->linkage_count > 0;
}

static void read_serials(struct write_plan *plan, const struct form *form) {
	for (size_t i = 0; i < form->paths.count; i++) {
		const struct expr_path *path = &form->paths.items[i];
		const struct field *first = path->length ? path->fields[0] : NULL;
		if (path->root == ROOT_RECORD && first && first->serial) plan->serial_read = true;
	}
}

/* ---- who may point here ---- */

static bool refers(const struct field *f, const struct form *target) {
	return f->target == target && !field_is_alias(f);
}

static size_t count_refs(const struct form *form, const struct form *target) {
	size_t n = 0;
	for (size_t i = 0; i < form->declared_count; i++) {
		n += refers(form->fields[i], target);
		if (form->fields[i]->rows) n += count_refs(form->fields[i]->rows, target);
	}
	return n;
}

static void collect_refs(struct write_plan *plan, const struct form *form,
			 const struct form *target) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (refers(f, target)) plan->referrers[plan->referrer_count++] = f;
		if (f->rows) collect_refs(plan, f->rows, target);
	}
}

static void find_referrers(struct arena *a, struct write_plan *plan, const struct form *form) {
	const struct app *app = form->app;
	size_t n = 0;
	for (size_t i = 0; i < app->form_count; i++) n += count_refs(app->forms[i], form);
	plan->referrers = arena_array(a, n + 1, sizeof(const struct field *));
	for (size_t i = 0; i < app->form_count; i++) collect_refs(plan, app->forms[i], form);
}

static const void *build(struct arena *a, const struct form *form) {
	struct write_plan *plan = arena_alloc(a, sizeof *plan);
	plan->serials = field_list(a, form);
	plan->refs = field_list(a, form);
	plan->filling = field_list(a, form);
	plan->moved = field_list(a, form);
	plan->tables = field_list(a, form);
	plan->shown = arena_alloc(a, form->field_count + 1);
	plan->pointers = arena_array(a, form->field_count + 1, sizeof(const char *));
	for (size_t i = 0; i < form->field_count; i++)
		plan->pointers[i] = pointer_join(a, "", str_of(form->fields[i]->name));
	sort_fields(plan, form);
	read_linkages(plan, form);
	read_serials(plan, form);
	find_referrers(a, plan, form);
	return plan;
}

const struct write_plan *write_plan(const struct form *form) {
	return form_memo(form, FORM_MEMO_WRITE_PLAN, build);
}
