/* query_where.c -- which records: alive, permitted, asked for by id, filter, search and place in
 * the list. */
#include "runtime/store/search_sql.h"

static struct problem *rights(struct select_builder *b, struct sb *out) {
	struct sb text = sb_on(b->arena, SELECT_TEXT_MAX);
	TRY(select_access(b, b->q->access, b->q->action, "r", &text));
	if (text.n) sb_printf(out, " AND (%s)", sb_cstr(&text));
	return NULL;
}

static struct problem *filter(struct select_builder *b, struct sb *out) {
	const struct select_place place = { b, b->q->form, "r", 0, NULL };
	if (!b->q->filter) return NULL;
	sb_cat(out, " AND (");
	TRY(select_expr(&place, b->q->filter, &b->q->paths, out));
	sb_char(out, ')');
	return NULL;
}

static void followed(struct select_builder *b, struct sb *out) {
	const struct form *form = b->q->form;
	sb_cat(out, " AND r.\"id\" IN (SELECT f.record FROM sys_follower f WHERE f.user_id = ");
	select_bind_int(b, b->rq->actor ? b->rq->actor->id : 0, out);
	sb_cat(out, " AND f.app = ");
	select_bind_text(b, str_of(form->app->name), out);
	sb_cat(out, " AND f.form = ");
	select_bind_text(b, str_of(form->id), out);
	sb_cat(out, " AND f.follows = 1)");
}

struct problem *select_where(struct select_builder *b, enum select_phase phase, struct sb *out) {
	sb_printf(out, "r.\"deleted_at\" IS %sNULL", b->q->deleted ? "NOT " : "");
	if (b->q->ids) {
		sb_cat(out, " AND ");
		select_in(b, "r.\"id\"", b->q->ids, b->q->id_count, out);
	}
	if (b->q->shared) {
		sb_cat(out, " AND ");
		select_shared(b, b->q->form, "r", COLLABORATION_READ, out);
	}
	if (b->q->followed) followed(b, out);
	TRY(rights(b, out));
	TRY(filter(b, out));
	if (b->q->search.n) TRY(search_sql(b, out));
	return select_keyset(b, phase, out);
}
