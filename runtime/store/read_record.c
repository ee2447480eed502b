/* read_record.c -- one record, whole: by a point read, then the rights of the reader on that row.
 */
#include "runtime/store/read_internal.h"
#include "runtime/store/collaborators.h"
#include "runtime/store/record_sql.h"

struct problem *read_whole(struct request *rq, struct tx *tx, const struct form *form, int64_t id,
			   struct record **out) {
	const struct codec codec = request_codec(rq);
	TRY(record_load(tx, &codec, form, id, RECORD_WHOLE, out));
	if (!record_alive(*out)) *out = NULL;
	return NULL;
}

static struct str text_of(const struct record *r, enum system_field which) {
	const struct value *v = &r->values[form_system(r->form, which)->index];
	return v->kind == VALUE_TEXT ? v->as.s : STR("");
}

struct problem *read_standing(const struct request *rq, struct tx *tx, const struct record *r,
			      struct standing *out) {
	int64_t until;
	*out = (struct standing){ text_of(r, SYSTEM_OWNER), text_of(r, SYSTEM_DEPT),
				  COLLABORATION_NONE, NULL };
	return collaborator_actor(rq, tx, r->form, r->id, &out->shared, &until);
}

/* ---- which grants cover the row ---- */

/* Conditions of grants are asked of the store, in the SQL that lists use. */
static struct problem *ask_conditions(struct request *rq, struct tx *tx, struct query *q,
				      const struct role_grant *const *grants, size_t n,
				      enum action action, bool *covered) {
	struct select_builder b;
	struct sb sql = sb_on(rq->arena, SELECT_TEXT_MAX);
	struct rows *rows;
	bool have;
	select_begin(&b, rq, tx, q, DIALECT_SQLITE);
	sb_cat(&sql, "SELECT ");
	for (size_t i = 0; i < n; i++) {
		sb_cat(&sql, i ? ", (" : "(");
		TRY(select_grant(&b, grants[i], action, q->form, "r", &sql));
		sb_char(&sql, ')');
	}
	sb_printf(&sql, " FROM \"%s\" r WHERE r.\"id\" = ", q->form->table);
	select_bind_int(&b, q->ids[0], &sql);
	TRY(tx_query(tx, sb_cstr(&sql), b.params, b.param_count, &rows));
	TRY(rows_next(rows, &have));
	for (size_t i = 0; have && i < n; i++) covered[i] = rows_int(rows, (int)i) != 0;
	rows_close(rows);
	return NULL;
}

struct problem *read_covering(struct request *rq, struct tx *tx, const struct record *r,
				const struct role_grant *const *grants, size_t n,
				enum action action, bool *covered) {
	bool conditions = false;
	struct standing at;
	TRY(read_standing(rq, tx, r, &at));
	for (size_t i = 0; i < n; i++) {
		conditions |= grants[i]->where != NULL;
		covered[i] = !grants[i]->where && grant_covers(rq, grants[i], action, &at);
	}
	if (!conditions) return NULL;
	struct query *q = query_new(rq, r->form);
	int64_t *id = arena_array(rq->arena, 1, sizeof *id);
	*id = r->id;
	q->named = true;
	q->ids = id;
	q->id_count = 1;
	TRY(permission_query(rq, q, action));
	return ask_conditions(rq, tx, q, grants, n, action, covered);
}

static bool any(const bool *covered, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (covered[i]) return true;
	return false;
}

/* ---- */

static struct problem *restrict_to(struct request *rq, struct tx *tx, const struct access *ac,
				   enum action action, struct record *r, bool *visible) {
	const struct role_grant **grants;
	size_t n = select_grants(rq->arena, ac, action, &grants);
	bool *covered = arena_array(rq->arena, n + 1, sizeof *covered);
	TRY(read_covering(rq, tx, r, grants, n, action, covered));
	*visible = any(covered, n);
	if (!*visible) return NULL;
	TRY(read_refs_of(rq, tx, r->form, &r, 1)); /* before a mask could tell that there are some */
	rights_apply(rq, r, grants, covered, n);
	return read_lookups(rq, tx, r->form, &r, 1);
}

struct problem *read_record(struct request *rq, struct tx *tx, const struct form *form, int64_t id,
			    enum action action, struct record **out) {
	struct access ac;
	bool visible = false, readable = false;
	TRY(access_of(rq, form, &ac));
	TRY(read_whole(rq, tx, form, id, out));
	if (!*out) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	struct record *r = *out;
	if (ac.everything)
		return access_may(&ac, action) ? read_lookups(rq, tx, form, &r, 1)
					       : PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	if (action != ACTION_READ) {
		struct record *copy = record_copy(rq->arena, r);
		TRY(restrict_to(rq, tx, &ac, ACTION_READ, copy, &readable));
	}
	if (access_may(&ac, action)) TRY(restrict_to(rq, tx, &ac, action, r, &visible));
	if (visible) return NULL;
	*out = NULL;
	return readable ? PROBLEM(rq->arena, FORBIDDEN, "forbidden")
			: PROBLEM(rq->arena, NOT_FOUND, "not_found");
}

struct problem *read_by_unique(struct request *rq, struct tx *tx, const struct field *field,
			       const struct value *v, int64_t *id) {
	const struct codec codec = request_codec(rq);
	struct value cell;
	bool have;
	*id = 0;
	if (value_is_null(v) || !field->type->to_cell(field, &codec, v, &cell)) return NULL;
	const char *sql = arena_printf(
		rq->arena, "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = ?1 AND \"deleted_at\" IS NULL",
		field->form->table, select_column_name(field));
	return tx_int(tx, sql, &cell, 1, id, &have);
}
