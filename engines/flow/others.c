/* others.c -- records of other forms, seen from a run: those a who-rule asks for, those a wait is
 * for. Each is judged by the one evaluator, with the run's record as $parent. At most OTHERS_MAX
 * are looked at, the newest first: an assignment table is short, and a wait is woken by the record
 * itself. */
#include "engines/flow/world.h"

#include "runtime/store/read.h"

enum { OTHERS_MAX = 1000 };

struct looking {
	struct flow_world *fw;
	const struct form *form;
	const struct expr_paths *paths;
	const struct expr *e;
	void (*found)(void *arg, struct subject *s);
	void *arg;
};

static struct problem *look_at(const struct looking *l, int64_t id) {
	struct subject *own, *other;
	struct value v = value_bool(true);
	struct problem *p =
		subject_open(l->fw->tx, l->fw->rq, l->fw->store, l->form, id, -1, &other);
	if (p && p->kind == PROBLEM_NOT_FOUND) return NULL;
	if (p) return p;
	TRY(flow_subject(l->fw, &own));
	subject_within(other, own);
	if (l->e) TRY(subject_eval(other, l->paths, NULL, l->e, "", &v));
	if (v.kind == VALUE_BOOL && v.as.i) l->found(l->arg, other);
	return NULL;
}

static struct problem *look_at_all(const struct looking *l) {
	struct request all = *l->fw->rq;
	struct query_text text = { .fields = STR("id"), .limit = OTHERS_MAX };
	struct query *q;
	struct read_page page;
	all.actor = NULL;
	TRY(query_parse(&all, l->form, &text, &q));
	TRY(read_page(&all, l->fw->tx, q, &page));
	for (size_t i = 0; i < page.n; i++) TRY(look_at(l, page.records[i]->id));
	return NULL;
}

struct problem *flow_each_record(struct flow_world *fw, const struct form *form, int64_t id,
				 const struct expr_paths *paths, const struct expr *e,
				 void (*found)(void *arg, struct subject *s), void *arg) {
	struct looking l = { fw, form, paths, e, found, arg };
	return id ? look_at(&l, id) : look_at_all(&l);
}

static void note_any(void *arg, struct subject *s) {
	(void)s;
	*(bool *)arg = true;
}

struct problem *flow_any_record(struct flow_world *fw, const struct form *form, int64_t id,
				const struct expr_paths *paths, const struct expr *e, bool *out) {
	*out = false;
	return flow_each_record(fw, form, id, paths, e, note_any, out);
}
