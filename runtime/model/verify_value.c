/* verify_value.c -- VR23, its half that definitions show: retired values where only living ones
 * work. (A value that expressions or transitions still use after its removal is found while
 * loading; records that hold one, by the plan.) And people named in who-rules that the directory
 * does not know: warnings, never more. */
#include "runtime/model/principal.h"
#include "runtime/model/verify.h"

static void check_default(struct verifying *v, const struct field *f) {
	struct expr_frame frame = { .zone = v->app->zone };
	struct value value;
	if (!f->enumeration || !f->default_value || !expr_is_constant(f->default_value)) return;
	if (expr_eval(v->f->arena, f->default_value, &frame, &value) || value.kind != VALUE_TEXT)
		return;
	const struct enum_value *found = enumeration_find(f->enumeration, value.as.s);
	struct spot at = { .definition = f->form->definition, .at = json_get(f->json, "default") };
	if (found && found->retired)
		FIND(v->f, at, ERROR, "VR23", "vr23_default", "fix_vr23_retired", "name", f->name,
		     "value", found->value);
}

static void check_fields(struct verifying *v, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		check_default(v, form->fields[i]);
		if (form->fields[i]->rows) check_fields(v, form->fields[i]->rows);
	}
}

static void check_transitions(struct verifying *v, const struct form *form) {
	const struct json *list = json_get(form->json, "transitions");
	for (size_t i = 0; i < form->transition_count; i++) {
		const struct transition *t = &form->transitions[i];
		if (!t->to->retired) continue;
		struct spot at = { .definition = form->definition,
				   .at = json_get(&list->items[i], "to") };
		FIND(v->f, at, ERROR, "VR23", "vr23_transition", "fix_vr23_retired", "value",
		     t->to->value);
	}
}

void verify_values(struct verifying *v) {
	for (size_t i = 0; i < v->app->form_count; i++) {
		check_fields(v, v->app->forms[i]);
		check_transitions(v, v->app->forms[i]);
	}
}

/* ---- people ---- */

static void check_node(struct verifying *v, const struct definition *d, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) check_node(v, d, &node->items[i]);
	struct principal p = principal_of(json_str(node));
	bool user = p.kind == PRINCIPAL_USER && !directory_user(v->people, p.name);
	bool dept = p.kind == PRINCIPAL_DEPT && !directory_dept(v->people, p.name);
	struct spot at = { .definition = d, .at = node };
	if (user || dept)
		FIND(v->f, at, WARNING, "DEF13", user ? "unknown_user" : "unknown_dept",
		     "fix_people", "name", str_dup(v->f->arena, p.name));
}

static void check_who(struct verifying *v, const struct definition *d, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) {
		if (node->kind == JSON_OBJECT &&
		    (str_is(node->keys[i].name, "who") || str_is(node->keys[i].name, "to") ||
		     str_is(node->keys[i].name, "among")))
			check_node(v, d, &node->items[i]);
		else
			check_who(v, d, &node->items[i]);
	}
}

void verify_people(struct verifying *v) {
	for (size_t i = 0; v->people && i < v->app->definition_count; i++)
		if (v->app->definitions[i]->kind[0])
			check_who(v, v->app->definitions[i], v->app->definitions[i]->json);
}
