#include "runtime/store/saved_views.h"

#include "runtime/store/queries.h"

static struct problem *count(struct tx *tx, const struct saved_view *v, int64_t *others,
			     bool *fresh) {
	struct rows *rows;
	bool have;
	TRY(tx_query(tx, sql_view_count,
		     PARAMS(value_text(str_of(v->app)), value_text(str_of(v->form)),
			    value_int(v->user), value_text(v->name)),
		     &rows));
	TRY(rows_next(rows, &have));
	*others = rows_int(rows, 0);
	*fresh = rows_int(rows, 1) == 0;
	rows_close(rows);
	return NULL;
}

struct problem *view_save(struct tx *tx, const struct saved_view *v, int64_t at_us, bool *fresh,
			  bool *full) {
	int64_t others;
	TRY(count(tx, v, &others, fresh));
	*full = others >= SAVED_VIEWS_MAX;
	if (*full) return NULL;
	return tx_exec(tx, sql_view_save,
		       PARAMS(value_text(str_of(v->app)), value_text(str_of(v->form)),
			      value_int(v->user), value_text(v->name), value_text(v->body),
			      value_int(at_us)),
		       NULL);
}

struct problem *view_delete(struct tx *tx, const struct saved_view *v, bool *found) {
	int64_t changes;
	TRY(tx_exec(tx, sql_view_delete,
		    PARAMS(value_text(str_of(v->app)), value_text(str_of(v->form)),
			   value_int(v->user), value_text(v->name)),
		    &changes));
	*found = changes > 0;
	return NULL;
}

struct problem *view_list(struct tx *tx, const char *app, const char *form, int32_t user,
			  struct saved_view **out, size_t *n) {
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	*out = arena_array(a, (size_t)2 * SAVED_VIEWS_MAX, sizeof **out);
	*n = 0;
	TRY(tx_query(tx, sql_view_list,
		     PARAMS(value_text(str_of(app)), value_text(str_of(form)), value_int(user),
			    value_int(2 * SAVED_VIEWS_MAX)),
		     &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		(*out)[(*n)++] =
			(struct saved_view){ .app = app,
					     .form = form,
					     .user = (int32_t)rows_int(rows, 0),
					     .name = str_of(str_dup(a, rows_text(rows, 1))),
					     .body = str_of(str_dup(a, rows_text(rows, 2))) };
	}
}
