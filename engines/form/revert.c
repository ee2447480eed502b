/* revert.c -- back to a version (versions.h): what is to be written is tried, and what is refused
 * stays and is named, until nothing is refused any more.
 *  1. Every value that may be given is given, changed or not: what a fill or a linkage would make
 * of the others is not what was there.
 *  2. A fault at something that would change takes that out: a value of a row that is there alone,
 * of a row that would come back the whole row, at a table all its rows. Any other fault is the
 * answer: nothing is written. */
#include "engines/form/versions.h"

#include "engines/form/input.h"
#include "engines/form/past.h"
#include "runtime/base/catalogue.h"
#include "runtime/store/read.h"

struct item { /* one value */
	const struct field *field;
	const char *pointer;
	struct value value;
	bool changes, out;
};
struct returning { /* one unit of the past */
	const struct past_unit *unit;
	const char *pointer;
	struct item *items;
	size_t n;
	bool changes; /* a row comes, goes, or a value of it changes */
	bool out;
};
struct going {
	struct request *rq;
	struct store *store;
	struct revert *r;
	struct past past;
	const struct record *shown; /* the record as it is, for who asks */
	struct returning *units;
	size_t n;
	struct revert_kept *kept, **last;
	struct write w;
};

static void keep(struct going *g, const struct past_unit *u, const struct field *f,
		 const struct fault *why) {
	struct revert_kept *k = arena_alloc(g->rq->arena, sizeof *k);
	*k = (struct revert_kept){ .field = u->table ? u->table->name : f->name,
			    .column = u->table && f ? f->name : NULL,
			    .row = u->table ? u->id : 0,
			    .code = why->code,
			    .detail = fault_text(g->rq->arena, g->rq->language, why) };
	*g->last = k;
	g->last = &k->next;
}

/* ---- what is to be given ---- */

static bool lists_records(const struct field *f) {
	return f->target && f->type->storage == STORE_VALUES;
}

static bool by_hand(const struct field *f) {
	return past_holds(f) && !f->serial && !field_is_made(f) && field_takes_value(f);
}

static const char *pointer_of(struct going *g, const struct returning *u, const struct field *f) {
	return pointer_join(g->rq->arena, u->pointer, str_of(f->name));
}

static const struct fault changed_since = { .pointer = "", .code = "changed_since" };

/* A value that only may be seen masked is left alone, whatever it was: telling whether it differs
 * would tell of it. */
static void add_item(struct going *g, struct returning *u, const struct field *f) {
	static const struct fault masked = { .pointer = "", .code = "version_masked" };
	const struct past_unit *unit = u->unit;
	enum field_right reads = rights_reads(&g->past.p, f);
	bool touched = unit->touched[f->index];
	if (!by_hand(f) || reads < RIGHT_READ) {
		if (by_hand(f) && reads == RIGHT_MASK && touched) keep(g, unit, f, &masked);
		return;
	}
	if (unit->stays[f->index]) keep(g, unit, f, &changed_since);
	if (unit->unread[f->index]) {
		keep(g, unit, f, unit->unread[f->index]);
		return;
	}
	const struct value *was = &unit->was->values[f->index];
	struct item item = { .field = f, .pointer = pointer_of(g, u, f), .value = *was };
	item.changes = !unit->now || !value_same(was, &unit->now->values[f->index]);
	if (lists_records(f) && !touched) return;
	u->changes |= item.changes;
	u->items[u->n++] = item;
}

static const char *unit_place(struct going *g, const struct past_unit *u) {
	const char *table = u->table ? pointer_join(g->rq->arena, "", str_of(u->table->name)) : "";
	return u->table ? arena_printf(g->rq->arena, "%s/%lld", table, (long long)u->id) : "";
}

static void add_unit(struct going *g, const struct past_unit *unit) {
	struct returning *u = &g->units[g->n];
	bool hidden = unit->table && rights_reads(&g->past.p, unit->table) < RIGHT_READ;
	if (hidden || (!unit->now && !unit->was)) return;
	if (unit->left) keep(g, unit, NULL, &changed_since);
	*u = (struct returning){ .unit = unit, .pointer = unit_place(g, unit) };
	u->items = arena_array(g->rq->arena, unit->form->field_count + 1, sizeof *u->items);
	u->changes = unit->table && (!unit->now || !unit->was);
	g->n++;
	for (size_t i = 0; unit->was && i < unit->form->field_count; i++)
		add_item(g, u, unit->form->fields[i]);
}

static bool alike(const struct going *g, const struct record *a, const struct record *b) {
	for (size_t i = 0; i < a->form->declared_count; i++) {
		const struct field *f = a->form->fields[i];
		bool counts = by_hand(f) && rights_reads(&g->past.p, f) >= RIGHT_READ;
		if (counts && !value_same(&a->values[i], &b->values[i])) return false;
	}
	return true;
}

/* A row that was deleted and is back already, as another one, need not come back again. */
static void pair_rows(struct going *g) {
	for (size_t i = 0; i < g->n; i++) {
		struct returning *back = &g->units[i];
		for (size_t k = 0; k < g->n && !back->unit->now && !back->out; k++) {
			struct returning *gone = &g->units[k];
			bool pair = gone->unit->table == back->unit->table && !gone->unit->was &&
				    !gone->out && alike(g, gone->unit->now, back->unit->was);
			gone->out |= pair;
			back->out = pair;
		}
	}
}

/* Of lists of references only what he sees: the others stay as they are (field_refs.c). */
static struct problem *look_back(struct going *g, struct tx *tx) {
	struct past *past = &g->past;
	const struct past_of of = { g->r->form, g->r->id, g->r->rev, g->r->of };
	TRY(past_read(g->rq, tx, &of, past));
	TRY(read_refs_of(g->rq, tx, g->r->form, &past->was, 1));
	TRY(rights_shown(&past->p, past->p.root.old, past->p.readers, past->p.reader_count,
			 &g->shown));
	g->units = arena_array(g->rq->arena, past->n + 1, sizeof *g->units);
	for (size_t i = 0; i < past->n; i++) add_unit(g, &past->units[i]);
	pair_rows(g);
	return NULL;
}

/* ---- as input of a write ---- */

static void give(struct input *in, const struct returning *u) {
	for (size_t i = 0; i < u->n; i++)
		if (!u->items[i].out)
			in->fields[in->n++] =
				(struct input_field){ .field = u->items[i].field,
						      .value = u->items[i].value,
						      .pointer = u->items[i].pointer };
}

static struct input input_room(struct going *g, size_t n) {
	return (struct input){ arena_array(g->rq->arena, n + 1, sizeof(struct input_field)), 0 };
}

static void give_row(struct going *g, struct input_rows *rows, int64_t *deleted,
		     const struct returning *u) {
	if (!u->unit->was) {
		deleted[rows->deleted_count++] = u->unit->id;
		return;
	}
	struct input_row *row = &rows->rows[rows->n++];
	*row = (struct input_row){ .id = u->unit->now ? u->unit->id : 0, .pointer = u->pointer };
	row->values = input_room(g, u->n);
	give(&row->values, u);
}

static void give_table(struct going *g, struct input *in, const struct field *table) {
	struct arena *a = g->rq->arena;
	struct input_rows *rows = arena_alloc(a, sizeof *rows);
	int64_t *deleted = arena_array(a, g->n + 1, sizeof *deleted);
	*rows = (struct input_rows){ .deleted = deleted };
	rows->rows = arena_array(a, g->n + 1, sizeof *rows->rows);
	for (size_t i = 0; i < g->n; i++) {
		const struct returning *u = &g->units[i];
		if (u->unit->table == table && u->changes && !u->out) give_row(g, rows, deleted, u);
	}
	if (rows->n || rows->deleted_count)
		in->fields[in->n++] =
			(struct input_field){ .field = table,
					      .rows = rows,
					      .pointer = pointer_join(a, "", str_of(table->name)) };
}

static void prepare_input(struct going *g, bool trial) {
	const struct write_plan *plan = write_plan(g->r->form);
	struct input *in = arena_alloc(g->rq->arena, sizeof *in);
	*in = input_room(g, g->units[0].n + plan->table_count);
	give(in, &g->units[0]);
	for (size_t i = 0; i < plan->table_count; i++) give_table(g, in, plan->tables[i]);
	g->w = (struct write){ .op = WRITE_UPDATE,
			       .form = g->r->form,
			       .id = g->r->id,
			       .if_match = g->r->if_match,
			       .input = in,
			       .dry_run = trial,
			       .cause = g->r->cause };
}

/* ---- what is refused ---- */

static bool at_or_below(const char *pointer, const char *place) {
	size_t n = strlen(place);
	return strncmp(pointer, place, n) == 0 && (!pointer[n] || pointer[n] == '/');
}

static bool take_out_unit(struct going *g, struct returning *u, const struct fault *why) {
	if (!u->unit->table || u->out || !u->changes) return false;
	u->out = true;
	keep(g, u->unit, NULL, why);
	return true;
}

/* False: this unit has nothing to do with it, or nothing that could be left out. */
static bool take_out_of(struct going *g, struct returning *u, const struct fault *why) {
	if (!at_or_below(why->pointer, u->pointer) || u->out) return false;
	for (size_t i = 0; i < u->n; i++) {
		struct item *item = &u->items[i];
		if (item->out || !at_or_below(why->pointer, item->pointer)) continue;
		if (!u->unit->now) break;
		if (!item->changes) break;
		item->out = true;
		keep(g, u->unit, item->field, why);
		return true;
	}
	return take_out_unit(g, u, why);
}

static bool take_out_table(struct going *g, const struct fault *why) {
	bool any = false;
	for (size_t i = 0; i < g->n; i++) {
		struct returning *u = &g->units[i];
		if (!u->unit->table || u->out || !u->changes) continue;
		const char *table = pointer_join(g->rq->arena, "", str_of(u->unit->table->name));
		if (strcmp(why->pointer, table) == 0) any |= take_out_unit(g, u, why);
	}
	return any;
}

static bool take_out(struct going *g, const struct fault *why) {
	for (size_t i = g->n; i-- > 0;)
		if (take_out_of(g, &g->units[i], why)) return true;
	return take_out_table(g, why);
}

/* Another one's owner is not for a collaborator to change. */
static bool take_out_owner(struct going *g, const struct problem *p) {
	const struct field *owner = form_system(g->r->form, SYSTEM_OWNER);
	if (strcmp(p->code, "collaborator_owner") != 0) return false;
	const struct fault why = { .pointer = pointer_of(g, &g->units[0], owner), .code = p->code };
	return take_out_of(g, &g->units[0], &why);
}

static struct problem *settle(struct going *g) {
	for (bool again = true; again;) {
		again = false;
		prepare_input(g, true);
		TRY(write_prepare(g->rq, g->store, &g->w));
		for (const struct fault *f = g->w.faults.first; f; f = f->next)
			again |= take_out(g, f);
	}
	return faults_problem(&g->w.faults);
}

/* Rights and approvals that only a write that is meant asks for; false: once more. */
static struct problem *judge(struct going *g, bool *done) {
	prepare_input(g, false);
	struct problem *p = write_prepare(g->rq, g->store, &g->w);
	*done = !p || !take_out_owner(g, p);
	return *done ? p : NULL;
}

static struct problem *decide(struct going *g, const struct record **after) {
	for (bool done = false; !done;) {
		TRY(settle(g));
		*after = g->w.after;
		TRY(judge(g, &done));
	}
	return NULL;
}

/* ---- the answer ---- */

static void kept_json(struct jw *w, const struct going *g) {
	jw_array(w);
	for (const struct revert_kept *k = g->kept; k; k = k->next) {
		jw_object(w);
		jw_set_text(w, "field", k->field);
		if (k->row) {
			jw_set_int(w, "row", k->row);
		}
		if (k->column) {
			jw_set_text(w, "column", k->column);
		}
		jw_set_text(w, "code", k->code);
		jw_set_text(w, "detail", k->detail);
		jw_end(w);
	}
	jw_end(w);
}

static void answer(struct going *g, const struct record *after, struct jw *out) {
	const struct codec codec = request_codec(g->rq);
	jw_object(out);
	jw_set_int(out, "rev", g->r->now);
	jw_set_int(out, "to", g->r->rev);
	jw_key(out, "changes");
	differences_json(out, &codec, g->shown, after);
	jw_key(out, "kept");
	kept_json(out, g);
	if (!g->r->dry_run) {
		jw_key(out, "record");
		record_json(out, &codec, after, NULL, 0);
	}
	jw_end(out);
}

static struct problem *begin(struct request *rq, struct store *s, struct revert *r,
			     struct going **out) {
	struct going *g = *out = arena_alloc(rq->arena, sizeof *g);
	struct tx *tx;
	*g = (struct going){ .rq = rq, .store = s, .r = r };
	g->last = &g->kept;
	TRY(tx_read(s, rq->arena, &tx));
	TRY(tx_end(tx, look_back(g, tx)));
	r->now = g->past.p.root.old->rev;
	return NULL;
}

struct problem *record_revert(struct request *rq, struct store *s, struct revert *r,
			      struct jw *out) {
	struct going *g;
	const struct record *after;
	if (!r->dry_run && r->if_match < 0) return PROBLEM(rq->arena, NEED_MATCH, "need_match");
	r->cause = arena_printf(rq->arena, "rev/%lld", (long long)r->rev);
	TRY(begin(rq, s, r, &g));
	TRY(decide(g, &after));
	if (!r->dry_run) {
		TRY(record_write(rq, s, LANE_INTERACTIVE, &g->w));
		after = g->w.after;
		if (after) r->now = after->rev;
	}
	answer(g, after ? after : g->shown, out);
	return NULL;
}

/* ---- together with others ---- */

static bool changes_unit(const struct returning *u) {
	bool row = u->unit->table && (!u->unit->now || !u->unit->was);
	if (u->out) return false;
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].changes && !u->items[i].out) return true;
	return row;
}

static bool changes_any(const struct going *g) {
	for (size_t i = 0; i < g->n; i++)
		if (changes_unit(&g->units[i])) return true;
	return false;
}

struct problem *record_revert_plan(struct request *rq, struct store *s, struct revert *r,
				   struct revert_plan *out) {
	struct going *g;
	const struct record *after;
	TRY(begin(rq, s, r, &g));
	r->if_match = r->now;
	if (changes_any(g)) TRY(decide(g, &after));
	*out = (struct revert_plan){ g->w, changes_any(g), g->kept };
	return NULL;
}
