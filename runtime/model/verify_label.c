/* verify_label.c -- VR22: labels missing in a language of the app, or the same for two fields of
 * one form. One plain text serves all languages, unless it is written in Chinese characters and the
 * app speaks English too. */
#include "runtime/model/verify.h"

static bool speaks(const struct app *app, const char *language) {
	const struct json *list = json_get(app->definition->json, "languages");
	if (!list || list->kind != JSON_ARRAY || !list->n) return true;
	for (uint32_t i = 0; i < list->n; i++)
		if (json_is_string(&list->items[i], language)) return true;
	return false;
}

static bool chinese(struct str s) {
	while (s.n) {
		uint32_t cp = utf8_next(&s);
		if (cp >= 0x3400 && cp <= 0x9fff) return true;
	}
	return false;
}

static bool lacks(const struct json *label, const char *language) {
	if (!label) return true;
	if (label->kind == JSON_STRING) return !strcmp(language, "en") && chinese(label->text);
	return !json_str(json_get(label, language)).n;
}

static void check_label(struct verifying *v, const struct definition *d, const struct json *owner,
			const char *key, const char *name) {
	static const struct {
		const char *language, *name;
	} languages[] = { { "zh-CN", "中文" }, { "en", "English" } };
	const struct json *label = json_get(owner, key);
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		if (!speaks(v->app, languages[i].language) || !lacks(label, languages[i].language))
			continue;
		struct spot at = { .definition = d, .at = label ? label : owner };
		FIND(v->f, at, WARNING, "VR22", "vr22_missing", "fix_vr22_missing", "name", name,
		     "language", languages[i].name, "key", languages[i].language);
	}
}

/* Texts of the system stand in where a rule has no words of its own. */
static void check_messages(struct verifying *v, const struct definition *d,
			   const struct field *f) {
	const struct json *messages = json_get(f->json, "messages");
	for (uint32_t i = 0; messages && messages->kind == JSON_OBJECT && i < messages->n; i++)
		check_label(v, d, messages, str_dup(v->f->arena, messages->keys[i].name), f->name);
}

static const char *same_label(const struct field *a, const struct field *b) {
	if (a->label.zh && b->label.zh && !strcmp(a->label.zh, b->label.zh)) return a->label.zh;
	return a->label.en && b->label.en && !strcmp(a->label.en, b->label.en) ? a->label.en : NULL;
}

static void check_fields(struct verifying *v, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		check_label(v, form->definition, f->json, "label", f->name);
		check_messages(v, form->definition, f);
		for (size_t k = 0; k < i; k++) {
			const char *label = same_label(form->fields[k], f);
			struct spot at = { .definition = form->definition,
					   .at = json_get(f->json, "label")
							 ? json_get(f->json, "label")
							 : f->json };
			if (label)
				FIND(v->f, at, WARNING, "VR22", "vr22_duplicate",
				     "fix_vr22_duplicate", "form", form->name, "name", f->name,
				     "other", form->fields[k]->name, "label", label);
		}
		if (f->rows) check_fields(v, f->rows);
	}
}

static void check_list_of(struct verifying *v, const struct definition *d, const struct json *list,
			  const char *name_key, const char *label_key) {
	for (uint32_t i = 0; list && list->kind == JSON_ARRAY && i < list->n; i++) {
		const struct json *item = &list->items[i];
		struct str name =
			item->kind == JSON_STRING ? item->text : json_str(json_get(item, name_key));
		if (item->kind == JSON_OBJECT)
			check_label(v, d, item, label_key,
				    str_dup(v->f->arena, name.n ? name : str_of(label_key)));
	}
}

static void check_list(struct verifying *v, const struct definition *d, const char *list_key,
		       const char *name_key, const char *label_key) {
	check_list_of(v, d, json_get(d->json, list_key), name_key, label_key);
}

static void check_home(struct verifying *v, const struct definition *d) {
	const struct json *home = json_get(d->json, "home");
	check_list_of(v, d, json_get(home, "todo"), "form", "label");
	check_list_of(v, d, json_get(home, "figures"), "form", "label");
}

void verify_labels(struct verifying *v) {
	for (size_t i = 0; i < v->app->definition_count; i++) {
		const struct definition *d = v->app->definitions[i];
		if (!d->kind[0] || !strcmp(d->kind, "calendar") || !strcmp(d->kind, "rule") ||
		    !strcmp(d->kind, "test"))
			continue;
		check_label(v, d, d->json, "label", d->name);
		if (!strcmp(d->kind, "enum")) check_list(v, d, "values", "value", "label");
		if (!strcmp(d->kind, "app")) check_list(v, d, "menu", "label", "label");
		if (!strcmp(d->kind, "app")) check_home(v, d);
		if (strcmp(d->kind, "form") != 0) continue;
		check_list(v, d, "checks", "id", "message");
		check_list(v, d, "views", "view", "label");
	}
	for (size_t i = 0; i < v->app->form_count; i++) check_fields(v, v->app->forms[i]);
}
