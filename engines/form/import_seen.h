/* import_seen.h -- hashes of the keys a file has had so far. Nobody outside engines/form includes it. */
#ifndef TENON_FORM_IMPORT_SEEN_H
#define TENON_FORM_IMPORT_SEEN_H

#include <stdint.h>
#include "runtime/base/arena.h"

struct import_seen;
struct import_seen *import_seen_new(struct arena *a);
bool import_seen_add(struct import_seen *s, uint64_t hash); /* true: it was there */

#endif
