/* transition.c -- the declared moves of a field are its only moves, at every door.
 *  1. A stored value moves only along a transition whose `from` holds it (or that has none), whose
 * `who` the actor is, whose `when` holds for the record as it will be, and whose `require` fields
 * are filled.
 *  2. The first value is not a move and may be any (a record brought in from elsewhere stands where
 * it stands), but a value other than the default needs an actor whom some transition to it lets.
 *  3. Where only the condition is missing, that is what is said.
 *  4. The administrator is everybody, and so is a flow, which has judged who may ("flow" among
 * `who` is nobody else); the rest of a transition binds him too. */
#include "engines/form/write.h"

enum { ALLOWED_TEXT_MAX = 4096 };

/* ---- who ---- */

bool transition_lets(const struct request *rq, const struct transition *t) {
	if (!t->who_count || request_is_admin(rq) || rq->door == DOOR_FLOW) return true;
	for (size_t i = 0; i < t->who_count; i++)
		if (request_actor_is(rq, str_of(t->who[i]))) return true;
	return false;
}

/* ---- from, to ---- */

static bool is_value(const struct value *v, const struct enum_value *e) {
	return v->kind == VALUE_TEXT && str_is(v->as.s, e->value);
}

bool transition_starts(const struct transition *t, const struct value *old) {
	for (size_t i = 0; i < t->from_count; i++)
		if (is_value(old, t->from[i])) return true;
	return t->from_count == 0;
}

/* Labels are what people read, values what programs act on. */
static const char *allowed_text(struct unit *u, const struct field *f, bool labels) {
	struct sb out = sb_on(u->p->rq->arena, ALLOWED_TEXT_MAX);
	for (size_t i = 0; i < u->form->transition_count; i++) {
		const struct transition *t = &u->form->transitions[i];
		if (t->field != f || !transition_starts(t, unit_old(u, f)) ||
		    !transition_lets(u->p->rq, t))
			continue;
		if (out.n) sb_cat(&out, ", ");
		const char *label = label_text(&t->to->label, u->p->rq->language);
		sb_cat(&out, labels && *label ? label : t->to->value);
	}
	return sb_cstr(&out);
}

static const char *text_of(struct unit *u, const struct field *f, const struct value *v,
			   bool label) {
	struct sb out = sb_on(u->p->rq->arena, ALLOWED_TEXT_MAX);
	field_write_text(&out, f, &u->p->codec, v, label);
	return sb_cstr(&out);
}

static void refuse(struct unit *u, const struct field *f) {
	const struct value *from = unit_old(u, f), *to = unit_value(u, f);
	const char *allowed = allowed_text(u, f, false);
	const char *code = !u->old    ? "transition_first"
			   : *allowed ? "transition"
				      : "transition_none";
	UNIT_FAULT_AT(u, f, code, "from", text_of(u, f, from, false), "to",
		      text_of(u, f, to, false), "allowed", allowed, "from_label",
		      text_of(u, f, from, true), "to_label", text_of(u, f, to, true),
		      "allowed_labels", allowed_text(u, f, true));
}

/* ---- the stage ---- */

/* From, to and who fit, the condition does not: that is what has to be mended. */
static struct problem *refuse_condition(struct unit *u, const struct transition *t) {
	const struct field *f = t->field;
	const char *words;
	TRY(unit_words(u, &t->message, &words));
	UNIT_FAULT_AT(u, f, "transition_when", "to", t->to->value, "to_label",
		      text_of(u, f, unit_value(u, f), true));
	struct fault *newest = faults_newest(&u->p->w->faults);
	if (newest && *words) newest->words = words;
	return NULL;
}

static void check_required(struct unit *u, const struct transition *t) {
	for (size_t i = 0; i < t->require_count; i++)
		if (!unit_filled(u, t->require[i]) && !unit_has(u, t->require[i], UNIT_FAULT))
			UNIT_FAULT_AT(u, t->require[i], "required");
}

static struct problem *check_move(struct unit *u, const struct field *f) {
	const struct value *old = unit_old(u, f), *now = unit_value(u, f);
	const struct transition *unmet = NULL;
	for (size_t i = 0; i < u->form->transition_count; i++) {
		const struct transition *t = &u->form->transitions[i];
		bool holds = true;
		if (t->field != f || !is_value(now, t->to) || !transition_starts(t, old) ||
		    !transition_lets(u->p->rq, t))
			continue;
		if (t->when) TRY(unit_test(u, f, t->when, &holds));
		if (holds) {
			check_required(u, t);
			return NULL;
		}
		unmet = unmet ? unmet : t;
	}
	if (unit_has(u, f, UNIT_FAULT)) return NULL;
	if (unmet) return refuse_condition(u, unmet);
	refuse(u, f);
	return NULL;
}

static void check_first(struct unit *u, const struct field *f) {
	bool any = false, lets = false;
	if (!unit_has(u, f, UNIT_GIVEN) || value_is_null(unit_value(u, f))) return;
	for (size_t i = 0; i < u->form->transition_count; i++) {
		const struct transition *t = &u->form->transitions[i];
		if (t->field != f || !is_value(unit_value(u, f), t->to)) continue;
		any = true;
		lets = lets || transition_lets(u->p->rq, t);
	}
	if (any && !lets) refuse(u, f);
}

/* Is the given first value the one the default gives? */
static struct problem *is_default(struct unit *u, const struct field *f, bool *same) {
	struct value v = VALUE_NONE;
	bool ok = true;
	if (f->default_value) TRY(unit_eval(u, f, f->default_value, &v, &ok));
	*same = ok && value_same(&v, unit_value(u, f));
	return NULL;
}

static void add_move(struct prepared *p, struct unit *u, const struct field *f) {
	p->moves = arena_grow(p->rq->arena, p->moves, p->move_count * sizeof *p->moves,
			      (p->move_count + 1) * sizeof *p->moves);
	p->moves[p->move_count++] = (struct move){ u, f };
}

static struct problem *check_field(struct unit *u, const struct field *f) {
	bool first = value_is_null(unit_old(u, f)), same = false;
	if (!unit_changed(u, f) || unit_has(u, f, UNIT_FAULT)) return NULL;
	add_move(u->p, u, f);
	if (!first) return check_move(u, f);
	TRY(is_default(u, f, &same));
	if (!same) check_first(u, f);
	return NULL;
}

struct problem *transitions_check(struct prepared *p) {
	for (size_t i = 0; i < prepared_units(p); i++) {
		struct unit *u = prepared_unit(p, i);
		const struct write_plan *plan = write_plan(u->form);
		for (size_t k = 0; k < plan->moved_count; k++) TRY(check_field(u, plan->moved[k]));
	}
	return NULL;
}
