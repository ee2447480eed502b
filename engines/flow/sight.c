#include "engines/flow/sight.h"

static struct sight sight_on(struct request *rq, const struct form *form) {
	struct sight s = { .rq = rq, .form = form };
	struct problem *p = access_of(rq, form, &s.access);
	s.granted = !p && (s.access.everything || s.access.grant_count);
	s.unlent = request_designs(rq, form->app);
	return s;
}

static const uint8_t *named_by(const struct run *run, const struct task *t) {
	return t->step ? t->step->fields : run->flow->start.fields;
}

static bool asks(const struct task *t, const struct user *u) {
	return !u || t->actor == u->id || t->for_whom == u->id;
}

struct problem *sight_reach(struct tx *tx, struct request *rq, struct run *run) {
	const char *title = NULL;
	TRY(read_titles(rq, tx, run->flow->form, &run->record, 1, &title));
	run->reached = title != NULL;
	return NULL;
}

struct sight sight_of(struct request *rq, const struct run *run, const struct task *t) {
	struct sight s = sight_on(rq, run->flow->form);
	if (s.unlent && !run->reached) s.granted = false;
	s.run = run;
	s.named = t ? named_by(run, t) : NULL;
	s.mine = t && asks(t, rq->actor);
	return s;
}

static enum field_right named_right(const struct sight *s, const uint8_t *named,
				    const struct field *f, enum field_right unnamed) {
	bool is = f->form == s->form && named && named[f->index] != STEP_FIELD_UNNAMED;
	return is ? (enum field_right)named[f->index] : unnamed;
}

/* By being asked, of who has no role that knows the form. */
static enum field_right lent_right(const struct sight *s, const struct field *f) {
	const struct run *run = s->run;
	const struct user *me = s->rq->actor;
	enum field_right best = RIGHT_HIDDEN, one;
	if (!me) return RIGHT_READ;
	if (s->unlent) return RIGHT_HIDDEN;
	if (run->starter == me->id) best = named_right(s, run->flow->start.fields, f, RIGHT_READ);
	for (size_t i = 0; i < run->task_count; i++) {
		if (!asks(&run->tasks[i], me)) continue;
		one = named_right(s, named_by(run, &run->tasks[i]), f, RIGHT_READ);
		if (one > best) best = one;
	}
	return best;
}

enum field_right sight_right(const struct sight *s, const struct field *f, bool open) {
	enum field_right own = s->granted ? access_right(&s->access, f) : lent_right(s, f);
	if (own > RIGHT_READ) own = RIGHT_READ;
	enum field_right right = named_right(s, s->named, f, own);
	if (right == RIGHT_EDIT && !open) right = RIGHT_READ;
	bool lent = s->mine && !(s->unlent && own < RIGHT_READ);
	return lent || right < own ? right : own;
}

enum field_right sight_trail_right(const void *trail, const struct field *f) {
	const struct sight_trail *of = trail;
	const struct user *actor = of->own.rq->actor;
	enum field_right right = sight_right(&of->own, f, false);
	for (size_t i = 0; actor && i < of->run->task_count; i++) {
		const struct task *t = &of->run->tasks[i];
		const uint8_t *named = t->step ? t->step->fields : NULL;
		bool less = named && t->actor == actor->id &&
			    named[f->index] != STEP_FIELD_UNNAMED && named[f->index] < right;
		if (less) right = (enum field_right)named[f->index];
	}
	return right;
}

void sight_apply(const struct sight *s, struct record *r, bool open) {
	struct arena *a = s->rq->arena;
	const struct codec codec = request_codec(s->rq);
	r->rights = arena_array(a, r->form->field_count + 1, 1);
	for (size_t i = 0; i < r->form->field_count; i++) {
		const struct field *f = r->form->fields[i];
		enum field_right right = sight_right(s, f, open);
		r->rights[i] = (uint8_t)right;
		if (right == RIGHT_HIDDEN) r->values[i] = VALUE_NONE;
		if (right == RIGHT_MASK) r->values[i] = field_mask(a, f, &codec, &r->values[i]);
		if (right < RIGHT_READ) r->rows[i] = (struct record_rows){ NULL, 0 };
		for (size_t k = 0; k < r->rows[i].n; k++) sight_apply(s, r->rows[i].items[k], open);
	}
}

/* ---- titles ---- */

static bool reads_all(const struct sight *s) {
	bool all = true;
	for (size_t i = 0; s->granted && all && i < s->form->declared_count; i++)
		all = access_right(&s->access, s->form->fields[i]) >= RIGHT_READ;
	return all;
}

static bool hides(const uint8_t *named, const struct field *f) {
	return named && named[f->index] != STEP_FIELD_UNNAMED && named[f->index] < RIGHT_READ;
}

static bool flow_hides(const struct flow *flow, const struct field *f) {
	bool hidden = f->form == flow->form && hides(flow->start.fields, f);
	for (size_t i = 0; f->form == flow->form && !hidden && i < flow->step_count; i++)
		hidden = hides(flow->steps[i]->fields, f);
	return hidden;
}

static bool in_title(const struct form *form, size_t path) {
	return form->paths.items[path].root == ROOT_RECORD && form->paths.items[path].length &&
	       expr_uses(form->title, path);
}

bool sight_titled(struct request *rq, const struct flow *flow) {
	const struct form *form = flow->form;
	struct sight s = sight_on(rq, form);
	if (s.granted || s.unlent) return s.granted;
	for (size_t i = 0; form->title && i < form->paths.count; i++)
		if (in_title(form, i) && flow_hides(flow, form->paths.items[i].fields[0]))
			return false;
	for (size_t i = 0; !form->title && i < form->declared_count; i++)
		if (form->fields[i]->type->storage == STORE_TEXT)
			return !flow_hides(flow, form->fields[i]);
	return true;
}

struct problem *sight_titles(struct tx *tx, struct request *rq, const struct form *form,
			     const int64_t *ids, size_t n, const char **titles) {
	struct arena *a = rq->arena;
	struct sight s = sight_on(rq, form);
	struct request lent = *rq;
	int64_t *left = arena_array(a, n + 1, sizeof *left);
	const char **texts = arena_array(a, n + 1, sizeof *texts);
	size_t many = 0, at = 0;
	memset(titles, 0, n * sizeof *titles);
	if (s.granted) TRY(read_titles(rq, tx, form, ids, n, titles));
	for (size_t i = 0; i < n; i++)
		if (!titles[i]) left[many++] = ids[i];
	if (!many || s.unlent || !reads_all(&s)) return NULL;
	lent.lent = form;
	TRY(read_titles(&lent, tx, form, left, many, texts));
	for (size_t i = 0; i < n; i++)
		if (!titles[i]) titles[i] = texts[at++];
	return NULL;
}
