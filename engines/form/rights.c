/* rights.c -- may the actor make this write, and which fields may he set?
 *  1. An update or delete needs a grant of that action that covers the record as stored; who may
 * not even read it is told that there is none.
 *  2. Field rights are those of the covering grants united; a create is judged by the grants that
 * let create.
 *  3. A grant's `where` must hold for the record as it will be, too: no write moves a record out of
 * its own grant's rows. The scope is not asked again, so that an owner may hand a record over; a
 * collaborator may not: a right lent for a time would become his own. */
#include "engines/form/write.h"

#include "runtime/store/read.h"

static const enum action actions[] = {
	[WRITE_CREATE] = ACTION_CREATE,
	[WRITE_UPDATE] = ACTION_UPDATE,
	[WRITE_DELETE] = ACTION_DELETE,
	[WRITE_RESTORE] = ACTION_DELETE,
};

/* May the right come from collaborating, or must it be the actor's own? */
enum standing_kind { AS_ANYBODY, AS_HIMSELF };

/* A unit that only serves to test conditions over a record as it stands. */
static struct unit *witness(struct prepared *p, struct record *r) {
	struct unit *u = arena_alloc(p->rq->arena, sizeof *u);
	unit_init(u, p, r->form, r, r);
	return u;
}

static struct problem *covers_as(struct unit *u, const struct role_grant *g, enum action action,
				 enum standing_kind kind, bool *out) {
	struct standing at;
	*out = false;
	if (grant_scope(g, action) == SCOPE_NONE) return NULL;
	if (g->where) TRY(unit_ready(u, g->where));
	TRY(read_standing(u->p->rq, u->p->tx, u->now, &at));
	if (kind == AS_HIMSELF) at.shared = COLLABORATION_NONE;
	at.slots = u->slots;
	*out = grant_covers(u->p->rq, g, action, &at);
	return NULL;
}

static struct problem *covers(struct unit *u, const struct role_grant *g, enum action action,
			      bool *out) {
	return covers_as(u, g, action, AS_ANYBODY, out);
}

static struct problem *any_covers(struct unit *u, const struct access *ac, enum action action,
				  bool *out) {
	*out = ac->everything;
	for (size_t i = 0; i < ac->grant_count && !*out; i++)
		TRY(covers(u, ac->grants[i], action, out));
	return NULL;
}

struct problem *rights_sees(struct prepared *p, const struct form *form, struct record *r,
			    bool *sees) {
	struct access ac;
	struct problem *unknown = access_of(p->rq, form, &ac);
	*sees = !unknown && ac.everything;
	if (unknown) return unknown->kind == PROBLEM_NOT_FOUND ? NULL : unknown;
	return ac.everything ? NULL : any_covers(witness(p, r), &ac, ACTION_READ, sees);
}

/* The grants that cover the record as stored (or, for one to come, that let create). */
static struct problem *collect(struct prepared *p, enum action action,
			       const struct role_grant ***out, size_t *n) {
	struct record *stored = (struct record *)(uintptr_t)p->root.old;
	struct unit *u = stored ? witness(p, stored) : NULL;
	*out = arena_array(p->rq->arena, p->access.grant_count + 1, sizeof **out);
	*n = 0;
	for (size_t i = 0; i < p->access.grant_count; i++) {
		const struct role_grant *g = p->access.grants[i];
		bool covered = grant_scope(g, action) != SCOPE_NONE;
		if (u) TRY(covers(u, g, action, &covered));
		if (covered) (*out)[(*n)++] = g;
	}
	return NULL;
}

static struct problem *collect_readers(struct prepared *p) {
	if (p->access.everything) return NULL;
	TRY(collect(p, ACTION_READ, &p->readers, &p->reader_count));
	bool sees = !p->root.old || p->reader_count;
	return sees ? NULL : PROBLEM(p->rq->arena, NOT_FOUND, "not_found");
}

struct problem *rights_check_read(struct prepared *p) {
	TRY(access_of(p->rq, p->w->form, &p->access));
	return collect_readers(p);
}

/* A flow has judged who may before it writes. */
static struct problem *take_access(struct prepared *p) {
	bool flow = p->rq->door == DOOR_FLOW;
	if (!flow) return access_of(p->rq, p->w->form, &p->access);
	p->access = (struct access){ .request = p->rq, .form = p->w->form, .everything = true };
	return NULL;
}

struct problem *rights_check(struct prepared *p) {
	enum action action = actions[p->w->op];
	TRY(take_access(p));
	TRY(collect_readers(p));
	if (!p->access.everything) TRY(collect(p, action, &p->grants, &p->grant_count));
	bool may = access_may(&p->access, action) && (p->access.everything || p->grant_count);
	return may ? held_check(p) : PROBLEM(p->rq->arena, FORBIDDEN, "forbidden");
}

static enum field_right best_right(const struct prepared *p, const struct role_grant **grants,
				   size_t n, const struct field *f) {
	enum field_right best = p->access.everything ? RIGHT_EDIT : RIGHT_HIDDEN;
	for (size_t i = 0; i < n && best < RIGHT_EDIT; i++) {
		enum field_right right = grant_right(grants[i], f);
		if (right > best) best = right;
	}
	return best;
}

enum field_right rights_field(const struct prepared *p, const struct field *f) {
	return best_right(p, p->grants, p->grant_count, f);
}

enum field_right rights_reads(const struct prepared *p, const struct field *f) {
	return best_right(p, p->readers, p->reader_count, f);
}

static bool gives_away(const struct unit *u, enum system_field which) {
	const struct field *f = form_system(u->form, which);
	return unit_has(u, f, UNIT_GIVEN) && unit_changed(u, f);
}

static struct problem *check_lent(struct prepared *p) {
	struct unit *u = &p->root;
	bool own = false;
	if (!u->old || p->rq->door == DOOR_BUTTON) return NULL;
	if (!gives_away(u, SYSTEM_OWNER) && !gives_away(u, SYSTEM_DEPT)) return NULL;
	for (size_t i = 0; i < p->grant_count && !own; i++)
		TRY(covers_as(witness(p, (struct record *)(uintptr_t)u->old), p->grants[i],
			      ACTION_UPDATE, AS_HIMSELF, &own));
	return own ? NULL : PROBLEM(p->rq->arena, FORBIDDEN, "collaborator_owner");
}

struct problem *rights_check_after(struct prepared *p) {
	if (p->access.everything) return NULL;
	TRY(check_lent(p));
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct role_grant *g = p->grants[i];
		bool holds = true;
		if (g->where) TRY(unit_test(&p->root, NULL, g->where, &holds));
		if (holds) return NULL;
	}
	return PROBLEM(p->rq->arena, FORBIDDEN, "write_outside");
}

/* ---- what the actor gets to see of it ---- */

struct problem *rights_shown(struct prepared *p, const struct record *r,
			     const struct role_grant **readers, size_t n,
			     const struct record **out) {
	*out = r;
	if (!r || (p->access.everything && !write_plan(r->form)->looks_up)) return NULL;
	struct record *copy = record_copy(p->rq->arena, r);
	TRY(read_refs_of(p->rq, p->tx, copy->form, &copy, 1));
	if (!p->access.everything) rights_apply(p->rq, copy, readers, NULL, n);
	*out = copy;
	return read_lookups(p->rq, p->tx, copy->form, &copy, 1);
}

struct problem *rights_seen(struct unit *u, const struct record *r, const struct field *f,
			    struct value *out) {
	struct prepared *p = u->p;
	struct record *copy = record_new(p->rq->arena, r->form);
	bool stored = p->root.old != NULL;
	/* Its rows stay away: they are the record's own. */
	memcpy(copy->values, r->values, r->form->field_count * sizeof *r->values);
	if (!p->access.everything)
		rights_apply(p->rq, copy, stored ? p->readers : p->grants, NULL,
			     stored ? p->reader_count : p->grant_count);
	TRY(read_lookups(p->rq, p->tx, r->form, &copy, 1));
	*out = copy->values[f->index];
	return NULL;
}

/* A write that is only tried: as far as the stored record may be seen, so that trying to become its
 * owner shows nothing; of one to come what any of the grants to read or create gives. */
struct problem *rights_show_trial(struct prepared *p) {
	size_t n = p->reader_count, more = p->root.old ? 0 : p->grant_count;
	const struct role_grant **readers =
		arena_array(p->rq->arena, n + more + 1, sizeof *readers);
	for (size_t i = 0; i < n + more; i++) readers[i] = i < n ? p->readers[i] : p->grants[i - n];
	return rights_shown(p, p->root.now, readers, n + more, &p->w->after);
}

struct problem *rights_show_after(struct prepared *p) {
	const struct access *ac = &p->access;
	struct write *w = p->w;
	const struct role_grant **readers;
	size_t n = 0;
	TRY(rights_shown(p, p->root.old, p->readers, p->reader_count, &w->before));
	w->after = w->op == WRITE_DELETE ? NULL : p->root.now;
	if (!w->after) return NULL;
	if (ac->everything) return rights_shown(p, p->root.now, NULL, 0, &w->after);
	readers = arena_array(p->rq->arena, ac->grant_count + 1, sizeof *readers);
	for (size_t i = 0; i < ac->grant_count; i++) {
		bool covered;
		TRY(covers(&p->root, ac->grants[i], ACTION_READ, &covered));
		if (covered) readers[n++] = ac->grants[i];
	}
	return rights_shown(p, p->root.now, readers, n, &w->after);
}
