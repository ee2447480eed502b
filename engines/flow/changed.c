#include "engines/flow/changed.h"

#include "runtime/base/day.h"
#include "runtime/store/queries.h"
#include "runtime/store/record_sql.h"

/* A field of the record, or (table, row) of one of its rows. */
struct change {
	const struct field *f, *table;
	int64_t row;
	const char *op; /* of a row */
	const struct json *before, *after;
};
struct changes {
	struct arena *arena;
	const struct run *run;
	struct change *items;
	size_t n;
};

/* ---- gathering ---- */

static struct change *change_of(struct changes *c, const struct field *table, int64_t row,
				const struct field *f, const struct json *old) {
	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].f == f && c->items[i].row == row) return &c->items[i];
	c->items = arena_grow(c->arena, c->items, c->n * sizeof *c->items,
			      (c->n + 1) * sizeof *c->items);
	c->items[c->n] = (struct change){ .f = f, .table = table, .row = row, .before = old };
	return &c->items[c->n++];
}

static const char *row_op(const char *before, struct str now) {
	if (str_is(now, "delete")) return "delete";
	return before ? before : str_is(now, "add") ? "add" : "set";
}

/* The state is the flow's own doing; what is read-only was not written by anybody. */
static bool counts(const struct changes *c, const struct field *f) {
	return f && f != c->run->flow->state && !f->read_only;
}

static void gather(struct changes *c, const struct form *form, const struct json *list,
		   const struct field *table, const struct json *of) {
	int64_t row = 0;
	if (of && !json_int(json_get(of, "row"), &row)) return;
	for (uint32_t i = 0; list && i < list->n; i++) {
		const struct json *one = &list->items[i];
		const struct field *f = form_field_by_id(form, json_str(json_get(one, "field")));
		if (!counts(c, f)) continue;
		if (f->rows) {
			gather(c, f->rows, json_get(one, "changes"), f, one);
			continue;
		}
		struct change *change = change_of(c, table, row, f, json_get(one, "old"));
		change->after = json_get(one, "new");
		if (of) change->op = row_op(change->op, json_str(json_get(of, "op")));
	}
}

static struct problem *gather_since(struct tx *tx, struct changes *c, int64_t rev) {
	const struct form *form = c->run->flow->form;
	const struct json **lines = NULL;
	size_t n = 0;
	struct rows *rows;
	bool have = true;
	TRY(record_history_rows(tx, form, c->run->record, &rows)); /* the newest first */
	while (have) {
		const struct json *list = NULL;
		TRY(rows_next(rows, &have));
		if (!have || rows_int(rows, 0) <= rev) continue;
		struct str stored = rows_text(rows, 5);
		struct str text = { arena_copy(c->arena, stored.p, stored.n), stored.n };
		if (!text.n || !str_is(rows_text(rows, 4), "update")) continue;
		TRY(json_parse(c->arena, text, &json_limits_definition, &list));
		lines = arena_grow(c->arena, lines, n * sizeof *lines, (n + 1) * sizeof *lines);
		lines[n++] = list;
	}
	while (n) gather(c, form, lines[--n], NULL, NULL);
	return NULL;
}

/* ---- telling ---- */

static bool same(const struct json *a, const struct json *b) {
	bool nothing_a = !a || a->kind == JSON_NULL, nothing_b = !b || b->kind == JSON_NULL;
	return nothing_a || nothing_b ? nothing_a && nothing_b : json_equal(a, b);
}

static void write_value(struct jw *w, const char *key, const struct json *value) {
	jw_key(w, key);
	if (value)
		jw_json(w, value);
	else
		jw_null(w);
}

static void write_change(struct jw *w, const struct change *c, enum field_right right) {
	jw_object(w);
	jw_set_text(w, "field", c->f->name);
	if (right > RIGHT_MASK) {
		write_value(w, "old", c->before);
		write_value(w, "new", c->after);
	}
	jw_end(w);
}

static void write_row(struct jw *w, const struct changes *c, size_t first, field_sight *sight,
		      const void *context) {
	const struct change *head = &c->items[first];
	jw_object(w);
	jw_set_text(w, "field", head->table->name);
	jw_set_int(w, "row", head->row);
	jw_set_text(w, "op", head->op);
	jw_key(w, "changes");
	jw_array(w);
	for (size_t i = first; i < c->n; i++) {
		const struct change *one = &c->items[i];
		if (one->table != head->table || one->row != head->row) continue;
		enum field_right right = sight(context, one->f);
		if (right != RIGHT_HIDDEN && !same(one->before, one->after))
			write_change(w, one, right);
	}
	jw_end(w);
	jw_end(w);
}

/* Is it the first of its row that is to be told? */
static bool leads(const struct changes *c, size_t i) {
	for (size_t k = 0; k < i; k++)
		if (c->items[k].table == c->items[i].table && c->items[k].row == c->items[i].row &&
		    !same(c->items[k].before, c->items[k].after))
			return false;
	return true;
}

static void write_changes(struct jw *w, const struct changes *c, field_sight *sight,
			  const void *context) {
	jw_array(w);
	for (size_t i = 0; i < c->n; i++) {
		const struct change *one = &c->items[i];
		if (same(one->before, one->after)) continue;
		enum field_right right = sight(context, one->table ? one->table : one->f);
		if (right == RIGHT_HIDDEN) continue;
		if (!one->table)
			write_change(w, one, right);
		else if (right > RIGHT_MASK && leads(c, i))
			write_row(w, c, i, sight, context);
	}
	jw_end(w);
}

/* ---- since when ---- */

struct since {
	const char *what;
	int64_t rev, at_us;
};

static struct problem *find_since(struct tx *tx, const struct run *run, struct since *out) {
	const struct flow *flow = run->flow;
	struct rows *rows;
	bool have;
	out->what = "resubmit";
	TRY(tx_query(tx, sql_flow_submitted_before, PARAMS(value_int(run->id)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) {
		rows_close(rows);
		out->what = "approved";
		TRY(tx_query(tx, sql_flow_approved_before,
			     PARAMS(value_text(str_of(flow->app->name)),
				    value_text(str_of(flow->form->id)), value_int(run->record),
				    value_int(run->id)),
			     &rows));
		TRY(rows_next(rows, &have));
	}
	if (have) {
		out->rev = rows_int(rows, 0);
		out->at_us = rows_int(rows, 1);
	}
	rows_close(rows);
	return NULL;
}

struct problem *flow_changed_json(struct tx *tx, struct request *rq, const struct run *run,
				  field_sight *sight, const void *context, struct jw *w) {
	struct changes c = { .arena = rq->arena, .run = run };
	struct since since = { 0 };
	char at[40];
	TRY(find_since(tx, run, &since));
	if (!since.rev) {
		jw_null(w);
		return NULL;
	}
	TRY(gather_since(tx, &c, since.rev));
	datetime_text(since.at_us, at);
	jw_object(w);
	jw_set_text(w, "since", since.what);
	jw_set_text(w, "at", at);
	jw_key(w, "changes");
	write_changes(w, &c, sight, context);
	jw_end(w);
	return NULL;
}
