/* query.c -- the query AST: names to fields under the actor's rights, and the permission pass.
 *
 * Invariants:
 *  1. A form is known to a query's expressions only as a query_view. The catalogue answers for a
 * field the actor may not filter by exactly as for one that does not exist: same code, same
 * position, and never as a suggestion.
 *  2. permission_query checks every path again, so a query built by code gets no more than one that
 * was parsed.
 *  3. Along a path each hop is checked against the rights on the form it stands in. */
#include "runtime/model/query.h"

/* ---- views ---- */

struct query_view *query_view(struct query *q, const struct form *form) {
	struct query_view **at = &q->views;
	for (; *at; at = &(*at)->next)
		if ((*at)->form == form) return *at;
	*at = arena_alloc(q->arena, sizeof **at);
	**at = (struct query_view){ .query = q, .form = form };
	(*at)->known = !access_of(q->request, form, &(*at)->access);
	return *at;
}

static enum action action_in(const struct query_view *v) {
	const struct form *top = v->form->parent ? v->form->parent : v->form;
	return top == v->query->form ? v->query->action : ACTION_READ;
}

static bool may_filter(const struct query_view *v, const struct field *f) {
	return v->known && access_filters_for(&v->access, f, action_in(v));
}

static bool may_read(const struct query_view *v, const struct field *f) {
	return v->known && access_right_for(&v->access, f, action_in(v)) >= RIGHT_MASK;
}

/* Some grant gives it unmasked: a masked reference is not followed, what lies behind would tell
 * which record it is. */
static bool may_follow(const struct query_view *v, const struct field *f) {
	return v->known && access_right_for(&v->access, f, action_in(v)) >= RIGHT_READ;
}

static bool allowed(const struct query_view *v, const struct field *f, bool filters, bool last) {
	if (filters) return may_filter(v, f);
	return last ? may_read(v, f) : may_follow(v, f);
}

/* A lookup is worth its own right and that of every step of its path. */
static bool way_allowed(const struct query_view *v, const struct field *f, bool filters,
			bool last) {
	for (size_t i = 0; field_is_alias(f) && i < f->lookup_length; i++) {
		const struct field *step = f->lookup[i];
		bool end = last && i + 1 == f->lookup_length;
		if (!allowed(query_view(v->query, step->form), step, filters, end)) return false;
	}
	return allowed(v, f, filters, last);
}

static bool view_member(const void *handle, struct str name, struct expr_symbol *out) {
	const struct query_view *v = handle;
	const struct field *f = form_field(v->form, name);
	if (!f || !way_allowed(v, f, true, true) || !model_catalogue.member(v->form, name, out))
		return false;
	if (out->type.kind == TYPE_REF || out->type.kind == TYPE_ROWS)
		out->type.domain = query_view(v->query, out->type.domain);
	return true;
}

static void view_members(const void *handle, void (*visit)(void *arg, struct str name), void *arg) {
	const struct query_view *v = handle;
	for (size_t i = 0; i < v->form->field_count; i++)
		if (way_allowed(v, v->form->fields[i], true, true))
			visit(arg, str_of(v->form->fields[i]->name));
}

static bool view_enum_has(const void *enumeration, struct str value) {
	return model_catalogue.enum_has(enumeration, value);
}

static void view_enum_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			     void *arg) {
	model_catalogue.enum_values(enumeration, visit, arg);
}

const struct expr_catalogue query_catalogue = { view_member, view_members, view_enum_has,
						view_enum_values };

/* ---- building ---- */

struct query *query_new(struct request *rq, const struct form *form) {
	struct query *q = arena_alloc(rq->arena, sizeof *q);
	*q = (struct query){
		.form = form, .arena = rq->arena, .request = rq, .limit = QUERY_LIMIT_DEFAULT
	};
	q->paths.arena = rq->arena;
	return q;
}

static bool path_is(const struct expr_path *p, const struct field *const *fields, size_t length) {
	if (p->root != ROOT_RECORD || p->length != length) return false;
	for (size_t i = 0; i < length; i++)
		if (p->fields[i] != fields[i]) return false;
	return true;
}

static const char *path_text(struct arena *a, const struct field *const *fields, size_t length) {
	struct sb text = sb_on(a, 4096);
	for (size_t i = 0; i < length; i++) sb_printf(&text, "%s%s", i ? "." : "", fields[i]->name);
	return sb_cstr(&text);
}

static struct expr_path *path_room(struct expr_paths *t) {
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 16;
		struct expr_path *items = arena_array(t->arena, room, sizeof *items);
		if (t->count) memcpy(items, t->items, t->count * sizeof *items);
		t->items = items;
		t->room = room;
	}
	return &t->items[t->count++];
}

size_t query_path(struct query *q, const struct field *const *fields, size_t length) {
	for (size_t i = 0; i < q->paths.count; i++)
		if (path_is(&q->paths.items[i], fields, length)) return i;
	const void **handles = arena_array(q->arena, length + 1, sizeof *handles);
	for (size_t i = 0; i < length; i++) handles[i] = fields[i];
	*path_room(&q->paths) = (struct expr_path){ .root = ROOT_RECORD,
						    .fields = handles,
						    .length = length,
						    .type = fields[length - 1]->value_type,
						    .text = path_text(q->arena, fields, length) };
	return q->paths.count - 1;
}

/* ---- names ---- */

enum { PATH_MAX_HOPS = 8, WAY_ROOM = 8 };

/* A lookup stands for its path. */
static void add_steps(const struct field *f, const struct field **fields, size_t *length) {
	if (!field_is_alias(f)) fields[(*length)++] = f;
	for (size_t i = 0; field_is_alias(f) && i < f->lookup_length; i++)
		fields[(*length)++] = f->lookup[i];
}

/* The name nearest to the first one on the path that this person may not use, among those he may:
 * what is hidden is neither offered nor told from what is not there. */
static const char *nearest(struct query *q, struct str path, bool filters) {
	const struct form *form = q->form;
	for (struct str rest = path; rest.p && form;) {
		const struct query_view *v = query_view(q, form);
		struct str name;
		str_cut(rest, '.', &name, &rest);
		struct similar s = similar_to(name);
		const struct field *f = form_field(form, name);
		if (f && field_has_value(f) && way_allowed(v, f, filters, !rest.p)) {
			form = f->value_type.list ? NULL : f->target;
			continue;
		}
		for (size_t i = 0; i < form->field_count; i++) {
			f = form->fields[i];
			if (field_has_value(f) && way_allowed(v, f, filters, !rest.p))
				similar_offer(&s, str_of(f->name));
		}
		return s.best.n ? str_dup(q->arena, s.best) : NULL;
	}
	return NULL;
}

struct problem *query_unknown(struct query *q, struct str path, const char *parameter) {
	struct arena *a = q->arena;
	const char *field = str_dup(a, path),
		   *best = nearest(q, path, strcmp(parameter, "fields") != 0);
	struct problem *p;
	if (best) {
		struct param words[] = { { "suggestion", best } };
		p = PROBLEM(
			a, MALFORMED, "unknown_field", "field", field, "suggestion", best, "near",
			catalogue_text(a, q->request->language, "unknown_field_near", words, 1));
	} else {
		p = PROBLEM(a, MALFORMED, "unknown_field", "field", field);
	}
	p->pointer = parameter;
	return p;
}

struct problem *query_resolve(struct query *q, struct str path, const char *parameter, bool filters,
			      const struct field ***fields, size_t *length) {
	const struct form *form = q->form;
	struct str rest = path;
	*fields = arena_array(q->arena, PATH_MAX_HOPS + WAY_ROOM, sizeof **fields);
	for (*length = 0; rest.p && *length < PATH_MAX_HOPS;) {
		struct query_view *v = form ? query_view(q, form) : NULL;
		struct str name;
		str_cut(rest, '.', &name, &rest);
		const struct field *f = v ? form_field(form, name) : NULL;
		if (!f || !field_has_value(f) || !way_allowed(v, f, filters, !rest.p))
			return query_unknown(q, path, parameter);
		form = f->value_type.list ? NULL : f->target; /* a list leads to no one record */
		add_steps(f, *fields, length);
	}
	return rest.p || !*length ? query_unknown(q, path, parameter) : NULL;
}

/* ---- the permission pass ---- */

static bool path_allowed(struct query *q, const struct expr_path *path, bool filters) {
	const struct form *form = q->form;
	for (size_t i = 0; i < path->length; i++) {
		const struct field *f = path->fields[i];
		struct query_view *v = query_view(q, f->form);
		if (f->form != form || !allowed(v, f, filters, i + 1 == path->length)) return false;
		form = f->target ? f->target : f->rows;
	}
	return true;
}

static struct problem *check_filter(struct query *q) {
	for (size_t i = 0; q->filter && i < q->paths.count; i++) {
		const struct expr_path *path = &q->paths.items[i];
		if (path->root == ROOT_RECORD && expr_uses(q->filter, i) &&
		    !path_allowed(q, path, true))
			return query_unknown(q, str_of(path->text), "filter");
	}
	return NULL;
}

static struct problem *check_path(struct query *q, size_t index, const char *parameter,
				  bool filters) {
	const struct expr_path *path = &q->paths.items[index];
	return path_allowed(q, path, filters) ? NULL
					      : query_unknown(q, str_of(path->text), parameter);
}

static bool by_default(const struct field *f) {
	const struct field *end = field_is_alias(f) ? f->lookup[f->lookup_length - 1] : f;
	if (field_is_alias(f) && end->type->storage == STORE_VALUES) return false;
	return end->type->storage != STORE_ROWS && end->type->storage != STORE_NONE &&
	       f->system != SYSTEM_ID && f->system != SYSTEM_REV && f->system != SYSTEM_DELETED_AT;
}

struct query_column query_column_of(struct query *q, const struct field *f) {
	struct query_column c = { 0, f->name, NULL };
	if (field_is_alias(f))
		c.path = query_path(q, f->lookup, f->lookup_length);
	else
		c.path = query_path(q, &f, 1);
	if (field_is_alias(f)) c.lookup = f;
	return c;
}

static void default_columns(struct query *q) {
	struct query_view *v = query_view(q, q->form);
	q->columns = arena_array(q->arena, q->form->field_count, sizeof *q->columns);
	for (size_t i = 0; i < q->form->field_count; i++) {
		const struct field *f = q->form->fields[i];
		if (by_default(f) && way_allowed(v, f, false, true))
			q->columns[q->column_count++] = query_column_of(q, f);
	}
}

static struct problem *check_asked(struct query *q) {
	for (size_t i = 0; i < q->column_count; i++) {
		const struct field *lookup = q->columns[i].lookup;
		if (lookup && !may_read(query_view(q, q->form), lookup))
			return query_unknown(q, str_of(lookup->name), "fields");
		TRY(check_path(q, q->columns[i].path, "fields", false));
	}
	for (size_t i = 0; i < q->sum_count; i++) TRY(check_path(q, q->sums[i].path, "sums", true));
	if (q->grouped) TRY(check_path(q, q->group, "group", true));
	for (size_t i = 0; i < q->sort_count; i++) {
		const struct expr_path *path = &q->paths.items[q->sort[i].path];
		const struct field *f = path->fields[0];
		if (path->length > 1 || f->system != SYSTEM_ID)
			TRY(check_path(q, q->sort[i].path, "sort", true));
	}
	struct query_view *v = query_view(q, q->form);
	for (size_t i = 0; i < q->table_count; i++)
		if (!may_read(v, q->tables[i]))
			return query_unknown(q, str_of(q->tables[i]->name), "fields");
	return check_filter(q);
}

/* The order is total: it ends with the id, in the direction of the key before it, so that one index
 * walk gives both. */
static void end_with_id(struct query *q) {
	const struct field *id = form_system(q->form, SYSTEM_ID);
	size_t path = query_path(q, &id, 1);
	for (size_t i = 0; i < q->sort_count; i++)
		if (q->sort[i].path == path) {
			q->sort_count = i + 1; /* keys after the id never decide */
			return;
		}
	bool descending = q->sort_count ? q->sort[q->sort_count - 1].descending : true;
	q->sort[q->sort_count++] = (struct query_sort){ path, descending };
}

struct problem *permission_query(struct request *rq, struct query *q, enum action action) {
	q->request = rq;
	q->action = action;
	struct query_view *own = query_view(q, q->form);
	if (!own->known) return PROBLEM(q->arena, NOT_FOUND, "not_found");
	if (!access_may(&own->access, action)) return PROBLEM(q->arena, FORBIDDEN, "forbidden");
	if (!q->named && !q->column_count) default_columns(q);
	end_with_id(q);
	TRY(check_asked(q));
	q->access = &own->access;
	return NULL;
}
