#include "runtime/model/saved_view.h"

enum what { NAME, LABEL, KIND, PATH, PATHS, SORTS, FILTER };

static const struct key {
	const char *name;
	enum what what;
} keys[] = {
	{ "view", NAME },     { "label", LABEL }, { "kind", KIND },  { "columns", PATHS },
	{ "filter", FILTER }, { "sort", SORTS },  { "group", PATH }, { "sum", PATH },
	{ "date", PATH },     { "start", PATH },  { "end", PATH },   { "color", PATH },
	{ "parent", PATH },   { "title", PATH },
};
static const char *const kinds[] = { "table", "kanban", "calendar", "gantt", "cards", "tree" };

struct checking {
	struct request *rq;
	const struct form *form;
	struct faults *faults;
};

/* ---- names and expressions, as a list reads them ---- */

static struct problem *ask(const struct checking *c, const struct query_text *text) {
	struct query *q;
	return query_parse(c->rq, c->form, text, &q);
}

static struct problem *ask_text(const struct checking *c, enum what what, struct str text) {
	struct query_text query = { .limit = 1 };
	if (what == FILTER)
		query.filter = text;
	else if (what == SORTS)
		query.sort = text;
	else
		query.fields = text;
	return ask(c, &query);
}

static const char *param_name(const struct problem *p, size_t i) {
	return i < p->param_count ? p->params[i].name : NULL;
}

static const char *param_value(const struct problem *p, size_t i) {
	return i < p->param_count ? p->params[i].value : NULL;
}

static bool text_holds(const struct checking *c, const char *pointer, enum what what,
		       const struct json *value) {
	struct str text = json_str(value);
	if (value->kind != JSON_STRING || !str_trim(text).n) {
		FAULT(c->faults, pointer, value->kind == JSON_STRING ? "required" : "view_text");
		return false;
	}
	/* A comma would make two of one. */
	if (what != FILTER && memchr(text.p, ',', text.n)) {
		FAULT(c->faults, pointer, "unknown_field", "field", str_dup(c->rq->arena, text));
		return false;
	}
	const struct problem *p = ask_text(c, what, text);
	if (p)
		FAULT(c->faults, pointer, p->code, param_name(p, 0), param_value(p, 0),
		      param_name(p, 1), param_value(p, 1), param_name(p, 2), param_value(p, 2),
		      param_name(p, 3), param_value(p, 3));
	return p == NULL;
}

/* ---- keys ---- */

static void check_name(const struct checking *c, const char *pointer, const struct json *value) {
	struct str text = str_trim(json_str(value));
	if (!text.n) FAULT(c->faults, pointer, "required");
	if (utf8_length(text) > SAVED_VIEW_NAME_MAX)
		FAULT(c->faults, pointer, "too_large", "max",
		      arena_printf(c->rq->arena, "%d", SAVED_VIEW_NAME_MAX));
}

static void check_label(const struct checking *c, const char *pointer, const struct json *value) {
	bool both = value->kind == JSON_OBJECT;
	for (uint32_t i = 0; both && i < value->n; i++) {
		struct str key = value->keys[i].name;
		both = (str_is(key, "zh-CN") || str_is(key, "en")) &&
		       value->items[i].kind == JSON_STRING;
	}
	if (!both && value->kind != JSON_STRING) FAULT(c->faults, pointer, "view_label");
}

static void check_kind(const struct checking *c, const char *pointer, const struct json *value) {
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_is_string(value, kinds[i])) return;
	FAULT(c->faults, pointer, "not_in_list", "value", str_dup(c->rq->arena, json_str(value)),
	      "choices", "table, kanban, calendar, gantt, cards, tree");
}

static void check_list(const struct checking *c, const char *pointer, enum what what,
		       const struct json *value) {
	if (value->kind != JSON_ARRAY) {
		FAULT(c->faults, pointer, "view_list");
		return;
	}
	if (value->n > SAVED_VIEW_LIST_MAX)
		FAULT(c->faults, pointer, "too_large", "max",
		      arena_printf(c->rq->arena, "%d", SAVED_VIEW_LIST_MAX));
	for (uint32_t i = 0; i < value->n && i < SAVED_VIEW_LIST_MAX; i++)
		text_holds(c, pointer_index(c->rq->arena, pointer, i), what, &value->items[i]);
}

static void check_value(const struct checking *c, const struct key *key, const struct json *value) {
	const char *pointer = arena_printf(c->rq->arena, "/%s", key->name);
	if (value->kind == JSON_NULL && key->what != NAME) return;
	switch (key->what) {
	case NAME: check_name(c, pointer, value); break;
	case LABEL: check_label(c, pointer, value); break;
	case KIND: check_kind(c, pointer, value); break;
	case PATHS:
	case SORTS: check_list(c, pointer, key->what, value); break;
	case PATH:
	case FILTER: text_holds(c, pointer, key->what, value); break;
	}
}

static const struct key *key_of(struct str name) {
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(name, keys[i].name)) return &keys[i];
	return NULL;
}

static struct problem *unknown(struct request *rq, struct str name, const char *also) {
	struct sb known = sb_on(rq->arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) sb_printf(&known, "%s, ", keys[i].name);
	sb_cat(&known, also);
	return PROBLEM(rq->arena, MALFORMED, "unknown_key", "name", str_dup(rq->arena, name),
		       "known", sb_cstr(&known));
}

struct problem *saved_view_check(struct request *rq, const struct form *form,
				 const struct json *body, const char *also, struct faults *f) {
	const struct checking c = { rq, form, f };
	for (uint32_t i = 0; i < body->n; i++) {
		const struct key *key = key_of(body->keys[i].name);
		if (!key && !str_is(body->keys[i].name, also))
			return unknown(rq, body->keys[i].name, also);
		if (key) check_value(&c, key, &body->items[i]);
	}
	if (!json_get(body, "view")) FAULT(f, "/view", "required");
	return NULL;
}

/* ---- as it holds today ---- */

static void write_list(struct jw *w, const struct checking *c, enum what what,
		       const struct json *list, bool *lost) {
	jw_array(w);
	for (uint32_t i = 0; i < list->n; i++)
		if (text_holds(c, "", what, &list->items[i]))
			jw_str(w, list->items[i].text);
		else
			*lost = true;
	jw_end(w);
}

void saved_view_json(struct jw *w, struct request *rq, const struct form *form,
		     const struct json *stored) {
	struct faults ignored = { .arena = rq->arena };
	const struct checking c = { rq, form, &ignored };
	const char *lost[ARRAY_LEN(keys)];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json *value = json_get(stored, keys[i].name);
		enum what what = keys[i].what;
		bool gone = false;
		if (!value || value->kind == JSON_NULL) continue;
		if (what == PATH || what == FILTER) gone = !text_holds(&c, "", what, value);
		if (!gone) jw_key(w, keys[i].name);
		if (what == PATHS || what == SORTS)
			write_list(w, &c, what, value, &gone);
		else if (!gone)
			jw_json(w, value);
		if (gone) lost[n++] = keys[i].name;
	}
	jw_key(w, "lost");
	jw_array(w);
	for (size_t i = 0; i < n; i++) jw_text(w, lost[i]);
	jw_end(w);
}
