/* verify_index.c -- VR21: a default view or a role's rows that no index can serve. The plan makes
 * an index for every saved view over single-valued fields of the form itself, for unique and
 * reference fields and where "index" is set; what remains is a filter or sort through a reference,
 * and a role's condition on a field without index. */
#include "runtime/model/field_type.h"
#include "runtime/model/verify.h"

enum { TERMS_MAX = 16 };

static const struct field *own_column(const struct form *form, size_t path) {
	const struct expr_path *p = &form->paths.items[path];
	if (p->root != ROOT_RECORD || p->length != 1) return NULL;
	const struct field *f = p->fields[0];
	return f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT ? f : NULL;
}

static bool has_index(const struct form *form, const struct field *f) {
	if (f->indexed || f->target || f->system) return true;
	for (size_t i = 0; i < form->unique_count; i++)
		if (form->uniques[i].fields[0] == f) return true;
	return false;
}

/* Is one term of the filter answered by an index? */
static bool served(const struct form *form, const struct expr *filter, bool plan_makes_one) {
	struct expr_term terms[TERMS_MAX];
	size_t n = expr_terms(filter, terms, TERMS_MAX);
	for (size_t i = 0; i < n && i < TERMS_MAX; i++) {
		const struct field *f =
			terms[i].kind == TERM_OTHER ? NULL : own_column(form, terms[i].path);
		if (f && (plan_makes_one || has_index(form, f))) return true;
	}
	return false;
}

/* What the filter reads of the record, when no index serves it; else NULL. */
static const char *unserved(const struct form *form, const struct expr *filter,
			    bool plan_makes_one) {
	if (served(form, filter, plan_makes_one)) return NULL;
	for (size_t i = 0; i < form->paths.count; i++)
		if (form->paths.items[i].root == ROOT_RECORD && expr_uses(filter, i))
			return form->paths.items[i].text;
	return NULL;
}

static void check_view(struct verifying *v, const struct form *form, const struct view *view) {
	struct spot at = { .definition = form->definition, .at = json_get(view->json, "filter") };
	const char *name = view->filter ? unserved(form, view->filter, true) : NULL;
	if (name)
		FIND(v->f, at, WARNING, "VR21", "vr21_filter", "fix_vr21", "view", view->name,
		     "name", name);
	const struct json *sort = json_get(view->json, "sort");
	struct str key = sort && sort->n ? json_str(&sort->items[0]) : (struct str){ 0 };
	if (key.n && key.p[0] == '-') key.p++, key.n--;
	const struct field *f = form_field(form, key);
	if (!key.n || (f && (f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT)))
		return;
	at.at = &sort->items[0];
	FIND(v->f, at, WARNING, "VR21", "vr21_sort", "fix_vr21", "view", view->name, "name",
	     str_dup(v->f->arena, key));
}

static void check_role(struct verifying *v, const struct role *role) {
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		const struct json *node =
			json_get(json_get(role->definition->json, "forms"), g->form->name);
		const char *name = g->where && g->read != SCOPE_OWN && g->read != SCOPE_NONE
					   ? unserved(g->form, g->where, false)
					   : NULL;
		if (!name) continue;
		struct spot at = { .definition = role->definition,
				   .at = node ? node : role->definition->json };
		FIND(v->f, at, WARNING, "VR21", "vr21_role", "fix_vr21", "role", role->name, "name",
		     name);
	}
}

void verify_indexes(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++)
		if (v->app->forms[i]->view_count)
			check_view(v, v->app->forms[i], &v->app->forms[i]->views[0]);
	for (size_t i = 0; i < v->app->role_count; i++) check_role(v, v->app->roles[i]);
}
