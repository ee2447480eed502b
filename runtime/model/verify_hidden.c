/* verify_hidden.c -- VR07: a linkage rule hides a field that is required, and the field does not
 * say what becomes of its value. A hidden field is never required, so a record may be saved without
 * it, or keep one nobody sees: which of the two is meant has to be written down. */
#include "runtime/model/verify.h"

static bool listed(const struct field *const *list, size_t n, const struct field *f) {
	for (size_t i = 0; i < n; i++)
		if (list[i] == f) return true;
	return false;
}

static bool required(const struct form *form, const struct field *f) {
	if (f->required) return true;
	for (size_t i = 0; i < form->linkage_count; i++)
		if (listed(form->linkages[i].require, form->linkages[i].require_count, f))
			return true;
	return false;
}

/* What a rule shows is hidden while no rule shows it. */
static bool hides(const struct linkage *l, const struct field *f) {
	if (listed(l->hide, l->hide_count, f)) return true;
	return listed(l->show, l->show_count, f);
}

static void check_field(struct verifying *v, const struct form *form, const struct field *f) {
	const struct json *rules = json_get(form->json, "linkage");
	if (!required(form, f) || f->formula || f->serial || json_get(f->json, "hidden_value"))
		return;
	for (size_t i = 0; i < form->linkage_count; i++) {
		const struct linkage *l = &form->linkages[i];
		const struct json *at = &rules->items[i];
		if (!hides(l, f)) continue;
		struct spot spot = { .definition = form->definition, .at = at };
		FIND(v->f, spot, WARNING, "VR07", "vr07_hidden", "fix_vr07", "name", f->name);
		return;
	}
}

static void check_form(struct verifying *v, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		check_field(v, form, form->fields[i]);
		if (form->fields[i]->rows) check_form(v, form->fields[i]->rows);
	}
}

void verify_hidden(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) check_form(v, v->app->forms[i]);
}
