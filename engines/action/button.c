#include "engines/action/button.h"

static const struct field *button_named(const struct form *form, struct str name) {
	const struct field *f = form_field(form, name);
	return f && f->button ? f : NULL;
}

static struct problem *unknown(struct request *rq) {
	return PROBLEM(rq->arena, NOT_FOUND, "not_found");
}

static bool knows(const struct subject *s, const struct field *f) {
	return subject_right(s, f) != RIGHT_HIDDEN || subject_reads(s, f) != RIGHT_HIDDEN;
}

static struct problem *holds(struct subject *s, const struct field *f, bool *out) {
	*out = true;
	return f->button->when ? subject_test(s, f->button->when, out) : NULL;
}

static struct problem *not_now(struct request *rq, struct subject *s, const struct field *f) {
	const char *label = label_text(&f->label, rq->language), *why;
	TRY(subject_words(s, &f->button->message, &why));
	return *why ? PROBLEM(rq->arena, CONFLICT, "button_not_yet", "button", label, "message", why)
		    : PROBLEM(rq->arena, CONFLICT, "button_not_now", "button", label);
}

static struct problem *may_press(struct request *rq, struct subject *s, const struct field *f) {
	bool now;
	if (!knows(s, f)) return unknown(rq);
	if (subject_right(s, f) < RIGHT_EDIT) return PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	TRY(holds(s, f, &now));
	return now ? NULL : not_now(rq, s, f);
}

struct problem *button_press(struct tx *tx, struct request *rq, struct store *s,
			     const struct form *form, struct str name, int64_t id, int64_t if_match,
			     struct pressed *out) {
	const struct field *f = button_named(form, name);
	struct action_run run = {
		.tx = tx, .rq = rq, .store = s, .form = form, .id = id, .pointer = ""
	};
	const struct record *after;
	if (!f) return unknown(rq);
	rq->door = DOOR_BUTTON;
	run.changed = arena_alloc(rq->arena, form->field_count + 1);
	TRY(subject_open(tx, rq, s, form, id, if_match, &run.subject));
	TRY(may_press(rq, run.subject, f));
	TRY(action_run_program(&run, f->button->program));
	TRY(action_run_finish(&run, &after));
	if (!after) TRY(subject_shown(run.subject, &after));
	*out = (struct pressed){ after, run.made, run.made_count };
	return NULL;
}

/* ---- told ---- */

/* A record the actor does not see has no title. */
static struct problem *write_made(struct tx *tx, struct request *rq, const struct action_made *m,
				  struct jw *out) {
	const char *title = NULL;
	TRY(read_titles(rq, tx, m->form, &m->id, 1, &title));
	if (!title) return NULL;
	jw_object(out);
	jw_set_text(out, "form", m->form->name);
	jw_set_int(out, "id", m->id);
	jw_set_text(out, "title", title);
	jw_end(out);
	return NULL;
}

/* What the actor made and may not see is not told of. */
static struct problem *write_list(struct tx *tx, struct request *rq, const struct pressed *p,
				  bool taken, struct jw *out) {
	jw_array(out);
	for (size_t i = 0; i < p->made_count; i++)
		if (p->made[i].taken == taken) TRY(write_made(tx, rq, &p->made[i], out));
	jw_end(out);
	return NULL;
}

struct problem *button_answer(struct tx *tx, struct request *rq, const struct pressed *p,
			      struct jw *out) {
	struct codec codec = request_codec(rq);
	jw_object(out);
	jw_key(out, "record");
	if (p->record)
		record_json(out, &codec, p->record, NULL, 0);
	else
		jw_null(out);
	jw_key(out, "created");
	TRY(write_list(tx, rq, p, false, out));
	jw_key(out, "taken");
	TRY(write_list(tx, rq, p, true, out));
	jw_end(out);
	return NULL;
}

/* Of one whom only its condition keeps away. */
static struct problem *write_reason(struct subject *s, const struct field *f, struct jw *out) {
	const char *why;
	bool now = true;
	if (subject_right(s, f) == RIGHT_EDIT) TRY(holds(s, f, &now));
	if (now) return NULL;
	TRY(subject_words(s, &f->button->message, &why));
	if (!*why) return NULL;
	jw_set_text(out, f->name, why);
	return NULL;
}

/* Who may not update the record presses none of its buttons; one he does not see has none. */
struct problem *button_states(struct tx *tx, struct request *rq, struct store *s,
			      const struct form *form, int64_t id, struct jw *out) {
	struct subject *subject = NULL;
	struct problem *p = subject_open(tx, rq, s, form, id, -1, &subject);
	if (p && p->kind != PROBLEM_FORBIDDEN) return p;
	jw_object(out);
	jw_key(out, "buttons");
	jw_object(out);
	for (size_t i = 0; subject && i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		bool now;
		if (!f->button || !knows(subject, f)) continue;
		TRY(holds(subject, f, &now));
		jw_set_bool(out, f->name, now && subject_right(subject, f) == RIGHT_EDIT);
	}
	jw_end(out);
	jw_key(out, "reasons");
	jw_object(out);
	for (size_t i = 0; subject && i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->button && knows(subject, f)) TRY(write_reason(subject, f, out));
	}
	jw_end(out);
	jw_end(out);
	return NULL;
}
