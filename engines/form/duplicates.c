/* duplicates.c -- records that a form's duplicate rules take for the same thing.
 *  1. A rule that refuses acts like a unique key: at every door, and it never names the other
 * record, whom the caller may not be allowed to see. It is asked on the snapshot, so that it is
 * told with the other faults, and again on the writer when the form's table was written since.
 *  2. A rule is asked when the record is new, comes back from the recycle bin, or one of its fields
 * changes: what was stored before the rule came stays as it is until somebody touches it.
 *  3. A hint (record_duplicates) is for who reads every field of the rule, unmasked, in every
 * record he reads: nobody learns from it what a field he may not see holds. The records go through
 * the one read path. Of those he may not see he is told what the rule says (`outside`), no more.
 *  4. Bounded: LOOKED_AT of the newest are looked at, SHOWN are told. */
#include "engines/form/prepare.h"

#include <stdlib.h>

#include "runtime/store/read.h"

enum { LOOKED_AT = 50, SHOWN = 5 };

/* ---- rules that refuse ---- */

static bool touches(const struct unit *u, const struct duplicate_rule *rule) {
	if (!u->old || u->p->w->op == WRITE_RESTORE) return true;
	for (size_t i = 0; i < rule->n; i++)
		if (unit_changed(u, rule->matches[i].field)) return true;
	return false;
}

static bool has_fault(const struct unit *u, const struct duplicate_rule *rule) {
	for (size_t i = 0; i < rule->n; i++)
		if (unit_has(u, rule->matches[i].field, UNIT_FAULT)) return true;
	return false;
}

static struct problem *applies(struct unit *u, const struct duplicate_rule *rule, bool *out) {
	*out = true;
	return rule->when ? unit_test(u, rule->matches[0].field, rule->when, out) : NULL;
}

static struct problem *refuse(struct prepared *p, const struct duplicate_rule *rule) {
	struct unit *u = &p->root;
	int64_t *ids;
	size_t n;
	if (has_fault(u, rule)) return NULL;
	TRY(record_alike(p->tx, &p->codec, rule, u->now, 1, &ids, &n));
	for (size_t i = 0; n && i < rule->n; i++) {
		const struct field *f = rule->matches[i].field;
		UNIT_FAULT_AT(u, f, "duplicate_record", "field", f->name);
	}
	return NULL;
}

struct problem *duplicates_judge(struct prepared *p) {
	const struct form *form = p->root.form;
	p->refusing = arena_array(p->rq->arena, form->duplicate_count + 1, sizeof *p->refusing);
	for (size_t i = 0; i < form->duplicate_count; i++) {
		const struct duplicate_rule *rule = &form->duplicates[i];
		bool asked;
		if (!rule->block || !touches(&p->root, rule)) continue;
		TRY(applies(&p->root, rule, &asked));
		if (!asked) continue;
		p->refusing[p->refusing_count++] = rule;
		TRY(refuse(p, rule));
	}
	return NULL;
}

struct problem *duplicates_check(struct prepared *p) {
	if (!p->refusing_count || tx_unwritten(p->tx, p->root.form->table, p->commits)) return NULL;
	for (size_t i = 0; i < p->refusing_count; i++) TRY(refuse(p, p->refusing[i]));
	return faults_problem(&p->w->faults);
}

/* ---- what a person is told while typing ---- */

struct hint {
	struct prepared *p;
	struct request *rq;
	const struct duplicate_rule *rule;
	struct read_page page; /* those he may see */
	const int64_t *unseen;
	size_t unseen_count;
};

static bool may_know(const struct access *ac, const struct duplicate_rule *rule) {
	bool knows = access_may(ac, ACTION_READ);
	for (size_t i = 0; knows && i < rule->n; i++)
		knows = access_filters(ac, rule->matches[i].field);
	return knows;
}

static bool is_listed(const struct read_page *page, int64_t id) {
	for (size_t i = 0; i < page->n; i++)
		if (page->records[i]->id == id) return true;
	return false;
}

/* What stands beside the title: what was compared, whose it is, when it came. */
static void ask_columns(struct query *q, const struct duplicate_rule *rule) {
	static const enum system_field also[] = { SYSTEM_OWNER, SYSTEM_CREATED_AT };
	q->columns = arena_array(q->arena, rule->n + ARRAY_LEN(also), sizeof *q->columns);
	q->column_count = 0;
	for (size_t i = 0; i < rule->n; i++)
		q->columns[q->column_count++] = query_column_of(q, rule->matches[i].field);
	for (size_t i = 0; i < ARRAY_LEN(also); i++)
		q->columns[q->column_count++] = query_column_of(q, form_system(q->form, also[i]));
}

static struct problem *read_seen(struct hint *h, const int64_t *ids, size_t n) {
	struct query *q = query_new(h->rq, h->p->root.form);
	q->ids = ids;
	q->id_count = n;
	q->limit = (int64_t)n;
	q->titles = true;
	ask_columns(q, h->rule);
	TRY(permission_query(h->rq, q, ACTION_READ));
	return read_page(h->rq, h->p->tx, q, &h->page);
}

static int newest_first(const void *a, const void *b) {
	const struct record *const *x = a, *const *y = b;
	return ((*x)->id < (*y)->id) - ((*x)->id > (*y)->id);
}

static struct problem *find(struct hint *h) {
	int64_t *ids, *unseen;
	size_t n;
	TRY(record_alike(h->p->tx, &h->p->codec, h->rule, h->p->root.now, LOOKED_AT, &ids, &n));
	if (!n) return NULL;
	TRY(read_seen(h, ids, n));
	qsort(h->page.records, h->page.n, sizeof(struct record *), newest_first);
	h->unseen = unseen = arena_array(h->rq->arena, n, sizeof *unseen);
	for (size_t i = 0; i < n; i++)
		if (!is_listed(&h->page, ids[i])) unseen[h->unseen_count++] = ids[i];
	return NULL;
}

static void write_rule(struct jw *w, const struct duplicate_rule *rule) {
	jw_set_text(w, "level", rule->block ? "block" : "warn");
	jw_key(w, "fields");
	jw_array(w);
	for (size_t i = 0; i < rule->n; i++) jw_text(w, rule->matches[i].field->name);
	jw_end(w);
}

static void write_match(struct jw *w, const struct hint *h, const struct record *r) {
	const struct field **only = arena_array(h->rq->arena, h->rule->n + 3, sizeof *only);
	size_t n = 0;
	only[n++] = form_system(r->form, SYSTEM_ID); /* its title */
	for (size_t i = 0; i < h->rule->n; i++) only[n++] = h->rule->matches[i].field;
	only[n++] = form_system(r->form, SYSTEM_OWNER);
	only[n++] = form_system(r->form, SYSTEM_CREATED_AT);
	jw_object(w);
	write_rule(w, h->rule);
	jw_key(w, "record");
	record_json(w, &h->p->codec, r, (const struct field *const *)only, n);
	jw_end(w);
}

static struct problem *write_owner(struct jw *w, const struct hint *h, int64_t id) {
	struct record *r;
	TRY(read_whole(h->rq, h->p->tx, h->p->root.form, id, &r));
	const struct value *owner =
		r ? &r->values[form_system(r->form, SYSTEM_OWNER)->index] : NULL;
	if (!owner || owner->kind != VALUE_TEXT) return NULL;
	const struct user *user = directory_user(h->rq->directory, owner->as.s);
	if (!user) return NULL;
	jw_object(w);
	jw_set_text(w, "user", user->login);
	jw_set_text(w, "title", label_text(&user->name, h->rq->language));
	jw_end(w);
	return NULL;
}

static struct problem *write_outside(struct jw *w, const struct hint *h) {
	size_t told = h->rule->outside == OUTSIDE_OWNER ? h->unseen_count : 0;
	jw_object(w);
	write_rule(w, h->rule);
	jw_key(w, "owners");
	jw_array(w);
	for (size_t i = 0; i < told && i < SHOWN; i++) TRY(write_owner(w, h, h->unseen[i]));
	jw_end(w);
	jw_end(w);
	return NULL;
}

static struct problem *find_all(struct prepared *p, struct hint *hints, size_t *n) {
	const struct form *form = p->root.form;
	for (size_t i = 0; i < form->duplicate_count; i++) {
		struct hint *h = &hints[*n];
		bool asked;
		*h = (struct hint){ .p = p, .rq = p->rq, .rule = &form->duplicates[i] };
		if (!may_know(&p->access, h->rule)) continue;
		TRY(applies(&p->root, h->rule, &asked));
		if (!asked) continue;
		TRY(find(h));
		*n += h->page.n || h->unseen_count;
	}
	return NULL;
}

/* A record that several rules find is told once, by the first of them. */
static bool told_before(const struct hint *hints, size_t at, int64_t id) {
	for (size_t i = 0; i < at; i++)
		if (is_listed(&hints[i].page, id)) return true;
	return false;
}

static struct problem *tell(struct prepared *p, struct jw *w) {
	struct hint *hints =
		arena_array(p->rq->arena, p->root.form->duplicate_count + 1, sizeof *hints);
	size_t n = 0;
	TRY(find_all(p, hints, &n));
	jw_object(w);
	jw_key(w, "matches");
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < hints[i].page.n && k < SHOWN; k++)
			if (!told_before(hints, i, hints[i].page.records[k]->id))
				write_match(w, &hints[i], hints[i].page.records[k]);
	jw_end(w);
	jw_key(w, "outside");
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		if (hints[i].rule->outside && hints[i].unseen_count)
			TRY(write_outside(w, &hints[i]));
	jw_end(w);
	jw_end(w);
	return NULL;
}

static struct problem *look(struct tx *tx, struct request *rq, struct store *s, struct write *w,
			    struct jw *out) {
	TRY(prepare_on(tx, rq, s, w));
	w->prepared->tx = tx;
	return tell(w->prepared, out);
}

struct problem *record_duplicates(struct request *rq, struct store *s, const struct form *form,
				  int64_t id, const struct json *values, struct jw *out) {
	struct write w = { .op = id ? WRITE_UPDATE : WRITE_CREATE,
			   .form = form,
			   .id = id,
			   .if_match = -1,
			   .body = values,
			   .dry_run = true };
	struct tx *tx;
	TRY(tx_read(s, rq->arena, &tx));
	return tx_end(tx, look(tx, rq, s, &w, out));
}
