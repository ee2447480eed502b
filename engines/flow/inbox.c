/* inbox.c -- the boxes of one person: what waits for him, what he decided, what he started, what he
 * was told.
 *  1. A page is one read of the rows (by index, from a place), one of the titles of each form, and
 *     one of the tasks of each run that is shown. Definitions are not read again (flow_version).
 *  2. A place is (time, run, task) and not a number of rows: what comes or goes before it moves
 *     nothing, and no task that stays is shown twice or left out.
 *  3. What is typed is looked for in what is shown: a title that is hidden finds nothing. A page
 *     looks through SEARCH_ROWS at the most and then says where to go on; it may hold less than
 *     was asked for.
 *  4. A run whose version cannot be used any more is listed all the same, without anything to do.
 */
#include "engines/flow/answer_internal.h"
#include "engines/flow/run_store.h"
#include "engines/flow/sight.h"
#include "runtime/base/finder.h"
#include "runtime/store/queries.h"

enum { SCAN_ROWS = 250, SEARCH_ROWS = 2000, TERMS_MAX = 8 };

const char *const flow_box_names[BOXES] = { "todo", "done", "started", "cc" };

struct place {
	int64_t time, run, n;
};

struct boxed {
	struct place place;
	struct run_head head;
	const struct flow *flow; /* NULL: its version cannot be used any more */
	const char *title;
};

struct box {
	struct tx *tx;
	struct request *rq;
	struct store *store;
	const struct box_query *q;
	struct finder terms[TERMS_MAX];
	size_t term_count;
	struct boxed *items;
	size_t n;
	struct place last; /* looked at */
	bool more;
};

/* ---- counts ---- */

struct problem *flow_counts_json(struct tx *tx, struct request *rq, struct jw *w) {
	static const char *const keys[] = { "todo", "overdue", "cc" };
	struct rows *r;
	bool have;
	struct value actor = value_int(rq->actor ? rq->actor->id : 0), now = value_int(rq->now_us);
	if (rq->scope.app)
		TRY(tx_query(tx, sql_flow_box_counts_in,
			     PARAMS(actor, now, value_text(str_of(rq->scope.app))), &r));
	else
		TRY(tx_query(tx, sql_flow_box_counts, PARAMS(actor, now), &r));
	TRY(rows_next(r, &have));
	jw_object(w);
	for (int i = 0; i < 3; i++) jw_set_int(w, keys[i], have ? rows_int(r, i) : 0);
	jw_end(w);
	rows_close(r);
	return NULL;
}

/* ---- rows ---- */

static struct problem *read_cursor(struct box *b) {
	const struct place newest = { INT64_MAX, INT64_MAX, INT64_MAX };
	const struct place first_asked = { -1, INT64_MAX, INT64_MAX };
	bool todo = b->q->box == BOX_TODO;
	int64_t *parts[] = { &b->last.time, &b->last.run, &b->last.n };
	struct str rest = b->q->cursor;
	b->last = todo ? first_asked : newest;
	for (int i = 0; b->q->cursor.n && i < 3; i++) {
		const char *dot = rest.n ? memchr(rest.p, '.', rest.n) : NULL;
		size_t n = dot ? (size_t)(dot - rest.p) : rest.n;
		if (!str_to_int((struct str){ rest.p, n }, parts[i]))
			return PROBLEM(b->rq->arena, MALFORMED, "bad_cursor");
		rest = dot ? (struct str){ dot + 1, rest.n - n - 1 } : (struct str){ NULL, 0 };
	}
	if (todo && b->last.time < 0) b->last = first_asked;
	return NULL;
}

static struct problem *read_rows(const struct box *b, size_t limit, struct boxed *out, size_t *n) {
	static const char *const sql[BOXES] = { sql_flow_box_todo, sql_flow_box_done,
						sql_flow_box_started, sql_flow_box_cc };
	const struct place *from = &b->last;
	struct rows *r;
	*n = 0;
	TRY(tx_query(b->tx, sql[b->q->box],
		     PARAMS(value_int(b->rq->actor ? b->rq->actor->id : 0), value_text(b->q->flow),
			    value_int(from->time), value_int(from->run), value_int(from->n),
			    value_int((int64_t)limit), value_text(str_of(b->rq->scope.app))),
		     &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		out[(*n)++] = (struct boxed){
			.place = { rows_int(r, 0), rows_int(r, 2), rows_int(r, 1) },
			.head = run_head_of(b->rq->arena, r, 3, !b->term_count),
		};
	}
}

static bool same_version(const struct run_head *a, const struct run_head *b) {
	return a->version == b->version && strcmp(a->flow, b->flow) == 0 &&
	       strcmp(a->app, b->app) == 0;
}

static struct problem *take_flows(const struct box *b, struct boxed *rows, size_t n) {
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < i && !same_version(&rows[k].head, &rows[i].head)) k++;
		rows[i].flow = rows[k].flow;
		if (k < i) continue;
		struct problem *p =
			flow_of_head(b->tx, b->rq, b->store, &rows[i].head, &rows[i].flow);
		bool gone = p && (p->kind == PROBLEM_CONFLICT || p->kind == PROBLEM_NOT_FOUND);
		if (p && !gone) return p;
		if (p) rows[i].flow = NULL;
	}
	return NULL;
}

/* Of all rows about one form at once. */
static struct problem *take_titles(const struct box *b, struct boxed *rows, size_t n) {
	struct arena *a = b->rq->arena;
	int64_t *ids = arena_array(a, n + 1, sizeof *ids);
	const char **titles = arena_array(a, n + 1, sizeof *titles);
	bool *done = arena_array(a, n + 1, sizeof *done);
	for (size_t i = 0; i < n; i++) {
		const struct flow *flow = rows[i].flow;
		size_t many = 0, at = 0;
		if (!flow || done[i]) continue;
		for (size_t k = i; k < n; k++)
			if (rows[k].flow && rows[k].flow->form == flow->form)
				ids[many++] = rows[k].head.record;
		b->rq->app = flow->app;
		TRY(sight_titles(b->tx, b->rq, flow->form, ids, many, titles));
		for (size_t k = i; k < n; k++) {
			if (!rows[k].flow || rows[k].flow->form != flow->form) continue;
			const char *title = titles[at++];
			if (sight_titled(b->rq, rows[k].flow)) rows[k].title = title;
			done[k] = true;
		}
	}
	return NULL;
}

/* ---- what is typed ---- */

static void read_terms(struct box *b) {
	struct str rest = str_trim(b->q->q);
	while (rest.n && b->term_count < TERMS_MAX) {
		struct str term = rest;
		for (struct str at = rest; at.n; term.n = rest.n - at.n)
			if (utf8_blank(utf8_next(&at))) break;
		b->terms[b->term_count++] = finder_of(b->rq->arena, term);
		rest = str_trim((struct str){ rest.p + term.n, rest.n - term.n });
	}
}

static bool fits(const struct box *b, const struct boxed *row) {
	const struct user *starter = directory_user_id(b->rq->directory, row->head.starter);
	const char *const texts[] = {
		row->title,
		row->flow ? row->flow->label.zh : NULL,
		row->flow ? row->flow->label.en : NULL,
		starter ? starter->login : NULL,
		starter ? starter->label : NULL,
	};
	for (size_t i = 0; i < b->term_count; i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(texts) && !finder_finds(&b->terms[i], texts[k])) k++;
		if (k == ARRAY_LEN(texts)) return false;
	}
	return true;
}

/* ---- a page ---- */

/* Of those that are searched through only what is shown is read whole. */
static struct problem *take(struct box *b, struct boxed *row) {
	bool have = true;
	if (!row->head.marking) TRY(run_head(b->tx, row->head.id, &row->head, &have));
	if (have) b->items[b->n++] = *row;
	return NULL;
}

static struct problem *gather(struct box *b) {
	size_t limit = (size_t)b->q->limit, n, seen = 0;
	size_t chunk = b->term_count ? SCAN_ROWS : limit + 1;
	b->items = arena_array(b->rq->arena, limit + 1, sizeof *b->items);
	do {
		struct boxed *rows = arena_array(b->rq->arena, chunk, sizeof *rows);
		TRY(read_rows(b, chunk, rows, &n));
		TRY(take_flows(b, rows, n));
		TRY(take_titles(b, rows, n));
		for (size_t i = 0; i < n; i++) {
			b->more = b->n == limit;
			if (b->more) return NULL;
			b->last = rows[i].place;
			if (fits(b, &rows[i])) TRY(take(b, &rows[i]));
		}
		seen += n;
		b->more = n == chunk;
	} while (b->more && seen < SEARCH_ROWS);
	return NULL;
}

static void write_gone(const struct box *b, const struct boxed *row, struct jw *w) {
	const struct run_head *h = &row->head;
	const struct request *rq = b->rq;
	static const char *const empty[] = { "actions", "return_to", "add_where", "picks", "open" };
	jw_set_text(w, "id", flow_task_id(rq->arena, h->id, row->place.n));
	jw_set_int(w, "run", h->id);
	jw_set_text(w, "app", h->app);
	jw_set_text(w, "flow", h->flow);
	jw_set_text(w, "flow_label", h->flow);
	jw_set_text(w, "step", "");
	jw_set_text(w, "step_label", "");
	jw_set_text(w, "form", h->form);
	jw_set_int(w, "record", h->record);
	jw_set_text(w, "title", NULL);
	jw_set_text(w, "starter", flow_login(rq, h->starter));
	flow_set_person(w, rq, "starter_person", h->starter);
	jw_set_text(w, "run_state", run_state_names[h->state]);
	flow_set_time(w, "since", h->started_us);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		jw_key(w, empty[i]);
		jw_array(w);
		jw_end(w);
	}
}

/* The started box lists runs; each stands as its start. */
static struct problem *write_row(const struct box *b, const struct boxed *row, struct jw *w) {
	struct run *run;
	if (!row->flow) {
		write_gone(b, row, w);
		return NULL;
	}
	b->rq->app = row->flow->app;
	TRY(flow_take_head(b->tx, b->rq, row->flow, &row->head, &run));
	struct task whole = flow_whole(run);
	const struct task *t = row->place.n ? run_task(run, row->place.n) : &whole;
	flow_task_keys(b->rq, run, t, row->title, w);
	flow_open_keys(b->rq, run, w);
	return NULL;
}

struct problem *flow_box_json(struct tx *tx, struct request *rq, struct store *s,
			      const struct box_query *q, struct jw *w) {
	struct box b = { .tx = tx, .rq = rq, .store = s, .q = q };
	TRY(read_cursor(&b));
	read_terms(&b);
	TRY(gather(&b));
	jw_object(w);
	jw_key(w, "tasks");
	jw_array(w);
	for (size_t i = 0; i < b.n; i++) {
		jw_object(w);
		TRY(write_row(&b, &b.items[i], w));
		jw_end(w);
	}
	jw_end(w);
	jw_set_text(w, "next",
		    b.more ? arena_printf(rq->arena, "%lld.%lld.%lld", (long long)b.last.time,
					  (long long)b.last.run, (long long)b.last.n)
			   : NULL);
	jw_key(w, "counts");
	TRY(flow_counts_json(tx, rq, w));
	jw_end(w);
	return NULL;
}
