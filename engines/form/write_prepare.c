/* write_prepare.c -- the first stage: everything about a write that can be decided on a snapshot.
 *  1. Rights are judged with the people of the snapshot itself, never with older ones.
 *  2. Every record that was read is noted; commit refuses to build on one that has changed since.
 *  3. A refused write leaves nothing: prepare stores nothing at all. */
#include "engines/form/inside.h"
#include "engines/form/prepare.h"
#include "engines/form/rollup.h"

#include "runtime/store/search.h"

/* ---- people of this snapshot ---- */

static void release_directory(void *directory) { directory_release(directory); }

struct problem *request_people(struct request *rq, struct tx *tx, struct store *s) {
	struct problem *problem = NULL;
	int64_t epoch = tx_epoch(tx);
	if (epoch < 0) return &store_io;
	if (rq->directory && rq->directory->epoch == epoch) return NULL;
	struct directory *d = people_take(s, tx, &problem);
	if (problem) return problem;
	arena_defer(rq->arena, release_directory, d);
	rq->directory = d;
	if (!rq->actor) return NULL;
	rq->actor = directory_user(d, str_of(rq->actor->login));
	if (!rq->actor || !rq->actor->active) return PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	return NULL;
}

/* ---- the record it starts from ---- */

static struct problem *load_stored(struct prepared *p, bool deleted) {
	struct write *w = p->w;
	struct record *r = NULL;
	TRY(record_load(p->tx, &p->codec, w->form, w->id, RECORD_WHOLE, &r));
	if (!r || record_alive(r) == deleted) return PROBLEM(p->rq->arena, NOT_FOUND, "not_found");
	note_read(p, r, RECORD_WHOLE);
	p->root.old = r;
	return NULL;
}

static struct problem *check_match(struct prepared *p) {
	const struct write *w = p->w;
	if (w->if_match < 0 || !p->root.old || w->if_match == p->root.old->rev) return NULL;
	return stale_problem(p);
}

static void begin_root(struct prepared *p) {
	struct arena *a = p->rq->arena;
	const struct record *old = p->root.old;
	struct record *now = old ? record_shallow(a, old) : record_new(a, p->w->form);
	if (!old) now->id = store_new_id(p->store);
	now->rev = old ? old->rev + 1 : 1;
	unit_init(&p->root, p, p->w->form, now, old);
	if (!old) rollups_begin(&p->root);
}

static bool changes_nothing(struct prepared *p) {
	const struct write_plan *plan = write_plan(p->root.form);
	if (!p->root.old || unit_differs(&p->root)) return false;
	for (size_t i = 0; i < plan->table_count; i++)
		if (table_differs(p, plan->tables[i])) return false;
	return true;
}

/* ---- one function an operation ---- */

/* What the writer would else have to make. */
static struct problem *make_ready(struct prepared *p) {
	const struct record *now = p->root.now, *old = p->root.old;
	p->search = search_ready(p->rq->arena, now->form, old ? old->values : NULL, now->values);
	const struct write_plan *plan = write_plan(now->form);
	if (old || plan->serial_count || plan->serial_read) return NULL;
	return record_cells(p->tx, &p->codec, now, &p->cells);
}

static struct problem *prepare_values(struct prepared *p) {
	TRY(rights_check(p));
	TRY(check_match(p));
	begin_root(p);
	TRY(input_apply(p));
	if (p->w->look) return NULL;
	TRY(links_admit(p));
	TRY(defaults_apply(p));
	TRY(derive(p));
	TRY(validate_apply(p));
	TRY(transitions_check(p));
	TRY(duplicates_judge(p));
	if (p->w->dry_run) {
		TRY(unique_ask(p));
		TRY(rights_show_trial(p));
		return moves_find(p);
	}
	TRY(faults_problem(&p->w->faults));
	TRY(rights_check_after(p));
	TRY(guard_check(p));
	p->unchanged = changes_nothing(p);
	return p->unchanged ? NULL : make_ready(p);
}

static struct problem *prepare_update(struct prepared *p) {
	TRY(load_stored(p, false));
	return prepare_values(p);
}

static struct problem *guard_deletion(struct prepared *p) {
	begin_root(p);
	return guard_check(p);
}

static struct problem *prepare_delete(struct prepared *p) {
	TRY(load_stored(p, false));
	TRY(rights_check(p));
	TRY(check_match(p));
	return p->w->form->flow_count ? guard_deletion(p) : NULL;
}

static struct problem *check_there(struct prepared *p, struct unit *u, const struct field *f,
				   int64_t id) {
	struct record *target = NULL;
	if (id == p->root.now->id || unit_has(u, f, UNIT_FAULT)) return NULL;
	TRY(fetch(p, f->target, id, RECORD_PLAIN, &target));
	if (!target) UNIT_FAULT_AT(u, f, "reference_absent");
	return NULL;
}

/* Its references must lead somewhere again; that they did once was checked when they were written.
 */
static struct problem *check_restored(struct prepared *p, struct unit *u) {
	const struct write_plan *plan = write_plan(u->form);
	for (size_t i = 0; i < plan->ref_count; i++) {
		const struct field *f = plan->refs[i];
		const struct value *v = unit_value(u, f);
		if (v->kind == VALUE_REF) TRY(check_there(p, u, f, v->as.i));
		for (size_t k = 0; v->kind == VALUE_LIST && k < v->as.list.n; k++)
			TRY(check_there(p, u, f, v->as.list.items[k].as.i));
	}
	return NULL;
}

static struct problem *prepare_restore(struct prepared *p) {
	TRY(load_stored(p, true));
	TRY(rights_check(p));
	TRY(check_match(p));
	if (p->w->look) return NULL;
	begin_root(p);
	TRY(input_apply(p));
	for (size_t i = 0; i < prepared_units(p); i++) TRY(check_restored(p, prepared_unit(p, i)));
	TRY(duplicates_judge(p));
	return faults_problem(&p->w->faults);
}

static struct problem *(*const operations[])(struct prepared *p) = {
	[WRITE_CREATE] = prepare_values,
	[WRITE_UPDATE] = prepare_update,
	[WRITE_DELETE] = prepare_delete,
	[WRITE_RESTORE] = prepare_restore,
};

struct problem *prepare_on(struct tx *tx, struct request *rq, struct store *s, struct write *w) {
	struct prepared *p = arena_alloc(rq->arena, sizeof *p);
	w->prepared = p;
	w->faults = (struct faults){ .arena = rq->arena };
	*p = (struct prepared){ .rq = rq,
				.store = s,
				.tx = tx,
				.w = w,
				.epoch = tx_epoch(tx),
				.commits = tx_commits(tx) };
	p->root = (struct unit){ .p = p, .form = w->form };
	p->root.pointer = w->pointer ? w->pointer : "";
	p->app_serial = rq->app->serial;
	TRY(request_people(p->rq, tx, s));
	p->codec = request_codec(rq);
	p->frame = request_frame(rq, NULL);
	TRY(operations[w->op](p));
	p->tx = NULL; /* commit brings its own */
	return NULL;
}

struct problem *write_prepare(struct request *rq, struct store *s, struct write *w) {
	struct tx *tx;
	TRY(tx_read(s, rq->arena, &tx));
	return tx_end(tx, prepare_on(tx, rq, s, w));
}
