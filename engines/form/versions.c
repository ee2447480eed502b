#include "engines/form/versions.h"

#include "engines/form/past.h"
#include "runtime/store/read.h"

/* What leaves a line in the history when it changes, and is kept by the record itself. */
bool past_holds(const struct field *f) {
	if (f->system) return f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE;
	return !f->rows && field_has_value(f) && !field_is_alias(f) && !f->gathered;
}

/* ---- taking lines back, the newest first ---- */

static struct past_unit *unit_of(struct past *past, const struct field *table, int64_t id,
				 const struct record *now) {
	struct arena *a = past->p.rq->arena;
	for (size_t i = 0; i < past->n; i++)
		if (past->units[i].table == table && past->units[i].id == id)
			return &past->units[i];
	if (past->n == past->room) {
		size_t room = past->room ? past->room * 2 : 8;
		past->units = arena_grow(a, past->units, past->n * sizeof *past->units,
					 room * sizeof *past->units);
		past->room = room;
	}
	struct past_unit *u = &past->units[past->n++];
	const struct form *form = table ? table->rows : past->w.form;
	*u = (struct past_unit){
		.table = table, .id = id, .form = form, .now = now, .there = now != NULL
	};
	u->touched = arena_array(a, form->field_count + 1, sizeof *u->touched);
	u->raw = arena_array(a, form->field_count + 1, sizeof *u->raw);
	u->unread = arena_array(a, form->field_count + 1, sizeof *u->unread);
	u->theirs = arena_array(a, form->field_count + 1, sizeof *u->theirs);
	u->stays = arena_array(a, form->field_count + 1, sizeof *u->stays);
	return u;
}

static const struct record *row_now(const struct past *past, const struct field *table,
				    int64_t id) {
	const struct record_rows *rows = &past->p.root.old->rows[table->index];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) return rows->items[i];
	return NULL;
}

static void take_back(struct past *past, const struct past_unit *unit, const struct json *changes);

/* Of a line that stays: what it is about is not to be taken back by an older one. */
static void leave_row(struct past *past, struct past_unit *u, struct str op,
		      const struct json *changes) {
	u->others = true;
	u->gone |= str_is(op, "delete");
	take_back(past, u, changes);
}

static void take_back_row(struct past *past, const struct field *table, const struct json *change) {
	int64_t id = 0;
	const struct json *row = json_get(change, "row"), *changes = json_get(change, "changes");
	struct str op = json_str(json_get(change, "op"));
	if (!row || !json_int(row, &id)) return;
	struct past_unit *u = unit_of(past, table, id, row_now(past, table, id));
	if (past->foreign) {
		leave_row(past, u, op, changes);
		return;
	}
	if (u->gone) return;
	u->left = u->others && str_is(op, "add");
	u->there = u->left || !str_is(op, "add");
	if (u->there) take_back(past, u, changes);
}

/* Fields the form has no more are passed over, as in the history. */
static void take_back(struct past *past, const struct past_unit *unit, const struct json *changes) {
	const struct past_unit u = *unit; /* the list may move */
	for (size_t i = 0; changes && i < changes->n; i++) {
		const struct json *change = &changes->items[i];
		const struct field *f =
			form_field_by_id(u.form, json_str(json_get(change, "field")));
		if (f && f->rows && !u.table) take_back_row(past, f, change);
		if (!f || !past_holds(f)) continue;
		if (past->foreign || u.theirs[f->index]) {
			*(past->foreign ? &u.theirs[f->index] : &u.stays[f->index]) = true;
			continue;
		}
		u.touched[f->index] = true;
		u.raw[f->index] = json_get(change, "old");
	}
}

/* Deleting and restoring change no value; sharing is told in lines of its own. */
static struct problem *take_back_line(struct past *past, const struct rows *rows) {
	struct arena *a = past->p.rq->arena;
	const struct json *changes;
	struct str stored = rows_text(rows, 5);
	if (!str_is(rows_text(rows, 4), "update") || !stored.n) return NULL;
	past->foreign = past->cause.n && !str_eq(rows_text(rows, 6), past->cause);
	struct str text = { arena_copy(a, stored.p, stored.n), stored.n };
	TRY(json_parse(a, text, &json_limits_definition, &changes));
	take_back(past, &past->units[0], changes);
	return NULL;
}

static struct problem *take_back_lines(struct past *past) {
	struct rows *rows;
	TRY(record_history_rows(past->p.tx, past->w.form, past->w.id, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have || rows_int(rows, 0) <= past->rev) break;
		TRY(take_back_line(past, rows));
	}
	rows_close(rows);
	return NULL;
}

/* ---- as it was ---- */

static void read_old(struct past *past, struct past_unit *u, const struct field *f) {
	struct arena *a = past->p.rq->arena;
	const struct json *raw = u->raw[f->index];
	struct faults faults = { .arena = a };
	struct parse parse = { a, &past->p.codec, &faults, "", false, NULL };
	struct value *v = &u->was->values[f->index];
	*v = VALUE_NONE;
	if (!raw || raw->kind == JSON_NULL || f->type->read_json(&parse, f, raw, v)) return;
	*v = VALUE_NONE;
	u->unread[f->index] = faults.first;
}

static void forget_gathered(struct record *r) {
	for (size_t i = 0; i < r->form->declared_count; i++)
		if (r->form->fields[i]->gathered) r->values[i] = VALUE_NONE;
}

/* A row that came back has the id it had; its own record stands in `was` of the whole. */
static struct record *as_it_was(struct past *past, const struct past_unit *u) {
	struct arena *a = past->p.rq->arena;
	if (!u->table) return past->was;
	struct record_rows *rows = &past->was->rows[u->table->index];
	size_t at = 0;
	while (at < rows->n && rows->items[at]->id != u->id) at++;
	if (u->now && u->there) return rows->items[at];
	if (u->now) {
		memmove(&rows->items[at], &rows->items[at + 1],
			(--rows->n - at) * sizeof *rows->items);
		return NULL;
	}
	if (!u->there) return NULL;
	struct record *r = record_new(a, u->form);
	r->id = u->id;
	r->values[form_system(u->form, SYSTEM_ID)->index] = value_int(u->id);
	rows->items = arena_grow(a, rows->items, rows->n * sizeof *rows->items,
				 (rows->n + 1) * sizeof *rows->items);
	return rows->items[rows->n++] = r;
}

static void build(struct past *past) {
	past->was = record_copy(past->p.rq->arena, past->p.root.old);
	for (size_t i = 0; i < past->n; i++) {
		struct past_unit *u = &past->units[i];
		u->was = as_it_was(past, u);
		for (size_t k = 0; u->was && k < u->form->field_count; k++)
			if (u->touched[k]) read_old(past, u, u->form->fields[k]);
	}
	forget_gathered(past->was);
	const struct write_plan *plan = write_plan(past->w.form);
	for (size_t t = 0; t < plan->table_count; t++) {
		struct record_rows *rows = &past->was->rows[plan->tables[t]->index];
		for (size_t i = 0; i < rows->n; i++) forget_gathered(rows->items[i]);
	}
}

struct problem *past_read(struct request *rq, struct tx *tx, const struct past_of *of,
			  struct past *out) {
	struct record *r;
	*out = (struct past){ .w = { .form = of->form, .id = of->id },
			      .rev = of->rev,
			      .cause = of->cause };
	out->p = (struct prepared){ .rq = rq, .tx = tx, .w = &out->w, .codec = request_codec(rq) };
	out->p.frame = request_frame(rq, NULL);
	TRY(record_load(tx, &out->p.codec, of->form, of->id, RECORD_WHOLE, &r));
	if (!r) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	out->p.root.old = r;
	TRY(rights_check_read(&out->p));
	if (!of->cause.n && (of->rev < 1 || of->rev > r->rev))
		return PROBLEM(rq->arena, NOT_FOUND, "version_unknown", "rev",
			       arena_printf(rq->arena, "%lld", (long long)of->rev));
	unit_of(out, NULL, of->id, r);
	TRY(take_back_lines(out));
	build(out);
	return NULL;
}

/* ---- telling differences ---- */

static bool seen(const struct record *r, const struct field *f) {
	return !r || !r->rights || r->rights[f->index] >= RIGHT_MASK;
}

static bool same(const struct field *f, const struct record *a, const struct record *b) {
	static const struct value none = { .kind = VALUE_NULL };
	return value_same(a ? &a->values[f->index] : &none, b ? &b->values[f->index] : &none);
}

static void side_json(struct jw *w, const char *key, const struct codec *c, const struct field *f,
		      const struct record *r) {
	if (!r) return;
	jw_key(w, key);
	field_write_json(w, f, c, &r->values[f->index]);
}

static void values_json(struct jw *w, const struct codec *c, const struct record *from,
			const struct record *to) {
	const struct form *form = (from ? from : to)->form;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!past_holds(f) || !seen(from, f) || !seen(to, f) || same(f, from, to)) continue;
		jw_object(w);
		jw_set_text(w, "field", f->name);
		side_json(w, "old", c, f, from);
		side_json(w, "new", c, f, to);
		jw_end(w);
	}
}

static void row_json(struct jw *w, const struct codec *c, const struct field *table,
		     const struct record *from, const struct record *to) {
	struct sb inner = sb_on(w->out->arena, w->out->ceiling);
	struct jw changes = jw_on(&inner);
	jw_array(&changes);
	values_json(&changes, c, from, to);
	jw_end(&changes);
	if (from && to && sb_str(&inner).n == 2) return;
	jw_object(w);
	jw_set_text(w, "field", table->name);
	jw_set_int(w, "row", (to ? to : from)->id);
	jw_set_text(w, "op", !from ? "add" : !to ? "delete" : "set");
	jw_key(w, "changes");
	jw_raw(w, sb_str(&inner));
	jw_end(w);
}

static const struct record *row_in(const struct record_rows *rows, int64_t id) {
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) return rows->items[i];
	return NULL;
}

static void rows_json(struct jw *w, const struct codec *c, const struct field *table,
		      const struct record_rows *from, const struct record_rows *to) {
	for (size_t i = 0; i < from->n; i++)
		if (!row_in(to, from->items[i]->id)) row_json(w, c, table, from->items[i], NULL);
	for (size_t i = 0; i < to->n; i++)
		row_json(w, c, table, row_in(from, to->items[i]->id), to->items[i]);
}

void differences_json(struct jw *w, const struct codec *c, const struct record *from,
		      const struct record *to) {
	const struct form *form = from->form;
	jw_array(w);
	values_json(w, c, from, to);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->rows && seen(from, f) && seen(to, f))
			rows_json(w, c, f, &from->rows[i], &to->rows[i]);
	}
	jw_end(w);
}

/* ---- one version, for its reader ---- */

static void unreadable_json(struct jw *w, const struct past *past) {
	jw_array(w);
	for (size_t i = 0; i < past->n; i++) {
		const struct past_unit *u = &past->units[i];
		for (size_t k = 0; u->there && k < u->form->field_count; k++) {
			const struct field *f = u->form->fields[k];
			if (!u->unread[k] || rights_reads(&past->p, f) < RIGHT_READ) continue;
			jw_object(w);
			jw_set_text(w, "field", (u->table ? u->table : f)->name);
			if (u->table) {
				jw_set_int(w, "row", u->id);
				jw_set_text(w, "column", f->name);
			}
			jw_key(w, "value");
			jw_json(w, u->raw[k]);
			jw_set_text(w, "code", u->unread[k]->code);
			jw_set_text(
				w, "detail",
				fault_text(past->p.rq->arena, past->p.rq->language, u->unread[k]));
			jw_end(w);
		}
	}
	jw_end(w);
}

static void version_record_json(struct jw *w, const struct past *past, const struct record *r) {
	const struct form *form = past->w.form;
	const struct field **only =
		arena_array(past->p.rq->arena, form->field_count + 1, sizeof *only);
	size_t n = 0;
	for (size_t i = 0; i < form->field_count; i++)
		if (past_holds(form->fields[i]) || form->fields[i]->rows)
			only[n++] = form->fields[i];
	record_json(w, &past->p.codec, r, only, n);
}

struct problem *record_version(struct request *rq, struct tx *tx, const struct form *form,
			       int64_t id, int64_t rev, struct jw *out) {
	struct past *past = arena_alloc(rq->arena, sizeof *past);
	const struct record *now, *was;
	TRY(past_read(rq, tx, &(struct past_of){ .form = form, .id = id, .rev = rev }, past));
	struct prepared *p = &past->p;
	past->was->rev = rev;
	TRY(rights_shown(p, p->root.old, p->readers, p->reader_count, &now));
	TRY(rights_shown(p, past->was, p->readers, p->reader_count, &was));
	jw_object(out);
	jw_set_int(out, "rev", rev);
	jw_key(out, "record");
	version_record_json(out, past, was);
	jw_key(out, "changes");
	differences_json(out, &p->codec, now, was);
	jw_key(out, "unreadable");
	unreadable_json(out, past);
	jw_end(out);
	return NULL;
}
