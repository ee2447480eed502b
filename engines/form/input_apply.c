/* input_apply.c -- the caller's values into the units.
 *  1. A field the caller may not write stays as it is; what he gave for it is kept as an echo and
 * compared at the end.
 *  2. A sub-table given as an array is the whole table in that order; the merge form changes only
 * what it names, new rows come last. A row id that is not one of this record's rows is NOT_FOUND.
 *  3. Sub-rows of a stored record that nothing was said about are units as well: their formulas may
 * read the record. */
#include "engines/form/input.h"
#include "engines/form/write.h"

/* Doors behind which a definition speaks, not a person: it may write the state and what is kept
 * from hands by "read_only". */
static bool by_definition(const struct request *rq) {
	return rq->door == DOOR_RULE || rq->door == DOOR_FLOW || rq->door == DOOR_HOOK ||
	       rq->door == DOOR_SYSTEM || rq->door == DOOR_BUTTON;
}

static bool kept_from_hands(const struct field *f) {
	return f->read_only && !field_is_made(f) && !f->serial && !f->system;
}

static bool may_set(const struct unit *u, const struct field *f) {
	struct prepared *p = u->p;
	if (f->form->state == f && f->form->state) return by_definition(p->rq);
	bool settable = input_may_set(f) || (kept_from_hands(f) && by_definition(p->rq));
	return settable && rights_field(p, f) == RIGHT_EDIT;
}

static void add_echo(struct unit *u, const struct input_field *given, enum field_right reads) {
	struct prepared *p = u->p;
	if (p->echo_count == p->echo_room) {
		size_t room = p->echo_room ? p->echo_room * 2 : 8;
		p->echoes = arena_grow(p->rq->arena, p->echoes, p->echo_count * sizeof *p->echoes,
				       room * sizeof *p->echoes);
		p->echo_room = room;
	}
	p->echoes[p->echo_count++] = (struct echo){ u, given, reads };
}

static struct problem *apply_field(struct unit *u, const struct input_field *given) {
	const struct field *f = given->field;
	if (given->refused) {
		unit_mark(u, f, UNIT_FAULT);
		return NULL;
	}
	if (may_set(u, f)) {
		*unit_value(u, f) = given->value;
		unit_mark(u, f, UNIT_GIVEN);
		return NULL;
	}
	enum field_right read = rights_reads(u->p, f);
	if (read == RIGHT_HIDDEN && rights_field(u->p, f) == RIGHT_HIDDEN)
		return input_unknown(u->p->rq->arena, str_of(f->name), u->pointer);
	add_echo(u, given, read);
	return NULL;
}

static struct problem *apply_fields(struct unit *u) {
	for (size_t i = 0; u->input && i < u->input->n; i++)
		if (u->input->fields[i].field->type->storage != STORE_ROWS)
			TRY(apply_field(u, &u->input->fields[i]));
	return NULL;
}

/* ---- sub-tables ---- */

/* One row as it will be: where it comes from and what is said about it. */
struct line {
	const struct record *old;
	const struct input_row *input;
};
struct table {
	struct prepared *p;
	const struct field *field;
	const struct input_field *given; /* or NULL */
	const struct record_rows *stored;
	bool *kept; /* by place in stored */
	struct line *lines;
	size_t n;
};

static const struct record_rows *stored_rows(const struct prepared *p, const struct field *f) {
	static const struct record_rows none;
	return p->root.old ? &p->root.old->rows[f->index] : &none;
}

static struct problem *no_such_row(struct table *t, const char *pointer) {
	struct problem *p = PROBLEM(t->p->rq->arena, NOT_FOUND, "row_not_found");
	p->pointer = pointer;
	return p;
}

/* `hint`: where it probably stands. */
static size_t place_of(const struct table *t, int64_t id, size_t hint) {
	if (hint < t->stored->n && t->stored->items[hint]->id == id) return hint;
	for (size_t i = 0; i < t->stored->n; i++)
		if (t->stored->items[i]->id == id) return i;
	return t->stored->n;
}

static struct problem *take_row(struct table *t, const struct input_row *row, size_t hint,
				struct line *line) {
	*line = (struct line){ .input = row };
	if (!row->id) return NULL;
	size_t at = place_of(t, row->id, hint);
	if (at == t->stored->n) return no_such_row(t, row->pointer);
	if (t->kept[at]) {
		FAULT(&t->p->w->faults, row->pointer, "row_twice");
		return NULL;
	}
	t->kept[at] = true;
	line->old = t->stored->items[at];
	return NULL;
}

static struct problem *lines_replaced(struct table *t, const struct input_rows *rows) {
	for (size_t i = 0; i < rows->n; i++) TRY(take_row(t, &rows->rows[i], i, &t->lines[t->n++]));
	for (size_t i = 0; i < t->stored->n; i++)
		if (!t->kept[i]) t->p->rows_deleted = true;
	return NULL;
}

static struct problem *drop_rows(struct table *t, const struct input_rows *rows, bool *dropped) {
	for (size_t i = 0; i < rows->deleted_count; i++) {
		size_t at = place_of(t, rows->deleted[i], i);
		if (at == t->stored->n) return no_such_row(t, t->given->pointer);
		dropped[at] = true;
	}
	return NULL;
}

static struct problem *lines_merged(struct table *t, const struct input_rows *rows) {
	struct arena *a = t->p->rq->arena;
	struct line *said = arena_array(a, t->stored->n + rows->n + 1, sizeof *said);
	bool *dropped = arena_alloc(a, t->stored->n + 1);
	size_t added = 0;
	TRY(drop_rows(t, rows, dropped));
	for (size_t i = 0; i < rows->n; i++) {
		struct line line;
		TRY(take_row(t, &rows->rows[i], i, &line));
		size_t at = line.old ? place_of(t, rows->rows[i].id, i) : t->stored->n + added++;
		said[at] = line;
	}
	for (size_t i = 0; i < t->stored->n; i++) {
		if (dropped[i]) continue;
		said[i].old = t->stored->items[i];
		t->lines[t->n++] = said[i];
	}
	for (size_t i = 0; i < added; i++) t->lines[t->n++] = said[t->stored->n + i];
	return NULL;
}

static struct problem *lines_as_stored(struct table *t) {
	for (size_t i = 0; i < t->stored->n; i++)
		t->lines[t->n++] = (struct line){ .old = t->stored->items[i] };
	return NULL;
}

/* Rows given for a table the caller may not edit: fine while they say nothing new. */
static bool rows_say_nothing_new(const struct table *t, const struct input_rows *rows) {
	if (rows->deleted_count || (rows->replace && rows->n != t->stored->n)) return false;
	for (size_t i = 0; i < rows->n; i++) {
		const struct input_row *row = &rows->rows[i];
		size_t at = row->id ? place_of(t, row->id, i) : t->stored->n;
		if (at == t->stored->n || (rows->replace && at != i)) return false;
		for (size_t k = 0; k < row->values.n; k++) {
			const struct input_field *g = &row->values.fields[k];
			if (g->refused ||
			    !value_same(&g->value, &t->stored->items[at]->values[g->field->index]))
				return false;
		}
	}
	return true;
}

static struct problem *lines_of(struct table *t) {
	const struct input_rows *rows = t->given ? t->given->rows : NULL;
	size_t most = t->stored->n + (rows ? rows->n : 0);
	t->lines = arena_array(t->p->rq->arena, most + 1, sizeof *t->lines);
	t->kept = arena_alloc(t->p->rq->arena, t->stored->n + 1);
	if (!rows) return lines_as_stored(t);
	if (rights_field(t->p, t->field) == RIGHT_EDIT && !t->field->read_only)
		return rows->replace ? lines_replaced(t, rows) : lines_merged(t, rows);
	if (!rows_say_nothing_new(t, rows))
		FAULT(&t->p->w->faults, t->given->pointer, "read_only", "field", t->field->name);
	return lines_as_stored(t);
}

/* ---- units of the rows ---- */

static struct record *row_record(struct prepared *p, const struct field *f, const struct line *l) {
	struct record *r;
	if (l->old) {
		r = record_shallow(p->rq->arena, l->old);
	} else {
		r = record_new(p->rq->arena, f->rows);
		r->id = store_new_id(p->store);
		r->values[form_system(f->rows, SYSTEM_ID)->index] = value_int(r->id);
	}
	return r;
}

static void row_unit(struct table *t, size_t i, struct unit *u) {
	const struct line *line = &t->lines[i];
	struct record_rows *now = &t->p->root.now->rows[t->field->index];
	now->items[i] = row_record(t->p, t->field, line);
	unit_init(u, t->p, t->field->rows, now->items[i], line->old);
	u->parent = &t->p->root;
	u->input = line->input ? &line->input->values : NULL;
	u->pointer = line->input ? line->input->pointer
				 : pointer_index(t->p->rq->arena,
						 unit_pointer(&t->p->root, t->field), i);
}

static const struct input_field *given_for(const struct input *in, const struct field *f) {
	for (size_t i = 0; in && i < in->n; i++)
		if (in->fields[i].field == f) return &in->fields[i];
	return NULL;
}

static struct problem *plan_tables(struct prepared *p, struct table *tables, size_t *total) {
	const struct write_plan *plan = write_plan(p->root.form);
	for (size_t i = 0; i < plan->table_count; i++) {
		struct table *t = &tables[i];
		*t = (struct table){ .p = p, .field = plan->tables[i] };
		t->given = given_for(p->root.input, t->field);
		t->stored = stored_rows(p, t->field);
		if (t->given && rights_field(p, t->field) == RIGHT_HIDDEN &&
		    rights_reads(p, t->field) == RIGHT_HIDDEN)
			return input_unknown(p->rq->arena, str_of(t->field->name), p->root.pointer);
		TRY(lines_of(t));
		if (t->given) unit_mark(&p->root, t->field, UNIT_GIVEN);
		*total += t->n;
	}
	return NULL;
}

static struct problem *apply_tables(struct prepared *p) {
	const struct write_plan *plan = write_plan(p->root.form);
	struct table *tables = arena_array(p->rq->arena, plan->table_count + 1, sizeof *tables);
	size_t total = 0;
	TRY(plan_tables(p, tables, &total));
	p->units = arena_array(p->rq->arena, total + 1, sizeof *p->units);
	for (size_t i = 0; i < plan->table_count; i++) {
		struct record_rows *now = &p->root.now->rows[tables[i].field->index];
		now->items = arena_array(p->rq->arena, tables[i].n + 1, sizeof *now->items);
		now->n = tables[i].n;
		for (size_t k = 0; k < tables[i].n; k++)
			row_unit(&tables[i], k, &p->units[p->unit_count++]);
	}
	return NULL;
}

/* ---- all ---- */

struct problem *input_apply(struct prepared *p) {
	const struct write *w = p->w;
	p->root.input = w->input;
	if (w->body) {
		struct input *read;
		TRY(input_from_json_at(p->rq, &p->access, w->form, w->body, p->root.pointer,
				       &p->w->faults, &read));
		p->root.input = read;
	}
	TRY(apply_tables(p));
	for (size_t i = 0; i < prepared_units(p); i++) TRY(apply_fields(prepared_unit(p, i)));
	if (p->rows_deleted && w->if_match < 0 && w->op == WRITE_UPDATE && !w->dry_run)
		return PROBLEM(p->rq->arena, NEED_MATCH, "need_match_rows");
	return NULL;
}

/* ---- echoes ---- */

/* What the actor is shown of a live lookup, before and after. */
static struct problem *shows_so(const struct echo *e, bool *same) {
	struct unit *u = e->unit;
	const struct field *f = e->given->field;
	struct value seen = VALUE_NONE;
	if (u->old) TRY(rights_seen(u, u->old, f, &seen));
	*same = u->old && value_same(&e->given->value, &seen);
	if (*same) return NULL;
	TRY(rights_seen(u, u->now, f, &seen));
	*same = value_same(&e->given->value, &seen);
	return NULL;
}

/* What is masked may come back as its mask only, and what is hidden not at all: taking the true
 * value, too, would let anybody find it by guessing. */
static bool says_stored(const struct echo *e, const struct value *given) {
	const struct unit *u = e->unit;
	const struct field *f = e->given->field;
	const struct value *old = unit_old(u, f);
	if (e->reads == RIGHT_HIDDEN) return false;
	if (e->reads != RIGHT_MASK)
		return value_same(given, old) || value_same(given, unit_value(u, f));
	if (value_is_null(old)) return value_is_null(given);
	struct value mask = field_mask(u->p->rq->arena, f, &u->p->codec, old);
	return value_same(given, &mask);
}

static bool says_so(const struct echo *e) {
	const struct unit *u = e->unit;
	const struct field *f = e->given->field;
	const struct value *given = &e->given->value;
	if (u->old)
		return (f->system == SYSTEM_REV && given->kind == VALUE_INT &&
			given->as.i == u->now->rev) ||
		       says_stored(e, given);
	return value_same(given, unit_value(u, f));
}

struct problem *echoes_check(struct prepared *p) {
	for (size_t i = 0; i < p->echo_count; i++) {
		const struct echo *e = &p->echoes[i];
		bool empty = value_is_null(&e->given->value) && !e->unit->old;
		bool same = empty || (!field_is_alias(e->given->field) && says_so(e));
		if (!same && field_is_alias(e->given->field)) TRY(shows_so(e, &same));
		if (same) continue;
		unit_mark(e->unit, e->given->field, UNIT_FAULT);
		FAULT(&p->w->faults, e->given->pointer, "read_only", "field",
		      e->given->field->name);
	}
	return NULL;
}
