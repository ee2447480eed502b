/* moves.c -- where a stored record may go from where it stands, told before anybody tries: for each
 * value a transition leads to, whether it is open to this actor now, what is in the way, and which
 * fields the move still asks for.
 *  1. The same transitions are judged by the same functions as on saving (transition.c); what is
 * said here in advance is what saving would say.
 *  2. A missing required field does not close a move: whoever makes it is asked for the field.
 *  3. Moves left to approvals are not among them: who may start one is told elsewhere. */
#include "engines/form/write.h"

enum { WHO_TEXT_MAX = 1024 };

struct way {
	const struct transition *best; /* the one that is open, or comes nearest to it */
	enum { WAY_OTHERS, WAY_UNMET, WAY_OPEN } state;
	const char *words; /* WAY_UNMET: what the definition says, "" for nothing */
};

static struct problem *judge(struct unit *u, const struct transition *t, struct way *way) {
	bool holds = true;
	struct way one = { t, WAY_OTHERS, "" };
	if (transition_lets(u->p->rq, t)) {
		if (t->when) TRY(unit_test(u, t->field, t->when, &holds));
		one.state = holds ? WAY_OPEN : WAY_UNMET;
		if (!holds) TRY(unit_words(u, &t->message, &one.words));
	}
	if (!way->best || one.state > way->state) *way = one;
	return NULL;
}

/* What only an approval moves is nobody's next step. */
static bool by_flow(const struct transition *t) {
	return t->who_count == 1 && strcmp(t->who[0], "flow") == 0;
}

static struct problem *find_way(struct unit *u, const struct field *f, const struct enum_value *to,
				struct way *way) {
	const struct value now = *unit_value(u, f);
	struct problem *problem = NULL;
	unit_set(u, f, value_text(str_of(to->value)));
	for (size_t i = 0; !problem && i < u->form->transition_count; i++) {
		const struct transition *t = &u->form->transitions[i];
		if (t->field == f && t->to == to && !by_flow(t) &&
		    transition_starts(t, unit_old(u, f)))
			problem = judge(u, t, way);
	}
	unit_set(u, f, now);
	return problem;
}

/* ---- what is in the way ---- */

static const char *name_of(const struct request *rq, struct str who) {
	struct principal p = principal_of(who);
	struct str name = p.name;
	struct str app, own; /* "crm.sales": the app's own role */
	if (!str_cut(name, '.', &app, &own)) own = name;
	const struct role *role = app_role(rq->app, own);
	const struct user *user = directory_user(rq->directory, name);
	const struct dept *dept = directory_dept(rq->directory, name);
	const struct label *label = p.kind == PRINCIPAL_ROLE && role   ? &role->label
				    : p.kind == PRINCIPAL_USER && user ? &user->name
				    : p.kind == PRINCIPAL_DEPT && dept ? &dept->label
								       : NULL;
	const char *text = label ? label_text(label, rq->language) : "";
	return *text ? text : str_dup(rq->arena, name);
}

/* Everybody some transition to the value names. */
static const char *who_text(struct unit *u, const struct field *f, const struct enum_value *to) {
	const struct request *rq = u->p->rq;
	struct sb out = sb_on(rq->arena, WHO_TEXT_MAX);
	for (size_t i = 0; i < u->form->transition_count; i++) {
		const struct transition *t = &u->form->transitions[i];
		if (t->field != f || t->to != to || !transition_starts(t, unit_old(u, f))) continue;
		for (size_t k = 0; k < t->who_count; k++) {
			if (out.n) sb_cat(&out, rq->language == LANGUAGE_ZH ? "、" : ", ");
			sb_cat(&out, name_of(rq, str_of(t->who[k])));
		}
	}
	return sb_cstr(&out);
}

static const char *reason(struct unit *u, const struct field *f, const struct enum_value *to,
			  const struct way *way) {
	const struct request *rq = u->p->rq;
	const char *label = label_text(&to->label, rq->language);
	const struct param params[] = { { "to_label", *label ? label : to->value },
					{ "who", who_text(u, f, to) } };
	if (way->state == WAY_UNMET && *way->words) return way->words;
	return catalogue_text(rq->arena, rq->language,
			      way->state == WAY_UNMET ? "transition_when" : "transition_who",
			      params, ARRAY_LEN(params));
}

/* ---- finding, on the snapshot of the trial ---- */

static void keep(struct prepared *p, const struct field *f, const struct enum_value *to,
		 const struct way *way) {
	struct open_move m = { f, to, way->best, way->state == WAY_OPEN, NULL };
	if (!m.allowed) m.reason = reason(&p->root, f, to, way);
	p->open = arena_grow(p->rq->arena, p->open, p->open_count * sizeof *p->open,
			     (p->open_count + 1) * sizeof *p->open);
	p->open[p->open_count++] = m;
}

static struct problem *find_field(struct prepared *p, const struct field *f) {
	for (size_t i = 0; i < f->enumeration->n; i++) {
		const struct enum_value *to = &f->enumeration->values[i];
		const struct value *from = unit_old(&p->root, f);
		struct way way = { 0 };
		if (from->kind == VALUE_TEXT && str_is(from->as.s, to->value)) continue;
		TRY(find_way(&p->root, f, to, &way));
		if (way.best) keep(p, f, to, &way);
	}
	return NULL;
}

/* Of this record: what another grant shows of other records says nothing here, and where a record
 * may go tells where it stands. */
static bool stands_told(const struct prepared *p, const struct field *f) {
	return rights_reads(p, f) >= RIGHT_READ || rights_field(p, f) >= RIGHT_READ;
}

struct problem *moves_find(struct prepared *p) {
	const struct write_plan *plan = write_plan(p->root.form);
	struct problem *problem = NULL;
	bool quiet = p->quiet;
	p->quiet = true; /* a condition that cannot be computed does not hold */
	for (size_t i = 0; !problem && p->root.old && i < plan->moved_count; i++)
		if (stands_told(p, plan->moved[i])) problem = find_field(p, plan->moved[i]);
	p->quiet = quiet;
	return problem;
}

/* ---- writing ---- */

static bool missing(const struct unit *u, const struct field *f) {
	bool hidden =
		rights_reads(u->p, f) == RIGHT_HIDDEN && rights_field(u->p, f) == RIGHT_HIDDEN;
	return !hidden && !unit_filled(u, f);
}

static void write_move(struct jw *w, const struct unit *u, const struct open_move *m) {
	const struct transition *t = m->by;
	jw_object(w);
	jw_set_text(w, "field", m->field->name);
	jw_set_text(w, "to", m->to->value);
	jw_set_bool(w, "allowed", m->allowed);
	if (m->reason) {
		jw_set_text(w, "reason", m->reason);
	}
	jw_key(w, "needs");
	jw_array(w);
	for (size_t i = 0; m->allowed && i < t->require_count; i++)
		if (missing(u, t->require[i])) jw_text(w, t->require[i]->name);
	jw_end(w);
	jw_end(w);
}

void moves_write(const struct prepared *p, struct jw *w) {
	jw_array(w);
	for (size_t i = 0; i < p->open_count; i++) write_move(w, &p->root, &p->open[i]);
	jw_end(w);
}
