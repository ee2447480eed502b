/* verify_rights.c -- VR05: a record that a role may create must be one it can save: every required
 * field is written by the role, by a default, by a fill or by a linkage. Also VR20, unique fields
 * that do not hold records apart, and VR25, forms of an app with roles that none of them may use. */
#include "runtime/model/field_type.h"
#include "runtime/model/verify.h"

static bool filled_by_others(const struct form *form, const struct field *f) {
	if (f->default_value || field_is_made(f) || f->serial) return true;
	for (size_t i = 0; i < form->declared_count; i++)
		for (size_t k = 0; k < form->fields[i]->fill_count; k++)
			if (form->fields[i]->fills[k].target == f) return true;
	for (size_t i = 0; i < form->linkage_count; i++)
		for (size_t k = 0; k < form->linkages[i].set_count; k++)
			if (form->linkages[i].sets[k].field == f) return true;
	return false;
}

static struct spot spot_of(const struct form *form, const struct field *f, const char *key) {
	const struct json *at = json_get(f->json, key);
	return (struct spot){ .definition = form->definition, .at = at ? at : f->json };
}

/* Rights unite: the field is writable if any creating grant of the role gives it edit. */
static bool may_write(const struct role *role, const struct form *form, const struct field *f,
		      const struct field *row) {
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		if (g->form != form || !g->create || g->fields[f->index] != RIGHT_EDIT) continue;
		if (!row || !g->row_fields || !g->row_fields[f->index] ||
		    g->row_fields[f->index][row->index] == RIGHT_EDIT)
			return true;
	}
	return false;
}

static const struct role_grant *creating(const struct role *role, const struct form *form) {
	for (size_t i = 0; i < role->grant_count; i++)
		if (role->grants[i].form == form && role->grants[i].create) return &role->grants[i];
	return NULL;
}

/* Where the role takes the right away: fields/NAME of its first creating grant. */
static struct spot spot_in_role(const struct role *role, const struct form *form,
				const struct field *f) {
	const struct json *forms = json_get(role->definition->json, "forms"),
			  *grant = json_get(forms, form->name);
	if (grant && grant->kind == JSON_ARRAY) {
		const struct json *list = grant;
		for (uint32_t i = 0; i < list->n; i++)
			if (json_get(json_get(&list->items[i], "fields"), f->name))
				grant = &list->items[i];
	}
	const struct json *at = json_get(json_get(grant, "fields"), f->name);
	return (struct spot){ .definition = role->definition,
			      .at = at      ? at
				    : grant ? grant
					    : role->definition->json };
}

static void check_field(struct verifying *v, const struct form *form, const struct field *table,
			const struct field *f) {
	const struct form *home = table ? table->rows : form;
	if (!f->required || filled_by_others(home, f)) return;
	if (f->read_only) {
		FIND(v->f, spot_of(form, f, "required"), ERROR, "VR05", "vr05_hidden", "fix_vr05",
		     "name", f->name);
		return;
	}
	for (size_t i = 0; i < v->app->role_count; i++) {
		const struct role *role = v->app->roles[i];
		if (!creating(role, form) ||
		    may_write(role, form, table ? table : f, table ? f : NULL))
			continue;
		FIND(v->f, spot_in_role(role, form, f), ERROR, "VR05", "vr05_create", "fix_vr05",
		     "role", role->name, "form", form->name, "name", f->name);
	}
}

void verify_rights(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) {
		const struct form *form = v->app->forms[i];
		for (size_t k = 0; k < form->declared_count; k++) {
			const struct field *f = form->fields[k];
			check_field(v, form, NULL, f);
			/* Rows are written only where the sub-table needs some. */
			for (size_t r = 0;
			     f->rows && f->min_rows > 0 && r < f->rows->declared_count; r++)
				check_field(v, form, f, f->rows->fields[r]);
		}
	}
}

/* ---- VR20 ---- */

static void check_unique(struct verifying *v, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (!f->unique || f->serial) continue;
		if (!f->required && !f->formula)
			FIND(v->f, spot_of(form, f, "unique"), WARNING, "VR20", "vr20_optional",
			     "fix_vr20_optional", "name", f->name);
		if (!strcmp(f->type->name, "text") && !f->pattern && !f->formula)
			FIND(v->f, spot_of(form, f, "unique"), WARNING, "VR20", "vr20_text",
			     "fix_vr20_text", "name", f->name);
	}
}

void verify_unique(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) check_unique(v, v->app->forms[i]);
}

/* ---- VR25 ---- */

static bool gives_use(const struct role *role, const struct form *form) {
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		if (g->form == form && (g->create || g->import || g->read != SCOPE_NONE))
			return true;
	}
	return false;
}

void verify_unused(struct verifying *v) {
	for (size_t i = 0; v->app->role_count && i < v->app->form_count; i++) {
		const struct form *form = v->app->forms[i];
		const struct json *name = json_get(form->definition->json, "form");
		bool used = false;
		for (size_t k = 0; !used && k < v->app->role_count; k++)
			used = gives_use(v->app->roles[k], form);
		if (!used)
			FIND(v->f, ((struct spot){ .definition = form->definition, .at = name }),
			     WARNING, "VR25", "vr25_unused", "fix_vr25", "form", form->name);
	}
}
