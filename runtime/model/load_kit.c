/* load_kit.c -- names, labels, ids and references, as every part of the loader needs them. */
#include "runtime/model/loading.h"

#include <assert.h>

struct spot spot_at(const struct definition *d, const struct json *at) {
	return (struct spot){ .definition = d, .at = at };
}

struct label load_label(struct loading *l, const struct json *node, const char *name) {
	if (node && node->kind == JSON_STRING && node->text.n) {
		const char *text = str_dup(l->arena, node->text);
		return (struct label){ text, text };
	}
	struct str zh = json_str(json_get(node, "zh-CN")), en = json_str(json_get(node, "en"));
	if (!zh.n && !en.n) return (struct label){ name, name };
	return (struct label){ zh.n ? str_dup(l->arena, zh) : NULL,
			       en.n ? str_dup(l->arena, en) : NULL };
}

bool load_name_ok(struct str name) {
	if (!name.n || name.n > 48 || name.p[0] < 'a' || name.p[0] > 'z') return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
	}
	return true;
}

static const char *remembered(const struct loading *l, const char *owner, struct str name) {
	return l->memory->id_of ? l->memory->id_of(l->memory->context, owner, name) : NULL;
}

static bool taken(const struct loading *l, const char *owner, struct str id) {
	return l->memory->id_taken && l->memory->id_taken(l->memory->context, owner, id);
}

/* Without "id": the one published under this name, else the name itself, unless an earlier object
 * had that id. */
static const char *default_id(struct loading *l, const struct definition *d,
			      const struct json *object, const char *owner, struct str name) {
	const char *known = remembered(l, owner, name);
	if (known) return arena_strdup(l->arena, known);
	const char *id = str_dup(l->arena, name);
	if (taken(l, owner, name))
		FIND(l->findings, spot_at(d, object), ERROR, "VR04", "vr04_taken", "fix_vr04_taken",
		     "name", id);
	return id;
}

const char *load_id(struct loading *l, const struct definition *d, const struct json *object,
		    const char *owner, struct str name) {
	const struct json *node = json_get(object, "id");
	if (!node || node->kind != JSON_STRING) return default_id(l, d, object, owner, name);
	const char *id = str_dup(l->arena, node->text);
	if (!load_name_ok(node->text))
		FIND(l->findings, spot_at(d, node), ERROR, "DEF05", "def_name", "fix_name", "name",
		     id);
	return id;
}

void load_check_id(struct loading *l, const struct definition *d, const struct json *object,
		   const char *owner, struct str name, const struct names *ids) {
	const struct json *node = json_get(object, "id");
	const char *known = node ? remembered(l, owner, name) : NULL;
	if (!known || json_is_string(node, known) || names_find(ids, str_of(known))) return;
	FIND(l->findings, spot_at(d, node), ERROR, "VR04", "vr04_changed", "fix_vr04_changed",
	     "name", str_dup(l->arena, name), "id", str_dup(l->arena, json_str(node)), "old",
	     known);
}

static const char *unknown_text(const char *kind) {
	static const struct {
		const char *kind, *text;
	} texts[] = { { "button", "vr01_button" },
		      { "calendar", "vr01_calendar" },
		      { "dashboard", "vr01_dashboard" },
		      { "fill", "vr01_fill" },
		      { "flow", "vr01_flow" },
		      { "form", "vr01_form" },
		      { "member", "vr01_member" },
		      { "print", "vr01_print" },
		      { "report", "vr01_report" },
		      { "right", "vr01_right" },
		      { "role", "vr01_role" },
		      { "set", "vr01_set" },
		      { "step", "vr01_step" },
		      { "target", "vr01_target" },
		      { "type", "vr01_type" },
		      { "view", "vr01_view" } };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].kind, kind)) return texts[i].text;
	assert(false); /* a kind of reference without words */
	return kind;
}

void load_unknown(struct loading *l, struct spot at, const char *kind, struct str name,
		  struct str near) {
	if (!FINDS) return;
	const char *text = unknown_text(kind), *wanted = str_dup(l->arena, name);
	if (near.n)
		FIND(l->findings, at, ERROR, "VR01", text, "fix_near", "name", wanted, "near",
		     str_dup(l->arena, near));
	else
		FIND(l->findings, at, ERROR, "VR01", text, "fix_create_or_correct", "name", wanted);
}

struct str load_near_form(const struct loading *l, struct str name) {
	struct similar near = similar_to(name);
	for (size_t i = 0; FINDS && i < l->app->form_count; i++)
		similar_offer(&near, str_of(l->app->forms[i]->name));
	return near.best;
}

struct str load_near_enumeration(const struct loading *l, struct str name) {
	struct similar near = similar_to(name);
	for (size_t i = 0; FINDS && i < l->app->enumeration_count; i++)
		similar_offer(&near, str_of(l->app->enumerations[i]->name));
	return near.best;
}

struct str load_near_calendar(const struct loading *l, struct str name) {
	struct similar near = similar_to(name);
	for (size_t i = 0; i < l->app->calendar_count; i++)
		similar_offer(&near, str_of(l->app->calendars[i]->name));
	return near.best;
}

void load_unknown_field(struct loading *l, struct spot at, const struct form *form,
			struct str name) {
	if (!FINDS) return;
	const struct field *near = form_similar(form, name);
	const char *wanted = str_dup(l->arena, name);
	if (l->broken) return;
	if (near)
		FIND(l->findings, at, ERROR, "VR01", "vr01_field", "fix_near", "name", wanted,
		     "form", form->name, "near", near->name);
	else
		FIND(l->findings, at, ERROR, "VR01", "vr01_field", "fix_create_or_correct", "name",
		     wanted, "form", form->name);
}

const struct field *load_field_ref(struct loading *l, const struct definition *d,
				   const struct form *form, const struct json *at) {
	if (!at || at->kind != JSON_STRING) return NULL;
	const struct field *f = form_field(form, at->text);
	if (!f) load_unknown_field(l, spot_at(d, at), form, at->text);
	return f;
}

const struct field **load_field_list(struct loading *l, const struct definition *d,
				     const struct form *form, const struct json *list,
				     size_t *count) {
	uint32_t n = load_count(list, JSON_ARRAY);
	const struct field **fields = arena_array(l->arena, n, sizeof *fields);
	*count = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct field *f = load_field_ref(l, d, form, &list->items[i]);
		if (f) fields[(*count)++] = f;
	}
	return fields;
}

static bool person_member(const struct type *t, struct str part) {
	static const char *const members[] = { "dept",  "superior", "label",
					       "roles", "head",     "parent",
					       "depts" };
	if (t->kind != TYPE_USER && t->kind != TYPE_DEPT) return false;
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (str_is(part, members[i])) return true;
	return false;
}

/* One part of a path: the form it leads to in *form (NULL: none); false: unknown. */
static bool path_step(const struct form **form, struct type *type, struct str part) {
	if (!*form) {
		bool known = person_member(type, part);
		bool dept = str_is(part, "dept") || str_is(part, "depts") || str_is(part, "parent");
		type->kind = dept ? TYPE_DEPT : TYPE_USER;
		return known;
	}
	const struct field *f = form_field(*form, part);
	if (!f || !field_has_value(f)) return false;
	*type = f->value_type;
	*form = type->kind == TYPE_REF || type->kind == TYPE_ROWS ? type->domain : NULL;
	return true;
}

bool load_path_ok(struct loading *l, const struct definition *d, const struct form *form,
		  const struct json *at, struct str path) {
	struct type type = { .kind = TYPE_RECORD };
	for (struct str rest = path;;) {
		const char *dot = rest.n ? memchr(rest.p, '.', rest.n) : NULL;
		struct str part = { rest.p, dot ? (size_t)(dot - rest.p) : rest.n };
		const struct form *where = form;
		if (!path_step(&form, &type, part)) {
			if (where)
				load_unknown_field(l, spot_at(d, at), where, part);
			else
				load_unknown(l, spot_at(d, at), "member", part, (struct str){ 0 });
			return false;
		}
		if (!dot) return true;
		rest = (struct str){ dot + 1, rest.n - part.n - 1 };
	}
}
