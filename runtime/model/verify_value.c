/* verify_value.c -- VR23, its half that definitions show: retired values where only living ones
 * work. (A value that expressions or transitions still use after its removal is found while
 * loading; records that hold one, by the plan.) And people named in who-rules that the directory
 * does not know: warnings, never more. */
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

static bool unknown_person(const struct directory *d, struct str text, const char **word,
			   struct str *name) {
	static const char *const prefixes[] = { "user:", "dept:" };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct str prefix = str_of(prefixes[i]);
		if (!str_starts(text, prefix)) continue;
		*name = (struct str){ text.p + prefix.n, text.n - prefix.n };
		*word = i ? "unknown_dept" : "unknown_user";
		return i ? !directory_dept(d, *name) : !directory_user(d, *name);
	}
	return false;
}

static void check_node(struct verifying *v, const struct definition *d, const struct json *node) {
	const char *word;
	struct str name;
	for (uint32_t i = 0; i < node->n; i++) check_node(v, d, &node->items[i]);
	if (node->kind != JSON_STRING || !unknown_person(v->people, node->text, &word, &name))
		return;
	struct spot at = { .definition = d, .at = node };
	FIND(v->f, at, WARNING, "DEF13", word, "fix_people", "name", str_dup(v->f->arena, name));
}

static void check_who(struct verifying *v, const struct definition *d, const struct json *node) {
	for (uint32_t i = 0; i < node->n; i++) {
		if (node->kind == JSON_OBJECT &&
		    (str_is(node->keys[i].name, "who") || str_is(node->keys[i].name, "to")))
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
