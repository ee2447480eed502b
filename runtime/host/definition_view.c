/* definition_view.c -- what a definition says must not tell of what its reader may not know.
 * 1. A field that no grant gives is left out, and with it every condition, template, list entry and
 * rule that names it, by its own name or at the end of a path over references.
 * 2. A rule (check, linkage, transition) that names one is left out whole: half a condition would
 * say something else.
 * 3. Admins see the files as they are. */
#include "runtime/host/definition_view.h"

#include "runtime/host/regions.h"
#include "runtime/model/region.h"

struct viewer {
	struct jw *w;
	const struct request *rq;
	const struct access *ac;
};

/* ---- does a text name a field that is hidden? ---- */

static bool is_word(char ch) {
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.';
}

static bool chain_hidden(const struct viewer *v, const struct form *form, struct str chain) {
	struct access other;
	const struct access *ac = v->ac;
	while (chain.n) {
		struct str name;
		bool more = str_cut(chain, '.', &name, &chain);
		const struct field *f = form_field(form, name);
		if (!f) return false;
		if (ac && !ac->everything && access_right(ac, f) == RIGHT_HIDDEN) return true;
		if (!more) return false;
		form = f->rows ? f->rows : f->target;
		if (!form) return false;
		if (f->target) {
			if (access_of(v->rq, f->target, &other)) return true;
			ac = &other;
		}
	}
	return false;
}

static bool names_hidden(const struct viewer *v, const struct form *form, struct str text) {
	for (size_t i = 0; i < text.n;) {
		size_t n = 0;
		while (i + n < text.n && is_word(text.p[i + n])) n++;
		if (n && chain_hidden(v, form, (struct str){ text.p + i, n })) return true;
		i += n ? n : 1;
	}
	return false;
}

/* Texts for people name fields only inside braces. */
static bool template_hidden(const struct viewer *v, const struct form *form, struct str text) {
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '{') continue;
		const char *end = memchr(text.p + i, '}', text.n - i);
		size_t n = end ? (size_t)(end - (text.p + i)) : text.n - i;
		if (names_hidden(v, form, (struct str){ text.p + i, n })) return true;
	}
	return false;
}

static bool for_people(struct str key) {
	static const char *const keys[] = { "label",   "help", "message", "title",   "text",
					    "section", "tab",  "confirm", "heading", "notice",
					    "zh-CN",   "en",   "messages" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i])) return true;
	return false;
}

static bool tree_hidden(const struct viewer *v, const struct form *form, struct str key,
			const struct json *j) {
	if (j->kind == JSON_STRING)
		return for_people(key) ? template_hidden(v, form, j->text)
				       : names_hidden(v, form, j->text);
	for (uint32_t i = 0; i < j->n; i++) {
		if (j->kind == JSON_OBJECT && !for_people(j->keys[i].name) &&
		    names_hidden(v, form, j->keys[i].name))
			return true;
		if (tree_hidden(v, form, j->kind == JSON_OBJECT ? j->keys[i].name : key,
				&j->items[i]))
			return true;
	}
	return false;
}

/* ---- writing what is left ---- */

/* Entries that name a hidden field are dropped from lists; members from objects; whole: the object
 * goes as one. */
static void write_left(const struct viewer *v, const struct form *form, struct str key,
		       const struct json *j) {
	if (j->kind != JSON_OBJECT && j->kind != JSON_ARRAY) {
		jw_json(v->w, j);
		return;
	}
	if (j->kind == JSON_ARRAY)
		jw_array(v->w);
	else
		jw_object(v->w);
	for (uint32_t i = 0; i < j->n; i++) {
		const struct json *item = &j->items[i];
		bool leaf = item->kind != JSON_OBJECT && item->kind != JSON_ARRAY;
		struct str name = j->kind == JSON_OBJECT ? j->keys[i].name : key;
		if (leaf && tree_hidden(v, form, name, item)) continue;
		if (j->kind == JSON_OBJECT && !for_people(name) && names_hidden(v, form, name))
			continue;
		if (j->kind == JSON_OBJECT) jw_key_str(v->w, name);
		write_left(v, form, name, item);
	}
	jw_end(v->w);
}

static bool who_covers(const struct request *rq, const struct json *who) {
	if (!who || !who->n || request_is_admin(rq)) return true;
	for (uint32_t i = 0; i < who->n; i++)
		if (request_actor_is(rq, json_str(&who->items[i]))) return true;
	return false;
}

static bool is_rules(struct str key) {
	return str_is(key, "checks") || str_is(key, "linkage") || str_is(key, "transitions") ||
	       str_is(key, "duplicates");
}

/* A transition tells besides whether this reader may take it. */
static void write_rule(const struct viewer *v, const struct json *rule, bool transition) {
	if (!transition) {
		jw_json(v->w, rule);
		return;
	}
	jw_object(v->w);
	for (uint32_t i = 0; i < rule->n; i++) {
		jw_key_str(v->w, rule->keys[i].name);
		jw_json(v->w, &rule->items[i]);
	}
	jw_set_bool(v->w, "may",
		    access_may(v->ac, ACTION_UPDATE) && who_covers(v->rq, json_get(rule, "who")));
	jw_end(v->w);
}

static void write_rules(const struct viewer *v, const struct form *form, struct str key,
			const struct json *list) {
	jw_array(v->w);
	for (uint32_t i = 0; i < list->n; i++)
		if (!tree_hidden(v, form, STR(""), &list->items[i]))
			write_rule(v, &list->items[i], str_is(key, "transitions"));
	jw_end(v->w);
}

/* Views others are meant to use are left out. */
static void write_views(const struct viewer *v, const struct form *form, const struct json *list) {
	jw_array(v->w);
	for (uint32_t i = 0; i < list->n; i++)
		if (who_covers(v->rq, json_get(&list->items[i], "who")))
			write_left(v, form, STR("views"), &list->items[i]);
	jw_end(v->w);
}

static const char *right_name(const struct viewer *v, const struct field *f) {
	return v->ac->everything ? "edit" : field_right_names[access_right(v->ac, f)];
}

static void write_fields(const struct viewer *v, const struct form *form, const struct json *list);

static bool known_form(const struct viewer *v, const struct form *form) {
	struct access ac;
	return access_of(v->rq, form, &ac) == NULL;
}

/* That it is computed, and from what, where the formula may be seen. */
static void write_computed(const struct viewer *v, const struct form *form, const struct field *f) {
	const struct json *formula = json_get(f->json, "formula");
	jw_set_bool(v->w, "computed", true);
	if (!formula || tree_hidden(v, form, STR("formula"), formula)) return;
	jw_key(v->w, "deps");
	jw_array(v->w);
	for (size_t i = 0; i < f->form->paths.count; i++)
		if (expr_uses(f->formula, i)) jw_text(v->w, f->form->paths.items[i].text);
	jw_end(v->w);
}

/* What a rollup gathers, and from where, is the server's business: here it is a computed field of
 * the type of its values; one that counts has 0 from the start, the others nothing. */
static bool is_gathering(struct str key) {
	static const char *const keys[] = { "of", "by", "agg", "field", "filter", "scale" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i])) return true;
	return false;
}

static void write_rollup(const struct viewer *v, const struct field *f) {
	enum rollup_agg agg = f->rollup->agg;
	jw_set_bool(v->w, "rollup", true);
	if (agg == ROLLUP_COUNT || agg == ROLLUP_COUNT_DISTINCT) {
		jw_set_bool(v->w, "counts", true);
	}
	if (f->value_type.kind == TYPE_DECIMAL) {
		jw_set_int(v->w, "scale", f->scale);
	}
}

/* What a lookup is to be shown and edited as: the field at the end of its path. */
static void write_lookup(const struct viewer *v, const struct field *f) {
	static const char *const keys[] = { "enum",   "scale", "currency", "form",
					    "format", "level", "max",      "labels" };
	const struct field *end = f;
	while (end->lookup) end = end->lookup[end->lookup_length - 1];
	jw_key(v->w, "as");
	jw_object(v->w);
	jw_set_text(v->w, "type", end->type->name);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json *own = json_get(f->json, keys[i]);
		const struct json *item = own ? own : end->json ? json_get(end->json, keys[i]) : NULL;
		if (!item ||
		    (end->target && !strcmp(keys[i], "form") && !known_form(v, end->target)))
			continue;
		jw_key(v->w, keys[i]);
		jw_json(v->w, item);
	}
	jw_end(v->w);
}

/* By which "field" GET /api/users and /api/depts tell whom one may choose. Not of a form that is only
 * lent: to who asks there is no such field. */
static void write_candidates(const struct viewer *v, const struct field *f) {
	struct sb path = sb_on(v->rq->arena, 256);
	const struct form *row = f->form->parent ? f->form : NULL;
	if (!v->rq->actor) return;
	sb_printf(&path, "%s.", v->rq->app->name);
	if (row) sb_printf(&path, "%s.%s", row->parent->name, row->parent_field->name);
	sb_printf(&path, "%s.%s", row ? "" : f->form->name, f->name);
	jw_set_text(v->w, "candidates", sb_cstr(&path));
}

static void write_field(const struct viewer *v, const struct form *form, const struct field *f,
			const struct json *j) {
	jw_object(v->w);
	for (uint32_t i = 0; i < j->n; i++) {
		struct str key = j->keys[i].name;
		const struct json *item = &j->items[i];
		const struct form *scope = f->rows ? f->rows : form;
		bool leaf = item->kind != JSON_OBJECT && item->kind != JSON_ARRAY;
		if (f->target && str_is(key, "form") && !known_form(v, f->target)) continue;
		/* What a button does happens on the server, in forms that he may not know of. */
		if (f->button && str_is(key, "do") && !v->ac->everything) continue;
		if (f->rollup && is_gathering(key)) continue;
		if (f->rollup && str_is(key, "type")) {
			jw_set_text(v->w, "type", f->type->name);
			continue;
		}
		/* A formula over hidden fields: that it is computed shows, how does not. */
		if (leaf && !str_is(key, "name") && tree_hidden(v, scope, key, item)) continue;
		jw_key_str(v->w, key);
		if (f->rows && str_is(key, "fields"))
			write_fields(v, f->rows, item);
		else if (is_rules(key))
			write_rules(v, scope, key, item);
		else
			write_left(v, scope, key, item);
	}
	jw_set_text(v->w, "right", right_name(v, f));
	if (f->among_count) write_candidates(v, f);
	if (f->rollup) write_rollup(v, f);
	if (field_is_made(f)) write_computed(v, form, f);
	if (f->lookup) write_lookup(v, f);
	jw_end(v->w);
}

static void write_fields(const struct viewer *v, const struct form *form, const struct json *list) {
	jw_array(v->w);
	for (uint32_t i = 0; i < list->n; i++) {
		const struct field *f =
			form_field(form, json_str(json_get(&list->items[i], "name")));
		if (f && (v->ac->everything || access_right(v->ac, f) != RIGHT_HIDDEN))
			write_field(v, form, f, &list->items[i]);
	}
	jw_end(v->w);
}

static void write_rights(const struct viewer *v) {
	static const struct {
		const char *name;
		enum action action;
	} actions[] = {
		{ "read", ACTION_READ },     { "create", ACTION_CREATE },
		{ "update", ACTION_UPDATE }, { "delete", ACTION_DELETE },
		{ "import", ACTION_IMPORT }, { "export", ACTION_EXPORT },
		{ "print", ACTION_PRINT },
	};
	jw_key(v->w, "rights");
	jw_object(v->w);
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		jw_set_bool(v->w, actions[i].name, access_may(v->ac, actions[i].action));
	}
	jw_end(v->w);
}

static void write_system(const struct viewer *v, const struct form *form) {
	jw_key(v->w, "system");
	jw_array(v->w);
	for (size_t i = form->declared_count; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!v->ac->everything && access_right(v->ac, f) == RIGHT_HIDDEN) continue;
		jw_object(v->w);
		jw_set_text(v->w, "name", f->name);
		jw_set_text(v->w, "type", f->type->name);
		jw_key(v->w, "label");
		jw_object(v->w);
		jw_set_text(v->w, "zh-CN", f->label.zh);
		jw_set_text(v->w, "en", f->label.en);
		jw_end(v->w);
		jw_set_text(v->w, "right", f->system == SYSTEM_OWNER ? right_name(v, f) : "read");
		jw_end(v->w);
	}
	jw_end(v->w);
}

static void write_form(const struct viewer *v, const struct form *form) {
	const struct json *j = form->json;
	jw_object(v->w);
	for (uint32_t i = 0; i < j->n; i++) {
		struct str key = j->keys[i].name;
		const struct json *item = &j->items[i];
		bool leaf = item->kind == JSON_STRING;
		if (leaf && !str_is(key, "form") && tree_hidden(v, form, key, item)) continue;
		jw_key_str(v->w, key);
		if (str_is(key, "fields"))
			write_fields(v, form, item);
		else if (is_rules(key))
			write_rules(v, form, key, item);
		else if (str_is(key, "views") && item->kind == JSON_ARRAY)
			write_views(v, form, item);
		else
			write_left(v, form, key, item);
	}
	write_system(v, form);
	write_rights(v);
	jw_end(v->w);
}

/* ---- the app ---- */

static bool reads_enum(const struct access *ac, const struct form *form,
		       const struct enumeration *e) {
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!ac->everything && access_right(ac, f) == RIGHT_HIDDEN) continue;
		if (f->enumeration == e || (f->rows && reads_enum(ac, f->rows, e))) return true;
	}
	return false;
}

static bool enum_shown(const struct request *rq, const struct enumeration *e) {
	struct access ac;
	if (request_is_admin(rq)) return true;
	for (size_t i = 0; i < rq->app->form_count; i++)
		if (!access_of(rq, rq->app->forms[i], &ac) && reads_enum(&ac, rq->app->forms[i], e))
			return true;
	return false;
}

static void write_regions(struct jw *w) {
	jw_object(w);
	jw_set_text(w, "enum", REGION_ENUM);
	jw_set_text(w, "at", regions_address());
	jw_end(w);
}

static void write_enums(struct jw *w, const struct request *rq, bool regions_apart) {
	jw_key(w, "enums");
	jw_array(w);
	for (size_t i = 0; i < rq->app->enumeration_count; i++) {
		const struct enumeration *e = rq->app->enumerations[i];
		if (!enum_shown(rq, e)) continue;
		if (regions_apart && strcmp(e->name, REGION_ENUM) == 0)
			write_regions(w);
		else
			jw_json(w, e->json);
	}
	jw_end(w);
}

static void write_forms(struct jw *w, const struct request *rq) {
	jw_key(w, "forms");
	jw_array(w);
	for (size_t i = 0; i < rq->app->form_count; i++) {
		struct access ac;
		struct viewer v = { w, rq, &ac };
		if (!access_of(rq, rq->app->forms[i], &ac)) write_form(&v, rq->app->forms[i]);
	}
	jw_end(w);
}

/* Engines of these kinds add their own rights; until one gives a definition to a person, only
 * admins see it. */
static void write_kind(struct jw *w, const struct request *rq, const char *kind, const char *key) {
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < rq->app->definition_count && request_is_admin(rq); i++)
		if (!strcmp(rq->app->definitions[i]->kind, kind))
			jw_json(w, rq->app->definitions[i]->json);
	jw_end(w);
}

/* An item without anything left under it, or that names what its reader may not know of, is left
 * out. */
static bool menu_item_shown(const struct request *rq, const struct json *item) {
	static const char *const plain[] = { "form", "view", "who", "label", "icon", "items" };
	struct access ac;
	const struct json *name = json_get(item, "form"), *items = json_get(item, "items");
	const struct form *form = name ? app_form(rq->app, json_str(name)) : NULL;
	struct viewer v = { NULL, rq, &ac };
	bool any = !items || !items->n;
	if (!who_covers(rq, json_get(item, "who"))) return false;
	for (uint32_t i = 0; items && i < items->n && !any; i++)
		any = menu_item_shown(rq, &items->items[i]);
	if (!name || !any) return any;
	if (!form || access_of(rq, form, &ac)) return false;
	for (uint32_t i = 0; i < item->n; i++) {
		bool is_plain = false;
		for (size_t k = 0; k < ARRAY_LEN(plain); k++)
			is_plain |= str_is(item->keys[i].name, plain[k]);
		if (!is_plain && tree_hidden(&v, form, item->keys[i].name, &item->items[i]))
			return false;
	}
	return true;
}

static void write_menu(struct jw *w, const struct request *rq, const struct json *list) {
	jw_array(w);
	for (uint32_t i = 0; i < list->n; i++) {
		const struct json *item = &list->items[i];
		if (!menu_item_shown(rq, item)) continue;
		jw_object(w);
		for (uint32_t k = 0; k < item->n; k++) {
			jw_key_str(w, item->keys[k].name);
			if (str_is(item->keys[k].name, "items"))
				write_menu(w, rq, &item->items[k]);
			else
				jw_json(w, &item->items[k]);
		}
		jw_end(w);
	}
	jw_end(w);
}

/* To-do lists, figures and the board are shown by the same rule as menu items. */
static void write_home(struct jw *w, const struct request *rq, const struct json *home) {
	jw_object(w);
	for (uint32_t i = 0; i < home->n; i++) {
		const struct json *part = &home->items[i];
		bool one = part->kind == JSON_OBJECT;
		if (one && !menu_item_shown(rq, part)) continue;
		jw_key_str(w, home->keys[i].name);
		if (one)
			jw_json(w, part);
		else
			write_menu(w, rq, part);
	}
	jw_end(w);
}

static void write_app(struct jw *w, const struct request *rq) {
	const struct json *j = rq->app->definition->json;
	jw_key(w, "app");
	jw_object(w);
	for (uint32_t i = 0; i < j->n; i++) {
		jw_key_str(w, j->keys[i].name);
		if (str_is(j->keys[i].name, "menu") && j->items[i].kind == JSON_ARRAY)
			write_menu(w, rq, &j->items[i]);
		else if (str_is(j->keys[i].name, "home"))
			write_home(w, rq, &j->items[i]);
		else
			jw_json(w, &j->items[i]);
	}
	jw_end(w);
}

void definition_view(struct jw *w, const struct request *rq, bool regions_apart) {
	static const char *const kinds[][2] = {
		{ "flow", "flows" },     { "rule", "rules" },
		{ "report", "reports" }, { "dashboard", "dashboards" },
		{ "print", "prints" },   { "calendar", "calendars" },
		{ "role", "roles" }
	};
	jw_object(w);
	write_app(w, rq);
	write_forms(w, rq);
	write_enums(w, rq, regions_apart);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) write_kind(w, rq, kinds[i][0], kinds[i][1]);
	jw_set_int(w, "version", rq->app->version);
	jw_end(w);
}

void definition_of_form(struct jw *w, const struct request *rq, const struct form *form) {
	struct request all = *rq;
	struct access ac;
	struct viewer v = { w, &all, &ac };
	if (access_of(rq, form, &ac)) {
		all.actor = NULL;
		ac.everything = true;
	}
	ac.request = &all;
	ac.read_only = true;
	jw_object(w);
	jw_key(w, "app");
	jw_object(w);
	jw_set_text(w, "app", rq->app->name);
	jw_end(w);
	jw_key(w, "forms");
	jw_array(w);
	write_form(&v, form);
	jw_end(w);
	jw_key(w, "enums");
	jw_array(w);
	for (size_t i = 0; i < rq->app->enumeration_count; i++) {
		const struct enumeration *e = rq->app->enumerations[i];
		if (!reads_enum(&ac, form, e)) continue;
		if (strcmp(e->name, REGION_ENUM) == 0)
			write_regions(w);
		else
			jw_json(w, e->json);
	}
	jw_end(w);
	jw_end(w);
}
