/* slots.c -- the value at the end of a path, followed from a unit through sub-rows and references.
 * Definitions read with the system's eyes: the rights of the actor are the business of rights.c. */
#include "engines/form/write.h"

#include "runtime/store/setting.h"

struct gather {
	struct value *items;
	size_t n, room;
	struct arena *arena;
};

static void push(struct gather *g, struct value v) {
	if (g->n == g->room) {
		size_t room = g->room ? g->room * 2 : 4;
		g->items = arena_grow(g->arena, g->items, g->n * sizeof *g->items,
				      room * sizeof *g->items);
		g->room = room;
	}
	g->items[g->n++] = v;
}

struct walk {
	struct prepared *p;
	const struct expr_path *path;
	struct gather out;
};

static struct problem *follow(struct walk *w, const struct record *r, size_t at);

static struct problem *follow_rows(struct walk *w, const struct record_rows *rows, size_t at) {
	for (size_t i = 0; i < rows->n; i++) {
		if (at + 1 == w->path->length)
			push(&w->out, value_ref(rows->items[i]->id));
		else
			TRY(follow(w, rows->items[i], at + 1));
	}
	return NULL;
}

/* A record on the way must hold what the next field keeps beside its columns. */
static unsigned parts_for(const struct field *next) {
	if (next->type->storage == STORE_ROWS) return RECORD_WHOLE;
	return next->type->storage == STORE_VALUES ? RECORD_VALUES : RECORD_PLAIN;
}

static struct problem *follow_ref(struct walk *w, const struct field *f, const struct value *v,
				  size_t at);

static struct problem *follow_refs(struct walk *w, const struct field *f, struct value_list items,
				   size_t at) {
	for (size_t i = 0; i < items.n; i++) TRY(follow_ref(w, f, &items.items[i], at));
	return NULL;
}

static struct problem *follow_ref(struct walk *w, const struct field *f, const struct value *v,
				  size_t at) {
	const struct field *next = w->path->fields[at + 1];
	struct record *target = NULL;
	if (v->kind == VALUE_REF) TRY(fetch(w->p, f->target, v->as.i, parts_for(next), &target));
	if (target) return follow(w, target, at + 1);
	if (v->kind == VALUE_LIST) return follow_refs(w, f, v->as.list, at);
	if (f->type->storage != STORE_VALUES) push(&w->out, VALUE_NONE);
	return NULL;
}

/* Tags at the end of a path are single items of its list; a cascade is one value. */
static void push_value(struct walk *w, const struct value *v) {
	if (v->kind != VALUE_LIST || w->path->type.kind == TYPE_CASCADE) {
		push(&w->out, *v);
		return;
	}
	for (size_t i = 0; i < v->as.list.n; i++) push(&w->out, v->as.list.items[i]);
}

static struct problem *follow(struct walk *w, const struct record *r, size_t at) {
	const struct field *f = w->path->fields[at];
	if (f->type->storage == STORE_ROWS) return follow_rows(w, &r->rows[f->index], at);
	const struct value *v = &r->values[f->index];
	note_value(w->p, r, f);
	if (at + 1 < w->path->length) return follow_ref(w, f, v, at);
	push_value(w, v);
	return NULL;
}

struct problem *slot_follow(struct unit *u, const struct record *r, const struct expr_path *path,
			    struct value *out) {
	struct walk w = { u->p, path, { .arena = u->p->rq->arena } };
	*out = VALUE_NONE;
	if (!r) return NULL;
	if (path->length == 0) {
		*out = value_ref(r->id);
		return NULL;
	}
	const struct field *first = path->fields[0];
	if (path->length == 1 && first->type->storage != STORE_ROWS) {
		note_value(u->p, r, first);
		*out = r->values[first->index];
		return NULL;
	}
	TRY(follow(&w, r, 0));
	bool list = path->type.list || path->type.kind == TYPE_ROWS;
	if (list)
		*out = (struct value){ .kind = VALUE_LIST, .as.list = { w.out.items, w.out.n } };
	else if (w.out.n)
		*out = w.out.items[0];
	return NULL;
}

/* ---- one reader a root ---- */

static struct problem *read_record_root(struct unit *u, const struct expr_path *path,
					struct value *out) {
	return slot_follow(u, u->now, path, out);
}

static struct problem *read_old(struct unit *u, const struct expr_path *path, struct value *out) {
	return slot_follow(u, u->old, path, out);
}

static struct problem *read_parent(struct unit *u, const struct expr_path *path,
				   struct value *out) {
	return slot_follow(u, u->parent ? u->parent->now : NULL, path, out);
}

static struct problem *read_option(struct unit *u, const struct expr_path *path,
				   struct value *out) {
	struct prepared *p = u->p;
	struct record *r = NULL;
	*out = p->option ? *p->option : VALUE_NONE;
	if (!p->option || path->length == 0) return NULL;
	if (p->option->kind == VALUE_REF)
		TRY(fetch(p, p->option_field->target, p->option->as.i, parts_for(path->fields[0]),
			  &r));
	return slot_follow(u, r, path, out);
}

static struct problem *read_user(struct unit *u, const struct expr_path *path, struct value *out) {
	struct expr_path only = *path;
	request_fill_user(u->p->rq, &(struct expr_paths){ .items = &only, .count = 1 }, out);
	return NULL;
}

static struct problem *read_company(struct unit *u, const struct expr_path *path,
				    struct value *out) {
	return setting_company(u->p->tx, path->name, out);
}

/* $param belongs to reports and prints, named records to actions (inside.c); the loader lets none into a form. */
static struct problem *read_nothing(struct unit *u, const struct expr_path *path,
				    struct value *out) {
	(void)u;
	(void)path;
	*out = VALUE_NONE;
	return NULL;
}

static struct problem *(*const readers[])(struct unit *u, const struct expr_path *path,
					  struct value *out) = {
	[ROOT_RECORD] = read_record_root, [ROOT_OLD] = read_old,   [ROOT_PARENT] = read_parent,
	[ROOT_OPTION] = read_option,      [ROOT_USER] = read_user, [ROOT_COMPANY] = read_company,
	[ROOT_PARAM] = read_nothing,      [ROOT_NAMED] = read_nothing,
};

struct problem *slot_read(struct unit *u, const struct expr_path *path, struct value *out) {
	return readers[path->root](u, path, out);
}
