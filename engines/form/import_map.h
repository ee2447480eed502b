/* import_map.h -- which column of a file goes into which field, and how. Nobody outside engines/form includes it. */
#ifndef TENON_FORM_IMPORT_MAP_H
#define TENON_FORM_IMPORT_MAP_H

#include "engines/form/import.h"
#include "runtime/model/permission.h"

struct import_column {
	const char *header;              /* as listed in the map, or as found in the file */
	size_t at;                       /* place in the file */
	const struct field *field;       /* of the form, or of the row form */
	bool row;                        /* of the row form */
	const struct field *by;          /* reference: the unique field of its target, or NULL: the id */
	const char *format;              /* date pattern, or NULL */
	bool round, trim, lower;
	const struct json *values;       /* {"as in the file": "as it should be"}, or NULL */
	bool key;                        /* part of the key */
	const char *pointer;             /* of the field's faults */
};
struct import_constant { const struct field *field; bool row; const struct json *value; };
struct import_map {
	const struct form *form;         /* written */
	const struct field *table;       /* whose rows the file has, or NULL */
	bool whole;                      /* the file has records and their rows: a column is named "lines.qty" (decision 0023) */
	struct import_column *columns; size_t n;
	struct import_constant *constants; size_t constant_count;
	const struct field **key; size_t key_count;
	const struct field **row_key; size_t row_key_count;
	bool merge;                      /* the map says the row key: stored rows the file does not have stay */
	struct str *empty; size_t empty_count;
	bool empty_said;                 /* by the map: an empty cell is null, in new records too (decision 0015) */
	const char *encoding;            /* or NULL: found out */
	bool workbook;                   /* the file is one: what its cells are is known (xlsx.h) */
	size_t file_columns;
	bool listed;                     /* a map was given: only its columns are read */
};
struct problem *import_map_read(struct request *rq, const struct import_options *o, struct import_map **out) MUST_CHECK;
/* What a header says without a map, by names and labels: false: no field. The field may be one that is only read (input_may_set). */
bool import_map_guess(struct request *rq, const struct access *ac, const struct form *form, struct str header, struct import_column *out, const struct field **table);
struct problem *import_map_bind(struct request *rq, struct import_map *m, const struct str *header, size_t n) MUST_CHECK;

#endif
