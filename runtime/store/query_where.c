/* query_where.c -- which records: alive, permitted, asked for by id, filter, search and place in
 * the list. */
#include "runtime/store/search_sql.h"

static struct problem *rights(struct sql_builder *b, struct sb *out) {
	struct sb text = sb_on(b->arena, SQL_TEXT_MAX);
	TRY(sql_access(b, b->q->access, b->q->action, "r", &text));
	if (text.n) sb_printf(out, " AND (%s)", sb_cstr(&text));
	return NULL;
}

static struct problem *filter(struct sql_builder *b, struct sb *out) {
	const struct sql_place place = { b, b->q->form, "r", 0 };
	if (!b->q->filter) return NULL;
	sb_cat(out, " AND (");
	TRY(sql_expr(&place, b->q->filter, &b->q->paths, out));
	sb_char(out, ')');
	return NULL;
}

struct problem *sql_where(struct sql_builder *b, enum sql_phase phase, struct sb *out) {
	sb_printf(out, "r.\"deleted_at\" IS %sNULL", b->q->deleted ? "NOT " : "");
	if (b->q->ids) {
		sb_cat(out, " AND ");
		sql_in(b, "r.\"id\"", b->q->ids, b->q->id_count, out);
	}
	TRY(rights(b, out));
	TRY(filter(b, out));
	if (b->q->search.n) TRY(search_sql(b, out));
	return sql_keyset(b, phase, out);
}
