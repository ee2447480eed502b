#include "tests/support/sound_app.h"

#include "runtime/model/field_type.h"

#include <stdlib.h>

static const char *broken(struct arena *a, const struct form *form, const char *name,
			  const char *what) {
	return arena_printf(a, "%s.%s: %s", form->name, name, what);
}

static const char *field_unsound(struct arena *a, const struct form *form, const struct field *f) {
	bool choice = !strcmp(f->type->name, "enum") || !strcmp(f->type->name, "cascade");
	if (!f->name || !f->id || !f->column || f->form != form)
		return broken(a, form, f->name ? f->name : "?", "unnamed");
	if (form_field(form, str_of(f->name)) != f)
		return broken(a, form, f->name, "not found by its name");
	if (choice && !f->enumeration) return broken(a, form, f->name, "no enumeration");
	if (!strcmp(f->type->name, "ref") && !f->target)
		return broken(a, form, f->name, "no target");
	if ((f->type->storage == STORE_ROWS) != (f->rows != NULL))
		return broken(a, form, f->name, "rows");
	if (!strcmp(f->type->name, "serial") && (!f->serial || !f->serial->n))
		return broken(a, form, f->name, "no serial parts");
	if (json_get(f->json, "formula") && !f->formula)
		return broken(a, form, f->name, "formula lost");
	if (json_get(f->json, "default") && !f->default_value)
		return broken(a, form, f->name, "default lost");
	if (field_has_value(f) && f->value_type.kind == TYPE_NULL) return broken(a, form, f->name, "no type");
	for (size_t i = 0; i < f->fill_count; i++)
		if (!f->fills[i].target || !f->fills[i].value)
			return broken(a, form, f->name, "empty fill");
	return NULL;
}

/* Formulas and defaults may fail on empty records (a division by zero), but they must run. */
static void evaluate(struct arena *a, const struct form *form) {
	struct value *slots = arena_array(a, form->paths.count, sizeof *slots);
	struct expr_frame frame = { .slots = slots, .zone = form->app->zone, .now_us = 1 };
	for (size_t i = 0; i < form->declared_count; i++) {
		struct value out;
		const struct field *f = form->fields[i];
		const struct expr *list[] = { f->formula, f->default_value };
		for (size_t k = 0; k < ARRAY_LEN(list); k++) {
			struct problem *p = list[k] ? expr_eval(a, list[k], &frame, &out) : NULL;
			if (p && p->kind != PROBLEM_INVALID) abort();
		}
	}
}

static const char *form_unsound(struct arena *a, const struct form *form) {
	if (!form->table || form->field_count < form->declared_count + 1)
		return broken(a, form, "form", "no table or system fields");
	for (size_t i = 0; i < form->field_count; i++) {
		const char *what = form->fields[i]->index == i
					   ? field_unsound(a, form, form->fields[i])
					   : "index";
		if (what) return what;
		const struct form *rows = form->fields[i]->rows;
		if (rows && (rows->parent != form || rows->parent_field != form->fields[i]))
			return broken(a, form, rows->name, "parent");
		if (rows && (what = form_unsound(a, rows)) != NULL) return what;
	}
	for (size_t i = 0; i < form->computed_count; i++)
		if (!form->computed[i]->formula)
			return broken(a, form, form->computed[i]->name, "computed without formula");
	for (size_t i = 0; i < form->check_count; i++)
		if (!form->checks[i].id || !form->checks[i].require)
			return broken(a, form, "checks", "empty check");
	for (size_t i = 0; i < form->transition_count; i++)
		if (!form->transitions[i].field->enumeration || !form->transitions[i].to)
			return broken(a, form, "transitions", "empty");
	for (size_t i = 0; i < form->unique_count; i++)
		if (!form->uniques[i].n || !form->uniques[i].index)
			return broken(a, form, "unique", "empty");
	evaluate(a, form);
	return NULL;
}

static size_t formulas(const struct form *form) {
	size_t n = 0;
	for (size_t i = 0; i < form->declared_count; i++) {
		n += form->fields[i]->formula != NULL;
		if (form->fields[i]->rows) n += formulas(form->fields[i]->rows);
	}
	return n;
}

const char *app_unsound(struct arena *a, const struct app *app) {
	if (!app->name || !app->zone || !app->bundle.n || strlen(app->hash) != 64)
		return "app: name, zone or bundle";
	for (size_t i = 0; i < app->form_count; i++) {
		const char *what = form_unsound(a, app->forms[i]);
		if (!what && formulas(app->forms[i]) != app->forms[i]->computed_count)
			what = broken(a, app->forms[i], "computed", "incomplete");
		if (what) return what;
	}
	for (size_t i = 0; i < app->role_count; i++)
		for (size_t k = 0; k < app->roles[i]->grant_count; k++)
			if (!app->roles[i]->grants[k].form || !app->roles[i]->grants[k].fields)
				return "role: empty grant";
	return NULL;
}
