/* import.c -- the import's pipeline. Invariants:
 *  1. Lines are read into a slice; a full slice is prepared on this thread (references, keys, values, record_write's first stage,
 *     all on one snapshot) and given to the writer's bulk lane; while it commits the next ones are read and prepared. A member is
 *     a batch of writes, because a savepoint a write costs as much as the write; of a batch that fails each write is a part of
 *     its own, in the same place of the order.
 *  2. At most SLICES_IN_WORK slices are given and not settled: what they hold bounds the memory, and many members at once let
 *     the writer serve them with one commit. Each has its own arena, touched by one thread at a time.
 *  3. A key that an unfinished slice is about to write makes us wait for it, so that a file may name a record twice.
 *  4. A line is counted once, when its slice is settled, in file order. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include "engines/form/csv.h"
#include "engines/form/encoding.h"
#include "engines/form/find.h"
#include "engines/form/import_errors.h"
#include "engines/form/import_progress.h"
#include "engines/form/import_rows.h"
#include "engines/form/prepare.h"
#include "runtime/base/clock.h"

enum { SLICE_LINES = 512, SLICES_IN_WORK = 8, BATCH_LINES = 64 /* below 2 ms of work */, READ_BYTES = 1 << 16, LINE_FAULTS = 20 };

struct import_unit {                     /* one write: a line, or the lines of one parent */
	struct import *import;
	struct slice *slice;
	struct write write;
	struct problem *problem;
	size_t first, n;                 /* lines of the slice */
	bool update, given;              /* given: to the writer */
	bool *appended;                  /* rows_of: by line, the row was new */
};
struct batch {                           /* a member of the writer */
	struct slice *slice;
	struct member member;
	struct import_unit **units; size_t n;
};
struct slice {
	struct request rq;               /* a copy with the slice's arena */
	struct import_line *lines; size_t n;
	struct import_unit *units; size_t unit_count;
	size_t waiting;                  /* members not yet done; under the import's lock */
	struct import_result before;     /* lines among its own that a former process has stored */
	int64_t last;                    /* line, stored before or not */
	struct member mark;              /* says what is settled so far; goes along with this slice's batches */
	struct import_progress progress;
	struct slice *next;              /* in the writer's hands, given later */
};
struct import {
	struct request *rq;
	struct store *store;
	const struct import_options *o;
	struct import_map *map;
	struct import_result result;
	struct csv *csv;
	struct str *header; size_t header_n;
	struct slice *reading, *first, *last_given; /* first and those after it: given to the writer */
	size_t in_work;                  /* how many these are */
	bool stopping;                   /* the store gave up, or the caller */
	struct id_cache *cache;
	struct import_errors errors;
	int64_t settled;                 /* the last line of the slices settled so far */
	size_t landed, counted;          /* how many of o->from->landed are behind us; counted with their slices */
	pthread_mutex_t lock;
	pthread_cond_t done;
	int64_t bytes, total;
};

bool import_mode_of(struct str name, enum import_mode *out)
{
	static const char *const names[] = { "create", "update", "upsert" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(name, names[i])) {
			*out = (enum import_mode)i;
			return true;
		}
	return false;
}

static struct slice *slice_new(struct import *im)
{
	struct arena *a = arena_new(0);
	struct slice *s = arena_alloc(a, sizeof *s);
	s->rq = *im->rq;
	s->rq.arena = a;
	s->lines = arena_array(a, im->o->all_or_nothing ? IMPORT_ATOMIC_ROWS : SLICE_LINES, sizeof *s->lines);
	return s;
}

/* ---- what is refused, what has landed ---- */

static const char *reason(struct slice *s, struct import_line *line)
{
	struct sb out = sb_on(s->rq.arena, 1 << 16);
	for (const struct fault *f = line->faults.first; f; f = f->next) {
		if (out.n) sb_cat(&out, s->rq.language == LANGUAGE_ZH ? "；" : "; ");
		if (f->pointer && *f->pointer) sb_printf(&out, "%s: ", f->pointer + 1);
		sb_cat(&out, fault_text(s->rq.arena, s->rq.language, f));
	}
	return sb_cstr(&out);
}

static bool is_update(const struct import_unit *u, size_t line) { return u->appended ? !u->appended[line] : u->update; }

/* In the units' own transaction. */
static struct problem *note_units(struct tx *tx, struct import_unit *const *units, size_t n)
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
	return note_units(tx, &unit, 1);
}

static struct problem *mark_settled(struct tx *tx, void *arg)
{
	struct slice *s = arg;
	return import_progress_settle(tx, s->units[0].import->o->job, &s->progress);
}

/* ---- from a line to a write ---- */

static void fail_line(struct import_line *line, const char *code)
{
	FAULT(&line->faults, "", code);
	line->outcome = LINE_FAILED;
}

static bool cut_short(struct import_line *line, int64_t id, enum import_mode mode, bool rows)
{
	if (id < 0) fail_line(line, "import_key_many");
	else if (!id && rows) fail_line(line, "import_no_parent");
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
		row->id = import_row_id(m, parent, &line->input);
		if (!row->id) import_line_forget_empty(m, line);
		row->values = line->input;
		row->pointer = pointer_join(a, "", str_of(m->table->name));
		u->appended[i] = row->id == 0;
	}
	struct input *input = arena_alloc(a, sizeof *input);
	input->fields = arena_array(a, 1, sizeof *input->fields);
	input->fields[input->n++] = (struct input_field){ .field = m->table, .rows = rows, .pointer = pointer_join(a, "", str_of(m->table->name)) };
	u->write.input = input;
	return NULL;
}

static struct problem *plan_unit(struct import *im, struct slice *s, struct tx *tx, struct import_unit *u)
{
	const struct import_map *m = im->map;
	struct import_line *line = &s->lines[u->first];
	int64_t id = 0;
	if (m->key_count) TRY(record_find(&s->rq, tx, m->form, m->key, line->key, m->key_count, &id));
	for (size_t i = 0; i < u->n; i++)
		if (s->lines[u->first + i].faults.count) s->lines[u->first + i].outcome = LINE_FAILED;
		else cut_short(&s->lines[u->first + i], id, im->o->mode, m->table != NULL);
	if (line->outcome != LINE_OPEN) return NULL;
	u->update = id != 0;
	if (!id) import_line_forget_empty(m, line);
	u->write = (struct write){ .op = id ? WRITE_UPDATE : WRITE_CREATE, .form = m->form, .id = id, .if_match = -1, .input = &line->input,
		.dry_run = im->o->dry_run };
	return m->table ? rows_input(s, tx, m, u, id) : NULL;
}

/* ---- the writer ---- */

static bool of_the_store(const struct problem *p) { return p->kind == PROBLEM_UNAVAILABLE || p->kind == PROBLEM_INTERNAL; }

static struct problem *commit_units(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++) TRY(write_commit(tx, &b->units[i]->write));
	return note_units(tx, b->units, b->n);
}

static struct problem *commit_unit(struct tx *tx, void *arg)
{
	struct import_unit *const u = arg;
	TRY(write_commit(tx, &u->write));
	return note_units(tx, &u, 1);
}

/* One of them fails: each is a part of its own, so that the others land, in the order of the file. */
static struct problem *commit_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++) b->units[i]->problem = NULL;
	struct problem *p = tx_part(tx, commit_units, b);
	if (!p || of_the_store(p)) return p;
	for (size_t i = 0; i < b->n; i++) {
		p = tx_part(tx, commit_unit, b->units[i]);
		if (p && of_the_store(p)) return p;
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
static void give_to_writer(struct import *im, struct slice *s)
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

static void charge(struct slice *s, struct import_line *line, const struct fault *f)
{
	struct fault *copy = arena_alloc(s->rq.arena, sizeof *copy);
	*copy = *f;
	copy->next = NULL;
	*(line->faults.last ? &line->faults.last->next : &line->faults.first) = copy;
	line->faults.last = copy;
	line->faults.count++;
	line->outcome = LINE_FAILED;
}

static void blame(struct slice *s, struct import_unit *u, const struct problem *p)
{
	const struct fault whole = { .pointer = p->pointer ? p->pointer : "", .code = p->code, .params = p->params, .param_count = p->param_count };
	for (size_t i = u->first; i < u->first + u->n; i++)
		for (const struct fault *f = p->faults ? p->faults : &whole; f; f = f->next) charge(s, &s->lines[i], f);
}

static void land(struct slice *s, struct import_unit *u)
{
	for (size_t i = 0; i < u->n; i++) s->lines[u->first + i].outcome = is_update(u, i) ? LINE_UPDATED : LINE_CREATED;
}

static struct problem *line_by_line(struct import *im, struct slice *s, struct import_unit *u);

static struct problem *write_noted(struct import *im, struct slice *s, struct import_unit *u)
{
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
		land(s, u);
		return NULL;
	}
	if (of_the_store(p)) return p;
	if (u->n > 1 && !stopping) return line_by_line(im, s, u);
	blame(s, u, p);
	return NULL;
}

/* One of the rows of a parent is at fault: each is tried for itself. */
static struct problem *line_by_line(struct import *im, struct slice *s, struct import_unit *u)
{
	for (size_t i = 0; i < u->n; i++) {
		struct import_unit one = { .import = im, .slice = s, .first = u->first + i, .n = 1 };
		struct tx *tx;
		TRY(tx_read(im->store, s->rq.arena, &tx));
		TRY(tx_end(tx, plan_unit(im, s, tx, &one)));
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
	if (line->outcome == LINE_FAILED) import_errors_line(&im->errors, line->cells, line->n, reason(s, line));
}

static struct problem *settle(struct import *im, struct slice *s)
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
	return settle(im, s);
}

static struct problem *settle_all(struct import *im)
{
	struct problem *stop = NULL;
	while (im->first) {
		struct problem *p = settle_first(im);
		if (!stop) stop = p;
	}
	return stop;
}

/* What is done is settled at once, and the oldest when too many are in work. */
static struct problem *make_room(struct import *im)
{
	while (im->first && (im->in_work == SLICES_IN_WORK || is_done(im, im->first))) TRY(settle_first(im));
	return NULL;
}

/* ---- preparing a slice ---- */

/* A line with faults of its own stands alone; neighbours with the same key share a unit when the map has rows_of. */
static void make_units(struct import *im, struct slice *s)
{
	s->units = arena_array(s->rq.arena, s->n ? s->n : 1, sizeof *s->units);
	for (size_t i = 0; i < s->n; i++) {
		struct import_line *line = &s->lines[i];
		struct import_unit *last = s->unit_count ? &s->units[s->unit_count - 1] : NULL;
		bool joins = im->map->table && last && !line->faults.count && !s->lines[last->first].faults.count
			&& s->lines[last->first].key_hash == line->key_hash;
		if (joins) last->n++;
		else s->units[s->unit_count++] = (struct import_unit){ .import = im, .slice = s, .first = i, .n = 1 };
	}
}

static struct problem *read_lines(struct import *im, struct slice *s, struct tx *tx)
{
	for (size_t i = 0; i < s->n; i++) TRY(import_line_read(&s->rq, tx, im->map, im->cache, &s->lines[i]));
	return NULL;
}

static struct problem *plan_units(struct import *im, struct slice *s, struct tx *tx)
{
	for (size_t i = 0; i < s->unit_count; i++) TRY(plan_unit(im, s, tx, &s->units[i]));
	return NULL;
}

/* What each write says for itself; those with nothing against them are gathered. */
static struct problem *try_all(struct import *im, struct slice *s, struct write *writes, size_t *n, bool *refused)
{
	for (size_t i = 0; i < s->n; i++) *refused = *refused || s->lines[i].outcome == LINE_FAILED;
	for (size_t i = 0; i < s->unit_count; i++) {
		struct import_unit *u = &s->units[i];
		if (s->lines[u->first].outcome != LINE_OPEN) continue;
		struct problem *p = write_prepare(&s->rq, im->store, &u->write);
		writes[(*n)++] = u->write;
		if (!p || p == &write_again) continue;
		if (of_the_store(p)) return p;
		blame(s, u, p);
		*refused = true;
	}
	return NULL;
}

/* "/operations/3/name" of the whole is "/name" of the fourth write. */
static void blame_operations(struct slice *s, const struct problem *p)
{
	static const char prefix[] = "/operations/";
	size_t operation = 0;
	for (size_t i = 0; i < s->unit_count; i++) {
		struct import_unit *u = &s->units[i];
		if (s->lines[u->first].outcome != LINE_OPEN) continue;
		const char *own = arena_printf(s->rq.arena, "%s%zu", prefix, operation++);
		size_t n = strlen(own);
		for (const struct fault *f = p->faults; f; f = f->next) {
			struct fault mine = *f;
			if (strncmp(f->pointer, own, n) != 0 || (f->pointer[n] && f->pointer[n] != '/')) continue;
			mine.pointer += n;
			for (size_t k = 0; k < u->n; k++) charge(s, &s->lines[u->first + k], &mine);
		}
		if (!p->faults) blame(s, u, p);
	}
}

struct slice_note { struct import *import; struct slice *slice; };

/* With the last of the writes: all of them have landed. */
static struct problem *note_slice(struct tx *tx, struct write *w, void *arg)
{
	const struct slice_note *note = arg;
	struct slice *s = note->slice;
	struct import_unit **units = arena_array(tx_arena(tx), s->unit_count, sizeof *units);
	size_t n = 0;
	(void)w;
	for (size_t i = 0; i < s->unit_count; i++)
		if (s->lines[s->units[i].first].outcome == LINE_OPEN) units[n++] = &s->units[i];
	return note_units(tx, units, n);
}

/* all_or_nothing: one transaction, or the reasons. */
static struct problem *write_all(struct import *im, struct slice *s)
{
	struct write *writes = arena_array(s->rq.arena, s->unit_count ? s->unit_count : 1, sizeof *writes);
	size_t n = 0;
	bool refused = false;
	TRY(try_all(im, s, writes, &n, &refused));
	struct slice_note note = { im, s };
	if (n) writes[n - 1].also = note_slice;
	if (n) writes[n - 1].also_arg = &note;
	struct problem *p = refused || im->o->dry_run ? NULL : record_write_all(&s->rq, im->store, LANE_BULK, writes, n);
	if (p && of_the_store(p)) return p;
	if (p) blame_operations(s, p);
	for (size_t i = 0; i < s->unit_count; i++)
		if (s->lines[s->units[i].first].outcome == LINE_OPEN && !refused && !p) land(s, &s->units[i]);
	for (size_t i = 0; i < s->n; i++)
		if (s->lines[i].outcome == LINE_OPEN) fail_line(&s->lines[i], "import_refused_whole");
	return NULL;
}

static bool clash(const struct slice *later, const struct slice *earlier)
{
	for (size_t i = 0; i < later->n; i++)
		for (size_t k = 0; k < earlier->n; k++)
			if (later->lines[i].key_hash == earlier->lines[k].key_hash) return true;
	return false;
}

/* Is a line about a record that an unfinished slice is about to write? One that refers to the form itself may be about any. */
static bool must_wait(const struct import *im, const struct slice *s)
{
	for (size_t i = 0; i < im->map->n; i++)
		if (im->map->columns[i].by && im->map->columns[i].by->form == im->map->form) return true;
	for (const struct slice *earlier = im->first; earlier; earlier = earlier->next)
		if (im->map->key_count && clash(s, earlier)) return true;
	return false;
}

/* record_write's first stage. Each write stands on the slice's snapshot; what others change meanwhile is found by its commit. */
static void prepare_units(struct import *im, struct slice *s, struct tx *tx)
{
	for (size_t i = 0; i < s->unit_count; i++) {
		struct import_unit *u = &s->units[i];
		if (s->lines[u->first].outcome != LINE_OPEN) continue;
		u->given = true;
		u->problem = prepare_on(tx, &s->rq, im->store, &u->write);
	}
}

static struct problem *plan_slice(struct import *im, struct slice *s)
{
	struct tx *tx;
	TRY(tx_read(im->store, s->rq.arena, &tx));
	struct problem *p = read_lines(im, s, tx);
	if (!p) make_units(im, s);
	if (!p) p = plan_units(im, s, tx);
	if (!p && !im->o->all_or_nothing) prepare_units(im, s, tx);
	return tx_end(tx, p);
}

static struct problem *cancelled(struct import *im)
{
	if (!im->o->progress || im->o->progress(im->o->progress_arg, im->bytes, im->total, &im->result)) return NULL;
	return PROBLEM(im->rq->arena, CONFLICT, "import_cancelled");
}

/* The slice that has been read goes on its way; the one before it is settled first. */
static struct problem *flush(struct import *im)
{
	struct slice *s = im->reading;
	im->reading = NULL;
	if (!s) return NULL;
	struct problem *p = must_wait(im, s) ? settle_all(im) : NULL;
	if (!p) p = plan_slice(im, s);
	if (!p && im->o->all_or_nothing) p = write_all(im, s);
	if (!p) p = make_room(im);
	if (p) {
		p = problem_copy(im->rq->arena, p);
		arena_free(s->rq.arena);
		return p;
	}
	if (im->o->dry_run || im->o->all_or_nothing) TRY(settle(im, s));
	else give_to_writer(im, s);
	return cancelled(im);
}

/* ---- reading the file ---- */

static const char *const reason_headers[] = { [LANGUAGE_ZH] = "错误原因", [LANGUAGE_EN] = "Reason" };

static bool is_reason(const struct import *im, struct str header)
{
	for (size_t i = 0; i < im->map->n; i++)
		if (im->map->columns[i].at == im->header_n - 1) return false; /* it goes into a field */
	for (size_t l = 0; l < ARRAY_LEN(reason_headers); l++)
		if (str_is(str_trim(header), reason_headers[l])) return true;
	return false;
}

static struct problem *take_header(struct import *im, const struct str *fields, size_t n)
{
	im->header = arena_array(im->rq->arena, n, sizeof *im->header);
	im->header_n = n;
	for (size_t i = 0; i < n; i++) {
		struct str name = csv_unguard(fields[i]);
		im->header[i] = (struct str){ str_dup(im->rq->arena, name), name.n };
	}
	TRY(import_map_bind(im->rq, im->map, im->header, n));
	if (is_reason(im, im->header[n - 1])) im->header_n--; /* an error file read back: new reasons take the old ones' place */
	im->errors.columns = im->map->file_columns;
	im->errors.shown = im->header_n;
	if (im->errors.fd < 0 || im->errors.bytes) return NULL;
	sb_cat(&im->errors.text, "\xEF\xBB\xBF");
	import_errors_line(&im->errors, im->header, n, reason_headers[im->rq->language]);
	return NULL;
}

static void add_line(struct slice *s, const struct import_line *line)
{
	struct import_line *to = &s->lines[s->n++];
	*to = *line;
	struct str *cells = arena_array(s->rq.arena, line->n, sizeof *cells);
	for (size_t i = 0; i < line->n; i++) cells[i] = (struct str){ str_dup(s->rq.arena, line->cells[i]), line->cells[i].n };
	to->cells = cells;
	to->faults = (struct faults){ .arena = s->rq.arena, .limit = LINE_FAULTS };
}

/* A record named twice in a slice ends it; rows of one parent that follow one another belong together. */
static bool must_flush(const struct import *im, const struct slice *s, uint64_t hash)
{
	if (im->o->all_or_nothing || !im->map->key_count) return false;
	if (im->map->table && s->n && s->lines[s->n - 1].key_hash == hash) return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->lines[i].key_hash == hash) return true;
	return false;
}

/* A line that a former process has settled, or stored and noted; the latter is counted with its slice. */
static bool is_behind(struct import *im, int64_t line)
{
	const struct import_progress *from = im->o->from;
	if (!from) return false;
	if (line <= from->line) return true;
	while (im->landed < from->n && from->landed[im->landed].line < line) im->landed++;
	if (im->landed == from->n || from->landed[im->landed].line != line) return false;
	if (!im->reading) im->reading = slice_new(im);
	struct import_result *before = &im->reading->before;
	before->read++;
	++*(from->landed[im->landed].updated ? &before->updated : &before->created);
	im->reading->last = line;
	return true;
}

static struct problem *take_row(void *arg, const struct str *fields, size_t n, unsigned number)
{
	struct import *im = arg;
	if (!im->header) return take_header(im, fields, n);
	if (is_behind(im, number)) return NULL;
	struct import_line line = { .line = number, .cells = fields, .n = n };
	if (!im->reading) im->reading = slice_new(im);
	if (im->map->key_count) line.key_hash = import_key_hash(&im->reading->rq, im->map, &line);
	if (im->reading->n && must_flush(im, im->reading, line.key_hash)) TRY(flush(im));
	if (!im->reading) im->reading = slice_new(im);
	if (im->o->all_or_nothing && im->reading->n == IMPORT_ATOMIC_ROWS)
		return PROBLEM(im->rq->arena, INVALID, "import_atomic_rows", "max", arena_printf(im->rq->arena, "%d", IMPORT_ATOMIC_ROWS));
	add_line(im->reading, &line);
	im->reading->last = number;
	return !im->o->all_or_nothing && im->reading->n == SLICE_LINES ? flush(im) : NULL;
}

static struct problem *take_text(void *arg, const char *text, size_t n)
{
	struct import *im = arg;
	return csv_push(im->csv, text, n);
}

/* A byte order mark outweighs what the map says: our error files have one, whatever the first file was written in. */
static bool is_marked(int fd)
{
	char mark[3];
	return pread(fd, mark, sizeof mark, 0) == (ssize_t)sizeof mark && memcmp(mark, "\xEF\xBB\xBF", sizeof mark) == 0;
}

static struct problem *read_file(struct import *im)
{
	struct decoder *decoder;
	const char *encoding = is_marked(im->o->fd) ? "utf-8" : im->map->encoding;
	if (!encoding) TRY(encoding_detect(im->rq->arena, im->o->fd, &encoding));
	TRY(decoder_new(im->rq->arena, encoding, &decoder));
	im->total = lseek(im->o->fd, 0, SEEK_END);
	lseek(im->o->fd, 0, SEEK_SET);
	im->csv = csv_new(im->rq->arena, &csv_limits_default, ',', take_row, im);
	char *buffer = arena_alloc(im->rq->arena, READ_BYTES);
	for (;;) {
		ssize_t got = read(im->o->fd, buffer, READ_BYTES);
		if (got < 0) return PROBLEM(im->rq->arena, UNAVAILABLE, "file_read", "reason", strerror(errno));
		im->bytes += got;
		TRY(decoder_push(decoder, buffer, (size_t)got, got == 0, take_text, im));
		if (got == 0) break;
	}
	TRY(csv_end(im->csv));
	if (!im->header) return PROBLEM(im->rq->arena, MALFORMED, "import_empty_file");
	return flush(im);
}

struct problem *import_run(struct request *rq, struct store *s, const struct import_options *o, struct import_result *out)
{
	struct import im = { .rq = rq, .store = s, .o = o, .cache = id_cache_new(rq->arena),
		.errors = { .fd = o->errors_fd, .text = sb_on(rq->arena, SIZE_MAX), .bytes = o->from ? o->from->errors : 0 } };
	if (o->from) {
		im.result = o->from->result;
		im.settled = o->from->line;
	}
	TRY(import_map_read(rq, o, &im.map));
	pthread_mutex_init(&im.lock, NULL);
	pthread_cond_init(&im.done, NULL);
	struct problem *p = read_file(&im);
	im.stopping = p != NULL;
	struct problem *last = settle_all(&im);
	if (im.reading) arena_free(im.reading->rq.arena);
	pthread_cond_destroy(&im.done);
	pthread_mutex_destroy(&im.lock);
	*out = im.result;
	if (o->from) *out = import_progress_counts(&(struct import_progress){ .result = im.result, .landed = o->from->landed, .n = o->from->n }, im.counted);
	return p ? p : last;
}
