/* import_slice.h -- a slice of an import on its way: planned and given to the writer by import.c, written and settled by
 * import_write.c. Nobody outside engines/form includes it. The invariants stand in import.c. */
#ifndef TENON_FORM_IMPORT_SLICE_H
#define TENON_FORM_IMPORT_SLICE_H

#include <pthread.h>
#include "engines/form/import_errors.h"
#include "engines/form/import_progress.h"
#include "engines/form/import_rows.h"
#include "engines/form/import_seen.h"
#include "runtime/store/writer.h"

struct import_unit {                     /* one write: a line, or the lines of one record */
	struct import *import;
	struct slice *slice;
	struct write write;
	struct problem *problem;
	size_t first, n;                 /* lines of the slice */
	bool update, given;              /* given: to the writer */
	bool *appended;                  /* with rows: by line, the row was new */
};
struct batch {                           /* a member of the writer */
	struct slice *slice;
	struct member member;
	struct import_unit **units; size_t n;
};
struct slice {
	struct request rq;               /* a copy with the slice's arena */
	struct import_line *lines; size_t n, room;
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
	const char *cause;               /* what the history says its writes came of, or NULL: of no job */
	struct import_map *map;
	struct import_result result;
	struct str *header; size_t header_n;
	struct slice *reading, *first, *last_given; /* first and those after it: given to the writer */
	size_t in_work;                  /* how many these are */
	bool stopping;                   /* the store gave up, or the caller */
	struct id_cache *cache;
	struct import_errors errors;
	int64_t settled;                 /* the last line of the slices settled so far */
	struct import_seen *seen;        /* keys of the records read so far (files with records and rows) */
	uint64_t record_hash;            /* key of the line before */
	bool record_again;               /* whose key had come before */
	size_t landed, counted;          /* how many of o->from->landed are behind us; counted with their slices */
	pthread_mutex_t lock;
	pthread_cond_t done;
	int64_t bytes, total;
	bool glance;                     /* only the first rows are wanted, nothing is written: a workbook need not be judged whole before */
	const char *encoding;            /* of a CSV file, once it is read; else NULL */
	const struct xlsx *book;         /* of a workbook */
};

/* Every row of the file, CSV or workbook, to `row`: cells as they are meant, `line` its number in the file (import_read.c). */
struct problem *import_read_file(struct import *im, struct problem *(*row)(void *im, const struct str *cells, size_t n, unsigned line)) MUST_CHECK;
/* What a unit writes, by what its key finds in tx; decides the lines that need no write. */
struct problem *import_plan_unit(struct import *im, struct slice *s, struct tx *tx, struct import_unit *u) MUST_CHECK;
bool import_store_failed(const struct problem *p);               /* nobody's fault: the import ends */
struct problem *import_note_units(struct tx *tx, struct import_unit *const *units, size_t n) MUST_CHECK; /* stored, for the next process */
void import_fail_line(struct import_line *line, const char *code);
void import_charge(struct slice *s, struct import_line *line, const struct fault *f);
void import_charge_unit(struct slice *s, struct import_unit *u, const struct fault *f); /* to the line it is about, or to all */
void import_blame(struct slice *s, struct import_unit *u, const struct problem *p);
void import_land(struct slice *s, struct import_unit *u);
void import_give(struct import *im, struct slice *s);            /* to the writer */
struct problem *import_settle(struct import *im, struct slice *s) MUST_CHECK; /* waits for the writer, counts, frees the slice */
struct problem *import_settle_all(struct import *im) MUST_CHECK;
struct problem *import_make_room(struct import *im) MUST_CHECK;

#endif
