/* import_progress.c -- notes and marks of an import's progress. */
#include "engines/form/import_progress.h"

#include <stdlib.h>
#include "runtime/store/queries.h"

enum { RESULT_BYTES = 1 << 12, CREATED = 'c', UPDATED = 'u' };

struct counter {
	const char *name;
	size_t at;
};
static const struct counter counters[] = {
	{ "read", offsetof(struct import_result, read) },
	{ "created", offsetof(struct import_result, created) },
	{ "updated", offsetof(struct import_result, updated) },
	{ "skipped", offsetof(struct import_result, skipped) },
	{ "failed", offsetof(struct import_result, failed) },
};
static const struct counter marks[] = {
	{ "line", offsetof(struct import_progress, line) },
	{ "errors", offsetof(struct import_progress, errors) },
};

static void write_counts(struct jw *w, const void *from, const struct counter *c, size_t n) {
	for (size_t i = 0; i < n; i++) {
		jw_set_int(w, c[i].name, *(const int64_t *)(const void *)((const char *)from + c[i].at));
	}
}

static void read_counts(const struct json *j, void *to, const struct counter *c, size_t n) {
	for (size_t i = 0; i < n; i++) {
		int64_t *count = (int64_t *)(void *)((char *)to + c[i].at);
		const struct json *v = json_get(j, c[i].name);
		if (!v || !json_int(v, count)) *count = 0;
	}
}

void import_result_json(struct jw *w, const struct import_result *r) {
	jw_object(w);
	write_counts(w, r, counters, ARRAY_LEN(counters));
	jw_end(w);
}

void import_result_read(const struct json *j, struct import_result *out) {
	*out = (struct import_result){ 0 };
	if (j) read_counts(j, out, counters, ARRAY_LEN(counters));
}

struct problem *import_progress_land(struct tx *tx, int64_t job, const struct import_landed *lines,
				     size_t n) {
	struct sb text = sb_on(tx_arena(tx), SIZE_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		sb_int(&text, lines[i].line);
		sb_char(&text, lines[i].updated ? UPDATED : CREATED);
	}
	return tx_exec(
		tx, sql_job_part_add,
		PARAMS(value_int(job), value_int(lines[0].line), value_text(sb_str(&text))), NULL);
}

struct problem *import_progress_settle(struct tx *tx, int64_t job,
				       const struct import_progress *p) {
	struct sb text = sb_on(tx_arena(tx), RESULT_BYTES);
	struct jw w = jw_on(&text);
	jw_object(&w);
	write_counts(&w, &p->result, counters, ARRAY_LEN(counters));
	write_counts(&w, p, marks, ARRAY_LEN(marks));
	jw_end(&w);
	TRY(tx_exec(tx, sql_job_part_drop, PARAMS(value_int(job), value_int(p->line)), NULL));
	return tx_exec(tx, sql_job_settle,
		       PARAMS(value_int(job), value_int(p->done), value_int(p->total),
			      value_text(sb_str(&text))),
		       NULL);
}

/* ---- reading it back ---- */

static struct problem *read_marks(struct tx *tx, int64_t job, struct import_progress *out) {
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	const struct json *j;
	bool have;
	TRY(tx_query(tx, sql_job_progress, PARAMS(value_int(job)), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return NULL;
	out->done = rows_int(rows, 0);
	out->total = rows_int(rows, 1);
	struct str text = str_of(str_dup(a, rows_text(rows, 2)));
	rows_close(rows);
	if (!text.n) return NULL;
	TRY(json_parse(a, text, &json_limits_request, &j));
	import_result_read(j, &out->result);
	read_counts(j, out, marks, ARRAY_LEN(marks));
	return NULL;
}

static void take_part(struct import_progress *out, struct arena *a, struct str text, size_t *room) {
	int64_t line = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= '0' && text.p[i] <= '9') {
			line = line * 10 + (text.p[i] - '0');
			continue;
		}
		if (out->n == *room) {
			size_t next = *room ? *room * 2 : 64;
			out->landed = arena_grow(a, out->landed, out->n * sizeof *out->landed,
						 next * sizeof *out->landed);
			*room = next;
		}
		out->landed[out->n++] = (struct import_landed){ line, text.p[i] == UPDATED };
		line = 0;
	}
}

static int by_line(const void *a, const void *b) {
	int64_t x = ((const struct import_landed *)a)->line;
	int64_t y = ((const struct import_landed *)b)->line;
	return (x > y) - (x < y);
}

struct problem *import_progress_read(struct tx *tx, int64_t job, struct import_progress *out) {
	struct rows *rows;
	bool have;
	size_t room = 0;
	*out = (struct import_progress){ .line = 0 };
	TRY(read_marks(tx, job, out));
	TRY(tx_query(tx, sql_job_part_list, PARAMS(value_int(job)), &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		take_part(out, tx_arena(tx), rows_text(rows, 0), &room);
	}
	/* Parts of one slice interleave when a batch was given again, a line at a time. */
	if (out->n) qsort(out->landed, out->n, sizeof *out->landed, by_line);
	return NULL;
}

struct import_result import_progress_counts(const struct import_progress *p, size_t skip) {
	struct import_result r = p->result;
	for (size_t i = skip; i < p->n; i++) {
		r.read++;
		++*(p->landed[i].updated ? &r.updated : &r.created);
	}
	return r;
}
