/* purge.c -- emptying the recycle bin.
 *  1. Who goes is found on a snapshot and looked at again on the writer: what was restored
 * meanwhile stays.
 *  2. A record that an approval still runs on stays until that has ended.
 *  3. Each slice is one transaction and one line of the audit trail. */
#include "engines/form/purge.h"

#include "runtime/model/app.h"
#include "runtime/model/request.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"
#include "runtime/store/record_sql.h"

enum { SLICE = 200 };

struct slice {
	const struct form *form;
	int64_t before_us, ids[SLICE], gone;
	size_t n;
};

static struct problem *find(struct store *s, struct arena *a, struct slice *slice) {
	const struct form *form = slice->form;
	struct rows *rows;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	struct problem *p = tx_query(
		tx,
		arena_printf(
			a,
			"SELECT r.\"id\" FROM \"%s\" r WHERE r.\"deleted_at\" < ?1 AND NOT "
			"EXISTS (SELECT 1 FROM sys_flow_run f WHERE f.app = ?2 AND f.form = ?3 "
			"AND f.record = r.\"id\" AND f.state = 'running') ORDER BY r.\"id\" "
			"LIMIT %d",
			form->table, SLICE),
		PARAMS(value_int(slice->before_us), value_text(str_of(form->app->name)),
		       value_text(str_of(form->id))),
		&rows);
	slice->n = 0;
	for (bool have = true; !p && have;) {
		p = rows_next(rows, &have);
		if (!p && have) slice->ids[slice->n++] = rows_int(rows, 0);
	}
	return tx_end(tx, p);
}

static struct problem *still_there(struct tx *tx, const struct slice *slice, int64_t id,
				   bool *out) {
	int64_t one;
	*out = false;
	return tx_int(tx,
		      arena_printf(tx_arena(tx),
				   "SELECT 1 FROM \"%s\" WHERE \"id\" = ?1 AND \"deleted_at\" < ?2",
				   slice->form->table),
		      PARAMS(value_int(id), value_int(slice->before_us)), &one, out);
}

static struct problem *erase(struct tx *tx, const struct form *form, int64_t id) {
	static const char *const about[] = { sql_comment_erase, sql_collaborator_erase,
					     sql_stage_log_erase, sql_notification_erase };
	for (size_t i = 0; i < ARRAY_LEN(about); i++)
		TRY(tx_exec(tx, about[i],
			    PARAMS(value_text(str_of(form->app->name)),
				   value_text(str_of(form->id)), value_int(id)),
			    NULL));
	return record_store_erase(tx, form, id);
}

static struct problem *erase_all(struct tx *tx, void *arg) {
	struct slice *slice = arg;
	slice->gone = 0;
	for (size_t i = 0; i < slice->n; i++) {
		bool there;
		TRY(still_there(tx, slice, slice->ids[i], &there));
		if (!there) continue;
		TRY(erase(tx, slice->form, slice->ids[i]));
		slice->gone++;
	}
	if (!slice->gone) return NULL;
	return audit_append(tx, &(struct audit_entry){ .actor = "system",
						       .door = door_name(DOOR_SYSTEM),
						       .act = "bin_empty",
						       .app = slice->form->app->name,
						       .form = slice->form->name,
						       .detail_json = arena_printf(
							       tx_arena(tx), "{\"records\":%lld}",
							       (long long)slice->gone) });
}

/* Until a slice is not full, or nothing of it went. */
static struct problem *purge_form(struct store *s, struct arena *keep, const struct form *form,
				  int64_t before_us, int64_t *gone) {
	struct slice slice = { .form = form, .before_us = before_us };
	do {
		struct arena *a = arena_new(0);
		slice.gone = 0;
		struct problem *p = find(s, a, &slice);
		if (!p && slice.n) p = store_write(s, LANE_BULK, a, erase_all, &slice);
		if (p) p = problem_copy(keep, p);
		arena_free(a);
		TRY(p);
		*gone += slice.gone;
	} while (slice.n == SLICE && slice.gone);
	return NULL;
}

struct problem *records_purge(struct store *s, struct arena *a, const struct app *app,
			      int64_t before_us, int64_t *gone) {
	*gone = 0;
	for (size_t i = 0; i < app->form_count; i++)
		TRY(purge_form(s, a, app->forms[i], before_us, gone));
	return NULL;
}
