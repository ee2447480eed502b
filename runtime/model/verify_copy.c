/* verify_copy.c -- VR16: a formula, a fill, a default or a rollup that carries what a role may not
 * see into a field it may see. Computed values are stored and rights are those of the field they
 * are stored in: the sum of one hidden row is that row. Of fields of a form the role has no grant
 * for nothing is said: showing a part of an unreachable record is what fills are for. */
#include "runtime/model/permission.h"
#include "runtime/model/verify.h"

/* One expression that makes a value of the field `to`. */
struct copy {
	const struct field *to;
	const struct expr *value;
	struct spot at;
	const struct rollup *rollup; /* or this: value is its filter */
};

static const struct form *granted_form(const struct field *f) {
	return f->form->parent ? f->form->parent : f->form;
}

/* The best right any reading grant of the role gives; false: the role does not read the form. */
static bool role_right(const struct role *role, const struct field *f, enum field_right *out) {
	bool reads = false;
	*out = RIGHT_HIDDEN;
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		if (g->form != granted_form(f) || grant_scope(g, ACTION_READ) == SCOPE_NONE)
			continue;
		enum field_right right = grant_right(g, f);
		if (!reads || right > *out) *out = right;
		reads = true;
	}
	return reads;
}

/* Does the role see less of `from` than of what is made of it? */
static bool exposes(const struct role *role, const struct field *from, enum field_right shown) {
	enum field_right right;
	if (!role_right(role, from, &right) || right >= RIGHT_READ) return false;
	return right < shown;
}

static const struct field *exposed(const struct role *role, const struct copy *c,
				   enum field_right shown) {
	const struct rollup *r = c->rollup;
	const struct expr_paths *paths = r ? &r->of->paths : &c->to->form->paths;
	if (r && r->field && exposes(role, r->field, shown)) return r->field;
	for (size_t i = 0; c->value && i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (!expr_uses(c->value, i)) continue;
		for (size_t k = 0; p->fields && k < p->length; k++)
			if (exposes(role, p->fields[k], shown)) return p->fields[k];
	}
	return NULL;
}

/* One warning an expression: the first role it concerns. */
static void check_copy(struct verifying *v, const struct copy *c) {
	for (size_t i = 0; i < v->app->role_count; i++) {
		const struct role *role = v->app->roles[i];
		enum field_right shown;
		if (!role_right(role, c->to, &shown) || shown == RIGHT_HIDDEN) continue;
		const struct field *from = exposed(role, c, shown);
		if (!from) continue;
		FIND(v->f, c->at, WARNING, "VR16", "vr16_copy", "fix_vr16", "role", role->name,
		     "name", c->to->name, "from", from->name, "form", granted_form(from)->name);
		return;
	}
}

static void check_field(struct verifying *v, const struct form *form, const struct field *f) {
	const struct definition *definition = (form->parent ? form->parent : form)->definition;
	const struct {
		const struct expr *value;
		const char *key;
	} own[] = { { f->formula, f->frozen ? "from" : "formula" }, { f->default_value, "default" } };
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (own[i].value)
			check_copy(v, &(struct copy){ f,
						      own[i].value,
						      { .definition = definition,
							.at = json_get(f->json, own[i].key) },
						      NULL });
	if (f->rollup)
		check_copy(v, &(struct copy){
				      f,
				      f->rollup->filter,
				      { .definition = definition, .at = json_get(f->json, "of") },
				      f->rollup });
	const struct json *fills = json_get(f->json, "fill");
	for (size_t i = 0; i < f->fill_count; i++)
		check_copy(v, &(struct copy){ f->fills[i].target,
					      f->fills[i].value,
					      { .definition = definition,
						.at = json_get(fills, f->fills[i].target->name) },
					      NULL });
}

static void check_form(struct verifying *v, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		check_field(v, form, form->fields[i]);
		if (form->fields[i]->rows) check_form(v, form->fields[i]->rows);
	}
}

void verify_copies(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) check_form(v, v->app->forms[i]);
}
