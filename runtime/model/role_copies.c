/* role_copies.c -- what definitions carry to a role (role_copies.h). */
#include "runtime/model/role_copies.h"

#include "runtime/model/flow.h"
#include "runtime/model/permission.h"

struct copying {
	const struct app *app;
	const struct role *role;
	struct role_copies *out;
};

static const struct form *top_of(const struct form *f) { return f->parent ? f->parent : f; }

static bool gives(const struct role_grant *g) {
	return g->create || g->read != SCOPE_NONE || g->update != SCOPE_NONE;
}

/* ---- what the role has by itself ---- */

/* Plainly, in every record of the form. */
static bool reads_everywhere(const struct role *role, const struct field *f) {
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		if (g->form == top_of(f->form) && g->read == SCOPE_ALL && !g->where &&
		    grant_right(g, f) >= RIGHT_READ)
			return true;
	}
	return false;
}

static bool has(const struct role *role, const struct role_grant *g, const struct field *from) {
	bool same = g->form == top_of(from->form);
	bool plain = same ? grant_right(g, from) >= RIGHT_READ : reads_everywhere(role, from);
	for (size_t i = 0; plain && field_is_alias(from) && i < from->lookup_length; i++)
		plain = has(role, g, from->lookup[i]);
	return plain;
}

static bool shows(const struct copying *c, const struct field *to, const struct field *from) {
	for (size_t i = 0; i < c->role->grant_count; i++) {
		const struct role_grant *g = &c->role->grants[i];
		if (g->form == top_of(to->form) && gives(g) && grant_right(g, to) > RIGHT_HIDDEN &&
		    !has(c->role, g, from))
			return true;
	}
	return false;
}

/* ---- found ---- */

static void found(struct copying *c, const struct field *to, const struct field *from,
		  const struct json *made) {
	struct role_copies *all = c->out;
	if (all->n == all->room) {
		size_t room = all->room ? all->room * 2 : 16;
		all->items = arena_grow(all->arena, all->items, all->n * sizeof *all->items,
					room * sizeof *all->items);
		all->room = room;
	}
	all->items[all->n++] = (struct role_copy){ to, from, made };
}

static void judge(struct copying *c, const struct field *to, const struct field *from,
		  const struct json *made) {
	if (from != to && shows(c, to, from)) found(c, to, from, made);
}

static void reads(struct copying *c, const struct field *to, const struct expr_paths *paths,
		  const struct expr *e, const struct json *made) {
	for (size_t i = 0; e && i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (!expr_uses(e, i)) continue;
		for (size_t k = 0; p->fields && k < p->length; k++)
			judge(c, to, p->fields[k], made);
	}
}

/* ---- fields ---- */

static void rollup(struct copying *c, const struct field *f) {
	const struct rollup *r = f->rollup;
	judge(c, f, r->by, f->json);
	if (r->field) judge(c, f, r->field, f->json);
	reads(c, f, &r->of->paths, r->filter, f->json);
}

static void serial(struct copying *c, const struct field *f) {
	for (size_t i = 0; i < f->serial->n; i++)
		if (f->serial->parts[i].kind == SERIAL_FIELD)
			judge(c, f, f->serial->parts[i].field, f->json);
}

static void actions(struct copying *c, const struct field *button, const struct actions *list) {
	const struct expr_paths *paths = &button->button->program->paths;
	for (size_t i = 0; i < list->n; i++) {
		const struct act *a = &list->items[i];
		reads(c, button, paths, a->expr, button->json);
		for (size_t k = 0; k < a->value_count; k++)
			reads(c, button, paths, a->values[k].value, button->json);
		for (size_t k = 0; k < LANGUAGES; k++)
			reads(c, button, paths, a->message[k], button->json);
		actions(c, button, &a->then);
		actions(c, button, &a->otherwise);
	}
}

static void field(struct copying *c, const struct field *f) {
	const struct expr_paths *paths = &f->form->paths;
	reads(c, f, paths, f->formula, f->json);
	reads(c, f, paths, f->default_value, f->json);
	for (size_t i = 0; i < f->fill_count; i++)
		reads(c, f->fills[i].target, paths, f->fills[i].value, f->json);
	if (f->rollup) rollup(c, f);
	if (f->serial) serial(c, f);
	if (!f->button) return;
	reads(c, f, paths, f->button->when, f->json);
	actions(c, f, &f->button->program->actions);
}

/* ---- flows ---- */

/* What a condition decides about, each value that an act writes tells of it. */
static void writes_under(struct copying *c, const struct actions *list,
			 const struct expr_paths *paths, const struct expr *when,
			 const struct json *made) {
	for (size_t i = 0; when && i < list->n; i++) {
		const struct act *a = &list->items[i];
		for (size_t k = 0; k < a->value_count; k++)
			reads(c, a->values[k].field, paths, when, made);
		for (size_t k = 0; k < a->copy_count; k++)
			reads(c, a->copies[k].to, paths, when, made);
		writes_under(c, &a->then, paths, when, made);
		writes_under(c, &a->otherwise, paths, when, made);
	}
}

static void writes(struct copying *c, const struct program *p, const struct actions *list,
		   const struct json *made) {
	for (size_t i = 0; i < list->n; i++) {
		const struct act *a = &list->items[i];
		for (size_t k = 0; k < a->value_count; k++) {
			reads(c, a->values[k].field, &p->paths, a->values[k].value, made);
			reads(c, a->values[k].field, &p->paths, a->expr, made);
		}
		for (size_t k = 0; k < a->copy_count; k++)
			if (a->copies[k].from) judge(c, a->copies[k].to, a->copies[k].from, made);
		if (a->kind == DO_CALL && a->button->button->program)
			writes(c, a->button->button->program, &a->button->button->program->actions,
			       a->button->json);
		writes_under(c, &a->then, &p->paths, a->expr, made);
		writes_under(c, &a->otherwise, &p->paths, a->expr, made);
		writes(c, p, &a->then, made);
		writes(c, p, &a->otherwise, made);
	}
}

static bool plainly(const struct role *role, const struct field *f) {
	bool plain = reads_everywhere(role, f);
	for (size_t i = 0; plain && field_is_alias(f) && i < f->lookup_length; i++)
		plain = plainly(role, f->lookup[i]);
	return plain;
}

static bool knows(const struct role *role, const struct field *to) {
	for (size_t i = 0; i < role->grant_count; i++) {
		const struct role_grant *g = &role->grants[i];
		if (g->form == top_of(to->form) && gives(g) && grant_right(g, to) > RIGHT_HIDDEN)
			return true;
	}
	return false;
}

/* Of records that are looked for: all of them, so that those of one grant do not do. */
static void judge_all(struct copying *c, const struct field *to, const struct field *from,
		      const struct json *made) {
	if (!plainly(c->role, from) && knows(c->role, to)) found(c, to, from, made);
}

/* A condition over the records of a form; those of the run's record stand behind $parent. */
static void looks_for(struct copying *c, const struct field *to, const struct expr_paths *paths,
		      const struct expr *where, const struct json *made) {
	for (size_t i = 0; where && i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (!expr_uses(where, i)) continue;
		for (size_t k = 0; p->fields && k < p->length; k++)
			(p->root == ROOT_RECORD ? judge_all : judge)(c, to, p->fields[k], made);
	}
}

static void asks(struct copying *c, const struct flow *flow, const struct field *told,
		 const struct who *w, const struct json *made) {
	reads(c, told, &flow->paths, w->path, made);
	if (!w->query) return;
	looks_for(c, told, &w->query->paths, w->query->where, made);
	if (w->query->take) judge_all(c, told, w->query->take, made);
}

/* Whether it is stopped, and with what words. */
static void stops(struct copying *c, const struct field *told, const struct program *p,
		  const struct actions *list, const struct json *made) {
	for (size_t i = 0; i < list->n; i++) {
		const struct act *a = &list->items[i];
		if (a->kind == DO_IF) reads(c, told, &p->paths, a->expr, made);
		for (size_t k = 0; k < LANGUAGES; k++)
			reads(c, told, &p->paths, a->message[k], made);
		if (a->kind == DO_CALL && a->button->button->program)
			stops(c, told, a->button->button->program,
			      &a->button->button->program->actions, a->button->json);
		stops(c, told, p, &a->then, made);
		stops(c, told, p, &a->otherwise, made);
	}
}

static void waits(struct copying *c, const struct flow *flow, const struct field *told,
		  const struct step *s) {
	if (s->until_form == flow->form)
		reads(c, told, &s->until_paths, s->until, s->json);
	else
		looks_for(c, told, &s->until_paths, s->until, s->json);
}

static void step(struct copying *c, const struct flow *flow, const struct field *told,
		 const struct step *s) {
	for (size_t i = 0; i < s->list_count; i++)
		reads(c, told, &flow->paths, s->lists[i]->when, s->lists[i]->json);
	for (size_t i = 0; i < s->who.n; i++) asks(c, flow, told, &s->who.items[i], s->json);
	for (size_t i = 0; i < s->on_due_count; i++)
		asks(c, flow, told, &s->on_due[i].who, s->json);
	reads(c, told, &flow->paths, s->record, s->json);
	waits(c, flow, told, s);
	if (!s->program) return;
	writes(c, s->program, &s->program->actions, s->json);
	stops(c, told, s->program, &s->program->actions, s->json);
}

/* Whether a run begins, which way it goes and whom it asks is told to whoever reads the record. */
static void flow(struct copying *c, const struct flow *flow) {
	const struct json *start = json_get(flow->definition->json, "start");
	const struct field *told = flow->state ? flow->state : form_system(flow->form, SYSTEM_ID);
	reads(c, told, &flow->paths, flow->start.when, start);
	for (size_t i = 0; i < flow->start.who.n; i++)
		asks(c, flow, told, &flow->start.who.items[i], start);
	for (size_t i = 0; i < flow->step_count; i++) step(c, flow, told, flow->steps[i]);
}

/* ---- linkage ---- */

/* What a role reaches by owner or department it reaches through whoever sets these. */
static bool reach_hangs_on(const struct copying *c, const struct field *f) {
	if (f->system != SYSTEM_OWNER && f->system != SYSTEM_DEPT) return false;
	for (size_t i = 0; i < c->role->grant_count; i++) {
		const struct role_grant *g = &c->role->grants[i];
		if (g->form == f->form && gives(g) &&
		    (g->read != SCOPE_ALL || g->update != SCOPE_ALL || g->delete_ != SCOPE_ALL))
			return true;
	}
	return false;
}

static void linkage(struct copying *c, const struct form *form, const struct linkage *l,
		    const struct json *made) {
	for (size_t i = 0; i < l->set_count; i++) {
		const struct field *to = l->sets[i].field;
		reads(c, to, &form->paths, l->when, made);
		reads(c, to, &form->paths, l->sets[i].value, made);
		if (reach_hangs_on(c, to)) found(c, to, to, made);
	}
}

static void look(struct copying *c, const struct form *form) {
	const struct json *rules = json_get(form->json, "linkage");
	for (size_t i = 0; i < form->linkage_count; i++)
		linkage(c, form, &form->linkages[i], &rules->items[i]);
	for (size_t i = 0; i < form->declared_count; i++) {
		field(c, form->fields[i]);
		if (form->fields[i]->rows) look(c, form->fields[i]->rows);
	}
}

void role_copies_of(const struct app *app, const struct role *role, struct role_copies *out) {
	struct copying c = { app, role, out };
	for (size_t i = 0; i < app->form_count; i++) look(&c, app->forms[i]);
	for (size_t i = 0; i < app->flow_count; i++) flow(&c, app->flows[i]);
}

static bool same_field(const struct field *a, const struct field *b) {
	return strcmp(a->id, b->id) == 0 && strcmp(top_of(a->form)->id, top_of(b->form)->id) == 0 &&
	       !a->form->parent == !b->form->parent &&
	       (!a->form->parent ||
		strcmp(a->form->parent_field->id, b->form->parent_field->id) == 0);
}

bool role_copies_have(const struct role_copies *all, const struct role_copy *c) {
	for (size_t i = 0; i < all->n; i++) {
		const struct role_copy *o = &all->items[i];
		if (same_field(o->to, c->to) && same_field(o->from, c->from) &&
		    json_equal(o->made, c->made))
			return true;
	}
	return false;
}
