/* pictures.h -- pictures of the organisation (logo, seal): told by their first bytes, never by what is said of them; kept by
 * hash in files/, with a row in table file and its id in the setting. PNG, JPEG and WebP only: an SVG may hold scripts.
 * Problems: MEDIA_TYPE picture_type, INVALID picture_size, NOT_FOUND; the store's. */
#ifndef TENON_STORE_PICTURES_H
#define TENON_STORE_PICTURES_H

#include "runtime/model/request.h"
#include "runtime/store/store.h"

enum { PICTURE_BYTES = 512 << 10, PICTURE_SIDE = 4096 };
struct picture { const char *type; int64_t width, height; };
bool picture_sniff(struct str bytes, struct picture *out);

struct stored_file { int64_t id; const char *sha256, *name, *type; int64_t size; };
/* Writes the bytes (once a hash) and syncs them; before the row that names them. */
struct problem *file_keep(struct store *s, struct arena *a, struct str bytes, const char **sha256) MUST_CHECK;
struct problem *file_add(struct tx *tx, const struct request *rq, struct stored_file *f) MUST_CHECK; /* gives the id */
struct problem *file_find(struct tx *tx, int64_t id, struct stored_file *out) MUST_CHECK;            /* NOT_FOUND */
struct problem *file_bytes(struct store *s, struct arena *a, const struct stored_file *f, struct sb *out) MUST_CHECK;

#endif
