/* form.c -- looking up fields, and forms as the expression language sees them. */
#include "runtime/model/loading.h"

const struct field *form_field(const struct form *f, struct str name) {
	return names_find(&f->names, name);
}

const struct field *form_field_by_id(const struct form *f, struct str id) {
	for (size_t i = 0; i < f->field_count; i++)
		if (str_is(id, f->fields[i]->id)) return f->fields[i];
	return NULL;
}

const struct field *form_system(const struct form *f, enum system_field which) {
	if (which == SYSTEM_STATE) return f->state;
	for (size_t i = f->declared_count; i < f->field_count; i++)
		if (f->fields[i]->system == which) return f->fields[i];
	return NULL;
}

const struct field *form_similar(const struct form *f, struct str name) {
	struct similar near = similar_to(name);
	for (size_t i = 0; i < f->field_count; i++)
		similar_offer(&near, str_of(f->fields[i]->name));
	return near.best.n ? form_field(f, near.best) : NULL;
}

static bool member(const void *form, struct str name, struct expr_symbol *out) {
	const struct field *f = form_field(form, name);
	if (!f || !field_has_value(f)) return false;
	*out = (struct expr_symbol){ .type = f->value_type, .field = f };
	if (!field_is_alias(f)) return true;
	out->way = (const void *const *)f->lookup;
	out->way_length = f->lookup_length;
	return true;
}

static void members(const void *form, void (*visit)(void *arg, struct str name), void *arg) {
	const struct form *f = form;
	for (size_t i = 0; i < f->field_count; i++)
		if (field_has_value(f->fields[i])) visit(arg, str_of(f->fields[i]->name));
}

static bool enum_has(const void *enumeration, struct str value) {
	return enumeration_find(enumeration, value) != NULL;
}

static void enum_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			void *arg) {
	const struct enumeration *e = enumeration;
	for (size_t i = 0; i < e->n; i++) visit(arg, str_of(e->values[i].value));
}

const struct expr_catalogue model_catalogue = {
	.member = member,
	.members = members,
	.enum_has = enum_has,
	.enum_values = enum_values,
};

static bool living_value(const void *enumeration, struct str value) {
	const struct enum_value *v = enumeration_find(enumeration, value);
	return v && !v->removed;
}

static void living_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			  void *arg) {
	const struct enumeration *e = enumeration;
	for (size_t i = 0; i < e->n; i++)
		if (!e->values[i].removed) visit(arg, str_of(e->values[i].value));
}

const struct expr_catalogue load_catalogue = {
	.member = member,
	.members = members,
	.enum_has = living_value,
	.enum_values = living_values,
};
