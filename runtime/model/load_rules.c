/* load_rules.c -- what a form says about its values: defaults, formulas, options, fills, checks,
 * linkage, transitions, unique keys. Every expression reads slots of its own form's paths; a row's
 * $parent is the record. */
#include "runtime/model/among.h"
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

/* ---- on one field ---- */

static void load_fills(struct loading *l, struct form *form, struct field *f) {
	const struct definition *d = form->definition;
	const struct json *fill = json_get(f->json, "fill");
	uint32_t n = load_count(fill, JSON_OBJECT);
	struct fill *fills = arena_array(l->arena, n, sizeof *fills);
	struct expr_scope scope = load_scope(form, NULL);
	for (uint32_t i = 0; i < n; i++) {
		const struct field *target = form_field(form, fill->keys[i].name);
		struct spot at = spot_at(d, &fill->items[i]);
		at.on_key = true;
		if (!target) {
			const struct field *near = form_similar(form, fill->keys[i].name);
			load_unknown(l, at, "fill", fill->keys[i].name,
				     str_of(near ? near->name : NULL));
			continue;
		}
		if (target->system || !field_takes_value(target)) {
			FIND(l->findings, at, ERROR, "DEF12", "def_not_writable",
			     "fix_not_writable", "name", target->name);
			continue;
		}
		const struct expr *value =
			load_expr(l, d, &fill->items[i], &scope, &target->value_type, &form->paths);
		if (value) fills[f->fill_count++] = (struct fill){ target, value };
	}
	f->fills = fills;
}

static void load_options(struct loading *l, struct form *form, struct field *f) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_scope scope = load_scope(form, f->target);
	if (!f->target || f->lookup) return;
	f->options = load_expr(l, form->definition, json_get(f->json, "options"), &scope,
			       &condition, &form->paths);
}

/* Whom a field of people lets one choose; whether they exist is verify_people's to ask. */
static void load_among(struct loading *l, struct form *form, struct field *f) {
	const struct definition *d = form->definition;
	const struct json *list = json_get(f->json, "among");
	uint32_t n = load_count(list, JSON_ARRAY);
	bool user = f->type == &field_type_user;
	struct str *words = arena_array(l->arena, n, sizeof *words);
	if (!user && f->type != &field_type_dept) return;
	if (list && field_is_made(f))
		FIND(l->findings, spot_at(d, list), ERROR, "DEF12", "def_among_made",
		     "fix_among_made", "name", f->name);
	for (uint32_t i = 0; i < n; i++) {
		words[i] = str_of(str_dup(l->arena, json_str(&list->items[i])));
		struct principal p = principal_of(words[i]);
		if (!among_word(f, words[i]))
			FIND(l->findings, spot_at(d, &list->items[i]), ERROR, "DEF04", "def_choice",
			     "fix_choice", "key", "among", "value", str_dup(l->arena, words[i]),
			     "known",
			     user ? "dept:NAME role:NAME user:LOGIN my_dept" : "dept:NAME my_dept");
		else if (p.kind == PRINCIPAL_ROLE)
			load_need_role(l, d, &list->items[i], p.name);
	}
	f->among = words;
	f->among_count = n;
}

static void load_messages(struct loading *l, struct field *f) {
	static const char *const keys[RULE_COUNT] = {
		[RULE_REQUIRED] = "required", [RULE_LENGTH] = "length", [RULE_RANGE] = "range",
		[RULE_PATTERN] = "pattern",   [RULE_UNIQUE] = "unique", [RULE_ONE_OF] = "one_of",
	};
	const struct json *messages = json_get(f->json, "messages");
	if (!load_count(messages, JSON_OBJECT)) return;
	struct label *own = arena_array(l->arena, RULE_COUNT, sizeof *own);
	for (size_t i = 0; i < RULE_COUNT; i++)
		own[i] = load_label(l, json_get(messages, keys[i]), "");
	f->messages = own;
}

static bool is_money(const struct field *f) {
	return f->value_type.kind == TYPE_DECIMAL && f->value_type.unit == UNIT_MONEY;
}

bool load_currency_by_record(const struct field *f) {
	struct str text = json_str(json_get(f->json, "currency"));
	bool code = text.n == 3 || !text.n;
	for (size_t i = 0; i < text.n; i++) code = code && text.p[i] >= 'A' && text.p[i] <= 'Z';
	return !code;
}

/* ISO 4217, or the field that holds the currency: a text or one of an enumeration. A row that has
 * none of that name goes with its record's. */
static void load_currency(struct loading *l, const struct form *form, struct field *f) {
	const struct json *at = json_get(f->json, "currency");
	if (!load_currency_by_record(f)) return;
	bool above = form->parent && !form_field(form, json_str(at)) &&
		     form_field(form->parent, json_str(at));
	const struct field *named =
		load_field_ref(l, form->definition, above ? form->parent : form, at);
	if (!named) return;
	f->currency_from = named;
	enum type_kind kind = named->value_type.kind;
	if (!named->value_type.list && (kind == TYPE_TEXT || kind == TYPE_ENUM)) return;
	FIND(l->findings, spot_at(form->definition, at), ERROR, "VR02", "vr02_currency",
	     "fix_vr02_currency", "name", f->name, "field", named->name, "type", named->type->name);
}

static void load_field_rules(struct loading *l, struct form *form, struct field *f) {
	const struct definition *d = form->definition;
	struct expr_scope scope = load_scope(form, NULL);
	const struct json *formula = json_get(f->json, "formula"),
			  *value = json_get(f->json, "default");
	if (f->type->flags & FT_DEFAULT)
		f->default_value = load_expr(l, d, value, &scope, &f->value_type, &form->paths);
	if (f->frozen)
		f->formula = load_expr(l, d, json_get(f->json, "from"), &scope, &f->value_type,
				       &form->paths);
	else if (f->type->flags & FT_COMPUTE)
		f->formula = load_expr(l, d, formula, &scope, &f->value_type, &form->paths);
	if (formula && value)
		FIND(l->findings, spot_at(d, value), ERROR, "DEF12", "def_formula_default",
		     "fix_formula_default", "name", f->name);
	load_options(l, form, f);
	load_among(l, form, f);
	load_fills(l, form, f);
	if (f->type == &field_type_serial) load_serial(l, form, f);
	load_messages(l, f);
	if (is_money(f)) load_currency(l, form, f);
	if (f->type == &field_type_button) load_button(l, form, f);
}

/* ---- checks ---- */

static void load_checks(struct loading *l, struct form *form) {
	const struct definition *d = form->definition;
	const struct json *list = json_get(form->json, "checks");
	uint32_t n = load_count(list, JSON_ARRAY);
	struct names ids;
	names_init(&ids, l->arena, n);
	form->checks = arena_array(l->arena, n, sizeof *form->checks);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *j = &list->items[i], *id = json_get(j, "id"),
				  *at = json_get(j, "at");
		struct check c = { .id = id ? str_dup(l->arena, json_str(id))
					    : arena_printf(l->arena, "check_%u", i + 1) };
		c.when = load_condition(l, d, json_get(j, "when"), form);
		c.require = load_condition(l, d, json_get(j, "require"), form);
		c.at = load_field_ref(l, d, form, at);
		c.message = load_words(l, d, json_get(j, "message"), form, c.id);
		if (!names_add(&ids, str_of(c.id), &ids))
			FIND(l->findings, spot_at(d, id ? id : j), ERROR, "DEF06",
			     "def_check_twice", "fix_other_name", "name", c.id);
		if (c.require) form->checks[form->check_count++] = c;
	}
}

/* ---- linkage ---- */

/* Members of "set" and "options": field -> expression. */
static size_t load_sets(struct loading *l, struct form *form, const struct json *object,
			bool options, struct linkage_set **out) {
	const struct definition *d = form->definition;
	static const struct type condition = { .kind = TYPE_BOOL };
	uint32_t n = load_count(object, JSON_OBJECT);
	struct linkage_set *sets = arena_array(l->arena, n, sizeof *sets);
	size_t count = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct field *f = form_field(form, object->keys[i].name);
		struct spot at = spot_at(d, &object->items[i]);
		at.on_key = true;
		if (!f) {
			const struct field *near = form_similar(form, object->keys[i].name);
			load_unknown(l, at, "set", object->keys[i].name,
				     str_of(near ? near->name : NULL));
			continue;
		}
		bool wrong = options ? !f->target || f->lookup : !field_takes_value(f);
		if (wrong ||
		    (f->system && f->system != SYSTEM_STATE && f->system != SYSTEM_OWNER)) {
			FIND(l->findings, at, ERROR, "DEF12",
			     options ? "def_no_options" : "def_not_writable",
			     options ? "fix_no_options" : "fix_not_writable", "name", f->name);
			continue;
		}
		struct expr_scope scope = load_scope(form, options ? f->target : NULL);
		const struct expr *value =
			load_expr(l, d, &object->items[i], &scope,
				  options ? &condition : &f->value_type, &form->paths);
		if (value) sets[count++] = (struct linkage_set){ f, value };
	}
	*out = sets;
	return count;
}

/* A button has no value that could be shown, asked for or fixed: its own `when` says all. */
static void refuse_buttons(struct loading *l, const struct form *form, const struct json *list) {
	const struct definition *d = form->definition;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct json *at = &list->items[i];
		const struct field *f = form_field(form, json_str(at));
		if (!f || field_has_value(f)) continue;
		FIND(l->findings, spot_at(d, at), ERROR, "DEF12", "def_button_linkage",
		     "fix_button_linkage", "name", str_dup(l->arena, json_str(at)));
	}
}

static void load_linkages(struct loading *l, struct form *form, const struct json *list) {
	const struct definition *d = form->definition;
	uint32_t n = load_count(list, JSON_ARRAY);
	form->linkages = arena_array(l->arena, n, sizeof *form->linkages);
	form->linkage_count = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct json *j = &list->items[i];
		struct linkage *k = &form->linkages[i];
		k->when = load_condition(l, d, json_get(j, "when"), form);
		k->show = load_field_list(l, d, form, json_get(j, "show"), &k->show_count);
		k->hide = load_field_list(l, d, form, json_get(j, "hide"), &k->hide_count);
		k->require = load_field_list(l, d, form, json_get(j, "require"), &k->require_count);
		k->read_only =
			load_field_list(l, d, form, json_get(j, "read_only"), &k->read_only_count);
		refuse_buttons(l, form, json_get(j, "show"));
		refuse_buttons(l, form, json_get(j, "hide"));
		refuse_buttons(l, form, json_get(j, "require"));
		refuse_buttons(l, form, json_get(j, "read_only"));
		k->set_count = load_sets(l, form, json_get(j, "set"), false, &k->sets);
		k->option_count = load_sets(l, form, json_get(j, "options"), true, &k->options);
	}
}

/* ---- transitions ---- */

const struct enum_value *load_enum_value(struct loading *l, const struct definition *d,
					 const struct field *f, const struct json *at) {
	if (!at || at->kind != JSON_STRING) return NULL;
	const struct enum_value *v = enumeration_find(f->enumeration, at->text);
	if (v && !v->removed) return v;
	if (v) {
		FIND(l->findings, spot_at(d, at), ERROR, "VR23", "vr23_removed", "fix_vr23",
		     "value", v->value);
		return NULL;
	}
	struct str near = enumeration_similar(f->enumeration, at->text);
	const char *name = str_dup(l->arena, at->text);
	if (near.n)
		FIND(l->findings, spot_at(d, at), ERROR, "VR01", "vr01_value", "fix_near", "name",
		     name, "enum", f->enumeration->name, "near", str_dup(l->arena, near));
	else
		FIND(l->findings, spot_at(d, at), ERROR, "VR01", "vr01_value",
		     "fix_create_or_correct", "name", name, "enum", f->enumeration->name);
	return NULL;
}

static const struct field *transition_field(struct loading *l, const struct form *form,
					    const struct json *j) {
	const struct json *at = json_get(j, "field");
	const struct field *f = load_field_ref(l, form->definition, form, at);
	if (!f || f->type == &field_type_enum) return f;
	if (!l->broken)
		FIND(l->findings, spot_at(form->definition, at), ERROR, "VR02",
		     "def_transition_field", "fix_transition_field", "name", f->name);
	return NULL;
}

static const char **load_who(struct loading *l, const struct json *list, size_t *count) {
	uint32_t n = load_count(list, JSON_ARRAY);
	const char **who = arena_array(l->arena, n, sizeof *who);
	*count = 0;
	for (uint32_t i = 0; i < n; i++)
		if (list->items[i].kind == JSON_STRING)
			who[(*count)++] = str_dup(l->arena, list->items[i].text);
	return who;
}

static void load_transition(struct loading *l, struct form *form, const struct json *j) {
	const struct definition *d = form->definition;
	const struct json *from = json_get(j, "from");
	struct transition t = { .field = transition_field(l, form, j) };
	if (!t.field) return;
	t.to = load_enum_value(l, d, t.field, json_get(j, "to"));
	t.from = arena_array(l->arena, load_count(from, JSON_ARRAY), sizeof *t.from);
	for (uint32_t i = 0; i < load_count(from, JSON_ARRAY); i++) {
		t.from[t.from_count] = load_enum_value(l, d, t.field, &from->items[i]);
		if (t.from[t.from_count]) t.from_count++;
	}
	t.who = load_who(l, json_get(j, "who"), &t.who_count);
	t.when = load_condition(l, d, json_get(j, "when"), form);
	t.require = load_field_list(l, d, form, json_get(j, "require"), &t.require_count);
	refuse_buttons(l, form, json_get(j, "require"));
	t.message = load_words(l, d, json_get(j, "message"), form, "");
	if (t.to) form->transitions[form->transition_count++] = t;
}

static void load_transitions(struct loading *l, struct form *form) {
	const struct json *list = json_get(form->json, "transitions");
	form->transitions =
		arena_array(l->arena, load_count(list, JSON_ARRAY), sizeof *form->transitions);
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		load_transition(l, form, &list->items[i]);
}

/* ---- unique keys ---- */

static void add_unique(struct loading *l, struct form *form, const struct json *at,
		       const struct field **fields, size_t n) {
	for (size_t i = 0; i < n; i++) {
		if (fields[i]->type->flags & FT_UNIQUE) continue;
		FIND(l->findings, spot_at(form->definition, at), ERROR, "DEF12", "def_unique_type",
		     "fix_unique_type", "name", fields[i]->name, "type", fields[i]->type->name);
		return;
	}
	struct unique_key key = { fields, n, physical_index(l->arena, form->table, fields, n) };
	for (size_t i = 0; i < form->unique_count; i++)
		if (!strcmp(form->uniques[i].index, key.index)) return;
	form->uniques[form->unique_count++] = key;
}

static void load_uniques(struct loading *l, struct form *form) {
	const struct json *list = json_get(form->json, "unique");
	uint32_t n = load_count(list, JSON_ARRAY);
	form->uniques = arena_array(l->arena, form->declared_count + n, sizeof *form->uniques);
	for (size_t i = 0; i < form->declared_count; i++) {
		if (!form->fields[i]->unique) continue;
		const struct field **one = arena_alloc(l->arena, sizeof *one);
		one[0] = form->fields[i];
		add_unique(l, form, form->fields[i]->json, one, 1);
	}
	for (uint32_t i = 0; i < n; i++) {
		size_t count;
		const struct field **fields =
			load_field_list(l, form->definition, form, &list->items[i], &count);
		if (count && count == load_count(&list->items[i], JSON_ARRAY))
			add_unique(l, form, &list->items[i], fields, count);
	}
}

/* ---- first values ---- */

static bool can_be_given(const struct field *f) {
	return !f->system && field_takes_value(f) && !f->read_only && !f->rows;
}

static void not_writable(struct loading *l, const struct form *form, const struct json *at,
			 const struct field *f) {
	FIND(l->findings, spot_at(form->definition, at), ERROR, "DEF12", "def_not_writable",
	     "fix_not_writable", "name", f->name);
}

/* Addresses and memory give first values only to what a person could type. */
static void check_first_values(struct loading *l, const struct form *form) {
	const struct json *list = json_get(form->json, "url_defaults");
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct field *f = load_field_ref(l, form->definition, form, &list->items[i]);
		if (f && !can_be_given(f)) not_writable(l, form, &list->items[i], f);
	}
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const struct json *at = json_get(f->json, "remember");
		if (json_bool(at) && !can_be_given(f)) not_writable(l, form, at, f);
	}
}

/* ---- title and search ---- */

static void load_search(struct loading *l, struct form *form) {
	const struct json *list = json_get(form->json, "search");
	const struct field **fields = arena_array(
		l->arena, form->declared_count + load_count(list, JSON_ARRAY), sizeof *fields);
	size_t n = 0;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		const struct field *f = load_field_ref(l, form->definition, form, &list->items[i]);
		if (!f) continue;
		if (f->type->flags & FT_SEARCH)
			fields[n++] = f;
		else if (!l->broken)
			FIND(l->findings, spot_at(form->definition, &list->items[i]), ERROR,
			     "DEF12", "def_search_type", "fix_search_type", "name", f->name);
	}
	for (size_t i = 0; i < form->declared_count; i++) {
		struct field *f = form->fields[i];
		bool wanted = json_get(f->json, "search") ? json_bool(json_get(f->json, "search"))
							  : !list && (f->type->flags & FT_SEARCH) &&
								    f->type != &field_type_longtext;
		for (size_t k = 0; k < n; k++)
			if (fields[k] == f) wanted = false, f->searchable = true;
		if (!wanted) continue;
		f->searchable = true;
		fields[n++] = f;
	}
	form->search = fields;
	form->search_count = n;
}

static void load_rules_of(struct loading *l, struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		load_field_rules(l, form, form->fields[i]);
		if (form->fields[i]->rows) load_rules_of(l, form->fields[i]->rows);
	}
	load_checks(l, form);
	load_linkages(l, form, json_get(form->json, "linkage"));
	load_uniques(l, form);
	check_first_values(l, form);
	if (form->parent) return;
	load_transitions(l, form);
	load_search(l, form);
	struct expr_scope scope = load_scope(form, NULL);
	form->title = load_template(l, form->definition, json_get(form->json, "title"), &scope,
				    &form->paths);
	load_form_views(l, form);
	load_button_calls(l, form);
}

void load_form_rules(struct loading *l) {
	for (size_t i = 0; i < l->app->form_count; i++) load_rules_of(l, l->app->forms[i]);
}
