/* export_keys.h -- references written by what a person knows them by: "customer.code" in place of an id of this store, so that
 * the file can be read into another one (import_map.c reads such headers back). Nobody outside engines/form includes it. */
#ifndef TENON_FORM_EXPORT_KEYS_H
#define TENON_FORM_EXPORT_KEYS_H

#include "runtime/store/read.h"

/* The unique field of the form a reference leads to that the actor may read and filter by; NULL: the id has to do. */
const struct field *export_key_of(const struct request *rq, const struct field *reference);
/* The query's own columns, by name, each reference with such a field as a path to it. */
struct str export_key_fields(struct request *rq, const struct query *q);

/* The keys of the records that some ids name. */
struct export_keys { const struct field *key; int64_t *ids; struct value *values; size_t n; };
struct problem *export_keys_read(struct request *rq, struct tx *tx, const struct field *reference, const struct field *key, const int64_t *ids, size_t n,
	struct export_keys *out) MUST_CHECK;
const struct value *export_keys_find(const struct export_keys *keys, int64_t id); /* NULL: not to be seen */

#endif
