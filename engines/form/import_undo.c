/* import_undo.c -- a whole import taken back, some records at a time: worked out one by one, written
 * in one transaction; where one is refused its companions are tried one by one. */
#include "engines/form/import_undo.h"

#include <unistd.h>
#include "engines/form/csv.h"
#include "engines/form/import_slice.h"
#include "engines/form/versions.h"
#include "runtime/store/record_sql.h"

enum { AT_ONCE = 50, LINE_MAX = 64 * 1024 };

struct going {
	struct request *base;
	struct store *store;
	struct import_undo *undo;
	struct import_result *result;
	struct str done, undone; /* causes of the import's lines and of this one's */
	int64_t total;
};
enum fate { PASSED, DELETED, REVERTED, LEFT };
struct item {
	int64_t id;
	enum fate fate;
	struct write write;
	const struct revert_kept *kept; /* told in the order they stand */
};
struct portion {
	struct going *g;
	struct request rq;
	struct item *items;
	size_t n;
};

/* ---- what to do with a record ---- */

struct traces {
	int64_t rev;
	bool live, created; /* by the import */
	bool others;        /* somebody else has a line in it */
	bool undone;
};

static void trace(const struct going *g, const struct rows *rows, struct traces *t) {
	struct str cause = rows_text(rows, 6);
	bool own = str_eq(cause, g->done);
	t->undone |= str_eq(cause, g->undone);
	t->others |= !own;
	t->created |= own && str_is(rows_text(rows, 4), "create");
}

static struct problem *read_traces(struct portion *p, struct tx *tx, int64_t id, struct traces *t) {
	const struct form *form = p->g->undo->form;
	struct rows *rows;
	*t = (struct traces){ .rev = 0 };
	TRY(record_revision(tx, form, id, &t->rev, &t->live));
	TRY(record_history_rows(tx, form, id, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		trace(p->g, rows, t);
	}
	rows_close(rows);
	return NULL;
}

static void leave(struct portion *p, struct item *item, const char *code, const char *detail) {
	struct revert_kept *k = arena_alloc(p->rq.arena, sizeof *k);
	*k = (struct revert_kept){ .code = code, .detail = detail };
	item->fate = LEFT;
	item->kept = k;
}

/* Who does not see it is told nothing of it; what the store cannot do is nobody's reason. */
static struct problem *refused(struct portion *p, struct item *item, struct problem *why) {
	if (import_store_failed(why)) return why;
	item->fate = PASSED;
	if (why->kind == PROBLEM_NOT_FOUND) return NULL;
	leave(p, item, why->code, problem_text(p->rq.arena, p->rq.language, why));
	return NULL;
}

static struct problem *plan_delete(struct portion *p, struct item *item, const struct traces *t) {
	const struct fault since = { .pointer = "", .code = "changed_since" };
	item->write = (struct write){ .op = WRITE_DELETE,
				      .form = p->g->undo->form,
				      .id = item->id,
				      .if_match = t->rev,
				      .cause = p->g->undone.p };
	struct problem *why = write_prepare(&p->rq, p->g->store, &item->write);
	if (!why) why = faults_problem(&item->write.faults);
	if (why) return refused(p, item, why);
	item->fate = DELETED;
	if (t->others)
		leave(p, item, since.code, fault_text(p->rq.arena, p->rq.language, &since));
	return NULL;
}

static struct problem *plan_revert(struct portion *p, struct item *item) {
	struct revert r = { .form = p->g->undo->form,
			    .id = item->id,
			    .of = p->g->done,
			    .cause = p->g->undone.p };
	struct revert_plan plan;
	struct problem *why = record_revert_plan(&p->rq, p->g->store, &r, &plan);
	if (why) return refused(p, item, why);
	item->kept = plan.kept;
	item->write = plan.write;
	item->fate = plan.changes ? REVERTED : plan.kept ? LEFT : PASSED;
	return NULL;
}

static struct problem *plan(struct portion *p, struct item *item) {
	struct traces t;
	struct tx *tx;
	*item = (struct item){ .id = item->id, .fate = PASSED };
	TRY(tx_read(p->g->store, p->rq.arena, &tx));
	TRY(tx_end(tx, read_traces(p, tx, item->id, &t)));
	if (t.undone || !t.live) return NULL;
	return t.created ? plan_delete(p, item, &t) : plan_revert(p, item);
}

/* ---- figures and reasons ---- */

static const char *number(struct arena *a, int64_t n) {
	return n ? arena_printf(a, "%lld", (long long)n) : "";
}

static void tell_line(struct portion *p, const struct undo_reason *r) {
	struct sb line = sb_on(p->rq.arena, LINE_MAX);
	csv_field(&line, str_of(number(p->rq.arena, r->id)), true, true);
	csv_field(&line, str_of(r->field ? r->field : ""), false, true);
	csv_field(&line, str_of(number(p->rq.arena, r->row)), false, true);
	csv_field(&line, str_of(r->column ? r->column : ""), false, true);
	csv_field(&line, str_of(r->detail), false, true);
	sb_cat(&line, "\r\n");
	/* A disk that is full takes a reason away, not the count. */
	ssize_t written = write(p->g->undo->errors_fd, sb_cstr(&line), line.n);
	(void)written;
}

static void tell(struct portion *p, const struct item *item) {
	struct import_undo *undo = p->g->undo;
	struct arena *a = p->g->base->arena;
	for (const struct revert_kept *k = item->kept; k; k = k->next) {
		struct undo_reason r = { item->id, k->row, k->field, k->column, k->code, k->detail };
		tell_line(p, &r);
		if (undo->n == UNDO_REASONS) continue;
		r.detail = arena_strdup(a, r.detail); /* names and codes stay; the lot's arena goes */
		undo->reasons[undo->n++] = r;
	}
}

static void count(struct portion *p, const struct item *item) {
	struct import_undo *u = p->g->undo;
	struct import_result *r = p->g->result;
	int64_t *by[] = { [PASSED] = &u->skipped,
			  [DELETED] = &u->deleted,
			  [REVERTED] = &u->reverted,
			  [LEFT] = &u->left };
	++*by[item->fate];
	u->partly += item->fate == REVERTED && item->kept;
	tell(p, item);
	r->read++;
	r->updated = u->deleted + u->reverted;
	r->skipped = u->skipped;
	r->failed = u->left + u->partly;
}

/* ---- writing ---- */

static bool is_written(const struct item *item) {
	return item->fate == DELETED || item->fate == REVERTED;
}

/* As it stands now: others may have changed it since, or those written before it. */
static struct problem *one(struct portion *p, struct item *item) {
	TRY(plan(p, item));
	if (!is_written(item)) return NULL;
	struct problem *why = record_write(&p->rq, p->g->store, LANE_BULK, &item->write);
	return why ? refused(p, item, why) : NULL;
}

static struct problem *write_items(struct portion *p) {
	struct write *writes = arena_array(p->rq.arena, p->n + 1, sizeof *writes);
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (is_written(&p->items[i])) writes[n++] = p->items[i].write;
	if (!n) return NULL;
	struct problem *why = record_write_all(&p->rq, p->g->store, LANE_BULK, writes, n);
	if (why && import_store_failed(why)) return why;
	for (size_t i = 0; why && i < p->n; i++)
		if (is_written(&p->items[i])) TRY(one(p, &p->items[i]));
	return NULL;
}

/* *before: the last id dealt with. */
static struct problem *some(struct going *g, struct arena *a, int64_t *before, bool *more) {
	struct portion p = { .g = g, .rq = *g->base };
	struct tx *tx;
	int64_t *ids;
	p.rq.arena = a;
	TRY(tx_read(g->store, a, &tx));
	TRY(tx_end(tx, record_caused(tx, g->undo->form, g->done, *before, AT_ONCE, &ids, &p.n)));
	*more = p.n == AT_ONCE;
	if (!p.n) return NULL;
	*before = ids[p.n - 1];
	p.items = arena_array(a, p.n, sizeof *p.items);
	for (size_t i = 0; i < p.n; i++) {
		p.items[i].id = ids[i];
		TRY(plan(&p, &p.items[i]));
	}
	if (!g->undo->dry_run) TRY(write_items(&p));
	for (size_t i = 0; i < p.n; i++) count(&p, &p.items[i]);
	return NULL;
}

static bool go_on(const struct going *g) {
	const struct import_undo *u = g->undo;
	int64_t done = g->result->read < g->total ? g->result->read : g->total;
	return u->progress(u->progress_arg, done, g->total, g->result);
}

static struct problem *begin(struct going *g) {
	static const char head[] = "\xEF\xBB\xBFid,field,row,column,reason\r\n";
	struct tx *tx;
	ssize_t written = write(g->undo->errors_fd, head, sizeof head - 1);
	(void)written;
	TRY(tx_read(g->store, g->base->arena, &tx));
	return tx_end(tx, record_caused_count(tx, g->undo->form, g->done, &g->total));
}

struct problem *import_undo(struct request *rq, struct store *s, struct import_undo *undo,
			    struct import_result *out) {
	struct going g = { .base = rq,
			   .store = s,
			   .undo = undo,
			   .result = out,
			   .done = str_of(import_cause(rq->arena, undo->job)),
			   .undone = str_of(arena_printf(rq->arena, "undo/%lld",
							 (long long)undo->job)) };
	int64_t before = INT64_MAX;
	TRY(begin(&g));
	for (bool more = true; more;) {
		if (!go_on(&g)) return PROBLEM(rq->arena, CONFLICT, "job_cancelled");
		struct arena *a = arena_new(0);
		struct problem *p = some(&g, a, &before, &more);
		if (p) p = problem_copy(rq->arena, p);
		arena_free(a);
		if (p) return p;
	}
	return NULL;
}

static void reason_json(struct jw *w, const struct undo_reason *r) {
	jw_object(w);
	jw_set_int(w, "id", r->id);
	if (r->field) {
		jw_set_text(w, "field", r->field);
	}
	if (r->row) {
		jw_set_int(w, "row", r->row);
	}
	if (r->column) {
		jw_set_text(w, "column", r->column);
	}
	jw_set_text(w, "code", r->code);
	jw_set_text(w, "detail", r->detail);
	jw_end(w);
}

void import_undo_json(struct jw *w, const struct import_undo *u) {
	const struct {
		const char *name;
		int64_t n;
	} figures[] = { { "deleted", u->deleted },
			{ "reverted", u->reverted },
			{ "partly", u->partly },
			{ "left", u->left },
			{ "skipped", u->skipped } };
	jw_object(w);
	jw_set_text(w, "import", arena_printf(w->out->arena, "%lld", (long long)u->job));
	jw_set_bool(w, "dry_run", u->dry_run);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		jw_set_int(w, figures[i].name, figures[i].n);
	}
	jw_key(w, "reasons");
	jw_array(w);
	for (size_t i = 0; i < u->n; i++) reason_json(w, &u->reasons[i]);
	jw_end(w);
	jw_end(w);
}
