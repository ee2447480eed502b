/* serial_fill.c -- see the header. A serial that refuses to grow leaves the rest of its records
 * without a number: the plan cannot know, and no record is worth less for it. */
#include "runtime/store/serial_fill.h"

#include "runtime/model/serial.h"
#include "runtime/store/apps.h"
#include "runtime/store/counter.h"
#include "runtime/store/journal.h"
#include "runtime/store/record_sql.h"

enum { SLICE = 100 };

struct filling {
	struct store *store;
	const struct field *field;
	int64_t after, next;
};

/* The ids are the caller's, in order of creation; *n < SLICE: there are no more behind them. */
static struct problem *read_ids(struct tx *tx, const struct filling *f, int64_t *ids, size_t *n) {
	const char *sql = arena_printf(tx_arena(tx),
				       "SELECT \"id\" FROM \"%s\" WHERE \"id\" > ?1 AND \"%s\" IS "
				       "NULL ORDER BY \"id\" LIMIT %d",
				       f->field->form->table, f->field->column, SLICE);
	struct rows *rows;
	*n = 0;
	TRY(tx_query(tx, sql, PARAMS(value_int(f->after)), &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		ids[(*n)++] = rows_int(rows, 0);
	}
}

static int64_t created_local(const struct form *form, const struct value *values) {
	const struct value *at = &values[form_system(form, SYSTEM_CREATED_AT)->index];
	int64_t us = value_is_null(at) ? 0 : at->as.i;
	return form->app->zone ? zone_to_local(form->app->zone, us) : us;
}

static struct problem *number_one(struct tx *tx, const struct codec *c, const struct field *f,
				  int64_t id) {
	struct arena *a = tx_arena(tx);
	struct record *r = NULL;
	int64_t counted, shown;
	TRY(record_load(tx, c, f->form, id, RECORD_PLAIN, &r));
	if (!r || !serial_due(f, f->serial->at ? r->values : NULL, r->values)) return NULL;
	int64_t day = created_local(f->form, r->values);
	TRY(counter_next(tx, serial_counter_key(a, f, day), f->serial->start, &counted));
	if (!serial_number(f->serial, counted, &shown)) return NULL;
	struct str text = serial_text(a, f->serial, c, r->values, day, shown);
	const char *sql = arena_printf(a, "UPDATE \"%s\" SET \"%s\" = ?1 WHERE \"id\" = ?2",
				       f->form->table, f->column);
	return tx_exec(tx, sql, PARAMS(value_text(text), value_int(id)), NULL);
}

static struct problem *commit_slice(struct tx *tx, void *arg) {
	struct filling *f = arg;
	int64_t ids[SLICE];
	struct problem *p = NULL;
	size_t n;
	TRY(read_ids(tx, f, ids, &n));
	struct directory *people = people_take(f->store, tx, &p);
	if (p) return p;
	struct codec codec = { .app = f->field->form->app,
			       .directory = people,
			       .zone = f->field->form->app->zone };
	for (size_t i = 0; !p && i < n; i++) p = number_one(tx, &codec, f->field, ids[i]);
	directory_release(people);
	f->next = n < SLICE ? 0 : ids[n - 1];
	return p;
}

struct problem *serial_fill(struct store *s, struct arena *a, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		struct filling f = { .store = s, .field = form->fields[i] };
		if (!f.field->serial || !serial_counts(f.field->serial)) continue;
		do {
			TRY(journal_member(s, a, LANE_BULK, commit_slice, &f));
			f.after = f.next;
		} while (f.after);
	}
	return NULL;
}
