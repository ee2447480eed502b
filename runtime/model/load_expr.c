/* load_expr.c -- expressions of a definition: compiled over the paths of their form, their problems
 * turned into findings VR01 (unknown name or value) and VR02 (everything else) at the place inside
 * the text. */
#include "runtime/model/loading.h"

struct expr_scope load_scope(const struct form *form, const struct form *option) {
	return (struct expr_scope){
		.catalogue = &load_catalogue,
		.form = form,
		.parent = form ? form->parent : NULL,
		.option = option,
	};
}

static const char *param_of(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (!strcmp(p->params[i].name, name)) return p->params[i].value;
	return NULL;
}

static unsigned number_of(const char *text) {
	int64_t n = 0;
	return text && str_to_int(str_of(text), &n) && n > 0 && n < 100000 ? (unsigned)n : 0;
}

/* A value the definition no longer lists, while the store remembers it. */
static bool was_removed(const struct loading *l, const char *text) {
	struct str value = str_of(text);
	if (value.n > 1 && (value.p[0] == '\'' || value.p[0] == '"'))
		value = (struct str){ value.p + 1, value.n - 2 };
	for (size_t i = 0; i < l->app->enumeration_count; i++) {
		const struct enum_value *v = enumeration_find(l->app->enumerations[i], value);
		if (v && v->removed) return true;
	}
	return false;
}

static void report(struct loading *l, const struct definition *d, const struct json *at,
		   const struct problem *p) {
	bool unknown = strstr(p->code, "_unknown_") != NULL;
	bool plain = at->kind == JSON_STRING &&
		     at->length == at->text.n + 2; /* no escapes: columns match */
	struct spot spot = spot_at(d, at);
	if (unknown && l->broken) return;
	if (strstr(p->code, "_unknown_value") && was_removed(l, param_of(p, "text"))) {
		FIND(l->findings, spot, ERROR, "VR23", "vr23_removed", "fix_vr23", "value",
		     param_of(p, "text"));
		return;
	}
	spot.skip = plain ? number_of(param_of(p, "column")) : 0;
	finding_params(l->findings, spot, SEVERITY_ERROR, unknown ? "VR01" : "VR02",
		       arena_strdup(l->arena, p->code), unknown ? "fix_expr_name" : "fix_expr",
		       p->params, p->param_count);
}

/* Numbers, booleans and null stand for themselves. */
static bool text_of(const struct json *at, struct str *out) {
	static const char *const words[] = {
		[JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true"
	};
	if (at->kind == JSON_STRING || at->kind == JSON_NUMBER)
		*out = at->text;
	else if (at->kind <= JSON_TRUE)
		*out = str_of(words[at->kind]);
	else
		return false;
	return true;
}

const struct expr *load_expr(struct loading *l, const struct definition *d, const struct json *at,
			     const struct expr_scope *scope, const struct type *want,
			     struct expr_paths *paths) {
	const struct expr *e = NULL;
	struct str text;
	if (!at || !text_of(at, &text)) return NULL;
	struct problem *p = expr_compile(l->arena, text, scope, want, paths, &e);
	if (!p) return e;
	report(l, d, at, p);
	return NULL;
}

const struct expr *load_condition(struct loading *l, const struct definition *d,
				  const struct json *at, struct form *form) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_scope scope = load_scope(form, NULL);
	return load_expr(l, d, at, &scope, &condition, &form->paths);
}

const struct expr *load_template(struct loading *l, const struct definition *d,
				 const struct json *at, const struct expr_scope *scope,
				 struct expr_paths *paths) {
	const struct expr *e = NULL;
	if (!at || at->kind != JSON_STRING) return NULL;
	struct problem *p = expr_template(l->arena, at->text, scope, paths, &e);
	if (!p) return e;
	report(l, d, at, p);
	return NULL;
}

/* ---- the words of a rule ---- */

/* The holes of a template that has compiled: text in quotes may hold braces of its own. */
static const char *hushed(struct arena *a, const char *text) {
	struct sb out = sb_on(a, SIZE_MAX / 2);
	for (const char *c = text; *c; c++) {
		bool doubled = (*c == '{' || *c == '}') && c[1] == *c;
		if (doubled) c++;
		if (doubled || *c != '{') {
			sb_char(&out, *c);
			continue;
		}
		for (bool quoted = false; c[1] && (quoted || *c != '}'); c++)
			if (c[1] == '\'') quoted = !quoted;
		sb_cat(&out, "…");
	}
	return sb_cstr(&out);
}

struct words load_words(struct loading *l, const struct definition *d, const struct json *at,
			struct form *form, const char *name) {
	static const char *const languages[LANGUAGES] = { "zh-CN", "en" };
	struct expr_scope scope = load_scope(form, NULL);
	struct words out = { .told = load_label(l, at, name) };
	const char **told[LANGUAGES] = { &out.told.zh, &out.told.en };
	for (size_t i = 0; at && i < LANGUAGES; i++) {
		const struct json *text = at->kind == JSON_STRING ? at : json_get(at, languages[i]);
		if (!*told[i] || !strpbrk(*told[i], "{}")) continue;
		out.with[i] = load_template(l, d, text, &scope, &form->paths);
		*told[i] = hushed(l->arena, *told[i]);
	}
	return out;
}
