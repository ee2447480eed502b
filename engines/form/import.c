/* import.c -- the import's pipeline. Invariants:
 *  1. Lines are read into a slice; a full slice is prepared on this thread (references, keys, values, record_write's first stage,
 *     all on one snapshot) and given to the writer's bulk lane; while it commits the next ones are read and prepared. A member is
 *     a batch of writes, because a savepoint a write costs as much as the write; of a batch that fails each write is a part of
 *     its own, in the same place of the order.
 *  2. At most SLICES_IN_WORK slices are given and not settled: what they hold bounds the memory, and many members at once let
 *     the writer serve them with one commit. Each has its own arena, touched by one thread at a time.
 *  3. A key that an unfinished slice is about to write makes us wait for it, so that a file may name a record twice.
 *  4. A file with records and their rows (map->whole): consecutive lines of one key are one record, one unit, one write; a slice
 *     never ends within one. One line at fault costs the whole record. A key that comes again further down is at fault, because
 *     without a row key the lines are all the rows there are.
 *  5. A line is counted once, when its slice is settled, in file order. */
#include "engines/form/import_slice.h"
#include "engines/form/prepare.h"

enum { SLICE_LINES = 512, LINE_FAULTS = 20 };

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

const char *import_cause(struct arena *a, int64_t job) { return arena_printf(a, "import/%lld", (long long)job); }

static struct slice *slice_new(struct import *im)
{
	struct arena *a = arena_new(0);
	struct slice *s = arena_alloc(a, sizeof *s);
	s->rq = *im->rq;
	s->rq.arena = a;
	s->room = SLICE_LINES;
	s->lines = arena_array(a, s->room, sizeof *s->lines);
	return s;
}

/* ---- preparing a slice ---- */

/* Where only rows are read a line with faults of its own stands alone; else neighbours with the same key share a unit. */
static bool joins(const struct import *im, const struct import_line *first, const struct import_line *line)
{
	if (!im->map->table || first->key_hash != line->key_hash || line->again) return false;
	return im->map->whole || (!line->faults.count && !first->faults.count);
}

static void make_units(struct import *im, struct slice *s)
{
	s->units = arena_array(s->rq.arena, s->n ? s->n : 1, sizeof *s->units);
	for (size_t i = 0; i < s->n; i++) {
		struct import_line *line = &s->lines[i];
		struct import_unit *last = s->unit_count ? &s->units[s->unit_count - 1] : NULL;
		if (last && joins(im, &s->lines[last->first], line)) last->n++;
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
	for (size_t i = 0; i < s->unit_count; i++) TRY(import_plan_unit(im, s, tx, &s->units[i]));
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
		if (im->o->dry_run && !p) p = faults_problem(&u->write.faults);
		writes[(*n)++] = u->write;
		if (!p || p == &write_again) continue;
		if (import_store_failed(p)) return p;
		import_blame(s, u, p);
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
			import_charge_unit(s, u, &mine);
		}
		if (!p->faults) import_blame(s, u, p);
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
	return import_note_units(tx, units, n);
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
	if (p && import_store_failed(p)) return p;
	if (p) blame_operations(s, p);
	for (size_t i = 0; i < s->unit_count; i++)
		if (s->lines[s->units[i].first].outcome == LINE_OPEN && !refused && !p) import_land(s, &s->units[i]);
	for (size_t i = 0; i < s->n; i++)
		if (s->lines[i].outcome == LINE_OPEN) import_fail_line(&s->lines[i], "import_refused_whole");
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
		if (im->o->dry_run && !u->problem) u->problem = faults_problem(&u->write.faults); /* a trial only gathers them */
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
	struct problem *p = must_wait(im, s) ? import_settle_all(im) : NULL;
	if (!p) p = plan_slice(im, s);
	if (!p && im->o->all_or_nothing) p = write_all(im, s);
	if (!p) p = import_make_room(im);
	if (p) {
		p = problem_copy(im->rq->arena, p);
		arena_free(s->rq.arena);
		return p;
	}
	if (im->o->dry_run || im->o->all_or_nothing) TRY(import_settle(im, s));
	else import_give(im, s);
	return cancelled(im);
}

/* ---- rows as they come ---- */

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
		im->header[i] = (struct str){ str_dup(im->rq->arena, fields[i]), fields[i].n };
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
	if (s->n == s->room) {
		s->lines = arena_grow(s->rq.arena, s->lines, s->n * sizeof *s->lines, 2 * s->room * sizeof *s->lines);
		s->room *= 2;
	}
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

/* Of the line's key, without a trace: many lines may be behind us. */
static void read_key(struct import *im, struct import_line *line)
{
	struct arena_mark mark = arena_mark(im->rq->arena);
	if (im->map->key_count) line->key_hash = import_key_hash(im->rq, im->map, line);
	arena_reset(im->rq->arena, mark);
}

/* Consecutive lines of one key are one record; without a row key they are all there is of it. */
static void note_record(struct import *im, struct import_line *line)
{
	if (!im->map->whole || im->map->merge) return;
	if (!im->seen) im->seen = import_seen_new(im->rq->arena);
	else if (line->key_hash == im->record_hash) {
		line->again = im->record_again;
		return;
	}
	im->record_hash = line->key_hash;
	line->again = im->record_again = import_seen_add(im->seen, line->key_hash);
}

/* The lines of one record stay together. */
static struct problem *is_full(struct import *im, const struct slice *s, uint64_t hash, bool *full)
{
	bool within = im->map->whole && s->n && s->lines[s->n - 1].key_hash == hash;
	*full = !im->o->all_or_nothing && s->n >= SLICE_LINES && !within;
	if (s->n < IMPORT_ATOMIC_ROWS || *full) return NULL;
	return PROBLEM(im->rq->arena, INVALID, im->o->all_or_nothing ? "import_atomic_rows" : "import_record_lines", "max",
		arena_printf(im->rq->arena, "%d", IMPORT_ATOMIC_ROWS));
}

static struct problem *take_row(void *arg, const struct str *fields, size_t n, unsigned number)
{
	struct import *im = arg;
	if (!im->header) return take_header(im, fields, n);
	struct import_line line = { .line = number, .cells = fields, .n = n };
	bool full = false;
	read_key(im, &line);
	note_record(im, &line);
	if (is_behind(im, number)) return NULL;
	if (im->reading) TRY(is_full(im, im->reading, line.key_hash, &full));
	if (im->reading && im->reading->n && (full || must_flush(im, im->reading, line.key_hash))) TRY(flush(im));
	if (!im->reading) im->reading = slice_new(im);
	add_line(im->reading, &line);
	im->reading->last = number;
	return NULL;
}

static struct problem *read_all(struct import *im)
{
	TRY(import_read_file(im, take_row));
	if (!im->header) return PROBLEM(im->rq->arena, MALFORMED, "import_empty_file");
	return flush(im);
}

struct problem *import_run(struct request *rq, struct store *s, const struct import_options *o, struct import_result *out)
{
	struct import im = { .rq = rq, .store = s, .o = o, .cache = id_cache_new(rq->arena),
		.errors = { .fd = o->errors_fd, .text = sb_on(rq->arena, SIZE_MAX), .bytes = o->from ? o->from->errors : 0 } };
	if (o->job) im.cause = import_cause(rq->arena, o->job);
	if (o->from) {
		im.result = o->from->result;
		im.settled = o->from->line;
	}
	TRY(import_map_read(rq, o, &im.map));
	pthread_mutex_init(&im.lock, NULL);
	pthread_cond_init(&im.done, NULL);
	struct problem *p = read_all(&im);
	im.stopping = p != NULL;
	struct problem *last = import_settle_all(&im);
	if (im.reading) arena_free(im.reading->rq.arena);
	pthread_cond_destroy(&im.done);
	pthread_mutex_destroy(&im.lock);
	*out = im.result;
	if (o->from) *out = import_progress_counts(&(struct import_progress){ .result = im.result, .landed = o->from->landed, .n = o->from->n }, im.counted);
	return p ? p : last;
}
