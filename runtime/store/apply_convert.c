/* Columns of a changed type while writes go on: triggers note every row written after the copy
 * began, slices copy by id, then the noted rows are converted again until few are left; the swap
 * takes the last ones in its own transaction. Triggers are SQLite's way; a backend without them can
 * read the event log instead, which names every written record. */
#include "runtime/store/apply.h"

enum { DIRTY_SLICE = 200, DIRTY_ROUNDS = 1000 };

static const char *table_of(const struct conversion_job *job) { return job->from->form->table; }

static bool first_of_table(const struct migration *m, size_t job) {
	for (size_t i = 0; i < job; i++)
		if (strcmp(table_of(&m->jobs[i]), table_of(&m->jobs[job])) == 0) return false;
	return true;
}

static const char *watched_columns(struct arena *a, const struct migration *m, const char *table) {
	struct sb b = sb_on(a, 1 << 16);
	for (size_t i = 0; i < m->job_count; i++)
		if (strcmp(table_of(&m->jobs[i]), table) == 0)
			sb_printf(&b, "%s\"%s\"", b.n ? ", " : "", m->jobs[i].from->column);
	return arena_strdup(a, sb_cstr(&b));
}

static struct problem *watch_table(struct tx *tx, const struct apply *ap, const struct journal *j,
				   const char *table) {
	struct arena *a = tx_arena(tx);
	const char *note = arena_printf(
		a, "BEGIN INSERT OR IGNORE INTO sys_dirty (place, id) VALUES ('%s', NEW.id); END",
		table);
	TRY(journal_run(
		tx, j,
		arena_printf(a, "CREATE TRIGGER \"%s__dirty_insert\" AFTER INSERT ON \"%s\" %s",
			     table, table, note)));
	return journal_run(
		tx, j,
		arena_printf(a,
			     "CREATE TRIGGER \"%s__dirty_update\" AFTER UPDATE OF %s ON \"%s\" %s",
			     table, watched_columns(a, ap->m, table), table, note));
}

struct problem *apply_watch(struct tx *tx, const struct apply *ap, const struct journal *j) {
	for (size_t i = 0; i < ap->m->job_count; i++)
		if (first_of_table(ap->m, i))
			TRY(watch_table(tx, ap, j, table_of(&ap->m->jobs[i])));
	return NULL;
}

/* ---- slices ---- */

static struct problem *commit_slice(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	int64_t rows = 0, losses = 0, after = ap->after;
	TRY(apply_same_base(tx, ap));
	TRY(conversion_write(tx, ap->conversions[ap->job], &after, &rows, &losses));
	ap->next_after = after;
	ap->slice_losses = losses;
	return NULL;
}

static struct problem *copy_column(struct apply *ap) {
	ap->after = 0;
	do {
		TRY(journal_member(ap->store, ap->arena, LANE_BULK, commit_slice, ap));
		ap->after = ap->next_after;
		ap->losses[ap->job] += ap->slice_losses;
	} while (ap->after);
	return NULL;
}

/* ---- noted rows ---- */

static struct problem *convert_noted(struct tx *tx, struct apply *ap, const char *table,
				     int64_t id) {
	for (size_t i = 0; i < ap->m->job_count; i++) {
		int64_t losses = 0;
		if (strcmp(table_of(&ap->m->jobs[i]), table) != 0) continue;
		TRY(conversion_write_one(tx, ap->conversions[i], id, &losses));
		ap->slice_losses += losses;
	}
	return tx_exec(tx, "DELETE FROM sys_dirty WHERE place = ?1 AND id = ?2",
		       PARAMS(value_text(str_of(table)), value_int(id)), NULL);
}

struct noted {
	int64_t id;
	const char *table;
};

static struct problem *noted_rows(struct tx *tx, size_t limit, struct noted **out, size_t *n) {
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	*out = arena_array(a, limit, sizeof **out);
	*n = 0;
	TRY(tx_query(tx, "SELECT place, id FROM sys_dirty ORDER BY place, id LIMIT ?1",
		     PARAMS(value_int((int64_t)limit)), &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		(*out)[(*n)++] =
			(struct noted){ rows_int(rows, 1), str_dup(a, rows_text(rows, 0)) };
	}
}

static struct problem *convert_some(struct tx *tx, struct apply *ap, size_t *n) {
	struct noted *list;
	TRY(noted_rows(tx, DIRTY_SLICE, &list, n));
	for (size_t i = 0; i < *n; i++) TRY(convert_noted(tx, ap, list[i].table, list[i].id));
	return NULL;
}

static struct problem *commit_noted(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	size_t n;
	ap->slice_losses = 0;
	TRY(apply_same_base(tx, ap));
	TRY(convert_some(tx, ap, &n));
	ap->dirty = (int64_t)n;
	return NULL;
}

/* Losses beyond what the plan counted, in a step it called harmless and nobody allowed. */
static struct problem *losses_allowed(struct apply *ap) {
	for (size_t i = 0; i < ap->m->job_count; i++) {
		const struct plan_step *step = &ap->plan->steps[ap->changes->jobs[i].step];
		if (ap->losses[i] && step->risk != STEP_LOSSY)
			return PROBLEM(ap->arena, CONFLICT, "plan_moved");
	}
	return NULL;
}

static struct problem *conversions_make(struct apply *ap) {
	struct tx *tx;
	struct problem *p = NULL;
	ap->conversions = arena_array(ap->arena, ap->m->job_count, sizeof(struct conversion *));
	ap->losses = arena_array(ap->arena, ap->m->job_count, sizeof *ap->losses);
	TRY(tx_read(ap->store, ap->arena, &tx));
	for (size_t i = 0; !p && i < ap->m->job_count; i++)
		p = conversion_new(tx, ap->arena, &ap->m->jobs[i], ap->m->directory, false,
				   &ap->conversions[i]);
	return tx_end(tx, p);
}

struct problem *apply_convert(struct apply *ap) {
	if (!ap->m->job_count) return NULL;
	TRY(conversions_make(ap));
	for (ap->job = 0; ap->job < ap->m->job_count; ap->job++) TRY(copy_column(ap));
	TRY(losses_allowed(ap));
	for (int round = 0; round < DIRTY_ROUNDS; round++) {
		TRY(journal_member(ap->store, ap->arena, LANE_BULK, commit_noted, ap));
		ap->losses[0] += ap->slice_losses;
		if (ap->dirty < DIRTY_SLICE) break;
	}
	return NULL;
}

struct problem *apply_catch_up(struct tx *tx, struct apply *ap) {
	size_t n = 1;
	while (ap->m->job_count && n) TRY(convert_some(tx, ap, &n));
	for (size_t i = 0; i < ap->m->job_count; i++) {
		const char *table = table_of(&ap->m->jobs[i]);
		if (!first_of_table(ap->m, i)) continue;
		TRY(tx_exec(tx,
			    arena_printf(tx_arena(tx), "DROP TRIGGER \"%s__dirty_insert\"", table),
			    NO_PARAMS, NULL));
		TRY(tx_exec(tx,
			    arena_printf(tx_arena(tx), "DROP TRIGGER \"%s__dirty_update\"", table),
			    NO_PARAMS, NULL));
	}
	return NULL;
}
