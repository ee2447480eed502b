/* rollup.c -- the SQL of rollups. Sums are added in two halves (sql_aggregate.c): sum() of SQLite
 * fails at 64 bits on the way to a result that fits. */
#include "runtime/store/rollup.h"
#include "runtime/store/query_sql.h"

static bool whole(const struct rollup *r) { return !r->of->parent; }

static void aggregate(const struct field *f, struct sb *out) {
	const struct rollup *r = f->rollup;
	const char *c = r->field ? r->field->column : NULL;
	int from = r->field ? r->field->scale : 0, to = f->scale;
	if (r->agg == ROLLUP_COUNT && !c)
		sb_cat(out, "count(*)");
	else if (r->agg == ROLLUP_COUNT)
		sb_printf(out, "count(c.\"%s\")", c);
	else if (r->agg == ROLLUP_COUNT_DISTINCT)
		sb_printf(out, "count(DISTINCT c.\"%s\")", c);
	else if (r->agg == ROLLUP_MIN || r->agg == ROLLUP_MAX)
		sb_printf(out, "%s(c.\"%s\")", r->agg == ROLLUP_MIN ? "min" : "max", c);
	else if (r->agg == ROLLUP_SUM)
		sb_printf(out,
			  "CASE WHEN count(c.\"%s\") > 0 THEN tenon_sum(sum(c.\"%s\" >> 32), "
			  "sum(c.\"%s\" & 4294967295), %d, %d, 0) END",
			  c, c, c, from, to);
	else
		sb_printf(out,
			  "tenon_avg(sum(c.\"%s\" >> 32), sum(c.\"%s\" & 4294967295), "
			  "count(c.\"%s\"), %d, %d, 0)",
			  c, c, c, from, to);
}

/* FROM and WHERE of what it gathers for a record; its rows are "c". */
static struct problem *gathered(struct select_builder *b, const struct field *f, const char *id,
				struct sb *out) {
	const struct rollup *r = f->rollup;
	const struct select_place place = {
		.b = b, .form = r->of, .alias = "c", .join = SELECT_SYSTEM, .parent = "o"
	};
	sb_printf(out, " FROM \"%s\" c", r->of->table);
	if (!whole(r))
		sb_printf(out, " CROSS JOIN \"%s\" o ON o.\"id\" = c.\"parent\"",
			  r->of->parent->table);
	sb_printf(out, " WHERE c.\"%s\" = %s AND %s.\"deleted_at\" IS NULL", r->by->column, id,
		  whole(r) ? "c" : "o");
	if (!r->filter) return NULL;
	sb_cat(out, " AND (");
	TRY(select_expr(&place, r->filter, &r->of->paths, out));
	sb_char(out, ')');
	return NULL;
}

struct problem *rollup_select(struct select_builder *b, const struct field *f, const char *id,
			      struct sb *out) {
	sb_cat(out, "(SELECT ");
	aggregate(f, out);
	TRY(gathered(b, f, id, out));
	sb_char(out, ')');
	return NULL;
}

static struct problem *begin(struct select_builder *b, struct request *system, struct tx *tx,
			     const struct form *form) {
	struct query *q = query_new(system, form);
	TRY(permission_query(system, q, ACTION_READ));
	select_begin(b, system, tx, q, DIALECT_SQLITE);
	return NULL;
}

static struct request as_system(const struct request *rq) {
	struct request system = *rq;
	system.actor = NULL;
	system.scope = (struct token_scope){ NULL, false };
	return system;
}

struct counting {
	struct request system;
	struct select_builder b;
	struct sb sql, id;
};

static struct problem *counting_begin(struct counting *c, const struct request *rq, struct tx *tx,
				      const struct field *f, int64_t id) {
	c->system = as_system(rq);
	c->sql = sb_on(rq->arena, SELECT_TEXT_MAX);
	c->id = sb_on(rq->arena, 16);
	TRY(begin(&c->b, &c->system, tx, f->form));
	select_bind_int(&c->b, id, &c->id);
	return NULL;
}

/* The only row of a statement that always has one. */
static struct problem *counting_row(struct counting *c, struct tx *tx, struct rows **rows) {
	bool have;
	TRY(tx_query(tx, sb_cstr(&c->sql), c->b.params, c->b.param_count, rows));
	return rows_next(*rows, &have);
}

struct problem *rollup_read(struct request *rq, struct tx *tx, const struct field *f, int64_t id,
			    struct value *out) {
	struct counting c;
	struct rows *rows;
	TRY(counting_begin(&c, rq, tx, f, id));
	struct codec codec = request_codec(&c.system);
	sb_cat(&c.sql, "SELECT ");
	TRY(rollup_select(&c.b, f, sb_cstr(&c.id), &c.sql));
	TRY(counting_row(&c, tx, &rows));
	struct value cell = rows_cell(rows, 0);
	*out = value_is_null(&cell) ? VALUE_NONE
				    : f->type->from_cell(tx_arena(tx), f, &codec, &cell);
	rows_close(rows);
	return NULL;
}

/* ---- means ---- */

struct problem *rollup_mean_read(struct tx *tx, const struct field *f, int64_t id,
				 struct rollup_mean *out) {
	char *text;
	*out = (struct rollup_mean){ .known = false };
	TRY(tx_text(tx,
		    arena_printf(tx_arena(tx), "SELECT \"%s\" FROM \"%s\" WHERE \"id\" = ?1",
				 f->mean_column, f->form->table),
		    PARAMS(value_int(id)), &text));
	const char *blank = text ? strchr(text, ' ') : NULL;
	if (!blank) return NULL;
	out->known = str_to_int((struct str){ text, (size_t)(blank - text) }, &out->n) &&
		     decimal_parse(str_of(blank + 1), &out->sum) == DECIMAL_OK;
	return NULL;
}

struct problem *rollup_mean_count(struct request *rq, struct tx *tx, const struct field *f,
				  int64_t id, struct rollup_mean *out) {
	const char *column = f->rollup->field->column;
	struct counting c;
	struct rows *rows;
	TRY(counting_begin(&c, rq, tx, f, id));
	sb_printf(&c.sql, "SELECT count(c.\"%s\"), sum(c.\"%s\" >> 32), sum(c.\"%s\" & 4294967295)",
		  column, column, column);
	TRY(gathered(&c.b, f, sb_cstr(&c.id), &c.sql));
	TRY(counting_row(&c, tx, &rows));
	int128 sum = (int128)rows_int(rows, 1) * ((int128)1 << 32) + rows_int(rows, 2);
	*out = (struct rollup_mean){ true, rows_int(rows, 0), { sum, f->rollup->field->scale } };
	rows_close(rows);
	return NULL;
}

struct problem *rollup_mean_write(struct tx *tx, const struct field *f, int64_t id,
				  const struct rollup_mean *m) {
	struct arena *a = tx_arena(tx);
	char sum[DECIMAL_TEXT_MAX];
	decimal_text(m->sum, sum);
	const char *text = arena_printf(a, "%lld %s", (long long)m->n, sum);
	return tx_exec(tx,
		       arena_printf(a, "UPDATE \"%s\" SET \"%s\" = ?1 WHERE \"id\" = ?2",
				    f->form->table, f->mean_column),
		       PARAMS(value_text(str_of(text)), value_int(id)), NULL);
}

bool rollup_mean_value(const struct field *f, const struct rollup_mean *m, struct value *out) {
	struct decimal d;
	*out = VALUE_NONE;
	if (m->n <= 0) return true;
	if (decimal_div(m->sum, decimal_of(m->n), &d) != DECIMAL_OK ||
	    decimal_rescale(d, f->scale, &d) != DECIMAL_OK)
		return false;
	if (f->value_type.kind == TYPE_DECIMAL)
		*out = value_decimal(d);
	else
		*out = (struct value){ .kind = VALUE_DURATION, .as.i = (int64_t)d.coefficient };
	return true;
}

struct problem *rollup_mean_forget(struct tx *tx, const struct field *f) {
	return tx_exec(tx,
		       arena_printf(tx_arena(tx),
				    "UPDATE \"%s\" SET \"%s\" = NULL WHERE \"%s\" IS NOT NULL",
				    f->form->table, f->mean_column, f->mean_column),
		       NO_PARAMS, NULL);
}

/* ---- different ones ---- */

struct problem *rollup_same(struct request *rq, struct tx *tx, const struct field *f, int64_t id,
			    const struct value *v, int64_t most, int64_t *out) {
	const struct field *of = f->rollup->field;
	struct counting c;
	struct rows *rows;
	struct value cell;
	TRY(counting_begin(&c, rq, tx, f, id));
	struct codec codec = request_codec(&c.system);
	if (!of->type->to_cell(of, &codec, v, &cell))
		return PROBLEM(rq->arena, INVALID, "not_storable", "field", of->name);
	sb_cat(&c.sql, "SELECT count(*) FROM (SELECT 1");
	TRY(gathered(&c.b, f, sb_cstr(&c.id), &c.sql));
	sb_printf(&c.sql, " AND c.\"%s\" = ", of->column);
	TRY(select_bind(&c.b, &cell, &c.sql));
	sb_cat(&c.sql, " LIMIT ");
	select_bind_int(&c.b, most, &c.sql);
	sb_char(&c.sql, ')');
	TRY(counting_row(&c, tx, &rows));
	*out = rows_int(rows, 0);
	rows_close(rows);
	return NULL;
}

/* ---- do they agree? ---- */

static struct problem *verify(struct request *system, struct tx *tx, const struct field *f,
			      struct rollup_audit *out) {
	struct select_builder b;
	struct sb sql = sb_on(system->arena, SELECT_TEXT_MAX);
	struct rows *rows;
	TRY(begin(&b, system, tx, f->form));
	sb_printf(&sql, "SELECT r.\"id\", r.\"%s\" IS NOT ", f->column);
	TRY(rollup_select(&b, f, "r.\"id\"", &sql));
	sb_printf(&sql, " FROM \"%s\" r ORDER BY r.\"id\"", f->form->table);
	TRY(tx_query(tx, sb_cstr(&sql), b.params, b.param_count, &rows));
	for (bool have;; out->checked++) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		if (!rows_int(rows, 1)) continue;
		if (!out->wrong++) {
			out->first = f;
			out->first_id = rows_int(rows, 0);
		}
	}
}

struct problem *rollup_verify(struct request *rq, struct tx *tx, struct rollup_audit *out) {
	struct request system = as_system(rq);
	*out = (struct rollup_audit){ 0 };
	for (size_t i = 0; i < rq->app->form_count; i++) {
		const struct form *form = rq->app->forms[i];
		for (size_t k = 0; k < form->rollup_count; k++)
			TRY(verify(&system, tx, form->rollups[k], out));
	}
	return NULL;
}
