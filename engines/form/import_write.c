/* import_write.c -- the slices of an import in the writer's hands: planned, committed in batches, settled. */
#include <stdlib.h>
#include <string.h>
#include "engines/form/import_slice.h"
#include "engines/form/find.h"
#include "runtime/base/catalogue.h"

enum { SLICES_IN_WORK = 16, BATCH_LINES = 64 /* below 2 ms of work */ };

/* ---- what is refused, what has landed ---- */

/* The error file of a workbook is CSV: where the row stands in the sheet is told with it. */
static const char *row_told(struct slice *s, const struct import_line *line, const char *why)
{
	struct param row = { "row", arena_printf(s->rq.arena, "%u", line->line) };
	return arena_printf(s->rq.arena, "%s%s", catalogue_text(s->rq.arena, s->rq.language, "import_row", &row, 1), why);
}

/* What a fault is about, as who mends the file knows it: the column, or the label of a field the file does not have. */
static const char *place(const struct import *im, struct slice *s, const char *pointer)
{
	for (size_t i = 0; i < im->map->n; i++)
		if (!strcmp(pointer, im->map->columns[i].pointer)) return im->map->columns[i].header;
	struct access ac;
	const struct field *f = form_field(im->map->form, str_of(pointer + 1));
	bool told = f && !access_of(&s->rq, im->map->form, &ac) && (ac.everything || access_reads(&ac, f));
	const char *label = told ? label_text(&f->label, s->rq.language) : "";
	return *label ? label : pointer + 1;
}

static const char *reason(const struct import *im, struct slice *s, struct import_line *line)
{
	struct sb out = sb_on(s->rq.arena, 1 << 16);
	for (const struct fault *f = line->faults.first; f; f = f->next) {
		if (f != line->faults.first) sb_cat(&out, s->rq.language == LANGUAGE_ZH ? "；" : "; ");
		if (f->pointer && *f->pointer) sb_printf(&out, "%s: ", place(im, s, f->pointer));
		sb_cat(&out, fault_text(s->rq.arena, s->rq.language, f));
	}
	return sb_cstr(&out);
}

static bool is_update(const struct import_unit *u, size_t line) { return u->appended ? !u->appended[line] : u->update; }

/* In the units' own transaction. */
struct problem *import_note_units(struct tx *tx, struct import_unit *const *units, size_t n)
{
	int64_t job = units[0]->import->o->job;
	size_t count = 0, at = 0;
	if (!job) return NULL;
	for (size_t i = 0; i < n; i++) count += units[i]->n;
	struct import_landed *lines = arena_array(tx_arena(tx), count, sizeof *lines);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < units[i]->n; k++)
			lines[at++] = (struct import_landed){ units[i]->slice->lines[units[i]->first + k].line, is_update(units[i], k) };
	return import_progress_land(tx, job, lines, count);
}

static struct problem *note_unit(struct tx *tx, struct write *w, void *arg)
{
	struct import_unit *const unit = arg;
	(void)w;
	return import_note_units(tx, &unit, 1);
}

static struct problem *mark_settled(struct tx *tx, void *arg)
{
	struct slice *s = arg;
	return import_progress_settle(tx, s->units[0].import->o->job, &s->progress);
}

/* ---- from a line to a write ---- */

void import_fail_line(struct import_line *line, const char *code)
{
	FAULT(&line->faults, "", code);
	line->outcome = LINE_FAILED;
}

/* rows: the file has only the rows of records that are there. */
static bool cut_short(struct import_line *line, int64_t id, enum import_mode mode, bool rows)
{
	if (id < 0) import_fail_line(line, "import_key_many");
	else if (!id && rows) import_fail_line(line, "import_no_parent");
	else if (!id && mode == IMPORT_UPDATE) line->outcome = LINE_SKIPPED;
	else if (id && mode == IMPORT_CREATE && !rows) line->outcome = LINE_SKIPPED;
	return line->outcome != LINE_OPEN;
}

/* The rows of one parent become one write in the merge form. */
static struct problem *rows_input(struct slice *s, struct tx *tx, const struct import_map *m, struct import_unit *u, int64_t parent_id)
{
	struct arena *a = s->rq.arena;
	struct record *parent;
	TRY(read_whole(&s->rq, tx, m->form, parent_id, &parent));
	struct input_rows *rows = arena_alloc(a, sizeof *rows);
	rows->rows = arena_array(a, u->n, sizeof *rows->rows);
	u->appended = arena_array(a, u->n, sizeof *u->appended);
	for (size_t i = 0; i < u->n && parent; i++) {
		struct import_line *line = &s->lines[u->first + i];
		struct input_row *row = &rows->rows[rows->n++];
		row->id = import_row_id(m, parent, &line->row.input);
		if (!row->id) import_forget_empty(m, &line->row);
		row->values = line->row.input;
		row->pointer = pointer_join(a, "", str_of(m->table->name));
		u->appended[i] = row->id == 0;
	}
	struct input *input = arena_alloc(a, sizeof *input);
	input->fields = arena_array(a, 1, sizeof *input->fields);
	input->fields[input->n++] = (struct input_field){ .field = m->table, .rows = rows, .pointer = pointer_join(a, "", str_of(m->table->name)) };
	u->write.input = input;
	return NULL;
}

/* ---- a record and its rows from consecutive lines ---- */

/* The record's cells are repeated, or left empty, on the lines after the first. */
static void same_record(struct slice *s, const struct import_line *first, struct import_line *line)
{
	for (size_t i = 0; i < line->record.given; i++) {
		const struct input_field *f = &line->record.input.fields[i];
		if (f->refused || value_is_null(&f->value) || value_same(&f->value, &first->record.input.fields[i].value)) continue;
		FAULT(&line->faults, f->pointer, "import_record_differs", "line", arena_printf(s->rq.arena, "%u", first->line));
	}
}

/* One of the lines at fault: nothing of the record is written. */
static void fail_whole(struct slice *s, struct import_unit *u)
{
	for (size_t i = u->first; i < u->first + u->n; i++) {
		if (!s->lines[i].faults.count) FAULT(&s->lines[i].faults, "", "import_other_line");
		s->lines[i].outcome = LINE_FAILED;
	}
}

/* The stored row a line is about: by the row key, else the one in the same place. */
static int64_t row_of_line(const struct import_map *m, const struct record *stored, size_t place, const struct import_line *line)
{
	if (!stored) return 0;
	if (m->row_key_count) return import_row_id(m, stored, &line->row.input);
	const struct record_rows *rows = &stored->rows[m->table->index];
	return place < rows->n ? rows->items[place]->id : 0;
}

/* Unless the map merges the lines are the whole table: what is stored beyond them goes. */
static struct problem *whole_rows(struct slice *s, struct tx *tx, const struct import_map *m, struct import_unit *u, int64_t id)
{
	struct arena *a = s->rq.arena;
	struct record *stored = NULL;
	struct import_line *first = &s->lines[u->first];
	struct input_rows *rows = arena_alloc(a, sizeof *rows);
	if (id) TRY(read_whole(&s->rq, tx, m->form, id, &stored));
	rows->replace = !m->merge;
	if (stored && rows->replace) u->write.if_match = stored->rev; /* rows may go: it must be the record we saw */
	rows->rows = arena_array(a, u->n, sizeof *rows->rows);
	u->appended = arena_array(a, u->n, sizeof *u->appended);
	for (size_t i = 0; i < u->n; i++) {
		struct import_line *line = &s->lines[u->first + i];
		u->appended[i] = !id;
		if (!import_has_row(line)) continue;
		struct input_row *row = &rows->rows[rows->n];
		row->id = row_of_line(m, stored, rows->n++, line);
		if (!row->id) import_forget_empty(m, &line->row);
		row->values = line->row.input;
		row->pointer = arena_printf(a, "/%s/%zu", m->table->name, i);
		u->appended[i] = !row->id;
	}
	struct input *in = &first->record.input;
	in->fields[in->n++] = (struct input_field){ .field = m->table, .rows = rows, .pointer = pointer_join(a, "", str_of(m->table->name)) };
	return NULL;
}

static bool whole_is_fine(struct slice *s, struct import_unit *u)
{
	bool fine = true;
	for (size_t i = 1; i < u->n; i++) same_record(s, &s->lines[u->first], &s->lines[u->first + i]);
	for (size_t i = 0; i < u->n; i++) fine = fine && !s->lines[u->first + i].faults.count;
	if (!fine) fail_whole(s, u);
	return fine;
}

struct problem *import_plan_unit(struct import *im, struct slice *s, struct tx *tx, struct import_unit *u)
{
	const struct import_map *m = im->map;
	struct import_line *line = &s->lines[u->first];
	int64_t id = 0;
	if (m->whole && !whole_is_fine(s, u)) return NULL;
	if (m->key_count) TRY(record_find(&s->rq, tx, m->form, m->key, line->key, m->key_count, &id));
	for (size_t i = 0; i < u->n; i++)
		if (s->lines[u->first + i].faults.count) s->lines[u->first + i].outcome = LINE_FAILED;
		else cut_short(&s->lines[u->first + i], id, im->o->mode, m->table && !m->whole);
	if (line->outcome != LINE_OPEN) return NULL;
	u->update = id != 0;
	if (!id) import_forget_empty(m, &line->record);
	u->write = (struct write){ .op = id ? WRITE_UPDATE : WRITE_CREATE, .form = m->form, .id = id, .if_match = -1, .input = &line->record.input,
		.dry_run = im->o->dry_run, .cause = im->cause };
	if (m->whole) return whole_rows(s, tx, m, u, id);
	return m->table ? rows_input(s, tx, m, u, id) : NULL;
}

/* ---- the writer ---- */

bool import_store_failed(const struct problem *p) { return p->kind == PROBLEM_UNAVAILABLE || p->kind == PROBLEM_INTERNAL; }

static struct problem *commit_units(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++) {
		b->units[i]->write.together = true;
		TRY(write_commit(tx, &b->units[i]->write));
	}
	TRY(tx_settle(tx));
	return import_note_units(tx, b->units, b->n);
}

static struct problem *commit_unit(struct tx *tx, void *arg)
{
	struct import_unit *const u = arg;
	u->write.together = false; /* told what refuses it */
	TRY(write_commit(tx, &u->write));
	return import_note_units(tx, &u, 1);
}

/* One of them fails: each is a part of its own, so that the others land, in the order of the file. */
static struct problem *commit_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++) b->units[i]->problem = NULL;
	struct problem *p = tx_is_guarded(tx) ? tx_part(tx, commit_units, b) : commit_units(tx, b);
	if (!p || import_store_failed(p)) return p;
	if (!tx_is_guarded(tx)) return &tx_unguarded;
	for (size_t i = 0; i < b->n; i++) {
		p = tx_part(tx, commit_unit, b->units[i]);
		if (p && import_store_failed(p)) return p;
		b->units[i]->problem = p;
	}
	return NULL;
}

static void member_done(struct import *im, struct slice *s)
{
	pthread_mutex_lock(&im->lock);
	if (--s->waiting == 0) pthread_cond_signal(&im->done);
	pthread_mutex_unlock(&im->lock);
}

static void batch_done(void *arg, struct problem *p)
{
	struct batch *b = arg;
	struct import *im = b->units[0]->import;
	for (size_t i = 0; p && i < b->n; i++) b->units[i]->problem = p;
	member_done(im, b->slice);
}

/* A mark that is lost costs nothing: the next one says more, and the lines are noted. */
static void mark_done(void *arg, struct problem *p)
{
	struct slice *s = arg;
	(void)p;
	member_done(s->units[0].import, s);
}

static size_t make_batches(struct slice *s, struct batch *batches)
{
	struct import_unit **units = arena_array(s->rq.arena, s->unit_count + 1, sizeof *units);
	size_t n = 0, taken = 0, lines = 0;
	for (size_t i = 0; i < s->unit_count; i++) {
		struct import_unit *u = &s->units[i];
		if (!u->given || u->problem) continue;
		if (!n || lines + u->n > BATCH_LINES) {
			struct batch *b = &batches[n++];
			*b = (struct batch){ .slice = s, .units = &units[taken], .member = { .commit = commit_batch, .done = batch_done, .arg = b, .arena = s->rq.arena } };
			lines = 0;
		}
		units[taken++] = u;
		batches[n - 1].n++;
		lines += u->n;
	}
	return n;
}

/* All members are made before the first goes on its way: from then on the slice's arena is the writer's. */
void import_give(struct import *im, struct slice *s)
{
	struct batch *batches = arena_array(s->rq.arena, s->unit_count + 1, sizeof *batches);
	size_t n = make_batches(s, batches);
	bool mark = im->o->job && n && im->settled;
	s->progress = (struct import_progress){ .line = im->settled, .errors = im->errors.bytes, .done = im->bytes, .total = im->total, .result = im->result };
	s->mark = (struct member){ .commit = mark_settled, .done = mark_done, .arg = s, .arena = s->rq.arena };
	s->waiting = n + mark;
	*(im->first ? &im->last_given->next : &im->first) = s;
	im->last_given = s;
	im->in_work++;
	for (size_t i = 0; i < n; i++) store_submit(im->store, LANE_BULK, &batches[i].member);
	if (mark) store_submit(im->store, LANE_BULK, &s->mark);
}

static bool is_done(struct import *im, const struct slice *s)
{
	pthread_mutex_lock(&im->lock);
	bool done = !s->waiting;
	pthread_mutex_unlock(&im->lock);
	return done;
}

static void wait_for_writer(struct import *im, struct slice *s)
{
	pthread_mutex_lock(&im->lock);
	while (s->waiting) pthread_cond_wait(&im->done, &im->lock);
	pthread_mutex_unlock(&im->lock);
}

/* ---- settling a slice ---- */

void import_charge(struct slice *s, struct import_line *line, const struct fault *f)
{
	struct fault *copy = arena_alloc(s->rq.arena, sizeof *copy);
	*copy = *f;
	copy->next = NULL;
	*(line->faults.last ? &line->faults.last->next : &line->faults.first) = copy;
	line->faults.last = copy;
	line->faults.count++;
	line->outcome = LINE_FAILED;
}

/* A fault of a row ("/lines/2/qty") is its line's, any other of the record the first line's. */
static void charge_whole(struct slice *s, struct import_unit *u, const struct fault *f)
{
	struct str table = str_of(u->import->map->table->name);
	struct fault mine = *f;
	const char *rest = f->pointer ? f->pointer : "";
	char *end = NULL;
	unsigned long at = u->n;
	if (*rest == '/' && str_starts(str_of(rest + 1), table) && rest[1 + table.n] == '/') at = strtoul(rest + table.n + 2, &end, 10);
	if (at < u->n) mine.pointer = arena_printf(s->rq.arena, "/%s%s", u->import->map->table->name, end);
	import_charge(s, &s->lines[u->first + (at < u->n ? at : 0)], &mine);
}

void import_charge_unit(struct slice *s, struct import_unit *u, const struct fault *f)
{
	if (u->import->map->whole) charge_whole(s, u, f);
	else
		for (size_t i = u->first; i < u->first + u->n; i++) import_charge(s, &s->lines[i], f);
}

void import_blame(struct slice *s, struct import_unit *u, const struct problem *p)
{
	const struct fault whole = { .pointer = p->pointer ? p->pointer : "", .code = p->code, .params = p->params, .param_count = p->param_count };
	for (const struct fault *f = p->faults ? p->faults : &whole; f; f = f->next) import_charge_unit(s, u, f);
	if (u->import->map->whole) fail_whole(s, u);
}

void import_land(struct slice *s, struct import_unit *u)
{
	for (size_t i = 0; i < u->n; i++) s->lines[u->first + i].outcome = is_update(u, i) ? LINE_UPDATED : LINE_CREATED;
}

static struct problem *line_by_line(struct import *im, struct slice *s, struct import_unit *u);

static struct problem *write_noted(struct import *im, struct slice *s, struct import_unit *u)
{
	u->write.together = false;
	u->write.also = note_unit;
	u->write.also_arg = u;
	return record_write(&s->rq, im->store, LANE_BULK, &u->write);
}

/* Losing a race is nobody's fault: the write is done over on this thread, with the retries of record_write (not once the import
 * ends: the line stays open). */
static struct problem *settle_unit(struct import *im, struct slice *s, struct import_unit *u, bool stopping)
{
	struct problem *p = u->problem;
	if (p == &write_again && stopping) return NULL;
	if (p == &write_again) p = write_noted(im, s, u);
	if (!p) {
		import_land(s, u);
		return NULL;
	}
	if (import_store_failed(p)) return p;
	if (u->n > 1 && !stopping && !im->map->whole) return line_by_line(im, s, u);
	import_blame(s, u, p);
	return NULL;
}

/* One of the rows of a parent is at fault: each is tried for itself. */
static struct problem *line_by_line(struct import *im, struct slice *s, struct import_unit *u)
{
	for (size_t i = 0; i < u->n; i++) {
		struct import_unit one = { .import = im, .slice = s, .first = u->first + i, .n = 1 };
		struct tx *tx;
		TRY(tx_read(im->store, s->rq.arena, &tx));
		TRY(tx_end(tx, import_plan_unit(im, s, tx, &one)));
		if (s->lines[one.first].outcome != LINE_OPEN) continue;
		one.problem = write_noted(im, s, &one);
		TRY(settle_unit(im, s, &one, false));
	}
	return NULL;
}

static void count_line(struct import *im, struct slice *s, struct import_line *line)
{
	struct import_result *r = &im->result;
	if (line->outcome == LINE_OPEN) return; /* the store gave up before it was this line's turn */
	int64_t *by[] = { [LINE_CREATED] = &r->created, [LINE_UPDATED] = &r->updated, [LINE_SKIPPED] = &r->skipped, [LINE_FAILED] = &r->failed };
	r->read++;
	++*by[line->outcome];
	if (line->outcome != LINE_FAILED) return;
	const char *why = reason(im, s, line);
	import_errors_line(&im->errors, line->cells, line->n, im->map->workbook ? row_told(s, line, why) : why);
	if (im->o->refused) im->o->refused(im->o->refused_arg, line->line, why);
}

struct problem *import_settle(struct import *im, struct slice *s)
{
	wait_for_writer(im, s);
	struct problem *stop = NULL;
	for (size_t i = 0; i < s->unit_count; i++) {
		struct problem *p = s->units[i].given ? settle_unit(im, s, &s->units[i], im->stopping) : NULL;
		if (!stop) stop = p;
		im->stopping = im->stopping || stop;
	}
	for (size_t i = 0; i < s->n; i++) count_line(im, s, &s->lines[i]); /* what landed counts, whatever came after */
	im->counted += (size_t)s->before.read;
	im->result.read += s->before.read;
	im->result.created += s->before.created;
	im->result.updated += s->before.updated;
	struct problem *p = import_errors_flush(&im->errors, im->rq->arena);
	if (!stop) stop = p;
	im->stopping = im->stopping || stop;
	if (!im->stopping) im->settled = s->last;
	if (stop) stop = problem_copy(im->rq->arena, stop);
	arena_free(s->rq.arena);
	return stop;
}

static struct problem *settle_first(struct import *im)
{
	struct slice *s = im->first;
	im->first = s->next;
	im->in_work--;
	return import_settle(im, s);
}

struct problem *import_settle_all(struct import *im)
{
	struct problem *stop = NULL;
	while (im->first) {
		struct problem *p = settle_first(im);
		if (!stop) stop = p;
	}
	return stop;
}

/* What is done is settled at once, and the oldest when too many are in work. */
struct problem *import_make_room(struct import *im)
{
	while (im->first && (im->in_work == SLICES_IN_WORK || is_done(im, im->first))) TRY(settle_first(im));
	return NULL;
}
