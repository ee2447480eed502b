/* stale.c -- If-Match failed: which fields have changed since the revision the caller saw, and what
 * they are now. The history knows, but for revisions that only rollups made (rollup.c): those have
 * no line, and the rollups are named. Only what the caller may read is told. */
#include "engines/form/write.h"

#include "runtime/store/read.h"

static void add_field(struct stale *s, const struct field *f) {
	for (size_t i = 0; i < s->n; i++)
		if (s->fields[i] == f) return;
	s->fields[s->n++] = f;
}

/* Removed fields are in the history and not in the form any more. */
static struct problem *add_changes(struct prepared *p, struct stale *s, struct str changes) {
	const struct json *list;
	if (!changes.n) return NULL;
	TRY(json_parse(p->rq->arena, changes, &json_limits_definition, &list));
	for (size_t i = 0; i < list->n; i++) {
		const struct field *f =
			form_field_by_id(p->w->form, json_str(json_get(&list->items[i], "field")));
		bool reads = f && rights_reads(p, f) >= RIGHT_MASK;
		if (reads && s->n < p->w->form->field_count) add_field(s, f);
	}
	return NULL;
}

static void add_rollups(struct prepared *p, struct stale *s) {
	const struct form *form = p->w->form;
	for (size_t i = 0; i < form->rollup_count; i++)
		if (rights_reads(p, form->rollups[i]) >= RIGHT_MASK && s->n < form->field_count)
			add_field(s, form->rollups[i]);
}

static struct problem *read_changes(struct prepared *p, struct stale *s) {
	struct rows *rows;
	int64_t lines = 0;
	TRY(record_history_rows(p->tx, p->w->form, p->w->id, &rows));
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have || rows_int(rows, 0) <= p->w->if_match) break;
		lines++;
		struct str text = rows_text(rows, 5);
		struct str kept = { arena_copy(p->rq->arena, text.p, text.n), text.n };
		TRY(add_changes(p, s, kept));
	}
	rows_close(rows);
	if (lines < p->root.old->rev - p->w->if_match) add_rollups(p, s);
	return NULL;
}

struct problem *stale_problem(struct prepared *p) {
	struct stale *s = arena_alloc(p->rq->arena, sizeof *s);
	s->fields = arena_array(p->rq->arena, p->w->form->field_count + 1, sizeof *s->fields);
	TRY(read_changes(p, s));
	TRY(rights_shown(p, p->root.old, p->readers, p->reader_count, &s->current));
	struct problem *problem = PROBLEM(p->rq->arena, STALE, "stale");
	problem->extra = s;
	return problem;
}
