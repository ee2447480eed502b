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

struct problem *rollup_select(struct select_builder *b, const struct field *f, const char *id,
			      struct sb *out) {
	const struct rollup *r = f->rollup;
	const struct select_place place = {
		.b = b, .form = r->of, .alias = "c", .join = SELECT_SYSTEM, .parent = "o"
	};
	sb_cat(out, "(SELECT ");
	aggregate(f, out);
	sb_printf(out, " FROM \"%s\" c", r->of->table);
	if (!whole(r))
		sb_printf(out, " CROSS JOIN \"%s\" o ON o.\"id\" = c.\"parent\"",
			  r->of->parent->table);
	sb_printf(out, " WHERE c.\"%s\" = %s AND %s.\"deleted_at\" IS NULL", r->by->column, id,
		  whole(r) ? "c" : "o");
	if (r->filter) {
		sb_cat(out, " AND (");
		TRY(select_expr(&place, r->filter, &r->of->paths, out));
		sb_char(out, ')');
	}
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

struct problem *rollup_read(struct request *rq, struct tx *tx, const struct field *f, int64_t id,
			    struct value *out) {
	struct request system = as_system(rq);
	struct codec codec = request_codec(&system);
	struct select_builder b;
	struct sb sql = sb_on(rq->arena, SELECT_TEXT_MAX), place = sb_on(rq->arena, 16);
	struct rows *rows;
	bool have;
	TRY(begin(&b, &system, tx, f->form));
	select_bind_int(&b, id, &place);
	sb_cat(&sql, "SELECT ");
	TRY(rollup_select(&b, f, sb_cstr(&place), &sql));
	TRY(tx_query(tx, sb_cstr(&sql), b.params, b.param_count, &rows));
	TRY(rows_next(rows, &have));
	struct value cell = have ? rows_cell(rows, 0) : VALUE_NONE;
	*out = value_is_null(&cell) ? VALUE_NONE
				    : f->type->from_cell(tx_arena(tx), f, &codec, &cell);
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
