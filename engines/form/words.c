/* words.c -- what a rule of the definition says to the actor, with its {expressions} filled in.
 * Invariant: a value is filled in only where every grant that lets the actor read gives it unmasked,
 * on a record he sees. Else he reads an ellipsis: an error text tells no more than a page (P07). */
#include "engines/form/write.h"

/* The form whose rights bound a unit's: a row's are those of its record. */
static const struct form *governing(const struct unit *u) {
	return u->parent ? u->parent->form : u->form;
}

static struct problem *sees_target(struct unit *u, const struct expr_path *path, bool *sees) {
	const struct unit *from = path->root == ROOT_PARENT ? u->parent : u;
	const struct field *ref = path->fields[0];
	const struct value *v = unit_value(from, ref);
	struct record *target = NULL;
	*sees = v->kind == VALUE_NULL;
	if (v->kind != VALUE_REF) return NULL;
	TRY(fetch(u->p, ref->target, v->as.i, RECORD_PLAIN, &target));
	return target ? rights_sees(u->p, ref->target, target, sees) : NULL;
}

static bool gives(const struct request *rq, const struct form *form, const struct field *f) {
	struct access ac;
	if (access_of(rq, form, &ac)) return false;
	return ac.everything || access_filters(&ac, f);
}

static bool sees_everything(const struct request *rq, const struct form *form) {
	struct access ac;
	return !access_of(rq, form, &ac) && ac.everything;
}

/* Farther than one reference on, only who sees everything is told. */
static struct problem *may_tell(struct unit *u, const struct expr_path *path, bool *may) {
	const struct request *rq = u->p->rq;
	const struct form *form = governing(u);
	bool own = path->root == ROOT_RECORD || path->root == ROOT_PARENT;
	*may = path->root == ROOT_USER || path->root == ROOT_COMPANY || !path->length ||
	       sees_everything(rq, form);
	if (*may || !own) return NULL;
	*may = gives(rq, form, path->fields[0]);
	if (!*may || path->length == 1) return NULL;
	const struct field *first = path->fields[0];
	bool near = path->length == 2;
	if (first->rows) {
		*may = near && gives(rq, form, path->fields[1]);
		return NULL;
	}
	*may = near && first->target && gives(rq, first->target, path->fields[1]);
	return *may ? sees_target(u, path, may) : NULL;
}

/* Of a record that another's write has moved, only who sees it is told anything. */
static struct problem *sees_record(struct unit *u, bool *sees) {
	struct prepared *p = u->p;
	const struct unit *root = u->parent ? u->parent : u;
	*sees = !root->old || p->access.everything || p->reader_count > 0;
	if (*sees) return NULL;
	return rights_sees(p, root->form, (struct record *)(uintptr_t)root->old, sees);
}

static struct problem *may_fill(struct unit *u, const struct expr *e, bool *may) {
	TRY(sees_record(u, may));
	for (size_t i = 0; *may && i < u->form->paths.count; i++)
		if (expr_uses(e, i)) TRY(may_tell(u, &u->form->paths.items[i], may));
	return NULL;
}

struct problem *unit_words(struct unit *u, const struct words *words, const char **out) {
	enum language language = u->p->rq->language;
	const struct expr *with = words->with[language];
	bool may = false, ok = true, quiet = u->p->quiet;
	struct value v = VALUE_NONE;
	*out = label_text(&words->told, language);
	if (with) TRY(may_fill(u, with, &may));
	if (!may) return NULL;
	u->p->quiet = true; /* words that cannot be made stay with their ellipsis */
	struct problem *p = unit_eval(u, NULL, with, &v, &ok);
	u->p->quiet = quiet;
	if (!p && ok && v.kind == VALUE_TEXT) *out = str_dup(u->p->rq->arena, v.as.s);
	return p;
}
