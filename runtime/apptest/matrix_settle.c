/* matrix_settle.c -- what a record must hold for a condition to be true (or not): the values it
 * lacks, read off the condition taken apart (expr/logic.h). A test of one plain field is asked of
 * candidate values; one that counts or compares fields gives a value to those it reads that have
 * none. */
#include "runtime/apptest/matrix.h"
#include "runtime/base/day.h"
#include "runtime/expr/logic.h"

enum { CANDIDATES = 24, GUESSES = 6 };

struct settling {
	struct matrix *m;
	struct arena *a;
	const struct settle *ask;
	const struct expr_frame *frame;
};

static bool value_of(struct arena *a, const struct type *type, const struct json *j,
		     struct value *out) {
	int64_t n;
	*out = VALUE_NONE;
	if (!j || j->kind == JSON_NULL) return true;
	if (type->list || j->kind == JSON_ARRAY || j->kind == JSON_OBJECT) return false;
	if (type->kind == TYPE_BOOL) {
		*out = value_bool(j->kind == JSON_TRUE);
	} else if (type->kind == TYPE_DATE) {
		if (!day_parse(j->text, &n)) return false;
		*out = value_date(n);
	} else if (type->kind == TYPE_DECIMAL) {
		out->kind = VALUE_DECIMAL;
		return decimal_parse(j->text, &out->as.d) == DECIMAL_OK;
	} else if (type->kind == TYPE_REF || type->kind == TYPE_INT) {
		if (!str_to_int(j->text, &n)) return false;
		*out = type->kind == TYPE_REF ? value_ref(n) : value_int(n);
	} else {
		bool text = type->kind == TYPE_TEXT || type->kind == TYPE_ENUM ||
			    type->kind == TYPE_USER || type->kind == TYPE_DEPT;
		*out = value_text(str_of(str_dup(a, j->text)));
		return text;
	}
	return true;
}

static bool holds(const struct settling *s, const struct logic *l, const struct json *j,
		  bool want) {
	struct value v;
	return value_of(s->a, &l->type, j, &v) &&
	       (logic_test(s->a, l, s->frame, &v) == TRUTH_TRUE) == want;
}

/* The record's own field that this path is; NULL: it leads elsewhere. */
static const struct field *field_of(const struct settling *s, size_t path) {
	const struct expr_path *p = path == SIZE_MAX ? NULL : &s->ask->paths->items[path];
	return p && p->root == ROOT_RECORD && p->length ? p->fields[0] : NULL;
}

static const struct json *held(const struct settling *s, const struct field *f) {
	for (size_t i = *s->ask->n; i > 0; i--)
		if (s->ask->out[i - 1].field == f) return s->ask->out[i - 1].tree;
	return json_get(s->ask->record, f->name);
}

static bool wish(const struct settling *s, const struct field *f, const char *json) {
	const struct json *tree;
	if (!json || *s->ask->n == GIVEN_MAX || !matrix_writable(f) ||
	    json_parse(s->a, str_of(json), &json_limits_definition, &tree))
		return false;
	s->ask->out[(*s->ask->n)++] = (struct given){ f, json, tree };
	return true;
}

static size_t candidates(const struct settling *s, const struct logic *l, const struct field *f,
			 const char **out) {
	size_t n = 0;
	out[n++] = "true";
	out[n++] = "false";
	for (size_t i = 0; f->enumeration && i < f->enumeration->n && n < CANDIDATES - GUESSES; i++)
		if (!f->enumeration->values[i].retired)
			out[n++] = arena_printf(s->a, "\"%s\"", f->enumeration->values[i].value);
	for (size_t i = 0;
	     l->type.kind == TYPE_TEXT && i < l->cut_count && n < CANDIDATES - GUESSES; i++)
		out[n++] =
			arena_printf(s->a, "\"%.*s\"", (int)l->cuts[i].as.s.n, l->cuts[i].as.s.p);
	for (unsigned i = 0; i < GUESSES - 1; i++) {
		out[n] = matrix_small(s->m, s->a, f, s->ask->k, 7 * i);
		n += out[n] != NULL;
	}
	out[n++] = "null";
	return n;
}

static bool plain(const struct settling *s, const struct logic *l, bool want) {
	const struct field *f = field_of(s, l->path);
	const char *tries[CANDIDATES + 2];
	const struct json *tree;
	if (!f || s->ask->paths->items[l->path].length != 1) return false;
	if (holds(s, l, held(s, f), want)) return true;
	if (f == s->ask->keep) return false;
	size_t n = candidates(s, l, f, tries);
	for (size_t i = l->type.kind == TYPE_BOOL ? 0 : 2; i < n; i++)
		if (!json_parse(s->a, str_of(tries[i]), &json_limits_definition, &tree) &&
		    holds(s, l, tree, want))
			return wish(s, f, tries[i]);
	return false;
}

static bool is_empty(const struct json *j) {
	return !j || j->kind == JSON_NULL || (j->kind == JSON_ARRAY && !j->n);
}

/* Whether it holds cannot be told from here: what it reads and the record lacks is given. */
static bool supply(const struct settling *s, const struct logic *l) {
	bool any = false;
	for (size_t i = 0; i < l->read_count; i++) {
		const struct field *f = field_of(s, l->reads[i]);
		if (!f || f == s->ask->keep || !is_empty(held(s, f))) continue;
		any |= wish(s, f, matrix_small(s->m, s->a, f, s->ask->k, (unsigned)f->index));
	}
	return any;
}

static bool settle(const struct settling *s, const struct logic *l, bool want) {
	size_t before = *s->ask->n;
	if (l->kind == LOGIC_CONSTANT) return (l->constant == TRUTH_TRUE) == want;
	if (l->kind == LOGIC_NOT) return settle(s, l->args[0], !want);
	if (l->kind == LOGIC_TEST && l->path != SIZE_MAX) return plain(s, l, want);
	if (l->kind != LOGIC_AND && l->kind != LOGIC_OR) return supply(s, l);
	bool every = (l->kind == LOGIC_AND) == want;
	for (size_t i = 0; i < l->n; i++) {
		bool ok = settle(s, l->args[i], want);
		if (ok != every) {
			if (!ok) *s->ask->n = before;
			return ok;
		}
		if (!every) *s->ask->n = before;
	}
	return every;
}

bool matrix_settle(struct matrix *m, struct arena *a, const struct settle *ask) {
	const struct expr_frame frame = { .now_us = matrix_now() };
	const struct settling s = { m, a, ask, &frame };
	return !ask->when || settle(&s, expr_logic(a, ask->when, &frame), !ask->fails);
}
