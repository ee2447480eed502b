/* history.c -- what a write leaves behind beside the record: one line of history and one event.
 * Shape of a line's changes (JSON; fields by id, values as on the wire):
 *   [{"field": "amount", "old": "1.00", "new": "2.00"},
 *    {"field": "lines", "row": 17, "op": "set", "changes": [{"field": "qty", "old": …, "new": …}]}]
 * A row that came has op "add" and no old values, one that went "delete" and no new ones. A create
 * writes no values (the record has them); an update the changed fields; a delete all it held. */
#include "engines/form/history.h"

#include "runtime/store/queries.h"

enum { CHANGES_MAX = 4 * 1024 * 1024 };

struct difference {
	struct jw w;
	const struct codec *codec;
};

static bool told(const struct field *f) {
	return !f->rows && (!f->system || f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE);
}

static bool differs(const struct field *f, const struct record *old, const struct record *now) {
	static const struct value none = { .kind = VALUE_NULL };
	const struct value *a = old ? &old->values[f->index] : &none;
	const struct value *b = now ? &now->values[f->index] : &none;
	return !value_same(a, b);
}

static void write_side(struct difference *d, const char *key, const struct field *f,
		       const struct record *r) {
	if (!r) return;
	jw_key(&d->w, key);
	field_write_json(&d->w, f, d->codec, &r->values[f->index]);
}

static void write_fields(struct difference *d, const struct record *old, const struct record *now) {
	const struct form *form = (now ? now : old)->form;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!told(f) || !differs(f, old, now)) continue;
		jw_object(&d->w);
		jw_set_text(&d->w, "field", f->id);
		write_side(d, "old", f, old);
		write_side(d, "new", f, now);
		jw_end(&d->w);
	}
}

/* ---- sub-rows ---- */

static const struct record *row_of(const struct record_rows *rows, int64_t id, size_t hint) {
	if (hint < rows->n && rows->items[hint]->id == id) return rows->items[hint];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) return rows->items[i];
	return NULL;
}

static bool row_differs(const struct record *old, const struct record *now) {
	for (size_t i = 0; i < now->form->declared_count; i++)
		if (differs(now->form->fields[i], old, now)) return true;
	return false;
}

static void write_row(struct difference *d, const struct field *table, const struct record *old,
		      const struct record *now) {
	jw_object(&d->w);
	jw_set_text(&d->w, "field", table->id);
	jw_set_int(&d->w, "row", (now ? now : old)->id);
	jw_set_text(&d->w, "op", !old ? "add" : !now ? "delete" : "set");
	jw_key(&d->w, "changes");
	jw_array(&d->w);
	write_fields(d, old, now);
	jw_end(&d->w);
	jw_end(&d->w);
}

static void write_table(struct difference *d, const struct field *table,
			const struct record_rows *old, const struct record_rows *now) {
	for (size_t i = 0; i < old->n; i++)
		if (!row_of(now, old->items[i]->id, i)) write_row(d, table, old->items[i], NULL);
	for (size_t i = 0; i < now->n; i++) {
		const struct record *was = row_of(old, now->items[i]->id, i);
		if (!was || row_differs(was, now->items[i]))
			write_row(d, table, was, now->items[i]);
	}
}

static void write_tables(struct difference *d, const struct record *old, const struct record *now) {
	static const struct record_rows none;
	const struct write_plan *plan = write_plan(old->form);
	for (size_t i = 0; i < plan->table_count; i++) {
		size_t at = plan->tables[i]->index;
		write_table(d, plan->tables[i], &old->rows[at], now ? &now->rows[at] : &none);
	}
}

static struct problem *changes_text(struct tx *tx, const struct codec *c, const struct record *old,
				    const struct record *now, struct str *out) {
	struct sb text = sb_on(tx_arena(tx), CHANGES_MAX);
	struct difference d = { jw_on(&text), c };
	jw_array(&d.w);
	write_fields(&d, old, now);
	write_tables(&d, old, now);
	jw_end(&d.w);
	*out = sb_str(&text);
	return text.overflow ? PROBLEM(tx_arena(tx), TOO_LARGE, "too_large", "max", "4 MiB") : NULL;
}

/* ---- lines ---- */

static struct problem *add_line(struct request *rq, struct tx *tx, const struct record *r,
				const char *op, struct str changes, const char *cause) {
	struct history_line line = { .record = r->id,
				     .rev = r->rev,
				     .at_us = rq->now_us,
				     .by_system = !rq->actor,
				     .actor = rq->actor ? rq->actor->id : 0,
				     .door = door_name(rq->door),
				     .op = op,
				     .changes = changes,
				     .cause = str_of(cause) };
	return record_history_add(tx, r->form, &line);
}

struct problem *history_event(struct request *rq, struct tx *tx, const struct record *r,
			      const char *op) {
	return tx_add(tx, &record_sql(r->form)->add_event,
		      PARAMS(value_int(rq->now_us), value_text(str_of(rq->app->name)),
			     value_text(str_of(r->form->id)), value_int(r->id), value_int(r->rev),
			     value_text(str_of(op)),
			     rq->actor ? value_int(rq->actor->id) : VALUE_NONE,
			     value_text(str_of(door_name(rq->door)))));
}

struct problem *history_add(struct request *rq, struct tx *tx, const struct record *r,
			    const char *op, struct str changes) {
	TRY(add_line(rq, tx, r, op, changes, ""));
	return history_event(rq, tx, r, op);
}

struct problem *history_write(struct prepared *p, const char *op, const struct record *old,
			      const struct record *now) {
	const struct record *r = now ? now : old;
	struct str changes = { NULL, 0 };
	bool deleted = strcmp(op, "delete") == 0, updated = strcmp(op, "update") == 0;
	if (deleted || updated)
		TRY(changes_text(p->tx, &p->codec, old, deleted ? NULL : now, &changes));
	TRY(add_line(p->rq, p->tx, r, op, changes, p->w->cause ? p->w->cause : ""));
	return history_event(p->rq, p->tx, r, op);
}
