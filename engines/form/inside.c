#include "engines/form/inside.h"

#include "engines/form/prepare.h"

enum { WITHIN_MAX = 16 };

struct problem *request_within(struct request *rq) {
	if (++rq->within <= WITHIN_MAX) return NULL;
	--rq->within;
	return PROBLEM(rq->arena, CONFLICT, "writes_endless", "max", "16");
}

static struct problem *write_now(struct tx *tx, struct request *rq, struct store *s,
				 struct write *w) {
	TRY(prepare_on(tx, rq, s, w));
	return write_commit(tx, w);
}

struct problem *record_write_inside(struct tx *tx, struct request *rq, struct store *s,
				    struct write *w) {
	TRY(request_within(rq));
	struct problem *p = write_now(tx, rq, s, w);
	--rq->within;
	return p;
}

struct problem *record_try_inside(struct tx *tx, struct request *rq, struct store *s,
				  struct write *w) {
	TRY(prepare_on(tx, rq, s, w));
	return faults_problem(&w->faults);
}

struct subject {
	struct write w;
	struct prepared *p;
};

static struct problem *subject_of(struct tx *tx, struct request *rq, struct store *s,
				  const struct write *w, struct subject **out) {
	struct subject *made = arena_alloc(rq->arena, sizeof *made);
	made->w = *w;
	TRY(prepare_on(tx, rq, s, &made->w));
	TRY(faults_problem(&made->w.faults));
	made->p = made->w.prepared;
	made->p->tx = tx;
	*out = made;
	return NULL;
}

struct problem *subject_open(struct tx *tx, struct request *rq, struct store *s,
			     const struct form *form, int64_t id, int64_t if_match,
			     struct subject **out) {
	const struct write w = {
		.op = WRITE_UPDATE, .form = form, .id = id, .if_match = if_match, .look = true
	};
	return subject_of(tx, rq, s, &w, out);
}

struct problem *subject_try(struct tx *tx, struct request *rq, struct store *s,
			    const struct form *form, const struct json *values,
			    struct subject **out) {
	const struct write w = { .op = WRITE_CREATE,
				 .form = form,
				 .if_match = -1,
				 .body = values,
				 .pointer = "/values",
				 .dry_run = true };
	return subject_of(tx, rq, s, &w, out);
}

struct problem *subject_after(struct tx *tx, struct request *rq, struct store *s,
			      const struct write *wish, struct subject **out) {
	struct write w = *wish;
	w.dry_run = true;
	return subject_of(tx, rq, s, &w, out);
}

enum field_right subject_right(const struct subject *s, const struct field *f) {
	return rights_field(s->p, f);
}

enum field_right subject_reads(const struct subject *s, const struct field *f) {
	return rights_reads(s->p, f);
}

const struct value *subject_value(const struct subject *s, const struct field *f) {
	return unit_value(&s->p->root, f);
}

void subject_put(struct subject *s, const struct field *f, struct value v) {
	unit_set(&s->p->root, f, v);
}

void subject_within(struct subject *s, struct subject *parent) {
	s->p->root.parent = &parent->p->root;
}

void subject_refresh(struct subject *s) {
	s->p->note_count = 0;
	memset(s->p->root.fresh, 0, s->p->root.form->paths.count);
}

struct problem *subject_shown(struct subject *s, const struct record **out) {
	return rights_shown(s->p, s->p->root.old, s->p->readers, s->p->reader_count, out);
}

/* ---- expressions ---- */

static struct problem *read_named(struct unit *u, const struct named_records *named,
				  const struct expr_path *path, struct value *out) {
	struct record *r = NULL;
	size_t i = 0;
	*out = VALUE_NONE;
	if (!named) return NULL;
	while (i < named->n && strcmp(named->names[i].name, path->name) != 0) i++;
	if (i == named->n || !named->ids[i]) return NULL;
	TRY(fetch(u->p, named->names[i].form, named->ids[i], RECORD_WHOLE, &r));
	return slot_follow(u, r, path, out);
}

static struct problem *fill_slots(struct unit *u, const struct expr_paths *paths,
				  const struct named_records *named, const struct expr *e,
				  struct value *slots) {
	for (size_t i = 0; i < paths->count; i++) {
		const struct expr_path *path = &paths->items[i];
		if (!expr_uses(e, i)) continue;
		if (path->root == ROOT_NAMED)
			TRY(read_named(u, named, path, &slots[i]));
		else
			TRY(slot_read(u, path, &slots[i]));
	}
	return NULL;
}

static struct problem *told_at(struct prepared *p, const char *pointer,
			       const struct problem *problem) {
	const char *column = "";
	struct faults faults = { .arena = p->rq->arena };
	for (size_t i = 0; i < problem->param_count; i++)
		if (strcmp(problem->params[i].name, "column") == 0)
			column = problem->params[i].value;
	FAULT(&faults, pointer, problem->code, "column", column);
	return faults_problem(&faults);
}

struct problem *unit_eval_over(struct unit *u, const struct expr_paths *paths,
			       const struct named_records *named, const struct expr *e,
			       const char *pointer, struct value *out) {
	struct prepared *p = u->p;
	struct arena *a = p->rq->arena;
	struct value *slots = arena_array(a, paths->count + 1, sizeof *slots);
	struct expr_frame frame = p->frame;
	TRY(fill_slots(u, paths, named, e, slots));
	frame.slots = slots;
	struct problem *problem = expr_eval(a, e, &frame, out);
	return problem && problem->kind == PROBLEM_INVALID ? told_at(p, pointer, problem) : problem;
}

struct problem *subject_eval(struct subject *s, const struct expr_paths *paths,
			     const struct named_records *named, const struct expr *e,
			     const char *pointer, struct value *out) {
	return unit_eval_over(&s->p->root, paths, named, e, pointer, out);
}

struct problem *subject_test(struct subject *s, const struct expr *condition, bool *out) {
	return unit_test(&s->p->root, NULL, condition, out);
}

struct problem *subject_words(struct subject *s, const struct words *words, const char **out) {
	return unit_words(&s->p->root, words, out);
}
