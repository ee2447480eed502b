/* import_rows.h -- from the cells of a file row to a write. Nobody outside engines/form includes it. */
#ifndef TENON_FORM_IMPORT_ROWS_H
#define TENON_FORM_IMPORT_ROWS_H

#include "engines/form/import_map.h"

/* Ids already looked up, for the whole file: "field=value" -> id. Only hits are kept: a missing record may come yet. */
struct id_cache;
struct id_cache *id_cache_new(struct arena *a);

struct import_values {
	struct input input;
	size_t given;                    /* how many of these come from cells; constants follow */
};
struct import_line {                     /* one row of the file */
	unsigned line;
	const struct str *cells; size_t n; /* as read, for the error file */
	struct faults faults;            /* why it failed */
	struct import_values record, row; /* of the record (without key fields when the file has only its rows), of the row */
	bool again;                      /* the record's lines ended further up in the file */
	struct value *key;               /* values of the map's key fields */
	uint64_t key_hash;               /* of the key columns' values: equal keys have equal hashes */
	enum { LINE_OPEN, LINE_CREATED, LINE_UPDATED, LINE_SKIPPED, LINE_FAILED } outcome;
};
uint64_t import_key_hash(struct request *rq, const struct import_map *m, const struct import_line *line);
/* Reads the cells; faults go to line->faults. tx: the snapshot references are looked up in. */
struct problem *import_line_read(struct request *rq, struct tx *tx, const struct import_map *m, struct id_cache *cache, struct import_line *line) MUST_CHECK;
/* The stored row with the same row key, or 0: a new one. */
int64_t import_row_id(const struct import_map *m, const struct record *parent, const struct input *row);
/* The line makes something new: cells that say nothing leave defaults and fills their way (decision 0015). */
void import_forget_empty(const struct import_map *m, struct import_values *values);
/* Do the line's cells say anything of a row? */
bool import_has_row(const struct import_line *line);

#endif
