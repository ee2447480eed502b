/* load_action.c -- actions from their JSON: one row a kind. Every expression of a list reads slots
 * of the list's own paths; a record that an action names ("as") is known to all that follow it.
 *  1. An object is one action: the key that says what it does and no second one.
 *  2. Names of results are neither fields of the record nor used twice: a name means one thing.
 *  3. Buttons that call each other in a circle are VR03, so that running one ends. */
#include "runtime/model/action.h"
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

struct action_loading {
	struct loading *l;
	const struct definition *d;
	const struct form *form;
	struct program *program;
};

static const struct definition *file_of(const struct action_loading *al) { return al->d; }

static struct expr_scope scope_of(const struct action_loading *al) {
	struct expr_scope scope = load_scope(al->form, NULL);
	scope.named = al->program->names;
	scope.named_count = al->program->name_count;
	return scope;
}

static const struct expr *load_value(struct action_loading *al, const struct json *at,
				     const struct type *want) {
	struct expr_scope scope = scope_of(al);
	return load_expr(al->l, file_of(al), at, &scope, want, &al->program->paths);
}

/* ---- what several kinds share ---- */

/* Neither computed nor numbered by the system; of the system's own fields owner and state. */
static bool writable(const struct field *f) {
	if (f->system) return f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE;
	return field_takes_value(f) && !f->rows;
}

/* Rows are copied column by column; which of them fit is known once both sub-tables are. */
static bool may_copy(const struct field *to) { return to->rows || writable(to); }

static void load_values(struct action_loading *al, const struct form *target,
			const struct json *values, struct act *out) {
	uint32_t n = load_count(values, JSON_OBJECT);
	out->values = arena_array(al->l->arena, n + 1, sizeof *out->values);
	for (uint32_t i = 0; i < n; i++) {
		struct str name = values->keys[i].name;
		const struct field *f = form_field(target, name), *near;
		struct spot at = spot_at(file_of(al), &values->items[i]);
		at.on_key = true;
		if (!f) {
			near = form_similar(target, name);
			load_unknown(al->l, at, "set", name, str_of(near ? near->name : NULL));
		} else if (!writable(f)) {
			FIND(al->l->findings, at, ERROR, "DEF12", "def_not_writable",
			     "fix_not_writable", "name", f->name);
		} else {
			const struct expr *e = load_value(al, &values->items[i], &f->value_type);
			if (e) out->values[out->value_count++] = (struct action_value){ f, e };
		}
	}
}

static const struct form *target_of(struct action_loading *al, const struct json *in) {
	const struct json *at = json_get(in, "form");
	const struct form *form = app_form(al->l->app, json_str(at));
	if (!at)
		FIND(al->l->findings, spot_at(file_of(al), in), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "form");
	else if (!form && at->kind == JSON_STRING)
		load_unknown(al->l, spot_at(file_of(al), at), "form", at->text,
			     load_near_form(al->l, at->text));
	return form;
}

static bool name_taken(const struct action_loading *al, struct str name) {
	for (size_t i = 0; i < al->program->name_count; i++)
		if (str_is(name, al->program->names[i].name)) return true;
	return form_field(al->form, name) != NULL;
}

static void load_as(struct action_loading *al, const struct json *in, struct act *out) {
	const struct json *as = json_get(in, "as");
	if (!as || as->kind != JSON_STRING || !out->form) return;
	if (name_taken(al, as->text)) {
		FIND(al->l->findings, spot_at(file_of(al), as), ERROR, "DEF06", "def_as_taken",
		     "fix_other_name", "name", str_dup(al->l->arena, as->text));
		return;
	}
	out->result = al->program->name_count;
	al->program->names[al->program->name_count++] =
		(struct expr_named){ str_dup(al->l->arena, as->text), out->form };
}

/* Keys that the shape has for other kinds of the same object; known: " form as values ". */
static void refuse_keys(struct action_loading *al, const struct json *in, const char *known) {
	for (uint32_t i = 0; i < load_count(in, JSON_OBJECT); i++) {
		struct spot at = spot_at(file_of(al), &in->items[i]);
		const char *key = str_dup(al->l->arena, in->keys[i].name);
		at.on_key = true;
		if (!strstr(known, arena_printf(al->l->arena, " %s ", key)))
			FIND(al->l->findings, at, ERROR, "DEF12", "def_action_key",
			     "fix_action_key", "key", key, "known", known);
	}
}

/* ---- one function a kind ---- */

static void load_actions(struct action_loading *al, const struct json *list, const char *pointer,
			 struct actions *out);

static void load_set(struct action_loading *al, const struct json *j, struct act *out) {
	load_values(al, al->form, json_get(j, "set"), out);
}

static void load_create(struct action_loading *al, const struct json *j, struct act *out) {
	const struct json *in = json_get(j, "create");
	refuse_keys(al, in, " form as values ");
	out->form = target_of(al, in);
	if (out->form) load_values(al, out->form, json_get(in, "values"), out);
	load_as(al, in, out);
}

static void load_update(struct action_loading *al, const struct json *j, struct act *out) {
	const struct json *in = json_get(j, "update"), *at = json_get(in, "record");
	refuse_keys(al, in, " record as values ");
	if (!at) {
		FIND(al->l->findings, spot_at(file_of(al), in), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "record");
		return;
	}
	out->expr = load_value(al, at, NULL);
	if (!out->expr) return;
	struct type type = expr_type(out->expr);
	if (type.kind == TYPE_REF && !type.list)
		out->form = type.domain;
	else
		FIND(al->l->findings, spot_at(file_of(al), at), ERROR, "VR02", "def_no_record",
		     "fix_no_record", "found", type_name(type.kind));
	if (out->form) load_values(al, out->form, json_get(in, "values"), out);
	load_as(al, in, out);
}

static void load_if(struct action_loading *al, const struct json *j, struct act *out) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct arena *a = al->l->arena;
	out->expr = load_value(al, json_get(j, "if"), &condition);
	load_actions(al, json_get(j, "then"), arena_printf(a, "%s/then", out->pointer), &out->then);
	load_actions(al, json_get(j, "else"), arena_printf(a, "%s/else", out->pointer),
		     &out->otherwise);
}

static void load_call(struct action_loading *al, const struct json *j, struct act *out) {
	const struct json *at = json_get(j, "call");
	struct similar near = similar_to(json_str(at));
	out->button = form_field(al->form, json_str(at));
	if (out->button && out->button->type == &field_type_button) return;
	out->button = NULL;
	for (size_t i = 0; i < al->form->declared_count; i++)
		if (al->form->fields[i]->type == &field_type_button)
			similar_offer(&near, str_of(al->form->fields[i]->name));
	if (at->kind == JSON_STRING)
		load_unknown(al->l, spot_at(file_of(al), at), "button", at->text, near.best);
}

static void load_fail(struct action_loading *al, const struct json *j, struct act *out) {
	const struct json *in = json_get(j, "fail"), *text = json_get(in, "message");
	const struct json *texts[LANGUAGES] = { json_get(text, "zh-CN"), json_get(text, "en") };
	struct expr_scope scope = scope_of(al);
	out->at = load_field_ref(al->l, file_of(al), al->form, json_get(in, "field"));
	for (size_t i = 0; i < LANGUAGES; i++) {
		const struct json *at = text && text->kind == JSON_STRING ? text : texts[i];
		out->message[i] =
			load_template(al->l, file_of(al), at, &scope, &al->program->paths);
	}
}

/* ---- convert ---- */

/* What one field can hold as it is can be taken over by the other. */
static bool same_values(const struct field *a, const struct field *b) {
	return a->type == b->type && a->enumeration == b->enumeration && a->target == b->target;
}

bool action_copies_cell(const struct field *from, const struct field *to) {
	return from && field_takes_value(to) && !to->read_only && same_values(from, to);
}

static bool is_set(const struct act *out, const struct field *f) {
	for (size_t i = 0; i < out->value_count; i++)
		if (out->values[i].field == f) return true;
	return false;
}

static void add_copy(struct act *out, const struct field *from, const struct field *to) {
	if (!is_set(out, to)) out->copies[out->copy_count++] = (struct action_copy){ from, to };
}

static void copy_same_names(struct action_loading *al, struct act *out) {
	for (size_t i = 0; i < out->form->declared_count; i++) {
		const struct field *to = out->form->fields[i];
		const struct field *from = form_field(al->form, str_of(to->name));
		bool fits = from && !from->system && !to->system && same_values(from, to);
		if (fits && may_copy(to) && !to->read_only) add_copy(out, from, to);
	}
}

static void copy_listed(struct action_loading *al, const struct json *list, struct act *out) {
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *at = &list->items[i];
		const struct field *from = load_field_ref(al->l, file_of(al), al->form, at);
		const struct field *to = load_field_ref(al->l, file_of(al), out->form, at);
		if (!from || !to) continue;
		if (same_values(from, to) && may_copy(to))
			add_copy(out, from, to);
		else
			FIND(al->l->findings, spot_at(file_of(al), at), ERROR, "VR02",
			     "def_copy_type", "fix_copy_type", "name", to->name, "form",
			     out->form->name);
	}
}

static void load_link(struct action_loading *al, const struct json *at, struct act *out) {
	const struct field *f = load_field_ref(al->l, file_of(al), al->form, at);
	if (!f) return;
	if (f->type == &field_type_ref && f->target == out->form)
		out->link = f;
	else
		FIND(al->l->findings, spot_at(file_of(al), at), ERROR, "VR02", "def_link",
		     "fix_link", "name", f->name, "form", out->form->name);
}

static void load_convert(struct action_loading *al, const struct json *j, struct act *out) {
	const struct json *in = json_get(j, "convert"), *copy = json_get(in, "copy");
	out->form = target_of(al, in);
	if (!out->form) return;
	load_values(al, out->form, json_get(in, "values"), out);
	size_t room = out->form->declared_count + load_count(copy, JSON_ARRAY);
	out->copies = arena_array(al->l->arena, room + 1, sizeof *out->copies);
	if (load_count(copy, JSON_ARRAY) || (copy && copy->kind == JSON_ARRAY))
		copy_listed(al, copy, out);
	else
		copy_same_names(al, out);
	out->match = load_field_list(al->l, file_of(al), out->form, json_get(in, "match"),
				     &out->match_count);
	load_link(al, json_get(in, "link"), out);
	load_as(al, in, out);
}

/* ---- lists ---- */

static const struct {
	const char *name;
	void (*load)(struct action_loading *al, const struct json *j, struct act *out);
} kinds[] = {
	[DO_SET] = { "set", load_set },
	[DO_CREATE] = { "create", load_create },
	[DO_UPDATE] = { "update", load_update },
	[DO_CONVERT] = { "convert", load_convert },
	[DO_IF] = { "if", load_if },
	[DO_CALL] = { "call", load_call },
	[DO_FAIL] = { "fail", load_fail },
};
_Static_assert(ARRAY_LEN(kinds) == DO_KINDS, "a row for every kind");

static size_t kind_of(struct str key) {
	size_t i = 0;
	while (i < DO_KINDS && !str_is(key, kinds[i].name)) i++;
	return i;
}

/* Its kind; DO_KINDS with a finding. "then" and "else" belong to "if". */
static size_t kind_at(struct action_loading *al, const struct json *j) {
	size_t kind = DO_KINDS;
	for (uint32_t i = 0; i < j->n; i++) {
		struct str key = j->keys[i].name;
		struct spot at = spot_at(file_of(al), &j->items[i]);
		size_t found = kind_of(key);
		at.on_key = true;
		if (str_is(key, "then") || str_is(key, "else")) continue;
		if (found == DO_KINDS)
			FIND(al->l->findings, at, ERROR, "DEF09", "def_later_action",
			     "fix_later_action", "name", str_dup(al->l->arena, key));
		else if (kind != DO_KINDS)
			FIND(al->l->findings, at, ERROR, "DEF12", "def_two_actions",
			     "fix_two_actions", "first", kinds[kind].name, "name",
			     kinds[found].name);
		else
			kind = found;
	}
	return kind;
}

static void load_actions(struct action_loading *al, const struct json *list, const char *pointer,
			 struct actions *out) {
	uint32_t n = load_count(list, JSON_ARRAY);
	out->items = arena_array(al->l->arena, n + 1, sizeof *out->items);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *j = &list->items[i];
		if (j->kind != JSON_OBJECT) continue;
		size_t kind = kind_at(al, j);
		if (kind == DO_KINDS) continue;
		struct act *made = &out->items[out->n++];
		*made = (struct act){
			.kind = (enum action_kind)kind,
			.pointer = arena_printf(al->l->arena, "%s/%u", pointer, i),
			.result = NO_RESULT,
		};
		kinds[kind].load(al, j, made);
	}
}

static size_t count_names(const struct json *j) {
	size_t n = 0;
	bool tree = j && (j->kind == JSON_OBJECT || j->kind == JSON_ARRAY);
	for (uint32_t i = 0; tree && i < j->n; i++) {
		if (j->kind == JSON_OBJECT && str_is(j->keys[i].name, "as")) n++;
		n += count_names(&j->items[i]);
	}
	return n;
}

const struct program *load_program(struct loading *l, const struct definition *d,
				   const struct form *form, const struct json *list) {
	struct program *p = arena_alloc(l->arena, sizeof *p);
	struct action_loading al = { l, d, form, p };
	*p = (struct program){ .form = form, .paths = { .arena = l->arena } };
	p->names = arena_array(l->arena, count_names(list) + 1, sizeof *p->names);
	load_actions(&al, list, "/do", &p->actions);
	return p;
}

/* ---- buttons ---- */

void load_button(struct loading *l, struct form *form, struct field *f) {
	const struct definition *d = form->definition;
	const struct json *list = json_get(f->json, "do");
	struct button *b = arena_alloc(l->arena, sizeof *b);
	*b = (struct button){ .when = load_condition(l, d, json_get(f->json, "when"), form),
			      .message = load_words(l, d, json_get(f->json, "message"), form, "") };
	if (!load_count(list, JSON_ARRAY))
		FIND(l->findings, spot_at(d, f->json), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", "do");
	else
		b->program = load_program(l, d, form, list);
	f->button = b;
}

/* seen: by field->index, so that each button is looked into once. */
static bool calls(const struct actions *list, const struct field *wanted, bool *seen) {
	for (size_t i = 0; i < list->n; i++) {
		const struct act *a = &list->items[i];
		if (calls(&a->then, wanted, seen) || calls(&a->otherwise, wanted, seen))
			return true;
		if (a->button == wanted) return true;
		if (!a->button || seen[a->button->index]) continue;
		seen[a->button->index] = true;
		const struct program *p = a->button->button ? a->button->button->program : NULL;
		if (p && calls(&p->actions, wanted, seen)) return true;
	}
	return false;
}

void load_button_calls(struct loading *l, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (!f->button || !f->button->program) continue;
		bool *seen = arena_array(l->arena, form->field_count, sizeof *seen);
		if (calls(&f->button->program->actions, f, seen))
			FIND(l->findings, spot_at(form->definition, json_get(f->json, "do")), ERROR,
			     "VR03", "vr03_call", "fix_vr03_call", "name", f->name);
	}
}
