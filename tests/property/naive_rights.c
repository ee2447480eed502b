/* naive_rights.c -- paths, grants, lists: see naive_rights.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/property/naive_rights.h"
#include "tests/support/temp_store.h"

/* ---- paths ---- */

static const struct record *account_by_id(const struct world *w, int64_t id) {
	return id >= 1 && id <= ACCOUNTS ? w->accounts[id - 1] : NULL;
}

struct gathered {
	struct value items[64];
	size_t n;
};

static void walk(struct world *w, struct viewer *v, const struct record *r,
		 const struct expr_path *path, size_t at, struct gathered *out);

/* An item one does not see is no item. */
static void walk_refs(struct world *w, struct viewer *v, const struct value *list,
		      const struct expr_path *path, size_t at, struct gathered *out) {
	for (size_t i = 0; i < list->as.list.n; i++) {
		const struct value *item = &list->as.list.items[i];
		const struct record *next = account_by_id(w, item->as.i);
		if (!next || (v && !naive_sees(v, next))) continue;
		if (at + 1 == path->length)
			out->items[out->n++] = *item;
		else
			walk(w, v, next, path, at + 1, out);
	}
}

/* v NULL: with the system's eyes. */
static void walk(struct world *w, struct viewer *v, const struct record *r,
		 const struct expr_path *path, size_t at, struct gathered *out) {
	const struct field *f = path->fields[at];
	if (f->rows) {
		for (size_t i = 0; i < r->rows[f->index].n; i++) {
			const struct record *row = r->rows[f->index].items[i];
			if (at + 1 == path->length)
				out->items[out->n++] = value_ref(row->id);
			else
				walk(w, v, row, path, at + 1, out);
		}
		return;
	}
	const struct value *value = &r->values[f->index];
	if (f->target && value->kind == VALUE_LIST) {
		walk_refs(w, v, value, path, at, out);
		return;
	}
	if (f->target && f->type->storage == STORE_VALUES) return;
	if (at + 1 == path->length) {
		for (size_t i = 0; value->kind == VALUE_LIST && i < value->as.list.n; i++)
			out->items[out->n++] = value->as.list.items[i];
		if (value->kind != VALUE_LIST) out->items[out->n++] = *value;
		return;
	}
	const struct record *next = value->kind == VALUE_REF ? account_by_id(w, value->as.i) : NULL;
	if (!next || (v && !naive_sees(v, next)))
		out->items[out->n++] = VALUE_NONE;
	else
		walk(w, v, next, path, at + 1, out);
}

struct value naive_value(struct world *w, struct viewer *v, struct arena *a, const struct record *r,
			 const struct expr_path *path) {
	struct gathered g = { .n = 0 };
	if (!path->length) return value_ref(r->id);
	walk(w, v, r, path, 0, &g);
	if (!path->type.list && path->type.kind != TYPE_CASCADE && path->type.kind != TYPE_ROWS)
		return g.n ? g.items[0] : VALUE_NONE;
	struct value list = { .kind = VALUE_LIST, .as.list = { g.items, g.n } };
	bool none = g.n == 1 && g.items[0].kind == VALUE_NULL &&
		    ((const struct field *)path->fields[path->length - 1])->type->storage ==
			    STORE_VALUES;
	return none ? VALUE_NONE : value_copy(a, &list);
}

static bool holds(struct viewer *v, bool system, const struct expr *e,
		  const struct expr_paths *paths, const struct record *r) {
	struct arena *a = v->rq->arena;
	struct value *slots = request_slots(v->rq, paths);
	for (size_t i = 0; i < paths->count; i++)
		if (paths->items[i].root == ROOT_RECORD && expr_uses(e, i))
			slots[i] = naive_value(v->w, system ? NULL : v, a, r, &paths->items[i]);
	struct expr_frame frame = request_frame(v->rq, slots);
	bool out = false;
	assert_ok(expr_test(a, e, &frame, &out));
	return out;
}

/* ---- grants ---- */

static const struct user *user_of(const struct viewer *v, const struct record *r,
				  enum system_field which) {
	const struct value *value = &r->values[form_system(r->form, which)->index];
	return value->kind == VALUE_TEXT ? directory_user(v->rq->directory, value->as.s) : NULL;
}

static bool reports_to(const struct user *u, const struct user *me) {
	for (int i = 0; u && i < 40; i++) {
		const struct user *up = u->superior;
		for (const struct dept *d = u->dept; !up && d; d = d->parent)
			up = d->head != u ? d->head : NULL;
		if (up == me) return true;
		u = up;
	}
	return false;
}

static bool in_dept(const struct viewer *v, unsigned id) {
	const struct user *me = v->rq->actor;
	bool in = false;
	for (const struct dept *d = me->dept; d; d = d->parent) in |= d->id == (int32_t)id;
	for (size_t i = 0; i < me->also_count; i++)
		for (const struct dept *d = me->also[i]; d; d = d->parent)
			in |= d->id == (int32_t)id;
	return in;
}

static bool is_one(const struct viewer *v, const struct shared *s) {
	const struct user *me = v->rq->actor;
	if (s->who == 0) return me->id == (int32_t)s->id;
	if (s->who == 1) return in_dept(v, s->id);
	for (size_t i = 0; i < me->role_count; i++)
		if (me->roles[i].role[1] == (char)('0' + s->id)) return true;
	return false;
}

static bool collaborates(const struct viewer *v, const struct record *r) {
	for (size_t i = 0; i < SHARED; i++) {
		const struct shared *s = &v->w->shared[i];
		if (s->form == r->form && s->record == r->id && (!s->ends || s->days >= 0) &&
		    is_one(v, s))
			return true;
	}
	return false;
}

static bool in_scope(const struct viewer *v, enum scope scope, const struct record *r) {
	const struct user *me = v->rq->actor, *owner = user_of(v, r, SYSTEM_OWNER);
	const struct value *dept = &r->values[form_system(r->form, SYSTEM_DEPT)->index];
	const struct dept *d =
		dept->kind == VALUE_TEXT ? directory_dept(v->rq->directory, dept->as.s) : NULL;
	if (scope == SCOPE_ALL || scope == SCOPE_NONE) return scope == SCOPE_ALL;
	if (owner == me || collaborates(v, r)) return true;
	if (scope == SCOPE_SUBORDINATES) return owner && reports_to(owner, me);
	bool same = false, tree = false;
	for (bool own = true; d; d = d->parent, own = false) {
		bool mine = d == me->dept;
		for (size_t i = 0; i < me->also_count; i++) mine |= d == me->also[i];
		same |= mine && own;
		tree |= mine;
	}
	return scope == SCOPE_DEPT ? same : scope == SCOPE_DEPT_TREE && tree;
}

size_t naive_grants(const struct viewer *v, const struct form *form,
		    const struct role_grant **out) {
	const struct user *me = v->rq->actor;
	size_t n = 0;
	for (size_t i = 0; i < me->role_count; i++) {
		const struct role *role = app_role(v->rq->app, str_of(me->roles[i].role));
		for (size_t k = 0; k < role->grant_count; k++)
			if (role->grants[k].form == form && role->grants[k].read != SCOPE_NONE)
				out[n++] = &role->grants[k];
	}
	return n;
}

static bool covers(struct viewer *v, const struct role_grant *g, const struct record *r) {
	return in_scope(v, g->read, r) &&
	       (!g->where || holds(v, true, g->where, &r->form->paths, r));
}

bool naive_sees(struct viewer *v, const struct record *r) {
	const struct role_grant *grants[32];
	size_t n = naive_grants(v, r->form, grants);
	for (size_t i = 0; i < n; i++)
		if (covers(v, grants[i], r)) return true;
	return false;
}

static unsigned field_right(const struct role_grant *g, const struct field *f) {
	if (!f->form->parent) return g->fields[f->index];
	unsigned table = g->fields[f->form->parent_field->index];
	return table < RIGHT_READ ? RIGHT_HIDDEN
				  : table; /* the worlds say nothing about single row fields */
}

static unsigned right_on(struct viewer *v, const struct record *r, const struct field *f) {
	const struct role_grant *grants[32];
	size_t n = naive_grants(v, r->form, grants);
	unsigned best = RIGHT_HIDDEN;
	for (size_t i = 0; i < n; i++)
		if (covers(v, grants[i], r) && field_right(grants[i], f) > best)
			best = field_right(grants[i], f);
	return best;
}

bool naive_allowed(const struct viewer *v, const struct field *f, enum need need) {
	const struct role_grant *grants[32];
	size_t n = naive_grants(v, f->form->parent ? f->form->parent : f->form, grants);
	bool all = n > 0, some = false, unmasked = false;
	for (size_t i = 0; i < n; i++) {
		all &= field_right(grants[i], f) >= RIGHT_READ;
		some |= field_right(grants[i], f) >= RIGHT_MASK;
		unmasked |= field_right(grants[i], f) >= RIGHT_READ;
	}
	return need == NEED_ALWAYS ? all : need == NEED_SEEN ? some : unmasked;
}

size_t naive_refused(const struct viewer *v, const struct expr_path *path, bool filters) {
	for (size_t i = 0; i < path->length; i++) {
		enum need need = filters                 ? NEED_ALWAYS
				 : i + 1 == path->length ? NEED_SEEN
							 : NEED_FOLLOWED;
		if (!naive_allowed(v, path->fields[i], need)) return i;
	}
	return path->length;
}

/* ---- a list ---- */

static int compare_null_last(const struct value *a, const struct value *b, bool *decided) {
	*decided = a->kind == VALUE_NULL || b->kind == VALUE_NULL;
	return (a->kind == VALUE_NULL) - (b->kind == VALUE_NULL);
}

static int compare_values(const struct field *f, const struct value *a, const struct value *b) {
	if (f->value_type.kind == TYPE_ENUM) {
		uint32_t x = enumeration_find(f->enumeration, a->as.s)->index,
			 y = enumeration_find(f->enumeration, b->as.s)->index;
		return (x > y) - (x < y);
	}
	if (a->kind == VALUE_TEXT) return str_cmp(a->as.s, b->as.s);
	if (a->kind == VALUE_DECIMAL) return decimal_cmp(a->as.d, b->as.d);
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

static int compare_rows(struct viewer *v, const struct query *q, const struct record *a,
			const struct record *b) {
	for (size_t i = 0; i < q->sort_count; i++) {
		const struct expr_path *path = &q->paths.items[q->sort[i].path];
		struct value x = naive_value(v->w, v, v->rq->arena, a, path),
			     y = naive_value(v->w, v, v->rq->arena, b, path);
		bool decided;
		int order = compare_null_last(&x, &y, &decided);
		if (!decided) {
			order = compare_values(path->fields[path->length - 1], &x, &y);
			order = q->sort[i].descending ? -order : order;
		}
		if (order) return order;
	}
	return 0;
}

struct expected naive_list(struct viewer *v, const struct query *q, const struct expr *filter,
			   const struct expr_paths *paths) {
	struct expected out = { .n = 0 };
	for (size_t i = 0; i < DEALS; i++) {
		const struct record *r = v->w->deals[i];
		if (!naive_sees(v, r) || (filter && !holds(v, false, filter, paths, r))) continue;
		size_t at = out.n++;
		for (; at > 0 && compare_rows(v, q, r, out.rows[at - 1]) < 0; at--)
			out.rows[at] = out.rows[at - 1];
		out.rows[at] = r;
	}
	return out;
}

struct value naive_shown(struct viewer *v, const struct record *r,
			 const struct field *const *fields, size_t length, unsigned *right) {
	const struct codec codec = request_codec(v->rq);
	bool there = true;
	*right = right_on(v, r, fields[0]);
	for (size_t i = 1; i < length && there; i++) {
		const struct value *id = &r->values[fields[i - 1]->index];
		if (*right < RIGHT_READ) *right = RIGHT_HIDDEN;
		r = id->kind == VALUE_REF ? account_by_id(v->w, id->as.i) : NULL;
		there = *right != RIGHT_HIDDEN && r && naive_sees(v, r);
		*right = there ? right_on(v, r, fields[i]) : *right;
	}
	const struct field *f = fields[length - 1];
	struct value want = there && *right != RIGHT_HIDDEN ? r->values[f->index] : VALUE_NONE;
	if (f->target && want.kind == VALUE_LIST) {
		const void *handle = f;
		const struct expr_path path = { .fields = &handle, .length = 1 };
		struct gathered g = { .n = 0 };
		walk_refs(v->w, v, &want, &path, 0, &g);
		struct value list = { .kind = VALUE_LIST, .as.list = { g.items, g.n } };
		want = g.n ? value_copy(v->rq->arena, &list) : VALUE_NONE;
	}
	return *right == RIGHT_MASK ? field_mask(v->rq->arena, f, &codec, &want) : want;
}
