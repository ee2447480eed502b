/* purge.c -- emptying the recycle bin.
 *  1. Who goes is found on a snapshot and looked at again on the writer: what was restored
 * meanwhile stays.
 *  2. A record that an approval still runs on stays until that has ended.
 *  3. Each slice of the writer's time is one transaction and one line of the audit trail.
 *  4. A form is read through once, however many go. */
#include "engines/form/purge.h"

#include "runtime/model/app.h"
#include "runtime/model/request.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"
#include "runtime/store/record_sql.h"

enum { PAGE = 200 };

struct page {
	const struct form *form;
	int64_t before_us, limit, ids[PAGE], gone;
	size_t n, from, at; /* of the next slice; where it has come to */
};

/* Those after the page before. */
static struct problem *find(struct store *s, struct arena *a, struct page *page) {
	const struct form *form = page->form;
	int64_t after = page->n ? page->ids[page->n - 1] : 0;
	size_t most = page->limit < PAGE ? (size_t)page->limit : PAGE;
	struct rows *rows;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	struct problem *p = tx_query(
		tx,
		arena_printf(
			a,
			"SELECT r.\"id\" FROM \"%s\" r WHERE r.\"deleted_at\" < ?1 AND NOT "
			"EXISTS (SELECT 1 FROM sys_flow_run f WHERE f.app = ?2 AND f.form = ?3 "
			"AND f.record = r.\"id\" AND f.state = 'running') AND r.\"id\" > ?4 "
			"ORDER BY r.\"id\" LIMIT %zu",
			form->table, most),
		PARAMS(value_int(page->before_us), value_text(str_of(form->app->name)),
		       value_text(str_of(form->id)), value_int(after)),
		&rows);
	page->n = page->at = 0;
	for (bool have = true; !p && have;) {
		p = rows_next(rows, &have);
		if (!p && have) page->ids[page->n++] = rows_int(rows, 0);
	}
	return tx_end(tx, p);
}

static struct problem *still_there(struct tx *tx, const struct page *page, int64_t id, bool *out) {
	int64_t one;
	*out = false;
	return tx_int(tx,
		      arena_printf(tx_arena(tx),
				   "SELECT 1 FROM \"%s\" WHERE \"id\" = ?1 AND \"deleted_at\" < ?2",
				   page->form->table),
		      PARAMS(value_int(id), value_int(page->before_us)), &one, out);
}

static struct problem *erase(struct tx *tx, const struct form *form, int64_t id) {
	static const char *const about[] = { sql_comment_erase, sql_collaborator_erase,
					     sql_stage_log_erase, sql_notification_erase,
					     sql_follower_erase };
	for (size_t i = 0; i < ARRAY_LEN(about); i++)
		TRY(tx_exec(tx, about[i],
			    PARAMS(value_text(str_of(form->app->name)),
				   value_text(str_of(form->id)), value_int(id)),
			    NULL));
	return record_store_erase(tx, form, id);
}

static struct problem *note(struct tx *tx, const struct page *page) {
	const char *detail =
		arena_printf(tx_arena(tx), "{\"records\":%lld}", (long long)page->gone);
	return audit_append(tx, &(struct audit_entry){ .actor = "system",
						       .door = door_name(DOOR_SYSTEM),
						       .act = "bin_empty",
						       .app = page->form->app->name,
						       .form = page->form->name,
						       .detail_json = detail });
}

/* At least one, and as many as the slice has time for. */
static struct problem *erase_some(struct tx *tx, void *arg) {
	struct page *page = arg;
	page->gone = 0;
	page->at = page->from;
	do {
		int64_t id = page->ids[page->at++];
		bool there;
		TRY(still_there(tx, page, id, &there));
		if (!there) continue;
		TRY(erase(tx, page->form, id));
		page->gone++;
	} while (page->at < page->n && tx_slice_us(tx) > 0);
	return page->gone ? note(tx, page) : NULL;
}

static struct problem *purge_page(struct store *s, struct arena *a, struct page *page) {
	TRY(find(s, a, page));
	while (page->at < page->n) {
		page->from = page->at;
		TRY(store_write(s, LANE_BULK, a, erase_some, page));
		page->limit -= page->gone;
	}
	return NULL;
}

static struct problem *purge_form(struct store *s, struct arena *keep, const struct form *form,
				  int64_t before_us, int64_t *limit) {
	struct page page = { .form = form, .before_us = before_us, .limit = *limit };
	struct problem *p = NULL;
	do {
		struct arena *a = arena_new(0);
		p = purge_page(s, a, &page);
		if (p) p = problem_copy(keep, p);
		arena_free(a);
	} while (!p && page.n && page.limit);
	*limit = page.limit;
	return p;
}

struct problem *records_purge(struct store *s, struct arena *a, const struct app *app,
			      int64_t before_us, int64_t limit, int64_t *gone) {
	struct problem *first = NULL;
	int64_t left = limit;
	for (size_t i = 0; left && i < app->form_count; i++) {
		struct problem *p = purge_form(s, a, app->forms[i], before_us, &left);
		if (!first) first = p;
	}
	*gone = limit - left;
	return first;
}
