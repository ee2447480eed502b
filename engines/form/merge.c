/* merge.c -- see the header. The order matters: references are moved before the record goes, so
 * that its deletion, an ordinary one, finds nobody who points at it; it goes before its values come
 * to the other, so that unique keys are free. */
#include "engines/form/merge_internal.h"

#include "engines/form/collaborate.h"
#include "engines/form/history.h"
#include "engines/form/inside.h"
#include "engines/form/rollup.h"
#include "runtime/store/audit.h"
#include "runtime/store/collaborators.h"
#include "runtime/store/followers.h"
#include "runtime/store/queries.h"
#include "runtime/store/read.h"

enum { DETAIL_MAX = 1024 * 1024 };

struct merging {
	const struct merge *m;
	struct tx *tx;
	struct request *rq;
	struct store *store;
	struct prepared *p;
	struct record *goes, *stays; /* as stored */
	struct record *seen;         /* the one that goes, as the person sees it */
	struct record *kept;         /* the one that stays, likewise */
	struct input input;
	struct jw detail;
	int64_t moved, comments, shared;
};

/* ---- shared with unmerge.c ---- */

struct prepared *merge_prepared(struct tx *tx, struct request *rq, struct store *s,
				struct write *w) {
	struct prepared *p = arena_alloc(rq->arena, sizeof *p);
	*p = (struct prepared){ .rq = rq, .store = s, .tx = tx, .w = w };
	p->codec = request_codec(rq);
	p->frame = request_frame(rq, NULL);
	p->root = (struct unit){ .p = p, .pointer = "" };
	w->prepared = p;
	w->faults = (struct faults){ .arena = rq->arena };
	return p;
}

struct problem *merge_line(struct prepared *p, const struct form *form, int64_t id, const char *op,
			   struct str detail, const char *cause) {
	struct request *rq = p->rq;
	struct record *before;
	TRY(record_load(p->tx, &p->codec, form, id, RECORD_WHOLE, &before));
	if (!before) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	struct record *after = record_next_revision(p, before);
	TRY(record_store_update(p->tx, &p->codec, before, after));
	const struct history_line line = { .record = id,
					   .rev = after->rev,
					   .at_us = rq->now_us,
					   .by_system = !rq->actor,
					   .actor = rq->actor ? rq->actor->id : 0,
					   .door = door_name(rq->door),
					   .op = op,
					   .changes = detail,
					   .cause = str_of(cause) };
	TRY(record_history_add(p->tx, form, &line));
	return history_event(rq, p->tx, after, record_alive(after) ? "update" : "delete");
}

static struct problem *held_now(struct tx *tx, const struct form *form, int64_t id, bool *held) {
	int64_t run;
	return tx_int(tx, sql_flow_open_of,
		      PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			     value_int(id)),
		      &run, held);
}

struct problem *merge_not_held(struct tx *tx, struct request *rq, const struct form *form,
			       int64_t id) {
	bool held;
	TRY(held_now(tx, form, id, &held));
	return held ? PROBLEM(rq->arena, CONFLICT, "merge_held") : NULL;
}

struct problem *merge_keeps_off(struct tx *tx, struct request *rq, const struct field *f,
				int64_t id, bool *out) {
	*out = false;
	if (!record_form(f)->flow_count || request_is_admin(rq)) return NULL;
	return held_now(tx, record_form(f), id, out);
}

/* ---- may it be done ---- */

/* Rights, revision and what guards a deletion, without doing it. */
static struct problem *judge_goes(struct merging *g) {
	struct write w = {
		.op = WRITE_DELETE, .form = g->m->form, .id = g->m->goes, .if_match = g->m->goes_rev
	};
	return record_try_inside(g->tx, g->rq, g->store, &w);
}

static struct problem *judge(struct merging *g) {
	const struct merge *m = g->m;
	struct subject *subject;
	if (m->stays == m->goes) return PROBLEM(g->rq->arena, CONFLICT, "merge_self");
	TRY(subject_open(g->tx, g->rq, g->store, m->form, m->stays, m->stays_rev, &subject));
	TRY(judge_goes(g));
	TRY(read_record(g->rq, g->tx, m->form, m->goes, ACTION_READ, &g->seen));
	TRY(read_record(g->rq, g->tx, m->form, m->stays, ACTION_READ, &g->kept));
	TRY(read_whole(g->rq, g->tx, m->form, m->goes, &g->goes));
	TRY(read_whole(g->rq, g->tx, m->form, m->stays, &g->stays));
	TRY(merge_not_held(g->tx, g->rq, m->form, m->goes));
	return merge_not_held(g->tx, g->rq, m->form, m->stays);
}

/* ---- values ---- */

static bool sees(const struct record *r, const struct field *f) {
	enum field_right right = r->rights ? r->rights[f->index] : RIGHT_EDIT;
	return right != RIGHT_HIDDEN && right != RIGHT_MASK;
}

static const char *pointer_of(struct merging *g, const struct field *f) {
	return pointer_join(g->rq->arena, "", str_of(f->name));
}

static void write_side(struct merging *g, const char *key, const struct field *f,
		       const struct record *r) {
	jw_key(&g->detail, key);
	field_write_json(&g->detail, f, &g->p->codec, &r->values[f->index]);
}

/* What was there, for who undoes it. */
static void note_given(struct merging *g, const struct field *f, const struct value *now) {
	struct record after = *g->stays;
	struct value *values = arena_array(g->rq->arena, after.form->field_count, sizeof *values);
	memcpy(values, g->stays->values, after.form->field_count * sizeof *values);
	values[f->index] = *now;
	after.values = values;
	jw_object(&g->detail);
	jw_set_text(&g->detail, "field", f->id);
	write_side(g, "old", f, g->stays);
	write_side(g, "new", f, &after);
	jw_end(&g->detail);
}

/* What he may not see on the one that stays is judged as a write, the same or not: passing over
 * what is there already would tell him that it is. */
static void give(struct merging *g, const struct field *f, struct value v) {
	if (sees(g->kept, f) && value_same(&v, &g->stays->values[f->index])) return;
	note_given(g, f, &v);
	g->input.fields[g->input.n++] =
		(struct input_field){ .field = f, .value = v, .pointer = pointer_of(g, f) };
}

static struct value united(struct arena *a, const struct value *x, const struct value *y) {
	size_t n = 0, nx = x->kind == VALUE_LIST ? x->as.list.n : 0,
	       ny = y->kind == VALUE_LIST ? y->as.list.n : 0;
	struct value *items = arena_array(a, nx + ny + 1, sizeof *items);
	for (size_t i = 0; i < nx; i++) items[n++] = x->as.list.items[i];
	for (size_t i = 0; i < ny; i++) {
		bool have = false;
		for (size_t k = 0; k < n && !have; k++)
			have = value_same(&items[k], &y->as.list.items[i]);
		if (!have) items[n++] = y->as.list.items[i];
	}
	return n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, n } } : VALUE_NONE;
}

static struct input_row copied_row(struct merging *g, const struct field *table,
				   const struct record *row, size_t i) {
	struct arena *a = g->rq->arena;
	const struct form *form = table->rows;
	struct input_row out = { .pointer = arena_printf(a, "/%s/%zu", table->name, i) };
	out.values.fields = arena_array(a, form->declared_count + 1, sizeof *out.values.fields);
	for (size_t k = 0; k < form->declared_count; k++) {
		const struct field *f = form->fields[k];
		if (field_is_made(f) || f->serial || f->read_only || !field_takes_value(f) ||
		    !sees(row, f))
			continue;
		const char *at = pointer_join(a, out.pointer, str_of(f->name));
		out.values.fields[out.values.n++] = (struct input_field){
			.field = f, .value = row->values[f->index], .pointer = at
		};
	}
	return out;
}

static void give_rows(struct merging *g, const struct field *table) {
	const struct record_rows *from = &g->seen->rows[table->index];
	struct input_rows *rows = arena_alloc(g->rq->arena, sizeof *rows);
	*rows = (struct input_rows){ .rows = arena_array(g->rq->arena, from->n + 1,
							 sizeof *rows->rows) };
	for (; rows->n < from->n; rows->n++)
		rows->rows[rows->n] = copied_row(g, table, from->items[rows->n], rows->n);
	if (!rows->n) return;
	g->input.fields[g->input.n++] = (struct input_field){ .field = table,
							      .rows = rows,
							      .pointer = pointer_of(g, table) };
	jw_object(&g->detail);
	jw_set_text(&g->detail, "field", table->id);
	jw_set_int(&g->detail, "rows", (int64_t)rows->n);
	jw_end(&g->detail);
}

static struct problem *bad_field(struct merging *g, const char *code, struct str name) {
	struct problem *p =
		PROBLEM(g->rq->arena, MALFORMED, code, "field", str_dup(g->rq->arena, name));
	return p;
}

/* An unknown and a hidden field answer alike; so does one that is seen masked only. */
static struct problem *named(struct merging *g, const struct json *at, const struct field **out) {
	struct str name = json_str(at);
	*out = form_field(g->m->form, name);
	bool known = *out && (*out)->system != SYSTEM_ID && sees(g->seen, *out);
	return known ? NULL : bad_field(g, "unknown_field", name);
}

static struct problem *take_all(struct merging *g) {
	for (uint32_t i = 0; g->m->take && i < g->m->take->n; i++) {
		const struct field *f;
		TRY(named(g, &g->m->take->items[i], &f));
		if (f->rows) return bad_field(g, "merge_take", str_of(f->name));
		give(g, f, g->seen->values[f->index]);
	}
	for (uint32_t i = 0; g->m->both && i < g->m->both->n; i++) {
		const struct field *f;
		TRY(named(g, &g->m->both->items[i], &f));
		if (f->rows)
			give_rows(g, f);
		else if (f->value_type.list)
			give(g, f,
			     united(g->rq->arena, &g->stays->values[f->index],
				    &g->seen->values[f->index]));
		else
			return bad_field(g, "merge_both", str_of(f->name));
	}
	return NULL;
}

static struct problem *read_values(struct merging *g) {
	size_t room = (g->m->take ? g->m->take->n : 0) + (g->m->both ? g->m->both->n : 0);
	g->input.fields = arena_array(g->rq->arena, room + 1, sizeof *g->input.fields);
	jw_key(&g->detail, "values");
	jw_array(&g->detail);
	TRY(take_all(g));
	jw_end(&g->detail);
	return NULL;
}

/* ---- references ---- */

static void note_moved(struct merging *g, const struct field *f, int64_t id,
		       const struct reference_move *move) {
	jw_object(&g->detail);
	jw_set_text(&g->detail, "form", record_form(f)->id);
	if (f->form->parent) {
		jw_set_text(&g->detail, "table", f->form->parent_field->id);
	}
	jw_set_text(&g->detail, "field", f->id);
	jw_set_int(&g->detail, "record", id);
	if (f->form->parent) {
		jw_key(&g->detail, "rows");
		jw_array(&g->detail);
		for (size_t i = 0; i < move->n; i++) jw_int(&g->detail, move->rows[i]);
		jw_end(&g->detail);
	}
	jw_end(&g->detail);
	g->moved++;
}

/* The one that stays does not point at itself afterwards. */
static struct problem *move_field(struct merging *g, const struct field *f) {
	int64_t *ids;
	size_t n;
	TRY(record_referrers(g->tx, f, g->m->goes, MERGE_MOVED_MAX + 1, &ids, &n));
	if (g->moved + (int64_t)n > MERGE_MOVED_MAX)
		return PROBLEM(g->rq->arena, CONFLICT, "merge_too_many", "max",
			       arena_printf(g->rq->arena, "%d", MERGE_MOVED_MAX));
	for (size_t i = 0; i < n; i++) {
		bool own = record_form(f) == g->m->form;
		if (own && ids[i] == g->m->goes) continue;
		bool held;
		TRY(merge_keeps_off(g->tx, g->rq, f, ids[i], &held));
		if (held) return PROBLEM(g->rq->arena, CONFLICT, "merge_held_by");
		struct reference_move move = { .from = g->m->goes,
					       .to = own && ids[i] == g->m->stays ? 0
										  : g->m->stays };
		TRY(reference_move(g->p, f, ids[i], &move));
		note_moved(g, f, ids[i], &move);
	}
	return NULL;
}

static struct problem *move_references(struct merging *g) {
	const struct write_plan *plan = write_plan(g->m->form);
	jw_key(&g->detail, "moved");
	jw_array(&g->detail);
	for (size_t i = 0; i < plan->referrer_count; i++) TRY(move_field(g, plan->referrers[i]));
	jw_end(&g->detail);
	return rollups_settle(g->p);
}

/* ---- the two records ---- */

static struct problem *write_both(struct merging *g) {
	struct arena *a = g->rq->arena;
	const struct merge *m = g->m;
	struct write gone = { .op = WRITE_DELETE,
			      .form = m->form,
			      .id = m->goes,
			      .if_match = -1,
			      .cause = arena_printf(a, "into/%lld", (long long)m->stays) };
	struct write kept = { .op = WRITE_UPDATE,
			      .form = m->form,
			      .id = m->stays,
			      .if_match = -1,
			      .input = &g->input,
			      .cause = arena_printf(a, "from/%lld", (long long)m->goes) };
	TRY(record_write_inside(g->tx, g->rq, g->store, &gone));
	return g->input.n ? record_write_inside(g->tx, g->rq, g->store, &kept) : NULL;
}

/* ---- what hangs on it ---- */

static struct problem *move_comments(struct merging *g) {
	const struct form *form = g->m->form;
	struct rows *rows;
	TRY(tx_query(g->tx, sql_comment_ids,
		     PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			    value_int(g->m->goes)),
		     &rows));
	jw_key(&g->detail, "comments");
	jw_array(&g->detail);
	for (bool have;; g->comments++) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		jw_int(&g->detail, rows_int(rows, 0));
	}
	jw_end(&g->detail);
	return tx_exec(g->tx, sql_comment_move,
		       PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			      value_int(g->m->goes), value_int(g->m->stays)),
		       NULL);
}

static bool among(const struct collaborator *all, size_t n, const char *who) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].who, who) == 0) return true;
	return false;
}

/* Who works on both keeps what he has on the one that stays; nobody gets it for longer than the
 * person could give it. */
static struct problem *move_collaborators(struct merging *g) {
	struct collaborator *from, *to;
	size_t n, have;
	int64_t limit;
	TRY(collaborate_until(g->rq, g->tx, g->m->form, g->m->stays, &limit));
	TRY(collaborator_list(g->tx, g->m->form, g->m->goes, &from, &n));
	TRY(collaborator_list(g->tx, g->m->form, g->m->stays, &to, &have));
	jw_key(&g->detail, "shared");
	jw_array(&g->detail);
	for (size_t i = 0; i < n; i++) {
		bool longer = limit != INT64_MAX && (!from[i].ends || from[i].until > limit);
		bool full = have + (size_t)g->shared >= COLLABORATORS_MAX;
		if (longer || full || among(to, have, from[i].who)) continue;
		TRY(collaborator_set(g->tx, g->m->form, g->m->stays, &from[i]));
		jw_text(&g->detail, from[i].who);
		g->shared++;
	}
	jw_end(&g->detail);
	return NULL;
}

/* Who followed the one that goes follows the other, unless he has said that he does not. */
static struct problem *move_followers(struct merging *g) {
	int32_t ids[FOLLOWERS_MAX];
	size_t n;
	TRY(follower_list(g->tx, g->m->form, g->m->goes, ids, &n));
	jw_key(&g->detail, "followers");
	jw_array(&g->detail);
	for (size_t i = 0; i < n; i++) {
		bool joined;
		TRY(follower_join(g->tx, g->m->form, g->m->stays, ids[i], g->rq->now_us, &joined));
		if (joined) jw_int(&g->detail, ids[i]);
	}
	jw_end(&g->detail);
	return NULL;
}

/* ---- the whole ---- */

static struct problem *leave_lines(struct merging *g, struct sb *detail) {
	struct arena *a = g->rq->arena;
	const struct merge *m = g->m;
	const char *told = arena_printf(a, "{\"from\":%lld,\"moved\":%lld}", (long long)m->goes,
					(long long)g->moved);
	jw_end(&g->detail);
	jw_end(&g->detail);
	if (detail->overflow)
		return PROBLEM(a, CONFLICT, "merge_too_many", "max",
			       arena_printf(a, "%d", MERGE_MOVED_MAX));
	TRY(merge_line(g->p, m->form, m->stays, "merge", STR(""),
		       arena_printf(a, "from/%lld", (long long)m->goes)));
	TRY(merge_line(g->p, m->form, m->goes, "merge", sb_str(detail),
		       arena_printf(a, "into/%lld", (long long)m->stays)));
	const struct audit_entry entry = { .actor = g->rq->actor ? g->rq->actor->login : "system",
					   .door = door_name(g->rq->door),
					   .act = "merge",
					   .app = g->rq->app->name,
					   .form = m->form->name,
					   .record = m->stays,
					   .detail_json = told };
	return audit_append(g->tx, &entry);
}

static struct problem *answer(struct merging *g, struct jw *out) {
	struct record *r;
	TRY(read_record(g->rq, g->tx, g->m->form, g->m->stays, ACTION_READ, &r));
	jw_object(out);
	jw_key(out, "record");
	record_json(out, &g->p->codec, r, NULL, 0);
	jw_set_int(out, "merged", g->m->goes);
	jw_set_int(out, "moved", g->moved);
	jw_set_int(out, "comments", g->comments);
	jw_set_int(out, "collaborators", g->shared);
	jw_end(out);
	return NULL;
}

struct problem *record_merge(struct tx *tx, struct request *rq, struct store *s,
			     const struct merge *m, struct jw *out) {
	struct sb detail = sb_on(rq->arena, DETAIL_MAX);
	struct write w = { .op = WRITE_UPDATE, .form = m->form, .id = m->stays };
	struct merging g = { .m = m, .tx = tx, .rq = rq, .store = s, .detail = jw_on(&detail) };
	TRY(request_people(rq, tx, s));
	g.p = merge_prepared(tx, rq, s, &w);
	TRY(judge(&g));
	jw_array(&g.detail);
	jw_object(&g.detail);
	jw_set_int(&g.detail, "into", m->stays);
	TRY(read_values(&g));
	TRY(move_references(&g));
	TRY(write_both(&g));
	TRY(move_comments(&g));
	TRY(move_collaborators(&g));
	TRY(move_followers(&g));
	TRY(leave_lines(&g, &detail));
	return answer(&g, out);
}

/* ---- before ---- */

static struct problem *count_moved(struct request *rq, struct tx *tx, const struct form *form,
				   const struct field *f, int64_t goes, struct jw *out) {
	struct access ac;
	int64_t *ids;
	size_t n;
	TRY(record_referrers(tx, f, goes, MERGE_MOVED_MAX + 1, &ids, &n));
	bool own = record_form(f) == form;
	for (size_t i = 0; i < n && own; i++)
		if (ids[i] == goes) n--;
	if (!n || access_of(rq, record_form(f), &ac) || !access_may(&ac, ACTION_READ)) return NULL;
	jw_object(out);
	jw_set_text(out, "form", record_form(f)->name);
	jw_set_text(out, "title", label_text(&record_form(f)->label, rq->language));
	jw_set_int(out, "count", (int64_t)n);
	jw_end(out);
	return NULL;
}

struct problem *merge_preview(struct request *rq, struct tx *tx, const struct form *form,
			      int64_t goes, struct jw *out) {
	const struct write_plan *plan = write_plan(form);
	struct collaborator *shared;
	struct record *r;
	int64_t comments;
	size_t n;
	TRY(read_record(rq, tx, form, goes, ACTION_DELETE, &r));
	jw_object(out);
	jw_key(out, "moved");
	jw_array(out);
	for (size_t i = 0; i < plan->referrer_count; i++)
		TRY(count_moved(rq, tx, form, plan->referrers[i], goes, out));
	jw_end(out);
	TRY(tx_int(tx, sql_comment_count,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id)),
			  value_int(goes)),
		   &comments, NULL));
	jw_set_int(out, "comments", comments);
	TRY(collaborator_list(tx, form, goes, &shared, &n));
	jw_set_int(out, "collaborators", (int64_t)n);
	jw_end(out);
	return NULL;
}
