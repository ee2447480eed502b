#include "engines/form/rebind.h"

static const struct field *field_by_id(const struct form *form, const struct field *old) {
	if (old->system && old->system != SYSTEM_STATE) return form_system(form, old->system);
	for (size_t i = 0; i < form->declared_count; i++)
		if (strcmp(form->fields[i]->id, old->id) == 0) return form->fields[i];
	return NULL;
}

static bool same_kind(const struct field *a, const struct field *b) {
	return a && a->type == b->type && a->scale == b->scale;
}

static bool rebind_values(struct arena *a, const struct form *form, const struct input *old,
			  struct input *out);

static bool rebind_rows(struct arena *a, const struct form *form, const struct input_rows *old,
			const struct input_rows **out) {
	struct input_rows *rows = arena_alloc(a, sizeof *rows);
	*rows = *old;
	rows->rows = arena_array(a, old->n + 1, sizeof *rows->rows);
	*out = rows;
	for (size_t i = 0; i < old->n; i++) {
		rows->rows[i] = old->rows[i];
		if (!rebind_values(a, form, &old->rows[i].values, &rows->rows[i].values))
			return false;
	}
	return true;
}

static bool rebind_values(struct arena *a, const struct form *form, const struct input *old,
			  struct input *out) {
	*out = (struct input){ arena_array(a, old->n + 1, sizeof *out->fields), old->n };
	for (size_t i = 0; i < old->n; i++) {
		const struct field *f = field_by_id(form, old->fields[i].field);
		if (!same_kind(f, old->fields[i].field)) return false;
		out->fields[i] = old->fields[i];
		out->fields[i].field = f;
		if (f->rows && !rebind_rows(a, f->rows, old->fields[i].rows, &out->fields[i].rows))
			return false;
	}
	return true;
}

static struct problem *rebind_one(struct request *rq, struct write *w) {
	const struct form *form = app_form_by_id(rq->app, str_of(w->form->id));
	if (!form) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	w->form = form;
	if (!w->input) return NULL;
	struct input *input = arena_alloc(rq->arena, sizeof *input);
	if (!rebind_values(rq->arena, form, w->input, input))
		return PROBLEM(rq->arena, CONFLICT, "app_changed");
	w->input = input;
	return NULL;
}

struct problem *write_rebind(struct request *rq, struct store *s, struct write *w, size_t n) {
	struct app *current = apps_take(s, str_of(rq->app->name));
	if (!current) return NULL;
	app_keep(rq->arena, current);
	if (current->serial == rq->app->serial) return NULL;
	rq->app = current;
	for (size_t i = 0; i < n; i++) TRY(rebind_one(rq, &w[i]));
	return NULL;
}
